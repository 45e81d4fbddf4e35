//! Records: reading them, telling their kind, and turning each kind into facts.
//!
//! One file a kind: the properties it wants, the marks by which it is told, and
//! its normalisation. `KINDS` is the only list of them; `describe` and the
//! PowerShell module follow it. Uses `tool` for texts of tools, judges nothing.

mod kind;
mod read;
mod value;

pub use kind::{Kind, Property};
pub use read::{read_records, Body, Record, Rejected};
pub use value::{Fields, Value};
