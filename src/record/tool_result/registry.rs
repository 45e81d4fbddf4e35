//! Values of registry keys (reg query, Get-ItemProperty).
//!
//! Of all values only those of Kerberos, NTLM and TLS have facts of their own. A
//! value that is not listed gives no fact: the list may have been cut. One that was asked for by
//! its name and is not set (`NotSet`) gives the fact of what Windows does without it, where that
//! is the same in every version.

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
        Property::new("NotSet", "values that were asked for and are not there"),
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
        Property::new("AllowInternalUntrustedCerts", "whether proxying accepts any certificate"),
        Property::new("Enabled", "whether a protocol of TLS is on"),
        Property::new("DisabledByDefault", "whether a protocol of TLS is on"),
    ],
    facts: registry_values,
};

/// Members of an object that are no values of its key.
const NO_VALUES: [&str; 6] = ["Key", "Values", "NotSet", "PSPath", "PSChildName", "PSProvider"];

/// Where Kerberos of the computer reads its settings.
const KERBEROS_KEY: &str = r"\control\lsa\kerberos\parameters";
/// Where a policy writes the encryption types.
const KERBEROS_POLICY: &str = r"\policies\system\kerberos\parameters";

/// Values that are numbers: where the key ends, the value, its fact.
const FACTS: [(&str, &str, &str); 6] = [
    (r"\control\lsa", "SuppressExtendedProtection", "registry.suppress_extended_protection"),
    (r"\control\lsa", "DisableLoopbackCheck", "registry.disable_loopback_check"),
    (r"\control\lsa", "LmCompatibilityLevel", "registry.lm_compatibility_level"),
    (r"\control\lsa\msv1_0", "RestrictSendingNTLMTraffic", "registry.restrict_outgoing_ntlm"),
    (r"\control\lsa\msv1_0", "RestrictReceivingNTLMTraffic", "registry.restrict_incoming_ntlm"),
    (r"\msexchange owa", "AllowInternalUntrustedCerts", "registry.allow_internal_untrusted_certs"),
];

/// What Windows does where a value is not set: where the key ends, the value, its fact, what it is then.
///
/// LmCompatibilityLevel and TLS are not here: their defaults differ between versions of Windows.
/// Sources: KB 262177 (LogLevel), KB 837361 (SkewTime), KB 896861 (DisableLoopbackCheck), the
/// policies "Restrict NTLM" (not configured: allow all), KB 973811 (SuppressExtendedProtection).
/// No encryption types are Windows' own, as 0 is.
const DEFAULTS: [(&str, &str, &str, f64); 8] = [
    (KERBEROS_KEY, "LogLevel", "kerberos.log_level", 0.0),
    (KERBEROS_KEY, "SkewTime", "kerberos.skew_minutes", 5.0),
    (KERBEROS_KEY, "SupportedEncryptionTypes", "kerberos.encryption_types", 0.0),
    (KERBEROS_POLICY, "SupportedEncryptionTypes", "kerberos.encryption_types", 0.0),
    (r"\control\lsa", "SuppressExtendedProtection", "registry.suppress_extended_protection", 0.0),
    (r"\control\lsa", "DisableLoopbackCheck", "registry.disable_loopback_check", 0.0),
    (r"\control\lsa\msv1_0", "RestrictSendingNTLMTraffic", "registry.restrict_outgoing_ntlm", 0.0),
    (r"\control\lsa\msv1_0", "RestrictReceivingNTLMTraffic", "registry.restrict_incoming_ntlm", 0.0),
];

/// The key of NTLM, and its list of names under which a server may call itself.
const NTLM_KEY: &str = r"\control\lsa\msv1_0";
const HOST_NAMES: &str = "BackConnectionHostNames";

/// True for a value that Windows looks for in this very key. reg.exe says the same of a key that was
/// misspelt as of a value that is not set, so that of other places its words say nothing.
pub(crate) fn is_setting(key: &str, name: &str) -> bool {
    let places = DEFAULTS.iter().map(|(end, name, ..)| (*end, *name));
    let places =
        places.chain(FACTS.iter().map(|(end, name, _)| (*end, *name))).chain([(NTLM_KEY, HOST_NAMES)]);
    let key = key.to_ascii_lowercase();
    places.into_iter().any(|(end, known)| is_at(&key, end) && known.eq_ignore_ascii_case(name))
}

