//! Replication between domain controllers: links and the summary (repadmin,
//! Get-ADReplicationPartnerMetadata, Get-ADReplicationFailure, ConvertFrom-Csv).
//!
//! A date of `0` or the year 1601 means "never" and gives no fact.

use super::{add_flags, add_lists, add_numbers, number, status, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// One inbound link of one naming context.
pub(crate) static REPLICATION_LINK: Kind = Kind {
    name: "replication-link",
    types: &["ReplicationLink", "ADReplicationPartnerMetadata", "ADReplicationFailure"],
    object_classes: &[],
    marks: &[
        &["showrepl_COLUMNS"],
        &["Partner", "LastReplicationResult"],
        &["Partner", "FailureCount", "LastError"],
    ],
    commands: &["repadmin /showrepl * /csv", "Get-ADReplicationPartnerMetadata", "Get-ADReplicationFailure"],
    properties: &[
        Property::new("showrepl_COLUMNS", "whether the row is an error"),
        Property::new("Destination", "who fetches"),
        Property::new("Destination DSA", "who fetches"),
        Property::new("Server", "who fetches"),
        Property::new("Source", "from whom"),
        Property::new("Source DSA", "from whom"),
        Property::new("Partner", "from whom"),
        Property::new("NamingContext", "what is fetched"),
        Property::new("Naming Context", "what is fetched"),
        Property::new("Partition", "what is fetched"),
        Property::new("PartnerType", "outbound partners say nothing"),
        Property::new("Failures", "failures in a row"),
        Property::new("Number of Failures", "failures in a row"),
        Property::new("ConsecutiveReplicationFailures", "failures in a row"),
        Property::new("FailureCount", "failures in a row"),
        Property::new("Status", "code of the last attempt"),
        Property::new("Last Failure Status", "code of the last attempt"),
        Property::new("LastReplicationResult", "code of the last attempt"),
        Property::new("LastError", "code of the last attempt"),
        Property::new("LastSuccess", "when it last worked"),
        Property::new("Last Success Time", "when it last worked"),
        Property::new("LastReplicationSuccess", "when it last worked"),
        Property::new("LastFailure", "when it last failed"),
        Property::new("Last Failure Time", "when it last failed"),
        Property::new("Unreachable", "whether the controller could not be asked"),
    ],
    facts: replication_link,
};

fn replication_link(record: &Record<'_>, facts: &mut FactTable) {
    let is_outbound = text(record, "PartnerType").is_some_and(|kind| kind.eq_ignore_ascii_case("Outbound"));
    if is_outbound {
        return;
    }
    let mut add = |fact, properties: &[&'static str], shape: fn(&str) -> Option<String>| {
        let found = properties.iter().find_map(|name| Some((shape(&text(record, name)?)?, *name)));
        if let Some((text, property)) = found {
            facts.add_text(fact, text, property);
        }
    };
    add("replication.destination", &["Destination", "Destination DSA", "Server"], as_is);
    add("replication.source", &["Source", "Source DSA", "Partner"], server_name);
    add("replication.naming_context", &["NamingContext", "Naming Context", "Partition"], as_is);
    add("replication.last_success", &["LastSuccess", "Last Success Time", "LastReplicationSuccess"], date);
    add("replication.last_failure", &["LastFailure", "Last Failure Time"], date);
    let failures = ["Failures", "Number of Failures", "ConsecutiveReplicationFailures", "FailureCount"];
    if let Some((failures, property)) = failures.iter().find_map(|name| Some((number(record, name)?, *name)))
    {
        facts.add_number("replication.failures", failures, property);
    }
    let statuses = ["Status", "Last Failure Status", "LastReplicationResult", "LastError"];
    if let Some((status, property)) = statuses.iter().find_map(|name| Some((status(record, name)?, *name))) {
        facts.add_number("replication.status", status, property);
    }
    add_flags(record, facts, &[("Unreachable", "replication.unreachable")]);
    if text(record, "showrepl_COLUMNS").as_deref() == Some("showrepl_ERROR") {
        facts.add_flag("replication.unreachable", true, "showrepl_COLUMNS");
    }
}

// One shape of function for all texts of a link.
#[allow(clippy::unnecessary_wraps)]
fn as_is(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// `CN=NTDS Settings,CN=DC2,CN=Servers,...` is DC2; a deleted one has no name any more.
fn server_name(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix("CN=NTDS Settings") else {
        return as_is(text);
    };
    let server = rest.split_once(",CN=")?.1.split(',').next()?;
    Some(server.split(['\\', '\n']).next()?.to_owned())
}

fn date(text: &str) -> Option<String> {
    (text != "0" && !text.contains("1601")).then(|| text.to_owned())
}

/// `repadmin /replsummary`.
pub(crate) static REPLICATION_SUMMARY: Kind = Kind {
    name: "replication-summary",
    types: &["ReplicationSummary"],
    object_classes: &[],
    marks: &[],
    commands: &["repadmin /replsummary"],
    properties: &[
        Property::new("Rows", "how many lines the tables have"),
        Property::new("Failing", "controllers with failures"),
        Property::new("OperationalErrors", "controllers that could not be asked"),
    ],
    facts: replication_summary,
};

fn replication_summary(record: &Record<'_>, facts: &mut FactTable) {
    add_numbers(record, facts, &[("Rows", "replication_summary.rows")]);
    add_lists(
        record,
        facts,
        &[
            ("Failing", "replication_summary.failing"),
            ("OperationalErrors", "replication_summary.operational_errors"),
        ],
    );
}
