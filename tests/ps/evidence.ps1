# Get-ExAuthEvidence with the real library: what it runs and where, what it refuses, and that its records answer a diagnosis.
# Servers are stand-ins: Invoke-Command here runs the block once a name, and the tools are functions.
param([string]$Module, [string]$Sources)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop

# The shell under Wine finds no program on the path; functions of a module on its own path are as good.
$folder = Join-Path ([IO.Path]::GetTempPath()) ('exauth tools ' + [guid]::NewGuid())
$null = [IO.Directory]::CreateDirectory("$folder\StandIn")
$env:PSModulePath = "$folder;$env:PSModulePath"
[IO.File]::WriteAllText("$folder\StandIn\StandIn.psd1", "@{ RootModule = 'StandIn.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'setspn', 'w32tm', 'klist', 'reg', 'nltest', 'nslookup', 'Get-WinEvent', 'Get-DnsClientServerAddress' }")
[IO.File]::WriteAllText("$folder\StandIn\StandIn.psm1", @'
function w32tm {
    if ("$args" -match 'stripchart') { 'Tracking ex2.contoso.com [192.0.2.2:123].'; 'Collecting 3 samples.'; 'The current time is 11/20/2026 9:14:00 AM.'; '09:14:00, +420.0123456s'; '09:14:02, +420.0123456s'; '09:14:04, +420.0123456s' }
    else { 'unexpected' }
}
function setspn {
    if ("$args" -match '-Q') { 'Checking forest DC=contoso,DC=com'; 'CN=EX2,CN=Computers,DC=contoso,DC=com'; "`tSMTP/EX2"; "`tSMTP/ex2.contoso.com"; "`tSMTPSVC/EX2"; "`tSMTPSVC/ex2.contoso.com"; "`tHOST/EX2"; "`tHOST/ex2.contoso.com"; ''; 'Existing SPN found!'; return }
    'Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:'; "`tSMTP/EX2"; "`tSMTP/ex2.contoso.com"; "`tSMTPSVC/EX2"; "`tSMTPSVC/ex2.contoso.com"; "`tHOST/EX2"; "`tHOST/ex2.contoso.com"
}
function klist { Start-Sleep -Seconds 60; 'too late' }
function reg { Write-Error 'ERROR: The system was unable to find the specified registry key or value.' }
function nltest { if ("$args" -match 'fabrikam') { Write-Error 'I_NetLogonControl failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN' } }
function nslookup { Write-Error "*** UnKnown can't find $($args): Non-existent domain" }
function Get-WinEvent { Write-Error -Message 'No events were found that match the specified selection criteria.' -ErrorId NoMatchingEventsFound }
function Get-DnsClientServerAddress {
    foreach ($alias in 'Ethernet', 'Backup') {
        $o = New-Object psobject -Property @{ InterfaceAlias = $alias; InterfaceIndex = 12; AddressFamily = [uint16]2; ServerAddresses = [string[]]@('192.0.2.10', '8.8.8.8') }
        $o.PSObject.TypeNames.Insert(0, 'Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_DNSClientServerAddress')
        $o
    }
    if ("$args" -match 'IPv6') { Write-Error 'The third adapter could not be read.' }
}
'@)

$global:calls = New-Object System.Collections.ArrayList
function global:Invoke-Command {
    [CmdletBinding()]
    param([string[]]$ComputerName, [scriptblock]$ScriptBlock, [object[]]$ArgumentList, [int]$ThrottleLimit, $SessionOption, [pscredential]$Credential)
    [void]$global:calls.Add(@{ Computers = $ComputerName; Throttle = $ThrottleLimit; Open = $SessionOption.OpenTimeout; User = $(if ($Credential) { $Credential.UserName }) })
    foreach ($name in $ComputerName) {
        if ($name -match 'DOWN') { Write-Error -Message "[$name] WinRM cannot complete the operation." -TargetObject $name -ErrorId 'NetworkPathNotFound,PSSessionStateBroken'; continue }
        $PSSenderInfo = New-Object psobject -Property @{ ConnectionString = "http://${name}:5985/wsman?PSVersion=5.1" }
        if ($name -match 'HALF') { Write-Error -Message "[$name] The session was broken." -TargetObject $name }
        if ($name -match 'ALIAS') { $PSSenderInfo.ConnectionString = 'http://other:5985/wsman' }
        foreach ($item in & $ScriptBlock @ArgumentList) {
            Add-Member -InputObject $item -MemberType NoteProperty -Name PSComputerName -Value $name -Force
            # Through the serializer, as from another computer.
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($item, 3))
        }
    }
}
function New-Diagnosis { param([string[]]$Steps) New-Object psobject -Property @{ Problem = 'p'; Next = @($Steps | ForEach-Object { $run, $command = $_ -split ': ', 2; New-Object psobject -Property @{ RunOn = $run; Command = $command } }) } }

