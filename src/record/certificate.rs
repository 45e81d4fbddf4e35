//! Certificates: what Get-ExchangeCertificate lists, and the plain X509 objects it turns into.
//!
//! An export that lost the Exchange properties says nothing about services and always says
//! "no private key"; neither is taken from such an object. Judges nothing: whether a date has
//! passed is told by the record's own `collected`, else by the state that Exchange gave it, never by a clock.

use super::certificate_data;
use super::date::date_of_text;
use super::enumeration::flag_names;
use super::kind::{Kind, Property};
use super::read::Record;
use super::reader::Reader;
use super::tolerant::{argument, flag, list, text, Items, Separator};
use super::value::Value;
use crate::fact::FactTable;

/// `Get-ExchangeCertificate`, and certificates of a store.
pub static KIND: Kind = Kind {
    name: "certificate",
    types: &["ExchangeCertificate", "X509Certificate2"],
    object_classes: &[],
    marks: &[
        &["Thumbprint", "NotAfter"],
        &["Thumbprint", "Services"],
        &["Thumbprint", "Subject"],
        &["CertificateDomains"],
    ],
    commands: &["Get-ExchangeCertificate"],
    properties: &[
        Property::new("Thumbprint", "which certificate it is"),
        Property::new("Identity", "on which server it is"),
        Property::new("Subject", "whose certificate it is"),
        Property::new("Issuer", "who signed it"),
        Property::new("NotAfter", "whether it has expired"),
        Property::new("NotBefore", "whether it is valid already"),
        Property::new("Services", "what Exchange uses it for"),
        Property::new("CertificateDomains", "the names in it"),
        Property::items("DnsNameList", "Unicode", "the names in it, of a plain certificate"),
        Property::new("HasPrivateKey", "whether the server can use it"),
        Property::new("IsSelfSigned", "whether it signed itself"),
        Property::new("Status", "what Exchange says of it"),
        Property::new("RawData", "all of it, where an export kept nothing else"),
        Property::new("PSPath", "whether it was read from the store itself"),
        Property::new("PSComputerName", "the server, where the identity does not tell it"),
    ],
    facts,
};

/// The subject that Setup gives the certificate for tokens between servers.
const AUTH_SUBJECT: &str = "CN=Microsoft Exchange Server Auth Certificate";

fn facts(record: &Record<'_>, facts: &mut FactTable) {
    let mut reader = Reader { record, facts };
    // An export of the Exchange shell holds the certificate itself and nothing beside it.
    let lost = reader.value("Thumbprint").and_then(text).is_none();
    let data = reader.value("RawData").filter(|_| lost).and_then(certificate_data::read);
    let identity = reader.value("Identity").and_then(text);
    let named = identity.as_deref().and_then(|identity| identity.rsplit_once('\\'));
    let thumbprint = [("Thumbprint", reader.value("Thumbprint").and_then(text))]
        .into_iter()
        .chain([("Identity", named.map(|(_, thumbprint)| thumbprint.to_owned()))])
        .chain([("RawData", data.as_ref().map(|data| data.thumbprint.clone()))])
        .find_map(|(property, text)| Some((as_thumbprint(&text?)?, property)));
    if let Some((thumbprint, property)) = thumbprint {
        reader.facts.add_text("certificate.thumbprint", thumbprint, property);
    }
    add_server(&mut reader, named.map(|(server, _)| server));
    let whole = |text: &String| !text.ends_with("...") && !text.ends_with('\u{2026}');
    let mut name = |fact, property, of_data: Option<&String>| {
        let given = reader.value(property).and_then(text).filter(whole);
        let (name, property) = match (given, of_data) {
            (Some(given), _) => (given, property),
            (None, Some(of_data)) => (of_data.clone(), "RawData"),
            (None, None) => return None,
        };
        reader.facts.add_text(fact, name.clone(), property);
        Some(name)
    };
    let subject = name("certificate.subject", "Subject", data.as_ref().map(|data| &data.subject));
    let issuer = name("certificate.issuer", "Issuer", data.as_ref().map(|data| &data.issuer));
    let status = reader.value("Status").and_then(|value| super::enumeration::enum_name(value, &[]));
    add_dates(&mut reader, data.as_ref(), status.as_deref());
    reader.facts.add_text("certificate.status", status.unwrap_or_default(), "Status");
    let services = reader.value("Services").and_then(services);
    if let Some(services) = reader.list("certificate.services", "Services", services) {
        reader.facts.add_flag("certificate.for_smtp", services.has("SMTP"), "Services");
        reader.facts.add_flag("certificate.for_iis", services.has("IIS"), "Services");
    }
    add_domains(&mut reader, data.as_ref());
    add_key(&mut reader);
    if reader.flag("certificate.self_signed", "IsSelfSigned").is_none() {
        if let (Some(subject), Some(issuer)) = (&subject, &issuer) {
            // Where one goes on behind the other's end, a text may have lost the rest.
            let same = subject == issuer;
            if same || !(subject.starts_with(issuer.as_str()) || issuer.starts_with(subject.as_str())) {
                reader.facts.add_flag("certificate.self_signed", same, "Issuer");
            }
        }
    }
    if subject.is_some_and(|subject| subject.eq_ignore_ascii_case(AUTH_SUBJECT)) {
        // Another certificate may serve as well: its name alone rules none out.
        reader.facts.add_flag("certificate.is_auth_certificate", true, "Subject");
    }
}

