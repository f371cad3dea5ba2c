//! Minutes: drafted from the record, approved, issued, and then only corrected (R24, R25).

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::meetings::{listed, planned, step};
use crate::support::{Answer, Person, TestApp, World, accept, etag, id};

/// A meeting that was held over two cases: A listed to housing and health, B to health alone. Both keep
/// them by an action.
pub struct Held {
    pub app: TestApp,
    pub world: World,
    pub meeting: Uuid,
    pub a: Uuid,
    pub b: Uuid,
}

impl Held {
    pub async fn new() -> Self {
        Self::on(TestApp::new().await).await
    }

    pub async fn on(app: TestApp) -> Self {
        let world = World::make(&app);
        let a = world.case(&app, "Okafor", "Brandt");
        let b = world.case(&app, "Lindqvist", "Frost");
        let meeting = id(&planned(&app, &world).await);
        let (housing, health) = (world.housing, world.health);
        let item_a = id(&listed(&app, &world, meeting, a, &[housing, health]).await);
        let item_b = id(&listed(&app, &world, meeting, b, &[health]).await);
        step(&app, &world.coordinator, meeting, "circulate").await;
        step(&app, &world.chair, meeting, "start").await;
        let held = Self {
            app,
            world,
            meeting,
            a,
            b,
        };
        held.record(item_a, "Alpha").await;
        held.record(item_b, "Bravo").await;
        held.agree(a, housing, "Change Alpha locks").await;
        held.agree(a, health, "Tell the Alpha ward").await;
        held.agree(b, health, "Tell the Bravo ward").await;
        let agenda = crate::meetings::agenda(&held.app, &held.world.chair, meeting).await;
        for item in agenda["items"].as_array().unwrap() {
            crate::meetings::hear(&held.app, &held.world, item).await;
        }
        for person in [&held.world.housing_rep, &held.world.health_rep] {
            accept(&held.app, person, meeting).await;
        }
        held.seat(housing, "present").await;
        held.seat(health, "apologies").await;
        step(&held.app, &held.world.chair, meeting, "close").await;
        held
    }

    /// The same, issued.
    pub async fn issued() -> Self {
        let held = Self::new().await;
        held.to_issue().await;
        held
    }

    pub async fn to_issue(&self) {
        let w = &self.world;
        self.draft(&w.coordinator, "\"0\"").await.expect(200);
        self.act(&w.chair, "approve").await.expect(200);
        self.act(&w.coordinator, "issue").await.expect(200);
    }

    async fn record(&self, item: Uuid, word: &str) {
        let coordinator = self.app.as_(&self.world.coordinator);
        let path = |what: &str| format!("/agenda-items/{item}/{what}");
        for (what, body) in [
            (
                "information",
                json!({ "nature": "fact", "sharing": "marac", "text": format!("{word} information.") }),
            ),
            (
                "information",
                json!({ "nature": "opinion", "sharing": "restricted", "text": format!("{word} secret.") }),
            ),
            (
                "views",
                json!({ "sharing": "marac", "text": format!("{word} views.") }),
            ),
            (
                "risks",
                json!({ "factor": "harm", "sharing": "marac", "text": format!("{word} harm.") }),
            ),
            (
                "safeguards",
                json!({ "safeguard": "mappa", "decision": "considered", "sharing": "marac" }),
            ),
            (
                "crimes",
                json!({ "police_wish": "does_not_wish", "sharing": "marac", "text": format!("{word} crime.") }),
            ),
        ] {
            coordinator.post(&path(what), body).await.expect(201);
        }
    }

    async fn agree(&self, case: Uuid, owner: Uuid, text: &str) {
        let action = json!({ "text": text, "owner_agency_id": owner, "category": "other",
            "target": "survivor", "due_on": self.app.today() + TimeDelta::days(30),
            "meeting_id": self.meeting });
        let path = format!("/cases/{case}/actions");
        let coordinator = self.app.as_(&self.world.coordinator);
        coordinator.post(&path, action).await.expect(201);
    }

