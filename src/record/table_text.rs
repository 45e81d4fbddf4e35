//! Format-Table text to the properties of its objects, for tables as wide as their columns.
//!
//! Columns begin where the dashes under the names begin. A cell that the table cut (`...`) is
//! left out. Lines behind a blank line are no rows. The kind follows from the names, as everywhere.

use super::read::{Body, Record};
use super::value::{Fields, Value};
use std::borrow::Cow;

/// Most lines that a wrapped name can take: the longest property names have about 40 letters.
const WRAPPED_NAME_LINES: usize = 40;

/// The objects of a text; empty when it is no table.
pub(super) fn objects(text: &str) -> Vec<Record<'static>> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let rule =
        lines.iter().position(|line| line.contains("--") && line.chars().all(|c| matches!(c, '-' | ' ')));
    let Some(rule) = rule.filter(|rule| *rule > 0) else {
        return Vec::new();
    };
    let Some(dashes) = lines.get(rule) else { return Vec::new() };
    let starts = starts(dashes);
    let names = names(lines.get(..rule).unwrap_or_default(), &starts);
    let is_name = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    if names.is_empty() || !names.iter().all(is_name) {
        return Vec::new();
    }
    let rows = lines.iter().enumerate().skip(rule + 1).take_while(|(_, line)| !line.trim().is_empty());
    // A cell that a last line without its end does not reach was perhaps cut off.
    let open = (!text.ends_with(['\n', '\r'])).then(|| lines.len().saturating_sub(1));
    let mut read: Vec<Vec<String>> = Vec::new();
    // How much of each cell stood in the line above.
    let mut filled: Vec<usize> = Vec::new();
    for (at, row) in rows {
        let length = row.chars().count();
        let line_goes_on = row.starts_with(' ');
        let reached = starts.iter().filter(|start| Some(at) != open || **start < length).count();
        let row: Vec<String> = cells(row, &starts).into_iter().take(reached).collect();
        let lengths = row.iter().map(|cell| cell.chars().count()).collect();
        match read.last_mut().filter(|_| line_goes_on && is_continued(&row)) {
            Some(last) => go_on(last, row, &filled, &starts),
            None => read.push(row),
        }
        filled = lengths;
    }
    read.into_iter().map(|row| record(&names, row)).collect()
}

/// True for a row that `-Wrap` put below: the first column, which names the object, is empty.
fn is_continued(row: &[String]) -> bool {
    row.first().is_some_and(String::is_empty) && row.iter().any(|cell| !cell.is_empty())
}

/// Adds a row that goes on to the one above it. A cell that filled its column there was cut in a word.
fn go_on(last: &mut [String], row: Vec<String>, filled: &[usize], starts: &[usize]) {
    let width = |at: usize| Some(starts.get(at + 1)?.checked_sub(*starts.get(at)?)?.saturating_sub(1));
    for (at, (cell, more)) in last.iter_mut().zip(row).enumerate() {
        if more.is_empty() {
            continue;
        }
        // The last column has no width; inside braces a word goes on where no comma ended it.
        let in_list = width(at).is_none() && cell.starts_with('{') && !cell.contains('}');
        let fills = width(at).is_some_and(|width| filled.get(at) == Some(&width));
        let full = (in_list || fills || is_flags(cell, &more)) && !cell.ends_with([',', ';']);
        if !cell.is_empty() && !full {
            cell.push(' ');
        }
        cell.push_str(&more);
    }
}

