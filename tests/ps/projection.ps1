# Pipeline objects to records: what the library is given. Runs against the stand-in of echo.c,
# whose findings hold the record they came from.
param([string]$Module, [string]$Data)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop
$queueType = 'Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo'

function Get-Line($InputObject) { @($InputObject | Test-ExAuth | ForEach-Object { $_.Message }) }
function New-Typed([string]$TypeName, [hashtable]$Values) {
    $object = New-Object psobject -Property $Values
    $object.PSObject.TypeNames.Insert(0, $TypeName)
    $object
}
function New-Odd([hashtable]$Values) { New-Typed 'Contoso.ExAuthOdd' $Values }

Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition @'
namespace ExAuthTest
{
    using System;
    public enum Plain { New, Retry }
    [Flags] public enum Many { None = 0, Tls = 1, Integrated = 2, BasicAuth = 4 }
    public class ExtensibleQueueInfo
    {
        public string Identity { get { return "EX1\\1"; } }
        public Plain Status { get { return Plain.Retry; } }
        public int MessageCount { get { return 41; } }
        public string LastError { get { throw new InvalidOperationException("no such queue"); } }
        public DateTime? LastRetryTime { get { return null; } }
        public string Secret { get { return "not asked for"; } }
    }
    public class Rehydrated { public string Identity { get; set; } public string LastError { get { return "x"; } } }
    public class ByBase : Rehydrated { }
    public class Inner { public class Rehydrated { public string Identity { get; set; } } }
    public class EventProperty { public object Value { get; set; } }
}
'@

