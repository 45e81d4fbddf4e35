//! `exauth_session`: one analysis, used by one thread at a time.
//!
//! The handle defends itself: a second thread, or a call after a panic, gets
//! `EXAUTH_E_STATE`. A session copies its catalog, so no handle needs another.

use super::argument::{bytes, handle, utf8, Out};
use super::guard::{guard, guard_free};
use super::text::Text;
use crate::error::{Error, Result, DONE, OK};
use crate::{Catalog, Options, Session};
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, TryLockError};

/// A session behind its lock. Opaque in C.
///
/// The lock is only ever tried, never waited for. A panic under it poisons it,
/// and that is all the bookkeeping an abandoned session needs.
pub struct SessionHandle {
    session: Mutex<Session>,
}

/// Begins an analysis. Header: `exauth_session_new`.
///
/// # Ownership
/// Borrows `catalog` and `options` for the call only. `*out` receives a session
/// the caller frees with `exauth_session_free`; on failure `*err` receives a
/// text the caller frees with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null.
/// `EXAUTH_E_RULES`: `options` is not an options document.
///
/// # Safety
/// `catalog` is null or live; `options` is readable for `options_len` bytes;
/// `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_new(
    catalog: *const Catalog,
    options: *const u8,
    options_len: usize,
    out: *mut *mut SessionHandle,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let catalog = handle(catalog, "catalog")?;
            let options = Options::from_json(bytes(options, options_len, "options")?, catalog)?;
            let out = out.required("out")?;
            let session = SessionHandle { session: Mutex::new(Session::new(catalog, options)) };
            out.give_raw(|| Arc::into_raw(Arc::new(session)).cast_mut());
            Ok(OK)
        })
    }
}

/// Adds records to a session. Header: `exauth_session_add`.
///
/// # Ownership
/// Borrows `records` for the call only. `*rejected` receives a text when some
/// of the input was rejected, on failure `*err` does; the caller frees either
/// with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `session` is null.
/// `EXAUTH_E_STATE`: after `exauth_session_finish`, during another call, or
/// after a panic.
///
/// # Safety
/// `session` is null or live; `records` is readable for `records_len` bytes;
/// `rejected` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_add(
    session: *mut SessionHandle,
    records: *const u8,
    records_len: usize,
    rejected: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let rejected = Out::new(rejected);
        guard(err, || {
            let records = bytes(records, records_len, "records")?;
            if let Some(lines) = with(session, |session| session.add(records))? {
                rejected.give(Text::new(lines));
            }
            Ok(OK)
        })
    }
}

/// Hands out the findings that wait. Header: `exauth_session_next`.
///
/// # Ownership
/// `*out` receives a text, or null with `EXAUTH_DONE`; on failure `*err`
/// receives one. The caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `session` or `out` is null; what waits goes on waiting.
/// `EXAUTH_E_STATE`: during another call, or after a panic.
///
/// # Safety
/// `session` is null or live; `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_next(
    session: *mut SessionHandle,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let out = out.required("out")?;
            let Some(findings) = with(session, Session::next)? else {
                return Ok(DONE);
            };
            out.give(Text::new(findings));
            Ok(OK)
        })
    }
}

/// Ends the input of a session. Header: `exauth_session_finish`.
///
/// # Ownership
/// On failure `*err` receives a text the caller frees with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `session` is null.
/// `EXAUTH_E_STATE`: a second time, during another call, or after a panic.
///
/// # Safety
/// `session` is null or live; `err` is null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_finish(session: *mut SessionHandle, err: *mut *mut Text) -> i32 {
    // SAFETY: promised above.
    unsafe {
        guard(err, || {
            with(session, Session::finish)?;
            Ok(OK)
        })
    }
}

