//! Every cap of the library, each with its reason.
//!
//! A cap exists so that hostile or damaged input costs a clear error instead
//! of the administrator's shell. None of them is near what Exchange produces.

/// Largest single record, in bytes of JSON. A `Get-Queue` object is about 2 KB,
/// the largest useful text (a `repadmin /showrepl * /csv` of a big forest) some MB.
pub const RECORD_BYTES: usize = 64 * 1024 * 1024;

/// Deepest nesting of one record. `serde_json` refuses more than 128 levels by
/// itself; `ConvertTo-Json` objects use fewer than 10.
pub const RECORD_NESTING: usize = 128;

/// Longest text that one finding quotes from its record, in characters. A whole
/// LastError fits; a pasted log does not belong into a report.
pub const QUOTE_CHARS: usize = 2_000;

/// Rejected lines that are listed one by one; the rest is only counted. A
/// gigabyte of rubbish must not become a gigabyte of messages.
pub const REJECTED_LISTED: usize = 1_000;

/// Names of properties that are counted one by one for a kind; an Exchange object has
/// at most some hundred. What is beyond is counted as `others`.
pub const NAMES_LISTED: usize = 1_000;

/// Bytes of findings that one `exauth_session_next` hands out at most; the rest
/// waits for the next call, so that a storm never needs one giant text.
pub const NEXT_BYTES: usize = 1024 * 1024;

/// Largest rule pack, in bytes. 3,000 rules are about 3 MB.
pub const PACK_BYTES: usize = 16 * 1024 * 1024;

/// Issues and causes of one pack, and of a catalog with all its packs. The shipped catalog has
/// some 200; each rule is tried for every record of its kind.
pub const PACK_RULES: usize = 10_000;
/// See [`PACK_RULES`].
pub const CATALOG_RULES: usize = 50_000;

/// Comparisons in the conditions of one issue, or in one line of a cause's evidence. The
/// catalog's have under 30; all of them are tried for every record.
pub const RULE_COMPARISONS: usize = 200;

/// Entries of any list in a rule: ids of events, texts of `in`, lines of evidence, captures.
pub const RULE_LIST: usize = 500;

/// Longest plain text of a rule (a title, a source), in characters.
pub const RULE_TEXT_CHARS: usize = 500;

/// Longest page of a rule, in characters. The catalog's are about 2,000.
pub const PAGE_CHARS: usize = 50_000;

/// Longest sentence of a rule, in characters, and the facts it may name. With
/// [`QUOTE_CHARS`] for each fact a finding stays below a megabyte whatever a pack says.
pub const TEMPLATE_CHARS: usize = 2_000;
/// See [`TEMPLATE_CHARS`].
pub const TEMPLATE_PLACES: usize = 40;

/// Longest pattern of a rule, in characters.
pub const PATTERN_CHARS: usize = 1_000;

/// Steps of a pattern's automaton, estimated before it is built; a step takes some 40 bytes.
/// The catalog's need under 500.
pub const PATTERN_STEPS: usize = 30_000;

/// Steps of all patterns of a pack together: 200 MB when every one of them is used. 3,000
/// rules with two patterns of the catalog's heavier kind need 4,000,000.
pub const PACK_PATTERN_STEPS: usize = 5_000_000;

/// Largest compiled pattern of a rule, in bytes: what [`PATTERN_STEPS`] can need, with room.
pub const PATTERN_BYTES: usize = 2 * 1024 * 1024;

/// How many times its own length a CLIXML file is read again for the objects that it refers to
/// more than once. Exchange's files stay below one; without the cap a few references to
/// references would cost more than any reader has.
pub const REFERENCE_FACTOR: usize = 4;

/// Longest value of bytes that is read from CLIXML, in characters of Base64. A certificate has
/// some thousand; what is longer is a copy of an object, and nobody reads it.
pub const BYTES_VALUE: usize = 128 * 1024;
