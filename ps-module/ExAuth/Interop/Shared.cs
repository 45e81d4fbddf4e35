// What all cmdlets of a process share: the library, the catalog and what it says of object kinds.
// Read once, at the first use; may be asked by many runspaces at once.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.IO;
    using System.Text;

    public static class Shared
    {
        private static readonly object Gate = new object();
        private static Catalog _catalog;
        private static CatalogPlan _plan;
        private static Dictionary<string, object> _described;

        /// <summary>Loads the library; throws LibraryLoadException. The first file of a process stays.</summary>
        public static void Load(string path) { NativeLoader.Load(path, Native.RequiredAbi, Native.EntryPoints()); }

        public static Catalog Catalog
        {
            get { lock (Gate) { return _catalog ?? (_catalog = Catalog.BuiltIn()); } }
        }

        /// <summary>The document exauth.catalog/1.</summary>
        public static Dictionary<string, object> Described
        {
            get
            {
                lock (Gate)
                {
                    return _described ?? (_described = JsonReader.Parse(Catalog.Describe()) as Dictionary<string, object> ?? new Dictionary<string, object>());
                }
            }
        }

        internal static CatalogPlan Plan
        {
            get { lock (Gate) { return _plan ?? (_plan = CatalogPlan.Read(Described)); } }
        }

        /// <summary>Every issue and cause of the catalog, in its order.</summary>
        public static List<Issue> Issues()
        {
            List<Issue> result = new List<Issue>();
            Fields fields = new Fields(Described);
            foreach (object item in fields.List("issues")) { result.Add(Issue.Read("issue", item as Dictionary<string, object>)); }
            foreach (object item in fields.List("causes")) { result.Add(Issue.Read("cause", item as Dictionary<string, object>)); }
            return result;
        }

        /// <summary>A saved text with the encoding its bytes show: a mark, UTF-16, UTF-8, else the console's code page.</summary>
        public static string ReadText(string path)
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length >= 2 && (bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF))
            {
                return (bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes, 2, bytes.Length - 2);
            }
            // ASCII written as UTF-16 without a mark.
            if (bytes.Length >= 4 && bytes[0] != 0 && bytes[1] == 0 && bytes[3] == 0) { return Encoding.Unicode.GetString(bytes); }
            int start = bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0;
            try { return new UTF8Encoding(false, true).GetString(bytes, start, bytes.Length - start); }
            catch (DecoderFallbackException) { return ConsoleEncoding().GetString(bytes); }
        }

        private static Encoding ConsoleEncoding()
        {
            try { return Encoding.GetEncoding(System.Globalization.CultureInfo.CurrentCulture.TextInfo.OEMCodePage); }
            catch (ArgumentException) { return Encoding.GetEncoding(28591); }
            catch (NotSupportedException) { return Encoding.GetEncoding(28591); }
        }
    }
}
#endif
