// What -Verbose says of the input: by kind of record, which properties were not there, cut off, or are not read.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System.Collections.Generic;

    internal static class Received
    {
        private static readonly string[] Lists = { "not_given", "cut_off", "not_read" };
        private static readonly string[] Words = { "not given", "cut off", "not read" };

        /// <summary>One sentence a kind, from "received" of a report.</summary>
        internal static IEnumerable<string> Lines(Fields report)
        {
            foreach (object item in report.List("received"))
            {
                Fields kind = new Fields(item);
                int records = kind.Number("records");
                string line = kind.Text("kind") + ": " + Shared.Counted(records, "record");
                for (int i = 0; i < Lists.Length; i++)
                {
                    List<string> names = kind.List(Lists[i]).ConvertAll<string>(delegate (object name) { return Named(new Fields(name), records); });
                    if (names.Count > 0) { line += "; " + Words[i] + ": " + string.Join(", ", names.ToArray()); }
                }
                yield return line;
            }
        }

        private static string Named(Fields property, int records)
        {
            int count = property.Number("count");
            return count == records ? property.Text("name") : property.Text("name") + " (in " + count + " of " + records + ")";
        }
    }
}
#endif
