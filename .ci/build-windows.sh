#!/bin/sh
# Builds exauth.dll for Windows Server 2008 R2 and later (64-bit) and prints its
# path as the only line of standard output. For people and for .ci/run.
#
# The win7 target keeps calls that only Windows 10 has out of the DLL. It ships
# without a compiled standard library, so one is built from Debian's sources:
#   apt-get install gcc-mingw-w64-x86-64 rustc-web cargo-web rust-web-src
# RUSTC_BOOTSTRAP unlocks -Zbuild-std in a stable compiler; no unstable feature
# reaches our own code. The standard library's own backtraces are left out: the
# library catches panics and prints nothing, and their code is 0.2 MB.
# optimize_for_size: sorting and formatting of the standard library in their small forms.
# Built as a cdylib alone: cargo optimises across crates only where no rlib is made beside it, and
# what nobody calls then stays out, 1.2 MB of 5.1.
set -eu
cd "$(dirname "$0")/.."

for tool in /usr/bin/cargo /usr/bin/rustc x86_64-w64-mingw32-gcc; do
    command -v "$tool" > /dev/null || {
        echo "build-windows: $tool is missing" >&2
        exit 1
    }
done

target=x86_64-win7-windows-gnu
PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_LTO=fat \
    /usr/bin/cargo rustc --locked --release --lib --crate-type cdylib -Zbuild-std=std,panic_abort -Zbuild-std-features=panic-unwind,optimize_for_size --target "$target" >&2

dll=${CARGO_TARGET_DIR:-$PWD/target}/$target/release/exauth.dll
[ -f "$dll" ] || {
    echo "build-windows: cargo succeeded but $dll is missing" >&2
    exit 1
}
echo "$dll"
