//! The PowerShell module for real: `tests/ps/run.sh` in PowerShell under Wine, with the Windows library.
//!
//! Needs the library (`EXAUTH_DLL`, or built by `.ci/build-windows.sh`), Wine, mono's compiler and
//! `../shared/powershell/pwsh`. Where one is absent the test says which and is skipped; with `CI`
//! set it fails instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the test needs and does not find.
fn absent(dll: &Path) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let needed = [
        (dll.to_path_buf(), "the Windows library (.ci/build-windows.sh builds it)"),
        (root.join("../shared/powershell/pwsh"), "PowerShell under Wine (../shared/powershell/pwsh)"),
        (PathBuf::from("/usr/lib/wine/wine64"), "Wine (package wine64)"),
        (PathBuf::from("/usr/bin/mcs"), "mono's compiler (packages mono-mcs, mono-devel)"),
        (PathBuf::from("/usr/bin/x86_64-w64-mingw32-gcc"), "mingw (package gcc-mingw-w64-x86-64)"),
    ];
    needed.into_iter().find(|(path, _)| !path.exists()).map(|(_, what)| what.to_owned())
}

#[test]
fn the_module_does_in_powershell_what_its_help_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dll = std::env::var_os("EXAUTH_DLL")
        .map_or_else(|| root.join("target/x86_64-win7-windows-gnu/release/exauth.dll"), PathBuf::from);
    if let Some(what) = absent(&dll) {
        assert!(std::env::var_os("CI").is_none(), "{what} is not here");
        eprintln!("skipped: the_module_does_in_powershell_what_its_help_says, as {what} is not here");
        return;
    }
    // The library of this build, for the C# program under mono: cargo puts it beside this program.
    let built = std::env::current_exe().unwrap().with_file_name("libexauth.so");
    let mut script = Command::new("bash");
    script.arg(root.join("tests/ps/run.sh")).arg(&dll).env("EXAUTH_SO", built);
    let output = script.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
    let counts = text.lines().rev().find(|line| line.contains(" passed, ")).expect("a line with the counts");
    assert!(counts.contains(" 0 failed"), "{counts}");
}
