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

#[cfg(test)]
mod tests {
    use super::*;

    /// The properties of each record as `name=value`, texts as they are, and the reasons.
    fn read_all(text: &str) -> (Vec<Vec<String>>, Vec<Rejected>) {
        let (mut records, mut rejected) = (Vec::new(), Vec::new());
        read(text, 0, &mut |read| match read {
            Ok(Record { body: Body::Text(text), .. }) => records.push(vec![text.into_owned()]),
            Ok(Record { body: Body::Properties(fields), types, .. }) => {
                let types = types.first().map(|name| format!("type={name}"));
                let fields = fields.iter().map(|(name, value)| format!("{name}={value:?}"));
                records.push(types.into_iter().chain(fields).collect());
            }
            Err(place) => rejected.push(place),
        });
        (records, rejected)
    }

    fn one(members: &str) -> Vec<String> {
        let text = format!("<Objs><Obj RefId=\"0\"><Props>{members}</Props></Obj></Objs>");
        let (mut records, rejected) = read_all(&text);
        assert_eq!((records.len(), rejected), (1, vec![]), "{members}");
        records.remove(0)
    }

    #[test]
    fn each_element_is_the_value_that_it_says() {
        for (element, value) in [
            ("<S N=\"a\">x &lt;y&gt;_x000D__x000A_</S>", "a=Text(\"x <y>\\r\\n\")"),
            ("<S N=\"a\" />", "a=Text(\"\")"),
            ("<Nil N=\"a\" />", "a=Null"),
            ("<B N=\"a\">true</B>", "a=Bool(true)"),
            ("<I32 N=\"a\">-5</I32>", "a=Int(-5)"),
            ("<U64 N=\"a\">18446744073709551615</U64>", "a=Text(\"18446744073709551615\")"),
            ("<Db N=\"a\">0.5</Db>", "a=Float(0.5)"),
            ("<C N=\"a\">59</C>", "a=Text(\";\")"),
            ("<TS N=\"a\">PT10M</TS>", "a=Text(\"00:10:00\")"),
            ("<URI N=\"a\">https://ex1.contoso.com/owa</URI>", "a=Text(\"https://ex1.contoso.com/owa\")"),
            ("<Version N=\"a\">15.2.986.5</Version>", "a=Text(\"15.2.986.5\")"),
            ("<BA N=\"a\">AAEC</BA>", "a=List([Int(0), Int(1), Int(2)])"),
            ("<Obj N=\"a\"><LST><S>x</S><Nil/></LST></Obj>", "a=List([Text(\"x\"), Null])"),
            ("<Obj N=\"a\"><IE /></Obj>", "a=List([])"),
            ("<Obj N=\"a\"><DCT><En><S N=\"Key\">k</S><I32 N=\"Value\">1</I32></En></DCT></Obj>", "a=Object([(\"k\", Int(1))])"),
            ("<Obj N=\"a\"><TN><T>X.Mode</T><T>System.Enum</T></TN><ToString>Allow</ToString><I32>1</I32></Obj>", "a=Text(\"Allow\")"),
            ("<Obj N=\"a\"><TN><T>X.Id</T></TN><ToString>EX1\\owa</ToString><Props><S N=\"Rdn\">CN=owa</S></Props></Obj>", "a=Text(\"EX1\\\\owa\")"),
            ("<Obj N=\"a\"><TN><T>X.P</T></TN><ToString>X.P</ToString><Props><S N=\"Value\">v</S></Props></Obj>", "a=Object([(\"Value\", Text(\"v\"))])"),
            ("<Obj N=\"a\"><TN><T>System.String</T></TN><S>x</S><MS><S N=\"PSPath\">p</S></MS></Obj>", "a=Text(\"x\")"),
            ("<S N=\"a_x0020_b\">x</S>", "a b=Text(\"x\")"),
        ] {
            assert_eq!(one(element), [value], "{element}");
        }
        assert!(one("<BA N=\"SerializationData\">AAEC</BA><PR N=\"a\"><AV>x</AV></PR>").is_empty());
    }

