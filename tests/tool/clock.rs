//! w32tm.
use super::{lines, one, read};

#[test]
fn a_run_gives_the_median_of_its_samples() {
    for end in ["\n", "\r\n", "   "] {
        let rows =
            ["10:00:00, +300.5000000s", "10:00:02, +301.5000000s", "10:00:04, +300.7000000s"].join(end);
        let text = format!("Nachverfolgung von dc1.contoso.com [192.0.2.10:123].\n{rows}\n");
        let table = one("w32tm /stripchart /computer:dc1.contoso.com /dataonly", &text);
        assert_eq!(
            lines(&table),
            [
                "clock.from=EX1",
                "clock.to=dc1.contoso.com",
                "clock.to_ip=192.0.2.10",
                "clock.offset_seconds=300.7",
                "clock.samples=3",
                "clock.spread_seconds=1",
            ]
        );
    }
}

#[test]
fn the_verb_may_stand_behind_the_host() {
    let rows = "10:00:00, +300.5000000s\n";
    for (command, line, to) in [
        // The wording of other languages is not proved by a capture; the place of the verb differs.
        ("w32tm /stripchart /computer:DC1", "DC1 wird verfolgt [192.0.2.10:123].", "DC1"),
        ("", "dc1.contoso.com wird verfolgt [192.0.2.10:123].", "dc1.contoso.com"),
        ("", "Tracking DC1 [192.0.2.10:123].", "DC1"),
    ] {
        let table = one(command, &format!("{line}\n{rows}"));
        assert_eq!(table.text("clock.to"), Some(to), "{line}");
    }
}

#[test]
fn the_graph_form_gives_offset_and_round_trip_with_point_or_comma() {
    for row in
        ["10:00:00 d:+00.0100000s o:-12.2500000s  [  * | ]", "10:00:00, d:+00,0100000s o:-12,2500000s [@]"]
    {
        let table = one("", row);
        assert_eq!(table.number("clock.offset_seconds"), Some(-12.25));
        assert_eq!(table.number("clock.round_trip_seconds"), Some(0.01));
        assert_eq!(table.text("clock.to"), None);
    }
}

#[test]
fn a_run_that_timed_out_has_an_error_and_no_offset() {
    let text = "Tracking dc1.contoso.com [[2001:db8::10%6]:123].\n10:00:00, error: 0x800705B4\n10:00:02, error: 0x800705B4\n";
    let table = one("w32tm /stripchart /computer:dc1.contoso.com", text);
    assert_eq!(
        lines(&table),
        [
            "clock.from=EX1",
            "clock.to=dc1.contoso.com",
            "clock.to_ip=2001:db8::10",
            "clock.samples=0",
            "clock.failed_samples=2",
            "clock.error=0x800705B4",
        ]
    );
}

#[test]
fn a_lost_sample_among_good_ones_is_only_counted() {
    let table = one("", "10:00:00, error: 0x800705B4\n10:00:02, +00.0010000s\n");
    assert_eq!(table.text("clock.error"), None);
    assert_eq!(table.number("clock.failed_samples"), Some(1.0));
    assert_eq!(table.number("clock.offset_seconds"), Some(0.001));
}

#[test]
fn runs_against_several_servers_stay_apart() {
    let text = "Tracking dc1.contoso.com [192.0.2.1:123].\n10:00:00, +01.0000000s\n\
                Tracking dc2.contoso.com [192.0.2.2:123].\n10:00:00, -01.0000000s\n";
    let all = read("'dc1','dc2' | % { w32tm /stripchart /computer:$_ /samples:1 /dataonly }", text);
    let seen: Vec<_> = all
        .iter()
        .map(|(_, t)| (t.text("clock.to").unwrap(), t.number("clock.offset_seconds").unwrap()))
        .collect();
    assert_eq!(seen, [("dc1.contoso.com", 1.0), ("dc2.contoso.com", -1.0)]);
}

