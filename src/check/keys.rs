//! By what an observation is looked up for a pair, beside its server: an SPN, an account, a
//! thumbprint. A thousand servers make thousands of pairs, and none of them may read them all.

use crate::fact::{parse_address, short_name, HostId, Hosts, Observation};
use std::borrow::Cow;

/// The keys of an observation, each with what it is.
pub(super) fn of(observation: &Observation, hosts: &Hosts) -> Vec<(&'static str, String)> {
    let facts = &observation.facts;
    let mut keys: Vec<(&'static str, String)> = Vec::new();
    let text = |name: &str| facts.text(name);
    let list = |name: &str| facts.list(name).unwrap_or_default();
    match observation.kind {
        "spn-list" => {
            let carried = list("spn_list.spns").iter().chain(list("spn_list.partial_spns"));
            keys.extend(carried.map(|spn| (SPN, spn.to_lowercase())));
            let named = [text("spn_list.account"), text("account.name")];
            keys.extend(named.into_iter().flatten().map(|name| (ACCOUNT, short_name(name))));
        }
        "spn-query" => {
            let found = list("spn_query.found_spns").iter().filter_map(|line| line.split('|').next());
            keys.extend(found.chain(text("spn_query.spn")).map(|spn| (SPN, spn.to_lowercase())));
        }
        "spn-duplicates" => {
            let groups = list("spn_duplicates.groups").iter().filter_map(|line| line.split('|').next());
            keys.extend(groups.map(|spn| (SPN, spn.to_lowercase())));
        }
        "group-membership" => {
            keys.extend(text("membership.account").map(|name| (ACCOUNT, short_name(name))));
        }
        "smtp-session" => {
            let server = super::greeting::of(observation, hosts).and_then(|(server, _)| hosts.get(server));
            keys.extend(server.map(|host| (GREETED, host.short.clone())));
        }
        "dns-answer" => keys.extend(text("dns.name").map(|name| (NAME, short_name(name)))),
        "certificate" => {
            keys.extend(text("certificate.thumbprint").map(|text| (THUMBPRINT, thumbprint(text))));
        }
        "virtual-directory" => {
            let host = text("virtual_directory.internal_url_host");
            keys.extend(host.map(|host| (URL_HOST, host.to_ascii_lowercase())));
        }
        "event" if text("event.provider").is_some_and(|name| name.eq_ignore_ascii_case("kdc")) => {
            let host = text("event.spn").and_then(host_of_spn);
            keys.extend(host.map(|host| (KDC_NAME, host.to_ascii_lowercase())));
        }
        "secure-channel" => {
            let computer = observation.computer.as_deref();
            let host = computer.and_then(|name| hosts.find(name)).and_then(|id| hosts.get(id));
            if host.is_none() {
                keys.push((NOBODY, String::new()));
            }
            let exchange = host.is_some_and(|host| host.is_exchange);
            let of_host = host.and_then(|host| host.fqdn.as_deref()?.split_once('.'));
            keys.extend(of_host.filter(|_| !exchange).map(|(_, domain)| (DOMAIN, domain.to_lowercase())));
            let failed = is_failed_channel(observation) && computer.is_some() && !exchange;
            let domain = text("secure_channel.domain").filter(|domain| failed && domain.contains('.'));
            keys.extend(domain.map(|domain| (FAILED_CHANNEL, domain.to_lowercase())));
        }
        "web-log" => {
            let known = [text("web_log.computer"), text("web_log.server_ip")];
            if known.into_iter().flatten().all(|name| hosts.find(name).is_none()) {
                keys.push((NOBODY, String::new()));
            }
        }
        "ssl-binding" | "iis-config" => {
            let computer = text("ssl_binding.computer").or(text("iis.computer"));
            if computer.and_then(|name| hosts.find(name)).is_none() {
                keys.push((NOBODY, String::new()));
            }
        }
        "client-access-service" => {
            let server = text("client_access.server");
            keys.extend(server.map(|name| (NAME, short_name(name))));
            if server.and_then(|name| hosts.find(name)).is_none() {
                keys.push((NOBODY, String::new()));
            }
        }
        "port-test" => {
            // A test from nobody that is known may be from anybody.
            let from = text("port.from").or(observation.computer.as_deref());
            if from.and_then(|name| hosts.find(name)).is_none() {
                keys.push((NOBODY, String::new()));
            }
        }
        _ => {}
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// An SPN, in lower case.
pub(super) const SPN: &str = "spn";
/// The short name of an account.
pub(super) const ACCOUNT: &str = "account";
/// The short name of a host.
pub(super) const NAME: &str = "name";
/// A thumbprint, as [`thumbprint`] writes it.
pub(super) const THUMBPRINT: &str = "thumbprint";
/// The host of a name that an event of a KDC is about, in lower case.
pub(super) const KDC_NAME: &str = "kdc-name";
/// The host of a virtual directory's URL, in lower case.
pub(super) const URL_HOST: &str = "url-host";
/// The domain of a computer that is no Exchange server, in lower case: its controller's, perhaps.
pub(super) const DOMAIN: &str = "domain";
/// The short name of a server that called itself by another name.
pub(super) const GREETED: &str = "greeted";
/// The domain to which a channel fails on a computer that is no Exchange server.
pub(super) const FAILED_CHANNEL: &str = "failed-channel";
/// Observations of no known server.
pub(super) const NOBODY: &str = "nobody";

/// A channel that does not work, if it is one: a member answers 1355 for every domain but its own.
fn is_failed_channel(seen: &Observation) -> bool {
    const NO_SUCH_DOMAIN: f64 = 1355.0;
    let unreached = seen.facts.flag("secure_channel.no_controller") == Some(true)
        && seen.facts.number("secure_channel.status") != Some(NO_SUCH_DOMAIN);
    seen.facts.flag("secure_channel.ok") == Some(false) || unreached
}

/// A thumbprint without what people put between its digits.
pub(super) fn thumbprint(text: &str) -> String {
    text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase()
}

/// Names of the server that an observation is about.
pub(super) fn about(observation: &Observation) -> Vec<Cow<'_, str>> {
    let facts = &observation.facts;
    let every =
        |names: &[&str]| names.iter().filter_map(|name| facts.text(name)).map(Cow::Borrowed).collect();
    let computer = observation.computer.as_deref();
    let own = |name: &str| facts.text(name).or(computer).map(Cow::Borrowed).into_iter().collect();
    match observation.kind {
        "virtual-directory" => every(&["virtual_directory.server"]),
        "receive-connector" => every(&["receive_connector.server"]),
        "exchange-server" => every(&["exchange_server.fqdn", "exchange_server.name"]),
        "queue" | "message" => every(&["queue.server"]),
        "event" => every(&["event.computer"]),
        "spn-list" => every(&["spn_list.account"]),
        "clock-offset" => every(&["clock.from", "clock.to", "clock.to_ip", "record.computer"]),
        "transport-service" => every(&["transport_service.server"]),
        "client-access-service" => every(&["client_access.server"]),
        "hotfix" => every(&["hotfix.computer"]),
        "web-log" => every(&["web_log.computer", "web_log.server_ip"]),
        "ad-permission" => {
            let object = facts.text("permission.object").and_then(|object| object.split(['\\', '/']).next());
            object.map(Cow::Borrowed).into_iter().collect()
        }
        "certificate" => own("certificate.server"),
        "port-test" => own("port.from"),
        _ => every(&["record.computer"]),
    }
}

/// What an observation says of one end, or of one end about the other.
pub(super) type Ends = (&'static str, Option<HostId>, Option<HostId>);

/// A session from a client, `None` for an address that is nobody's, that a server answered.
pub(super) const SESSION: &str = "session";
/// A session that a server answered to itself.
pub(super) const SESSION_LOCAL: &str = "session-local";
/// A session from elsewhere in which the words of a server were written over.
pub(super) const SESSION_MASKED: &str = "session-masked";
/// A receive log's session from a client, at a connector of a server, or of one that nothing names.
pub(super) const SESSION_LOGGED: &str = "session-logged";
/// A session from a client at a connector of somebody's own making.
pub(super) const SESSION_CUSTOM: &str = "session-custom";
/// Such a session from whomever.
pub(super) const SESSION_CUSTOM_ANY: &str = "session-custom-any";
/// An event of a computer that bears on a pair, and the other end that it names, if it must be one.
pub(super) const HINT: &str = "hint";
/// An event of a KDC about a name or an account of a server.
pub(super) const KDC: &str = "kdc";
/// A test of a port from one computer to another.
pub(super) const PORT_TEST: &str = "port-test";
/// A test of the Kerberos port from a computer.
pub(super) const KERBEROS_TEST: &str = "kerberos-test";

/// By which ends an observation is looked up.
pub(super) fn ends(observation: &Observation, hosts: &Hosts) -> Vec<Ends> {
    let mut found = match observation.kind {
        "smtp-session" => session(observation, hosts),
        "event" => event(observation, hosts),
        "port-test" => port_test(observation, hosts),
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// The server that answered a session: the one it names, else the computer that a receive log lies on.
pub(super) fn answering(session: &Observation, hosts: &Hosts) -> Option<HostId> {
    let facts = &session.facts;
    let server = facts.text("smtp_session.server").or(facts.text("smtp_session.server_ip"));
    server.and_then(|name| hosts.find(name)).or_else(|| {
        let receiver = facts.text("smtp_session.side") == Some("receive");
        session.computer.as_deref().filter(|_| receiver).and_then(|name| hosts.find(name))
    })
}

/// The clients that a session may be from; `None` stands for an address that is nobody's.
pub(super) fn clients(session: &Observation, hosts: &Hosts) -> Vec<Option<HostId>> {
    let facts = &session.facts;
    let named = [facts.text("smtp_session.client"), facts.text("smtp_session.client_ip")];
    let mut clients: Vec<Option<HostId>> =
        named.into_iter().flatten().filter_map(|name| hosts.find(name)).map(Some).collect();
    let address = facts.text("smtp_session.client_ip").and_then(parse_address);
    if address.is_some_and(|address| hosts.of_address(address).is_none()) {
        clients.push(None);
    }
    clients
}

fn session(seen: &Observation, hosts: &Hosts) -> Vec<Ends> {
    let facts = &seen.facts;
    let clients = clients(seen, hosts);
    let mut found: Vec<Ends> = Vec::new();
    if let Some(server) = answering(seen, hosts) {
        found.extend(clients.iter().map(|client| (SESSION, *client, Some(server))));
        if facts.flag("smtp_session.local") == Some(true) {
            found.push((SESSION_LOCAL, None, Some(server)));
        } else if facts.flag("smtp_session.banner_masked") == Some(true) {
            found.push((SESSION_MASKED, None, Some(server)));
        }
    }
    if super::path::is_at_custom_connector(seen) {
        found.extend(clients.iter().map(|client| (SESSION_CUSTOM, *client, None)));
        found.push((SESSION_CUSTOM_ANY, None, None));
    }
    if let (Some("receive"), Some(name)) =
        (facts.text("smtp_session.side"), facts.text("smtp_session.connector"))
    {
        // A connector that is named without its server is the one of the server that answered.
        let server = name.rsplit_once('\\').map(|(server, _)| server).filter(|server| !server.is_empty());
        let host = server.map_or_else(|| answering(seen, hosts), |server| hosts.find(server));
        if server.is_none() || host.is_some() {
            found.extend(clients.iter().map(|client| (SESSION_LOGGED, *client, host)));
        }
    }
    found
}

/// The host that an SPN names.
pub(super) fn host_of_spn(spn: &str) -> Option<&str> {
    spn.split_once('/').and_then(|(_, rest)| rest.split(['@', '/', ':']).next())
}

fn event(seen: &Observation, hosts: &Hosts) -> Vec<Ends> {
    let facts = &seen.facts;
    let provider = facts.text("event.provider").unwrap_or_default();
    let host = facts.text("event.computer").and_then(|name| hosts.find(name));
    let named = facts.text("event.spn").and_then(host_of_spn).and_then(|name| hosts.find(name));
    let account = facts.text("event.account").and_then(|account| hosts.find(account));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating; event ids are small
    let id = facts.number("event.id").unwrap_or_default() as u32;
    let peers = match (provider, id) {
        // A wrong clock shows whoever was asked for; the rest counts where it names the other end.
        ("Security-Kerberos", 3 | 4) => vec![None, named],
        ("Security-Kerberos", 100 | 101) => vec![named],
        ("Security-Kerberos", 5) | ("LsaSrv", 40960 | 40961 | 6037 | 6167) | ("NETLOGON", 3210) => vec![None],
        ("MSExchangeTransport" | "MSExchangeFrontEndTransport", 1018 | 1020) => vec![account],
        (kdc, _) if kdc.eq_ignore_ascii_case("kdc") => {
            return [named, account].into_iter().flatten().map(|end| (KDC, None, Some(end))).collect();
        }
        _ => Vec::new(),
    };
    let error = facts.text("event.kerberos_error").unwrap_or_default();
    let skew = super::event_hints::is_skew(error) || provider != "Security-Kerberos" || id == 5;
    let peers = peers.into_iter().filter(|peer| peer.is_some() || skew);
    peers.filter(|_| host.is_some()).map(|peer| (HINT, host, peer)).collect()
}

fn port_test(seen: &Observation, hosts: &Hosts) -> Vec<Ends> {
    let facts = &seen.facts;
    let from = facts.text("port.from").or(seen.computer.as_deref()).and_then(|name| hosts.find(name));
    let to = [facts.text("port.to"), facts.text("port.to_ip")];
    let to = to.into_iter().flatten().find_map(|name| hosts.find(name));
    let mut found = Vec::new();
    if from.is_some() {
        found.push((PORT_TEST, from, to));
        if facts.number("port.number") == Some(super::directory::KERBEROS_PORT) {
            found.push((KERBEROS_TEST, from, None));
        }
    }
    found
}
