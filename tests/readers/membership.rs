//! Who is in the group Exchange Servers, by net, dsget, gpresult and the directory's cmdlets.
use super::support::*;
use super::{lines, read, text, verdict_of};
use serde_json::{json, Value};

const REFUSED: &str = "smtp-auth-refused";
const CAUSE: &str = "exchange-servers-membership";

/// `net group`: names in columns of 25, dashes, a sentence.
pub fn net_group(members: &[&str], end: &str) -> String {
    let mut rows = String::new();
    for row in members.chunks(3) {
        rows.extend(row.iter().map(|name| format!("{name:<25}")));
        rows.push_str("\r\n");
    }
    format!(
        "The request will be processed at a domain controller for domain contoso.com.\r\n\r\nGroup name     Exchange Servers\r\n\
         Comment        This group contains all the Exchange servers. This group should not be deleted.\r\n\r\nMembers\r\n\r\n\
         -------------------------------------------------------------------------------\r\n{rows}{end}\r\n"
    )
}

pub const DONE: &str = "The command completed successfully.";
pub const NET: &str = "net group \"Exchange Servers\" /domain";

/// Accounts that a text says are in the group, and whether it is a list of all.
fn listed(from: &str, shown: &str) -> Vec<(String, Option<bool>)> {
    let of = |(kind, _, facts): (&'static str, Option<String>, exauth::fact::FactTable)| {
        assert_eq!(
            (kind, facts.flag("membership.in_exchange_servers")),
            ("group-membership", Some(true)),
            "{shown}"
        );
        (facts.text("membership.account").unwrap().to_owned(), facts.flag("membership.by_group"))
    };
    read(from, shown).into_iter().map(of).collect()
}

#[test]
fn the_columns_of_net_are_read_in_any_language() {
    let english = net_group(&["EX1$", "EX2$", "svc exchange", "A-LONG-NAME-15C$"], DONE);
    // The same shape with the words of a German system; no captured sample was found.
    let german = english
        .replace(
            "The request will be processed at a domain controller for domain",
            "Die Anforderung wird an einem Domänencontroller verarbeitet der Domäne",
        )
        .replace("Group name     ", "Gruppenname     ")
        .replace("Comment        ", "Beschreibung    ")
        .replace("Members", "Mitglieder")
        .replace(DONE, "Der Befehl wurde erfolgreich ausgeführt.");
    let expected: Vec<(String, Option<bool>)> =
        ["EX1$", "EX2$", "A-LONG-NAME-15C$"].iter().map(|name| ((*name).to_owned(), Some(true))).collect();
    for shown in [&english, &german] {
        assert_eq!(listed(NET, shown), expected, "{shown}");
        let pasted = format!("C:\\>{NET}\r\n{shown}\r\nC:\\>hostname\r\nEX1\r\n");
        assert_eq!(listed("", &pasted), expected);
        // Without its command the two lines round the first names tell it.
        assert_eq!(listed("", &format!("look at this:\n\n{shown}")), expected);
    }
    // A mail took the blanks behind the names.
    let trimmed: Vec<&str> = english.lines().map(str::trim_end).collect();
    assert_eq!(listed(NET, &trimmed.join("\n")), expected);
}

#[test]
fn a_list_that_net_did_not_end_is_a_part_of_one() {
    for end in ["", "...", "svc-mail", "The command completed with one or more errors."] {
        let all = listed(NET, &net_group(&["EX1$", "EX2$"], end));
        assert_eq!(all, [("EX1$".to_owned(), None), ("EX2$".to_owned(), None)], "{end}");
    }
    assert_eq!(
        listed(&format!("{NET} | findstr EX"), &net_group(&["EX1$"], DONE)),
        [("EX1$".to_owned(), None)]
    );
}

#[test]
fn other_lists_of_net_are_not_this_group() {
    let others = net_group(&["EX1$", "EX2$"], DONE).replace("Exchange Servers", "Domain Computers");
    for (_, _, facts) in read("net group \"Domain Computers\" /domain", &others) {
        assert_eq!(facts.flag("membership.in_exchange_servers"), None);
    }
    assert!(read("net user /domain", &net_group(&["Administrator", "Guest"], DONE)).is_empty());
    let used = "Status       Local     Remote                    Network\n\n-------------------------------------------------------------------------------\nOK                     \\\\EX1\\C$                 Microsoft Windows Network\nThe command completed successfully.\n";
    assert!(read("net use", used).is_empty(), "{:?}", read("net use", used));
    let shared = "\nShare name   Resource                        Remark\n\n-------------------------------------------------------------------------------\nC$           C:\\                             Default share\nIPC$                                         Remote IPC\nADMIN$       C:\\Windows                      Remote Admin\nThe command completed successfully.\n";
    for from in ["net share", ""] {
        assert!(read(from, shared).is_empty(), "{:?}", read(from, shared));
    }
}

