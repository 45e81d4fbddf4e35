//! What would happen after a fix that changes a receive connector: who would answer A, whether A could
//! sign in there, who else would be answered by another connector; and that nothing is guessed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::Catalog;
use serde_json::{json, Value};

const EVERYONE: [&str; 2] = ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0-255.255.255.255"];
const SERVER_AUTH: &str = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer";
const SERVER_GROUPS: &str = "ExchangeUsers, ExchangeServers, ExchangeLegacyServers";
const SENDER: &str = "192.0.2.11";

/// EX1 queues for EX2 on a port: it cannot achieve Exchange Server authentication.
fn queue(port: u16) -> Value {
    let error = format!(
        "[{{LED=451 5.7.3 Cannot achieve Exchange Server authentication [Message=] [LastAttemptedServerName=ex2.contoso.com] [LastAttemptedIP=192.0.2.12:{port}]}};{{MSG=}};{{FQDN=ex2.contoso.com}};{{IP=192.0.2.12}};{{LRT=11/20/2026 9:14:02 AM}}]"
    );
    json!({"from": "Get-Queue", "computer": "EX1",
        "type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],
        "properties": {"Identity": "EX1\\8", "DeliveryType": "SmtpRelayToMailboxDeliveryGroup", "NextHopDomain": "ex2.contoso.com",
            "NextHopCategory": "Internal", "Status": "Retry", "MessageCount": 12, "LastError": error}})
}

fn server(name: &str) -> Value {
    json!({"from": "Get-ExchangeServer", "type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
        "properties": {"Name": name, "Fqdn": format!("{}.contoso.com", name.to_lowercase()), "ServerRole": "Mailbox",
            "AdminDisplayVersion": "Version 15.2 (Build 1544.4)", "IsEdgeServer": false, "IsHubTransportServer": true}})
}

/// A server's address, as DNS has it.
fn address(name: &str, address: &str) -> Value {
    let kind = if address.contains(':') { "AAAA" } else { "A" };
    json!({"from": "Resolve-DnsName", "properties": {"Name": format!("{}.contoso.com", name.to_lowercase()),
        "Type": kind, "TTL": 3600, "Section": "Answer", "IPAddress": address}})
}

/// A connector of EX2 as setup makes it, with `changes` over it.
fn connector(name: &str, changes: Value) -> Value {
    let mut properties = json!({"AuthMechanism": SERVER_AUTH, "PermissionGroups": SERVER_GROUPS,
        "Bindings": ["[::]:25", "0.0.0.0:25"], "RemoteIPRanges": EVERYONE, "Fqdn": "ex2.contoso.com", "Enabled": true,
        "SuppressXAnonymousTls": false, "RequireTLS": false, "TransportRole": "FrontendTransport", "Server": "EX2",
        "Name": name, "Identity": format!("EX2\\{name}")});
    for (key, value) in changes.as_object().unwrap() {
        properties[key] = value.clone();
    }
    json!({"from": "Get-ReceiveConnector", "computer": "EX2",
        "type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector"], "properties": properties})
}

fn frontend() -> Value {
    connector(
        "Default Frontend EX2",
        json!({"PermissionGroups": "AnonymousUsers, ExchangeServers, ExchangeLegacyServers"}),
    )
}

/// A connector for devices, `ranges` of addresses.
fn relay(ranges: &[&str], changes: Value) -> Value {
    let mut all =
        json!({"AuthMechanism": "Tls", "PermissionGroups": "AnonymousUsers", "RemoteIPRanges": ranges});
    for (key, value) in changes.as_object().unwrap() {
        all[key] = value.clone();
    }
    connector("Relay", all)
}

/// EX1 to EX2 on port 25, both known, with EX1's address.
fn pair() -> Vec<Value> {
    vec![queue(25), server("EX1"), server("EX2"), address("EX1", SENDER)]
}

fn with(mut records: Vec<Value>, more: Vec<Value>) -> Vec<Value> {
    records.extend(more);
    records
}

fn report_in(catalog: &Catalog, records: &[Value], culture: &str) -> Value {
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    let options = json!({ "culture": culture }).to_string();
    serde_json::from_str(&catalog.analyze(lines.join("\n").as_bytes(), options.as_bytes()).unwrap()).unwrap()
}

