//! The kinds of lines that setspn prints, told by their DNs, SPNs and numbers.
//!
//! Reads one line; what lines mean together is `setspn`'s matter.

use super::shape::{is_spn, pattern, split_dn};
use regex::Regex;
use std::sync::LazyLock;

/// What a line of setspn holds.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'t> {
    Blank,
    /// A lone SPN: an entry of the account above.
    Spn(&'t str),
    /// A lone DN: an owner.
    Owner(&'t str),
    /// A DN with a colon behind it and words around it: the head of a list.
    Head(&'t str),
    /// The DN of a domain among words: where is looked.
    Place(&'t str),
    /// An account's DN among words, without a colon: something is changed.
    Change(&'t str),
    /// An SPN among words: the head of a group of duplicates.
    Group(&'t str),
    /// The only number of a line without names; true when the line also says SPN.
    Count(i64, bool),
    /// `...`: something was left out.
    Cut,
    Prose(&'t str),
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern("[0-9]+"));

/// Tells what `line` holds.
pub(super) fn classify(line: &str) -> Line<'_> {
    let line = line.trim();
    if line.is_empty() {
        return Line::Blank;
    }
    if is_spn(line) {
        return Line::Spn(line);
    }
    if matches!(line, "..." | "…" | "[...]") {
        return Line::Cut;
    }
    if line.contains('=') {
        if let Some((before, dn, after)) = split_dn(line) {
            return classify_dn(before.trim(), dn, after.trim());
        }
        // An owner outside any domain, or cut off by a narrow console.
        if line.starts_with("CN=") || line.starts_with("OU=") {
            return Line::Owner(line);
        }
    }
    if line.contains('/') {
        let mut words = line.split_whitespace().map(|word| word.trim_end_matches([':', ',', '。']));
        return words.find(|word| is_spn(word)).map_or(Line::Prose(line), Line::Group);
    }
    let mut numbers = NUMBER.find_iter(line);
    match (numbers.next(), numbers.next()) {
        // Codes such as 0x51 give two numbers, so they are prose.
        (Some(number), None) => number
            .as_str()
            .parse()
            .map_or(Line::Prose(line), |number| Line::Count(number, line.contains("SPN"))),
        _ => Line::Prose(line),
    }
}

fn classify_dn<'t>(before: &'t str, dn: &'t str, after: &'t str) -> Line<'t> {
    if before.is_empty() && after.is_empty() {
        return Line::Owner(dn);
    }
    let is_domain =
        dn.split(',').all(|part| part.trim_start().get(..3).is_some_and(|p| p.eq_ignore_ascii_case("DC=")));
    match (is_domain, after.ends_with(':')) {
        (true, _) => Line::Place(dn),
        (false, true) => Line::Head(dn),
        (false, false) => Line::Change(dn),
    }
}

/// Words for "forest" in the line that says where is looked.
const FOREST: [&str; 14] = [
    "forest",
    "forêt",
    "foret",
    "bosque",
    "gesamtstruktur",
    "лес",
    "フォレスト",
    "林",
    "foresta",
    "floresta",
    "las ",
    "lasu",
    "포리스트",
    "skog",
];

/// True when the line above the answer says that the whole forest is looked through.
pub(super) fn names_forest(line: &str) -> bool {
    let (before, _, after) = split_dn(line).unwrap_or((line, "", ""));
    let words = format!("{before} {after}").to_lowercase();
    FOREST.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_shape_in_any_language() {
        for (line, kind) in [
            ("\tHTTP/ex1.contoso.com", Line::Spn("HTTP/ex1.contoso.com")),
            ("CN=EX1,CN=Computers,DC=contoso,DC=com", Line::Owner("CN=EX1,CN=Computers,DC=contoso,DC=com")),
            ("Noms pour CN=EX1,DC=contoso,DC=com :", Line::Head("CN=EX1,DC=contoso,DC=com")),
            ("Überprüfen der Domäne DC=contoso,DC=com", Line::Place("DC=contoso,DC=com")),
            ("为 CN=EX1,DC=contoso,DC=com 注册", Line::Change("CN=EX1,DC=contoso,DC=com")),
            ("HTTP/mail.contoso.com is on these accounts:", Line::Group("HTTP/mail.contoso.com")),
            ("Processing entry 12", Line::Count(12, false)),
            ("3 Gruppen doppelter SPNs", Line::Count(3, true)),
            ("No such thing found.", Line::Prose("No such thing found.")),
        ] {
            assert_eq!(classify(line), kind, "{line}");
        }
    }

    #[test]
    fn the_forest_is_named_by_the_words_and_not_by_the_dn() {
        assert!(names_forest("Checking forest DC=contoso,DC=com"));
        assert!(!names_forest("Checking domain DC=forest,DC=example"));
    }
}
