//! What the web server's logs (IIS, HTTPERR) show of requests: refused, answered, too long.

use super::{add_computer, add_lists, add_texts, list, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The requests to one address of one server.
pub(crate) static WEB_LOG: Kind = Kind {
    name: "web-log",
    types: &["WebLog"],
    object_classes: &[],
    marks: &[],
    commands: &["IIS", "HTTPERR"],
    properties: &[
        Property::new("ServerIp", "which address was called"),
        Property::new("Refused", "caller, directory, status and count"),
        Property::new("Answered", "caller, directory and count"),
        Property::new("TooLong", "caller, directory and reason"),
    ],
    facts: web_log,
};

/// Status of Windows for a token that does not belong to this exchange: SEC_E_INVALID_TOKEN.
const INVALID_TOKEN: &str = "2148074248";
/// Status of Windows for a token made for another TLS connection: SEC_E_BAD_BINDINGS.
const BAD_BINDINGS: &str = "2148074310";

fn web_log(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "web_log.computer");
    add_texts(record, facts, &[("ServerIp", "web_log.server_ip")]);
    add_lists(
        record,
        facts,
        &[("Refused", "web_log.refused"), ("Answered", "web_log.answered"), ("TooLong", "web_log.too_long")],
    );
    let refused = list(record, "Refused");
    let with = |code: &str| -> Vec<String> {
        let rows = refused.iter().flatten();
        rows.filter(|row| row.split('|').nth(3) == Some(code)).cloned().collect()
    };
    let foreign = with(INVALID_TOKEN);
    if !foreign.is_empty() {
        facts.add_list("web_log.invalid_token", foreign, "Refused");
    }
    if refused.is_some() {
        facts.add_list("web_log.bad_bindings", with(BAD_BINDINGS), "Refused");
    }
}
