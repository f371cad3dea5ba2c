//! What is recorded of a case at a meeting: who writes what, who reads it, and when.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{listed, planned, step};
use crate::support::{Answer, Person, TestApp, World, accept, etag, id};

/// A meeting with one case: listed to housing, health and police, allocated to the IDVA service.
pub struct Session {
    pub app: TestApp,
    pub world: World,
    pub meeting: Uuid,
    pub case: Uuid,
    pub item: Uuid,
}

impl Session {
    /// Its list is out.
    pub async fn circulated() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        let case = world.case(&app, "Okafor", "Brandt");
        let coordinator = app.as_(&world.coordinator);
        let head = coordinator.get(&format!("/cases/{case}")).await.expect(200);
        let idva = json!({ "idva_agency_id": world.idva_service });
        let caller = coordinator.clone().if_match(&etag(&head));
        caller
            .patch(&format!("/cases/{case}"), idva)
            .await
            .expect(200);
        let told = json!({ "heading": "what_happened", "sharing": "marac", "told_on": app.today(),
            "how_told": "phone", "text": "He came back on Sunday." });
        let path = format!("/cases/{case}/account");
        coordinator.post(&path, told).await.expect(201);
        let meeting = id(&planned(&app, &world).await);
        let agencies = [world.housing, world.health, world.police];
        let item = id(&listed(&app, &world, meeting, case, &agencies).await);
        step(&app, &world.coordinator, meeting, "circulate").await;
        Self {
            app,
            world,
            meeting,
            case,
            item,
        }
    }

    /// It is in session.
    pub async fn started() -> Self {
        let session = Self::circulated().await;
        session.step("start").await;
        session
    }

    /// It is in session, and these have accepted its statement.
    pub async fn accepted() -> Self {
        let session = Self::started().await;
        let w = &session.world;
        for person in [&w.housing_rep, &w.health_rep, &w.idva] {
            accept(&session.app, person, session.meeting).await;
        }
        session
    }

    pub async fn step(&self, name: &str) {
        step(&self.app, &self.world.chair, self.meeting, name).await;
    }

    pub async fn hear(&self) {
        let agenda = crate::meetings::agenda(&self.app, &self.world.chair, self.meeting).await;
        crate::meetings::hear(&self.app, &self.world, &agenda["items"][0]).await;
    }

    pub fn path(&self, what: &str) -> String {
        format!("/agenda-items/{}/{what}", self.item)
    }

    pub async fn say(&self, who: &Person, what: &str, body: Value) -> Answer {
        self.app.as_(who).post(&self.path(what), body).await
    }

    pub async fn record(&self, who: &Person) -> Value {
        let path = self.path("record");
        self.app.as_(who).get(&path).await.expect(200)
    }
}

pub fn information(text: &str) -> Value {
    json!({ "nature": "fact", "sharing": "marac", "text": text })
}

fn texts(record: &Value, part: &str) -> Vec<String> {
    let all = record[part].as_array().unwrap().iter();
    all.map(|one| one["text"].as_str().unwrap_or("").to_owned())
        .collect()
}

fn withholds_minutes(record: &Value) -> bool {
    record["withheld"]
        .as_array()
        .unwrap()
        .contains(&json!("minutes"))
}

