//! IIS, certificates on endpoints, and what a front end says about its back end.
use super::{lines, one, read};

const SECTION: &str = "<system.webServer>\n  <security>\n    <authentication>\n      <windowsAuthentication enabled=\"true\">\n        <extendedProtection tokenChecking=\"None\" />\n        <providers>\n          <add value=\"Negotiate\" />\n          <add value=\"NTLM\" />\n        </providers>\n      </windowsAuthentication>\n    </authentication>\n  </security>\n</system.webServer>\n";

#[test]
fn the_section_of_appcmd_gives_providers_and_path() {
    let facts = one(
        "iis-config",
        "appcmd list config \"Default Web Site/owa\" -section:windowsAuthentication",
        SECTION,
    );
    assert_eq!(
        lines(&facts),
        [
            "iis.computer=EX1",
            "iis.path=Default Web Site/owa",
            "iis.extended_protection=None",
            "iis.windows_authentication=True",
            "iis.providers=[Negotiate; NTLM]",
            "iis.offers_negotiate=True",
            "iis.offers_ntlm=True",
        ]
    );
    let ntlm = SECTION.replace("          <add value=\"Negotiate\" />\n", "").replace('"', "'");
    let facts = one("iis-config", "", &ntlm);
    assert_eq!(
        (facts.flag("iis.offers_negotiate"), facts.flag("iis.offers_ntlm")),
        (Some(false), Some(true))
    );
}

#[test]
fn each_location_of_a_whole_configuration_is_one_record() {
    let text = format!("<location path=\"Default Web Site/ecp\">{SECTION}</location>\n<location path=\"Exchange Back End/owa\">{}</location>",
        "<windowsAuthentication enabled=\"false\" />");
    let all = read("", &text);
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].1.text("iis.path"), Some("Exchange Back End/owa"));
    assert_eq!(all[1].1.flag("iis.windows_authentication"), Some(false));
    // Inherited: nothing is known.
    assert_eq!(all[1].1.flag("iis.offers_negotiate"), None);
}

#[test]
fn the_providers_of_the_metabase_are_read_for_the_web_service_only() {
    let text = "NTAuthenticationProviders       : (STRING) \"NTLM\"\n";
    let facts = one("iis-config", "cscript adsutil.vbs get w3svc/1/root/NTAuthenticationProviders", text);
    assert_eq!(
        (facts.text("iis.path"), facts.flag("iis.offers_negotiate")),
        (Some("w3svc/1/root"), Some(false))
    );
    let facts = one("iis-config", "", "NTAuthenticationProviders       : (STRING) \"Negotiate,NTLM\"\n");
    assert_eq!(facts.flag("iis.offers_negotiate"), Some(true));
    let flags =
        one("iis-config", "cscript adsutil.vbs get w3svc/1/root/AuthFlags", "AuthFlags    : (INTEGER) 6\n");
    assert_eq!(flags.flag("iis.windows_authentication"), Some(true));
    let mail =
        read("cscript adsutil.vbs enum SmtpSvc/1", "AuthNTLM                        : (BOOLEAN) True\n");
    assert!(mail.iter().all(|(kind, _)| *kind != "iis-config"));
}

#[test]
fn the_challenges_of_an_answer_speak_of_the_server_that_was_asked() {
    let text = "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/10.0\r\nWWW-Authenticate: NTLM\r\nwww-authenticate: Basic realm=\"ex2.contoso.com\"\r\n\r\n";
    let facts = one("iis-config", "curl -I https://ex2.contoso.com/ews/exchange.asmx", text);
    assert_eq!(facts.text("iis.computer"), Some("ex2.contoso.com"));
    assert_eq!(facts.list("iis.providers").unwrap(), ["NTLM", "Basic"]);
    assert_eq!(facts.flag("iis.offers_negotiate"), Some(false));
    let verbose = text.replace("\r\n", "\r\n< ").replace("HTTP/1.1", "< HTTP/2");
    assert_eq!(one("iis-config", "", &verbose).flag("iis.offers_ntlm"), Some(true));
    assert!(read("curl -I https://ex2.contoso.com/", "HTTP/1.1 302 Found\r\nLocation: /owa\r\n").is_empty());
}

