//! Accounts and their SPNs as the directory's own tools print them.
use super::support::*;
use super::{read, text, verdict_of};
use serde_json::Value;

/// The list of names of the only account, and whether it is whole.
fn names(from: &str, shown: &str) -> (String, Vec<String>, bool) {
    let all = read(from, shown);
    let [(kind, _, facts)] = &all[..] else { panic!("one account: {shown}\n{all:?}") };
    assert_eq!(*kind, "spn-list");
    let whole = facts.list("spn_list.spns");
    let listed = whole.or_else(|| facts.list("spn_list.partial_spns")).unwrap_or_default().to_vec();
    (facts.text("spn_list.account").unwrap_or_default().to_owned(), listed, whole.is_some())
}

const TWO: [&str; 2] = ["SMTPSVC/EX1", "HOST/ex1.contoso.com"];

fn two(whole: bool) -> (String, Vec<String>, bool) {
    ("EX1".to_owned(), TWO.map(str::to_owned).to_vec(), whole)
}

#[test]
fn an_expanded_list_is_its_commands_account() {
    let shown = "SMTPSVC/EX1\r\nHOST/ex1.contoso.com\r\n";
    for from in [
        "Get-ADComputer EX1 -Properties servicePrincipalName | Select-Object -ExpandProperty servicePrincipalName",
        "Get-ADComputer -Identity EX1 -Properties * | select -Expand serviceprincipalname",
        "(Get-ADComputer 'CN=EX1,OU=Exchange,DC=contoso,DC=com' -Properties servicePrincipalName).servicePrincipalName",
        "(Get-ADObject \"CN=EX1,OU=Exchange,DC=contoso,DC=com\" -Properties servicePrincipalName).servicePrincipalName",
    ] {
        assert_eq!(names(from, shown), two(true), "{from}");
        let pasted = format!("here it is\n\nPS C:\\> {from}\n{shown}\nIs this right?\n");
        assert_eq!(names("", &pasted), two(true), "{from}");
    }
    for from in
        ["Get-ADComputer $name -Properties servicePrincipalName | select -Expand servicePrincipalName", ""]
    {
        assert!(read(from, shown).is_empty(), "{from}");
    }
    let part = "(Get-ADComputer EX1 -Properties servicePrincipalName).servicePrincipalName | findstr /i ex1";
    assert_eq!(names(part, shown), two(false));
    let cut = "Get-ADComputer EX1 -Properties servicePrincipalName | select -Expand servicePrincipalName";
    assert_eq!(names(cut, &format!("{shown}...\r\n")), two(false));
    let long = "E3514235-4B06-11D1-AB04-00C04FC2DCD2/0b6dc858-97e0-4a5d-b688-045aef63ec01/emea.contoso.com";
    let (left, right) = long.split_at(80);
    assert_eq!(names(cut, &format!("{left}\r\n{right}\r\nSMTPSVC/EX1\r\n")).1, [long, "SMTPSVC/EX1"]);
}

#[test]
fn names_in_braces_without_their_account_are_the_commands() {
    let of = |shown: &str| {
        names("Get-ADComputer EX1 -Properties servicePrincipalName | fl servicePrincipalName", shown)
    };
    assert_eq!(of("\r\nservicePrincipalName : {SMTPSVC/EX1, HOST/ex1.contoso.com}\r\n\r\n"), two(true));
    assert_eq!(
        of("servicePrincipalName : {SMTPSVC/EX1,\r\n                       HOST/ex1.contoso.com}\r\n"),
        two(true)
    );
    assert_eq!(of("servicePrincipalName : {SMTPSVC/EX1, HOST/ex1.contoso.com...}\r\n"), two(false));
    let table = "servicePrincipalName\r\n--------------------\r\n{SMTPSVC/EX1, HOST/ex1.contoso.com}\r\n";
    assert_eq!(
        names("Get-ADComputer EX1 -Properties servicePrincipalName | ft servicePrincipalName", table),
        two(true)
    );
    // The whole object is what it was.
    let object = "DistinguishedName    : CN=EX1,OU=Exchange,DC=contoso,DC=com\r\nName                 : EX1\r\nservicePrincipalName : {SMTPSVC/EX1, HOST/ex1.contoso.com}\r\n";
    assert_eq!(names("Get-ADComputer EX1 -Properties servicePrincipalName", object), two(true));
    assert_eq!(exauth_objects("Get-ADComputer EX1 -Properties servicePrincipalName", object), 1);
}

fn exauth_objects(command: &str, shown: &str) -> usize {
    exauth::record::tool_records_json(command, shown).unwrap().lines().count()
}

const LDIF: &str = "dn: CN=EX1,OU=Exchange,DC=contoso,DC=com\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: computer\r\nname: EX1\r\nsAMAccountName: EX1$\r\nuserAccountControl: 4096\r\nservicePrincipalName: SMTPSVC/EX1\r\nservicePrincipalName: HOST/ex1.contoso.com\r\nmemberOf: \r\n CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com\r\n\r\n";