/// The step of the cause in the diagnosis of EX1 and EX2.
fn step(report: &Value, cause: &str, step: usize) -> Value {
    let diagnoses = report["diagnoses"].as_array().unwrap();
    let diagnosis = diagnoses
        .iter()
        .find(|d| d["problem"]["from"] == "EX1")
        .unwrap_or_else(|| panic!("no diagnosis: {report}"));
    let causes = diagnosis["causes"].as_array().unwrap();
    causes.iter().find(|c| c["id"] == cause).unwrap_or_else(|| panic!("no {cause}"))["fix"][step].clone()
}

/// What would happen, by the shipped fix of a cause.
fn effect(records: &[Value], cause: &str) -> String {
    let report = report_in(&Catalog::builtin().unwrap(), records, "en");
    step(&report, cause, 0)["effect"].as_str().unwrap_or_else(|| panic!("no effect of {cause}")).to_owned()
}

/// A catalog with one more cause whose fix makes `changes`.
fn pack(changes: &Value) -> exauth::Result<Catalog> {
    pack_for("smtp-exchange-auth-not-achieved", changes)
}

fn pack_for(problem: &str, changes: &Value) -> exauth::Result<Catalog> {
    let pack = json!({"schema": "exauth.pack/1", "name": "contoso", "causes": [{"schema": "exauth.cause/1", "id": "contoso-change",
        "status": "trial", "title": "A change of Contoso's.",
        "candidate_for": [{"problem": problem, "weight": 1, "because": "It is tried."}],
        "fix": [{"text": "Change it.", "changes": changes}]}]});
    Catalog::builtin().unwrap().extend(pack.to_string().as_bytes())
}

/// What would happen, by the changes of a pack.
fn effect_of(records: &[Value], changes: &Value) -> String {
    let catalog = pack(changes).unwrap_or_else(|error| panic!("{error}"));
    let report = report_in(&catalog, records, "en");
    step(&report, "contoso-change", 0)["effect"].as_str().expect("no effect").to_owned()
}

fn says(effect: &str, parts: &[&str]) {
    for part in parts {
        assert!(effect.contains(part), "`{part}` is not in: {effect}");
    }
}

#[test]
fn a_relay_connector_without_the_server_leaves_it_to_the_default_one() {
    let records = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    let effect = effect(&records, "connector-scope-captures-server");
    assert_eq!(
        effect,
        "RemoteIPRanges of Relay would be 192.0.2.0-192.0.2.10, 192.0.2.13-192.0.2.255. \
         On port 25 Default Frontend EX2 would answer EX1 (192.0.2.11) instead of Relay. \
         Default Frontend EX2 would let EX1 sign in. \
         On port 25 Default Frontend EX2 would answer 192.0.2.12 (EX2) instead of Relay."
    );
}

#[test]
fn other_servers_in_the_range_move_with_it_and_devices_stay() {
    let more =
        vec![frontend(), relay(&["192.0.2.8/29"], json!({})), server("EX3"), address("EX3", "192.0.2.13")];
    let effect = effect(&with(pair(), more), "connector-scope-captures-server");
    says(&effect, &["would answer 192.0.2.12/31 (EX2, EX3) instead of Relay"]);
    assert!(!effect.contains("192.0.2.14 "), "{effect}");
}

#[test]
fn a_range_of_the_server_alone_leaves_nobody() {
    let records = with(pair(), vec![frontend(), relay(&[SENDER], json!({}))]);
    let effect = effect(&records, "connector-scope-captures-server");
    assert_eq!(effect, "No address would be left in RemoteIPRanges of Relay: disable or remove it instead.");
}

#[test]
fn the_default_connector_that_was_spoilt_too_is_said_to_refuse() {
    let spoilt = connector(
        "Default Frontend EX2",
        json!({"AuthMechanism": "Tls, ExchangeServer", "PermissionGroups": "AnonymousUsers"}),
    );
    let records = with(pair(), vec![spoilt, relay(&["192.0.2.0/24"], json!({}))]);
    let effect = effect(&records, "connector-scope-captures-server");
    says(
        &effect,
        &["Default Frontend EX2 would not let EX1 sign in; still needed: PermissionGroups ExchangeServers."],
    );
}

