//! Bytes a second of each reader against a plain parse of the same bytes by the library under it:
//! `cargo bench --bench readers`. Both take turns; the fourth figure is ten times the bytes against
//! one time, and about ten where a reader is linear.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use exauth::record::{kind_of, read_document, records_of_text, Body, Record};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Facts of all records, through to the end: what a session does before it judges.
fn facts(bytes: &[u8]) -> usize {
    let mut facts = 0;
    let mut take = |record: &Record<'_>| {
        if let Some(kind) = kind_of(record) {
            let mut table = exauth::fact::FactTable::default();
            (kind.facts)(record, &mut table);
            facts += table.iter().count();
        }
    };
    read_document(bytes, None, 0, &mut |read| {
        let Ok(record) = read else { return };
        match &record.body {
            Body::Text(_) => records_of_text(&record).iter().for_each(&mut take),
            Body::Properties(_) => take(&record),
        }
    });
    facts
}

/// Records alone.
fn records(bytes: &[u8]) -> usize {
    let mut records = 0;
    read_document(bytes, None, 0, &mut |read| records += usize::from(read.is_ok()));
    records
}

fn repeat(count: usize, mut each: impl FnMut(&mut String, usize)) -> String {
    let mut out = String::new();
    (0..count).for_each(|number| each(&mut out, number));
    out
}

fn ndjson(count: usize) -> String {
    repeat(count, |out, n| {
        let _ = writeln!(
            out,
            r#"{{"type":["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],"computer":"EX1","properties":{{"Identity":"EX1\\{n}","DeliveryType":"SmtpRelayToServers","NextHopDomain":"ex2.contoso.com","Status":"Retry","MessageCount":{n},"LastError":"451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\""}}}}"#
        );
    })
}

fn clixml(count: usize) -> String {
    let body = repeat(count, |out, n| {
        let _ = write!(out, "<Obj RefId=\"{n}\"><TN RefId=\"{n}\"><T>Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T></TN><Props><S N=\"Identity\">EX1\\{n}</S><S N=\"Status\">Ready</S><S N=\"NextHopDomain\">site:branch; version: 15</S><I32 N=\"MessageCount\">{n}</I32><Nil N=\"LastError\" /></Props></Obj>\r\n");
    });
    format!("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n{body}</Objs>")
}

fn csv(count: usize) -> String {
    let rows = repeat(count, |out, n| {
        let _ = write!(out, "\"EX1\\{n}\",\"SmtpRelayToServers\",\"site:branch; version: 15\",\"Ready\",\"{n}\",\"451 4.4.0 \"\"DNS query\"\" failed\"\r\n");
    });
    format!(
        "\"Identity\",\"DeliveryType\",\"NextHopDomain\",\"Status\",\"MessageCount\",\"LastError\"\r\n{rows}"
    )
}

fn event_xml(count: usize) -> String {
    let body = repeat(count, |out, n| {
        let _ = write!(out, "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport'/><EventID Qualifiers='49156'>1035</EventID><Level>2</Level><TimeCreated SystemTime='2026-11-20T09:14:00.000000000Z'/><EventRecordID>{n}</EventRecordID><Channel>Application</Channel><Computer>ex2.contoso.com</Computer></System><EventData><Data>LogonDenied</Data><Data>Default EX2</Data><Data>ExchangeAuth</Data><Data>192.0.2.7</Data></EventData></Event>\r\n");
    });
    format!("<Events>\r\n{body}</Events>")
}

fn setspn(count: usize) -> String {
    let head = "Registered ServicePrincipalNames for CN=EX1,CN=Computers,DC=contoso,DC=com:\r\n".to_owned();
    head + &repeat(count, |out, n| {
        let _ = write!(out, "\tHTTP/ex{n}.contoso.com\r\n");
    })
}

fn showrepl(count: usize) -> String {
    let head = "showrepl_COLUMNS,Destination DSA Site,Destination DSA,Naming Context,Source DSA Site,Source DSA,Transport Type,Number of Failures,Last Failure Time,Last Success Time,Last Failure Status\r\n".to_owned();
    head + &repeat(count, |out, n| {
        let _ = write!(
            out,
            "showrepl_INFO,HQ,DC{n},\"DC=contoso,DC=com\",HQ,DC2,RPC,0,0,2026-11-20 09:00:00,0\r\n"
        );
    })
}

fn smtp_log(count: usize) -> String {
    let head = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n#Date: 2026-11-20T09:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n".to_owned();
    head + &repeat(count, |out, n| {
        let session = format!("08DE{:012X}", n / 4);
        let (event, data) = [
            (">", "\"220 ex2.contoso.com Microsoft ESMTP\""),
            ("<", "EHLO ex1.contoso.com"),
            (">", "250-X-EXPS GSSAPI NTLM"),
            (">", "250 XRDST"),
        ][n % 4];
        let _ = write!(out, "2026-11-20T09:14:00.000Z,EX2\\Default EX2,{session},{},192.0.2.8:25,192.0.2.7:4711,{event},{data},\r\n", n % 4);
    })
}

fn wevtutil(count: usize) -> String {
    repeat(count, |out, n| {
        let _ = write!(out, "Event[{n}]:\r\n  Log Name: Application\r\n  Source: MSExchangeTransport\r\n  Date: 2026-11-20T09:14:00.000\r\n  Event ID: 1035\r\n  Task: SmtpReceive\r\n  Level: Warning\r\n  Opcode: Info\r\n  Keyword: Classic\r\n  User: N/A\r\n  User Name: N/A\r\n  Computer: ex2.contoso.com\r\n  Description:\r\nInbound authentication failed with error LogonDenied for Receive connector Default EX2. The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate to Microsoft Exchange is [192.0.2.7].\r\n\r\n");
    })
}

