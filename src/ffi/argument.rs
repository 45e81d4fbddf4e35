//! Arguments of exported calls, checked: borrowed bytes, handles, out parameters.
//!
//! Reads only the pointers it is given; says what is wrong by the argument's
//! name in `exauth.h`.

use crate::error::{Error, Result};

/// An input of `len` bytes; `(NULL, 0)` is the empty one.
///
/// # Safety
/// `data` is null or readable for `len` bytes, unchanged as long as `'a` lasts.
pub(super) unsafe fn bytes<'a>(data: *const u8, len: usize, name: &'static str) -> Result<&'a [u8]> {
    match (data.is_null(), len) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Error::Argument { name, problem: "null but has a length" }),
        (false, _) if isize::try_from(len).is_err() => {
            // No object is that long: the length is a negative number or uninitialised.
            Err(Error::Argument { name, problem: "longer than any object can be" })
        }
        // SAFETY: not null, readable for `len` bytes (promised), and `len` fits `isize`.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(data, len) }),
    }
}

/// An input that must be UTF-8 as a whole.
///
/// # Safety
/// As for [`bytes`].
pub(super) unsafe fn utf8<'a>(data: *const u8, len: usize, name: &'static str) -> Result<&'a str> {
    // SAFETY: promised by the caller.
    let bytes = unsafe { bytes(data, len, name) }?;
    std::str::from_utf8(bytes).map_err(|_| Error::Argument { name, problem: "not UTF-8" })
}

/// A handle that must be there.
///
/// # Safety
/// `handle` is null or live as long as `'a` lasts.
pub(super) unsafe fn handle<'a, T>(handle: *const T, name: &'static str) -> Result<&'a T> {
    // SAFETY: promised by the caller.
    unsafe { handle.as_ref() }.ok_or(Error::Argument { name, problem: "null" })
}

/// An out parameter; null in it since the call began, whatever was there before.
pub(super) struct Out<T>(*mut *mut T);

impl<T> Out<T> {
    /// Takes the parameter and nulls what it points at.
    ///
    /// # Safety
    /// `place` is null or writable as long as this value lives.
    pub(super) unsafe fn new(place: *mut *mut T) -> Out<T> {
        if !place.is_null() {
            // SAFETY: not null, writable (promised). `write` reads nothing: rubbish may be there.
            unsafe { place.write(std::ptr::null_mut()) };
        }
        Out(place)
    }

    /// Whether the caller wants it at all.
    pub(super) fn is_given(&self) -> bool {
        !self.0.is_null()
    }

    /// Fails where the caller gave none; asked before the work, so that no result is lost.
    pub(super) fn required(self, name: &'static str) -> Result<Out<T>> {
        if self.is_given() {
            Ok(self)
        } else {
            Err(Error::Argument { name, problem: "null" })
        }
    }

    /// Hands a value over to the caller, who frees it; drops it where none is wanted.
    pub(super) fn give(self, value: T) {
        self.give_raw(|| Box::into_raw(Box::new(value)));
    }

    /// As [`give`](Out::give) for a handle that makes its own pointer.
    pub(super) fn give_raw(self, into_raw: impl FnOnce() -> *mut T) {
        if self.is_given() {
            let value = into_raw();
            // SAFETY: not null; writable since `new` (promised there).
            unsafe { self.0.write(value) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_empty_only_without_a_length() {
        // SAFETY: null is never read.
        unsafe {
            assert_eq!(bytes(std::ptr::null(), 0, "records").unwrap(), b"");
            let error = bytes(std::ptr::null(), 1, "records").unwrap_err();
            assert_eq!(error.to_string(), "argument `records` is null but has a length");
        }
    }

    #[test]
    fn a_negative_length_is_refused_before_anything_is_read() {
        for len in [usize::MAX, isize::MAX as usize + 1] {
            // SAFETY: the length is refused; the byte is never read.
            let error = unsafe { bytes(b"x".as_ptr(), len, "records") }.unwrap_err();
            assert_eq!(error.status(), -1);
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_name_their_argument() {
        // SAFETY: a slice of ours.
        let error = unsafe { utf8([0xff].as_ptr(), 1, "format") }.unwrap_err();
        assert_eq!(error.to_string(), "argument `format` is not UTF-8");
    }
}
