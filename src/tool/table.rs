//! PowerShell's own layouts: `Name : value` lists and tables with a line of dashes.
//!
//! Property names are English in every display language. Lists come back as
//! objects with the names as written; a value that goes on in the next line is joined.

/// Most properties of one object; the objects read here have fewer than 50. Looking for a name
/// that repeats stays cheap in a text that only looks like a list.
const PROPERTIES: usize = 256;

/// An object of a list layout, names and values in their order.
pub(super) type Properties<'t> = Vec<(&'t str, String)>;

/// The value of a property, name compared without case.
pub(super) fn value<'p>(properties: &'p Properties<'_>, name: &str) -> Option<&'p str> {
    properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Reads the objects of a list layout. Each begins with the property `first` or after the name
/// repeats; lines that are no property and continue none are skipped.
pub(super) fn lists<'t>(lines: &[&'t str]) -> Vec<Properties<'t>> {
    let mut objects: Vec<Properties<'t>> = Vec::new();
    let mut open: Properties<'t> = Vec::new();
    // The column of the values of the open object: what is indented as far goes on with a value.
    let mut column = 0;
    for line in lines {
        if let Some((name, value)) = property(line) {
            if open.len() == PROPERTIES || open.iter().any(|(known, _)| *known == name) {
                objects.push(std::mem::take(&mut open));
            }
            column = line.find(':').unwrap_or(0);
            open.push((name, value.to_owned()));
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        match open.last_mut() {
            Some((_, value)) if indent > 0 && indent >= column && !line.trim().is_empty() => {
                value.push(' ');
                value.push_str(line.trim());
            }
            _ => {
                if !open.is_empty() {
                    objects.push(std::mem::take(&mut open));
                }
            }
        }
    }
    if !open.is_empty() {
        objects.push(open);
    }
    objects
}

/// `Name : value` with a name of words; a blank before the colon tells it from prose.
fn property(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(" :").or_else(|| line.split_once(':'))?;
    let name = name.trim();
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')' | ' ' | '-' | '.');
    let is_name = !name.is_empty()
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(word);
    (is_name && (value.is_empty() || value.starts_with(' '))).then_some((name, value.trim()))
}

/// Reads the rows of the tables whose header has the column `wanted`. A row whose number of
/// words differs from the header's is skipped: its cells cannot be told apart.
pub(super) fn rows<'t>(lines: &[&'t str], wanted: &str) -> Vec<Vec<(&'t str, &'t str)>> {
    let mut rows = Vec::new();
    let mut header: Option<Vec<&'t str>> = None;
    let mut previous = "";
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let dashes =
            !words.is_empty() && words.iter().all(|word| word.chars().all(|c| matches!(c, '-' | '—' | '–')));
        if dashes {
            let names: Vec<&str> = previous.split_whitespace().collect();
            let has = names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
            header = (has && names.len() == words.len()).then_some(names);
        } else if let Some(names) = &header {
            if words.len() == names.len() {
                rows.push(names.iter().copied().zip(words).collect());
            } else if words.len() == 1 && line.contains(':') || words.len() > 1 && property(line).is_some() {
                header = None;
            }
        }
        previous = line;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_at_the_column_of_its_colon() {
        let lines = ["Results : 192.0.2.1", "          192.0.2.2", "IsAdmin : False", "", "Other : 1"];
        let objects = lists(&lines);
        assert_eq!(objects.len(), 2);
        assert_eq!(value(&objects[0], "results"), Some("192.0.2.1 192.0.2.2"));
        assert_eq!(value(&objects[1], "Other"), Some("1"));
    }

    #[test]
    fn a_row_with_another_number_of_cells_is_skipped() {
        let lines = ["Name Type", "---- ----", "ex1.contoso.com A", "too many cells", ""];
        assert_eq!(rows(&lines, "type"), [vec![("Name", "ex1.contoso.com"), ("Type", "A")]]);
    }
}
