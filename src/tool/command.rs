//! A command line: which tool it starts, and with what arguments.
//!
//! Tolerates what people write around it: paths, `.exe`, quotes, `cmd /c`,
//! prompts, pipelines, loops, `Invoke-Command`. Reads no output.

use super::shape::pattern;
use super::tool_name::{tool_at, Tool};
use regex::Regex;
use std::sync::LazyLock;

/// Commands that pass on only some lines of what they get.
const FILTERS: [&str; 11] = [
    "findstr",
    "find",
    "select-string",
    "sls",
    "where-object",
    "where",
    "?",
    "select-object",
    "select",
    "grep",
    "head",
];

/// Longest command line that is looked at, in characters. A real one is far below.
const COMMAND_CHARS: usize = 4_000;

/// A command line that starts a tool.
#[derive(Debug)]
pub(super) struct Command {
    pub tool: Tool,
    /// The arguments, without quotes.
    pub arguments: Vec<String>,
    /// True when the output went through a filter: what is missing in it was perhaps there.
    pub filtered: bool,
    /// The whole line, for ranges such as `20..25 | % { ... }`.
    pub line: String,
    /// The computer of `Invoke-Command -ComputerName`.
    pub computer: Option<String>,
}

impl Command {
    /// The command of `from` or of an echoed line, prompt or not.
    pub fn read(text: &str) -> Option<Command> {
        let line: String = prompt(text).map_or(text, |(_, rest)| rest).chars().take(COMMAND_CHARS).collect();
        let line = strip_shell(&line);
        let words = words(line);
        let starts = |at: usize| at == 0 || words.get(at - 1).is_some_and(|word| is_separator(word));
        let mut tools =
            (0..words.len()).filter(|at| starts(*at)).filter_map(|at| Some((at, tool_at(&words, at)?)));
        let first = tools.next()?;
        // Accounts of the directory may only be what another tool is asked about.
        let (at, tool) = match first.1 {
            Tool::Directory => tools.find(|(_, tool)| *tool != Tool::Directory).unwrap_or(first),
            _ => first,
        };
        let rest = words.get(at + 1..)?;
        let end = rest.iter().position(|word| is_separator(word)).unwrap_or(rest.len());
        let (arguments, behind) = rest.split_at(end);
        let filtered = behind.windows(2).any(|pair| match pair {
            [pipe, name] => pipe == "|" && FILTERS.contains(&name.to_ascii_lowercase().as_str()),
            _ => false,
        });
        let computer = words.get(..at).and_then(remote_computer);
        Some(Command { tool, arguments: arguments.to_vec(), filtered, line: line.to_owned(), computer })
    }

    /// The value of `/name:value` or `-name:value`; `Some("")` for the bare switch.
    pub fn switch(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find_map(|argument| {
            let body = argument.strip_prefix(['/', '-'])?;
            let (key, value) = body.split_once([':', '=']).unwrap_or((body, ""));
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The argument behind `-name`, as PowerShell cmdlets, setspn and portqry take it; also `-name:value`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.switch(name)?;
        if !value.is_empty() {
            return Some(value);
        }
        let is_name = |argument: &String| {
            argument.strip_prefix(['-', '/']).is_some_and(|body| body.eq_ignore_ascii_case(name))
        };
        let at = self.arguments.iter().position(is_name)?;
        self.arguments.get(at + 1).map(String::as_str)
    }

    /// The value of `name=value`, as netsh takes it.
    pub fn assigned(&self, name: &str) -> Option<&str> {
        let mut pairs = self.arguments.iter().filter_map(|argument| argument.split_once('='));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first argument that is no switch.
    pub fn first_plain(&self) -> Option<&str> {
        self.arguments.iter().map(String::as_str).find(|argument| !argument.starts_with(['-', '/']))
    }
}

fn remote_computer(words: &[String]) -> Option<String> {
    let at = words
        .iter()
        .position(|word| word.eq_ignore_ascii_case("-ComputerName") || word.eq_ignore_ascii_case("-cn"))?;
    words.get(at + 1).filter(|name| super::shape::is_host(name)).cloned()
}

static SHELL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^(?i)(?:\S*\\)?cmd(?:\.exe)?\s+/[ck]\s+(.*)$"#));

fn strip_shell(line: &str) -> &str {
    match SHELL.captures(line.trim()).and_then(|found| found.get(1)) {
        Some(inner) => inner.as_str().trim_matches('"'),
        None => line.trim(),
    }
}

fn is_separator(word: &str) -> bool {
    matches!(word, "|" | "{" | "}" | "(" | ")" | ";" | "&" | "&&" | "=" | "@(" | "$(")
}

/// Words of a command line; `|`, `;`, braces and brackets are words of their own outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut quoted = false;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => word.push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                quoted = true;
            }
            (None, '|' | ';' | '{' | '}' | '(' | ')' | '&') => {
                push_word(&mut words, &mut word, &mut quoted);
                words.push(c.to_string());
            }
            (None, _) if c.is_whitespace() => push_word(&mut words, &mut word, &mut quoted),
            (None, _) => word.push(c),
        }
    }
    push_word(&mut words, &mut word, &mut quoted);
    words
}

