function ConvertFrom-ExAuthTool {
    <#
    .SYNOPSIS
        Turns the text of setspn, w32tm, repadmin and other tools into records for ExAuth.
    .DESCRIPTION
        Reads what a tool printed, in any language of Windows, and gives one ExAuth.Record for each observation in it.
        Records go to Test-ExAuth and Get-ExAuthDiagnosis, or into a file with Export-Clixml for later.
        It runs no tool itself. Text in which nothing is recognised gives no record and says so in -Verbose.
    .PARAMETER Tool
        The tool's name (setspn, w32tm, repadmin, nltest, klist, netdom, portqry, reg, dcdiag ...) or the whole command
        that was run, such as 'setspn -L EX2'. The whole command is better: some outputs do not repeat what was asked for.
    .PARAMETER InputObject
        The lines that the tool printed.
    .PARAMETER Path
        Files with a tool's output; wildcards are allowed. UTF-16, UTF-8 and the console's code page are recognised.
    .PARAMETER Computer
        The computer on which the tool ran. Lines that come through Invoke-Command know it by themselves.
    .EXAMPLE
        setspn -L EX2 | ConvertFrom-ExAuthTool 'setspn -L EX2' | Test-ExAuth

        Checks the service principal names that are registered for EX2.
    .EXAMPLE
        ConvertFrom-ExAuthTool 'w32tm /stripchart /computer:EX2 /samples:3 /dataonly' -Path .\clock.txt -Computer EX1

        Reads a saved measurement of the clock of EX2 that was taken on EX1.
    .EXAMPLE
        Invoke-Command EX1, EX2 { repadmin /showrepl * /csv } | ConvertFrom-ExAuthTool 'repadmin /showrepl * /csv' | Get-ExAuthDiagnosis

        Takes the output of two servers apart by the computer each line came from.
    .INPUTS
        System.String
    .OUTPUTS
        ExAuth.Record
    .LINK
        Test-ExAuth
    .LINK
        Get-ExAuthDiagnosis
    #>
    [CmdletBinding(DefaultParameterSetName = 'Text')]
    [OutputType('ExAuth.Record')]
    param(
        [Parameter(Position = 0)]
        [ValidateNotNull()]
        [string]$Tool = '',

        [Parameter(ValueFromPipeline = $true, ParameterSetName = 'Text')]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [object[]]$InputObject,

        [Parameter(Mandatory = $true, ParameterSetName = 'Path')]
        [ValidateNotNullOrEmpty()]
        [string[]]$Path,

        [string]$Computer
    )
    begin {
        # One text for each computer, in the order in which they appear.
        $texts = New-Object System.Collections.Specialized.OrderedDictionary ([StringComparer]::OrdinalIgnoreCase)
    }
    process {
        foreach ($line in $InputObject) {
            if ($null -eq $line) { continue }
            $source = $Computer
            $property = $line.PSObject.Properties['PSComputerName']
            if (-not $source -and $null -ne $property) { $source = [string]$property.Value }
            if (-not $texts.Contains($source)) { $texts.Add($source, (New-Object System.Text.StringBuilder)) }
            [void]$texts[[object]$source].Append($line.ToString()).Append("`n")
        }
    }
    end {
        $inputs = New-Object System.Collections.Generic.List[object]
        foreach ($entry in $texts.GetEnumerator()) {
            $inputs.Add(@{ Computer = $entry.Key; Text = $entry.Value.ToString(); Target = $Tool })
        }
        foreach ($item in $Path) {
            $files = @()
            try { $provider = $null; $files = $PSCmdlet.GetResolvedProviderPathFromPSPath($item, [ref]$provider) }
            catch { $PSCmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord $_.Exception, 'ExAuth.PathNotFound', 'ObjectNotFound', $item)) }
            foreach ($file in $files) {
                try { $inputs.Add(@{ Computer = $Computer; Text = [ExAuth.Interop.Shared]::ReadText($file); Target = $file }) }
                catch {
                    $PSCmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord $_.Exception.GetBaseException(),
                        'ExAuth.FileNotReadable', 'ReadError', $file))
                }
            }
        }
        foreach ($text in $inputs) {
            $answer = $null
            try { $answer = [ExAuth.Interop.Shared]::Catalog.ParseTool($Tool, $text.Text) }
            catch {
                $PSCmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord $_.Exception.GetBaseException(),
                    'ExAuth.CallFailed', 'InvalidData', $text.Target))
                continue
            }
            $records = [ExAuth.Record]::ReadAll($answer, $text.Computer)
            if ($records.Count -eq 0) { Write-Verbose "Nothing was recognised in the text of '$($text.Target)'." }
            $records
        }
    }
}
