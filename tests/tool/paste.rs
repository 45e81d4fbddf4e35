//! Console pastes with several commands, and texts that are no output at all.
use super::read;

#[test]
fn a_console_paste_gives_the_results_of_all_its_commands() {
    let text = "C:\\>setspn -L EX2\nRegistered for CN=EX2,DC=contoso,DC=com:\n\tHTTP/EX2\n\nC:\\>w32tm /stripchart /computer:EX2 /dataonly\n\
                Tracking EX2 [192.0.2.2:123].\n10:00:00, +00.0100000s\n[EX2]: PS C:\\> Test-NetConnection dc1 -Port 88\n\nComputerName     : dc1\n\
                RemoteAddress    : 192.0.2.10\nRemotePort       : 88\nTcpTestSucceeded : True\n\n[EX2]: PS C:\\> Get-Queue\nIdentity : EX2\\1\n";
    let records = exauth::tool::read_text(None, Some("EX1"), Some("2026-11-20T09:00:00Z"), text);
    let seen: Vec<_> = records
        .iter()
        .map(|r| (r.types[0].as_ref(), r.from.as_deref().unwrap(), r.computer.as_deref().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("ExAuth.SpnList", "setspn -L EX2", "EX1"),
            ("ExAuth.ClockOffset", "w32tm /stripchart /computer:EX2 /dataonly", "EX1"),
            ("ExAuth.PortTest", "Test-NetConnection dc1 -Port 88", "EX2"),
        ]
    );
    assert!(records.iter().all(|r| r.collected.as_deref() == Some("2026-11-20T09:00:00Z")));
}

#[test]
fn a_script_without_echoes_gives_all_its_parts() {
    let text = "=== SPN ===\nRegistered ServicePrincipalNames for CN=EX2,DC=contoso,DC=com:\n\tHTTP/EX2\n\n=== Clock ===\n\
                Tracking dc1.contoso.com [192.0.2.10:123].\n10:00:00, +00.0100000s\n\nFlags: b0\nTrusted DC Name \\\\dc1.contoso.com\n\
                Status = 0 0x0 NERR_Success\nStatus = 0 0x0 NERR_Success\n";
    let kinds: Vec<_> = read("", text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["spn-list", "clock-offset", "secure-channel"]);
}

#[test]
fn a_message_is_no_output() {
    for text in [
        "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover",
        "Inbound authentication failed with error LogonDenied for Receive connector Default EX1.",
        "Please run setspn -L EX1 and w32tm /monitor on EX1 and tell us what DC=contoso,DC=com says.",
        "Server: EX1\nStatus: broken\n",
        "True",
        "",
        // A row that lost a cell is of no form that one could tell.
        "2026-10-03 10:00:00 192.0.2.5 GET /owa - 443 - 192.0.2.6 - 401 1 15",
    ] {
        assert!(read("", text).is_empty(), "{text}");
        assert!(read("mail from a colleague", text).is_empty(), "{text}");
    }
}

#[test]
fn a_row_of_iis_needs_no_head_in_either_usual_form() {
    for text in [
        "2026-10-03 10:00:00 192.0.2.5 GET /owa - 443 - 192.0.2.6 - 401 1 2148074254 15",
        "2026-10-03 10:00:00 192.0.2.5 GET /owa - 443 - 192.0.2.6 Mozilla/5.0 - 401 1 2148074254 15",
    ] {
        let records = read("", text);
        assert_eq!(records.len(), 1, "{text}");
        assert_eq!(
            records[0].1.list("web_log.refused").unwrap(),
            ["192.0.2.6|owa|401.1|2148074254|1"],
            "{text}"
        );
    }
}

#[test]
fn a_quoted_mail_is_read_like_its_text() {
    let text = "> C:\\>setspn -X\n> Processing entry 0\n> found 0 group of duplicate SPNs.\n";
    assert_eq!(read("", text).len(), 1);
}

#[test]
fn the_name_of_a_tool_alone_is_enough() {
    for (tool, text, kind) in [
        ("w32tm", "10:00:00, +00.0100000s", "clock-offset"),
        ("w32tm.exe", "dc1.contoso.com[192.0.2.1:123]:\n NTP: +0.0000000s x dc1.contoso.com", "clock-offset"),
        ("nltest", "Name \\\\dc1.contoso.com\nStatus = 0 0x0 NERR_Success\n", "secure-channel"),
        ("netdom", "... \\\\dc1.contoso.com.\n", "secure-channel"),
        ("reg", "HKEY_LOCAL_MACHINE\\X\n    A    REG_SZ    b\n", "registry-values"),
        ("sc", "SERVICE_NAME: kdc\n    STATE : 4  RUNNING\n", "service-state"),
        ("setspn", "SPNs for CN=EX1,DC=contoso,DC=com:\n\tHTTP/EX1\n", "spn-list"),
        ("repadmin", "showrepl_ERROR,Main,DC4,,,,,,,,58\n", "replication-link"),
        ("portqry", "TCP port 88 (kerberos service): LISTENING\n", "port-test"),
        (
            "nslookup",
            "Server: dc1.contoso.com\nAddress: 192.0.2.1\nName: ex1.contoso.com\nAddress: 192.0.2.2",
            "dns-answer",
        ),
    ] {
        assert!(exauth::tool::is_known(tool), "{tool}");
        assert_eq!(read(tool, text).first().map(|(kind, _)| *kind), Some(kind), "{tool}");
    }
    assert!(exauth::tool::TOOLS.iter().all(|tool| exauth::tool::is_known(tool)));
    assert!(!exauth::tool::is_known("Get-Queue"));
}
