// Import-ExAuthRule: rule packs of one's own, added to the catalog that all cmdlets of this process use.
// Reads the files it is given; the library checks them, each pack whole.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.IO;
    using System.Management.Automation;

    [Cmdlet(VerbsData.Import, "ExAuthRule", DefaultParameterSetName = "Path", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
    [OutputType(typeof(RulePack))]
    public sealed class ImportExAuthRuleCommand : PSCmdlet
    {
        // Far above what the library takes; a larger file is not even read.
        private const int FileLimit = 64 * 1024 * 1024;

        [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
        [SupportsWildcards]
        [ValidateNotNullOrEmpty]
        public string[] Path { get; set; }

        [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
        [Alias("PSPath")]
        [ValidateNotNullOrEmpty]
        public string[] LiteralPath { get; set; }

        protected override void ProcessRecord()
        {
            foreach (string path in LiteralPath ?? Path)
            {
                foreach (string file in Files(path)) { ImportFile(file); }
            }
        }

        private IList<string> Files(string path)
        {
            ProviderInfo provider;
            PSDriveInfo drive;
            IList<string> files;
            try
            {
                files = LiteralPath == null ? (IList<string>)GetResolvedProviderPathFromPSPath(path, out provider)
                    : new string[] { SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out drive) };
            }
            catch (RuntimeException e) { NotFound(path, e); return new string[0]; }
            if (provider.Name != "FileSystem") { NotFound(path, new ItemNotFoundException("'" + path + "' is no path of a file.")); return new string[0]; }
            if (files.Count == 0) { NotFound(path, new ItemNotFoundException("No file fits '" + path + "'.")); }
            return files;
        }

        private void NotFound(string path, Exception e)
        {
            WriteError(new ErrorRecord(e, "ExAuth.PathNotFound", ErrorCategory.ObjectNotFound, path));
        }

        private void ImportFile(string file)
        {
            string text;
            try
            {
                FileInfo info = new FileInfo(file);
                if (!info.Exists && !Directory.Exists(file)) { NotFound(file, new FileNotFoundException("The file '" + file + "' is not there.", file)); return; }
                if (info.Exists && info.Length > FileLimit) { throw new IOException("The file '" + file + "' is too large for a rule pack."); }
                text = TextFile.Read(file);
            }
            catch (IOException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.ReadError, file)); return; }
            catch (UnauthorizedAccessException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.PermissionDenied, file)); return; }
            catch (ArgumentException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.InvalidArgument, file)); return; }
            catch (NotSupportedException e) { WriteError(new ErrorRecord(e, "ExAuth.FileNotReadable", ErrorCategory.InvalidArgument, file)); return; }
            RulePack pack = RulePack.Of(file, text);
            try
            {
                // Checked also for -WhatIf, which so says what is wrong with a pack.
                RulePacks.Change change = RulePacks.With(pack);
                if (ShouldProcess(file, change.Again ? "Import the rule pack again" : "Import the rule pack"))
                {
                    RulePacks.Use(change, pack);
                    WriteObject(pack);
                }
            }
            catch (RulePackException e) { WriteError(Refused(e)); }
        }

        private static ErrorRecord Refused(RulePackException e)
        {
            bool large = e.Reason.Name == "EXAUTH_E_LIMIT";
            ErrorRecord record = new ErrorRecord(e.Reason, "ExAuth.RulePackInvalid", large ? ErrorCategory.LimitsExceeded : ErrorCategory.InvalidData, e.Pack.Path);
            string place = string.IsNullOrEmpty(e.Reason.At) ? string.Empty : " at " + e.Reason.At;
            record.ErrorDetails = new ErrorDetails("The rule pack '" + e.Pack.Path + "' is not valid" + place + ": " + e.Reason.Message + ". Nothing of it was imported.");
            return record;
        }
    }
}
#endif
