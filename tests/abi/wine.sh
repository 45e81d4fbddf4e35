#!/bin/sh
# Tests the Windows library on Linux: what it exports and imports, and the C
# programs of tests/abi built by MinGW and run by Wine against it.
#
#   tests/abi/wine.sh exauth.dll       (.ci/build-windows.sh prints the path)
# WINE names the 64-bit loader, if it is not where Debian puts it. Exit code 0
# only if everything was tested and passed.
set -eu
dll=$(realpath "${1:?usage: wine.sh exauth.dll}")
cd "$(dirname "$0")/../.."
wine=${WINE:-/usr/lib/wine/wine64}
cc=x86_64-w64-mingw32-gcc

for tool in "$wine" "$cc" objdump awk; do
    command -v "$tool" > /dev/null || {
        echo "wine.sh: $tool is missing" >&2
        exit 1
    }
done
# By this name the programs load it.
[ "$(basename "$dll")" = exauth.dll ] || {
    echo "wine.sh: $dll is not named exauth.dll" >&2
    exit 1
}

work=$(mktemp -d)
trap 'WINEPREFIX=$work/prefix "$(dirname "$wine")/wineserver" -k > /dev/null 2>&1 || :; rm -rf "$work"' EXIT
failed=0
fails() {
    echo "wine.sh: FAILED: $1"
    failed=1
}

# --- exports: the surface, nothing else
objdump -p "$dll" > "$work/tables"
grep -o 'exauth_[a-z0-9_]*(' tests/abi/surface.txt | tr -d '(' | sort > "$work/surface"
sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/p' "$work/tables" |
    awk '/^[[:space:]]*(\+base)?\[ *[0-9]+\]/ { print $NF }' | sort > "$work/exports"
if diff -u "$work/surface" "$work/exports"; then
    echo "exports: the $(wc -l < "$work/exports") functions of surface.txt"
else
    fails "the exports are not those of tests/abi/surface.txt"
fi

# --- imports: only what the oldest supported Windows has
sed -n '/^The Import Tables/,/^The Export Tables/p' "$work/tables" |
    awk '/DLL Name:/ { dll = tolower($3) } dll && NF == 3 && $2 ~ /^[0-9]+$/ { print dll "!" $3 }' |
    LC_ALL=C sort -u > "$work/imports"
grep '^[a-z0-9_.-]*!' tests/abi/windows-imports.txt | LC_ALL=C sort -u > "$work/allowed"
LC_ALL=C comm -23 "$work/imports" "$work/allowed" > "$work/new"
if [ ! -s "$work/imports" ]; then
    fails "no imports were found: objdump writes them differently"
elif [ -s "$work/new" ]; then
    cat "$work/new"
    fails "imports that tests/abi/windows-imports.txt does not allow"
else
    echo "imports: $(wc -l < "$work/imports") functions of $(cut -d! -f1 "$work/imports" | uniq | tr '\n' ' ')"
fi

# --- size: it loads into the administrator's shell
bytes=$(stat -c %s "$dll")
if [ "$bytes" -gt $((4 * 1024 * 1024)) ]; then
    fails "the library has $bytes bytes, more than 4 MiB"
else
    echo "size: $bytes bytes"
fi

# --- the programs
export WINEPREFIX="$work/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml="
unset DISPLAY || :
cp "$dll" "$work/exauth.dll"
# The first start sets up the prefix and talks about it.
"$wine" wineboot --init > "$work/wineboot" 2>&1 || {
    cat "$work/wineboot"
    fails "wine does not start"
}

run() { # name of the program, then sources
    name=$1
    shift
    "$cc" -std=c99 -pedantic -Wall -Wextra -Werror -O1 $flags -Iinclude "$@" "$work/exauth.dll" -o "$work/$name.exe" || {
        fails "$name does not compile"
        return
    }
    # Nothing may be printed, by the programs or the library.
    if (cd "$work" && "$wine" "$name.exe") > "$work/log" 2>&1 < /dev/null && [ ! -s "$work/log" ]; then
        echo "wine: $name passed"
    else
        cat "$work/log"
        fails "$name"
    fi
}
flags=
run include tests/abi/include_a.c tests/abi/include_b.c
run use tests/abi/use.c
run misuse tests/abi/misuse.c
run panic tests/abi/panic.c
flags=-DEXAUTH_DLLIMPORT
run use-dllimport tests/abi/use.c

exit $failed
