//! The meeting itself: statements, conflicts, what is said, what is agreed, what comes of each case.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Year;
use super::area::{AGENCIES, CHILDREN, HOUSING, IDVA, MENTAL, POLICE};
use super::book::{Fate, Item};
use super::days::later;
use super::wire::{step, together};
use crate::support::{etag, id};

/// What one action of a case is to be.
pub struct Wanted {
    pub owner: usize,
    pub due_in: u64,
    pub fate: Fate,
    pub late: u64,
}

/// What is to happen to one case.
pub struct Turn {
    pub item: Item,
    pub deferred: bool,
    pub actions: Vec<Wanted>,
    pub standard: bool,
}

impl Year {
    pub async fn meet(&mut self) {
        let today = self.today();
        for at in 0..self.book.meetings.len() {
            let meeting = &self.book.meetings[at];
            if meeting.day == today && meeting.status == "circulated" {
                self.hold(at).await;
            }
        }
    }

    async fn hold(&mut self, at: usize) {
        let thing = format!("/meetings/{}", self.book.meetings[at].id);
        step(
            &self.app.as_(&self.area.world.chair),
            &thing,
            "start",
            Value::Null,
        )
        .await;
        self.book.meetings[at].status = "in_session";
        self.sit_down(at).await;
        self.declare(at).await;
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let agenda = coordinator
            .get(&format!("{thing}/agenda"))
            .await
            .expect(200);
        self.assert_agenda(at, &agenda);
        self.assert_reviewed(at, &agenda);
        let turns = self.turns(at);
        let year = &*self;
        let etags = |item: &Item| {
            let rows = agenda["items"].as_array().unwrap().iter();
            etag(rows.clone().find(|row| id(row) == item.id).unwrap())
        };
        let heard = turns
            .iter()
            .map(|turn| year.take(at, turn, etags(&turn.item)));
        let agreed = together(heard.collect()).await;
        for (turn, agreed) in turns.into_iter().zip(agreed) {
            self.enter_turn(at, turn, agreed);
        }
        step(
            &self.app.as_(&self.area.world.chair),
            &thing,
            "close",
            Value::Null,
        )
        .await;
        self.book.close_meeting(at);
        self.assert_research(at).await;
    }

    /// Who is there accepts the statement (R19); who is not sends apologies.
    async fn sit_down(&mut self, at: usize) {
        let meeting = &self.book.meetings[at];
        let agencies: BTreeSet<usize> = match meeting.scheduled {
            true => (0..AGENCIES).collect(),
            false => [POLICE, IDVA, HOUSING].into(),
        };
        let away = |agency: usize| meeting.scheduled && (at + 5 * agency).is_multiple_of(11);
        let (absent, present): (BTreeSet<_>, BTreeSet<_>) =
            agencies.into_iter().partition(|agency| away(*agency));
        // Who was at an earlier meeting about a case, and took something on, has it open still.
        let first = |case: usize| {
            let rows = self.book.listings.iter();
            let rows = rows.filter(|row| row.case == case && row.agency == HOUSING);
            rows.count() == 1
        };
        let shut = meeting
            .items
            .iter()
            .find(|item| item.status == "listed" && present.contains(&HOUSING) && first(item.case));
        let file = shut.map(|item| format!("/cases/{}", self.book.cases[item.case].id));
        if let Some(file) = &file {
            assert!(
                self.narrative_withheld(file).await,
                "before the statement (R19)"
            );
        }
        let path = format!("/meetings/{}/confidentiality", meeting.id);
        let body = json!({ "version": 0 });
        let people = present
            .iter()
            .map(|agency| &self.area.agencies[*agency].speaker);
        let accepted = people.map(|person| {
            let (caller, path, body) = (self.app.as_(person), path.clone(), body.clone());
            async move { caller.post(&path, body).await.expect(200) }
        });
        together(accepted.collect()).await;
        if let Some(file) = &file {
            assert!(
                !self.narrative_withheld(file).await,
                "after the statement (R19)"
            );
        }
        let mut apologies = BTreeSet::new();
        for agency in absent.iter().filter(|agency| agency.is_multiple_of(2)) {
            let seat = format!(
                "/meetings/{}/attendance/{}",
                meeting.id, self.area.agencies[*agency].id
            );
            let body = json!({ "role": "representative", "presence": "apologies", "information_sent": true,
                "received_on": self.today(), "user_id": self.area.agencies[*agency].speaker.id });
            let coordinator = self.app.as_(&self.area.world.coordinator).if_match("\"0\"");
            coordinator.put(&seat, body).await.expect(200);
            apologies.insert(*agency);
        }
        let meeting = &mut self.book.meetings[at];
        (meeting.present, meeting.apologies) = (present, apologies);
    }

