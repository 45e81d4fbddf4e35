// A record as an object: what ConvertFrom-ExAuthTool gives and Test-ExAuth takes back as it is.
// Its form is exauth.record/1; it survives Export-Clixml, where it comes back as a property bag.
#if EXAUTH_POWERSHELL
namespace ExAuth
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Management.Automation;
    using System.Text;
    using ExAuth.Interop;

    public sealed class Record
    {
        private static readonly string[] Names = { "schema", "type", "from", "computer", "collected", "text", "properties" };
        private static readonly string[] Origins = { "type", "from", "computer", "collected" };
        private readonly string _json;

        private Record(string json) { _json = json; }

        public string Schema { get { return "exauth.record/1"; } }
        public string[] Type { get; private set; }
        public string From { get; private set; }
        public string Computer { get; private set; }
        public string Collected { get; private set; }
        public PSObject Properties { get; private set; }
        public string Text { get; private set; }

        internal string Json { get { return _json; } }

        /// <summary>Records from the library's NDJSON; a computer fills in where they name none.</summary>
        public static List<Record> ReadAll(string ndjson, string computer)
        {
            List<Record> result = new List<Record>();
            foreach (Dictionary<string, object> document in JsonReader.Lines(ndjson))
            {
                document["schema"] = "exauth.record/1";
                object given;
                document.TryGetValue("computer", out given);
                if (given == null && !string.IsNullOrEmpty(computer)) { document["computer"] = computer; }
                result.Add(Read(document));
            }
            return result;
        }

        internal static Record Read(Dictionary<string, object> document)
        {
            JsonWriter writer = new JsonWriter();
            ValueWriter.WriteNested(writer, document, 0);
            Fields fields = new Fields(document);
            Record record = new Record(Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length));
            record.Type = fields.Texts("type");
            record.From = fields.Text("from");
            record.Computer = fields.Text("computer");
            record.Collected = fields.Text("collected");
            record.Text = fields.Text("text");
            IDictionary<string, object> properties = fields.Any("properties") as IDictionary<string, object>;
            if (properties != null)
            {
                record.Properties = new PSObject();
                foreach (KeyValuePair<string, object> pair in properties)
                {
                    List<object> list = pair.Value as List<object>;
                    record.Properties.Properties.Add(new PSNoteProperty(pair.Key, list == null ? pair.Value : list.ToArray()));
                }
            }
            return record;
        }

        /// <summary>
        /// True for a property bag with the fields of a record, in their own spelling: "properties" that is an object, or
        /// "text" together with a field that says where it is from. An object that has a property Text is none.
        /// </summary>
        internal static bool IsEnvelope(PropertySource source)
        {
            object properties = Bare(source.Exactly("properties"));
            if (properties is PSCustomObject || properties is IDictionary) { return true; }
            object text = Bare(source.Exactly("text"));
            if (!(text is string) && !IsLines(text as IList)) { return false; }
            return Array.Exists(Origins, delegate (string name) { return source.Exactly(name) != null; });
        }

        // What Get-Content without -Raw leaves in JSON: a text as a list of its lines.
        private static bool IsLines(IList list)
        {
            if (list == null) { return false; }
            foreach (object line in list) { if (!(Bare(line) is string)) { return false; } }
            return list.Count > 0;
        }

        private static object Bare(object value)
        {
            PSObject wrapped = value as PSObject;
            return wrapped == null ? value : wrapped.BaseObject;
        }

        /// <summary>Writes an object that has a record's fields as the record it is.</summary>
        internal static void Write(JsonWriter writer, PropertySource source, ref Dictionary<string, int> failures)
        {
            bool first = true;
            writer.Raw((byte)'{');
            foreach (string name in Names)
            {
                object value;
                if (!source.TryGet(name, out value, ref failures) || value == null) { continue; }
                if (!first) { writer.Raw((byte)','); }
                first = false;
                writer.Text(name);
                writer.Raw((byte)':');
                ValueWriter.WriteNested(writer, value, 0);
            }
            writer.Raw((byte)'}');
        }

        public override string ToString() { return string.Join(", ", Type) + (From == null ? string.Empty : " (" + From + ")"); }
    }
}
#endif
