//! Words in event messages told by their shape, not by their place in an English sentence:
//! status words of SSPI, authentication mechanisms, addresses in brackets, service principal
//! names, Kerberos error names, host names.
//!
//! The messages are translated by Windows and by people, these words are not. What has no
//! shape (a connector's free name) is found best effort or not at all.

use super::host::{address, host_of_spn, place};
use regex::Regex;
use std::sync::LazyLock;

/// A constant pattern; every one is compiled by a test of its reader.
#[allow(clippy::unwrap_used)]
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// Statuses of SSPI that Exchange prints as one word, as .NET and its transport name them.
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:^|[^0-9A-Za-z])(UnexpectedExchangeAuthBlobCheckForClockSkew|UnexpectedExchangeAuthBlob|IllegalMessage|",
        r"LogonDenied|LocalLogonDenied|KdcUnknownEncryptionType|KdcUnknownEType|NoAuthenticatingAuthority|TargetUnknown|",
        r"WrongPrincipal|TimeSkew|InvalidToken|InternalError|NoCredentials|UnknownCredentials|ContextExpired|",
        r"CertificateUnknown|CertUnknown|CertExpired|UntrustedRoot|OutOfSequence|MessageAltered|QopNotSupported|",
        r"BadBinding|BadBindings|SecurityQosFailed|UnsupportedFunction|Unsupported|AlgorithmMismatch|PackageNotFound|",
        r"CannotInstall|CannotPack|IncompleteMessage|IncompleteCredentials|InvalidHandle|NotOwner|OutOfMemory|",
        r"MutualAuthFailed|NoImpersonation|EncryptFailure|DecryptFailure|DelegationRequired|DowngradeDetected|",
        r"SmartcardLogonRequired|NoKerbKey|NoTgtReply|KdcInvalidRequest|InvalidParameter)(?:$|[^0-9A-Za-z])"
    ))
});

/// Any word in .NET's manner; only behind the list above.
static CAMEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9A-Za-z.\\/-])([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:$|[^0-9A-Za-z.\\/-]|\.(?:$|[^0-9A-Za-z]))",
    )
});

/// Authentication mechanisms, spelled as Exchange spells them.
static MECHANISM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9A-Za-z])(ExchangeAuth|Gssapi|GSSAPI|Ntlm|NTLM|Login|LOGIN|Plain|PLAIN|Kerberos|Negotiate|DirectTrust|Basic)(?:$|[^0-9A-Za-z])",
    )
});

static BRACKETS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([0-9A-Fa-f.:%]+)\]"));

/// `class/host`, with a port, an instance and a realm behind it.
static SPN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9A-Za-z_/.:-])([A-Za-z][0-9A-Za-z-]+/[0-9A-Za-z_][0-9A-Za-z_.:-]*(?:/[0-9A-Za-z_.:-]+)?)",
    )
});

/// An account of a computer: `EX1$`, `CONTOSO\EX1$`.
static COMPUTER_ACCOUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"([0-9A-Za-z_][0-9A-Za-z_.\\-]*\$)"));

/// English: `received a KRB_AP_ERR_MODIFIED error from the server ex1$.`
static ANSWERING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"_ERR_[A-Z_]+ error from the server\s+([0-9A-Za-z_][0-9A-Za-z_./\\$-]*)"));

static KERBEROS_ERROR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:KRB5?(?:KRB)?|KERB)_(?:APP?_)?ERR_([A-Z_]+)|KDC_ERR_([A-Z_]+)"));

/// The code in front of its name, in any language: `Error Code: 0x7 KDC_ERR_...`.
static KERBEROS_CODE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"0[xX]([0-9A-Fa-f]{1,8})[ \t\r\n]+(?:KDC|KRB|KERB|KRB5)[A-Z0-9]*_"));

static NTSTATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9A-Za-z])0[xX]([cC][0-9A-Fa-f]{7})(?:$|[^0-9A-Za-z])"));

static SSPI: LazyLock<Regex> = LazyLock::new(|| pattern(r"0[xX](8009[0-9A-Fa-f]{4})"));

static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"["']([0-9A-Za-z_.:\[\]-]+)["']"#));

static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)https?://[^\s"'<>«»“”「」、。，）)]+"#));

/// A name with dots or an address; files of programs are told apart by their ending.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9A-Za-z_.-])([0-9A-Za-z_][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)+)"));

