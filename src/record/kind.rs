//! What a kind of record is, and how a record's kind is told.
//!
//! Order of the marks, surest first: type names, `ObjectClass`, property names,
//! the command in `from` (records-and-reports.md). A record of no known kind is
//! not an error.

use super::read::{Body, Record};
use super::value::Value;
use crate::fact::FactTable;

/// One kind of record.
pub struct Kind {
    /// Its name in reports and rules: `queue`, `receive-connector`.
    pub name: &'static str,
    /// Last parts of type names (behind the last dot or plus sign) that mean this kind.
    pub types: &'static [&'static str],
    /// Directory classes that mean this kind.
    pub object_classes: &'static [&'static str],
    /// Property names that together mean this kind, in an object that lost its type.
    pub marks: &'static [&'static [&'static str]],
    /// Commands that give it, for `from` and for people.
    pub commands: &'static [&'static str],
    /// The properties that are read, and nothing else is.
    pub properties: &'static [Property],
    /// Reads the facts of a record of this kind.
    pub facts: fn(&Record<'_>, &mut FactTable),
}

/// One property that a kind reads.
pub struct Property {
    /// Its name in the object.
    pub name: &'static str,
    /// For a list of objects: the member of each item that holds its value.
    pub item: Option<&'static str>,
    /// For a list of objects: the kind whose properties are read of each.
    pub parts: Option<&'static str>,
    /// What it is used for.
    pub used_for: &'static str,
}

impl Property {
    /// A plain property.
    pub const fn new(name: &'static str, used_for: &'static str) -> Property {
        Property { name, item: None, parts: None, used_for }
    }

    /// A list whose items are objects with one interesting member.
    pub const fn items(name: &'static str, item: &'static str, used_for: &'static str) -> Property {
        Property { name, item: Some(item), parts: None, used_for }
    }

    /// A list of objects that are records of another kind.
    pub const fn parts(name: &'static str, kind: &'static str, used_for: &'static str) -> Property {
        Property { name, item: None, parts: Some(kind), used_for }
    }
}

/// The last part of a type name, without `Deserialized.`, namespaces, generic
/// arguments and the `#Application/...` tail of Get-EventLog. An object of WMI has
/// its class in that tail: `ManagementObject#root\cimv2\Win32_Service`.
fn short_type(name: &str) -> &str {
    if let Some((object, class)) = name.split_once('#') {
        if object.ends_with("ManagementObject") || object.ends_with("CimInstance") {
            return class.rsplit(['\\', '/']).next().unwrap_or(class);
        }
    }
    let name = name.split(['#', '[', '`']).next().unwrap_or(name);
    name.rsplit(['.', '+']).next().unwrap_or(name)
}

/// The cmdlet of a command line that printed: in `Get-ExchangeServer | Get-Queue | fl` the last that gets.
fn printing(line: &str) -> &str {
    let mut stages = line.split('|').map(|stage| stage.split_whitespace().next().unwrap_or_default());
    let gets = |name: &&str| name.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("Get-"));
    stages.clone().rev().find(gets).or_else(|| stages.next()).unwrap_or_default()
}

/// Tells the kind of a record that has properties; `None` for a text and for unknown objects.
pub fn kind_of(kinds: &'static [&'static Kind], record: &Record<'_>) -> Option<&'static Kind> {
    let Body::Properties(fields) = &record.body else {
        return None;
    };
    for name in &record.types {
        let short = short_type(name);
        if let Some(kind) = kinds.iter().find(|kind| kind.types.iter().any(|t| t.eq_ignore_ascii_case(short)))
        {
            return Some(kind);
        }
    }
    if let Some(classes) = record.property("ObjectClass") {
        let named = |class: &str| match classes {
            Value::List(items) => {
                items.iter().any(|item| matches!(item, Value::Text(t) if t.eq_ignore_ascii_case(class)))
            }
            Value::Text(text) => text.split([' ', ',', ';', '{', '}']).any(|t| t.eq_ignore_ascii_case(class)),
            _ => false,
        };
        if let Some(kind) = kinds.iter().find(|kind| kind.object_classes.iter().any(|class| named(class))) {
            return Some(kind);
        }
    }
    let has = |name: &&str| fields.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    if let Some(kind) = kinds.iter().find(|kind| kind.marks.iter().any(|mark| mark.iter().all(has))) {
        return Some(kind);
    }
    let command = printing(record.from.as_deref().unwrap_or_default());
    kinds.iter().find(|kind| kind.commands.iter().any(|c| c.eq_ignore_ascii_case(command))).copied()
}

#[cfg(test)]
mod tests {
    use super::short_type;

    #[test]
    fn a_type_name_is_cut_to_its_last_part() {
        for (name, short) in [
            ("Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo", "ExtensibleQueueInfo"),
            ("System.Diagnostics.EventLogEntry#Application/MSExchangeTransport/1035", "EventLogEntry"),
            ("Microsoft.Exchange.Data.SmtpSendConnectorConfig+AuthMechanisms", "AuthMechanisms"),
            (r"System.Management.ManagementObject#root\cimv2\Win32_NetworkAdapterConfiguration", "Win32_NetworkAdapterConfiguration"),
            (
                "Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_DNSClientServerAddress",
                "MSFT_DNSClientServerAddress",
            ),
            ("MultiValuedProperty`1[[System.String]]", "MultiValuedProperty"),
        ] {
            assert_eq!(short_type(name), short);
        }
    }
}
