//! Records: reading them, telling their kind, and turning each kind into facts.
//!
//! One file a kind: the properties it wants, the marks by which it is told, and
//! its normalisation. `KINDS` is the only list of them; `describe` and the
//! PowerShell module follow it. Uses `tool` for texts of tools, judges nothing.

mod kind;
mod read;
mod value;

// Kinds of objects that cmdlets return.
mod date;
mod directory_name;
mod enumeration;
mod event;
mod event_known;
mod event_provider;
mod event_text;
mod event_words;
mod event_xml;
mod exchange_server;
mod host;
mod list_text;
mod message;
mod queue;
mod reader;
mod receive_connector;
mod reply;
mod reply_frame;
mod send_connector;
mod table_text;
mod tolerant;
mod virtual_directory;
mod virtual_directory_protocol;

pub use kind::{kind_of, Kind, Property};
pub use message::message_records;
pub use read::{read_records, Body, Record, Rejected};
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
    &reply::KIND,
];
