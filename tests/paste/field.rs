//! More of what administrators paste: rows of logs cut short, tables of events, several things below a
//! log, consoles that name no server. Each was once not read, or weighed nothing.

use super::web::{first, is_first};
use super::{read, report, values};

const HTTP: &str = "http-proxy-auth-failure";
const SHELL: &str = "shell-connection-failure";

/// A row of the front end's log with the back end's status and no words.
fn row(status: u16, version: &str) -> String {
    format!("2026-10-01T08:14:02.113Z,0b3a,15,2,1544,4,,Ecp,mail.contoso.com,/ecp/,,FBA,true,CONTOSO\\anna,,,Mozilla/5.0,192.0.2.9,EX1,{status},{status},Refused,GET,Proxy,ex2.contoso.com,{version},IntraForest")
}

const NEW: &str = "15.02.1544.004";

#[test]
fn a_status_of_the_back_end_is_a_failure_without_words() {
    let report = report(&[&row(401, NEW)]);
    let diagnosis = &report["diagnoses"][0]["problem"];
    let [from, to] = [&diagnosis["from"], &diagnosis["to"]].map(|end| end.as_str().unwrap().to_lowercase());
    assert_eq!((diagnosis["id"].as_str().unwrap(), &*from, &*to), (HTTP, "ex1", "ex2"));
    // What the back end served, and what the front end asked for itself, is none.
    assert!(first(&super::report(&[&row(200, NEW)])).is_empty());
    let challenge = row(401, NEW).replace(",true,CONTOSO\\anna,", ",false,,");
    assert!(first(&super::report(&[&challenge])).is_empty());
}

#[test]
fn a_server_in_maintenance_answers_503_and_its_table_names_it_only_in_the_command() {
    let states = "[PS] C:\\>Get-ServerComponentState EX2 | ft Component,State\n\nComponent         State\n---------         -----\nServerWideOffline Inactive\nHubTransport      Inactive\nOwaProxy          Inactive\n";
    is_first(&[&row(503, NEW), states], "http-proxy-connection-failure", "maintenance-mode", "likely");
}

#[test]
fn a_row_without_its_ends_still_says_who_refused_whom() {
    let cut = "ECP: ...,EX1,401,401,UnauthorizedAccess,GET,Proxy,ex2.contoso.com,15.02.1544.004,...";
    assert_eq!(first(&report(&[cut]))[0].0, HTTP);
    assert!(first(&report(&[&cut.replace(",401,401,", ",401,,")])).is_empty());
    // Its words count as those of a whole row, and name the front end.
    let words = "...,Ews,mail.contoso.com,NTLM,true,EX1,500,,,POST,Proxy,ex2.contoso.com,15.02.1544.004,...;NegotiateSecurityContext failed with for host 'ex2.contoso.com' with status 'TargetUnknown'";
    let report = report(&[words]);
    assert_eq!(values(&report, "http.computer"), ["EX1"]);
    assert_eq!(values(&report, "http.status_name"), ["TargetUnknown"]);
}

#[test]
fn the_version_in_a_row_is_the_back_ends() {
    let refused = row(401, "14.03.0468.000").replace("Refused", "").replace(",Ecp,", ",Owa,");
    let owa = "[PS] C:\\>Get-OwaVirtualDirectory -Server EX2 | fl InternalUrl,*auth*,Ext*\n\nInternalUrl                     : https://ex2.contoso.com/owa\nInternalAuthenticationMethods   : {Ntlm, WindowsIntegrated}\nWindowsAuthentication           : True\nExtendedProtectionTokenChecking : Require\n";
    is_first(&[&refused, owa], HTTP, "extended-protection-mismatch", "likely");
    // From 2016 on it is the rule that it is required.
    let newer = refused.replace("14.03.0468.000", NEW);
    let all = first(&report(&[&newer, owa]));
    assert!(all
        .iter()
        .all(|(_, cause, verdict)| cause != "extended-protection-mismatch" || verdict == "possible"));
}

