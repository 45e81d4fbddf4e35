// What all cmdlets of a process share: the library, the catalog and what it says of object kinds.
// Read once, at the first use; may be asked by many runspaces at once.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.IO;

    public static class Shared
    {
        private static readonly object Gate = new object();
        private static Catalog _catalog;
        private static CatalogPlan _plan;
        private static Dictionary<string, object> _described;

        /// <summary>Loads the library from the module's bin folder; throws LibraryLoadException. The first file of a process stays.</summary>
        public static void Load()
        {
            // Set by ExAuth.psm1; an assembly that is imported by itself looks beside itself.
            string folder = AppDomain.CurrentDomain.GetData("ExAuth.ModuleFolder") as string;
            string bin = folder == null ? Path.GetDirectoryName(typeof(Shared).Assembly.Location) : Path.Combine(folder, "bin");
            bool windows = Path.DirectorySeparatorChar == '\\';
            string library = Path.Combine(bin, windows ? "win-x64\\exauth.dll" : "linux-x64/libexauth.so");
            NativeLoader.Load(library, Native.RequiredAbi, Native.EntryPoints());
        }

        public static Catalog Catalog
        {
            get { lock (Gate) { return _catalog ?? (_catalog = Catalog.BuiltIn()); } }
        }

        /// <summary>Puts another catalog in the place of the one in use; what has begun with the old one ends with it.</summary>
        internal static void Use(Catalog catalog)
        {
            lock (Gate)
            {
                _catalog = catalog;
                _described = null;
                _plan = null;
            }
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

        internal static string Counted(int count, string what) { return count + " " + what + (count == 1 ? string.Empty : "s"); }

        /// <summary>Every issue and cause of the catalog, in its order.</summary>
        public static List<Issue> Issues()
        {
            List<Issue> result = new List<Issue>();
            Fields fields = new Fields(Described);
            foreach (object item in fields.List("issues")) { result.Add(Issue.Read("issue", item as Dictionary<string, object>)); }
            foreach (object item in fields.List("causes")) { result.Add(Issue.Read("cause", item as Dictionary<string, object>)); }
            return result;
        }
    }
}
#endif
