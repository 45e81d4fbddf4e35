//! Console text in the code pages of Windows shells: no token that is the same in every language
//! is lost, and no text is rejected, whatever its letters are taken for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

use exauth::fact::FactTable;
use exauth::record::{decode, kind_of, read_document, records_of_text, Body};

/// Code page, language, and words of a shell in it: before an account, inside brackets, before a date.
type Page = (&'static str, &'static str, &'static [u8], &'static [u8], &'static [u8]);

#[rustfmt::skip]
const PAGES: &[Page] = &[
    ("cp437", "French", b"Noms principaux de service enregistr\x82s pour", b"r\x82f\x82rence secondaire, synchronis\x82e par paquets", b"Derni\x8Are heure de synchronisation r\x82ussie"),
    ("cp850", "Spanish", b"Nombres de entidad de servicio registrados para", b"referencia secundaria, sincronizaci\xA2n", b"\xE9ltima sincronizaci\xA2n correcta: ma\xA4ana"),
    ("cp852", "Polish", b"Zarejestrowane g\x88\xA2wne nazwy us\x88ug dla", b"odwo\x88anie pomocnicze - zsynchronizowane", b"Ostatnia pomy\x98lna synchronizacja: \xABr\xA2d\x88o \x88\xA5czno\x98ci"),
    ("cp852", "Czech", b"Registrovan\x82 hlavn\xA1 n\xA0zvy slu\xA7eb pro", b"sekund\xA0rn\xA1 odkaz - p\xFD\xA1kaz", b"\xACas posledn\xA1 \xA3sp\xD8\xE7n\x82 synchronizace: \xA7\xA0dn\xEC"),
    ("cp852", "Hungarian", b"Regisztr\xA0lt egyszer\xFB szolg\xA0ltat\xA0snevek:", b"m\xA0sodlagos hivatkoz\xA0s, id\x8Bszinkroniz\xA0l\xA0s", b"Utols\xA2 sikeres szinkroniz\xA0l\xA0s id\x8Bpontja"),
    ("cp737", "Greek", b"\x89\x98\xAB\x98\xAE\xE0\xA8\x9E\xA3\xE2\xA4\x98 \xA6\xA4\xE6\xA3\x98\xAB\x98 \xAC\xA7\x9E\xA8\x9C\xA9\xE5\x98\xAA \x9A\xA0\x98", b"\x9B\x9C\xAC\xAB\x9C\xA8\x9C\xE7\xA6\xAC\xA9\x98 \x98\xA4\x98\xAD\xA6\xA8\xE1, \xA9\xAC\x9A\xAE\xA8\xA6\xA4\xA0\xA9\xA3\xE6\xAA", b"\x92\x9C\xA2\x9C\xAC\xAB\x98\xE5\xA6\xAA \x9C\xA7\xA0\xAB\xAC\xAE\xE3\xAA \xA9\xAC\x9A\xAE\xA8\xA6\xA4\xA0\xA9\xA3\xE6\xAA"),
    ("cp857", "Turkish", b"Kay\x8Dtl\x8D hizmet as\x8Dl adlar\x8D \x9Funun i\x87in", b"ikincil ba\x9Fvuru, e\x9Fitlenmi\x9F", b"Son ba\x9Far\x8Dl\x8D e\x9Fitleme zaman\x8D: d\x81n \x94\xA7leden \x94nce"),
    ("cp862", "Hebrew", b"\x99\x8E\x85\x9A \x99\x89\x98\x85\x9A \x98\x99\x85\x8E\x89\x8D \x92\x81\x85\x98", b"\x84\x94\x90\x89\x84 \x8E\x99\x90\x89\x9A, \x8E\x91\x85\x90\x8B\x98\x8F", b"\x84\x91\x89\x90\x8B\x98\x85\x8F \x84\x8E\x85\x96\x8C\x87 \x84\x80\x87\x98\x85\x8F"),
    ("cp720", "Arabic", b"\x9A\xAB\xEA\x9F\x98 \x9F\xE9\xA6\xA7\xEA\xA1 \x9F\xE9\xEA\xAB\xA4\xE9\xA1 \xEA\xEB \x9A\xA4\xE9", b"\xEA\xA9\xA4\xE3 \xA3\x9F\xEB\xED\xEF, \xEA\xA2\xAA\x9F\xEA\xEB", b"\xED\xE7\xA2 \x99\xA6\xA9 \xEA\xAA\x9F\xEA\xEB\xA1 \xEB\x9F\xA4\xA5\xA1"),
    ("cp775", "Lithuanian", b"Registruoti pagrindiniai tarnyb\xD6 vardai, skirti", b"antrin\xD3 nuoroda, sinchronizuota, \xD5altinis", b"Paskutinis s\xD3kmingas sinchronizavimo laikas: \xD0\xD8uolas"),
    ("cp775", "Latvian", b"Re\x85istr\x89tie pakalpojumu nosaukumi kontam", b"sekund\x83r\x83 atsauce, sinhroniz\x89ts", b"P\x89d\x89j\x83s veiksm\x8Cg\x83s sinhroniz\x83cijas laiks: \xD5\xE9\x89rs\x83m"),
    ("cp866", "Russian", b"\x87\xA0\xE0\xA5\xA3\xA8\xE1\xE2\xE0\xA8\xE0\xAE\xA2\xA0\xAD\xAD\xEB\xA5 \xA8\xAC\xA5\xAD\xA0 \xE1\xAB\xE3\xA6\xA1 \xA4\xAB\xEF", b"\xA2\xE2\xAE\xE0\xA8\xE7\xAD\xA0\xEF \xE1\xE1\xEB\xAB\xAA\xA0, \xE1\xA8\xAD\xE5\xE0\xAE\xAD\xA8\xA7\xA8\xE0\xAE\xA2\xA0\xAD\xAE", b"\x8F\xAE\xE1\xAB\xA5\xA4\xAD\xEF\xEF \xE3\xE1\xAF\xA5\xE8\xAD\xA0\xEF \xE1\xA8\xAD\xE5\xE0\xAE\xAD\xA8\xA7\xA0\xE6\xA8\xEF"),
    ("cp932", "Japanese", b"\x8E\x9F\x82\xC9\x93o\x98^\x82\xB3\x82\xEA\x82\xC4\x82\xA2\x82\xE9\x83T\x81[\x83r\x83X\x96\xBC", b"2 \x8E\x9F\x8EQ\x8F\xC6\x81A\x93\xAF\x8A\xFA", b"\x8D\xC5\x8FI\x90\xB3\x8F\xED\x93\xAF\x8A\xFA\x8E\x9E\x8D\x8F"),
    ("cp936", "Chinese", b"\xD2\xD1\xD7\xA2\xB2\xE1\xB5\xC4\xB7\xFE\xCE\xF1\xC3\xFB\xB3\xC6", b"\xB4\xCE\xBC\xB6\xD2\xFD\xD3\xC3\xA3\xAC\xCD\xAC\xB2\xBD", b"\xC9\xCF\xB4\xCE\xB3\xC9\xB9\xA6\xCD\xAC\xB2\xBD\xCA\xB1\xBC\xE4"),
    ("cp949", "Korean", b"\xB4\xD9\xC0\xBD\xBF\xA1 \xB5\xEE\xB7\xCF\xB5\xC8 \xBC\xAD\xBA\xF1\xBD\xBA \xC0\xCC\xB8\xA7", b"\xBA\xB8\xC1\xB6 \xC2\xFC\xC1\xB6, \xB5\xBF\xB1\xE2\xC8\xAD\xB5\xCA", b"\xB8\xB6\xC1\xF6\xB8\xB7\xC0\xB8\xB7\xCE \xBC\xBA\xB0\xF8\xC7\xD1 \xB5\xBF\xB1\xE2\xC8\xAD \xBD\xC3\xB0\xA3"),
    ("cp950", "Chinese (Taiwan)", b"\xA4w\xB5n\xBF\xFD\xAA\xBA\xAAA\xB0\xC8\xA6W\xBA\xD9", b"\xA6\xB8\xADn\xB0\xD1\xB7\xD3\xA1A\xA6P\xA8B", b"\xA4W\xA6\xB8\xA6\xA8\xA5\\\xA6P\xA8B\xB3B\xB2z\xAE\xC9\xB6\xA1"),
];

/// Name and value of every fact.
fn facts(bytes: &[u8]) -> Vec<String> {
    let mut facts = Vec::new();
    read_document(bytes, None, 0, &mut |read| {
        let record = read.expect("a text is never rejected");
        assert!(matches!(record.body, Body::Text(_)));
        for record in records_of_text(&record) {
            let mut table = FactTable::default();
            (kind_of(&record).unwrap().facts)(&record, &mut table);
            facts.extend(table.iter().map(|fact| format!("{}={}", fact.name, fact.value)));
        }
    });
    facts
}

/// `setspn -L` with words of a language before the account.
fn setspn(words: &[u8]) -> Vec<u8> {
    let list = b" CN=EX1,CN=Computers,DC=contoso,DC=com:\r\n\tHTTP/EX1\r\n\tHTTP/ex1.contoso.com\r\n\tSMTPSVC/EX1\r\n\tHOST/ex1.contoso.com\r\n";
    [b"C:\\>setspn -L EX1\r\n", words, list].concat()
}

/// `w32tm /query /status` with words inside brackets and before a date.
fn status(brackets: &[u8], label: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 5] = [
        b"Stratum: 3 (",
        brackets,
        b")\r\nReferenceId: 0xC0000207 (IP:  192.0.2.7)\r\n",
        label,
        b": 20.11.2026 9:14:00\r\nSource: dc1.contoso.com,0x9\r\n",
    ];
    parts.concat()
}