pub const GPRESULT: &str = "\r\nRSOP data for CONTOSO\\admin on EX1 : Logging Mode\r\n-------------------------------------------------\r\n\r\nCOMPUTER SETTINGS\r\n------------------\r\n    CN=EX1,OU=Exchange,DC=contoso,DC=com\r\n\r\n    Applied Group Policy Objects\r\n    -----------------------------\r\n        Default Domain Policy\r\n\r\n    The computer is a part of the following security groups\r\n    -------------------------------------------------------\r\n        BUILTIN\\Administrators\r\n        Everyone\r\n        EX1$\r\n        Exchange Servers\r\n        Domain Computers\r\n\r\n\r\nUSER SETTINGS\r\n--------------\r\n    The user is a part of the following security groups\r\n    ---------------------------------------------------\r\n        Domain Users\r\n        Exchange Organization Administrators\r\n";

#[test]
fn the_groups_in_a_computers_token_are_a_whole_list() {
    for (from, shown) in [("gpresult /r", GPRESULT.to_owned()), ("", format!("C:\\>gpresult /r\n{GPRESULT}"))]
    {
        let [(_, _, facts)] = &read(from, &shown)[..] else { panic!("one list: {shown}") };
        assert_eq!(facts.text("membership.account"), Some("EX1$"));
        assert_eq!(facts.flag("membership.in_exchange_servers"), Some(true));
    }
    let without = GPRESULT.replace("        Exchange Servers\r\n", "");
    assert_eq!(read("gpresult /r", &without)[0].2.flag("membership.in_exchange_servers"), Some(false));
    // Cut off behind a group, filtered, and what a user has.
    let cut = without.split("        Domain Computers").next().unwrap();
    assert_eq!(read("gpresult /r", cut)[0].2.flag("membership.in_exchange_servers"), None);
    assert_eq!(
        read("gpresult /r | findstr /v xyz", &without)[0].2.flag("membership.in_exchange_servers"),
        None
    );
    let user = GPRESULT.split("USER SETTINGS").nth(1).unwrap();
    assert!(read("gpresult /r", user).is_empty());
}

#[test]
fn a_local_token_says_nothing_of_the_domains_groups() {
    let shown = "GROUP INFORMATION\n-----------------\n\nGroup Name                             Type             SID          Attributes\n====================================== ================ ============ ==================================================\nBUILTIN\\Administrators                 Alias            S-1-5-32-544 Enabled by default, Enabled group, Group owner\nEveryone                               Well-known group S-1-1-0      Mandatory group, Enabled by default, Enabled group\nMandatory Label\\System Mandatory Level Label            S-1-16-16384\n";
    for from in ["psexec -s whoami /groups", "whoami /groups", ""] {
        assert!(read(from, shown).is_empty(), "{from}");
    }
}

#[test]
fn dsget_and_expanded_lists_are_read_by_their_command() {
    let members =
        "\"CN=EX1,OU=Exchange,DC=contoso,DC=com\"\r\n\"CN=EX2,OU=Exchange,DC=contoso,DC=com\"\r\n\r\n";
    let expected = [("EX1".to_owned(), Some(true)), ("EX2".to_owned(), Some(true))];
    for from in [
        "dsquery group -name \"Exchange Servers\" | dsget group -members",
        "dsget group \"CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com\" -members -expand",
        "Get-ADGroup 'Exchange Servers' -Properties Members | Select-Object -ExpandProperty Members",
        "(Get-ADGroup -Identity \"Exchange Servers\" -Properties member).member",
    ] {
        assert_eq!(listed(from, members), expected, "{from}");
        assert_eq!(listed("", &format!("PS C:\\> {from}\n{members}")), expected, "{from}");
    }
    // Whose values these are is not known, or only some of them are shown.
    for from in [
        "",
        "Get-ADGroup $group -Properties Members | select -Expand Members",
        "dsquery group -name Exch* | dsget group -members",
    ] {
        assert!(read(from, members).is_empty(), "{from}");
    }
    let part =
        listed("(Get-ADGroup 'Exchange Servers' -Properties Members).Members | select -First 2", members);
    assert_eq!(part[0].1, None);
    let cut = members.replace("\"CN=EX2,OU=Exchange,DC=contoso,DC=com\"", "...");
    assert_eq!(
        listed("dsquery group -name \"Exchange Servers\" | dsget group -members", &cut),
        [("EX1".to_owned(), None)]
    );
    let groups = "CN=Exchange Trusted Subsystem,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com\r\nCN=Domain Computers,CN=Users,DC=contoso,DC=com\r\n";
    for from in [
        "(Get-ADComputer EX1 -Properties MemberOf).MemberOf",
        "Get-ADComputer EX1 -Properties MemberOf | select -expand memberof",
        "dsquery computer -name EX1 | dsget computer -memberof",
    ] {
        let [(_, _, facts)] = &read(from, groups)[..] else { panic!("{from}") };
        assert_eq!(facts.text("membership.account"), Some("EX1"), "{from}");
        assert_eq!(facts.flag("membership.in_exchange_servers"), Some(false), "{from}");
    }
    let filtered = "(Get-ADComputer EX1 -Properties MemberOf).MemberOf | findstr Domain";
    assert_eq!(read(filtered, groups)[0].2.flag("membership.in_exchange_servers"), None);
}

