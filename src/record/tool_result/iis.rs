//! What IIS offers to sign in with, and which certificate answers on an endpoint.
//!
//! A scheme that is not in a list is not offered; a list that is not there is inherited, and
//! says nothing.

use super::{add_computer, add_flags, add_lists, add_texts, list, number, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// Windows authentication at one path of IIS.
pub(crate) static IIS_CONFIG: Kind = Kind {
    name: "iis-config",
    types: &["IisConfig"],
    object_classes: &[],
    marks: &[],
    commands: &["appcmd list config <path> -section:windowsAuthentication"],
    properties: &[
        Property::new("Path", "which site or directory"),
        Property::new("WindowsAuthentication", "whether it is on"),
        Property::new("Providers", "whether Kerberos is offered"),
        Property::new("ExtendedProtection", "whether the channel is checked"),
        Property::new("SslFlags", "whether TLS or a client's certificate is demanded"),
    ],
    facts: iis_config,
};

fn iis_config(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "iis.computer");
    add_texts(record, facts, &[("Path", "iis.path"), ("ExtendedProtection", "iis.extended_protection")]);
    add_flags(record, facts, &[("WindowsAuthentication", "iis.windows_authentication")]);
    add_lists(record, facts, &[("Providers", "iis.providers")]);
    if let Some(flags) = list(record, "SslFlags") {
        let has = |wanted: &str| flags.iter().any(|flag| flag.eq_ignore_ascii_case(wanted));
        facts.add_flag("iis.requires_ssl", has("Ssl"), "SslFlags");
        facts.add_flag("iis.requires_client_certificate", has("SslRequireCert"), "SslFlags");
    }
    let Some(providers) = list(record, "Providers") else { return };
    let offers = |name: &str| {
        // `Negotiate:Kerberos` is a provider of its own.
        providers.iter().any(|p| p.split(':').next().is_some_and(|p| p.trim().eq_ignore_ascii_case(name)))
    };
    facts.add_flag("iis.offers_negotiate", offers("Negotiate"), "Providers");
    facts.add_flag("iis.offers_ntlm", offers("NTLM"), "Providers");
}

/// One endpoint of http.sys and its certificate.
pub(crate) static SSL_BINDING: Kind = Kind {
    name: "ssl-binding",
    types: &["SslBinding"],
    object_classes: &[],
    marks: &[],
    commands: &["netsh http show sslcert"],
    properties: &[
        Property::new("Endpoint", "which address and port"),
        Property::new("Port", "whether it is the back end's"),
        Property::new("Hash", "which certificate"),
        Property::new("Missing", "whether it was asked for and is not there"),
    ],
    facts: ssl_binding,
};

/// The port of `Exchange Back End`.
const BACK_END: f64 = 444.0;

fn ssl_binding(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "ssl_binding.computer");
    add_texts(record, facts, &[("Endpoint", "ssl_binding.endpoint")]);
    if let Some(hash) = text(record, "Hash") {
        // As Get-ExchangeCertificate writes it.
        facts.add_text("ssl_binding.hash", hash.to_ascii_uppercase(), "Hash");
    }
    if let Some(port) = number(record, "Port") {
        facts.add_flag("ssl_binding.is_backend", (port - BACK_END).abs() < 0.5, "Port");
    }
    add_flags(record, facts, &[("Missing", "ssl_binding.missing")]);
}
