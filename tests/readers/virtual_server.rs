//! SMTP virtual servers of Exchange 2003, from the metabase.
use super::support::*;
use super::{lines, read, text, verdict_of};
use serde_json::{json, Value};

const REFUSED: &str = "smtp-auth-refused";

/// `adsutil.vbs enum`: 32 columns for the name; lists have their items below and a blank line behind.
pub fn server(name: &str, binding: &str) -> String {
    format!(
        "Microsoft (R) Windows Script Host Version 5.6\r\nCopyright (C) Microsoft Corporation 1996-2001. All rights reserved.\r\n\r\n\
         KeyType                         : (STRING) \"IIsSmtpServer\"\r\n\
         ServerState                     : (INTEGER) 2\r\n\
         ServerComment                   : (STRING) \"Partner SMTP\"\r\n\
         ServerBindings                  : (LIST) (1 Items)\r\n  \"{binding}\"\r\n\r\n\
         SecureBindings                  : (LIST) (0 Items)\r\n\r\n\
         FullyQualifiedDomainName        : (STRING) \"{name}\"\r\n\
         AuthFlags                       : (INTEGER) 7\r\n\
         [/SmtpSvc/2/Info]\r\n[/SmtpSvc/2/Domain]\r\n\r\n"
    )
}

pub const COMMAND: &str = "cscript adsutil.vbs enum SmtpSvc/2";

#[test]
fn a_virtual_server_is_read_as_the_script_prints_it() {
    let shown = server("partner.contoso.com", "192.0.2.12:25:");
    let [(kind, computer, facts)] = &read(COMMAND, &shown)[..] else { panic!("one record") };
    assert_eq!((*kind, computer), ("smtp-virtual-server", &None));
    assert_eq!(
        lines(facts),
        [
            "smtp_virtual_server.path=SmtpSvc/2",
            "smtp_virtual_server.name=Partner SMTP",
            "smtp_virtual_server.fqdn=partner.contoso.com",
            "smtp_virtual_server.bindings=[192.0.2.12:25]",
            "smtp_virtual_server.windows_authentication=True",
        ]
    );
    // A prompt says the command; without any the node itself says what it is.
    let pasted = format!("this is what I get:\n\nC:\\Inetpub\\AdminScripts>{COMMAND}\n{shown}");
    assert_eq!(read("", &pasted)[0].2.text("smtp_virtual_server.path"), Some("SmtpSvc/2"));
    let bare = read("", &shown);
    assert_eq!((bare.len(), bare[0].2.text("smtp_virtual_server.fqdn")), (1, Some("partner.contoso.com")));
    assert_eq!(bare[0].2.text("smtp_virtual_server.path"), None);
}

#[test]
fn the_machine_is_the_one_that_the_command_names() {
    for command in
        ["cscript adsutil.vbs enum SmtpSvc/2 -s:EX1", "cscript.exe //nologo adsutil.vbs enum EX1/SmtpSvc/2"]
    {
        let all = read(command, &server("partner.contoso.com", ":25:"));
        assert_eq!(all[0].1.as_deref(), Some("EX1"), "{command}");
        assert_eq!(all[0].2.text("smtp_virtual_server.path"), Some("SmtpSvc/2"), "{command}");
    }
    assert_eq!(read("cscript adsutil.vbs enum LM/SmtpSvc/2", &server("a.contoso.com", ":25:"))[0].1, None);
}

