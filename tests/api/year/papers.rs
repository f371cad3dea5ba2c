//! Afterwards: minutes, what passes twelve months, what is closed, what is asked.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Year;
use super::area::{HOUSING, IDVA, VOLUNTEERS};
use super::book::{Ends, Listing};
use super::days::{later, working_days_after};
use super::wire::{pages, step, uuid, uuids};
use crate::support::{etag, id};

impl Year {
    /// Minutes are drafted the day after, approved, and issued on the third; of three meetings late, of
    /// the last one not at all. Some are corrected, one of them twice (R24, R25).
    pub async fn minute(&mut self) {
        let today = self.today();
        for at in 0..self.book.meetings.len() {
            let meeting = &self.book.meetings[at];
            if !matches!(meeting.status, "held" | "minuted") || at == super::lists::MEETINGS - 1 {
                continue;
            }
            let after = |days| working_days_after(meeting.day, days) == today;
            let late = at % 11 == 7;
            let path = format!("/meetings/{}/minutes", meeting.id);
            if after(1) {
                let coordinator = self.app.as_(&self.area.world.coordinator).if_match("\"0\"");
                let body = json!({ "any_other_business": "Two new representatives." });
                coordinator
                    .post(&format!("{path}/draft"), body)
                    .await
                    .expect(200);
                let speaker = self.app.as_(&self.area.agencies[HOUSING].speaker);
                assert_eq!(
                    speaker.get(&path).await.status,
                    404,
                    "a draft is not for readers"
                );
            } else if after(2) {
                self.minutes_step(&path, true, "approve").await;
            } else if after(if late { 6 } else { 3 }) {
                self.minutes_step(&path, false, "issue").await;
                let meeting = &mut self.book.meetings[at];
                (meeting.issued_on, meeting.status) = (Some(today), "minuted");
                self.tell_issued(at);
            } else if (after(8) && at % 8 == 3) || (after(10) && at == 11) {
                self.correct(at, &path).await;
            }
        }
    }

    async fn minutes_step(&self, path: &str, chair: bool, verb: &str) {
        let w = &self.area.world;
        let who = if chair { &w.chair } else { &w.coordinator };
        let caller = self.app.as_(who);
        let now = caller.get(path).await.expect(200);
        let caller = caller.if_match(&etag(&now["version"]));
        caller
            .post(&format!("{path}/{verb}"), Value::Null)
            .await
            .expect(200);
    }

    fn tell_issued(&mut self, at: usize) {
        let meeting = &self.book.meetings[at];
        if meeting.present.contains(&HOUSING) || meeting.apologies.contains(&HOUSING) {
            self.book.tell_agency(HOUSING, "minutes_issued");
        }
    }