    pub async fn seat(&self, agency: Uuid, presence: &str) {
        let coordinator = self.app.as_(&self.world.coordinator);
        let path = format!("/meetings/{}/attendance/{agency}", self.meeting);
        let body = json!({ "role": "representative", "presence": presence, "person_name": format!("{presence} person") });
        coordinator
            .if_match("\"0\"")
            .put(&path, body)
            .await
            .expect(200);
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/meetings/{}/minutes{rest}", self.meeting)
    }

    pub async fn get(&self, who: &Person, rest: &str) -> Answer {
        self.app.as_(who).get(&self.path(rest)).await
    }

    pub async fn draft(&self, who: &Person, version: &str) -> Answer {
        let body = json!({ "any_other_business": "The room is booked." });
        let caller = self.app.as_(who).if_match(version);
        caller.post(&self.path("/draft"), body).await
    }

    async fn version(&self, who: &Person) -> String {
        etag(&self.get(who, "").await.expect(200)["version"])
    }

    /// A step with the version just read.
    pub async fn act(&self, who: &Person, what: &str) -> Answer {
        let version = self.version(who).await;
        let caller = self.app.as_(who).if_match(&version);
        caller
            .post(&self.path(&format!("/{what}")), Value::Null)
            .await
    }

    pub async fn correct(&self, who: &Person, changes: Value) -> Answer {
        let version = self.version(who).await;
        let caller = self.app.as_(who).if_match(&version);
        let body = json!({ "changes": changes });
        caller.post(&self.path("/correct"), body).await
    }

    pub fn exclude(&self, case: Uuid, user: Uuid) {
        sql(
            "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
             values ($1, $2, $3, $4, '', $5)",
        )
        .bind(Uuid::now_v7())
        .bind(self.world.wcc)
        .bind(case)
        .bind(user)
        .bind(self.app.now())
        .execute(&mut self.app.owner())
        .unwrap();
    }
}

fn edit(case: Option<Uuid>, at: &str, text: &str) -> Value {
    json!([{ "case_id": case, "what": format!("What {text}."), "why": format!("Why {text}."),
        "edits": [{ "at": at, "text": text }] }])
}

fn reason(answer: &Answer) -> (u16, String) {
    let reason = answer.body["reason"].as_str().unwrap_or("").to_owned();
    (answer.status, reason)
}

fn refused(reason: &str) -> (u16, String) {
    (409, reason.to_owned())
}

#[actix_web::test]
async fn minutes_are_drafted_approved_issued_and_then_stay() {
    let held = Held::new().await;
    let w = &held.world;
    let none = held.get(&w.coordinator, "").await;
    assert_eq!(none.status, 404);
    let before = held.app.as_(&w.chair).if_match("\"0\"");
    let early = before.post(&held.path("/approve"), Value::Null).await;
    assert_eq!(reason(&early), refused("not_drafted"));

    let draft = held.draft(&w.coordinator, "\"0\"").await.expect(200);
    assert_eq!(draft["version"]["status"], "draft");
    assert_eq!(draft["frame"]["any_other_business"], "The room is booked.");
    assert_eq!(draft["frame"]["present"][0]["name"], "housing-rep");
    assert_eq!(draft["frame"]["apologies"][0]["name"], "apologies person");
    let first = &draft["cases"][0];
    assert_eq!(
        (&first["number"], &first["case_id"]),
        (&json!(1), &json!(held.a))
    );
    let heard = &first["heard"];
    assert_eq!(heard["survivor"], "Given Okafor");
    assert_eq!(heard["information"][0]["text"], "Alpha information.");
    assert_eq!(heard["views"][0]["text"], "Alpha views.");
    assert_eq!(heard["risks"][0]["factor"], "harm");
    assert_eq!(heard["safeguards"][0]["safeguard"], "mappa");
    assert_eq!(heard["crimes"][0]["police_wish"], "does_not_wish");
    assert_eq!(heard["outcome"], "Actions agreed.");
    assert_eq!(heard["actions"].as_array().unwrap().len(), 2);
    // A draft is for coordinator and chair.
    assert_eq!(held.get(&w.housing_rep, "").await.status, 404);
    assert_eq!(held.get(&w.housing_rep, ".pdf").await.status, 404);

    let soon = held.act(&w.coordinator, "issue").await;
    assert_eq!(reason(&soon), refused("not_approved"));
    assert_eq!(held.act(&w.coordinator, "approve").await.status, 403);
    let approved = held.act(&w.chair, "approve").await.expect(200);
    assert_eq!(approved["version"]["approved_by"], "chair");
    let twice = held.act(&w.chair, "approve").await;
    assert_eq!(reason(&twice), refused("already_approved"));
    // Drafted again, the chair's word falls.
    let again = held
        .draft(&w.coordinator, &etag(&approved["version"]))
        .await;
    let again = again.expect(200);
    assert_eq!(again["version"]["status"], "draft");
    assert_eq!(again["version"]["approved_by"], Value::Null);
    assert_eq!(again["cases"], draft["cases"]);
    held.act(&w.chair, "approve").await.expect(200);

    let issued = held.act(&w.coordinator, "issue").await.expect(200);
    assert_eq!(issued["version"]["status"], "issued");
    let meeting = held
        .app
        .as_(&w.coordinator)
        .get(&format!("/meetings/{}", held.meeting))
        .await;
    assert_eq!(meeting.expect(200)["status"], "minuted");
    for what in ["approve", "issue"] {
        let late = held.act(&w.chair, what).await;
        assert_eq!(reason(&late), refused("already_issued"), "{what}");
    }
    let late = held.draft(&w.chair, &etag(&issued["version"])).await;
    assert_eq!(reason(&late), refused("already_issued"));
    let missing = held
        .app
        .as_(&w.chair)
        .post(&held.path("/issue"), Value::Null)
        .await;
    assert_eq!(missing.status, 428);
    let stale = held.app.as_(&w.chair).if_match("\"1\"");
    assert_eq!(
        stale.post(&held.path("/issue"), Value::Null).await.status,
        412
    );
}

