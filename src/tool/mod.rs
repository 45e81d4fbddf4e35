//! Text that a tool printed, read into records of type `ExAuth.<Kind>`.
//!
//! One file a tool. Reads DNs, SPNs, codes, signed decimals, addresses and the
//! order of lines, because those are the same in every display language; label
//! words are at most a hint. Judges nothing, and gives no record for a text
//! that is no tool's output: that is a pasted message.

mod block;
mod command;
mod output;
mod shape;
mod sniff;
mod tool_name;

mod asa;
mod cisco;
mod dcdiag;
mod expanded;
mod gpresult;
mod hosts_file;
mod http_error;
mod iis_config;
mod ipconfig;
mod klist;
mod ldif;
mod log_row;
mod net_group;
mod netdom;
mod nltest;
mod nslookup;
mod ping;
mod portqry;
mod protocol_log;
mod psgetsid;
mod reg;
mod replsummary;
mod resolve_dns_name;
mod sc;
mod setspn;
mod setspn_line;
mod shell_error;
mod showrepl;
mod smtp_console;
mod smtp_dialog;
mod smtp_metabase;
mod sslcert;
mod table;
mod test_net_connection;
mod transport_log;
mod w32tm;
mod w32tm_status;
mod web_log;

use crate::record::Record;
use block::Block;
use output::ToolResult;
use tool_name::Tool;

/// The commands whose text is read here, as one types them.
pub const TOOLS: &[&str] = &[
    "adsutil.vbs",
    "appcmd",
    "Connect-ExchangeServer",
    "Connectivity",
    "curl",
    "dcdiag",
    "dsget",
    "dsquery",
    "Get-ClientAccessServer",
    "Get-ClientAccessService",
    "Get-ItemProperty",
    "gpresult",
    "hosts",
    "HTTPERR",
    "HttpProxy",
    "IIS",
    "ipconfig",
    "klist",
    "ldifde",
    "MessageTracking",
    "net group",
    "net time",
    "netdom",
    "netsh http",
    "New-PSSession",
    "nltest",
    "nslookup",
    "ping",
    "portqry",
    "psgetsid",
    "reg",
    "repadmin",
    "Resolve-DnsName",
    "RollAlternateServiceAccountPassword.ps1",
    "sc",
    "setspn",
    "SmtpReceive",
    "SmtpSend",
    "telnet",
    "Test-ComputerSecureChannel",
    "Test-NetConnection",
    "Test-WSMan",
    "w32tm",
    "winrm",
];

/// True for a command line that starts one of [`TOOLS`], or for the name alone.
pub fn is_known(command: &str) -> bool {
    command::Command::read(command).is_some()
        || TOOLS.iter().any(|tool| tool.eq_ignore_ascii_case(command.trim()))
}

/// Reads the text of one or several tools.
///
/// The tool is told by the first word of `from`, else by a command that was
/// pasted with its output, else by content. The records carry `from` (or the
/// pasted command), `computer` (or the one of a remote prompt) and `collected`.
/// An empty answer means that the text is no output of a tool known here.
pub fn read_text(
    from: Option<&str>,
    computer: Option<&str>,
    collected: Option<&str>,
    text: &str,
) -> Vec<Record<'static>> {
    let text = output::normalise(text);
    let lines = output::lines(&text);
    let mut records = Vec::new();
    for block in block::split(from, &lines) {
        let from = block.echo.or(from);
        let computer = block.computer.as_deref().or(computer);
        records.extend(read_block(&block).into_iter().map(|r| r.into_record(from, computer, collected)));
    }
    records
}

/// A pasted command line: the computer that its prompt names, and what was typed. `None` for a
/// line without a prompt that starts no tool known here.
pub(crate) fn echo(line: &str) -> Option<(Option<&str>, &str)> {
    block::echo(line)
}

/// True for a line that only the output of a tool known here has.
pub(crate) fn is_printed(line: &str) -> bool {
    sniff::tools(&[line]).next().is_some()
}

