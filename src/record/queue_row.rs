//! Rows of queues that were pasted without the names above them, and the error that somebody wrote
//! below a queue that was pasted without one.
//!
//! A row is known by its words: `EX1\12`, a delivery type, a status. What stands behind the status is
//! read by its shape, because versions have other columns there. Judges nothing.

use super::read::{Body, Record};
use super::reply;
use super::value::{Fields, Value};
use std::borrow::Cow;

/// Beginnings of the delivery types that lead somewhere.
const DELIVERIES: [&str; 9] = [
    "Smtp",
    "MapiDelivery",
    "DnsConnector",
    "SmartHost",
    "NonSmtpGateway",
    "DeliveryAgent",
    "ShadowRedundancy",
    "Heartbeat",
    "Undefined",
];

/// States of a queue.
const STATES: [&str; 5] = ["Active", "Ready", "Retry", "Suspended", "Connecting"];

/// Values of the column `RiskLevel`.
const RISKS: [&str; 4] = ["Normal", "Bulk", "High", "Low"];

/// Columns of Queue Viewer, as its names are without their blanks.
const COLUMNS: [&str; 10] = [
    "Identity",
    "QueueIdentity",
    "NextHopDomain",
    "DeliveryType",
    "Status",
    "MessageCount",
    "NextRetryTime",
    "LastRetryTime",
    "LastError",
    "NextHopConnector",
];

/// The queues of a text that were pasted row by row, and the text without their rows.
pub(super) fn rows(text: &str) -> (Vec<Record<'static>>, Cow<'_, str>) {
    let (mut queues, mut others) = (Vec::new(), Vec::new());
    let mut columns: Option<Vec<&str>> = None;
    for line in text.split_inclusive('\n') {
        columns = match columns_of(line) {
            Some(found) => Some(found),
            None => columns.filter(|_| line.contains('\t')),
        };
        let found = match &columns {
            Some(names) => copied(names, line),
            None => row(line).or_else(|| quoted(line)),
        };
        match found {
            Some(queue) => queues.push(queue),
            None if columns.is_none() => others.push(line),
            None => {}
        }
    }
    if queues.is_empty() {
        return (queues, Cow::Borrowed(text));
    }
    (queues, Cow::Owned(others.concat()))
}

/// The line of names of what Queue Viewer copies: `Next Hop Domain`, a tab, `Delivery Type`.
fn columns_of(line: &str) -> Option<Vec<&'static str>> {
    let column = |cell: &str| {
        let name = cell.split_whitespace().collect::<String>();
        COLUMNS.iter().find(|known| known.eq_ignore_ascii_case(&name)).copied()
    };
    let cells: Option<Vec<&str>> = line.trim_end().split('\t').map(column).collect();
    cells.filter(|cells| cells.len() > 2)
}

/// A row below such names; the line of names itself is none.
fn copied(names: &[&'static str], line: &str) -> Option<Record<'static>> {
    if columns_of(line).is_some() {
        return None;
    }
    let cells = line.trim_end().split('\t').map(str::trim);
    let fields: Vec<(&'static str, &str)> = names.iter().copied().zip(cells).collect();
    (fields.len() > 2).then(|| queue(&fields))
}

fn queue(fields: &[(&'static str, &str)]) -> Record<'static> {
    let value = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
    let fields: Fields<'static> = fields
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (Cow::Borrowed(*name), value(text)))
        .collect();
    let mut record = Record::of_text("");
    record.types = vec![Cow::Borrowed("QueueInfo")];
    record.body = Body::Properties(fields);
    record
}

/// A queue whose row is this line.
fn row(line: &str) -> Option<Record<'static>> {
    let line = line.trim();
    let mut words = line.split_whitespace();
    let identity = words.next().filter(|word| is_identity(word))?;
    let delivery = words.next()?;
    let cut = delivery.trim_end_matches(['.', '\u{2026}']);
    let known = |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let begins = |name: &&str| cut.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let is_type = DELIVERIES.iter().any(begins);
    let status = words.next().filter(|word| is_type && known(&STATES, word))?;
    // `38  0  Normal  0  site:branch; version:15  451 4.4.0 ...`
    let behind = [identity, delivery, status].into_iter().fold(line, after);
    let is_number = |word: &&str| word.parse::<f64>().is_ok() || known(&RISKS, word);
    let count = behind.split_whitespace().next().filter(|word| word.parse::<u64>().is_ok())?;
    let rest = behind.split_whitespace().take_while(is_number).fold(behind, after);
    let (hop, error) = rest.split_at_checked(reply::begin(rest).unwrap_or(rest.len()))?;
    Some(queue(&[
        ("Identity", identity),
        ("DeliveryType", delivery),
        ("Status", status),
        ("MessageCount", count),
        ("NextHopDomain", hop.trim()),
        ("LastError", error.trim()),
    ]))
}

/// A queue that somebody named in front of its error: `Queue EX1\91 -> ex2.contoso.com 451 4.4.0 ...`.
fn quoted(line: &str) -> Option<Record<'static>> {
    let (before, error) = line.split_at_checked(reply::begin(line)?)?;
    let words: Vec<&str> = before.split_whitespace().map(bare).collect();
    let at = words.iter().take(3).position(|word| is_identity(word))?;
    let is_host = |word: &&&str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        word.matches('.').count() > 1
            && word.chars().all(is_name)
            && word.chars().any(|c| c.is_ascii_alphabetic())
    };
    let hop = words.iter().skip(at + 1).find(is_host).copied().unwrap_or_default();
    let identity = words.get(at).copied()?;
    Some(queue(&[("Identity", identity), ("NextHopDomain", hop), ("LastError", error.trim())]))
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, ':' | ',' | ';' | '(' | ')' | '"' | '\''))
}

