//! Two accounts of one name, of which the directory renamed one (`CNF:`).
use super::support::*;
use super::{read, text, verdict_of};
use serde_json::{json, Value};

const GUID: &str = "1f3c5b12-0d2e-4a55-9c11-2b6f8e0a7d43";
const PROBLEM: &str = "smtp-temporary-auth-failure";

fn twin_dn() -> String {
    format!("CN=EX2\\0ACNF:{GUID},CN=Computers,DC=contoso,DC=com")
}

#[test]
fn a_renamed_account_is_not_the_one_of_the_name() {
    let dn = twin_dn();
    let shown = format!("EX2 (CNF:{GUID})");
    // Format-List breaks the name at its line feed.
    let list = format!("DistinguishedName    : {dn}\r\nName                 : EX2\r\n                       CNF:{GUID}\r\nObjectClass          : computer\r\nSamAccountName       : $DUPLICATE-1f4\r\nservicePrincipalName : {{SMTPSVC/EX2, HOST/EX2}}\r\n");
    let setspn = format!("Registered ServicePrincipalNames for {dn}:\r\n\tSMTPSVC/EX2\r\n\tHOST/EX2\r\n");
    let ldif = format!("dn: {dn}\r\nchangetype: add\r\nservicePrincipalName: SMTPSVC/EX2\r\nservicePrincipalName: HOST/EX2\r\n\r\n");
    for (from, text) in [
        ("Get-ADComputer -Filter * -Properties servicePrincipalName", list),
        ("setspn -L EX2", setspn),
        ("", ldif),
    ] {
        let facts = &read(from, &text)[0].2;
        assert_eq!(facts.text("spn_list.account"), Some(&*shown), "{text}");
        assert_eq!(facts.text("spn_list.conflict_of"), Some("EX2"), "{text}");
        assert_eq!(facts.list("spn_list.spns").map(<[String]>::len), Some(2), "{text}");
    }
    let member =
        &read("dsget group \"CN=Exchange Servers,DC=contoso,DC=com\" -members", &format!("\"{dn}\"\r\n"))[0]
            .2;
    assert_eq!(
        (member.text("membership.account"), member.text("membership.conflict_of")),
        (Some(&*shown), Some("EX2"))
    );
    let found =
        format!("Checking domain DC=contoso,DC=com\r\n{dn}\r\n\tSMTPSVC/EX2\r\n\r\nExisting SPN found!\r\n");
    assert_eq!(read("setspn -Q SMTPSVC/EX2", &found)[0].2.list("spn_query.conflicts").unwrap(), ["EX2"]);
}

fn twin(spns: &[&str]) -> Value {
    json!({"from": "Get-ADComputer", "type": ["Microsoft.ActiveDirectory.Management.ADComputer"], "properties": {
        "Name": format!("EX2\nCNF:{GUID}"), "DistinguishedName": twin_dn(), "SamAccountName": "$DUPLICATE-1f4",
        "Enabled": false, "servicePrincipalName": spns}})
}

const NAMES: [&str; 4] = ["SMTPSVC/EX2", "SMTPSVC/ex2.contoso.com", "SMTP/EX2", "SMTP/ex2.contoso.com"];

fn own() -> Value {
    let listed: Vec<String> = NAMES
        .iter()
        .chain(&["HOST/EX2", "HOST/ex2.contoso.com"])
        .map(|name| format!("\t{name}\r\n"))
        .collect();
    text(
        "setspn -L EX2",
        "EX1",
        &format!(
            "Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:\r\n{}",
            listed.concat()
        ),
    )
}

#[test]
fn the_twins_names_are_a_duplicate_and_never_the_servers_own() {
    let report = analyze(&[stuck_queue(), own(), twin(&NAMES)]);
    assert_eq!(verdict_of(&report, PROBLEM, "spn-duplicate"), "confirmed");
    assert!(report.to_string().contains(&format!("ex2 (cnf:{GUID})")), "{report}");
    // What the renamed account lacks, the server does not lack; that it is disabled is not the server's state.
    let report = analyze(&[stuck_queue(), own(), twin(&["HOST/EX2"])]);
    assert_eq!(verdict_of(&report, PROBLEM, "spn-missing"), "ruled_out");
    assert!(!report.to_string().contains("computer account of ex2 is disabled"), "{report}");
    assert_eq!(found(&report).iter().filter(|id| *id == "config-spn-missing").count(), 0);
}

#[test]
fn two_accounts_are_a_hint_and_no_proof() {
    let with = |records: &[Value], cause: &str| verdict_of(&analyze(records), PROBLEM, cause);
    for cause in ["secure-channel-broken", "ad-replication-failure"] {
        let verdict = with(&[stuck_queue(), own(), twin(&["HOST/EX2"])], cause);
        assert!(["possible", "likely"].contains(&verdict.as_str()), "{cause} {verdict}");
    }
    let verified = text("nltest /sc_verify:contoso.com", "EX2", "Flags: b0 HAS_IP\r\nTrusted DC Name \\\\dc1.contoso.com\r\nTrusted DC Connection Status Status = 0 0x0 NERR_Success\r\nTrust Verification Status = 0 0x0 NERR_Success\r\n");
    let report = analyze(&[stuck_queue(), own(), twin(&["HOST/EX2"]), verified]).to_string();
    assert!(!report.contains("the server knows the password of one only"), "{report}");
    // Of another server it says nothing here.
    let mut other = twin(&["HOST/EX9"]);
    other["properties"]["DistinguishedName"] = json!(twin_dn().replace("EX2", "EX9"));
    other["properties"]["Name"] = json!(format!("EX9\nCNF:{GUID}"));
    assert!(!analyze(&[stuck_queue(), own(), other]).to_string().contains("two accounts of"));
}
