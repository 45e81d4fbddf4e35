# What to do where the compiled part could not be imported: use what the process has loaded before, compile the
# sources of a checkout, or say in one error what is wrong.
param([System.Management.Automation.ErrorRecord]$Problem)

$compiled = [IO.Path]::Combine((Split-Path $PSScriptRoot), 'bin', 'ExAuth.Interop.dll')
if ($Problem.Exception.GetBaseException().GetType().FullName -eq 'ExAuth.Interop.LibraryLoadException') {
    $failure = $Problem.Exception.GetBaseException()
    throw (New-Object System.Management.Automation.ErrorRecord $failure, "ExAuth.Library$($failure.Reason)", 'OpenError', $failure.LibraryPath)
}
$shared = 'ExAuth.Interop.Shared' -as [type]
if ($null -ne $shared) {
    # An assembly cannot be unloaded: a copy of the module from another folder uses the first one.
    Write-Verbose "ExAuth: using '$($shared.Assembly.Location)', which this process has loaded before."
}
elseif ([IO.File]::Exists($compiled)) {
    $text = "The file '$compiled' cannot be loaded: $($Problem.Exception.GetBaseException().Message) If the module was downloaded, run Unblock-File on its files."
    throw (New-Object System.Management.Automation.ErrorRecord (New-Object System.IO.FileLoadException $text, $compiled), 'ExAuth.LibraryBlocked', 'OpenError', $compiled)
}
else {
    Write-Verbose "ExAuth: '$compiled' is not there; compiling the sources in Interop. Build.ps1 makes a module that starts faster."
    . (Join-Path $PSScriptRoot 'Add-ExAuthInterop.ps1')
    Add-ExAuthInterop -Folder (Join-Path (Split-Path $PSScriptRoot) 'Interop')
    $shared = 'ExAuth.Interop.Shared' -as [type]
}
# By path where there is one: -Assembly gives no cmdlets when the module is imported a second time with -Force.
if ($shared.Assembly.Location) { Import-Module -Name $shared.Assembly.Location } else { Import-Module -Assembly $shared.Assembly }
