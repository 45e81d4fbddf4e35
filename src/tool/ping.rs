//! ping and tracert: the address that a name has for the system that calls, hosts file and all.
//!
//! The first line is translated; its `name [address]` and the number of bytes are not. Whether
//! anything answered says nothing about mail and is not read.

use super::block::Block;
use super::output::ToolResult;
use super::shape::{address, is_host, pattern};
use regex::Regex;
use std::sync::LazyLock;

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[\s'‘’“”])([A-Za-z0-9_][A-Za-z0-9_.-]*) \[([0-9A-Fa-f.:]{3,45})(?:%[0-9]+)?\]")
});

/// Reads the names called in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    for line in block.lines {
        let Some(found) = CALLED.captures(line) else { continue };
        let (Some(name), Some(called)) = (found.get(1), found.get(2).and_then(|a| address(a.as_str())))
        else {
            continue;
        };
        if is_host(name.as_str()) {
            let mut result = ToolResult::new("ExAuth.DnsAnswer");
            result.text("Name", name.as_str()).list("Addresses", std::iter::once(called.to_owned()));
            result.flag("Found", true);
            results.push(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_text;

    #[test]
    fn the_address_that_was_called_is_read_in_every_language() {
        for line in [
            "Pinging ex2.contoso.com [192.0.2.7] with 32 bytes of data:",
            "Ping wird ausgeführt für ex2.contoso.com [192.0.2.7] mit 32 Bytes Daten:",
            "Envoi d’une requête 'ping' sur ex2.contoso.com [192.0.2.7] avec 32 octets de données :",
            "Haciendo ping a ex2.contoso.com [192.0.2.7] con 32 bytes de datos:",
            "正在 Ping ex2.contoso.com [192.0.2.7] 具有 32 字节的数据:",
        ] {
            for text in [
                format!("{line}\nReply from 192.0.2.7: bytes=32 time<1ms TTL=128\n"),
                format!("C:\\>ping ex2\n\n{line}\n"),
            ] {
                let records = read_text(None, None, None, &text);
                assert_eq!(records.len(), 1, "{text}");
                assert!(format!("{:?}", records[0].body).contains("192.0.2.7"), "{text}");
            }
        }
        assert!(read_text(None, None, None, "The source IP address is [192.0.2.32] as ex2 [192.0.2.7] said")
            .is_empty());
    }
}