/// The whole path of a key that ends so.
fn is_at(key: &str, end: &str) -> bool {
    const ROOTS: [&str; 3] = [
        r"hkey_local_machine\system\currentcontrolset",
        r"hkey_local_machine\system\currentcontrolset\services",
        r"hkey_local_machine\software\microsoft\windows\currentversion",
    ];
    ROOTS.iter().any(|root| key.strip_prefix(root) == Some(end))
}

/// Adds what Windows does without the values that are not set.
fn add_defaults(record: &Record<'_>, key: &str, facts: &mut FactTable) {
    let Some(names) = list(record, "NotSet") else { return };
    for name in names.iter().filter(|name| is_setting(key, name)) {
        let of =
            |(end, known, ..): &&(&str, &str, &str, f64)| is_at(key, end) && known.eq_ignore_ascii_case(name);
        if let Some((.., fact, default)) = DEFAULTS.iter().find(of) {
            facts.add_number(fact, *default, "NotSet");
        } else if name.eq_ignore_ascii_case(HOST_NAMES) {
            facts.add_list("registry.back_connection_host_names", Vec::new(), "NotSet");
        }
    }
    facts.add_list("registry.not_set", names, "NotSet");
}

fn registry_values(record: &Record<'_>, facts: &mut FactTable) {
    let path = text(record, "PSPath");
    let of_path =
        path.as_deref().and_then(|path| path.split_once("Registry::")).map(|(_, key)| key.to_owned());
    let key = text(record, "Key")
        .map(|key| (key, "Key"))
        .or_else(|| Some((of_path?, "PSPath")))
        .or_else(|| Some((key_of_command(record.from.as_deref()?)?, "from")));
    let Some((key, property)) = key else { return };
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
            _ => match FACTS
                .iter()
                .find(|(end, known, _)| lower.ends_with(end) && known.eq_ignore_ascii_case(name.trim()))
            {
                Some((.., fact)) => fact,
                None => continue,
            },
        };
        if let Ok(number) = data.trim().parse::<i64>() {
            // Get-ItemProperty shows a DWORD above 0x7fffffff as a negative number.
            let number = if number < 0 { number + 0x1_0000_0000 } else { number };
            facts.add_number(fact, number as f64, name.to_owned());
        }
    }
    add_host_names(&lower, &values, facts);
    add_tls(&lower, &values, facts);
    add_defaults(record, &lower, facts);
    if !values.is_empty() || record.property("NotSet").is_none() {
        facts.add_list("registry.values", values, "Values");
    }
}

/// The key in `Get-ItemProperty 'HKLM:\SYSTEM\...'`, for an object that was cut to its values.
fn key_of_command(command: &str) -> Option<String> {
    let at = command.to_ascii_uppercase().find("HKLM:")?;
    let quote = command.get(..at)?.chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let path = command.get(at + "HKLM:".len()..)?;
    let end = match quote {
        Some(quote) => path.find(quote),
        None => path.find([' ', ')', '|', ',']),
    };
    let path = path.get(..end.unwrap_or(path.len()))?.trim_end_matches('\\');
    Some(format!("HKEY_LOCAL_MACHINE{path}")).filter(|key| key.contains('\\'))
}

/// Data of a value, name compared without case.
fn data<'v>(values: &'v [String], name: &str) -> Option<&'v str> {
    let of = |value: &'v String| {
        let (found, data) = value.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| data.trim())
    };
    values.iter().find_map(of)
}

/// Names under which a server may call itself; reg.exe separates them with `\0`.
fn add_host_names(key: &str, values: &[String], facts: &mut FactTable) {
    let Some(names) = data(values, HOST_NAMES).filter(|_| key.ends_with(NTLM_KEY)) else { return };
    let names = names.trim_matches(['{', '}']).replace("\\0", ";");
    let names =
        names.split([';', ',', ' ', '\0', '\n', '\r']).filter(|name| !name.is_empty() && *name != "...");
    facts.add_list("registry.back_connection_host_names", names.map(str::to_owned).collect(), HOST_NAMES);
}