#[test]
fn certificates_of_endpoints_are_read_in_any_language() {
    let english = "SSL Certificate bindings: \n------------------------- \n\n    IP:port                      : 0.0.0.0:443\n    Certificate Hash             : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}\n\n    IP:port                      : [::]:444\n    Certificate Hash             : BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}\n";
    let german = english
        .replace("Certificate Hash  ", "Zertifikathash    ")
        .replace("Application ID", "Anwendungs-ID");
    let french =
        english.replace("IP:port   ", "IP:port \u{a0}").replace("Certificate Hash", "Hachage du certificat");
    let chinese = english.replace("IP:port", "IP:端口").replace("Certificate Hash", "证书哈希");
    for text in [english, &german, &french, &chinese] {
        for from in ["netsh http show sslcert", ""] {
            let all = read(from, text);
            assert_eq!(all.len(), 2, "{text}");
            assert_eq!(
                (all[0].1.text("ssl_binding.endpoint"), all[0].1.flag("ssl_binding.is_backend")),
                (Some("0.0.0.0:443"), Some(false))
            );
            assert_eq!(
                (all[1].1.text("ssl_binding.endpoint"), all[1].1.flag("ssl_binding.is_backend")),
                (Some("[::]:444"), Some(true))
            );
            assert_eq!(all[1].1.text("ssl_binding.hash"), Some("B".repeat(40).as_str()));
            assert_eq!(all[1].1.text("ssl_binding.computer"), Some("EX1"));
        }
    }
    let none = "\nSSL-Zertifikatbindungen:\n-------------------------\n\nDas System kann die angegebene Datei nicht finden.\n";
    let facts = one("ssl-binding", "netsh http show sslcert ipport=0.0.0.0:444", none);
    assert_eq!(
        (facts.flag("ssl_binding.missing"), facts.flag("ssl_binding.is_backend")),
        (Some(true), Some(true))
    );
    assert!(read("netsh http show sslcert ipport=0.0.0.0:444", "Access is denied.\n").is_empty());
    // A thumbprint in a list of certificates is no binding.
    assert!(
        read("netsh http show sslcert", "Thumbprint : AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n").is_empty()
    );
}

#[test]
fn a_refusing_back_end_is_told_by_page_words_and_rows() {
    let facts = one("http-error", "", "503 Failed authentication on backend server: Unauthorized\r\n");
    assert_eq!(
        (facts.number("http.status"), facts.text("http.text")),
        (Some(503.0), Some("Failed authentication on backend server: Unauthorized"))
    );
    let facts = one(
        "http-error",
        "",
        "NegotiateSecurityContext failed with for host 'ex2.contoso.com' with status 'TargetUnknown'",
    );
    assert_eq!(
        (facts.text("http.target_host"), facts.text("http.status_name")),
        (Some("ex2.contoso.com"), Some("TargetUnknown"))
    );
    let log = "#Log-type: HttpProxy Logs\n#Fields: DateTime,Protocol,IsAuthenticated,HttpStatus,BackEndStatus,ErrorCode,TargetServer,GenericErrors\n\
        2026-10-01T10:00:00Z,Owa,true,401,401,,ex2.contoso.com,\n\
        2026-10-01T10:00:00Z,Owa,false,401,,,,\n\
        2026-10-01T10:00:00Z,Ews,true,200,200,,ex2.contoso.com,\n\
        2026-10-01T10:00:01Z,Owa,true,401,401,,ex2.contoso.com,\n\
        2026-10-01T10:00:02Z,Ecp,true,503,401,,ex3.contoso.com,NegotiateSecurityContext failed with for host 'ex3.contoso.com' with status 'WrongPrincipal'\n";
    for from in ["HttpProxy", ""] {
        let all = read(from, log);
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(
            (all[0].1.text("http.protocol"), all[0].1.number("http.status")),
            (Some("Owa"), Some(401.0))
        );
        assert_eq!(
            (all[1].1.text("http.target_host"), all[1].1.text("http.status_name")),
            (Some("ex3.contoso.com"), Some("WrongPrincipal"))
        );
    }
}
