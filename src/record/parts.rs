//! Objects that hold other objects: one record in, a record for each of them out.
//!
//! The details of a queue digest are queues, the members of a group are memberships. What has no
//! parts, or lost them on the way, stays one record.

use super::group_membership;
use super::read::{Body, Record};
use super::tolerant::unwrapped;
use super::value::Value;
use std::borrow::Cow;

/// The records that stand inside a record; empty for a record that stands for itself.
pub(crate) fn parts_of<'a>(record: &Record<'a>) -> Vec<Record<'a>> {
    let details = digest_details(record);
    if !details.is_empty() {
        return details;
    }
    // Many kinds of objects have members; only those of a group of the directory are memberships.
    let members = group_membership::members(record);
    let is_group = || super::kind_of(record).is_some_and(|kind| kind.name == group_membership::KIND.name);
    if members.is_empty() || !is_group() {
        return Vec::new();
    }
    members
}

/// `Details` of `Get-QueueDigest`: queues of several servers that share what was grouped by.
fn digest_details<'a>(record: &Record<'a>) -> Vec<Record<'a>> {
    if record.property("GroupByValue").is_none() {
        return Vec::new();
    }
    let details = match record.property("Details").map(unwrapped) {
        Some(Value::List(items)) => items.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Vec::new(),
    };
    let queue = |detail: &Value<'a>| match detail {
        Value::Object(fields) => Some(Record {
            types: vec![Cow::Borrowed("QueueDigestDetails")],
            from: record.from.clone(),
            computer: record.computer.clone(),
            collected: record.collected.clone(),
            unknown: Vec::new(),
            body: Body::Properties(fields.clone()),
        }),
        _ => None,
    };
    details.iter().filter_map(queue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactTable;

    fn read(json: &str) -> Vec<FactTable> {
        let mut tables = Vec::new();
        super::super::read_records(json.as_bytes(), 0, |record| {
            for part in parts_of(&record.unwrap()) {
                let mut facts = FactTable::default();
                (super::super::kind_of(&part).unwrap().facts)(&part, &mut facts);
                tables.push(facts);
            }
        });
        tables
    }

    #[test]
    fn the_details_of_a_digest_are_queues() {
        let queues = read(
            r#"{"GroupByValue":"ex2.contoso.com","MessageCount":7,"Details":[
            {"QueueIdentity":"EX1\\12","ServerIdentity":"EX1","MessageCount":4,"DeliveryType":"SmtpRelayToServers","Status":"Retry","LastError":"454 4.7.0 Temporary authentication failure"},
            {"QueueIdentity":"EX3\\4","ServerIdentity":"EX3","MessageCount":3,"Status":"Ready","LastError":null}]}"#,
        );
        assert_eq!(queues.len(), 2);
        assert_eq!(queues[0].text("queue.server"), Some("EX1"));
        assert_eq!(queues[0].text("reply.code"), Some("454"));
        assert_eq!(queues[1].text("queue.server"), Some("EX3"));
    }

    #[test]
    fn a_digest_that_lost_its_details_is_one_record() {
        for details in ["null", r#""{Microsoft.Exchange.Data.QueueDigest.QueueDigestDetails}""#, "[]"] {
            let json = format!(
                r#"{{"GroupByValue":"454 4.7.0 Temporary authentication failure","MessageCount":7,"Details":{details}}}"#
            );
            assert!(read(&json).is_empty(), "{details}");
        }
    }

    #[test]
    fn the_members_of_a_group_are_memberships() {
        let members = read(
            r#"{"Name":"Exchange Servers","GroupCategory":"Security","GroupScope":"Universal","Members":["CN=EX1,CN=Computers,DC=contoso,DC=com","CN=EX2,CN=Computers,DC=contoso,DC=com"]}"#,
        );
        let accounts: Vec<_> =
            members.iter().map(|facts| facts.text("membership.account").unwrap()).collect();
        assert_eq!(accounts, ["EX1", "EX2"]);
        assert!(members.iter().all(|facts| facts.flag("membership.in_exchange_servers") == Some(true)));
    }
}