#[actix_web::test]
async fn a_meeting_not_yet_held_has_no_minutes_and_bad_input_is_pointed_at() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let caller = app.as_(&world.coordinator).if_match("\"0\"");
    let path = format!("/meetings/{meeting}/minutes/draft");
    let early = caller.post(&path, json!({})).await;
    assert_eq!(reason(&early), refused("not_held"));
    let long = "x".repeat(8001);
    let bad = caller
        .post(&path, json!({ "any_other_business": long }))
        .await;
    assert_eq!((bad.status, bad.errors().len()), (422, 1));
    let unknown = caller.post(&path, json!({ "minutes": 1 })).await;
    assert_eq!(unknown.status, 422);
}

/// R19: what a meeting opens, its minutes repeat. An agency came; a colleague of whoever sat there reads
/// what was said once they have accepted the statement as well, and a program that signs nothing never.
#[actix_web::test]
async fn whoever_has_not_accepted_the_statement_reads_no_case_in_the_minutes() {
    let held = Held::issued().await;
    let w = &held.world;
    let roles = [(w.wcc, "representative")];
    let colleague = World::person(&held.app, "colleague", w.housing, &roles);
    let cases = |minutes: &Value| minutes["cases"].as_array().unwrap().len();
    let before = held.get(&colleague, "").await.expect(200);
    assert_eq!(
        (cases(&before), &before["version"]["number"]),
        (0, &json!(1))
    );
    let printed = held.get(&colleague, ".html").await;
    assert!(!String::from_utf8(printed.bytes).unwrap().contains("Alpha"));
    for actor in [None, Some("h-17")] {
        let program = held.app.as_client(&w.client, actor);
        let minutes = program.get(&held.path("")).await.expect(200);
        assert_eq!(cases(&minutes), 0);
    }
    // Who worked there when it was held may still accept.
    for text in [
        "update users set created_at = created_at - interval '1 year' where id = $1",
        "update role_grants set created_at = created_at - interval '1 year' where user_id = $1",
    ] {
        let mut owner = held.app.owner();
        sql(text).bind(colleague.id).execute(&mut owner).unwrap();
    }
    accept(&held.app, &colleague, held.meeting).await;
    let after = held.get(&colleague, "").await.expect(200);
    assert_eq!(cases(&after), 1);
    assert!(after.to_string().contains("Alpha information"));
}

