//! The machine SID of a computer, by which clones of one image are told.

use super::{add_texts, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The SID of one computer.
pub(crate) static MACHINE_SID: Kind = Kind {
    name: "machine-sid",
    types: &["MachineSid"],
    object_classes: &[],
    marks: &[],
    commands: &["psgetsid \\\\<computer>"],
    properties: &[
        Property::new("Computer", "which computer"),
        Property::new("Sid", "whether another computer has the same"),
    ],
    facts: machine_sid,
};

fn machine_sid(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(record, facts, &[("Computer", "machine_sid.computer"), ("Sid", "machine_sid.sid")]);
}
