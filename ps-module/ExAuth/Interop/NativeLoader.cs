// Loads the library by full path before the first call, and says in one error why it cannot be used.
// Needs no other file and nothing of PowerShell. Reads the library file's header and its
// Zone.Identifier mark; unloads a library that turns out to be the wrong one.
namespace ExAuth.Interop
{
    using System;
    using System.ComponentModel;
    using System.IO;
    using System.Runtime.InteropServices;
    using System.Text;

    /// <summary>The library file cannot be used. Reason: Missing, WrongArchitecture, WrongVersion, Blocked or NotLoadable.</summary>
    [Serializable]
    public sealed class LibraryLoadException : Exception
    {
        internal LibraryLoadException(string reason, string path, string problem)
            : base("The ExAuth library '" + path + "' " + problem)
        {
            Reason = reason;
            LibraryPath = path;
        }

        public string Reason { get; private set; }
        public string LibraryPath { get; private set; }
    }

    public static class NativeLoader
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate uint AbiVersion();

        // LOAD_WITH_ALTERED_SEARCH_PATH: the library's own folder comes first for what it needs.
        private const uint AlteredSearchPath = 8;
        private const int RtldNow = 2, RtldGlobal = 0x100;
        // Win32 error codes that mean "not allowed here": access denied, virus, group policy, code integrity.
        private static readonly int[] RefusedCodes = { 5, 225, 1260, 4551 };

        private static readonly object Gate = new object();
        private static string _loadedFrom;

        /// <summary>The file in use; null before the first Load.</summary>
        public static string LoadedFrom { get { return _loadedFrom; } }

        /// <summary>Loads the library. A process has one: a second call keeps the first, whatever its path.</summary>
        public static void Load(string path, uint abi, string[] entryPoints)
        {
            lock (Gate)
            {
                if (_loadedFrom != null) { return; }
                bool windows = Environment.OSVersion.Platform == PlatformID.Win32NT;
                if (IntPtr.Size != 8)
                {
                    throw new LibraryLoadException("WrongArchitecture", path,
                        "is 64-bit and this process is 32-bit; start the 64-bit PowerShell (not the one marked x86).");
                }
                if (!File.Exists(path))
                {
                    throw new LibraryLoadException("Missing", path, "is missing; a complete module has it: copy the module folder again, or run Build.ps1.");
                }
                if (windows) { CheckHeader(path); }
                IntPtr library = windows ? OpenWindows(path) : OpenUnix(path);
                try { CheckSurface(path, library, abi, entryPoints, windows); }
                catch (LibraryLoadException)
                {
                    // Windows finds a loaded library by its file name: the wrong one must not stay.
                    if (windows) { FreeLibrary(library); }
                    throw;
                }
                _loadedFrom = path;
            }
        }

        private static void CheckHeader(string path)
        {
            ushort machine;
            try { machine = Machine(path); }
            catch (UnauthorizedAccessException e) { throw new LibraryLoadException("Blocked", path, "cannot be read: " + e.Message); }
            catch (IOException e) { throw new LibraryLoadException("NotLoadable", path, "cannot be read: " + e.Message); }
            string process = Environment.GetEnvironmentVariable("PROCESSOR_ARCHITECTURE") ?? "AMD64";
            ushort wanted = (ushort)(process.ToUpperInvariant() == "ARM64" ? 0xAA64 : 0x8664);
            if (machine == 0)
            {
                throw new LibraryLoadException("NotLoadable", path, "is not a Windows DLL; it may be damaged or half copied.");
            }
            if (machine != wanted)
            {
                throw new LibraryLoadException("WrongArchitecture", path,
                    "is built for " + MachineName(machine) + " and this process is " + MachineName(wanted) + ".");
            }
        }