#[test]
fn what_stands_below_a_log_is_read() {
    let blocked = "NTLM client blocked: Outgoing NTLM authentication traffic to remote servers that is blocked.\nTarget server: HTTP/ex2.contoso.com\nSupplied user: (NULL)\nSupplied domain: (NULL)\nPID of client process: 7284\nName of client process: w3wp.exe\nUser identity of client process: EX1$\n";
    let text = format!("{}\n\nand EX1 logs\n\n{blocked}", row(401, NEW));
    let policy = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0\n    RestrictSendingNTLMTraffic    REG_DWORD    0x2\n";
    let report = report(&[&text, policy]);
    assert_eq!(values(&report, "event.id"), ["4001"]);
    is_first(&[&text, policy], HTTP, "ntlm-restricted", "likely");
}

#[test]
fn lines_with_colons_of_a_tool_are_no_event() {
    let monitor = "C:\\>w32tm /monitor\nDC1.contoso.com *** PDC ***[192.0.2.11:123]:\n    ICMP: 0ms delay\n    NTP: +0.0000000s offset from DC1.contoso.com\n        RefID: time.fabrikam.com [198.51.100.7]\n        Stratum: 3\nDC2.contoso.com[192.0.2.12:123]:\n    ICMP: 1ms delay\n    NTP: -0.0081341s offset from DC1.contoso.com\n        RefID: DC1.contoso.com [192.0.2.11]\n        Stratum: 4\n";
    let report = report(&[monitor]);
    assert_eq!(read(&report, "event"), 0, "{report}");
}

#[test]
fn rows_of_the_event_viewer_are_read_below_a_sentence_and_without_their_head() {
    let row = "Error\t10/1/2026 2:10:22 PM\tMicrosoft-Windows-Security-Kerberos\t4\tNone\t\"KRB_AP_ERR_MODIFIED from the server ex5$. The target name used was HTTP/ex2.contoso.com.\"\n";
    let report = report(&[&format!("copied from the list on EX1:\n\n{row}{row}")]);
    assert_eq!(values(&report, "event.spn"), ["HTTP/ex2.contoso.com"; 2]);
    // The list alone has no messages.
    let list = "Level\tDate and Time\tSource\tEvent ID\tTask Category\nError\t10/1/2026 8:02:11 AM\tHttpEvent\t15021\tNone\n";
    assert_eq!(values(&super::report(&[&format!("see\n\n{list}")]), "event.id"), ["15021"]);
    let other = "a\tb\tc\td\te\nx\ty\tz\t5\tu\n";
    assert_eq!(read(&super::report(&[&format!("see\n\n{other}")]), "event"), 0);
}

#[test]
fn a_table_of_events_has_its_provider_above_and_its_computer_in_the_command() {
    let table = "PS C:\\> Get-WinEvent -ComputerName DC1 -LogName System -MaxEvents 1\n\n\n   ProviderName: NETLOGON\n\nTimeCreated            Id LevelDisplayName Message\n-----------            -- ---------------- -------\n10/1/2026 7:20:11 AM 5722 Error          The session setup from the computer EX2 failed to authenticate. The name(s) of the account(s) referenced in the security database is EX2$. ...\n";
    let report = report(&[table]);
    assert_eq!(values(&report, "event.provider"), ["NETLOGON"]);
    assert_eq!(values(&report, "event.computer"), ["DC1"]);
    let channel = "on EX2:\nPS C:\\> Test-ComputerSecureChannel\nFalse\n";
    is_first(&[table, channel], "secure-channel-failure", "secure-channel-broken", "confirmed");
}

#[test]
fn labels_in_one_line_are_those_of_an_event() {
    let line = "Log Name: System   Source: LsaSrv   Event ID: 6167   Level: Error   Computer: EX2.contoso.com\nThe machine ID does not fit.\n";
    let sids = |other: &str| {
        format!("C:\\>psgetsid \\\\EX1\nSID for \\\\EX1:\nS-1-5-21-1-2-3\n\nC:\\>psgetsid \\\\EX2\nSID for \\\\EX2:\nS-1-5-21-{other}\n")
    };
    is_first(&[&row(401, NEW), line, &sids("1-2-3")], HTTP, "duplicate-machine-sid", "likely");
    // Different SIDs rule it out, where no event says otherwise.
    let all = report(&[&row(401, NEW), &sids("4-5-6")]);
    let causes = all["diagnoses"][0]["causes"].as_array().unwrap();
    let cause = causes.iter().find(|cause| cause["id"] == "duplicate-machine-sid").unwrap();
    assert_eq!(cause["verdict"], "ruled_out");
    assert_eq!(values(&report(&[line]), "event.computer"), ["EX2.contoso.com"]);
}

