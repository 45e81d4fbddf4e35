//! Offsets between clocks and the state of the time service (w32tm).
//!
//! `clock.error` stands only where no sample succeeded; single lost samples are
//! counted in `clock.failed_samples`.

use super::{add_computer, add_flags, add_numbers, add_texts, number, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// `w32tm /stripchart` and `/monitor`.
pub(crate) static CLOCK_OFFSET: Kind = Kind {
    name: "clock-offset",
    types: &["ClockOffset"],
    object_classes: &[],
    marks: &[],
    commands: &["w32tm /stripchart /computer:<server> /samples:3 /dataonly", "w32tm /monitor"],
    properties: &[
        Property::new("From", "the clock that was compared with, if not the computer's"),
        Property::new("To", "the other clock"),
        Property::new("ToAddress", "the other clock"),
        Property::new("OffsetSeconds", "how far the other clock is ahead"),
        Property::new("SpreadSeconds", "how far the samples differ"),
        Property::new("Samples", "how many samples succeeded"),
        Property::new("RoundTripSeconds", "how sure the offset is"),
        Property::new("FailedSamples", "how many samples failed"),
        Property::new("IsPdc", "whether the other is the PDC emulator"),
        Property::new("Error", "why there is no offset"),
    ],
    facts: clock_offset,
};

fn clock_offset(record: &Record<'_>, facts: &mut FactTable) {
    match text(record, "From") {
        Some(from) => facts.add_text("clock.from", from, "From"),
        None => add_computer(record, facts, "clock.from"),
    }
    add_texts(record, facts, &[("To", "clock.to"), ("ToAddress", "clock.to_ip")]);
    add_numbers(
        record,
        facts,
        &[
            ("OffsetSeconds", "clock.offset_seconds"),
            ("Samples", "clock.samples"),
            ("RoundTripSeconds", "clock.round_trip_seconds"),
            ("SpreadSeconds", "clock.spread_seconds"),
            ("FailedSamples", "clock.failed_samples"),
        ],
    );
    add_flags(record, facts, &[("IsPdc", "clock.is_pdc")]);
    if number(record, "OffsetSeconds").is_none() {
        add_texts(record, facts, &[("Error", "clock.error")]);
    }
}

/// `w32tm /query /status`.
pub(crate) static TIME_STATUS: Kind = Kind {
    name: "time-status",
    types: &["TimeStatus"],
    object_classes: &[],
    marks: &[],
    commands: &["w32tm /query /status", "w32tm /query /source"],
    properties: &[
        Property::new("LeapIndicator", "3: not synchronized"),
        Property::new("Stratum", "0: not synchronized"),
        Property::new("Source", "where the time comes from"),
        Property::new("ReferenceId", "where the time comes from"),
        Property::new("Synchronized", "whether another clock is followed"),
        Property::new("PhaseOffsetSeconds", "distance from the source"),
        Property::new("LastSyncError", "why the last synchronization failed"),
        Property::new("Error", "why there is no status"),
    ],
    facts: time_status,
};

fn time_status(record: &Record<'_>, facts: &mut FactTable) {
    add_numbers(record, facts, &[("LeapIndicator", "time.leap"), ("Stratum", "time.stratum")]);
    add_texts(record, facts, &[("Source", "time.source"), ("ReferenceId", "time.reference_id")]);
    add_flags(record, facts, &[("Synchronized", "time.synchronized")]);
    add_numbers(
        record,
        facts,
        &[("PhaseOffsetSeconds", "time.phase_offset_seconds"), ("LastSyncError", "time.last_sync_error")],
    );
    add_texts(record, facts, &[("Error", "time.error")]);
}