# Values
Check-Equal 'null stays null, bool and numbers stay' (Get-Line (New-Odd @{ A = $null; B = $true; C = 7; D = [long]-8; E = 1.5; F = [byte]255 })) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":null,"B":true,"C":7,"D":-8,"E":1.5,"F":255}}'
Check-Equal 'a live enum is written by name' (Get-Line (New-Odd @{ A = [ExAuthTest.Plain]::Retry; B = [ExAuthTest.Many]'Tls, BasicAuth' })) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":"Retry","B":"Tls, BasicAuth"}}'
$zoneless = [DateTime]'2026-11-20T09:14:00'
$utc = [DateTime]::SpecifyKind($zoneless, 'Utc')
$line = Get-Line (New-Odd @{ A = $utc; B = $utc.ToLocalTime(); C = $zoneless; D = [DateTimeOffset]::new(2026, 11, 20, 10, 14, 0, [TimeSpan]::FromHours(1)) })
Check-Equal 'a time is written as UTC, and without a zone where its zone is unknown' $line '{"type":["Contoso.ExAuthOdd"],"properties":{"A":"2026-11-20T09:14:00.0000000Z","B":"2026-11-20T09:14:00.0000000Z","C":"2026-11-20T09:14:00.0000000","D":"2026-11-20T09:14:00.0000000Z"}}'
$list = New-Object System.Collections.ArrayList
[void]$list.Add('Basic'); [void]$list.Add('Fba')
Check-Equal 'a list is an array of its items, numbers stay numbers' (Get-Line (New-Odd @{ A = $list; B = [object[]]@(0, 1); C = @(); D = [ExAuthTest.Plain[]]@('New', 'Retry'); E = , $null })) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":["Basic","Fba"],"B":[0,1],"C":[],"D":["New","Retry"],"E":[null]}}'
Check-Equal 'anything else is written as its text' (Get-Line (New-Odd @{ A = [uri]'https://192.0.2.1/owa'; B = [guid]::Empty; C = [version]'15.1.2375.7'; D = [TimeSpan]::FromMinutes(5) })) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":"https://192.0.2.1/owa","B":"00000000-0000-0000-0000-000000000000","C":"15.1.2375.7","D":"00:05:00"}}'
$hard = "quote `" backslash \ tab `t line`r`nbell $([char]7) $([char]0xF3)$([char]0x4EE3)$([char]::ConvertFromUtf32(0x1F512)) half $([char]0xD800)."
$back = (Get-Line (New-Odd @{ A = $hard }) | ConvertFrom-Json).properties.A
Check-Equal 'every character survives, half a surrogate pair becomes U+FFFD' $back ($hard.Replace([string][char]0xD800, [string][char]0xFFFD))
Check-Equal 'a text of 200,000 characters survives' (Get-Line (New-Odd @{ A = "$([char]0x105)" * 200000 }) | ConvertFrom-Json).properties.A.Length 200000
$culture = [Threading.Thread]::CurrentThread.CurrentCulture
$polish = $culture.Clone()
$polish.NumberFormat.NumberDecimalSeparator = ','
$polish.NumberFormat.NegativeSign = '~'
[Threading.Thread]::CurrentThread.CurrentCulture = $polish
Check-Equal 'a computer with a decimal comma writes numbers the same way' (Get-Line (New-Odd @{ A = 1.5; B = [decimal]2.25; C = -3 })) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":1.5,"B":2.25,"C":-3}}'
[Threading.Thread]::CurrentThread.CurrentCulture = $culture

# Kinds
$fields = @{ Identity = 'EX1\1'; DeliveryType = 'SmtpRelayToRemoteAdSite'; NextHopDomain = 'site:branch'; LastError = 'x' }
foreach ($name in $queueType, "Deserialized.$queueType", 'Microsoft.Exchange.Data.QueueViewer.QueueInfo', 'selected.x.extensiblequeueinfo', 'EventLogEntry#Application/MSExchangeTransport/1035') {
    $line = Get-Line (New-Typed $name $fields)
    Check "an object of type $name is recognised by it" ($line -notmatch '"properties":\{\}' -and $line.StartsWith("{`"type`":[`"$name`"]") -or $name -match 'EventLogEntry') $line
}
foreach ($name in 'System.Management.ManagementObject#root\cimv2\Win32_Service', 'Deserialized.System.Management.ManagementObject#root\cimv2\Win32_Service',
    'Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_DNSClientServerAddress', 'Deserialized.Microsoft.Management.Infrastructure.CimInstance#Win32_Service', 'Contoso.Outer+Inner', 'Contoso.Outer+Inner`1[[System.String]]') {
    Check "an object of type $name is recognised by its class" ((Get-Line (New-Typed $name @{ Name = 'EX1'; Other = 1 })) -match '"properties":\{"Name":"EX1"\}') (Get-Line (New-Typed $name @{ Name = 'EX1' }))
}
foreach ($name in 'Contoso.Note#root\cimv2\Win32_Service', 'System.Management.ManagementObject#root\cimv2\Win32_ServiceControl', 'Contoso.Inner+Outer') {
    Check "an object of type $name is of no known kind" ((Get-Line (New-Typed $name @{ Name = 'EX1' })) -match '"properties":\{\}') $null
}
$selected = New-Object psobject -Property $fields | Select-Object Identity, DeliveryType, NextHopDomain, LastError
Check 'an object without a type is recognised by its properties' ((Get-Line $selected) -match '"LastError":"x"') (Get-Line $selected)
Check 'an object is recognised by its ObjectClass' ((Get-Line (New-Object psobject -Property @{ ObjectClass = @('top', 'msExchWebServicesVirtualDirectory'); Name = 'EWS' })) -match '"Name":"EWS"') $null
Check 'a hashtable is read like an object' ((Get-Line $fields) -match '"LastError":"x"') (Get-Line $fields)
$list = Get-Line (, @((New-Typed $queueType $fields), (New-Typed $queueType $fields)))
Check-Equal 'an array that was piped whole is read item by item' $list.Count 2
Check-Equal 'an argument instead of the pipeline works' @(Test-ExAuth -InputObject @((New-Typed $queueType $fields), (New-Typed $queueType $fields))).Count 2
$remote = New-Typed $queueType $fields
$remote.PSObject.Properties.Add((New-Object psnoteproperty 'PSComputerName', 'EX1'))
$remote.PSObject.Properties.Add((New-Object psnoteproperty 'RunspaceId', [guid]::Empty))
Check 'PSComputerName becomes the computer, RunspaceId is dropped' ((Get-Line $remote) -match '"computer":"EX1","properties"' -and (Get-Line $remote) -notmatch 'Runspace') (Get-Line $remote)

