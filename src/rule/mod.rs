//! The predicate language of rules and causes: three-valued conditions over
//! facts, and the templates that turn facts into sentences.
//!
//! A fact that is absent makes a condition unknown, never false. Reads facts;
//! knows no Exchange property and no catalog.

mod condition;
mod pattern;
mod read;
mod template;

pub use condition::{Condition, Facts, Truth};
pub use read::OPS;
pub(crate) use template::is_name;
pub use template::Template;
