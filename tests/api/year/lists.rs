//! Lists of meetings: planned, built twice with decisions between, frozen, researched.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Year;
use super::area::{HOUSING, IDVA, MENTAL, POLICE};
use super::book::{Item, Meeting};
use super::days::{later, working_days_before};
use super::wire::{ids, pages, step, uuid, uuids};
use crate::support::{etag, id};

/// Fortnightly.
pub const MEETINGS: usize = 26;

impl Year {
    /// The year's meetings are planned on its first day.
    pub async fn plan(&mut self, first: NaiveDate) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        for at in 0..MEETINGS {
            let day = later(first, 14 * u64::try_from(at).unwrap());
            let starts_at = day.and_hms_opt(13, 30, 0).unwrap().and_utc();
            let body = json!({ "marac_id": self.area.world.wcc, "kind": "scheduled",
                "mode": "hybrid", "starts_at": starts_at });
            let made = coordinator.post("/meetings", body).await.expect(201);
            self.book.meetings.push(Meeting {
                id: id(&made),
                scheduled: true,
                day,
                status: "planned",
                items: Vec::new(),
                returns: BTreeMap::new(),
                present: BTreeSet::new(),
                apologies: BTreeSet::new(),
                issued_on: None,
                corrections: 0,
            });
        }
    }

    /// What the calendar asks of the coordinator today, list by list.
    pub async fn prepare(&mut self) {
        let today = self.today();
        for at in 0..MEETINGS {
            let day = self.book.meetings[at].day;
            let before = |days| working_days_before(day, days) == today;
            if before(8) {
                self.build(at, &[]).await;
                self.reorder(at).await;
                self.defer_one(at).await;
            } else if before(6) {
                let admitted = self.admitted(at);
                self.build(at, &admitted).await;
                self.take_off_one(at).await;
                self.assert_seen(at.is_multiple_of(4)).await;
                self.circulate(at).await;
                self.come_late(at).await;
                self.assert_seen(at.is_multiple_of(4)).await;
            }
        }
    }

    /// What came after the list closed and cannot wait: every other time, the first of it.
    fn admitted(&self, at: usize) -> Vec<usize> {
        let (_, left) = self.book.coming(at, &[]);
        let late = left.iter().filter(|(_, why)| *why == "past_cutoff");
        let late = late.map(|(case, _)| *case);
        late.take(usize::from(at.is_multiple_of(2))).collect()
    }

    async fn build(&mut self, at: usize, admitted: &[usize]) {
        let (coming, left) = self.book.coming(at, admitted);
        let by = match admitted.is_empty() {
            true => &self.area.world.coordinator,
            false => &self.area.world.chair,
        };
        let admit = admitted.iter().map(|case| {
            json!({ "case_id": self.book.cases[*case].id, "reason": "He is out of prison on Friday." })
        });
        let admit: Vec<_> = admit.collect();
        let thing = format!("/meetings/{}", self.book.meetings[at].id);
        if at == 0 && !admitted.is_empty() {
            let refused = self.app.as_(&self.area.world.coordinator);
            let now = refused.get(&thing).await.expect(200);
            let body = json!({ "admit_late": admit.clone() });
            let path = format!("{thing}/agenda/build");
            let caller = refused.if_match(&etag(&now));
            let refused = caller.post(&path, body).await;
            assert_eq!(refused.status, 403, "the chair's to say (R16)");
        }
        let caller = self.app.as_(by);
        let now = caller.get(&thing).await.expect(200);
        let caller = caller.if_match(&etag(&now));
        let body = json!({ "admit_late": admit });
        let built = caller
            .post(&format!("{thing}/agenda/build"), body)
            .await
            .expect(200);
        self.book.put_on(at, &coming);
        assert_eq!(built["placed"].as_array().unwrap().len(), coming.len());
        let told = built["left_out"].as_array().unwrap().iter().map(|row| {
            let reason = row["reason"].as_str().unwrap().to_owned();
            (self.book.case_of(uuid(row, "case_id")), reason)
        });
        let left: BTreeSet<_> = left
            .into_iter()
            .map(|(case, why)| (case, why.to_owned()))
            .collect();
        assert_eq!(told.collect::<BTreeSet<_>>(), left, "meeting {at}");
        self.assert_agenda(at, &built["agenda"]);
    }

    /// The agenda as it is answered is the agenda of the book; items get their ids by it.
    pub fn assert_agenda(&mut self, at: usize, agenda: &Value) {
        let shown: Vec<_> = agenda["items"].as_array().unwrap().iter().collect();
        let live: Vec<_> = shown
            .iter()
            .filter(|row| !row["number"].is_null())
            .collect();
        let cases: Vec<_> = live
            .iter()
            .map(|row| self.book.case_of(uuid(row, "case_id")))
            .collect();
        let expected: Vec<_> = self.book.live(at).iter().map(|item| item.case).collect();
        assert_eq!(cases, expected, "the order of meeting {at}");
        for (number, (row, case)) in live.iter().zip(&cases).enumerate() {
            let agencies: BTreeSet<Uuid> = uuids(&row["agencies"]);
            let listed = self.book.item(at, *case);
            listed.id = id(row);
            let listed = listed.clone();
            let listed_to: Vec<_> = listed.agencies.iter().copied().collect();
            let section = if listed.children {
                "children"
            } else {
                "adults"
            };
            assert_eq!(agencies, self.area.ids(&listed_to).into_iter().collect());
            let seen = json!([
                row["number"],
                row["kind"],
                row["section"],
                row["late"],
                row["status"],
                row["has_children"]
            ]);
            let told = json!([
                number + 1,
                listed.kind,
                section,
                listed.late,
                listed.status,
                listed.children
            ]);
            assert_eq!(seen, told, "case {case} at meeting {at}");
        }
        let warned = agenda["warnings"].as_array().unwrap().iter();
        let full = warned.clone().any(|row| row["code"] == "over_capacity");
        if matches!(
            self.book.meetings[at].status,
            "planned" | "circulated" | "in_session"
        ) {
            assert_eq!(full, live.len() > 25, "meeting {at}");
        }
    }

    /// The coordinator hears the last of the list before the one before it.
    async fn reorder(&mut self, at: usize) {
        let items = &mut self.book.meetings[at].items;
        let last = items.len().saturating_sub(1);
        if last < 2 || items[last].children != items[last - 1].children {
            return;
        }
        items.swap(last - 1, last);
        let wanted: Vec<_> = items.iter().map(|item| item.id).collect();
        let thing = format!("/meetings/{}", self.book.meetings[at].id);
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let now = coordinator.get(&thing).await.expect(200);
        let caller = coordinator.if_match(&etag(&now));
        let body = json!({ "items": wanted });
        let agenda = caller
            .put(&format!("{thing}/agenda/order"), body)
            .await
            .expect(200);
        self.assert_agenda(at, &agenda);
    }

    /// Every third list, a case waits: for the next list, for a day, or for the next meeting by name.
    async fn defer_one(&mut self, at: usize) {
        let live = self.book.live(at);
        if at % 3 != 1 || live.len() < 4 || at + 2 >= MEETINGS {
            return;
        }
        let item = live[live.len() - 3].clone();
        let day = self.book.meetings[at].day;
        let mut body = json!({ "reason": "She is in hospital." });
        let until = match at % 9 {
            1 => later(day, 1),
            4 => {
                body["until"] = json!(later(day, 20));
                later(day, 20)
            }
            _ => {
                body["to_meeting_id"] = json!(self.book.meetings[at + 1].id);
                self.book.meetings[at + 1].day
            }
        };
        let said = self.item_step(at, &item, "defer", body).await;
        assert_eq!(
            (&said["status"], &said["deferred_until"]),
            (&json!("deferred"), &json!(until))
        );
        self.book.defer(at, item.case, until);
        if at % 9 == 7 {
            let again = Item {
                id: Uuid::nil(),
                late: false,
                ..item
            };
            self.book.place(at + 1, again);
        }
    }

    /// A decision on an item, by the coordinator, at the version that stands on the agenda.
    pub async fn item_step(&self, at: usize, item: &Item, verb: &str, body: Value) -> Value {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = format!("/meetings/{}/agenda", self.book.meetings[at].id);
        let agenda = coordinator.get(&path).await.expect(200);
        let rows = agenda["items"].as_array().unwrap().iter();
        let row = rows.clone().find(|row| id(row) == item.id).unwrap();
        let caller = coordinator.if_match(&etag(row));
        let path = format!("/agenda-items/{}/{verb}", item.id);
        caller.post(&path, body).await.expect(200)
    }

    /// Every fifth list, somebody has moved away; the case is closed.
    async fn take_off_one(&mut self, at: usize) {
        let live = self.book.live(at);
        if at % 5 != 2 || live.len() < 3 {
            return;
        }
        let item = live[0].clone();
        let reason = json!({ "reason": "She has moved to another area." });
        self.item_step(at, &item, "withdraw", reason).await;
        self.book.withdraw(at, item.case);
        if at % 10 == 2 {
            let thing = format!("/cases/{}", self.book.cases[item.case].id);
            let coordinator = self.app.as_(&self.area.world.coordinator);
            if self.book.incomplete(item.case) {
                return;
            }
            let closed = step(
                &coordinator,
                &thing,
                "close",
                json!({ "reason": "moved_away" }),
            )
            .await;
            assert_eq!(closed["status"], "closed");
            self.book.cases[item.case].status = "closed";
        }
    }

    pub async fn circulate(&mut self, at: usize) {
        let thing = format!("/meetings/{}", self.book.meetings[at].id);
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let out = step(&coordinator, &thing, "circulate", Value::Null).await;
        assert_eq!(out["cases_opened"], json!(self.book.live(at).len()));
        let today = self.today();
        self.book.circulate(at, today);
    }

    /// Every sixth list, the chair puts a case on after it went out (R16).
    async fn come_late(&mut self, at: usize) {
        let (_, left) = self.book.coming(at, &[]);
        let waits = left.iter().find(|(_, why)| *why == "past_cutoff");
        let Some((case, _)) = waits.filter(|_| at % 6 == 3).copied() else {
            return;
        };
        let listed = [POLICE, HOUSING, IDVA];
        let one = &self.book.cases[case];
        let kind = if one.repeat { "repeat" } else { "new" };
        let body = json!({ "case_id": one.id, "kind": kind, "agencies": self.area.ids(&listed),
            "late_reason": "He was seen outside her door last night." });
        let path = format!("/meetings/{}/agenda", self.book.meetings[at].id);
        let early = self.app.as_(&self.area.world.coordinator);
        assert_eq!(early.post(&path, body.clone()).await.status, 403);
        let made = self
            .app
            .as_(&self.area.world.chair)
            .post(&path, body)
            .await
            .expect(201);
        let item = Item {
            id: id(&made),
            case,
            kind,
            children: one.children,
            late: true,
            status: "listed",
            agencies: listed.into_iter().collect(),
        };
        let today = self.today();
        self.book.place(at, item.clone());
        self.book.open(at, &item, today);
    }

    /// Agencies' speakers see exactly the cases that are open to them.
    pub async fn assert_seen(&self, wanted: bool) {
        for agency in [HOUSING, MENTAL, super::area::HEALTH] {
            if wanted {
                self.assert_seen_by(agency).await;
            }
        }
    }

    pub async fn assert_seen_by(&self, agency: usize) {
        let caller = self.app.as_(&self.area.agencies[agency].speaker);
        let path = format!("/cases?marac_id={}", self.area.world.wcc);
        let rows = pages(&caller, &path, 20).await;
        let expected = self.book.shown_to(agency, self.today());
        assert_eq!(ids(&rows), expected, "agency {agency} on {}", self.today());
        let count = caller
            .get(&format!("{path}&count=true&limit=1"))
            .await
            .expect(200);
        assert_eq!(count["total"], json!(expected.len()));
    }
}