#[actix_web::test]
async fn each_reader_gets_the_parts_in_their_sight_and_no_trace_of_others() {
    let held = Held::issued().await;
    let w = &held.world;
    let own = held.get(&w.housing_rep, "").await.expect(200);
    let cases = own["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(
        (&cases[0]["case_id"], &cases[0]["number"]),
        (&json!(held.a), &json!(1))
    );
    assert_eq!(own["version"]["etag"], Value::Null);
    let text = own.to_string();
    for (word, seen) in [
        ("Alpha information", true),
        ("Okafor", true),
        ("Tell the Alpha ward", true),
        ("Alpha secret", false),
        ("Bravo", false),
        ("Lindqvist", false),
        (held.b.to_string().as_str(), false),
    ] {
        assert_eq!(text.contains(word), seen, "{word}");
    }
    // Health sent apologies: it reads both. Who neither came nor sent any reads none.
    let both = held.get(&w.health_rep, "").await.expect(200);
    assert_eq!(both["cases"].as_array().unwrap().len(), 2);
    assert!(!both.to_string().contains("secret"));
    let none = held.get(&w.police_rep, "").await.expect(200);
    assert_eq!(none["cases"], json!([]));
    assert!(
        held.get(&w.coordinator, "")
            .await
            .expect(200)
            .to_string()
            .contains("Bravo secret")
    );
    for person in [
        &w.observer,
        &w.administrator,
        &w.officer,
        &w.analyst,
        &w.auditor,
    ] {
        for rest in ["", "/versions", ".html", ".pdf"] {
            assert_eq!(
                held.get(person, rest).await.status,
                403,
                "{} {rest}",
                person.email
            );
        }
    }
    let elsewhere = held.get(&w.kc_coordinator, "").await;
    let unknown = format!("/meetings/{}/minutes", Uuid::now_v7());
    let unknown = held.app.as_(&w.kc_coordinator).get(&unknown).await;
    assert_eq!(elsewhere.comparable(), unknown.comparable());
    assert_eq!(elsewhere.status, 404);
}

#[actix_web::test]
async fn an_agency_that_stayed_away_without_a_word_gets_no_part() {
    let held = Held::issued().await;
    sql("update attendances set presence = 'absent' where agency_id = $1")
        .bind(held.world.health)
        .execute(&mut held.app.owner())
        .unwrap();
    let seen = held.get(&held.world.health_rep, "").await.expect(200);
    assert_eq!(seen["cases"], json!([]));
}

#[actix_web::test]
async fn for_who_is_shut_out_of_a_case_it_is_as_if_it_were_not_there() {
    let held = Held::issued().await;
    let w = &held.world;
    held.exclude(held.a, w.coordinator.id);
    // A correction of that case alone is no version to them.
    let changes = edit(Some(held.a), "/heard/views/0/text", "Alpha corrected");
    held.correct(&w.chair, changes).await.expect(200);
    let blind = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(
        (&blind["version"]["number"], &blind["version"]["status"]),
        (&json!(1), &json!("issued"))
    );
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.chair, "issue").await.expect(200);
    let versions = held.get(&w.coordinator, "/versions").await.expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 1);
    let hidden = held.get(&w.chair, "").await.expect(200)["version"]["id"].clone();
    let hidden = format!("/versions/{}", hidden.as_str().unwrap());
    let unknown = format!("/versions/{}", Uuid::now_v7());
    assert_eq!(
        held.get(&w.coordinator, &hidden).await.comparable(),
        held.get(&w.coordinator, &unknown).await.comparable()
    );
    let seen = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(seen["cases"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&seen["cases"][0]["number"], &seen["cases"][0]["case_id"]),
        (&json!(1), &json!(held.b))
    );
    for rest in ["", ".html", "/versions"] {
        let answer = held.get(&w.coordinator, rest).await;
        let text = String::from_utf8(answer.bytes).unwrap();
        for word in ["Alpha", "Okafor", "Brandt", &held.a.to_string(), "T-"] {
            let own = word == "T-" && text.contains(&format!("T-{}", held.b.simple()));
            assert!(own || !text.contains(word), "{rest} {word}");
        }
        assert!(!text.contains(&format!("T-{}", held.a.simple())), "{rest}");
    }
    // A later version of what they do see follows theirs without a gap.
    held.correct(&w.chair, edit(None, "/place", "Room 5"))
        .await
        .expect(200);
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.chair, "issue").await.expect(200);
    let next = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(next["version"]["number"], 2);
    assert_eq!(
        held.get(&w.chair, "").await.expect(200)["version"]["number"],
        3
    );
}

