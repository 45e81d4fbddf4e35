//! Inputs that are large in one way each: generated, with reserved names, no file.

mod servers;

use serde_json::{json, Value};
use servers::{name, object, text, FAILED};
use std::fmt::Write as _;

/// A way in which an input can be large.
pub struct Shape {
    /// Its name on the command line.
    pub name: &'static str,
    /// What a row of the table says of it.
    pub what: &'static str,
    /// Records, or lines of a log, of the large one; the small one has a tenth.
    pub records: usize,
    make: fn(usize) -> Vec<Value>,
}

/// All shapes; the first is the usual one.
pub const SHAPES: [Shape; 6] = [
    Shape {
        name: "organisation",
        what: "1,000 servers, 100 records of many kinds each",
        records: 100_000,
        make: organisation,
    },
    Shape { name: "to-one", what: "1,000 senders fail to one receiver", records: 20_000, make: to_one },
    Shape { name: "from-one", what: "one sender fails to 1,000 receivers", records: 20_000, make: from_one },
    Shape { name: "snapshots", what: "1,000 queues, each seen 100 times", records: 100_000, make: snapshots },
    Shape { name: "events", what: "100,000 events on one server", records: 100_000, make: events },
    Shape { name: "smtp-log", what: "100,000 lines of one protocol log", records: 100_000, make: smtp_log },
];

impl Shape {
    /// The input of a size in NDJSON.
    pub fn bytes(&self, records: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in (self.make)(records) {
            bytes.extend(record.to_string().bytes());
            bytes.push(b'\n');
        }
        bytes
    }
}

fn organisation(records: usize) -> Vec<Value> {
    let servers = records / 100;
    let mut out = Vec::new();
    (0..servers).for_each(|server| servers::records_of(server, servers, &mut out));
    assert_eq!(out.len(), records);
    out
}

/// An address of its own for each of many servers, of the network that is reserved for benchmarks.
fn address(server: usize) -> String {
    format!("198.18.{}.{}", server / 256, server % 256)
}

fn exchange_server(server: usize) -> Value {
    let me = name(server);
    object(
        &me,
        "Microsoft.Exchange.Data.Directory.Management.ExchangeServer",
        json!({"Name": me,
        "Fqdn": format!("{me}.contoso.com"), "Site": "contoso.com/Configuration/Sites/Branch", "ServerRole": "Mailbox",
        "AdminDisplayVersion": "Version 15.1 (Build 2375.7)", "IsEdgeServer": false, "IsHubTransportServer": true}),
    )
}

fn stuck_queue(server: usize, to: usize, number: usize) -> Value {
    let me = name(server);
    object(
        &me,
        "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo",
        json!({"Identity": format!("{me}\\{number}"),
        "DeliveryType": "SmtpRelayToServers", "NextHopDomain": format!("EX{to}.contoso.com"), "Status": "Retry",
        "MessageCount": number, "NextHopCategory": "Internal", "LastError": FAILED}),
    )
}

fn event(server: usize, number: usize, id: usize, provider: &str, strings: Value) -> Value {
    let full = format!("{}.contoso.com", name(server));
    object(
        &full,
        "System.Diagnostics.Eventing.Reader.EventLogRecord",
        json!({"Id": id, "ProviderName": provider, "MachineName": full,
        "TimeCreated": format!("2026-11-20T{:02}:{:02}:{:02}Z", number / 3600 % 24, number / 60 % 60, number % 60),
        "LevelDisplayName": "Warning", "Properties": strings}),
    )
}

fn refused(server: usize, number: usize, from: usize) -> Value {
    let connector = format!("Default {}", name(server));
    event(
        server,
        number,
        1035,
        "MSExchangeTransport",
        json!(["LogonDenied", connector, "ExchangeAuth", address(from)]),
    )
}

fn clock(server: usize, of: usize) -> Value {
    let peer = format!("EX{of}.contoso.com");
    let row = "+00.0200000s";
    text(&name(server), &format!("w32tm /stripchart /computer:{peer} /samples:2 /dataonly"), format!(
        "Tracking {peer} [{}]:123.\r\nCollecting 2 samples.\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n10:14:00, {row}\r\n10:14:02, {row}\r\n",
        address(of)))
}

fn resolved(server: usize) -> Value {
    let full = format!("{}.contoso.com", name(server));
    object(
        &name(server),
        "Microsoft.DnsClient.Commands.DnsRecord_A",
        json!({"Name": full, "Type": "A", "IPAddress": address(server)}),
    )
}

fn tcp(server: usize, to: usize, port: u16) -> Value {
    let peer = format!("EX{to}.contoso.com");
    object(
        &name(server),
        "NetConnectionResults",
        json!({"ComputerName": peer, "RemotePort": port, "TcpTestSucceeded": true}),
    )
}

fn member(server: usize) -> Value {
    json!({"schema": "exauth.record/1", "from": "Get-ADGroupMember \"Exchange Servers\"", "type": ["Microsoft.ActiveDirectory.Management.ADPrincipal"],
        "properties": {"name": name(server), "SamAccountName": format!("{}$", name(server)), "objectClass": "computer"}})
}

fn hotfix(server: usize, number: usize) -> Value {
    object(
        &name(server),
        "System.Management.ManagementObject#root\\cimv2\\Win32_QuickFixEngineering",
        json!({"HotFixID": format!("KB50{number:05}"),
        "CSName": name(server), "InstalledOn": "2026-01-14T00:00:00Z", "Description": "Security Update"}),
    )
}

