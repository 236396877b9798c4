//! Problems as people see them, through miette.

use super::problem::{Problem, Problems, Severity};
use crate::i18n::Lang;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use textwrap::{WordSeparator, WordSplitter};

/// A problem in one language, for miette.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    lang: Lang,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, message) = (&self.problem.file, self.problem.message.get(self.lang));
        if self.source.is_none() && !message.contains(file.as_str()) {
            write!(f, "{file}{} ", self.lang.pick("\u{a0}:", ":"))?;
        }
        f.write_str(message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.snippet.as_ref()?.span.clone();
        let label = self.problem.column_name.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new(label, span.start, span.len().max(1)))))
    }
}

impl Problem {
    /// The problem with the lines it is about, `width` columns wide.
    #[must_use]
    pub fn render(&self, lang: Lang, colour: bool, width: usize) -> String {
        let source = self.snippet.as_ref().map(|s| NamedSource::new(&s.source.name, s.source.text.clone()));
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            // Keys and identifiers have hyphens, and are copied from here.
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_word_splitter(WordSplitter::NoHyphenation);
        let help = self.help.get(lang);
        if !help.is_empty() {
            handler = handler.with_footer(format!("{} {help}", lang.pick("→ à faire :", "→ to do:")));
        }
        let mut out = String::new();
        if handler.render_report(&mut out, &Shown { problem: self, lang, source }).is_err() {
            out = format!("{}\n", self.one_line(lang));
        }
        out
    }
}

impl Problems {
    /// All of them, one under the other, `width` columns wide.
    #[must_use]
    pub fn render(&self, lang: Lang, colour: bool, width: usize) -> String {
        self.iter().map(|p| p.render(lang, colour, width)).collect::<Vec<_>>().join("\n")
    }
}
