// Get-ExAuthIssue and Get-ExAuthEventFilter: what the catalog holds, as objects and as an event query.
// Compiled like the others, so that importing the module reads no further script.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Management.Automation.Language;
    using System.Xml;

    /// <summary>Completes ids of the catalog; those of causes alone for a parameter of that name.</summary>
    public sealed class IdCompleter : IArgumentCompleter
    {
        public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
            CommandAst commandAst, IDictionary fakeBoundParameters)
        {
            bool causes = string.Equals(parameterName, "Cause", StringComparison.OrdinalIgnoreCase);
            foreach (Issue entry in Shared.Issues())
            {
                if (causes && entry.Kind != "cause") { continue; }
                if (!entry.Id.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase)) { continue; }
                yield return new CompletionResult(entry.Id, entry.Id, CompletionResultType.ParameterValue, entry.Title ?? entry.Id);
            }
        }
    }

    [Cmdlet(VerbsCommon.Get, "ExAuthIssue", DefaultParameterSetName = "Id")]
    [OutputType(typeof(Issue))]
    public sealed class GetExAuthIssueCommand : PSCmdlet
    {
        private static readonly string[] All = { "*" };

        [Parameter(Position = 0, ParameterSetName = "Id")]
        [SupportsWildcards]
        [ValidateNotNullOrEmpty]
        [ArgumentCompleter(typeof(IdCompleter))]
        public string[] Id { get; set; }

        [Parameter(Mandatory = true, ParameterSetName = "Cause")]
        [SupportsWildcards]
        [ValidateNotNullOrEmpty]
        [ArgumentCompleter(typeof(IdCompleter))]
        public string[] Cause { get; set; }

        protected override void EndProcessing()
        {
            List<Issue> entries = Shared.Issues();
            foreach (string text in Cause ?? Id ?? All)
            {
                WildcardPattern pattern = new WildcardPattern(text, WildcardOptions.IgnoreCase);
                List<Issue> found = entries.FindAll(delegate (Issue entry) { return Fits(entry, pattern); });
                WriteObject(found, true);
                if (found.Count > 0 || WildcardPattern.ContainsWildcardCharacters(text)) { continue; }
                WriteError(new ErrorRecord(new ItemNotFoundException("The catalog has no entry '" + text + "'; Get-ExAuthIssue lists all."),
                    "ExAuth.UnknownId", ErrorCategory.ObjectNotFound, text));
            }
        }

        // By cause: the cause itself, and the issues that bear on it.
        private bool Fits(Issue entry, WildcardPattern pattern)
        {
            if (Cause == null) { return pattern.IsMatch(entry.Id); }
            return entry.Kind == "cause" && pattern.IsMatch(entry.Id) || Array.Exists(entry.Causes, pattern.IsMatch);
        }
    }

    [Cmdlet(VerbsCommon.Get, "ExAuthEventFilter")]
    [OutputType(typeof(XmlDocument))]
    public sealed class GetExAuthEventFilterCommand : PSCmdlet
    {
        [Parameter(Position = 0)]
        public DateTime? After { get; set; }

        protected override void EndProcessing()
        {
            string options = After == null ? null
                : After.Value.ToUniversalTime().ToString("'{\"after\":\"'yyyy-MM-dd'T'HH:mm:ss'Z\"}'", CultureInfo.InvariantCulture);
            XmlDocument filter = new XmlDocument();
            try { filter.LoadXml(Shared.Catalog.EventFilter(options)); }
            catch (ExAuthException e) { ThrowTerminatingError(AnalysisCommand.Failure(e, After)); }
            WriteObject(filter);
        }
    }
}
#endif
