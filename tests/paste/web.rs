//! What administrators paste of the web and the directory: messy texts in, the right first cause out.
//!
//! Through the whole library. The words are ours; the shapes are those of the field: rows of a log
//! without its head, events with labels left out, several things in one text, no computer named.

use super::report;
use serde_json::Value;

/// Problem, first cause and its verdict, in the order of the report.
pub(super) fn first(report: &Value) -> Vec<(String, String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let diagnoses = report["diagnoses"].as_array().unwrap().iter();
    diagnoses
        .map(|one| {
            let cause = &one["causes"][0];
            (word(&one["problem"]["id"]), word(&cause["id"]), word(&cause["verdict"]))
        })
        .collect()
}

pub(super) fn is_first(texts: &[&str], problem: &str, cause: &str, verdict: &str) {
    let report = report(texts);
    let first = first(&report);
    let wanted = (problem.to_owned(), cause.to_owned(), verdict.to_owned());
    assert!(first.contains(&wanted), "wanted {wanted:?}, got {first:?}\n{texts:#?}");
}

const ROW: &str = "2026-10-01T08:14:02.113Z,0b3ac2a6-7c3b-4f52-9b0e-5e4a1b0b9d11,15,2,1544,4,,Owa,mail.contoso.com,/owa/,,FBA,True,CONTOSO\\anna,,,Mozilla/5.0,192.0.2.9,EX1,401,,,GET,Proxy,cas2.contoso.com,14.03.0513.000,IntraForest,,BeginRequest=x;,WebExceptionStatus=ProtocolError;ResponseStatusCode=401;WebException=refused at Microsoft.Exchange.HttpProxy.X";

#[test]
fn a_row_of_the_proxy_log_needs_no_head_and_names_the_directory() {
    let directory = "[PS] C:\\>Get-OwaVirtualDirectory -Server cas2 | fl Server,Name,*Auth*\n\nServer                : CAS2\nName                  : owa (Default Web Site)\nBasicAuthentication   : True\nWindowsAuthentication : False\nFormsAuthentication   : True\n";
    is_first(&[ROW, directory], "http-proxy-auth-failure", "windows-authentication-off", "likely");
    // A challenge that nobody has answered yet is part of every sign-in.
    let challenge = ROW.replace(",True,CONTOSO\\anna,", ",False,,");
    assert!(first(&report(&[&challenge])).is_empty());
}

#[test]
fn how_a_connection_failed_is_told_by_its_name() {
    for (name, cause) in [
        ("TrustFailure", "certificate-untrusted"),
        ("SecureChannelFailure", "tls-version-mismatch"),
        ("NameResolutionFailure", "network-unreachable"),
    ] {
        let row = ROW.replace("ProtocolError;ResponseStatusCode=401", name).replace("EX1,401,", "EX1,503,");
        let first = first(&report(&[&row]));
        assert_eq!((first[0].0.as_str(), first[0].1.as_str()), ("http-proxy-connection-failure", cause));
    }
}

#[test]
fn an_error_that_a_page_broke_into_lines_is_one() {
    let text = "From the log:\nComplete=x;,WebExceptionStatus=ProtocolError;ResponseStatusCode= 401;\nWebException=refused at\nMicrosoft.Exchange.HttpProxy.X\n();HttpException=(0x80004005): NegotiateSecurityContext failed with for\nhost\n'cas2.contoso.com' with status 'InvalidToken' at\nsomewhere\n";
    let version = "Name                : CAS2\nFqdn                : cas2.contoso.com\nAdminDisplayVersion : Version 14.3 (Build 513.0)\nServerRole          : ClientAccess\n";
    is_first(&[text, version], "http-proxy-auth-failure", "os-update-missing", "likely");
}

#[test]
fn a_failed_sign_in_is_read_from_its_text_in_any_language() {
    let values = "\tS-1-0-0\n\tx:\t-\n\tx:\t-\n\tx:\t0x0\n\nArt:\t3\n\nKonto:\n\ta:\tS-1-0-0\n\tb:\tsvc-app\n\tc:\tCONTOSO\n\nFehler:\n\td:\tirgendein Grund\n\te:\t0xC000035B\n\tf:\t0x0\n\nNetz:\n\tg:\t51222\n\th:\tNTLM\n";
    let event = format!(
        "Protokollname: Security\nQuelle:        Microsoft-Windows-Security-Auditing\nDatum:         01.10.2026 08:14:02\nEreignis-ID:   4625\nAufgabenkategorie:Anmelden\nEbene:         Informationen\nBenutzer:      Nicht zutreffend\nComputer:      EX2.contoso.com\nBeschreibung:\nEine Anmeldung ging nicht.\n\nWer:\n\tsid:{values}"
    );
    is_first(&[&event], "client-sign-in-failure", "extended-protection-mismatch", "confirmed");
    assert!(first(&report(&[&event.replace("0xC000035B", "0xC000006D")])).is_empty());
}

