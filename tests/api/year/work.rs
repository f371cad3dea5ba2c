//! Between meetings: agencies report and flag, the chair rules on what was not done.

use serde_json::{Value, json};

use super::Year;
use super::area::{AGENCIES, HOUSING, MENTAL};
use super::book::{Ear, Fate};
use super::days::later;
use super::wire::{ids, pages, together, uuid};
use crate::support::{Answer, etag, id};

impl Year {
    /// Owners say how their actions stand, at housing through its own system.
    pub async fn report(&mut self) {
        let today = self.today();
        let due = self.book.actions.iter().enumerate();
        let due = due.filter(|(_, one)| one.outstanding() && one.act_on == today);
        let due = due.filter(|(_, one)| one.fate != Fate::Never);
        let due: Vec<usize> = due.map(|(at, _)| at).collect();
        let year = &*self;
        let work = due.iter().map(|at| year.report_one(*at));
        let answers = together(work.collect()).await;
        for (at, answer) in due.into_iter().zip(answers) {
            let body = answer.expect(200);
            let one = &mut self.book.actions[at];
            one.etag = etag(&body);
            one.status = match (one.fate, one.status) {
                (Fate::Begun, "open") => "in_progress",
                (Fate::Done | Fate::Begun, _) => "completed",
                (Fate::NotPossible, _) => "not_possible_circumstances_changed",
                _ => "not_done",
            };
            assert_eq!(body["status"], json!(one.status));
            if one.status == "in_progress" {
                one.act_on = super::days::working_day_from(later(today, 12));
            }
            self.book.tell(Ear::Coordinator, "action_reported");
        }
    }

    async fn report_one(&self, at: usize) -> Answer {
        let one = &self.book.actions[at];
        let status = match (one.fate, one.status) {
            (Fate::Begun, "open") => "in_progress",
            (Fate::Done | Fate::Begun, _) => "completed",
            (Fate::NotPossible, _) => "not_possible_circumstances_changed",
            _ => "not_done",
        };
        let mut body = json!({ "status": status });
        if matches!(one.fate, Fate::NotPossible | Fate::NotDone) {
            body["reason"] = json!("She has moved to her sister's, and nobody told us.");
        }
        let speaker = &self.area.agencies[one.owner].speaker;
        let caller = match one.owner == HOUSING && at.is_multiple_of(2) {
            true => self.app.as_client(&self.area.world.client, Some("h-17")),
            false => self.app.as_(speaker),
        };
        let path = format!("/actions/{}/report", one.id);
        caller.if_match(&one.etag).post(&path, body).await
    }

    /// Once a month the chair rules on what was reported as not done: accepts it, sets it anew, lets
    /// another take its place, or drops it; half of it waits, and all that the leaver will hand on.
    pub async fn rule(&mut self) {
        let today = self.today();
        let waits = self.book.actions.iter().enumerate();
        let waits: Vec<_> = waits
            .filter(|(_, one)| one.unresolved())
            .map(|(at, _)| at)
            .collect();
        let chair = self.app.as_(&self.area.world.chair);
        let path = format!(
            "/actions?status=unresolved&marac_id={}",
            self.area.world.wcc
        );
        let listed = pages(&chair, &path, 9).await;
        assert_eq!(
            ids(&listed),
            waits.iter().map(|at| self.book.actions[*at].id).collect()
        );
        let leaves_on = self.inherits_on;
        let handed_on =
            |one: &super::book::Action| one.named && one.owner == MENTAL && today < leaves_on;
        let ruled: Vec<_> = waits
            .into_iter()
            .filter(|at| !handed_on(&self.book.actions[*at]))
            .collect();
        for (number, at) in ruled
            .into_iter()
            .enumerate()
            .filter(|(number, _)| number.is_multiple_of(2))
        {
            let one = &self.book.actions[at];
            let thing = format!("/actions/{}", one.id);
            let mut body = json!({ "reason": "We heard why." });
            let decision = match number / 2 % 4 {
                0 => "accept",
                1 => "reset",
                2 => "supersede",
                _ => "cancel",
            };
            body["decision"] = json!(decision);
            if decision == "reset" {
                body["due_on"] = json!(later(today, 21));
            }
            let caller = self.app.as_(&self.area.world.chair).if_match(&one.etag);
            let said = caller
                .post(&format!("{thing}/resolve"), body)
                .await
                .expect(200);
            let one = &mut self.book.actions[at];
            one.etag = etag(&said);
            match decision {
                "reset" => {
                    (one.status, one.resolved) = ("open", false);
                    self.rescheduled(at, later(today, 21));
                    let one = &mut self.book.actions[at];
                    (one.fate, one.act_on) =
                        (Fate::Done, super::days::working_day_from(later(today, 15)));
                }
                "accept" => one.resolved = true,
                "supersede" => (one.status, one.resolved) = ("superseded", true),
                _ => (one.status, one.resolved) = ("cancelled", true),
            }
        }
    }

