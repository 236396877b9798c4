//! Why the system refused, in words for the common reasons.

use super::Text;
use std::io::{Error, ErrorKind as Kind};

/// Why the system refused to read or write. Uncommon reasons keep the system's own words.
#[must_use]
pub fn reason(error: &Error) -> Text {
    let (fr, en) = match error.kind() {
        Kind::NotFound => ("introuvable", "not found"),
        Kind::PermissionDenied => ("droits insuffisants", "permission denied"),
        Kind::StorageFull => ("le disque est plein", "the disk is full"),
        Kind::QuotaExceeded => ("le quota de disque est atteint", "the disk quota is used up"),
        Kind::FileTooLarge => {
            ("la taille permise pour un fichier est dépassée", "the size allowed for a file is exceeded")
        }
        Kind::NotADirectory | Kind::AlreadyExists => {
            ("un fichier est à la place d'un dossier", "a file is in the place of a folder")
        }
        Kind::IsADirectory => ("c'est un dossier", "it is a folder"),
        Kind::InvalidInput => ("ce n'est pas un fichier ordinaire", "it is not an ordinary file"),
        Kind::ReadOnlyFilesystem => ("le disque est en lecture seule", "the disk is read-only"),
        _ => return Text::new(error.to_string(), error.to_string()),
    };
    Text::new(fr, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_reasons_are_told_in_both_languages() {
        for kind in [Kind::NotFound, Kind::PermissionDenied, Kind::StorageFull, Kind::FileTooLarge, Kind::IsADirectory]
        {
            let text = reason(&Error::from(kind));
            assert!(text.fr != text.en && !text.fr.contains("os error"), "{text:?}");
        }
        assert_eq!(reason(&Error::other("broken")), Text::new("broken", "broken"));
    }
}
