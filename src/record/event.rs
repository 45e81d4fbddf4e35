//! Events of Windows logs: `Get-WinEvent`, `Get-EventLog`, and events made from XML or text.
//!
//! Reads provider, id, time, insertion strings and message in their many names. What an
//! event of a known provider and number says is read in `event_known`. Judges nothing.

use super::event_known::add_known;
use super::event_provider::canonical;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::reply::is_unfilled;
use super::tolerant::{self, field, is_type_name, number, text, unwrapped};
use super::value::Value;
use crate::fact::FactTable;

/// Events of every provider.
pub static KIND: Kind = Kind {
    name: "event",
    types: &["EventLogRecord", "EventRecord", "EventLogEntry", "Event"],
    object_classes: &[],
    marks: &[
        &["Id", "ProviderName"],
        &["EventID", "Source"],
        &["InstanceId", "Source"],
        &["EventID", "ProviderName"],
        &["EventID", "Message"],
        &["Id", "LogName", "MachineName"],
        &["Id", "TimeCreated", "Message"],
        &["Id", "LevelDisplayName"],
    ],
    commands: &["Get-WinEvent", "Get-EventLog", "wevtutil"],
    properties: &[
        Property::new("ProviderName", "which component logged it"),
        Property::new("Source", "the same, from Get-EventLog"),
        Property::new("Id", "what happened"),
        Property::new("EventID", "the same, from Get-EventLog"),
        Property::new("InstanceId", "the same, where EventID is missing"),
        Property::items("Properties", "Value", "the values in its text, free of language"),
        Property::new("ReplacementStrings", "the same, from Get-EventLog"),
        Property::new("Message", "its text, where the values are lost"),
        Property::new("MachineName", "where it was logged"),
        Property::new("PSComputerName", "the same, where MachineName is missing"),
        Property::new("TimeCreated", "when it was logged"),
        Property::new("TimeGenerated", "the same, from Get-EventLog"),
        Property::new("TimeWritten", "the same, where TimeGenerated is missing"),
        Property::new("LogName", "which log it is in"),
        Property::new("Level", "how serious it is"),
        Property::new("EntryType", "the same, from Get-EventLog"),
    ],
    facts,
};

/// One insertion string: its name, where the provider has a manifest, and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inserted {
    /// `ErrorCode`; empty for the unnamed strings of classic providers.
    pub name: String,
    /// The value as text; empty ones stay, for they are told by position.
    pub value: String,
}

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    let provider = ["ProviderName", "Source"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(text)?, property)));
    if let Some((name, property)) = &provider {
        reader.facts.add_text("event.provider", canonical(name), *property);
    }
    // Numbers of Get-EventLog may have severity and facility in their upper half.
    let id = ["Id", "EventID", "InstanceId"]
        .into_iter()
        .find_map(|property| Some((reader.value(property).and_then(number)? & 0xFFFF, property)));
    if let Some((id, property)) = id {
        reader.facts.add_number("event.id", f64::from(u16::try_from(id).unwrap_or_default()), property);
    }
    surroundings(&mut reader);
    let (strings, property) = inserted(&reader).unwrap_or_default();
    if !strings.is_empty() {
        reader.facts.add_list(
            "event.strings",
            strings.iter().map(|string| string.value.clone()).collect(),
            property,
        );
    }
    let message = reader.value("Message").and_then(text);
    if let Some(message) = &message {
        reader.facts.add_text("event.message", message.replace("\r\n", "\n"), "Message");
        if is_unfilled(message) {
            // A formatter without the provider's file, or a page of documentation.
            reader.facts.add_flag("event.unfilled", true, "Message");
        }
    }
    let provider = provider.as_ref().map(|(name, _)| canonical(name));
    let id = id.and_then(|(id, _)| u16::try_from(id).ok());
    add_known(reader.facts, provider, id, (&strings, property), message.as_deref());
}

/// Where, when, in which log, and how serious.
fn surroundings(reader: &mut Reader<'_, '_>) {
    let found = ["MachineName", "Computer", "PSComputerName"]
        .into_iter()
        .any(|property| reader.text("event.computer", property).is_some());
    if !found {
        // A table has no column of the computer; the command asked another than the one it was typed on.
        let asked = tolerant::argument(reader.record, "-ComputerName").filter(|name| is_host_name(name));
        if let Some(asked) = asked.map(str::to_owned) {
            reader.facts.add_text("event.computer", asked, "from");
        } else if let Some(computer) = &reader.record.computer {
            reader.facts.add_text("event.computer", computer.as_ref(), "computer");
        }
    }
    let _ = ["TimeCreated", "TimeGenerated", "TimeWritten"]
        .into_iter()
        .any(|property| reader.date("event.time", property).is_some());
    let _ =
        ["LogName", "ContainerLog"].into_iter().any(|property| reader.text("event.log", property).is_some());
    if reader.number("event.level", "Level").is_some() {
        return;
    }
    // EventLogEntryType counts Error 1, Warning 2, Information 4; event levels Error 2, Warning 3, Information 4.
    let entry_type = reader.value("EntryType").and_then(text).unwrap_or_default().to_ascii_lowercase();
    let level = match entry_type.as_str() {
        "error" | "1" => 2.0,
        "warning" | "2" => 3.0,
        "information" | "4" => 4.0,
        _ => return,
    };
    reader.facts.add_number("event.level", level, "EntryType");
}