/// Whether TLS 1.2 is switched on; a key without these values leaves it to Windows.
fn add_tls(key: &str, values: &[String], facts: &mut FactTable) {
    let fact = match key.rsplit_once(r"\protocols\tls 1.2\").map(|(_, side)| side) {
        Some("client") => "registry.tls12_client_enabled",
        Some("server") => "registry.tls12_server_enabled",
        _ => return,
    };
    let number = |name: &str| data(values, name).and_then(|data| data.parse::<i64>().ok());
    match (number("Enabled"), number("DisabledByDefault")) {
        (Some(0), _) => facts.add_flag(fact, false, "Enabled"),
        (_, Some(off)) if off != 0 => facts.add_flag(fact, false, "DisabledByDefault"),
        (Some(_), _) => facts.add_flag(fact, true, "Enabled"),
        _ => {}
    }
}

fn joined(record: &Record<'_>, name: &str) -> Option<String> {
    Some(list(record, name)?.join(";")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::read_records;

    fn read(json: &str) -> FactTable {
        let mut table = FactTable::default();
        read_records(json.as_bytes(), 0, |record| registry_values(&record.unwrap(), &mut table));
        table
    }

    const LSA: &str =
        r"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa";

    #[test]
    fn values_have_their_facts_only_in_their_own_key() {
        let facts = read(&format!(
            r#"{{"PSPath":"{LSA}","PSProvider":"x","LmCompatibilityLevel":5,"DisableLoopbackCheck":1,"SuppressExtendedProtection":3,"RestrictSendingNTLMTraffic":2}}"#
        ));
        assert_eq!(facts.number("registry.lm_compatibility_level"), Some(5.0));
        assert_eq!(facts.number("registry.disable_loopback_check"), Some(1.0));
        assert_eq!(facts.number("registry.suppress_extended_protection"), Some(3.0));
        assert_eq!(facts.get("registry.restrict_outgoing_ntlm"), None);
        let facts = read(&format!(
            r#"{{"PSPath":"{LSA}\\MSV1_0","RestrictSendingNTLMTraffic":2,"RestrictReceivingNTLMTraffic":1,"BackConnectionHostNames":["mail.contoso.com","EX1"]}}"#
        ));
        assert_eq!(facts.number("registry.restrict_outgoing_ntlm"), Some(2.0));
        assert_eq!(facts.number("registry.restrict_incoming_ntlm"), Some(1.0));
        assert_eq!(facts.list("registry.back_connection_host_names").unwrap(), ["mail.contoso.com", "EX1"]);
    }

    #[test]
    fn a_list_from_reg_is_the_same_list() {
        let facts = read(
            r#"{"Key":"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0","Values":["BackConnectionHostNames=mail.contoso.com\\0EX1"]}"#,
        );
        assert_eq!(facts.list("registry.back_connection_host_names").unwrap(), ["mail.contoso.com", "EX1"]);
    }

    #[test]
    fn tls_is_known_only_where_a_value_says_it() {
        let of = |side: &str, values: &str| {
            let path = r"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2";
            read(&format!(r#"{{"Key":"{path}\\{side}","Values":[{values}]}}"#))
        };
        assert_eq!(of("Client", r#""Enabled=0""#).flag("registry.tls12_client_enabled"), Some(false));
        assert_eq!(
            of("Client", r#""Enabled=1","DisabledByDefault=1""#).flag("registry.tls12_client_enabled"),
            Some(false)
        );
        assert_eq!(
            of("Server", r#""Enabled=4294967295","DisabledByDefault=0""#)
                .flag("registry.tls12_server_enabled"),
            Some(true)
        );
        assert_eq!(of("Server", r#""DisabledByDefault=0""#).get("registry.tls12_server_enabled"), None);
    }

    #[test]
    fn an_object_cut_to_its_value_has_the_key_of_its_command() {
        let facts = read(
            r#"{"from":"Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\MSExchange OWA' | select AllowInternalUntrustedCerts","computer":"EX1","properties":{"AllowInternalUntrustedCerts":1}}"#,
        );
        assert_eq!(facts.number("registry.allow_internal_untrusted_certs"), Some(1.0));
    }
}
