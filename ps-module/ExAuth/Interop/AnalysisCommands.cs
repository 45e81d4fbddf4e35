// Test-ExAuth and Get-ExAuthDiagnosis: which options a session gets, and what is written of its result.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System.Collections.Generic;
    using System.Management.Automation;

    [Cmdlet(VerbsDiagnostic.Test, "ExAuth")]
    [OutputType(typeof(Finding))]
    public sealed class TestExAuthCommand : AnalysisCommand
    {
        [Parameter]
        public SwitchParameter IncludeClear { get; set; }

        protected override string Flags
        {
            get { return "\"stream_only\":true,\"include_clear\":" + (IncludeClear ? "true" : "false"); }
        }

        protected override bool NeedsReport { get { return false; } }

        protected override void OnFindings(string findings)
        {
            foreach (Dictionary<string, object> finding in JsonReader.Lines(findings)) { WriteObject(Finding.Read(finding)); }
        }

        protected override void OnReport(Dictionary<string, object> report) { }
    }

    [Cmdlet(VerbsCommon.Get, "ExAuthDiagnosis")]
    [OutputType(typeof(Diagnosis))]
    public sealed class GetExAuthDiagnosisCommand : AnalysisCommand
    {
        protected override string Flags { get { return "\"diagnose\":true"; } }

        protected override bool NeedsReport { get { return true; } }

        // The report holds them, judged together.
        protected override void OnFindings(string findings) { }

        protected override void OnReport(Dictionary<string, object> report)
        {
            foreach (object item in new Fields(report).List("diagnoses")) { WriteObject(Diagnosis.Read((Dictionary<string, object>)item)); }
        }
    }
}
#endif
