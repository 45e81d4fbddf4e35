function Import-ExAuthInterop {
    <#
    .SYNOPSIS
        Loads ExAuth.Interop.dll (or compiles its sources) and the native library.
    .DESCRIPTION
        A process keeps the first of each, because neither can be unloaded: importing the module again, or a copy of it
        from another folder, uses what is there. Gives the assembly, whose cmdlets the module then imports.
    .PARAMETER ModuleFolder
        The module's own folder.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$ModuleFolder)

    $compiled = Join-Path $ModuleFolder 'bin\ExAuth.Interop.dll'
    if ($null -ne ('ExAuth.Interop.Shared' -as [type])) {
        Write-Verbose 'ExAuth: this process has loaded the compiled part before and keeps it.'
    }
    elseif (Test-Path -LiteralPath $compiled) {
        try { [void][System.Reflection.Assembly]::LoadFrom($compiled) }
        catch {
            $problem = "The file '$compiled' cannot be loaded: $($_.Exception.GetBaseException().Message) If the module was downloaded, run Unblock-File on its files."
            throw (New-Object System.Management.Automation.ErrorRecord (New-Object System.IO.FileLoadException $problem, $compiled),
                'ExAuth.LibraryBlocked', 'OpenError', $compiled)
        }
    }
    else {
        Write-Verbose "ExAuth: '$compiled' is not there; compiling the sources in Interop. Build.ps1 makes a module that starts faster."
        # Warnings are no reason not to run: one is about the number of the framework that PowerShell itself was built on.
        Add-Type -TypeDefinition (Get-ExAuthInteropSource -Folder (Join-Path $ModuleFolder 'Interop')) -IgnoreWarnings -WarningAction SilentlyContinue -ErrorAction Stop
    }
    $assembly = ('ExAuth.Interop.Shared' -as [type]).Assembly
    if ($assembly.Location -and $assembly.Location -ne $compiled) { Write-Verbose "ExAuth: using '$($assembly.Location)'." }

    $library = Join-Path $ModuleFolder 'bin\win-x64\exauth.dll'
    if ([Environment]::OSVersion.Platform -ne 'Win32NT') { $library = Join-Path $ModuleFolder 'bin/linux-x64/libexauth.so' }
    try { [ExAuth.Interop.Shared]::Load($library) }
    catch {
        $failure = $_.Exception.GetBaseException()
        $reason = 'NotLoadable'
        if ($failure -is [ExAuth.Interop.LibraryLoadException]) { $reason = $failure.Reason }
        throw (New-Object System.Management.Automation.ErrorRecord $failure, "ExAuth.Library$reason", 'OpenError', $library)
    }
    $assembly
}

function Get-ExAuthInteropSource {
    <#
    .SYNOPSIS
        Gives the C# sources as one text for Add-Type.
    .DESCRIPTION
        The sources keep their using lines inside the namespaces, so that they can stand in one text behind the define.
    .PARAMETER Folder
        The folder with the sources.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Folder)

    $text = New-Object System.Text.StringBuilder '#define EXAUTH_POWERSHELL'
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter '*.cs') {
        [void]$text.AppendLine().Append([System.IO.File]::ReadAllText($file.FullName))
    }
    $text.ToString()
}