    #[test]
    fn references_are_resolved_also_into_what_was_passed_over() {
        let text = "<Objs><Obj RefId=\"0\"><TN RefId=\"0\"><T>A</T></TN><Props>
            <Obj N=\"Identity\" RefId=\"1\"><ToString>EX1\\owa</ToString><Props>
              <Obj N=\"Inner\" RefId=\"2\"><TN RefId=\"1\"><T>B</T></TN><ToString>deep</ToString></Obj></Props></Obj>
            <Ref N=\"Id\" RefId=\"1\" /><Ref N=\"Deep\" RefId=\"2\" /><Ref N=\"Self\" RefId=\"0\" /><Ref N=\"None\" RefId=\"9\" />
            </Props></Obj><Obj RefId=\"3\"><TNRef RefId=\"1\" /><Props><Ref N=\"Id\" RefId=\"1\" /></Props></Obj></Objs>";
        let (records, rejected) = read_all(text);
        let id = "Id=Text(\"EX1\\\\owa\")";
        assert_eq!(records[0], ["type=A", &id.replace("Id=", "Identity="), id, "Deep=Text(\"deep\")"]);
        assert_eq!(records[1], ["type=B", id]);
        assert_eq!(rejected, []);
    }

    #[test]
    fn references_to_references_do_not_grow_without_end() {
        let mut text = String::from("<Objs><Obj RefId=\"0\"><Props><S N=\"a\">x</S></Props></Obj>");
        for id in 1..40 {
            let twice = format!("<Ref N=\"a\" RefId=\"{0}\" /><Ref N=\"b\" RefId=\"{0}\" />", id - 1);
            text.push_str(&format!("<Obj RefId=\"{id}\"><Props>{twice}</Props></Obj>"));
        }
        let (records, rejected) = read_all(&format!("{text}</Objs>"));
        assert_eq!((records.len(), rejected.len()), (40, 1));
        assert!(rejected[0].reason.starts_with("references repeat"), "{}", rejected[0].reason);
    }

    #[test]
    fn texts_of_the_top_level_are_one_text_and_lists_are_their_items() {
        let (records, rejected) = read_all(
            "<?xml version=\"1.0\"?><Objs><S>Registered</S><S>HTTP/ex1</S><Obj RefId=\"0\"><LST>\
             <Obj RefId=\"1\"><Props><I32 N=\"a\">1</I32></Props></Obj><Obj RefId=\"2\"><MS><I32 N=\"a\">2</I32></MS></Obj>\
             </LST></Obj></Objs>",
        );
        assert_eq!(records, [vec!["Registered\nHTTP/ex1\n"], vec!["a=Int(1)"], vec!["a=Int(2)"]]);
        assert_eq!(rejected, []);
    }

    #[test]
    fn a_broken_object_is_lost_alone_and_a_cut_file_keeps_the_whole_ones() {
        let object = |n: usize| format!("\n  <Obj RefId=\"{n}\"><Props><I32 N=\"a\">{n}</I32></Props></Obj>");
        let text =
            format!("<Objs>{}{}{}\n</Objs>", object(0), object(1).replace("</I32>", "</I31>"), object(2));
        let (records, rejected) = read_all(&text);
        assert_eq!(records, [["a=Int(0)"], ["a=Int(2)"]]);
        assert_eq!((rejected[0].index, rejected[0].line), (1, 3), "{}", rejected[0].reason);
        let whole = format!("<Objs>{}{}", object(0), object(1));
        for (text, count) in [(whole.as_str(), 2), (whole.strip_suffix("bj>").unwrap(), 1)] {
            let (records, rejected) = read_all(text);
            assert_eq!((records.len(), rejected.len()), (count, 1), "{text}");
            assert!(rejected[0].reason.starts_with("cut off"), "{}", rejected[0].reason);
        }
    }

    #[test]
    fn an_object_that_is_nested_too_deep_is_refused() {
        let text = format!("<Objs>{}", "<Obj><Props><Obj N=\"a\">".repeat(5_000));
        let (records, rejected) = read_all(&text);
        assert_eq!((records.len(), rejected.len()), (0, 1));
        let lists = format!("<Objs>{}", "<Obj><LST>".repeat(5_000));
        assert_eq!(read_all(&lists).1.len(), 1);
    }
}
