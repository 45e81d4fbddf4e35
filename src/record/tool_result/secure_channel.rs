//! The secure channel of a computer to its domain (nltest, netdom,
//! Test-ComputerSecureChannel).
//!
//! `secure_channel.verified` is false where only the cached state was read. Who found or reached no
//! domain controller has not learned whether the channel is good: `secure_channel.no_controller`
//! stands in the place of `secure_channel.ok` then.

use super::{add_flags, add_texts, flag, status, Record};
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

/// Statuses that say that no controller was found or reached, or that a name was wrong. Source: the
/// vendor's list of Windows error codes.
const NO_CONTROLLER: [u32; 9] = [
    53,   // ERROR_BAD_NETPATH
    121,  // ERROR_SEM_TIMEOUT
    1231, // ERROR_NETWORK_UNREACHABLE
    1311, // ERROR_NO_LOGON_SERVERS
    1355, // ERROR_NO_SUCH_DOMAIN: does not exist, or could not be contacted
    1460, // ERROR_TIMEOUT
    1722, // RPC_S_SERVER_UNAVAILABLE
    1753, // EPT_S_NOT_REGISTERED
    2453, // NERR_DCNotFound
];

/// Statuses by which a controller refuses the account or its password, or the server lost its secret.
const ACCOUNT_REFUSED: [u32; 7] = [
    5,    // ERROR_ACCESS_DENIED: another password
    86,   // ERROR_INVALID_PASSWORD
    1326, // ERROR_LOGON_FAILURE
    1331, // ERROR_ACCOUNT_DISABLED
    1786, // ERROR_NO_TRUST_LSA_SECRET
    1787, // ERROR_NO_TRUST_SAM_ACCOUNT
    1789, // ERROR_TRUSTED_RELATIONSHIP_FAILURE: this workstation and the primary domain
];

/// True for a status after which nobody knows whether the channel is good.
pub(crate) fn is_no_controller(status: u32) -> bool {
    NO_CONTROLLER.contains(&status)
}

fn secure_channel(record: &Record<'_>, facts: &mut FactTable) {
    let is = |known: &[u32]| {
        status(record, "Status").map(|status| known.iter().any(|code| f64::from(*code) == status))
    };
    if flag(record, "Ok") == Some(false) && is(&NO_CONTROLLER) == Some(true) {
        facts.add_flag("secure_channel.no_controller", true, "Status");
    } else {
        add_flags(record, facts, &[("Ok", "secure_channel.ok")]);
    }
    // Test-ComputerSecureChannel and netdom give no status. Others (1788, 1792, 1398) are of a trust,
    // of a service, of a clock.
    if flag(record, "Ok") == Some(false) && is(&ACCOUNT_REFUSED) != Some(false) {
        facts.add_flag("secure_channel.account_refused", true, "Ok");
    }
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