/// `EX1\12`, `EX1\Submission`: a server and a queue of it.
fn is_identity(word: &str) -> bool {
    let Some((server, queue)) = word.split_once('\\') else { return false };
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    is_name(server) && server.len() > 1 && !queue.is_empty() && queue.chars().all(|c| c.is_ascii_digit())
}

fn after<'l>(text: &'l str, word: &str) -> &'l str {
    text.strip_prefix(word).unwrap_or(text).trim_start()
}

/// Gives the one queue in trouble the one reply that stands below the queues: who pastes a table and
/// the error below it says what the queue's error is.
pub(super) fn join_error(records: &mut Vec<Record<'static>>) {
    let is_type = |record: &Record<'_>, name: &str| record.types.iter().any(|known| known == name);
    let replies: Vec<usize> = places(records, |record| is_type(record, "ExAuth.Reply"));
    let waits = |record: &Record<'_>| {
        let is = |name: &str, value: &str| matches!(record.property(name), Some(Value::Text(text)) if text.eq_ignore_ascii_case(value));
        record.property("NextHopDomain").is_some() && is("Status", "Retry")
    };
    let waiting = places(records, waits);
    let (&[queue], &[reply]) = (waiting.as_slice(), replies.as_slice()) else { return };
    let has_error = records.get(queue).is_none_or(|queue| queue.property("LastError").is_some());
    if reply < queue || has_error {
        return;
    }
    let text = match records.get(reply).and_then(|reply| reply.property("Text")) {
        Some(Value::Text(text)) => text.clone(),
        _ => return,
    };
    records.remove(reply);
    if let Some(Record { body: Body::Properties(fields), .. }) = records.get_mut(queue) {
        fields.push((Cow::Borrowed("LastError"), Value::Text(text)));
    }
}

fn places(records: &[Record<'_>], test: impl Fn(&Record<'_>) -> bool) -> Vec<usize> {
    records.iter().enumerate().filter(|(_, record)| test(record)).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(record: &Record<'_>, name: &str) -> String {
        match record.property(name) {
            Some(Value::Text(text)) => text.to_string(),
            _ => String::new(),
        }
    }

    fn one(line: &str) -> Option<[String; 6]> {
        let (queues, _) = rows(line);
        let all = ["Identity", "DeliveryType", "Status", "MessageCount", "NextHopDomain", "LastError"];
        queues.first().map(|queue| all.map(|name| text(queue, name)))
    }

    #[test]
    fn a_row_without_names_is_a_queue() {
        let read = one("EX1\\87   SmtpRelayToMailboxDeliveryGroup   Retry   14   0   Normal   0   site:colo; version:15   451 4.4.0 Primary target");
        let row = ["EX1\\87", "SmtpRelayToMailboxDeliveryGroup", "Retry", "14", "site:colo; version:15"];
        assert_eq!(read.unwrap(), [&row[..], &["451 4.4.0 Primary target"]].concat()[..]);
        let read = one("EX1\\9\tSmtpRelay...\tRetry\t3\tbranch").unwrap();
        assert_eq!((read[4].as_str(), read[5].as_str()), ("branch", ""));
        for line in ["EX1\\87 is in Retry", "CONTOSO\\user1 Smtp Retry 3 x", "EX1\\87 SmtpRelay Retry", ""] {
            assert_eq!(one(line), None, "{line}");
        }
    }

    #[test]
    fn a_queue_named_before_its_error_is_a_queue() {
        let read =
            one("Queue EX1\\91 -> ex2.contoso.com  451 4.4.0 Primary target: \"454 4.7.0 x\"").unwrap();
        assert_eq!((read[0].as_str(), read[4].as_str()), ("EX1\\91", "ex2.contoso.com"));
        assert_eq!(read[5], "451 4.4.0 Primary target: \"454 4.7.0 x\"");
        assert_eq!(one("mail to ex2.contoso.com fails with 454 4.7.0 x"), None);
    }

    #[test]
    fn what_queue_viewer_copies_is_queues() {
        let text = "copied:\n\nNext Hop Domain\tDelivery Type\tStatus\tMessage Count\tLast Error\nex2.contoso.com\tSmtpRelayWithinAdSite\tRetry\t318\t451 4.4.0 x\nSubmission\tUndefined\tReady\t0\t\nbye\n";
        let (queues, rest) = rows(text);
        assert_eq!((queues.len(), &*rest), (2, "copied:\n\nbye\n"));
        assert_eq!(text_of(&queues[0]), ["ex2.contoso.com", "Retry", "318", "451 4.4.0 x"]);
        assert_eq!(rows("a\tb\tc\nd\te\tf\n").0.len(), 0);
    }

    fn text_of(queue: &Record<'_>) -> [String; 4] {
        ["NextHopDomain", "Status", "MessageCount", "LastError"].map(|name| text(queue, name))
    }
}
