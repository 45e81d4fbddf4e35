# Many objects: the count is right, and memory does not grow with the input.
param([string]$Module, [int]$Count = 100000)
. (Join-Path $PSScriptRoot 'assert.ps1')
Import-Module $Module -ErrorAction Stop

Add-Type -IgnoreWarnings -WarningAction SilentlyContinue -TypeDefinition @'
using System.Collections.Generic;
using System.Management.Automation;
public static class ManyQueues
{
    public static IEnumerable<PSObject> Make(int count, int failEvery)
    {
        for (int i = 1; i <= count; i++)
        {
            PSObject queue = new PSObject();
            queue.TypeNames.Insert(0, "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo");
            bool fails = i % failEvery == 0;
            string[] names = { "Identity", "DeliveryType", "NextHopDomain", "Status", "MessageCount", "LastError" };
            object[] values = { "EX1\\" + i, "SmtpRelayToRemoteAdSite", "site:branch; version: 14", fails ? "Retry" : "Ready", 41, fails ? "454 4.7.0 Temporary authentication failure" : null };
            for (int k = 0; k < names.Length; k++) { queue.Properties.Add(new PSNoteProperty(names[k], values[k])); }
            yield return queue;
        }
    }
    public static long WorkingSet()
    {
        System.GC.Collect();
        System.GC.WaitForPendingFinalizers();
        System.GC.Collect();
        return System.Diagnostics.Process.GetCurrentProcess().WorkingSet64;
    }
}
'@
$null = [ManyQueues]::Make(20000, 50) | Test-ExAuth | Measure-Object
$before = [ManyQueues]::WorkingSet()
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$found = ([ManyQueues]::Make($Count, 50) | Test-ExAuth | Measure-Object).Count
$seconds = $watch.Elapsed.TotalSeconds
$growth = ([ManyQueues]::WorkingSet() - $before) / 1MB
'{0:N0} objects in {1:N1} s, {2:N1} us each; working set grew by {3:N1} MiB' -f $Count, $seconds, ($seconds * 1e6 / $Count), $growth
Check-Equal "$Count queues of which every fiftieth fails give the right number of findings" $found ([int]($Count / 50))
Check "the working set grows by at most 32 MiB" ($growth -le 32) $growth
$before = [ManyQueues]::WorkingSet()
$null = 1..$Count | ForEach-Object { 'a line of text that says nothing about Exchange, number {0}, and goes on for a while to be as long as others' -f $_ } | Test-ExAuth
$growth = ([ManyQueues]::WorkingSet() - $before) / 1MB
'{0:N0} lines of text: working set grew by {1:N1} MiB' -f $Count, $growth
# One text of up to 4 MiB characters is held, as UTF-16 and as UTF-8.
Check 'lines of text do not pile up' ($growth -le 64) $growth
$diagnosis = @([ManyQueues]::Make(5000, 50) | Get-ExAuthDiagnosis)
Check-Equal 'a hundred failing queues to one target are one problem' "$($diagnosis.Count) $($diagnosis[0].Count)" '1 100'
Complete-Checks