#[test]
fn an_export_of_the_directory_is_its_objects() {
    for (from, shown) in [
        ("ldifde -f con -d \"CN=EX1,OU=Exchange,DC=contoso,DC=com\"", LDIF.to_owned()),
        ("", LDIF.to_owned()),
        ("", format!("Connecting to \"dc1.contoso.com\"\r\nWriting out entries\r\n{LDIF}1 entries exported\r\n\r\nThe command has completed successfully\r\n")),
        ("", LDIF.replace("SMTPSVC/EX1", "\r\n SMTPSVC/EX1").replace("HOST/ex1.contoso", "HOST/ex1.con\r\n toso")),
        ("adfind -f name=EX1", LDIF.replace("dn: ", "dn:").replace("service", ">service").replace("memberOf", ">memberOf")),
    ] {
        assert_eq!(names(from, &shown), two(true), "{shown}");
        let facts = &read(from, &shown)[0].2;
        assert_eq!(facts.flag("account.in_exchange_servers"), Some(true), "{shown}");
        assert_eq!(facts.flag("account.enabled"), Some(true), "{shown}");
    }
    let several = format!("{LDIF}{}", LDIF.replace("EX1", "EX2").replace("ex1", "ex2"));
    let all = read("ldifde -f con", &several);
    assert_eq!(
        all.iter().map(|(_, _, facts)| facts.text("spn_list.account")).collect::<Vec<_>>(),
        [Some("EX1"), Some("EX2")]
    );
}

#[test]
fn a_value_that_is_lost_makes_a_part_of_a_list() {
    for shown in [
        LDIF.replace("memberOf: ", "servicePrincipalName:: SFRUUC9leDE=\r\nmemberOf: "),
        LDIF.replace("memberOf: ", "...\r\nmemberOf: "),
        LDIF.replace("servicePrincipalName: SMTP", "servicePrincipalName;range=0-1: SMTP"),
        LDIF.split("memberOf").next().unwrap().to_owned(),
    ] {
        let (account, listed, whole) = names("", &shown);
        assert_eq!((account.as_str(), listed.len(), whole), ("EX1", 2, false), "{shown}");
    }
    assert_eq!(names("ldifde -f con | findstr EX", LDIF), two(false));
}

#[test]
fn a_change_is_no_list() {
    let change = "dn: CN=EX1,OU=Exchange,DC=contoso,DC=com\r\nchangetype: modify\r\nadd: servicePrincipalName\r\nservicePrincipalName: SMTPSVC/EX1\r\n-\r\n";
    for from in ["ldifde -i -f spn.ldf", ""] {
        assert!(read(from, change).is_empty(), "{from} {:?}", read(from, change));
    }
}

#[test]
fn ldp_and_repadmin_say_how_many_names_there_are() {
    let ldp = "Expanding base 'CN=EX1,OU=Exchange,DC=contoso,DC=com'...\r\nGetting 1 entries:\r\nDn: CN=EX1,OU=Exchange,DC=contoso,DC=com\r\n\t1> sAMAccountName: EX1$; \r\n\t2> servicePrincipalName: SMTPSVC/EX1; HOST/ex1.contoso.com; \r\n";
    assert_eq!(names("", ldp), two(true));
    assert_eq!(names("", &ldp.replace("2> service", "5> service")), two(false));
    let repadmin = "DN: CN=EX1,OU=Exchange,DC=contoso,DC=com\r\n    2> servicePrincipalName: SMTPSVC/EX1; HOST/ex1.contoso.com\r\n";
    let from = "repadmin /showattr dc1 \"CN=EX1,OU=Exchange,DC=contoso,DC=com\" /atts:servicePrincipalName";
    assert_eq!(names(from, repadmin), two(true));
}

#[test]
fn dsquery_is_read_as_list_and_as_table() {
    let filter = "dsquery * domainroot -filter \"(&(objectCategory=computer)(name=EX1))\" -attr";
    let table = "  name    servicePrincipalName\r\n  EX1     SMTPSVC/EX1;HOST/ex1.contoso.com;\r\n";
    assert_eq!(names(&format!("{filter} name servicePrincipalName"), table), two(true));
    // What the semicolon behind the last name shows is not there.
    assert_eq!(
        names(&format!("{filter} name servicePrincipalName"), &table.replace("com;", "com")),
        two(false)
    );
    let alone = "  servicePrincipalName\r\n  SMTPSVC/EX1;HOST/ex1.contoso.com;\r\n";
    assert_eq!(names(&format!("{filter} servicePrincipalName"), alone), two(true));
    let list = "servicePrincipalName: SMTPSVC/EX1\r\nservicePrincipalName: HOST/ex1.contoso.com\r\n\r\n";
    assert_eq!(names(&format!("{filter} servicePrincipalName -l"), list), two(true));
    assert_eq!(names(&format!("{filter} servicePrincipalName -l"), list.trim_end()), two(false));
    let nobody = "dsquery * domainroot -filter \"(objectCategory=computer)\" -attr servicePrincipalName -l";
    assert!(read(nobody, list).is_empty());
}

#[test]
fn names_of_every_tool_bear_on_the_diagnosis() {
    let all = [
        "SMTPSVC/EX2",
        "SMTPSVC/ex2.contoso.com",
        "SMTP/EX2",
        "SMTP/ex2.contoso.com",
        "HOST/EX2",
        "HOST/ex2.contoso.com",
    ];
    let with = |evidence: Value| {
        verdict_of(&analyze(&[stuck_queue(), evidence]), "smtp-temporary-auth-failure", "spn-missing")
    };
    let ldif = |names: &[&str]| {
        let names: Vec<String> =
            names.iter().map(|name| format!("servicePrincipalName: {name}\r\n")).collect();
        text(
            "",
            "EX1",
            &format!("dn: CN=EX2,OU=Exchange,DC=contoso,DC=com\r\nchangetype: add\r\n{}\r\n", names.concat()),
        )
    };
    let expanded = |names: &[&str]| {
        text(
            "Get-ADComputer EX2 -Properties servicePrincipalName | select -Expand servicePrincipalName",
            "EX1",
            &names.join("\r\n"),
        )
    };
    for form in [&ldif as &dyn Fn(&[&str]) -> Value, &expanded] {
        assert_eq!(with(form(&all)), "ruled_out");
        assert_eq!(with(form(&all[4..])), "confirmed");
    }
}
