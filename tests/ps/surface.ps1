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