#[test]
fn a_server_that_may_not_hand_identities_over_is_in_no_group_or_in_a_wrong_one() {
    let event = |account: &str| {
        format!("Protocol /owa failed to process request from identity {account}. Exception: Microsoft.Exchange.Security.Authorization.BackendRehydrationException: Rehydration failed. Reason: Source server '{account}' does not have token serialization permission.\n")
    };
    let listed = "PS C:\\> Get-ADGroupMember 'Exchange Servers' | select name,objectClass\n\nname objectClass\n---- -----------\nEX1  computer\nEX3  computer\n\nPS C:\\> Get-ExchangeServer | ft name,serverrole\n\nName ServerRole\n---- ----------\nEX1  Mailbox\nEX2  Mailbox\nEX3  Mailbox\n";
    is_first(&[&event("CONTOSO\\EX2$"), listed], HTTP, "exchange-servers-membership", "likely");
    let groups = |wrong: &str| {
        format!("PS C:\\> Get-ADPrincipalGroupMembership EX2$ | ft Name,SamAccountName\n\nName               SamAccountName\n----               --------------\nExchange Servers   Exchange Servers\n{wrong}\n")
    };
    let (denied, right) =
        (groups("Domain Admins      Domain Admins"), groups("Domain Computers   Domain Computers"));
    is_first(&[&event("CONTOSO\\EX2$"), &denied], HTTP, "exchange-servers-membership", "confirmed");
    // In the right group and in no wrong one.
    let all = first(&report(&[&event("CONTOSO\\EX2$"), &right]));
    assert!(all.iter().all(|(_, cause, _)| cause != "exchange-servers-membership"), "{all:?}");
}

#[test]
fn a_sentence_of_the_shell_needs_no_number() {
    let error = |words: &str| {
        format!("[ex2.contoso.com] Connecting to remote server failed with the following error message : WinRM cannot process the request\n. The following error occurred while using Kerberos authentication: {words}.\n Possible causes are:\n  -The user name is invalid.\n")
    };
    let skew = error("There is a time and/or date difference between the c\nlient and server");
    is_first(&[&skew], SHELL, "clock-skew", "likely");
    let other = first(&report(&[&error("Something else")]));
    assert_eq!(other[0].0, SHELL);
    assert!(other[0].2 != "likely", "{other:?}");
    // A prompt is no error.
    assert!(first(&report(&["[ex2.contoso.com]: PS C:\\> winrm id\nWinRM uses Kerberos.\n"])).is_empty());
}

#[test]
fn the_section_access_of_the_shells_directory_is_read() {
    let error = "The attempt to connect to http://ex2.contoso.com/PowerShell using \"Kerberos\" authentication failed: Connecting to remote server failed with the following error message : The WinRM client cannot process the request.\n";
    let access = |path: &str| {
        format!("C:\\>appcmd list config \"{path}\" /section:access\n<system.webServer>\n  <security>\n    <access sslFlags=\"Ssl, Ssl128\" />\n  </security>\n</system.webServer>\n")
    };
    let named = |paste: &str| paste.replace("C:\\>", "[ex2.contoso.com]: PS C:\\>");
    let cause = "virtual-directory-auth-mismatch";
    is_first(&[error, &named(&access("Default Web Site/PowerShell"))], SHELL, cause, "likely");
    let default = first(&report(&[error, &named(&access("Exchange Back End/PowerShell"))]));
    assert!(default.iter().all(|(_, found, verdict)| found != cause || verdict != "likely"), "{default:?}");
}

