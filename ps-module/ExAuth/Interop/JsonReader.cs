// Reads the library's JSON answers. ConvertFrom-Json is not used: 5.1 turns texts into dates and
// lists of one item into the item. Needs no other file; reads nothing but the text it is given.
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Text;

    /// <summary>JSON to plain objects: Dictionary, List, string, long, double, bool, null.</summary>
    public sealed class JsonReader
    {
        // The library's documents nest under ten levels.
        private const int MaximumDepth = 64;

        private readonly string _text;
        private int _at;
        private int _depth;

        private JsonReader(string text) { _text = text; }

        /// <summary>Reads one document; throws FormatException where it is none.</summary>
        public static object Parse(string text)
        {
            JsonReader reader = new JsonReader(text);
            object value = reader.Value();
            reader.Blanks();
            if (reader._at < text.Length) { throw reader.Wrong("more text than one document"); }
            return value;
        }

        /// <summary>Reads one object a line; null gives none.</summary>
        public static IEnumerable<Dictionary<string, object>> Lines(string text)
        {
            if (text == null) { yield break; }
            JsonReader reader = new JsonReader(text);
            for (reader.Blanks(); reader._at < text.Length; reader.Blanks())
            {
                Dictionary<string, object> item = reader.Value() as Dictionary<string, object>;
                if (item != null) { yield return item; }
            }
        }

        private object Value()
        {
            Blanks();
            char c = Peek();
            switch (c)
            {
                case '{': return Object();
                case '[': return List();
                case '"': return Text();
                case 't': Word("true"); return true;
                case 'f': Word("false"); return false;
                case 'n': Word("null"); return null;
                default: return Number();
            }
        }

        private Dictionary<string, object> Object()
        {
            Dictionary<string, object> result = new Dictionary<string, object>(StringComparer.Ordinal);
            Enter();
            if (!Closes('}'))
            {
                do
                {
                    Blanks();
                    if (Peek() != '"') { throw Wrong("a name was expected"); }
                    string name = Text();
                    Blanks();
                    Expect(':');
                    result[name] = Value();
                }
                while (Continues('}'));
            }
            _depth--;
            return result;
        }

        private List<object> List()
        {
            List<object> result = new List<object>();
            Enter();
            if (!Closes(']'))
            {
                do { result.Add(Value()); }
                while (Continues(']'));
            }
            _depth--;
            return result;
        }

        private void Enter()
        {
            _at++;
            if (++_depth > MaximumDepth) { throw Wrong("nested too deeply"); }
        }

        private bool Closes(char end)
        {
            Blanks();
            if (Peek() != end) { return false; }
            _at++;
            return true;
        }

        private bool Continues(char end)
        {
            if (Closes(end)) { return false; }
            Expect(',');
            return true;
        }

        private string Text()
        {
            int start = ++_at;
            int stop = _text.IndexOfAny(new char[] { '"', '\\' }, start);
            if (stop < 0) { throw Wrong("a string does not end"); }
            if (_text[stop] == '"')
            {
                _at = stop + 1;
                return _text.Substring(start, stop - start);
            }
            StringBuilder text = new StringBuilder(_text, start, stop - start, Math.Max(16, (stop - start) * 2));
            for (_at = stop; ; )
            {
                char c = Next();
                if (c == '"') { return text.ToString(); }
                if (c != '\\') { text.Append(c); continue; }
                c = Next();
                switch (c)
                {
                    case 'n': text.Append('\n'); break;
                    case 'r': text.Append('\r'); break;
                    case 't': text.Append('\t'); break;
                    case 'b': text.Append('\b'); break;
                    case 'f': text.Append('\f'); break;
                    case 'u': text.Append(Unit()); break;
                    case '"': case '\\': case '/': text.Append(c); break;
                    default: throw Wrong("unknown escape");
                }
            }
        }

        // One UTF-16 unit: the two halves of a surrogate pair come as two escapes and meet in the string.
        private char Unit()
        {
            int unit;
            if (_at + 4 > _text.Length
                || !int.TryParse(_text.Substring(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit))
            {
                throw Wrong("four hexadecimal digits were expected");
            }
            _at += 4;
            return (char)unit;
        }

        private object Number()
        {
            int start = _at;
            bool whole = true;
            for (; _at < _text.Length; _at++)
            {
                char c = _text[_at];
                if (c == '.' || c == 'e' || c == 'E') { whole = false; }
                else if ((c < '0' || c > '9') && c != '-' && c != '+') { break; }
            }
            string digits = _text.Substring(start, _at - start);
            long integer;
            double real;
            if (whole && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer)) { return integer; }
            if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out real)) { return real; }
            throw Wrong("a value was expected");
        }

        private void Word(string word)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) { throw Wrong("a value was expected"); }
            _at += word.Length;
        }

        private void Expect(char c)
        {
            if (Peek() != c) { throw Wrong("'" + c + "' was expected"); }
            _at++;
        }

        private char Peek() { return _at < _text.Length ? _text[_at] : '\0'; }

        private char Next()
        {
            if (_at >= _text.Length) { throw Wrong("a string does not end"); }
            return _text[_at++];
        }

        private void Blanks()
        {
            while (_at < _text.Length && (_text[_at] == ' ' || _text[_at] == '\n' || _text[_at] == '\r' || _text[_at] == '\t')) { _at++; }
        }

        private FormatException Wrong(string problem)
        {
            return new FormatException("the library's answer is not JSON at character " + _at + ": " + problem);
        }
    }
}