/// Forty hexadecimal digits, as everybody else writes them.
pub(super) fn as_thumbprint(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let other = |c: char| !c.is_ascii_hexdigit() && !c.is_whitespace() && c != ':' && c != '\u{200E}';
    (digits.len() == 40 && !text.contains(other)).then(|| digits.to_ascii_uppercase())
}

/// Without -Server the cmdlet lists the certificates of the server that runs it.
fn add_server(reader: &mut Reader<'_, '_>, of_identity: Option<&str>) {
    let record = reader.record;
    let server = of_identity
        .map(|server| (server.to_owned(), "Identity"))
        .or_else(|| Some((argument(record, "-Server")?.to_owned(), "from")))
        .or_else(|| Some((reader.value("PSComputerName").and_then(text)?, "PSComputerName")))
        .or_else(|| Some((record.computer.as_deref()?.to_owned(), "computer")));
    if let Some((server, property)) = server {
        reader.facts.add_text("certificate.server", server, property);
    }
}

/// What Exchange itself says of the dates, at the time when it was asked: `DateInvalid`, or `Valid`.
fn expired_by_status(status: &str) -> Option<bool> {
    match status {
        "DateInvalid" => Some(true),
        "Valid" => Some(false),
        _ => None,
    }
}

fn add_dates(
    reader: &mut Reader<'_, '_>,
    data: Option<&certificate_data::Certificate>,
    status: Option<&str>,
) {
    let mut date = |fact, property, of_data: Option<&String>| {
        reader.date(fact, property).or_else(|| {
            let date = of_data?.clone();
            reader.facts.add_text(fact, date.clone(), "RawData");
            Some(date)
        })
    };
    date("certificate.not_before", "NotBefore", data.map(|data| &data.not_before));
    let not_after = date("certificate.not_after", "NotAfter", data.map(|data| &data.not_after));
    let collected = reader.record.collected.as_deref();
    let passed =
        not_after.zip(collected).and_then(|(not_after, collected)| has_passed(&not_after, collected));
    if let Some(expired) = passed {
        reader.facts.add_flag("certificate.expired", expired, "NotAfter");
    } else if let Some(expired) = status.and_then(expired_by_status) {
        reader.facts.add_flag("certificate.expired", expired, "Status");
    }
}

/// Whether a time was over at another; between two times where it is the same at both.
fn has_passed(not_after: &str, collected: &str) -> Option<bool> {
    let [earliest, latest] = match date_of_text(collected) {
        Some(time) => [time.clone(), time],
        None => super::utc_times(collected)?,
    };
    // All are whole seconds in UTC: they sort as time does.
    let (before, after) = (not_after < earliest.as_str(), not_after < latest.as_str());
    (before == after).then_some(after)
}

/// The services of a certificate: names, or the letters of the shell's table (`IP.WS..`).
fn services(value: &Value<'_>) -> Option<Items> {
    let letters = [
        ('I', "IMAP"),
        ('P', "POP"),
        ('U', "UM"),
        ('W', "IIS"),
        ('S', "SMTP"),
        ('F', "Federation"),
        ('C', "UMCallRouter"),
    ];
    if let Some(table) = text(value).filter(|text| text.contains('.') && !text.contains([' ', ','])) {
        let named = |c: char| letters.iter().find(|(letter, _)| *letter == c).map(|(_, name)| *name);
        let items: Option<Vec<String>> =
            table.chars().filter(|c| *c != '.').map(|c| named(c).map(str::to_owned)).collect();
        return items.map(|items| Items { items, complete: true });
    }
    let mut read = flag_names(value, &[]).filter(|read| read.complete)?;
    read.items.retain(|item| !item.eq_ignore_ascii_case("None"));
    Some(read)
}

fn add_domains(reader: &mut Reader<'_, '_>, data: Option<&certificate_data::Certificate>) {
    let listed = reader
        .value("CertificateDomains")
        .and_then(|value| list(value, Separator::Blank))
        .filter(|read| read.complete);
    if reader.list("certificate.domains", "CertificateDomains", listed).is_some() {
        return;
    }
    let names: Vec<String> = match reader.value("DnsNameList") {
        Some(Value::List(items)) => {
            let name = |item: &Value<'_>| item.field("Unicode").or(Some(item)).and_then(text);
            items.iter().filter_map(name).collect()
        }
        _ => Vec::new(),
    };
    if !names.is_empty() {
        reader.facts.add_list("certificate.domains", names, "DnsNameList");
    } else if let Some(data) = data.filter(|data| !data.domains.is_empty()) {
        reader.facts.add_list("certificate.domains", data.domains.clone(), "RawData");
    }
}

/// A certificate that was exported and read again has no key any more, wherever it was.
fn add_key(reader: &mut Reader<'_, '_>) {
    let Some(has) = reader.value("HasPrivateKey").and_then(flag) else { return };
    let of_exchange = ["Services", "CertificateDomains", "IsSelfSigned", "PSPath"]
        .iter()
        .any(|property| reader.value(property).is_some_and(|value| !value.is_empty()));
    if has || of_exchange {
        reader.facts.add_flag("certificate.has_private_key", has, "HasPrivateKey");
    }
}