#[test]
fn a_console_that_names_no_server_speaks_of_the_only_one() {
    let event = "Error\t10/1/2026 8:02:11 AM\tHttpEvent\t15021\tNone\t\"SSL of 0.0.0.0:444.\"\n";
    let bound = "C:\\>netsh http show sslcert\n\n    IP:port                      : 0.0.0.0:444\n    Certificate Hash             : a80c9de605a1525cd252c250495b459f06ed2ec1\n    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}\n";
    let listed = |hash: &str| {
        format!("[PS] C:\\>Get-ExchangeCertificate\n\nThumbprint                                Services   Subject\n----------                                --------   -------\n{hash}  IP.WS..    CN=EX1\n")
    };
    let problem = "http-proxy-connection-failure";
    let other = listed("1EC7413B4FB1782B4B40868D967161D29154FD7F");
    is_first(&[event, bound, &other], problem, "backend-certificate-binding", "confirmed");
    let right = first(&report(&[event, bound, &listed("A80C9DE605A1525CD252C250495B459F06ED2EC1")]));
    assert!(right.iter().all(|(_, _, verdict)| verdict != "confirmed"), "{right:?}");
    // Of two servers nobody knows whose console it was.
    let second = "[PS] C:\\>Get-ExchangeServer | ft name,serverrole\n\nName ServerRole\n---- ----------\nEX1  Mailbox\nEX2  Mailbox\n";
    let two = first(&report(&[event, bound, &other, second]));
    assert!(two.iter().all(|(_, _, verdict)| verdict != "confirmed"), "{two:?}");
}

#[test]
fn a_failed_sign_in_without_labels_above_it_is_an_event() {
    let body = |status: &str| {
        format!("An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tNULL SID\n\tAccount Name:\t\t-\n\tAccount Domain:\t\t-\n\tLogon ID:\t\t0x0\n\nLogon Type:\t\t\t3\n\nAccount For Which Logon Failed:\n\tSecurity ID:\t\tNULL SID\n\tAccount Name:\t\tsvc-app\n\tAccount Domain:\t\tCONTOSO\n\nFailure Information:\n\tFailure Reason:\t\tx\n\tStatus:\t\t\t{status}\n\tSub Status:\t\t0x0\n\nNetwork Information:\n\tSource Network Address:\t192.0.2.5\n")
    };
    let rows = "2026-10-01 14:20:11 192.0.2.21 POST /EWS/Exchange.asmx - 443 - 192.0.2.5 App/1 - 401 1 2148074254 3\n";
    let problem = "client-sign-in-failure";
    is_first(
        &[&format!("{rows}\n{}", body("0xC000035B"))],
        problem,
        "extended-protection-mismatch",
        "confirmed",
    );
    assert!(first(&report(&[&body("0xC000006D")])).is_empty());
}

#[test]
fn a_trust_is_no_secure_channel_where_nobody_says_who_checked() {
    let context =
        "NegotiateSecurityContext failed with for host 'cas.child.contoso.com' with status 'TargetUnknown'";
    let check = "C:\\>nltest /sc_verify:child.contoso.com\nI_NetLogonControl failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\n";
    let all = first(&report(&[context, check]));
    assert!(all.iter().all(|(_, cause, _)| cause != "secure-channel-broken"), "{all:?}");
    let event = "Log Name: System\nSource: LsaSrv\nEvent ID: 40960\nComputer: EX1.contoso.com\nDescription:\nAn error for the server HTTP/ex2.child.contoso.com. The code was \"x (0xc000018c)\".\n";
    let refused = row(401, NEW).replace("ex2.contoso.com", "ex2.child.contoso.com");
    is_first(&[&refused, event], HTTP, "domain-trust-broken", "likely");
}

#[test]
fn the_server_that_cannot_read_a_shared_ticket_holds_no_shared_account() {
    let event = "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server ex2$. The target name used was HTTP/mail.contoso.com.\n";
    let accounts = |second: &str| {
        format!("[PS] C:\\>Get-ClientAccessServer -IncludeAlternateServiceAccountCredentialStatus | fl Name,*Alt*\n\nName                                 : EX1\nAlternateServiceAccountConfiguration : Latest: 4/6/2026 10:12:31 AM, CONTOSO\\ASA$\n\nName                                 : EX2\nAlternateServiceAccountConfiguration : Latest: {second}\n")
    };
    let problem = "kerberos-ticket-refused";
    is_first(&[event, &accounts("<Not set>")], problem, "asa-not-deployed", "likely");
    is_first(
        &[event, &accounts("1/2/2024 10:12:31 AM, CONTOSO\\ASA$")],
        problem,
        "asa-out-of-sync",
        "likely",
    );
}

