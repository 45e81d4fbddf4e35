//! Documents of every form through a session: what they mean, what is rejected, what a cut or
//! damaged file may do (lose records, and say so) and may not (panic, mean something else).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

use exauth::record::{read_document, Body, Record, Rejected, Value};
use exauth::{Catalog, Options, Session};
use proptest::prelude::*;

const ERROR: &str = "451 4.4.0 Primary target IP address responded with: &quot;454 4.7.0 Temporary authentication failure.&quot; Attempted failover to alternate host, but that did not succeed.";

/// Two queues as Export-Clixml writes them, one of them stuck.
fn clixml() -> String {
    let queue = |id: usize, types: &str, status: (&str, u8), error: &str| {
        format!(
            "  <Obj RefId=\"{id}\">\r\n    {types}\r\n    <ToString>EX1\\{id}</ToString>\r\n    <Props>\r\n      \
             <Obj N=\"Identity\" RefId=\"{id}1\">\r\n        <ToString>EX1\\{id}</ToString>\r\n        <Props>\r\n          \
             <S N=\"Server\">EX1</S>\r\n        </Props>\r\n      </Obj>\r\n      <S N=\"DeliveryType\">SmtpRelayToServers</S>\r\n      \
             <S N=\"NextHopDomain\">ex2.contoso.com</S>\r\n      <Obj N=\"Status\" RefId=\"{id}2\">\r\n        <TN RefId=\"{id}1\">\r\n          \
             <T>X.QueueStatus</T>\r\n          <T>System.Enum</T>\r\n        </TN>\r\n        <ToString>{}</ToString>\r\n        <I32>{}</I32>\r\n      </Obj>\r\n      \
             <I32 N=\"MessageCount\">41</I32>\r\n      {error}\r\n    </Props>\r\n  </Obj>\r\n",
            status.0, status.1
        )
    };
    let types =
        "<TN RefId=\"0\"><T>Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T></TN>";
    format!(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n{}{}</Objs>",
        queue(0, types, ("Retry", 2), &format!("<S N=\"LastError\">{ERROR}</S>")),
        queue(3, "<TNRef RefId=\"0\" />", ("Ready", 0), "<Nil N=\"LastError\" />"),
    )
}

fn csv() -> String {
    let error = ERROR.replace("&quot;", "\"\"");
    format!(
        "#TYPE Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo\r\n\
         \"Identity\",\"DeliveryType\",\"NextHopDomain\",\"Status\",\"MessageCount\",\"LastError\"\r\n\
         \"EX1\\0\",\"SmtpRelayToServers\",\"ex2.contoso.com\",\"Retry\",\"41\",\"{error}\"\r\n\
         \"EX1\\3\",\"SmtpRelayToServers\",\"ex2.contoso.com\",\"Ready\",\"41\",\"\"\r\n"
    )
}

