//! What the assessments of a case come to. Pure: no SQL, no HTTP, no clock.
//!
//! Each tool is counted by itself. Its last complete assessment stands, until a later complete one takes
//! its place. A part is laid over it: a yes that the part adds counts at once, and a no of the part takes
//! nothing away. Of two complete assessments of one day the higher stands, because nobody can say which
//! came later. What was higher before stays beside what stands.
//!
//! One tool leads: the one that the MARAC goes by. Where it has no complete assessment, another
//! threshold tool that has one leads under its own name, so that a case that came from elsewhere, or
//! from before the MARAC changed its tool, never looks as if nothing were known. A supplement never leads.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::tool::ToolRole;
use crate::vocabulary;

vocabulary! {
    /// What a figure is.
    FigurePlace {
        Standing = "standing",
        Raised = "raised",
        HigherBefore = "higher_before",
        Beside = "beside",
    }
}

/// An assessment, as far as counting needs it.
#[derive(Debug, Clone)]
pub struct CountedAssessment {
    /// Its id.
    pub id: Uuid,
    /// The tool.
    pub tool: String,
    /// The tool's version.
    pub version: u16,
    /// Whether the tool has a threshold, or supplements one.
    pub role: ToolRole,
    /// None: it was not scored.
    pub score: Option<u8>,
    /// Items answered.
    pub answered: u8,
    /// Items not asked.
    pub not_asked: u8,
    /// The day of the assessment.
    pub assessed_on: NaiveDate,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// The items answered yes, and all that were answered; none if the answers do not open.
    pub items: Option<Items>,
}

/// Items of an assessment by their ids.
#[derive(Debug, Clone, Default)]
pub struct Items {
    /// Those answered yes.
    pub yes: BTreeSet<String>,
    /// All that were answered.
    pub answered: BTreeSet<String>,
}

/// A figure: what an assessment says, or what it comes to with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Where it stands beside the others.
    pub place: FigurePlace,
    /// Of the tool that leads.
    pub leading: bool,
    /// The assessment that says it, or the last one that raised it.
    pub assessment_id: Uuid,
    /// Yes answers; none if it was not scored.
    pub score: Option<u8>,
    /// Items answered.
    pub answered: u8,
    /// Items not asked.
    pub not_asked: u8,
}

impl CountedAssessment {
    fn is_complete(&self) -> bool {
        self.score.is_some() && self.not_asked == 0
    }

    /// What it says by itself, in this place.
    pub fn figure(&self, place: FigurePlace) -> Figure {
        Figure {
            place,
            leading: false,
            assessment_id: self.id,
            score: self.score,
            answered: self.answered,
            not_asked: self.not_asked,
        }
    }
}

/// Parts of one version of a tool, laid over what stood before them.
struct Laid {
    items: Items,
    all: u8,
    count: u8,
    by: Uuid,
}

impl Laid {
    /// Over the complete assessment if it is of the same version: in another version the same id may
    /// ask something else.
    fn over(base: Option<&CountedAssessment>, part: &CountedAssessment) -> Self {
        let base = base.filter(|base| base.version == part.version);
        Self {
            items: base.and_then(|base| base.items.clone()).unwrap_or_default(),
            all: part.answered.saturating_add(part.not_asked),
            count: base.and_then(|base| base.score).unwrap_or(0),
            by: part.id,
        }
    }

    fn lay(&mut self, part: &CountedAssessment) {
        if let Some(items) = &part.items {
            self.items.yes.extend(items.yes.iter().cloned());
            self.items.answered.extend(items.answered.iter().cloned());
        }
        let yes = u8::try_from(self.items.yes.len()).unwrap_or(u8::MAX);
        // Never less than what a part says by itself, also where its answers do not open.
        let count = yes.max(part.score.unwrap_or(0));
        if count > self.count {
            (self.count, self.by) = (count, part.id);
        }
    }

    fn figure(&self, place: FigurePlace) -> Figure {
        let answered = u8::try_from(self.items.answered.len()).unwrap_or(u8::MAX);
        let answered = answered.max(self.count).min(self.all);
        Figure {
            place,
            leading: false,
            assessment_id: self.by,
            score: Some(self.count),
            answered,
            not_asked: self.all - answered,
        }
    }
}

/// One tool's assessments, counted in the order of their days.
#[derive(Default)]
struct Count<'k> {
    base: Option<&'k CountedAssessment>,
    laid: BTreeMap<u16, Laid>,
    beside: Vec<&'k CountedAssessment>,
    before: Option<Figure>,
}

