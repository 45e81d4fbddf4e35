//! A firewall that inspects SMTP, by its own configuration.
//!
//! Where it stands is not known: it says nothing of two servers until something shows that it is between.

use super::{add_numbers, add_texts, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The inspection as it is set.
pub(crate) static SMTP_INSPECTION: Kind = Kind {
    name: "smtp-inspection",
    types: &["SmtpInspection"],
    object_classes: &[],
    marks: &[],
    commands: &["show running-config policy-map", "show service-policy"],
    properties: &[
        Property::new("Setting", "what inspects"),
        Property::new("Device", "which firewall"),
        Property::new("Map", "somebody's own settings for it"),
        Property::new("Packets", "whether SMTP went through it"),
    ],
    facts: smtp_inspection,
};

fn smtp_inspection(record: &Record<'_>, facts: &mut FactTable) {
    let texts = [
        ("Setting", "smtp_inspection.setting"),
        ("Device", "smtp_inspection.device"),
        ("Map", "smtp_inspection.map"),
    ];
    add_texts(record, facts, &texts);
    add_numbers(record, facts, &[("Packets", "smtp_inspection.packets")]);
}
