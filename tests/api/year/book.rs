//! The independent tally: a plain book that is told what the script did, and works out by the rules of
//! the field (domain.md, section 7) what must have come of it. It never reads the service's counts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

/// People whose inbox is told over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ear {
    Coordinator,
    Chair,
    HousingSpeaker,
    HousingLead,
}

/// What the script has in mind for a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    Plain,
    Urgent,
    /// Sent back once, mended and sent again.
    Returned,
    Declined,
    /// Declined, challenged, then accepted (R3).
    Challenged,
    Withdrawn,
    /// Begun as a draft, finished the next day.
    Draft,
    /// Begun by somebody who leaves, finished by their successor.
    Inherited,
    /// Of a pair that is known.
    Again,
}

pub struct Referral {
    pub id: Uuid,
    pub etag: String,
    /// The file it opened.
    pub file: Uuid,
    pub plan: Plan,
    /// The agency that sent it.
    pub agency: usize,
    /// Draft, submitted, returned, accepted, not_accepted, withdrawn.
    pub status: &'static str,
    /// The day it was last sent in.
    pub sent_on: Option<NaiveDate>,
    pub written_on: NaiveDate,
    pub referred_on: NaiveDate,
    pub sent_back: bool,
    pub challenged: bool,
    /// The case of the same pair.
    pub of: Option<usize>,
    pub document: Value,
    pub children: bool,
    pub score: i64,
    pub criteria: BTreeSet<String>,
    /// The names of the pair.
    pub pair: usize,
    pub idva: bool,
}

/// What was decided the last time a case was on a list.
#[derive(Debug, Clone, Copy)]
pub enum Left {
    /// Deferred from this meeting, to come again from that day.
    Deferred(usize, NaiveDate),
    TakenOff,
}

pub struct Allocation {
    pub id: Uuid,
    pub due_at: DateTime<Utc>,
    pub contacted: bool,
    pub told_late: bool,
    /// When the script has the IDVA try.
    pub try_on: Option<NaiveDate>,
    pub contacts: i64,
    pub feedback: i64,
    pub engagement: &'static str,
}

pub struct Case {
    pub id: Uuid,
    /// Listed, heard, lapsed, closed.
    pub status: &'static str,
    /// The day the latest accepted referral came in.
    pub received_on: NaiveDate,
    pub last_referral_on: NaiveDate,
    pub lapses_on: NaiveDate,
    pub children: bool,
    /// The latest referral is a repeat (R13).
    pub repeat: bool,
    pub score: i64,
    pub criteria: BTreeSet<String>,
    /// Who sent the latest referral.
    pub agency: usize,
    pub pair: usize,
    /// On the list of a meeting that is still to be held.
    pub on: Option<usize>,
    pub left: Option<(Left, Item)>,
    pub idva: Option<Allocation>,
    /// A referral about the pair waits.
    pub pending: bool,
    /// The chair said why it was closed, or let lapse, over actions that are not done.
    pub over_actions: bool,
    /// Told that it passed this day.
    pub passed: BTreeSet<NaiveDate>,
    pub asked: i64,
    pub read_instead: i64,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub case: usize,
    /// New or repeat.
    pub kind: &'static str,
    pub children: bool,
    pub late: bool,
    /// Listed, heard, deferred, withdrawn.
    pub status: &'static str,
    pub agencies: BTreeSet<usize>,
}

/// One agency's return.
#[derive(Debug, Clone)]
pub struct Return {
    pub status: &'static str,
    pub nothing: bool,
    pub due_on: NaiveDate,
    pub withdrawn: bool,
}

pub struct Meeting {
    pub id: Uuid,
    pub scheduled: bool,
    pub day: NaiveDate,
    /// Planned, circulated, in_session, held, minuted.
    pub status: &'static str,
    /// In the order of the agenda; those that came off it behind.
    pub items: Vec<Item>,
    pub returns: BTreeMap<(usize, usize), Return>,
    /// Agencies whose speaker was there.
    pub present: BTreeSet<usize>,
    pub apologies: BTreeSet<usize>,
    pub issued_on: Option<NaiveDate>,
    pub corrections: i64,
}

/// What the script has in mind for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// Begun first, done later.
    Begun,
    NotPossible,
    NotDone,
    Never,
}

pub struct Action {
    pub id: Uuid,
    pub etag: String,
    pub case: usize,
    pub owner: usize,
    /// A person is named: the mental health trust's speaker.
    pub named: bool,
    pub due_on: NaiveDate,
    pub status: &'static str,
    pub resolved: bool,
    pub agreed_on: NaiveDate,
    pub meeting: usize,
    /// 0 none, 1 owner, 2 agency lead, 3 coordinator, 4 chair, 5 steering group.
    pub step: usize,
    pub stepped_on: Option<NaiveDate>,
    pub reminded_on: Option<NaiveDate>,
    pub reminders: i64,
    pub carried: i64,
    pub fate: Fate,
    pub act_on: NaiveDate,
}

impl Action {
    pub fn outstanding(&self) -> bool {
        matches!(self.status, "open" | "in_progress")
    }

