// Pipeline objects to exauth.record/1 in one buffer, one record a line. Copies the properties that the library
// asks for and knows none itself. Texts that follow each other become one record, as a tool printed them, or one
// document, which goes to the library by itself.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.IO;
    using System.Management.Automation;
    using System.Text;

    /// <summary>Takes what is no record but a text that may hold some.</summary>
    internal interface ITextTaker
    {
        /// <summary>A document whose first line is the given line of the path, or of the input where that is null.</summary>
        void Document(string text, string path, int firstLine, object input);
        void TooLarge(string path, object input);
        void File(FileInfo file, object input);
    }

    internal sealed class Projector
    {
        /// <summary>What the first of an object's type names settles.</summary>
        private sealed class TypeEntry
        {
            internal Kind Kind;
            /// <summary>The record up to the value of its properties, without a computer.</summary>
            internal byte[] Start;
            internal LiveGetters Getters;
            /// <summary>No look at the properties can find a kind: a .NET type without one.</summary>
            internal bool Unknown;
            /// <summary>An object of WMI: one .NET class for all its classes, with properties of its own beside theirs.</summary>
            internal bool Wmi;
            /// <summary>Objects of the getters' class were made by this process.</summary>
            internal bool OnlyMade;
        }

        private static readonly byte[] PropertiesStart = JsonWriter.Encode(",\"properties\":{");
        private static readonly byte[] ComputerStart = JsonWriter.Encode(",\"computer\":");

        private readonly CatalogPlan _plan;
        private readonly JsonWriter _writer = new JsonWriter();
        private readonly Dictionary<string, TypeEntry> _types = new Dictionary<string, TypeEntry>(StringComparer.Ordinal);
        private readonly List<object> _inputs = new List<object>();
        private readonly sbyte[] _marks;
        private readonly ITextTaker _texts;
        private readonly CollectedTime _collected;
        private readonly TextRun _run = new TextRun();
        private string _runComputer;
        private string _runPath;
        private object _runInput;
        private int _runLine;
        private int _line;
        private bool _skips;
        private Dictionary<string, int> _unknown;
        private Dictionary<string, int> _failures;

        /// <summary>Without a collected time records get none.</summary>
        internal Projector(CatalogPlan plan, ITextTaker texts, CollectedTime collected)
        {
            _plan = plan;
            _texts = texts;
            _collected = collected;
            _marks = new sbyte[plan.MarkNames.Count];
        }

        internal JsonWriter Records { get { return _writer; } }
        /// <summary>The input object of each record in the buffer.</summary>
        internal List<object> Inputs { get { return _inputs; } }
        /// <summary>Objects of no known kind by type name; null where there were none.</summary>
        internal Dictionary<string, int> Unknown { get { return _unknown; } }
        /// <summary>Properties that could not be read, with the reason; null where there were none.</summary>
        internal Dictionary<string, int> Failures { get { return _failures; } }

        internal void Clear()
        {
            _writer.Clear();
            _inputs.Clear();
        }

        internal void Add(PSObject item)
        {
            if (item == null) { return; }
            object bare = item.BaseObject;
            string line = bare as string;
            // The error records that "2>&1" mixes into a tool's output are lines of it.
            if (line == null && bare is ErrorRecord) { line = item.ToString(); }
            if (line != null) { AddLine(item, line); return; }
            EndText();
            FileInfo file = bare as FileInfo;
            if (file != null) { _texts.File(file, item); return; }
            Record record = bare as Record;
            if (record != null) { _writer.Raw(JsonWriter.Encode(record.Json)); EndRecord(item); return; }
            if (bare is IList && !(bare is byte[]))
            {
                foreach (object inner in (IList)bare) { if (inner != null) { Add(PSObject.AsPSObject(inner)); } }
                return;
            }
            AddObject(item, bare);
        }

        /// <summary>Ends the text that is being collected; call at the end of the input.</summary>
        internal void EndText()
        {
            if (_runInput == null) { return; }
            EndRun();
            _runInput = null;
            _skips = false;
        }

        /// <summary>Hands a document on that has no open value, for a producer that is slow.</summary>
        internal void Breathe()
        {
            if (_run.AtValueEnd) { EndRun(); }
        }

        private void EndRun()
        {
            bool blank = _run.IsBlank;
            // The library tells the form of a file better than its first line does. A document has no place for a computer.
            bool document = _run.IsDocument || !blank && _runPath != null && _runComputer == null;
            string text = _run.Take();
            int first = _runLine;
            _runLine = _line;
            if (document) { _texts.Document(text, _runPath, first, _runInput); return; }
            if (blank) { return; }
            _writer.Raw("{\"text\":");
            _writer.Text(text);
            if (_runComputer != null) { _writer.Raw(ComputerStart); _writer.Text(_runComputer); }
            _writer.Raw((byte)'}');
            EndRecord(_runInput);
        }

        private void AddLine(PSObject item, string line)
        {
            string computer = Note(item, CatalogPlan.ComputerProperty);
            // Get-Content tells of each line the file.
            string path = Note(item, "PSPath");
            if (_runInput != null && (computer != _runComputer || path != _runPath)) { EndText(); }
            if (_runInput == null)
            {
                _runInput = item;
                _runComputer = computer;
                _runPath = path;
                _runLine = _line = 1;
            }
            if (!_skips)
            {
                if (_run.Ends(line)) { EndRun(); _runInput = item; }
                if (!_run.Append(line))
                {
                    _skips = true;
                    _run.Take();
                    _texts.TooLarge(_runPath, _runInput);
                }
            }
            _line++;
        }

        private static string Note(PSObject item, string name)
        {
            PSPropertyInfo property = item.Properties[name];
            return property == null ? null : property.Value as string;
        }

        private void AddObject(PSObject item, object bare)
        {
            ICollection<string> names = item.TypeNames;
            string first = string.Empty;
            foreach (string name in names) { first = name; break; }
            TypeEntry entry;
            if (!_types.TryGetValue(first, out entry))
            {
                entry = NewEntry(first);
                _types.Add(first, entry);
            }
            PropertySource source = new PropertySource(item, bare);
            Kind kind = entry.Kind;
            if (kind == null && !entry.Unknown)
            {
                if (WroteRecord(source, bare)) { EndRecord(item); return; }
                kind = KindOfTypes(names) ?? KindOfObjectClass(source) ?? KindOfMarks(source);
                // What a plain .NET type has is the same for each object of it; a property bag may differ.
                if (kind == null && !(bare is PSCustomObject) && !(bare is IDictionary)) { entry.Unknown = true; }
            }
            if (kind == null || entry.Kind == null) { WriteStart(names); }
            else { _writer.Raw(entry.Start); }
            if (kind == null)
            {
                PropertySource.Count(ref _unknown, first);
                _writer.Raw(PropertiesStart);
            }
            else { WriteProperties(kind, entry, source, GettersFor(entry, item, bare), bare); }
            _writer.Raw("}}");
            EndRecord(item);
        }

        private void EndRecord(object input)
        {
            _writer.Raw((byte)'\n');
            _inputs.Add(input);
        }

        // Null where the object is a property bag, shows its kind by anything but its first type name, or is of WMI.
        private static LiveGetters GettersFor(TypeEntry entry, PSObject item, object bare)
        {
            if (entry.Kind == null || entry.Wmi || bare is PSCustomObject || bare is IDictionary) { return null; }
            if (entry.Getters == null)
            {
                entry.Getters = new LiveGetters(item, bare.GetType(), entry.Kind.Properties);
                entry.OnlyMade = CollectedTime.IsOnlyMade(item.TypeNames);
            }
            return entry.Getters.Fits(bare) ? entry.Getters : null;
        }

        private void WriteProperties(Kind kind, TypeEntry entry, PropertySource source, LiveGetters getters, object bare)
        {
            object value;
            bool certain = getters != null && entry.OnlyMade;
            if (source.TryGet(CatalogPlan.ComputerProperty, out value, ref _failures) && value != null)
            {
                _writer.Raw(ComputerStart);
                _writer.Text(value.ToString());
                certain = certain || _collected != null && _collected.IsOfSession(source);
            }
            if (certain && _collected != null) { _writer.Raw(_collected.Field); }
            _writer.Raw(PropertiesStart);
            WriteFields(kind, source, getters, bare);
        }

        private void WriteFields(Kind kind, PropertySource source, LiveGetters getters, object bare)
        {
            object value;
            bool first = true;
            for (int i = 0; i < kind.Properties.Length; i++)
            {
                WantedProperty wanted = kind.Properties[i];
                bool given = getters == null
                    ? source.TryGet(wanted.Name, out value, ref _failures)
                    : getters.TryGet(i, bare, source, wanted.Name, out value, ref _failures);
                if (!given) { continue; }
                int before = _writer.Length;
                try
                {
                    if (!first) { _writer.Raw((byte)','); }
                    _writer.Raw(wanted.Key);
                    if (wanted.Parts == null) { ValueWriter.Write(_writer, value, wanted.Item); }
                    else { WriteParts(wanted.Parts, value); }
                    first = false;
                }
                catch (PipelineStoppedException) { throw; }
                catch (Exception e)
                {
                    // A list that cannot be read to its end is as good as not given.
                    _writer.CutTo(before);
                    PropertySource.Count(ref _failures, wanted.Name + ": " + e.GetBaseException().Message);
                }
            }
        }

        // The objects in a list, each with the properties that their kind wants; what is no object is written as it is.
        private void WriteParts(Kind kind, object value)
        {
            PSObject wrapped = value as PSObject;
            IList list = (wrapped == null ? value : wrapped.BaseObject) as IList;
            if (list == null) { WritePart(kind, value); return; }
            _writer.Raw((byte)'[');
            for (int i = 0; i < list.Count; i++)
            {
                if (i > 0) { _writer.Raw((byte)','); }
                WritePart(kind, list[i]);
            }
            _writer.Raw((byte)']');
        }

        private void WritePart(Kind kind, object part)
        {
            PSObject wrapped = part == null ? null : PSObject.AsPSObject(part);
            object bare = wrapped == null ? null : wrapped.BaseObject;
            if (bare == null || bare is string || bare is ValueType || bare is IList) { ValueWriter.Write(_writer, part, null); return; }
            _writer.Raw((byte)'{');
            WriteFields(kind, new PropertySource(wrapped, bare), null, bare);
            _writer.Raw((byte)'}');
        }

        private TypeEntry NewEntry(string typeName)
        {
            TypeEntry entry = new TypeEntry();
            entry.Kind = _plan.KindOfType(typeName);
            entry.Wmi = CatalogPlan.IsOfWmi(typeName);
            if (entry.Kind != null) { entry.Start = JsonWriter.Encode("{\"type\":[" + Encoding.UTF8.GetString(JsonWriter.Quoted(typeName)) + "]"); }
            return entry;
        }

        // All names up to the one that shows the kind; for an unknown object its own.
        private void WriteStart(ICollection<string> names)
        {
            _writer.Raw("{\"type\":[");
            bool first = true;
            foreach (string name in names)
            {
                if (!first) { _writer.Raw((byte)','); }
                first = false;
                _writer.Text(name);
                if (_plan.KindOfType(name) != null) { break; }
            }
            _writer.Raw((byte)']');
        }

        private Kind KindOfTypes(ICollection<string> names)
        {
            foreach (string name in names)
            {
                Kind kind = _plan.KindOfType(name);
                if (kind != null) { return kind; }
            }
            return null;
        }

        private Kind KindOfObjectClass(PropertySource source)
        {
            object value;
            if (!source.TryGet("ObjectClass", out value, ref _failures) || value == null) { return null; }
            Kind kind;
            PSObject wrapped = value as PSObject;
            object bare = wrapped == null ? value : wrapped.BaseObject;
            IList list = bare as IList;
            if (list == null) { return _plan.ByObjectClass.TryGetValue(value.ToString(), out kind) ? kind : null; }
            foreach (object item in list)
            {
                if (item != null && _plan.ByObjectClass.TryGetValue(item.ToString(), out kind)) { return kind; }
            }
            return null;
        }

        private Kind KindOfMarks(PropertySource source)
        {
            Array.Clear(_marks, 0, _marks.Length);
            foreach (Kind kind in _plan.Kinds)
            {
                foreach (int[] marks in kind.Marks)
                {
                    if (marks.Length > 0 && HasAll(source, marks)) { return kind; }
                }
            }
            return null;
        }

        private bool HasAll(PropertySource source, int[] marks)
        {
            foreach (int mark in marks)
            {
                if (_marks[mark] == 0) { _marks[mark] = (sbyte)(source.Has(_plan.MarkNames[mark]) ? 1 : -1); }
                if (_marks[mark] < 0) { return false; }
            }
            return true;
        }

        // An object that is a record already: read from JSON, or a record that went through CLIXML.
        private bool WroteRecord(PropertySource source, object bare)
        {
            string schema = source.Text("schema");
            bool named = schema != null && schema.StartsWith("exauth.record/", StringComparison.Ordinal);
            if (!named && !((bare is PSCustomObject || bare is IDictionary) && Record.IsEnvelope(source))) { return false; }
            Record.Write(_writer, source, ref _failures);
            return true;
        }
    }
}
#endif