# A whole round
$queue = New-Object psobject -Property @{ Identity = 'EX1\12'; DeliveryType = 'SmtpRelayToServers'; NextHopDomain = 'ex2.contoso.com'; Status = 'Retry'; MessageCount = 41; LastError = '454 4.7.0 Temporary authentication failure' }
$queue.PSObject.TypeNames.Insert(0, 'Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo')
$diagnosis = @($queue | Get-ExAuthDiagnosis)
$asked = @($diagnosis.Next | Where-Object { $_.Command -match '^(w32tm /stripchart|setspn -L)' })
$records = @($diagnosis | Get-ExAuthEvidence -TimeoutSec 2 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue)
Check 'the commands of a diagnosis become records with command, computer and time' ($asked.Count -gt 0 -and @($records | Where-Object { $_ -is [ExAuth.Record] -and $_.From -match '^w32tm /stripchart' -and $_.Computer -eq 'EX1' -and $_.Collected -match 'Z$' -and $_.Text -match '420' }).Count -eq 1) $records
$again = @(@($queue) + $records | Get-ExAuthDiagnosis)
Check 'which answer it: the clock is confirmed' ($diagnosis[0].Verdict -ne 'confirmed' -and $again[0].TopCause -eq 'clock-skew' -and $again[0].Verdict -eq 'confirmed') $again
Check-Equal 'all commands of a server are one call' $global:calls.Count 1

