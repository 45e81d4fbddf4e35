//! Health as Exchange itself sees it: required services, and the sets of Managed Availability.
//!
//! Corroboration only. A set that is neither healthy nor unhealthy (disabled, repairing) is not known.

use super::enumeration::enum_name;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{argument, list, Separator};
use crate::fact::FactTable;

/// `Test-ServiceHealth`, one object a role.
pub static SERVICE_HEALTH: Kind = Kind {
    name: "service-health",
    types: &["ExchangeServicesStatus"],
    object_classes: &[],
    marks: &[&["RequiredServicesRunning"], &["ServicesNotRunning"]],
    commands: &["Test-ServiceHealth"],
    properties: &[
        Property::new("Role", "which role needs the services"),
        Property::new("RequiredServicesRunning", "whether all of them run"),
        Property::new("ServicesNotRunning", "which of them do not"),
    ],
    facts: service_health,
};

fn service_health(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    reader.text("service_health.role", "Role");
    let stopped = reader
        .value("ServicesNotRunning")
        .and_then(|value| list(value, Separator::Blank))
        // A list that is cut still names services that do not run.
        .filter(|read| read.complete || !read.items.is_empty());
    let stopped = reader.list("service_health.not_running", "ServicesNotRunning", stopped);
    if reader.flag("service_health.ok", "RequiredServicesRunning").is_none() {
        if let Some(stopped) = stopped {
            reader.facts.add_flag("service_health.ok", stopped.items.is_empty(), "ServicesNotRunning");
        }
    }
}

/// `Get-HealthReport` and `Get-ServerHealth`.
pub static HEALTH_SET: Kind = Kind {
    name: "health-set",
    types: &["ConsolidatedHealth", "MonitorHealthEntry"],
    object_classes: &[],
    marks: &[&["HealthSet", "AlertValue"], &["HealthSetName", "AlertValue"]],
    commands: &["Get-HealthReport", "Get-ServerHealth"],
    properties: &[
        Property::new("Server", "the server"),
        Property::new("HealthSet", "which part of it"),
        Property::new("HealthSetName", "which part of it, of a single monitor"),
        Property::new("AlertValue", "whether that part is well"),
    ],
    facts: health_set,
};

fn health_set(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    if reader.text("health.set", "HealthSet").is_none() {
        reader.text("health.set", "HealthSetName");
    }
    if reader.text("health.server", "Server").is_none() {
        let asked = argument(record, "-Identity").or_else(|| argument(record, "-Server"));
        reader.facts.add_text("health.server", asked.unwrap_or_default(), "from");
    }
    let value = reader.value("AlertValue").and_then(|value| enum_name(value, &[])).unwrap_or_default();
    if value.eq_ignore_ascii_case("Unhealthy") || value.eq_ignore_ascii_case("Healthy") {
        reader.facts.add_flag("health.unhealthy", value.eq_ignore_ascii_case("Unhealthy"), "AlertValue");
    }
}
