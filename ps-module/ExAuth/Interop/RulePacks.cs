// The rule packs of this process, and the catalog that they and the built-in rules make.
#if EXAUTH_POWERSHELL
namespace ExAuth
{
    using System;
    using System.Collections.Generic;
    using ExAuth.Interop;

    /// <summary>A rule pack that was imported.</summary>
    public sealed class RulePack
    {
        public string Name { get; private set; }
        /// <summary>Ids of its issues.</summary>
        public string[] Issues { get; private set; }
        /// <summary>Ids of its causes.</summary>
        public string[] Causes { get; private set; }
        /// <summary>Ids of rules that it takes the place of.</summary>
        public string[] Replaces { get; private set; }
        public string Path { get; private set; }

        internal string Text { get; private set; }

        /// <summary>Says of a pack what its text says; of a text that is none only its path.</summary>
        internal static RulePack Of(string path, string text)
        {
            Fields fields;
            try { fields = new Fields(JsonReader.Parse(text)); }
            catch (FormatException) { fields = new Fields(null); }
            RulePack pack = new RulePack();
            pack.Path = path;
            pack.Text = text;
            pack.Name = fields.Text("name");
            List<string> replaces = new List<string>();
            pack.Issues = Ids(fields.List("issues"), replaces);
            pack.Causes = Ids(fields.List("causes"), replaces);
            pack.Replaces = replaces.ToArray();
            return pack;
        }

        private static string[] Ids(List<object> rules, List<string> replaces)
        {
            return rules.ConvertAll<string>(delegate (object item)
            {
                Fields rule = new Fields(item);
                string old = rule.Text("replaces");
                if (old != null) { replaces.Add(old); }
                return rule.Text("id");
            }).ToArray();
        }

        public override string ToString() { return Name ?? Path; }
    }
}

namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;

    /// <summary>The library refused a pack: the one that was added, or one that stood on it.</summary>
    internal sealed class RulePackException : Exception
    {
        internal readonly RulePack Pack;
        internal readonly ExAuthException Reason;

        internal RulePackException(RulePack pack, ExAuthException reason) : base(reason.Message, reason)
        {
            Pack = pack;
            Reason = reason;
        }
    }

    internal static class RulePacks
    {
        private static readonly object Gate = new object();
        private static List<RulePack> _packs = new List<RulePack>();

        /// <summary>What would be in use with one more pack.</summary>
        internal sealed class Change
        {
            internal List<RulePack> Before;
            internal List<RulePack> Packs;
            internal Catalog Catalog;
            /// <summary>A pack of the same file is in use, and would be replaced.</summary>
            internal bool Again;
        }

        /// <summary>Checks a pack together with those in use; throws RulePackException.</summary>
        internal static Change With(RulePack pack)
        {
            lock (Gate)
            {
                Change change = new Change();
                change.Before = _packs;
                change.Packs = new List<RulePack>(_packs);
                int at = change.Packs.FindIndex(delegate (RulePack known) { return string.Equals(known.Path, pack.Path, StringComparison.OrdinalIgnoreCase); });
                change.Again = at >= 0;
                if (!change.Again)
                {
                    change.Packs.Add(pack);
                    change.Catalog = Extend(Shared.Catalog, pack);
                    return change;
                }
                // It keeps its place: packs that were imported after it may stand on its rules.
                change.Packs[at] = pack;
                change.Catalog = Catalog.BuiltIn();
                foreach (RulePack each in change.Packs) { change.Catalog = Extend(change.Catalog, each); }
                return change;
            }
        }

        /// <summary>Puts a change into use; throws RulePackException and then changes nothing.</summary>
        internal static void Use(Change change, RulePack pack)
        {
            lock (Gate)
            {
                // Another runspace may have imported a pack meanwhile.
                if (change.Before != _packs) { change = With(pack); }
                _packs = change.Packs;
                Shared.Use(change.Catalog);
            }
        }

        // Catalogs that are no more used are left to their finalizer: a session of another runspace may be made of one right now.
        private static Catalog Extend(Catalog catalog, RulePack pack)
        {
            try { return catalog.Extend(pack.Text); }
            catch (ExAuthException e) { throw new RulePackException(pack, e); }
        }
    }
}
#endif
