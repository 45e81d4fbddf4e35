//! Where the library under test is: the shared object that this `cargo test` built.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder with the shared library: that of this test program, because
/// `target/<profile>` itself may hold an older one of another build.
pub fn library_folder() -> PathBuf {
    let program = std::env::current_exe().expect("a test program has a path");
    program.parent().expect("a program is in a folder").to_owned()
}

/// The shared library itself.
pub fn library() -> PathBuf {
    let library = library_folder().join("libexauth.so");
    assert!(library.is_file(), "{} is missing: cargo builds it for `cargo test`", library.display());
    library
}