#[test]
fn a_permission_that_is_missing_too_is_named() {
    let spoilt = connector(
        "Default Frontend EX2",
        json!({"AuthMechanism": "Tls", "PermissionGroups": "AnonymousUsers"}),
    );
    let effect = effect(&with(pair(), vec![spoilt.clone()]), "connector-exchange-auth-off");
    assert_eq!(
        effect,
        "On port 25 Default Frontend EX2 would still answer EX1. \
         Default Frontend EX2 would not let EX1 sign in; still needed: PermissionGroups ExchangeServers. \
         What Default Frontend EX2 lets other senders do stays as it is. \
         Nobody else would be answered by another connector."
    );
    let both =
        json!([{"add": {"AuthMechanism": ["ExchangeServer"], "PermissionGroups": ["ExchangeServers"]}}]);
    says(&effect_of(&with(pair(), vec![spoilt]), &both), &["Default Frontend EX2 would let EX1 sign in."]);
}

#[test]
fn externally_secured_goes_with_nothing_but_tls() {
    let external = json!({"AuthMechanism": "Tls, ExternalAuthoritative", "PermissionGroups": "AnonymousUsers, ExchangeServers"});
    let records = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], external)]);
    says(
        &effect_of(&records, &json!([{"add": {"AuthMechanism": ["ExchangeServer"]}}])),
        &["Exchange refuses this: on Relay ExternalAuthoritative goes together with Tls only."],
    );
    says(
        &effect_of(&records, &json!([{"remove": {"PermissionGroups": ["ExchangeServers"]}}])),
        &["Exchange refuses this: on Relay ExternalAuthoritative needs ExchangeServers."],
    );
    let swap = json!([{"add": {"AuthMechanism": ["ExchangeServer"]}, "remove": {"AuthMechanism": ["ExternalAuthoritative"]}}]);
    says(
        &effect_of(&records, &swap),
        &["Relay would let EX1 sign in.", "All others whom Relay answers would lose ExternalAuthoritative."],
    );
    // Together it is admitted, and says what it means for everyone in the range.
    let plain = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    let half = json!([{"add": {"AuthMechanism": ["ExternalAuthoritative"]}}]);
    says(&effect_of(&plain, &half), &["on Relay ExternalAuthoritative needs ExchangeServers"]);
    let whole = json!([{"add": {"AuthMechanism": ["ExternalAuthoritative"], "PermissionGroups": ["ExchangeServers"]}}]);
    says(
        &effect_of(&plain, &whole),
        &[
            "With ExternalAuthoritative everyone from 192.0.2.0/24 would have the rights of an Exchange server on Relay.",
            "Relay would not let EX1 sign in; still needed: AuthMechanism ExchangeServer.",
        ],
    );
}

#[test]
fn a_greeting_that_is_not_the_server_is_refused_and_then_right() {
    let named =
        connector("Default Frontend EX2", json!({"AuthMechanism": "Tls", "Fqdn": "mail.contoso.com"}));
    says(
        &effect(&with(pair(), vec![named]), "connector-exchange-auth-off"),
        &["the Fqdn of Default Frontend EX2 must be the name of EX2 or empty, and it is mail.contoso.com"],
    );
    let wrong = connector("Default Frontend EX2", json!({"Fqdn": "mail.contoso.com"}));
    says(
        &effect(&with(pair(), vec![wrong]), "connector-fqdn-mismatch"),
        &[
            "On port 25 Default Frontend EX2 would still answer EX1.",
            "Default Frontend EX2 would let EX1 sign in.",
        ],
    );
}

