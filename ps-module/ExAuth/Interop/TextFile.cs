// Reads a saved text with the encoding that its bytes show. Needs no other file; opens only the file it is given.
namespace ExAuth.Interop
{
    using System;
    using System.Globalization;
    using System.IO;
    using System.Text;

    public static class TextFile
    {
        private const int Latin1 = 28591;

        /// <summary>By a byte-order mark, else UTF-16 by its zeros, else UTF-8, else the console's code page.</summary>
        public static string Read(string path)
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (Starts(bytes, 0xFF, 0xFE)) { return Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2); }
            if (Starts(bytes, 0xFE, 0xFF)) { return Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2); }
            // ASCII as UTF-16 without a mark.
            if (bytes.Length >= 4 && bytes[0] != 0 && bytes[1] == 0 && bytes[3] == 0) { return Encoding.Unicode.GetString(bytes); }
            int start = Starts(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
            try { return new UTF8Encoding(false, true).GetString(bytes, start, bytes.Length - start); }
            catch (DecoderFallbackException) { return ConsoleEncoding().GetString(bytes); }
        }

        private static bool Starts(byte[] bytes, params byte[] mark)
        {
            for (int i = 0; i < mark.Length; i++)
            {
                if (i >= bytes.Length || bytes[i] != mark[i]) { return false; }
            }
            return true;
        }

        private static Encoding ConsoleEncoding()
        {
            try { return Encoding.GetEncoding(CultureInfo.CurrentCulture.TextInfo.OEMCodePage); }
            catch (ArgumentException) { return Encoding.GetEncoding(Latin1); }
            catch (NotSupportedException) { return Encoding.GetEncoding(Latin1); }
        }
    }
}
