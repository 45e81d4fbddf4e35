// The options document of a session, and what the library says of suppressions that are in it.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Text;

    internal static class SessionOptions
    {
        private static readonly string[] Names = { "Issue", "Subject", "Reason", "Owner", "Until" };

        /// <summary>The document: flags as they are, and the rest where it is given.</summary>
        internal static string Document(string flags, string culture, PSObject[] suppressions)
        {
            JsonWriter writer = new JsonWriter();
            writer.Raw("{");
            writer.Raw(flags);
            if (!string.IsNullOrEmpty(culture))
            {
                writer.Raw(",\"culture\":");
                writer.Text(culture);
            }
            if (suppressions != null && suppressions.Length > 0)
            {
                // The library reads no clock, and suppressions expire.
                writer.Raw(",\"now\":\"" + Iso(DateTime.UtcNow) + "\",\"suppress\":[");
                for (int i = 0; i < suppressions.Length; i++)
                {
                    if (i > 0) { writer.Raw((byte)','); }
                    WriteSuppression(writer, suppressions[i], i + 1);
                }
                writer.Raw((byte)']');
            }
            writer.Raw((byte)'}');
            return Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length);
        }

        /// <summary>An error of the library about the document, in the words of who wrote the suppressions.</summary>
        internal static ErrorRecord Explained(ExAuthException e, PSObject[] suppressions)
        {
            string[] at = (e.At ?? string.Empty).Split('/');
            int position;
            if (suppressions == null || at.Length < 3 || at[1] != "suppress" || !int.TryParse(at[2], NumberStyles.None, CultureInfo.InvariantCulture, out position)
                || position >= suppressions.Length) { return null; }
            string field = at.Length > 3 ? ", " + Names[Math.Max(0, Array.FindIndex(Names, delegate (string name) { return string.Equals(name, at[3], StringComparison.OrdinalIgnoreCase); }))] : string.Empty;
            return Invalid("Suppression " + (position + 1) + field + ": " + e.Message + ".", suppressions[position]);
        }

        internal static ErrorRecord Invalid(string message, object target)
        {
            return new ErrorRecord(new ArgumentException(message), "ExAuth.SuppressionInvalid", ErrorCategory.InvalidArgument, target);
        }

        /// <summary>One sentence on an entry of "suppressions" in the report; null where there is nothing to say.</summary>
        internal static string Said(Fields suppression, out bool expired)
        {
            expired = suppression.Any("expired") as bool? ?? false;
            int findings = suppression.Number("findings");
            if (findings == 0) { return null; }
            string what = suppression.Text("issue") + " of '" + suppression.Text("subject") + "'";
            string why = " (" + suppression.Text("reason") + "; " + suppression.Text("owner") + ").";
            return expired ? "The suppression of " + what + " ended with " + suppression.Text("until") + why
                : Shared.Counted(findings, "finding") + " of " + what + " suppressed until " + suppression.Text("until") + why;
        }

        private static void WriteSuppression(JsonWriter writer, PSObject given, int number)
        {
            object bare = given == null ? null : given.BaseObject;
            if (bare == null || bare is string || bare is ValueType)
            {
                throw new SuppressionException("Suppression " + number + " is not an object with Issue, Subject, Reason, Owner and Until. For a file: -Suppression (Import-Csv file.csv).", given);
            }
            PropertySource source = new PropertySource(given, bare);
            Dictionary<string, int> failures = null;
            foreach (string name in Names)
            {
                object value;
                string text = source.TryGet(name, out value, ref failures) ? TextOf(value) : null;
                if (string.IsNullOrEmpty(text)) { throw new SuppressionException("Suppression " + number + " has no " + name + ". Each needs Issue, Subject, Reason, Owner and Until.", given); }
                writer.Raw(name == Names[0] ? "{" : ",");
                writer.Text(name.ToLowerInvariant());
                writer.Raw((byte)':');
                writer.Text(text);
            }
            writer.Raw((byte)'}');
        }

        // ConvertFrom-Json of PowerShell 7 makes times of texts; a day has no zone, a time of the shell has the computer's.
        private static string TextOf(object value)
        {
            PSObject wrapped = value as PSObject;
            object bare = wrapped == null ? value : wrapped.BaseObject;
            if (!(bare is DateTime)) { return value == null ? null : value.ToString(); }
            DateTime time = (DateTime)bare;
            bool day = time.TimeOfDay == TimeSpan.Zero && time.Kind != DateTimeKind.Utc;
            return day ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Iso(time.ToUniversalTime());
        }

        private static string Iso(DateTime utc) { return utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture); }
    }

    internal sealed class SuppressionException : Exception
    {
        internal readonly object Given;

        internal SuppressionException(string message, object given) : base(message) { Given = given; }
    }
}
#endif
