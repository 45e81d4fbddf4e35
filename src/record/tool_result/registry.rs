//! Values of registry keys (reg query, Get-ItemProperty).
//!
//! Of all values only those of Kerberos have facts of their own. A value that
//! is not listed gives no fact: its default is for others to know.

use super::{list, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The values of one key.
pub(crate) static REGISTRY_VALUES: Kind = Kind {
    name: "registry-values",
    types: &["RegistryValues"],
    object_classes: &[],
    // PSPath and its kin stand on files as well: only a value that is looked for tells a key.
    marks: &[
        &["PSPath", "LogLevel"],
        &["PSPath", "SkewTime"],
        &["PSPath", "SupportedEncryptionTypes"],
        &["PSPath", "MaxTokenSize"],
        &["PSPath", "DefaultDomainSupportedEncTypes"],
        &["PSPath", "NtpServer"],
        &["PSPath", "SuppressExtendedProtection"],
        &["PSPath", "DisableLoopbackCheck"],
        &["PSPath", "BackConnectionHostNames"],
        &["PSPath", "LmCompatibilityLevel"],
    ],
    commands: &["reg query <key>", "Get-ItemProperty"],
    properties: &[
        Property::new("Key", "which key"),
        Property::new("Values", "its values"),
        Property::new("PSPath", "which key"),
        Property::new("PSChildName", "which key"),
        Property::new("PSProvider", "whether it is the registry"),
        Property::new("LogLevel", "whether Kerberos logs errors"),
        Property::new("SkewTime", "clock difference that Kerberos accepts"),
        Property::new("SupportedEncryptionTypes", "encryption that Kerberos accepts"),
        Property::new("DefaultDomainSupportedEncTypes", "encryption that the KDC assumes"),
        Property::new("KrbtgtFullPacSignature", "what the KDC checks"),
        Property::new("MaxTokenSize", "largest Kerberos token"),
        Property::new("MaxPacketSize", "whether Kerberos uses TCP only"),
        Property::new("KdcWaitTime", "how long the KDC is waited for"),
        Property::new("KdcSendRetries", "how often the KDC is asked"),
        Property::new("FarKdcTimeout", "when a distant KDC is given up"),
        Property::new("Type", "how the time service finds its source"),
        Property::new("NtpServer", "where the time service looks"),
        Property::new("LmCompatibilityLevel", "which NTLM is allowed"),
        Property::new("SuppressExtendedProtection", "whether channel binding is off"),
        Property::new("RestrictSendingNTLMTraffic", "whether NTLM may be sent"),
        Property::new("RestrictReceivingNTLMTraffic", "whether NTLM is accepted"),
        Property::new("DisableLoopbackCheck", "whether a server may call itself"),
        Property::new("BackConnectionHostNames", "under which names a server may call itself"),
    ],
    facts: registry_values,
};

/// Members of an object that are no values of its key.
const NO_VALUES: [&str; 5] = ["Key", "Values", "PSPath", "PSChildName", "PSProvider"];

/// Where Kerberos of the computer reads its settings.
const KERBEROS_KEY: &str = r"\control\lsa\kerberos\parameters";
/// Where a policy writes the encryption types.
const KERBEROS_POLICY: &str = r"\policies\system\kerberos\parameters";

fn registry_values(record: &Record<'_>, facts: &mut FactTable) {
    let path = text(record, "PSPath");
    let of_path =
        path.as_deref().and_then(|path| path.split_once("Registry::")).map(|(_, key)| key.to_owned());
    let (Some(key), property) =
        (text(record, "Key").or_else(|| of_path.clone()), if of_path.is_some() { "PSPath" } else { "Key" })
    else {
        return;
    };
    let values = list(record, "Values").unwrap_or_else(|| {
        let names = REGISTRY_VALUES.properties.iter().map(|property| property.name);
        let names = names.filter(|name| !NO_VALUES.contains(name));
        names.filter_map(|name| Some(format!("{name}={}", joined(record, name)?))).collect()
    });
    if let Some(computer) = &record.computer {
        facts.add_text("registry.computer", computer.as_ref(), "computer");
    }
    let lower = key.to_ascii_lowercase();
    facts.add_text("registry.key", key, property);
    for value in &values {
        let Some((name, data)) = value.split_once('=') else {
            continue;
        };
        let fact = match name.to_ascii_lowercase().as_str() {
            "loglevel" if lower.ends_with(KERBEROS_KEY) => "kerberos.log_level",
            "skewtime" if lower.ends_with(KERBEROS_KEY) => "kerberos.skew_minutes",
            "supportedencryptiontypes"
                if lower.ends_with(KERBEROS_KEY) || lower.ends_with(KERBEROS_POLICY) =>
            {
                "kerberos.encryption_types"
            }
            _ => continue,
        };
        if let Ok(number) = data.trim().parse::<i64>() {
            // Get-ItemProperty shows a DWORD above 0x7fffffff as a negative number.
            let number = if number < 0 { number + 0x1_0000_0000 } else { number };
            facts.add_number(fact, number as f64, name.to_owned());
        }
    }
    facts.add_list("registry.values", values, "Values");
}

fn joined(record: &Record<'_>, name: &str) -> Option<String> {
    Some(list(record, name)?.join(";")).filter(|text| !text.is_empty())
}
