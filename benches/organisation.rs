//! An organisation of 1,000 servers in 100,000 records of many kinds: `cargo bench --bench organisation`.
//!
//! Ten times the servers and records (100 and 10,000 to 1,000 and 100,000) may take at most eleven
//! times as long; the peak of memory is printed. Everything is generated, with reserved names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::{Catalog, Options, Session};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

const FAILED: &str = "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.";

fn name(server: usize) -> String {
    format!("EX{server}")
}

fn object(computer: &str, kind: &str, properties: Value) -> Value {
    json!({"schema": "exauth.record/1", "computer": computer, "type": [kind], "properties": properties})
}

fn text(computer: &str, from: &str, text: String) -> Value {
    json!({"schema": "exauth.record/1", "computer": computer, "from": from, "text": text})
}

/// One hundred records of a server among `servers`.
fn records_of(server: usize, servers: usize, out: &mut Vec<Value>) {
    let me = name(server);
    let full = format!("{me}.contoso.com");
    let site = server / 10;
    let address = format!("192.0.2.{}", server % 250 + 1);
    out.push(object(&me, "Microsoft.Exchange.Data.Directory.Management.ExchangeServer", json!({"Name": me, "Fqdn": full,
        "Domain": "contoso.com", "Site": format!("contoso.com/Configuration/Sites/Site{site}"), "ServerRole": "Mailbox, ClientAccess, HubTransport",
        "AdminDisplayVersion": "Version 15.1 (Build 2375.7)", "IsEdgeServer": false, "IsHubTransportServer": true})));
    for (at, kind) in
        ["Default", "Client Proxy", "Default Frontend", "Outbound Proxy Frontend", "Client Frontend"]
            .iter()
            .enumerate()
    {
        out.push(object(&me, "Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector", json!({"Identity": format!("{me}\\{kind} {me}"),
            "Name": format!("{kind} {me}"), "Server": me, "Enabled": true, "Bindings": [format!("0.0.0.0:{}", [2525, 465, 25, 717, 587][at])],
            "RemoteIPRanges": ["0.0.0.0-255.255.255.255"], "AuthMechanism": "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
            "PermissionGroups": "ExchangeUsers, ExchangeServers, ExchangeLegacyServers", "Fqdn": full})));
    }
    for kind in ["Owa", "Ecp", "WebServices", "Oab"] {
        out.push(object(&me, &format!("Microsoft.Exchange.Data.Directory.SystemConfiguration.AD{kind}VirtualDirectory"), json!({
            "Identity": format!("{me}\\{kind} (Default Web Site)"), "Name": format!("{kind} (Default Web Site)"), "Server": me,
            "InternalUrl": format!("https://{full}/{kind}"), "WindowsAuthentication": true, "BasicAuthentication": false})));
    }
    let mut spns =
        format!("Registered ServicePrincipalNames for CN={me},CN=Computers,DC=contoso,DC=com:\r\n");
    for class in ["HOST", "HTTP", "SMTP", "SMTPSVC", "exchangeMDB", "exchangeRFR", "exchangeAB"] {
        spns.push_str(&format!("\t{class}/{me}\r\n\t{class}/{full}\r\n"));
    }
    out.push(text(&me, &format!("setspn -L {me}"), spns));
    let peer = format!("EX{}.contoso.com", (server + 1) % servers);
    // A tenth of the clocks is wrong.
    let offset = if server % 10 == 3 { 412.02 } else { 0.02 };
    let row = format!("{offset:+012.7}s");
    out.push(text(&me, &format!("w32tm /stripchart /computer:{peer} /samples:3 /dataonly"), format!(
        "Tracking {peer} [192.0.2.{}:123].\r\nCollecting 3 samples.\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n10:14:00, {row}\r\n10:14:02, {row}\r\n10:14:04, {row}\r\n",
        (server + 1) % servers % 250 + 1)));
    out.push(object(
        &me,
        "Microsoft.DnsClient.Commands.DnsRecord_A",
        json!({"Name": full, "Type": "A", "IPAddress": address}),
    ));
    out.push(object(&me, "Microsoft.ActiveDirectory.Management.ADReplicationPartnerMetadata", json!({"Server": format!("DC{site}.contoso.com"),
        "Partner": format!("CN=NTDS Settings,CN=DC{},CN=Servers", site + 1), "Partition": "DC=contoso,DC=com", "ConsecutiveReplicationFailures": 0, "LastReplicationResult": 0})));
    for (component, state) in
        [("ServerWideOffline", "Active"), ("HubTransport", "Active"), ("FrontendTransport", "Active")]
    {
        out.push(object(
            &me,
            "Microsoft.Exchange.Data.ServerComponentState",
            json!({"Identity": me, "ServerFqdn": full, "Component": component, "State": state}),
        ));
    }
    out.push(object(
        &me,
        "NetConnectionResults",
        json!({"ComputerName": peer, "RemotePort": 25, "TcpTestSucceeded": true}),
    ));
    out.push(object(
        &me,
        "System.ServiceProcess.ServiceController",
        json!({"Name": "MSExchangeTransport", "Status": "Running", "MachineName": me}),
    ));
    out.push(object(&me, "Microsoft.ActiveDirectory.Management.ADComputer", json!({"Name": me, "SamAccountName": format!("{me}$"), "Enabled": true,
        "DistinguishedName": format!("CN={me},CN=Computers,DC=contoso,DC=com"), "msDS-SupportedEncryptionTypes": 28})));
    out.push(object(&me, "System.Security.Cryptography.X509Certificates.X509Certificate2", json!({"Subject": format!("CN={me}"), "Issuer": format!("CN={me}"),
        "Thumbprint": format!("{server:040X}"), "NotBefore": "2025-01-01T00:00:00Z", "NotAfter": "2030-01-01T00:00:00Z", "Services": "SMTP", "Status": "Valid"})));
    for queue in 0..40 {
        // Three queues of every server are stuck: a neighbour, one far away, a site.
        let (hop, delivery) = match queue {
            7 => (peer.clone(), "SmtpRelayToServers"),
            8 => (format!("EX{}.contoso.com", (server * 7 + 11) % servers), "SmtpRelayToServers"),
            9 => (
                format!("site:site{}; version: 15", (site + 1) % (servers / 10)),
                "SmtpRelayToRemoteActiveDirectorySite",
            ),
            _ => (format!("EX{}.contoso.com", (server + queue) % servers), "SmtpRelayToServers"),
        };
        let stuck = (7..10).contains(&queue);
        out.push(object(&me, "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo", json!({"Identity": format!("{me}\\{queue}"), "DeliveryType": delivery,
            "NextHopDomain": hop, "Status": if stuck { "Retry" } else { "Ready" }, "MessageCount": queue, "NextHopCategory": "Internal",
            "LastError": if stuck { json!(FAILED) } else { Value::Null }})));
    }
    // Events that others caused here, and those of every day.
    let from = (server + servers - 1) % servers;
    while out.len() % 100 != 0 {
        let number = out.len() % 100;
        let (id, provider, strings) = match number % 9 {
            0 => (
                1035,
                "MSExchangeTransport",
                json!([
                    "LogonDenied",
                    format!("Default {me}"),
                    "ExchangeAuth",
                    format!("192.0.2.{}", from % 250 + 1)
                ]),
            ),
            1 => (37, "Microsoft-Windows-Time-Service", json!([format!("DC{site}.contoso.com")])),
            2 => (7036, "Service Control Manager", json!(["Windows Update", "running"])),
            _ => (1000 + number, "Some-Provider", json!(["one", "two"])),
        };
        out.push(object(&full, "System.Diagnostics.Eventing.Reader.EventLogRecord", json!({"Id": id, "ProviderName": provider, "MachineName": full,
            "TimeCreated": format!("2026-11-20T09:{:02}:00Z", number % 60), "LevelDisplayName": "Warning", "Properties": strings})));
    }
}