/// Writes the report of a session. Header: `exauth_session_report`.
///
/// # Ownership
/// Borrows `format` for the call only. `*out` receives a text, on failure `*err`
/// does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `session` or `out` is null, or `format` is not UTF-8.
/// `EXAUTH_E_STATE`: before `exauth_session_finish`, during another call, or
/// after a panic.
/// `EXAUTH_E_UNSUPPORTED`: no such format.
///
/// # Safety
/// `session` is null or live; `format` is readable for `format_len` bytes;
/// `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_report(
    session: *mut SessionHandle,
    format: *const u8,
    format_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let format = utf8(format, format_len, "format")?;
            let out = out.required("out")?;
            out.give(Text::new(with(session, |session| session.report(format))?));
            Ok(OK)
        })
    }
}

/// Frees a session. Header: `exauth_session_free`.
///
/// # Ownership
/// Takes `session`; does nothing for null. A call that another thread has begun
/// ends as if nothing had happened.
///
/// # Errors
/// None.
///
/// # Safety
/// `session` is null or a session that was handed out and has not been freed;
/// no call on it begins from now on.
#[no_mangle]
pub unsafe extern "C" fn exauth_session_free(session: *mut SessionHandle) {
    if !session.is_null() {
        // SAFETY: not null; came from `Arc::into_raw` and is given back once (promised).
        guard_free(|| drop(unsafe { Arc::from_raw(session.cast_const()) }));
    }
}

/// Runs `call` on a session that nobody else is using.
///
/// # Safety
/// `session` is null or live when this begins.
unsafe fn with<T>(session: *mut SessionHandle, call: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
    if session.is_null() {
        return Err(Error::Argument { name: "session", problem: "null" });
    }
    // The caller's count stays the caller's; the copy keeps the session alive
    // until this call ends even if another thread frees it meanwhile.
    // SAFETY: not null; came from `Arc::into_raw` and is live (promised).
    let held = ManuallyDrop::new(unsafe { Arc::from_raw(session.cast_const()) });
    let held = Arc::clone(&held);
    let result = match held.session.try_lock() {
        Ok(mut session) => call(&mut session),
        Err(TryLockError::WouldBlock) => {
            Err(Error::State { problem: "session is in use by another call at this moment" })
        }
        Err(TryLockError::Poisoned(_)) => {
            Err(Error::State { problem: "session was abandoned by an internal defect and can only be freed" })
        }
    };
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    fn session() -> *mut SessionHandle {
        let catalog = Catalog::builtin().unwrap();
        let mut session = null_mut();
        // SAFETY: a catalog and variables of ours.
        assert_eq!(
            unsafe { exauth_session_new(&catalog, std::ptr::null(), 0, &mut session, null_mut()) },
            OK
        );
        session
    }

    #[test]
    fn every_call_is_refused_while_another_call_is_under_way() {
        let session = session();
        // SAFETY: a live session; what is handed out is compared with null only.
        unsafe {
            let call = (*session).session.lock().unwrap();
            let mut out = std::ptr::dangling_mut::<Text>();
            assert_eq!(exauth_session_add(session, b"{}".as_ptr(), 2, null_mut(), null_mut()), -2);
            assert_eq!(exauth_session_next(session, &mut out, null_mut()), -2);
            assert!(out.is_null());
            assert_eq!(exauth_session_finish(session, null_mut()), -2);
            assert_eq!(exauth_session_report(session, b"json".as_ptr(), 4, &mut out, null_mut()), -2);
            drop(call);
            assert_eq!(exauth_session_finish(session, null_mut()), OK);
            exauth_session_free(session);
        }
    }

    #[test]
    fn a_session_freed_during_a_call_lives_until_the_call_ends() {
        let session = session();
        // SAFETY: a live session; after it is freed only the call's own hold is used.
        unsafe {
            let mut seen = None;
            let held = Arc::clone(&ManuallyDrop::new(Arc::from_raw(session.cast_const())));
            with(session, |inner| {
                exauth_session_free(session);
                seen = Some(Arc::strong_count(&held));
                inner.finish()
            })
            .unwrap();
            // Ours and that of the call; the caller's is gone.
            assert_eq!(seen, Some(2));
            assert_eq!(Arc::strong_count(&held), 1);
        }
    }
}
