# Ratios of the module to what people write themselves, both sides in the same run, median of -Rounds.
#   ../../../shared/powershell/pwsh -File tests/ps/bench.ps1 -Module Z:/path/to/ExAuth.psd1 [-Import 0]
# A module over echo.c with -DQUIET instead of the library shows what the module itself costs.
# A figure says something only when nothing else uses the machine's cores.
param([string]$Module, [int]$Count = 50000, [int]$Rounds = 5, [int]$Import = 1)
Import-Module $Module -ErrorAction Stop

Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition @'
using System;
using System.Management.Automation;
namespace Microsoft.Exchange.Data.QueueViewer
{
    public enum QueueStatus { Ready, Retry }
    public class ExtensibleQueueInfo
    {
        public string Identity { get; set; }
        public string QueueIdentity { get; set; }
        public string DeliveryType { get; set; }
        public string NextHopCategory { get; set; }
        public string NextHopDomain { get; set; }
        public QueueStatus Status { get; set; }
        public int MessageCount { get; set; }
        public string LastError { get; set; }
        public DateTime? LastRetryTime { get; set; }
        public string TlsDomain { get; set; }
    }
}
public static class BenchQueues
{
    static readonly string[] Names = { "Identity", "QueueIdentity", "DeliveryType", "NextHopCategory", "NextHopDomain", "Status", "MessageCount", "LastError", "LastRetryTime", "TlsDomain" };
    public static object[] Bags(int count)
    {
        object[] result = new object[count];
        for (int i = 0; i < count; i++)
        {
            PSObject queue = new PSObject();
            queue.TypeNames.Insert(0, "Deserialized.Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo");
            bool fails = i % 50 == 0;
            object[] values = { "EX1\\" + i, "EX1\\" + i, "SmtpRelayToRemoteAdSite", "Internal", "site:branch; version: 14", fails ? "Retry" : "Ready", 41, fails ? Error : null, null, "" };
            for (int k = 0; k < Names.Length; k++) { queue.Properties.Add(new PSNoteProperty(Names[k], values[k])); }
            result[i] = queue;
        }
        return result;
    }
    public static object[] Live(int count)
    {
        object[] result = new object[count];
        for (int i = 0; i < count; i++)
        {
            var queue = new Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo();
            queue.Identity = queue.QueueIdentity = "EX1\\" + i;
            queue.DeliveryType = "SmtpRelayToRemoteAdSite"; queue.NextHopCategory = "Internal"; queue.NextHopDomain = "site:branch; version: 14"; queue.MessageCount = 41;
            if (i % 50 == 0) { queue.LastError = Error; queue.Status = Microsoft.Exchange.Data.QueueViewer.QueueStatus.Retry; }
            result[i] = new PSObject(queue);
        }
        return result;
    }
    const string Error = "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication failure.\" Attempted failover to alternate host, but that did not succeed.";
}
'@

function Read-Queue {
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline = $true)][psobject]$InputObject)
    process {
        $a = $InputObject.Identity; $b = $InputObject.QueueIdentity; $c = $InputObject.DeliveryType; $d = $InputObject.NextHopCategory
        $e = $InputObject.NextHopDomain; $f = $InputObject.Status; $g = $InputObject.MessageCount; $h = $InputObject.LastError; $i = $InputObject.LastRetryTime
        $j = $InputObject.PSComputerName
    }
}
function Measure-Median([scriptblock]$Code) {
    $times = foreach ($round in 1..$Rounds) {
        [GC]::Collect()
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $null = & $Code
        $watch.Elapsed.TotalMilliseconds
    }
    @($times | Sort-Object)[[int][Math]::Floor($Rounds / 2)]
}
function Row([string]$What, [double]$Ours, [string]$Rival, [double]$Theirs, [string]$Must) {
    '{0,-44} {1,9:N2} us  {2,-38} {3,9:N2} us  ratio {4,5:N2}  {5}' -f $What, ($Ours * 1000 / $Count), $Rival, ($Theirs * 1000 / $Count), ($Ours / $Theirs), $Must
}

"{0:N0} objects, every fiftieth fails, median of {1}" -f $Count, $Rounds
foreach ($kind in 'deserialised', 'live') {
    $objects = if ($kind -eq 'live') { [BenchQueues]::Live($Count) } else { [BenchQueues]::Bags($Count) }
    $null = $objects | Test-ExAuth
    $null = $objects | Read-Queue
    $null = $objects | Where-Object { $_.LastError -match '454 4\.7\.0' }
    $ours = Measure-Median { $objects | Test-ExAuth }
    $reads = Measure-Median { $objects | Read-Queue }
    $where = Measure-Median { $objects | Where-Object { $_.LastError -match '454 4\.7\.0' } }
    Row "$kind | Test-ExAuth" $ours 'advanced function reading the same' $reads 'must <= 2.0, aim 1.4 (P1)'
    Row "$kind | Test-ExAuth" $ours "Where-Object LastError -match" $where ''
    $diagnosis = Measure-Median { $objects | Get-ExAuthDiagnosis }
    Row "$kind | Get-ExAuthDiagnosis" $diagnosis 'advanced function reading the same' $reads ''
}

if ($Import) {
    $pwsh = Join-Path $PSHOME 'pwsh.exe'
    $empty = Join-Path ([IO.Path]::GetTempPath()) 'ExAuthEmpty.psm1'
    Set-Content -LiteralPath $empty -Value 'function Get-Nothing { }'
    function Measure-Import([string]$Path) {
        $times = foreach ($round in 1..$Rounds) {
            [double](& $pwsh -NoProfile -Command "`$w = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$Path'; `$w.Elapsed.TotalMilliseconds.ToString([Globalization.CultureInfo]::InvariantCulture)")
        }
        @($times | Sort-Object)[[int][Math]::Floor($Rounds / 2)]
    }
    $ours = Measure-Import $Module
    $theirs = Measure-Import $empty
    'Import-Module ExAuth {0:N0} ms, an empty script module {1:N0} ms: +{2:N0} ms (must <= +100, aim +40; I1)' -f $ours, $theirs, ($ours - $theirs)
}
