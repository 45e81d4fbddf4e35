//! The names of the tools whose text is read here, and the lines that start one.
//!
//! Some names are words of other things, too (`sc`, `net`): only what is surely the tool
//! counts. The logs of Exchange have names here as well, because callers say where a text is from.

use super::command::Command;
use super::hosts_file::is_path;

/// A tool whose text is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tool {
    Setspn,
    W32tm,
    Repadmin,
    TestNetConnection,
    Portqry,
    Nslookup,
    Ping,
    ResolveDnsName,
    Reg,
    Sc,
    Nltest,
    Netdom,
    TestComputerSecureChannel,
    Klist,
    Telnet,
    ProtocolLog,
    Connectivity,
    Tracking,
    HttpProxy,
    WebLog,
    Appcmd,
    Adsutil,
    Curl,
    SslCert,
    Shell,
    Asa,
    Dcdiag,
    Ipconfig,
    Psgetsid,
    NetTime,
    NetGroup,
    Gpresult,
    Hosts,
    /// A firewall's console; told by what it shows.
    Cisco,
    /// dsquery, dsget, ldifde and their like, and cmdlets that show one attribute of an object.
    Directory,
}

impl Tool {
    pub fn of_word(word: &str) -> Option<Tool> {
        let name = word.rsplit(['\\', '/']).next().unwrap_or(word).to_ascii_lowercase();
        let name = [".exe", ".ps1"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        Some(match name {
            "setspn" => Tool::Setspn,
            "w32tm" => Tool::W32tm,
            "repadmin" => Tool::Repadmin,
            "test-netconnection" | "tnc" => Tool::TestNetConnection,
            "portqry" => Tool::Portqry,
            "nslookup" => Tool::Nslookup,
            "ping" | "tracert" => Tool::Ping,
            "resolve-dnsname" => Tool::ResolveDnsName,
            "reg" | "get-itemproperty" | "gp" => Tool::Reg,
            "sc" => Tool::Sc,
            "nltest" => Tool::Nltest,
            "netdom" => Tool::Netdom,
            "test-computersecurechannel" => Tool::TestComputerSecureChannel,
            "klist" => Tool::Klist,
            "telnet" | "swaks" => Tool::Telnet,
            "smtpreceive" | "smtpsend" => Tool::ProtocolLog,
            "connectivity" => Tool::Connectivity,
            "messagetracking" => Tool::Tracking,
            "httpproxy" => Tool::HttpProxy,
            "iis" | "w3svc" | "httperr" => Tool::WebLog,
            "appcmd" => Tool::Appcmd,
            "adsutil.vbs" | "cscript" => Tool::Adsutil,
            "curl" => Tool::Curl,
            "netsh" => Tool::SslCert,
            "new-pssession" | "enter-pssession" | "connect-exchangeserver" | "test-wsman" | "winrm" => {
                Tool::Shell
            }
            "rollalternateserviceaccountpassword" | "get-clientaccessserver" | "get-clientaccessservice" => {
                Tool::Asa
            }
            "dcdiag" => Tool::Dcdiag,
            "ipconfig" => Tool::Ipconfig,
            "psgetsid" | "psgetsid64" => Tool::Psgetsid,
            "net" => Tool::NetTime,
            "gpresult" => Tool::Gpresult,
            "type" | "get-content" | "gc" | "cat" | "more" | "hosts" => Tool::Hosts,
            "dsquery" | "dsget" | "ldifde" | "ldapsearch" | "adfind" => Tool::Directory,
            "get-adcomputer" | "get-aduser" | "get-adserviceaccount" | "get-adgroup" | "get-adobject" => {
                Tool::Directory
            }
            _ => return None,
        })
    }
}

/// The tool that the word at a place starts, told by what is behind it where its name alone
/// does not tell.
pub(super) fn tool_at(words: &[String], at: usize) -> Option<Tool> {
    let word = words.get(at)?;
    let behind = |nth: usize| words.get(at + nth).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let tool = Tool::of_word(word)?;
    let is_sure = match tool {
        Tool::Reg => behind(1) == "query" || !word.to_ascii_lowercase().contains("reg"),
        Tool::Sc => [1, 2].into_iter().any(|at| matches!(behind(at).as_str(), "query" | "queryex" | "qc")),
        Tool::ProtocolLog | Tool::Connectivity | Tool::Tracking | Tool::HttpProxy | Tool::WebLog => {
            words.len() == 1
        }
        Tool::Adsutil => {
            let is_script = |word: String| word.ends_with("adsutil.vbs");
            is_script(word.to_ascii_lowercase()) || (1..4).any(|at| is_script(behind(at)))
        }
        Tool::SslCert => behind(1) == "http",
        Tool::NetTime => behind(1) == "time",
        // Anything can be typed out, and a name of a file alone is no command.
        Tool::Hosts => words.iter().skip(at).any(|word| is_path(word)) || words.len() == 1 && word == "hosts",
        _ => true,
    };
    if tool == Tool::NetTime && is_group(&behind(1)) {
        return Some(Tool::NetGroup);
    }
    is_sure.then_some(tool)
}

/// What `net` shows the members of.
fn is_group(word: &str) -> bool {
    word.eq_ignore_ascii_case("group") || word.eq_ignore_ascii_case("localgroup")
}

/// True for a line that is a command without a prompt: a tool's name and a switch behind it.
pub(super) fn is_bare_command(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(first), second) = (words.next(), words.next()) else {
        return false;
    };
    let Some(tool) = Tool::of_word(first.trim_matches('"')) else {
        return false;
    };
    match tool {
        Tool::TestNetConnection | Tool::ResolveDnsName => second.is_some_and(|word| word != ":"),
        Tool::TestComputerSecureChannel => second.is_none_or(|word| word.starts_with('-')),
        Tool::Ping => second.is_some_and(super::shape::is_host) && words.nth(1).is_none(),
        Tool::Nslookup => second.is_some() && words.nth(2).is_none() && !line.contains(": "),
        Tool::Sc => Command::read(line).is_some() && words.nth(2).is_none(),
        Tool::Reg => second.is_some_and(|word| word.eq_ignore_ascii_case("query")),
        Tool::Netdom => second.is_some_and(|word| word.eq_ignore_ascii_case("verify")),
        Tool::Telnet => {
            let port = words.next().is_some_and(|port| port.parse::<u16>().is_ok());
            port && words.next().is_none()
        }
        Tool::Appcmd => second.is_some_and(|word| word.eq_ignore_ascii_case("list")),
        Tool::SslCert => second.is_some_and(|word| word.eq_ignore_ascii_case("http")),
        Tool::NetTime => match second {
            Some(word) if is_group(word) => line.contains(['"', '/']),
            second => second.is_some_and(|word| word.eq_ignore_ascii_case("time")),
        },
        Tool::Directory => {
            let shows = ["group", "computer", "user", "*"];
            second.is_some_and(|word| shows.contains(&word) || word.starts_with('-'))
                && words.next().is_some()
        }
        Tool::Hosts => words.next().or(second).is_some_and(is_path),
        Tool::Adsutil => Command::read(line).is_some() && second.is_some_and(|word| word != ":"),
        Tool::ProtocolLog | Tool::Connectivity | Tool::Tracking | Tool::HttpProxy | Tool::WebLog => false,
        _ => second.is_some_and(|word| word.starts_with(['-', '/'])),
    }
}
