# The module with the real library: what a server with and without faults looks like to an administrator.
# Needs the real exports of -Data; says so where they are absent.
param([string]$Module, [string]$Data)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop
$queueType = 'Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo'
$there = Test-Path -LiteralPath (Join-Path $Data 'clixml')
if (-not $there) { "skipped: $Data is not there, so nothing was tested with real exports" }

function Read-Export([string]$Name) { @(Import-Clixml -LiteralPath (Join-Path $Data "clixml/$Name")) }
function Find-Id($InputObject) { @($InputObject | Test-ExAuth | ForEach-Object { $_.Id } | Sort-Object -Unique) }
function Set-Note($Object, [string]$Name, $Value) {
    $Object.PSObject.Properties.Remove($Name)
    $Object.PSObject.Properties.Add((New-Object psnoteproperty $Name, $Value))
}
function New-Queue([string]$LastError, [hashtable]$Other, [string]$TypeName = $queueType) {
    $values = @{ Identity = 'EX1\12'; DeliveryType = 'SmtpRelayToRemoteAdSite'; NextHopDomain = 'site:branch; version: 14'; Status = 'Retry'; MessageCount = 41; LastError = $LastError }
    if ($Other) { foreach ($key in @($Other.Keys)) { $values[$key] = $Other[$key] } }
    $object = New-Object psobject -Property $values
    $object.PSObject.TypeNames.Insert(0, $TypeName)
    $object
}

