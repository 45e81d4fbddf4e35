//! Which findings saw a failure: by its ends, so that a thousand failures do not read all findings each.

use crate::diagnosis::ProblemSeen;
use crate::fact::short_name;
use crate::finding::Finding;
use std::collections::HashMap;

/// A problem's id, and the short names of its ends where the finding says them.
type Ends<'c> = (&'c str, Option<String>, Option<String>);

/// The findings of failures by their problems and ends.
pub(super) struct Sights<'c> {
    findings: &'c [Finding],
    by_ends: HashMap<Ends<'c>, Vec<usize>>,
    /// By problem and either end, for problems of which the other end is not known.
    by_from: HashMap<(&'c str, Option<String>), Vec<usize>>,
    by_to: HashMap<(&'c str, Option<String>), Vec<usize>>,
    by_problem: HashMap<&'c str, Vec<usize>>,
}

fn short(name: &Option<String>) -> Option<String> {
    name.as_deref().map(short_name)
}

impl<'c> Sights<'c> {
    /// Sorts the findings; linear in their number.
    pub(super) fn of(findings: &'c [Finding]) -> Sights<'c> {
        let mut sights = Sights {
            findings,
            by_ends: HashMap::new(),
            by_from: HashMap::new(),
            by_to: HashMap::new(),
            by_problem: HashMap::new(),
        };
        for (at, finding) in findings.iter().enumerate() {
            let Some(problem) = finding.problem.as_deref() else { continue };
            let (from, to) = (short(&finding.from), short(&finding.to));
            sights.by_ends.entry((problem, from.clone(), to.clone())).or_default().push(at);
            sights.by_from.entry((problem, from)).or_default().push(at);
            sights.by_to.entry((problem, to)).or_default().push(at);
            sights.by_problem.entry(problem).or_default().push(at);
        }
        sights
    }

    /// The findings that saw the failure, in order: those whose ends are its own, or are not known.
    pub(super) fn seen(&self, problem: &'c ProblemSeen) -> Vec<&'c Finding> {
        let id = &*problem.id;
        let (from, to) = (short(&problem.from), short(&problem.to));
        let lists: Vec<Option<&Vec<usize>>> = match (from, to) {
            (Some(from), Some(to)) => {
                let ends =
                    [Some(from), None].map(|from| [Some(to.clone()), None].map(|to| (from.clone(), to)));
                ends.into_iter().flatten().map(|(from, to)| self.by_ends.get(&(id, from, to))).collect()
            }
            (Some(from), None) => [Some(from), None].map(|from| self.by_from.get(&(id, from))).to_vec(),
            (None, Some(to)) => [Some(to), None].map(|to| self.by_to.get(&(id, to))).to_vec(),
            (None, None) => vec![self.by_problem.get(id)],
        };
        let mut places: Vec<usize> = lists.into_iter().flatten().flatten().copied().collect();
        places.sort_unstable();
        let found = places.into_iter().filter_map(|at| self.findings.get(at));
        found.filter(|finding| problem.seen_by.contains(&finding.id)).collect()
    }
}
