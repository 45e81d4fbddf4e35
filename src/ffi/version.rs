//! Version, ABI number and names of statuses: all static, none can fail.

use crate::error;
use std::ffi::{c_char, CStr};

/// The library's version, such as `0.1.0`. Header: `exauth_version`.
///
/// # Ownership
/// Static; never freed.
///
/// # Errors
/// None.
///
/// # Safety
/// Always safe.
#[no_mangle]
pub extern "C" fn exauth_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The number of this C surface. Header: `exauth_abi_version`.
///
/// # Ownership
/// Nothing changes hands.
///
/// # Errors
/// None.
///
/// # Safety
/// Always safe.
#[no_mangle]
pub extern "C" fn exauth_abi_version() -> u32 {
    crate::ABI_VERSION
}

/// The name of a status. Header: `exauth_status_name`.
///
/// # Ownership
/// Static; never freed, never null.
///
/// # Errors
/// None: an unknown number is `EXAUTH_E_UNKNOWN`.
///
/// # Safety
/// Always safe.
#[no_mangle]
pub extern "C" fn exauth_status_name(status: i32) -> *const c_char {
    name(status).as_ptr()
}

/// [`error::status_name`] with the NUL that C needs; the test holds the two together.
fn name(status: i32) -> &'static CStr {
    match status {
        error::OK => c"EXAUTH_OK",
        error::DONE => c"EXAUTH_DONE",
        -1 => c"EXAUTH_E_ARGUMENT",
        -2 => c"EXAUTH_E_STATE",
        -3 => c"EXAUTH_E_RECORD",
        -4 => c"EXAUTH_E_RULES",
        -5 => c"EXAUTH_E_UNSUPPORTED",
        -6 => c"EXAUTH_E_LIMIT",
        -7 => c"EXAUTH_E_IO",
        -99 => c"EXAUTH_E_PANIC",
        _ => c"EXAUTH_E_UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_same_name_in_c_as_in_rust() {
        for status in -200..200 {
            assert_eq!(name(status).to_str(), Ok(error::status_name(status)), "{status}");
        }
    }
}
