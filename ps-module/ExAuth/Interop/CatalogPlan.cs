// What the library says of objects in exauth.catalog/1: the kinds, how an object shows its kind, and
// which properties each kind is asked for. Nothing about Exchange is written down here.
#if EXAUTH_POWERSHELL // A checker that compiles file by file skips what needs another file; build.sh and tests/ps compile all.
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;

    /// <summary>A property that the library wants, ready to be written.</summary>
    internal sealed class WantedProperty
    {
        internal string Name;
        /// <summary>The member to take of each item of a list; null for the item itself.</summary>
        internal string Item;
        /// <summary>The name as JSON with its colon.</summary>
        internal byte[] Key;
        /// <summary>The kind of the objects that its list holds, each of which is written with what that kind wants; else null.</summary>
        internal Kind Parts;
        internal string PartsName;
    }

    /// <summary>A kind of object.</summary>
    internal sealed class Kind
    {
        internal string Name;
        internal WantedProperty[] Properties;
        /// <summary>Each entry: indices into CatalogPlan.MarkNames of properties that together mean this kind.</summary>
        internal int[][] Marks;
    }

    internal sealed class CatalogPlan
    {
        /// <summary>The note that remoting puts on each object.</summary>
        internal const string ComputerProperty = "PSComputerName";

        private static readonly char[] WmiSeparators = { '#', '\\', '/' };
        private static readonly char[] TypeTails = { '#', '`', '[' };
        private static readonly char[] TypeSeparators = { '.', '+' };

        internal readonly Dictionary<string, Kind> ByType = new Dictionary<string, Kind>(StringComparer.OrdinalIgnoreCase);
        internal readonly Dictionary<string, Kind> ByObjectClass = new Dictionary<string, Kind>(StringComparer.OrdinalIgnoreCase);
        internal readonly List<Kind> Kinds = new List<Kind>();
        internal readonly List<string> MarkNames = new List<string>();

        internal static CatalogPlan Read(IDictionary<string, object> catalog)
        {
            CatalogPlan plan = new CatalogPlan();
            Fields fields = new Fields(catalog);
            foreach (object item in fields.List("kinds")) { plan.AddKind(new Fields(item)); }
            foreach (Kind kind in plan.Kinds)
            {
                foreach (WantedProperty wanted in kind.Properties) { wanted.Parts = plan.Kinds.Find(delegate (Kind known) { return known.Name == wanted.PartsName; }); }
            }
            return plan;
        }

        private void AddKind(Fields fields)
        {
            Kind kind = new Kind();
            kind.Name = fields.Text("name");
            // The computer goes into the record's own field, for every kind.
            kind.Properties = Array.FindAll(fields.Objects<WantedProperty>("properties", Wanted),
                delegate (WantedProperty wanted) { return wanted.Name != ComputerProperty; });
            kind.Marks = fields.List("marks").ConvertAll<int[]>(MarkIndices).ToArray();
            Kinds.Add(kind);
            // The first kind that claims a name keeps it, as in the library.
            foreach (string name in fields.Texts("types")) { if (!ByType.ContainsKey(name)) { ByType.Add(name, kind); } }
            foreach (string name in fields.Texts("object_classes")) { if (!ByObjectClass.ContainsKey(name)) { ByObjectClass.Add(name, kind); } }
        }

        private static WantedProperty Wanted(Fields fields)
        {
            WantedProperty wanted = new WantedProperty();
            wanted.Name = fields.Text("name");
            wanted.Item = fields.Text("item");
            wanted.PartsName = fields.Text("parts");
            byte[] quoted = JsonWriter.Quoted(wanted.Name);
            wanted.Key = new byte[quoted.Length + 1];
            Buffer.BlockCopy(quoted, 0, wanted.Key, 0, quoted.Length);
            wanted.Key[quoted.Length] = (byte)':';
            return wanted;
        }

        private int[] MarkIndices(object marks)
        {
            List<object> names = marks as List<object> ?? new List<object>();
            return names.ConvertAll<int>(MarkIndex).ToArray();
        }

        private int MarkIndex(object name)
        {
            int index = MarkNames.IndexOf((string)name);
            if (index >= 0) { return index; }
            MarkNames.Add((string)name);
            return MarkNames.Count - 1;
        }

        /// <summary>True for a type name of an object of WMI, whose class stands behind the "#".</summary>
        internal static bool IsOfWmi(string typeName)
        {
            int tail = typeName.IndexOf('#');
            if (tail < 0) { return false; }
            string holder = typeName.Substring(0, tail);
            return holder.EndsWith("ManagementObject", StringComparison.Ordinal) || holder.EndsWith("CimInstance", StringComparison.Ordinal);
        }

        /// <summary>
        /// The last part of a type name, without "Deserialized.", namespace, outer classes, generic arguments and the
        /// "#Application/..." tail of Get-EventLog; of an object of WMI its class. As src/record/kind.rs does it.
        /// </summary>
        internal static string ShortName(string typeName)
        {
            if (IsOfWmi(typeName)) { return typeName.Substring(typeName.LastIndexOfAny(WmiSeparators) + 1); }
            int stop = typeName.IndexOfAny(TypeTails);
            string name = stop < 0 ? typeName : typeName.Substring(0, stop);
            return name.Substring(name.LastIndexOfAny(TypeSeparators) + 1);
        }

        internal Kind KindOfType(string typeName)
        {
            Kind kind;
            return ByType.TryGetValue(ShortName(typeName), out kind) ? kind : null;
        }
    }
}
#endif
