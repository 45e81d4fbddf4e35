// Which commands Get-ExAuthEvidence runs: those that fit one of these shapes as a whole, and nothing else. Each shape only
// reads. Names of servers in them are letters, digits, dots and hyphens, so nothing can follow a command or hide in it.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Text.RegularExpressions;

    internal enum Place
    {
        /// <summary>Fits no shape: is not run.</summary>
        Nowhere,
        /// <summary>On the server that the step names.</summary>
        There,
        /// <summary>In the caller's session: it asks Exchange or the directory, wherever it runs.</summary>
        Here
    }

    internal static class ReadOnlyCommands
    {
        private const string Name = @"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?";
        private const string Directory = @"\(\[System\.DirectoryServices\.ActiveDirectory\.Domain\]::GetComputerDomain\(\)\.(?:FindDomainController\(\)\.Name|DomainControllers\.Name)\)";
        private const string Key = @"HKLM\\[A-Za-z0-9_]+(?:\\[A-Za-z0-9_ .-]*[A-Za-z0-9_])*";

        private static readonly Regex[] There = All(
            @"setspn (?:-F )?-Q (?:HTTP|SMTPSVC|HOST)/" + Name, @"setspn -L " + Name, @"setspn -X(?: -F)?",
            @"w32tm /monitor", @"w32tm /query /(?:status|peers|source)", @"w32tm /stripchart /computer:" + Name + @" /samples:\d{1,2} /dataonly",
            @"klist(?: -li 0x3e7)?", @"nslookup " + Name, @"nltest /(?:domain_trusts|sc_query:" + Name + "|dsgetdc:" + Name + ")",
            @"reg query " + Key + @"(?: /v [A-Za-z0-9]+)?(?: /s)?", @"repadmin /showrepl(?: \*)?(?: /csv)?",
            @"netsh http show sslcert(?: ipport=[0-9.]+:\d+)?",
            @"& ""\$env:windir\\system32\\inetsrv\\appcmd\.exe"" list config ""Default Web Site(?:/[A-Za-z-]+)?"" -section:[A-Za-z/.]+",
            @"Test-NetConnection (?:" + Name + "|" + Directory + @") -Port \d{1,5}", @"Get-DnsClientServerAddress(?: -AddressFamily IPv[46])?",
            @"Test-ComputerSecureChannel(?: -Verbose)?(?: \| Out-String)?", @"Get-Service -Name Kdc -ComputerName " + Directory,
            @"Get-WinEvent(?: -ComputerName " + Name + @")? -LogName (?:System|Application) -FilterXPath ""\*\[System\[[A-Za-z0-9=@' \[\]-]*\]\]""");

        private static readonly Regex[] Here = All(
            @"Get-(?:Owa|Ecp|WebServices|ActiveSync|Oab|Autodiscover|Mapi|PowerShell)VirtualDirectory -Server " + Name, @"Get-ExchangeCertificate -Server " + Name,
            @"Get-ReceiveConnector -Server " + Name + @"(?: \| Get-ADPermission -User 'Exchange Servers')?",
            @"Get-(?:TransportService|ServerComponentState) " + Name, @"Get-(?:AuthConfig|SendConnector|ExchangeServer)", @"Test-EdgeSynchronization",
            @"Get-ClientAccessServer(?: -IncludeAlternateServiceAccountCredentialStatus)?", @"Get-HotFix -ComputerName " + Name,
            @"Get-ADComputer " + Name + @" -Properties [A-Za-z-]+(?:, [A-Za-z-]+)*", @"Get-ADPrincipalGroupMembership \(Get-ADComputer " + Name + @"\)",
            @"Get-WinEvent -ComputerName " + Name + @" -FilterXml \(Get-ExAuthEventFilter\)");

        private static readonly Regex Server = Whole(Name);
        private static readonly Regex Unfilled = new Regex("<[^<>;|]+>", RegexOptions.CultureInvariant);
        private static readonly Regex Formatted = Whole(@"(?<command>[^|]+) \| Format-(?:List \*|Table [A-Za-z]+(?:, ?[A-Za-z]+)*)");

        internal static bool IsServer(string name) { return name != null && Server.IsMatch(name); }

        /// <summary>What stands in a command in the place of a name that nobody gave, "<domain>"; null where nothing does.</summary>
        internal static string Placeholder(string command)
        {
            Match match = Unfilled.Match(command ?? string.Empty);
            return match.Success ? match.Value : null;
        }

        /// <summary>A command without what only lays its objects out for the eye.</summary>
        internal static string Bare(string command)
        {
            Match match = Formatted.Match(command ?? string.Empty);
            return match.Success ? match.Groups["command"].Value : command;
        }

        /// <summary>Where to run a command; several with semicolons between them must fit one by one.</summary>
        internal static Place PlaceOf(string command)
        {
            if (string.IsNullOrEmpty(command)) { return Place.Nowhere; }
            string[] parts = command.Split(new string[] { "; " }, StringSplitOptions.None);
            foreach (Place place in new Place[] { Place.There, Place.Here })
            {
                Regex[] shapes = place == Place.There ? There : Here;
                if (Array.TrueForAll(parts, delegate (string part) { return Array.Exists(shapes, delegate (Regex shape) { return shape.IsMatch(part); }); })) { return place; }
            }
            return Place.Nowhere;
        }

        private static Regex[] All(params string[] shapes) { return Array.ConvertAll<string, Regex>(shapes, Whole); }

        // \A and \z: "$" would let a line end follow.
        private static Regex Whole(string shape) { return new Regex(@"\A(?:" + shape + @")\z", RegexOptions.CultureInvariant); }
    }
}
#endif
