// Test-ExAuth and Get-ExAuthDiagnosis. Compiled because each pipeline object passes through here: a compiled
// cmdlet costs about 60 % of a function around a compiled method. Hand objects on; decide nothing.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.Management.Automation;

    /// <summary>Reads the pipeline in batches through one session.</summary>
    public abstract class AnalysisCommand : PSCmdlet, IDisposable
    {
        // A batch ends at any of these: memory stays small, calls stay few, and a slow producer shows results at once.
        private const int BatchObjects = 4096;
        private const int BatchBytes = 1024 * 1024;
        private static readonly long BatchTicks = Stopwatch.Frequency / 4;

        private Session _session;
        private Projector _projector;
        private long _lastFlush;
        private int _added;

        [Parameter(Position = 0, ValueFromPipeline = true)]
        [AllowNull]
        [AllowEmptyString]
        [AllowEmptyCollection]
        public PSObject InputObject { get; set; }

        /// <summary>The options document of the session.</summary>
        protected abstract string Options { get; }

        /// <summary>Findings as NDJSON, right after the batch that led to them.</summary>
        protected abstract void OnFindings(string findings);

        /// <summary>After the last finding, with the session finished.</summary>
        protected virtual void OnEnd(Session session) { }

        protected override void BeginProcessing()
        {
            try
            {
                _projector = new Projector(Shared.Plan);
                _session = new Session(Shared.Catalog, Options);
            }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); }
            _lastFlush = Stopwatch.GetTimestamp();
        }

        protected override void ProcessRecord()
        {
            _projector.Add(InputObject);
            int waiting = _projector.Inputs.Count;
            if (waiting == 0) { return; }
            if (waiting >= BatchObjects || _projector.Records.Length >= BatchBytes || Stopwatch.GetTimestamp() - _lastFlush >= BatchTicks) { Flush(); }
        }

        protected override void EndProcessing()
        {
            _projector.EndText();
            Flush();
            try { _session.Finish(); }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); }
            Drain();
            OnEnd(_session);
            Tell(_projector.Unknown, "object", "objects", "of no known kind");
            Tell(_projector.Failures, "property", "properties", "that could not be read");
        }

        public void Dispose()
        {
            if (_session != null) { _session.Dispose(); }
            _session = null;
        }

        private void Flush()
        {
            if (_projector.Inputs.Count > 0)
            {
                string rejected = null;
                try { rejected = _session.Add(_projector.Records.Bytes, _projector.Records.Length); }
                catch (ExAuthException e) { Report(e); }
                foreach (Dictionary<string, object> document in JsonReader.Lines(rejected)) { WriteError(Rejection(document)); }
                _added += _projector.Inputs.Count;
                _projector.Clear();
                Drain();
            }
            _lastFlush = Stopwatch.GetTimestamp();
        }

        private void Drain()
        {
            string findings;
            while ((findings = Next()) != null) { OnFindings(findings); }
        }

        private string Next()
        {
            try { return _session.Next(); }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); return null; }
        }

        // A batch that was refused for its content costs the batch; a broken session ends the command.
        private void Report(ExAuthException e)
        {
            object target = _projector.Inputs.Count == 1 ? _projector.Inputs[0] : null;
            if (e.Name == "EXAUTH_E_PANIC" || e.Name == "EXAUTH_E_STATE") { ThrowTerminatingError(Failure(e, target)); }
            WriteError(Failure(e, target));
        }

        private ErrorRecord Rejection(Dictionary<string, object> document)
        {
            Fields fields = new Fields(document);
            // The index counts records of the session from 0.
            int index = fields.Number("index") - _added;
            object target = index >= 0 && index < _projector.Inputs.Count ? _projector.Inputs[index] : null;
            string reason = "The input was not accepted as a record: " + (fields.Text("reason") ?? "no reason given");
            return new ErrorRecord(new InvalidOperationException(reason), "ExAuth.RecordRejected", ErrorCategory.InvalidData, target);
        }

        internal static ErrorRecord Failure(ExAuthException e, object target)
        {
            return new ErrorRecord(e, "ExAuth.CallFailed", ErrorCategory.InvalidOperation, target);
        }

        private void Tell(Dictionary<string, int> counts, string one, string many, string what)
        {
            if (counts == null) { return; }
            int total = 0;
            List<string> parts = new List<string>();
            foreach (KeyValuePair<string, int> pair in counts)
            {
                total += pair.Value;
                parts.Add(pair.Key + " (" + pair.Value + ")");
            }
            parts.Sort(StringComparer.Ordinal);
            WriteVerbose(total + " " + (total == 1 ? one : many) + " " + what + ": " + string.Join(", ", parts.ToArray()));
        }
    }

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
