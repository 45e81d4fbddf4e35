//! Errors that a person sees when one server could not sign in to another: those of a remote
//! shell, and those of a front end's page and log.
//!
//! They are symptoms; which cause they have is for others to say.

use super::{add_computer, add_flags, add_numbers, add_texts, text, Record};
use crate::fact::FactTable;
use crate::record::{Kind, Property};

/// The Exchange Management Shell, New-PSSession or WinRM failed.
pub(crate) static SHELL_ERROR: Kind = Kind {
    name: "shell-error",
    types: &["ShellError"],
    object_classes: &[],
    marks: &[],
    commands: &["New-PSSession"],
    properties: &[
        Property::new("Target", "which server was called"),
        Property::new("ErrorCode", "the status in the message"),
        Property::new("ErrorName", "the error's name"),
        Property::new("HttpStatus", "what the web server answered"),
        Property::new("Kerberos", "whether Kerberos is spoken of"),
        Property::new("Text", "what it says"),
    ],
    facts: shell_error,
};

fn shell_error(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "shell.computer");
    add_texts(
        record,
        facts,
        &[
            ("Target", "shell.target"),
            ("ErrorCode", "shell.error_code"),
            ("ErrorName", "shell.error_name"),
            ("Text", "shell.text"),
        ],
    );
    add_numbers(record, facts, &[("HttpStatus", "shell.http_status")]);
    add_flags(record, facts, &[("Kerberos", "shell.kerberos")]);
}

/// A back end did not let the front end sign in.
pub(crate) static HTTP_ERROR: Kind = Kind {
    name: "http-error",
    types: &["HttpError"],
    object_classes: &[],
    marks: &[],
    commands: &["HttpProxy"],
    properties: &[
        Property::new("Status", "what was answered"),
        Property::new("BackEndStatus", "what the back end answered, where nothing else tells it"),
        Property::new("Text", "what it says"),
        Property::new("TargetHost", "which back end"),
        Property::new("TargetVersion", "the back end's version"),
        Property::new("StatusName", "why there was no ticket"),
        Property::new("Protocol", "which directory"),
        Property::new("Win32Status", "why Windows refused a sign-in"),
        Property::new("ClientIp", "who was refused"),
        Property::new("Path", "which directory was asked"),
        Property::new("Count", "how often"),
    ],
    facts: http_error,
};

fn http_error(record: &Record<'_>, facts: &mut FactTable) {
    add_computer(record, facts, "http.computer");
    add_numbers(
        record,
        facts,
        &[
            ("Status", "http.status"),
            ("BackEndStatus", "http.back_end_status"),
            ("Win32Status", "http.win32_status"),
            ("Count", "http.count"),
        ],
    );
    add_texts(
        record,
        facts,
        &[
            ("Text", "http.text"),
            ("TargetHost", "http.target_host"),
            ("StatusName", "http.status_name"),
            ("Protocol", "http.protocol"),
            ("ClientIp", "http.client_ip"),
            ("Path", "http.path"),
        ],
    );
    let major =
        text(record, "TargetVersion").and_then(|version| version.split('.').next()?.parse::<u16>().ok());
    if let Some(major) = major {
        facts.add_number("http.target_major", f64::from(major), "TargetVersion");
    }
}
