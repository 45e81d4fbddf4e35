#!/usr/bin/env bash
# Compiles examples/csharp with mono's C# 5 and runs it against the Linux library, and the same source in
# PowerShell under Wine against the DLL: csharp.sh <exauth.dll> <work folder> <pwsh>. Both must say the same.
# The Linux library is EXAUTH_SO, or the newest libexauth.so under CARGO_TARGET_DIR or target.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
dll=$1 work=$2 pwsh=$3
passed=0 failed=0
check() {
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok    $sentence"
    else
        failed=$((failed + 1))
        echo "FAIL  $sentence"
    fi
}
interop=$root/ps-module/ExAuth/Interop
printf '%s\n' '{"type":["Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo"],"computer":"EX1","properties":{"Identity":"EX1\\12","DeliveryType":"SmtpRelayToRemoteAdSite","NextHopDomain":"site:branch; version: 14","Status":"Retry","MessageCount":41,"LastError":"454 4.7.0 Temporary authentication failure."}}' >"$work/records.jsonl"

cat >"$work/diagnose.ps1" <<'PS'
param([string]$Dll, [string]$Records, [string[]]$Sources)
Add-Type -Path $Sources -IgnoreWarnings -WarningAction SilentlyContinue
[ExAuth.Interop.NativeLoader]::Load($Dll, [ExAuth.Interop.Native]::RequiredAbi, [ExAuth.Interop.Native]::EntryPoints())
[Diagnose]::Report([IO.File]::ReadAllText($Records), 'text')
$session = New-Object ExAuth.Interop.Session ([ExAuth.Interop.Catalog]::BuiltIn(), '{"self_test":"panic"}')
try { $session.Add('{}') } catch { 'panic is: ' + $_.Exception.InnerException.Name }
try { New-Object ExAuth.Interop.Session ([ExAuth.Interop.Catalog]::BuiltIn(), '{"no_such":1}') } catch { 'option is: ' + $_.Exception.InnerException.Name + ' ' + $_.Exception.InnerException.At }
PS
cp "$dll" "$work/exauth.dll"
# Add-Type takes the three files as one list in a command; -File would hand them over as one word.
"$pwsh" -Command "& '$work/diagnose.ps1' '$work/exauth.dll' '$work/records.jsonl' @('$root/examples/csharp/Diagnose.cs','$interop/Native.cs','$interop/NativeLoader.cs')" >"$work/windows.txt" 2>&1
check "the example finds the failure through the DLL" grep -q '(clock-skew)' "$work/windows.txt"
check "a panic in the library arrives as an exception with its status" grep -q 'panic is: EXAUTH_E_PANIC' "$work/windows.txt"
check "a wrong option arrives as an exception with its status" grep -q 'option is: EXAUTH_E_RULES' "$work/windows.txt"
[ $failed = 0 ] || cat "$work/windows.txt"

so=${EXAUTH_SO:-$(ls -t "${CARGO_TARGET_DIR:-$root/target}"/{debug,release}/libexauth.so 2>/dev/null | head -n 1)}
if [ -z "$so" ] || ! command -v mono >/dev/null; then
    echo "skipped: no libexauth.so (EXAUTH_SO names it) or no mono"
    [ "${EXAUTH_ALLOW_SKIP:-}" = 1 ] || failed=$((failed + 1))
else
    mcs -langversion:5 -out:"$work/Diagnose.exe" "$root/examples/csharp/Diagnose.cs" "$interop/Native.cs" "$interop/NativeLoader.cs" || failed=$((failed + 1))
    # Mono looks for libexauth.so beside the program.
    cp "$so" "$work/libexauth.so"
    mono "$work/Diagnose.exe" "$work/libexauth.so" "$work/records.jsonl" >"$work/linux.txt" 2>&1
    check "the example finds the failure through the .so under mono" grep -q '(clock-skew)' "$work/linux.txt"
    check "a missing library is one sentence that names the file" grep -q "nowhere.so' is missing" <(mono "$work/Diagnose.exe" "$work/nowhere.so" "$work/records.jsonl" 2>&1)
    check "a text file as library is refused" grep -q 'cannot be loaded' <(mono "$work/Diagnose.exe" "$work/records.jsonl" "$work/records.jsonl" 2>&1)
fi
echo "$passed passed, $failed failed"
