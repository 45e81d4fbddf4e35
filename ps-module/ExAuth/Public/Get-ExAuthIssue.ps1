function Get-ExAuthIssue {
    <#
    .SYNOPSIS
        Shows what ExAuth knows: every issue that it recognises and every cause, each with its page.
    .DESCRIPTION
        The catalog is part of the library; nothing is looked up elsewhere. Without parameters it lists all entries.
    .PARAMETER Id
        Ids of issues or causes; wildcards are allowed. Tab completes them.
    .PARAMETER Cause
        Ids of causes; wildcards are allowed. Shows these causes and the issues that bear on them.
    .EXAMPLE
        Get-ExAuthIssue

        Lists all issues and causes.
    .EXAMPLE
        (Get-ExAuthIssue clock-skew).Page

        Shows the page of one cause: what confirms it, how to mend it, and how to take that back.
    .EXAMPLE
        Get-ExAuthIssue -Cause internal-url-*

        Shows the causes around InternalUrl and the issues that point to them.
    .OUTPUTS
        ExAuth.Issue
    .LINK
        Test-ExAuth
    #>
    [CmdletBinding(DefaultParameterSetName = 'Id')]
    [OutputType('ExAuth.Issue')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Id')]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({
            param($commandName, $parameterName, $wordToComplete)
            foreach ($entry in [ExAuth.Interop.Shared]::Issues()) {
                if ($entry.Id -like "$wordToComplete*") {
                    New-Object System.Management.Automation.CompletionResult $entry.Id, $entry.Id, 'ParameterValue', $entry.Title
                }
            }
        })]
        [string[]]$Id = '*',

        [Parameter(Mandatory = $true, ParameterSetName = 'Cause')]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({
            param($commandName, $parameterName, $wordToComplete)
            foreach ($entry in [ExAuth.Interop.Shared]::Issues()) {
                if ($entry.Kind -eq 'cause' -and $entry.Id -like "$wordToComplete*") {
                    New-Object System.Management.Automation.CompletionResult $entry.Id, $entry.Id, 'ParameterValue', $entry.Title
                }
            }
        })]
        [string[]]$Cause
    )
    end {
        $byCause = $PSCmdlet.ParameterSetName -eq 'Cause'
        $patterns = $Id
        if ($byCause) { $patterns = $Cause }
        $entries = [ExAuth.Interop.Shared]::Issues()
        foreach ($pattern in $patterns) {
            $found = $false
            foreach ($entry in $entries) {
                $fits = $entry.Id -like $pattern
                if ($byCause) { $fits = ($fits -and $entry.Kind -eq 'cause') -or @($entry.Causes -like $pattern).Count -gt 0 }
                if ($fits) {
                    $found = $true
                    $entry
                }
            }
            if (-not $found -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($pattern)) {
                $problem = New-Object System.ArgumentException "The catalog has no entry '$pattern'; Get-ExAuthIssue lists all."
                $PSCmdlet.WriteError((New-Object System.Management.Automation.ErrorRecord $problem, 'ExAuth.UnknownId', 'ObjectNotFound', $pattern))
            }
        }
    }
}
