<#
.SYNOPSIS
    Lays out a ready ExAuth module folder from this checkout.
.DESCRIPTION
    Copies the module, puts the native library into bin\win-x64 and compiles the C# into bin\ExAuth.Interop.dll, so that
    importing it starts no compiler. Compiled by Windows PowerShell 5.1 the assembly serves 5.1 and 7; in 7 this script
    therefore hands itself to 5.1, and compiles for 7 alone only where there is no 5.1. build.sh does the same with mono.
    Downloads nothing.
.PARAMETER LibraryPath
    The built exauth.dll.
.PARAMETER Destination
    The folder that gets the folder ExAuth; dist in the repository by default.
.EXAMPLE
    .\ps-module\Build.ps1 -LibraryPath .\target\release\exauth.dll

    Makes dist\ExAuth, ready for Import-Module .\dist\ExAuth.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$LibraryPath,
    [string]$Destination
)
$ErrorActionPreference = 'Stop'
if (-not $Destination) { $Destination = Join-Path (Split-Path $PSScriptRoot) 'dist' }
if (-not (Test-Path -LiteralPath $LibraryPath)) { throw "The library '$LibraryPath' is missing; build it first." }

if ($PSVersionTable.PSEdition -eq 'Core') {
    $desktop = Get-Command 'powershell.exe' -CommandType Application -ErrorAction SilentlyContinue
    # Wine has a powershell.exe that does nothing; the real one answers.
    if ($desktop -and (& $desktop.Path -NoProfile -Command '1 + 1') -eq '2') {
        & $desktop.Path -NoProfile -ExecutionPolicy Bypass -File $PSCommandPath -LibraryPath $LibraryPath -Destination $Destination
        exit $LASTEXITCODE
    }
    Write-Warning 'Windows PowerShell 5.1 is not there: the compiled part will serve PowerShell 7 alone.'
}

$source = Join-Path $PSScriptRoot 'ExAuth'
$module = Join-Path $Destination 'ExAuth'
if (Test-Path -LiteralPath $module) { Remove-Item -LiteralPath $module -Recurse -Force }
$null = New-Item -ItemType Directory -Force -Path (Join-Path $module 'bin\win-x64')
foreach ($item in 'ExAuth.psd1', 'ExAuth.psm1', 'ExAuth.Format.ps1xml', 'Private', 'en-US') {
    Copy-Item -LiteralPath (Join-Path $source $item) -Destination $module -Recurse
}
Copy-Item -LiteralPath $LibraryPath -Destination (Join-Path $module 'bin\win-x64\exauth.dll')

. (Join-Path $source 'Private\Add-ExAuthInterop.ps1')
Add-ExAuthInterop -Folder (Join-Path $source 'Interop') -OutputAssembly (Join-Path $module 'bin\ExAuth.Interop.dll')
Get-Item -LiteralPath $module
