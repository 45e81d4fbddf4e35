//! The names that rules may use: facts of records, facts of a pair, words of sentences.
//!
//! `build.rs` gathers the names from the source, so that they are always those that are
//! made. A name that nothing makes would be unknown for ever: the rule would never speak,
//! and nobody would learn why.

mod names {
    include!(concat!(env!("OUT_DIR"), "/vocabulary.rs"));
}

/// Facts that one record can have: what an issue reads. Sorted.
pub static RECORD_FACTS: &[&str] = names::RECORD;

/// Facts of a pair of servers: what a cause reads. Sorted.
pub static PAIR_FACTS: &[&str] = names::PAIR;

/// Names in a cause's sentences that are no facts: the two servers, and what stands between them.
pub static PAIR_WORDS: &[&str] =
    &["from", "to", "to_fqdn", "to_domain", "connector", "target_host", "target_url"];

/// `seen_to.<issue>`: what another issue found or saw in order, as a fact of a pair.
pub static SEEN_AREAS: &[&str] = &["seen", "seen_from", "seen_to", "clear", "clear_from", "clear_to"];

/// Exchange versions that a rule can apply to.
pub static VERSIONS: &[&str] = &["2003", "2007", "2010", "2013", "2016", "2019", "SE"];

/// The names closest to a misspelt one, at most three, quoted; empty when none is close.
pub(super) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    // A far longer text is no misspelling, and measuring it is quadratic.
    let name: String = name.chars().take(80).collect();
    let mut close: Vec<(usize, &str)> = known
        .map(|other| (distance(&name, other), other))
        .filter(|(far, _)| *far <= 1 + name.len() / 4)
        .collect();
    close.sort_unstable();
    let close: Vec<String> = close.iter().take(3).map(|(_, other)| format!("`{other}`")).collect();
    close.join(", ")
}

/// Letters to change, add or drop to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().zip(std::iter::once(None).chain(b.bytes().map(Some))) {
            let above = *cell;
            *cell = match y {
                None => i + 1,
                Some(y) => (diagonal + usize::from(x != y)).min(above + 1).min(left + 1),
            };
            (diagonal, left) = (above, *cell);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_has_its_neighbours_named() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(near("queue.sever", RECORD_FACTS.iter().copied()), "`queue.server`");
        assert_eq!(near("nothing.like_it", RECORD_FACTS.iter().copied()), "");
        assert!(near(&"x".repeat(1_000_000), PAIR_FACTS.iter().copied()).is_empty());
    }
}