#[actix_web::test]
async fn what_a_shut_out_drafter_left_out_is_drafted_by_another_before_the_chairs_word() {
    let held = Held::new().await;
    let w = &held.world;
    held.exclude(held.a, w.coordinator.id);
    let draft = held.draft(&w.coordinator, "\"0\"").await.expect(200);
    assert_eq!(draft["cases"].as_array().unwrap().len(), 1);
    let lacking = held.act(&w.chair, "approve").await;
    assert_eq!(reason(&lacking), refused("parts_missing"));
    let whole = held
        .draft(&w.chair, &etag(&draft["version"]))
        .await
        .expect(200);
    assert_eq!(whole["cases"].as_array().unwrap().len(), 2);
    // Drafted once more by who does not see it, that part stays as it was.
    held.draft(&w.coordinator, &etag(&whole["version"]))
        .await
        .expect(200);
    let after = held.act(&w.chair, "approve").await.expect(200);
    assert_eq!(after["cases"], whole["cases"]);
}

#[actix_web::test]
async fn a_correction_is_another_version_that_says_what_and_why() {
    let held = Held::issued().await;
    let w = &held.world;
    let first = held.get(&w.housing_rep, "").await.expect(200);
    let changes = edit(Some(held.a), "/heard/views/0/text", "She wishes to move");
    let in_hand = held.correct(&w.coordinator, changes).await.expect(200);
    assert_eq!(
        (&in_hand["version"]["number"], &in_hand["version"]["status"]),
        (&json!(2), &json!("draft"))
    );
    assert_eq!(in_hand["version"]["late"], Value::Null);
    assert_eq!(held.get(&w.housing_rep, "").await.expect(200), first);
    let again = held.draft(&w.coordinator, &etag(&in_hand["version"])).await;
    assert_eq!(reason(&again), refused("correction_in_hand"));
    held.act(&w.chair, "approve").await.expect(200);
    // More goes into the same version, and asks for the chair's word again.
    let more = held
        .correct(&w.coordinator, edit(None, "/notes/-", "The date was right"))
        .await;
    assert_eq!(more.expect(200)["version"]["status"], "draft");
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.coordinator, "issue").await.expect(200);

    let second = held.get(&w.housing_rep, "").await.expect(200);
    assert_eq!(second["version"]["number"], 2);
    assert_eq!(
        second["cases"][0]["heard"]["views"][0]["text"],
        "She wishes to move"
    );
    assert_eq!(
        second["cases"][0]["heard"]["information"],
        first["cases"][0]["heard"]["information"]
    );
    assert_eq!(second["frame"]["notes"], json!(["The date was right"]));
    let said = second["version"]["corrections"].to_string();
    for word in [
        "What She wishes to move.",
        "Why She wishes to move.",
        "What The date was right.",
    ] {
        assert!(said.contains(word), "{said}");
    }
    let versions = held.get(&w.housing_rep, "/versions").await.expect(200);
    let versions = versions["items"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    let old = format!("/versions/{}", id(&versions[0]));
    assert_eq!(held.get(&w.housing_rep, &old).await.expect(200), first);
    // The first version's step is over, whatever comes after it.
    let meeting = held
        .app
        .as_(&w.chair)
        .get(&format!("/meetings/{}", held.meeting))
        .await;
    assert_eq!(meeting.expect(200)["status"], "minuted");
}

