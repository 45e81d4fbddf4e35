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

        protected override string Options
        {
            get { return "{\"stream_only\":true,\"include_clear\":" + (IncludeClear ? "true}" : "false}"); }
        }

        protected override void OnFindings(string findings)
        {
            foreach (Dictionary<string, object> finding in JsonReader.Lines(findings)) { WriteObject(Finding.Read(finding)); }
        }
    }

    [Cmdlet(VerbsCommon.Get, "ExAuthDiagnosis")]
    [OutputType(typeof(Diagnosis))]
    public sealed class GetExAuthDiagnosisCommand : AnalysisCommand
    {
        protected override string Options { get { return null; } }

        // The report holds them, judged together.
        protected override void OnFindings(string findings) { }

        protected override void OnEnd(Session session)
        {
            string report = null;
            try { report = session.Report("json"); }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); }
            foreach (object item in new Fields(JsonReader.Parse(report)).List("diagnoses"))
            {
                WriteObject(Diagnosis.Read((Dictionary<string, object>)item));
            }
        }
    }
}
#endif
