//! What time and meetings do by the rules, in the book alone.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::area::CORE;
use super::book::{Book, Ends, Flag, Item, Left, Listing, Return, twelve_months};
use super::days::{later, working_days_before};

/// Days to answer about a flag.
const FLAG_DAYS: u64 = 7;

/// A case that comes onto a list, and whether late.
pub type Comes = (usize, bool);

impl Book {
    pub fn flags_where(&self, case: usize, wanted: impl Fn(&Flag) -> bool) -> Vec<usize> {
        let flags = self.flags.range((case, 0)..(case + 1, 0));
        let held = flags.filter(|(_, flag)| matches!(flag.status, "asked" | "placed"));
        held.filter(|(_, flag)| wanted(flag))
            .map(|((_, agency), _)| *agency)
            .collect()
    }

    pub fn ask_removal(&mut self, case: usize, agencies: &[usize], today: NaiveDate) {
        for agency in agencies {
            let flag = self.flags.get_mut(&(case, *agency)).unwrap();
            flag.status = "removal_due";
            flag.due_on = later(today, FLAG_DAYS);
            self.tell_agency(*agency, "flag_due");
        }
    }

    /// What comes onto the list of a meeting that is built, and why the rest does not: R16, R18, and what
    /// somebody decided stands.
    pub fn coming(
        &self,
        meeting: usize,
        admitted: &[usize],
    ) -> (Vec<Comes>, BTreeSet<(usize, &'static str)>) {
        let day = self.meetings[meeting].day;
        let closes = working_days_before(day, 8);
        let (mut coming, mut left) = (Vec::new(), BTreeSet::new());
        let waiting = self.cases.iter().enumerate();
        let waiting = waiting.filter(|(_, case)| case.status == "listed" && case.on.is_none());
        for (at, case) in waiting {
            match case.left.as_ref().map(|(left, _)| left) {
                Some(Left::Deferred(from, _)) if *from == meeting => {
                    left.insert((at, "deferred_from_here"));
                }
                Some(Left::Deferred(_, until)) if *until > day => {
                    left.insert((at, "deferred_until_later"));
                }
                Some(Left::Deferred(..)) => coming.push((at, false)),
                Some(Left::TakenOff) => {
                    left.insert((at, "taken_off"));
                }
                None if case.received_on <= closes => coming.push((at, false)),
                None if admitted.contains(&at) => coming.push((at, true)),
                None => {
                    left.insert((at, "past_cutoff"));
                }
            }
        }
        (coming, left)
    }

    /// Puts on what comes: behind the last of its section, the longest waiting first.
    pub fn put_on(&mut self, meeting: usize, coming: &[Comes]) {
        let mut coming = coming.to_vec();
        coming.sort_by_key(|(case, _)| (self.cases[*case].received_on, self.cases[*case].id));
        for (case, late) in coming {
            let one = &self.cases[case];
            let again = one.left.as_ref().map(|(_, item)| item.clone());
            let allocated = one.idva.is_some();
            let fresh = || Item {
                id: uuid::Uuid::nil(),
                case,
                kind: if one.repeat { "repeat" } else { "new" },
                children: one.children,
                late,
                status: "listed",
                agencies: CORE
                    .into_iter()
                    .chain([one.agency])
                    .chain(allocated.then_some(super::area::IDVA))
                    .collect(),
            };
            let item = match again {
                Some(before) => Item {
                    status: "listed",
                    late: false,
                    children: one.children,
                    ..before
                },
                None => fresh(),
            };
            self.place(meeting, item);
        }
    }

    /// An item goes behind the last of its section; children come first (R18).
    pub fn place(&mut self, meeting: usize, item: Item) {
        let case = item.case;
        let items = &mut self.meetings[meeting].items;
        items.retain(|other| other.case != case);
        let live = |other: &Item| other.status == "listed";
        let at = match item.children {
            true => items
                .iter()
                .rposition(|other| live(other) && other.children),
            false => items.iter().rposition(live),
        };
        items.insert(at.map_or(0, |at| at + 1), item);
        self.cases[case].on = Some(meeting);
        self.cases[case].left = None;
    }

    /// The list goes out: each live item opens to its agencies, and each is asked for its return.
    pub fn circulate(&mut self, meeting: usize, today: NaiveDate) {
        self.meetings[meeting].status = "circulated";
        for at in 0..self.meetings[meeting].items.len() {
            if self.meetings[meeting].items[at].status == "listed" {
                let item = self.meetings[meeting].items[at].clone();
                self.open(meeting, &item, today);
            }
        }
    }

    /// One item is opened to its agencies.
    pub fn open(&mut self, meeting: usize, item: &Item, today: NaiveDate) {
        let day = self.meetings[meeting].day;
        let deadline = working_days_before(day, 5);
        let eve = working_days_before(day, 1);
        let due_on = [deadline, eve].into_iter().find(|due| *due > today);
        for agency in &item.agencies {
            self.listings.push(Listing {
                case: item.case,
                agency: *agency,
                meeting: Some(meeting),
                ends: Ends::Open,
            });
            let asked = Return {
                status: "requested",
                nothing: false,
                due_on: due_on.unwrap_or(day),
                withdrawn: false,
            };
            let returns = &mut self.meetings[meeting].returns;
            returns.insert((item.case, *agency), asked);
            self.tell_agency(*agency, "case_listed");
            self.tell_agency(*agency, "research_due");
        }
    }

    /// An item comes off, before the meeting or at it.
    pub fn defer(&mut self, meeting: usize, case: usize, until: NaiveDate) {
        self.off(meeting, case, "deferred");
        let item = self.item(meeting, case).clone();
        self.cases[case].left = Some((Left::Deferred(meeting, until), item));
    }

    pub fn withdraw(&mut self, meeting: usize, case: usize) {
        self.off(meeting, case, "withdrawn");
        let item = self.item(meeting, case).clone();
        self.cases[case].left = Some((Left::TakenOff, item));
    }

    fn off(&mut self, meeting: usize, case: usize, status: &'static str) {
        self.item(meeting, case).status = status;
        self.cases[case].on = None;
        let open = self.meetings[meeting].status == "circulated";
        let returns = self.meetings[meeting].returns.iter_mut();
        for (_, one) in returns.filter(|((of, _), _)| open && *of == case) {
            one.withdrawn = true;
        }
    }

    /// A case was heard: those it was listed to are asked to flag it (R15).
    pub fn hear(&mut self, meeting: usize, case: usize, today: NaiveDate) {
        let item = self.item(meeting, case);
        item.status = "heard";
        let agencies = item.agencies.clone();
        let one = &mut self.cases[case];
        one.status = "heard";
        one.on = None;
        let expires_on = one.lapses_on;
        for agency in agencies {
            let asks = match self.flags.get(&(case, agency)) {
                None => true,
                Some(flag) => match flag.status {
                    "placed" => flag.confirmed_until.is_some_and(|until| until < expires_on),
                    "asked" => flag.expires_on < expires_on,
                    _ => true,
                },
            };
            if asks {
                let confirmed_until = self.flags.get(&(case, agency));
                let confirmed_until = confirmed_until.and_then(|flag| flag.confirmed_until);
                let flag = Flag {
                    status: "asked",
                    due_on: later(today, FLAG_DAYS),
                    expires_on,
                    confirmed_until,
                };
                self.flags.insert((case, agency), flag);
                self.tell_agency(agency, "flag_due");
            }
        }
    }

    /// The meeting is over: its cases close to agencies that took nothing on, and what is not done is
    /// carried over (R29).
    pub fn close_meeting(&mut self, meeting: usize) {
        let (scheduled, held_on) = {
            let one = &mut self.meetings[meeting];
            one.status = "held";
            (one.scheduled, one.day)
        };
        let cases: BTreeSet<_> = self.meetings[meeting]
            .items
            .iter()
            .map(|item| item.case)
            .collect();
        for at in 0..self.listings.len() {
            let row = &self.listings[at];
            let (case, agency) = (row.case, row.agency);
            let Some(of) = row.meeting.filter(|_| row.ends != Ends::Over) else {
                continue;
            };
            let over = matches!(self.meetings[of].status, "held" | "minuted");
            // What has run out stays as it is.
            let ran_out = matches!(row.ends, Ends::With(day) if day < held_on);
            if !cases.contains(&case) || !over || ran_out {
                continue;
            }
            let took_on = self.actions.iter().any(|action| {
                action.case == case && action.owner == agency && action.outstanding()
            });
            self.listings[at].ends = match took_on {
                true => Ends::With(self.cases[case].lapses_on),
                false => Ends::Over,
            };
        }
        for action in self.actions.iter_mut().filter(|_| scheduled) {
            if action.meeting != meeting && action.agreed_on < held_on && action.incomplete() {
                action.carried += 1;
            }
        }
    }

    /// Another referral of the pair: the twelve months begin again, flags and listings with them.
    pub fn renew(&mut self, case: usize, before: NaiveDate, today: NaiveDate) {
        let lapses_on = self.cases[case].lapses_on;
        self.prolong(case, before, lapses_on, today, false);
        let agencies: Vec<_> = self.flags.range((case, 0)..(case + 1, 0)).collect();
        let agencies: Vec<_> = agencies
            .into_iter()
            .filter(|(_, flag)| matches!(flag.status, "asked" | "placed" | "removal_due"))
            .filter(|(_, flag)| flag.expires_on < lapses_on)
            .map(|((_, agency), _)| *agency)
            .collect();
        for agency in agencies {
            let flag = self.flags.get_mut(&(case, agency)).unwrap();
            flag.status = "asked";
            flag.due_on = later(today, FLAG_DAYS);
            flag.expires_on = lapses_on;
            self.tell_agency(agency, "flag_due");
        }
    }

    fn prolong(
        &mut self,
        case: usize,
        before: NaiveDate,
        to: NaiveDate,
        today: NaiveDate,
        ended: bool,
    ) {
        let rows = self.listings.iter_mut().filter(|row| row.case == case);
        for row in rows.filter(|row| row.ends == Ends::With(before) && row.meeting.is_some()) {
            if to > before && (ended || today <= before) {
                row.ends = Ends::With(to);
            }
        }
    }

    /// A person let it lapse: listings end, and flags are to go.
    pub fn lapse(&mut self, case: usize, today: NaiveDate) {
        self.cases[case].status = "lapsed";
        let all = self.flags_where(case, |_| true);
        self.ask_removal(case, &all, today);
        let mut told = BTreeSet::new();
        for row in self.listings.iter_mut().filter(|row| row.case == case) {
            let live = match row.ends {
                Ends::Open => true,
                Ends::With(day) => today <= day,
                Ends::Over => false,
            };
            if live && row.meeting.is_some() {
                row.ends = Ends::Over;
                told.insert(row.agency);
            }
        }
        for agency in told {
            self.tell_agency(agency, "case_lapsed");
        }
    }

    /// A person keeps it until that day.
    pub fn keep(&mut self, case: usize, until: NaiveDate, today: NaiveDate) {
        let before = self.cases[case].lapses_on;
        self.cases[case].lapses_on = until;
        self.prolong(case, before, until, today, true);
        self.renew(case, before, today);
    }

    /// An accepted referral opens a case or runs it on.
    pub fn referred_again(&mut self, case: usize, referral: usize, today: NaiveDate) {
        let referral = &self.referrals[referral];
        let (referred_on, sent_on) = (referral.referred_on, referral.sent_on.unwrap());
        let (agency, children) = (referral.agency, referral.children);
        let (score, criteria) = (referral.score, referral.criteria.clone());
        let one = &mut self.cases[case];
        let before = one.lapses_on;
        // Each paper is assessed on its own day: the later one stands, of one day the higher.
        one.score = match referred_on.cmp(&one.last_referral_on) {
            Ordering::Greater => score,
            Ordering::Equal => score.max(one.score),
            Ordering::Less => one.score,
        };
        one.criteria.extend(criteria);
        one.repeat = referred_on >= one.last_referral_on
            && referred_on <= twelve_months(one.last_referral_on);
        one.status = "listed";
        one.received_on = sent_on;
        one.last_referral_on = one.last_referral_on.max(referred_on);
        one.lapses_on = before.max(twelve_months(referred_on));
        one.children |= children;
        one.agency = agency;
        one.left = None;
        one.pending = false;
        self.renew(case, before, today);
    }
}