# Objects that hold others
function New-Digest($Details) { New-Typed 'Microsoft.Exchange.Data.QueueDigest.QueueDigestPresentationObject' @{ GroupByValue = 'ex2.contoso.com'; MessageCount = 41; Details = $Details } }
$details = @((New-Typed 'X.QueueDigestDetails' @{ QueueIdentity = 'EX1\12'; LastError = 'a'; Velocity = 0 }), (New-Typed 'X.QueueDigestDetails' @{ QueueIdentity = 'EX3\4'; LastError = $null }))
$inner = '[{"QueueIdentity":"EX1\\12","LastError":"a"},{"QueueIdentity":"EX3\\4","LastError":null}]'
Check-Equal 'the details of a digest go with it, each with what a queue is asked for' ((Get-Line (New-Digest $details)) -replace '.*"Details":(\[.*\]).*', '$1') $inner
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth digest.xml'
New-Digest ([Collections.ArrayList]$details) | Export-Clixml -LiteralPath $path
Check-Equal 'so do those of a digest from CLIXML' ((Get-Line (Import-Clixml -LiteralPath $path)) -replace '.*"Details":(\[.*\]).*', '$1') $inner
Check 'a digest with live details keeps them' ((Get-Line (New-Digest @($(New-Object ExAuthTest.ExtensibleQueueInfo)))) -match '"Details":\[\{"Identity":"EX1\\\\1","Status":"Retry","MessageCount":41') (Get-Line (New-Digest @($(New-Object ExAuthTest.ExtensibleQueueInfo))))
Check 'one detail without a list keeps it' ((Get-Line (New-Digest $details[0])) -match '"Details":\{"QueueIdentity":"EX1') $null
foreach ($lost in (New-Object Collections.ArrayList), 'Microsoft.Exchange.Data.QueueDigest.QueueDigestDetails', $null) { Check 'a digest that lost its details is written without' ((Get-Line (New-Digest $lost)) -match '"Details":(\[\]|null|"Microsoft)') (Get-Line (New-Digest $lost)) }

# Live objects
$live = New-Object ExAuthTest.ExtensibleQueueInfo
$told = @(Test-ExAuth -InputObject $live -Verbose 4>&1)
$line = @($told | Where-Object { $_ -is [ExAuth.Finding] })[0].Message
$timed = ',"collected":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"'
Check-Equal 'a live object gives the wanted properties; a getter that throws leaves its property out' ($line -replace $timed) '{"type":["ExAuthTest.ExtensibleQueueInfo"],"properties":{"Identity":"EX1\1","Status":"Retry","MessageCount":41,"LastRetryTime":null}}'.Replace('EX1\1', 'EX1\\1')
Check 'the property that could not be read is named in -Verbose' ("$told" -match '1 property that could not be read: LastError: no such queue') "$told"
Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition 'public class ExAuthOdd { public System.Collections.IEnumerable A { get { yield return 1; throw new System.Exception("cut"); } } public int B { get { return 2; } } }'
Check-Equal 'a list that fails half way is left out' ((Get-Line (New-Object ExAuthOdd)) -replace $timed) '{"type":["ExAuthOdd"],"properties":{"B":2}}'

