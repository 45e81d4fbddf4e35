//! An SMTP virtual server of Exchange 2003 (adsutil.vbs, or `IIsSmtpServerSetting` of WMI).
//!
//! One machine may have several, each with a name of its own by which other servers ask for it.

use super::{add_computer, add_flags, add_lists, add_texts, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// A virtual server as the metabase has it.
pub(crate) static SMTP_VIRTUAL_SERVER: Kind = Kind {
    name: "smtp-virtual-server",
    types: &["SmtpVirtualServer", "IIsSmtpServerSetting"],
    object_classes: &[],
    marks: &[],
    commands: &["cscript adsutil.vbs enum SmtpSvc/1"],
    properties: &[
        Property::new("Path", "which virtual server"),
        Property::new("Name", "which virtual server"),
        Property::new("ServerComment", "its name for people"),
        Property::new("FullyQualifiedDomainName", "the name by which other servers ask for it"),
        Property::new("ServerBindings", "the addresses it answers on"),
        Property::new("WindowsAuthentication", "whether other servers can sign in"),
        Property::new("AuthNTLM", "whether other servers can sign in"),
        Property::new("ClusterEnabled", "whether the name is a cluster's, with an account of its own"),
    ],
    facts: smtp_virtual_server,
};

fn smtp_virtual_server(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "smtp_virtual_server.computer");
    let path = ["Path", "Name"].iter().find_map(|name| Some((text(record, name)?, *name)));
    if let Some((path, property)) = path {
        facts.add_text("smtp_virtual_server.path", path, property);
    }
    add_texts(record, facts, &[("ServerComment", "smtp_virtual_server.name")]);
    if let Some(name) = text(record, "FullyQualifiedDomainName") {
        let name = name.trim_end_matches('.').to_owned();
        facts.add_text("smtp_virtual_server.fqdn", name, "FullyQualifiedDomainName");
    }
    add_lists(record, facts, &[("ServerBindings", "smtp_virtual_server.bindings")]);
    add_flags(
        record,
        facts,
        &[
            ("WindowsAuthentication", "smtp_virtual_server.windows_authentication"),
            ("AuthNTLM", "smtp_virtual_server.windows_authentication"),
            ("ClusterEnabled", "smtp_virtual_server.clustered"),
        ],
    );
}
