// Get-ExAuthEvidence: runs the read-only commands that diagnoses ask for, and gives their answers as records.
// Which commands may run at all is told in ReadOnlyCommands.cs; how servers run theirs in Private.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Collections.ObjectModel;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Net.NetworkInformation;
    using System.Text;

    [Cmdlet(VerbsCommon.Get, "ExAuthEvidence", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
    [OutputType(typeof(Record))]
    public sealed class GetExAuthEvidenceCommand : PSCmdlet
    {
        private sealed class Step
        {
            internal string Command;
            internal string RunOn;
        }

        private readonly List<Step> _steps = new List<Step>();
        // What is told once for several commands: steps by what stands in the place of a server, and cmdlets that are not there.
        private readonly List<KeyValuePair<string, List<string>>> _nameless = new List<KeyValuePair<string, List<string>>>();
        private readonly List<string> _absent = new List<string>();
        private readonly List<string> _asked = new List<string>();
        private readonly Dictionary<string, bool> _seen = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        private Projector _projector;

        [Parameter(Mandatory = true, ValueFromPipeline = true)]
        [AllowNull]
        public PSObject InputObject { get; set; }

        [Parameter(Position = 0)]
        [ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter]
        [ValidateRange(1, 3600)]
        public int TimeoutSec { get; set; }

        [Parameter]
        [ValidateRange(1, 1000)]
        public int ThrottleLimit { get; set; }

        [Parameter]
        [Credential]
        public PSCredential Credential { get; set; }

        public GetExAuthEvidenceCommand()
        {
            TimeoutSec = 60;
            ThrottleLimit = 32;
            Credential = PSCredential.Empty;
        }

        protected override void ProcessRecord()
        {
            PSPropertyInfo next = InputObject == null ? null : InputObject.Properties["Next"];
            object value = next == null ? null : next.Value;
            PSObject wrapped = value as PSObject;
            IEnumerable list = (wrapped == null ? value : wrapped.BaseObject) as IEnumerable;
            if (list == null)
            {
                if (InputObject != null) { WriteError(new ErrorRecord(new ArgumentException("The input is no diagnosis: it has no list Next. Pipe in what Get-ExAuthDiagnosis gives."), "ExAuth.NoDiagnosis", ErrorCategory.InvalidType, InputObject)); }
                return;
            }
            foreach (object item in list) { if (item != null) { AddStep(PSObject.AsPSObject(item)); } }
        }

        protected override void EndProcessing()
        {
            _projector = new Projector(Shared.Plan, null, null);
            List<string> plan = new List<string>();
            List<string> servers = new List<string>();
            List<string> mine = new List<string>();
            TellLeftOut();
            foreach (Step step in _steps)
            {
                bool here = ReadOnlyCommands.PlaceOf(step.Command) == Place.Here;
                if (!ShouldProcess(here ? "this session" : step.RunOn, step.Command)) { continue; }
                if (here) { Progress("In this session: " + step.Command); RunHere(step.Command); }
                else if (IsThisComputer(step.RunOn)) { mine.Add(mine.Count == 0 ? step.RunOn : mine[0]); mine.Add(step.Command); }
                else
                {
                    plan.Add(step.RunOn);
                    plan.Add(step.Command);
                    if (!servers.Exists(delegate (string known) { return Same(known, step.RunOn); })) { servers.Add(step.RunOn); }
                }
            }
            ScriptBlock block = mine.Count + plan.Count > 0 ? Script("Invoke-ExAuthStep.ps1") : null;
            TellAbsent();
            if (mine.Count > 0)
            {
                Progress("On this computer: " + Shared.Counted(mine.Count / 2, "command"));
                Give(Invoke(block, mine.ToArray(), TimeoutSec, mine[0]), mine[0]);
            }
            if (plan.Count > 0)
            {
                Progress("On " + Shared.Counted(servers.Count, "server") + ": " + Shared.Counted(plan.Count / 2, "command"));
                PSCredential credential = Credential == PSCredential.Empty ? null : Credential;
                Give(Invoke(Script("Invoke-ExAuthPlan.ps1"), plan.ToArray(), servers.ToArray(), TimeoutSec, ThrottleLimit, credential, block), null);
            }
            EndProgress();
        }

        private void AddStep(PSObject item)
        {
            Step step = new Step();
            step.Command = ReadOnlyCommands.Bare(TextOf(item, "Command"));
            step.RunOn = TextOf(item, "RunOn");
            Place place = ReadOnlyCommands.PlaceOf(step.Command);
            bool named = ComputerName == null;
            foreach (string name in ComputerName ?? new string[0])
            {
                if (!IsOneServer(name, step.RunOn ?? string.Empty)) { continue; }
                named = true;
                if (!_asked.Contains(name)) { _asked.Add(name); }
            }
            if (!named || _seen.ContainsKey(step.Command + "\n" + (place == Place.Here ? string.Empty : step.RunOn))) { return; }
            _seen.Add(step.Command + "\n" + (place == Place.Here ? string.Empty : step.RunOn), true);
            string nameless = place == Place.Nowhere ? ReadOnlyCommands.Placeholder(step.Command) : place == Place.There && !ReadOnlyCommands.IsServer(step.RunOn) ? step.RunOn ?? string.Empty : null;
            if (nameless != null) { LeaveOut(nameless, step.Command); }
            else if (place == Place.Nowhere) { WriteWarning("Not run, as it is not sure that it only reads: " + step.Command); }
            else { _steps.Add(step); }
        }

        private void LeaveOut(string nameless, string command)
        {
            KeyValuePair<string, List<string>> entry = _nameless.Find(delegate (KeyValuePair<string, List<string>> known) { return known.Key == nameless; });
            if (entry.Value == null)
            {
                entry = new KeyValuePair<string, List<string>>(nameless, new List<string>());
                _nameless.Add(entry);
            }
            entry.Value.Add(command);
        }

        private void TellLeftOut()
        {
            foreach (KeyValuePair<string, List<string>> entry in _nameless)
            {
                string why = entry.Key.StartsWith("<", StringComparison.Ordinal) ? "nobody has said yet which server or domain is meant; '" + entry.Key + "'" : "'" + entry.Key + "'";
                WriteWarning("Not run, as " + why + " is not the name of a server: " + string.Join("; ", entry.Value.ToArray()));
            }
            foreach (string name in ComputerName ?? new string[0])
            {
                if (!_asked.Contains(name)) { WriteWarning("No diagnosis asks for anything on '" + name + "'."); }
            }
        }

        private void TellAbsent()
        {
            if (_absent.Count == 0) { return; }
            string names = "'" + string.Join("', '", _absent.ToArray()) + "'";
            string reason = names + (_absent.Count == 1 ? " is" : " are") + " not known in this session; use the Exchange Management Shell, or a shell with the module that has " + (_absent.Count == 1 ? "it." : "them.");
            WriteError(new ErrorRecord(new CommandNotFoundException(reason), "ExAuth.EvidenceCommandMissing", ErrorCategory.ObjectNotFound, _absent.ToArray()));
        }

        private void Progress(string what) { WriteProgress(new ProgressRecord(1, "Get-ExAuthEvidence", what)); }

        private void EndProgress()
        {
            ProgressRecord end = new ProgressRecord(1, "Get-ExAuthEvidence", "Done");
            end.RecordType = ProgressRecordType.Completed;
            WriteProgress(end);
        }

        private void RunHere(string command)
        {
            string time = Now();
            try
            {
                // Its errors come as objects, or nobody would hear of a server that could not be read beside one that could.
                foreach (PSObject item in InvokeCommand.InvokeScript("& { " + command + " } 2>&1"))
                {
                    ErrorRecord error = item == null ? null : item.BaseObject as ErrorRecord;
                    if (error != null) { Refused(command, error); }
                    else if (item != null) { GiveObject(item, command, time, null); }
                }
            }
            catch (PipelineStoppedException) { throw; }
            catch (RuntimeException e) { Refused(command, e.ErrorRecord); }
        }

        private void Refused(string command, ErrorRecord error)
        {
            CommandNotFoundException absent = error.Exception as CommandNotFoundException;
            if (absent != null) { if (!_absent.Contains(absent.CommandName)) { _absent.Add(absent.CommandName); } }
            // That a log holds none of these events is an answer.
            else if (error.FullyQualifiedErrorId.StartsWith("NoMatchingEventsFound", StringComparison.Ordinal)) { WriteVerbose("No such events: " + command); }
            else { Failed("In this session, '" + command + "' failed: " + error.Exception.GetBaseException().Message, command); }
        }

        // What the scripts gave: marked texts, marked objects, failures.
        private void Give(Collection<PSObject> answers, string computer)
        {
            foreach (PSObject answer in answers)
            {
                if (answer == null) { continue; }
                string from = TextOf(answer, CatalogPlan.ComputerProperty) ?? computer;
                string failure = TextOf(answer, "ExAuthFailure");
                string command = TextOf(answer, "ExAuthCommand");
                string text = TextOf(answer, "ExAuthText");
                string server = TextOf(answer, "ExAuthServer");
                if (server != null) { NotReached(server, failure); }
                else if (failure != null && text != null && IsAnswer(command, text)) { GiveText(text, command, TextOf(answer, "ExAuthTime"), from); }
                else if (failure != null) { Failed("On " + from + ", '" + command + (TextOf(answer, "ExAuthPart") == null ? "' gave nothing: " : "' gave only a part: ") + failure, command); }
                else if (text != null) { GiveText(text, command, TextOf(answer, "ExAuthTime"), from); }
                else if (command != null) { GiveObject(answer, command, TextOf(answer, "ExAuthTime"), from); }
            }
        }

        // Some tools say to standard error what they found.
        private static bool IsAnswer(string command, string text)
        {
            try { return Record.ReadAll(Shared.Catalog.ParseTool(command, text), null).Exists(delegate (Record record) { return Array.IndexOf(record.Type, "ExAuth.ToolError") < 0; }); }
            catch (ExAuthException) { return false; }
        }

        private void GiveText(string text, string command, string time, string computer)
        {
            if (text.Trim().Length == 0) { return; }
            Dictionary<string, object> document = new Dictionary<string, object>();
            document["text"] = text;
            GiveRecord(document, command, time, computer);
        }

        private void GiveObject(PSObject item, string command, string time, string computer)
        {
            string line = item.BaseObject as string;
            if (line != null) { GiveText(line, command, time, computer); return; }
            int unknown = _projector.Unknown == null ? 0 : _projector.Unknown.Count;
            _projector.Add(item);
            string json = Encoding.UTF8.GetString(_projector.Records.Bytes, 0, _projector.Records.Length);
            _projector.Clear();
            if (_projector.Unknown != null && _projector.Unknown.Count > unknown) { WriteVerbose("Of no known kind: what '" + command + "' gave."); return; }
            foreach (Dictionary<string, object> document in JsonReader.Lines(json)) { GiveRecord(document, command, time, computer); }
        }

        private void GiveRecord(Dictionary<string, object> document, string command, string time, string computer)
        {
            document["schema"] = "exauth.record/1";
            document["from"] = command;
            document["collected"] = time;
            if (!document.ContainsKey("computer") && computer != null) { document["computer"] = computer; }
            WriteObject(Record.Read(document));
        }

        // A kind that the library does not judge: that a server cannot be asked from here says nothing about its mail.
        private void NotReached(string server, string reason)
        {
            Dictionary<string, object> properties = new Dictionary<string, object>();
            properties["Server"] = server;
            properties["Reason"] = reason;
            Dictionary<string, object> document = new Dictionary<string, object>();
            document["type"] = new List<object>(new object[] { "ExAuth.NotReached" });
            document["properties"] = properties;
            GiveRecord(document, "Invoke-Command -ComputerName " + server, Now(), Environment.MachineName);
            WriteError(new ErrorRecord(new InvalidOperationException("'" + server + "' could not be asked: " + reason), "ExAuth.ServerNotReached", ErrorCategory.ConnectionError, server));
        }

        private void Failed(string sentence, string command)
        {
            WriteError(new ErrorRecord(new InvalidOperationException(sentence), "ExAuth.EvidenceCommandFailed", ErrorCategory.NotSpecified, command));
        }

        private Collection<PSObject> Invoke(ScriptBlock script, params object[] arguments)
        {
            return InvokeCommand.InvokeScript(true, script, null, arguments);
        }

        private static ScriptBlock Script(string name)
        {
            string folder = AppDomain.CurrentDomain.GetData("ExAuth.ModuleFolder") as string ?? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(Shared).Assembly.Location), "..");
            return ScriptBlock.Create(File.ReadAllText(System.IO.Path.Combine(System.IO.Path.Combine(folder, "Private"), name)));
        }

        private static string TextOf(PSObject item, string name)
        {
            PSPropertyInfo property = item.Properties[name];
            return property == null || property.Value == null ? null : property.Value.ToString();
        }

        private static string Now() { return DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture); }

        private static bool Same(string one, string other) { return string.Equals(one, other, StringComparison.OrdinalIgnoreCase); }

        private static string ShortOf(string name) { return name.Split('.')[0]; }

        /// <summary>True for two names of one server: a short name may be of any domain, two domains are two servers.</summary>
        private static bool IsOneServer(string one, string other)
        {
            System.Net.IPAddress address;
            if (Same(one, other)) { return true; }
            if (System.Net.IPAddress.TryParse(one, out address) || System.Net.IPAddress.TryParse(other, out address)) { return false; }
            return Same(ShortOf(one), ShortOf(other)) && (one.IndexOf('.') < 0 || other.IndexOf('.') < 0);
        }

        private static bool IsThisComputer(string name)
        {
            string domain = IPGlobalProperties.GetIPGlobalProperties().DomainName;
            return IsOneServer(name, string.IsNullOrEmpty(domain) ? Environment.MachineName : Environment.MachineName + "." + domain);
        }
    }
}
#endif
