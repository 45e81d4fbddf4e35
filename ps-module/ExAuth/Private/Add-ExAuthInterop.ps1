function Add-ExAuthInterop {
    <#
    .SYNOPSIS
        Compiles the C# sources, into this process or into a file.
    .DESCRIPTION
        The sources keep their using lines inside the namespaces, so that they can stand in one text behind the define.
    .PARAMETER Folder
        The folder with the sources.
    .PARAMETER OutputAssembly
        The file to make; without it the types are loaded.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$Folder,
        [string]$OutputAssembly
    )
    $text = New-Object System.Text.StringBuilder '#define EXAUTH_POWERSHELL'
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter '*.cs') {
        [void]$text.AppendLine().Append([System.IO.File]::ReadAllText($file.FullName))
    }
    # Warnings are no reason not to run: one is about the number of the framework that PowerShell itself was built on.
    $options = @{ TypeDefinition = $text.ToString(); IgnoreWarnings = $true; WarningAction = 'SilentlyContinue'; ErrorAction = 'Stop' }
    if ($OutputAssembly) {
        $options.OutputAssembly = $OutputAssembly
        $options.OutputType = 'Library'
    }
    # 5.1 adds these to its own list; in 7 the parameter would replace the list, which has them.
    if ($PSVersionTable.PSEdition -ne 'Core') { $options.ReferencedAssemblies = 'System.Core', 'System.Xml' }
    Add-Type @options
}
