//! The IDVA service's part: who has a case, and when the survivor was tried and told.

use chrono::TimeDelta;
use serde_json::json;

use super::Year;
use super::area::IDVA;
use super::book::Allocation;
use super::days::{later, working_day_from};
use crate::support::{etag, id};

impl Year {
    /// The case goes to the IDVA service, every other time to somebody by name.
    pub async fn allocate(&mut self, case: usize) {
        let service = &self.area.agencies[IDVA];
        let mut body = json!({ "agency_id": service.id });
        if case.is_multiple_of(2) {
            body["user_id"] = json!(service.worker.id);
        }
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = format!("/cases/{}/idva", self.book.cases[case].id);
        let made = coordinator.post(&path, body).await.expect(201);
        self.book.cases[case].idva = Some(Allocation {
            id: id(&made),
            due_at: self.app.now() + TimeDelta::hours(48),
            contacted: false,
            told_late: false,
            try_on: None,
            contacts: 0,
            feedback: 0,
            engagement: "not_yet",
        });
        self.try_on(case);
    }

    /// A survivor who is referred again is to be tried again.
    pub fn tried_again(&mut self, case: usize) {
        let due_at = self.app.now() + TimeDelta::hours(48);
        if let Some(idva) = self.book.cases[case].idva.as_mut() {
            (idva.due_at, idva.contacted, idva.told_late) = (due_at, false, false);
            self.try_on(case);
        }
    }

    /// Most are tried on the next working day, some too late.
    fn try_on(&mut self, case: usize) {
        let slow = self.dice.roll(5) == 0;
        let day = working_day_from(later(self.today(), if slow { 5 } else { 1 }));
        let idva = self.book.cases[case].idva.as_mut();
        idva.unwrap().try_on = Some(day);
    }

    /// IDVAs try survivors, in person or by a number that is safe, never by one that is not (R8).
    pub async fn reach(&mut self) {
        let today = self.today();
        for case in 0..self.book.cases.len() {
            let one = &self.book.cases[case];
            let Some(allocation) = one.idva.as_ref().filter(|idva| idva.try_on == Some(today))
            else {
                continue;
            };
            let idva = self.app.as_(&self.area.agencies[IDVA].speaker);
            let path = format!("/cases/{}/idva-contacts", one.id);
            let mut contact = json!({ "purpose": "before_meeting", "channel": "in_person",
                "result": "reached", "tried_at": self.app.now(), "views": "She wants to stay where she is." });
            if case.is_multiple_of(6) {
                let people = idva
                    .get(&format!("/cases/{}/parties", one.id))
                    .await
                    .expect(200);
                let people = people["items"].as_array().unwrap().iter();
                let survivor = people
                    .clone()
                    .find(|row| row["role"] == "survivor")
                    .unwrap();
                contact["contact_id"] = survivor["contacts"][0]["id"].clone();
                contact["channel"] = json!("voicemail");
                contact["result"] = json!("message_left");
                contact.as_object_mut().unwrap().remove("views");
                let refused = idva.post(&path, contact.clone()).await;
                assert_eq!(
                    (refused.status, &refused.body["reason"]),
                    (409, &json!("channel_not_safe"))
                );
                contact["channel"] = json!("call");
                contact["result"] = json!("no_answer");
            }
            idva.post(&path, contact).await.expect(201);
            let change = json!({ "engagement": "engaged" });
            if case % 3 == 1 {
                let list = idva
                    .get(&format!("/cases/{}/idva", one.id))
                    .await
                    .expect(200);
                let row = list["items"].as_array().unwrap().iter();
                let row = row.clone().find(|row| id(row) == allocation.id).unwrap();
                let path = format!("/cases/{}/idva/{}", one.id, allocation.id);
                idva.if_match(&etag(row))
                    .patch(&path, change)
                    .await
                    .expect(200);
            }
            let refused = case.is_multiple_of(6);
            let allocation = self.book.cases[case].idva.as_mut().unwrap();
            allocation.contacted = true;
            allocation.contacts += 1;
            if case % 3 == 1 {
                allocation.engagement = "engaged";
            }
            if refused {
                self.book.refused("channel_not_safe");
            }
        }
    }
}
