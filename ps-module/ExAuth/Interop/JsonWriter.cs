// Writes JSON as UTF-8 into one growing buffer that the library then reads in place.
// Needs no other file. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.
namespace ExAuth.Interop
{
    using System;
    using System.Globalization;
    using System.Text;

    public sealed class JsonWriter
    {
        private const int FirstCapacity = 64 * 1024;
        // A buffer that one huge text has blown up is given back after the batch.
        private const int KeptCapacity = 2 * 1024 * 1024;
        // Characters that are written between two looks at the capacity; an escape takes six bytes.
        private const int Chunk = 1024;

        private byte[] _bytes = new byte[FirstCapacity];
        private int _length;

        public byte[] Bytes { get { return _bytes; } }
        public int Length { get { return _length; } }

        public void Clear()
        {
            _length = 0;
            if (_bytes.Length > KeptCapacity) { _bytes = new byte[FirstCapacity]; }
        }

        /// <summary>Drops what was written after a length that was read before.</summary>
        public void CutTo(int length) { _length = length; }

        public static byte[] Encode(string json) { return Encoding.UTF8.GetBytes(json); }

        /// <summary>A string with its quotes as bytes, for texts that repeat.</summary>
        public static byte[] Quoted(string text)
        {
            JsonWriter writer = new JsonWriter();
            writer.Text(text);
            byte[] result = new byte[writer._length];
            Buffer.BlockCopy(writer._bytes, 0, result, 0, result.Length);
            return result;
        }

        public void Raw(byte c)
        {
            if (_length == _bytes.Length) { Reserve(1); }
            _bytes[_length++] = c;
        }

        public void Raw(byte[] json)
        {
            Reserve(json.Length);
            Buffer.BlockCopy(json, 0, _bytes, _length, json.Length);
            _length += json.Length;
        }

        /// <summary>ASCII that needs no escape: punctuation, numbers, true, null.</summary>
        public void Raw(string ascii)
        {
            Reserve(ascii.Length);
            for (int i = 0; i < ascii.Length; i++) { _bytes[_length++] = (byte)ascii[i]; }
        }

        public void Number(long value)
        {
            if (value >= 0 && value < 10) { Raw((byte)('0' + value)); }
            else { Raw(value.ToString(CultureInfo.InvariantCulture)); }
        }

        public void Number(double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value)) { Raw("null"); }
            else { Raw(value.ToString("R", CultureInfo.InvariantCulture)); }
        }

        public void Text(string text)
        {
            Raw((byte)'"');
            int i = 0;
            while (i < text.Length)
            {
                int stop = Math.Min(text.Length, i + Chunk);
                Reserve((stop - i + 1) * 6);
                for (; i < stop; i++)
                {
                    char c = text[i];
                    if (c < 0x80)
                    {
                        if (c >= ' ' && c != '"' && c != '\\') { _bytes[_length++] = (byte)c; }
                        else { Escape(c); }
                    }
                    else { i = Wide(text, i); }
                }
            }
            Raw((byte)'"');
        }

        private void Reserve(int more)
        {
            if (_bytes.Length - _length >= more) { return; }
            Array.Resize(ref _bytes, Math.Max(checked(_length + more), _bytes.Length * 2));
        }

        private void Escape(char c)
        {
            _bytes[_length++] = (byte)'\\';
            switch (c)
            {
                case '"': case '\\': _bytes[_length++] = (byte)c; break;
                case '\n': _bytes[_length++] = (byte)'n'; break;
                case '\r': _bytes[_length++] = (byte)'r'; break;
                case '\t': _bytes[_length++] = (byte)'t'; break;
                default: Raw("u00" + ((int)c).ToString("x2", CultureInfo.InvariantCulture)); break;
            }
        }

        // Writes the character at i, with the second half of its pair, and gives the last index it used.
        private int Wide(string text, int i)
        {
            int point = text[i];
            if (char.IsSurrogate(text[i]))
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    point = char.ConvertToUtf32(text[i], text[++i]);
                }
                else { point = 0xFFFD; }
            }
            if (point < 0x800) { _bytes[_length++] = (byte)(0xC0 | point >> 6); }
            else
            {
                if (point < 0x10000) { _bytes[_length++] = (byte)(0xE0 | point >> 12); }
                else
                {
                    _bytes[_length++] = (byte)(0xF0 | point >> 18);
                    _bytes[_length++] = (byte)(0x80 | point >> 12 & 0x3F);
                }
                _bytes[_length++] = (byte)(0x80 | point >> 6 & 0x3F);
            }
            _bytes[_length++] = (byte)(0x80 | point & 0x3F);
            return i;
        }
    }
}
