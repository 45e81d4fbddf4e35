//! The C surface of `include/exauth.h`: pointers in, status out.
//!
//! The only unsafe code of the crate. It translates and decides nothing about
//! Exchange: each function is a call of [`guard`] and a few lines over the Rust
//! API. The header is the manual; `tests/abi/surface.txt` pins what is exported.
//!
//! | file | holds |
//! |---|---|
//! | `guard.rs` | what every call needs: no panic gets out, errors become documents |
//! | `argument.rs` | borrowed inputs and out parameters, checked |
//! | `text.rs` | `exauth_text`: whatever is handed out |
//! | `version.rs` | version, ABI number, names of statuses |
//! | `catalog.rs` | `exauth_catalog`, and the calls that need nothing else |
//! | `session.rs` | `exauth_session` |

mod argument;
mod catalog;
mod guard;
mod session;
mod text;
mod version;

pub use catalog::{
    exauth_analyze, exauth_catalog_builtin, exauth_catalog_describe, exauth_catalog_event_filter,
    exauth_catalog_extend, exauth_catalog_free, exauth_check_record, exauth_match_text, exauth_parse_tool,
};
pub use session::{
    exauth_session_add, exauth_session_finish, exauth_session_free, exauth_session_new, exauth_session_next,
    exauth_session_report, SessionHandle,
};
pub use text::{exauth_text_data, exauth_text_free, exauth_text_len, Text};
pub use version::{exauth_abi_version, exauth_status_name, exauth_version};

/// The promise of the header: any threads may use a catalog or a text at once,
/// and a session may move between threads. A type that broke it must not compile.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<crate::Catalog>();
    shared::<Text>();
    shared::<SessionHandle>();
};