if ($there) {
    # Healthy
    foreach ($name in 'E15/Exchange/GetOwaVirtualDirectory.xml', 'E16/Exchange/GetOwaVirtualDirectory.xml', 'E15/Exchange/GetWebServicesVirtualDirectory.xml',
        'E16/Exchange/GetWebServicesVirtualDirectory.xml', 'E15/Exchange/GetExchangeServer.xml', 'E16/Exchange/GetExchangeServer.xml', 'E16-two-servers/GetExchangeServer.xml',
        'connectors/GetReceiveConnector.three-of-five.xml', 'connectors/GetSendConnectorConfiguredToRelayToM365.xml', 'E16/Exchange/GetServerComponentState.xml', 'E16/Exchange/GetMailboxServer.xml') {
        $found = @(Read-Export $name | Test-ExAuth)
        Check "healthy: $name gives no finding" ($found.Count -eq 0) ($found | Format-List Id, Subject, Message)
    }
    $objects = @('E16/Exchange/GetOwaVirtualDirectory.xml', 'E16/Exchange/GetWebServicesVirtualDirectory.xml', 'E16/Exchange/GetExchangeServer.xml', 'connectors/GetReceiveConnector.three-of-five.xml') | ForEach-Object { Read-Export $_ }
    Check 'healthy: all together give no diagnosis' (@($objects | Get-ExAuthDiagnosis).Count -eq 0) $null

    # One fault each
    $ews = (Read-Export 'E16/Exchange/GetWebServicesVirtualDirectory.xml')[0]
    Set-Note $ews 'InternalUrl' ([uri]'https://192.0.2.15/EWS/Exchange.asmx')
    Check 'an IP address in InternalUrl is found' ((Find-Id $ews) -contains 'config-internal-url-ip-address') (Find-Id $ews)
    $finding = @($ews | Test-ExAuth | Where-Object { $_.Id -eq 'config-internal-url-ip-address' })[0]
    Check 'the finding names the directory, the cause and the value' ($finding.Subject -match 'EWS' -and $finding.Causes -contains 'internal-url-ip-address' -and ($finding.Evidence.Value -match '192\.0\.2\.15')) ($finding | Format-List)
    $ews = (Read-Export 'E16/Exchange/GetWebServicesVirtualDirectory.xml')[0]
    Set-Note $ews 'WindowsAuthentication' $false
    Set-Note $ews 'InternalAuthenticationMethods' ([string[]]@('Basic', 'WSSecurity', 'OAuth'))
    Check 'Windows authentication that is off is found' ((Find-Id $ews) -contains 'config-windows-authentication-off') (Find-Id $ews)
    $owa = (Read-Export 'E16/Exchange/GetOwaVirtualDirectory.xml')[0]
    Check 'an object read with -ADPropertiesOnly is not taken for one with Windows authentication off' ((Find-Id $owa) -notcontains 'config-windows-authentication-off') (Find-Id $owa)
    $connector = @(Read-Export 'connectors/GetReceiveConnector.three-of-five.xml' | Where-Object { "$($_.PermissionGroups.ToString())" -match 'ExchangeServers' })[0]
    $name = "$($connector.Server)\Default $($connector.Server)"
    foreach ($pair in @('Identity', $name), @('Name', "Default $($connector.Server)"), @('AuthMechanism', 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS'), @('TransportRole', 'HubTransport'), @('Bindings', [string[]]@('0.0.0.0:2525', '[::]:2525'))) { Set-Note $connector $pair[0] $pair[1] }
    Check 'a Default connector without Exchange Server authentication is found' ((Find-Id $connector) -contains 'config-connector-exchange-auth-off') (Find-Id $connector)
    Set-Note $connector 'AuthMechanism' 'Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer'
    Check 'with it, it is not' ((Find-Id $connector) -notcontains 'config-connector-exchange-auth-off') (Find-Id $connector)

    # The same object in other forms
    $ews = (Read-Export 'E16/Exchange/GetWebServicesVirtualDirectory.xml')[0]
    Set-Note $ews 'InternalUrl' ([uri]'https://192.0.2.15/EWS/Exchange.asmx')
    $chosen = $ews | Select-Object Identity, Name, Server, InternalUrl, InternalAuthenticationMethods, WindowsAuthentication
    Check 'Select-Object of the properties finds the same' ((Find-Id $chosen) -contains 'config-internal-url-ip-address') (Find-Id $chosen)
    $path = Join-Path ([IO.Path]::GetTempPath()) 'exauth ews.xml'
    $ews | Export-Clixml -LiteralPath $path
    $again = Import-Clixml -LiteralPath $path
    Check 'a second trip through CLIXML finds the same' ((Find-Id $again) -join ' ' -eq ((Find-Id $ews) -join ' ')) (Find-Id $again)
}

# Queues
$smtp454 = 'smtp-454-temporary-auth-failure'
$forms = [ordered]@{
    'a plain reply' = '454 4.7.0 Temporary authentication failure'
    'the wrapper of 2007 to 2013' = '451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure." Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts.'
    'the wrapper with typographic quotes' = "451 4.4.0 primary target IP address responded with $([char]0x201C)454 4.7.0 Temporary authentication failure$([char]0x201D). Attempted failover to alternate host, but that did not succeed."
    'the record of 2013' = '[{LRT=11/20/2026 9:14:00 AM};{LED=454 4.7.0 Temporary authentication failure};{FQDN=ex2.contoso.com};{IP=192.0.2.2}]'
    'the record of 2016' = '[{LED=451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure."};{MSG=};{FQDN=ex2.contoso.com};{IP=192.0.2.2};{LRT=11/20/2026 9:14:00 AM}]'
    'a chain' = '451 4.4.395 Target host responded with error. -> 454 4.7.0 Temporary authentication failure'
    'line breaks inside' = "451 4.4.0 Primary target IP address`r`nresponded with: ""454 4.7.0 Temporary`r`nauthentication failure."""
}
foreach ($form in $forms.Keys) {
    $found = Find-Id (New-Queue $forms[$form])
    Check "454 4.7.0 is found in $form" ($found -contains $smtp454) $found
}
$found = Find-Id (New-Queue $forms['a plain reply'] @{} "Deserialized.$queueType")
Check 'a deserialised queue gives the same finding' ($found -contains $smtp454) $found
$found = Find-Id (New-Queue '451 5.7.3 Cannot achieve Exchange Server authentication')
Check '451 5.7.3 is found' ($found -contains 'smtp-451-exchange-auth-not-achieved') $found
foreach ($other in '454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot', '451 4.7.0 Temporary server error. Please try again later. PRX5', '550 5.7.1 Client was not authenticated', '451 4.4.0 DNS query failed', '', $null) {
    $found = Find-Id (New-Queue $other)
    $taken = @($found | Where-Object { $_ -eq $smtp454 -or $_ -eq 'smtp-451-exchange-auth-not-achieved' })
    Check "a queue with '$other' is not taken for it" ($taken.Count -eq 0) $found
}
$finding = @(New-Queue $forms['the record of 2016'] | Test-ExAuth | Where-Object { $_.Id -eq $smtp454 })[0]
Check 'the finding says from whom to whom, and which queue' ($finding.From -eq 'EX1' -and $finding.To -and $finding.Subject -eq 'EX1\12' -and $finding.Problem -eq 'smtp-temporary-auth-failure') ($finding | Format-List)
$diagnosis = @(1..3 | ForEach-Object { New-Queue $forms['a plain reply'] @{ Identity = "EX1\$_" } } | Get-ExAuthDiagnosis)
Check 'three queues to one target are one problem' ($diagnosis.Count -eq 1 -and $diagnosis[0].Problem -eq 'smtp-temporary-auth-failure' -and $diagnosis[0].From -eq 'EX1' -and $diagnosis[0].Causes.Count -gt 5 -and $diagnosis[0].Next.Count -gt 0) $diagnosis
Check 'nothing is confirmed without evidence' (@($diagnosis[0].Causes | Where-Object { $_.Verdict -eq 'confirmed' }).Count -eq 0) $diagnosis[0].Causes

# A digest holds the queues of several servers
function New-Detail([string]$Server, [string]$LastError) {
    $detail = New-Object psobject -Property @{ QueueIdentity = "$Server\12"; ServerIdentity = $Server; MessageCount = 4; DeliveryType = 'SmtpRelayToServers'; NextHopDomain = 'ex2.contoso.com'; Status = 'Retry'; LastError = $LastError }
    $detail.PSObject.TypeNames.Insert(0, 'Microsoft.Exchange.Data.QueueDigest.QueueDigestDetails')
    $detail
}
$digest = New-Object psobject -Property @{ GroupByValue = 'ex2.contoso.com'; MessageCount = 8; Details = [Collections.ArrayList]@((New-Detail 'EX1' $forms['a plain reply']), (New-Detail 'EX3' $null)) }
$digest.PSObject.TypeNames.Insert(0, 'Microsoft.Exchange.Data.QueueDigest.QueueDigestPresentationObject')
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth digest.xml'
$digest | Export-Clixml -LiteralPath $path
foreach ($form in 'live', 'deserialised') {
    if ($form -eq 'deserialised') { $digest = Import-Clixml -LiteralPath $path }
    $finding = @($digest | Test-ExAuth)
    Check "a $form digest: the queue that fails is found, the other is not" ($finding.Count -eq 1 -and $finding[0].Id -eq $smtp454 -and $finding[0].From -eq 'EX1') $finding
    $diagnosis = @($digest | Get-ExAuthDiagnosis)
    Check "a $form digest is diagnosed" ($diagnosis.Count -eq 1 -and $diagnosis[0].From -eq 'EX1' -and $diagnosis[0].To -match '^ex2') $diagnosis
}

# The same queue in every form that text and files have
$folder = Join-Path ([IO.Path]::GetTempPath()) ('exauth forms ' + [guid]::NewGuid())
$null = New-Item -ItemType Directory $folder
$queue = New-Queue $forms['the record of 2016']
$record = [pscustomobject]@{ schema = 'exauth.record/1'; type = @($queueType); computer = 'EX1'; properties = $queue }
$bare = $record | Select-Object type, computer, properties
$queue | Export-Clixml "$folder\clixml.xml"
$queue | Export-Csv "$folder\typed.csv" -IncludeTypeInformation
$queue | Export-Csv "$folder\plain.csv" -NoTypeInformation
$record | ConvertTo-Json -Depth 5 -Compress | Set-Content "$folder\record.jsonl"
$bare | ConvertTo-Json -Depth 5 | Set-Content "$folder\pretty.json"
ConvertTo-Json -Depth 5 -InputObject @($bare, $bare) | Set-Content "$folder\array.json" -Encoding Unicode
'<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="MSExchange OWA"/><EventID Qualifiers="49152">71</EventID><Level>2</Level><TimeCreated SystemTime="2026-11-20T09:14:00.000Z"/><Channel>Application</Channel><Computer>EX1.contoso.com</Computer></System><EventData><Data>EX1</Data><Data>https://ex2.contoso.com/owa</Data></EventData></Event>' | Set-Content "$folder\event.xml"
"Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:`r`n`tHOST/EX2" | Set-Content "$folder\tool.txt"
foreach ($name in 'clixml.xml', 'typed.csv', 'plain.csv', 'record.jsonl', 'pretty.json', 'array.json') {
    foreach ($way in 'lines', 'raw', 'file') {
        $given = switch ($way) { 'lines' { @(Get-Content "$folder\$name") } 'raw' { @(Get-Content "$folder\$name" -Raw) } 'file' { @(Get-Item "$folder\$name") } }
        $found = Find-Id $given
        Check "$name as $way gives the finding of the object" ($found -contains $smtp454 -and $found.Count -eq 1) $found
    }
}
Check 'lines without a note of their file do, too' ((Find-Id @(Get-Content "$folder\clixml.xml" | ForEach-Object { "$_" })) -contains $smtp454) $null
Check 'an event as XML is found' ((Find-Id (Get-Content "$folder\event.xml")) -contains 'owa-proxy-event-71') (Find-Id (Get-Content "$folder\event.xml"))
$all = @(Get-ChildItem $folder | Get-ExAuthDiagnosis)
$smtp = @($all | Where-Object { $_.Problem -eq 'smtp-temporary-auth-failure' })
Check 'all files of a folder are judged together' ($smtp.Count -eq 1 -and @($all | Where-Object { $_.Problem -match 'owa' }).Count -eq 1) $all
$mixed = @(& { Get-Content "$folder\tool.txt"; Get-Content "$folder\pretty.json" | ForEach-Object { "$_" }; $queue; Get-Content "$folder\clixml.xml", "$folder\tool.txt", "$folder\array.json" } | Test-ExAuth)
Check-Equal 'mixed forms give the findings of each' @($mixed | Where-Object { $_.Id -eq $smtp454 }).Count 5
foreach ($name in 'record.jsonl', 'pretty.json', 'array.json') {
    $found = @(Get-Content "$folder\$name" -Raw | ConvertFrom-Json | ForEach-Object { $_ } | Test-ExAuth)
    Check "$name through ConvertFrom-Json gives it, with the queue and the server" ($found.Count -ge 1 -and $found[0].Id -eq $smtp454 -and $found[0].Subject -eq 'EX1\12') $found
}
if ($there) {
    foreach ($name in 'E16/Exchange/GetOwaVirtualDirectory.xml', 'connectors/GetReceiveConnector.three-of-five.xml') {
        $path = Join-Path $Data "clixml/$name"
        $wanted = (@(Import-Clixml -LiteralPath $path | Test-ExAuth -IncludeClear) | ForEach-Object { "$($_.Id) $($_.Outcome) $($_.Subject)" } | Sort-Object) -join '; '
        Check-Equal "the text of $name says what its objects say" ((@(Get-Content -LiteralPath $path | Test-ExAuth -IncludeClear) | ForEach-Object { "$($_.Id) $($_.Outcome) $($_.Subject)" } | Sort-Object) -join '; ') $wanted
        Check-Equal "so does the file" ((@(Get-Item -LiteralPath $path | Test-ExAuth -IncludeClear) | ForEach-Object { "$($_.Id) $($_.Outcome) $($_.Subject)" } | Sort-Object) -join '; ') $wanted
    }
}

# Languages
$english = @($queue | Get-ExAuthDiagnosis -Culture en-US)[0]
foreach ($culture in 'pl-PL', 'de-AT', 'zh-CN') {
    $other = @($queue | Get-ExAuthDiagnosis -Culture $culture)[0]
    Check "in $culture the words are others and the ids the same" ($other.Title -and $other.Title -ne $english.Title -and $other.Problem -eq $english.Problem -and $other.TopCause -eq $english.TopCause) "$($other.Title)"
}
Check 'a culture that is not there gives English' (@($queue | Get-ExAuthDiagnosis -Culture 'xx-YY')[0].Title -eq $english.Title) $null

# Suppressions
$accepted = @{ Issue = $smtp454; Subject = 'EX1\1*'; Reason = 'the branch is being moved'; Owner = 'mail@contoso.com'; Until = (Get-Date).AddDays(2).ToString('yyyy-MM-dd') }
$queues = @((New-Queue $forms['a plain reply']), (New-Queue $forms['a plain reply'] @{ Identity = 'EX1\20' }))
$found = @($queues | Test-ExAuth -Suppression $accepted)
Check 'a suppressed finding is silent, another subject is not' ($found.Count -eq 1 -and $found[0].Subject -eq 'EX1\20') $found
$accepted.Until = '2026-01-31'
$found = @($queues | Test-ExAuth -Suppression $accepted -WarningVariable warned -WarningAction SilentlyContinue)
Check 'one that has expired silences nothing and is told' ($found.Count -eq 2 -and "$warned" -match 'ended with 2026-01-31') $warned
$accepted.Issue = 'no-such'
$found = $null
try { $null = $queues | Get-ExAuthDiagnosis -Suppression $accepted } catch { $found = $_ }
Check 'an issue that does not exist is an error that names the field' ($found.FullyQualifiedErrorId -like 'ExAuth.SuppressionInvalid*' -and "$found" -match 'Suppression 1, Issue: .*no-such') $found

# A port that is open now rules out little of a failure that was seen last week. A live answer is of this shell's time.
Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition 'namespace ExAuthTest { public class TestNetConnectionResult { public string ComputerName { get { return "EX2.contoso.com"; } } public string RemoteAddress { get { return "192.0.2.12"; } } public int RemotePort { get { return 25; } } public bool TcpTestSucceeded { get { return true; } } public bool NameResolutionSucceeded { get { return true; } } } }'
$lastWeek = [DateTime]::UtcNow.AddDays(-7)
$seenThen = @{ schema = 'exauth.record/1'; from = 'Get-Queue'; computer = 'EX1'; collected = $lastWeek.ToString('o'); type = @($queueType); properties = @{ Identity = 'EX1\12'; DeliveryType = 'SmtpRelayToServers'; NextHopDomain = 'EX2.contoso.com'; Status = 'Retry'; MessageCount = 41; LastError = '451 4.4.0 Primary target IP address responded with: "421 4.2.1 Unable to connect." Attempted failover to alternate host, but that did not succeed.' } }
$live = New-Object ExAuthTest.TestNetConnectionResult
Add-Member -InputObject $live -NotePropertyName PSComputerName -NotePropertyValue EX1
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth port.xml'
$live | Export-Clixml -LiteralPath $path
function Get-Against($Port) { @(@($seenThen, $Port | Get-ExAuthDiagnosis)[0].Causes | Where-Object { $_.Id -eq 'network-unreachable' } | ForEach-Object { $_.Against } | Where-Object { $_.Property -eq 'TcpTestSucceeded' }) }
$against = @(Get-Against $live)
Check 'what a live object shows is told as seen after the failure' ($against.Count -eq 1 -and $against[0].Limited -and $against[0].Text -match 'at least [67] days after the last failure' -and $against[0].On -eq 'EX1' -and $null -eq $against[0].At) $against
$against = @(Get-Against (Import-Clixml -LiteralPath $path))
Check 'of the same from a file nobody knows when it was seen' ($against.Count -eq 1 -and -not $against[0].Limited -and $against[0].Text -notmatch 'failure') $against

# Clear and unknown
$all = @(New-Queue '' | Test-ExAuth -IncludeClear)
Check '-IncludeClear also shows what was found right or could not be judged' ($all.Count -gt 0 -and @($all | Where-Object { $_.Outcome -eq 'found' }).Count -eq 0) $all
Check 'without it a healthy queue is silent' (@(New-Queue '' | Test-ExAuth).Count -eq 0) $null

# Events
function New-Event([hashtable]$Values, [string]$TypeName = 'System.Diagnostics.Eventing.Reader.EventLogRecord') {
    $object = New-Object psobject -Property $Values
    $object.PSObject.TypeNames.Insert(0, $TypeName)
    $object
}
function New-Strings { foreach ($value in $args) { New-Object psobject -Property @{ Value = $value } } }
$when = [DateTime]::SpecifyKind([DateTime]'2026-11-20T09:14:00', 'Utc')
$event71 = New-Event @{ ProviderName = 'MSExchange OWA'; Id = 71; Level = 2; LogName = 'Application'; MachineName = 'EX1.contoso.com'; TimeCreated = $when; Properties = @(New-Strings 'EX1' 'https://ex2.contoso.com/owa'); Message = 'x' }
$finding = @($event71 | Test-ExAuth)
Check 'event 71 is found by its insertion strings' ($finding.Id -contains 'owa-proxy-event-71') $finding
Check 'it knows when, from whom and to whom' ($finding[0].FirstSeen -eq $when -and $finding[0].From -match '^EX1' -and $finding[0].To -match 'ex2') ($finding | Format-List)
$log = New-Event @{ Source = 'MSExchange OWA'; EventID = 71; InstanceId = 3221225543; EntryType = 'Error'; MachineName = 'EX1.contoso.com'; TimeGenerated = $when; ReplacementStrings = [string[]]@('EX1', 'https://ex2.contoso.com/owa'); Message = 'x' } 'System.Diagnostics.EventLogEntry#Application/MSExchange OWA/71'
Check 'the same from Get-EventLog is found' ((Find-Id $log) -contains 'owa-proxy-event-71') (Find-Id $log)
$other = New-Event @{ ProviderName = 'MSExchange Control Panel'; Id = 71; Level = 2; MachineName = 'EX1'; TimeCreated = $when; Properties = @(New-Strings 'a' 'b') }
Check 'the same number of another provider is not' ((Find-Id $other) -notcontains 'owa-proxy-event-71') (Find-Id $other)
$inbound = New-Event @{ ProviderName = 'MSExchangeTransport'; Id = 1035; Level = 3; MachineName = 'EX2'; TimeCreated = $when; Properties = @(New-Strings 'LogonDenied' 'Default EX2' 'ExchangeAuth' '192.0.2.1') }
Check 'event 1035 with a server mechanism is found' ((Find-Id $inbound) -contains 'smtp-inbound-auth-failed') (Find-Id $inbound)
$outbound = New-Event @{ ProviderName = 'MSExchangeTransport'; Id = 2017; Level = 2; MachineName = 'EX1'; TimeCreated = $when; Properties = @(New-Strings 'KdcUnknown' 'Intra-Organization SMTP Send Connector' 'ExchangeAuth' 'SMTPSVC/ex2.contoso.com') }
Check 'event 2017 is found' ((Find-Id $outbound) -contains 'smtp-outbound-auth-failed') (Find-Id $outbound)

# Text and tools
$text = 'Registered ServicePrincipalNames for CN=EX2,CN=Computers,DC=contoso,DC=com:', "`tSMTPSVC/EX2", "`tSMTPSVC/ex2.contoso.com", "`tHOST/EX2", "`tHOST/ex2.contoso.com"
$records = @($text | ConvertFrom-ExAuthTool 'setspn -L EX2' -Computer EX1)
Check 'setspn -L becomes a record' ($records.Count -eq 1 -and $records[0].Type -match 'SpnList' -and $records[0].Properties.Spns.Count -eq 4) $records
$found = @()
$null = $text | Test-ExAuth -ErrorVariable found
$null = $text | ConvertFrom-ExAuthTool 'no-such-tool' -ErrorVariable +found -ErrorAction SilentlyContinue
Check 'an unknown tool is one error that names the known ones' ($found.Count -eq 1 -and "$($found[0])" -match 'setspn') $found
$clock = 'Tracking ex2.contoso.com [192.0.2.2:123].', 'Collecting 3 samples.', 'The current time is 11/20/2026 9:14:00 AM.', '09:14:00, +420.0123456s', '09:14:02, +420.0123456s', '09:14:04, +420.0123456s' |
    ConvertFrom-ExAuthTool 'w32tm /stripchart /computer:ex2.contoso.com /samples:3 /dataonly' -Computer EX1
$queue = New-Queue $forms['the record of 2016'] @{ NextHopDomain = 'ex2.contoso.com'; DeliveryType = 'SmtpRelayToServers' }
$diagnosis = @(@($queue) + @($clock) | Get-ExAuthDiagnosis)
Check 'a clock seven minutes off is the confirmed cause' (@($diagnosis | Where-Object { $_.TopCause -eq 'clock-skew' -and $_.Verdict -eq 'confirmed' }).Count -eq 1) $diagnosis
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth everything.xml'
@($queue) + @($clock) | Export-Clixml -LiteralPath $path
$again = @(Import-Clixml -LiteralPath $path | Get-ExAuthDiagnosis)
Check 'the same from a file is the same diagnosis' ("$($again.TopCause) $($again.Verdict)" -eq "$($diagnosis.TopCause) $($diagnosis.Verdict)") $again

# The catalog
$issues = @(Get-ExAuthIssue)
Check 'each entry of the catalog has a title and a page' ($issues.Count -gt 20 -and @($issues | Where-Object { -not $_.Title -or -not $_.Page }).Count -eq 0) ($issues | Where-Object { -not $_.Page })
Check 'a cause lists the issues that bear on it' (@(Get-ExAuthIssue -Cause internal-url-ip-address | Where-Object { $_.Kind -eq 'issue' }).Count -gt 0) $null
Check 'the event filter selects event 71' ((Get-ExAuthEventFilter).OuterXml -match '71') $null
$told = @(Get-Process -Id $PID | Test-ExAuth -Verbose 4>&1)
Check 'an object of no kind is counted in -Verbose' ("$told" -match '1 object of no known kind: System\.Diagnostics\.Process') "$told"
Complete-Checks
