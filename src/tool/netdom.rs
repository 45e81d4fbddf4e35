//! netdom: `verify`, the secure channel of a computer, and `trust /verify`, the trust of two domains.
//!
//! A verified channel names its domain controller in every language. What netdom says of a trust has
//! no such token: its words are known in English, and its errors are those of Windows. No captured
//! text of `trust /verify` was found; its sentence is the one of the vendor's command reference.

use super::block::Block;
use super::nltest::controller;
use super::output::ToolResult;
use super::shape::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Windows' message for error 5. Who starts netdom without rights has not tried anything.
const DENIED: [&str; 9] = [
    "Access is denied",
    "Zugriff verweigert",
    "Accès refusé",
    "Acceso denegado",
    "Accesso negato",
    "Odmowa dostępu",
    "Acesso negado",
    "アクセスが拒否されました",
    "拒绝访问",
];

/// Windows' messages for errors 1787 and 1788, in English and German.
const NO_TRUST: [&str; 3] = [
    "trust relationship between the primary domain and the trusted domain failed",
    "does not have a computer account for this workstation trust relationship",
    "Vertrauensstellung zwischen der primären Domäne und der vertrauten Domäne",
];

/// `The secure channel from EX1 to the domain CONTOSO has been verified.`
static CHANNEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^The secure channel from ([A-Za-z0-9_.-]+) to (?:the domain )?([A-Za-z0-9_.-]*[A-Za-z0-9_-])")
});

/// Reads the channel or the trust in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let arguments = block.command.as_ref().map_or(&[][..], |command| &command.arguments);
    let mut plain = arguments.iter().filter(|argument| !argument.starts_with(['/', '-']));
    let verb = plain.next().map(|verb| verb.to_ascii_lowercase());
    match verb.as_deref() {
        Some("trust") => trust(block, plain.next().map(String::as_str), results),
        Some("verify") => channel(block, plain.next().map(String::as_str), results),
        Some(_) => {}
        None => channel(block, None, results),
    }
}

fn says(block: &Block<'_>, words: &[&str]) -> bool {
    // A narrow console breaks sentences.
    let text = block.lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    words.iter().any(|words| text.contains(words))
}

/// netdom names the domain controller when the channel works, and nothing to rely on otherwise.
fn channel(block: &Block<'_>, asked: Option<&str>, results: &mut Vec<ToolResult>) {
    let sentence = block.lines.iter().find_map(|line| CHANNEL.captures(line.trim()));
    let part = |group: usize| sentence.as_ref().and_then(|found| found.get(group)).map(|part| part.as_str());
    // Without a command only the sentence tells that netdom spoke.
    if block.command.is_none() && sentence.is_none() {
        return;
    }
    let controller = controller(block);
    let names_it =
        |name: &str| block.lines.iter().any(|line| line.to_lowercase().contains(&name.to_lowercase()));
    let names_channel = sentence.is_some() || asked.is_some_and(names_it);
    if controller.is_none() && !names_channel && says(block, &DENIED) {
        results.push(ToolResult::error("ERROR_ACCESS_DENIED", Some(5)));
        return;
    }
    // The controller's name was cut off, or nothing but the sentence is there to tell a failure by.
    let is_verified = says(block, &["has been verified"]);
    let is_failure = block.command.is_some() && !is_verified || says(block, &["is invalid"]);
    if controller.is_none() && !is_failure {
        return;
    }
    let mut result = ToolResult::new("ExAuth.SecureChannel");
    result.flag("Ok", controller.is_some()).text("DomainController", controller.unwrap_or_default());
    let command = block.command.as_ref();
    let domain = command.and_then(|command| command.switch("domain").or(command.switch("d"))).or(part(2));
    result.text("Domain", domain.unwrap_or_default()).flag("Verified", true);
    if let Some(computer) = asked.or(part(1)) {
        result.speaks_of(computer);
    }
    results.push(result);
}

/// `netdom trust <trusting> /domain:<trusted> /verify`
fn trust(block: &Block<'_>, trusting: Option<&str>, results: &mut Vec<ToolResult>) {
    let Some(command) = block.command.as_ref().filter(|command| command.switch("verify").is_some()) else {
        return;
    };
    let trusted = command.switch("domain").or(command.switch("d")).filter(|name| !name.is_empty());
    let (Some(trusting), Some(trusted)) = (trusting, trusted) else { return };
    let ok = says(block, &["successfully verified"]);
    if !ok && !says(block, &NO_TRUST) {
        return;
    }
    let mut result = ToolResult::new("ExAuth.ADTrust");
    result.text("Name", trusted).text("TrustingDomain", trusting).flag("Verified", ok);
    result.flag("BothWays", command.switch("twoway").is_some());
    results.push(result);
}
