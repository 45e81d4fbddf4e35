//! ExAuth: why one Exchange server does not let another sign in, and what to do.
//!
//! The map of this crate; an arrow means "may use", what is not listed may not be used:
//!
//! | module | holds | may use |
//! |---|---|---|
//! | [`error`] | why a call failed, status numbers | |
//! | [`limits`] | every cap with its reason | |
//! | [`fact`] | fact tables, names of hosts joined into one identity | |
//! | [`record`] | reading records, telling their kind, normalising them | fact, tool, limits |
//! | [`tool`] | text of setspn, w32tm, ... to records | record's types |
//! | [`rule`] | the predicate language, three-valued | fact |
//! | [`catalog`] | the shipped issues and causes (data), packs | rule, record |
//! | [`check`] | checks that need code: which connector answers, SPNs, clocks | fact |
//! | [`finding`] | findings and their evidence | fact |
//! | [`diagnosis`] | findings to problems, ranked causes, next evidence | finding, check, catalog |
//! | [`report`] | documents, one file a format, no decisions | diagnosis |
//! | [`session`] | add, next, finish, report | all above |
//! | `ffi` | pointers in, status out; the only unsafe code | session, catalog |
//!
//! The analysis reads no clock, network, registry or file, prints nothing, and
//! orders all it says by definition: the same input gives the same bytes.

#![deny(unsafe_code)]

pub mod catalog;
pub mod check;
pub mod diagnosis;
pub mod error;
pub mod fact;
#[allow(unsafe_code)]
pub mod ffi;
pub mod finding;
pub mod limits;
pub mod record;
pub mod report;
pub mod rule;
pub mod session;
pub mod tool;

pub use catalog::Catalog;
pub use error::{Error, Result};
pub use session::{Options, Session};

/// This library's version, as in Cargo.toml.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The number of the C surface. Within a number functions and codes are only added.
pub const ABI_VERSION: u32 = 1;