#[test]
fn no_computer_has_a_balanced_name_so_that_one_question_is_enough() {
    let event = "Log Name: Application\nSource: MSExchange OWA\nDate: 10/1/2026 9:00:00 AM\nEvent ID: 71\nTask Category: Proxy\nLevel: Error\nKeywords: Classic\nUser: N/A\nComputer: CAS1.contoso.com\nDescription:\nMicrosoft Exchange Client Access server https://cas1.contoso.com/owa tried to proxy Outlook traffic to Client Access server https://branch.contoso.com/owa.\n";
    let query =
        "C:\\>setspn -Q http/branch.contoso.com\nChecking domain DC=contoso,DC=com\n\nNo such SPN found.\n";
    let urls = "[PS] C:\\>Get-OwaVirtualDirectory | ft Server,InternalUrl\n\nServer InternalUrl\n------ -----------\nCAS7   https://branch.contoso.com/owa\nCAS8   https://branch.contoso.com/owa\n";
    let nowhere = |texts: &[&str]| {
        let all = report(texts);
        let causes = all["diagnoses"][0]["causes"].as_array().unwrap().clone();
        let missing = causes.iter().find(|cause| cause["id"] == "spn-missing").unwrap();
        missing["for"].as_array().unwrap().len()
    };
    assert!(nowhere(&[event, query, urls]) > nowhere(&[event, urls]), "the answer weighs nothing");
    // A name that may be a server's has its HOST name.
    assert_eq!(nowhere(&[event, query]), nowhere(&[event]));
}

#[test]
fn a_request_that_was_too_long_is_told_by_a_row_of_httperr_alone() {
    let refused = row(400, "14.03.0123.000").replace(",Ecp,", ",Owa,");
    let error = "httperr:\n2026-10-01 16:48:06 192.0.2.13 53335 192.0.2.10 443 HTTP/1.1 GET /owa/ 400 - FieldLength -\n";
    is_first(&[&refused, error], HTTP, "kerberos-token-too-large", "likely");
    let other = error.replace("FieldLength", "Timer_ConnectionIdle");
    assert!(first(&report(&[&refused, &other])).iter().all(|(_, _, verdict)| verdict != "likely"));
}

#[test]
fn the_back_ends_own_directory_must_let_the_front_end_sign_in() {
    let directory = |on: &str| {
        format!("[PS] C:\\>Get-EcpVirtualDirectory -Server EX2 -ShowMailboxVirtualDirectories | fl Name,*Authentication*\n\nName                          : ecp (Exchange Back End)\nInternalAuthenticationMethods : {{Basic, Fba}}\nBasicAuthentication           : True\nWindowsAuthentication         : {on}\nFormsAuthentication           : True\n")
    };
    is_first(&[&row(401, NEW), &directory("False")], HTTP, "windows-authentication-off", "likely");
    let on = first(&report(&[&row(401, NEW), &directory("True")]));
    assert!(on
        .iter()
        .all(|(_, cause, verdict)| cause != "windows-authentication-off" || verdict != "likely"));
}

#[test]
fn an_error_page_names_its_servers() {
    let page = "503 Failed authentication on backend server: Unauthorized\n\nX-FEServer: EX1\nX-BEServer: EX2\nDate: 10/1/2026 8:14:02 AM\n";
    let problem = &report(&[page])["diagnoses"][0]["problem"];
    assert_eq!((problem["from"].as_str(), problem["to"].as_str()), (Some("EX1"), Some("EX2")));
    // With the row of its front end it is one failure.
    assert_eq!(report(&[page, &row(401, NEW)])["diagnoses"].as_array().unwrap().len(), 1);
    let two = format!("{page}{}", page.replace("EX2", "EX3"));
    assert!(report(&[&two])["diagnoses"][0]["problem"]["to"].is_null());
}