#[test]
fn what_a_failing_server_shows_counts_though_nothing_says_that_exchange_is_on_it() {
    let event = "ログの名前:         System\nソース:           NETLOGON\n日付:            2026/10/01 3:14:25\nイベント ID:       5719\nタスクのカテゴリ:      なし\nレベル:           エラー\nキーワード:         クラシック\nユーザー:          N/A\nコンピューター:       EX2.contoso.com\n説明:\nx\n";
    let address = "C:\\>ipconfig /all\n\n   Host Name . . . . . . . . . . . . : EX2\n\nEthernet adapter LAN:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.21\n   DNS Servers . . . . . . . . . . . : 8.8.8.8\n";
    is_first(&[event, address], "domain-controller-unreachable", "dns-client-settings", "likely");
}

#[test]
fn a_trust_that_fails_is_told_by_the_domain_that_was_asked() {
    let event = "Log Name: System\nSource: NETLOGON\nEvent ID: 5719\nLevel: Error\nComputer: EX2.child.contoso.com\nDescription:\nNo session with FABRIKAM.\n";
    let check = |domain: &str| {
        format!("C:\\>nltest /sc_query:{domain}\nFlags: 0\nStatus = 1789 0x6fd ERROR_TRUSTED_RELATIONSHIP_FAILURE\n")
    };
    let problem = "domain-controller-unreachable";
    is_first(&[event, &check("fabrikam.com")], problem, "domain-trust-broken", "likely");
    // The server's own domain is no trust.
    let own = first(&report(&[event, &check("child.contoso.com")]));
    assert!(own.iter().all(|(_, cause, _)| cause != "domain-trust-broken"), "{own:?}");
}

#[test]
fn a_name_in_small_letters_is_a_name() {
    let event = "TimeCreated  : 10/1/2026 9:02:41 AM\nProviderName : Microsoft-Windows-Security-Kerberos\nId           : 3\nMachineName  : EX1.contoso.com\nMessage      : An error came:\n                Error Code: 0xe KDC_ERR_ETYPE_NOTSUPP\n                Server Name: http/mail.contoso.com\n";
    is_first(&[event], "kerberos-encryption-type", "encryption-type-mismatch", "likely");
}

#[test]
fn iis_of_a_server_that_nobody_named_explains_the_one_failure_there_is() {
    let event = "Log Name: Application\nSource: MSExchange Availability\nDate: 10/1/2026 9:00:00 AM\nEvent ID: 4002\nTask Category: x\nLevel: Error\nKeywords: Classic\nUser: N/A\nComputer: CAS1.contoso.com\nDescription:\nA request to https://cas2.contoso.com/ews/exchange.asmx failed. System.Net.WebException: HTTP status 401.\n";
    let section = |inner: &str| {
        format!("C:\\>appcmd list config \"Default Web Site/EWS\" /section:windowsAuthentication\n<windowsAuthentication enabled=\"true\">\n<providers>\n{inner}\n</providers>\n</windowsAuthentication>\n")
    };
    let ntlm = section("<add value=\"NTLM\" />");
    is_first(&[event, &ntlm], "http-proxy-auth-failure", "iis-ntlm-only", "likely");
    let both = first(&report(&[event, &section("<add value=\"Negotiate\" />\n<add value=\"NTLM\" />")]));
    assert!(both.iter().all(|(_, cause, _)| cause != "iis-ntlm-only"), "{both:?}");
}

#[test]
fn an_event_below_a_row_of_a_log_is_read() {
    let event = "Log Name: System\nSource: Microsoft-Windows-Security-Kerberos\nEvent ID: 3\nComputer: EX1.contoso.com\nDescription:\nError Code: 0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN\nServer Name: HTTP/cas2.contoso.com\n";
    let report = report(&[&format!("{ROW}\n\n{event}")]);
    let found: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(found, ["backend-sign-in-failed", "kerberos-name-unknown-3"]);
}

#[test]
fn a_machine_that_answers_for_another_is_the_wrong_one() {
    let event = |account: &str| {
        format!("Log Name: System\nSource: Microsoft-Windows-Security-Kerberos\nEvent ID: 4\nComputer: EX1.contoso.com\nDescription:\nKRB_AP_ERR_MODIFIED from {account}$. The name was HTTP/cas2.contoso.com.\n")
    };
    let looked_up = "C:\\>nslookup cas2.contoso.com\nServer:  dc1.contoso.com\nAddress:  192.0.2.11\n\nName:    cas2.contoso.com\nAddress:  192.0.2.50\n\nC:\\>nslookup oldcas.contoso.com\nServer:  dc1.contoso.com\nAddress:  192.0.2.11\n\nName:    oldcas.contoso.com\nAddress:  192.0.2.50\n";
    is_first(&[&event("oldcas"), looked_up], "kerberos-ticket-refused", "dns-wrong-host", "likely");
    // The right one, by its own account.
    let own = first(&report(&[&event("cas2"), looked_up]));
    assert!(own.iter().all(|(_, cause, _)| cause != "dns-wrong-host"), "{own:?}");
}

#[test]
fn answers_of_a_web_server_are_no_event() {
    let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 1539\r\nServer: Microsoft-IIS/10.0\r\nWWW-Authenticate: NTLM\r\nWWW-Authenticate: Negotiate\r\n";
    assert_eq!(report(&[answer])["received"][0]["kind"], "iis-config");
}
