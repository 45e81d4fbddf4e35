//! Records: reading them, telling their kind, and turning each kind into facts.
//!
//! One file a kind: the properties it wants, the marks by which it is told, and
//! its normalisation. `KINDS` is the only list of them; `describe` and the
//! PowerShell module follow it. Uses `tool` for texts of tools, judges nothing.

mod document;
mod kind;
mod read;
mod value;

// Kinds of objects that cmdlets return.
mod ad_permission;
mod ad_trust;
mod auth_config;
mod availability_group;
mod certificate;
mod certificate_data;
mod client_access_service;
mod component_state;
mod csv_text;
mod date;
mod directory_groups;
mod directory_name;
mod edge;
mod enumeration;
mod event;
mod event_export;
mod event_kerberos;
mod event_known;
mod event_labels;
mod event_provider;
mod event_text;
mod event_words;
mod event_xml;
mod exchange_server;
mod group_membership;
mod health;
mod host;
mod hotfix;
mod list_text;
mod markdown;
mod message;
mod network_config;
mod paragraphs;
mod parts;
mod paste;
mod queue;
mod queue_row;
mod reader;
mod receive_connector;
mod reply;
mod reply_frame;
mod said_place;
mod send_connector;
mod syslog;
mod table_text;
mod tolerant;
mod transport_service;
mod virtual_directory;
mod virtual_directory_protocol;

mod text;

// Results of tools, read by `tool` into records of their own.
mod tool_result;

pub(crate) use document::is_marked;
pub use document::{decode, form_of, read_document, Decoded, Form};
pub use kind::{Kind, Property};
pub use message::message_records;
pub(crate) use parts::parts_of;
pub use read::{read_records, Body, Record, Rejected};
pub use text::{records_of_text, tool_records_json};
pub(crate) use tolerant::is_cut;
pub(crate) use tool_result::{is_no_controller, is_setting as is_registry_setting};
pub use value::{Fields, Value};

/// The kinds of objects; marks are tried in this order.
pub static KINDS: &[&Kind] = &[
    &queue::KIND,
    &queue::MESSAGE,
    &event::KIND,
    &receive_connector::KIND,
    &send_connector::KIND,
    &virtual_directory::KIND,
    &exchange_server::KIND,
    &availability_group::GROUP,
    &availability_group::DATABASE,
    &certificate::KIND,
    &auth_config::KIND,
    &component_state::KIND,
    &edge::SUBSCRIPTION,
    &edge::SYNCHRONIZATION,
    &transport_service::KIND,
    &client_access_service::KIND,
    &health::SERVICE_HEALTH,
    &health::HEALTH_SET,
    &network_config::KIND,
    &ad_permission::KIND,
    &ad_trust::KIND,
    &group_membership::KIND,
    &hotfix::KIND,
    &reply::KIND,
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
    &tool_result::MACHINE_SID,
    &tool_result::SERVICE_STATE,
    &tool_result::TOOL_ERROR,
    &tool_result::KERBEROS_TICKETS,
    &tool_result::SMTP_SESSION,
    &tool_result::SMTP_VIRTUAL_SERVER,
    &tool_result::SMTP_INSPECTION,
    &tool_result::IIS_CONFIG,
    &tool_result::SSL_BINDING,
    &tool_result::SHELL_ERROR,
    &tool_result::HTTP_ERROR,
    &tool_result::WEB_LOG,
    &tool_result::ASA_ROLL,
    &tool_result::DCDIAG,
];

/// Tells the kind of a record that has properties; `None` for a text and for unknown objects.
pub fn kind_of(record: &Record<'_>) -> Option<&'static Kind> {
    kind::kind_of(KINDS, record)
}

/// A property's value as text, in whatever shape it arrived; `None` where it says nothing.
pub(crate) fn text_of(value: &Value<'_>) -> Option<String> {
    tolerant::text(value)
}

/// A time as ISO 8601 in UTC; `None` for a text in somebody's culture.
pub(crate) fn utc_time(text: &str) -> Option<String> {
    date::date_of_text(text)
}

/// The two times of `earlier/later`, as ISO 8601 writes an interval, in UTC; `None` where one is not certain.
pub(crate) fn utc_times(text: &str) -> Option<[String; 2]> {
    let (earliest, latest) = text.split_once('/')?;
    let (earliest, latest) = (utc_time(earliest)?, utc_time(latest)?);
    (earliest <= latest).then_some([earliest, latest])
}

/// A property's value as a time in UTC; `None` where it is no certain one.
pub(crate) fn utc_time_of(value: &Value<'_>) -> Option<String> {
    date::date(value)
}

/// Seconds from 1970 to a time of ISO 8601 with a zone.
pub(crate) fn seconds_of(text: &str) -> Option<i64> {
    date::seconds_of_iso(text)
}

/// Every spelling of an event provider under which logs may hold it, the canonical one first.
pub(crate) fn provider_spellings(canonical: &str) -> Vec<&str> {
    event_provider::spellings(canonical)
}

/// The one name of an event provider, whatever its spelling.
pub(crate) fn canonical_provider(provider: &str) -> &str {
    event_provider::canonical(provider)
}
