# Imports the compiled part, which loads the native library as it is imported. Kept this short because compiling a
# longer script shows in the time of an import; what is rare is in Private.
# The folder is told this way because an assembly that the process has from another copy of the module knows only that one.
[AppDomain]::CurrentDomain.SetData('ExAuth.ModuleFolder', $PSScriptRoot)
try { Import-Module -Name "$PSScriptRoot/bin/ExAuth.Interop.dll" -ErrorAction Stop }
catch { . "$PSScriptRoot/Private/Import-ExAuthFallback.ps1" $_ }
