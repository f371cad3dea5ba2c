//! What a meeting agreed, entered in the book.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Year;
use super::area::{HOUSING, MENTAL, POLICE};
use super::book::{Action, Fate};
use super::days::{later, working_day_from};
use super::session::{Turn, Wanted};
use super::wire::uuid;
use crate::support::id;

impl Year {
    pub fn enter_turn(
        &mut self,
        at: usize,
        turn: Turn,
        (agreed, standard): (Vec<Value>, Vec<Value>),
    ) {
        let today = self.today();
        let case = turn.item.case;
        if turn.deferred {
            self.book.defer(at, case, later(today, 1));
            return;
        }
        self.book.hear(at, case, today);
        for (wanted, answer) in turn.actions.iter().zip(&agreed) {
            let due_on = later(today, wanted.due_in);
            self.enter_action(at, case, wanted, answer, due_on);
        }
        // The police are on every list, and housing; nobody else whom these are for unless they referred.
        let expected: BTreeSet<_> = [(POLICE, 2), (HOUSING, 14), (9, 14)].into_iter().collect();
        let listed = |agency: &usize| turn.item.agencies.contains(agency);
        let expected: BTreeSet<_> = expected
            .into_iter()
            .filter(|(agency, _)| turn.standard && listed(agency))
            .collect();
        let made = standard.iter().map(|row| {
            let owner = self.area.index(uuid(row, "owner_agency_id"));
            let due: chrono::NaiveDate = row["due_on"].as_str().unwrap().parse().unwrap();
            (owner, (due - today).num_days())
        });
        let made: Vec<_> = made.collect();
        let kept = standard.iter().map(|row| row["made"] == json!(true));
        let kept: Vec<_> = kept.collect();
        assert_eq!(
            made.iter()
                .map(|(owner, _)| *owner)
                .collect::<BTreeSet<_>>(),
            expected.iter().map(|(owner, _)| *owner).collect()
        );
        for (((owner, due_in), answer), new) in made.into_iter().zip(&standard).zip(kept) {
            // An outstanding one of the same kind stands instead of a second.
            let known = self.book.actions.iter().any(|one| one.id == id(answer));
            assert_eq!(new, !known);
            if !new {
                continue;
            }
            assert!(
                expected.contains(&(owner, due_in)),
                "{owner} in {due_in} days"
            );
            let due_in = u64::try_from(due_in).unwrap();
            let wanted = Wanted {
                owner,
                due_in,
                fate: Fate::Done,
                late: 0,
            };
            self.enter_action(at, case, &wanted, answer, later(today, due_in));
        }
    }

    fn enter_action(
        &mut self,
        at: usize,
        case: usize,
        wanted: &Wanted,
        answer: &Value,
        due_on: chrono::NaiveDate,
    ) {
        let act_on = match wanted.late {
            0 => later(self.today(), 1 + wanted.due_in / 2),
            late => later(due_on, late),
        };
        self.book.actions.push(Action {
            id: id(answer),
            etag: answer["etag"].as_str().unwrap_or("\"1\"").to_owned(),
            case,
            owner: wanted.owner,
            named: wanted.owner == MENTAL,
            due_on,
            status: "open",
            resolved: false,
            agreed_on: self.today(),
            meeting: at,
            step: 0,
            stepped_on: None,
            reminded_on: None,
            reminders: 0,
            carried: 0,
            fate: wanted.fate,
            act_on: working_day_from(act_on),
        });
        self.book.tell_agency(wanted.owner, "action_assigned");
    }
}
