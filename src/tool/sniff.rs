//! Tells the tools that printed a text, when no command says so.
//!
//! Looks for marks that no display language changes and no prose contains.
//! A mark that is missing costs nothing: the text is then a pasted message.

use super::tool_name::Tool;
use regex::RegexSet;
use std::sync::LazyLock;

/// One mark each; a tool may have several.
const MARKS: [(Tool, &str); 54] = [
    (
        Tool::Setspn,
        r"(?:ServicePrincipalNames?\b.*[=,]DC=[^,]+|[=,]DC=[^,]+ServicePrincipalNames?[^,]*):[ ]*$",
    ),
    (Tool::Setspn, r"^[ \t]*(?:FindDomainForAccount: |Duplicate SPN found, )"),
    // Duplicates and owners are found by `is_setspn`: it takes two lines to tell them.
    (
        Tool::W32tm,
        r"[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9],?[ \t]+(?:d:[+-]?[0-9]+[.,][0-9]+s[ \t]+o:|[+-][0-9]+[.,][0-9]{7}s)",
    ),
    (Tool::W32tm, r"[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9],?[ \t]+error: 0x[0-9A-Fa-f]{8}"),
    (Tool::W32tm, r"^[ \t]*NTP: [+-][0-9]+[.,][0-9]{7}s "),
    (
        Tool::W32tm,
        r"^[^:]{1,60}: ?0x[0-9A-Fa-f]{8} ?\((?:[^()]*: *[0-9.]+|[^()]*LOCL[^()]*|[^():0-9]*)\)[ \t]*$",
    ),
    (Tool::Repadmin, r"^showrepl_(?:COLUMNS|INFO|ERROR),"),
    (Tool::Repadmin, r"^={3,} .+ ={10,}[ \t]*$"),
    (Tool::Repadmin, r"DSA\b.*[^ ]/[^ ]+[ \t]+%%"),
    (Tool::TestNetConnection, r"^[ \t]*TcpTestSucceeded[ \t]*:[ \t]*(?:True|False)"),
    (Tool::TestNetConnection, r"^[ \t]*ComputerName[ \t]+.*TcpTestSucceeded"),
    (Tool::TestNetConnection, r"TCP connect to (?:\(.+ : [0-9]+\)|[^ ]+:[0-9]+) failed"),
    (Tool::Portqry, r"^[ \t]*(?:TCP|UDP) port [0-9]+ \([^()]*\): (?:NOT )?(?:LISTENING|FILTERED)"),
    (Tool::Nslookup, r"^\*\*\* [^ ]+ can't find [^ ]+: "),
    (Tool::Nslookup, r"^(?:Default )?Server:[ \t]+[^ ]+[ \t]*$"),
    (Tool::ResolveDnsName, r"^[ \t]*Name[ \t]+Type[ \t]+TTL[ \t]+Section[ \t]+"),
    (Tool::Ping, r"^[^\[]{1,80} \[[0-9A-Fa-f.:%]{3,45}\] .*\b32\b.{1,40}[:：][ \t]*$"),
    (
        Tool::ResolveDnsName,
        r"FullyQualifiedErrorId[ \t]*:[ \t]*\w+,Microsoft\.DnsClient\.Commands\.ResolveDnsName",
    ),
    (Tool::Reg, r"^[ \t]+.*[ \t]REG_(?:SZ|DWORD|QWORD|MULTI_SZ|EXPAND_SZ|BINARY|NONE)(?:[ \t]|$)"),
    (Tool::Sc, r"^SERVICE_NAME: [^ ]+[ \t]*$"),
    (Tool::Nltest, r"=[ ]*[0-9]+ 0x[0-9A-Fa-f]+ (?:NERR|ERROR|RPC|STATUS|WSA|DNS)_[A-Za-z0-9_]+"),
    (Tool::Telnet, r"^[ \t]*(?:(?:<-|<~|S:|Server:|<<<)[ \t]*)?220[ -].*(?:SMTP|MAIL Service|\*{8})"),
    (
        Tool::Telnet,
        r"^[ \t]*(?:(?:<-|<~|S:|Server:|<<<)[ \t]*)?250[ -](?:X-EXPS|X-ANONYMOUSTLS|STARTTLS|PIPELINING|CHUNKING|8BITMIME|ENHANCEDSTATUSCODES|BINARYMIME|X{4,})\b",
    ),
    (Tool::ProtocolLog, r"(?i)^#Log-type: SMTP (?:Receive|Send) Protocol Log"),
    (Tool::ProtocolLog, r"^#Fields:.*\bsession-id,sequence-number,local-endpoint\b"),
    (
        Tool::ProtocolLog,
        r"^[ \t]*[^,]*Z,(?:[^,\x22]*|\x22[^\x22]*\x22),[0-9A-Fa-f]{6,16}(?:\.{2,3}|\x{2026})?,[0-9]+,[^,]*,[^,]*,[+*<>-],",
    ),
    (
        Tool::ProtocolLog,
        r"^[<>],(?:\x22?[2-5][0-9]{2}[ -]|(?:EHLO|HELO|STARTTLS|X-ANONYMOUSTLS|X-EXPS|AUTH)\b)",
    ),
    (Tool::Connectivity, r"^#Fields: date-time,session,source,Destination,direction,description"),
    (Tool::Connectivity, r"^[ \t]*[^,]*Z,[0-9A-F]{16},SMTP,[^,]*,[+*<>-],"),
    (Tool::Tracking, r"^#Fields:.*\bsource-context,connector-id,source,event-id\b"),
    (Tool::HttpProxy, r"^#Fields:.*\bHttpStatus,BackEndStatus\b"),
    (Tool::HttpProxy, r"^[ \t]*[0-9-]{8,10}T[0-9:.]{5,15}Z,[^,\s]{1,40},15,[0-9]+,[0-9]+,[0-9]+,"),
    (Tool::HttpProxy, r",[1-5][0-9]{2},(?:[45][0-9]{2})?,[A-Za-z]*,[A-Z_]{3,16},Proxy,[A-Za-z0-9.-]+"),
    (Tool::HttpProxy, r"WebExceptionStatus=|NegotiateSecurityContext failed with"),
    (Tool::HttpProxy, r"HMACProvider\.GetCertificates|OAuthTokenRequestFailedException: Missing signing"),
    (Tool::HttpProxy, r"size of the request headers is too long"),
    (Tool::WebLog, r"^#Fields: .*\bs-ip\b.*\bsc-status\b"),
    (
        Tool::WebLog,
        r"^[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [0-9A-Fa-f.:]{3,45} [A-Z_]{3,20} /[^ ]* [^ ]+ [0-9]{2,5} ",
    ),
    (
        Tool::WebLog,
        r"^[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [0-9A-Fa-f.:%]{3,50} [0-9]{1,5} [0-9A-Fa-f.:%]{3,50} [0-9]{1,5} HTTP/[0-9.]{1,4} ",
    ),
    (Tool::Appcmd, r"<windowsAuthentication\b|<access [^<>]*\bsslFlags="),
    (Tool::Adsutil, r"(?i)^[ \t]*NTAuthenticationProviders[ \t]*:[ \t]*\("),
    (Tool::Adsutil, r"(?i)^[ \t]*KeyType[ \t]*:[ \t]*\(STRING\)[ \t]*.IIsSmtpServer"),
    (Tool::Directory, r"^[ \t]*>?(?:[Dd]n|DN):[ ]?(?:CN|OU)=.*DC="),
    (Tool::Netdom, r"^The secure channel from [A-Za-z0-9_.-]+ to "),
    (Tool::Cisco, r"^[ \t]*(?:inspect esmtp(?:[ ]+[A-Za-z0-9_.-]+)?|fixup protocol smtp [0-9-]+)[ \t]*$"),
    (Tool::Cisco, r"^[ \t]*Inspect: esmtp[ ,]"),
    (Tool::Hosts, r"^#.*\bHOSTS\b.*Microsoft TCP/IP"),
    (Tool::Curl, r"(?i)^[ \t<>*]*WWW-Authenticate[ \t]*:"),
    (Tool::SslCert, r":[ \t]+[0-9A-Fa-f]{40}[ \t]*$"),
    (
        Tool::Asa,
        r"^[ \t]*={6,} (?:Starting|Finished) at |^[ \t]*THE SCRIPT HAS |\bLatest ?: ?(?:<|.*\\[^ ]+\$)",
    ),
    (Tool::Dcdiag, r"^[ \t]*\.{20,}[ \t]+[^ ]+[ \t]+[^ ]"),
    (Tool::Ipconfig, r"^[ \t]+[^ \t.].*[^.](?: ?\.){4,} ?: "),
    (Tool::Psgetsid, r"^[ \t]*SID for \\{2}[A-Za-z0-9.-]+:[ \t]*$"),
    (Tool::Klist, r"^[ \t]*#[0-9]+>[ \t]+[^:]+:.* @ |^klist failed with 0x[0-9a-f]{8}/-[0-9]+"),
];