fn format_list(count: usize) -> String {
    repeat(count, |out, n| {
        let _ = write!(out, "\r\nIdentity      : EX1\\{n}\r\nDeliveryType  : SmtpRelayToServers\r\nNextHopDomain : ex2.contoso.com\r\nStatus        : Ready\r\nMessageCount  : {n}\r\nLastError     :\r\n");
    })
}

fn stripchart(count: usize) -> String {
    let head = "Tracking ex2.contoso.com [192.0.2.8:123].\r\nCollecting samples.\r\nThe current time is 11/20/2026 10:14:00 AM.\r\n".to_owned();
    head + &repeat(count, |out, n| {
        let _ = write!(out, "10:14:{:02}, +00.0208{:03}s\r\n", n % 60, n % 1000);
    })
}

fn json_value(bytes: &[u8]) -> usize {
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    stream.filter(Result::is_ok).count()
}

fn json_ignored(bytes: &[u8]) -> usize {
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    stream.filter(Result::is_ok).count()
}

fn xml_events(bytes: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(bytes).unwrap());
    let mut count = 0;
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
        count += 1;
    }
    count
}

fn csv_rows(bytes: &[u8]) -> usize {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let mut row = csv::StringRecord::new();
    let mut count = 0;
    while reader.read_record(&mut row).unwrap() {
        count += row.len();
    }
    count
}

/// Each line once through one regex.
fn lines(bytes: &[u8]) -> usize {
    static PATTERN: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"([A-Za-z]+)[/\\:=,] *([A-Za-z0-9_.+-]+)").unwrap());
    std::str::from_utf8(bytes).unwrap().lines().filter(|line| PATTERN.is_match(line)).count()
}

fn decode(bytes: &[u8]) -> usize {
    exauth::record::decode(bytes).unwrap().text.len()
}

fn utf16_alone(bytes: &[u8]) -> usize {
    encoding_rs::UTF_16LE.decode(bytes).0.len()
}

fn utf8_alone(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).unwrap().len()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn time(work: &dyn Fn() -> usize) -> Duration {
    let start = Instant::now();
    assert!(std::hint::black_box(work()) > 0);
    start.elapsed()
}

type Work = fn(&[u8]) -> usize;

fn row(what: &str, small: &[u8], large: &[u8], ours: Work, rival: Work) {
    let mut best = [Duration::MAX; 3];
    for _ in 0..4 {
        let works: [&dyn Fn() -> usize; 3] = [&|| ours(large), &|| rival(large), &|| ours(small)];
        for (best, work) in best.iter_mut().zip(works) {
            *best = (*best).min(time(work));
        }
    }
    let [mine, theirs, tenth] = best.map(|time| time.as_secs_f64());
    let speed = |time: f64| large.len() as f64 / 1e6 / time;
    println!(
        "{what:52} {:6.1} MB {:8.1} {:8.1} MB/s {:7.2} {:8.1}",
        large.len() as f64 / 1e6,
        speed(mine),
        speed(theirs),
        mine / theirs,
        mine / tenth
    );
}

fn main() {
    println!(
        "{:52} {:>9} {:>8} {:>13} {:>7} {:>8}",
        "reader against", "bytes", "ours", "rival", "slower", "10x/1x"
    );
    let both =
        |form: fn(usize) -> String, count: usize| (form(count / 10).into_bytes(), form(count).into_bytes());
    let (small, large) = both(ndjson, 50_000);
    row("NDJSON to records, serde_json::Value", &small, &large, records, json_value);
    row("NDJSON to records, serde_json IgnoredAny", &small, &large, records, json_ignored);
    row("NDJSON to facts, serde_json::Value", &small, &large, facts, json_value);
    let (small, large) = both(clixml, 50_000);
    row("CLIXML to records, quick-xml events", &small, &large, records, xml_events);
    row("CLIXML to facts, quick-xml events", &small, &large, facts, xml_events);
    let (small, large) = both(csv, 50_000);
    row("CSV to records, csv rows", &small, &large, records, csv_rows);
    row("CSV to facts, csv rows", &small, &large, facts, csv_rows);
    let (small, large) = both(event_xml, 20_000);
    row("event XML to records, quick-xml events", &small, &large, records, xml_events);
    row("event XML to facts, quick-xml events", &small, &large, facts, xml_events);
    for (what, form, count) in [
        ("setspn -L to facts, lines and a regex", setspn as fn(usize) -> String, 50_000),
        ("repadmin /csv to facts, lines and a regex", showrepl, 20_000),
        ("w32tm /stripchart to facts, lines and a regex", stripchart, 50_000),
        ("SMTP receive log to facts, lines and a regex", smtp_log, 40_000),
        ("wevtutil text to facts, lines and a regex", wevtutil, 4_000),
        ("Format-List to facts, lines and a regex", format_list, 20_000),
    ] {
        let (small, large) = both(form, count);
        row(what, &small, &large, facts, lines);
    }
    let (small, large) = both(ndjson, 50_000);
    let texts = [&small, &large].map(|bytes| utf16(std::str::from_utf8(bytes).unwrap()));
    row("UTF-16 to text, encoding_rs", &texts[0], &texts[1], decode, utf16_alone);
    row("UTF-8 to text, std", &small, &large, decode, utf8_alone);
}
