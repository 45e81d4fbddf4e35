//! A console paste, cut into the outputs of its commands.
//!
//! A line with a prompt, or a bare command line of a tool known here, begins a
//! block and belongs to none. Reads no output.

use super::command::{prompt, Command};
use super::tool_name::{is_bare_command, Tool};

/// The output of one command.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The command, when it starts a tool known here.
    pub command: Option<Command>,
    /// The command line as it was pasted with the output.
    pub echo: Option<&'t str>,
    /// The computer that a remote prompt or `Invoke-Command` names.
    pub computer: Option<String>,
    /// The lines below the command.
    pub lines: &'t [&'t str],
}

impl<'t> Block<'t> {
    /// Lines of which nobody says what printed them.
    pub fn of_lines(lines: &'t [&'t str]) -> Block<'t> {
        Block { command: None, echo: None, computer: None, lines }
    }

    /// The tool that printed this, when the command says so.
    pub fn tool(&self) -> Option<Tool> {
        self.command.as_ref().map(|command| command.tool)
    }

    /// True when the command has this switch.
    pub fn has_switch(&self, name: &str) -> bool {
        self.command.as_ref().is_some_and(|command| command.switch(name).is_some())
    }

    /// True when nobody said with what arguments the tool was started.
    pub fn is_open(&self) -> bool {
        self.command.as_ref().is_none_or(|command| command.arguments.is_empty())
    }
}

/// Cuts `lines` at the commands in them; what stands before the first belongs to `from`.
pub(super) fn split<'t>(from: Option<&str>, lines: &'t [&'t str]) -> Vec<Block<'t>> {
    let mut blocks = Vec::new();
    let mut open = Block { command: from.and_then(Command::read), echo: None, computer: None, lines: &[] };
    open.computer = open.command.as_mut().and_then(|command| command.computer.take());
    let mut start = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some((computer, typed)) = echo(line) else {
            continue;
        };
        close(&mut blocks, open, lines.get(start..at));
        let mut command = Command::read(typed);
        let remote = command.as_mut().and_then(|command| command.computer.take());
        let computer = remote.or(computer.map(str::to_owned));
        open = Block { command, echo: Some(typed).filter(|typed| !typed.is_empty()), computer, lines: &[] };
        start = at + 1;
    }
    close(&mut blocks, open, lines.get(start..));
    blocks
}

pub(super) fn echo(line: &str) -> Option<(Option<&str>, &str)> {
    if let Some(found) = prompt(line) {
        return Some(found);
    }
    if let Some(found) = named_prompt(line) {
        return Some(found);
    }
    is_bare_command(line).then_some((None, line.trim()))
}

/// What people write instead of a prompt to say where they typed: `EX1> setspn -L EX2`. Only in front
/// of a command that is one without a prompt, too.
fn named_prompt(line: &str) -> Option<(Option<&str>, &str)> {
    let (name, typed) = line.split_once(['>', '#'])?;
    let (name, typed) = (name.trim(), typed.trim());
    let is_name = name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        && name.chars().any(|c| c.is_ascii_digit() || c == '.');
    (is_name && is_bare_command(typed)).then_some((Some(name), typed))
}

fn close<'t>(blocks: &mut Vec<Block<'t>>, mut block: Block<'t>, lines: Option<&'t [&'t str]>) {
    block.lines = lines.unwrap_or_default();
    if block.lines.iter().any(|line| !line.trim().is_empty()) {
        blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_paste_is_cut_at_its_prompts() {
        let lines = ["C:\\>setspn -X", "a", "", "[EX2]: PS C:\\> w32tm /query /status", "b", "C:\\>"];
        let blocks = split(None, &lines);
        let seen: Vec<_> =
            blocks.iter().map(|b| (b.echo, b.tool(), b.computer.as_deref(), b.lines.len())).collect();
        assert_eq!(
            seen,
            [
                (Some("setspn -X"), Some(Tool::Setspn), None, 2),
                (Some("w32tm /query /status"), Some(Tool::W32tm), Some("EX2"), 1)
            ]
        );
    }

    #[test]
    fn a_name_instead_of_a_prompt_is_the_computer() {
        assert_eq!(echo("EX1> telnet ex2 25"), Some((Some("EX1"), "telnet ex2 25")));
        assert_eq!(echo("ex1.contoso.com# setspn -L EX2"), Some((Some("ex1.contoso.com"), "setspn -L EX2")));
        for line in ["nslookup> ex2", "answer> telnet is gone", "EX1> it fails", "> telnet ex2 25"] {
            assert_eq!(echo(line), None, "{line}");
        }
    }

    #[test]
    fn text_without_a_command_belongs_to_from() {
        let blocks = split(Some("nltest /sc_query:contoso.com"), &["a"]);
        assert_eq!((blocks.len(), blocks[0].tool(), blocks[0].echo), (1, Some(Tool::Nltest), None));
    }
}
