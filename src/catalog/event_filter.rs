use super::Catalog;
use crate::Result;
pub(super) fn event_filter(_: &Catalog, _: &[u8]) -> Result<String> { Ok(String::new()) }
