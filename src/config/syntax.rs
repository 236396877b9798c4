//! What is wrong with the syntax of a TOML file, in the words of people.

use super::codes::Code;
use super::problem::Problem;

/// Words of the parser, and what they mean to whoever wrote the file; the first that is found counts.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "must be quoted",
        "ceci n'est ni un nombre ni un texte entre guillemets",
        "this is neither a number nor a text in quotation marks",
    ),
    ("duplicate key", "cette clé est là deux fois", "this key is there twice"),
    (
        "invalid unquoted key",
        "une clé ne contient que des lettres sans accent, des chiffres, - et _",
        "a key has only letters without accents, digits, - and _",
    ),
    ("key with no value", "il manque `= valeur` après cette clé", "`= value` is missing behind this key"),
    ("missing value for key", "il manque une valeur après le signe =", "a value is missing behind the sign ="),
    ("missing value", "il manque une valeur", "a value is missing"),
    ("missing comma", "il manque une virgule entre deux valeurs", "a comma is missing between two values"),
    ("extra comma", "il y a une virgule de trop", "there is one comma too many"),
    ("unclosed array table", "il manque ]] à la fin", "]] is missing at the end"),
    ("unclosed array", "il manque ] à la fin de la liste", "] is missing at the end of the list"),
    ("unclosed inline table", "il manque } à la fin", "} is missing at the end"),
    ("unclosed table", "il manque ] à la fin", "] is missing at the end"),
    ("missing key for inline table", "il manque une clé", "a key is missing"),
    ("unquoted keys cannot be empty", "il manque une clé", "a key is missing"),
    ("extra `=`", "il y a un signe = de trop", "there is one sign = too many"),
    ("unexpected content", "ceci ne devrait pas se trouver ici", "this should not stand here"),
    ("unexpected key or value", "ceci ne devrait pas se trouver ici", "this should not stand here"),
    ("carriage return", "cette fin de ligne est incomplète", "this end of line is incomplete"),
    ("comment character", "un commentaire contient un caractère invisible", "a comment holds an invisible character"),
    (
        "escape",
        "après \\, seuls \\\", \\\\, \\n, \\t, \\u… sont permis",
        "behind \\, only \\\", \\\\, \\n, \\t, \\u… are allowed",
    ),
    ("leading zero", "un nombre ne commence pas par zéro", "a number does not begin with a zero"),
    ("date", "cette date ne se lit pas", "this date cannot be read"),
    ("boolean", "ceci n'est ni true ni false", "this is neither true nor false"),
    ("extend value", "cette clé a déjà une valeur d'une autre sorte", "this key has a value of another sort already"),
    ("table open", "ceci ne devrait pas se trouver ici", "this should not stand here"),
    ("invalid table", "ce titre de bloc ne se lit pas", "this title of a block cannot be read"),
    (
        "string",
        "ce texte n'est pas bien formé : un guillemet manque",
        "this text is not well formed: a quotation mark is missing",
    ),
    ("quote", "un guillemet manque", "a quotation mark is missing"),
    ("number", "ce nombre ne se lit pas", "this number cannot be read"),
    ("float", "ce nombre ne se lit pas", "this number cannot be read"),
    ("mantissa", "ce nombre ne se lit pas", "this number cannot be read"),
    ("fraction", "ce nombre ne se lit pas", "this number cannot be read"),
    ("exponent", "ce nombre ne se lit pas", "this number cannot be read"),
    ("sign", "ce nombre ne se lit pas", "this number cannot be read"),
    ("recursion limit", "des listes ou des blocs sont trop emboîtés", "lists or blocks are nested too deeply"),
    ("key", "cette clé ne se lit pas", "this key cannot be read"),
];

/// A problem of what the parser says; it has no place yet.
pub(super) fn problem(message: &str) -> Problem {
    let known = MEANINGS.iter().find(|(words, _, _)| message.contains(words));
    let (fr, en) = known.map_or(("ceci ne se lit pas", "this cannot be read"), |(_, fr, en)| (fr, en));
    let problem = Problem::new(Code::Syntax, fr, en);
    if message.contains("must be quoted") {
        return problem.help(
            "n'écrire que des chiffres, ou mettre le texte entre guillemets",
            "write digits only, or put the text in quotation marks",
        );
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    /// Slips that people make; none may fall through to the last resort.
    #[test]
    fn every_slip_has_words_of_its_own() {
        for text in [
            "a = dimanche",
            "a = 1\na = 2",
            "é = 1",
            "a",
            "a =",
            "a = [1 2]",
            "a = [1,,2]",
            "a = [1",
            "[[a",
            "[a",
            "a = {b = 1",
            "a = 1 b",
            "a = 012",
            "a = \"x",
            "a = 'x",
            "a = \"\\q\"",
            "= 1",
            "a = 2026-13-45",
            "a = tru",
            "a = 1.",
            "a = --1",
            "a = 1\na.b = 2",
            "a.b = 1\n[a]\n[a]",
            "a = 8h30",
            "]",
            "a == 1",
            "a : 1",
            "a = 08:30-12:00",
            "[a]]",
            "a = “x”",
        ] {
            let (_, errors) = DeTable::parse_recoverable(text);
            assert!(!errors.is_empty(), "{text}");
            for error in errors {
                let said = problem(error.message());
                assert_ne!(said.message.en, "this cannot be read", "{text}: {}", error.message());
            }
        }
    }
}
