//! repadmin, the replication cmdlets, secure channels, klist and services.
use super::{lines, object, one, read};

const REPL: &str = "Hauptsitz\\DC1\nDSA-Optionen: IS_GC\nStandortoptionen: (none)\nDSA-Objekt-GUID: 06e5abd7-d259-4385-ab9e-e1d5a22de5d1\n\n\
    ==== EINGEHENDE NACHBARN ======================================\n\nDC=contoso,DC=com\n    Branch Office\\DC2 über RPC\n        \
    DSA-Objekt-GUID: eb572b26-e3df-40f2-b5e7-cd88d07ad9bb\n        Letzter Versuch am 2026-10-01 10:00:00 fehlgeschlagen, Ergebnis -2146893022 (0x80090322):\n            \
    Der Zielprinzipalname ist falsch.\n        12 aufeinander folgende Fehler.\n        Letzter Erfolg um 2026-09-01 09:00:00.\n    \
    Hauptsitz\\DC3 über RPC\n        DSA-Objekt-GUID: eb572b26-e3df-40f2-b5e7-cd88d07ad9bc\n        Letzter Versuch am 2026-10-01 10:05:00 war erfolgreich.\n\n\
    ==== AUSGEHENDE NACHBARN ========================\n\nDC=contoso,DC=com\n    Hauptsitz\\DC9 über RPC\n        Letzter Versuch am 2026-10-01 10:05:00 war erfolgreich.\n";

#[test]
fn links_are_read_in_any_language_and_only_inbound_ones() {
    for from in ["repadmin /showrepl", ""] {
        let all = read(from, REPL);
        assert_eq!(all.len(), 2);
        assert_eq!(
            lines(&all[0].1),
            [
                "replication.destination=DC1",
                "replication.source=DC2",
                "replication.naming_context=DC=contoso,DC=com",
                "replication.last_success=2026-09-01 09:00:00",
                "replication.last_failure=2026-10-01 10:00:00",
                "replication.failures=12",
                "replication.status=2148074274",
            ]
        );
        assert_eq!(all[1].1.number("replication.status"), Some(0.0));
        assert_eq!(all[1].1.text("replication.source"), Some("DC3"));
    }
}

#[test]
fn rows_of_csv_survive_a_narrow_console_and_a_lost_header() {
    let row = "showrepl_INFO,Hauptsitz,DC1,\"DC=contoso,DC=com\",Hauptsitz,DC2,RPC,7,2026-10-01 10:00:00,2026-09-01 10:00:00,1722";
    let (left, right) = row.split_at(80);
    let error = "showrepl_ERROR,Branch,DC4,,,,,,,,58";
    for text in
        [format!("{row}\n{error}\n"), format!("{left}\r\n{right}\r\n{error}\r\nRepadmin: running\r\n")]
    {
        let all = read("repadmin /showrepl * /csv", &text);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].1.number("replication.status"), Some(1722.0));
        assert_eq!(all[0].1.number("replication.failures"), Some(7.0));
        assert_eq!(all[1].1.flag("replication.unreachable"), Some(true));
        assert_eq!(all[1].1.text("replication.destination"), Some("DC4"));
    }
}

#[test]
fn a_summary_lists_who_fails_and_who_could_not_be_asked() {
    let text = "Source DSA          largest delta    fails/total %%   error\n DC1                   >60 days    5 /  10   50  (8614) text\n \
                DC2            01d.04h:33m:54s    0 /   5    0\n DC3                 (unknown)    1 /   1  100  (1722) text\n\n\
                Ziel-DSA   Delta  Fehler/gesamt %%   Fehler\n DC2                       :42s    5 /   5  100  (2148074274) text\n\n\
                Folgende Betriebsfehler:\n          58 - dc4.contoso.com\n        8341 - dc5.contoso.com\n";
    for from in ["repadmin /replsummary", "repadmin /replsum /bysrc /bydest", ""] {
        assert_eq!(
            lines(&one(from, text)),
            [
                "replication_summary.rows=4",
                "replication_summary.failing=[source|DC1|5|10|8614; source|DC3|1|1|1722; destination|DC2|5|5|2148074274]",
                "replication_summary.operational_errors=[58|dc4.contoso.com; 8341|dc5.contoso.com]",
            ]
        );
    }
}

#[test]
fn objects_of_the_replication_cmdlets_give_the_same_facts() {
    let (kind, table) = object(
        r#"{"type":["Microsoft.ActiveDirectory.Management.ADReplicationPartnerMetadata"],"properties":{"Server":"dc1.contoso.com",
        "Partner":"CN=NTDS Settings,CN=DC2,CN=Servers,CN=Main,CN=Sites,CN=Configuration,DC=contoso,DC=com","PartnerType":"Inbound",
        "Partition":"DC=contoso,DC=com","LastReplicationResult":-2146893022,"ConsecutiveReplicationFailures":3,"LastReplicationSuccess":"2026-09-01T10:00:00Z"}}"#,
    );
    assert_eq!(kind, "replication-link");
    assert_eq!(table.text("replication.source"), Some("DC2"));
    assert_eq!(table.number("replication.status"), Some(2_148_074_274.0));
    let (kind, table) = object(
        r#"{"Server":"dc1.contoso.com","Partner":"DC2","FailureCount":4,"LastError":1722,"FailureType":"Link"}"#,
    );
    assert_eq!((kind, table.number("replication.failures")), ("replication-link", Some(4.0)));
    let (kind, table) = object(
        r#"{"showrepl_COLUMNS":"showrepl_INFO","Destination DSA":"DC1","Naming Context":"DC=contoso,DC=com","Source DSA":"DC2",
        "Number of Failures":"0","Last Failure Time":"0","Last Success Time":"2026-09-01 10:00:00","Last Failure Status":"0"}"#,
    );
    assert_eq!(kind, "replication-link");
    assert_eq!(table.number("replication.status"), Some(0.0));
    assert_eq!(table.text("replication.last_failure"), None);
}

