//! The paragraphs of a pasted text, by their shape: lists and tables of the shell, and sentences
//! between them.
//!
//! Reads no values. A list whose every property has a blank line behind it stays together.

use super::list_text;
use std::ops::Range;

/// What the lines of a group look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `Name : value`.
    List,
    /// Columns below dashes.
    Table,
    /// Anything else.
    Said,
}

/// Neighbouring paragraphs of one shape.
pub(super) struct Group {
    pub shape: Shape,
    /// With the line ends, as it stood there.
    pub text: String,
}

/// The groups of a text, in their order: together they are the text.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut shaped: Vec<(Shape, Range<usize>)> =
        paragraphs(&lines).into_iter().map(|range| (shape(lines_of(&lines, &range)), range)).collect();
    join_lists(&lines, &mut shaped);
    let mut groups: Vec<Group> = Vec::new();
    for (shape, range) in shaped {
        let text = lines_of(&lines, &range).concat();
        match groups.last_mut() {
            // A blank line inside a value: the rest of it stands as far right as the value.
            Some(last)
                if last.shape == Shape::List
                    && shape == Shape::Said
                    && list_text::is_wrapped_value(lines_of(&lines, &range)) =>
            {
                last.text.push_str(&text);
            }
            // Two tables have names of their own.
            Some(last) if last.shape == shape && shape != Shape::Table => last.text.push_str(&text),
            _ => groups.push(Group { shape, text }),
        }
    }
    groups
}

fn lines_of<'l, 't>(lines: &'l [&'t str], range: &Range<usize>) -> &'l [&'t str] {
    lines.get(range.clone()).unwrap_or_default()
}

/// Runs of lines, each with the blank lines behind it; the first takes those before it, too.
fn paragraphs(lines: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut filled = false;
    for (at, line) in lines.iter().enumerate() {
        let begins = filled && !line.trim().is_empty() && at > 0;
        let after_blank = at.checked_sub(1).and_then(|at| lines.get(at)).is_some_and(|l| l.trim().is_empty());
        if begins && after_blank {
            found.push(start..at);
            start = at;
        }
        filled |= !line.trim().is_empty();
    }
    found.push(start..lines.len());
    found
}

fn shape(lines: &[&str]) -> Shape {
    let is_rule = |line: &&str| {
        let line = line.trim();
        line.contains("--") && line.chars().all(|c| matches!(c, '-' | ' '))
    };
    if lines.iter().skip(1).any(is_rule) {
        return Shape::Table;
    }
    let properties = lines.iter().filter(|line| list_text::is_property(line)).count();
    if properties > 1 {
        Shape::List
    } else {
        Shape::Said
    }
}

/// Makes lists of what belongs to one: single properties with blank lines between them and what
/// stands between these, and lines that are indented as wrapped values are.
fn join_lists(lines: &[&str], shaped: &mut [(Shape, Range<usize>)]) {
    let has_property =
        |range: &Range<usize>| lines_of(lines, range).iter().any(|line| list_text::is_property(line));
    let single: Vec<usize> = shaped
        .iter()
        .enumerate()
        .filter(|(_, (shape, range))| *shape == Shape::Said && has_property(range))
        .map(|(at, _)| at)
        .collect();
    let lists = shaped.iter().filter(|(shape, _)| *shape == Shape::List).count();
    let (Some(first), Some(last)) = (single.first(), single.last()) else { return };
    if single.len() < 2 || single.len() <= lists {
        return;
    }
    // A list that a post spread out: from its first property to the end of its last value.
    for (shape, _) in shaped.iter_mut().skip(*first).take(last - first + 1) {
        if *shape == Shape::Said {
            *shape = Shape::List;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<Shape> {
        let groups = groups(text);
        let whole: String = groups.iter().map(|group| group.text.as_str()).collect();
        assert_eq!(whole, text);
        groups.into_iter().map(|group| group.shape).collect()
    }

    #[test]
    fn objects_are_told_from_the_sentences_around_them() {
        use Shape::{List, Said, Table};
        let list = "Name : a\nFqdn : b\n\n";
        let table = "Name Fqdn\n---- ----\na    b\n\n";
        assert_eq!(
            shapes(&format!("it fails\n\n{list}{list}and\n\n{table}{table}so\n")),
            [Said, List, Said, Table, Table, Said]
        );
        assert_eq!(shapes("one\n\ntwo\n"), [Said]);
        assert_eq!(shapes(""), [Said]);
    }

    #[test]
    fn a_list_that_was_spread_out_stays_together() {
        let text = "see\n\nName : a\n\nLastError : 451 4.4.0 it\n\nfails\n\nStatus : Retry\n";
        assert_eq!(shapes(text), [Shape::Said, Shape::List]);
    }
}
