//! Small builders of records for the tests, with reserved names.
#![allow(dead_code)] // each test program uses its own part

use exauth::{Catalog, Options, Session};
use serde_json::{json, Value};

/// The report of some records.
pub fn analyze(records: &[Value]) -> Value {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    analyze_bytes(lines.join("\n").as_bytes())
}

/// The report of bytes as they would come through the C surface.
pub fn analyze_bytes(bytes: &[u8]) -> Value {
    let catalog = Catalog::builtin().unwrap();
    let mut session = Session::new(&catalog, Options::default());
    session.add(bytes).unwrap();
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

/// The verdict of a cause in the only diagnosis of a report.
pub fn verdict(report: &Value, cause: &str) -> String {
    let diagnoses = report["diagnoses"].as_array().unwrap();
    assert_eq!(diagnoses.len(), 1, "one problem expected: {}", report["diagnoses"]);
    let causes = diagnoses[0]["causes"].as_array().unwrap();
    let found = causes.iter().find(|entry| entry["id"] == cause);
    found.map_or("absent".to_owned(), |entry| entry["verdict"].as_str().unwrap().to_owned())
}

/// The first cause of the only diagnosis, with its verdict.
pub fn answer(report: &Value) -> (String, String) {
    let first = &report["diagnoses"][0]["causes"][0];
    (
        first["id"].as_str().unwrap_or_default().to_owned(),
        first["verdict"].as_str().unwrap_or_default().to_owned(),
    )
}

/// Ids of the findings.
pub fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// A queue on EX1 towards EX2.
pub fn queue(last_error: &str) -> Value {
    json!({"from": "Get-Queue", "computer": "EX1",
        "type": ["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],
        "properties": {"Identity": "EX1\\12", "DeliveryType": "SmtpRelayToServers", "NextHopDomain": "ex2.contoso.com",
            "Status": "Retry", "MessageCount": 41, "NextHopCategory": "Internal", "LastError": last_error}})
}

/// The text in which 2007 and 2010 wrap the other server's reply.
pub fn wrapped(reply: &str) -> String {
    format!(
        "451 4.4.0 Primary target IP address responded with: \"{reply}\" Attempted failover to alternate host, but \
         that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts."
    )
}

/// A queue with the founding failure.
pub fn stuck_queue() -> Value {
    queue(&wrapped("454 4.7.0 Temporary authentication failure."))
}

/// Event 1035 on EX2.
pub fn event_1035(error: &str, connector: &str, mechanism: &str, address: &str) -> Value {
    json!({"from": "Get-WinEvent", "computer": "EX2.contoso.com",
        "type": ["System.Diagnostics.Eventing.Reader.EventLogRecord"],
        "properties": {"Id": 1035, "ProviderName": "MSExchangeTransport", "MachineName": "EX2.contoso.com",
            "TimeCreated": "2026-11-20T09:14:00.0000000Z", "LevelDisplayName": "Ostrze\u{17c}enie",
            "Message": null, "Properties": [error, connector, mechanism, address]}})
}

/// Event 71 on CAS1 about a target.
pub fn event_71(target: &str) -> Value {
    json!({"computer": "CAS1", "type": ["System.Diagnostics.Eventing.Reader.EventLogRecord"],
        "properties": {"Id": 71, "ProviderName": "MSExchange OWA", "MachineName": "CAS1.contoso.com",
            "TimeCreated": "2026-11-20T09:14:00.0000000Z", "Properties": ["cas1.contoso.com", target]}})
}

/// The OWA virtual directory of CAS2 on Exchange 2010.
pub fn owa_directory(internal_url: &str, windows: bool) -> Value {
    json!({"type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.ADOwaVirtualDirectory"],
        "properties": {"Identity": "CAS2\\owa (Default Web Site)", "Name": "owa (Default Web Site)", "Server": "CAS2",
            "WebSite": "Default Web Site", "Path": "C:\\Program Files\\Microsoft\\Exchange Server\\V14\\ClientAccess\\owa",
            "InternalUrl": internal_url, "ExternalUrl": null,
            "InternalAuthenticationMethods": if windows { json!(["Ntlm", "WindowsIntegrated"]) } else { json!(["Basic", "Fba"]) },
            "WindowsAuthentication": windows, "BasicAuthentication": !windows, "FormsAuthentication": !windows,
            "AdminDisplayVersion": "Version 14.3 (Build 123.4)", "ObjectClass": ["top", "msExchOWAVirtualDirectory"]}})
}

/// A receive connector of EX2.
pub fn connector(name: &str, port: u16, ranges: &[&str], auth: &str, groups: &str) -> Value {
    json!({"type": ["Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector"],
        "properties": {"Identity": format!("EX2\\{name}"), "Name": name, "Server": "EX2", "Enabled": true,
            "Bindings": [format!("0.0.0.0:{port}")], "RemoteIPRanges": ranges, "AuthMechanism": auth,
            "PermissionGroups": groups, "Fqdn": "EX2.contoso.com"}})
}

/// What a default connector offers.
pub const FULL_AUTH: &str = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer";

/// Whom a default connector admits.
pub const FULL_GROUPS: &str = "ExchangeUsers, ExchangeServers, ExchangeLegacyServers";

/// All IPv4 addresses.
pub const EVERYONE: &[&str] = &["0.0.0.0-255.255.255.255"];

/// Exchange servers of 2010.
pub fn server(name: &str) -> Value {
    json!({"from": "Get-ExchangeServer",
        "type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
        "properties": {"Name": name, "Fqdn": format!("{name}.contoso.com"), "Domain": "contoso.com",
            "Site": "contoso.com/Configuration/Sites/HQ", "AdminDisplayVersion": "Version 14.3 (Build 123.4)",
            "ServerRole": "Mailbox, ClientAccess, HubTransport", "IsEdgeServer": false, "IsHubTransportServer": true}})
}

/// A tool's text, seen on a computer.
pub fn tool(command: &str, computer: &str, text: &str) -> Value {
    json!({"from": command, "computer": computer, "text": text})
}

/// A measured clock difference in seconds, as w32tm prints it.
pub fn stripchart(from: &str, to: &str, address: &str, offset: f64) -> Value {
    let row = format!("{offset:+012.7}s");
    let text = format!(
        "Tracking {to} [{address}:123].\r\nCollecting 3 samples.\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n\
         10:14:00, {row}\r\n10:14:02, {row}\r\n10:14:04, {row}\r\n"
    );
    tool(&format!("w32tm /stripchart /computer:{to} /samples:3 /dataonly"), from, &text)
}

/// `setspn -L` of EX2 with the given classes, each under both names.
pub fn spn_list(classes: &[&str]) -> Value {
    let mut text =
        "Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\r\n".to_owned();
    for class in classes {
        text.push_str(&format!("\t{class}/EX2\r\n\t{class}/EX2.contoso.com\r\n"));
    }
    tool("setspn -L EX2", "EX1", &text)
}