#[test]
fn one_property_and_a_whole_tree_are_read_by_their_paths() {
    let get = "FullyQualifiedDomainName        : (STRING) \"partner.contoso.com\"\r\n";
    let facts = &read("cscript adsutil.vbs get SmtpSvc/2/FullyQualifiedDomainName", get)[0].2;
    assert_eq!(
        lines(facts),
        ["smtp_virtual_server.path=SmtpSvc/2", "smtp_virtual_server.fqdn=partner.contoso.com"]
    );
    // What stands at the service itself is no virtual server's own.
    assert!(read("cscript adsutil.vbs get SmtpSvc/FullyQualifiedDomainName", get).is_empty());
    let tree = format!(
        "KeyType                         : (STRING) \"IIsSmtpService\"\n[/SmtpSvc/Info]\nKeyType                         : (STRING) \"IIsSmtpInfo\"\n\
         [/SmtpSvc/1]\n{}[/SmtpSvc/2]\n{}",
        server("ex1.contoso.com", "192.0.2.11:25:"),
        server("partner.contoso.com", "192.0.2.12:25:")
    );
    let all = read("cscript adsutil.vbs enum_all SmtpSvc", &tree);
    let seen: Vec<_> = all
        .iter()
        .map(|(_, _, facts)| (facts.text("smtp_virtual_server.path"), facts.text("smtp_virtual_server.fqdn")))
        .collect();
    assert_eq!(
        seen,
        [(Some("SmtpSvc/1"), Some("ex1.contoso.com")), (Some("SmtpSvc/2"), Some("partner.contoso.com"))]
    );
}

#[test]
fn a_name_that_was_cut_or_wrapped_is_no_other_name() {
    // A value without its end is not the value.
    let cut = "KeyType                         : (STRING) \"IIsSmtpServer\"\nFullyQualifiedDomainName        : (STRING) \"partner.contos";
    assert!(read(COMMAND, cut).is_empty());
    let name = "a-rather-long-name-of-a-server.partners.emea.contoso.com";
    let line = format!("FullyQualifiedDomainName        : (STRING) \"{name}\"");
    let (left, right) = line.split_at(80);
    let facts = &read(COMMAND, &format!("{left}\r\n{right}\r\n"))[0].2;
    assert_eq!(facts.text("smtp_virtual_server.fqdn"), Some(name));
}

#[test]
fn what_a_german_system_prints_of_yes_and_no_is_read() {
    let of = |lines: &str| read(COMMAND, lines)[0].2.flag("smtp_virtual_server.windows_authentication");
    assert_eq!(of("AuthNTLM                        : (BOOLEAN) Falsch\n"), Some(false));
    assert_eq!(of("AuthNTLM                        : (BOOLEAN) True\n"), Some(true));
    // The bit counts before a word that nobody here knows.
    assert_eq!(
        of("AuthFlags                       : (INTEGER) 4\nAuthNTLM                        : (BOOLEAN) Igen\n"),
        Some(true)
    );
    assert!(read(COMMAND, "AuthNTLM                        : (BOOLEAN) Igen\n").is_empty());
}

#[test]
fn the_web_service_and_the_mail_service_are_not_mixed_up() {
    // The mail service lists packages of its own under the name that the web service uses, too.
    let mail = format!(
        "{}NTAuthenticationProviders       : (STRING) \"GSSAPI,NTLM\"\n",
        server("ex1.contoso.com", ":25:")
    );
    assert!(read("", &mail).iter().all(|(kind, ..)| *kind == "smtp-virtual-server"));
    let web = "KeyType                         : (STRING) \"IIsWebServer\"\nNTAuthenticationProviders       : (STRING) \"NTLM\"\nServerBindings                  : (LIST) (1 Items)\n  \":80:\"\n";
    for from in ["cscript adsutil.vbs enum w3svc/1", ""] {
        assert!(read(from, web).iter().all(|(kind, ..)| *kind == "iis-config"), "{from}");
        assert_eq!(read(from, web).len(), 1, "{from}");
    }
}

/// Event 7004 of EX2: it called a name, and was refused.
pub fn refused(name: &str) -> Value {
    json!({"computer": "EX2", "type": ["System.Diagnostics.EventLogEntry"], "properties": {
        "EventID": 7004, "Source": "MSExchangeTransport", "MachineName": "EX2.contoso.com",
        "Message": format!("This is an SMTP protocol error log for virtual server ID 1, connection #44. The remote host \"{name}\", responded to the SMTP command \"x-exps\" with \"535\". The full command sent was \"X-EXPS\". This will probably cause the connection to fail.")}})
}