#[actix_web::test]
async fn a_record_corrected_after_the_minutes_shows_in_their_next_version() {
    let held = Held::issued().await;
    let w = &held.world;
    sql("update parties set identity = identity where case_id = $1")
        .bind(held.a)
        .execute(&mut held.app.owner())
        .unwrap();
    let note = edit(Some(held.a), "/notes/-", "Kept.");
    held.correct(&w.coordinator, note).await.expect(200);
    let taken = json!([{ "case_id": held.a, "what": "The record.", "why": "It was corrected.", "from_record": true }]);
    let next = held.correct(&w.coordinator, taken).await.expect(200);
    assert_eq!(next["cases"][0]["notes"], json!(["Kept."]));
    assert_eq!(next["version"]["corrections"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_correction_that_cannot_be_is_refused_and_nothing_of_it_stored() {
    let held = Held::new().await;
    let w = &held.world;
    held.draft(&w.coordinator, "\"0\"").await.expect(200);
    let early = held
        .correct(&w.coordinator, edit(None, "/notes/-", "x"))
        .await;
    assert_eq!(reason(&early), refused("not_issued"));
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.chair, "issue").await.expect(200);
    let unknown = Some(Uuid::now_v7());
    let twice = json!([
        edit(None, "/notes/-", "a")[0],
        edit(None, "/notes/-", "b")[0]
    ]);
    let empty = json!([{ "what": "A", "why": "B" }]);
    let table = [
        (
            edit(Some(held.a), "/heard/status", "x"),
            "/changes/0/edits/0/at no_such_words",
        ),
        (
            edit(Some(held.a), "/heard/actions/0/due_on", "x"),
            "/changes/0/edits/0/at no_such_words",
        ),
        (edit(unknown, "/notes/-", "x"), "/changes/0/case_id unknown"),
        (twice, "/changes/1/case_id twice"),
        (empty, "/changes/0/edits required"),
        (
            json!([{ "what": "", "why": "B", "from_record": true }]),
            "/changes/0/what blank",
        ),
        (json!([]), "/changes length"),
    ];
    for (changes, expected) in table {
        let answer = held.correct(&w.coordinator, changes).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (422, vec![expected.to_owned()])
        );
    }
    let versions = held.get(&w.coordinator, "/versions").await.expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 1);
    let caller = held.app.as_(&w.housing_rep).if_match("\"1\"");
    let body = json!({ "changes": edit(None, "/notes/-", "x") });
    let other = caller.post(&held.path("/correct"), body).await;
    assert_eq!(other.status, 403);
}

#[actix_web::test]
async fn what_was_issued_cannot_be_changed_in_the_database_either() {
    let held = Held::issued().await;
    let mut app = PgConnection::establish(&held.app.db.app_url()).unwrap();
    let setting = format!(
        "select set_config('toldonce.maracs', '{{{}}}', false), set_config('toldonce.closed', '{{}}', false)",
        held.world.wcc
    );
    app.batch_execute(&setting).unwrap();
    let mut owner = held.app.owner();
    for statement in [
        "update minutes_versions set frame = null",
        "update minutes_versions set status = 'draft', approved_at = null, issued_at = null",
        "delete from minutes_versions",
        "delete from minutes_parts",
        "update minutes_parts set position = 1",
        "insert into minutes_parts select gen_random_uuid(), marac_id, case_id, meeting_id, version_id, 9, sealed, created_at from minutes_parts",
        "truncate minutes_parts",
        "truncate minutes_versions cascade",
    ] {
        for conn in [&mut owner, &mut app] {
            let error = conn
                .batch_execute(statement)
                .expect_err(statement)
                .to_string();
            let kept = ["never changed", "permission denied"];
            assert!(
                kept.iter().any(|text| error.contains(text)),
                "{statement}: {error}"
            );
        }
    }
}

#[actix_web::test]
async fn two_who_issue_at_once_issue_once() {
    let held = Held::new().await;
    let w = &held.world;
    held.draft(&w.coordinator, "\"0\"").await.expect(200);
    let approved = held.act(&w.chair, "approve").await.expect(200);
    let version = etag(&approved["version"]);
    let path = held.path("/issue");
    let (one, other) = (
        held.app.as_(&w.coordinator).if_match(&version),
        held.app.as_(&w.chair).if_match(&version),
    );
    let (one, other) =
        futures_util::future::join(one.post(&path, Value::Null), other.post(&path, Value::Null))
            .await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let told: Vec<Told> = sql("select user_id from notifications where kind = 'minutes_issued'")
        .load(&mut held.app.owner())
        .unwrap();
    let to = |person: &Person| {
        told.iter()
            .filter(|row| row.user_id == Some(person.id))
            .count()
    };
    assert_eq!(
        (to(&w.housing_rep), to(&w.health_rep), to(&w.police_rep)),
        (1, 1, 0)
    );
}