        // The Machine field of the PE header; 0 where the file has no such header.
        private static ushort Machine(string path)
        {
            byte[] head = new byte[4096];
            int length = 0;
            using (FileStream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            {
                int read;
                while (length < head.Length && (read = file.Read(head, length, head.Length - length)) > 0) { length += read; }
            }
            if (length < 0x40 || head[0] != 'M' || head[1] != 'Z') { return 0; }
            int header = BitConverter.ToInt32(head, 0x3C);
            if (header < 0 || header > length - 6 || BitConverter.ToUInt32(head, header) != 0x4550) { return 0; }
            return BitConverter.ToUInt16(head, header + 4);
        }

        private static string MachineName(ushort machine)
        {
            switch (machine)
            {
                case 0x14C: return "32-bit x86";
                case 0x8664: return "64-bit x64";
                case 0xAA64: return "ARM64";
                default: return "machine 0x" + machine.ToString("X4");
            }
        }

        private static IntPtr OpenWindows(string path)
        {
            IntPtr library = LoadLibraryExW(Encoding.Unicode.GetBytes(path + "\0"), IntPtr.Zero, AlteredSearchPath);
            if (library != IntPtr.Zero) { return library; }
            int code = Marshal.GetLastWin32Error();
            string problem = "cannot be loaded: " + new Win32Exception(code).Message + " (error " + code + ")";
            if (HasZoneMark(path))
            {
                throw new LibraryLoadException("Blocked", path, problem + "; it carries the mark of a downloaded file: run Unblock-File on the module's files.");
            }
            if (Array.IndexOf(RefusedCodes, code) >= 0)
            {
                throw new LibraryLoadException("Blocked", path, problem + "; a policy or a virus scanner refuses it.");
            }
            throw new LibraryLoadException("NotLoadable", path, problem);
        }

        private static bool HasZoneMark(string path)
        {
            byte[] stream = Encoding.Unicode.GetBytes(path + ":Zone.Identifier\0");
            return GetFileAttributesW(stream) != 0xFFFFFFFF;
        }

        private static IntPtr OpenUnix(string path)
        {
            IntPtr library = dlopen(Encoding.UTF8.GetBytes(path + "\0"), RtldNow | RtldGlobal);
            if (library != IntPtr.Zero) { return library; }
            throw new LibraryLoadException("NotLoadable", path, "cannot be loaded: " + Marshal.PtrToStringAnsi(dlerror()));
        }

        private static void CheckSurface(string path, IntPtr library, uint abi, string[] entryPoints, bool windows)
        {
            IntPtr entry = Find(library, "exauth_abi_version", windows);
            if (entry == IntPtr.Zero)
            {
                throw new LibraryLoadException("WrongVersion", path, "is not the ExAuth library: it has no function exauth_abi_version.");
            }
            AbiVersion function = (AbiVersion)Marshal.GetDelegateForFunctionPointer(entry, typeof(AbiVersion));
            uint found = function();
            if (found != abi)
            {
                throw new LibraryLoadException("WrongVersion", path,
                    "has interface number " + found + " and this module needs " + abi + "; both must come from the same package.");
            }
            foreach (string name in entryPoints)
            {
                if (Find(library, name, windows) == IntPtr.Zero)
                {
                    throw new LibraryLoadException("WrongVersion", path, "has no function " + name + "; it is older than this module.");
                }
            }
        }

        private static IntPtr Find(IntPtr library, string name, bool windows)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name + "\0");
            return windows ? GetProcAddress(library, bytes) : dlsym(library, bytes);
        }

        [DllImport("kernel32.dll", ExactSpelling = true, SetLastError = true)]
        private static extern IntPtr LoadLibraryExW(byte[] path, IntPtr file, uint flags);
        [DllImport("kernel32.dll", ExactSpelling = true)]
        private static extern int FreeLibrary(IntPtr library);
        [DllImport("kernel32.dll", ExactSpelling = true)]
        private static extern IntPtr GetProcAddress(IntPtr library, byte[] name);
        [DllImport("kernel32.dll", ExactSpelling = true)]
        private static extern uint GetFileAttributesW(byte[] path);
        [DllImport("libdl.so.2", ExactSpelling = true)]
        private static extern IntPtr dlopen(byte[] path, int flags);
        [DllImport("libdl.so.2", ExactSpelling = true)]
        private static extern IntPtr dlsym(IntPtr library, byte[] name);
        [DllImport("libdl.so.2", ExactSpelling = true)]
        private static extern IntPtr dlerror();
    }
}