/// The connector in Exchange's own English sentences.
static CONNECTOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:Receive|Send) connector ['"]?([^\r\n]+?)['"]?(?:\.(?:[ \r\n]|$)|[;,]|: Auth|[\r\n]|$|(?:\. )? ?The authentication mechanism)"#,
    )
});

/// The default connectors keep their English names in translated sentences; then comes the server.
static DEFAULT_CONNECTOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9A-Za-z])((?:Default Frontend|Client Frontend|Client Proxy|Outbound Proxy Frontend|Default) <?[0-9A-Za-z_][0-9A-Za-z_.-]*>?)",
    )
});

fn first<'t>(pattern: &Regex, text: &'t str) -> Option<&'t str> {
    pattern.captures(text).and_then(|found| found.get(1)).map(|found| found.as_str())
}

/// The status word: a known one, else the first in its manner that is no mechanism.
pub(super) fn status(text: &str) -> Option<&str> {
    first(&STATUS, text).or_else(|| {
        let words = CAMEL.captures_iter(text).filter_map(|found| found.get(1)).map(|found| found.as_str());
        words
            .into_iter()
            .find(|word| mechanism_word(word).is_none() && !["EdgeSync", "PowerShell"].contains(word))
    })
}

/// The status word when it is one of the known ones.
pub(super) fn known_status(text: &str) -> Option<&str> {
    first(&STATUS, text)
}

/// The word itself when it is a mechanism.
pub(super) fn mechanism_word(word: &str) -> Option<&str> {
    first(&MECHANISM, word.trim()).filter(|found| *found == word.trim())
}

/// The mechanism: the last one before the address, for a connector may be called `Login`.
pub(super) fn mechanism(text: &str) -> Option<&str> {
    let end = BRACKETS.find(text).map_or(text.len(), |found| found.start());
    MECHANISM
        .captures_iter(text.get(..end)?)
        .filter_map(|found| found.get(1))
        .last()
        .map(|found| found.as_str())
}

/// The address in brackets, without zone.
pub(super) fn bracketed_address(text: &str) -> Option<String> {
    BRACKETS
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .find_map(|found| address(found.as_str()))
        .map(|ip| ip.to_string())
}

/// An address alone, with or without brackets, zone and port.
pub(super) fn lone_address(text: &str) -> Option<String> {
    address(text)
        .map(|ip| ip.to_string())
        .or_else(|| place(text).filter(|place| place.is_ip).map(|place| place.host))
}

/// The service principal names of a text, realms (`@CONTOSO.COM`) cut off.
pub(super) fn spns(text: &str) -> impl Iterator<Item = &str> {
    SPN.captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|found| found.as_str().trim_end_matches(['.', ':', '/']))
        .filter(|spn| {
            // Dates (`9/10/2024`), paths and `and/or` look alike; an SPN has a class and a host.
            let class = spn.split('/').next().unwrap_or_default();
            let host = host_of_spn(spn).map(|place| place.host).unwrap_or_default();
            // `http/1.1` is a protocol and `http/https` a choice; `http/mail.contoso.com` is a name
            // of an alternate service account.
            let is_host = host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic());
            !["and", "or", "https"].contains(&class)
                && (class != "http" || is_host)
                && (host.contains('.') || class.chars().all(|c| c.is_ascii_alphanumeric()))
                && !host.is_empty()
        })
}

/// The first account of a computer.
pub(super) fn computer_account(text: &str) -> Option<&str> {
    first(&COMPUTER_ACCOUNT, text)
}

/// Who answered, in Windows' English sentence.
pub(super) fn answering_server(text: &str) -> Option<&str> {
    first(&ANSWERING, text).map(|name| name.trim_end_matches('.'))
}

/// The name of a Kerberos error in its one spelling: `KRB_AP_ERR_MODIFIED`.
pub(super) fn kerberos_error_name(text: &str) -> Option<String> {
    let found = KERBEROS_ERROR.captures(text)?;
    let name = |group: usize| found.get(group).map(|name| name.as_str().trim_end_matches('_'));
    match (name(1), name(2)) {
        (Some("RESPONSE_TOO_BIG"), _) => Some("KRB_ERR_RESPONSE_TOO_BIG".to_owned()),
        (Some("GENERIC"), _) => Some("KRB_ERR_GENERIC".to_owned()),
        (Some(name), _) => Some(format!("KRB_AP_ERR_{name}")),
        (_, Some(name)) => Some(format!("KDC_ERR_{name}")),
        _ => None,
    }
}

