// What the cmdlets hand out: findings, diagnoses, causes, catalog entries, made from the library's documents.
// Plain .NET types, so that they survive Export-Clixml. Decides nothing; a field the library left out is null or empty.
namespace ExAuth
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Collections.Specialized;
    using System.Globalization;

    /// <summary>Reads the fields of one document, forgiving about what is absent.</summary>
    internal sealed class Fields
    {
        private static readonly string[] SentenceNames = { "text", "says", "message", "title", "id" };
        private readonly IDictionary<string, object> _values;

        internal Fields(object document)
        {
            _values = document as IDictionary<string, object> ?? new Dictionary<string, object>();
        }

        internal object Any(string name)
        {
            object value;
            return _values.TryGetValue(name, out value) ? value : null;
        }

        internal Fields Inner(string name) { return new Fields(Any(name)); }

        internal string Text(string name) { return TextOf(Any(name)); }

        internal int Number(string name)
        {
            object value = Any(name);
            return value is long ? (int)Math.Min(int.MaxValue, (long)value) : 0;
        }

        internal int? NumberOrNull(string name) { return Any(name) is long ? (int?)Number(name) : null; }

        internal DateTime? Time(string name)
        {
            DateTime time;
            string text = Any(name) as string;
            bool ok = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out time);
            return ok ? (DateTime?)time : null;
        }

        internal List<object> List(string name) { return Any(name) as List<object> ?? new List<object>(); }

        internal T[] Objects<T>(string name, Converter<Fields, T> make)
        {
            return List(name).ConvertAll(delegate (object item) { return make(new Fields(item)); }).ToArray();
        }

        internal string[] Texts(string name) { return List(name).ConvertAll<string>(TextOf).ToArray(); }

        internal IDictionary Dictionary(string name)
        {
            OrderedDictionary result = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
            IDictionary<string, object> values = Any(name) as IDictionary<string, object>;
            if (values == null) { return result; }
            foreach (KeyValuePair<string, object> pair in values)
            {
                List<object> list = pair.Value as List<object>;
                result[pair.Key] = list == null ? pair.Value : list.ToArray();
            }
            return result;
        }

        private static string TextOf(object value)
        {
            if (value == null) { return null; }
            string text = value as string;
            if (text != null) { return text; }
            IDictionary<string, object> inner = value as IDictionary<string, object>;
            if (inner == null) { return Convert.ToString(value, CultureInfo.InvariantCulture); }
            foreach (string name in SentenceNames)
            {
                object found;
                if (inner.TryGetValue(name, out found) && found is string) { return (string)found; }
            }
            return null;
        }
    }

    /// <summary>One input value, or one finding, that bears on a finding or a cause.</summary>
    public sealed class Evidence
    {
        /// <summary>Index of the input record, counted from 0.</summary>
        public int? Record { get; private set; }
        public string Property { get; private set; }
        public string Value { get; private set; }
        /// <summary>Id of the finding it rests on.</summary>
        public string Finding { get; private set; }
        /// <summary>What it shows, in one sentence.</summary>
        public string Text { get; private set; }
        /// <summary>When it was seen, where that is certain.</summary>
        public DateTime? At { get; private set; }
        /// <summary>The computer on which it was seen, where the record says.</summary>
        public string On { get; private set; }
        /// <summary>True where it says less, because it is of another time or place than the failure.</summary>
        public bool Limited { get; private set; }

        internal static Evidence From(Fields document)
        {
            Evidence result = new Evidence();
            result.Record = document.NumberOrNull("record");
            result.Property = document.Text("property");
            result.Value = document.Text("value");
            result.Finding = document.Text("finding");
            result.Text = document.Text("says") ?? document.Text("text");
            result.At = document.Time("at");
            result.On = document.Text("on");
            result.Limited = document.Any("limited") as bool? ?? false;
            return result;
        }

        public override string ToString()
        {
            return Text ?? (Property == null ? Value : Property + ": " + Value);
        }
    }

    /// <summary>What one rule or check found, found right, or could not judge.</summary>
    public sealed class Finding
    {
        public string Id { get; private set; }
        /// <summary>found, clear or unknown.</summary>
        public string Outcome { get; private set; }
        public string Severity { get; private set; }
        public string Problem { get; private set; }
        public string[] Causes { get; private set; }
        public string SubjectKind { get; private set; }
        public string Subject { get; private set; }
        public string Computer { get; private set; }
        public string Title { get; private set; }
        public string Message { get; private set; }
        public string From { get; private set; }
        public string To { get; private set; }
        public DateTime? FirstSeen { get; private set; }
        public DateTime? LastSeen { get; private set; }
        public IDictionary Captures { get; private set; }
        public string[] Missing { get; private set; }
        public Evidence[] Evidence { get; private set; }

        public static Finding Read(IDictionary<string, object> document)
        {
            Fields fields = new Fields(document);
            Fields subject = fields.Inner("subject");
            Finding result = new Finding();
            result.Id = fields.Text("id");
            result.Outcome = fields.Text("outcome");
            result.Severity = fields.Text("severity");
            result.Problem = fields.Text("problem");
            result.Causes = fields.Texts("causes");
            result.SubjectKind = subject.Text("kind");
            result.Subject = subject.Text("name");
            result.Computer = subject.Text("computer");
            result.Title = fields.Text("title");
            result.Message = fields.Text("message");
            result.From = fields.Text("from");
            result.To = fields.Text("to");
            result.FirstSeen = fields.Time("first_seen") ?? fields.Time("time");
            result.LastSeen = fields.Time("last_seen") ?? fields.Time("time");
            result.Captures = fields.Dictionary("captures");
            result.Missing = fields.Texts("missing");
            result.Evidence = fields.Objects<Evidence>("evidence", ExAuth.Evidence.From);
            return result;
        }
    }

    /// <summary>One candidate for why it happened, with what speaks for and against it.</summary>
    public sealed class Cause
    {
        public string Id { get; private set; }
        /// <summary>confirmed, likely, possible, unlikely or ruled_out.</summary>
        public string Verdict { get; private set; }
        public string Title { get; private set; }
        public Evidence[] For { get; private set; }
        public Evidence[] Against { get; private set; }
        public string[] Missing { get; private set; }
        public FixStep[] Fix { get; private set; }
        /// <summary>Why it is a candidate for this problem at all.</summary>
        public string Because { get; private set; }
        /// <summary>How likely it is before any evidence, 0 to 10.</summary>
        public int Weight { get; private set; }

        internal static Cause From(Fields document)
        {
            Cause result = new Cause();
            result.Id = document.Text("id");
            result.Verdict = document.Text("verdict");
            result.Title = document.Text("title");
            result.For = document.Objects<Evidence>("for", Evidence.From);
            result.Against = document.Objects<Evidence>("against", Evidence.From);
            result.Missing = document.Texts("missing");
            result.Fix = document.Objects<FixStep>("fix", FixStep.From);
            result.Because = document.Text("because");
            result.Weight = document.Number("weight");
            return result;
        }

        public override string ToString() { return Id + " (" + Verdict + ")"; }
    }

    /// <summary>One step of a fix.</summary>
    public sealed class FixStep
    {
        public string Text { get; private set; }
        public string Command { get; private set; }
        /// <summary>How to see that it worked.</summary>
        public string Check { get; private set; }
        /// <summary>How to take it back.</summary>
        public string Undo { get; private set; }
        /// <summary>What would happen, where the step changes a receive connector; null where the library does not say.</summary>
        public string Effect { get; private set; }

        internal static FixStep From(Fields document)
        {
            FixStep result = new FixStep();
            result.Text = document.Text("text");
            result.Command = document.Text("command");
            result.Check = document.Text("check");
            result.Undo = document.Text("undo");
            result.Effect = document.Text("effect");
            return result;
        }

        public override string ToString() { return string.IsNullOrEmpty(Command) ? Text : Text + " " + Command; }
    }

    /// <summary>A read-only command whose output would narrow the causes down.</summary>
    public sealed class NextStep
    {
        public string Command { get; private set; }
        public string RunOn { get; private set; }
        public string Why { get; private set; }
        /// <summary>The causes that its answer bears on.</summary>
        public string[] Decides { get; private set; }

        internal static NextStep From(Fields document)
        {
            NextStep result = new NextStep();
            result.Command = document.Text("command");
            result.RunOn = document.Text("run_on");
            result.Why = document.Text("why");
            result.Decides = document.Texts("decides");
            return result;
        }

        public override string ToString() { return string.IsNullOrEmpty(RunOn) ? Command : Command + "  (on " + RunOn + ")"; }
    }

    /// <summary>One problem between two servers, with its causes ranked.</summary>
    public sealed class Diagnosis
    {
        public string Problem { get; private set; }
        public string Title { get; private set; }
        public string Severity { get; private set; }
        public string From { get; private set; }
        public string To { get; private set; }
        public int Count { get; private set; }
        public DateTime? FirstSeen { get; private set; }
        public DateTime? LastSeen { get; private set; }
        /// <summary>The findings that showed it.</summary>
        public string[] SeenBy { get; private set; }
        /// <summary>The id of the first cause, which is the answer.</summary>
        public string TopCause { get { return Causes.Length > 0 ? Causes[0].Id : null; } }
        public string Verdict { get { return Causes.Length > 0 ? Causes[0].Verdict : null; } }
        public Cause[] Causes { get; private set; }
        public NextStep[] Next { get; private set; }
        /// <summary>One sentence each: what happens, why as far as is known, what to do.</summary>
        public string WhatHappens { get; private set; }
        public string Why { get; private set; }
        public string WhatToDo { get; private set; }
        /// <summary>Why each cause stands where it stands, the first cause first.</summary>
        public string[] Ranking { get; private set; }
        /// <summary>What tells two causes apart that both explain it; null where one answer is ahead.</summary>
        public string Undecided { get; private set; }

        public static Diagnosis Read(IDictionary<string, object> document)
        {
            Fields fields = new Fields(document);
            Fields problem = fields.Inner("problem");
            Diagnosis result = new Diagnosis();
            result.Problem = problem.Text("id");
            result.Title = problem.Text("title");
            result.Severity = fields.Text("severity");
            result.From = problem.Text("from");
            result.To = problem.Text("to");
            result.Count = problem.Number("count");
            result.FirstSeen = problem.Time("first_seen");
            result.LastSeen = problem.Time("last_seen");
            result.SeenBy = problem.Texts("seen_by");
            result.Causes = fields.Objects<Cause>("causes", Cause.From);
            result.Next = fields.Objects<NextStep>("next", NextStep.From);
            Fields brief = fields.Inner("short");
            result.WhatHappens = brief.Text("what");
            result.Why = brief.Text("why");
            result.WhatToDo = brief.Text("do");
            result.Ranking = fields.Objects<string>("ranking", Sentence);
            result.Undecided = fields.Inner("undecided").Text("says");
            return result;
        }

        private static string Sentence(Fields document) { return document.Text("says"); }
    }

    /// <summary>One entry of the catalog: an issue that is recognised, or a cause.</summary>
    public sealed class Issue
    {
        public string Id { get; private set; }
        /// <summary>issue or cause.</summary>
        public string Kind { get; private set; }
        public string Title { get; private set; }
        public string Severity { get; private set; }
        public string Status { get; private set; }
        /// <summary>The problem that an issue shows, or those that a cause can lead to.</summary>
        public string[] Problems { get; private set; }
        /// <summary>The causes that an issue bears on.</summary>
        public string[] Causes { get; private set; }
        /// <summary>The page in Markdown.</summary>
        public string Page { get; private set; }

        public static Issue Read(string kind, IDictionary<string, object> document)
        {
            Fields fields = new Fields(document);
            string problem = fields.Text("problem");
            Issue result = new Issue();
            result.Kind = kind;
            result.Id = fields.Text("id");
            result.Title = fields.Text("title");
            result.Severity = fields.Text("severity");
            result.Status = fields.Text("status");
            result.Problems = problem == null ? fields.Texts("problems") : new string[] { problem };
            result.Causes = fields.Texts("causes");
            result.Page = fields.Text("page");
            return result;
        }
    }
}
