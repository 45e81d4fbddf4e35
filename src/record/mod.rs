//! Records: reading them, telling their kind, and turning each kind into facts.
//!
//! One file a kind: the properties it wants, the marks by which it is told, and
//! its normalisation. `KINDS` is the only list of them; `describe` and the
//! PowerShell module follow it. Uses `tool` for texts of tools, judges nothing.

mod kind;
mod read;
mod value;

// Results of tools (src/record/tool_result).
mod tool_result;

pub use kind::{kind_of, Kind, Property};
pub use read::{read_records, Body, Record, Rejected};
pub use value::{Fields, Value};

/// All kinds, in the order in which their marks are tried.
pub static KINDS: &[&Kind] = &[
    // Results of tools (src/record/tool_result).
    &tool_result::SPN_LIST,
    &tool_result::SPN_QUERY,
    &tool_result::SPN_DUPLICATES,
    &tool_result::CLOCK_OFFSET,
    &tool_result::TIME_STATUS,
    &tool_result::REPLICATION_LINK,
    &tool_result::REPLICATION_SUMMARY,
    &tool_result::PORT_TEST,
    &tool_result::DNS_ANSWER,
    &tool_result::REGISTRY_VALUES,
    &tool_result::SECURE_CHANNEL,
    &tool_result::TOOL_ERROR,
    &tool_result::KERBEROS_TICKETS,
];
