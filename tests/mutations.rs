//! Documents that were shuffled, disguised, cut or damaged: the same meaning, or less of it, and
//! never another one.
//!
//! Takes the project's own records and, where they are beside it, the exports, samples and incidents of
//! `../shared`. Chance is seeded by names: a run is like any other. `EXAUTH_MUTATIONS=100` tries more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::panic, clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[path = "mutations/answer.rs"]
mod answer;
#[path = "mutations/chance.rs"]
mod chance;
#[path = "mutations/corpus.rs"]
mod corpus;
#[path = "mutations/cuts.rs"]
mod cuts;
#[path = "mutations/damage.rs"]
mod damage;
#[path = "mutations/disguises.rs"]
mod disguises;
#[path = "mutations/losses.rs"]
mod losses;