# When it was collected
function Test-Timed($InputObject) { @(Get-Line $InputObject)[0] -match $timed }
$line = Get-Line $live
$null = $line -match '"collected":"([^/]*)/([^"]*)"'
$times = @($Matches[1], $Matches[2] | ForEach-Object { [DateTimeOffset]::Parse($_, [Globalization.CultureInfo]::InvariantCulture).UtcDateTime })
$started = [Diagnostics.Process]::GetCurrentProcess().StartTime.ToUniversalTime()
Check 'a live object was collected between the start of the process and now' (($started - $times[0]).TotalSeconds -ge 0 -and ($started - $times[0]).TotalSeconds -lt 1 -and [Math]::Abs(([DateTime]::UtcNow - $times[1]).TotalSeconds) -lt 5) $line
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth live.xml'
$live | Export-Clixml -LiteralPath $path
Check 'one from CLIXML says nothing of when' (-not (Test-Timed (Import-Clixml -LiteralPath $path))) (Get-Line (Import-Clixml -LiteralPath $path))
Check 'nor does one from JSON or CSV' (-not (Test-Timed ($live | Select-Object * -ExcludeProperty LastError | ConvertTo-Json | ConvertFrom-Json)) -and -not (Test-Timed ($live | Select-Object Identity, Status, MessageCount, LastRetryTime, NextHopDomain, DeliveryType | ConvertTo-Csv | ConvertFrom-Csv))) $null
Check 'nor a text' (-not (Test-Timed 'The current time is 11/20/2026 9:14:00 AM.')) $null
# What the Exchange Management Shell does with its own classes.
Update-TypeData -TypeName Deserialized.ExAuthTest.Rehydrated -TargetTypeForDeserialization ([ExAuthTest.Rehydrated])
foreach ($class in 'Rehydrated', 'Inner+Rehydrated') {
    $object = New-Object "ExAuthTest.$class"
    $object.PSObject.TypeNames.Insert(0, 'Contoso.ExtensibleQueueInfo')
    if ($class -match 'Inner') { Check 'one of a class that only shares the name does' (Test-Timed $object) (Get-Line $object) }
    else { Check 'a live object of a class that a types file makes of CLIXML says nothing of when' (-not (Test-Timed $object)) (Get-Line $object) }
}
$service = New-Object ExAuthTest.ByBase
$service.PSObject.TypeNames.Insert(0, 'Contoso.ExtensibleQueueInfo')
Check 'nor does one of a class below it' (-not (Test-Timed $service)) (Get-Line $service)
# Remoting: the note that it puts on an object is the id of the session on this side.
$session = [guid]::NewGuid()
function global:Get-PSSession { $global:asked++; New-Object psobject -Property @{ Id = 1; InstanceId = [guid]::NewGuid() }; New-Object psobject -Property @{ Id = 2; InstanceId = $session } }
function New-Remote([string]$TypeName, $Session) {
    $object = New-Typed $TypeName $fields
    $object.PSObject.Properties.Add((New-Object psnoteproperty 'PSComputerName', 'ex1.contoso.com'))
    $object.PSObject.Properties.Add((New-Object psnoteproperty 'RunspaceId', $Session))
    $object.PSObject.Properties.Add((New-Object psnoteproperty 'PSShowComputerName', $false))
    $object
}
$global:asked = 0
$line = Get-Line (1..50 | ForEach-Object { New-Remote "Deserialized.$queueType" $session })
Check 'an object that came through a session of this shell has a time' (@($line -match $timed).Count -eq 50) $line[0]
Check-Equal 'sessions are asked for once' $global:asked 1
New-Remote "Deserialized.$queueType" $session | Export-Clixml -LiteralPath $path
Check 'also from a file, as it came through that session' (Test-Timed (Import-Clixml -LiteralPath $path)) (Get-Line (Import-Clixml -LiteralPath $path))
Check "one through another shell's session has none" (-not (Test-Timed (New-Remote "Deserialized.$queueType" ([guid]::NewGuid())))) $null
Check 'nor has one whose note is no id, or null' (-not (Test-Timed (New-Remote $queueType "$session")) -and -not (Test-Timed (New-Remote $queueType $null))) $null
$object = New-Object ExAuthTest.Rehydrated
$object.PSObject.TypeNames.Insert(0, 'Contoso.ExtensibleQueueInfo')
Add-Member -InputObject $object -NotePropertyMembers @{ PSComputerName = 'ex1.contoso.com'; RunspaceId = $session }
Check 'a live object of the Exchange Management Shell has one by its session' (Test-Timed $object) (Get-Line $object)
function global:Get-PSSession { throw 'not here' }
$null = New-Remote "Deserialized.$queueType" $session | Test-ExAuth -ErrorVariable found -OutVariable given
Check 'where sessions cannot be asked for nothing is said' ($found.Count -eq 0 -and $given[0].Message -notmatch $timed) $given
Remove-Item Function:\Get-PSSession
Check 'where there is no session, too' (-not (Test-Timed (New-Remote "Deserialized.$queueType" $session))) $null

