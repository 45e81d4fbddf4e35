//! One SMTP session: who asked whom, what was offered, and what was refused.
//!
//! Who the two are depends on whose words these are: a receive log names the server in its
//! connector, a send log and a console only in what the server answered.

use super::{add_flags, add_lists, add_numbers, add_texts, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// A session at a console or in a protocol log.
pub(crate) static SMTP_SESSION: Kind = Kind {
    name: "smtp-session",
    types: &["SmtpSession"],
    object_classes: &[],
    marks: &[],
    commands: &["telnet <server> 25", "SmtpReceive", "SmtpSend"],
    properties: &[
        Property::new("Side", "whose words these are"),
        Property::new("Connector", "which connector"),
        Property::new("Server", "whose receive connector"),
        Property::new("ServerName", "the name that the server gave"),
        Property::new("Target", "which name was called"),
        Property::new("ServerIp", "where the server answered"),
        Property::new("Port", "on which port"),
        Property::new("ClientName", "the name that the client gave"),
        Property::new("ClientIp", "where the client asked from"),
        Property::new("Greeted", "the client's address as the server saw it"),
        Property::new("Helo", "whether the client could only say HELO"),
        Property::new("OffersXExps", "whether Exchange servers may sign in"),
        Property::new("OffersXAnonymousTls", "whether Exchange servers may encrypt"),
        Property::new("OffersStartTls", "whether anybody may encrypt"),
        Property::new("BannerMasked", "whether something on the way writes over the words"),
        Property::new("Replies", "what was refused"),
        Property::new("Mechanism", "how the client tried to sign in"),
        Property::new("AuthFailed", "why signing in failed"),
        Property::new("TlsError", "why encryption failed"),
        Property::new("TlsCommand", "whether the client asked for encryption as Exchange servers do"),
        Property::new("ComponentInactive", "whether the server was switched off"),
        Property::new("ServiceUnavailable", "whether its service took no mail"),
        Property::new("SessionId", "which session of the log"),
    ],
    facts: smtp_session,
};

fn smtp_session(record: &Record<'_>, facts: &mut FactTable) {
    add_texts(record, facts, &[("Side", "smtp_session.side")]);
    let side = text(record, "Side").unwrap_or_default();
    let local = is_local(record, &side);
    let computer = record.computer.as_ref().map(|name| (name.to_string(), "computer"));
    let named = |names: &[&'static str]| names.iter().find_map(|name| Some((text(record, name)?, *name)));
    let target = || named(&["Target"]).filter(|(target, _)| !is_address(target));
    let server = match side.as_str() {
        "receive" => named(&["Server"]).or(computer.clone()).or_else(|| named(&["ServerName"])),
        "console" if local == Some(true) => computer.clone().or_else(|| named(&["ServerName"])),
        "console" => target().filter(|(name, _)| !is_loopback(name)).or_else(|| named(&["ServerName"])),
        _ => named(&["ServerName"]),
    };
    let client = match side.as_str() {
        "receive" => named(&["ClientName"]),
        _ => computer.or_else(|| named(&["ClientName"])),
    };
    // What a server calls itself is what others ask tickets for.
    let own = text(record, "ServerName").filter(|name| {
        server.as_ref().is_some_and(|(server, _)| !is_same_host(server, name)) && !is_address(name)
    });
    facts.add_text("smtp_session.greeting_name", own.unwrap_or_default(), "ServerName");
    for (fact, found) in [("smtp_session.server", server), ("smtp_session.client", client)] {
        if let Some((name, property)) = found {
            facts.add_text(fact, name, property);
        }
    }
    if let Some((address, property)) = named(&["ClientIp", "Greeted"]) {
        facts.add_text("smtp_session.client_ip", address, property);
    }
    if let Some(local) = local {
        facts.add_flag("smtp_session.local", local, if side == "console" { "Target" } else { "ClientIp" });
    }
    add_texts(
        record,
        facts,
        &[
            ("ServerIp", "smtp_session.server_ip"),
            ("Connector", "smtp_session.connector"),
            ("Mechanism", "smtp_session.mechanism"),
            ("AuthFailed", "smtp_session.auth_failed_word"),
            ("TlsError", "smtp_session.tls_error"),
            ("TlsCommand", "smtp_session.tls_command"),
        ],
    );
    add_numbers(record, facts, &[("Port", "smtp_session.port")]);
    add_flags(
        record,
        facts,
        &[
            ("Helo", "smtp_session.helo"),
            ("OffersXExps", "smtp_session.offers_x_exps"),
            ("OffersXAnonymousTls", "smtp_session.offers_x_anonymoustls"),
            ("OffersStartTls", "smtp_session.offers_starttls"),
            ("BannerMasked", "smtp_session.banner_masked"),
            ("ComponentInactive", "smtp_session.component_inactive"),
            ("ServiceUnavailable", "smtp_session.service_unavailable"),
        ],
    );
    add_lists(record, facts, &[("Replies", "smtp_session.replies")]);
}

/// Whether the server was asked from itself; `None` where that cannot be told.
fn is_local(record: &Record<'_>, side: &str) -> Option<bool> {
    let of = |name| text(record, name);
    if side != "console" {
        let (client, server) = (of("ClientIp")?, of("ServerIp")?);
        return Some(is_loopback(&client) || client == server);
    }
    if of("Greeted").is_some_and(|address| is_loopback(&address)) {
        return Some(true);
    }
    if let Some(target) = of("Target") {
        if is_loopback(&target) {
            return Some(true);
        }
        if !is_address(&target) {
            return record.computer.as_ref().map(|computer| is_same_host(computer, &target));
        }
    }
    // Seen from another address than its own, the server was asked from somewhere else.
    (of("Greeted")? != of("ServerIp")?).then_some(false)
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

fn is_loopback(text: &str) -> bool {
    text.eq_ignore_ascii_case("localhost")
        || text.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// One of the two names may be without its domain.
fn is_same_host(one: &str, other: &str) -> bool {
    let (one_has, other_has) = (one.contains('.'), other.contains('.'));
    if one_has && other_has {
        return one.eq_ignore_ascii_case(other);
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    short(one) == short(other)
}