#[test]
fn a_web_site_that_nothing_answers_on_is_told_by_a_try_of_its_port() {
    let refused = format!(
        "{},,WebExceptionStatus=ConnectFailure;WebException=x at Microsoft.Exchange.HttpProxy.Y",
        row(503, NEW).replace(",503,503,", ",503,,")
    );
    let tried = |open: &str| {
        format!("PS C:\\> Test-NetConnection ex2 -Port 444\n\nComputerName     : ex2\nRemoteAddress    : 192.0.2.22\nRemotePort       : 444\nTcpTestSucceeded : {open}\n")
    };
    let problem = "http-proxy-connection-failure";
    is_first(&[&refused, &tried("False")], problem, "network-unreachable", "likely");
    let open = first(&report(&[&refused, &tried("True")]));
    assert!(open.iter().all(|(_, _, verdict)| verdict == "possible"), "{open:?}");
}

#[test]
fn a_log_and_a_setting_that_name_the_reason_need_no_server() {
    let log = "2026-10-01 05:41:15 192.0.2.22 POST /EWS/Exchange.asmx - 444 - 192.0.2.21 App/1 - 401 1 2148074310 1\n";
    is_first(&[&row(401, NEW), log], HTTP, "extended-protection-mismatch", "likely");
    let other = log.replace("2148074310", "2148074254");
    let all = first(&report(&[&row(401, NEW), &other]));
    assert!(all.iter().all(|(_, _, verdict)| verdict == "possible"), "{all:?}");
    let registry = "C:\\>reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\n\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\n    SuppressExtendedProtection    REG_DWORD    0x3\n";
    is_first(&[&row(401, NEW), registry], HTTP, "extended-protection-mismatch", "likely");
}

#[test]
fn a_disabled_kerberos_service_counts_beside_its_status_only() {
    let service = "PS C:\\> Get-Service -ComputerName DC1 -Name kdc | ft MachineName,Name,Status,StartType\n\nMachineName Name  Status StartType\n----------- ----  ------ ---------\nDC1         kdc  Stopped  Disabled\n";
    let event = "TimeCreated  : 10/1/2026 9:02:41 AM\nProviderName : Microsoft-Windows-Security-Auditing\nId           : 4625\nMachineName  : EX1.contoso.com\nMessage      : An account failed to log on.\n               \n               Subject:\n               \tSecurity ID:\t\tS-1-0-0\n               \tAccount Name:\t\t-\n               \tAccount Domain:\t\t-\n               \tLogon ID:\t\t0x0\n               \n               Logon Type:\t\t\t3\n               \n               Account For Which Logon Failed:\n               \tSecurity ID:\t\tS-1-0-0\n               \tAccount Name:\t\tEX1$\n               \tAccount Domain:\t\tCONTOSO\n               \n               Failure Information:\n               \tFailure Reason:\t\tx\n               \tStatus:\t\t\t0xC00002F5\n               \tSub Status:\t\t0x0\n";
    let problem = "domain-controller-unreachable";
    is_first(&[event, service], problem, "kdc-unavailable", "likely");
    // On any other server it is disabled by design, and another failure says nothing of it.
    let other = "Log Name: System\nSource: NETLOGON\nEvent ID: 5719\nComputer: EX1.contoso.com\nDescription:\nNo session with CONTOSO.\n";
    let all = first(&report(&[other, &service.replace("DC1", "FS1")]));
    assert!(all.iter().all(|(_, _, verdict)| verdict == "possible"), "{all:?}");
}

#[test]
fn an_old_back_end_is_called_by_the_name_of_a_url_that_may_be_balanced() {
    let refused = "2026-10-01T13:00:10.221Z,1f0e,15,2,544,27,,Ews,mail.contoso.com,/EWS/Exchange.asmx,,Negotiate,True,CONTOSO\\anna,,,x,192.0.2.70,EX1,500,,,POST,Proxy,array.contoso.com,14.03.0319.002,IntraForest,NegotiateSecurityContext failed with for host 'array.contoso.com' with status 'TargetUnknown'";
    let urls = "[PS] C:\\>Get-WebServicesVirtualDirectory | ft server,internalurl\n\nServer InternalUrl\n------ -----------\nCAS1   https://array.contoso.com/EWS/Exchange.asmx\nCAS2   https://array.contoso.com/EWS/Exchange.asmx\n";
    let query =
        "C:\\>setspn -Q HTTP/array.contoso.com\nChecking domain DC=contoso,DC=com\n\nNo such SPN found.\n";
    is_first(&[refused, urls, query], HTTP, "spn-missing", "confirmed");
}

