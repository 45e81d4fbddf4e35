//! Bytes to text in the encodings that shells and tools of Windows write.
//!
//! In this order: byte-order mark, NUL in every second byte, UTF-8, else the legacy code page
//! that the letters speak for. A wrong guess spoils words of a language and nothing else:
//! everything that is read for its meaning is ASCII.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use std::borrow::Cow;

/// Bytes that are looked at to tell an encoding: the lines with letters beyond ASCII.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Bytes at the beginning that tell UTF-16 without a mark, and what is no text.
const HEAD_BYTES: usize = 4 * 1024;

/// A document as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<'a> {
    /// The text without its byte-order mark.
    pub text: Cow<'a, str>,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// False when the bytes end inside a character: the document was cut.
    pub whole: bool,
}

/// Decodes a document; `None` for bytes that are no text.
pub fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    let even = bytes.len() % 2 == 0;
    let of = |text, encoding: &'static str| {
        let whole = match encoding {
            "UTF-8" => std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_some(), |_| true),
            "UTF-16LE" | "UTF-16BE" => even,
            _ => true,
        };
        Some(Decoded { text, encoding, whole })
    };
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return of(utf16(rest, u16::from_le_bytes), "UTF-16LE");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return of(utf16(rest, u16::from_be_bytes), "UTF-16BE");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return of(String::from_utf8_lossy(rest), "UTF-8");
    }
    // Text in any language has blanks, digits and line ends: a quarter at the very least. A few
    // letters of Asia have a NUL of their own on the other side (U+4E00, U+6700).
    let head = bytes.len().min(HEAD_BYTES);
    let most = |many: usize, few: usize| many * 8 >= head && few * 8 < many;
    match nul_bytes(bytes) {
        (0, 0) => {}
        (even, odd) if most(odd, even) => return of(utf16(bytes, u16::from_le_bytes), "UTF-16LE"),
        (even, odd) if most(even, odd) => return of(utf16(bytes, u16::from_be_bytes), "UTF-16BE"),
        _ => return None,
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return of(Cow::Borrowed(text), "UTF-8");
    }
    if is_mostly_utf8(bytes) {
        return of(String::from_utf8_lossy(bytes), "UTF-8");
    }
    let sample = sample(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let mut encoding = detector.guess(None, Utf8Detection::Deny);
    if !encoding.is_single_byte() && stands_inside_words(&sample) {
        encoding = encoding_rs::WINDOWS_1252;
    }
    if encoding.is_single_byte() && encoding != encoding_rs::IBM866 && is_code_page_850(&sample) {
        return of(Cow::Owned(code_page_850(bytes)), "IBM850");
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    of(text, encoding.name())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, str> {
    // Half a character at the end is left out: `Decoded::whole` says that the file was cut.
    let pairs = bytes.chunks_exact(2);
    let units = pairs.filter_map(|pair| pair.try_into().ok()).map(unit);
    let mut text = String::with_capacity(bytes.len() / 2 + bytes.len() / 16);
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
    Cow::Owned(text)
}

/// NUL bytes at even and at odd places of the beginning.
fn nul_bytes(bytes: &[u8]) -> (usize, usize) {
    let (mut even, mut odd) = (0, 0);
    for (at, byte) in bytes.iter().take(HEAD_BYTES).enumerate() {
        if *byte == 0 {
            *(if at % 2 == 0 { &mut even } else { &mut odd }) += 1;
        }
    }
    (even, odd)
}

/// True when broken bytes are the exception: the file was cut, or a piece of it was pasted.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong * 4
}

/// True when letters beyond ASCII stand one by one inside words of small ASCII letters: no text of
/// two bytes a letter, which would swallow the letter behind each (`enregistr\x82s`).
fn stands_inside_words(sample: &[u8]) -> bool {
    let small = |part: &[u8]| part.len() == 3 && part.iter().all(u8::is_ascii_lowercase);
    let (mut high, mut inside) = (0usize, 0usize);
    for (at, _) in sample.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        high += 1;
        let before = sample.get(at.saturating_sub(3)..at).unwrap_or_default();
        let after = sample.get(at + 1..at + 4).unwrap_or_default();
        let alone = [before.last(), after.first()].iter().all(|byte| byte.is_none_or(u8::is_ascii));
        inside += usize::from(alone && (small(before) || small(after)));
    }
    inside * 3 >= high
}

/// The lines that hold letters beyond ASCII, up to the size of a sample.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        let room = SAMPLE_BYTES.saturating_sub(sample.len());
        sample.extend(line.iter().take(room));
        if room == 0 {
            break;
        }
    }
    sample
}