/// The code that stands before a Kerberos error's name: `0x7`.
pub(super) fn kerberos_code(text: &str) -> Option<String> {
    first(&KERBEROS_CODE, text).and_then(hexadecimal)
}

/// A number of any hexadecimal spelling as `0x7`.
pub(super) fn hexadecimal(digits: &str) -> Option<String> {
    let digits = digits.trim().trim_start_matches("0x").trim_start_matches("0X");
    u32::from_str_radix(digits, 16).ok().map(|number| format!("{number:#x}"))
}

/// The first NTSTATUS failure: `0xc000005e`.
pub(super) fn ntstatus(text: &str) -> Option<String> {
    first(&NTSTATUS, text).and_then(hexadecimal)
}

/// A status as event 4625 holds it: `0xC0000133`, `-1073741517`; zero is none.
pub(super) fn status_number(value: &str) -> Option<String> {
    let value = value.trim();
    let number = match value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => u32::try_from(value.parse::<i64>().ok()? & 0xFFFF_FFFF).ok()?,
    };
    (number != 0).then(|| format!("{number:#x}"))
}

/// A status of SSPI: `0x8009030c`.
pub(super) fn sspi_code(text: &str) -> Option<String> {
    first(&SSPI, text).and_then(hexadecimal)
}

/// The first host in quotation marks.
pub(super) fn quoted_host(text: &str) -> Option<&str> {
    QUOTED
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|found| found.as_str())
        .find(|name| place(name).is_some())
}

/// The connector, in the English sentence or by a default name.
pub(super) fn connector(text: &str) -> Option<&str> {
    let named = first(&CONNECTOR, text).or_else(|| first(&DEFAULT_CONNECTOR, text))?;
    Some(named.trim().trim_end_matches('.').trim_end()).filter(|name| !name.is_empty() && !name.contains('%'))
}

/// The first URL, without what ends the sentence.
pub(super) fn url(text: &str) -> Option<&str> {
    URL.find(text).map(|found| found.as_str().trim_end_matches(['.', ',', ';', ':']))
}

/// Places that are looked at in one message; the first two name the servers.
const PLACES: usize = 32;

/// The link to the vendor's help that ends an event's text: `http://go.microsoft.com/fwlink/events.asp`.
fn is_help_link(url: &str) -> bool {
    place(url).is_some_and(|place| place.host.split('.').rev().nth(1) == Some("microsoft"))
}

