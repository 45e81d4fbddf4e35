//! Whether something that was run succeeded: the roll of the alternate service account, and
//! one test of dcdiag.
//!
//! A result whose words are unknown is not a failure.

use super::{add_flags, add_texts, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// `RollAlternateServiceAccountPassword.ps1`.
pub(crate) static ASA_ROLL: Kind = Kind {
    name: "asa-roll",
    types: &["AsaRoll"],
    object_classes: &[],
    marks: &[],
    commands: &["RollAlternateServiceAccountPassword.ps1"],
    properties: &[Property::new("Succeeded", "whether all servers got the password")],
    facts: asa_roll,
};

fn asa_roll(record: &Record<'_>, facts: &mut FactTable) {
    add_flags(record, facts, &[("Succeeded", "asa_roll.succeeded")]);
}

/// One test of one domain controller.
pub(crate) static DCDIAG: Kind = Kind {
    name: "dcdiag",
    types: &["Dcdiag"],
    object_classes: &[],
    marks: &[],
    commands: &["dcdiag"],
    properties: &[
        Property::new("Server", "which controller"),
        Property::new("Test", "which test"),
        Property::new("Passed", "whether it passed"),
    ],
    facts: dcdiag,
};

fn dcdiag(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(record, facts, &[("Server", "dcdiag.server"), ("Test", "dcdiag.test")]);
    add_flags(record, facts, &[("Passed", "dcdiag.passed")]);
}
