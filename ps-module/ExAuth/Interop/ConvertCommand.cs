// ConvertFrom-ExAuthTool: text of tools to records. Compiled, because a script cannot catch an exception
// without leaving it in the caller's -ErrorVariable. Reads the files it is given, runs no tool.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Collections.ObjectModel;
    using System.IO;
    using System.Management.Automation;
    using System.Management.Automation.Language;
    using System.Text;

    /// <summary>Completes the names of the tools that the library can read.</summary>
    public sealed class ToolCompleter : IArgumentCompleter
    {
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
            CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            foreach (object tool in new Fields(Shared.Described).List("tools"))
            {
                string name = tool as string;
                if (name != null && name.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase)) { yield return new CompletionResult(name); }
            }
        }
    }

    [Cmdlet(VerbsData.ConvertFrom, "ExAuthTool", DefaultParameterSetName = "Text")]
    [OutputType(typeof(Record))]
    public sealed class ConvertFromExAuthToolCommand : PSCmdlet
    {
        // One text for each computer, in the order in which they appear.
        private readonly List<KeyValuePair<string, StringBuilder>> _texts = new List<KeyValuePair<string, StringBuilder>>();

        [Parameter(Position = 0)]
        [ValidateNotNull]
        [ArgumentCompleter(typeof(ToolCompleter))]
        public string Tool { get; set; }

        [Parameter(ValueFromPipeline = true, ParameterSetName = "Text")]
        [AllowNull]
        [AllowEmptyString]
        [AllowEmptyCollection]
        public PSObject[] InputObject { get; set; }

        [Parameter(Mandatory = true, ParameterSetName = "Path")]
        [ValidateNotNullOrEmpty]
        public string[] Path { get; set; }

        [Parameter]
        public string Computer { get; set; }

        protected override void ProcessRecord()
        {
            foreach (PSObject line in InputObject ?? new PSObject[0])
            {
                if (line != null) { TextOf(ComputerOf(line)).Append(line.ToString()).Append('\n'); }
            }
        }

        protected override void EndProcessing()
        {
            foreach (KeyValuePair<string, StringBuilder> text in _texts) { Convert(text.Value.ToString(), text.Key, Tool); }
            foreach (string path in Path ?? new string[0])
            {
                foreach (string file in Resolve(path)) { ConvertFile(file); }
            }
        }

        private string ComputerOf(PSObject line)
        {
            if (!string.IsNullOrEmpty(Computer)) { return Computer; }
            PSPropertyInfo property = line.Properties["PSComputerName"];
            return property == null || property.Value == null ? null : property.Value.ToString();
        }

        private StringBuilder TextOf(string computer)
        {
            // Mostly the last one: remoting gives lines in runs.
            for (int i = _texts.Count - 1; i >= 0; i--)
            {
                if (string.Equals(_texts[i].Key, computer, StringComparison.OrdinalIgnoreCase)) { return _texts[i].Value; }
            }
            _texts.Add(new KeyValuePair<string, StringBuilder>(computer, new StringBuilder()));
            return _texts[_texts.Count - 1].Value;
        }

        private Collection<string> Resolve(string path)
        {
            ProviderInfo provider;
            try { return GetResolvedProviderPathFromPSPath(path, out provider); }
            catch (RuntimeException e)
            {
                WriteError(new ErrorRecord(e, "ExAuth.PathNotFound", ErrorCategory.ObjectNotFound, path));
                return new Collection<string>();
            }
        }

        private void ConvertFile(string file)
        {
            string text;
            try { text = TextFile.Read(file); }
            catch (IOException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.ReadError, file)); return; }
            catch (UnauthorizedAccessException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.PermissionDenied, file)); return; }
            Convert(text, Computer, file);
        }

        private void Convert(string text, string computer, string target)
        {
            List<Record> records;
            try { records = Record.ReadAll(Shared.Catalog.ParseTool(Tool ?? string.Empty, text), computer); }
            catch (ExAuthException e) { WriteError(AnalysisCommand.Failure(e, target)); return; }
            if (records.Count == 0) { WriteVerbose("Nothing was recognised in the text of '" + target + "'."); }
            WriteObject(records, true);
        }
    }
}
#endif
