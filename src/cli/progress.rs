//! How the work is going, on a terminal only.

use super::figures::count;
use super::output;
use crate::compare::News;
use crate::i18n::Lang;
use crate::optimise::Progress;
use crate::travel::Asked;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A line on standard error that moves; nothing where that is not a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
    lang: Lang,
}

impl Bar {
    pub fn new(lang: Lang) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>3} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(lang.pick("lecture du scénario et des routes", "reading the scenario and the roads"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, lang }
    }

    pub fn update(&self, now: Progress) {
        let lang = self.lang;
        let two = |x: f64| if x.is_finite() { lang.number(x, 2) } else { "–".into() };
        let gap = now.gap().map_or("–".into(), |gap| lang.gap(gap));
        let columns = lang.number(count(now.columns as u64), 0);
        let bound = if now.bound.is_finite() { lang.at_most(now.bound, 2) } else { "–".into() };
        let best = two(now.incumbent);
        self.bar.set_message(match lang {
            Lang::Fr => format!("plan {best} · borne {bound} · écart {gap} · {columns} colonnes"),
            Lang::En => format!("plan {best} · bound {bound} · gap {gap} · {columns} columns"),
        });
    }

    /// What to do when somebody asks to stop: say that it was heard.
    pub fn acknowledge(&self) -> impl Fn() + Send + 'static {
        let (bar, lang) = (self.bar.clone(), self.lang);
        move || {
            let text = lang.pick(
                "arrêt demandé : le meilleur plan trouvé est gardé (Ctrl-C encore une fois : tout abandonner)",
                "asked to stop: the best plan found is kept (Ctrl-C once more: abandon everything)",
            );
            if bar.is_hidden() { output::talk(text) } else { bar.println(text) }
        }
    }
}

/// The same while a server is asked for trips.
pub(super) struct Asking {
    bar: ProgressBar,
    lang: Lang,
}

impl Asking {
    pub fn new(lang: Lang) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>3} {bar:30} {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, lang }
    }

    pub fn update(&self, now: Asked) {
        self.bar.set_length(now.all as u64);
        self.bar.set_position(now.done as u64);
        let number = |n: usize| self.lang.number(count(n as u64), 0);
        let (done, all) = (number(now.done), number(now.all));
        self.bar.set_message(match self.lang {
            Lang::Fr => format!("{done} trajets sur {all} reçus du serveur de routes"),
            Lang::En => format!("{done} of {all} trips from the routing server"),
        });
    }
}

/// The same for many solves at a time.
pub(super) struct Many {
    bar: ProgressBar,
    lang: Lang,
    going: Mutex<BTreeMap<String, Progress>>,
}

impl Many {
    pub fn new(lang: Lang) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>3} {bar:20} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, lang, going: Mutex::default() }
    }

    pub fn update(&self, news: News) {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Going(name, now) => drop(going.insert(name.to_owned(), now)),
            News::Done(done, all, name) => {
                going.remove(name);
                self.bar.set_length(all as u64);
                self.bar.set_position(done as u64);
            }
        }
        let gap = |now: &Progress| now.gap().map_or("–".into(), |gap| self.lang.gap(gap));
        let each: Vec<String> = going.iter().map(|(name, now)| format!("{name} {}", gap(now))).collect();
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
        let word = self.lang.pick("calculs", "solves");
        self.bar.set_message(format!("{done}/{all} {word} · {}", each.join(" · ")));
    }

    /// What to do when somebody asks to stop.
    pub fn acknowledge(&self) -> impl Fn() + Send + 'static {
        let (bar, lang) = (self.bar.clone(), self.lang);
        move || {
            let text = lang.pick(
                "arrêt demandé : ce qui est fini est gardé, et la même commande reprendra (Ctrl-C encore une fois : tout abandonner)",
                "asked to stop: what is finished is kept, and the same command will go on (Ctrl-C once more: abandon everything)",
            );
            if bar.is_hidden() { output::talk(text) } else { bar.println(text) }
        }
    }
}

impl Drop for Many {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