/// True when the letters beyond ASCII stand where code page 850 has its letters.
///
/// Consoles of western Europe write it, the web never did, so no detector knows it. Windows code
/// pages have dashes and quotation marks at 0x80 to 0x9F, which do not stand inside words.
fn is_code_page_850(sample: &[u8]) -> bool {
    let (mut oem, mut ansi) = (0usize, 0usize);
    for place in sample.windows(3) {
        let [before, byte, after] = place else { continue };
        if !before.is_ascii_alphabetic() && !after.is_ascii_alphabetic() {
            continue;
        }
        match byte {
            0x80..=0x90 | 0x93..=0x97 | 0x99 | 0x9A | 0xA0..=0xA5 | 0xE1 => oem += 1,
            0xC0..=0xFF => ansi += 1,
            _ => {}
        }
    }
    oem > ansi
}

/// The upper half of code page 850.
const UPPER_850: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤",
    "ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}"
);

fn code_page_850(bytes: &[u8]) -> String {
    let upper: Vec<char> = UPPER_850.chars().collect();
    let letter = |byte: u8| match byte.checked_sub(0x80) {
        Some(at) => upper.get(usize::from(at)).copied().unwrap_or('\u{FFFD}'),
        None => char::from(byte),
    };
    bytes.iter().map(|byte| letter(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes).unwrap();
        (decoded.text.into_owned(), decoded.encoding)
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "Server : EX1\r\nName : owa (Pr\u{e9}d\u{e9}finie)\r\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(read(&little), (text.to_owned(), "UTF-16LE"));
        assert_eq!(read(&big), (text.to_owned(), "UTF-16BE"));
        assert_eq!(read(&[b"\xFF\xFE", &little[..]].concat()), (text.to_owned(), "UTF-16LE"));
        assert_eq!(read(&[b"\xFE\xFF", &big[..]].concat()), (text.to_owned(), "UTF-16BE"));
    }

    #[test]
    fn a_file_that_ends_inside_a_character_is_still_utf_8() {
        let text = "\u{e4}\u{f6}\u{fc}\u{df}\u{e9}\u{e8}".as_bytes();
        assert_eq!(read(&text[..text.len() - 1]).1, "UTF-8");
        assert!(!decode(&text[..text.len() - 1]).unwrap().whole);
        assert!(!decode(b"\xFF\xFEa\0b").unwrap().whole && decode(b"\xFF\xFEa\0").unwrap().whole);
        assert_eq!(read(b"").0, "");
    }

    #[test]
    fn code_pages_of_consoles_are_told_by_their_letters() {
        // `Verzögerung`, `Größe`, `Stratum: 3 (sekundäre Referenz` as a German console writes them.
        let german = b"Verz\x94gerung der Stammreferenz: 0.0311s\r\nGr\x94\xE1e, sekund\x84re Referenz\r\n";
        let (text, encoding) = read(german);
        assert_eq!(encoding, "IBM850");
        assert!(text.contains("Verz\u{f6}gerung") && text.contains("Gr\u{f6}\u{df}e"), "{text}");
        let ansi = b"Verz\xF6gerung der Stammreferenz: 0.0311s\r\nGr\xF6\xDFe, sekund\xE4re Referenz\r\n";
        assert!(read(ansi).0.contains("Verz\u{f6}gerung"));
        let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("\u{30c9}\u{30e1}\u{30a4}\u{30f3} DC=contoso,DC=com \u{3092}\u{78ba}\u{8a8d}\u{3057}\u{3066}\u{3044}\u{307e}\u{3059}\r\n\u{65e2}\u{5b58}\u{306e} SPN \u{304c}\u{898b}\u{3064}\u{304b}\u{308a}\u{307e}\u{3057}\u{305f}\r\n");
        assert_eq!(read(&japanese).1, "Shift_JIS");
        let (russian, _, _) = encoding_rs::IBM866.encode("\u{41f}\u{440}\u{43e}\u{432}\u{435}\u{440}\u{43a}\u{430} \u{434}\u{43e}\u{43c}\u{435}\u{43d}\u{430} DC=contoso,DC=com\r\n\u{422}\u{430}\u{43a}\u{43e}\u{435} SPN \u{43d}\u{435} \u{43d}\u{430}\u{439}\u{434}\u{435}\u{43d}\u{43e}.\r\n");
        // encoding_rs encodes IBM866 as it decodes it.
        assert_eq!(read(&russian).1, "IBM866");
    }

    #[test]
    fn bytes_with_nul_here_and_there_are_no_text() {
        assert_eq!(decode(b"PK\x03\x04\x14\0\0\0\x08\0abc\0"), None);
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0"), None);
    }

    #[test]
    fn the_table_of_code_page_850_is_whole() {
        assert_eq!(UPPER_850.chars().count(), 128);
        assert_eq!(code_page_850(b"\x80\x84\xE1\xFF"), "\u{c7}\u{e4}\u{df}\u{a0}");
    }
}
