//! The computer that somebody's words name above what was pasted: `on EX2:`, `EX2 (2016):`.
//!
//! Console output says nothing of the computer it is from, and posts say it in a line of their own.
//! A name must look like one that a server has; a word of a sentence never does.

/// Longest such line, in characters; a longer one is a sentence that tells more than a place.
const LINE_CHARS: usize = 100;

/// Most words of a heading that begins with the name.
const HEADING_WORDS: usize = 4;

/// Words before a computer's name that say where something was seen, in the languages of the
/// catalogs. `from` says it only where the name ends the line: `from EX1 to EX2:` is a direction.
const PLACES: [&str; 10] = ["on", "at", "auf", "bei", "sur", "dans", "na", "w", "en", "in"];
const ORIGINS: [&str; 5] = ["from", "von", "depuis", "z", "of"];

/// What has letters and digits as a server's name has, and is none: versions and protocols.
const NO_NAMES: [&str; 28] = [
    "microsoft",
    "m",
    "o",
    "event",
    "cu",
    "sp",
    "ru",
    "su",
    "kb",
    "r",
    "v",
    "ipv",
    "tls",
    "tlsv",
    "ssl",
    "sslv",
    "smtp",
    "rc",
    "aes",
    "des",
    "md",
    "sha",
    "w",
    "win",
    "windows",
    "exchange",
    "office",
    "server",
];

/// The computer that a line names as the place of what stands below it.
pub(super) fn said_place(line: &str) -> Option<&str> {
    let line = line.trim();
    let said = line.strip_suffix([':', '\u{FF1A}'])?;
    // The sentence that the colon ends.
    let said = said.rsplit_once(". ").map_or(said, |(_, last)| last);
    if said.chars().count() > LINE_CHARS {
        return None;
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    // `EX2:`, `EX2 (2008 R2):`
    let (first, rest) = words.split_first()?;
    let in_brackets = rest.first().is_some_and(|word| word.starts_with('(')) && said.ends_with(')');
    if rest.is_empty() || in_brackets {
        // A list pads the names of its properties: `CustomAttribute1 :` has no value.
        return name(first).filter(|_| !said.ends_with(' '));
    }
    let is = |word: &str, list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let mut named = words.windows(2).enumerate().filter_map(|(at, pair)| {
        let [before, word] = pair else { return None };
        let last = at + 2 == words.len();
        (is(before, &PLACES) || last && is(before, &ORIGINS)).then(|| name(word)).flatten()
    });
    // `EX2, Application log:`; without the comma tools have such lines, too (`Ethernet adapter Lan0:`).
    let heading = || name(first).filter(|_| first.ends_with(',') && words.len() <= HEADING_WORDS);
    let found = named.next().or_else(heading)?;
    // Two places are none, and a line with a direction speaks of two servers.
    let is_other = |word: &&str| name(word).is_some_and(|other| !other.eq_ignore_ascii_case(found));
    (named.next().is_none() && !words.iter().any(is_other)).then_some(found)
}

/// A word that is built like a server's name: letters and a digit, or a full name.
fn name(word: &str) -> Option<&str> {
    let word = word
        .trim_matches(|c: char| matches!(c, ',' | ';' | '(' | ')' | '"' | '\'' | '\u{201C}' | '\u{201D}'));
    let built = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.ends_with(|c: char| c.is_ascii_alphanumeric())
        && word.len() > 2;
    let short = word.split('.').next().unwrap_or(word);
    let letters = short.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let no_name = NO_NAMES.iter().any(|known| known.eq_ignore_ascii_case(letters));
    let has_digit = short.chars().any(|c| c.is_ascii_digit());
    // `ex.contoso.com` needs no digit; `setspn.exe` and `e.g` are no names.
    let is_full = word.split('.').count() > 2;
    (built && !no_name && (has_digit || is_full)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::said_place;

    #[test]
    fn the_place_is_the_name_that_a_line_gives() {
        for (line, place) in [
            ("on EX10 itself:", "EX10"),
            ("On the 2003 box, at oldex03:", "oldex03"),
            ("EX2:", "EX2"),
            ("HUB10 (2008 R2):", "HUB10"),
            ("Event on HUB07:", "HUB07"),
            ("and now from EX1:", "EX1"),
            ("EX2, Application log:", "EX2"),
            ("It hangs. Queue Viewer on EX1 (copied):", "EX1"),
            ("auf EX-MBX1 sieht es so aus:", "EX-MBX1"),
            ("System log on mail.emea.contoso.com:", "mail.emea.contoso.com"),
        ] {
            assert_eq!(said_place(line), Some(place), "{line}");
        }
    }

    #[test]
    fn sentences_directions_versions_and_properties_name_no_place() {
        for line in [
            "on EX10 it works",
            "mail from EX1 to EX2:",
            "mail to EX2:",
            "connectors for EX2:",
            "EX2 and the rest:",
            "Ethernet adapter Ethernet0:",
            "DC1.contoso.com *** PDC ***[192.0.2.10:123]:",
            "on EX1 and on EX2:",
            "compare it with EX7 on EX1:",
            "on Exchange2016:",
            "after CU12:",
            "on SP3:",
            "on port 25:",
            "TLS1:",
            "IPv4:",
            "Version : EX1",
            "CustomAttribute1 :",
            "Name:",
            "Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:",
            "http://ex1.contoso.com:",
            "",
        ] {
            assert_eq!(said_place(line), None, "{line}");
        }
    }
}