#[actix_web::test]
async fn a_case_is_heard_part_by_part_and_read_back_whole() {
    let s = Session::accepted().await;
    let w = &s.world;
    let shared = s
        .say(&w.housing_rep, "information", information("Two calls."))
        .await
        .expect(201);
    assert_eq!(shared["agency"], "City Housing");
    assert_eq!(
        (&shared["kind"], &shared["nature"]),
        (&json!("information"), &json!("fact"))
    );
    let opinion = json!({ "nature": "opinion", "sharing": "restricted", "text": "He knows the nurse.",
        "agency_id": w.health });
    s.say(&w.coordinator, "information", opinion)
        .await
        .expect(201);
    let views = json!({ "sharing": "marac", "text": "She wants to stay." });
    s.say(&w.idva, "views", views).await.expect(201);
    let risk = json!({ "factor": "protective", "sharing": "marac", "text": "Her sister is near." });
    s.say(&w.chair, "risks", risk).await.expect(201);
    let safeguard =
        json!({ "safeguard": "mappa", "decision": "not_applicable", "sharing": "marac" });
    s.say(&w.chair, "safeguards", safeguard).await.expect(201);
    let crime =
        json!({ "police_wish": "undecided", "sharing": "restricted", "text": "Threats by phone." });
    s.say(&w.idva, "crimes", crime).await.expect(201);
    s.hear().await;

    for person in [&w.coordinator, &w.chair, &w.idva] {
        let record = s.record(person).await;
        assert_eq!(
            texts(&record, "information"),
            ["Two calls.", "He knows the nurse."]
        );
        assert_eq!(texts(&record, "views"), ["She wants to stay."]);
        assert_eq!(texts(&record, "risks"), ["Her sister is near."]);
        assert_eq!(record["safeguards"][0]["safeguard"], "mappa");
        assert_eq!(record["crimes"][0]["police_wish"], "undecided");
        assert_eq!(
            (&record["status"], &record["outcome"]),
            (&json!("heard"), &json!("Actions agreed."))
        );
        assert_eq!(record["conflicts"], json!([]));
        assert!(!withholds_minutes(&record));
    }
    for person in [&w.housing_rep, &w.health_rep] {
        let record = s.record(person).await;
        assert_eq!(texts(&record, "information"), ["Two calls."]);
        assert_eq!(texts(&record, "views"), ["She wants to stay."]);
        assert_eq!(record["crimes"], json!([]), "restricted ones");
        assert_eq!(record.get("conflicts"), None);
        assert!(!withholds_minutes(&record));
    }
    // In sight of the case by its listing, and yet nothing of the record before acceptance.
    let record = s.record(&w.police_rep).await;
    for part in ["information", "views", "risks", "safeguards", "attendance"] {
        assert_eq!(record[part], json!([]), "{part}");
    }
    assert_eq!(record["outcome"], Value::Null);
    assert!(withholds_minutes(&record));
}

#[actix_web::test]
async fn everybody_writes_their_part_and_no_other() {
    let s = Session::accepted().await;
    let w = &s.world;
    let views = json!({ "sharing": "marac", "text": "V" });
    let risk = json!({ "factor": "harm", "sharing": "marac", "text": "R" });
    let safeguard = json!({ "safeguard": "dvds", "decision": "decided", "sharing": "marac" });
    let crime = json!({ "police_wish": "not_known", "sharing": "marac", "text": "C" });
    for (what, body, may) in [
        (
            "information",
            information("I"),
            [true, true, true, false, false],
        ),
        ("views", views, [false, true, true, false, false]),
        ("risks", risk, [false, false, true, true, false]),
        ("safeguards", safeguard, [false, false, true, true, false]),
        ("crimes", crime, [false, true, true, true, false]),
    ] {
        let people = [
            &w.housing_rep,
            &w.idva,
            &w.coordinator,
            &w.chair,
            &w.observer,
        ];
        for (person, may) in people.into_iter().zip(may) {
            let answer = s.say(person, what, body.clone()).await;
            let expected = if may { 201 } else { 403 };
            assert_eq!(answer.status, expected, "{what}: {}", person.email);
        }
    }
    let mut other = information("Theirs");
    other["agency_id"] = json!(w.health);
    let refused = s.say(&w.housing_rep, "information", other.clone()).await;
    assert_eq!(refused.errors(), ["/agency_id not_the_own_agency"]);
    other["agency_id"] = json!(w.kc_police);
    let refused = s.say(&w.coordinator, "information", other).await;
    assert_eq!(refused.errors(), ["/agency_id not_a_member"]);
    for (body, error) in [
        (
            json!({ "nature": "fact", "sharing": "marac", "text": "" }),
            "/text blank",
        ),
        (
            json!({ "nature": "fact", "sharing": "agency_private", "text": "x" }),
            "/sharing",
        ),
        (
            json!({ "nature": "rumour", "sharing": "marac", "text": "x" }),
            "/nature",
        ),
    ] {
        let refused = s.say(&w.housing_rep, "information", body).await;
        assert_eq!(refused.status, 422);
        assert!(refused.errors()[0].starts_with(error), "{refused:?}");
    }
}