# Events
$property = { param($value) $item = New-Object ExAuthTest.EventProperty; $item.Value = $value; $item }
$event = New-Typed 'System.Diagnostics.Eventing.Reader.EventLogRecord' @{ Id = 71; ProviderName = 'MSExchange OWA'; TimeCreated = $utc; Level = [byte]2; Properties = @((& $property 'EX1'), (& $property 'https://ex2.contoso.com/owa'), (& $property 5)) }
Check 'the insertion strings of an event are the values of its properties' ((Get-Line $event) -match '"Properties":\["EX1","https://ex2.contoso.com/owa",5\]') (Get-Line $event)
$event.Properties = @('System.Diagnostics.Eventing.Reader.EventProperty')
Check 'what remoting leaves of them is no value' ((Get-Line $event) -match '"Properties":\[null\]') (Get-Line $event)
$event.Properties = @('EX1', 'EX2')
Check 'hand-made insertion strings are taken as they are' ((Get-Line $event) -match '"Properties":\["EX1","EX2"\]') (Get-Line $event)

# Text
$line = Get-Line 'Registered ServicePrincipalNames for CN=EX2:', "`tSMTPSVC/EX2", ''
Check-Equal 'lines that follow each other are one text' ($line -join '|') '{"text":"Registered ServicePrincipalNames for CN=EX2:\n\tSMTPSVC/EX2\n\n"}'
$line = Get-Line 'a', (New-Odd @{ A = 1 }), 'b', 'c'
Check-Equal 'an object ends a text' ($line -join '|') '{"text":"a\n"}|{"type":["Contoso.ExAuthOdd"],"properties":{"A":1}}|{"text":"b\nc\n"}'
$lines = 'a', 'b', 'c' | ForEach-Object { Add-Member -InputObject $_ -NotePropertyName PSComputerName -NotePropertyValue 'EX1' -PassThru }
$lines[2].PSComputerName = 'EX2'
Check-Equal 'lines of another computer are another text' ((Get-Line $lines) -join '|') '{"text":"a\nb\n","computer":"EX1"}|{"text":"c\n","computer":"EX2"}'
$record = New-Object System.Management.Automation.ErrorRecord (New-Object Exception 'Access denied'), 'NativeCommandError', 'NotSpecified', $null
Check-Equal 'an error line of a tool is a line of its text' ((Get-Line 'a', $record) -join '|') '{"text":"a\nAccess denied\n"}'
Check-Equal 'blank text is nothing' @(Get-Line '', '  ', $null).Count 0

# Records
$records = @('Registered ServicePrincipalNames', 'SMTPSVC/EX2' | ConvertFrom-ExAuthTool 'setspn -L EX2' -Computer EX1)
Check 'a tool gives typed records' ($records.Count -eq 1 -and $records[0] -is [ExAuth.Record] -and $records[0].Computer -eq 'EX1' -and $records[0].Type[0] -eq 'ExAuth.SpnList' -and $records[0].Properties.spns.Count -eq 2) $records
$wanted = '{"type":["ExAuth.SpnList"],"from":"setspn -L EX2","properties":{"spns":["SMTPSVC/EX2","HTTP/EX2"],"count":2,"none":null,"long":true},"schema":"exauth.record/1","computer":"EX1"}'
Check-Equal 'a record goes to the library as it is' (Get-Line $records) $wanted
$path = Join-Path ([IO.Path]::GetTempPath()) 'exauth records.xml'
$records | Export-Clixml -LiteralPath $path
$back = Get-Line (Import-Clixml -LiteralPath $path)
Check-Equal 'a record that went through CLIXML is the same record' $back '{"schema":"exauth.record/1","type":["ExAuth.SpnList"],"from":"setspn -L EX2","computer":"EX1","properties":{"spns":["SMTPSVC/EX2","HTTP/EX2"],"count":2,"none":null,"long":true}}'
$back = Get-Line ('{"schema":"exauth.record/1","from":"x","text":"y"}' | ConvertFrom-Json)
Check-Equal 'a record that was read from JSON is the same record' $back '{"schema":"exauth.record/1","from":"x","text":"y"}'
$wanted = '{"type":["ExtensibleQueueInfo"],"from":"Get-Queue","properties":{"LastError":"x"}}'
foreach ($given in '{"from":"Get-Queue","type":["ExtensibleQueueInfo"],"properties":{"LastError":"x"},"more":1}', '{"properties":{"LastError":"x"}}', '{"text":"y","computer":"EX1"}', '{"text":["y","z"],"from":"setspn"}') {
    Check "without its schema it is one too: $given" ((Get-Line ($given | ConvertFrom-Json)) -ceq $(if ($given -match 'more') { $wanted } elseif ($given -match '"text":"y"') { '{"computer":"EX1","text":"y"}' } elseif ($given -match 'text') { '{"from":"setspn","text":["y","z"]}' } else { $given })) (Get-Line ($given | ConvertFrom-Json))
}
Check-Equal 'a hashtable with these fields is one' (Get-Line @{ text = 'y'; computer = 'EX1' }) '{"computer":"EX1","text":"y"}'
foreach ($other in @{ Text = 'y'; From = 'a@contoso.com' }, @{ text = 'y' }, @{ text = 5; from = 'x' }, @{ properties = @(1); from = 'x' }, @{ Properties = @{ A = 1 } }, @{ properties = 'x' }) {
    $name = ($other.Keys | Sort-Object | ForEach-Object { "$_=$($other[$_])" }) -join ' '
    Check "an object with $name is no record" ((Get-Line ([pscustomobject]$other)) -match '"properties":\{\}' -and (Get-Line $other) -match '"properties":\{\}') (Get-Line ([pscustomobject]$other))
}

