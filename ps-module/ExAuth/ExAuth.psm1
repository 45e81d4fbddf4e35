# Loads the compiled part and the native library, once for the process, then the functions beside them.
# A package has the compiled part in bin; a source checkout compiles it at import and says so in -Verbose.
# What is wrong with a file is one error that names it; nothing half-loaded stays behind.

. (Join-Path $PSScriptRoot 'Private\Import-ExAuthInterop.ps1')
Import-Module -Assembly (Import-ExAuthInterop -ModuleFolder $PSScriptRoot)

. (Join-Path $PSScriptRoot 'Public\ConvertFrom-ExAuthTool.ps1')
. (Join-Path $PSScriptRoot 'Public\Get-ExAuthIssue.ps1')

Export-ModuleMember -Function 'ConvertFrom-ExAuthTool', 'Get-ExAuthIssue' -Cmdlet 'Test-ExAuth', 'Get-ExAuthDiagnosis'