fn report(add: impl FnOnce(&mut Session)) -> serde_json::Value {
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    add(&mut session);
    session.finish().unwrap();
    serde_json::from_str(&session.report("json").unwrap()).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn owned(record: &Record<'_>) -> Option<Vec<(String, String)>> {
    match &record.body {
        Body::Properties(fields) => {
            Some(fields.iter().map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect())
        }
        Body::Text(_) => None,
    }
}

fn read(bytes: &[u8]) -> (Vec<Vec<(String, String)>>, Vec<Rejected>) {
    let (mut records, mut rejected) = (Vec::new(), Vec::new());
    read_document(bytes, None, 0, &mut |read| match read {
        Ok(record) => records.extend(owned(&record)),
        Err(place) => rejected.push(place),
    });
    (records, rejected)
}

#[test]
fn a_session_takes_documents_that_cannot_be_json_beside_json() {
    let expected = report(|session| assert_eq!(session.add(clixml().as_bytes()).unwrap(), None));
    assert_eq!(expected["summary"]["records"], 2);
    assert_eq!(expected["findings"][0]["id"], "smtp-454-temporary-auth-failure");
    let bom = format!("\u{FEFF}{}", clixml());
    for document in [bom.into_bytes(), utf16(&clixml()), csv().into_bytes(), utf16(&csv())] {
        let found = report(|session| assert_eq!(session.add(&document).unwrap(), None));
        assert_eq!(found["findings"], expected["findings"]);
        assert_eq!(found["diagnoses"], expected["diagnoses"]);
    }
    // Several calls, several forms, one numbering.
    let mixed = report(|session| {
        session.add(br#"{"type":["X"],"properties":{"A":1}}"#).unwrap();
        session.add(clixml().as_bytes()).unwrap();
        session.add(b"\n{\"type\":[\"X\"],\"properties\":{\"A\":1}}\nnonsense\n").unwrap();
    });
    assert_eq!(mixed["findings"][0]["evidence"][0]["record"], 1);
    assert_eq!(mixed["rejected"][0]["index"], 4);
}

#[test]
fn json_is_rejected_as_before_and_a_list_without_a_mark_is_no_record() {
    let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
    let lines = session.add(b"{\"A\":1}\nIdentity,Status\nEX1,Retry\n").unwrap().unwrap();
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.contains("not JSON"), "{lines}");
}

#[test]
fn a_file_is_named_where_it_is_rejected_or_ignored() {
    let cut = clixml().replace("</Objs>", "");
    let found = report(|session| {
        session.add_file("case/queues.xml", cut.as_bytes()).unwrap();
        session.add_file("case/notes.txt", b"we rebooted it twice").unwrap();
        session.add_file("case/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    });
    let reason = found["rejected"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("case/queues.xml: cut off"), "{reason}");
    let ignored: Vec<&str> =
        found["ignored"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(ignored, ["no text in case/logo.png", "text of case/notes.txt"]);
}

#[test]
fn a_text_in_a_folder_of_a_known_server_was_taken_there() {
    let server = br#"{"type":["ExchangeServer"],"properties":{"Name":"EX1","Fqdn":"ex1.contoso.com"}}"#;
    let clock = "Tracking ex2.contoso.com [192.0.2.7:123].\r\nThe current time is 11/20/2026 9:14:00 AM.\r\n\
                 09:14:00, +00.0208000s\r\n09:14:02, +412.0208000s\r\n09:14:04, +412.0208000s\r\n";
    for (path, computer) in [("case/EX1/w32tm.txt", Some("EX1")), ("case/EX9/w32tm.txt", None)] {
        let found = report(|session| {
            session.add_file("case/servers.json", server).unwrap();
            session.add_file(path, clock.as_bytes()).unwrap();
        });
        let text = found.to_string();
        assert!(!text.contains("\"rejected\":[{"), "{text}");
        let subject = found["findings"]
            .as_array()
            .and_then(|all| all.first())
            .map(|first| first["subject"]["computer"].clone());
        if let Some(subject) = subject {
            assert_eq!(
                subject.as_str().is_some_and(|name| name.eq_ignore_ascii_case("EX1")),
                computer.is_some(),
                "{text}"
            );
        }
    }
}

#[test]
fn every_cut_of_a_clixml_file_keeps_whole_objects_and_is_reported() {
    let text = clixml();
    let (whole, rejected) = read(text.as_bytes());
    assert_eq!((whole.len(), rejected.len()), (2, 0));
    for cut in 0..text.len() {
        let (records, rejected) = read(&text.as_bytes()[..cut]);
        assert!(records.len() <= whole.len() && records[..] == whole[..records.len()], "{cut}");
        // Before its first element is complete it is no CLIXML yet, but a text that is ignored.
        assert!(!rejected.is_empty() || (records.is_empty() && cut < 6), "{cut}");
    }
}

#[test]
fn every_cut_of_a_csv_file_keeps_whole_rows_and_says_nothing_else() {
    let text = csv();
    let (whole, rejected) = read(text.as_bytes());
    assert_eq!((whole.len(), rejected.len()), (2, 0));
    let head = text.match_indices("\r\n").nth(1).unwrap().0 + 2;
    for cut in 0..text.len() {
        let (records, rejected) = read(&text.as_bytes()[..cut]);
        let kept = &text[..cut];
        // Half of a doubled quotation mark looks like the end of its cell.
        let ambiguous = kept.ends_with('"') && text[cut..].starts_with('"');
        for (record, expected) in records.iter().zip(&whole).filter(|_| !ambiguous) {
            assert!(expected.starts_with(record), "{cut}: {record:?}");
            assert!(record == expected || !rejected.is_empty() || kept.ends_with("\r"), "{cut}: {record:?}");
        }
        let at_row = kept.ends_with('\n') || kept.ends_with("\"\r") || kept.ends_with('"');
        assert!(
            !rejected.is_empty() || at_row || cut < head,
            "{cut}: {}",
            &kept[kept.len().saturating_sub(40)..]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_document_is_answered_and_never_a_panic(
        form in 0..4usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = match form {
            0 => clixml().into_bytes(),
            1 => csv().into_bytes(),
            2 => utf16(&clixml()),
            _ => utf16(&csv()),
        };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (before, _) = read(&bytes);
        let cut = cut.index(bytes.len());
        let (after, _) = read(&bytes[..cut]);
        prop_assert!(before.len() <= 8 && after.len() <= 8);
        let mut session = Session::new(&Catalog::builtin().unwrap(), Options::default());
        session.add(&bytes).unwrap();
        session.add_file("x", &bytes[..cut]).unwrap();
        session.finish().unwrap();
        prop_assert!(session.report("json").is_ok());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = exauth::record::form_of(&bytes);
    }

    /// Any text comes back from an element as it was written into it.
    #[test]
    fn a_text_survives_its_escapes(text in "\\PC{0,30}") {
        let written = text.replace('_', "_x005F_").replace('&', "&amp;").replace('<', "&lt;");
        let document = format!("<Objs><Obj RefId=\"0\"><MS><S N=\"a\">{written}</S></MS></Obj></Objs>");
        let mut read = Vec::new();
        read_document(document.as_bytes(), None, 0, &mut |record| {
            read.push(match record.unwrap().property("a") {
                Some(Value::Text(text)) => text.to_string(),
                other => format!("{other:?}"),
            });
        });
        prop_assert_eq!(read, vec![text]);
    }
}
