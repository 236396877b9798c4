//! Texts from data, on their way to a terminal.

use std::borrow::Cow;

/// Whether a character commands a terminal, or turns the direction of writing: the control characters of ASCII and
/// ISO 6429, and the embeddings, overrides and isolates of Unicode Standard Annex 9.
#[must_use]
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What stands for such a character.
fn mark(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// A text whose control characters are visible marks; ends of lines and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let hidden = |(at, c): (usize, char)| {
        is_control(c) && !matches!(c, '\n' | '\t') && !(c == '\r' && bytes.get(at + 1) == Some(&b'\n'))
    };
    if text.char_indices().any(hidden) {
        text.char_indices().map(|(at, c)| if hidden((at, c)) { mark(c) } else { c }).collect::<String>().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_marks() {
        assert_eq!(visible("a\u{1b}[2J\u{9b}1m\u{202e}b\r\n\tc\u{7f}\r"), "a␛[2J�1m�b\r\n\tc␡␍");
        assert!(matches!(visible("été\n"), Cow::Borrowed(_)));
    }
}