$throws = [pscustomobject]@{ A = 1 }
$throws.PSObject.Properties.Add((New-Object psscriptproperty 'properties', { throw 'no' }))
Check 'an object whose property throws is no record and no error' ((Get-Line $throws) -match '"properties":\{\}') $null

# Documents as lines of text, and files
function Get-Run { @($input | Test-ExAuth | ForEach-Object { $_.Message }) -join ' + ' }
Check-Equal 'lines of JSON are one document' ('{"A":1}', '{"A":2}' | Get-Run) 'document: {"A":1}|{"A":2}|'
Check-Equal 'so is JSON over several lines, and one string of it' (('[', ' {', '  "A": "}["', ' }', ']', '' | Get-Run) + ' + ' + ("{`r`n `"A`": 1`r`n}" | Get-Run)) 'document: [| {|  "A": "}["| }|]|| + document: {| "A": 1|}|'
Check-Equal 'text behind the end of a document is text, and the other way round' ('{"A":1}', 'Registered', 'x', '{"A":2}', '{"A":3}' | Get-Run) 'document: {"A":1}| + {"text":"Registered\nx\n"} + document: {"A":2}|{"A":3}|'
Check-Equal 'a document inside a line of text is part of the text' ('Name : {"A":1}', ' {"A":1}', '{Basic, Fba}', '[PS] C:\>x' | Get-Run) '{"text":"Name : {\"A\":1}\n {\"A\":1}\n{Basic, Fba}\n[PS] C:\\>x\n"}'
Check-Equal 'lists and prompts of the shell are no JSON' (('{Basic, Fba}' | Get-Run) + ' + ' + ('[PS] C:\>Get-Queue' | Get-Run)) '{"text":"{Basic, Fba}\n"} + {"text":"[PS] C:\\>Get-Queue\n"}'
Check-Equal 'CLIXML is a document, text behind it is not' ('<Objs Version="1.1.0.1">', ' <S>x</S>', '</Objs>', 'y' | Get-Run) 'document: <Objs Version="1.1.0.1">| <S>x</S>|</Objs>| + {"text":"y\n"}'
Check-Equal 'events as XML that follow each other are one document' ('<Event><System/></Event>', '<Event><System/></Event>', 'y' | Get-Run) 'document: <Event><System/></Event>|<Event><System/></Event>| + {"text":"y\n"}'
Check-Equal 'other XML is text' ('<?xml version="1.0"?>', '<configuration/>' | Get-Run) '{"text":"<?xml version=\"1.0\"?>\n<configuration/>\n"}'
Check-Equal 'CSV is a document' ('"A","B"', '"1","2"' | Get-Run) 'document: "A","B"|"1","2"|'
Check-Equal 'an object ends a document' (& { '{"A":1}'; New-Odd @{ A = 1 }; '{"A":2}' } | Get-Run) 'document: {"A":1}| + {"type":["Contoso.ExAuthOdd"],"properties":{"A":1}} + document: {"A":2}|'
$folder = Join-Path ([IO.Path]::GetTempPath()) ('exauth files ' + [guid]::NewGuid())
$null = New-Item -ItemType Directory $folder
[IO.File]::WriteAllText("$folder\a.jsonl", "{`"A`":1}`n{`"A`":`"reject me`"}`n")
[IO.File]::WriteAllText("$folder\b.txt", "Registered`r`nx`r`n", [Text.Encoding]::Unicode)
[IO.File]::WriteAllText("$folder\c.xml", '<Objs Version="1.1.0.1"/>', [Text.Encoding]::Unicode)
[IO.File]::WriteAllBytes("$folder\d.evtx", [byte[]](0x45, 0x6C, 0x66, 0x46, 0x69, 0x6C, 0x65, 0, 0, 0, 0, 0, 1))
[IO.File]::WriteAllText("$folder\e.txt", ' ')
Check-Equal 'lines of files are a document a file' (Get-Content "$folder\a.jsonl", "$folder\b.txt", "$folder\c.xml" -ErrorAction SilentlyContinue | Test-ExAuth -ErrorAction SilentlyContinue | ForEach-Object { $_.Message }) 'document: {"A":1}|{"A":"reject me"}| document: Registered|x| document: <Objs Version="1.1.0.1"/>|'
$problems = @()
Check-Equal 'files are read, each by its content' (Get-ChildItem $folder | Test-ExAuth -ErrorAction SilentlyContinue -ErrorVariable problems | ForEach-Object { $_.Message }) 'document: {"A":1}|{"A":"reject me"}| document: Registered|x| document: <Objs Version="1.1.0.1"/>'
Check 'a place that is no record is told with its file and line' ($problems[0].FullyQualifiedErrorId -like 'ExAuth.RecordRejected*' -and "$($problems[0])" -match 'Line 2 of .*a\.jsonl' -and $problems[0].TargetObject -like '*a.jsonl') $problems
Check 'a file that is no text is one error with its path' ($problems.Count -eq 2 -and $problems[1].FullyQualifiedErrorId -like 'ExAuth.FileNotReadable*' -and $problems[1].TargetObject -like '*d.evtx') $problems
$gone = Get-Item "$folder\b.txt"
Remove-Item "$folder\b.txt"
$held = [IO.File]::Open("$folder\a.jsonl", 'Open', 'ReadWrite', 'None')
$given = @($gone, (Get-Item "$folder\a.jsonl"), (Get-Item "$folder\c.xml") | Test-ExAuth -ErrorAction SilentlyContinue -ErrorVariable problems)
$held.Close()
Check 'files that cannot be read are an error each, the others are read' ($given.Count -eq 1 -and $problems.Count -eq 2 -and $problems[0].TargetObject -like '*b.txt' -and $problems[1].TargetObject -like '*a.jsonl') $problems
$many = @(1..30000 | ForEach-Object { '{"A":"' + ('x' * 80) + '"}' } | Test-ExAuth)
Check "many lines of JSON are handed on in pieces ($($many.Count))" ($many.Count -ge 3) $many.Count

