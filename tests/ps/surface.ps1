# What an administrator sees around the results: help, views, completion, and what 5.1 would say of the sources.
# Runs against the stand-in of echo.c.
param([string]$Module, [string]$Sources, [string]$Shared)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop

foreach ($command in Get-Command -Module ExAuth) {
    $help = Get-Help $command.Name -Full
    Check "$($command.Name) has a synopsis and a description" ($help.Synopsis.Length -gt 30 -and "$($help.Description.Text)".Length -gt 60) $help.Synopsis
    Check "$($command.Name) has examples with a remark" (@($help.examples.example | Where-Object { $_.code -and "$($_.remarks.Text)".Trim() }).Count -ge 2) $help.examples
    $described = @($help.parameters.parameter | Where-Object { "$($_.description.Text)".Trim() } | ForEach-Object { $_.name })
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters
    $missing = @($command.Parameters.Keys | Where-Object { $common -notcontains $_ -and $described -notcontains $_ })
    Check "$($command.Name) describes each of its parameters" ($missing.Count -eq 0) $missing
    Check "$($command.Name) says what it gives" (@($command.OutputType).Count -eq 1) $command.OutputType
}
Check 'about_ExAuth is found' ((Get-Help about_ExAuth | Out-String) -match 'Get-ExAuthDiagnosis') $null

$finding = 'x' | Test-ExAuth
Check 'findings are a table' (($finding | Out-String) -match '(?m)^Outcome +Severity +Subject +Id +Title') ($finding | Out-String)
Check-Equal 'a finding has typed properties' "$($finding.GetType()) $($finding.Causes.GetType()) $($finding.Captures.inner_code) $($finding.Evidence[0].Property) $($finding.Subject) $($finding.Computer)" 'ExAuth.Finding string[] 454 P n c'
$diagnosis = 'x' | Get-ExAuthDiagnosis
$shown = $diagnosis | Out-String
Check 'a diagnosis is a list with causes, evidence, fix, what is ruled out, and what next' ($shown -match 'confirmed: Clocks \(clock-skew\)' -and $shown -match 'Seven minutes apart' -and $shown -match 'Set the clock' -and $shown -match 'RuledOut +: spn-missing' -and $shown -match 'w32tm /query /status  \(on EX1\)') $shown
Check-Equal 'a diagnosis has typed properties' "$($diagnosis.GetType()) $($diagnosis.Count) $($diagnosis.FirstSeen.GetType()) $($diagnosis.FirstSeen.Kind) $($diagnosis.LastSeen) $($diagnosis.TopCause) $($diagnosis.Verdict) $($diagnosis.Causes[0].Fix[0].Undo)" 'ExAuth.Diagnosis 2 datetime Utc  clock-skew confirmed u'
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth diagnosis.xml'
$diagnosis | Export-Clixml -LiteralPath $path -Depth 4
$shown = Import-Clixml -LiteralPath $path | Out-String
Check 'a saved diagnosis shows the same way' ($shown -match 'confirmed: Clocks \(clock-skew\)' -and $shown -match 'Seven minutes apart') $shown
Check 'records are a list' (('Registered x' | ConvertFrom-ExAuthTool setspn | Out-String) -match 'ExAuth.SpnList') $null

$all = @(Get-ExAuthIssue)
Check-Equal 'the catalog lists issues and causes' ($all | ForEach-Object { "$($_.Kind):$($_.Id)" }) 'issue:smtp-one cause:clock-skew'
Check-Equal 'ids take wildcards and have no case' @(Get-ExAuthIssue SMTP-*).Id 'smtp-one'
Check-Equal '-Cause gives the cause and the issues that bear on it' @(Get-ExAuthIssue -Cause clock-*).Id 'smtp-one clock-skew'
Check-Equal 'an entry has its page' (Get-ExAuthIssue smtp-one).Page '# One'
$found = @()
$null = Get-ExAuthIssue nothing-like-it -ErrorVariable found -ErrorAction SilentlyContinue
Check 'an unknown id is one error with an id' ($found.Count -eq 1 -and $found[0].FullyQualifiedErrorId -like 'ExAuth.UnknownId*') $found
$null = Get-ExAuthIssue nothing-* -ErrorVariable found
Check 'a pattern without a match is no error' ($found.Count -eq 0) $found
function Complete([string]$Line) { ([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)).CompletionMatches.CompletionText -join ' ' }
Check-Equal 'Tab completes ids' (Complete 'Get-ExAuthIssue smt') 'smtp-one'
Check-Equal 'Tab completes causes' (Complete 'Get-ExAuthIssue -Cause ') 'clock-skew'
Check-Equal 'Tab completes tools' (Complete 'ConvertFrom-ExAuthTool sets') 'setspn'
Check 'the event filter is XML' ((Get-ExAuthEventFilter -After (Get-Date)) -is [xml]) $null