# Many servers, some of which do not answer
$global:calls.Clear()
$found = @()
$given = New-Diagnosis @('EX1: setspn -L EX2', 'EX1: klist -li 0x3e7', 'EX2: setspn -L EX1', 'DOWN3: setspn -L EX2', 'EX4.contoso.com: setspn -L EX2', 'EX5: reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa', 'EX6: nltest /domain_trusts', 'ex1: setspn -L EX2')
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$records = @($given | Get-ExAuthEvidence -TimeoutSec 1 -ThrottleLimit 7 -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'one call asks them all, with the limits' ($global:calls.Count -eq 1 -and $global:calls[0].Computers.Count -eq 6 -and $global:calls[0].Throttle -eq 7 -and $global:calls[0].Open.TotalSeconds -eq 1) $global:calls[0]
Check 'each gives its own answers, the same command for the same server once' ((@($records | Where-Object { $_.From -match '^setspn' } | ForEach-Object { "$($_.Computer) $($_.From)" }) -join '; ') -eq 'EX1 setspn -L EX2; EX2 setspn -L EX1; EX4.contoso.com setspn -L EX2') $records
Check "a command that hangs is stopped and told ($($watch.Elapsed.TotalSeconds) s)" ($watch.Elapsed.TotalSeconds -lt 20 -and @($found | Where-Object { "$_" -match "On EX1, 'klist -li 0x3e7' gave nothing: no answer within 1 s" }).Count -eq 1) $found
$down = @($records | Where-Object { $_.Type -contains 'ExAuth.NotReached' })
Check 'a server that does not answer is a record' ($down.Count -eq 1 -and $down[0].Properties.Server -eq 'DOWN3' -and $down[0].Properties.Reason -match 'WinRM cannot') $down
Check 'and an error with its name' (@($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.ServerNotReached,*' -and $_.TargetObject -eq 'DOWN3' }).Count -eq 1) $found
Check 'it is no finding' (@($down | Test-ExAuth).Count -eq 0 -and @($down | Get-ExAuthDiagnosis).Count -eq 0) ($down | Get-ExAuthDiagnosis)
Check 'a command that fails is an error with server and reason' (@($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.EvidenceCommandFailed,*' -and "$_" -match 'On EX5, .*unable to find' }).Count -eq 1) $found
Check 'a server whose commands print nothing has answered' (@($records | Where-Object { $_.Computer -eq 'EX6' }).Count -eq 0 -and @($found | Where-Object { "$_" -match 'EX6' }).Count -eq 0) $found
$records = @(New-Diagnosis 'EX1: Get-DnsClientServerAddress -AddressFamily IPv4' | Get-ExAuthEvidence)
Check 'objects become records of their kind, one each' ($records.Count -eq 2 -and $records[0].Type[0] -match 'MSFT_DNSClientServerAddress' -and $records[0].Computer -eq 'EX1' -and ($records[0].Properties.ServerAddresses -join ' ') -eq '192.0.2.10 8.8.8.8' -and $records[1].Properties.InterfaceAlias -eq 'Backup') ($records | Format-List *, @{ n = 'P'; e = { $_.Properties | Out-String } })
$records = @(New-Diagnosis @('HALF1: setspn -L EX2', 'ALIAS1: setspn -L EX2') | Get-ExAuthEvidence -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'what goes wrong behind the connection is told, and what came before is kept' ($records.Count -eq 1 -and $records[0].Computer -eq 'HALF1' -and @($found | Where-Object { "$_" -match 'On HALF1, .*session was broken' }).Count -eq 1 -and @($found | Where-Object { "$_" -match 'On ALIAS1, .*none of those' }).Count -eq 1) $found
$records = @($given | Get-ExAuthEvidence EX4, ex2.contoso.com -TimeoutSec 5)
Check-Equal '-ComputerName chooses servers' (@($records.Computer) -join ' ') 'EX2 EX4.contoso.com'
$credential = New-Object pscredential 'CONTOSO\admin', (ConvertTo-SecureString 'x' -AsPlainText -Force)
$global:calls.Clear()
$null = $given | Get-ExAuthEvidence EX2 -Credential $credential
Check-Equal '-Credential goes with it' $global:calls[0].User 'CONTOSO\admin'

# What is no failure, and what is half of one
$whole = { param($Steps) $script:found = @(); $script:verbose = @(); $script:records = @(New-Diagnosis $Steps | Get-ExAuthEvidence -Verbose -ErrorVariable script:found -ErrorAction SilentlyContinue 4>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.VerboseRecord]) { $script:verbose += "$_" } else { $_ } }) }
. $whole @('EX1: nslookup EX2', 'EX1: nltest /sc_query:fabrikam.com')
Check 'a tool that says its answer to standard error has answered' ($records.Count -eq 2 -and $found.Count -eq 0 -and $records[0].Text -match 'Non-existent' -and $records[0].From -eq 'nslookup EX2') @($records, $found)
. $whole 'EX1: Get-WinEvent -LogName System -FilterXPath "*[System[EventID=5719]]"'
Check 'a log that holds none of the events is no error' ($records.Count -eq 0 -and $found.Count -eq 0) $found
. $whole 'EX1: Get-DnsClientServerAddress -AddressFamily IPv6'
Check 'of a command that failed for one object the others are kept, and it is told' ($records.Count -eq 2 -and "$found" -match "On EX1, .* gave only a part: The third adapter") @($records, $found)
. $whole 'EX1: repadmin /showrepl * /csv'
Check 'a tool that is not installed there is told in a few words' ($records.Count -eq 0 -and "$found" -eq "On EX1, 'repadmin /showrepl * /csv' gave nothing: 'repadmin' is not known there") $found
$null = $given | Get-ExAuthEvidence EX9, EX1 -TimeoutSec 1 -WarningVariable warned -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
Check 'a name that no diagnosis asks for is told' (@($warned).Count -eq 1 -and "$warned" -eq "No diagnosis asks for anything on 'EX9'.") $warned
$two = New-Diagnosis @('EX1.contoso.com: setspn -L EX2', 'EX1.fabrikam.com: setspn -L EX2', '192.0.2.1: setspn -L EX2', '192.0.2.2: setspn -L EX2')
Check-Equal 'a name with its domain means that server alone' (@($two | Get-ExAuthEvidence EX1.contoso.com, 192.0.2.2).Computer -join ' ') 'EX1.contoso.com 192.0.2.2'
Check-Equal 'a short name means each of them' (@($two | Get-ExAuthEvidence ex1).Computer -join ' ') 'EX1.contoso.com EX1.fabrikam.com'
$null = New-Diagnosis @('<the sending server>: setspn -L EX2', '<the sending server>: nltest /domain_trusts', 'EX1: nltest /sc_query:<domain>') | Get-ExAuthEvidence -WarningVariable warned -WarningAction SilentlyContinue
Check 'what lacks a name is told once a name' (@($warned).Count -eq 2 -and "$($warned[0])" -match "<the sending server>.*setspn -L EX2; nltest /domain_trusts" -and "$($warned[1])" -match "<domain>") $warned

# Fifty servers, one in ten of which is down
$global:calls.Clear()
$fifty = New-Diagnosis @(1..50 | ForEach-Object { $name = if ($_ % 10 -eq 0) { "DOWN$_" } else { "EX$_" }; "${name}: setspn -L EX2"; "${name}: w32tm /stripchart /computer:EX2 /samples:3 /dataonly" })
$records = @($fifty | Get-ExAuthEvidence -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'fifty servers are one call; each that answers gives its records, each other one error and one record' ($global:calls.Count -eq 1 -and @($records | Where-Object { $_.Text }).Count -eq 90 -and @($records | Where-Object { $_.Type -contains 'ExAuth.NotReached' }).Count -eq 5 -and @($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.ServerNotReached,*' }).Count -eq 5) @($records.Count, $found)
$before = @($queue | Get-ExAuthDiagnosis)[0]
$lost = New-Diagnosis 'DOWN1: setspn -L EX2' | Get-ExAuthEvidence -ErrorAction SilentlyContinue
$after = @(@($queue) + @($lost) | Get-ExAuthDiagnosis)
Check 'a server that gave no answer changes no verdict: what it would have said is still missing and asked for' ($lost.Count -eq 1 -and $after.Count -eq 1 -and (($before.Causes | ForEach-Object { "$_ $($_.Missing)" }) -join ';') -eq (($after[0].Causes | ForEach-Object { "$_ $($_.Missing)" }) -join ';') -and ($before.Next -join ';') -eq ($after[0].Next -join ';')) $after

# Ctrl-C: the pipeline is stopped while this computer's own command hangs
$other = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
$null = $other.AddScript({ param($Module, $Path, $Name) $env:PSModulePath = $Path; Import-Module $Module; New-Object psobject -Property @{ Next = @(New-Object psobject -Property @{ RunOn = $Name; Command = 'klist -li 0x3e7' }) } | Get-ExAuthEvidence -TimeoutSec 50 }).AddArgument($Module).AddArgument($env:PSModulePath).AddArgument([Environment]::MachineName)
$run = $other.BeginInvoke()
Start-Sleep -Seconds 4
$waits = -not $run.IsCompleted
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$other.Stop()
Check "Ctrl-C ends it at once ($($watch.ElapsedMilliseconds) ms)" ($waits -and $watch.ElapsedMilliseconds -lt 3000) "waited: $waits; $($other.InvocationStateInfo.Reason) $($other.Streams.Error) $($other.Streams.Warning)"

# In this session
function global:Get-SendConnector { $o = New-Object psobject -Property @{ Name = 'Out'; Identity = 'Out'; SmartHostAuthMechanism = 'None'; SourceTransportServers = 'EX1' }; $o.PSObject.TypeNames.Insert(0, 'Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig'); $o }
$global:calls.Clear()
$records = @(New-Diagnosis @('EX1: Get-SendConnector', 'EX2: Get-SendConnector') | Get-ExAuthEvidence)
Check 'cmdlets of Exchange run once in this session, and give records of their kind' ($global:calls.Count -eq 0 -and $records.Count -eq 1 -and $records[0].Type[0] -match 'SmtpSendConnectorConfig' -and $records[0].From -eq 'Get-SendConnector' -and $records[0].Properties.Name -eq 'Out') $records
function global:Get-AuthConfig { Write-Error 'EX2 could not be read.'; Write-Error -Message 'No events were found.' -ErrorId NoMatchingEventsFound }
$null = New-Diagnosis 'EX1: Get-AuthConfig' | Get-ExAuthEvidence -ErrorVariable found -ErrorAction SilentlyContinue
Check 'what a cmdlet reports on the way is told, but not that a log has no such events' (@($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.EvidenceCommandFailed*' }).Count -eq 1 -and "$found" -match "In this session, 'Get-AuthConfig' failed: EX2 could not be read") $found
Remove-Item Function:\Get-AuthConfig
$records = @(New-Diagnosis 'EX1: Get-SendConnector | Format-Table Name, Identity' | Get-ExAuthEvidence)
Check 'without what lays them out for the eye' ($records.Count -eq 1 -and $records[0].From -eq 'Get-SendConnector') $records
$null = New-Diagnosis @('EX1: Get-AuthConfig', 'EX1: Get-ReceiveConnector -Server EX1', 'EX1: Get-ReceiveConnector -Server EX2') | Get-ExAuthEvidence -ErrorVariable found -ErrorAction SilentlyContinue
Check 'cmdlets that are not there are one error that says which shell has them' ("$(@($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.EvidenceCommandMissing*' }))" -match "^'Get-AuthConfig', 'Get-ReceiveConnector' are not known .*Exchange Management Shell") $found
$me = [Environment]::MachineName
$records = @(New-Diagnosis @("${me}: setspn -L EX2", "$me.contoso.com: nltest /domain_trusts", "$me.contoso.com: setspn -L EX1") | Get-ExAuthEvidence)
Check 'this computer is asked without remoting, whatever of its names is used' ($global:calls.Count -eq 0 -and $records.Count -eq 2 -and $records[0].Computer -eq [Environment]::MachineName) $records

# What is never run
$global:calls.Clear()
foreach ($command in 'Remove-Item C:\x', 'setspn -L EX2; calc', 'setspn -L EX2 | Remove-Item', 'setspn -L $(calc)', 'setspn -L (calc)', 'setspn -L EX2 > C:\x', "setspn -L EX2`ncalc", "setspn -L EX2`n", 'setspn -L EX2 & calc', 'setspn -D HTTP/EX2 EX2', 'setspn -S HTTP/EX2 EX2',
    'w32tm /resync', 'nltest /sc_verify:contoso.com', 'nltest /sc_reset:contoso.com', 'Test-ComputerSecureChannel -Repair', 'Test-ComputerSecureChannel -Verbose -Repair | Out-String', 'klist purge', 'reg add HKLM\SOFTWARE\x', 'reg query HKLM\x /v y & calc', 'repadmin /syncall', 'netsh http delete sslcert ipport=0.0.0.0:444', 'Set-SendConnector x', 'Get-ReceiveConnector -Server EX2 | Set-ReceiveConnector',
    'Get-ReceiveConnector -Server EX2; Remove-ReceiveConnector x', 'Get-ReceiveConnector -Server <site:branch>', 'setspn -L <site:branch>', 'Get-ExchangeCertificate -Server \\x', 'Get-WinEvent -LogName System -FilterXPath "*[System[EventID=$(calc)]]"', '& calc', 'iex calc', 'Get-SendConnector | Format-Table (calc)', 'calc | Format-List *', 'Get-Content C:\x', ' setspn -L EX2', '') {
    $records = @(New-Diagnosis "EX1: $command" | Get-ExAuthEvidence -WarningVariable warned -WarningAction SilentlyContinue)
    Check "not run, and told: $($command -replace "`n", "\n")" ($records.Count -eq 0 -and $global:calls.Count -eq 0 -and @($warned).Count -eq 1 -and "$warned" -match '^Not run') $warned
}
foreach ($server in 'EX1;calc', '<site:branch>', 'EX1 EX2', '-EX1', 'http://EX1/', '') {
    $records = @(New-Diagnosis "${server}: setspn -L EX2" | Get-ExAuthEvidence -WarningVariable warned -WarningAction SilentlyContinue)
    Check "no server: '$server'" ($records.Count -eq 0 -and $global:calls.Count -eq 0 -and "$warned" -match 'is not the name of a server') $warned
}
$null = $given | Get-ExAuthEvidence -WhatIf
Check '-WhatIf runs nothing' ($global:calls.Count -eq 0) $global:calls
$null = 'x', $null | Get-ExAuthEvidence -ErrorVariable found -ErrorAction SilentlyContinue
Check 'what is no diagnosis is an error' (@($found | Where-Object { $_.FullyQualifiedErrorId -like 'ExAuth.NoDiagnosis*' }).Count -eq 1) $found

# Each command of the catalog, filled in, fits a shape in ReadOnlyCommands.cs, or is one of these, which stay with the
# administrator: whole logs are too much to fetch, servers of Exchange 2003 have no remote shell, and which domain
# controller is asked about a trust only they can fill in.
$theirs = '^Get-ChildItem .*\\LogFiles\\', '^Get-Content .*\\LogFiles\\', '^cscript ', '/server:<domain controller of '
$left = @(foreach ($file in Get-ChildItem -LiteralPath (Join-Path $Sources 'src/catalog/causes') -Filter *.json) {
    foreach ($need in (Get-Content -LiteralPath $file.FullName -Raw | ConvertFrom-Json).needs) {
        $command = $need.command -replace '\{target_host\|[^}]*\}', 'mail.contoso.com' -replace '\{[a-z]+_fqdn[^}]*\}', 'ex2.contoso.com' -replace '\{[a-z]+_domain[^}]*\}', 'contoso.com' -replace '\{(from|to)[^}]*\}', 'EX2'
        $null = New-Diagnosis "EX1: $command" | Get-ExAuthEvidence -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
        if ($warned -and @($theirs | Where-Object { $command -match $_ }).Count -eq 0) { "$($file.Name): $command" }
    }
})
Check-Equal 'all other commands of the catalog may run' ($left -join '; ') ''
Complete-Checks