    /// A note is added to what was issued: another version, through the same hands.
    async fn correct(&mut self, at: usize, path: &str) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let now = coordinator.get(path).await.expect(200);
        let body = json!({ "changes": [{ "what": "Who was there.", "why": "A name was left out.",
            "edits": [{ "at": "/notes/-", "text": "The surgery was there too." }] }] });
        let caller = coordinator.if_match(&etag(&now["version"]));
        caller
            .post(&format!("{path}/correct"), body)
            .await
            .expect(200);
        self.minutes_step(path, true, "approve").await;
        self.minutes_step(path, false, "issue").await;
        self.book.meetings[at].corrections += 1;
        self.tell_issued(at);
    }

    /// Cases past twelve months: each is decided by a person (R14, R15, R30).
    pub async fn let_lapse(&mut self) {
        let today = self.today();
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = format!("/lapses?marac_id={}", self.area.world.wcc);
        let rows = pages(&coordinator, &path, 3).await;
        let passed = self.book.cases.iter().filter(|case| {
            matches!(case.status, "listed" | "heard") && case.passed.contains(&case.lapses_on)
        });
        let passed: std::collections::BTreeSet<_> = passed.map(|case| case.id).collect();
        let seen = rows.iter().map(|row| uuid(row, "case_id"));
        assert_eq!(
            seen.collect::<std::collections::BTreeSet<_>>(),
            passed,
            "on {today}"
        );
        for row in rows {
            let case = self.book.case_of(uuid(&row, "case_id"));
            let one = &self.book.cases[case];
            let actions = self.book.actions.iter();
            let incomplete = actions
                .filter(|action| action.case == case && action.incomplete())
                .count();
            assert_eq!(row["incomplete_actions"], json!(incomplete));
            if one.pending || one.on.is_some() {
                continue;
            }
            let thing = format!("/cases/{}", one.id);
            let tag = row["case_etag"].as_str().unwrap().to_owned();
            if case % 5 == 3 && one.passed.len() == 1 {
                let until = later(today, 60);
                let body = json!({ "reason": "He has written to her.", "until": until });
                let caller = self.app.as_(&self.area.world.coordinator).if_match(&tag);
                caller
                    .post(&format!("{thing}/keep"), body)
                    .await
                    .expect(200);
                self.book.keep(case, until, today);
                continue;
            }
            let coordinator = self.app.as_(&self.area.world.coordinator).if_match(&tag);
            let said = coordinator.post(&format!("{thing}/lapse"), json!({})).await;
            if incomplete > 0 {
                assert_eq!(
                    (said.status, &said.body["reason"]),
                    (409, &json!("open_actions"))
                );
                self.book.refused("open_actions");
                let chair = self.app.as_(&self.area.world.chair).if_match(&tag);
                let body = json!({ "open_actions_reason": "The agency goes on by itself." });
                chair
                    .post(&format!("{thing}/lapse"), body)
                    .await
                    .expect(200);
                self.book.cases[case].over_actions = true;
            } else {
                said.expect(200);
            }
            self.book.lapse(case, today);
        }
    }

    /// Once a month two cases are closed: one where all is done, one over what is not, by the chair's
    /// word (R30).
    pub async fn close_cases(&mut self) {
        for open in [false, true] {
            let cases = self.book.cases.iter().enumerate();
            let mut heard = cases
                .filter(|(_, case)| case.status == "heard" && !case.pending && case.on.is_none());
            let found = heard.find(|(at, _)| self.book.incomplete(*at) == open);
            let Some((case, _)) = found else { continue };
            let thing = format!("/cases/{}", self.book.cases[case].id);
            let coordinator = self.app.as_(&self.area.world.coordinator);
            let chair = self.app.as_(&self.area.world.chair);
            let body = json!({ "reason": "risk_reduced" });
            if open {
                let now = coordinator.get(&thing).await.expect(200);
                let caller = coordinator.if_match(&etag(&now));
                let refused = caller.post(&format!("{thing}/close"), body).await;
                assert_eq!(
                    (refused.status, &refused.body["reason"]),
                    (409, &json!("open_actions"))
                );
                self.book.refused("open_actions");
                let body = json!({ "reason": "support_in_place", "open_actions_reason": "It goes on without us." });
                step(&chair, &thing, "close", body).await;
                self.book.cases[case].over_actions = true;
            } else {
                step(&coordinator, &thing, "close", body).await;
            }
            self.book.cases[case].status = "closed";
        }
    }

    /// After a list went out, housing asks what it cannot read; the IDVA answers from the account (told
    /// once), and a second question is sent to what is there already.
    pub async fn ask(&mut self, at: usize) {
        let items = self.book.live(at).into_iter();
        let allocated = |case: usize| self.book.cases[case].idva.is_some();
        let fresh = |case: usize| {
            let before = self
                .book
                .listings
                .iter()
                .filter(|row| row.case == case && row.agency == HOUSING);
            before.count() == 1 && self.book.cases[case].read_instead == 0
        };
        let mut wanted = items.filter(|item| {
            item.agencies.contains(&HOUSING) && allocated(item.case) && fresh(item.case)
        });
        let Some(case) = wanted.next().map(|item| item.case) else {
            return;
        };
        let path = format!("/cases/{}/questions", self.book.cases[case].id);
        let housing = self.app.as_(&self.area.agencies[HOUSING].speaker);
        let body =
            json!({ "heading": "what_happened", "text": "Was the door broken, and is it mended?" });
        let asked = housing.post(&path, body.clone()).await.expect(201);
        let idva = self.app.as_(&self.area.agencies[IDVA].speaker);
        let account = idva
            .get(&format!("/cases/{}/account", self.book.cases[case].id))
            .await;
        let account = account.expect(200);
        let headings = account["items"].as_array().unwrap().iter();
        let heading = headings
            .clone()
            .find(|row| row["heading"] == "what_happened")
            .unwrap();
        let told = heading["entries"].as_array().unwrap();
        let told = json!([told.last().unwrap()["id"]]);
        let answer = json!({ "entries": told, "open": told });
        let caller = idva.clone().if_match(&etag(&asked));
        let answered = caller
            .post(&format!("{path}/{}/answer", id(&asked)), answer)
            .await
            .expect(200);
        assert_eq!(answered["status"], "answered_from_account");
        self.book.tell_agency(HOUSING, "question_answered");
        let again = housing.post(&path, body.clone()).await;
        assert_eq!(
            (again.status, again.body["reason"].as_str().unwrap()),
            (409, "already_told"),
            "{:#}",
            again.body
        );
        assert_eq!(uuids(&again.body["ids"]), uuids(&told));
        self.book.refused("already_told");
        self.book.cases[case].read_instead += 1;
        if at % 2 == 1 {
            // They were shown what there is, and did not ask.
            self.book.cases[case].read_instead += 1;
        } else {
            // What they read does not say it: it is asked at the next contact, and told anew.
            let mut body = body;
            body["read"] = told;
            let asked = housing.post(&path, body).await.expect(201);
            let take = json!({ "questions": [{ "id": id(&asked), "etag": etag(&asked) }] });
            let taken = idva.post(&format!("{path}/take"), take).await.expect(200);
            let taken = &taken["items"][0];
            let anew = json!({ "open": true, "told": { "how_told": "phone", "sharing": "marac",
                "told_on": self.today(), "text": "It is mended; she has the keys." } });
            let caller = idva.if_match(&etag(taken));
            caller
                .post(&format!("{path}/{}/answer-anew", id(&asked)), anew)
                .await
                .expect(200);
            self.book.tell_agency(HOUSING, "question_answered");
            self.book.cases[case].asked += 1;
        }
    }

    /// A case is shared with somebody it is not listed to.
    pub async fn share(&mut self) {
        let shared = |case: usize| {
            let mut rows = self.book.listings.iter();
            rows.any(|row| row.case == case && row.agency == VOLUNTEERS)
        };
        let cases = self.book.cases.iter().enumerate();
        let mut heard = cases.filter(|(at, case)| case.status == "heard" && !shared(*at));
        let Some((case, _)) = heard.next() else {
            return;
        };
        let path = format!("/cases/{}/shares", self.book.cases[case].id);
        let body =
            json!({ "agency_id": self.area.agencies[VOLUNTEERS].id, "reason": "They house her." });
        let coordinator = self.app.as_(&self.area.world.coordinator);
        coordinator.post(&path, body).await.expect(201);
        self.book.listings.push(Listing {
            case,
            agency: VOLUNTEERS,
            meeting: None,
            ends: Ends::Open,
        });
    }

    /// The IDVA tells survivors what was agreed.
    pub async fn tell_survivors(&mut self, at: usize) {
        let heard = self.book.meetings[at].items.iter();
        let heard: Vec<_> = heard
            .filter(|item| item.status == "heard")
            .map(|item| item.case)
            .collect();
        for case in heard.into_iter().step_by(6) {
            if self.book.cases[case].idva.is_none() {
                continue;
            }
            let path = format!("/cases/{}/idva-contacts", self.book.cases[case].id);
            let body = json!({ "purpose": "feedback", "channel": "in_person", "result": "reached",
                "tried_at": self.app.now(), "told": "What was agreed." });
            let idva = self.app.as_(&self.area.agencies[IDVA].speaker);
            idva.post(&path, body).await.expect(201);
            let allocation = self.book.cases[case].idva.as_mut().unwrap();
            allocation.feedback += 1;
        }
    }

    /// The days on which a scheduled meeting has this many working days behind it.
    pub fn met_before(&self, today: NaiveDate, days: u32) -> Option<usize> {
        let met = |at: &usize| working_days_after(self.book.meetings[*at].day, days) == today;
        (0..super::lists::MEETINGS).find(met)
    }
}
