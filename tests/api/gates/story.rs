//! One case on its way: planned for a meeting, circulated, heard, minuted, done, lapsed.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Things, agency, meeting};
use crate::support::{Answer, Caller, Client, Person, TestApp, World, accept, etag, id, referral};

/// A moment of the case: the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// On the agenda of a planned meeting.
    Planned,
    /// The list is out, and agencies have returned their research.
    Circulated,
    /// The case has been spoken about, and actions are agreed.
    InSession,
    /// The meeting is closed, its minutes are drafted.
    Held,
    /// They are issued.
    Minuted,
    /// Housing has done what it took on; probation has not.
    Done,
    /// Twelve months have passed, and somebody let it lapse.
    Lapsed,
}

impl Moment {
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::Circulated,
        Self::InSession,
        Self::Held,
        Self::Minuted,
        Self::Done,
        Self::Lapsed,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Circulated => "circulated",
            Self::InSession => "in session",
            Self::Held => "held",
            Self::Minuted => "minuted",
            Self::Done => "done",
            Self::Lapsed => "lapsed",
        }
    }
}

/// What stands in an answer, by what was written.
const MARKS: [(char, &str); 13] = [
    // The survivor's name.
    ('n', "Okaforova"),
    // Their address, which the perpetrator knows.
    ('k', "11 Invented Street"),
    // The refuge.
    ('h', "The Safe House"),
    // How to reach them.
    ('c', "07700 900123"),
    // The account.
    ('t', "broke the door"),
    // An answer of the assessment.
    ('d', "She counted them."),
    // Housing's research: its own, and what it shares.
    ('p', "Housing keeps this."),
    ('s', "Housing shares this."),
    // Health's: the same.
    ('q', "Health keeps this."),
    ('r', "Health shares this."),
    // What was said at the meeting, and what it came to.
    ('m', "Said at the meeting."),
    ('o', "What it came to."),
    // What was agreed.
    ('a', "Fit new locks."),
];

/// The letters of what an answer shows.
pub fn seen(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.bytes);
    let marks = MARKS.iter().filter(|(_, mark)| text.contains(mark));
    marks.map(|(letter, _)| *letter).collect()
}

/// Somebody for whom time matters.
pub struct Player<'a> {
    pub name: &'static str,
    pub caller: Caller<'a>,
}

/// The case, its meeting, and those around.
pub struct Story {
    pub app: TestApp,
    pub world: World,
    pub things: Things,
    /// Housing's second representative, who does not accept the statement.
    hesitant: Person,
    probation: Person,
    outsider: Person,
    probation_id: Uuid,
    housing_action: Value,
    client: Client,
}

impl Story {
    pub async fn begin() -> Self {
        let many = std::num::NonZeroU32::new(10_000_000).unwrap();
        let limits = directory::auth::Limits {
            requests: many,
            searches: many,
        };
        let app = TestApp::with(kernel::clock::Clock::system(), limits).await;
        let world = World::make(&app);
        let probation_id = agency(&app, &world, "Probation Service", "probation").await;
        let education = agency(&app, &world, "Education Department", "education").await;
        let person =
            |name, agency| World::person(&app, name, agency, &[(world.wcc, "representative")]);
        let (hesitant, probation) = (
            person("hesitant", world.housing),
            person("probation", probation_id),
        );
        let outsider = person("outsider", education);
        let mut things = Things::unknown();
        (things.marac, things.agency) = (world.wcc, world.housing);
        (things.user, things.client) = (outsider.id, world.client.id);
        Self {
            client: world.client.clone(),
            app,
            world,
            things,
            hesitant,
            probation,
            outsider,
            probation_id,
            housing_action: Value::Null,
        }
    }