    pub fn unresolved(&self) -> bool {
        let reported = matches!(
            self.status,
            "not_done" | "not_possible_circumstances_changed"
        );
        reported && !self.resolved
    }

    pub fn incomplete(&self) -> bool {
        self.outstanding() || self.unresolved()
    }
}

pub struct Flag {
    /// Asked, placed, not_placed, removal_due, removed.
    pub status: &'static str,
    pub due_on: NaiveDate,
    pub expires_on: NaiveDate,
    pub confirmed_until: Option<NaiveDate>,
}

/// Until when a listing shows a case to an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Open,
    /// With this day.
    With(NaiveDate),
    Over,
}

/// An agency that a case was opened to by a meeting, or shared with.
pub struct Listing {
    pub case: usize,
    pub agency: usize,
    /// None for a share.
    pub meeting: Option<usize>,
    pub ends: Ends,
}

/// How the actions stood at the end of a day: all, outstanding, overdue, unresolved, and by status.
pub type Standing = (NaiveDate, [i64; 4], BTreeMap<&'static str, i64>);

#[derive(Default)]
pub struct Book {
    pub referrals: Vec<Referral>,
    pub cases: Vec<Case>,
    pub meetings: Vec<Meeting>,
    pub actions: Vec<Action>,
    /// By case and agency.
    pub flags: BTreeMap<(usize, usize), Flag>,
    pub listings: Vec<Listing>,
    /// Cases from which an agency's speaker is excluded.
    pub excluded: BTreeSet<(usize, usize)>,
    pub told: BTreeMap<(Ear, &'static str), i64>,
    pub told_once: BTreeSet<(usize, usize, &'static str, NaiveDate)>,
    pub standings: Vec<Standing>,
    pub refusals: BTreeMap<&'static str, i64>,
}

/// The last day of the twelve months (R14).
pub fn twelve_months(from: NaiveDate) -> NaiveDate {
    from.checked_add_months(Months::new(12)).unwrap()
}

impl Book {
    pub fn tell(&mut self, ear: Ear, kind: &'static str) {
        *self.told.entry((ear, kind)).or_default() += 1;
    }

    /// Its speaker is told, and in this book that is of note at housing alone.
    pub fn tell_agency(&mut self, agency: usize, kind: &'static str) {
        if agency == super::area::HOUSING {
            self.tell(Ear::HousingSpeaker, kind);
        }
    }

    /// A refusal that the script provoked.
    pub fn refused(&mut self, why: &'static str) {
        *self.refusals.entry(why).or_default() += 1;
    }

    pub fn case_of(&self, id: Uuid) -> usize {
        self.cases.iter().position(|case| case.id == id).unwrap()
    }

    pub fn item(&mut self, meeting: usize, case: usize) -> &mut Item {
        let mut items = self.meetings[meeting].items.iter_mut();
        items.find(|item| item.case == case).unwrap()
    }

    /// Where a meeting's live items stand, in order.
    pub fn live(&self, meeting: usize) -> Vec<&Item> {
        let items = self.meetings[meeting].items.iter();
        items
            .filter(|item| matches!(item.status, "listed" | "heard"))
            .collect()
    }

    pub fn incomplete(&self, case: usize) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| action.case == case && action.incomplete())
    }

    /// The cases that listings and shares show to an agency's speaker today.
    pub fn shown_to(&self, agency: usize, today: NaiveDate) -> BTreeSet<Uuid> {
        let rows = self.listings.iter().filter(|row| row.agency == agency);
        let live = rows.filter(|row| match row.ends {
            Ends::Open => true,
            Ends::With(day) => today <= day,
            Ends::Over => false,
        });
        let live = live.filter(|row| !self.excluded.contains(&(row.case, agency)));
        // A case that rests is open to its coordinator and chair alone.
        let rests = |case: usize| matches!(self.cases[case].status, "lapsed" | "closed");
        let live = live.filter(|row| !rests(row.case));
        let listed = live.map(|row| self.cases[row.case].id);
        // Whoever sent a referral in sees what came of it, but not a case that it was joined to: the
        // successor is the only speaker who did.
        let joined = |one: &&Referral| one.of.is_some_and(|case| self.cases[case].id != one.file);
        let own = self.referrals.iter().filter(|one| {
            let sent = one.plan == Plan::Inherited && one.status != "draft";
            sent && one.agency == agency && !one.of.is_some_and(rests) && !joined(one)
        });
        let own = own.map(|one| one.of.map_or(one.file, |case| self.cases[case].id));
        listed.chain(own).collect()
    }

    /// Written down at the end of a day.
    pub fn remember(&mut self, today: NaiveDate) {
        let mut by_status = BTreeMap::new();
        let mut counts = [0; 4];
        for action in &self.actions {
            *by_status.entry(action.status).or_default() += 1;
            counts[0] += 1;
            counts[1] += i64::from(action.outstanding());
            counts[2] += i64::from(action.outstanding() && action.due_on < today);
            counts[3] += i64::from(action.unresolved());
        }
        self.standings.push((today, counts, by_status));
    }
}