/// The first host names, addresses and URLs in their order, each once.
pub(super) fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<(usize, &str)> = URL
        .find_iter(text)
        .take(PLACES)
        .map(|url| (url.start(), url.as_str().trim_end_matches(['.', ',', ';', ':'])))
        .filter(|(_, url)| !is_help_link(url))
        .collect();
    let urls: Vec<_> = URL.find_iter(text).take(PLACES).map(|url| url.range()).collect();
    for name in NAME.captures_iter(text).take(PLACES).filter_map(|found| found.get(1)) {
        let ending = name.as_str().rsplit('.').next().unwrap_or_default();
        let program = ["exe", "dll", "aspx", "asmx", "config", "htm", "html"]
            .contains(&ending.to_ascii_lowercase().as_str());
        let is_host = ending.chars().all(|c| c.is_ascii_alphabetic()) && ending.len() > 1
            || address(name.as_str()).is_some();
        if is_host && !program && !urls.iter().any(|url| url.contains(&name.start())) {
            found.push((name.start(), name.as_str()));
        }
    }
    found.sort_unstable();
    let mut places: Vec<&str> = Vec::new();
    for (_, text) in found {
        if !places.iter().any(|known| known.eq_ignore_ascii_case(text)) {
            places.push(text);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: [&str; 6] = [
        "Inbound authentication failed with error IllegalMessage for Receive connector Default EX1. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft Exchange is [192.0.2.7].",
        "Fehler IllegalMessage bei der eingehenden Authentifizierung f\u{FC}r den Empfangsconnector \"Default EX1\". Mechanismus ist ExchangeAuth. IP-Adresse: [192.0.2.7].",
        "Blad IllegalMessage, lacznik Default EX1 . Mechanizm to ExchangeAuth. Adres IP to [192.0.2.7].",
        "\u{53D7}\u{4FE1}\u{30B3}\u{30CD}\u{30AF}\u{30BF} Default EX1 \u{306E}\u{30A8}\u{30E9}\u{30FC} IllegalMessage \u{3002}\u{8A8D}\u{8A3C}\u{6A5F}\u{69CB}\u{306F} ExchangeAuth \u{3067}\u{3059}\u{3002}IP \u{306F} [192.0.2.7] \u{3067}\u{3059}\u{3002}",
        "\u{05D0}\u{05D9}\u{05DE}\u{05D5}\u{05EA} IllegalMessage \u{05DE}\u{05D7}\u{05D1}\u{05E8} Default EX1, ExchangeAuth [192.0.2.7]",
        "\u{4F7F}\u{7528}\u{9519}\u{8BEF} IllegalMessage, \u{63A5}\u{6536}\u{8FDE}\u{63A5}\u{5668} Default EX1\u{3002} ExchangeAuth [192.0.2.7]",
    ];

    #[test]
    fn the_words_of_an_inbound_failure_are_found_in_any_language() {
        for text in SENTENCES {
            assert_eq!(status(text), Some("IllegalMessage"), "{text}");
            assert_eq!(mechanism(text), Some("ExchangeAuth"), "{text}");
            assert_eq!(connector(text), Some("Default EX1"), "{text}");
            assert_eq!(bracketed_address(text).as_deref(), Some("192.0.2.7"), "{text}");
        }
    }

    #[test]
    fn a_connector_name_with_dots_ends_at_the_sentence() {
        assert_eq!(
            connector("failed with error LogonDenied for Receive connector Client Frontend EX1.contoso.com. The authentication mechanism is Login."),
            Some("Client Frontend EX1.contoso.com")
        );
        assert_eq!(
            connector("error LogonDenied for Receive connector Default Mailbox Delivery"),
            Some("Default Mailbox Delivery")
        );
        assert_eq!(connector("for Receive connector %2. The authentication mechanism is %3."), None);
    }

    #[test]
    fn an_unlisted_status_is_told_by_its_manner() {
        assert_eq!(
            status("failed with error SomethingQuiteNew for Receive connector Relay"),
            Some("SomethingQuiteNew")
        );
        assert_eq!(status("the mechanism is ExchangeAuth"), None);
    }

    #[test]
    fn spns_are_told_from_dates_and_paths() {
        let found: Vec<_> = spns("HTTP/ex1.contoso.com, LDAP/dc1.contoso.com/contoso.com@CONTOSO.COM on 9/10/2024 and/or MSSQLSvc/sql.contoso.com:1433 at https://ex1.contoso.com/owa").collect();
        assert_eq!(
            found,
            ["HTTP/ex1.contoso.com", "LDAP/dc1.contoso.com/contoso.com", "MSSQLSvc/sql.contoso.com:1433"]
        );
    }

    #[test]
    fn kerberos_errors_have_one_spelling() {
        for text in
            ["KRB_AP_ERR_MODIFIED", "KRB_APP_ERR_MODIFIED", "KRB5KRB_AP_ERR_MODIFIED", "KERB_AP_ERR_MODIFIED"]
        {
            assert_eq!(kerberos_error_name(text).as_deref(), Some("KRB_AP_ERR_MODIFIED"), "{text}");
        }
        assert_eq!(
            kerberos_error_name("KDC_ERR_S_PRINCIPAL_UNKNOWN ").as_deref(),
            Some("KDC_ERR_S_PRINCIPAL_UNKNOWN")
        );
        assert_eq!(kerberos_code("Fehlercode: 0x7  KDC_ERR_S_PRINCIPAL_UNKNOWN").as_deref(), Some("0x7"));
        assert_eq!(ntstatus("\"... (0xC000005E)\"").as_deref(), Some("0xc000005e"));
    }

    #[test]
    fn places_are_hosts_and_urls_but_no_programs() {
        assert_eq!(
            places(
                "server cas1.contoso.com to https://192.0.2.15/owa with setspn.exe. cas1.contoso.com again"
            ),
            ["cas1.contoso.com", "https://192.0.2.15/owa"]
        );
        // Windows 2003 ends every event with it.
        let help = "see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.";
        assert!(places(help).is_empty());
    }
}
