//! Problems as people see them, through miette.

use super::problem::{Problem, Problems, Severity, Snippet};
use crate::i18n::{Lang, visible};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;
use std::ops::Range;
use textwrap::{WordSeparator, WordSplitter};

/// Columns of a line that hold no text: its number, and marks.
const MARGIN: usize = 10;

/// The line of a fault and its neighbours, long ones cut, with what a terminal may show.
#[derive(Debug)]
struct Quoted {
    name: String,
    text: String,
    /// The fault, in bytes of `text`.
    span: Range<usize>,
    /// First line that is quoted, from 0.
    first: usize,
    /// Line and column of the fault, from 0.
    place: (usize, usize),
}

impl Quoted {
    /// Quotes so many characters of a line at most, on each side of the fault half of them.
    fn new(snippet: &Snippet, width: usize) -> Self {
        let source = &snippet.source;
        let (line, column) = source.position(snippet.span.start);
        let mut quoted = Self {
            name: visible(&source.name).into_owned(),
            text: String::new(),
            span: 0..0,
            first: line.max(2) - 2,
            place: (line - 1, column - 1),
        };
        for number in quoted.first + 1..=line + 1 {
            let Some(bytes) = source.line(number) else { break };
            if number == line {
                quoted.fault(&source.text, bytes, snippet.span.clone(), width);
            } else {
                let (piece, _) = source.text[bytes.clone()].split_at(cut(&source.text[bytes.clone()], width));
                quoted.text += &visible(piece);
                quoted.text += if piece.len() < bytes.len() { "…" } else { "" };
            }
            quoted.text.push('\n');
        }
        quoted
    }

    /// The line with the fault, which may end on a later one.
    fn fault(&mut self, text: &str, line: Range<usize>, span: Range<usize>, width: usize) {
        let at = span.start.clamp(line.start, line.end);
        let end = span.end.clamp(at, line.end);
        let fault = cut(&text[at..end], width);
        let left = width - text[at..at + fault].chars().count();
        // What one side does not need is the other's.
        let behind = text[at + fault..line.end].chars().take(left).count();
        let before = left.saturating_sub(behind).max(left / 2).min(text[line.start..at].chars().take(left).count());
        let behind = cut(&text[at + fault..line.end], left - before);
        let before: usize = text[line.start..at].chars().rev().take(before).map(char::len_utf8).sum();
        self.text += if at - before > line.start { "…" } else { "" };
        self.text += &visible(&text[at - before..at]);
        let start = self.text.len();
        self.text += &visible(&text[at..at + fault]);
        self.span = start..self.text.len();
        self.text += &visible(&text[at + fault..at + fault + behind]);
        self.text += if at + fault + behind < line.end { "…" } else { "" };
    }
}

/// Bytes of the first characters of a text.
fn cut(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

impl SourceCode for Quoted {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without lines around it, the place itself is asked for.
        let (span, (line, column)) =
            if before == 0 { (*span, self.place) } else { ((0, self.text.len()).into(), (self.first, 0)) };
        let bytes = &self.text.as_bytes()[span.offset()..span.offset() + span.len()];
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), bytes, span, line, column, lines)))
    }
}

/// A problem in one language, for miette.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    lang: Lang,
    quoted: Option<Quoted>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, message) = (&self.problem.file, self.problem.message.get(self.lang));
        if self.quoted.is_none() && !file.is_empty() && !message.contains(file.as_str()) {
            write!(f, "{}{} ", visible(file), self.lang.pick("\u{a0}:", ":"))?;
        }
        f.write_str(&visible(message))
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
        self.quoted.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.quoted.as_ref()?.span.clone();
        let label = self.problem.column_name.as_deref().map(|name| visible(name).into_owned());
        Some(Box::new(std::iter::once(LabeledSpan::new(label, span.start, span.len().max(1)))))
    }
}

impl Problem {
    /// The problem with the lines it is about, `width` columns wide.
    #[must_use]
    pub fn render(&self, lang: Lang, colour: bool, width: usize) -> String {
        let quoted = self.snippet.as_ref().map(|s| Quoted::new(s, width.saturating_sub(MARGIN).max(MARGIN)));
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            // Keys and identifiers have hyphens, and are copied from here.
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_word_splitter(WordSplitter::NoHyphenation);
        let help = visible(self.help.get(lang));
        if !help.is_empty() {
            handler = handler.with_footer(format!("{} {help}", lang.pick("→ à faire :", "→ to do:")));
        }
        let mut out = String::new();
        if handler.render_report(&mut out, &Shown { problem: self, lang, quoted }).is_err() {
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

#[cfg(test)]
mod tests {
    use super::super::codes::Code;
    use super::super::source::Source;
    use super::*;

    #[test]
    fn a_window_of_a_long_line_is_quoted_and_its_place_is_the_true_one() {
        let source =
            Source::new("a\u{1b}b", format!("first\n{}x\u{1b}y{}\nlast\n", "é".repeat(70_000), "z".repeat(70_000)));
        let at = source.text.find('x').unwrap();
        let problem = Problem::new(Code::Number, "non\u{9b}", "no\u{9b}").at(&source, at..at + 3).column("c");
        for lang in [Lang::Fr, Lang::En] {
            let text = problem.render(lang, false, 100);
            assert!(text.len() < 2_000 && text.contains("a␛b:2:70001]") && text.contains("x␛y"), "{text}");
            assert!(text.contains(" 1 │ first") && text.contains(" 3 │ last") && !text.contains('\u{1b}'), "{text}");
        }
    }

    #[test]
    fn a_fault_may_stand_at_the_end_or_in_an_empty_file() {
        for (text, at) in [("", 0), ("ab", 2), ("ab\n", 3), ("a\nb", 1)] {
            let source = Source::new("f", text);
            let shown = Problem::new(Code::Number, "non", "no").at(&source, at..at).render(Lang::Fr, false, 80);
            assert!(shown.contains("non") && shown.contains("f:"), "{text:?} {at}: {shown}");
        }
    }
}