#[derive(Row)]
struct Told {
    user_id: Option<Uuid>,
}

#[derive(Row)]
struct Seen {
    n: i64,
}

#[actix_web::test]
async fn reading_minutes_shows_in_the_access_log_of_each_case_that_was_read() {
    let held = Held::issued().await;
    held.get(&held.world.housing_rep, ".pdf").await;
    let count = |case: Uuid| {
        let row: Seen = sql(
            "select count(*) as n from audit_events where case_id = $1 and user_id = $2 and act = 'read_minutes'",
        )
        .bind(case)
        .bind(held.world.housing_rep.id)
        .get_result(&mut held.app.owner())
        .unwrap();
        row.n
    };
    assert_eq!((count(held.a), count(held.b)), (1, 0));
}

#[actix_web::test]
async fn minutes_are_late_after_three_working_days_and_lateness_is_counted() {
    let held = Held::new().await;
    let w = &held.world;
    let day = |days| held.app.today() + TimeDelta::days(days);
    let path = format!(
        "/reports/minutes?marac_id={}&from={}&to={}",
        w.wcc,
        day(-1),
        day(60)
    );
    let count = |who: Person| {
        let (app, path) = (&held.app, path.clone());
        async move { app.as_(&who).get(&path).await }
    };
    let due = count(w.analyst.clone()).await.expect(200);
    assert_eq!(
        due,
        json!({ "meetings": 1, "in_time": 0, "late": 0, "overdue": 0, "due": 1, "corrections": 0,
            "counts": "what_you_may_see" })
    );
    let draft = held.draft(&w.coordinator, "\"0\"").await.expect(200);
    assert_eq!(draft["version"]["late"], false);
    // The meeting was a fortnight ahead when it was held.
    held.app.wait(TimeDelta::days(25));
    let app = &held.app;
    sql("update sessions set expires_at = $1")
        .bind(app.now() + TimeDelta::days(9))
        .execute(&mut app.owner())
        .unwrap();
    let path = &path;
    let overdue = app.as_(&w.analyst).get(path).await.expect(200);
    assert_eq!(overdue["overdue"], 1);
    assert_eq!(
        held.get(&w.chair, "").await.expect(200)["version"]["late"],
        true
    );
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.chair, "issue").await.expect(200);
    let late = app.as_(&w.chair).get(path).await.expect(200);
    assert_eq!((&late["late"], &late["overdue"]), (&json!(1), &json!(0)));
    assert_eq!(app.as_(&w.housing_rep).get(path).await.status, 403);
    let there = format!(
        "/reports/minutes?marac_id={}&from=2026-01-01&to=2026-02-01",
        w.kc
    );
    assert_eq!(app.as_(&w.analyst).get(&there).await.status, 404);
}

/// Writes over what is sealed there, and gives back what was.
fn spoil(held: &Held, table: &str, column: &str, condition: &str) -> impl FnOnce() + use<> {
    let mut owner = held.app.owner();
    owner
        .batch_execute(&format!(
            "create table kept_for_a_test as select id, {column} as was from {table} where {condition}; \
             alter table {table} disable trigger user; \
             update {table} set {column} = '\\x01' where {condition}; \
             alter table {table} enable trigger user"
        ))
        .unwrap();
    let mend = format!(
        "alter table {table} disable trigger user; \
         update {table} t set {column} = k.was from kept_for_a_test k where k.id = t.id; \
         alter table {table} enable trigger user; drop table kept_for_a_test"
    );
    move || owner.batch_execute(&mend).unwrap()
}

