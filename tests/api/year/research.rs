//! What agencies are asked before a meeting, and what they return.

use std::collections::BTreeSet;

use serde_json::json;

use super::Year;
use super::area::{AGENCIES, POLICE};
use super::days::working_days_before;
use super::wire::{pages, together, uuid};
use crate::support::etag;

impl Year {
    /// Agencies return what they are asked, in one request for a list: on the day, late, or not at all;
    /// one is excused from one case.
    pub async fn research(&mut self) {
        let today = self.today();
        for at in 0..self.book.meetings.len() {
            let meeting = &self.book.meetings[at];
            if meeting.status != "circulated" || !meeting.scheduled {
                continue;
            }
            let before = |days| working_days_before(meeting.day, days) == today;
            let on_time = before(5);
            if !on_time && !before(3) {
                continue;
            }
            if before(3) {
                self.excuse(at).await;
            }
            let habit = |agency: usize| match (at * 7 + agency * 3) % 11 {
                0 | 5 => "late",
                8 => "missing",
                _ => "on time",
            };
            let meant = if on_time { "on time" } else { "late" };
            let agencies = (0..AGENCIES).filter(|agency| habit(*agency) == meant);
            let year = &*self;
            let work = agencies.map(|agency| year.answer(at, agency));
            let answers = together(work.collect()).await;
            for (case, agency, nothing) in answers.into_iter().flatten() {
                let one = self.book.meetings[at]
                    .returns
                    .get_mut(&(case, agency))
                    .unwrap();
                one.nothing = nothing;
                one.status = match (today > one.due_on, nothing) {
                    (true, _) => "late",
                    (false, true) => "nothing_known",
                    (false, false) => "returned",
                };
            }
        }
    }

    /// An agency's whole list for a meeting.
    async fn answer(&self, at: usize, agency: usize) -> Vec<(usize, usize, bool)> {
        let caller = self.app.as_(&self.area.agencies[agency].speaker);
        let meeting = &self.book.meetings[at];
        let path = format!(
            "/research?status=requested&marac_id={}",
            self.area.world.wcc
        );
        let rows = pages(&caller, &path, 7).await;
        let rows: Vec<_> = rows
            .iter()
            .filter(|row| uuid(row, "meeting_id") == meeting.id)
            .collect();
        let open = meeting.returns.iter().filter(|((case, of), one)| {
            let excluded = self.book.excluded.contains(&(*case, agency));
            *of == agency && one.status == "requested" && !one.withdrawn && !excluded
        });
        let open: BTreeSet<_> = open.map(|((case, _), _)| *case).collect();
        let asked = rows
            .iter()
            .map(|row| self.book.case_of(uuid(row, "case_id")));
        assert_eq!(
            asked.collect::<BTreeSet<_>>(),
            open,
            "agency {agency}, meeting {at}"
        );
        let nothing = |case: usize| (case + agency).is_multiple_of(4);
        let items = open.iter().map(|case| {
            let items = meeting.items.iter();
            let item = items.clone().find(|item| item.case == *case).unwrap().id;
            match nothing(*case) {
                true => json!({ "agenda_item_id": item, "nothing_known": true }),
                false => json!({ "agenda_item_id": item, "agency_private": { "text": "Our worker knows her sister." },
                    "shareable": { "facts": "Two calls in a month.", "relevant_necessary_proportionate": true } }),
            }
        });
        let items: Vec<_> = items.collect();
        if items.is_empty() {
            return Vec::new();
        }
        let number = items.len();
        let path = format!("/meetings/{}/research", meeting.id);
        let key = format!("research-{at}-{agency}");
        let caller = caller.with("idempotency-key", &key);
        let body = json!({ "items": items });
        let out = caller.post(&path, body.clone()).await.expect(200);
        assert_eq!(
            (&out["taken"], &out["refused"]),
            (&json!(number), &json!(0)),
            "{out:#}"
        );
        if agency == POLICE {
            let again = caller.post(&path, body).await.expect(200);
            assert_eq!(again["taken"], json!(number), "sent twice, taken once");
        }
        open.into_iter()
            .map(|case| (case, agency, nothing(case)))
            .collect()
    }

    /// The coordinator excuses an agency that never had to do with the case.
    async fn excuse(&mut self, at: usize) {
        let meeting = &self.book.meetings[at];
        let open = meeting.returns.iter();
        let open = open
            .clone()
            .find(|(_, one)| one.status == "requested" && !one.withdrawn);
        let Some((case, agency)) = open.map(|(key, _)| *key) else {
            return;
        };
        let items = meeting.items.iter();
        let item = items.clone().find(|item| item.case == case).unwrap().id;
        let path = format!(
            "/agenda-items/{item}/research/{}",
            self.area.agencies[agency].id
        );
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let now = coordinator.get(&path).await.expect(200);
        assert!(now["agency_private"].is_null(), "never leaves its agency");
        let body = json!({ "exempt": true, "reason": "They hold no records here." });
        let out = coordinator
            .if_match(&etag(&now))
            .patch(&path, body)
            .await
            .expect(200);
        assert_eq!(out["status"], "exempt");
        let one = self.book.meetings[at]
            .returns
            .get_mut(&(case, agency))
            .unwrap();
        one.status = "exempt";
    }

    /// The returns of a meeting, counted by the service and by the book.
    pub async fn assert_research(&self, at: usize) {
        let meeting = &self.book.meetings[at];
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let counted = coordinator
            .get(&format!("/meetings/{}/research", meeting.id))
            .await;
        let counted = counted.expect(200);
        let today = self.today();
        let count = |of: &dyn Fn(usize) -> bool| {
            let rows = meeting
                .returns
                .iter()
                .filter(|((_, agency), one)| of(*agency) && !one.withdrawn);
            let rows: Vec<_> = rows.map(|(_, one)| one).collect();
            let of = |status: &str| rows.iter().filter(|one| one.status == status).count();
            let late_nothing = rows
                .iter()
                .filter(|one| one.status == "late" && one.nothing);
            let overdue = rows
                .iter()
                .filter(|one| one.status == "requested" && one.due_on < today);
            json!({ "asked": rows.len(), "missing": of("requested"), "overdue": overdue.count(),
                "nothing_known": of("nothing_known"), "returned": of("returned"), "late": of("late"),
                "late_nothing_known": late_nothing.count(), "exempt": of("exempt") })
        };
        assert_eq!(counted["total"], count(&|_| true), "meeting {at}");
        for row in counted["agencies"].as_array().unwrap() {
            let of = self.area.index(uuid(row, "agency_id"));
            assert_eq!(
                row["counts"],
                count(&|agency| agency == of),
                "agency {of}, meeting {at}"
            );
        }
    }
}