/// True for a line of a log of Exchange or of the web server, with its headers.
pub(crate) fn is_log_row(line: &str) -> bool {
    let is_log = |tool| {
        matches!(
            tool,
            Tool::HttpProxy | Tool::WebLog | Tool::ProtocolLog | Tool::Connectivity | Tool::Tracking
        )
    };
    // Cheaper than all marks on every line of a long text: a row begins with its date or its mark.
    let begins = line.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '#' | '<' | '>'));
    if !begins && !line.contains(",Proxy,") {
        return false;
    }
    let headers = ["Software", "Version", "Log-type", "Date", "Fields"];
    headers.iter().any(|name| log_row::header(line, name).is_some()) || sniff::tools(&[line]).any(is_log)
}

/// Reads the errors that a shell or a front end shows, for a text that is nothing else: their
/// words may also stand in an event.
pub fn read_errors(text: &str) -> Vec<Record<'static>> {
    let text = output::normalise(text);
    let lines = output::lines(&text);
    let block = Block::of_lines(&lines);
    let mut results = Vec::new();
    shell_error::read(&block, &mut results);
    http_error::read(&block, &mut results);
    results.into_iter().map(|result| result.into_record(None, None, None)).collect()
}

fn read_block(block: &Block<'_>) -> Vec<ToolResult> {
    let mut results = Vec::new();
    match block.tool() {
        Some(tool) => read_as(tool, block, &mut results),
        // A script's output may hold several tools one after the other.
        None => sniff::tools(block.lines).for_each(|tool| read_as(tool, block, &mut results)),
    }
    results
}

fn read_as(tool: Tool, block: &Block<'_>, results: &mut Vec<ToolResult>) {
    match tool {
        Tool::Setspn => setspn::read(block, results),
        Tool::W32tm => {
            w32tm::read(block, results);
            w32tm_status::read(block, results);
        }
        Tool::Repadmin => {
            showrepl::read(block, results);
            replsummary::read(block, results);
            if block.command.as_ref().is_some_and(|command| command.line.contains("showattr")) {
                ldif::read(block, results);
            }
        }
        Tool::TestNetConnection => test_net_connection::read(block, results),
        Tool::Portqry => portqry::read(block, results),
        Tool::Nslookup => nslookup::read(block, results),
        Tool::Ping => ping::read(block, results),
        Tool::ResolveDnsName => resolve_dns_name::read(block, results),
        Tool::Reg => reg::read(block, results),
        Tool::Sc => sc::read(block, results),
        Tool::Nltest | Tool::Netdom | Tool::TestComputerSecureChannel => nltest::read(tool, block, results),
        Tool::Klist => klist::read(block, results),
        Tool::Telnet => smtp_console::read(block, results),
        Tool::ProtocolLog => protocol_log::read(block, results),
        Tool::Connectivity | Tool::Tracking => transport_log::read(tool, block, results),
        Tool::HttpProxy => http_error::read(block, results),
        Tool::WebLog => web_log::read(block, results),
        Tool::Appcmd => iis_config::read_appcmd(block, results),
        Tool::Adsutil => {
            iis_config::read_adsutil(block, results);
            smtp_metabase::read(block, results);
        }
        Tool::Curl => {
            iis_config::read_answers(block, results);
            http_error::read(block, results);
        }
        Tool::SslCert => sslcert::read(block, results),
        Tool::Shell => shell_error::read(block, results),
        Tool::Asa => asa::read(block, results),
        Tool::Dcdiag => dcdiag::read(block, results),
        Tool::Ipconfig => ipconfig::read(block, results),
        Tool::NetGroup => net_group::read(block, results),
        Tool::Gpresult => gpresult::read(block, results),
        Tool::Cisco => cisco::read(block, results),
        Tool::Hosts => hosts_file::read(block, results),
        Tool::Directory => {
            ldif::read(block, results);
            expanded::read(block, results);
        }
        Tool::Psgetsid => psgetsid::read(block, results),
        // Whole seconds in somebody's culture measure no clock.
        Tool::NetTime => {}
    }
}
