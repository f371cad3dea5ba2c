//! What the program does by itself by the rules, in the book alone.

use chrono::{DateTime, NaiveDate, Utc};

use super::area::HOUSING;
use super::book::{Book, Ear};
use super::days::later;

/// Days past its due date at which an action goes to its owner, the agency's lead, the coordinator, the
/// chair, the steering group (R29), as this MARAC has it.
const LADDER: [i64; 5] = [1, 7, 14, 21, 35];
/// Days between two reminders.
const RHYTHM: u64 = 7;

impl Book {
    /// What the program does by itself in the morning.
    pub fn morning(&mut self, now: DateTime<Utc>) {
        let today = now.date_naive();
        self.chase(today);
        self.pass(today);
        for case in 0..self.cases.len() {
            let Some(idva) = self.cases[case].idva.as_mut() else {
                continue;
            };
            if !idva.contacted && !idva.told_late && idva.due_at <= now {
                idva.told_late = true;
                self.tell(Ear::Coordinator, "idva_contact_due");
            }
        }
        self.remind(today);
    }

    /// R29: a step a day at most, and the owner reminded in a rhythm once told.
    fn chase(&mut self, today: NaiveDate) {
        let mut told = Vec::new();
        for action in &mut self.actions {
            let late = (today - action.due_on).num_days();
            if !action.outstanding() || late < LADDER[0] {
                continue;
            }
            let fresh = action.stepped_on.is_none_or(|on| on < today);
            let climbs = fresh && action.step < LADDER.len() && late >= LADDER[action.step];
            if climbs {
                action.step += 1;
                action.stepped_on = Some(today);
            }
            let again = action
                .reminded_on
                .is_some_and(|on| later(on, RHYTHM) <= today);
            if (climbs && action.step == 1) || again {
                action.reminded_on = Some(today);
                action.reminders += 1;
                told.extend(
                    (action.owner == HOUSING).then_some((Ear::HousingSpeaker, "action_overdue")),
                );
            }
            let ears: &[Ear] = match (climbs, action.step) {
                (true, 2) if action.owner == HOUSING => &[Ear::HousingLead],
                (true, 3) => &[Ear::Coordinator],
                (true, 4) => &[Ear::Chair],
                (true, 5) => &[Ear::Coordinator, Ear::Chair],
                _ => &[],
            };
            told.extend(ears.iter().map(|ear| (*ear, "action_escalated")));
        }
        for (ear, kind) in told {
            self.tell(ear, kind);
        }
    }

    /// R14, R15: who decides is told of what has passed; the flags of what was closed are to go.
    fn pass(&mut self, today: NaiveDate) {
        for case in 0..self.cases.len() {
            let one = &mut self.cases[case];
            let (status, last) = (one.status, one.lapses_on);
            if matches!(status, "listed" | "heard") && last < today && one.passed.insert(last) {
                self.tell(Ear::Coordinator, "case_lapsing");
                self.tell(Ear::Chair, "case_lapsing");
            }
            if matches!(status, "closed" | "lapsed") {
                let over: Vec<_> = self.flags_where(case, |flag| flag.expires_on < today);
                self.ask_removal(case, &over, today);
            }
        }
    }

    /// Agencies are reminded of returns due today or tomorrow, and told of late ones of the week: once
    /// for each day they are due by.
    fn remind(&mut self, today: NaiveDate) {
        let mut told = Vec::new();
        for (at, meeting) in self.meetings.iter().enumerate() {
            if meeting.status != "circulated" {
                continue;
            }
            for ((case, agency), one) in &meeting.returns {
                let near = later(one.due_on, 7) >= today && one.due_on <= later(today, 1);
                let open = one.status == "requested" && !one.withdrawn;
                if near && open {
                    let kind = match one.due_on < today {
                        true => "research_late",
                        false => "research_due",
                    };
                    // An agency is asked about a case once for a meeting.
                    told.push((at * 10_000 + case, *agency, kind, one.due_on));
                }
            }
        }
        for one in told {
            if self.told_once.insert(one) {
                self.tell_agency(one.1, one.2);
            }
        }
    }
}
