# Has the servers of a plan run their commands side by side. Gives what they gave, and for each server that could not be
# asked one marked object with the reason.
param([string[]]$Plan, [string[]]$Server, [int]$TimeoutSec, [int]$ThrottleLimit, [pscredential]$Credential, [scriptblock]$Step)
$with = @{
    ComputerName  = $Server
    ScriptBlock   = $Step
    ArgumentList  = $Plan, $TimeoutSec
    ThrottleLimit = $ThrottleLimit
    SessionOption = New-PSSessionOption -OpenTimeout ($TimeoutSec * 1000) -CancelTimeout 5000
    ErrorAction   = 'SilentlyContinue'
    ErrorVariable = 'problems'
}
if ($Credential) { $with.Credential = $Credential }
$problems = @()
$answered = @{}
$asked = @{}
Invoke-Command @with | ForEach-Object {
    $name = "$($_.PSComputerName)"
    $answered[$name] = $true
    if (-not $asked["$name $($_.ExAuthCommand)"]) {
        $asked["$name $($_.ExAuthCommand)"] = $true
        $percent = [Math]::Min(100, [int](200 * $asked.Count / $Plan.Count))
        Write-Progress -Id 1 -Activity 'Get-ExAuthEvidence' -Status "$($asked.Count) of $($Plan.Count / 2) commands, $($answered.Count) of $($Server.Count) servers; last: $name" -PercentComplete $percent
    }
    $_
}
Write-Progress -Id 1 -Activity 'Get-ExAuthEvidence' -Completed
foreach ($name in $Server) {
    $own = @($problems | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] -and ("$($_.TargetObject)" -eq $name -or "$($_.OriginInfo.PSComputerName)" -eq $name) })
    if ($answered[$name]) {
        # It answered, and then not any more.
        if ($own.Count -gt 0) { New-Object psobject -Property @{ PSComputerName = $name; ExAuthCommand = 'Invoke-Command'; ExAuthFailure = "$($own[0])" } }
        continue
    }
    $reason = if ($own.Count -gt 0) { "$($own[0])" } else { 'no answer' }
    New-Object psobject -Property @{ ExAuthServer = $name; ExAuthFailure = $reason }
}