async fn damaged(held: &Held) -> Vec<Value> {
    let path = format!("/damaged-parts?limit=200&marac_id={}", held.world.wcc);
    let coordinator = held.app.as_(&held.world.coordinator);
    let list = coordinator.get(&path).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn minutes_over_what_could_not_be_read_are_drafted_and_neither_approved_nor_issued() {
    let held = Held::new().await;
    let w = &held.world;
    let mend = spoil(
        &held,
        "actions",
        "sealed",
        &format!("case_id = '{}'", held.a),
    );
    let drafted = held.draft(&w.coordinator, "\"0\"").await.expect(200);
    let index = drafted["cases"].as_array().unwrap().iter();
    let index = index
        .enumerate()
        .find(|(_, one)| one["case_id"] == json!(held.a));
    let (index, _) = index.unwrap();
    let answer = held.act(&w.chair, "approve").await;
    assert_eq!(reason(&answer), refused("part_damaged"));
    for error in answer.body["errors"].as_array().unwrap() {
        let pointer = error["pointer"].as_str().unwrap();
        assert!(
            pointer.starts_with(&format!("/cases/{index}/heard/actions/")),
            "{pointer}"
        );
        assert_eq!(
            drafted.pointer(pointer),
            Some(&json!(practice::text::UNREADABLE))
        );
    }
    assert!(!answer.errors().is_empty());
    mend();
    // They say so still, until they are drafted again.
    assert_eq!(
        reason(&held.act(&w.chair, "approve").await),
        refused("part_damaged")
    );
    let version = held.version(&w.coordinator).await;
    held.draft(&w.coordinator, &version).await.expect(200);
    held.act(&w.chair, "approve").await.expect(200);
    // Approved, and damaged since.
    let mend = spoil(
        &held,
        "minutes_parts",
        "sealed",
        &format!("case_id = '{}'", held.a),
    );
    let answer = held.act(&w.coordinator, "issue").await;
    assert_eq!(reason(&answer), refused("part_damaged"));
    assert_eq!(answer.errors(), [format!("/cases/{index} part_damaged")]);
    mend();
    held.act(&w.coordinator, "issue").await.expect(200);
    assert_eq!(damaged(&held).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn a_damaged_frame_is_recorded_and_its_words_are_not_corrected_unread() {
    let held = Held::new().await;
    let w = &held.world;
    held.draft(&w.coordinator, "\"0\"").await.expect(200);
    let mend = spoil(&held, "minutes_versions", "frame", "frame is not null");
    let read = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(read["damaged"][0]["part"], "minutes_versions");
    assert_eq!(read["version"]["is_damaged"], true);
    let list = damaged(&held).await;
    assert_eq!(list.len(), 1, "{list:#?}");
    assert_eq!(list[0]["part"], "minutes_versions");
    assert_eq!(list[0]["field"], "frame");
    assert_eq!(list[0]["row_id"], read["version"]["id"]);
    assert_eq!(list[0]["meeting_id"], json!(held.meeting));
    assert_eq!(list[0]["case_id"], Value::Null);
    let answer = held.act(&w.chair, "approve").await;
    assert_eq!(reason(&answer), refused("part_damaged"));
    assert_eq!(answer.errors(), ["/frame part_damaged"]);
    mend();
    assert_eq!(damaged(&held).await, Vec::<Value>::new());
    held.act(&w.chair, "approve").await.expect(200);
    held.act(&w.coordinator, "issue").await.expect(200);
    let mend = spoil(&held, "minutes_versions", "frame", "frame is not null");
    let note = edit(None, "/notes/-", "A note.");
    let answer = held.correct(&w.coordinator, note.clone()).await;
    assert_eq!(reason(&answer), refused("part_damaged"));
    assert_eq!(answer.errors(), ["/changes/0 part_damaged"]);
    mend();
    held.correct(&w.coordinator, note).await.expect(200);
}

#[actix_web::test]
async fn a_meeting_whose_key_is_missing_has_minutes_that_say_so() {
    let held = Held::new().await;
    let w = &held.world;
    held.draft(&w.coordinator, "\"0\"").await.expect(200);
    held.app
        .owner()
        .batch_execute(
            "create table kept_for_a_test as select * from meeting_keys; delete from meeting_keys",
        )
        .unwrap();
    let read = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(read["version"]["is_damaged"], true);
    let list = damaged(&held).await;
    let parts: Vec<_> = list.iter().map(|one| one["part"].clone()).collect();
    assert_eq!(parts, ["meeting_keys"]);
    held.app
        .owner()
        .batch_execute(
            "insert into meeting_keys select * from kept_for_a_test; drop table kept_for_a_test",
        )
        .unwrap();
    let read = held.get(&w.coordinator, "").await.expect(200);
    assert_eq!(read.get("damaged"), None);
    assert_eq!(damaged(&held).await, Vec::<Value>::new());
}