pub fn spns(account: &str, names: &[&str]) -> Value {
    let mut listed =
        format!("Registered ServicePrincipalNames for CN={account},CN=Computers,DC=contoso,DC=com:\r\n");
    for name in names {
        listed.push_str(&format!("\tSMTPSVC/{name}\r\n\tSMTP/{name}\r\n\tHOST/{name}\r\n"));
    }
    text(&format!("setspn -L {account}"), "EX2", &listed)
}

fn own_names() -> Value {
    spns("EX1", &["EX1", "ex1.contoso.com"])
}

fn virtual_server(number: u8, name: &str) -> Value {
    text(&format!("cscript adsutil.vbs enum SmtpSvc/{number}"), "EX1", &server(name, ":25:"))
}

#[test]
fn a_name_that_was_asked_for_and_is_not_on_the_account_is_missing() {
    let report = analyze(&[
        refused("partner.contoso.com"),
        virtual_server(1, "ex1.contoso.com"),
        virtual_server(2, "partner.contoso.com"),
        own_names(),
    ]);
    assert_eq!(verdict_of(&report, REFUSED, "spn-missing"), "confirmed");
    let causes = report["diagnoses"][0]["causes"][0].to_string();
    assert!(causes.contains("setspn -S SMTPSVC/partner.contoso.com ex1"), "{causes}");
    assert!(causes.contains("SMTPSVC/partner.contoso.com"), "{causes}");
    // Registered, it is not.
    let registered = spns("EX1", &["EX1", "ex1.contoso.com", "partner.contoso.com"]);
    let report =
        analyze(&[refused("partner.contoso.com"), virtual_server(2, "partner.contoso.com"), registered]);
    assert_eq!(verdict_of(&report, REFUSED, "spn-missing"), "ruled_out");
}

#[test]
fn a_name_that_nobody_asked_for_says_nothing() {
    let servers = [virtual_server(1, "ex1.contoso.com"), virtual_server(2, "partner.contoso.com")];
    let with = |asked: &str| {
        let mut records = vec![refused(asked), own_names()];
        records.extend(servers.iter().cloned());
        verdict_of(&analyze(&records), REFUSED, "spn-missing")
    };
    assert_eq!(with("ex1.contoso.com"), "ruled_out");
    assert_eq!(with("partner.contoso.com"), "confirmed");
    // A virtual server with the machine's own name adds nothing.
    let plain = analyze(&[refused("ex1.contoso.com"), own_names()]);
    let named = analyze(&[refused("ex1.contoso.com"), own_names(), virtual_server(1, "ex1.contoso.com")]);
    assert_eq!(plain["diagnoses"][0]["causes"], named["diagnoses"][0]["causes"]);
}

#[test]
fn a_name_is_only_one_machines_and_not_a_clusters() {
    let asked = refused("mail.contoso.com");
    let elsewhere = text("cscript adsutil.vbs enum SmtpSvc/1", "EX3", &server("mail.contoso.com", ":25:"));
    // Two machines that greet by the public name: nobody knows which was asked.
    let report = analyze(&[asked.clone(), virtual_server(1, "mail.contoso.com"), elsewhere, own_names()]);
    assert_ne!(verdict_of(&report, REFUSED, "spn-missing"), "confirmed");
    // A cluster's name has an account of its own.
    let clustered = server("mail.contoso.com", "192.0.2.20:25:")
        .replace("AuthFlags ", "ClusterEnabled                  : (BOOLEAN) True\r\nAuthFlags ");
    let report = analyze(&[asked.clone(), text(COMMAND, "EX1", &clustered), own_names()]);
    assert_ne!(verdict_of(&report, REFUSED, "spn-missing"), "confirmed");
    // So has another machine whose name it is.
    let machine = spns("MAIL", &["MAIL", "mail.contoso.com"]);
    let report = analyze(&[asked.clone(), virtual_server(2, "mail.contoso.com"), own_names(), machine]);
    assert_ne!(verdict_of(&report, REFUSED, "spn-missing"), "confirmed");
    // Nobody said on which machine it is.
    let unplaced = text(COMMAND, "", &server("mail.contoso.com", ":25:"));
    assert_ne!(verdict_of(&analyze(&[asked, unplaced, own_names()]), REFUSED, "spn-missing"), "confirmed");
}

