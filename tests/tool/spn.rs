//! setspn.
use super::{lines, object, one, read};

const EX1: &str = "CN=EX1,OU=Exchange,DC=contoso,DC=com";

#[test]
fn a_list_is_read_in_any_language() {
    for header in [
        format!("Registered ServicePrincipalNames for {EX1}:"),
        format!("Registrierte Dienstprinzipalnamen (ServicePrincipalNames) für {EX1}:"),
        format!("Zarejestrowane nazwy ServicePrincipalNames dla {EX1} :"),
        format!("{EX1} に登録された ServicePrincipalNames："),
    ] {
        for from in ["setspn -L EX1", "setspn EX1", "setspn.exe -l contoso\\EX1", ""] {
            let table = one(from, &format!("{header}\r\n\tHTTP/EX1\r\n\tSMTPSVC/ex1.contoso.com\r\n"));
            assert_eq!(table.text("spn_list.account"), Some("EX1"), "{header}");
            assert_eq!(table.list("spn_list.spns").unwrap(), ["HTTP/EX1", "SMTPSVC/ex1.contoso.com"]);
        }
    }
}

#[test]
fn several_lists_in_one_text_stay_apart() {
    let other = EX1.replace("EX1", "EX2");
    let text = format!("SPNs for {EX1}:\n HTTP/EX1\nSPNs for {other}:\n HTTP/EX2\n\nSPNs for {EX1}:\n");
    let all = read("1..3 | % { setspn -L $_ }", &text);
    let lists: Vec<_> = all.iter().map(|(_, table)| table.list("spn_list.spns").unwrap()).collect();
    assert_eq!(lists, [vec!["HTTP/EX1"], vec!["HTTP/EX2"], vec![]]);
}

#[test]
fn a_list_that_was_filtered_or_cut_is_no_list_of_all() {
    for (from, text) in [
        ("setspn -L EX1 | findstr /i http", "\tHTTP/EX1\n".to_owned()),
        ("setspn -L EX1 | Select-String SMTP", format!("SPNs for {EX1}:\n\tSMTP/EX1\n")),
        ("setspn -L EX1", format!("SPNs for {EX1}:\n\tHTTP/EX1\n...\n")),
    ] {
        let table = one(from, &text);
        assert_eq!(table.text("spn_list.account"), Some("EX1"));
        assert!(table.list("spn_list.spns").is_none(), "{from}");
        assert!(table.list("spn_list.partial_spns").is_some());
    }
}

#[test]
fn a_change_is_never_taken_for_a_list() {
    let text = format!(
        "Prüfen DC=contoso,DC=com\n\nHinzufügen für {EX1}\n\tHTTP/mail.contoso.com\nObjekt aktualisiert\n"
    );
    assert!(read("setspn -S HTTP/mail.contoso.com EX1", &text).is_empty());
    assert!(read("", &text).is_empty());
}

#[test]
fn a_query_tells_owners_and_their_spns() {
    let text = format!(
        "Es wird gesucht in DC=contoso,DC=com\n{EX1}\n\tHTTP/EX1\n\tHTTP/mail.contoso.com\n\nGefunden!\n"
    );
    let table = one("setspn -F -Q HTTP/mail.contoso.com", &text);
    assert_eq!(
        lines(&table),
        [
            "spn_query.spn=HTTP/mail.contoso.com".to_owned(),
            format!("spn_query.owners=[{EX1}]"),
            format!("spn_query.found_spns=[HTTP/EX1|{EX1}; HTTP/mail.contoso.com|{EX1}]"),
            "spn_query.scope=forest".to_owned(),
        ]
    );
}

#[test]
fn not_found_needs_the_last_line() {
    let whole = "Sprawdzanie domeny DC=contoso,DC=com\n\nNie znaleziono takiej nazwy SPN.\n";
    let table = one("setspn -Q HTTP/none", whole);
    assert_eq!(table.list("spn_query.owners"), Some(&[][..]));
    assert!(read("setspn -Q HTTP/none", "Sprawdzanie domeny DC=contoso,DC=com\n").is_empty());
    let failed =
        "Ldap Error(0x51 -- Server Down): ldap_connect\nFailed to retrieve DN for domain \"\" : 0x00000051\n";
    let table = one("setspn -Q HTTP/none", &format!("Checking domain DC=contoso,DC=com\n{failed}"));
    assert_eq!(table.text("tool.error_code"), Some("0x51"));
}

