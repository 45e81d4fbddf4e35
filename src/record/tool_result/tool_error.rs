//! What a tool says about its own failure, and the tickets of klist.
//!
//! A failure of a tool is no finding about Exchange; it tells why facts are missing.

use super::{add_lists, add_texts, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// A tool that failed.
pub(crate) static TOOL_ERROR: Kind = Kind {
    name: "tool-error",
    types: &["ToolError"],
    object_classes: &[],
    marks: &[],
    commands: &[],
    properties: &[
        Property::new("Error", "what the tool printed"),
        Property::new("ErrorCode", "the status in it"),
        Property::new("Substatus", "the second status of klist"),
        Property::new("Account", "the account that was not found"),
        Property::new("Spn", "the SPN that was asked for"),
    ],
    facts: tool_error,
};

fn tool_error(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(
        record,
        facts,
        &[
            ("Error", "tool.error"),
            ("ErrorCode", "tool.error_code"),
            ("Substatus", "tool.error_substatus"),
            ("Account", "tool.account"),
            ("Spn", "tool.spn"),
        ],
    );
}

/// `klist`.
pub(crate) static KERBEROS_TICKETS: Kind = Kind {
    name: "kerberos-tickets",
    types: &["KerberosTickets"],
    object_classes: &[],
    marks: &[],
    commands: &["klist -li 0x3e7 tickets"],
    properties: &[
        Property::new("Tickets", "server, encryption and end of each ticket"),
        Property::new("LogonId", "whose tickets these are"),
    ],
    facts: kerberos_tickets,
};

fn kerberos_tickets(record: &Record<'_>, facts: &mut FactTable) {
    add_lists(record, facts, &[("Tickets", "kerberos_tickets.tickets")]);
    add_texts(record, facts, &[("LogonId", "kerberos_tickets.logon_id")]);
}
