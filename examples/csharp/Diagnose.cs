// Reads records (exauth.record/1, a line each) from a file and prints the library's report.
// The smallest useful .NET caller: it compiles together with ps-module/ExAuth/Interop/Native.cs and
// NativeLoader.cs, which need nothing of PowerShell.
//
//   mcs -out:Diagnose.exe Diagnose.cs Native.cs NativeLoader.cs
//   mono Diagnose.exe path/to/libexauth.so records.jsonl
using System;
using System.IO;
using ExAuth.Interop;

public static class Diagnose
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine("usage: Diagnose <exauth.dll or libexauth.so> <records.jsonl>");
            return 2;
        }
        try
        {
            NativeLoader.Load(Path.GetFullPath(arguments[0]), Native.RequiredAbi, Native.EntryPoints());
            Console.Write(Report(File.ReadAllText(arguments[1]), "text"));
            return 0;
        }
        catch (LibraryLoadException e) { Console.Error.WriteLine(e.Message); }
        catch (ExAuthException e) { Console.Error.WriteLine(e.Name + ": " + e.Message); }
        catch (IOException e) { Console.Error.WriteLine(e.Message); }
        return 1;
    }

    /// <summary>The report of some records in a format, "text" or "json".</summary>
    public static string Report(string records, string format)
    {
        using (Catalog catalog = Catalog.BuiltIn())
        using (Session session = new Session(catalog, null))
        {
            string rejected = session.Add(records);
            if (rejected != null) { Console.Error.Write(rejected); }
            session.Finish();
            return session.Report(format);
        }
    }
}
