# Loads the compiled part and the native library, once for the process, then the functions beside them.
# A package has the compiled part in bin; a source checkout compiles it at import and says so in -Verbose.
# What is wrong with a file is one error that names it; nothing half-loaded stays behind.

. (Join-Path $PSScriptRoot 'Private\Import-ExAuthInterop.ps1')
$interop = Import-ExAuthInterop -ModuleFolder $PSScriptRoot
# By path where there is one: -Assembly gives no cmdlets when the module is imported a second time with -Force.
if ($interop.Location) { Import-Module -Name $interop.Location } else { Import-Module -Assembly $interop }

. (Join-Path $PSScriptRoot 'Public\Get-ExAuthEventFilter.ps1')
. (Join-Path $PSScriptRoot 'Public\Get-ExAuthIssue.ps1')

Export-ModuleMember -Function 'Get-ExAuthEventFilter', 'Get-ExAuthIssue' -Cmdlet 'Test-ExAuth', 'Get-ExAuthDiagnosis', 'ConvertFrom-ExAuthTool'
