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

mod klist;
mod nltest;
mod nslookup;
mod portqry;
mod reg;
mod replsummary;
mod resolve_dns_name;
mod sc;
mod setspn;
mod setspn_line;
mod showrepl;
mod table;
mod test_net_connection;
mod w32tm;
mod w32tm_status;

use crate::record::Record;
use block::Block;
use command::Tool;
use output::ToolResult;

/// The commands whose text is read here, as one types them.
pub const TOOLS: &[&str] = &[
    "Get-ItemProperty",
    "klist",
    "netdom",
    "nltest",
    "nslookup",
    "portqry",
    "reg",
    "repadmin",
    "Resolve-DnsName",
    "sc",
    "setspn",
    "Test-ComputerSecureChannel",
    "Test-NetConnection",
    "w32tm",
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
        }
        Tool::TestNetConnection => test_net_connection::read(block, results),
        Tool::Portqry => portqry::read(block, results),
        Tool::Nslookup => nslookup::read(block, results),
        Tool::ResolveDnsName => resolve_dns_name::read(block, results),
        Tool::Reg => reg::read(block, results),
        Tool::Sc => sc::read(block, results),
        Tool::Nltest | Tool::Netdom | Tool::TestComputerSecureChannel => nltest::read(tool, block, results),
        Tool::Klist => klist::read(block, results),
    }
}
