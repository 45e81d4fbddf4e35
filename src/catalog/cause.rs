//! Causes: what explains a problem, and what speaks for and against it.
//!
//! Data only; `diagnosis` weighs them by the calculus that is written there.

use super::change::Change;
use super::issue::{Source, Status};
use crate::rule::{Condition, Template};
use serde::Deserialize;
use std::sync::Arc;

/// The schema of a cause file.
pub const SCHEMA: &str = "exauth.cause/1";

/// One cause.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// [`SCHEMA`].
    pub schema: String,
    /// Its id, the name of its file.
    pub id: Arc<str>,
    /// How far it has proved itself.
    pub status: Status,
    /// One line.
    pub title: Arc<str>,
    /// The problems it can lead to.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub candidate_for: Vec<Candidate>,
    /// What speaks for and against it.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub evidence: Vec<EvidenceRule>,
    /// What would decide it.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub needs: Vec<Need>,
    /// What to do.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub fix: Vec<Fix>,
    /// Exchange versions.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// Where it was read.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub sources: Vec<Source>,
    /// In a pack: the id of the shipped cause that it takes the place of.
    #[serde(default)]
    pub replaces: Option<String>,
    /// Its page, Markdown.
    #[serde(default)]
    pub page: String,
}

/// A problem that a cause can lead to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The problem's id.
    pub problem: String,
    /// How likely beforehand, 0 to 10.
    pub weight: u8,
    /// Why that likely.
    pub because: Arc<str>,
    /// Where this is true it cannot be the cause, and nothing is said of it.
    #[serde(default)]
    pub unless: Option<Condition>,
}

/// What an observation does to a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is so, and it explains the problem.
    Confirms,
    /// It makes it likelier.
    Supports,
    /// It makes it less likely.
    Weakens,
    /// It cannot be.
    RulesOut,
}

/// One line of the cause's table of evidence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRule {
    /// What it does.
    pub effect: Effect,
    /// How much, 1 to 10; for `supports` and `weakens`.
    #[serde(default)]
    pub weight: u8,
    /// For which problems; all when empty.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Over the facts of a pair.
    pub when: Condition,
    /// The sentence it says.
    pub says: Template,
}

impl EvidenceRule {
    /// How much it says of the cause, for or against.
    pub(super) fn strength(&self) -> u8 {
        match self.effect {
            Effect::Confirms | Effect::RulesOut => u8::MAX,
            Effect::Supports | Effect::Weakens => self.weight,
        }
    }
}

/// What is missing when a cause is open, and the read-only command that supplies it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// For which problems; all when empty.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Facts of a pair; it is missing when none of them is known.
    pub facts: Vec<String>,
    /// What is missing.
    pub words: Template,
    /// The command.
    pub command: Template,
    /// Where to run it.
    pub run_on: Template,
    /// What its answer decides.
    pub why: Template,
}

/// One step of a fix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// For which problems; all when empty.
    #[serde(default)]
    pub problems: Vec<String>,
    /// What to do.
    pub text: Template,
    /// The command that does it.
    #[serde(default)]
    pub command: Template,
    /// What it changes on receive connectors of B, so that the report can say what would happen.
    #[serde(default, deserialize_with = "super::load::objects")]
    pub changes: Vec<Change>,
    /// How to see that it worked.
    #[serde(default)]
    pub check: Template,
    /// How to take it back.
    #[serde(default)]
    pub undo: Template,
}
