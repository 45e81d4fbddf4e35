// What Test-ExAuth and Get-ExAuthDiagnosis have in common. Compiled because each pipeline object passes through here: a compiled
// cmdlet costs about 60 % of a function around a compiled method. Hand objects on; decide nothing.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Text;

    /// <summary>Reads the pipeline in batches through one session.</summary>
    public abstract class AnalysisCommand : PSCmdlet, IDisposable, ITextTaker
    {
        // A batch ends at any of these: memory stays small, calls stay few, and a slow producer shows results at once.
        private const int BatchObjects = 4096;
        private const int BatchBytes = 1024 * 1024;
        private static readonly long BatchTicks = Stopwatch.Frequency / 4;

        private Session _session;
        private Projector _projector;
        private long _lastFlush;

        [Parameter(Position = 0, ValueFromPipeline = true)]
        [AllowNull]
        [AllowEmptyString]
        [AllowEmptyCollection]
        public PSObject InputObject { get; set; }

        [Parameter]
        [ValidateNotNull]
        public PSObject[] Suppression { get; set; }

        [Parameter]
        [ValidateNotNull]
        public string Culture { get; set; }

        /// <summary>The fields of the options document that make the command what it is.</summary>
        protected abstract string Flags { get; }

        /// <summary>True when the command writes of the report.</summary>
        protected abstract bool NeedsReport { get; }

        /// <summary>Findings as NDJSON, right after the batch that led to them.</summary>
        protected abstract void OnFindings(string findings);

        /// <summary>After the last finding, where the report was asked for.</summary>
        protected abstract void OnReport(Dictionary<string, object> report);

        protected override void BeginProcessing()
        {
            try
            {
                _projector = new Projector(Shared.Plan, this, new CollectedTime(InvokeCommand));
                string options = SessionOptions.Document(Flags, Culture ?? CultureInfo.CurrentUICulture.Name, Suppression);
                _session = new Session(Shared.Catalog, options);
            }
            catch (SuppressionException e) { ThrowTerminatingError(SessionOptions.Invalid(e.Message, e.Given)); }
            catch (ExAuthException e) { ThrowTerminatingError(SessionOptions.Explained(e, Suppression) ?? Failure(e, null)); }
            _lastFlush = Stopwatch.GetTimestamp();
        }

        protected override void ProcessRecord()
        {
            _projector.Add(InputObject);
            bool late = Stopwatch.GetTimestamp() - _lastFlush >= BatchTicks;
            if (late) { _projector.Breathe(); }
            if (late || _projector.Inputs.Count >= BatchObjects || _projector.Records.Length >= BatchBytes) { Flush(); }
        }

        protected override void EndProcessing()
        {
            _projector.EndText();
            Flush();
            try { _session.Finish(); }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); }
            Drain();
            bool verbose = IsVerbose();
            bool suppresses = Suppression != null && Suppression.Length > 0;
            // A report of many findings is long: it is made where somebody reads it.
            if (!verbose && !suppresses && !NeedsReport) { return; }
            Dictionary<string, object> report = Report();
            OnReport(report);
            Fields fields = new Fields(report);
            foreach (object item in fields.List("suppressions")) { TellSuppression(new Fields(item)); }
            if (verbose) { TellInput(fields); }
        }

        private Dictionary<string, object> Report()
        {
            string report = null;
            try { report = _session.Report("json"); }
            catch (ExAuthException e) { ThrowTerminatingError(Failure(e, null)); }
            return JsonReader.Parse(report) as Dictionary<string, object>;
        }

        private void TellSuppression(Fields suppression)
        {
            bool expired;
            string said = SessionOptions.Said(suppression, out expired);
            if (said == null) { return; }
            if (expired) { WriteWarning(said); } else { WriteVerbose(said); }
        }

        private void TellInput(Fields report)
        {
            foreach (string line in Received.Lines(report)) { WriteVerbose(line); }
            Dictionary<string, int> unknown = _projector.Unknown ?? new Dictionary<string, int>();
            // The library has also seen what documents hold.
            foreach (object item in report.List("ignored")) { unknown[new Fields(item).Text("kind")] = new Fields(item).Number("count"); }
            Tell(unknown, "object", "objects", "of no known kind");
            Tell(_projector.Failures, "property", "properties", "that could not be read");
        }

        private bool IsVerbose()
        {
            object asked;
            if (MyInvocation.BoundParameters.TryGetValue("Verbose", out asked)) { return (SwitchParameter)asked; }
            object preference = SessionState.PSVariable.GetValue("VerbosePreference");
            return preference != null && !string.Equals(preference.ToString(), "SilentlyContinue", StringComparison.OrdinalIgnoreCase)
                && !string.Equals(preference.ToString(), "Ignore", StringComparison.OrdinalIgnoreCase);
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
                catch (ExAuthException e) { Report(e, _projector.Inputs.Count == 1 ? _projector.Inputs[0] : null); }
                foreach (Dictionary<string, object> document in JsonReader.Lines(rejected)) { WriteError(Rejection(document)); }
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
        private void Report(ExAuthException e, object target)
        {
            if (e.Name == "EXAUTH_E_PANIC" || e.Name == "EXAUTH_E_STATE") { ThrowTerminatingError(Failure(e, target)); }
            WriteError(Failure(e, target));
        }

        // The buffer holds a record a line.
        private ErrorRecord Rejection(Dictionary<string, object> document)
        {
            Fields fields = new Fields(document);
            int line = fields.Number("line");
            object target = line > 0 && line <= _projector.Inputs.Count ? _projector.Inputs[line - 1] : null;
            return Rejection("The input", fields, target);
        }

        private static ErrorRecord Rejection(string what, Fields document, object target)
        {
            string reason = what + " was not accepted as a record: " + (document.Text("reason") ?? "no reason given");
            return new ErrorRecord(new InvalidOperationException(reason), "ExAuth.RecordRejected", ErrorCategory.InvalidData, target);
        }

        void ITextTaker.Document(string text, string path, int firstLine, object input)
        {
            Flush();
            // With its mark: the library then tells the form by the content, and reads it as it reads a file.
            byte[] bytes = new byte[2 + text.Length * 2];
            bytes[0] = 0xFF;
            bytes[1] = 0xFE;
            Encoding.Unicode.GetBytes(text, 0, text.Length, bytes, 2);
            string rejected = null;
            try { rejected = _session.Add(bytes, bytes.Length); }
            catch (ExAuthException e) { Report(e, input); }
            string file = path == null ? "the text" : "'" + FileOf(path) + "'";
            foreach (Dictionary<string, object> document in JsonReader.Lines(rejected))
            {
                Fields fields = new Fields(document);
                WriteError(Rejection("Line " + (firstLine - 1 + fields.Number("line")) + " of " + file, fields, path == null ? input : FileOf(path)));
            }
            Drain();
        }

        void ITextTaker.TooLarge(string path, object input)
        {
            string what = path == null ? "A text in the input" : "The text of '" + FileOf(path) + "'";
            string limit = what + " is larger than " + TextRun.DocumentLimit / (1024 * 1024) + " million characters and was left out.";
            WriteError(new ErrorRecord(new InvalidOperationException(limit), "ExAuth.TextTooLarge", ErrorCategory.LimitsExceeded, path == null ? input : FileOf(path)));
        }

        void ITextTaker.File(FileInfo file, object input)
        {
            string path = file.FullName;
            string text;
            try
            {
                if (file.Length > TextRun.DocumentLimit) { ((ITextTaker)this).TooLarge(path, input); return; }
                text = TextFile.Read(path);
            }
            catch (IOException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.ReadError, path)); return; }
            catch (UnauthorizedAccessException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.PermissionDenied, path)); return; }
            if (text.IndexOf('\0') >= 0)
            {
                string reason = "The file '" + path + "' is no text. Of an event log file, pipe in the events: Get-WinEvent -Path.";
                WriteError(new ErrorRecord(new InvalidDataException(reason), "ExAuth.FileNotReadable", ErrorCategory.InvalidData, path));
            }
            else if (text.Trim().Length > 0) { ((ITextTaker)this).Document(text, path, 1, input); }
        }

        // PSPath names the provider in front: "Microsoft.PowerShell.Core\FileSystem::C:\x.json".
        private static string FileOf(string path) { return path.Substring(path.IndexOf("::", StringComparison.Ordinal) < 0 ? 0 : path.IndexOf("::", StringComparison.Ordinal) + 2); }

        internal static ErrorRecord Failure(ExAuthException e, object target)
        {
            return new ErrorRecord(e, "ExAuth.CallFailed", ErrorCategory.InvalidOperation, target);
        }

        private void Tell(Dictionary<string, int> counts, string one, string many, string what)
        {
            if (counts == null || counts.Count == 0) { return; }
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
}
#endif
