//! The certificate inside `RawData`: dates, names and thumbprint out of its DER bytes.
//!
//! An export of the Exchange shell keeps these bytes and none of the properties. Reads only
//! what the record needs and verifies nothing; bytes that are no certificate give nothing.

use super::date::date_of_text;
use super::value::Value;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

/// What is read of a certificate.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Certificate {
    /// SHA-1 of the bytes, as every tool shows it.
    pub thumbprint: String,
    /// Whose it is, most specific part first.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// ISO 8601 in UTC.
    pub not_before: String,
    /// ISO 8601 in UTC.
    pub not_after: String,
    /// DNS names of the alternative names.
    pub domains: Vec<String>,
}

/// Longest certificate that is read: real ones have some thousand bytes.
const BYTES: usize = 64 * 1024;

/// Reads the bytes, given as Base64 (CLIXML) or as a list of numbers (JSON).
pub(super) fn read(value: &Value<'_>) -> Option<Certificate> {
    let bytes = match value {
        Value::Text(text) if text.len() <= BYTES * 2 => base64(text)?,
        Value::List(items) if items.len() <= BYTES => {
            let byte = |item: &Value<'_>| match item {
                Value::Int(number) => u8::try_from(*number).ok(),
                _ => None,
            };
            items.iter().map(byte).collect::<Option<Vec<u8>>>()?
        }
        _ => return None,
    };
    certificate(&bytes)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(compact).ok()
}

/// One element: its tag, its content and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn of_tag(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    element(bytes).filter(|(tag, ..)| *tag == wanted).map(|(_, content, rest)| (content, rest))
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

fn certificate(bytes: &[u8]) -> Option<Certificate> {
    let (outer, _) = of_tag(bytes, SEQUENCE)?;
    let (inner, _) = of_tag(outer, SEQUENCE)?;
    // Version is optional; serial number and signature algorithm follow.
    let rest = of_tag(inner, 0xA0).map_or(inner, |(_, rest)| rest);
    let (_, rest) = of_tag(rest, INTEGER)?;
    let (_, rest) = of_tag(rest, SEQUENCE)?;
    let (issuer, rest) = of_tag(rest, SEQUENCE)?;
    let (validity, rest) = of_tag(rest, SEQUENCE)?;
    let (subject, rest) = of_tag(rest, SEQUENCE)?;
    let (not_before, until) = time(validity)?;
    let (not_after, _) = time(until)?;
    Some(Certificate {
        thumbprint: sha1_smol::Sha1::from(bytes).digest().to_string().to_uppercase(),
        subject: name(subject)?,
        issuer: name(issuer)?,
        not_before,
        not_after,
        domains: alternative_names(rest).unwrap_or_default(),
    })
}