/// One computer by its name: no list, no variable, no expression.
fn is_host_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

/// The insertion strings with the property that has them; `None` when the form lost them.
fn inserted(reader: &Reader<'_, '_>) -> Option<(Vec<Inserted>, &'static str)> {
    ["Properties", "ReplacementStrings"].into_iter().find_map(|property| {
        let strings = match unwrapped(reader.value(property)?) {
            Value::List(items) => items.iter().map(insertion).collect::<Option<Vec<_>>>()?,
            one @ (Value::Text(_) | Value::Object(_)) => vec![insertion(one)?],
            _ => return None,
        };
        (!strings.is_empty()).then_some((strings, property))
    })
}

fn insertion(item: &Value<'_>) -> Option<Inserted> {
    let (name, value) = match item {
        Value::Object(fields) => (field(fields, "Name").and_then(text), field(fields, "Value")?),
        other => (None, other),
    };
    let value = match value {
        // At the depth limit an EventProperty is only its type's name.
        Value::Text(text) if is_type_name(text) => return None,
        Value::Text(text) if text.starts_with('{') && text.contains("Eventing.Reader.EventProperty") => {
            return None
        }
        Value::Text(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => text(other).unwrap_or_default(),
    };
    Some(Inserted { name: name.unwrap_or_default(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        super::super::read_records(json.as_bytes(), 0, |record| facts(&record.unwrap(), &mut table));
        table
    }

    #[test]
    fn an_inbound_failure_is_the_same_from_strings_objects_and_old_logs() {
        for json in [
            r#"{"ProviderName":"MSExchangeTransport","Id":1035,"Properties":[{"Value":"IllegalMessage"},{"Value":"Relay 2"},{"Value":"ExchangeAuth"},{"Value":"fe80::1%12"}]}"#,
            r#"{"ProviderName":"msexchangetransport","Id":"1035","Properties":["IllegalMessage","Relay 2","ExchangeAuth","[fe80::1]"]}"#,
            r#"{"Source":"MSExchangeTransport","InstanceId":2147746827,"ReplacementStrings":["IllegalMessage","Relay 2","ExchangeAuth","fe80::1"]}"#,
        ] {
            let facts = read(json);
            assert_eq!(
                facts.text("event.provider").map(str::to_lowercase).as_deref(),
                Some("msexchangetransport"),
                "{json}"
            );
            assert_eq!(facts.number("event.id"), Some(1035.0), "{json}");
            assert_eq!(facts.text("event.connector"), Some("Relay 2"), "{json}");
            assert_eq!(facts.text("event.ip"), Some("fe80::1"), "{json}");
        }
    }

    #[test]
    fn strings_that_are_type_names_were_not_given_and_the_text_speaks() {
        let facts = read(
            r#"{"ProviderName":"Kerberos","Id":4,"Properties":["System.Diagnostics.Eventing.Reader.EventProperty","System.Diagnostics.Eventing.Reader.EventProperty"],
            "Message":"The kerberos client received a KRB_AP_ERR_MODIFIED error from the server host/ex2.contoso.com.  This indicates that the password differs."}"#,
        );
        assert_eq!(facts.get("event.strings"), None);
        assert_eq!(facts.text("event.provider"), Some("Security-Kerberos"));
        assert_eq!(facts.text("event.account"), Some("host/ex2.contoso.com"));
        assert_eq!(facts.text("event.spn"), Some("host/ex2.contoso.com"));
        assert_eq!(facts.text("event.kerberos_error"), Some("0x29"));
    }

    #[test]
    fn a_proxy_failure_names_both_servers_with_and_without_its_text() {
        for json in [
            r#"{"ProviderName":"MSExchange OWA","Id":71,"Message":null,"Properties":[{"Value":"cas1.contoso.com"},{"Value":"https://192.0.2.15/owa"}]}"#,
            r#"{"ProviderName":"MSExchange OWA","Id":71,"Message":"Microsoft Exchange Client Access server cas1.contoso.com tried to proxy Outlook traffic to Client Access server https://192.0.2.15/owa. This failed because ..."}"#,
            r#"{"ProviderName":"MSExchange OWA","Id":71,"Message":"Le serveur cas1.contoso.com d'acc\u00e8s au client a tent\u00e9 d'\u00e9tablir une liaison vers le serveur https://192.0.2.15/owa. \u00ab internalURL \u00bb"}"#,
        ] {
            let facts = read(json);
            assert_eq!(facts.text("event.source_server"), Some("cas1.contoso.com"), "{json}");
            assert_eq!(facts.text("event.target"), Some("https://192.0.2.15/owa"), "{json}");
            assert_eq!(facts.text("event.target_host"), Some("192.0.2.15"), "{json}");
            assert_eq!(facts.flag("event.target_host_is_ip"), Some(true), "{json}");
        }
    }

    #[test]
    fn an_unfilled_template_says_nothing_but_that() {
        let facts = read(
            r#"{"ProviderName":"MSExchangeTransport","Id":1036,"Message":"Inbound direct trust authentication failed for certificate %1. The source IP address is [%2]."}"#,
        );
        assert_eq!(facts.flag("event.unfilled"), Some(true));
        assert_eq!(facts.get("event.ip"), None);
    }

    #[test]
    fn a_listener_that_cannot_start_is_no_refused_account() {
        let facts = read(
            r#"{"ProviderName":"MSExchangeTransport","Id":1018,"Properties":[{"Value":"0.0.0.0:25"},{"Value":"x"}],"Message":"The address is already in use. Binding: 0.0.0.0:25."}"#,
        );
        assert_eq!(facts.get("event.account"), None);
    }

    #[test]
    fn a_number_of_another_provider_means_nothing() {
        let facts = read(
            r#"{"ProviderName":"MSExchange Control Panel","Id":4,"Properties":[{"Value":"EX2$"},{"Value":"x"},{"Value":"HTTP/ex2"}]}"#,
        );
        assert_eq!(facts.get("event.account"), None);
        assert_eq!(facts.number("event.id"), Some(4.0));
    }

    #[test]
    fn the_values_of_kerberos_3_are_told_by_position_too() {
        let values = [
            "",
            "",
            "",
            "0x7",
            "KDC_ERR_S_PRINCIPAL_UNKNOWN",
            "0xc0000035 KLIN(0)",
            "",
            "",
            "CONTOSO.COM",
            "HTTP/ex2.contoso.com",
            "",
            "",
            "",
            "",
        ];
        let json = format!(
            r#"{{"ProviderName":"Microsoft-Windows-Security-Kerberos","Id":3,"Properties":{}}}"#,
            serde_json::json!(values)
        );
        let facts = read(&json);
        assert_eq!(facts.text("event.kerberos_error"), Some("0x7"));
        assert_eq!(facts.text("event.kerberos_extended"), Some("0xc0000035"));
        assert_eq!(facts.text("event.spn"), Some("HTTP/ex2.contoso.com"));
    }

    #[test]
    fn a_failed_logon_gives_account_and_status() {
        let mut values = vec!["-"; 21];
        (values[5], values[7], values[9], values[12]) = ("EX1$", "-1073741517", "0", "Kerberos");
        let json = format!(
            r#"{{"ProviderName":"Microsoft-Windows-Security-Auditing","Id":4625,"Properties":{}}}"#,
            serde_json::json!(values)
        );
        let facts = read(&json);
        assert_eq!(facts.text("event.account"), Some("EX1$"));
        assert_eq!(facts.text("event.ntstatus"), Some("0xc0000133"));
        assert_eq!(facts.text("event.mechanism"), Some("Kerberos"));
    }

    #[test]
    fn outbound_security_and_kdc_events_give_the_name_asked_for() {
        for (provider, id, strings, fact, value) in [
            (
                "MSExchangeTransport",
                2017,
                vec!["KdcUnknownEncryptionType", "Intra", "ExchangeAuth", "SMTPSVC/ex2.contoso.com"],
                "event.spn",
                "SMTPSVC/ex2.contoso.com",
            ),
            ("MSExchangeTransport", 1020, vec![r"CONTOSO\EX1$"], "event.account", r"CONTOSO\EX1$"),
            ("MSExchangeTransport", 2018, vec!["CN=ex2", "192.0.2.9"], "event.ip", "192.0.2.9"),
            (
                "KDC",
                11,
                vec!["HTTP/ex2.contoso.com", "DS_SERVICE_PRINCIPAL_NAME"],
                "event.spn",
                "HTTP/ex2.contoso.com",
            ),
            ("Kdcsvc", 16, vec!["SMTPSVC/ex2.contoso.com", "EX2$", "9", "18", "23"], "event.account", "EX2$"),
            (
                "LSASRV",
                40960,
                vec!["SMTPSVC/ex2.contoso.com", "\"There are no logon servers (0xc000005e)\""],
                "event.ntstatus",
                "0xc000005e",
            ),
            (
                "LsaSrv",
                40961,
                vec!["LDAP/dc1.contoso.com/contoso.com@CONTOSO.COM"],
                "event.spn",
                "LDAP/dc1.contoso.com/contoso.com",
            ),
        ] {
            let facts = read(
                &serde_json::json!({"ProviderName": provider, "Id": id, "Properties": strings}).to_string(),
            );
            assert_eq!(facts.text(fact), Some(value), "{provider} {id}");
        }
    }
}