#[test]
fn objects_of_a_part_are_no_list_of_all() {
    let member = "name              : EX2\r\nobjectClass       : computer\r\nSamAccountName    : EX2$\r\n";
    for (from, whole) in [
        ("Get-ADGroupMember 'Exchange Servers'", Some(true)),
        ("Get-ADGroupMember 'Exchange Servers' | where {$_.name -like 'EX*'}", None),
        ("Get-ADGroupMember 'Exchange Servers' | select -First 3", None),
    ] {
        assert_eq!(read(from, member)[0].2.flag("membership.by_group"), whole, "{from}");
    }
    let group = |members: &str| {
        let shown = format!("Name    : Exchange Servers\r\nMembers : {{{members}}}\r\n");
        listed("Get-ADGroup 'Exchange Servers' -Properties Members | fl Name,Members", &shown)
    };
    let one = "CN=EX1,OU=Exchange,DC=contoso,DC=com";
    assert_eq!(group(one), [("EX1".to_owned(), Some(true))]);
    assert_eq!(
        group(&format!("{one}, CN=EX2,OU=Exchange,DC=contoso,DC=com...")).first(),
        Some(&("EX1".to_owned(), None))
    );
    // Names that a column cut may be the group.
    let table = "name\r\n----\r\nDomain Computers\r\nExchange Ser...\r\n";
    let facts = &read("Get-ADPrincipalGroupMembership EX1$ | ft name", table)[0].2;
    assert_eq!(facts.flag("membership.in_exchange_servers"), None);
}

pub fn refused() -> Value {
    json!({"from": "Get-WinEvent", "computer": "EX2", "type": ["System.Diagnostics.Eventing.Reader.EventLogRecord"], "properties": {
        "Id": 1020, "ProviderName": "MSExchangeTransport", "LogName": "Application", "MachineName": "ex2.contoso.com",
        "TimeCreated": "2026-11-20T09:14:02.0000000Z", "Properties": [{"Value": "CONTOSO\\EX1$"}]}})
}

pub fn server(name: &str, domain: &str) -> Value {
    json!({"type": ["Microsoft.Exchange.Data.Directory.Management.ExchangeServer"],
        "properties": {"Name": name, "Fqdn": format!("{name}.{domain}"), "ServerRole": "Mailbox"}})
}

fn verdict(domain_of_a: &str, evidence: Value) -> String {
    let report = analyze(&[refused(), server("EX1", domain_of_a), server("EX2", "contoso.com"), evidence]);
    verdict_of(&report, REFUSED, CAUSE)
}

#[test]
fn membership_bears_on_the_refusal() {
    let nothing = verdict("contoso.com", text("net group \"Domain Admins\" /domain", "EX2", "x"));
    let net = |members: &[&str], end: &str| text(NET, "EX2", &net_group(members, end));
    assert_eq!(verdict("contoso.com", net(&["EX1$", "EX2$"], DONE)), "ruled_out");
    assert_eq!(nothing, "possible");
    let said = |records: &[Value]| analyze(records).to_string().contains("holds other servers and not");
    let with = |domain: &str, evidence: Value| {
        said(&[refused(), server("EX1", domain), server("EX2", "contoso.com"), evidence])
    };
    assert!(with("contoso.com", net(&["EX2$", "EX3$"], DONE)));
    // A part of the list, and a server of another domain, which net does not show, prove nothing.
    assert!(!with("contoso.com", net(&["EX2$", "EX3$"], "")));
    assert!(!with("emea.contoso.com", net(&["EX2$", "EX3$"], DONE)));
    let without = text("gpresult /r", "EX1", &GPRESULT.replace("        Exchange Servers\r\n", ""));
    assert_eq!(verdict("contoso.com", without), "confirmed");
    assert_eq!(verdict("contoso.com", text("gpresult /r", "EX1", GPRESULT)), "ruled_out");
}

#[test]
fn healthy_lists_find_nothing() {
    let records = [
        text(NET, "EX2", &net_group(&["EX1$", "EX2$"], DONE)),
        text("gpresult /r", "EX1", GPRESULT),
        server("EX1", "contoso.com"),
    ];
    let report = analyze(&records);
    assert_eq!((found(&report), report["diagnoses"].as_array().unwrap().len()), (Vec::<String>::new(), 0));
    assert_eq!(lines(&read("gpresult /r", GPRESULT)[0].2).len(), 3);
}
