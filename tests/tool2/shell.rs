//! Errors of remote shells, and texts that only look like one.
use super::{one, read};

const HANDLE: &str = "New-PSSession : [ex1.contoso.com] Processing data from remote server ex1.contoso.com failed with the\r\nfollowing error message: The WinRM Shell client cannot process the request. The shell handle is not valid.\r\nAt line:1 char:1\r\n+ New-PSSession -ConnectionURI \"$connectionUri\" -ConfigurationName Microsoft.Excha ...\r\n    + CategoryInfo          : OpenError: (System.Manageme....RemoteRunspace:RemoteRunspace) [New-PSSession], PSRemotin\r\n   gTransportException\r\n    + FullyQualifiedErrorId : -2144108212,PSSessionOpenFailed\r\n";

#[test]
fn the_error_of_a_session_is_told_by_its_id_in_any_language() {
    let german = "New-PSSession : [ex1.contoso.com] Bei der Verarbeitung von Daten vom Remoteserver \"ex1.contoso.com\" ist folgender\nFehler aufgetreten: ...\n    + FullyQualifiedErrorId : -2144108212,PSSessionOpenFailed\n";
    for (from, text) in
        [("New-PSSession", HANDLE), ("", HANDLE), ("", german), ("Exchange Management Shell", german)]
    {
        let facts = one("shell-error", from, text);
        assert_eq!(facts.text("shell.target"), Some("ex1.contoso.com"));
        assert_eq!(facts.text("shell.error_code"), Some("0x8033814C"));
        assert_eq!(facts.text("shell.computer"), Some("EX1"));
        assert_eq!(facts.flag("shell.kerberos"), None);
    }
}

#[test]
fn a_status_in_the_words_is_surer_than_the_errors_id() {
    let text = "[ex2.contoso.com] Connecting to remote server ex2.contoso.com failed with the following error message : WinRM cannot process the request. The following error with errorcode 0x80090322 occurred while using Kerberos authentication: An unknown security error occurred.\n+ FullyQualifiedErrorId : -2144108387,PSSessionOpenFailed";
    let facts = one("shell-error", "", text);
    assert_eq!(facts.text("shell.error_code"), Some("0x80090322"));
    assert_eq!(facts.flag("shell.kerberos"), Some(true));
    assert_eq!(facts.text("shell.target"), Some("ex2.contoso.com"));
    let text = "Connecting to remote server EX2 failed with the following error message : The WinRM client received an HTTP status code of 403 from the remote WS-Management service.";
    let facts = one("shell-error", "", text);
    assert_eq!((facts.number("shell.http_status"), facts.text("shell.target")), (Some(403.0), Some("EX2")));
    let facts = one(
        "shell-error",
        "",
        "Der WinRM-Client hat den HTTP-Statuscode 403 vom Remote-WS-Verwaltungsdienst empfangen.",
    );
    assert_eq!(facts.number("shell.http_status"), Some(403.0));
    let facts =
        one("shell-error", "", "[ex2] ...\n+ FullyQualifiedErrorId : AccessDenied,PSSessionOpenFailed");
    assert_eq!(
        (facts.text("shell.error_name"), facts.text("shell.target")),
        (Some("AccessDenied"), Some("ex2"))
    );
}

#[test]
fn a_shell_that_tries_the_same_server_again_did_not_connect() {
    let line = "AUSFÜHRLICH: Verbindung mit ex1.contoso.com.\n";
    let facts = one("shell-error", "Exchange Management Shell", &line.repeat(3));
    assert_eq!(facts.text("shell.target"), Some("ex1.contoso.com"));
    let connected = "VERBOSE: Connecting to ex1.contoso.com.\nVERBOSE: Connected to ex1.contoso.com.\n";
    assert!(read("Exchange Management Shell", connected).is_empty());
    assert!(read("", "VERBOSE: Connecting to ex1.contoso.com.\n").is_empty());
}

#[test]
fn an_error_of_something_else_and_an_event_are_none() {
    for text in [
        "Get-WinEvent : No events were found that match the specified selection criteria.\nAt line:1 char:1\n    + FullyQualifiedErrorId : NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand\n",
        "The WinRM service is running on EX1.",
        "Attempting stop...\nInternet services successfully stopped\n",
        "OWA and ECP display a blank page",
    ] {
        assert!(read("", text).is_empty(), "{text}");
        assert!(read("Get-WinEvent -LogName System", text).is_empty(), "{text}");
    }
    let event = "Log Name:      Application\nSource:        MSExchange Management Application\nDate:          1/2/2026 1:21:43 PM\nEvent ID:      14004\nTask Category: x\nLevel:         Error\nKeywords:      Classic\nUser:          N/A\nComputer:      ex2.contoso.com\nDescription:\nWinRM failed with 0x80090322.\n";
    assert_eq!(read("", event)[0].0, "event");
}

#[test]
fn the_roll_of_the_shared_account_is_told_by_its_frame() {
    let text = "========== Starting at 01/12/2026 10:34:35 ==========\nPushing credentials to server ex2\n========== Finished at 01/12/2026 10:38:13 ==========\n\n        THE SCRIPT HAS SUCCEEDED\n";
    for from in [".\\RollAlternateServiceAccountPassword.ps1 -ToEntireForest", ""] {
        assert_eq!(one("asa-roll", from, text).flag("asa_roll.succeeded"), Some(true));
        let failed = text.replace("        THE SCRIPT HAS SUCCEEDED\n", "");
        assert_eq!(one("asa-roll", from, &failed).flag("asa_roll.succeeded"), Some(false));
        // Cut off before its end, it did not fail.
        assert!(read(from, &text[..text.find("=== Finished").unwrap() - 7]).is_empty());
    }
}
