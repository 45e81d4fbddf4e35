// The C surface of the ExAuth library for .NET: P/Invoke, handles, Catalog, Session.
// Needs nothing of PowerShell and no other file, so that any .NET program can compile it.
// Reads the library file that Native.Load is given. C# 5: Windows PowerShell 5.1 compiles it.
namespace ExAuth.Interop
{
    using System;
    using System.Reflection;
    using System.Runtime.InteropServices;
    using System.Text;
    using Microsoft.Win32.SafeHandles;

    /// <summary>A call into the library failed.</summary>
    [Serializable]
    public class ExAuthException : Exception
    {
        internal ExAuthException(int status, string name, string message, string at) : base(message)
        {
            Status = status;
            Name = name;
            At = at;
        }

        /// <summary>The number in exauth.h; negative.</summary>
        public int Status { get; private set; }
        /// <summary>The status by name, such as EXAUTH_E_RECORD.</summary>
        public string Name { get; private set; }
        /// <summary>JSON pointer to the offending place of the input, or null.</summary>
        public string At { get; private set; }

        internal static ExAuthException From(int status, string document)
        {
            string name = Native.StatusName(status);
            if (document == null) { return new ExAuthException(status, name, name + " (" + status + ")", null); }
            string message = ErrorDocument.Field(document, "message");
            return new ExAuthException(status, name, message ?? document, ErrorDocument.Field(document, "at"));
        }
    }

    /// <summary>Takes single fields out of an error document. Not a JSON reader: it has to work when nothing else does.</summary>
    internal static class ErrorDocument
    {
        /// <summary>The string in a field of the outermost object; null where it is absent or no string.</summary>
        internal static string Field(string document, string name)
        {
            int depth = 0;
            string key = null;
            for (int i = 0; i < document.Length; i++)
            {
                char c = document[i];
                if (c == '{' || c == '[') { depth++; }
                else if (c == '}' || c == ']') { depth--; }
                else if (c == ',') { key = null; }
                else if (c == '"')
                {
                    string text = Unquote(document, ref i);
                    if (depth != 1) { continue; }
                    if (key == name) { return text; }
                    key = key == null ? text : null;
                }
            }
            return null;
        }

        // Leaves the position on the closing quote.
        private static string Unquote(string document, ref int i)
        {
            StringBuilder text = new StringBuilder();
            for (i++; i < document.Length && document[i] != '"'; i++)
            {
                char c = document[i];
                if (c != '\\' || i + 1 >= document.Length) { text.Append(c); continue; }
                c = document[++i];
                if (c == 'u' && i + 4 < document.Length)
                {
                    text.Append((char)Convert.ToInt32(document.Substring(i + 1, 4), 16));
                    i += 4;
                }
                else { text.Append(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c); }
            }
            return text.ToString();
        }
    }