/// `181124003403Z` (UTCTime) or `20181124003403Z` (GeneralizedTime).
fn time(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let text = match tag {
        // Two digits of the year: below 50 is the century of 2000 (RFC 5280).
        0x17 => format!("{}{text}", if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" }),
        0x18 => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let iso = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    Some((date_of_text(&iso)?, rest))
}

/// The parts of a name, last one first, as Windows shows them.
fn name(mut bytes: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (set, rest) = of_tag(bytes, SET)?;
        let (pair, _) = of_tag(set, SEQUENCE)?;
        let (kind, value) = of_tag(pair, OBJECT)?;
        let (tag, content, _) = element(value)?;
        // A BMPString holds 16 bits a letter; all others of a name are UTF-8 or a part of it.
        let value = if tag == 0x1E {
            let pair = |pair: &[u8]| Some(u16::from(*pair.first()?) << 8 | u16::from(*pair.get(1)?));
            char::decode_utf16(content.chunks_exact(2).filter_map(pair))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        } else {
            String::from_utf8_lossy(content).into_owned()
        };
        let label = match kind {
            [0x55, 4, 3] => "CN",
            [0x55, 4, 6] => "C",
            [0x55, 4, 7] => "L",
            [0x55, 4, 8] => "S",
            [0x55, 4, 10] => "O",
            [0x55, 4, 11] => "OU",
            [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25] => "DC",
            [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1] => "E",
            _ => "OID",
        };
        parts.push(format!("{label}={value}"));
        bytes = rest;
    }
    parts.reverse();
    Some(parts.join(", "))
}

/// The DNS names in the extension for alternative names.
fn alternative_names(rest: &[u8]) -> Option<Vec<String>> {
    let (_, mut rest) = of_tag(rest, SEQUENCE)?;
    while let Some((tag, content, behind)) = element(rest) {
        rest = behind;
        if tag != 0xA3 {
            continue;
        }
        let (mut extensions, _) = of_tag(content, SEQUENCE)?;
        while let Some((extension, behind)) = of_tag(extensions, SEQUENCE) {
            extensions = behind;
            let (kind, value) = of_tag(extension, OBJECT)?;
            if kind != [0x55, 0x1D, 17] {
                continue;
            }
            // Whether the extension is critical may stand in between.
            let value = of_tag(value, 0x01).map_or(value, |(_, rest)| rest);
            let (octets, _) = of_tag(value, OCTETS)?;
            let (mut names, _) = of_tag(octets, SEQUENCE)?;
            let mut domains = Vec::new();
            while let Some((tag, content, behind)) = element(names) {
                names = behind;
                if tag == 0x82 {
                    domains.push(String::from_utf8_lossy(content).into_owned());
                }
            }
            return Some(domains);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate without key and signature; `inner` stands where they would.
    fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let mut bytes = vec![tag];
        match u8::try_from(content.len()) {
            Ok(length) if length < 0x80 => bytes.push(length),
            _ => bytes.extend([
                0x82,
                u8::try_from(content.len() >> 8).unwrap(),
                u8::try_from(content.len() & 0xFF).unwrap(),
            ]),
        }
        bytes.extend(content);
        bytes
    }

    fn sample() -> Vec<u8> {
        let common = |value: &str| {
            der(
                SEQUENCE,
                &[&der(
                    SET,
                    &[&der(SEQUENCE, &[&der(OBJECT, &[&[0x55, 4, 3]]), &der(0x0C, &[value.as_bytes()])])],
                )],
            )
        };
        let validity = der(SEQUENCE, &[&der(0x17, &[b"181124003403Z"]), &der(0x18, &[b"20500101000000Z"])]);
        let names = der(
            SEQUENCE,
            &[&der(0x82, &[b"ex1.contoso.com"]), &der(0x87, &[&[192, 0, 2, 1]]), &der(0x82, &[b"EX1"])],
        );
        let extension = der(SEQUENCE, &[&der(OBJECT, &[&[0x55, 0x1D, 17]]), &der(OCTETS, &[&names])]);
        let extensions = der(0xA3, &[&der(SEQUENCE, &[&extension])]);
        let inner = der(
            SEQUENCE,
            &[
                &der(0xA0, &[&der(INTEGER, &[&[2]])]),
                &der(INTEGER, &[&[1]]),
                &der(SEQUENCE, &[]),
                &common("Contoso CA"),
                &validity,
                &common("EX1"),
                &der(SEQUENCE, &[]),
                &extensions,
            ],
        );
        der(SEQUENCE, &[&inner])
    }

    #[test]
    fn a_certificate_gives_its_names_and_dates() {
        let bytes = sample();
        let read = certificate(&bytes).unwrap();
        assert_eq!((read.subject.as_str(), read.issuer.as_str()), ("CN=EX1", "CN=Contoso CA"));
        assert_eq!(read.not_before, "2018-11-24T00:34:03Z");
        assert_eq!(read.not_after, "2050-01-01T00:00:00Z");
        assert_eq!(read.domains, ["ex1.contoso.com", "EX1"]);
        assert_eq!(read.thumbprint.len(), 40);
        let list = Value::List(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect());
        assert_eq!(super::read(&list), Some(read));
    }

    #[test]
    fn base64_is_read_and_anything_else_is_not() {
        assert_eq!(base64("Zm9v\r\nYg==").as_deref(), Some(&b"foob"[..]));
        assert_eq!(base64("System.Byte[]"), None);
    }

    #[test]
    fn damaged_bytes_give_nothing_and_never_panic() {
        let bytes = sample();
        for end in 0..bytes.len() {
            let _ = certificate(bytes.get(..end).unwrap());
            let mut damaged = bytes.clone();
            damaged[end] ^= 0xFF;
            let _ = certificate(&damaged);
        }
        assert_eq!(certificate(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), None);
    }
}
