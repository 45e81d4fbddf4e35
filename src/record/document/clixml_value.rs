//! Elements of CLIXML to values and objects, one pass, text borrowed where it can be.
//!
//! An object inside an object is its text where it has one (`EX1\owa (Default Web Site)`,
//! `Version 15.1 (Build 2375.7)`, the name of an enum), for that is what remoting and CSV
//! carry, too; else its members. `Ref` is resolved by reading the object again. Reads no type
//! library: a value is what its element says.

use super::clixml_node::{Fault, Node, Nodes, Tag};
use super::clixml_text::duration;
use crate::limits;
use crate::record::tolerant::is_type_name;
use crate::record::value::{Fields, Value};
use base64::Engine as _;
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

/// Binary copies of live objects: most of the bytes, no information.
const SERIALIZATION_DATA: &str = "SerializationData";

/// The type names of an object, most derived first.
pub(super) type Types<'t> = Rc<Vec<Cow<'t, str>>>;

/// What one `Obj` holds.
#[derive(Default)]
pub(super) struct Object<'t> {
    pub types: Types<'t>,
    /// Its text.
    pub printed: Option<Cow<'t, str>>,
    /// Its members, or the entries of a dictionary.
    pub fields: Fields<'t>,
    /// The items of a list.
    items: Option<Vec<Value<'t>>>,
    /// The value that it wraps.
    pub simple: Option<Value<'t>>,
}

impl<'t> Object<'t> {
    fn is_enum(&self) -> bool {
        self.types.iter().any(|name| name.ends_with("System.Enum"))
    }

    /// Its text, unless that is only what .NET prints for want of anything better.
    fn text(&self) -> Option<&Cow<'t, str>> {
        let text = self.printed.as_ref().filter(|text| !text.trim().is_empty() && !text.starts_with("@{"))?;
        let bare = |name: &str| name.strip_prefix("Deserialized.").unwrap_or(name) == text.as_ref();
        let says_type = is_type_name(text) || self.types.iter().any(|name| bare(name));
        (!says_type).then_some(text)
    }

    fn into_value(self) -> Value<'t> {
        if let Some(items) = self.items {
            return Value::List(items);
        }
        if self.simple.is_some() && !self.is_enum() {
            return self.simple.unwrap_or(Value::Null);
        }
        match (self.text().is_some(), self.fields.is_empty(), self.simple) {
            (true, _, _) => self.printed.map_or(Value::Null, Value::Text),
            (false, _, Some(number)) => number,
            (false, false, None) => Value::Object(self.fields),
            // A type's name in place of a value: its reader knows what to make of it.
            (false, true, None) => self.printed.map_or(Value::Object(Vec::new()), Value::Text),
        }
    }
}

/// Goes through one document.
pub(super) struct Parser<'t> {
    pub nodes: Nodes<'t>,
    types: HashMap<u32, Types<'t>>,
    /// Where each object that is complete begins, by its RefId.
    objects: HashMap<u32, usize>,
    /// Bytes that may still be read again for the sake of a `Ref`.
    budget: usize,
    again: bool,
    /// A `Ref` was not resolved because the budget was spent.
    pub exhausted: bool,
}

