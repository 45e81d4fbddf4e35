// When an object of the pipeline was collected, where that is certain: between the start of this process and now.
// An object may lie in a variable for days, so that nobody can say more; and many cannot be told from what a file held:
// the Exchange Management Shell makes live objects of Import-Clixml, too. Two kinds are certain:
// - a .NET object of a class that no serializer gives back (a service, an answer of DNS, a port test): this process made it;
// - an object with the RunspaceId of a remote session that is open here: it came through that session, even if it lay in a
//   file since. Remoting takes the note of a server away and puts its own. (A session that Connect-PSSession took over from
//   another shell keeps its id, and is taken for one of this shell: then an object may be older than is said.)
// Of all others nothing is said.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Collections.ObjectModel;
    using System.Diagnostics;
    using System.Globalization;
    using System.Management.Automation;
    using System.Management.Automation.Runspaces;

    internal sealed class CollectedTime
    {
        // The note that remoting puts beside the computer's name: the id of the session on this side.
        private const string SessionProperty = "RunspaceId";
        // A time is written as whole seconds, and stays in use for half of one.
        private const int StampMilliseconds = 500;

        private static readonly string Started = StartOfProcess();

        private readonly CommandInvocationIntrinsics _shell;
        private readonly Dictionary<Guid, bool> _sessions = new Dictionary<Guid, bool>();
        private byte[] _stamp;
        private int _stamped;

        internal CollectedTime(CommandInvocationIntrinsics shell) { _shell = shell; }

        /// <summary>The field of a record, with the comma in front; empty where the clock was set back.</summary>
        internal byte[] Field
        {
            get
            {
                int now = Environment.TickCount;
                if (_stamp == null || unchecked(now - _stamped) >= StampMilliseconds || now < _stamped)
                {
                    _stamped = now;
                    // What is collected while the stamp is in use must lie before its end.
                    string end = Iso(DateTime.UtcNow.AddSeconds(2));
                    bool known = Started != null && string.CompareOrdinal(Started, end) < 0;
                    _stamp = JsonWriter.Encode(known ? ",\"collected\":\"" + Started + "/" + end + "\"" : string.Empty);
                }
                return _stamp;
            }
        }

        /// <summary>True for an object that came through a remote session of this process. Ask only of one that has the name of a computer.</summary>
        internal bool IsOfSession(PropertySource source)
        {
            object value;
            Dictionary<string, int> ignored = null;
            if (!source.TryGet(SessionProperty, out value, ref ignored)) { return false; }
            PSObject wrapped = value as PSObject;
            object bare = wrapped == null ? value : wrapped.BaseObject;
            if (!(bare is Guid)) { return false; }
            bool known;
            if (!_sessions.TryGetValue((Guid)bare, out known))
            {
                known = IsOpen((Guid)bare);
                _sessions[(Guid)bare] = known;
            }
            return known;
        }

        private bool IsOpen(Guid id)
        {
            if (_shell == null) { return false; }
            try
            {
                foreach (PSObject session in _shell.InvokeScript("Get-PSSession -ErrorAction SilentlyContinue"))
                {
                    PSPropertyInfo own = session == null ? null : session.Properties["InstanceId"];
                    if (own != null && own.Value is Guid && (Guid)own.Value == id) { return true; }
                }
            }
            catch (PipelineStoppedException) { throw; }
            catch (RuntimeException) { }
            return false;
        }

        /// <summary>True where Import-Clixml and remoting give a bag of properties back for a class, and never an object of it.</summary>
        internal static bool IsOnlyMade(Collection<string> typeNames)
        {
            PSObject back = new PSObject();
            back.TypeNames.Clear();
            foreach (string name in typeNames) { back.TypeNames.Add("Deserialized." + name); }
            // What the deserializer itself asks for: a types file names the class to make of the bag.
            PSMemberSet standard = back.Members["PSStandardMembers"] as PSMemberSet;
            return standard == null || standard.Members["TargetTypeForDeserialization"] == null;
        }

        private static string StartOfProcess()
        {
            try { using (Process own = Process.GetCurrentProcess()) { return Iso(own.StartTime.ToUniversalTime()); } }
            catch (InvalidOperationException) { return null; }
            catch (NotSupportedException) { return null; }
            catch (System.ComponentModel.Win32Exception) { return null; }
        }

        private static string Iso(DateTime utc) { return utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture); }
    }
}
#endif
