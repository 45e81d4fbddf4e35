//! The secure channel of a computer to its domain (nltest, netdom,
//! Test-ComputerSecureChannel).
//!
//! `secure_channel.verified` is false where only the cached state was read.

use super::{add_flags, add_texts, status, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The state of one channel.
pub(crate) static SECURE_CHANNEL: Kind = Kind {
    name: "secure-channel",
    types: &["SecureChannel"],
    object_classes: &[],
    marks: &[],
    commands: &[
        "nltest /sc_query:<domain>",
        "Test-ComputerSecureChannel -Verbose",
        "netdom verify <computer>",
    ],
    properties: &[
        Property::new("Ok", "whether the channel works"),
        Property::new("DomainController", "its other end"),
        Property::new("Domain", "which domain"),
        Property::new("Status", "why it does not work"),
        Property::new("Verified", "whether it was really tried"),
    ],
    facts: secure_channel,
};

fn secure_channel(record: &Record<'_>, facts: &mut FactTable) {
    add_flags(record, facts, &[("Ok", "secure_channel.ok")]);
    add_texts(
        record,
        facts,
        &[("DomainController", "secure_channel.dc"), ("Domain", "secure_channel.domain")],
    );
    if let Some(status) = status(record, "Status") {
        facts.add_number("secure_channel.status", status, "Status");
    }
    add_flags(record, facts, &[("Verified", "secure_channel.verified")]);
}