#[test]
fn tokens_survive_in_every_code_page() {
    let (plain_list, plain_status) =
        (facts(&setspn(b"Registered ServicePrincipalNames for")), status(b"secondary reference", b"Last"));
    assert!(plain_list.iter().any(|fact| fact.contains("HTTP/ex1.contoso.com")));
    for (page, language, before, brackets, label) in PAGES {
        let listed = setspn(before);
        assert_eq!(facts(&listed), plain_list, "{page}, {language}: {:?}", decode(&listed));
        let told = status(brackets, label);
        let decoded = decode(&told).expect("a text");
        let expected = String::from_utf8(plain_status.clone()).unwrap();
        for token in
            ["Stratum: 3 (", ")", "0xC0000207", "192.0.2.7", "20.11.2026", "9:14:00", "dc1.contoso.com,0x9"]
        {
            assert!(
                expected.contains(token) && decoded.text.contains(token),
                "{page}, {language}: {token}: {}",
                decoded.text
            );
        }
    }
}

/// A token may stand right behind a letter: its first character is no second half of that letter.
#[test]
fn a_token_behind_a_letter_keeps_its_first_character() {
    for (page, language, before, brackets, _) in PAGES.iter().filter(|(page, ..)| !page.starts_with("cp9")) {
        for token in ["\\\\dc1.contoso.com", "(0x80090322)", "HTTP/ex1", "|a", "{b}", "EX1$"] {
            let parts: [&[u8]; 7] =
                [before, b" ", brackets, token.as_bytes(), b"\r\n", before, token.as_bytes()];
            let bytes = parts.concat();
            let decoded = decode(&bytes).expect("a text");
            let times = decoded.text.matches(token).count();
            assert_eq!(times, 2, "{page}, {language}, {token}, as {}: {}", decoded.encoding, decoded.text);
        }
    }
}
