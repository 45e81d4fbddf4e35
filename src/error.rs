//! Why a call failed, and the number each failure has in `exauth.h`.
//!
//! Messages are one lower-case phrase without a full stop that names the
//! offending thing; causes are chained, not pasted into the message.

/// Why a call failed. One variant per thing a caller could do differently.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument broke the calling contract.
    #[error("argument `{name}` is {problem}")]
    Argument {
        /// The argument's name in `exauth.h`.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A call came in the wrong order, or while another thread used the handle.
    #[error("{problem}")]
    State {
        /// What was not allowed, and why.
        problem: &'static str,
    },
    /// A record could not be read at all.
    #[error("record is {problem}")]
    Record {
        /// What is wrong with it.
        problem: String,
        /// JSON pointer into the input, where it is known.
        at: Option<String>,
    },
    /// A rule pack or an options document is not what it must be.
    #[error("{problem}")]
    Rules {
        /// What is wrong, and what is allowed there.
        problem: String,
        /// JSON pointer into the document.
        at: Option<String>,
    },
    /// What was asked for does not exist in this version.
    #[error("{what} is not supported: {problem}")]
    Unsupported {
        /// The kind of thing that was asked for.
        what: &'static str,
        /// Which one, and what exists instead.
        problem: String,
    },
    /// An input is larger than the library accepts.
    #[error("{what} is larger than the limit of {limit}")]
    Limit {
        /// What was too large.
        what: &'static str,
        /// The limit with its unit.
        limit: String,
    },
    /// A defect in this library; the call was abandoned, the process is unharmed.
    #[error("internal defect: {message}")]
    Panic {
        /// What the panic said.
        message: String,
    },
}

/// Result of a fallible call.
pub type Result<T> = std::result::Result<T, Error>;

/// Success.
pub const OK: i32 = 0;
/// An outcome, not a failure: there is nothing more.
pub const DONE: i32 = 1;

/// Every status with its name in `exauth.h`. Numbers are never reused.
pub const STATUS_NAMES: &[(i32, &str)] = &[
    (OK, "EXAUTH_OK"),
    (DONE, "EXAUTH_DONE"),
    (-1, "EXAUTH_E_ARGUMENT"),
    (-2, "EXAUTH_E_STATE"),
    (-3, "EXAUTH_E_RECORD"),
    (-4, "EXAUTH_E_RULES"),
    (-5, "EXAUTH_E_UNSUPPORTED"),
    (-6, "EXAUTH_E_LIMIT"),
    (-7, "EXAUTH_E_IO"),
    (-99, "EXAUTH_E_PANIC"),
];

/// The name of a status, `EXAUTH_E_UNKNOWN` for a number this version does not have.
pub fn status_name(status: i32) -> &'static str {
    STATUS_NAMES.iter().find(|(number, _)| *number == status).map_or("EXAUTH_E_UNKNOWN", |(_, name)| name)
}

impl Error {
    /// The status this error has in `exauth.h`.
    pub fn status(&self) -> i32 {
        match self {
            Error::Argument { .. } => -1,
            Error::State { .. } => -2,
            Error::Record { .. } => -3,
            Error::Rules { .. } => -4,
            Error::Unsupported { .. } => -5,
            Error::Limit { .. } => -6,
            Error::Panic { .. } => -99,
        }
    }

    /// JSON pointer to the offending place of the input, where it is known.
    pub fn at(&self) -> Option<&str> {
        match self {
            Error::Record { at, .. } | Error::Rules { at, .. } => at.as_deref(),
            _ => None,
        }
    }

    /// The error as the wire document `exauth.error/1`.
    pub fn to_json(&self) -> String {
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        let mut document = serde_json::json!({
            "schema": "exauth.error/1",
            "status": self.status(),
            "name": status_name(self.status()),
            "message": self.to_string(),
            "causes": causes,
        });
        if let (Some(at), Some(fields)) = (self.at(), document.as_object_mut()) {
            fields.insert("at".to_owned(), at.into());
        }
        document.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_one_name_and_no_number_is_used_twice() {
        for (index, (number, name)) in STATUS_NAMES.iter().enumerate() {
            assert_eq!(status_name(*number), *name);
            assert!(STATUS_NAMES.iter().skip(index + 1).all(|(other, _)| other != number));
        }
        assert_eq!(status_name(-50), "EXAUTH_E_UNKNOWN");
    }

    #[test]
    fn an_error_document_names_the_place_only_where_it_is_known() {
        let with = Error::Rules { problem: "unknown field `x`".into(), at: Some("/issues/0/x".into()) };
        let document: serde_json::Value = serde_json::from_str(&with.to_json()).unwrap();
        assert_eq!(document["at"], "/issues/0/x");
        assert_eq!(document["status"], -4);
        let without = Error::State { problem: "session is finished" };
        assert!(!without.to_json().contains("\"at\""));
    }
}
