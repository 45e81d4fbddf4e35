//! `exauth_text`: what the library hands out, UTF-8, owned by the caller.
//!
//! Immutable from the start, so any threads may read one at once.

use super::guard::guard_free;

/// A text for the caller. Opaque in C.
pub struct Text {
    /// The text and one NUL behind it, so that C may print it without copying.
    bytes: Vec<u8>,
}

impl Text {
    /// A text of these characters.
    pub(super) fn new(text: String) -> Text {
        let mut bytes = text.into_bytes();
        // Exactly one more: a report may be large, and `push` would double it.
        bytes.reserve_exact(1);
        bytes.push(0);
        Text { bytes }
    }
}

/// The bytes of a text. Header: `exauth_text_data`.
///
/// # Ownership
/// They belong to the text and are gone with it. Null for a null text.
///
/// # Errors
/// None.
///
/// # Safety
/// `text` is null or a live text.
#[no_mangle]
pub unsafe extern "C" fn exauth_text_data(text: *const Text) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe { text.as_ref() }.map_or(std::ptr::null(), |text| text.bytes.as_ptr())
}

/// The number of bytes of a text, without the NUL. Header: `exauth_text_len`.
///
/// # Ownership
/// Nothing changes hands. 0 for a null text.
///
/// # Errors
/// None.
///
/// # Safety
/// `text` is null or a live text.
#[no_mangle]
pub unsafe extern "C" fn exauth_text_len(text: *const Text) -> usize {
    // SAFETY: promised by the caller.
    unsafe { text.as_ref() }.map_or(0, |text| text.bytes.len().saturating_sub(1))
}

/// Frees a text. Header: `exauth_text_free`.
///
/// # Ownership
/// Takes `text`; does nothing for null.
///
/// # Errors
/// None.
///
/// # Safety
/// `text` is null or a text that was handed out and has not been freed; no
/// other thread reads it.
#[no_mangle]
pub unsafe extern "C" fn exauth_text_free(text: *mut Text) {
    if !text.is_null() {
        // SAFETY: not null; came from `Box::into_raw` and is freed once (promised).
        guard_free(|| drop(unsafe { Box::from_raw(text) }));
    }
}