# CLIXML of real servers
if (Test-Path -LiteralPath (Join-Path $Data 'clixml')) {
    $owa = Import-Clixml -LiteralPath (Join-Path $Data 'clixml/E16/Exchange/GetOwaVirtualDirectory.xml')
    $read = Get-Line $owa | ConvertFrom-Json
    Check-Equal 'CLIXML: a list of enums is a list of names' ($read.properties.InternalAuthenticationMethods -join ' ') 'Basic Fba'
    Check-Equal 'CLIXML: an enum is its name' $read.properties.OwaVersion 'Exchange2013'
    Check-Equal 'CLIXML: an address is its text' $read.properties.InternalUrl "$($owa.InternalUrl)"
    Check-Equal 'CLIXML: a version is its text' $read.properties.AdminDisplayVersion 'Version 15.1 (Build 2375.7)'
    $connector = @(Import-Clixml -LiteralPath (Join-Path $Data 'clixml/connectors/GetReceiveConnector.three-of-five.xml'))[0]
    $read = Get-Line $connector | ConvertFrom-Json
    Check 'CLIXML: flags are their names' ($read.properties.AuthMechanism -match '^Tls, ' -and $read.properties.PermissionGroups -match '^[A-Za-z]+') $read.properties
    Check 'CLIXML: bindings are texts' (@($read.properties.Bindings)[0] -match ':\d+$') $read.properties
}
else { "skipped: $Data is not there, so nothing was read from real CLIXML" }