    async fn narrative_withheld(&self, file: &str) -> bool {
        let caller = self.app.as_(&self.area.agencies[HOUSING].speaker);
        let seen = caller.get(file).await.expect(200);
        let withheld = seen["withheld"].as_array().unwrap();
        withheld.contains(&json!("narrative"))
    }

    /// Every fourth meeting somebody knows the family, says so, and is out of it at once.
    async fn declare(&mut self, at: usize) {
        let agency = CHILDREN;
        let meeting = &self.book.meetings[at];
        if !meeting.scheduled || at % 4 != 1 || !meeting.present.contains(&agency) {
            return;
        }
        let known = |case: usize| self.book.excluded.contains(&(case, agency));
        let listed = meeting.items.iter().filter(|item| item.status == "listed");
        let mut items = listed.filter(|item| !known(item.case));
        let Some(item) = items
            .nth(1)
            .filter(|item| item.agencies.contains(&agency))
            .cloned()
        else {
            return;
        };
        let caller = self.app.as_(&self.area.agencies[agency].speaker);
        let before = caller
            .get(&format!("/meetings/{}/agenda", meeting.id))
            .await
            .expect(200);
        let body = json!({ "agenda_item_id": item.id, "reason": "My cousin is married to him.",
            "user_id": self.area.agencies[agency].speaker.id });
        let path = format!("/meetings/{}/conflicts", meeting.id);
        caller.post(&path, body).await.expect(201);
        let file = format!("/cases/{}", self.book.cases[item.case].id);
        assert_eq!(caller.get(&file).await.status, 404);
        let after = caller
            .get(&format!("/meetings/{}/agenda", meeting.id))
            .await
            .expect(200);
        let rows = |agenda: &Value| agenda["items"].as_array().unwrap().len();
        assert_eq!(rows(&after), rows(&before) - 1, "out of the agenda too");
        self.book.excluded.insert((item.case, agency));
        self.book.refused("conflict declared");
    }

    /// R21: what is not done stands before the cases.
    fn assert_reviewed(&self, at: usize, agenda: &Value) {
        let day = self.book.meetings[at].day;
        let actions = self.book.actions.iter();
        let due =
            actions.filter(|one| one.unresolved() || (one.outstanding() && one.due_on <= day));
        let (waits, mut due): (Vec<_>, Vec<_>) = due.partition(|one| one.unresolved());
        // A long list is cut at fifty, the longest overdue first.
        due.sort_by_key(|one| (one.due_on, one.id));
        let due = waits.into_iter().chain(due.into_iter().take(50));
        let shown = agenda["actions"].as_array().unwrap();
        let seen: BTreeSet<_> = shown.iter().map(id).collect();
        assert_eq!(seen, due.map(|one| one.id).collect(), "meeting {at}");
        for row in shown {
            let one = self
                .book
                .actions
                .iter()
                .find(|one| one.id == id(row))
                .unwrap();
            let told = json!([one.status, one.carried, one.reminders, one.due_on]);
            let seen = json!([
                row["status"],
                row["carried_over"],
                row["reminders"],
                row["due_on"]
            ]);
            assert_eq!(seen, told);
        }
    }