#[actix_web::test]
async fn nothing_is_said_before_the_meeting_or_without_acceptance_and_staff_write_up_after_it() {
    let s = Session::circulated().await;
    let w = &s.world;
    let reason = |answer: Answer| (answer.status, answer.body["reason"].clone());
    accept(&s.app, &w.housing_rep, s.meeting).await;
    for person in [&w.housing_rep, &w.coordinator] {
        let early = s.say(person, "information", information("Early")).await;
        assert_eq!(
            reason(early).1,
            if person.id == w.coordinator.id {
                json!("not_in_session")
            } else {
                // Before the start its listing shows the list alone.
                Value::Null
            }
        );
    }
    s.step("start").await;
    let unsigned = s.say(&w.health_rep, "information", information("No")).await;
    assert_eq!(
        reason(unsigned),
        (409, json!("confidentiality_not_accepted"))
    );
    let unsigned = s
        .say(&w.idva, "views", json!({ "sharing": "marac", "text": "V" }))
        .await;
    assert_eq!(
        reason(unsigned),
        (409, json!("confidentiality_not_accepted"))
    );
    s.say(&w.housing_rep, "information", information("Now"))
        .await
        .expect(201);
    let action = json!({ "text": "Locks.", "owner_agency_id": w.housing, "category": "target_hardening",
        "target": "survivor", "due_on": s.app.today() });
    let path = format!("/cases/{}/actions", s.case);
    s.app
        .as_(&w.coordinator)
        .post(&path, action)
        .await
        .expect(201);
    s.hear().await;
    s.step("close").await;
    let late = s
        .say(&w.housing_rep, "information", information("Late"))
        .await;
    assert_eq!(reason(late), (409, json!("not_in_session")));
    s.say(&w.coordinator, "information", information("Written up"))
        .await
        .expect(201);
    // Housing took something on and keeps the case; health did not, and has lost sight of it.
    let record = s.record(&w.housing_rep).await;
    assert_eq!(texts(&record, "information"), ["Now", "Written up"]);
    let gone = s.app.as_(&w.health_rep).get(&s.path("record")).await;
    let unknown = format!("/agenda-items/{}/record", Uuid::now_v7());
    let unknown = s.app.as_(&w.health_rep).get(&unknown).await;
    assert_eq!(gone.status, 404);
    assert_eq!(gone.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn after_the_meeting_the_agencies_that_attended_read_on() {
    let s = Session::accepted().await;
    let w = &s.world;
    s.say(&w.health_rep, "information", information("Seen."))
        .await
        .expect(201);
    for agency in [w.housing, w.police] {
        let share = json!({ "text": "Call.", "owner_agency_id": agency, "category": "other",
            "target": "survivor", "due_on": s.app.today() });
        let path = format!("/cases/{}/actions", s.case);
        s.app
            .as_(&w.coordinator)
            .post(&path, share)
            .await
            .expect(201);
    }
    s.hear().await;
    s.step("close").await;
    // Police were absent: nobody of them accepts the statement afterwards.
    let statement = format!("/meetings/{}/confidentiality", s.meeting);
    let police = s.app.as_(&w.police_rep);
    let read = police.get(&statement).await.expect(200);
    let late = police
        .post(&statement, json!({ "version": read["version"] }))
        .await;
    assert_eq!(late.body["reason"], json!("not_at_meeting"));
    assert!(withholds_minutes(&s.record(&w.police_rep).await));
    assert_eq!(
        texts(&s.record(&w.housing_rep).await, "information"),
        ["Seen."]
    );
    // Apologies that the coordinator took are as good as coming.
    let path = format!("/meetings/{}/attendance/{}", s.meeting, w.police);
    let apologies = json!({ "role": "representative", "presence": "apologies", "information_sent": true,
        "received_on": s.app.today() });
    let fresh = s.app.as_(&w.coordinator).if_match("\"0\"");
    let seat = fresh.put(&path, apologies).await.expect(200);
    assert_eq!(seat["received_on"], json!(s.app.today()));
    accept(&s.app, &w.police_rep, s.meeting).await;
    let record = s.record(&w.police_rep).await;
    assert_eq!(texts(&record, "information"), ["Seen."]);
}

#[actix_web::test]
async fn a_retry_makes_no_second_entry() {
    let s = Session::accepted().await;
    let w = &s.world;
    let caller = s
        .app
        .as_(&w.housing_rep)
        .with("idempotency-key", "said-once");
    let path = s.path("information");
    let first = caller.post(&path, information("Once")).await.expect(201);
    let again = caller.post(&path, information("Once")).await.expect(201);
    assert_eq!(first, again);
    let other = caller.post(&path, information("Twice")).await;
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_eq!(texts(&s.record(&w.chair).await, "information"), ["Once"]);
}

#[actix_web::test]
async fn staff_correct_with_a_reason_and_the_earlier_version_stays() {
    let s = Session::accepted().await;
    let w = &s.world;
    let said = s
        .say(&w.housing_rep, "information", information("Flat 3"))
        .await
        .expect(201);
    let path = s.path(&format!("record/{}/corrections", id(&said)));
    let body = json!({ "reason": "Misheard.", "text": "Flat 8" });
    let own = s.app.as_(&w.housing_rep).if_match(&etag(&said));
    assert_eq!(own.post(&path, body.clone()).await.code(), "forbidden");
    let coordinator = s.app.as_(&w.coordinator);
    assert_eq!(coordinator.post(&path, body.clone()).await.status, 428);
    let read = coordinator.clone().if_match(&etag(&said));
    let empty = read.post(&path, json!({ "reason": "Why?" })).await;
    assert_eq!(empty.errors(), ["/strike change_or_strike"]);
    let wrong = json!({ "reason": "R", "factor": "harm" });
    let wrong = read.post(&path, wrong).await;
    assert_eq!(wrong.errors(), ["/factor not_of_this_kind"]);
    let corrected = read.post(&path, body.clone()).await.expect(201);
    assert_eq!(
        (&corrected["text"], &corrected["correction_reason"]),
        (&json!("Flat 8"), &json!("Misheard."))
    );
    assert_eq!(corrected["agency_id"], json!(w.housing));
    assert_eq!(read.post(&path, body.clone()).await.code(), "stale");
    let late = coordinator
        .clone()
        .if_match("\"2\"")
        .post(&path, body)
        .await;
    assert_eq!(late.body["reason"], "already_superseded");

    let rep = s.app.as_(&w.health_rep);
    assert_eq!(
        texts(&s.record(&w.health_rep).await, "information"),
        ["Flat 8"]
    );
    let all = format!("{}?versions=all", s.path("record"));
    let all = rep.get(&all).await.expect(200);
    assert_eq!(texts(&all, "information"), ["Flat 3", "Flat 8"]);
    assert_eq!(all["information"][0]["superseded_by_id"], corrected["id"]);

    let strike = json!({ "reason": "Another case's.", "strike": true });
    let path = s.path(&format!("record/{}/corrections", id(&corrected)));
    let chair = s.app.as_(&w.chair).if_match(&etag(&corrected));
    let struck = chair.post(&path, strike).await.expect(201);
    assert_eq!(
        (&struck["struck"], &struck["text"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(s.record(&w.chair).await["information"], json!([]));
    let unknown = s.path(&format!("record/{}/corrections", Uuid::now_v7()));
    let body = json!({ "reason": "R", "text": "T" });
    assert_eq!(chair.post(&unknown, body).await.code(), "not_found");
}

#[actix_web::test]
async fn a_declared_conflict_excludes_at_once_and_is_minuted() {
    let s = Session::accepted().await;
    let w = &s.world;
    let path = format!("/meetings/{}/conflicts", s.meeting);
    let body = |who: Value| {
        let mut body = json!({ "agenda_item_id": s.item, "reason": "He is my cousin." });
        body.as_object_mut()
            .unwrap()
            .extend(who.as_object().unwrap().clone());
        body
    };
    let rep = s.app.as_(&w.housing_rep);
    rep.get(&format!("/cases/{}", s.case)).await.expect(200);
    let other = rep
        .post(&path, body(json!({ "user_id": w.health_rep.id })))
        .await;
    assert_eq!(other.code(), "forbidden");
    let both = json!({ "user_id": w.housing_rep.id, "agency_id": w.housing });
    assert_eq!(
        rep.post(&path, body(both)).await.errors(),
        ["/ exactly_one".trim_start_matches('/')]
    );
    let own = body(json!({ "user_id": w.housing_rep.id }));
    let declared = rep.post(&path, own.clone()).await.expect(201);
    assert_eq!(declared["live"], true);
    for path in [
        format!("/cases/{}", s.case),
        s.path("record"),
        format!("/cases/{}/account", s.case),
    ] {
        assert_eq!(rep.get(&path).await.code(), "not_found", "{path}");
    }
    let agenda = crate::meetings::agenda(&s.app, &w.housing_rep, s.meeting).await;
    assert_eq!(agenda["items"], json!([]));
    let silenced = s.say(&w.housing_rep, "information", information("x")).await;
    assert_eq!(silenced.code(), "not_found");
    // The exclusion is one like any other, with its reason.
    let exclusions = format!("/cases/{}/exclusions", s.case);
    let exclusions = s.app.as_(&w.coordinator).get(&exclusions).await.expect(200);
    assert_eq!(exclusions["items"][0]["id"], declared["exclusion_id"]);
    assert_eq!(exclusions["items"][0]["reason"], "He is my cousin.");

    let agency = body(json!({ "agency_id": w.health }));
    let as_agency = s.app.as_(&w.health_rep);
    as_agency.post(&path, agency).await.expect(201);
    assert_eq!(as_agency.get(&s.path("record")).await.status, 404);
    let key = s
        .app
        .as_(&w.chair)
        .with("idempotency-key", "conflict-of-police");
    let third = body(json!({ "user_id": w.police_rep.id }));
    let first = key.post(&path, third.clone()).await.expect(201);
    assert_eq!(key.post(&path, third).await.expect(201), first);

    let all = s.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    assert_eq!(
        s.record(&w.idva).await["conflicts"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(s.app.as_(&w.idva).get(&path).await.code(), "forbidden");
    let stranger = body(json!({ "user_id": w.kc_officer.id }));
    let stranger = s.app.as_(&w.chair).post(&path, stranger).await;
    assert_eq!(stranger.errors(), ["/user_id not_a_member"]);
    s.hear().await;
    s.step("close").await;
    let over = body(json!({ "user_id": w.officer.id }));
    let over = s.app.as_(&w.chair).post(&path, over).await;
    assert_eq!(over.body["reason"], "meeting_over");
}

#[actix_web::test]
async fn a_conflict_declared_by_whom_it_names_closes_the_case_to_a_coordinator_too() {
    let s = Session::started().await;
    let w = &s.world;
    let body =
        json!({ "agenda_item_id": s.item, "user_id": w.coordinator.id, "reason": "A neighbour." });
    let path = format!("/meetings/{}/conflicts", s.meeting);
    let coordinator = s.app.as_(&w.coordinator);
    let key = coordinator
        .clone()
        .with("idempotency-key", "my-own-conflict");
    key.post(&path, body.clone()).await.expect(201);
    // A replay is rendered under today's rights, and there is nothing any more.
    assert_eq!(key.post(&path, body).await.code(), "not_found");
    let all = coordinator.get(&path).await.expect(200);
    assert_eq!(all["items"], json!([]));
    assert_eq!(coordinator.get(&s.path("record")).await.code(), "not_found");
    let chair = s.app.as_(&w.chair).get(&path).await.expect(200);
    assert_eq!(chair["items"][0]["name"], "coordinator");
}

#[actix_web::test]
async fn coming_and_going_is_recorded_per_case() {
    let s = Session::accepted().await;
    let w = &s.world;
    let seats = format!("/meetings/{}/attendance", s.meeting);
    let seats = s.app.as_(&w.coordinator).get(&seats).await.expect(200);
    let seat = seats["items"].as_array().unwrap().iter();
    let seat = seat
        .clone()
        .find(|seat| seat["user_id"] == json!(w.housing_rep.id))
        .unwrap();
    let path = s.path(&format!("attendance/{}", id(seat)));
    let fresh = s.app.as_(&w.coordinator).if_match("\"0\"");
    let now = s.app.now();
    let stay = json!({ "joined_at": now });
    let joined = fresh.put(&path, stay.clone()).await.expect(200);
    assert_eq!(fresh.put(&path, stay).await.code(), "stale");
    let read = s.app.as_(&w.coordinator).if_match(&etag(&joined));
    let backwards = json!({ "joined_at": now, "left_at": now - chrono::TimeDelta::minutes(1) });
    assert_eq!(read.put(&path, backwards).await.status, 422);
    let left = json!({ "joined_at": now, "left_at": s.app.now() });
    read.put(&path, left).await.expect(200);
    let record = s.record(&w.health_rep).await;
    assert_eq!(record["attendance"][0]["name"], "housing-rep");
    assert!(record["attendance"][0]["left_at"].is_string());
    let refused = s.app.as_(&w.chair).if_match("\"0\"");
    assert_eq!(refused.put(&path, json!({})).await.code(), "forbidden");
    let unknown = s.path(&format!("attendance/{}", Uuid::now_v7()));
    assert_eq!(fresh.put(&unknown, json!({})).await.code(), "not_found");
}

#[actix_web::test]
async fn a_record_takes_seven_statements_at_any_number_of_entries() {
    let s = Session::accepted().await;
    let w = &s.world;
    let count = async || {
        let before = s.app.parts.db.statements();
        s.record(&w.housing_rep).await;
        s.app.parts.db.statements() - before
    };
    let few = count().await;
    for n in 0..12 {
        let text = format!("Information {n}");
        s.say(&w.coordinator, "information", information(&text))
            .await
            .expect(201);
    }
    assert_eq!((few, count().await), (7, 7));
}
