// Lines of text that follow each other, as one text: what a tool printed, or a document that was read line by line
// (JSON, CLIXML, event XML, CSV). Sees only where one ends; what a document holds the library tells by its content.
namespace ExAuth.Interop
{
    using System;
    using System.Text;

    internal sealed class TextRun
    {
        /// <summary>Characters after which a plain text is cut: a tool's output is far below, a log must not be collected whole.</summary>
        private const int TextLimit = 4 * 1024 * 1024;
        /// <summary>Characters after which a document is handed on where one of its values ends.</summary>
        private const int ValueLimit = 1024 * 1024;
        /// <summary>A document that does not end before it is given up.</summary>
        internal const int DocumentLimit = 64 * 1024 * 1024;

        private enum Form { Blank, Text, Json, Xml, Csv }

        private static readonly string[] XmlStarts = { "<Objs", "<Event>", "<Event ", "<Events", "<?xml ", "#< CLIXML" };
        private static readonly string[] XmlEnds = { "</Objs>", "</Event>", "</Events>" };

        private readonly StringBuilder _text = new StringBuilder();
        private readonly JsonDepth _json = new JsonDepth();
        private Form _form;
        private bool _closed;
        /// <summary>XML in which objects or events have begun.</summary>
        private bool _holds;

        internal bool IsEmpty { get { return _text.Length == 0; } }
        /// <summary>True for what the library is to read as a document and not as a text.</summary>
        internal bool IsDocument { get { return _form == Form.Json || _form == Form.Csv || _form == Form.Xml && _holds; } }
        internal bool IsBlank { get { return _form == Form.Blank; } }
        /// <summary>True where nothing of a document is open, so that it may be handed on as it is.</summary>
        internal bool AtValueEnd { get { return (_form == Form.Json || _form == Form.Xml) && _closed; } }

        /// <summary>True when the line cannot belong to what is collected.</summary>
        internal bool Ends(string line)
        {
            switch (_form)
            {
                case Form.Blank: return false;
                case Form.Text: return _text.Length + line.Length > TextLimit || BeginsInsideText(line);
                case Form.Csv: return false;
            }
            if (!_closed || line.Trim().Length == 0) { return false; }
            if (_text.Length > ValueLimit) { return true; }
            string start = line.TrimStart();
            return _form == Form.Json ? start[0] != '{' && start[0] != '['
                : !start.StartsWith("<Event", StringComparison.Ordinal) && !start.StartsWith("</", StringComparison.Ordinal);
        }

        /// <summary>False when the document has become too large.</summary>
        internal bool Append(string line)
        {
            if (_form == Form.Blank)
            {
                _form = FormOf(line);
                if (_text.Length > TextLimit) { _text.Length = 0; }
            }
            _text.Append(line).Append('\n');
            if (_form == Form.Json) { _closed = _json.Scan(line); }
            else if (_form == Form.Xml)
            {
                _closed = EndsXml(line, _closed);
                _holds |= line.Contains("<Objs") || line.Contains("<Event");
            }
            return _text.Length <= DocumentLimit;
        }

        internal string Take()
        {
            string text = _text.ToString();
            _text.Length = 0;
            if (_text.Capacity > 64 * 1024) { _text.Capacity = 1024; }
            _form = Form.Blank;
            _closed = _holds = false;
            _json.Reset();
            return text;
        }

        private static Form FormOf(string line)
        {
            string start = line.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
            if (start.Length == 0) { return Form.Blank; }
            if (BeginsJson(start)) { return Form.Json; }
            if (StartsXml(start)) { return Form.Xml; }
            // Names in quotation marks, as Export-Csv and ConvertTo-Csv write them.
            bool csv = start.StartsWith("#TYPE ", StringComparison.Ordinal) || start[0] == '"' && (start.Contains("\",\"") || start.Contains("\";\"") || start.Contains("\"\t\""));
            return csv ? Form.Csv : Form.Text;
        }

        // What stands at the beginning of a line inside a text must be sure to be no part of it.
        private static bool BeginsInsideText(string line)
        {
            if (line.Length == 0) { return false; }
            if (line[0] == '<' || line[0] == '#') { return StartsXml(line) || line.StartsWith("#TYPE ", StringComparison.Ordinal); }
            if (line[0] != '{' && line[0] != '[') { return false; }
            string inside = line.Substring(1).TrimStart();
            char next = inside.Length == 0 ? ' ' : inside[0];
            return next == (line[0] == '{' ? '"' : '{') && line.IndexOf(':') > 0 && new JsonDepth().Scan(line);
        }

        // "{" and "[" begin prompts ("[PS] C:\>") and lists of the shell ("{Basic, Fba}"), too.
        private static bool BeginsJson(string start)
        {
            if (start[0] != '{' && start[0] != '[') { return false; }
            string inside = start.Substring(1).TrimStart();
            if (inside.Length == 0 || inside[0] == '"') { return true; }
            return start[0] == '{' ? inside[0] == '}' : inside[0] == '{' || inside[0] == ']';
        }

        private static bool StartsXml(string start)
        {
            return start[0] < 'A' && Array.Exists(XmlStarts, delegate (string mark) { return start.StartsWith(mark, StringComparison.Ordinal); });
        }

        private static bool EndsXml(string line, bool before)
        {
            string end = line.TrimEnd();
            return end.Length == 0 ? before : Array.Exists(XmlEnds, delegate (string mark) { return end.EndsWith(mark, StringComparison.Ordinal); });
        }

        /// <summary>Follows the brackets of JSON outside its strings.</summary>
        private sealed class JsonDepth
        {
            private int _depth;

            internal void Reset() { _depth = 0; }

            /// <summary>True when every bracket is closed behind the line.</summary>
            internal bool Scan(string line)
            {
                bool quoted = false;
                for (int i = 0; i < line.Length; i++)
                {
                    char c = line[i];
                    if (quoted)
                    {
                        if (c == '\\') { i++; }
                        // No string of JSON goes on behind its line.
                        else if (c == '"' || c == '\n') { quoted = false; }
                    }
                    else if (c == '"') { quoted = true; }
                    else if (c == '{' || c == '[') { _depth++; }
                    else if (c == '}' || c == ']') { _depth--; }
                }
                return _depth <= 0;
            }
        }
    }
}
