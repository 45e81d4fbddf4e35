//! The structured query that fetches exactly the events the catalog knows.
//!
//! Windows accepts a limited number of expressions in one query, so providers
//! and ids are split over several `Select` elements.

use super::{load::read_document, Catalog};
use crate::record::{canonical_provider, provider_spellings};
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Ids of one `Select`. Source: event log queries fail from some 20 expressions on.
const IDS_IN_A_SELECT: usize = 10;

/// Options of the filter.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FilterOptions {
    /// Only events at or after this time, ISO 8601 UTC.
    after: Option<String>,
}

/// The log a provider writes to. Exchange and anything unknown: Application.
fn log_of(provider: &str) -> &'static str {
    match provider {
        "Security-Kerberos" | "KDC" | "LsaSrv" | "NETLOGON" | "Time-Service" | "Schannel" | "HttpEvent" => {
            "System"
        }
        "NTLM" => "Microsoft-Windows-NTLM/Operational",
        "NTDS Replication" => "Directory Service",
        "Security-Auditing" => "Security",
        _ => "Application",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

pub(super) fn event_filter(catalog: &Catalog, options: &[u8]) -> Result<String> {
    let options: FilterOptions = if options.iter().all(u8::is_ascii_whitespace) {
        FilterOptions::default()
    } else {
        read_document(options)?
    };
    let time = match &options.after {
        Some(text) => {
            let utc = crate::record::utc_time(text).ok_or_else(|| Error::Rules {
                problem: format!("`{text}` is not a time in ISO 8601"),
                at: Some("/after".to_owned()),
            })?;
            format!(" and TimeCreated[@SystemTime&gt;='{}']", escape(&utc))
        }
        None => String::new(),
    };
    // Providers that share their ids go into one query: (log, providers) -> ids.
    let mut ids_by_provider: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for issue in catalog.issues() {
        for provider in &issue.providers {
            ids_by_provider.entry(canonical_provider(provider)).or_default().extend(&issue.event_ids);
        }
    }
    let mut selects: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (provider, ids) in &ids_by_provider {
        let names: Vec<String> =
            provider_spellings(provider).iter().map(|name| format!("@Name='{}'", escape(name))).collect();
        // A number that is not known (0): whatever the provider says, but for what is no failure.
        let any = "Level=1 or Level=2 or Level=3";
        let id = |id: &u32| if *id == 0 { any.to_owned() } else { format!("EventID={id}") };
        let ids: Vec<String> = ids.iter().map(id).collect();
        for some in ids.chunks(IDS_IN_A_SELECT) {
            let log = log_of(provider);
            selects.entry(log).or_default().push(format!(
                "    <Select Path=\"{log}\">*[System[Provider[{}] and ({}){time}]]</Select>\n",
                names.join(" or "),
                some.join(" or "),
            ));
        }
    }
    let mut out = String::from("<QueryList>\n");
    for (number, (log, selects)) in selects.iter().enumerate() {
        out.push_str(&format!("  <Query Id=\"{number}\" Path=\"{log}\">\n{}  </Query>\n", selects.concat()));
    }
    out.push_str("</QueryList>\n");
    Ok(out)
}
