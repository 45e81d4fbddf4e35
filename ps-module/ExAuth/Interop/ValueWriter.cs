// One property value as JSON, so that live, remoting and CLIXML objects give the same text:
// null, bool and numbers stay, an enum becomes its name, a time UTC ISO 8601, a list an array, all else its ToString().
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;

    internal static class ValueWriter
    {
        private const string EnumTypeName = "System.Enum";

        internal static void Write(JsonWriter writer, object value, string itemMember)
        {
            PSObject wrapped = value as PSObject;
            object bare = wrapped == null ? value : wrapped.BaseObject;
            string text = bare as string;
            if (text != null) { writer.Text(text); return; }
            if (bare is ValueType || bare == null) { WriteScalar(writer, wrapped, bare); return; }
            IEnumerable list = bare as IEnumerable;
            if (list == null || bare is IDictionary) { writer.Text(value.ToString() ?? string.Empty); return; }
            writer.Raw((byte)'[');
            bool first = true;
            foreach (object item in list)
            {
                if (!first) { writer.Raw((byte)','); }
                first = false;
                WriteItem(writer, itemMember == null ? item : Member(item, itemMember));
            }
            writer.Raw((byte)']');
        }

        private static void WriteItem(JsonWriter writer, object item)
        {
            PSObject wrapped = item as PSObject;
            object bare = wrapped == null ? item : wrapped.BaseObject;
            if (bare is ValueType || bare == null) { WriteScalar(writer, wrapped, bare); }
            else { writer.Text(item.ToString() ?? string.Empty); }
        }

        private static void WriteScalar(JsonWriter writer, PSObject wrapped, object bare)
        {
            if (bare == null) { writer.Raw("null"); return; }
            if (bare is bool) { writer.Raw((bool)bare ? "true" : "false"); return; }
            if (bare is Enum) { writer.Text(bare.ToString()); return; }
            // An enum that went through CLIXML is a number that still knows its name.
            if (wrapped != null && IsEnumName(wrapped)) { writer.Text(wrapped.ToString()); return; }
            switch (Type.GetTypeCode(bare.GetType()))
            {
                case TypeCode.Byte: case TypeCode.SByte: case TypeCode.Int16: case TypeCode.UInt16:
                case TypeCode.Int32: case TypeCode.UInt32: case TypeCode.Int64:
                    writer.Number(Convert.ToInt64(bare, CultureInfo.InvariantCulture));
                    return;
                case TypeCode.UInt64: case TypeCode.Decimal:
                    writer.Raw(Convert.ToString(bare, CultureInfo.InvariantCulture));
                    return;
                case TypeCode.Single: case TypeCode.Double:
                    writer.Number(Convert.ToDouble(bare, CultureInfo.InvariantCulture));
                    return;
                case TypeCode.DateTime:
                    writer.Text(Iso((DateTime)bare));
                    return;
            }
            if (bare is DateTimeOffset) { writer.Text(Iso(((DateTimeOffset)bare).UtcDateTime)); return; }
            writer.Text((wrapped == null ? bare : wrapped).ToString() ?? string.Empty);
        }

        private static bool IsEnumName(PSObject wrapped)
        {
            foreach (string name in wrapped.TypeNames)
            {
                if (name.EndsWith(EnumTypeName, StringComparison.Ordinal)) { return true; }
            }
            return false;
        }

        // A time of unknown zone is written without one: guessing it would shift the time line.
        private static string Iso(DateTime time)
        {
            DateTime written = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
            return written.ToString("o", CultureInfo.InvariantCulture);
        }

        // The member of a list's item; the item itself where it has none (hand-made lists of texts), except for the
        // bare type name that remoting leaves of an object: that says nothing and becomes null.
        private static object Member(object item, string name)
        {
            if (item == null) { return null; }
            PSPropertyInfo member = PSObject.AsPSObject(item).Properties[name];
            if (member != null) { return member.Value; }
            string text = item.ToString();
            return text != null && text.StartsWith("System.", StringComparison.Ordinal) && text.IndexOf(' ') < 0 ? null : item;
        }

        /// <summary>A structure of objects, dictionaries and lists as nested JSON: for records, whose form is known.</summary>
        internal static void WriteNested(JsonWriter writer, object value, int depth)
        {
            PSObject wrapped = value as PSObject;
            object bare = wrapped == null ? value : wrapped.BaseObject;
            IDictionary dictionary = bare as IDictionary;
            // Eight levels are more than any record has; it also ends a structure that contains itself.
            if (depth > 8) { Write(writer, value, null); }
            else if (dictionary != null)
            {
                writer.Raw((byte)'{');
                bool first = true;
                foreach (DictionaryEntry pair in dictionary) { Pair(writer, ref first, pair.Key.ToString(), pair.Value, depth); }
                writer.Raw((byte)'}');
            }
            else if (bare is PSCustomObject)
            {
                writer.Raw((byte)'{');
                bool first = true;
                foreach (PSPropertyInfo property in wrapped.Properties)
                {
                    if (property.IsGettable) { Pair(writer, ref first, property.Name, property.Value, depth); }
                }
                writer.Raw((byte)'}');
            }
            else if (bare is IEnumerable && !(bare is string))
            {
                writer.Raw((byte)'[');
                bool first = true;
                foreach (object item in (IEnumerable)bare)
                {
                    if (!first) { writer.Raw((byte)','); }
                    first = false;
                    WriteNested(writer, item, depth + 1);
                }
                writer.Raw((byte)']');
            }
            else { Write(writer, value, null); }
        }

        private static void Pair(JsonWriter writer, ref bool first, string name, object value, int depth)
        {
            if (!first) { writer.Raw((byte)','); }
            first = false;
            writer.Text(name);
            writer.Raw((byte)':');
            WriteNested(writer, value, depth + 1);
        }
    }
}
#endif
