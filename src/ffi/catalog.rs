//! `exauth_catalog`, and the calls that need a catalog and no session.
//!
//! A catalog never changes after it was made, so any threads may use one at once.

use super::argument::{bytes, handle, Out};
use super::guard::{guard, guard_free};
use super::text::Text;
use crate::error::{Result, OK};
use crate::Catalog;

/// Makes a catalog of what is built in. Header: `exauth_catalog_builtin`.
///
/// # Ownership
/// `*out` receives a catalog the caller frees with `exauth_catalog_free`; on
/// failure `*err` receives a text the caller frees with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `out` is null.
/// `EXAUTH_E_RULES`: the built-in catalog is damaged (a defect of the build).
///
/// # Safety
/// `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_catalog_builtin(out: *mut *mut Catalog, err: *mut *mut Text) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let out = out.required("out")?;
            out.give(Catalog::builtin()?);
            Ok(OK)
        })
    }
}

/// Makes a catalog of another and a rule pack. Header: `exauth_catalog_extend`.
///
/// # Ownership
/// Borrows `base` and `pack` for the call only; the new catalog does not need
/// `base`. `*out` receives a catalog the caller frees with `exauth_catalog_free`;
/// on failure `*err` receives a text the caller frees with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `base` or `out` is null.
/// `EXAUTH_E_RULES`: `pack` is not a valid pack.
/// `EXAUTH_E_LIMIT`: `pack` is too large.
///
/// # Safety
/// `base` is null or live; `pack` is readable for `pack_len` bytes; `out` and
/// `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_catalog_extend(
    base: *const Catalog,
    pack: *const u8,
    pack_len: usize,
    out: *mut *mut Catalog,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let base = handle(base, "base")?;
            let pack = bytes(pack, pack_len, "pack")?;
            let out = out.required("out")?;
            out.give(base.extend(pack)?);
            Ok(OK)
        })
    }
}

/// Says what a catalog holds. Header: `exauth_catalog_describe`.
///
/// # Ownership
/// Borrows `catalog` for the call only. `*out` receives a text, on failure
/// `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null.
///
/// # Safety
/// `catalog` is null or live; `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_catalog_describe(
    catalog: *const Catalog,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe { text_of(catalog, out, err, |catalog| Ok(catalog.describe())) }
}

/// Writes the event query of a catalog. Header: `exauth_catalog_event_filter`.
///
/// # Ownership
/// Borrows `catalog` and `options` for the call only. `*out` receives a text,
/// on failure `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null.
/// `EXAUTH_E_RULES`: `options` is not an options document.
///
/// # Safety
/// `catalog` is null or live; `options` is readable for `options_len` bytes;
/// `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_catalog_event_filter(
    catalog: *const Catalog,
    options: *const u8,
    options_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        text_of(catalog, out, err, |catalog| catalog.event_filter(bytes(options, options_len, "options")?))
    }
}

/// Frees a catalog. Header: `exauth_catalog_free`.
///
/// # Ownership
/// Takes `catalog`; does nothing for null. What was made from it lives on.
///
/// # Errors
/// None.
///
/// # Safety
/// `catalog` is null or a catalog that was handed out and has not been freed;
/// no other thread uses it.
#[no_mangle]
pub unsafe extern "C" fn exauth_catalog_free(catalog: *mut Catalog) {
    if !catalog.is_null() {
        // SAFETY: not null; came from `Box::into_raw` and is freed once (promised).
        guard_free(|| drop(unsafe { Box::from_raw(catalog) }));
    }
}

/// Finds what a text says. Header: `exauth_match_text`.
///
/// # Ownership
/// Borrows `catalog` and `text` for the call only. `*out` receives a text, on
/// failure `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null, or `text` is not UTF-8.
/// `EXAUTH_E_LIMIT`: `text` is too long.
///
/// # Safety
/// `catalog` is null or live; `text` is readable for `text_len` bytes; `out`
/// and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_match_text(
    catalog: *const Catalog,
    text: *const u8,
    text_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe { text_of(catalog, out, err, |catalog| catalog.match_text(bytes(text, text_len, "text")?)) }
}

/// Gives all outcomes of one record. Header: `exauth_check_record`.
///
/// # Ownership
/// Borrows `catalog` and `record` for the call only. `*out` receives a text, on
/// failure `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null.
/// `EXAUTH_E_RECORD`: `record` is not one record.
/// `EXAUTH_E_LIMIT`: `record` is too large.
///
/// # Safety
/// `catalog` is null or live; `record` is readable for `record_len` bytes;
/// `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_check_record(
    catalog: *const Catalog,
    record: *const u8,
    record_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        text_of(catalog, out, err, |catalog| catalog.check_record(bytes(record, record_len, "record")?))
    }
}

/// Turns a tool's output into records. Header: `exauth_parse_tool`.
///
/// # Ownership
/// Borrows `catalog`, `command` and `text` for the call only. `*out` receives a
/// text, on failure `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null, or an input is not UTF-8.
/// `EXAUTH_E_UNSUPPORTED`: the first word of `command` is no tool that is known.
/// `EXAUTH_E_LIMIT`: `text` is too long.
///
/// # Safety
/// `catalog` is null or live; `command` is readable for `command_len` bytes and
/// `text` for `text_len`; `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_parse_tool(
    catalog: *const Catalog,
    command: *const u8,
    command_len: usize,
    text: *const u8,
    text_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        text_of(catalog, out, err, |catalog| {
            catalog.parse_tool(bytes(command, command_len, "command")?, bytes(text, text_len, "text")?)
        })
    }
}

/// Analyses records in one call. Header: `exauth_analyze`.
///
/// # Ownership
/// Borrows `catalog`, `records` and `options` for the call only. `*out` receives
/// a text, on failure `*err` does; the caller frees either with `exauth_text_free`.
///
/// # Errors
/// `EXAUTH_E_ARGUMENT`: `catalog` or `out` is null.
/// `EXAUTH_E_RULES`: `options` is not an options document.
///
/// # Safety
/// `catalog` is null or live; `records` is readable for `records_len` bytes and
/// `options` for `options_len`; `out` and `err` are null or writable.
#[no_mangle]
pub unsafe extern "C" fn exauth_analyze(
    catalog: *const Catalog,
    records: *const u8,
    records_len: usize,
    options: *const u8,
    options_len: usize,
    out: *mut *mut Text,
    err: *mut *mut Text,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        text_of(catalog, out, err, |catalog| {
            catalog.analyze(bytes(records, records_len, "records")?, bytes(options, options_len, "options")?)
        })
    }
}

/// The one form all calls above have: a catalog in, a text out.
///
/// # Safety
/// `catalog` is null or live; `out` and `err` are null or writable.
unsafe fn text_of(
    catalog: *const Catalog,
    out: *mut *mut Text,
    err: *mut *mut Text,
    call: impl FnOnce(&Catalog) -> Result<String>,
) -> i32 {
    // SAFETY: promised above.
    unsafe {
        let out = Out::new(out);
        guard(err, || {
            let catalog = handle(catalog, "catalog")?;
            let out = out.required("out")?;
            out.give(Text::new(call(catalog)?));
            Ok(OK)
        })
    }
}