fn organisation(servers: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for server in 0..servers {
        let mut records = Vec::new();
        records_of(server, servers, &mut records);
        assert_eq!(records.len(), 100);
        for record in records {
            bytes.extend(record.to_string().bytes());
            bytes.push(b'\n');
        }
    }
    bytes
}

/// Times of adding, of the diagnoses and of the report; problems, bytes of the report.
fn run(bytes: &[u8]) -> ([Duration; 3], usize, usize) {
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    let start = Instant::now();
    assert_eq!(session.add(bytes).unwrap(), None);
    let added = start.elapsed();
    session.finish().unwrap();
    let finished = start.elapsed();
    let report = session.report("json").unwrap();
    let written = start.elapsed();
    let problems = report.matches("\"exauth.diagnosis/1\"").count();
    ([added, finished - added, written - finished], problems, report.len())
}

/// The process's peak of memory in MB (Linux).
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

fn main() {
    let mut totals = Vec::new();
    println!("servers records      MB     add  finish  report problems reportMB peakMB");
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    for servers in if sizes.is_empty() { vec![100, 1000] } else { sizes } {
        let bytes = organisation(servers);
        // The best of three: another process on this machine only ever adds.
        let runs: Vec<_> = (0..if servers < 500 { 3 } else { 2 }).map(|_| run(&bytes)).collect();
        let total = |times: &[Duration; 3]| times.iter().sum::<Duration>();
        let (times, problems, report) = runs.into_iter().min_by_key(|(times, ..)| total(times)).unwrap();
        let [add, finish, write] = times.map(|time| time.as_secs_f64());
        println!(
            "{servers:7} {:7} {:7.1} {add:6.2}s {finish:6.2}s {write:6.2}s {problems:8} {:8.1} {:6.0}",
            servers * 100,
            bytes.len() as f64 / 1e6,
            report as f64 / 1e6,
            peak()
        );
        totals.push(total(&times).as_secs_f64());
    }
    if let [small, large] = totals.as_slice() {
        println!(
            "L2   ten times the records and servers take {:.1} times as long (at most 11)",
            large / small
        );
    }
}