    internal sealed class TextHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private TextHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            NativeMethods.exauth_text_free(handle);
            return true;
        }

        /// <summary>The text, or null where the library gave none; frees the handle.</summary>
        internal static string Take(TextHandle text)
        {
            if (text == null) { return null; }
            using (text)
            {
                if (text.IsInvalid) { return null; }
                int length = checked((int)NativeMethods.exauth_text_len(text).ToUInt64());
                byte[] bytes = new byte[length];
                if (length > 0) { Marshal.Copy(NativeMethods.exauth_text_data(text), bytes, 0, length); }
                return Encoding.UTF8.GetString(bytes);
            }
        }
    }

    internal sealed class CatalogHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private CatalogHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            NativeMethods.exauth_catalog_free(handle);
            return true;
        }
    }

    internal sealed class SessionHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private SessionHandle() : base(true) { }

        protected override bool ReleaseHandle()
        {
            NativeMethods.exauth_session_free(handle);
            return true;
        }
    }

    internal static class NativeMethods
    {
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr exauth_version();
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint exauth_abi_version();
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr exauth_status_name(int status);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr exauth_text_data(TextHandle text);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern UIntPtr exauth_text_len(TextHandle text);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void exauth_text_free(IntPtr text);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_catalog_builtin(out CatalogHandle catalog, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_catalog_extend(CatalogHandle catalog, byte[] pack, UIntPtr packLength, out CatalogHandle extended, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_catalog_describe(CatalogHandle catalog, out TextHandle document, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_catalog_event_filter(CatalogHandle catalog, byte[] options, UIntPtr optionsLength, out TextHandle filter, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void exauth_catalog_free(IntPtr catalog);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_match_text(CatalogHandle catalog, byte[] text, UIntPtr textLength, out TextHandle findings, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_check_record(CatalogHandle catalog, byte[] record, UIntPtr recordLength, out TextHandle findings, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_parse_tool(CatalogHandle catalog, byte[] command, UIntPtr commandLength, byte[] text, UIntPtr textLength, out TextHandle records, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_analyze(CatalogHandle catalog, byte[] records, UIntPtr recordsLength, byte[] options, UIntPtr optionsLength, out TextHandle report, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_session_new(CatalogHandle catalog, byte[] options, UIntPtr optionsLength, out SessionHandle session, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_session_add(SessionHandle session, byte[] records, UIntPtr recordsLength, out TextHandle rejected, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_session_next(SessionHandle session, out TextHandle findings, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_session_finish(SessionHandle session, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int exauth_session_report(SessionHandle session, byte[] format, UIntPtr formatLength, out TextHandle report, out TextHandle error);
        [DllImport("exauth", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void exauth_session_free(IntPtr session);
    }

    /// <summary>What the library says of itself.</summary>
    public static class Native
    {
        /// <summary>The number of the C surface that this file was written for.</summary>
        public const int RequiredAbi = 1;

        public static string Version { get { return Marshal.PtrToStringAnsi(NativeMethods.exauth_version()); } }

        public static string StatusName(int status) { return Marshal.PtrToStringAnsi(NativeMethods.exauth_status_name(status)); }

        /// <summary>The names of all functions that are called here.</summary>
        public static string[] EntryPoints()
        {
            MethodInfo[] methods = typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.NonPublic);
            return Array.ConvertAll(
                Array.FindAll(methods, delegate (MethodInfo method) { return (method.Attributes & MethodAttributes.PinvokeImpl) != 0; }),
                delegate (MethodInfo method) { return method.Name; });
        }

        internal static byte[] Utf8(string text) { return text == null ? null : Encoding.UTF8.GetBytes(text); }

        internal static UIntPtr Length(byte[] bytes) { return bytes == null ? UIntPtr.Zero : (UIntPtr)(uint)bytes.Length; }

        /// <summary>Throws for a failure; the error text is freed either way.</summary>
        internal static int Check(int status, TextHandle error)
        {
            string document = TextHandle.Take(error);
            if (status < 0) { throw ExAuthException.From(status, document); }
            return status;
        }
    }

    /// <summary>The rules and causes. May be used by any threads at once.</summary>
    public sealed class Catalog : IDisposable
    {
        internal readonly CatalogHandle Handle;

        private Catalog(CatalogHandle handle) { Handle = handle; }

        public static Catalog BuiltIn()
        {
            CatalogHandle handle;
            TextHandle error;
            Native.Check(NativeMethods.exauth_catalog_builtin(out handle, out error), error);
            return new Catalog(handle);
        }

        /// <summary>A new catalog with a rule pack added; this one stays as it is.</summary>
        public Catalog Extend(string pack)
        {
            byte[] bytes = Native.Utf8(pack);
            CatalogHandle handle;
            TextHandle error;
            Native.Check(NativeMethods.exauth_catalog_extend(Handle, bytes, Native.Length(bytes), out handle, out error), error);
            return new Catalog(handle);
        }

        /// <summary>The document exauth.catalog/1.</summary>
        public string Describe()
        {
            TextHandle text, error;
            return Done(NativeMethods.exauth_catalog_describe(Handle, out text, out error), text, error);
        }

        /// <summary>The structured query for Get-WinEvent -FilterXml.</summary>
        public string EventFilter(string options)
        {
            byte[] bytes = Native.Utf8(options);
            TextHandle text, error;
            return Done(NativeMethods.exauth_catalog_event_filter(Handle, bytes, Native.Length(bytes), out text, out error), text, error);
        }

        public string MatchText(string text)
        {
            byte[] bytes = Native.Utf8(text);
            TextHandle findings, error;
            return Done(NativeMethods.exauth_match_text(Handle, bytes, Native.Length(bytes), out findings, out error), findings, error);
        }

        public string CheckRecord(string record)
        {
            byte[] bytes = Native.Utf8(record);
            TextHandle findings, error;
            return Done(NativeMethods.exauth_check_record(Handle, bytes, Native.Length(bytes), out findings, out error), findings, error);
        }

        /// <summary>A tool's output to records, as NDJSON; null when it holds none.</summary>
        public string ParseTool(string command, string text)
        {
            byte[] commandBytes = Native.Utf8(command);
            byte[] textBytes = Native.Utf8(text);
            TextHandle records, error;
            return Done(NativeMethods.exauth_parse_tool(Handle, commandBytes, Native.Length(commandBytes), textBytes, Native.Length(textBytes), out records, out error), records, error);
        }

        /// <summary>Records in, the document exauth.report/1 out.</summary>
        public string Analyze(string records, string options)
        {
            byte[] bytes = Native.Utf8(records);
            byte[] optionBytes = Native.Utf8(options);
            TextHandle report, error;
            return Done(NativeMethods.exauth_analyze(Handle, bytes, Native.Length(bytes), optionBytes, Native.Length(optionBytes), out report, out error), report, error);
        }

        public void Dispose() { Handle.Dispose(); }

        private static string Done(int status, TextHandle text, TextHandle error)
        {
            string result = TextHandle.Take(text);
            Native.Check(status, error);
            return result;
        }
    }

    /// <summary>One analysis: records in, findings out as they come, a report at the end. One thread at a time.</summary>
    public sealed class Session : IDisposable
    {
        private readonly SessionHandle _handle;

        public Session(Catalog catalog, string options)
        {
            byte[] bytes = Native.Utf8(options);
            TextHandle error;
            Native.Check(NativeMethods.exauth_session_new(catalog.Handle, bytes, Native.Length(bytes), out _handle, out error), error);
        }

        /// <summary>Adds records. Gives the rejected ones as NDJSON, or null when all were accepted.</summary>
        public string Add(byte[] records, int length)
        {
            TextHandle rejected, error;
            int status = NativeMethods.exauth_session_add(_handle, records, (UIntPtr)(uint)length, out rejected, out error);
            string result = TextHandle.Take(rejected);
            Native.Check(status, error);
            return string.IsNullOrEmpty(result) ? null : result;
        }

        public string Add(string records)
        {
            byte[] bytes = Native.Utf8(records);
            return Add(bytes, bytes.Length);
        }

        /// <summary>Findings that wait, as NDJSON; null when none do.</summary>
        public string Next()
        {
            TextHandle findings, error;
            int status = NativeMethods.exauth_session_next(_handle, out findings, out error);
            string result = TextHandle.Take(findings);
            Native.Check(status, error);
            return result;
        }

        public void Finish()
        {
            TextHandle error;
            Native.Check(NativeMethods.exauth_session_finish(_handle, out error), error);
        }

        public string Report(string format)
        {
            byte[] bytes = Native.Utf8(format);
            TextHandle report, error;
            int status = NativeMethods.exauth_session_report(_handle, bytes, Native.Length(bytes), out report, out error);
            string result = TextHandle.Take(report);
            Native.Check(status, error);
            return result;
        }

        public void Dispose() { _handle.Dispose(); }
    }
}
