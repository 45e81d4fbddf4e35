//! SMTP protocol logs of Exchange (SmtpReceive, SmtpSend): one result a session.
//!
//! Sessions are interleaved, so rows are gathered by session id in the order of the file. In a
//! receive log `<` is the client, in a send log it is the server that answered.

use super::block::Block;
use super::log_row::{cell, cells, header, Columns};
use super::output::ToolResult;
use super::shape::address;
use super::smtp_dialog::{is_command, reply, Dialog};
use std::collections::hash_map::Entry;
use std::collections::HashMap;

/// The columns that these logs have in every version.
const COLUMNS: &str =
    "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";
/// What is left when somebody took off the columns that repeat.
const LAST_COLUMNS: &str = "event,data,context";

/// Whose log a session is in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Receive,
    Send,
}

/// One session while it is read.
#[derive(Debug, Default)]
struct Session<'t> {
    side: Option<Side>,
    connector: String,
    local: String,
    remote: String,
    time: String,
    dialog: Dialog,
    id: &'t str,
}

/// Where the cells stand that are read.
struct Places {
    time: Option<usize>,
    connector: Option<usize>,
    session: Option<usize>,
    local: Option<usize>,
    remote: Option<usize>,
    event: Option<usize>,
    data: Option<usize>,
    context: Option<usize>,
}

impl Places {
    fn of(columns: &Columns<'_>) -> Places {
        Places {
            time: columns.at("date-time"),
            connector: columns.at("connector-id"),
            session: columns.at("session-id"),
            local: columns.at("local-endpoint"),
            remote: columns.at("remote-endpoint"),
            event: columns.at("event"),
            data: columns.at("data"),
            context: columns.at("context"),
        }
    }
}

/// Reads the sessions in the block.
pub(super) fn read(block: &Block<'_>, results: &mut Vec<ToolResult>) {
    let mut sessions: Vec<Session<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let usual = Places::of(&Columns::usual(COLUMNS));
    let short = Places::of(&Columns::usual(LAST_COLUMNS));
    let mut named: Option<Places> = None;
    let mut side = named_side(block);
    let mut is_ours = true;
    for line in block.lines {
        let line = line.trim();
        if let Some(kind) = header(line, "Log-type") {
            side = side_of(kind);
            is_ours = side.is_some();
        } else if let Some(columns) = Columns::of_header(line) {
            is_ours = columns.has(&["session-id", "remote-endpoint", "event", "data"]);
            named = Some(Places::of(&columns));
        }
        if !is_ours || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_short = line.as_bytes().get(1) == Some(&b',');
        let places = if is_short { &short } else { named.as_ref().unwrap_or(&usual) };
        let row = cells(line);
        let event = cell(&row, places.event);
        if !matches!(event, "+" | "-" | ">" | "<" | "*") {
            continue;
        }
        let id = id_of(line, cell(&row, places.session));
        let at = match known.entry(id) {
            Entry::Occupied(at) => *at.get(),
            Entry::Vacant(free) => {
                sessions.push(Session { side, id, ..Session::default() });
                *free.insert(sessions.len() - 1)
            }
        };
        if let Some(session) = sessions.get_mut(at) {
            session.take(places, &row, event);
        }
    }
    for session in &sessions {
        session.give(results);
    }
}

/// The session's id as a part of the line, so that it outlives the row.
fn id_of<'t>(line: &'t str, id: &str) -> &'t str {
    line.find(id).and_then(|at| line.get(at..at + id.len())).unwrap_or_default()
}

fn side_of(kind: &str) -> Option<Side> {
    let kind = kind.to_ascii_lowercase();
    if !kind.contains("protocol") {
        None
    } else if kind.contains("receive") {
        Some(Side::Receive)
    } else {
        kind.contains("send").then_some(Side::Send)
    }
}