#[test]
fn nothing_is_claimed_without_connectors_or_the_address() {
    let none = effect(&pair(), "connector-exchange-auth-off");
    assert_eq!(none, "Unknown: this needs Get-ReceiveConnector of EX2.");
    // The connectors of another server say nothing of this one.
    let other =
        connector("Default Frontend EX3", json!({"Server": "EX3", "Identity": "EX3\\Default Frontend EX3"}));
    assert_eq!(effect(&with(pair(), vec![other, server("EX3")]), "connector-exchange-auth-off"), none);
    let nameless = vec![queue(25), server("EX1"), server("EX2")];
    let one = with(nameless.clone(), vec![relay(&["192.0.2.0/24"], json!({}))]);
    assert_eq!(
        effect(&one, "connector-scope-captures-server"),
        "Which connector would answer is unknown: this needs the address of EX1."
    );
    let two = with(nameless, vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    assert_eq!(
        effect(&two, "connector-scope-captures-server"),
        "Which of Default Frontend EX2, Relay answers EX1 now is open, and so is what would happen. \
         Which connector would answer is unknown: this needs the address of EX1."
    );
    let elsewhere =
        with(pair(), vec![connector("Client Frontend EX2", json!({"Bindings": ["0.0.0.0:587"]}))]);
    assert_eq!(
        effect(&elsewhere, "connector-exchange-auth-off"),
        "Unknown: this needs all connectors of EX2 with Bindings, RemoteIPRanges."
    );
}

#[test]
fn what_was_cut_is_not_known() {
    let cut = json!({"RemoteIPRanges": "{192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4...}"});
    let records = with(pair(), vec![frontend(), relay(&[], cut)]);
    says(
        &effect(&records, "connector-scope-captures-server"),
        &["Which of Default Frontend EX2, Relay answers EX1 now is open"],
    );
    let unread = with(pair(), vec![frontend(), relay(&["192.0.2.0/24", "the branch office"], json!({}))]);
    says(
        &effect(&unread, "connector-scope-captures-server"),
        &["Which of Default Frontend EX2, Relay answers EX1 now is open"],
    );
}

#[test]
fn settings_that_were_not_given_are_named() {
    let bare = |name: &str, auth: Value| {
        json!({"from": "Get-ReceiveConnector", "properties": {"Identity": format!("EX2\\{name}"), "Server": "EX2", "Name": name,
            "Bindings": ["0.0.0.0:25"], "RemoteIPRanges": ["0.0.0.0-255.255.255.255"], "AuthMechanism": auth}})
    };
    let effect =
        effect(&with(pair(), vec![bare("Default EX2", json!("Tls"))]), "connector-exchange-auth-off");
    says(&effect, &["Whether Default EX2 would let EX1 sign in is unknown; not given: PermissionGroups."]);
}

#[test]
fn a_server_with_two_addresses_is_told_for_each() {
    let more = vec![
        address("EX1", "2001:db8::11"),
        frontend(),
        relay(&["192.0.2.0/24", "2001:db8::/64"], json!({})),
    ];
    let effect = effect(&with(pair(), more), "connector-scope-captures-server");
    says(
        &effect,
        &[
            "would answer EX1 (192.0.2.11, 2001:db8::11) instead of Relay",
            "2001:db8::-2001:db8::10, 2001:db8::12-2001:db8::ffff:ffff:ffff:ffff",
        ],
    );
}

#[test]
fn removing_and_disabling_move_everyone() {
    let records = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    for change in [json!([{"delete": true}]), json!([{"set": {"Enabled": false}}])] {
        let effect = effect_of(&records, &change);
        says(
            &effect,
            &[
                "would answer EX1 (192.0.2.11) instead of Relay",
                "On port 25 Default Frontend EX2 would answer 192.0.2.0-192.0.2.10, 192.0.2.12-192.0.2.255 (EX2) instead of Relay.",
            ],
        );
        assert!(!effect.contains("takes no anonymous"), "{effect}");
    }
    let closed = connector("Default Frontend EX2", json!({}));
    let records = with(pair(), vec![closed, relay(&["192.0.2.0/24"], json!({}))]);
    says(
        &effect_of(&records, &json!([{"delete": true}])),
        &["Default Frontend EX2 takes no anonymous senders, as Relay does."],
    );
    let alone = with(pair(), vec![relay(&["192.0.2.0/24"], json!({}))]);
    says(
        &effect_of(&alone, &json!([{"delete": true}])),
        &["none of the connectors that were given would answer EX1 (192.0.2.11); now Relay does"],
    );
}

#[test]
fn a_new_connector_takes_its_senders_from_the_others() {
    let records = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    let set = json!({"Name": "Servers", "Bindings": ["0.0.0.0:25"], "RemoteIPRanges": ["sender"], "AuthMechanism": ["Tls", "ExchangeServer"],
        "PermissionGroups": ["ExchangeServers"], "Fqdn": "full-name", "TransportRole": "FrontendTransport", "SuppressXAnonymousTls": false});
    let make = |set: &Value| json!([{"connector": "new", "set": set}]);
    let effect = effect_of(&records, &make(&set));
    assert_eq!(
        effect,
        "On port 25 Servers would answer EX1 (192.0.2.11) instead of Relay. Servers would let EX1 sign in. \
         Nobody else would be answered by another connector."
    );
    let mut wider = set.clone();
    wider["RemoteIPRanges"] = json!(["192.0.2.8/29"]);
    says(
        &effect_of(&records, &make(&wider)),
        &["Servers would answer 192.0.2.8-192.0.2.10, 192.0.2.12/30 (EX2) instead of Relay"],
    );
    wider["RemoteIPRanges"] = json!(["192.0.2.0/24"]);
    says(
        &effect_of(&records, &make(&wider)),
        &["Exchange refuses this: Relay listens on the same binding for 192.0.2.0/24 as Servers would."],
    );
}

#[test]
fn a_service_that_gives_the_port_back_settles_who_answers() {
    let hub = connector("App", json!({"TransportRole": "HubTransport", "RemoteIPRanges": ["192.0.2.0/24"]}));
    let records = with(pair(), vec![frontend(), hub]);
    let effect = effect(&records, "port-conflict");
    says(&effect, &["On port 25 App would answer EX1 (192.0.2.11); now it is open which of App, Default Frontend EX2 does."]);
    let report = report_in(&Catalog::builtin().unwrap(), &records, "en");
    says(
        step(&report, "port-conflict", 0)["command"].as_str().unwrap(),
        &["Set-ReceiveConnector \"EX2\\App\" -TransportRole"],
    );
}

#[test]
fn a_role_that_takes_the_port_of_the_other_service_is_refused() {
    let wide = connector(
        "App",
        json!({"TransportRole": "HubTransport", "RemoteIPRanges": ["192.0.2.0/24"], "Bindings": ["0.0.0.0:25", "0.0.0.0:2525"]}),
    );
    let hub =
        connector("Default EX2", json!({"TransportRole": "HubTransport", "Bindings": ["0.0.0.0:2525"]}));
    assert_eq!(
        effect(&with(pair(), vec![frontend(), wide, hub]), "port-conflict"),
        "Exchange refuses this: Default EX2 has another transport role and listens on port 2525, as App would."
    );
}

#[test]
fn without_the_address_of_the_server_others_are_still_told() {
    let hub = connector("App", json!({"TransportRole": "HubTransport", "RemoteIPRanges": ["192.0.2.0/24"]}));
    let records = vec![queue(25), server("EX1"), server("EX2"), frontend(), hub];
    assert_eq!(
        effect(&records, "port-conflict"),
        "Which connector would answer is unknown: this needs the address of EX1. \
         On port 25 App would answer 192.0.2.0/24 (EX2); now it is open which of App, Default Frontend EX2 does."
    );
    // Ports that nobody shares give the step nothing to change.
    let apart = connector("App", json!({"TransportRole": "HubTransport", "Bindings": ["0.0.0.0:2525"]}));
    let report = report_in(&Catalog::builtin().unwrap(), &with(pair(), vec![frontend(), apart]), "en");
    assert!(step(&report, "port-conflict", 0).get("effect").is_none());
}

#[test]
fn the_connector_that_an_event_names_is_the_one_that_changes() {
    let event = |name: &str, ip: &str| {
        json!({"from": "Get-WinEvent", "computer": "EX2", "properties": {"ProviderName": "MSExchangeFrontEndTransport", "Id": 1035,
            "MachineName": "ex2.contoso.com", "Level": 3, "Message": format!("Inbound authentication failed with error IllegalMessage for Receive connector {name}. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Exchange is [{ip}].")}})
    };
    let add = json!([{"add": {"PermissionGroups": ["ExchangeUsers"]}}]);
    let connectors = vec![
        server("EX1"),
        server("EX2"),
        address("EX1", SENDER),
        frontend(),
        relay(&["192.0.2.0/24"], json!({})),
    ];
    let said = |name: &str, changes: &Value| {
        let catalog = pack_for("smtp-temporary-auth-failure", changes).unwrap();
        let report = report_in(&catalog, &with(vec![event(name, SENDER)], connectors.clone()), "en");
        step(&report, "contoso-change", 0)["effect"].as_str().unwrap().to_owned()
    };
    says(
        &said("Relay", &add),
        &["On port 25 Relay would still answer EX1.", "Relay would not let EX1 sign in"],
    );
    // By its settings another one answers: what a change of ranges does cannot be told.
    let narrow = json!([{"remove": {"RemoteIPRanges": ["198.51.100.0/24"]}}]);
    assert_eq!(
        said("Default Frontend EX2", &narrow),
        "RemoteIPRanges of Default Frontend EX2 would be ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0-198.51.99.255, 198.51.101.0-255.255.255.255. \
         Unknown: this needs all connectors of EX2 with Bindings, RemoteIPRanges."
    );
}

#[test]
fn a_long_list_is_compared_and_a_huge_one_left_out() {
    let list = |count: u32| -> Vec<String> {
        (0..count).map(|n| format!("198.51.{}.{}", 100 + n / 100, 2 * (n % 100))).collect()
    };
    let records = |count: u32| {
        let mut ranges = list(count);
        ranges.push("192.0.2.0/24".to_owned());
        let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
        with(pair(), vec![frontend(), relay(&ranges, json!({}))])
    };
    let long = effect(&records(300), "connector-scope-captures-server");
    says(
        &long,
        &["would answer EX1 (192.0.2.11) instead of Relay", "would answer 192.0.2.12 (EX2) instead of Relay"],
    );
    assert!(!long.contains("RemoteIPRanges of Relay would be"), "{long}");
    let huge = effect(&records(5000), "connector-scope-captures-server");
    says(
        &huge,
        &[
            "would answer EX1 (192.0.2.11) instead of Relay",
            "More senders would be answered by another connector",
        ],
    );
    let off = effect_of(&records(300), &json!([{"delete": true}]));
    says(&off, &["198.51.100.10 and 294 more instead of Relay"]);
}

#[test]
fn two_that_fit_alike_leave_it_open() {
    let twin = |name: &str, auth: &str| {
        connector(
            name,
            json!({"RemoteIPRanges": ["192.0.2.0/24"], "AuthMechanism": auth, "PermissionGroups": "AnonymousUsers"}),
        )
    };
    // Both orders: the first must not win.
    let (a, b) = (twin("App", "Tls"), twin("Relay", SERVER_AUTH));
    for pairs in [[a.clone(), b.clone()], [b, a]] {
        let records = with(pair(), with(vec![frontend()], pairs.to_vec()));
        says(
            &effect(&records, "connector-scope-captures-server"),
            &["Which of App, Relay answers EX1 now is open"],
        );
    }
}

#[test]
fn a_step_that_changes_no_connector_says_nothing_of_it() {
    let records = with(pair(), vec![connector("Default Frontend EX2", json!({"AuthMechanism": "Tls"}))]);
    let report = report_in(&Catalog::builtin().unwrap(), &records, "en");
    assert!(step(&report, "connector-exchange-auth-off", 1).get("effect").is_none());
    let healthy =
        effect_of(&with(pair(), vec![frontend()]), &json!([{"add": {"AuthMechanism": ["ExchangeServer"]}}]));
    assert_eq!(healthy, "This changes nothing: Default Frontend EX2 is set that way already.");
}

#[test]
fn the_text_report_says_it_under_the_step_in_the_reader_s_language() {
    let records = with(pair(), vec![frontend(), relay(&["192.0.2.0/24"], json!({}))]);
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    for (culture, says) in [
        ("en", "       What would happen: RemoteIPRanges of Relay"),
        ("de", "       Was geschehen würde: RemoteIPRanges von Relay"),
    ] {
        let catalog = Catalog::builtin().unwrap();
        let options =
            exauth::Options::from_json(json!({ "culture": culture }).to_string().as_bytes(), &catalog)
                .unwrap();
        let mut session = exauth::Session::new(&catalog, options);
        session.add(lines.join("\n").as_bytes()).unwrap();
        session.finish().unwrap();
        let text = session.report("text").unwrap();
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn changes_of_a_pack_are_refused_with_their_place() {
    let long: Vec<String> = (0..501).map(|n| format!("192.0.{}.{}", n / 250, n % 250)).collect();
    let at = "/causes/0/fix/0/changes";
    for (changes, place, words) in [
        (json!([{}]), "/0", "a change needs"),
        (json!(["answering"]), "/0", "an object"),
        (json!([{"add": ["Tls"]}]), "/0/add", "an object"),
        (json!([{"add": {"AuthMechanism": ["Tsl"]}}]), "/0/add/AuthMechanism/0", "unknown variant `Tsl`"),
        (json!([{"add": {"Fqdn": ["x"]}}]), "/0/add/Fqdn", "unknown field"),
        (
            json!([{"add": {"RemoteIPRanges": ["192.0.2.0/40"]}}]),
            "/0/add/RemoteIPRanges/0",
            "a range of addresses",
        ),
        (json!([{"add": {"RemoteIPRanges": long}}]), "/0/add", "501 entries"),
        (json!([{"add": {"Bindings": ["25"]}}]), "/0/add/Bindings/0", "an address and a port"),
        (json!([{"set": {"Fqdn": "evil.example; calc"}}]), "/0/set/Fqdn", "unknown variant"),
        (json!([{"set": {"Enabled": "yes"}}]), "/0/set/Enabled", "a boolean"),
        (json!([{"set": {"RemoteIPRanges": []}}]), "/0/set", "at least one entry"),
        (json!([{"set": {"Name": "Relay"}}]), "/0/set/Name", "only a new connector"),
        (json!([{"connector": "new", "set": {"Name": "x"}}]), "/0/set", "a new connector needs"),
        (json!([{"connector": "Relay", "delete": true}]), "/0/connector", "unknown variant"),
        (json!([{"connector": "new", "delete": true}]), "/0/delete", "what is deleted"),
        (json!([{"delete": true, "add": {"AuthMechanism": ["Tls"]}}]), "/0/delete", "what is deleted"),
        (json!(vec![json!({"delete": true}); 9]), "", "9 changes"),
    ] {
        let error = pack(&changes).err().unwrap_or_else(|| panic!("{changes} was accepted"));
        assert_eq!(error.at().unwrap_or_default(), format!("{at}{place}"), "{changes}: {error}");
        assert!(error.to_string().contains(words), "{changes}: {error}");
    }
}

/// A receive log of a server with a session from EX1 at its connector `Printers`.
fn log_of(server: &str) -> Value {
    let lines = [
        ("+", ""),
        (">", "220 mail.contoso.com Microsoft ESMTP MAIL Service ready"),
        ("<", "EHLO ex1.contoso.com"),
        (">", "250  mail.contoso.com Hello [192.0.2.11] SIZE 37748736 STARTTLS AUTH NTLM"),
        ("-", ""),
    ];
    let rows = lines.iter().enumerate().map(|(at, (event, data))| {
        format!("2026-11-20T08:12:11.209Z,{server}\\Printers,08CDF0000000A1B2,{at},192.0.2.12:25,192.0.2.11:31877,{event},{data},\r\n")
    });
    let header = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";
    let text = format!("{header}{}", rows.collect::<String>()).replace(
        "192.0.2.12",
        match server {
            "EX2" => "192.0.2.12",
            _ => "192.0.2.13",
        },
    );
    json!({"from": "SmtpReceive", "computer": server, "text": text})
}

#[test]
fn a_log_shows_the_connector_of_the_server_it_lies_on_and_of_no_other() {
    let printers = connector(
        "Printers",
        json!({"RemoteIPRanges": ["192.0.2.200"], "AuthMechanism": "Tls", "PermissionGroups": "AnonymousUsers"}),
    );
    let more = vec![frontend(), printers, server("EX3"), address("EX3", "192.0.2.13")];
    let captured = |server: &str| {
        let report = report_in(
            &Catalog::builtin().unwrap(),
            &with(with(pair(), more.clone()), vec![log_of(server)]),
            "en",
        );
        let problems = report["diagnoses"].as_array().unwrap().iter();
        let mut own = problems.filter(|one| one["problem"]["from"] == "EX1" && one["problem"]["to"] == "EX2");
        let causes = own.next().unwrap()["causes"].as_array().unwrap().clone();
        causes.iter().find(|cause| cause["id"] == "connector-scope-captures-server").unwrap()["verdict"]
            .clone()
    };
    assert_eq!(captured("EX2"), "confirmed");
    assert_eq!(captured("EX3"), "ruled_out");
}