fn push_word(words: &mut Vec<String>, word: &mut String, quoted: &mut bool) {
    if !word.is_empty() || *quoted {
        words.push(std::mem::take(word));
    }
    *quoted = false;
}

/// Prompts of cmd, PowerShell, the Exchange shell and remote PowerShell; `[EX1]:` names the computer.
static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^\s*(?:\[([A-Za-z0-9_.-]{1,255})\]:?[ ]*)?(?:\*Evil-WinRM\*[ ]+)?",
        r"(?:PS(?:[ ]+[A-Za-z][A-Za-z0-9]*:[^<>|]{0,300}|[ ]+[^<>|]{0,300}\\[^<>|]{0,300})?|[A-Za-z]:\\[^<>|]{0,300})>[ ]*(.*)$"
    ))
});

/// The computer that a prompt names, and what was typed behind it; `None` where there is no prompt.
pub(super) fn prompt(line: &str) -> Option<(Option<&str>, &str)> {
    // A log of many megabytes has long lines and no prompts in them.
    // Rows of a protocol log name their side with a `>` of their own.
    if !line.contains('>') || line.contains(",>,") {
        return None;
    }
    let found = PROMPT.captures(line)?;
    // The Exchange shell's prompt begins with `[PS]`.
    let computer = found.get(1).map(|name| name.as_str()).filter(|name| *name != "PS");
    Some((computer, found.get(2).map_or("", |rest| rest.as_str().trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(line: &str) -> Option<Tool> {
        Command::read(line).map(|command| command.tool)
    }

    #[test]
    fn the_tool_is_told_behind_all_that_people_write_before_it() {
        for line in [
            "setspn -L EX1",
            r"C:\Windows\System32\setspn.exe -L EX1",
            r#""C:\Program Files\Tools\SETSPN.EXE" -L EX1"#,
            r"C:\>setspn -L EX1",
            r"PS C:\Users\admin> setspn -L EX1",
            r"[PS] C:\Windows\system32>setspn -L EX1",
            r"[EX2.contoso.com]: PS C:\> setspn -L EX1",
            "PS> setspn -L EX1",
            r#"cmd.exe /c "setspn -L EX1""#,
            "Invoke-Command -ComputerName EX2 -ScriptBlock { setspn -L EX1 }",
            "$list = setspn -L EX1",
            "'EX1' | ForEach-Object { setspn -L $_ }",
            "Get-ADComputer -Filter * | % { setspn -L $_.Name }",
        ] {
            assert_eq!(tool(line), Some(Tool::Setspn), "{line}");
        }
        for line in ["Get-Queue", "net use", "reg add HKLM", "about setspn -L", "", "|||"] {
            assert_eq!(tool(line), None, "{line}");
        }
    }

    #[test]
    fn arguments_are_found_by_switch_and_by_parameter() {
        let command = Command::read("w32tm /stripchart /computer:dc1.contoso.com /samples:3").unwrap();
        assert_eq!(command.switch("computer"), Some("dc1.contoso.com"));
        let command = Command::read("tnc EX2 -Port 25").unwrap();
        assert_eq!((command.first_plain(), command.parameter("port")), (Some("EX2"), Some("25")));
    }

    #[test]
    fn a_filter_behind_the_tool_is_noticed() {
        assert!(Command::read("setspn -L EX1 | findstr SMTP").unwrap().filtered);
        assert!(!Command::read("setspn -L EX1 | Out-String").unwrap().filtered);
    }

    #[test]
    fn a_remote_prompt_names_its_computer() {
        assert_eq!(
            prompt(r"[EX2]: PS C:\> w32tm /query /status"),
            Some((Some("EX2"), "w32tm /query /status"))
        );
        assert_eq!(prompt(r"[PS] C:\>hostname"), Some((None, "hostname")));
        assert_eq!(prompt("#0>     Client: EX1$ @ CONTOSO.COM"), None);
        assert_eq!(prompt("Flags 0x40e10000 -> forwardable"), None);
    }
}
