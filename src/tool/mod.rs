//! Texts of tools.
use crate::record::Record;
pub const TOOLS: &[&str] = &["setspn"];
pub fn is_known(_: &str) -> bool { true }
pub fn read_text(_: Option<&str>, _: Option<&str>, _: Option<&str>, _: &str) -> Vec<Record<'static>> { Vec::new() }
