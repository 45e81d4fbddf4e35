//! Rows of syslog, which programs of other systems write.
//!
//! Tells them; reads nothing of them.

use regex::Regex;
use std::sync::LazyLock;

/// `Nov 20 09:10:02 mx postfix/smtp[811]: ...`, also with a priority before it or a date of ISO 8601.
#[allow(clippy::unwrap_used)] // constant pattern, compiled by every test
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:<[0-9]{1,3}>(?:[0-9] )?)?",
        r"(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}",
        r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]{4,5})?)",
        r" [A-Za-z0-9._:-]+ [A-Za-z0-9_./-]+\[[0-9]+\]: "
    ))
    .unwrap()
});

/// True for a row of syslog with its program and process.
///
/// Exchange writes none, and who sent there is no Exchange server; other mail servers answer
/// `454 4.7.0 Temporary authentication failure`, too.
pub(super) fn is_row(line: &str) -> bool {
    ROW.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_syslog_are_told_from_what_exchange_writes() {
        for row in [
            "Nov  2 09:10:02 mx postfix/smtp[811]: 1A2B: status=deferred (host said: 454 4.7.0 x)",
            "<22>Nov 20 09:10:02 mx.contoso.com sm-mta[9]: x",
            "2026-11-20T09:10:02.123456+01:00 mx dovecot[77]: auth: x",
        ] {
            assert!(is_row(row), "{row}");
        }
        for line in [
            "454 4.7.0 Temporary authentication failure",
            "Nov 20 09:10:02 the queue said: 454 4.7.0 Temporary authentication failure",
            "2026-11-20T09:10:02.123Z,EX1\\Default EX1,08D8,5,192.0.2.11:25,192.0.2.77:5,<,AUTH LOGIN,",
            "[{LRT=11/20/2026 9:10:02 AM};{LED=454 4.7.0 x};{MSG=};{FQDN=};{IP=}]",
        ] {
            assert!(!is_row(line), "{line}");
        }
    }
}