#[test]
fn a_name_in_a_url_that_dns_does_not_have_is_the_wrong_one() {
    let event = "Log Name: Application\nSource: MSExchange Availability\nEvent ID: 4002\nComputer: CAS1.contoso.com\nDescription:\nA request to https://oldcas.contoso.com/ews/exchange.asmx failed. System.Net.WebException: The remote name could not be resolved: 'oldcas.contoso.com'\n";
    let directory = "[PS] C:\\>Get-WebServicesVirtualDirectory -Server CAS9 | fl Identity,InternalUrl\n\nIdentity    : CAS9\\EWS (Default Web Site)\nInternalUrl : https://oldcas.contoso.com/ews/exchange.asmx\n";
    let query = "C:\\>nslookup oldcas.contoso.com\nServer:  dc1.contoso.com\nAddress:  192.0.2.11\n\n*** dc1.contoso.com can't find oldcas.contoso.com: Non-existent domain\n";
    let problem = "http-proxy-connection-failure";
    is_first(&[event, directory, query], problem, "internal-url-wrong", "likely");
    // One answer that finds it is enough, and a name that no directory has is nobody's URL.
    let found = "C:\\>nslookup oldcas.contoso.com\nServer:  dc2.contoso.com\nAddress:  192.0.2.12\n\nName:    oldcas.contoso.com\nAddress:  192.0.2.9\n";
    for texts in [&[event, directory, query, found][..], &[event, query][..]] {
        let all = first(&report(texts));
        assert!(all.iter().all(|(_, cause, verdict)| cause != "internal-url-wrong" || verdict == "possible"));
    }
}

#[test]
fn the_twin_of_event_71_for_web_services_is_told_by_its_provider() {
    let event = "Protokollname: Application\nQuelle:        MSExchange Web Services\nDatum:         01.10.2026 13:40:22\nEreignis-ID:   14\nAufgabenkategorie:Core\nEbene:         Fehler\nBenutzer:      Nicht zutreffend\nComputer:      CAS1.contoso.com\nBeschreibung:\nDer Server 'https://cas1.contoso.com/ews/exchange.asmx' wollte zu 'https://cas2.contoso.com/ews/exchange.asmx'. Kerberos: Service Principal Name, SPN.\n";
    let directory = "[PS] C:\\>Get-WebServicesVirtualDirectory | ft Identity,WindowsAuthentication\n\nIdentity                    WindowsAuthentication\n--------                    ---------------------\nCAS2\\EWS (Default Web Site)                 False\n";
    is_first(&[event, directory], HTTP, "windows-authentication-off", "likely");
}

#[test]
fn a_sentence_and_a_table_of_a_ticket_are_an_event_and_its_directories() {
    let event = "OWA 71:\n\nMicrosoft Exchange Client Access server https://cas1.contoso.com/owa tried to proxy Outlook traffic to Client Access server https://192.0.2.15/owa. It failed because the authentication for the connection between the two servers failed.\n";
    let table = "| Server | InternalUrl | WindowsAuthentication |\n|--------|:-----------:|-----|\n| CAS1 | https://cas1.contoso.com/owa | True |\n| CAS2 | https://192.0.2.15/owa | True |\n";
    is_first(&[event], "owa-proxy-auth-failure", "internal-url-ip-address", "confirmed");
    let report = report(&[table]);
    assert_eq!(values(&report, "virtual_directory.server"), ["CAS1", "CAS2"]);
}

#[test]
fn the_event_of_the_front_end_says_what_its_log_says() {
    let event = "Log Name: Application\nSource: MSExchange Front End HTTP Proxy\nEvent ID: 1003\nComputer: EX1.contoso.com\nDescription:\n[Ecp] The exception was: System.Web.HttpException (0x80004005): NegotiateSecurityContext failed with for host 'ex2.contoso.com' with status 'LogonDenied'\n";
    let channel = "[EX2]: PS C:\\> Test-ComputerSecureChannel\nFalse\n";
    is_first(&[event, channel], HTTP, "secure-channel-broken", "confirmed");
}
