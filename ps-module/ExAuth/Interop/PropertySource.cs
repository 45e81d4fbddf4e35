// An object's properties by name, whatever the object is: live, deserialised, hand-made, or a dictionary.
// Reading never throws: a getter that fails leaves its property out and is counted.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Management.Automation;

    internal struct PropertySource
    {
        private readonly PSMemberInfoCollection<PSPropertyInfo> _properties;
        private readonly IDictionary _dictionary;

        internal PropertySource(PSObject value, object bare)
        {
            _dictionary = bare as IDictionary;
            _properties = _dictionary == null ? value.Properties : null;
        }

        internal bool Has(string name)
        {
            return _dictionary == null ? _properties[name] != null : Key(name) != null;
        }

        /// <summary>The value of a property whose name is written exactly so; null for another case.</summary>
        internal object Exactly(string name)
        {
            if (_dictionary != null) { return _dictionary.Contains(name) && Spelled(name) ? _dictionary[name] : null; }
            PSPropertyInfo property = _properties[name];
            return property == null || property.Name != name || !property.IsGettable ? null : property.Value;
        }

        /// <summary>False where there is no such property or it cannot be read; failure says why in the second case.</summary>
        internal bool TryGet(string name, out object value, ref Dictionary<string, int> failures)
        {
            value = null;
            try
            {
                if (_dictionary == null)
                {
                    PSPropertyInfo property = _properties[name];
                    if (property == null || !property.IsGettable) { return false; }
                    value = property.Value;
                    return true;
                }
                object key = Key(name);
                if (key == null) { return false; }
                value = _dictionary[key];
                return true;
            }
            catch (PipelineStoppedException) { throw; }
            catch (Exception e)
            {
                Count(ref failures, name + ": " + e.GetBaseException().Message);
                return false;
            }
        }

        internal string Text(string name)
        {
            object value;
            Dictionary<string, int> ignored = null;
            return TryGet(name, out value, ref ignored) && value != null ? value.ToString() : null;
        }

        internal static void Count(ref Dictionary<string, int> counts, string key)
        {
            if (counts == null) { counts = new Dictionary<string, int>(); }
            int before;
            counts.TryGetValue(key, out before);
            // Messages may name the object; a million different ones must not be kept.
            if (before > 0 || counts.Count < 100) { counts[key] = before + 1; }
        }

        // A dictionary made by @{} has no case either.
        private bool Spelled(string name)
        {
            foreach (object key in _dictionary.Keys) { if (key as string == name) { return true; } }
            return false;
        }

        // Property names have no case, dictionary keys may.
        private object Key(string name)
        {
            if (_dictionary.Contains(name)) { return name; }
            foreach (object key in _dictionary.Keys)
            {
                if (string.Equals(key as string, name, StringComparison.OrdinalIgnoreCase)) { return key; }
            }
            return null;
        }
    }
}
#endif
