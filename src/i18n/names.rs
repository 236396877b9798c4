//! Names as people type them.

use super::nearest;
use icu_normalizer::DecomposingNormalizerBorrowed;
use rustc_hash::FxHashMap;

/// A name as ASCII small letters, digits and single hyphens, without accents: what names that people take for the same
/// have in common.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize(name).chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            // Accents stand behind their letters.
            '\u{300}'..='\u{36f}' => {}
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// A name for use in a file name and a URL: its [`slug`], of 200 characters at most, which leaves room for what a file
/// name has besides in the 255 bytes that file systems allow.
#[must_use]
pub fn file_stem(name: &str) -> String {
    let mut stem = slug(name);
    stem.truncate(200);
    stem.truncate(stem.trim_end_matches('-').len());
    stem
}

/// What a name that somebody typed means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant<T> {
    /// This.
    One(T),
    /// One of these, by the identifiers they have.
    Several(Vec<String>),
    /// Nothing.
    Nothing,
}

/// Things by identifier and by the names that are shown for them, without regard to case, accents and hyphens.
#[derive(Debug, Clone)]
pub struct Names<T> {
    ids: FxHashMap<String, T>,
    names: FxHashMap<String, Vec<(String, T)>>,
}

impl<T: Copy + Eq> Names<T> {
    /// Things with their identifiers and the names they are shown by.
    pub fn new<'a, N: IntoIterator<Item = &'a str>>(things: impl IntoIterator<Item = (T, &'a str, N)>) -> Self {
        let mut all = Self { ids: FxHashMap::default(), names: FxHashMap::default() };
        for (thing, id, names) in things {
            all.ids.entry(id.to_owned()).or_insert(thing);
            for name in std::iter::once(id).chain(names) {
                let known = all.names.entry(slug(name)).or_default();
                if !known.iter().any(|(_, other)| *other == thing) {
                    known.push((id.to_owned(), thing));
                }
            }
        }
        all
    }

    /// What a text means: the thing of that identifier, or else those of that name.
    #[must_use]
    pub fn find(&self, text: &str) -> Meant<T> {
        if let Some(thing) = self.ids.get(text) {
            return Meant::One(*thing);
        }
        match self.names.get(&slug(text)).map(Vec::as_slice) {
            Some([(_, thing)]) => Meant::One(*thing),
            Some([]) | None => Meant::Nothing,
            Some(several) => Meant::Several(several.iter().map(|(id, _)| id.clone()).collect()),
        }
    }

    /// The identifier of what a text may be a slip for.
    #[must_use]
    pub fn near(&self, text: &str) -> Option<&str> {
        let name = nearest(&slug(text), self.names.keys().map(String::as_str))?;
        self.names.get(name)?.first().map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain() {
        assert_eq!(slug("L'Haÿ-les-Œillets, (59) "), "l-hay-les-oeillets-59");
        assert_eq!(slug("../..//étape"), "etape");
        assert_eq!(slug("Nord_Santé_Truck"), "nord-sante-truck");
        assert_eq!(slug("Che\u{301}reng"), slug("CHÉRENG"));
        assert_eq!(file_stem(&"é ".repeat(128)).len(), 199);
    }

    #[test]
    fn names_are_understood_as_they_are_shown() {
        let names = Names::new([
            (1, "anzin", vec!["Anzin – place", "Anzin"]),
            (2, "anzin-nord", vec!["Anzin"]),
            (3, "chereng", vec!["Chéreng – mairie", "Chéreng"]),
        ]);
        assert_eq!(names.find("anzin"), Meant::One(1));
        assert_eq!(names.find("ANZIN PLACE"), Meant::One(1));
        assert_eq!(names.find("Che\u{301}reng"), Meant::One(3));
        assert_eq!(names.find("Anzin"), Meant::Several(vec!["anzin".into(), "anzin-nord".into()]));
        assert_eq!((names.find("Lille"), names.near("Lille")), (Meant::Nothing, None));
        assert_eq!(names.near("Cherang mairie"), Some("chereng"));
    }
}