/// Twenty records for each of many servers that fail with the server 0: towards it, or from it.
fn star(records: usize, inward: bool) -> Vec<Value> {
    let mut out = Vec::new();
    for other in 1..=records / 20 {
        let (from, to) = if inward { (other, 0) } else { (0, other) };
        out.extend([exchange_server(other), resolved(other), member(other)]);
        out.extend([clock(from, to), tcp(from, to, 25), tcp(other, 0, 88)]);
        out.extend((0..3).map(|at| stuck_queue(from, to, other * 3 + at)));
        out.extend((0..3).map(|at| refused(to, other * 3 + at, from)));
        out.push(event(
            from,
            other,
            4,
            "Microsoft-Windows-Security-Kerberos",
            json!(["ex0$", "CONTOSO.COM", format!("SMTPSVC/EX{to}.contoso.com")]),
        ));
        out.push(text(&name(other), &format!("setspn -L EX{other}"), format!(
            "Registered ServicePrincipalNames for CN=EX{other},CN=Computers,DC=contoso,DC=com:\r\n\tHOST/EX{other}\r\n\tSMTPSVC/EX{other}.contoso.com\r\n")));
        out.extend((0..4).map(|at| hotfix(other, at)));
        out.extend([session_text(to, from, other), object(&name(other), "Microsoft.Exchange.Data.Directory.Management.ClientAccessServer",
            json!({"Name": name(other), "Fqdn": format!("{}.contoso.com", name(other)), "AlternateServiceAccountConfiguration": "<Not set>"}))]);
    }
    out.push(exchange_server(0));
    out.push(resolved(0));
    out
}

fn to_one(records: usize) -> Vec<Value> {
    star(records, true)
}

fn from_one(records: usize) -> Vec<Value> {
    star(records, false)
}

/// A tenth of the records are queues' servers in a ring; every queue is seen a hundred times.
fn snapshots(records: usize) -> Vec<Value> {
    let servers = records / 100;
    let mut out: Vec<Value> = (0..servers).map(exchange_server).collect();
    for _ in 1..100 {
        out.extend((0..servers).map(|server| stuck_queue(server, (server + 1) % servers, server)));
    }
    out
}

/// A server whose log is full of failures with eight others.
fn events(records: usize) -> Vec<Value> {
    let mut out: Vec<Value> = (0..9).flat_map(|server| [exchange_server(server), resolved(server)]).collect();
    while out.len() < records {
        let number = out.len();
        let peer = number % 8 + 1;
        out.push(match number % 5 {
            0 => event(
                0,
                number,
                4,
                "Microsoft-Windows-Security-Kerberos",
                json!([format!("ex{peer}$"), "CONTOSO.COM", format!("SMTPSVC/EX{peer}.contoso.com")]),
            ),
            1 => event(
                0,
                number,
                40960,
                "LsaSrv",
                json!([format!("SMTPSVC/EX{peer}.contoso.com"), "0xc000005e"]),
            ),
            2 => event(
                0,
                number,
                2017,
                "MSExchangeTransport",
                json!([
                    format!("EX{peer}.contoso.com"),
                    "KdcNotFound",
                    format!("SMTPSVC/EX{peer}.contoso.com"),
                    "Intra-Organization SMTP Send Connector"
                ]),
            ),
            _ => refused(0, number, peer),
        });
    }
    out
}

const LOG_HEADER: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

/// Seven lines of a receive log: a session in which a server is refused.
fn log_session(out: &mut String, to: usize, from: usize, number: usize) {
    let (me, peer) = (name(to), name(from));
    let said = [
        ("+", String::new()),
        (">", format!("\"220 {me}.contoso.com Microsoft ESMTP MAIL Service ready at Fri, 20 Nov 2026 09:20:11 +0100\"")),
        ("<", format!("EHLO {peer}.contoso.com")),
        (">", format!("250  {me}.contoso.com Hello [{}] SIZE 37748736 X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME", address(from))),
        ("<", "X-EXPS GSSAPI".to_owned()),
        (">", "454 4.7.0 Temporary authentication failure".to_owned()),
        ("-", String::new()),
    ];
    for (at, (event, data)) in said.iter().enumerate() {
        let _ = write!(out, "2026-11-20T08:{:02}:{:02}.209Z,{me}\\Default {me},08CD{number:012X},{at},[{}]:25,[{}]:31877,{event},{data},\r\n",
            number / 60 % 60, number % 60, address(to), address(from));
    }
}

fn session_text(to: usize, from: usize, number: usize) -> Value {
    let mut log = LOG_HEADER.to_owned();
    log_session(&mut log, to, from, number);
    text(&name(to), "SmtpReceive", log)
}

/// One log of a server, with sessions of a hundred senders whose queues are stuck.
fn smtp_log(lines: usize) -> Vec<Value> {
    let sessions = lines / 7;
    let mut out = vec![exchange_server(0)];
    for sender in 1..=100 {
        out.extend([exchange_server(sender), resolved(sender), stuck_queue(sender, 0, sender)]);
    }
    let mut log = LOG_HEADER.to_owned();
    (0..sessions).for_each(|number| log_session(&mut log, 0, number % 100 + 1, number));
    out.push(text(&name(0), "SmtpReceive", log));
    out
}