    /// Another due date: what was climbed is climbed anew.
    fn rescheduled(&mut self, at: usize, due_on: chrono::NaiveDate) {
        let one = &mut self.book.actions[at];
        if one.due_on != due_on {
            (one.due_on, one.step, one.stepped_on) = (due_on, 0, None);
        }
    }

    /// The coordinator asks what stands before the steering group: some gets a new date, some another
    /// owner; one report of each month is taken back.
    pub async fn chase(&mut self) {
        let today = self.today();
        let stuck = self.book.actions.iter().enumerate();
        let stuck = stuck.filter(|(_, one)| one.outstanding() && one.step == 5);
        let stuck: Vec<_> = stuck.map(|(at, _)| at).collect();
        for (number, at) in stuck
            .into_iter()
            .enumerate()
            .filter(|(number, _)| number % 3 != 2)
        {
            let one = &self.book.actions[at];
            let police = &self.area.agencies[super::area::POLICE];
            let on_list = self.book.meetings[one.meeting].items.iter();
            let on_list = on_list
                .clone()
                .any(|item| item.case == one.case && item.agencies.contains(&super::area::POLICE));
            let body = match number % 3 {
                1 if on_list => {
                    json!({ "reason": "The police take it.", "owner_agency_id": police.id })
                }
                _ => json!({ "reason": "They begin next week.", "due_on": later(today, 14) }),
            };
            let caller = self
                .app
                .as_(&self.area.world.coordinator)
                .if_match(&one.etag);
            let path = format!("/actions/{}/change", one.id);
            let said = caller.post(&path, body.clone()).await.expect(200);
            let one = &mut self.book.actions[at];
            one.etag = etag(&said);
            if body["due_on"].is_null() {
                (one.owner, one.named) = (super::area::POLICE, false);
                self.book
                    .tell_agency(super::area::POLICE, "action_assigned");
            } else {
                self.rescheduled(at, later(today, 14));
            }
        }
        let done = self
            .book
            .actions
            .iter()
            .rposition(|one| one.status == "completed");
        if let Some(at) = done {
            let one = &self.book.actions[at];
            let caller = self
                .app
                .as_(&self.area.world.coordinator)
                .if_match(&one.etag);
            let body = json!({ "reason": "The lock was fitted at the wrong flat." });
            let path = format!("/actions/{}/reopen", one.id);
            let said = caller.post(&path, body).await.expect(200);
            let one = &mut self.book.actions[at];
            (one.etag, one.status) = (etag(&said), "open");
            (one.fate, one.act_on) = (Fate::Done, super::days::working_day_from(later(today, 9)));
        }
    }

    /// Each agency looks at its list: what it owes, and the flags it is asked about.
    pub async fn agencies_look(&mut self) {
        for agency in 0..AGENCIES {
            self.assert_owed(agency).await;
            self.answer_flags(agency).await;
        }
    }

    /// The agency's work list is what it owes by the book.
    pub async fn assert_owed(&self, agency: usize) {
        let caller = self.app.as_(&self.area.agencies[agency].speaker);
        let path = format!("/actions?marac_id={}", self.area.world.wcc);
        let rows = pages(&caller, &path, 12).await;
        let owed = self
            .book
            .actions
            .iter()
            .filter(|one| one.owner == agency && one.outstanding());
        let owed = owed.filter(|one| !self.book.excluded.contains(&(one.case, agency)));
        let owed: Vec<_> = owed.collect();
        assert_eq!(
            ids(&rows),
            owed.iter().map(|one| one.id).collect(),
            "agency {agency}"
        );
        let today = self.today();
        let late = owed.iter().filter(|one| one.due_on < today).count();
        let overdue = rows.iter().filter(|row| row["overdue"] == json!(true));
        assert_eq!(overdue.count(), late, "agency {agency}");
        assert!(rows.iter().map(|row| row["due_on"].as_str()).is_sorted());
    }

