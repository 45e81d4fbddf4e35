// Reads the wanted properties of live .NET objects of one class, found once by reflection: PowerShell's own
// lookup costs some microseconds a property there. Properties that PowerShell adds (notes, script properties)
// are still asked of the object. Only for classes that the library knows by name: their properties are fixed.
#if EXAUTH_POWERSHELL
namespace ExAuth.Interop
{
    using System;
    using System.Collections.Generic;
    using System.Management.Automation;
    using System.Reflection;

    internal sealed class LiveGetters
    {
        private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;

        private readonly Type _type;
        private readonly Getter[] _direct;
        private readonly bool[] _absent;

        internal LiveGetters(PSObject first, Type type, WantedProperty[] wanted)
        {
            _type = type;
            _direct = new Getter[wanted.Length];
            _absent = new bool[wanted.Length];
            for (int i = 0; i < wanted.Length; i++)
            {
                PSPropertyInfo seen = first.Properties[wanted[i].Name];
                _absent[i] = seen == null;
                if (seen != null && seen.MemberType == PSMemberTypes.Property) { _direct[i] = Find(type, seen.Name); }
            }
        }

        internal bool Fits(object bare) { return bare.GetType() == _type; }

        /// <summary>As PropertySource.TryGet, for the wanted property of an index.</summary>
        internal bool TryGet(int index, object bare, PropertySource source, string name, out object value, ref Dictionary<string, int> failures)
        {
            value = null;
            if (_absent[index]) { return false; }
            Getter direct = _direct[index];
            if (direct == null) { return source.TryGet(name, out value, ref failures); }
            try
            {
                value = direct.Get(bare);
                return true;
            }
            catch (PipelineStoppedException) { throw; }
            catch (Exception e)
            {
                PropertySource.Count(ref failures, name + ": " + e.Message);
                return false;
            }
        }

        // Null where PowerShell has to read the property: statics, indexers, value types, what is not public.
        private static Getter Find(Type type, string name)
        {
            PropertyInfo property;
            try { property = type.GetProperty(name, Public); }
            catch (AmbiguousMatchException) { return null; }
            if (type.IsValueType || !type.IsVisible || property == null || property.GetIndexParameters().Length > 0) { return null; }
            MethodInfo method = property.GetGetMethod();
            if (method == null) { return null; }
            // A typed delegate, not PropertyInfo.GetValue: ten times as fast, and no exception of a getter
            // has to pass the runtime's own frames.
            Type getter = typeof(Getter<,>).MakeGenericType(type, property.PropertyType);
            return (Getter)Activator.CreateInstance(getter, method);
        }

        private abstract class Getter
        {
            internal abstract object Get(object owner);
        }

        private sealed class Getter<TOwner, TValue> : Getter
        {
            private readonly Func<TOwner, TValue> _get;

            public Getter(MethodInfo method) { _get = (Func<TOwner, TValue>)Delegate.CreateDelegate(typeof(Func<TOwner, TValue>), method); }

            internal override object Get(object owner) { return _get((TOwner)owner); }
        }
    }
}
#endif