impl<'k> Count<'k> {
    fn of(assessments: &[&'k CountedAssessment]) -> Self {
        let mut scored: Vec<_> = assessments
            .iter()
            .copied()
            .filter(|one| one.score.is_some())
            .collect();
        scored.sort_by_key(|one| (one.assessed_on, one.score, one.created_at, one.id));
        let mut count = Self::default();
        for day in scored.chunk_by(|one, other| one.assessed_on == other.assessed_on) {
            count.day(day);
        }
        count
    }

    /// A part may have come before the complete assessment of its day or after it: it is laid over what
    /// stood before, so that the most that was known is seen, and over what stands then.
    fn day(&mut self, day: &[&'k CountedAssessment]) {
        let parts = || day.iter().filter(|one| !one.is_complete());
        parts().for_each(|part| self.part(part));
        let mut complete = day.iter().filter(|one| one.is_complete()).peekable();
        if complete.peek().is_none() {
            return;
        }
        complete.for_each(|one| self.complete(one));
        self.beside.retain(|one| one.is_complete());
        parts().for_each(|part| self.part(part));
    }

    fn complete(&mut self, new: &'k CountedAssessment) {
        if let Some(mut stood) = self.highest(FigurePlace::HigherBefore) {
            let seen = self.before.as_ref().and_then(|before| before.score);
            if stood.score > seen {
                stood.place = FigurePlace::HigherBefore;
                self.before = Some(stood);
            }
        }
        let same_day = self.base.filter(|base| base.assessed_on == new.assessed_on);
        self.beside.retain(|one| one.assessed_on == new.assessed_on);
        self.beside.extend(same_day);
        self.laid.clear();
        self.base = Some(new);
    }

    fn part(&mut self, part: &'k CountedAssessment) {
        self.beside.push(part);
        let base = self.base;
        let laid = self.laid.entry(part.version);
        laid.or_insert_with(|| Laid::over(base, part)).lay(part);
    }

    /// The highest that parts come to.
    fn most(&self) -> Option<&Laid> {
        self.laid.values().max_by_key(|laid| laid.count)
    }

    /// The highest figure now.
    fn highest(&self, place: FigurePlace) -> Option<Figure> {
        let parts = self.most().map(|laid| laid.figure(place));
        let base = self.base.map(|base| base.figure(place));
        parts.into_iter().chain(base).max_by_key(|one| one.score)
    }

    fn figures(self) -> Vec<Figure> {
        let most = self.most();
        let (standing, raised) = match self.base {
            Some(base) => {
                let raised = most.filter(|laid| Some(laid.count) > base.score);
                let raised = raised.map(|laid| laid.figure(FigurePlace::Raised));
                (Some(base.figure(FigurePlace::Standing)), raised)
            }
            None => (most.map(|laid| laid.figure(FigurePlace::Standing)), None),
        };
        let Some(standing) = standing else {
            return Vec::new();
        };
        let before = self.before.filter(|before| before.score > standing.score);
        let says_it = |one: &&CountedAssessment| {
            one.id == standing.assessment_id && one.score == standing.score
        };
        let beside = self.beside.iter().rev().filter(|one| !says_it(one));
        let beside: Vec<_> = beside.map(|one| one.figure(FigurePlace::Beside)).collect();
        let mut figures = vec![standing];
        figures.extend(raised);
        figures.extend(before);
        figures.extend(beside);
        figures
    }
}

/// How near a tool is to leading; the greatest leads.
type Rank = (bool, bool, bool, NaiveDate);

/// The figures of a case, tool by tool, the tool that leads first.
pub fn figures(known: &[CountedAssessment], threshold_tool: &str) -> Vec<Figure> {
    let mut by_tool: BTreeMap<&str, Vec<&CountedAssessment>> = BTreeMap::new();
    for one in known {
        by_tool.entry(&one.tool).or_default().push(one);
    }
    let mut tools: Vec<(Rank, Vec<Figure>)> = Vec::new();
    for (tool, assessments) in by_tool {
        let last = assessments
            .iter()
            .max_by_key(|one| (one.assessed_on, one.created_at, one.id));
        let Some(last) = last else { continue };
        let mut figures = Count::of(&assessments).figures();
        if figures.is_empty() {
            figures.push(last.figure(FigurePlace::Standing));
        }
        let scored = figures.iter().any(|figure| figure.score.is_some());
        let leads = last.role == ToolRole::Threshold && scored;
        let complete = assessments.iter().any(|one| one.is_complete());
        let rank = (leads, complete, tool == threshold_tool, last.assessed_on);
        tools.push((rank, figures));
    }
    tools.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let mut all = Vec::new();
    for (number, ((leads, ..), figures)) in tools.into_iter().enumerate() {
        let leading = number == 0 && leads;
        all.extend(
            figures
                .into_iter()
                .map(|figure| Figure { leading, ..figure }),
        );
    }
    all
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
