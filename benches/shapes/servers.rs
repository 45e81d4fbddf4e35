//! The hundred records that one server of an organisation gives.

use super::address;
use serde_json::{json, Value};

pub(super) const FAILED: &str = "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.";

pub(super) fn name(server: usize) -> String {
    format!("EX{server}")
}

pub(super) fn object(computer: &str, kind: &str, properties: Value) -> Value {
    json!({"schema": "exauth.record/1", "computer": computer, "type": [kind], "properties": properties})
}

pub(super) fn text(computer: &str, from: &str, text: String) -> Value {
    json!({"schema": "exauth.record/1", "computer": computer, "from": from, "text": text})
}

/// One hundred records of a server among `servers`.
pub(super) fn records_of(server: usize, servers: usize, out: &mut Vec<Value>) {
    let me = name(server);
    let full = format!("{me}.contoso.com");
    let site = server / 10;
    let next = (server + 1) % servers;
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
    let peer = format!("EX{next}.contoso.com");
    // A tenth of the clocks is wrong.
    let offset = if server % 10 == 3 { 412.02 } else { 0.02 };
    let row = format!("{offset:+012.7}s");
    out.push(text(&me, &format!("w32tm /stripchart /computer:{peer} /samples:3 /dataonly"), format!(
        "Tracking {peer} [{}:123].\r\nCollecting 3 samples.\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n10:14:00, {row}\r\n10:14:02, {row}\r\n10:14:04, {row}\r\n",
        address(next))));
    out.push(object(
        &me,
        "Microsoft.DnsClient.Commands.DnsRecord_A",
        json!({"Name": full, "Type": "A", "IPAddress": address(server)}),
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
            // Never a neighbour, however many there are: the problems then grow as the records do.
            8 => (format!("EX{}.contoso.com", (server + servers / 2 + 3) % servers), "SmtpRelayToServers"),
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
                json!(["LogonDenied", format!("Default {me}"), "ExchangeAuth", address(from)]),
            ),
            1 => (37, "Microsoft-Windows-Time-Service", json!([format!("DC{site}.contoso.com")])),
            2 => (7036, "Service Control Manager", json!(["Windows Update", "running"])),
            _ => (1000 + number, "Some-Provider", json!(["one", "two"])),
        };
        out.push(object(&full, "System.Diagnostics.Eventing.Reader.EventLogRecord", json!({"Id": id, "ProviderName": provider, "MachineName": full,
            "TimeCreated": format!("2026-11-20T09:{:02}:00Z", number % 60), "LevelDisplayName": "Warning", "Properties": strings})));
    }
}