static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(MARKS.map(|(_, mark)| mark)).ok());

/// The tools whose marks are in `lines`, each once.
pub(super) fn tools(lines: &[&str]) -> impl Iterator<Item = Tool> {
    let mut found = std::collections::BTreeSet::new();
    let mut previous = "";
    for line in lines {
        for mark in SET.iter().flat_map(|set| set.matches(line)) {
            found.extend(MARKS.get(mark).map(|(tool, _)| *tool));
        }
        let trimmed = line.trim();
        if is_setspn(previous, trimmed) {
            found.insert(Tool::Setspn);
        }
        if super::net_group::is_printed(previous, trimmed) {
            found.insert(Tool::NetGroup);
        }
        if trimmed.starts_with("PSPath") && trimmed.contains("Registry::") {
            found.insert(Tool::Reg);
        }
        if trimmed.contains("Test-ComputerSecureChannel") {
            found.insert(Tool::TestComputerSecureChannel);
        }
        if !trimmed.is_empty() {
            previous = trimmed;
        }
    }
    found.into_iter()
}

/// An SPN below its owner's DN, a DN below an SPN with words, or the count of duplicates below
/// the progress line.
fn is_setspn(previous: &str, line: &str) -> bool {
    use super::setspn_line::{classify, Line};
    if previous.is_empty() || !(line.contains('/') || line.contains('=') || line.contains("SPN")) {
        return false;
    }
    match classify(line) {
        Line::Spn(_) => matches!(classify(previous), Line::Owner(_)),
        Line::Owner(_) => matches!(classify(previous), Line::Group(_)),
        Line::Count(_, true) => {
            matches!(classify(previous), Line::Count(..) | Line::Place(_) | Line::Owner(_))
        }
        _ => line.contains("SPN") && matches!(classify(previous), Line::Place(_)) && !line.contains(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<Tool> {
        let lines: Vec<&str> = text.lines().collect();
        tools(&lines).collect()
    }

    #[test]
    fn all_marks_are_valid_patterns() {
        assert!(SET.is_some());
    }

    #[test]
    fn a_tool_is_told_without_its_command() {
        for (text, tool) in [
            ("Foo for CN=EX1,CN=Computers,DC=contoso,DC=com\n\tHTTP/EX1", None),
            ("CN=EX1,CN=Computers,DC=contoso,DC=com\n\tHTTP/EX1", Some(Tool::Setspn)),
            ("Processing entry 0\nfound 0 group of duplicate SPNs.", Some(Tool::Setspn)),
            ("10:00:00, +00.0123456s", Some(Tool::W32tm)),
            ("HKEY_LOCAL_MACHINE\\Software\n    A    REG_DWORD    0x1", Some(Tool::Reg)),
            ("x Status = 5 0x5 ERROR_ACCESS_DENIED", Some(Tool::Nltest)),
        ] {
            assert_eq!(told(text), tool.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn prose_about_a_tool_is_no_output_of_it() {
        for text in [
            "Run setspn -X and w32tm /monitor, then look at TcpTestSucceeded.",
            "454 4.7.0 Temporary authentication failure",
            "Event 1035: Inbound authentication failed with error LogonDenied, 192.0.2.7",
            "The key HKEY_LOCAL_MACHINE\\SYSTEM holds LogLevel REG_DWORD 1",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
