# Importing the module: once, twice, from odd folders, and with a library file that cannot be used.
# -Good is a ready module; -Broken a folder with modules whose library is wrong, named after what is wrong.
param([string]$Good, [string]$Broken, [string]$Source)
. (Join-Path $PSScriptRoot 'assert.ps1')

function Import-Broken([string]$Name) {
    $found = @()
    Import-Module (Join-Path $Broken "$Name/ExAuth/ExAuth.psd1") -ErrorAction SilentlyContinue -ErrorVariable found
    $found
}
function Try-Broken([string]$Name) {
    try { Import-Module (Join-Path $Broken "$Name/ExAuth/ExAuth.psd1") -ErrorAction Stop; $null }
    catch { $_ }
}

foreach ($case in @(
        @('missing', 'ExAuth.LibraryMissing', 'is missing'),
        @('text file', 'ExAuth.LibraryNotLoadable', 'is not a Windows DLL'),
        @('empty', 'ExAuth.LibraryNotLoadable', 'is not a Windows DLL'),
        @('x86', 'ExAuth.LibraryWrongArchitecture', '32-bit x86.*64-bit x64'),
        @('arm64', 'ExAuth.LibraryWrongArchitecture', 'ARM64'),
        @('abi2', 'ExAuth.LibraryWrongVersion', 'interface number 2.*needs 1'),
        @('short', 'ExAuth.LibraryWrongVersion', 'exauth_session_next'),
        @('other', 'ExAuth.LibraryWrongVersion', 'is not the ExAuth library'))) {
    $name, $id, $text = $case
    $problem = Try-Broken $name
    $whole = "$($problem.FullyQualifiedErrorId): $($problem.Exception.Message)"
    Check "a library that is '$name' is refused with the id $id" ($problem.FullyQualifiedErrorId -match "^$([regex]::Escape($id))(,|$)") $whole
    Check "the error for '$name' says what is wrong" ($problem.Exception.Message -match $text) $whole
    Check "the error for '$name' names the file" ($problem.Exception.Message -like '*exauth.dll*') $whole
    $found = @(Import-Broken $name 2>$null)
    Check "the error for '$name' is the only one" ($found.Count -eq 1) $found
    Check "no command is left behind after '$name'" ($null -eq (Get-Command Test-ExAuth -ErrorAction SilentlyContinue)) $null
}

$before = @([AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name })
Import-Module $Good -ErrorAction Stop
Check 'after all these failures the good module still loads in the same process' ($null -ne (Get-Command Test-ExAuth -ErrorAction SilentlyContinue)) $null
$new = @([AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name } | Where-Object { $before -notcontains $_ })
Check 'a module with its compiled part loads no compiler' (@($new -match 'CodeAnalysis').Count -eq 0) $new
Check 'the module works from a folder with blanks and Chinese characters in its name' ($Good -match ' ' -and $Good -match '[^\x00-\x7f]' -and @('x' | Test-ExAuth).Count -ge 0) $Good
$commands = (Get-Command -Module ExAuth | Sort-Object Name | ForEach-Object { $_.Name }) -join ' '
Check-Equal 'the module exports exactly its commands' $commands 'ConvertFrom-ExAuthTool Get-ExAuthDiagnosis Get-ExAuthEventFilter Get-ExAuthEvidence Get-ExAuthIssue Import-ExAuthRule Test-ExAuth'
Check 'each command has an approved verb' (@(Get-Command -Module ExAuth | Where-Object { (Get-Verb).Verb -notcontains $_.Verb }).Count -eq 0) $null
Check 'the module exports no variable and no alias' ((Get-Module ExAuth).ExportedVariables.Count -eq 0 -and (Get-Module ExAuth).ExportedAliases.Count -eq 0) $null
$found = @()
Import-Module $Good -ErrorVariable found
Import-Module $Good -Force -ErrorVariable +found
Check 'importing twice, and with -Force, is no error' ($found.Count -eq 0 -and @(Get-Command -Module ExAuth).Count -eq 7) "$found"
Remove-Module ExAuth
Check 'removing the module takes its commands away' ($null -eq (Get-Command Test-ExAuth -ErrorAction SilentlyContinue)) $null
Import-Module $Good -ErrorVariable +found
$copy = Join-Path ([IO.Path]::GetTempPath()) ('exauth copy ' + [guid]::NewGuid())
Copy-Item -LiteralPath (Split-Path $Good) -Destination $copy -Recurse
Import-Module (Join-Path $copy 'ExAuth.psd1') -ErrorVariable +found
Check 'a copy of the module from another folder is no error in the same process and works' ($found.Count -eq 0 -and @('x' | Test-ExAuth -ErrorVariable +found).Count -eq 1) $found
$manifest = Test-ModuleManifest $Good
Check 'the manifest asks for 5.1 and names both editions' ("$($manifest.PowerShellVersion)" -eq '5.1' -and ($manifest.CompatiblePSEditions -join ' ') -eq 'Desktop Core') $manifest

# A checkout: no compiled part. A new process, because this one has the types already.
$text = & (Join-Path $PSHOME 'pwsh.exe') -NoProfile -Command "`$VerbosePreference = 'Continue'; Import-Module '$Source'; (Get-Command -Module ExAuth).Count; 'x' | Test-ExAuth | Out-Null; 'done'" 2>&1 | Out-String
Check 'a checkout compiles its sources at import and says so' ($text -match 'compiling the sources' -and $text -match '(?m)^7' -and $text -match 'done') $text
Complete-Checks