/// True for the parts of a list of flags: its items have no blanks, so that a part which no comma ends
/// was cut in a word.
fn is_flags(cell: &str, more: &str) -> bool {
    let items = cell.split(',').chain(more.split(',')).map(str::trim);
    let is_list = cell.contains(',') || more.contains(',');
    is_list
        && items.filter(|item| !item.is_empty()).all(|item| item.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The names above the dashes; a narrow column wraps its name upwards, two letters a line.
fn names(above: &[&str], starts: &[usize]) -> Vec<String> {
    let mut names = vec![String::new(); starts.len()];
    for line in above.iter().rev().take(WRAPPED_NAME_LINES) {
        for (name, cell) in names.iter_mut().zip(cells(line, starts)) {
            name.insert_str(0, &cell);
        }
        if names.iter().all(|name| !name.is_empty()) {
            break;
        }
    }
    names
}

/// Where the groups of dashes begin, in characters.
fn starts(dashes: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (at, c) in dashes.chars().enumerate() {
        if c == '-' && before == ' ' {
            starts.push(at);
        }
        before = c;
    }
    starts
}

/// The cells of a line. A number is aligned to the right and may begin before its dashes do.
fn cells(line: &str, starts: &[usize]) -> Vec<String> {
    let line: Vec<char> = line.chars().collect();
    let blank_before = |start: usize| {
        let before = line.get(..start).filter(|_| line.get(start).is_some_and(|c| !c.is_whitespace()));
        before.map_or(start, |before| before.iter().rposition(|c| c.is_whitespace()).map_or(0, |at| at + 1))
    };
    let begins: Vec<usize> = starts.iter().map(|start| blank_before(*start)).collect();
    let ends = begins.iter().skip(1).copied().chain([line.len()]);
    let cell = |(begin, end): (&usize, usize)| {
        let cell: String = line.get(*begin..end.min(line.len())).unwrap_or_default().iter().collect();
        cell.trim().to_owned()
    };
    begins.iter().zip(ends).map(cell).collect()
}

fn record(names: &[String], cells: Vec<String>) -> Record<'static> {
    let mut record = Record::of_text("");
    // Half a value is no value. A list says itself that it was cut, and the beginning of a
    // delivery type tells its group.
    let told = |name: &str, cell: &str| {
        let cut = cell.ends_with("...") || cell.ends_with('\u{2026}');
        !cut || cell.starts_with('{') || name.eq_ignore_ascii_case("DeliveryType")
    };
    let fields: Fields<'static> = names
        .iter()
        .zip(cells)
        .filter(|(name, cell)| told(name, cell))
        .map(|(name, cell)| (Cow::Owned(name.clone()), Value::Text(Cow::Owned(cell))))
        .collect();
    record.body = Body::Properties(fields);
    record
}

/// Get-WinEvent prints one table for each provider and its name above it.
pub(super) fn with_provider(mut objects: Vec<Record<'static>>, above: &str) -> Vec<Record<'static>> {
    let last = above.lines().rfind(|line| !line.trim().is_empty());
    let provider = last.and_then(|line| line.trim().strip_prefix("ProviderName:")).map(str::trim);
    let Some(provider) = provider.filter(|name| !name.is_empty()) else { return objects };
    for object in &mut objects {
        let is_event = object.property("Id").is_some() && object.property("ProviderName").is_none();
        if let (true, Body::Properties(fields)) = (is_event, &mut object.body) {
            fields.push((Cow::Borrowed("ProviderName"), Value::Text(Cow::Owned(provider.to_owned()))));
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_their_dashes() {
        let text = "\r\nIdentity       DeliveryType         Status  MessageCount NextHopDomain\r\n--------       ------------         ------  ------------ -------------\r\nEX1\\17         SmtpRelayToRemote... Retry   38           branch\r\nEX1\\Submission Undefined            Ready   0            Submission\r\n";
        let objects = objects(text);
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0].property("NextHopDomain"), Some(&Value::Text("branch".into())));
        assert_eq!(objects[0].property("DeliveryType"), Some(&Value::Text("SmtpRelayToRemote...".into())));
    }

    #[test]
    fn a_wrapped_name_is_joined_and_a_cut_cell_left_out() {
        let text = "Name Fqdn    Ser\n             ver\n---- ------- ---\nEX1  ex1.co… x\n";
        let objects = objects(text);
        assert_eq!(objects[0].property("Server"), Some(&Value::Text("x".into())));
        assert_eq!(objects[0].property("Fqdn"), None);
    }

    #[test]
    fn a_cell_that_wraps_over_several_lines_is_cut_in_words_each_time() {
        let text = "Name    Groups   X\n----    ------   -\nDefault Anonymou y\n        sUsers,\n        Exchange\n        Servers\n";
        let objects = objects(text);
        assert_eq!(objects.len(), 1);
        let groups = Value::Text("AnonymousUsers, ExchangeServers".into());
        assert_eq!(objects[0].property("Groups"), Some(&groups));
    }

    #[test]
    fn the_last_column_is_as_wide_as_the_console() {
        let text = "Name    Groups\n----    ------\nDefault AnonymousUsers, Exc\n        hangeUsers, ExchangeServe\n        rs\nOther   it failed, and\n        nobody knows why\n";
        let objects = objects(text);
        let groups = |at: usize| objects[at].property("Groups").cloned();
        assert_eq!(groups(0), Some(Value::Text("AnonymousUsers, ExchangeUsers, ExchangeServers".into())));
        assert_eq!(groups(1), Some(Value::Text("it failed, and nobody knows why".into())));
    }

    #[test]
    fn a_number_that_begins_before_its_dashes_is_whole() {
        let text = "ProviderName           Id Level\n------------           -- -----\nSome-Provider        4111 Error\nSome-Other-Provider   104 Error\n";
        let objects = objects(text);
        assert_eq!(objects[0].property("Id"), Some(&Value::Text("4111".into())));
        assert_eq!(objects[0].property("ProviderName"), Some(&Value::Text("Some-Provider".into())));
        assert_eq!(objects[1].property("Id"), Some(&Value::Text("104".into())));
    }

    #[test]
    fn a_cell_that_a_cut_line_does_not_reach_is_not_given() {
        let whole = "Name Fqdn Server\n---- ---- ------\nA    b\n";
        assert_eq!(objects(whole)[0].property("Server"), Some(&Value::Text("".into())));
        assert_eq!(objects(whole.trim_end())[0].property("Server"), None);
        assert_eq!(objects(whole.trim_end())[0].property("Fqdn"), Some(&Value::Text("b".into())));
    }

    #[test]
    fn a_rule_without_names_is_no_table() {
        assert!(objects("----\nx").is_empty());
        assert!(objects("Starting the test of it\n----\nx").is_empty());
    }
}