    pub fn players(&self) -> Vec<Player<'_>> {
        let (app, w) = (&self.app, &self.world);
        let player = |name, caller| Player { name, caller };
        vec![
            player("coordinator", app.as_(&w.coordinator)),
            player("chair", app.as_(&w.chair)),
            player("practitioner, author", app.as_(&w.officer)),
            player("idva, allocated", app.as_(&w.idva)),
            player("representative, an action done", app.as_(&w.housing_rep)),
            player("representative, no statement", app.as_(&self.hesitant)),
            player("representative, an action open", app.as_(&self.probation)),
            player("representative, no action", app.as_(&w.health_rep)),
            player("representative, not listed", app.as_(&self.outsider)),
            player("observer", app.as_(&w.observer)),
            player(
                "client, for a person",
                app.as_client(&self.client, Some("h-17")),
            ),
            player("client, for no person", app.as_client(&self.client, None)),
        ]
    }

    pub async fn reach(&mut self, moment: Moment) {
        match moment {
            Moment::Planned => self.refer().await,
            Moment::Circulated => self.circulate().await,
            Moment::InSession => self.speak().await,
            Moment::Held => self.close().await,
            Moment::Minuted => self.issue().await,
            Moment::Done => self.finish().await,
            Moment::Lapsed => self.lapse().await,
        }
    }

    fn coordinator(&self) -> Caller<'_> {
        self.app.as_(&self.world.coordinator)
    }

    /// Reads a thing and does something to it at that version.
    async fn step(&self, who: &Person, thing: &str, verb: &str, body: Value) -> Value {
        let caller = self.app.as_(who);
        let now = caller.get(thing).await.expect(200);
        let caller = caller.if_match(&etag(&now));
        caller
            .post(&format!("{thing}/{verb}"), body)
            .await
            .expect(200)
    }

    async fn refer(&mut self) {
        let w = &self.world;
        let mut document = referral("Okaforova", "Stone");
        document["assessment"]["answers"][0]["note"] = json!("She counted them.");
        let body = json!({ "marac_id": w.wcc, "referral": document });
        let sent = self
            .app
            .as_(&w.officer)
            .post("/referrals", body)
            .await
            .expect(201);
        let coordinator = self.coordinator();
        let path = format!("/referrals/{}/accept", id(&sent));
        let caller = coordinator.clone().if_match(&etag(&sent));
        let accepted = caller.post(&path, json!({})).await.expect(200);
        let mut things = self.things;
        things.referral = id(&sent);
        things.case = accepted["case_id"].as_str().unwrap().parse().unwrap();
        let case = format!("/cases/{}", things.case);
        let service = json!({ "agency_id": w.idva_service });
        let allocated = coordinator.post(&format!("{case}/idva"), service).await;
        things.allocation = id(&allocated.expect(201));
        let people = coordinator
            .get(&format!("{case}/parties"))
            .await
            .expect(200);
        let found = |role: &str| -> Value {
            let items = people["items"].as_array().unwrap();
            items
                .iter()
                .find(|one| one["role"] == role)
                .unwrap()
                .clone()
        };
        let survivor = found("survivor");
        (things.party, things.perpetrator) = (id(&survivor), id(&found("perpetrator")));
        things.address = id(&survivor["addresses"][0]);
        things.contact = id(&survivor["contacts"][0]);
        let account = coordinator
            .get(&format!("{case}/account"))
            .await
            .expect(200);
        let headings = account["items"].as_array().unwrap().iter();
        let entries = headings.flat_map(|one| one["entries"].as_array().unwrap());
        // Another entry than the one looked for: the request supersedes it.
        things.entry = id(entries.last().unwrap());
        let question =
            json!({ "heading": "practical_safety", "text": "Is it safe to ring the bell?" });
        let asked = self
            .app
            .as_(&w.officer)
            .post(&format!("{case}/questions"), question)
            .await;
        things.question = id(&asked.expect(201));
        let out = World::person(&self.app, "cousin", w.health, &[(w.wcc, "practitioner")]);
        let exclusion = json!({ "user_id": out.id, "reason": "A cousin of his." });
        let excluded = coordinator
            .post(&format!("{case}/exclusions"), exclusion)
            .await;
        things.exclusion = id(&excluded.expect(201));
        things.meeting = meeting(&self.app, &w.coordinator, w.wcc).await;
        things.minuted = things.meeting;
        let listed = json!([w.housing, w.health, self.probation_id]);
        let item = json!({ "case_id": things.case, "agencies": listed });
        let path = format!("/meetings/{}/agenda", things.meeting);
        things.item = id(&coordinator.post(&path, item).await.expect(201));
        self.things = things;
    }

    async fn circulate(&mut self) {
        let thing = format!("/meetings/{}", self.things.meeting);
        self.step(&self.world.coordinator, &thing, "circulate", Value::Null)
            .await;
        let w = &self.world;
        for (who, name) in [(&w.housing_rep, "Housing"), (&w.health_rep, "Health")] {
            let answer = json!({ "agenda_item_id": self.things.item,
                "agency_private": { "text": format!("{name} keeps this.") },
                "shareable": { "facts": format!("{name} shares this."), "relevant_necessary_proportionate": true } });
            let body = json!({ "items": [answer] });
            let taken = self
                .app
                .as_(who)
                .post(&format!("{thing}/research"), body)
                .await;
            assert_eq!(taken.expect(200)["taken"], json!(1));
        }
    }

    async fn speak(&mut self) {
        let w = &self.world;
        let meeting = self.things.meeting;
        self.step(
            &w.chair,
            &format!("/meetings/{meeting}"),
            "start",
            Value::Null,
        )
        .await;
        for who in [
            &w.idva,
            &w.housing_rep,
            &self.probation,
            &w.health_rep,
            &w.observer,
        ] {
            let seat = accept(&self.app, who, meeting).await;
            self.things.seat = id(&seat);
        }
        let said = json!({ "nature": "fact", "sharing": "marac", "text": "Said at the meeting." });
        let path = format!("/agenda-items/{}/information", self.things.item);
        self.things.part = id(&self
            .app
            .as_(&w.health_rep)
            .post(&path, said)
            .await
            .expect(201));
        let path = format!("/cases/{}/actions", self.things.case);
        for owner in [w.housing, self.probation_id] {
            let action = json!({ "text": "Fit new locks.", "owner_agency_id": owner, "category": "other",
                "target": "survivor", "due_on": self.app.today() + TimeDelta::days(14),
                "agenda_item_id": self.things.item, "needs": ["address", "safe_contact"] });
            let agreed = self.coordinator().post(&path, action).await.expect(201);
            if owner == w.housing {
                self.housing_action = agreed;
            } else {
                self.things.action = id(&agreed);
            }
        }
    }

    async fn close(&mut self) {
        let w = &self.world;
        let meeting = format!("/meetings/{}", self.things.meeting);
        let agenda = self
            .coordinator()
            .get(&format!("{meeting}/agenda"))
            .await
            .expect(200);
        let caller = self.coordinator().if_match(&etag(&agenda["items"][0]));
        let path = format!("/agenda-items/{}/hear", self.things.item);
        let outcome = json!({ "outcome": "What it came to." });
        caller.post(&path, outcome).await.expect(200);
        self.step(&w.chair, &meeting, "close", Value::Null).await;
        let flags = self
            .coordinator()
            .get(&format!("/cases/{}/flags", self.things.case))
            .await;
        let flags = flags.expect(200);
        let mut flags = flags["items"].as_array().unwrap().iter();
        self.things.flag = id(flags
            .find(|one| one["agency_id"] == json!(w.housing))
            .unwrap());
        let first = self.coordinator().if_match("\"0\"");
        let drafted = first
            .post(&format!("{meeting}/minutes/draft"), json!({}))
            .await;
        self.things.minutes = id(&drafted.expect(200)["version"]);
    }

    async fn issue(&mut self) {
        let w = &self.world;
        let path = format!("/meetings/{}/minutes", self.things.meeting);
        for (who, verb) in [(&w.chair, "approve"), (&w.coordinator, "issue")] {
            let caller = self.app.as_(who);
            let now = caller.get(&path).await.expect(200);
            let caller = caller.if_match(&etag(&now["version"]));
            caller
                .post(&format!("{path}/{verb}"), Value::Null)
                .await
                .expect(200);
        }
    }

    async fn finish(&mut self) {
        let thing = format!("/actions/{}", id(&self.housing_action));
        let done = json!({ "status": "completed" });
        self.step(&self.world.housing_rep, &thing, "report", done)
            .await;
    }

    async fn lapse(&mut self) {
        self.app.wait(TimeDelta::days(370));
        let thing = format!("/cases/{}", self.things.case);
        let body = json!({ "open_actions_reason": "Probation goes on by itself." });
        self.step(&self.world.chair, &thing, "lapse", body).await;
    }
}