# What came in
foreach ($command in 'Test-ExAuth', 'Get-ExAuthDiagnosis') {
    $told = @('x' | & $command -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
    Check-Equal "$command -Verbose says kind by kind what came in" ($told -join ' | ') 'queue: 41 records; not given: A, B (in 3 of 41); cut off: LastError (in 2 of 41); not read: Velocity | reply: 1 record | 2 objects of no known kind: Contoso.Other (2)'
}
$found = @()
$null = 'refuse report' | Test-ExAuth -ErrorVariable found
Check 'without -Verbose no report is made' ($found.Count -eq 0) $found
try { $null = 'refuse report' | Test-ExAuth -Verbose 4>&1 } catch { $found = $_ }
Check 'with it one is' ("$($found.FullyQualifiedErrorId)" -like 'ExAuth.CallFailed*') $found
$found = & { $VerbosePreference = 'Continue'; 'x' | Test-ExAuth 4>&1 }
Check '$VerbosePreference is heeded' ("$found" -match 'queue: 41 records') $found
$found = & { $VerbosePreference = 'Continue'; 'x' | Test-ExAuth -Verbose:$false 4>&1 }
Check 'and -Verbose:$false goes before it' ("$found" -notmatch 'queue: 41') $found

# Suppressions and languages
function Get-Option { param([hashtable]$With = @{}) ('tell options' | Test-ExAuth @With -WarningAction SilentlyContinue).Message }
$thread = [Threading.Thread]::CurrentThread
$before = $thread.CurrentUICulture
# Windows' own are not there in a PowerShell that knows no culture, as under Wine.
Add-Type -TypeDefinition 'public class NamedCulture : System.Globalization.CultureInfo { public NamedCulture() : base("") { } public override string Name { get { return "pl-PL"; } } }'
$thread.CurrentUICulture = New-Object NamedCulture
Check-Equal 'the language is that of the session' (Get-Option) '{"stream_only":true,"include_clear":false,"culture":"pl-PL"}'
$thread.CurrentUICulture = [Globalization.CultureInfo]::InvariantCulture
Check-Equal 'without a culture there is none' (Get-Option) '{"stream_only":true,"include_clear":false}'
$thread.CurrentUICulture = $before
Check-Equal '-Culture names another' (Get-Option @{ Culture = 'zh-CN'; IncludeClear = $true }) '{"stream_only":true,"include_clear":true,"culture":"zh-CN"}'
$accepted = [ordered]@{ Issue = 'smtp-one'; Subject = 'EX1\12'; Reason = 'a "test"'; Owner = 'o'; Until = '2027-01-31' }
$wanted = '^\{"stream_only":true,"include_clear":false,"culture":"x","now":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","suppress":\[(\{"issue":"smtp-one","subject":"EX1\\\\12","reason":"a \\"test\\"","owner":"o","until":"2027-01-31"\},?){2}\]\}$'
$asJson = @($accepted, $accepted) | ConvertTo-Json | ConvertFrom-Json
foreach ($pair in @('hashtables', @(@{} + $accepted), 1), @('objects', @([pscustomobject]$accepted), 1), @('CSV', @(([pscustomobject]$accepted | ConvertTo-Csv | ConvertFrom-Csv)), 1), @('JSON', $asJson, 2)) {
    $given = if ($pair[2] -eq 1) { @($pair[1]) + @($pair[1]) } else { $pair[1] }
    Check "suppressions go to the library from $($pair[0]), with the time" ((Get-Option @{ Culture = 'x'; Suppression = $given }) -match $wanted) (Get-Option @{ Culture = 'x'; Suppression = $given })
}
$day = @{} + $accepted
foreach ($pair in @([datetime]'2027-01-31', '2027-01-31'), @([DateTime]::SpecifyKind([datetime]'2027-01-31', 'Utc'), '2027-01-31T00:00:00Z')) {
    $day.Until = $pair[0]
    Check "a time as the end is written as $($pair[1])" ((Get-Option @{ Suppression = $day }) -match "`"until`":`"$($pair[1])`"") (Get-Option @{ Suppression = $day })
}
foreach ($wrong in @{ Issue = 'smtp-one' }, 'x.csv', 5, ([pscustomobject]@{ A = 1 })) {
    $found = $null
    try { $null = 'x' | Test-ExAuth -Suppression $wrong } catch { $found = $_ }
    Check "a suppression that is '$wrong' ends the command with an error that names it" ($found.FullyQualifiedErrorId -like 'ExAuth.SuppressionInvalid*' -and "$found" -match '^Suppression 1 ') $found
}
$told = @('x' | Get-ExAuthDiagnosis -Suppression $accepted -Verbose 4>&1 3>&1 | ForEach-Object { "$($_.GetType().Name) $_" })
Check 'what was silenced is told in -Verbose, with who answers for it' ($told -contains "VerboseRecord 2 findings of smtp-one of 'EX1*' suppressed until 2027-01-31 (r; o).") $told
Check 'one that has expired is a warning where it would still be needed' (@($told -match '^WarningRecord') -join '' -eq "WarningRecord The suppression of smtp-one of 'EX2' ended with 2026-11-20 (r; o).") $told

# The sources
$checker = Join-Path $Shared 'powershell/check-5.1.ps1'
if (Test-Path -LiteralPath $checker) {
    $text = & (Join-Path $PSHOME 'pwsh.exe') -NoProfile -File $checker $Sources 2>&1 | Out-String
    Check 'check-5.1.ps1 finds nothing' ($text -match '(?m)^\d+ files, 0 findings') $text
}
else { "skipped: $checker is not there" }

# The checker compiles file by file and sees the files around PowerShell as empty; here all compile together.
Add-Type -TypeDefinition 'public class LoadsTheCompiler { }'
$parse = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::new([Microsoft.CodeAnalysis.CSharp.LanguageVersion]::CSharp5).WithPreprocessorSymbols([string[]]@('EXAUTH_POWERSHELL'))
$trees = [Microsoft.CodeAnalysis.SyntaxTree[]]@(Get-ChildItem -LiteralPath (Join-Path $Sources 'ExAuth/Interop') -Filter *.cs | ForEach-Object { [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText([IO.File]::ReadAllText($_.FullName), $parse, $_.Name) })
$references = [Microsoft.CodeAnalysis.MetadataReference[]]@(@(Get-ChildItem (Join-Path $PSHOME 'ref') -Filter *.dll) + @(Get-Item (Join-Path $PSHOME 'System.Management.Automation.dll')) | ForEach-Object { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($_.FullName) })
$output = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary)
$problems = @([Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create('all', $trees, $references, $output).GetDiagnostics() | Where-Object { "$($_.Severity)" -eq 'Error' })
Check "the $($trees.Count) C# files together are C# 5" ($problems.Count -eq 0) ($problems | Select-Object -First 5)
$bad = @(Get-ChildItem -LiteralPath $Sources -Recurse -File | Where-Object { $_.FullName -notmatch '[\\/]bin[\\/]' -and @([IO.File]::ReadAllBytes($_.FullName) | Where-Object { $_ -gt 127 }).Count })
Check 'every file of the module is ASCII' ($bad.Count -eq 0) $bad

# Build.ps1
$out = Join-Path ([IO.Path]::GetTempPath()) ('exauth dist ' + [guid]::NewGuid())
$built = & (Join-Path $PSHOME 'pwsh.exe') -NoProfile -File (Join-Path $Sources 'Build.ps1') -LibraryPath (Join-Path (Split-Path $Module) 'bin/win-x64/exauth.dll') -Destination $out 2>&1 | Out-String
$answer = & (Join-Path $PSHOME 'pwsh.exe') -NoProfile -Command "Import-Module '$out\ExAuth'; @('x' | Test-ExAuth).Count" 2>&1 | Out-String
Check 'Build.ps1 makes a folder that imports and works' ($answer.Trim() -eq '1' -and (Test-Path -LiteralPath "$out\ExAuth\bin\ExAuth.Interop.dll") -and -not (Test-Path -LiteralPath "$out\ExAuth\Interop")) "$built $answer"
Complete-Checks