#[test]
fn success_words_behind_a_broken_channel_are_not_believed() {
    let text = "Flags: 0\nName \nVerbindungsstatus = 1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT\nPrüfung = 1787 0x6fb ERROR_NO_TRUST_SAM_ACCOUNT\nDer Befehl wurde ausgeführt.\n";
    let table = one("nltest /sc_verify:contoso.com", text);
    assert_eq!(
        lines(&table),
        [
            "secure_channel.ok=False",
            "secure_channel.account_refused=True",
            "secure_channel.domain=contoso.com",
            "secure_channel.status=1787",
            "secure_channel.verified=True"
        ]
    );
}

#[test]
fn a_channel_is_good_only_when_its_check_is_good_too() {
    let text = "Flags: b0\nDC \\\\dc1.contoso.com\nStatus = 0 0x0 NERR_Success\nStatus = 5 0x5 ERROR_ACCESS_DENIED\n";
    let table = one("nltest /server:EX2 /sc_verify:contoso.com", text);
    assert_eq!(
        (table.flag("secure_channel.ok"), table.number("secure_channel.status")),
        (Some(false), Some(5.0))
    );
    assert_eq!(table.text("secure_channel.dc"), Some("dc1.contoso.com"));
}

#[test]
fn a_cached_state_is_not_called_verified() {
    let text = "Flags: 30 HAS_IP\nName \\\\dc1.contoso.com\nStatus = 0 0x0 NERR_Success\n";
    assert_eq!(one("nltest /sc_query:contoso.com", text).flag("secure_channel.verified"), Some(false));
}

#[test]
fn a_domain_that_is_not_found_is_no_broken_channel() {
    let text = "Getting DC name failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\n";
    for from in ["nltest /dsgetdc:contoso.com", ""] {
        assert_eq!(read(from, text)[0].0, "tool-error");
    }
}

#[test]
fn the_boolean_of_a_channel_test_is_read_with_its_sentence() {
    let table = one("Test-ComputerSecureChannel", "False\n");
    assert_eq!(
        lines(&table),
        ["secure_channel.ok=False", "secure_channel.account_refused=True", "secure_channel.verified=True"]
    );
    let text = "AUSFÜHRLICH: Test-ComputerSecureChannel ...\nTrue\nAUSFÜHRLICH: \"Der sichere Kanal zwischen 'EX2' und 'contoso.com' ...\"\n";
    let records = exauth::tool::read_text(None, None, None, text);
    assert_eq!(records[0].computer.as_deref(), Some("EX2"));
}

#[test]
fn netdom_without_a_controller_is_a_failure() {
    let good = one("netdom verify EX2 /domain:contoso.com", "Der Kanal ... ist mit \\\\dc1.contoso.com.\n");
    assert_eq!(
        (good.flag("secure_channel.ok"), good.text("secure_channel.dc")),
        (Some(true), Some("dc1.contoso.com"))
    );
    let bad =
        one("netdom verify EX2 /domain:contoso.com", "Der sichere Kanal von EX2 ist nicht in Ordnung.\n");
    assert_eq!(bad.flag("secure_channel.ok"), Some(false));
}

#[test]
fn tickets_and_failures_of_klist_are_told_apart() {
    let text = "ID 0:0x3e7\n\n(1)\n\n#0>\tKlient: EX1$ @ CONTOSO.COM\n\tSerwer: SMTPSVC/EX2 @ CONTOSO.COM\n\tSzyfrowanie: RSADSI RC4-HMAC(NT)\n\t\
                Flagi 0x40e10000 -> forwardable\n\tStart: 1/2/2026 1:00:00 (x)\n\tKoniec: 1/2/2026 11:00:00 (x)\n\t: 0\n";
    let table = one("klist -li 0x3e7", text);
    assert_eq!(
        table.list("kerberos_tickets.tickets").unwrap(),
        ["SMTPSVC/EX2|RSADSI RC4-HMAC(NT)|1/2/2026 11:00:00"]
    );
    let text = "LsaCallAuthenticationPackage (GetTicket substatus): 1312\n\nklist: 0xc000005f/-1073741729\n";
    let table = one("klist get HTTP/mail.contoso.com", text);
    assert_eq!(table.text("tool.error_code"), Some("0xC000005F"));
    assert_eq!(table.text("tool.error_substatus"), Some("0x520"));
    assert_eq!(table.text("tool.spn"), Some("HTTP/mail.contoso.com"));
    assert!(read("klist", "Ticket cache: FILE:/tmp/krb5cc_0\nDefault principal: a@CONTOSO.COM\n").is_empty());
}

#[test]
fn a_service_is_read_from_text_and_from_bare_numbers() {
    let text = "SERVICE_NAME: kdc\n        TYPE     : 20  WIN32_SHARE_PROCESS\n        STATUS   : 1  STOPPED\n        WIN32_EXIT_CODE    : 1077  (0x435)\n";
    let table = one("sc.exe \\\\DC1 query kdc", text);
    assert_eq!(
        lines(&table),
        ["service.name=kdc", "service.computer=DC1", "service.running=False", "service.kdc_stopped=True"]
    );
    let (kind, table) = object(
        r#"{"Name":"Kdc","MachineName":"dc1.contoso.com","ServiceName":"Kdc","Status":1,"StartType":4}"#,
    );
    assert_eq!(kind, "service-state");
    assert_eq!(
        lines(&table),
        [
            "service.name=Kdc",
            "service.computer=dc1.contoso.com",
            "service.running=False",
            "service.kdc_stopped=True",
            "service.disabled=True"
        ]
    );
}
