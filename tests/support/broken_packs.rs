//! Packs with one mistake each: one for every rule of the loader.

use serde_json::{json, Value};

/// A pack with one change, the place and words of the refusal, and whether the schema can know.
pub struct Broken {
    pub change: fn(&mut Value),
    pub at: &'static str,
    pub says: &'static str,
    pub schema_knows: bool,
}

/// One for each rule of the loader.
pub const BROKEN: &[Broken] = &[
    // The document.
    broken("/issue", "unknown field `issue`", |p| p["issue"] = json!([])),
    broken("/schema", "schema is not `exauth.pack/1`", |p| p["schema"] = json!("exauth.pack/2")),
    broken("/issues/0", "missing field `title`", |p| remove(p, "/issues/0", "title")),
    broken("/issues/0/titel", "unknown field `titel`", |p| p["issues"][0]["titel"] = json!("x")),
    // An issue.
    broken("/issues/0/schema", "schema is not `exauth.issue/1`", |p| {
        p["issues"][0]["schema"] = json!("exauth.cause/1")
    }),
    broken("/issues/0/id", "lower-case words", |p| p["issues"][0]["id"] = json!("Contoso Queue")),
    broken("/issues/0/status", "expected `trial` or `stable`", |p| p["issues"][0]["status"] = json!("beta")),
    broken("/issues/0/severity", "expected one of `error`", |p| p["issues"][0]["severity"] = json!("fatal")),
    broken("/issues/0/confidence", "expected one of `high`", |p| {
        p["issues"][0]["confidence"] = json!("sure")
    }),
    broken("/issues/0/title", "1 to 500 characters", |p| p["issues"][0]["title"] = json!("")),
    broken("/issues/0/problem", "unknown problem `smtp-auth-refsed`; near are `smtp-auth-refused`", |p| {
        p["issues"][0]["problem"] = json!("smtp-auth-refsed")
    }),
    broken("/issues/0/records", "at least one kind", |p| p["issues"][0]["records"] = json!([])),
    broken("/issues/0/records/1", "unknown record kind `queues`; near are `queue`", |p| {
        p["issues"][0]["records"] = json!(["queue", "queues"])
    }),
    broken("/issues/0/records/0", "allowed are queue, message, event", |p| {
        p["issues"][0]["records"] = json!(["an object of something else"])
    }),
    broken("/issues/0/event_ids", "needs `event_ids`", |p| p["issues"][0]["records"] = json!(["event"])),
    broken("/issues/0/event_ids", "no other has them", |p| p["issues"][0]["event_ids"] = json!([71])),
    broken("/issues/0/providers", "only an issue that reads `event`", |p| {
        p["issues"][0]["providers"] = json!(["KDC"])
    }),
    broken("/issues/0/event_ids/0", "not in 0 to 65535", |p| {
        p["issues"][0]["records"] = json!(["event"]);
        p["issues"][0]["event_ids"] = json!([2147746827u32])
    }),
    loader_only("/issues/0/providers/0", "write `Security-Kerberos`", |p| {
        p["issues"][0]["records"] = json!(["event"]);
        p["issues"][0]["event_ids"] = json!([4]);
        p["issues"][0]["providers"] = json!(["Microsoft-Windows-Security-Kerberos"]);
    }),
    broken("/issues/0", "needs `when`", |p| remove(p, "/issues/0", "when")),
    broken("/issues/0/check", "only code speaks", |p| {
        remove(p, "/issues/0", "when");
        remove(p, "/issues/0", "applies");
        p["issues"][0]["check"] = json!(true)
    }),
    broken("/issues/1/check", "has no `when`", |p| {
        p["issues"][1]["id"] = json!("config-spn-missing");
        p["issues"][1]["replaces"] = json!("config-spn-missing");
        p["issues"][1]["check"] = json!(true);
    }),
    broken("/issues/0/from/0", "no record gives a fact `queue.sever`; near are `queue.server`", |p| {
        p["issues"][0]["from"] = json!(["queue.sever"])
    }),
    broken("/issues/0/to/0", "no record gives a fact", |p| p["issues"][0]["to"] = json!(["target.url"])),
    broken("/issues/0/captures/messages", "`queue.message_count`", |p| {
        p["issues"][0]["captures"]["messages"] = json!("queue.message_counts")
    }),
    broken("/issues/0/message", "braces do not match", |p| {
        p["issues"][0]["message"] = json!("{queue.identity")
    }),
    broken("/issues/0/message", "1 or more characters", |p| p["issues"][0]["message"] = json!("")),
    loader_only("/issues/0/message", "near are `queue.identity`", |p| {
        p["issues"][0]["message"] = json!("{queue.identiy|A queue} waits")
    }),
    broken("/issues/0/message", "allowed are 2000 and 40", |p| {
        p["issues"][0]["message"] = json!("x".repeat(3_000))
    }),
    broken("/issues/0/applies_to/0", "unknown Exchange version `2013+`; near are `2013`", |p| {
        p["issues"][0]["applies_to"] = json!(["2013+"])
    }),
    broken("/issues/0/false_positives/0", "1 to 500 characters", |p| {
        p["issues"][0]["false_positives"] = json!([""])
    }),
    broken("/issues/0/sources/0/title", "1 to 500 characters", |p| {
        p["issues"][0]["sources"] = json!([{"title": ""}])
    }),
    broken("/issues/0/sources/0/link", "unknown field `link`", |p| {
        p["issues"][0]["sources"][0]["link"] = json!("x")
    }),
    broken("/issues/0/page", "more than 50000", |p| p["issues"][0]["page"] = json!("x".repeat(50_001))),
    // A condition.
    broken("/issues/0/when/all/1/op", "unknown op `iss`, allowed are is, equals", |p| {
        p["issues"][0]["when"]["all"][1]["op"] = json!("iss")
    }),
    broken("/issues/0/when/all/1/value", "op `is` takes true or false, not a text", |p| {
        set_after_op(p, json!("true"))
    }),
    broken("/issues/0/when/all/1/fact", "near are `queue.last_error`", |p| {
        p["issues"][0]["when"]["all"][1]["fact"] = json!("queue.lasterror")
    }),
    broken("/issues/0/when/all", "at least one condition", |p| p["issues"][0]["when"]["all"] = json!([])),
    broken("/issues/0/when/all/0", "one of {all}, {any}, {not}", |p| remove(p, "/issues/0/when/all/0", "op")),
    broken("/issues/0/when", "one of {all}, {any}, {not}", |p| {
        p["issues"][0]["when"]["fact"] = json!("queue.server")
    }),
    loader_only("/issues/0/when/value", "pattern is not valid", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": "("})
    }),
    broken("/issues/0/when/value", "matches every text", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": ""})
    }),
    loader_only("/issues/0/when/value", "matches every text", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": ".*"})
    }),
    broken("/issues/0/when/value", "is 1001 characters long", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": "x".repeat(1_001)})
    }),
    loader_only("/issues/0/when/value", "more than 30000 steps", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "matches", "value": r"\w{60}"})
    }),
    loader_only("/issues/0/when", "more than 200 comparisons", |p| {
        p["issues"][0]["when"] = json!({"any": vec![json!({"fact": "queue.server", "op": "shown"}); 201]});
    }),
    broken("/issues/0/when/value", "op `in` takes 1 to 500 texts, not 501", |p| {
        p["issues"][0]["when"] = json!({"fact": "queue.server", "op": "in", "value": vec!["x"; 501]});
    }),
    // Other rules.
    loader_only("/issues/0/id", "`owa-proxy-event-71` is taken", |p| {
        p["issues"][0]["id"] = json!("owa-proxy-event-71")
    }),
    loader_only("/issues/1/id", "stands twice", |p| {
        let first = p["issues"][0].clone();
        p["issues"][1] = first
    }),
    loader_only("/issues/0/id", "id of a problem", |p| p["issues"][0]["id"] = json!("kerberos-clock")),
    loader_only("/issues/0/id", "id of an issue or a cause", |p| p["issues"][0]["id"] = json!("clock-skew")),
    loader_only("/causes/0/id", "id of a problem", |p| {
        p["issues"] = json!([]);
        p["causes"][0]["id"] = json!("kerberos-clock");
        p["causes"][0]["evidence"] = json!([]);
        p["causes"][0]["needs"] = json!([])
    }),
    loader_only("/issues/0/causes/0", "unknown cause `clock-skw`; near are `clock-skew`", |p| {
        p["issues"][0]["causes"] = json!(["clock-skw"])
    }),
    loader_only("/issues/0/replaces", "no `contoso-branch-queue-long` to replace", |p| {
        p["issues"][0]["replaces"] = json!("contoso-branch-queue-long")
    }),
    loader_only("/issues/0/replaces", "near are `smtp-port-closed`", |p| {
        p["issues"][0]["replaces"] = json!("smtp-port-close")
    }),
    loader_only("/issues/1/replaces", "is replaced by /issues/0 already", |p| {
        p["issues"][0]["replaces"] = json!("smtp-port-closed")
    }),
    loader_only("/issues/0/id", "is taken", |p| {
        // Two rules that take each other's place.
        for (position, (id, old)) in
            [("kdc-weak-keys", "kdc-rc4-audit"), ("kdc-rc4-audit", "kdc-weak-keys")].into_iter().enumerate()
        {
            p["issues"][position]["id"] = json!(id);
            p["issues"][position]["replaces"] = json!(old);
        }
    }),
    loader_only("/causes/0/id", "still names `clock-skew`; keep that id", |p| {
        p["causes"][0]["replaces"] = json!("clock-skew")
    }),
    loader_only("/issues/1/id", "still names `smtp-port-closed`; keep that id", |p| {
        p["issues"][1]["id"] = json!("contoso-port-closed")
    }),
    // A cause.
    broken("/causes/0/schema", "schema is not `exauth.cause/1`", |p| p["causes"][0]["schema"] = json!("x")),
    broken("/causes/0/candidate_for", "at least one problem", |p| {
        p["causes"][0]["candidate_for"] = json!([])
    }),
    broken("/causes/0/candidate_for/0/problem", "unknown problem", |p| {
        p["causes"][0]["candidate_for"][0]["problem"] = json!("x")
    }),
    broken("/causes/0/candidate_for/0/weight", "0 to 10", |p| {
        p["causes"][0]["candidate_for"][0]["weight"] = json!(11)
    }),
    broken("/causes/0/candidate_for/0/weight", "invalid value: integer `300`", |p| {
        p["causes"][0]["candidate_for"][0]["weight"] = json!(300)
    }),
    broken("/causes/0/candidate_for/0/because", "1 to 500", |p| {
        p["causes"][0]["candidate_for"][0]["because"] = json!("")
    }),
    broken("/causes/0/candidate_for/0/unless/not/fact", "no check gives a fact `queue.server`", |p| {
        p["causes"][0]["candidate_for"][0]["unless"] =
            json!({"not": {"fact": "queue.server", "op": "shown"}});
    }),
    broken("/causes/0/evidence/0/effect", "expected one of `confirms`", |p| {
        p["causes"][0]["evidence"][0]["effect"] = json!("proves")
    }),
    broken("/causes/0/evidence/0/weight", "need a weight of 1 to 10", |p| {
        remove(p, "/causes/0/evidence/0", "weight")
    }),
    broken("/causes/0/evidence/1/weight", "have no weight", |p| {
        p["causes"][0]["evidence"][1]["weight"] = json!(3)
    }),
    broken("/causes/0/evidence/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["evidence"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/evidence/0/when/fact", "near are `clock.too_far`", |p| {
        p["causes"][0]["evidence"][0]["when"]["fact"] = json!("clock.to_far")
    }),
    loader_only(
        "/causes/0/evidence/0/when/fact",
        "unknown issue `smtp-port-close`; near are `smtp-port-closed`",
        |p| {
            p["causes"][0]["evidence"][0]["when"]["fact"] = json!("seen.smtp-port-close");
        },
    ),
    loader_only("/causes/0/evidence/0/says", "no check gives a fact `form`", |p| {
        p["causes"][0]["evidence"][0]["says"] = json!("{form} waits")
    }),
    broken("/causes/0/needs/0/facts", "at least one fact", |p| {
        p["causes"][0]["needs"][0]["facts"] = json!([])
    }),
    broken("/causes/0/needs/0/facts/0", "no check gives", |p| {
        p["causes"][0]["needs"][0]["facts"] = json!(["clock.far"])
    }),
    broken("/causes/0/needs/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["needs"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/fix/0/problems/0", "unknown problem", |p| {
        p["causes"][0]["fix"][0]["problems"] = json!(["x"])
    }),
    broken("/causes/0/fix/0/text", "1 or more characters", |p| p["causes"][0]["fix"][0]["text"] = json!("")),
    broken("/causes/0/fix/0/changes", "9 changes; allowed are 8", |p| {
        changes(p, json!(vec![json!({"delete": true}); 9]))
    }),
    broken("/causes/0/fix/0/changes/0", "a change needs", |p| changes(p, json!([{}]))),
    loader_only("/causes/0/fix/0/changes/0", "a change needs", |p| changes(p, json!([{"add": {}}]))),
    broken("/causes/0/fix/0/changes/0/add", "an object", |p| changes(p, json!([{"add": ["Tls"]}]))),
    broken("/causes/0/fix/0/changes/0/add/AuthMechanism/0", "unknown variant `Tsl`", |p| {
        changes(p, json!([{"add": {"AuthMechanism": ["Tsl"]}}]))
    }),
    broken("/causes/0/fix/0/changes/0/remove/RemoteIPRanges/0", "a range of addresses", |p| {
        changes(p, json!([{"remove": {"RemoteIPRanges": ["everyone"]}}]))
    }),
    loader_only("/causes/0/fix/0/changes/0/set/RemoteIPRanges/0", "a range of addresses", |p| {
        changes(p, json!([{"set": {"RemoteIPRanges": ["192.0.2.0/40"]}}]))
    }),
    broken("/causes/0/fix/0/changes/0/add", "501 entries", |p| {
        changes(p, json!([{"add": {"AuthMechanism": vec!["Tls"; 501]}}]))
    }),
    broken("/causes/0/fix/0/changes/0/set", "at least one entry", |p| {
        changes(p, json!([{"set": {"Bindings": []}}]))
    }),
    broken("/causes/0/fix/0/changes/0/set/Name", "only a new connector", |p| {
        changes(p, json!([{"set": {"Name": "Relay"}}]))
    }),
    broken("/causes/0/fix/0/changes/0/set", "a new connector needs", |p| {
        changes(p, json!([{"connector": "new", "set": {"Name": "Relay"}}]))
    }),
    loader_only("/causes/0/fix/0/changes/0/delete", "what is deleted", |p| {
        changes(p, json!([{"delete": true, "add": {"AuthMechanism": ["Tls"]}}]))
    }),
    broken("/causes/0/fix", "501 entries; allowed are 500", |p| {
        p["causes"][0]["fix"] = json!(vec![json!({"text": "x"}); 501])
    }),
];

const fn broken(at: &'static str, says: &'static str, change: fn(&mut Value)) -> Broken {
    Broken { change, at, says, schema_knows: true }
}

/// What only the loader can know: other rules, the size of patterns, other names of a provider.
const fn loader_only(at: &'static str, says: &'static str, change: fn(&mut Value)) -> Broken {
    Broken { change, at, says, schema_knows: false }
}

fn changes(pack: &mut Value, changes: Value) {
    pack["causes"][0]["fix"][0]["changes"] = changes;
}

fn remove(pack: &mut Value, at: &str, key: &str) {
    pack.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(key).unwrap();
}

/// A wrong value behind its op; serde_json sorts the keys, so the order is right by itself.
fn set_after_op(pack: &mut Value, value: Value) {
    pack["issues"][0]["when"]["all"][1]["value"] = value;
}