    /// The dice say what each case comes to.
    fn turns(&mut self, at: usize) -> Vec<Turn> {
        let items: Vec<Item> = self.book.live(at).into_iter().cloned().collect();
        let scheduled = self.book.meetings[at].scheduled;
        let mut turns = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let deferred = scheduled && (at + number) % 14 == 13;
            let excluded = |agency: &usize| self.book.excluded.contains(&(item.case, *agency));
            let owners: Vec<_> = item
                .agencies
                .iter()
                .copied()
                .filter(|one| !excluded(one))
                .collect();
            let mut actions = Vec::new();
            for _ in 0..self.dice.roll(4) {
                let owner = owners[usize::try_from(self.dice.roll(owners.len() as u64)).unwrap()];
                let due_in = [7, 14, 14, 21][usize::try_from(self.dice.roll(4)).unwrap()];
                let (fate, late) = match self.dice.roll(20) {
                    0..=9 => (Fate::Done, 0),
                    10..=12 => (Fate::Done, 3 + self.dice.roll(40)),
                    13 | 14 => (Fate::Begun, 5),
                    15 => (Fate::NotPossible, 2),
                    16 | 17 => (Fate::NotDone, 4),
                    _ => (Fate::Never, 0),
                };
                actions.push(Wanted {
                    owner,
                    due_in,
                    fate,
                    late,
                });
            }
            let standard = scheduled && number.is_multiple_of(5);
            turns.push(Turn {
                item,
                deferred,
                actions,
                standard,
            });
        }
        turns
    }

    /// One case is heard: everybody speaks, and it comes to something. Answers with what was agreed: the
    /// actions wanted, then the standard ones.
    async fn take(&self, at: usize, turn: &Turn, tag: String) -> (Vec<Value>, Vec<Value>) {
        let (item, w) = (&turn.item, &self.area.world);
        let path = |what: &str| format!("/agenda-items/{}/{what}", item.id);
        let coordinator = self.app.as_(&w.coordinator);
        let chair = self.app.as_(&w.chair);
        let number = self.book.meetings[at]
            .items
            .iter()
            .position(|one| one.id == item.id)
            .unwrap();
        if turn.deferred {
            let body = json!({ "reason": "Nobody who knows her is here." });
            let caller = coordinator.if_match(&tag);
            caller.post(&path("defer"), body).await.expect(200);
            return Default::default();
        }
        let present = &self.book.meetings[at].present;
        let open = |agency: &usize| {
            present.contains(agency) && !self.book.excluded.contains(&(item.case, *agency))
        };
        let speaks = item
            .agencies
            .iter()
            .filter(|agency| open(agency))
            .nth(number % 3);
        if let Some(agency) = speaks {
            let caller = self.app.as_(&self.area.agencies[*agency].speaker);
            let said =
                json!({ "nature": "fact", "sharing": "marac", "text": "Seen twice this month." });
            caller.post(&path("information"), said).await.expect(201);
        }
        let allocated = self.book.cases[item.case].idva.is_some();
        if allocated && present.contains(&IDVA) && number.is_multiple_of(2) {
            let idva = self.app.as_(&self.area.agencies[IDVA].speaker);
            let views = json!({ "sharing": "marac", "text": "She wants the locks changed first." });
            idva.post(&path("views"), views).await.expect(201);
        }
        if number.is_multiple_of(3) {
            let risk = json!({ "factor": "harm", "sharing": "marac", "text": "He has strangled her before." });
            chair.post(&path("risks"), risk).await.expect(201);
            let safeguard =
                json!({ "safeguard": "mappa", "decision": "considered", "sharing": "marac" });
            chair.post(&path("safeguards"), safeguard).await.expect(201);
        }
        if number % 6 == 1 {
            let crime = json!({ "police_wish": "undecided", "sharing": "restricted", "text": "He took her phone." });
            coordinator.post(&path("crimes"), crime).await.expect(201);
        }
        let today = self.today();
        let mut agreed = Vec::new();
        for wanted in &turn.actions {
            let owner = &self.area.agencies[wanted.owner];
            let mut body = json!({ "text": "Do what was agreed.", "owner_agency_id": owner.id,
                "category": "safety_planning", "target": "survivor", "agenda_item_id": item.id,
                "due_on": later(today, wanted.due_in) });
            if wanted.owner == MENTAL {
                body["owner_user_id"] = json!(owner.speaker.id);
            }
            let actions = format!("/cases/{}/actions", self.book.cases[item.case].id);
            agreed.push(coordinator.post(&actions, body).await.expect(201));
        }
        let mut standard = Vec::new();
        if turn.standard {
            let actions = format!("/cases/{}/actions/standard", self.book.cases[item.case].id);
            let body = json!({ "codes": ["police_marker", "sanctuary", "substance_referral"], "agenda_item_id": item.id });
            let out = coordinator.post(&actions, body.clone()).await.expect(200);
            standard = out["actions"].as_array().unwrap().clone();
            let again = coordinator.post(&actions, body).await.expect(200);
            let again = again["actions"].as_array().unwrap().iter();
            assert!(
                again.clone().all(|one| one["made"] == json!(false)),
                "agreed once"
            );
        }
        let outcome = json!({ "outcome": "A plan was agreed." });
        let caller = coordinator.if_match(&tag);
        let heard = caller.post(&path("hear"), outcome).await.expect(200);
        assert_eq!(heard["status"], "heard");
        (agreed, standard)
    }
}
