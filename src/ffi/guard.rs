//! What every exported call needs: no panic gets out of it, nothing is printed,
//! and a failure becomes a status and an `exauth.error/1` document.
//!
//! Reads no input and knows no handle; see `argument.rs` for both.

use super::argument::Out;
use super::text::Text;
use crate::error::{Error, Result};
use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// Runs the body of an exported call and turns its result into a status.
///
/// A failure is written to `err` as a document; success leaves it null. State
/// that a panic may have left half changed is the body's concern: a session
/// locks itself and stays locked for good (`session.rs`), a catalog and a text
/// never change.
///
/// # Safety
/// `err` is null or writable.
pub(super) unsafe fn guard(err: *mut *mut Text, body: impl FnOnce() -> Result<i32>) -> i32 {
    // SAFETY: promised by the caller.
    let err = unsafe { Out::new(err) };
    let error = match quietly(body) {
        Ok(Ok(status)) => return status,
        Ok(Err(error)) => error,
        Err(message) => Error::Panic { message },
    };
    let status = error.status();
    if err.is_given() {
        // A defect in writing the document must not hide the status.
        if let Ok(document) = quietly(|| Text::new(error.to_json())) {
            err.give(document);
        }
    }
    status
}

/// Runs a body that returns nothing and has no way to report: the `_free` calls.
pub(super) fn guard_free(body: impl FnOnce()) {
    // A defect while freeing costs memory at worst, and nobody could be told.
    let _ = quietly(body);
}

/// Runs `body`; a panic becomes its message and prints nothing.
fn quietly<T>(body: impl FnOnce() -> T) -> std::result::Result<T, String> {
    hush_panics_of_calls();
    let before = INSIDE.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    INSIDE.set(before);
    result.map_err(message)
}

thread_local! {
    /// True while this thread is inside an exported call.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the standard panic hook from printing for panics inside a call: the
/// message belongs into `err`, and standard error belongs to the host.
///
/// In the shared library the hook is its own, because it has its own copy of
/// the standard library. In a Rust program that links the crate it is shared,
/// hence the chain: panics of that program are reported as before.
fn hush_panics_of_calls() {
    static HOOK: Once = Once::new();
    // `set_hook` itself panics in a thread that is unwinding.
    if HOOK.is_completed() || std::thread::panicking() {
        return;
    }
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // A thread that is ending has no flag any more, and no call either.
            if !INSIDE.try_with(Cell::get).unwrap_or(false) {
                previous(panic);
            }
        }));
    });
}

/// What a panic said, where it said it in words.
fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(message) => (*message).to_owned(),
            Err(payload) => {
                // Dropping a stranger's payload could panic outside of any catch.
                std::mem::forget(payload);
                "panic without a message".to_owned()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::text::{exauth_text_data, exauth_text_free, exauth_text_len};

    fn outcome(body: impl FnOnce() -> Result<i32>) -> (i32, Option<serde_json::Value>) {
        let mut err = std::ptr::dangling_mut::<Text>();
        // SAFETY: `err` is a variable of ours; the text is read before it is freed.
        unsafe {
            let status = guard(&mut err, body);
            if err.is_null() {
                return (status, None);
            }
            let bytes = std::slice::from_raw_parts(exauth_text_data(err), exauth_text_len(err));
            let document = serde_json::from_slice(bytes).unwrap();
            exauth_text_free(err);
            (status, Some(document))
        }
    }

    #[test]
    fn success_overwrites_a_rubbish_error_with_null() {
        assert_eq!(outcome(|| Ok(1)), (1, None));
    }

    #[test]
    fn a_panic_becomes_its_message_whatever_its_payload_is() {
        type Body = fn() -> Result<i32>;
        let bodies: [(Body, &str); 3] = [
            (|| panic!("plain"), "plain"),
            (|| panic!("with {}", 1), "with 1"),
            (|| panic::panic_any(7_u8), "panic without a message"),
        ];
        for (body, said) in bodies {
            let (status, document) = outcome(body);
            assert_eq!(status, -99);
            let document = document.unwrap();
            assert_eq!(document["name"], "EXAUTH_E_PANIC");
            assert_eq!(document["message"], format!("internal defect: {said}"));
        }
    }

    #[test]
    fn a_failure_without_an_error_parameter_still_has_its_status() {
        // SAFETY: a null `err` is allowed.
        let status =
            unsafe { guard(std::ptr::null_mut(), || Err(Error::State { problem: "session is finished" })) };
        assert_eq!(status, -2);
    }
}
