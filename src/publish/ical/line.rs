//! Content lines of RFC 5545: escaping of text (section 3.3.11) and folding (section 3.1).

/// Longest line in octets, the line break not counted.
pub const MAX_OCTETS: usize = 75;

/// Escapes a TEXT value: `\`, `;` and `,` with a backslash, any line break (`\n`, `\r\n`, `\r`)
/// as `\n`. Other control characters but the tab may not occur in a content line and are
/// dropped.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_ascii_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Appends `line`, folded at [`MAX_OCTETS`] and closed by CRLF. A fold never falls inside a
/// UTF-8 sequence nor between a backslash and what it escapes: some readers join lines only
/// after they have decoded them.
pub fn fold_into(out: &mut String, line: &str) {
    let mut used = 0;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.next()).flatten();
        let size = c.len_utf8() + escaped.map_or(0, char::len_utf8);
        if used + size > MAX_OCTETS {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        out.extend(escaped);
        used += size;
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fold(line: &str) -> String {
        let mut out = String::new();
        fold_into(&mut out, line);
        out
    }

    /// What a reader does: joins the lines, then takes the escapes off.
    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => out.push('\n'),
                    Some(c @ ('\\' | ';' | ',')) => out.push(c),
                    other => panic!("no such escape: {other:?}"),
                },
                ';' | ',' => panic!("bare {c}"),
                c => out.push(c),
            }
        }
        out
    }

    #[test]
    fn text_is_escaped_as_section_3_3_11_says() {
        assert_eq!(escape("a\\b;c,d\ne\r\nf\rg:h\"i"), r#"a\\b\;c\,d\ne\nf\ng:h"i"#);
        assert_eq!(escape("bell\u{7}\u{0} tab\t"), "bell tab\t");
    }

    #[test]
    fn a_line_of_exactly_75_octets_is_not_folded() {
        let line = "x".repeat(75);
        assert_eq!(fold(&line), format!("{line}\r\n"));
        assert_eq!(fold(&format!("{line}y")), format!("{line}\r\n y\r\n"));
    }

    #[test]
    fn a_letter_of_two_octets_across_the_limit_goes_to_the_next_line() {
        let line = format!("{}é", "x".repeat(74));
        assert_eq!(fold(&line), format!("{}\r\n é\r\n", "x".repeat(74)));
    }

    #[test]
    fn an_escape_across_the_limit_goes_to_the_next_line() {
        let line = format!("{}\\,b", "x".repeat(74));
        assert_eq!(fold(&line), format!("{}\r\n \\,b\r\n", "x".repeat(74)));
        let line = format!("{}\\\\n", "x".repeat(74));
        assert_eq!(fold(&line), format!("{}\r\n \\\\n\r\n", "x".repeat(74)));
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["(\\PC|[\n\\\\;,éœ–😀]){0,200}", "[\\\\;,\n]{60,160}", "[é–😀a]{30,160}"]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in text()) {
            let folded = fold(&format!("SUMMARY:{}", escape(&text)));
            let mut joined = String::new();
            for (k, line) in folded.strip_suffix("\r\n").unwrap().split("\r\n").enumerate() {
                prop_assert!(line.len() <= MAX_OCTETS, "{} octets: {line}", line.len());
                prop_assert!(!line.contains(['\r', '\n']));
                // An odd run of backslashes at the end is half an escape.
                let backslashes = line.len() - line.trim_end_matches('\\').len();
                prop_assert!(backslashes % 2 == 0, "cut inside an escape: {line}");
                joined.push_str(if k == 0 { line } else { line.strip_prefix(' ').unwrap() });
            }
            prop_assert_eq!(unescape(joined.strip_prefix("SUMMARY:").unwrap()), text);
        }
    }
}
