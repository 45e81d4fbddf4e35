// Loads the native library while PowerShell imports the assembly, before any cmdlet can run.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System.Management.Automation;

    public sealed class ModuleInitializer : IModuleAssemblyInitializer
    {
        public void OnImport() { Shared.Load(); }
    }
}
#endif