#[test]
fn a_name_that_does_not_resolve_gives_its_code() {
    let table = one(
        "w32tm /stripchart /computer:dc9.contoso.com",
        "Es ist ein Fehler aufgetreten: ... (0x80072AF9)\n",
    );
    assert_eq!(table.text("clock.to"), Some("dc9.contoso.com"));
    assert_eq!(table.text("clock.error"), Some("0x80072AF9"));
}

#[test]
fn a_time_of_day_is_no_offset() {
    for text in
        ["Current time at \\\\DC1 is 10/3/2026 10:00:00 AM", "The current time is 10/3/2026 10:00:00."]
    {
        assert!(read("net time \\\\DC1", text).is_empty());
        assert!(read("w32tm /stripchart /computer:DC1", text).is_empty());
    }
}

#[test]
fn monitor_compares_each_server_with_the_reference() {
    let text = "dc2.contoso.com[192.0.2.2:123]:\n    ICMP: 0ms Verzögerung\n    NTP: -400,0000000s Abweichung von DC1.contoso.com\n        \
                RefID: dc1.contoso.com [192.0.2.1]\n        Stratum: 4\ndc1.contoso.com *** PDC ***[192.0.2.1:123]:\n    \
                ICMP: 0ms\n    NTP: +0.0000000s Abweichung von dc1.contoso.com\n        RefID: x [203.0.113.9]\n        Stratum: 3\n\
                dc3.contoso.com[192.0.2.3:123]:\n    ICMP: error IP_REQ_TIMED_OUT - no response in 1000ms\n    \
                NTP: error ERROR_TIMEOUT - no response from server in 1000ms\n";
    for from in ["w32tm /monitor", ""] {
        let all = read(from, text);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].1.text("clock.from"), Some("DC1.contoso.com"));
        assert_eq!(all[0].1.number("clock.offset_seconds"), Some(-400.0));
        assert_eq!(all[1].1.flag("clock.is_pdc"), Some(true));
        assert_eq!(all[2].1.number("clock.offset_seconds"), None);
        assert_eq!(all[2].1.text("clock.error"), Some("ERROR_TIMEOUT"));
    }
}

const STATUS: &str = "Indicateur de dérive : 3(non synchronisé)\nStrate : 0 (non spécifié)\nPrécision : -23 (119.209ns par battement)\n\
    Délai : 0.0000000s\nDispersion : 0.0000000s\nID : 0x00000000 (non spécifié)\nDernière synchronisation : non spécifié\n\
    Source : Local CMOS Clock\nIntervalle : 10 (1024s)\n";

#[test]
fn a_status_is_read_by_order_and_shape() {
    for from in ["w32tm /query /status", "w32tm /query /status /verbose", ""] {
        let table = one(from, STATUS);
        assert_eq!(
            lines(&table),
            [
                "time.leap=3",
                "time.stratum=0",
                "time.source=Local CMOS Clock",
                "time.reference_id=0x00000000",
                "time.synchronized=False"
            ]
        );
    }
}

#[test]
fn a_status_of_another_computer_speaks_of_that_one() {
    let records =
        exauth::tool::read_text(Some("w32tm /query /computer:DC2 /status"), Some("EX1"), None, STATUS);
    assert_eq!(records[0].computer.as_deref(), Some("DC2"));
}

#[test]
fn the_source_alone_is_read_only_when_it_was_asked_for() {
    let table = one("w32tm /query /source", "Free-running System Clock \n");
    assert_eq!(lines(&table), ["time.source=Free-running System Clock", "time.synchronized=False"]);
    assert_eq!(lines(&one("w32tm /query /source", "dc1.contoso.com\n")), ["time.source=dc1.contoso.com"]);
    assert!(read("", "dc1.contoso.com\n").is_empty());
}

#[test]
fn a_stopped_service_is_an_error_and_no_status() {
    let table = one("w32tm /query /status", "Wystąpił następujący błąd: ... (0x80070426)\n");
    assert_eq!(lines(&table), ["time.error=0x80070426"]);
}
