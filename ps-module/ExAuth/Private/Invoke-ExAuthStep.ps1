# Runs on each server: its commands of the plan, each in a shell of its own that is stopped when its time is up.
# The plan alternates names of servers and commands. Gives marked objects, one for a text, one for each object.
param([string[]]$Plan, [int]$TimeoutSec, [string]$Server)
if (-not $Server -and $PSSenderInfo) { $Server = ([uri]$PSSenderInfo.ConnectionString).Host }
$mine = @(for ($i = 0; $i -lt $Plan.Count; $i += 2) { if ($Plan[$i] -eq $Server) { $Plan[$i + 1] } })
if ($mine.Count -eq 0) {
    $mine = @(for ($i = 0; $i -lt $Plan.Count; $i += 2) { if (($Plan[$i] -split '\.')[0] -eq $env:COMPUTERNAME) { $Plan[$i + 1] } })
}
if ($mine.Count -eq 0) { New-Object psobject -Property @{ ExAuthCommand = 'Invoke-Command'; ExAuthFailure = "this computer is '$env:COMPUTERNAME' and none of those that were asked" } }
# The short list of what a shell begins with came with 3.0; modules load when they are needed.
$short = [System.Management.Automation.Runspaces.InitialSessionState].GetMethod('CreateDefault2')
foreach ($command in $mine) {
    $shell = if ($short) { [powershell]::Create($short.Invoke($null, $null)) } else { [powershell]::Create() }
    $null = $shell.AddScript($command)
    $output = @()
    $reason = $null
    $run = $null
    $lines = @()
    try {
        $run = $shell.BeginInvoke()
        # In short waits: Ctrl-C ends a script between two statements, and no call of .NET.
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not $run.AsyncWaitHandle.WaitOne(200) -and $watch.Elapsed.TotalSeconds -lt $TimeoutSec) { }
        if ($run.IsCompleted) {
            $output = @($shell.EndInvoke($run))
            # What a tool prints to standard error arrives as errors. A log without such events has answered.
            foreach ($problem in $shell.Streams.Error) {
                if ("$($problem.FullyQualifiedErrorId)" -eq 'CommandNotFoundException') { $reason = "'$($problem.TargetObject)' is not known there" }
                elseif ("$($problem.FullyQualifiedErrorId)" -notlike 'NoMatchingEventsFound*') { $lines += "$problem" }
            }
        }
        else { $reason = "no answer within $TimeoutSec s" }
    }
    catch { $reason = "$($_.Exception.GetBaseException().Message)" }
    finally { if ($run -and -not $run.IsCompleted) { $null = $shell.BeginStop($null, $null) } }
    $mark = @{ ExAuthCommand = $command; ExAuthTime = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ') }
    $objects = @($output | Where-Object { $null -ne $_ -and $_ -isnot [string] })
    $texts = @(@($output | Where-Object { $_ -is [string] }) + $lines)
    if ($null -ne $reason) { New-Object psobject -Property ($mark + @{ ExAuthFailure = $reason }) }
    elseif ($objects.Count -eq 0) {
        if ($output.Count -eq 0 -and $lines.Count -gt 0) { New-Object psobject -Property ($mark + @{ ExAuthFailure = $lines -join ' '; ExAuthText = $texts -join "`n" }) }
        else { New-Object psobject -Property ($mark + @{ ExAuthText = $texts -join "`n" }) }
    }
    foreach ($object in $objects) {
        foreach ($name in $mark.Keys) { Add-Member -InputObject $object -MemberType NoteProperty -Name $name -Value $mark[$name] -Force }
        $object
    }
    # One of several domain controllers, say, could not be asked.
    if ($objects.Count -gt 0 -and $lines.Count -gt 0) { New-Object psobject -Property ($mark + @{ ExAuthFailure = $lines -join ' '; ExAuthPart = $true }) }
}
