#!/bin/sh
# Runs the C programs of tests/abi under valgrind against the shared library:
# any error, any byte lost for good or not freed by its owner fails.
#
#   tests/abi/valgrind.sh [libexauth.so]
# Without an argument it builds the library first. Run from anywhere.
set -eu
cd "$(dirname "$0")/../.."

for tool in cc valgrind; do
    command -v "$tool" > /dev/null || {
        echo "valgrind.sh: $tool is missing" >&2
        exit 1
    }
done

library=${1:-}
if [ -z "$library" ]; then
    cargo build --quiet --lib
    library=${CARGO_TARGET_DIR:-target}/debug/libexauth.so
fi
folder=$(cd "$(dirname "$library")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
for name in use misuse panic; do
    cc -std=c99 -g -Iinclude "tests/abi/$name.c" -L"$folder" -lexauth -pthread \
        -Wl,-rpath,"$folder" -o "$work/$name"
    # The argument is for misuse: its giant line is one of 1 MB here, valgrind is slow.
    # What lives as long as the process (the panic hook, compiled patterns) is still
    # reachable, or "possibly lost" where only its middle is pointed at: no leak.
    if valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect "$work/$name" 1 > "$work/log" 2>&1; then
        echo "valgrind: $name: no error, no leak"
    else
        echo "valgrind: $name FAILED"
        cat "$work/log"
        failed=1
    fi
done
exit $failed
