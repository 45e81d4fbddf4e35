//! The record that Exchange 2013 and later put round a LastError:
//! `[{LRT=...};{LED=...};{FQDN=...};{IP=...}]`, in any order, retyped or cut.
//!
//! A field may hold braces, brackets and quotation marks, so fields are cut at the known
//! keys and not at braces. Finds the fields; what they say is read elsewhere.

use regex::Regex;
use std::sync::LazyLock;

/// What the frame names; a field that is empty or missing is `None`.
#[derive(Debug, PartialEq)]
pub(super) struct Frame<'t> {
    /// The error itself; the whole text when there is no frame.
    pub error: &'t str,
    /// The partner's name.
    pub fqdn: Option<&'t str>,
    /// The partner's address.
    pub ip: Option<&'t str>,
    /// `The last endpoint attempted was ...`, `[LastAttemptedIP=...]`.
    pub endpoint: Option<&'t str>,
}

/// A key of the frame: `{LED=`, and what a retyped screenshot makes of it: `<led-`, `<LRI-`.
#[allow(clippy::unwrap_used)] // constant pattern, compiled by every test
static KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)[\{<\[(]\s*(LED|MSG|FQDN|IP|LRT|LRI)\s*[=\-:]").unwrap());

#[allow(clippy::unwrap_used)]
static ENDPOINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:last endpoint attempted was |\[LastAttemptedIP=)([0-9A-Za-z.:%_\[\]-]+)").unwrap()
});

/// Finds the fields of a text that is on one line.
pub(super) fn frame(text: &str) -> Frame<'_> {
    let keys: Vec<_> =
        KEY.captures_iter(text).filter_map(|found| Some((found.get(0)?, found.get(1)?))).collect();
    let field = |name: &str| {
        let at = keys.iter().position(|(_, key)| key.as_str().eq_ignore_ascii_case(name))?;
        let (open, _) = keys.get(at)?;
        let end = keys.get(at + 1).map_or(text.len(), |(next, _)| next.start());
        let value = text.get(open.end()..end)?.trim_end_matches([' ', ';']);
        let closed =
            value.strip_suffix("}]").or_else(|| value.strip_suffix(['}', '>', ')'])).unwrap_or(value);
        // Behind the frame: `}]. OutboundProxyTargetIP: ...`.
        let closed = if name == "LED" { closed } else { closed.split(['}', '>', ']']).next()? };
        Some(closed.trim()).filter(|value| !value.is_empty())
    };
    let endpoint = ENDPOINT.captures_iter(text).last().and_then(|found| found.get(1));
    Frame {
        error: field("LED").unwrap_or(text),
        fqdn: field("FQDN"),
        ip: field("IP"),
        endpoint: endpoint.map(|endpoint| endpoint.as_str().trim_end_matches(['.', ']', ':'])),
    }
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn fields_are_cut_at_keys_and_not_at_braces() {
        let read = frame(
            "[{LED=550 5.1.0 a {b}; [c] \"d\"};{MSG=};{FQDN=ex2.contoso.com};{IP=192.0.2.9};{LRT=1/2/2026}]",
        );
        assert_eq!(read.error, "550 5.1.0 a {b}; [c] \"d\"");
        assert_eq!((read.fqdn, read.ip), (Some("ex2.contoso.com"), Some("192.0.2.9")));
    }

    #[test]
    fn a_retyped_frame_is_still_a_frame() {
        let read =
            frame("[<LRI-2026/1/4 13:31:03>; <led-454 4.7.0 x>;<FQDN-EX2.contoso.com>;<IP=192.0.2.9>]");
        assert_eq!(
            (read.error, read.fqdn, read.ip),
            ("454 4.7.0 x", Some("EX2.contoso.com"), Some("192.0.2.9"))
        );
    }

    #[test]
    fn a_text_without_frame_is_the_error() {
        let read = frame("454 4.7.0 x [LastAttemptedIP=192.0.2.9:25]");
        assert_eq!(
            (read.error, read.fqdn, read.endpoint),
            ("454 4.7.0 x [LastAttemptedIP=192.0.2.9:25]", None, Some("192.0.2.9:25"))
        );
    }
}
