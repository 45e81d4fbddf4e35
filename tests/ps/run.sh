#!/usr/bin/env bash
# Tests the PowerShell module under Wine: run.sh <exauth.dll>. Builds ready modules in a folder whose name has
# blanks and Chinese characters, and runs every script here in ../shared/powershell/pwsh.
# What cannot run fails, unless EXAUTH_ALLOW_SKIP=1.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
shared=${EXAUTH_SHARED:-$root/../shared}
pwsh=${PWSH:-$shared/powershell/pwsh}
dll=${1:?usage: run.sh <exauth.dll>}
only=${2:-}
skip() {
    echo "skipped: $1"
    [ "${EXAUTH_ALLOW_SKIP:-}" = 1 ] && exit 0
    exit 1
}
[ -f "$dll" ] || skip "$dll is not there"
[ -x "$pwsh" ] || skip "$pwsh is not there"
for tool in mcs x86_64-w64-mingw32-gcc; do command -v $tool >/dev/null || skip "$tool is not there"; done

work=$(mktemp -d)/"Ex Auth 測試"
trap 'rm -rf "${work%/*}"' EXIT
mkdir -p "$work"
stub() { x86_64-w64-mingw32-gcc -Wall -Wextra -O1 -shared "${@:2}" -o "$work/$1.dll" "$here/echo.c" || exit 1; }
stub echo
stub quiet -DQUIET
stub abi2 -DABI=2
stub short -DWITHOUT_NEXT
echo 'int nothing_of_ours(void) { return 0; }' | x86_64-w64-mingw32-gcc -shared -x c -o "$work/other.dll" - || exit 1
for name in real echo quiet; do
    library=$work/$name.dll
    [ $name = real ] && library=$dll
    "$root/ps-module/build.sh" "$library" "$work/$name" >/dev/null || exit 1
done
for name in missing "text file" empty x86 arm64 abi2 short other; do
    mkdir -p "$work/broken/$name"
    cp -R "$work/echo/ExAuth" "$work/broken/$name/"
    library="$work/broken/$name/ExAuth/bin/win-x64/exauth.dll"
    case $name in
    missing) rm "$library" ;;
    "text file") echo 'This is no library.' >"$library" ;;
    empty) : >"$library" ;;
    x86 | arm64)
        # The Machine field follows the four bytes PE\0\0, whose place stands at 0x3C.
        at=$(($(od -An -t u4 -j 60 -N 4 "$library") + 4))
        machine='\x4c\x01'
        [ "$name" = arm64 ] && machine='\x64\xaa'
        printf "$machine" | dd of="$library" bs=1 seek=$at conv=notrunc status=none
        ;;
    *) cp "$work/$name.dll" "$library" ;;
    esac
done
cp -R "$root/ps-module/ExAuth" "$work/source"
rm -rf "$work/source/bin"
mkdir -p "$work/source/bin/win-x64"
cp "$dll" "$work/source/bin/win-x64/exauth.dll"

passed=0 failed=0
run() {
    local name=$1
    shift
    [ -n "$only" ] && [ "$only" != "$name" ] && return
    echo "== $name"
    local line
    timeout "${EXAUTH_TEST_SECONDS:-300}" "$@" 2>&1 | tee "$work/log"
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$work/log" | tail -n 1 | tr -d '\r')
    if [ -z "$line" ]; then
        echo "FAIL  $name did not come to its end"
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + $(echo "$line" | cut -d' ' -f1)))
    failed=$((failed + $(echo "$line" | cut -d' ' -f3)))
}
run import "$pwsh" -File "$here/import.ps1" -Good "$work/echo/ExAuth/ExAuth.psd1" -Broken "$work/broken" -Source "$work/source/ExAuth.psd1"
run projection "$pwsh" -File "$here/projection.ps1" -Module "$work/echo/ExAuth/ExAuth.psd1" -Data "$shared/data"
run surface "$pwsh" -File "$here/surface.ps1" -Module "$work/echo/ExAuth/ExAuth.psd1" -Sources "$root/ps-module" -Shared "$shared"
run analysis "$pwsh" -File "$here/analysis.ps1" -Module "$work/real/ExAuth/ExAuth.psd1" -Data "$shared/data"
run rules "$pwsh" -File "$here/rules.ps1" -Module "$work/real/ExAuth/ExAuth.psd1" -Example "$root/examples/packs/contoso.json"
run evidence "$pwsh" -File "$here/evidence.ps1" -Module "$work/real/ExAuth/ExAuth.psd1" -Sources "$root"
run volume "$pwsh" -File "$here/volume.ps1" -Module "$work/real/ExAuth/ExAuth.psd1"
run csharp "$here/csharp.sh" "$dll" "$work" "$pwsh"
echo "$passed passed, $failed failed in all"
[ "$failed" = 0 ]