    /// An agency answers about some of its flags: placed, nothing to flag, removed.
    async fn answer_flags(&mut self, agency: usize) {
        let today = self.today();
        let caller = self.app.as_(&self.area.agencies[agency].speaker);
        let path = format!("/flags?marac_id={}", self.area.world.wcc);
        let rows = pages(&caller, &path, 11).await;
        let due = self.book.flags.iter().filter(|((case, of), flag)| {
            let excluded = self.book.excluded.contains(&(*case, agency));
            *of == agency && matches!(flag.status, "asked" | "removal_due") && !excluded
        });
        let due: std::collections::BTreeSet<_> = due.map(|((case, _), _)| *case).collect();
        let asked = rows
            .iter()
            .map(|row| self.book.case_of(uuid(row, "case_id")));
        assert_eq!(
            asked.collect::<std::collections::BTreeSet<_>>(),
            due,
            "agency {agency}"
        );
        let mut work = Vec::new();
        for row in &rows {
            let case = self.book.case_of(uuid(row, "case_id"));
            let flag = &self.book.flags[&(case, agency)];
            assert_eq!(row["expires_on"], json!(flag.expires_on));
            assert_eq!(row["overdue"], json!(flag.due_on < today));
            let verb = match (flag.status, self.dice.roll(20)) {
                ("removal_due", 0..=11) => ("remove", "removed"),
                ("asked", 0..=4) => ("place", "placed"),
                ("asked", 5) => ("decline", "not_placed"),
                _ => continue,
            };
            work.push((case, verb, id(row), etag(row)));
        }
        let caller = &caller;
        let said = work.iter().map(|(_, (verb, _), id, tag)| async move {
            let body = match *verb {
                "place" => json!({ "system": "Records", "reference": "R-1" }),
                "decline" => json!({ "reason": "Nobody of them is on our books." }),
                _ => json!({}),
            };
            let path = format!("/flags/{id}/{verb}");
            caller
                .clone()
                .if_match(tag)
                .post(&path, body)
                .await
                .expect(200)
        });
        let said: Vec<Value> = together(said.collect()).await;
        for ((case, (_, status), ..), answer) in work.into_iter().zip(said) {
            assert_eq!(answer["status"], json!(status));
            let flag = self.book.flags.get_mut(&(case, agency)).unwrap();
            flag.status = status;
            flag.confirmed_until = (status == "placed").then_some(flag.expires_on);
        }
    }

    /// The mental health trust's representative leaves, and hands over in one call.
    pub async fn leave(&mut self) {
        let today = self.today();
        let leaver = self.area.agencies[MENTAL].speaker.clone();
        let successor = self.area.successor.clone();
        let lead = self.app.as_(&self.area.agencies[MENTAL].lead);
        let held = self.book.actions.iter();
        let held = held
            .filter(|one| one.named && one.owner == MENTAL && one.incomplete())
            .count();
        let unresolved = self
            .book
            .actions
            .iter()
            .filter(|one| one.named && one.owner == MENTAL && one.unresolved());
        assert!(unresolved.count() > 0, "something waits for the chair");
        let path = format!("/users/{}/duties?to_user_id={}", leaver.id, successor.id);
        let duties = lead.get(&path).await.expect(200);
        let counts = json!({ "actions": held, "allocations": 0, "cases": 0, "drafts": 1, "leads": 0,
            "referrals": 0, "seats": 0 });
        assert_eq!(duties["moves"], counts, "on {today}");
        let caller = lead.if_match(&etag(&duties));
        let body = json!({ "to_user_id": successor.id });
        let path = format!("/users/{}/leave", leaver.id);
        let left = caller.post(&path, body).await.expect(200);
        assert_eq!(left["moved"], counts);
        for one in self
            .book
            .actions
            .iter_mut()
            .filter(|one| one.named && one.owner == MENTAL && one.incomplete())
        {
            // Each changed hands.
            let version: i64 = one.etag.trim_matches('"').parse().unwrap();
            one.etag = format!("\"{}\"", version + 1);
        }
        self.book.tell(Ear::Coordinator, "account_changed");
        assert_eq!(self.app.as_(&leaver).get("/me").await.status, 401);
        self.area.agencies[MENTAL].speaker = successor;
    }
}
