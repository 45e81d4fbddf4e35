//! Steps through the elements and texts of CLIXML, on quick-xml's reader.
//!
//! Gives slices of the document rather than copies, and says where each step began. Resolves
//! the five entities of XML and numbers, nothing that a document defines itself.

use super::clixml_text::{attribute, entity, unescaped};
use quick_xml::events::attributes::Attributes;
use quick_xml::events::Event;
use std::borrow::Cow;

/// A place at which the document is not what it should be.
pub(super) struct Fault {
    pub at: usize,
    pub reason: String,
}

/// An element's name and attributes.
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    pub name: &'t str,
    attributes: &'t str,
}

impl<'t> Tag<'t> {
    fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut attributes = Attributes::new(self.attributes, 0);
        attributes.with_checks(false);
        let found = attributes.flatten().find(|attribute| attribute.key.as_ref() == name.as_bytes())?;
        match found.value {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok(),
            Cow::Owned(_) => None,
        }
    }

    pub fn name_of_member(&self) -> Option<Cow<'t, str>> {
        self.attribute("N").map(attribute)
    }

    pub fn id(&self) -> Option<u32> {
        self.attribute("RefId")?.parse().ok()
    }
}

/// One step through the document.
pub(super) enum Node<'t> {
    Open(Tag<'t>),
    Empty(Tag<'t>),
    Close(&'t str),
    Text(Cow<'t, str>),
    End,
}

/// Goes through the nodes of a document.
pub(super) struct Nodes<'t> {
    text: &'t str,
    xml: quick_xml::Reader<&'t [u8]>,
    /// Where the text of `xml` begins.
    base: usize,
    /// Where the last node began.
    pub at: usize,
}

impl<'t> Nodes<'t> {
    pub fn new(text: &'t str) -> Nodes<'t> {
        Nodes { text, xml: reader(text), base: 0, at: 0 }
    }

    /// The nodes of the same document from another place on.
    pub fn from(&self, at: usize) -> Nodes<'t> {
        Nodes { text: self.text, xml: reader(self.text.get(at..).unwrap_or_default()), base: at, at }
    }

    pub fn position(&self) -> usize {
        self.base.saturating_add(usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX))
    }

    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault { at: self.at, reason: reason.into() }
    }

    pub fn next(&mut self) -> Result<Node<'t>, Fault> {
        loop {
            self.at = self.position();
            let event = self.xml.read_event();
            let raw = self.text.get(self.at..self.position()).unwrap_or_default();
            match event {
                Ok(Event::Start(start)) => return Ok(Node::Open(tag(raw, start.name().as_ref().len()))),
                Ok(Event::Empty(start)) => return Ok(Node::Empty(tag(raw, start.name().as_ref().len()))),
                Ok(Event::End(_)) => {
                    let name = raw.strip_prefix("</").and_then(|name| name.strip_suffix('>'));
                    return Ok(Node::Close(name.unwrap_or_default().trim_end()));
                }
                Ok(Event::Text(text)) => {
                    return text
                        .decode()
                        .map(Node::Text)
                        .map_err(|_| self.fault("text that cannot be decoded"))
                }
                Ok(Event::CData(_)) => {
                    let text = raw.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
                    return Ok(Node::Text(Cow::Borrowed(text.unwrap_or_default())));
                }
                Ok(Event::GeneralRef(_)) => {
                    let name = raw.strip_prefix('&').and_then(|name| name.strip_suffix(';'));
                    let c = name.and_then(entity).map(|c| Cow::Owned(c.to_string()));
                    return Ok(Node::Text(c.unwrap_or(Cow::Borrowed(raw))));
                }
                Ok(Event::Eof) => return Ok(Node::End),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
                Err(error) => {
                    let cut = self.position() >= self.text.len();
                    let kind = if cut { "cut off" } else { "not XML" };
                    return Err(self.fault(format!("{kind}: {error}")));
                }
            }
        }
    }

    /// The text of an element that was opened.
    pub fn content(&mut self) -> Result<Cow<'t, str>, Fault> {
        let mut content = Cow::Borrowed("");
        loop {
            match self.next()? {
                Node::Text(text) if content.is_empty() => content = text,
                Node::Text(text) => content.to_mut().push_str(&text),
                Node::Close(_) => return Ok(unescaped(content)),
                Node::Open(_) | Node::Empty(_) => return Err(self.fault("an element inside a plain value")),
                Node::End => return Err(self.fault("cut off inside a value")),
            }
        }
    }
}

fn reader(text: &str) -> quick_xml::Reader<&[u8]> {
    let mut xml = quick_xml::Reader::from_str(text);
    // Behind a restart the ends of what was open before are still to come.
    xml.config_mut().allow_unmatched_ends = true;
    xml
}

fn tag(raw: &str, name_len: usize) -> Tag<'_> {
    let inner = raw.strip_prefix('<').unwrap_or(raw);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let (name, attributes) = inner.split_at_checked(name_len).unwrap_or((inner, ""));
    Tag { name, attributes: attributes.strip_suffix('/').unwrap_or(attributes) }
}
