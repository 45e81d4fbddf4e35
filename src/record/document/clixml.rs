//! `Export-Clixml` files to records: each top-level object is one, as it is complete.
//!
//! Top-level texts (a tool's output that was exported) are joined into one text. The objects of
//! a top-level list are records of their own. A place that is broken costs the object it is in,
//! a file that was cut keeps its whole objects; both are reported with their line.

use super::clixml_node::{Fault, Node, Tag};
use super::clixml_value::{is_list, is_plain, Object, Parser};
use super::{line_of, Each};
use crate::limits;
use crate::record::read::{Body, Record, Rejected};
use crate::record::value::Value;
use std::borrow::Cow;

/// How `Export-Clixml` begins a top-level object; where reading goes on behind a broken one.
const NEXT_OBJECT: &str = "\n  <Obj ";

/// True for a text that begins as CLIXML does.
pub(super) fn begins(start: &str) -> bool {
    let mut rest = start.strip_prefix("#< CLIXML").unwrap_or(start).trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ => break,
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
    rest.strip_prefix("<Objs")
        .is_some_and(|rest| rest.starts_with(['>', '/']) || rest.starts_with(char::is_whitespace))
}

/// Reads the objects of a document.
pub(super) fn read(text: &str, first_index: usize, each: &mut Each<'_>) {
    let text = text.trim_start().strip_prefix("#< CLIXML").unwrap_or(text);
    let mut document = Document {
        parser: Parser::new(text),
        text,
        index: first_index,
        lines: String::new(),
        open: false,
        each,
    };
    while let Err(fault) = document.objects() {
        document.give_text();
        document.reject(&fault);
        let behind = text.get(fault.at..).unwrap_or_default();
        // The object's own beginning may be the place of the fault.
        let next = behind.get(1..).and_then(|rest| rest.find(NEXT_OBJECT)).map(|at| fault.at + 1 + at);
        let Some(next) = next else { return };
        document.parser.nodes = document.parser.nodes.from(next);
    }
    document.give_text();
    if document.parser.exhausted {
        let reason = "references repeat more than the file holds: some values were left out".to_owned();
        document.reject(&Fault { at: text.len(), reason });
    }
}

struct Document<'t, 'e, 'f> {
    parser: Parser<'t>,
    text: &'t str,
    index: usize,
    /// Texts of the top level that wait for the next object.
    lines: String,
    /// True inside `Objs`.
    open: bool,
    each: &'e mut Each<'f>,
}

impl<'t> Document<'t, '_, '_> {
    fn reject(&mut self, fault: &Fault) {
        let line = line_of(self.text, fault.at);
        (self.each)(Err(Rejected { index: self.index, line, at: None, reason: fault.reason.clone() }));
        self.index += 1;
    }

    fn give(&mut self, record: Record<'_>) {
        (self.each)(Ok(record));
        self.index += 1;
    }

    fn give_text(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if !lines.trim().is_empty() {
            self.give(Record::of_text(lines));
        }
    }

    fn take_line(&mut self, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.lines.push_str(text),
            Value::Int(number) => self.lines.push_str(&number.to_string()),
            Value::Float(number) => self.lines.push_str(&number.to_string()),
            Value::Bool(flag) => self.lines.push_str(if *flag { "True" } else { "False" }),
            _ => {}
        }
        self.lines.push('\n');
    }

    /// Reads objects until the end of the document.
    fn objects(&mut self) -> Result<(), Fault> {
        loop {
            match self.parser.nodes.next()? {
                Node::Open(tag) if tag.name == "Objs" => {
                    self.parser.forget();
                    self.open = true;
                }
                Node::Open(tag) => self.item(&tag, 0)?,
                Node::Empty(tag) => {
                    if tag.name != "Objs" {
                        let value = self.parser.empty(&tag, 0);
                        value.iter().for_each(|value| self.take_line(value));
                    }
                }
                Node::Close(name) => self.open &= name != "Objs",
                Node::Text(text) if text.trim_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).is_empty() => {}
                Node::Text(_) => return Err(self.parser.nodes.fault("text between the objects")),
                Node::End if self.open => {
                    return Err(self.parser.nodes.fault("cut off: `Objs` is not closed"))
                }
                Node::End => return Ok(()),
            }
        }
    }

    /// Reads one item of the top level or of a list there.
    fn item(&mut self, tag: &Tag<'t>, depth: usize) -> Result<(), Fault> {
        match tag.name {
            "Obj" => self.object(tag, depth),
            name if is_list(name) => self.list(depth),
            name if is_plain(name) => {
                let value = self.parser.value(tag, depth)?;
                value.iter().for_each(|value| self.take_line(value));
                Ok(())
            }
            _ => self.parser.skip(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), Fault> {
        if depth >= limits::RECORD_NESTING {
            let limit = limits::RECORD_NESTING;
            return Err(self.parser.nodes.fault(format!("nested deeper than {limit} levels")));
        }
        loop {
            match self.parser.nodes.next()? {
                Node::Open(tag) => self.item(&tag, depth + 1)?,
                Node::Empty(tag) => {
                    let value = self.parser.empty(&tag, depth);
                    value.iter().for_each(|value| self.take_line(value));
                }
                Node::Close(_) => return Ok(()),
                Node::Text(_) => {}
                Node::End => return Err(self.parser.nodes.fault("cut off inside a list")),
            }
        }
    }

    fn object(&mut self, tag: &Tag<'t>, depth: usize) -> Result<(), Fault> {
        let begin = self.parser.nodes.at;
        let mut object = Object::default();
        let mut is_container = false;
        loop {
            match self.parser.nodes.next()? {
                Node::Open(part) if is_list(part.name) => {
                    is_container = true;
                    self.list(depth + 1)?;
                }
                Node::Open(part) => self.parser.part(&mut object, &part, depth, true)?,
                Node::Empty(part) => {
                    is_container |= is_list(part.name);
                    self.parser.empty_part(&mut object, &part, depth);
                }
                Node::Close(_) => break,
                Node::Text(_) => {}
                Node::End => return Err(self.parser.nodes.fault("cut off inside an object")),
            }
        }
        self.parser.note(tag.id(), begin);
        if self.parser.nodes.position() - begin > limits::RECORD_BYTES {
            let limit = format!("{} MB", limits::RECORD_BYTES >> 20);
            self.reject(&Fault {
                at: begin,
                reason: crate::Error::Limit { what: "record", limit }.to_string(),
            });
            return Ok(());
        }
        match object.simple {
            _ if is_container => {}
            // A text that has notes on it: a line of a file, of a tool.
            Some(value) if object.fields.is_empty() || matches!(value, Value::Text(_)) => {
                self.take_line(&value)
            }
            _ => {
                self.give_text();
                let mut record = Record::of_text("");
                record.types = object.types.iter().map(|name| Cow::Borrowed(&**name)).collect();
                record.body = Body::Properties(object.fields);
                self.give(record);
            }
        }
        Ok(())
    }
}