# Wrong input
$told = @(Get-Item $PSScriptRoot, $HOME, $PSHOME | Test-ExAuth -Verbose 4>&1)
Check 'objects of no kind are counted in -Verbose' ("$told" -match ' objects of no known kind: .*System\.IO\.DirectoryInfo \(3\)') "$told"
$found = @()
$null = & { Get-Date; Get-Process -Id $PID; $null; 5; [guid]::Empty; @{}; New-Object object; { 1 } } | Test-ExAuth -ErrorVariable found
Check 'wrong objects are no error' ($found.Count -eq 0) $found
$null = @() | Test-ExAuth -ErrorVariable +found
$null = $null | Test-ExAuth -ErrorVariable +found
$null = Test-ExAuth -ErrorVariable +found
$null = $null, $null | Get-ExAuthDiagnosis -ErrorVariable +found
$null = ConvertFrom-ExAuthTool setspn -ErrorVariable +found
$null = $null | ConvertFrom-ExAuthTool -ErrorVariable +found
Check 'nothing at all is no error' ($found.Count -eq 0) $found
Check-Equal 'strict mode changes nothing' (& { Set-StrictMode -Version Latest; Get-Line (New-Odd @{ A = 1 }) }) '{"type":["Contoso.ExAuthOdd"],"properties":{"A":1}}'

# Errors
$bad = New-Odd @{ A = 'reject me' }
$given = @((New-Odd @{ A = 1 }), $bad, (New-Odd @{ A = 2 }) | Test-ExAuth -ErrorVariable found -ErrorAction SilentlyContinue)
Check 'a rejected record is one error, the others are judged' ($found.Count -eq 1 -and $given.Count -eq 2) $found
Check 'its id is ExAuth.RecordRejected and its target the input' ($found[0].FullyQualifiedErrorId -like 'ExAuth.RecordRejected,*' -and [object]::ReferenceEquals($found[0].TargetObject.PSObject.BaseObject, $bad.PSObject.BaseObject) -or $found[0].TargetObject.A -eq 'reject me') $found
$problem = $null
try { New-Odd @{ A = 'panic now' } | Test-ExAuth -ErrorAction SilentlyContinue } catch { $problem = $_ }
Check 'a defect in the library ends the command with ExAuth.CallFailed' ($problem.FullyQualifiedErrorId -like 'ExAuth.CallFailed*' -and $problem.Exception.Name -eq 'EXAUTH_E_PANIC') $problem
$null = 'refuse this' | ConvertFrom-ExAuthTool setspn -ErrorVariable found -ErrorAction SilentlyContinue
Check 'a refused text is an error with the reason and the place' ($found[0].FullyQualifiedErrorId -like 'ExAuth.CallFailed*' -and $found[0].Exception.Message -eq 'not "this"' -and $found[0].Exception.At -eq '/0') $found
$null = ConvertFrom-ExAuthTool setspn -Path Z:\no\such.txt -ErrorVariable found -ErrorAction SilentlyContinue
Check 'a file that is not there is an error with its path' ($found.Count -eq 1 -and $found[0].TargetObject -eq 'Z:\no\such.txt') $found

# Streaming
$at = New-Object System.Diagnostics.Stopwatch
$first = $null
$at.Start()
& { 1..4 | ForEach-Object { New-Odd @{ A = $_ }; Start-Sleep -Milliseconds 400 } } | Test-ExAuth | ForEach-Object { if ($null -eq $first) { $first = $at.ElapsedMilliseconds } }
Check "a slow producer shows its first result while it runs (after $first ms of $($at.ElapsedMilliseconds))" ($first -lt 1000) $first
$seen = @(1..20000 | ForEach-Object { New-Odd @{ A = $_ } } | Test-ExAuth | Select-Object -First 1)
Check 'Select-Object -First ends the pipeline early without an error' ($seen.Count -eq 1) $seen
$order = @(1..10000 | ForEach-Object { New-Odd @{ A = $_ } } | Test-ExAuth | ForEach-Object { ($_.Message | ConvertFrom-Json).properties.A })
Check 'ten thousand objects come back in their order' ($order.Count -eq 10000 -and $order[0] -eq 1 -and $order[9999] -eq 10000) $order.Count
Complete-Checks