fn named_side(block: &Block<'_>) -> Option<Side> {
    let line = block.command.as_ref()?.line.to_ascii_lowercase();
    if line.contains("receive") {
        return Some(Side::Receive);
    }
    line.contains("send").then_some(Side::Send)
}

/// Host and port of an endpoint: `192.0.2.1:25`, `[2001:db8::1%4]:25`, also without the brackets.
fn endpoint(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    Some((address(host)?, port.parse().ok()?))
}

impl Session<'_> {
    fn take(&mut self, places: &Places, row: &[std::borrow::Cow<'_, str>], event: &str) {
        let data = cell(row, places.data);
        for (own, at) in [
            (&mut self.time, places.time),
            (&mut self.connector, places.connector),
            (&mut self.local, places.local),
            (&mut self.remote, places.remote),
        ] {
            // The local endpoint of a send log is known from the second row on.
            if own.is_empty() {
                cell(row, at).clone_into(own);
            }
        }
        match event {
            "*" => {
                self.dialog.note(cell(row, places.context));
                self.dialog.note(data);
            }
            "-" => self.dialog.note(cell(row, places.context)),
            ">" | "<" => self.spoken(event, data),
            _ => {}
        }
    }

    fn spoken(&mut self, event: &str, data: &str) {
        let by_server = match self.side {
            Some(Side::Receive) => event == ">",
            Some(Side::Send) => event == "<",
            None => {
                let by_server = reply(data).is_some();
                if !by_server && !is_command(data) {
                    return;
                }
                self.side = Some(if by_server == (event == ">") { Side::Receive } else { Side::Send });
                by_server
            }
        };
        if by_server {
            self.dialog.reply(data);
        } else {
            self.dialog.command(data);
        }
    }

    fn give(&self, results: &mut Vec<ToolResult>) {
        let Some(side) = self.side.filter(|_| self.dialog.says_something()) else {
            return;
        };
        let (server, connector) = self.connector.rsplit_once('\\').unwrap_or(("", &self.connector));
        let (local, remote) = (endpoint(&self.local), endpoint(&self.remote));
        let (name, client, answering) = match side {
            Side::Receive => ("receive", remote, local),
            Side::Send => ("send", local, remote),
        };
        let mut result = self.dialog.result(name);
        result.happened(&self.time);
        result.text("Connector", connector).text("Server", server).text("SessionId", self.id);
        result.text("ClientIp", client.map_or("", |(ip, _)| ip));
        if let Some((ip, port)) = answering {
            result.text("ServerIp", ip).int("Port", port);
        }
        results.push(result);
        self.give_reply(side, connector, answering, results);
    }

    /// What another Exchange server refused; what the rest of the world refuses is daily mail.
    fn give_reply(
        &self,
        side: Side,
        connector: &str,
        answering: Option<(&str, u16)>,
        results: &mut Vec<ToolResult>,
    ) {
        let internal = connector.to_ascii_lowercase().contains("intra-organization");
        let is_ours = side == Side::Send && (internal || self.dialog.is_of_exchange());
        if let Some(text) = self.dialog.last_reply().filter(|_| is_ours) {
            let mut reply = ToolResult::new("ExAuth.Reply");
            reply
                .happened(&self.time)
                .text("Text", text)
                .text("ReplySource", "send-log")
                .text("ReplyHost", &self.dialog.server_name);
            reply.text("ReplyIp", answering.map_or("", |(ip, _)| ip));
            results.push(reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn endpoints_of_both_versions_of_ip_are_read() {
        assert_eq!(endpoint("192.0.2.1:25"), Some(("192.0.2.1", 25)));
        assert_eq!(endpoint("[2001:db8::1%4]:2525"), Some(("2001:db8::1", 2525)));
        assert_eq!(endpoint("2001:db8::1:25"), Some(("2001:db8::1", 25)));
        assert_eq!(endpoint(""), None);
        assert_eq!(endpoint("192.0.2.1"), None);
    }
}
