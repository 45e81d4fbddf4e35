//! dcdiag: the line of dots, the server, and which test it passed.
//!
//! Names of tests are not translated. Pass and fail are words, known for some languages; a
//! line in another one names its test and says nothing about the result.

use super::block::Block;
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::sync::LazyLock;

static LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\.{20,}\s+([^\s]+)\s+(\S.*?)\s*$"));

/// The tests that dcdiag knows.
const TESTS: [&str; 32] = [
    "Advertising",
    "CheckSDRefDom",
    "CheckSecurityError",
    "Connectivity",
    "CrossRefValidation",
    "CutoffServers",
    "DCPromo",
    "DFSREvent",
    "DNS",
    "FrsEvent",
    "FrsSysVol",
    "Intersite",
    "KccEvent",
    "KnowsOfRoleHolders",
    "LocatorCheck",
    "MachineAccount",
    "NCSecDesc",
    "NetLogons",
    "ObjectsReplicated",
    "OutboundSecureChannels",
    "RegisterInDNS",
    "Replications",
    "RidManager",
    "Services",
    "SysVolCheck",
    "SystemLog",
    "Topology",
    "VerifyEnterpriseReferences",
    "VerifyReferences",
    "VerifyReplicas",
    "FsmoCheck",
    "RPCService",
];

/// Words of a failure; looked for first, because some hold the word of a success.
const FAILED: [&str; 12] = [
    "failed",
    "nicht bestanden",
    "échoué",
    "no superó",
    "non ha superato",
    "falhou",
    "не прош",
    "не пройден",
    "失败",
    "未通过",
    "没有通过",
    "合格しませんでした",
];
const PASSED: [&str; 9] =
    ["passed", "bestanden", "réussi", "superó", "superato", "passou", "прош", "通过", "合格しました"];

/// Reads the results in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    for (at, line) in block.lines.iter().enumerate() {
        let Some(found) = LINE.captures(line) else { continue };
        let part = |group: usize| found.get(group).map_or("", |part| part.as_str());
        let (server, words) = (part(1), part(2));
        // The console puts a long test name on a line of its own.
        let next = block.lines.iter().skip(at + 1).map(|line| line.trim()).find(|line| !line.is_empty());
        let test = test_in(words).or_else(|| next.filter(|next| !next.contains(' ')).and_then(test_in));
        let Some(test) = test else { continue };
        let mut result = ToolResult::new("ExAuth.Dcdiag");
        result.text("Server", server).text("Test", test);
        if FAILED.iter().any(|word| words.contains(word)) {
            result.flag("Passed", false);
        } else if PASSED.iter().any(|word| words.contains(word)) {
            result.flag("Passed", true);
        }
        results.push(result);
    }
}

fn test_in(words: &str) -> Option<&'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    words
        .split(|c: char| !is_part(c))
        .find_map(|word| TESTS.iter().copied().find(|test| test.eq_ignore_ascii_case(word)))
}