#[test]
fn duplicates_are_read_with_their_owners() {
    let other = "CN=web service,OU=Service Accounts,DC=contoso,DC=com";
    for words in ["is registered on these accounts:", "est inscrit sur ces comptes :", "注册在这些帐户上:"]
    {
        let text = format!(
            "Checking forest DC=contoso,DC=com\rProcessing entry 1\rProcessing entry 2\r\n\
             HTTP/mail.contoso.com {words}\r\n\t{EX1}\r\n\t{other}\r\n\r\n1 doublon(s) de SPN.\r\n"
        );
        for from in ["setspn -X -F", ""] {
            let table = one(from, &text);
            let group = format!("HTTP/mail.contoso.com|{EX1}|{other}");
            assert_eq!(table.list("spn_duplicates.groups").unwrap(), [group]);
            assert_eq!(table.number("spn_duplicates.count"), Some(1.0));
            assert_eq!(table.flag("spn_duplicates.complete"), Some(true));
            assert_eq!(table.text("spn_duplicates.scope"), Some("forest"));
        }
    }
}

#[test]
fn the_password_change_service_of_each_domain_is_no_duplicate() {
    let text = "kadmin/changepw x:\n\tCN=krbtgt,CN=Users,DC=contoso,DC=com\n\
                \tCN=krbtgt,CN=Users,DC=branch,DC=contoso,DC=com\n\nfound 1 group of duplicate SPNs.\n";
    let table = one("setspn -F -X", text);
    assert_eq!(table.list("spn_duplicates.groups"), Some(&[][..]));
    assert_eq!(table.number("spn_duplicates.count"), Some(0.0));
    assert_eq!(table.flag("spn_duplicates.complete"), Some(true));
}

#[test]
fn progress_alone_does_not_say_that_there_are_no_duplicates() {
    for text in ["Processing entry 0\n", "Processing entry 0\nProcessing entry 1\n", ""] {
        assert!(read("setspn -X", text).is_empty());
    }
    // In a language where the last line does not say SPN it still differs from the progress.
    let table = one("setspn -X", "Eintrag 0\nEintrag 1\n0 Gruppen gefunden\n");
    assert_eq!(table.number("spn_duplicates.count"), Some(0.0));
}

#[test]
fn an_spn_that_exists_names_its_owner() {
    let text = format!(
        "Checking domain DC=contoso,DC=com\n{EX1}\n\tHTTP/EX1\n\nDuplicate SPN found, aborting operation!\n"
    );
    let table = one("setspn -S HTTP/EX1 EX2", &text);
    assert_eq!(table.text("spn_query.spn"), Some("HTTP/EX1"));
    assert_eq!(table.list("spn_query.owners").unwrap(), [EX1]);
}

#[test]
fn one_account_that_is_not_there_does_not_hide_the_others() {
    let text = format!(
        "FindDomainForAccount: Call to DsGetDcNameWithAccountW failed with return value 0x00000525\n\
         Could not find account EX9\nSPNs for {EX1}:\n\tHTTP/EX1\n"
    );
    let all = read("'EX9','EX1' | % { setspn -L $_ }", &text);
    assert_eq!(all.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["tool-error", "spn-list"]);
    assert_eq!(all[0].1.text("tool.account"), Some("EX9"));
    assert_eq!(all[0].1.text("tool.error_code"), Some("0x525"));
}

#[test]
fn an_account_of_the_directory_gives_the_same_facts_as_its_list() {
    let (kind, table) = object(
        r#"{"type":["Microsoft.ActiveDirectory.Management.ADComputer"],"properties":{"Name":"EX1",
        "DistinguishedName":"CN=EX1,OU=Exchange,DC=contoso,DC=com","servicePrincipalName":["HTTP/EX1"],"msDS-SupportedEncryptionTypes":28}}"#,
    );
    assert_eq!(kind, "spn-list");
    assert_eq!(
        lines(&table),
        [
            format!("spn_list.account_dn={EX1}"),
            "spn_list.account=EX1".to_owned(),
            "spn_list.spns=[HTTP/EX1]".to_owned(),
            "account.name=EX1".to_owned(),
            "account.encryption_types=28".to_owned(),
        ]
    );
    let (_, table) = object(
        r#"{"type":["Microsoft.ActiveDirectory.Management.ADComputer"],"properties":{"Name":"EX1","servicePrincipalName":null}}"#,
    );
    assert!(table.list("spn_list.spns").is_none());
}