impl<'t> Parser<'t> {
    pub fn new(text: &'t str) -> Parser<'t> {
        Parser {
            nodes: Nodes::new(text),
            types: HashMap::new(),
            objects: HashMap::new(),
            budget: text.len().saturating_mul(limits::REFERENCE_FACTOR),
            again: false,
            exhausted: false,
        }
    }

    /// Forgets what RefIds meant: each document has its own.
    pub fn forget(&mut self) {
        self.types.clear();
        self.objects.clear();
    }

    /// Passes over an element that was opened, noting the type names in it for later.
    pub fn skip(&mut self) -> Result<(), Fault> {
        // Objects that are open, with their RefIds.
        let mut open: Vec<(Option<u32>, usize)> = Vec::new();
        loop {
            match self.nodes.next()? {
                Node::Open(tag) if tag.name == "TN" => self.type_names(&tag)?,
                Node::Open(tag) => open.push((tag.id().filter(|_| tag.name == "Obj"), self.nodes.at)),
                Node::Close(_) => match open.pop() {
                    Some((id, at)) => self.note(id, at),
                    None => return Ok(()),
                },
                Node::Text(_) | Node::Empty(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside an object")),
            }
        }
    }

    pub fn note(&mut self, id: Option<u32>, at: usize) {
        if let (Some(id), false) = (id, self.again) {
            self.objects.insert(id, at);
        }
    }

    fn type_names(&mut self, tag: &Tag<'t>) -> Result<(), Fault> {
        let mut names = Vec::new();
        loop {
            match self.nodes.next()? {
                Node::Open(_) => names.push(self.nodes.content()?),
                Node::Close(_) => break,
                Node::Text(_) | Node::Empty(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside type names")),
            }
        }
        self.types.insert(tag.id().unwrap_or(u32::MAX), Rc::new(names));
        Ok(())
    }

    fn types_of(&self, tag: &Tag<'t>) -> Types<'t> {
        self.types.get(&tag.id().unwrap_or(u32::MAX)).cloned().unwrap_or_default()
    }

    /// The value of an element that was opened; `None` for what has no meaning here.
    pub fn value(&mut self, tag: &Tag<'t>, depth: usize) -> Result<Option<Value<'t>>, Fault> {
        match tag.name {
            "Obj" => self.object(tag, depth).map(|object| Some(object.into_value())),
            "LST" | "IE" | "STK" | "QUE" => self.items(depth).map(|items| Some(Value::List(items))),
            "DCT" => self.entries(depth).map(|entries| Some(Value::Object(entries))),
            "Nil" => self.nodes.content().map(|_| Some(Value::Null)),
            "BA" => self.nodes.content().map(|content| Some(Value::List(bytes(&content)))),
            // A secret is no text, and it is not nothing either.
            "SS" => self.nodes.content().map(|_| Some(Value::List(Vec::new()))),
            "Ref" => {
                self.nodes.content()?;
                Ok(self.referred(tag, depth))
            }
            _ if is_plain(tag.name) => {
                let content = self.nodes.content()?;
                Ok(Some(plain(tag.name, content)))
            }
            _ => self.skip().map(|()| None),
        }
    }

    /// The value of an element without content.
    pub fn empty(&mut self, tag: &Tag<'t>, depth: usize) -> Option<Value<'t>> {
        match tag.name {
            "Nil" => Some(Value::Null),
            "Ref" => self.referred(tag, depth),
            "Obj" | "DCT" => Some(Value::Object(Vec::new())),
            "LST" | "IE" | "STK" | "QUE" | "BA" | "SS" => Some(Value::List(Vec::new())),
            "S" | "SBK" | "XD" => Some(Value::Text(Cow::Borrowed(""))),
            _ => None,
        }
    }

    /// The object that a `Ref` names, read once more; none for one that is not complete or unknown.
    fn referred(&mut self, tag: &Tag<'t>, depth: usize) -> Option<Value<'t>> {
        let at = *self.objects.get(&tag.id()?)?;
        self.exhausted |= self.budget == 0;
        if self.budget == 0 || depth >= limits::RECORD_NESTING {
            return None;
        }
        let there = self.nodes.from(at);
        let here = std::mem::replace(&mut self.nodes, there);
        let before = std::mem::replace(&mut self.again, true);
        let value = match self.nodes.next() {
            Ok(Node::Open(tag)) => self.object(&tag, depth + 1).ok().map(Object::into_value),
            _ => None,
        };
        self.budget = self.budget.saturating_sub(self.nodes.position().saturating_sub(at));
        self.nodes = here;
        self.again = before;
        value
    }

    fn object(&mut self, tag: &Tag<'t>, depth: usize) -> Result<Object<'t>, Fault> {
        if depth >= limits::RECORD_NESTING {
            return Err(self.nodes.fault(format!("nested deeper than {} levels", limits::RECORD_NESTING)));
        }
        let begin = self.nodes.at;
        let mut object = Object::default();
        loop {
            match self.nodes.next()? {
                Node::Open(part) if is_list(part.name) => {
                    object.items.get_or_insert_default().extend(self.items(depth + 1)?);
                }
                Node::Open(part) => self.part(&mut object, &part, depth, false)?,
                Node::Empty(part) if is_list(part.name) => {
                    object.items.get_or_insert_default();
                }
                Node::Empty(part) => self.empty_part(&mut object, &part, depth),
                Node::Close(_) => break,
                Node::Text(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside an object")),
            }
        }
        self.note(tag.id(), begin);
        Ok(object)
    }

    /// Takes one part of an object that is no list. `whole`: its members are wanted even when it has a text.
    pub fn part(
        &mut self,
        object: &mut Object<'t>,
        part: &Tag<'t>,
        depth: usize,
        whole: bool,
    ) -> Result<(), Fault> {
        match part.name {
            "TN" => {
                self.type_names(part)?;
                object.types = self.types_of(part);
            }
            "TNRef" => {
                self.nodes.content()?;
                object.types = self.types_of(part);
            }
            "ToString" => object.printed = Some(self.nodes.content()?),
            "Props" | "MS" | "AdapterProps" if whole || object.text().is_none() => {
                self.members(&mut object.fields, depth)?;
            }
            "Props" | "MS" | "AdapterProps" => self.skip()?,
            "DCT" => object.fields.extend(self.entries(depth + 1)?),
            _ => object.simple = self.value(part, depth + 1)?.or(object.simple.take()),
        }
        Ok(())
    }

    pub fn empty_part(&mut self, object: &mut Object<'t>, part: &Tag<'t>, depth: usize) {
        match part.name {
            "TNRef" => object.types = self.types_of(part),
            "ToString" => object.printed = Some(Cow::Borrowed("")),
            "TN" | "Props" | "MS" | "AdapterProps" | "DCT" => {}
            _ => object.simple = self.empty(part, depth + 1).or(object.simple.take()),
        }
    }

    /// The members of an object.
    fn members(&mut self, fields: &mut Fields<'t>, depth: usize) -> Result<(), Fault> {
        loop {
            match self.nodes.next()? {
                Node::Open(tag) => match tag.name_of_member() {
                    Some(name) if name != SERIALIZATION_DATA => {
                        fields.extend(self.value(&tag, depth + 1)?.map(|value| (name, value)));
                    }
                    _ => self.skip()?,
                },
                Node::Empty(tag) => {
                    let value = self.empty(&tag, depth + 1);
                    fields.extend(tag.name_of_member().zip(value));
                }
                Node::Close(_) => return Ok(()),
                Node::Text(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside an object")),
            }
        }
    }

    /// The items of a list that was opened.
    fn items(&mut self, depth: usize) -> Result<Vec<Value<'t>>, Fault> {
        let mut items = Vec::new();
        loop {
            match self.nodes.next()? {
                Node::Open(tag) => items.extend(self.value(&tag, depth)?),
                Node::Empty(tag) => items.extend(self.empty(&tag, depth)),
                Node::Close(_) => return Ok(items),
                Node::Text(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside a list")),
            }
        }
    }

    /// The entries of a dictionary that was opened: `<En><S N="Key"/><... N="Value"/></En>`.
    pub fn entries(&mut self, depth: usize) -> Result<Fields<'t>, Fault> {
        let mut entries = Vec::new();
        loop {
            match self.nodes.next()? {
                Node::Open(tag) if tag.name == "En" => {
                    let mut pair = Vec::new();
                    self.members(&mut pair, depth)?;
                    let mut parts = pair.into_iter();
                    let (key, value) = (parts.next(), parts.next());
                    if let (Some((_, Value::Text(key))), Some((_, value))) = (key, value) {
                        entries.push((key, value));
                    }
                }
                Node::Open(_) => self.skip()?,
                Node::Close(_) => return Ok(entries),
                Node::Text(_) | Node::Empty(_) => {}
                Node::End => return Err(self.nodes.fault("cut off inside a dictionary")),
            }
        }
    }
}

/// The containers that hold items.
pub(super) fn is_list(name: &str) -> bool {
    matches!(name, "LST" | "IE" | "STK" | "QUE")
}

/// The elements of a single value.
pub(super) fn is_plain(name: &str) -> bool {
    #[rustfmt::skip]
    let plain = [
        "S", "B", "I32", "DT", "I64", "G", "Db", "URI", "U32", "By", "U64", "U16", "I16", "SB", "Sg", "D",
        "TS", "Version", "C", "SBK", "XD",
    ];
    plain.contains(&name)
}

/// Bytes as numbers, which is what they are in JSON; none where they are too many or damaged.
fn bytes(content: &str) -> Vec<Value<'static>> {
    if content.len() > limits::BYTES_VALUE {
        return Vec::new();
    }
    let compact: String = content.split_ascii_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).unwrap_or_default();
    bytes.into_iter().map(|byte| Value::Int(i64::from(byte))).collect()
}

fn plain<'t>(element: &str, content: Cow<'t, str>) -> Value<'t> {
    let text = content.trim();
    let read = match element {
        "B" => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        "I32" | "I64" | "U32" | "U64" | "I16" | "U16" | "By" | "SB" => text.parse().ok().map(Value::Int),
        "Db" | "Sg" | "D" => text.parse().ok().map(Value::Float),
        // The number of a UTF-16 unit.
        "C" => text.parse().ok().and_then(char::from_u32).map(|c| Value::Text(Cow::Owned(c.to_string()))),
        "TS" => duration(text).map(|text| Value::Text(Cow::Owned(text))),
        _ => None,
    };
    read.unwrap_or(Value::Text(content))
}