#[test]
fn a_list_of_names_that_was_cut_proves_no_absence() {
    let cut = text(
        "setspn -L EX1 | findstr ex1",
        "EX2",
        "Registered ServicePrincipalNames for CN=EX1,CN=Computers,DC=contoso,DC=com:\r\n\tSMTPSVC/ex1.contoso.com\r\n",
    );
    let report = analyze(&[refused("partner.contoso.com"), virtual_server(2, "partner.contoso.com"), cut]);
    assert_ne!(verdict_of(&report, REFUSED, "spn-missing"), "confirmed");
}

#[test]
fn windows_authentication_of_the_virtual_server_that_was_asked_decides() {
    const TEMPORARY: &str = "smtp-temporary-auth-failure";
    let failed = json!({"computer": "EX2", "type": ["System.Diagnostics.EventLogEntry"], "properties": {
        "EventID": 1706, "Source": "MSExchangeTransport", "MachineName": "EX2.contoso.com",
        "Message": "EXPS is temporarily unable to provide protocol security with \"ex1.contoso.com\".  \"CSessionContext::OnEXPSInNegotiate\" called \"HrServerNegotiateAuth\" which failed with error code 0x8009030c ( f:\\tisp2\\context.cpp@1799 )."}});
    let with = |name: &str, flags: &str| {
        let shown = server(name, ":25:").replace("(INTEGER) 7", flags);
        let report = analyze(&[
            failed.clone(),
            own_names(),
            text("cscript adsutil.vbs enum SmtpSvc/1", "EX1", &shown),
        ]);
        verdict_of(&report, TEMPORARY, "windows-authentication-off")
    };
    assert_eq!(with("ex1.contoso.com", "(INTEGER) 3"), "likely");
    assert_eq!(with("ex1.contoso.com", "(INTEGER) 7"), "ruled_out");
    // Of another one it says nothing.
    assert_eq!(with("partner.contoso.com", "(INTEGER) 3"), with("partner.contoso.com", "(INTEGER) 7"));
}

#[test]
fn a_machine_that_calls_another_of_its_virtual_servers_calls_itself() {
    let mut own_call = refused("partner.contoso.com");
    own_call["computer"] = json!("EX1");
    own_call["properties"]["MachineName"] = json!("EX1.contoso.com");
    let listed = |names: &str| {
        let key = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0";
        let shown = format!("\r\n{key}\r\n    BackConnectionHostNames    REG_MULTI_SZ    {names}\r\n\r\n");
        text(
            "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0 /v BackConnectionHostNames",
            "EX1",
            &shown,
        )
    };
    let verdict = |records: &[Value]| verdict_of(&analyze(records), REFUSED, "loopback-check");
    let servers = virtual_server(2, "partner.contoso.com");
    assert_eq!(verdict(&[own_call.clone(), servers.clone(), listed("intranet.contoso.com")]), "likely");
    assert_eq!(verdict(&[own_call.clone(), servers.clone(), listed("partner.contoso.com")]), "unlikely");
    // Of two machines none calls itself.
    assert_eq!(verdict(&[refused("partner.contoso.com"), servers, own_names()]), "possible");
}

#[test]
fn healthy_virtual_servers_find_nothing() {
    let report = analyze(&[
        virtual_server(1, "ex1.contoso.com"),
        virtual_server(2, "partner.contoso.com"),
        own_names(),
    ]);
    assert_eq!((found(&report), report["diagnoses"].as_array().unwrap().len()), (Vec::<String>::new(), 0));
}
