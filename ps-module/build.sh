#!/usr/bin/env bash
# Lays out a ready module folder on Linux: build.sh <exauth.dll> <folder>. Build.ps1 does the same on Windows.
# Needs mono's compiler and the PowerShell Standard reference assembly; downloads nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# -ne 2 ]; then
    echo "usage: build.sh <exauth.dll> <folder that gets ExAuth/>" >&2
    exit 2
fi
dll=$1
out=$2/ExAuth
standard=${PSSTANDARD:-$here/../../shared/powershell/psstandard}/System.Management.Automation.dll
api=${MONO_API:-/usr/lib/mono/4.7.2-api}
for need in "$dll" "$standard" "$api/mscorlib.dll" "$api/Facades/netstandard.dll"; do
    if [ ! -f "$need" ]; then
        echo "build.sh: $need is missing (PSSTANDARD names the folder of PowerShellStandard.Library's assembly, MONO_API mono's reference assemblies)" >&2
        exit 1
    fi
done
if ! command -v mcs >/dev/null; then
    echo "build.sh: mcs is missing; install Debian's mono-mcs and mono-devel" >&2
    exit 1
fi
rm -rf "$out"
mkdir -p "$out/bin/win-x64"
cp -R "$here"/ExAuth/{ExAuth.psd1,ExAuth.psm1,ExAuth.Format.ps1xml,Private,en-US} "$out/"
cp "$dll" "$out/bin/win-x64/exauth.dll"
mcs -target:library -langversion:5 -optimize+ -nostdlib -noconfig -define:EXAUTH_POWERSHELL -out:"$out/bin/ExAuth.Interop.dll" \
    -r:"$api/mscorlib.dll" -r:"$api/System.dll" -r:"$api/System.Core.dll" -r:"$api/System.Xml.dll" -r:"$api/Facades/netstandard.dll" -r:"$standard" \
    "$here"/ExAuth/Interop/*.cs
echo "$out"
