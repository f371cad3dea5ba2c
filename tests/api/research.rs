//! Research: asked at circulation, returned by agencies, read by whom it is for and nobody else.

use actix_web::http::Method;
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use practice::marac::settings::MaracSettings;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Scope, operations};
use crate::meetings::{listed, plan, planned, step};
use crate::support::plan::{Asks, listed as statement};
use crate::support::{Answer, Caller, Person, TestApp, World, accept, etag, id};

const PRIVATE: &str = "zq-own-notes-canary";
const WITHHELD: &str = "zq-withheld-canary";
const SHARED: &str = "zq-shared-canary";

/// A case on the circulated list of a meeting a fortnight ahead, listed to these agencies.
struct Asked {
    app: TestApp,
    world: World,
    meeting: Uuid,
    case: Uuid,
    item: Uuid,
}

impl Asked {
    async fn of(agencies: impl Fn(&World) -> Vec<Uuid>) -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        let meeting = id(&planned(&app, &world).await);
        let case = world.case(&app, "Okafor", "Brandt");
        let item = id(&listed(&app, &world, meeting, case, &agencies(&world)).await);
        step(&app, &world.coordinator, meeting, "circulate").await;
        Self {
            app,
            world,
            meeting,
            case,
            item,
        }
    }

    /// Listed to housing and health.
    async fn both() -> Self {
        Self::of(|world| vec![world.housing, world.health]).await
    }

    fn path(&self, agency: Uuid) -> String {
        format!("/agenda-items/{}/research/{agency}", self.item)
    }

    async fn read(&self, by: &Person, agency: Uuid) -> Answer {
        self.app.as_(by).get(&self.path(agency)).await
    }

    async fn returned(&self, by: &Person, body: Value) -> Value {
        let now = self.read(by, by.agency_id).await.expect(200);
        self.app
            .as_(by)
            .if_match(&etag(&now))
            .put(&self.path(by.agency_id), body)
            .await
            .expect(200)
    }

    async fn seen(&self, by: &Person) -> Vec<Value> {
        let path = format!("/agenda-items/{}/research", self.item);
        let list = self.app.as_(by).get(&path).await.expect(200);
        list["items"].as_array().unwrap().clone()
    }

    async fn counts(&self) -> Value {
        let path = format!("/meetings/{}/research", self.meeting);
        self.app
            .as_(&self.world.coordinator)
            .get(&path)
            .await
            .expect(200)
    }

    /// The case is closed to somebody.
    fn exclude(&self, person: &Person) {
        sql(
            "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
             values ($1, $2, $3, $4, '', $5)",
        )
        .bind(Uuid::now_v7())
        .bind(self.world.wcc)
        .bind(self.case)
        .bind(person.id)
        .bind(self.app.now())
        .execute(&mut self.app.owner())
        .unwrap();
    }

    /// The case allocated to the IDVA service.
    fn allocate(&self) {
        sql(
            "insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, created_at) \
             values ($1, $2, $3, 'allocation', $4, $5, $5, $5)",
        )
        .bind(Uuid::now_v7())
        .bind(self.world.wcc)
        .bind(self.case)
        .bind(self.world.idva_service)
        .bind(self.app.now())
        .execute(&mut self.app.owner())
        .unwrap();
    }
}

fn something() -> Value {
    json!({
        "agency_private": {
            "text": PRIVATE,
            "withheld_items": [{ "what": WITHHELD, "reason": "Of a third person." }],
        },
        "shareable": {
            "facts": SHARED,
            "opinion": "We think it is getting worse.",
            "relevant_necessary_proportionate": true,
            "last_contact_on": "2026-01-12",
            "allocated_worker": "J. Worker, 020 7946 0456",
            "flags_held": ["Warning marker on the tenancy"],
        },
    })
}

fn reason(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["reason"].as_str().unwrap_or(""))
}

#[actix_web::test]
async fn circulation_asks_each_listed_agency_by_the_deadline() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let mine = asked.seen(&w.housing_rep).await;
    assert_eq!(mine.len(), 1, "{mine:#?}");
    let day = (app.now() + TimeDelta::days(14))
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive();
    let due = MaracSettings::default().research_due_on(day);
    assert_eq!(mine[0]["due_on"], json!(due));
    assert_eq!(
        (
            &mine[0]["status"],
            &mine[0]["standing"],
            &mine[0]["overdue"]
        ),
        (&json!("requested"), &json!("open"), &json!(false))
    );
    assert_eq!(mine[0]["agency_id"], json!(w.housing));
    assert_eq!(mine[0]["withheld"], json!([]));
    let staff = asked.seen(&w.coordinator).await;
    let agencies: Vec<_> = staff.iter().map(|one| one["agency"].clone()).collect();
    assert_eq!(agencies, ["City Housing", "St Mark's Hospital"]);
    assert_eq!(staff[0]["withheld"], json!(["research_private"]));
    let police = asked.read(&w.coordinator, w.police).await;
    assert_eq!(police.status, 404, "not asked");
}

#[actix_web::test]
async fn nothing_is_asked_before_circulation_nor_of_whom_the_case_is_closed_to() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let meeting = id(&planned(&app, &world).await);
    let case = world.case(&app, "Okafor", "Brandt");
    let alert = world.case(&app, "Lind", "Moss");
    let agencies = [world.housing, world.health];
    let item = id(&listed(&app, &world, meeting, case, &agencies).await);
    let coordinator = app.as_(&world.coordinator);
    let body = json!({ "case_id": alert, "kind": "alert_only", "agencies": agencies });
    let path = format!("/meetings/{meeting}/agenda");
    let noted = id(&coordinator.post(&path, body).await.expect(201));
    sql(
        "insert into exclusions (id, marac_id, case_id, agency_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(world.wcc)
    .bind(case)
    .bind(world.health)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    let early = coordinator
        .get(&format!("/agenda-items/{item}/research"))
        .await
        .expect(200);
    assert_eq!(early["items"], json!([]));
    let work = app
        .as_(&world.housing_rep)
        .get("/research")
        .await
        .expect(200);
    assert_eq!(work["items"], json!([]));
    step(&app, &world.coordinator, meeting, "circulate").await;
    let of = |item: Uuid| format!("/agenda-items/{item}/research");
    let case = coordinator.get(&of(item)).await.expect(200);
    let agencies: Vec<_> = case["items"].as_array().unwrap().iter().collect();
    assert_eq!(agencies.len(), 1);
    assert_eq!(agencies[0]["agency"], "City Housing");
    let noted = coordinator.get(&of(noted)).await.expect(200);
    assert_eq!(noted["items"], json!([]));
}

#[actix_web::test]
async fn an_agencys_own_part_is_its_own_whoever_asks_and_wherever() {
    let asked = Asked::of(|w| vec![w.housing, w.health, w.idva_service, w.police]).await;
    asked.allocate();
    let (app, w) = (&asked.app, &asked.world);
    asked.returned(&w.housing_rep, something()).await;
    asked.returned(&w.housing_rep, something()).await;
    let colleague = World::person(app, "colleague", w.housing, &[(w.wcc, "representative")]);
    let lead = World::person(app, "practising", w.housing, &[(w.wcc, "practitioner")]);
    for stage in ["circulated", "in session", "held"] {
        match stage {
            "in session" => {
                step(app, &w.chair, asked.meeting, "start").await;
            }
            "held" => {
                let item = agenda_item(&asked).await;
                crate::meetings::hear(app, w, &item).await;
                step(app, &w.chair, asked.meeting, "close").await;
            }
            _ => {}
        }
        for other in [
            &w.coordinator,
            &w.chair,
            &w.idva,
            &w.health_rep,
            &w.police_rep,
            &w.officer,
            &w.observer,
            &w.auditor,
            &w.administrator,
            &w.kc_coordinator,
            &w.housing_lead,
            &lead,
        ] {
            let everything = read_everything(&app.as_(other), &asked).await;
            for canary in [PRIVATE, WITHHELD] {
                assert!(!everything.contains(canary), "{stage}: {}", other.email);
            }
        }
        if stage != "held" {
            for own in [&w.housing_rep, &colleague] {
                let read = asked.read(own, w.housing).await.expect(200);
                assert_eq!(read["agency_private"]["text"], PRIVATE, "{stage}");
            }
            let client = app.as_client(&w.client, Some("h-17"));
            let read = client.get(&asked.path(w.housing)).await.expect(200);
            assert_eq!(read["agency_private"]["text"], PRIVATE, "{stage}");
        }
    }
    #[derive(Row)]
    struct Row {
        n: i64,
    }
    let clear: Row = sql(
        "select count(*) as n from research_returns r where position($1::bytea in r.private) > 0 \
         or position($2::bytea in r.shareable) > 0",
    )
    .bind(PRIVATE.as_bytes().to_vec())
    .bind(SHARED.as_bytes().to_vec())
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(clear.n, 0, "sealed");
}

/// Everything that can be read about the case, as text.
async fn read_everything(caller: &Caller<'_>, asked: &Asked) -> String {
    let mut text = String::new();
    for operation in operations() {
        let bound = matches!(operation.scope, Some(Scope::Case | Scope::Place));
        if operation.method != "GET" || !bound {
            continue;
        }
        let uri = operation
            .path
            .replace("/meetings/{id}", &format!("/meetings/{}", asked.meeting))
            .replace("/cases/{id}", &format!("/cases/{}", asked.case))
            .replace("/cases/{case_id}", &format!("/cases/{}", asked.case))
            .replace(
                "/agenda-items/{id}",
                &format!("/agenda-items/{}", asked.item),
            )
            .replace("/maracs/{id}", &format!("/maracs/{}", asked.world.wcc))
            .replace("{agency_id}", &asked.world.housing.to_string());
        if uri.contains('{') {
            continue;
        }
        let query = match operation.id.as_str() {
            "list_audit" => format!("?marac_id={}", asked.world.wcc),
            "list_cases" | "list_actions" => format!("?marac_id={}", asked.world.wcc),
            "list_research" => "?status=all".to_owned(),
            _ => String::new(),
        };
        let answer = caller.send(Method::GET, &(uri + &query), None).await;
        text += &answer.body.to_string();
    }
    text
}

async fn agenda_item(asked: &Asked) -> Value {
    let seen = crate::meetings::agenda(&asked.app, &asked.world.coordinator, asked.meeting).await;
    seen["items"][0].clone()
}

#[actix_web::test]
async fn what_is_shared_opens_to_the_other_listed_agencies_when_the_meeting_starts() {
    let asked = Asked::both().await;
    asked.allocate();
    let (app, w) = (&asked.app, &asked.world);
    // Police sees the case by an earlier listing, and was not listed for this meeting.
    sql(
        "insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, created_at) \
         values ($1, $2, $3, 'share', $4, $5, $5, $5)",
    )
    .bind(Uuid::now_v7())
    .bind(w.wcc)
    .bind(asked.case)
    .bind(w.police)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    let made = asked.returned(&w.housing_rep, something()).await;
    assert_eq!(
        (&made["status"], &made["nothing_known"]),
        (&json!("returned"), &json!(false))
    );
    for early in [&w.coordinator, &w.chair, &w.idva] {
        let read = asked.read(early, w.housing).await.expect(200);
        assert_eq!(read["shareable"]["facts"], SHARED);
        assert_eq!(read["shareable"]["last_contact_on"], "2026-01-12");
        assert_eq!(read.get("agency_private"), None);
        assert_eq!(read["withheld"], json!(["research_private"]));
    }
    let before = asked.read(&w.health_rep, w.housing).await;
    let never = asked.read(&w.health_rep, w.coordination).await;
    assert_eq!(before.status, 404);
    assert_eq!(before.comparable(), never.comparable(), "nor who was asked");
    assert_eq!(asked.seen(&w.health_rep).await.len(), 1);
    assert_eq!(asked.seen(&w.police_rep).await, Vec::<Value>::new());

    step(app, &w.chair, asked.meeting, "start").await;
    assert_eq!(asked.read(&w.health_rep, w.housing).await.status, 404);
    accept(app, &w.health_rep, asked.meeting).await;
    let during = asked.read(&w.health_rep, w.housing).await.expect(200);
    assert_eq!(during["shareable"]["facts"], SHARED);
    assert_eq!(
        during["shareable"]["opinion"],
        "We think it is getting worse."
    );
    assert_eq!(during.get("agency_private"), None);
    assert_eq!(asked.seen(&w.health_rep).await.len(), 2);
    assert_eq!(asked.seen(&w.police_rep).await, Vec::<Value>::new());
    assert_eq!(asked.read(&w.police_rep, w.housing).await.status, 404);
    for none in [&w.officer, &w.observer, &w.analyst, &w.administrator] {
        assert_eq!(asked.read(none, w.housing).await.status, 403);
    }
    assert_eq!(asked.read(&w.kc_coordinator, w.housing).await.status, 404);
}

#[actix_web::test]
async fn a_return_is_made_and_changed_until_the_meeting_starts_and_earlier_words_are_kept() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let path = asked.path(w.housing);
    let rep = app.as_(&w.housing_rep);
    assert_eq!(rep.put(&path, something()).await.status, 428);
    let first = asked.returned(&w.housing_rep, something()).await;
    let nothing = json!({ "nothing_known": true });
    let stale = rep
        .clone()
        .if_match("\"1\"")
        .put(&path, nothing.clone())
        .await;
    assert_eq!(stale.code(), "stale");
    let second = asked.returned(&w.housing_rep, nothing.clone()).await;
    assert_eq!(
        (
            &second["status"],
            &second["shareable"],
            second.get("agency_private")
        ),
        (&json!("nothing_known"), &Value::Null, None)
    );
    let versions = rep.get(&format!("{path}/versions")).await.expect(200);
    let kept = versions["items"].as_array().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["agency_private"]["text"], PRIVATE);
    assert_eq!(kept[0]["shareable"]["facts"], SHARED);
    assert_eq!(format!("\"{}\"", kept[0]["version"]), etag(&first));
    for other in [&w.coordinator, &w.health_rep] {
        let refused = app.as_(other).get(&format!("{path}/versions")).await;
        assert_eq!(refused.status, 403);
    }
    step(app, &w.chair, asked.meeting, "start").await;
    let now = asked.read(&w.housing_rep, w.housing).await.expect(200);
    assert_eq!(now["standing"], "closed");
    let late = rep.if_match(&etag(&now)).put(&path, nothing).await;
    assert_eq!(reason(&late), (409, "meeting_started"));
}

#[actix_web::test]
async fn only_who_speaks_for_the_agency_returns_for_it() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let path = asked.path(w.housing);
    let body = json!({ "nothing_known": true });
    for (person, status) in [
        (&w.coordinator, 403),
        (&w.chair, 403),
        (&w.observer, 403),
        (&w.officer, 403),
        (&w.housing_lead, 403),
        (&w.administrator, 403),
        (&w.health_rep, 403),
        (&w.police_rep, 404),
        (&w.idva, 404),
    ] {
        let answer = app
            .as_(person)
            .if_match("\"1\"")
            .put(&path, body.clone())
            .await;
        assert_eq!(answer.status, status, "{}", person.email);
    }
    // Whether another agency was asked is not said.
    let rep = app.as_(&w.health_rep).if_match("\"1\"");
    let asked_too = rep.put(&path, body.clone()).await;
    let not_asked = rep.put(&asked.path(w.police), body.clone()).await;
    assert_eq!(asked_too.comparable(), not_asked.comparable());
    let client = app.as_client(&w.client, Some("h-17")).if_match("\"1\"");
    client.put(&path, body).await.expect(200);
}

#[actix_web::test]
async fn an_answer_that_does_not_hold_is_refused_with_its_pointers() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let rep = app.as_(&w.housing_rep).if_match("\"1\"");
    let path = asked.path(w.housing);
    let tomorrow = app.today() + TimeDelta::days(1);
    for (body, expected) in [
        (json!({}), vec!["/nothing_known required"]),
        (
            json!({ "nothing_known": true, "agency_private": { "text": "Some." } }),
            vec!["/nothing_known contradiction"],
        ),
        (
            json!({ "shareable": { "facts": "Some." } }),
            vec!["/shareable/relevant_necessary_proportionate required"],
        ),
        (
            json!({ "shareable": { "last_contact_on": tomorrow, "relevant_necessary_proportionate": true } }),
            vec!["/shareable/last_contact_on in_the_future"],
        ),
        (
            json!({ "agency_private": { "withheld_items": [{ "what": "A letter.", "reason": "" }] } }),
            vec!["/agency_private/withheld_items/0/reason blank"],
        ),
        (
            json!({ "shareable": { "flags_held": ["two\nlines"] } }),
            vec!["/shareable/flags_held/0 one_line"],
        ),
        (json!({ "status": "returned" }), vec![" unknown_field"]),
    ] {
        let refused = rep.put(&path, body).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, expected.into_iter().map(str::to_owned).collect())
        );
    }
    let still = asked.read(&w.housing_rep, w.housing).await.expect(200);
    assert_eq!(
        (&still["status"], etag(&still)),
        (&json!("requested"), "\"1\"".into())
    );
}

#[actix_web::test]
async fn of_two_who_write_at_once_one_is_told() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let colleague = World::person(app, "colleague", w.housing, &[(w.wcc, "representative")]);
    let path = asked.path(w.housing);
    let (a, b) = (app.as_(&w.housing_rep), app.as_(&colleague));
    let (a, b) = (a.if_match("\"1\""), b.if_match("\"1\""));
    let (one, two) = tokio::join!(
        a.put(&path, something()),
        b.put(&path, json!({ "nothing_known": true }))
    );
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [200, 412]);
    let won = if one.status == 200 {
        one.body
    } else {
        two.body
    };
    let now = asked.read(&w.housing_rep, w.housing).await.expect(200);
    assert_eq!(now, won);
}

#[actix_web::test]
async fn missing_late_excused_and_nothing_known_are_counted() {
    let asked = Asked::of(|w| vec![w.housing, w.health, w.police, w.idva_service]).await;
    asked.allocate();
    let (app, w) = (&asked.app, &asked.world);
    asked
        .returned(&w.housing_rep, json!({ "nothing_known": true }))
        .await;
    let now = asked.read(&w.coordinator, w.health).await.expect(200);
    let path = asked.path(w.health);
    let excuse = json!({ "exempt": true, "reason": "They hold no records of adults." });
    let coordinator = app.as_(&w.coordinator);
    for other in [&w.chair, &w.health_rep] {
        let refused = app
            .as_(other)
            .if_match(&etag(&now))
            .patch(&path, excuse.clone())
            .await;
        assert_eq!(refused.status, 403);
    }
    let excused = coordinator
        .clone()
        .if_match(&etag(&now))
        .patch(&path, excuse.clone())
        .await
        .expect(200);
    assert_eq!(
        (&excused["status"], &excused["exempt_because"]),
        (&json!("exempt"), &json!("They hold no records of adults."))
    );
    let again = coordinator
        .clone()
        .if_match(&etag(&excused))
        .patch(&path, excuse)
        .await
        .expect(200);
    assert_eq!(again, excused, "nothing has changed");
    let work = app.as_(&w.health_rep).get("/research").await.expect(200);
    assert_eq!(
        work["items"],
        json!([]),
        "nothing is asked of who is excused"
    );

    app.wait(TimeDelta::days(12));
    let late = asked
        .returned(&w.police_rep, json!({ "nothing_known": true }))
        .await;
    assert_eq!(
        (&late["status"], &late["nothing_known"]),
        (&json!("late"), &json!(true))
    );
    let changed = asked.returned(&w.housing_rep, something()).await;
    assert_eq!(
        changed["status"], "returned",
        "in time, though changed after"
    );
    let counts = asked.counts().await;
    let zero = json!({ "asked": 1, "missing": 0, "overdue": 0, "nothing_known": 0, "returned": 0,
        "late": 0, "late_nothing_known": 0, "exempt": 0 });
    let of = |n: usize, set: &[&str]| {
        let mut expected = zero.clone();
        for name in set {
            expected[name] = json!(1);
        }
        assert_eq!(
            counts["agencies"][n]["counts"], expected,
            "{}",
            counts["agencies"][n]
        );
    };
    of(0, &["returned"]);
    of(1, &["late", "late_nothing_known"]);
    of(2, &["missing", "overdue"]);
    of(3, &["exempt"]);
    assert_eq!(counts["total"]["asked"], 4);
    assert!(!counts.to_string().contains("canary"));
    let missing = asked.read(&w.idva, w.idva_service).await.expect(200);
    assert_eq!(missing["overdue"], true);
    let refused = app
        .as_(&w.housing_rep)
        .get(&format!("/meetings/{}/research", asked.meeting))
        .await;
    assert_eq!(refused.status, 403);
    // Missing stays missing once the meeting has begun.
    step(app, &w.chair, asked.meeting, "start").await;
    assert_eq!(asked.counts().await["total"], counts["total"]);
}

#[actix_web::test]
async fn an_excused_agency_is_asked_again_and_may_answer_all_the_same() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let path = asked.path(w.housing);
    let coordinator = app.as_(&w.coordinator);
    let word = |exempt: bool| json!({ "exempt": exempt, "reason": "A word." });
    let excused = coordinator
        .clone()
        .if_match("\"1\"")
        .patch(&path, word(true))
        .await
        .expect(200);
    let again = coordinator
        .clone()
        .if_match(&etag(&excused))
        .patch(&path, word(false))
        .await
        .expect(200);
    assert_eq!(
        (&again["status"], again.get("exempt_because")),
        (&json!("requested"), None)
    );
    coordinator
        .clone()
        .if_match(&etag(&again))
        .patch(&path, word(true))
        .await
        .expect(200);
    let answered = asked.returned(&w.housing_rep, something()).await;
    assert_eq!(
        (&answered["status"], answered.get("exempt_because")),
        (&json!("returned"), None)
    );
    let too_late = coordinator
        .if_match(&etag(&answered))
        .patch(&path, word(true))
        .await;
    assert_eq!(reason(&too_late), (409, "already_answered"));
}

#[actix_web::test]
async fn what_comes_off_the_list_is_asked_no_more_and_asked_again_when_it_comes_back() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let coordinator = app.as_(&w.coordinator);
    let agencies = format!("/agenda-items/{}/agencies", asked.item);
    let item = agenda_item(&asked).await;
    let only = json!({ "agencies": [w.health] });
    let caller = coordinator.clone().if_match(&etag(&item));
    let fewer = caller.put(&agencies, only).await.expect(200);
    assert_eq!(asked.seen(&w.coordinator).await.len(), 1);
    assert_eq!(asked.counts().await["total"]["asked"], 1);
    let work = app.as_(&w.housing_rep).get("/research").await.expect(200);
    assert_eq!(work["items"], json!([]));
    assert_eq!(asked.read(&w.housing_rep, w.housing).await.status, 404);
    let both = json!({ "agencies": [w.health, w.housing] });
    let caller = coordinator.clone().if_match(&etag(&fewer["item"]));
    let more = caller.put(&agencies, both).await.expect(200);
    let back = asked.read(&w.housing_rep, w.housing).await.expect(200);
    assert_eq!(
        (&back["status"], &back["standing"]),
        (&json!("requested"), &json!("open"))
    );
    let off = format!("/agenda-items/{}/withdraw", asked.item);
    let caller = coordinator.if_match(&etag(&more["item"]));
    caller
        .post(&off, json!({ "reason": "Moved away." }))
        .await
        .expect(200);
    assert_eq!(asked.counts().await["total"]["asked"], 0);
    assert_eq!(asked.seen(&w.coordinator).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn a_late_case_an_emergency_meeting_and_a_moved_one_have_later_days() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    app.wait(TimeDelta::days(12));
    let late = w.case(app, "Lind", "Moss");
    let body = json!({ "case_id": late, "agencies": [w.housing], "late_reason": "Last night." });
    let path = format!("/meetings/{}/agenda", asked.meeting);
    let late = id(&app.as_(&w.chair).post(&path, body).await.expect(201));
    let own = format!("/agenda-items/{late}/research/{}", w.housing);
    let request = app.as_(&w.housing_rep).get(&own).await.expect(200);
    let due: NaiveDate = request["due_on"].as_str().unwrap().parse().unwrap();
    assert!(
        due > app.today() && due <= app.today() + TimeDelta::days(2),
        "{due}"
    );
    assert_eq!(request["overdue"], false);
    // Moved by a month: what is still asked is due before the new day.
    let coordinator = app.as_(&w.coordinator);
    let now = coordinator
        .get(&format!("/meetings/{}", asked.meeting))
        .await
        .expect(200);
    let to = app.now() + TimeDelta::days(30);
    let moved = json!({ "starts_at": to });
    let caller = coordinator.if_match(&etag(&now));
    caller
        .patch(&format!("/meetings/{}", asked.meeting), moved)
        .await
        .expect(200);
    let day = to.with_timezone(&chrono_tz::Europe::London).date_naive();
    let request = app.as_(&w.housing_rep).get(&own).await.expect(200);
    let due = MaracSettings::default().research_due_on(day);
    assert_eq!(request["due_on"], json!(due));
}

#[actix_web::test]
async fn what_is_asked_follows_its_meeting_also_of_a_case_closed_to_who_runs_it() {
    // The chair is excluded and starts it: from now on agencies say there what they know.
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let before = asked.read(&w.housing_rep, w.housing).await.expect(200);
    asked.exclude(&w.chair);
    step(app, &w.chair, asked.meeting, "start").await;
    accept(app, &w.housing_rep, asked.meeting).await;
    let closed = asked.read(&w.housing_rep, w.housing).await.expect(200);
    assert_eq!(closed["standing"], "closed");
    let caller = app.as_(&w.housing_rep).if_match(&etag(&before));
    let late = caller.put(&asked.path(w.housing), something()).await;
    assert_eq!(late.status, 409, "{}", late.body);

    // The coordinator is excluded and moves it, then cancels it.
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    asked.exclude(&w.coordinator);
    let coordinator = app.as_(&w.coordinator);
    let path = format!("/meetings/{}", asked.meeting);
    let now = coordinator.get(&path).await.expect(200);
    let to = app.now() + TimeDelta::days(30);
    let caller = coordinator.clone().if_match(&etag(&now));
    caller
        .patch(&path, json!({ "starts_at": to }))
        .await
        .expect(200);
    let day = to.with_timezone(&chrono_tz::Europe::London).date_naive();
    let moved = asked.read(&w.housing_rep, w.housing).await.expect(200);
    let due = MaracSettings::default().research_due_on(day);
    assert_eq!(moved["due_on"], json!(due));
    step(app, &w.coordinator, asked.meeting, "cancel").await;
    assert_eq!(asked.seen(&w.chair).await, Vec::<Value>::new());
    let agenda = app
        .as_(&w.chair)
        .get(&format!("{path}/agenda"))
        .await
        .expect(200);
    assert_eq!(agenda["items"][0]["status"], "withdrawn");
}

#[actix_web::test]
async fn an_agencys_whole_list_is_judged_one_by_one() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let more: Vec<_> = ["Lind", "Adeyemi", "Frost"]
        .into_iter()
        .map(|name| w.case(app, name, "Moss"))
        .collect();
    let chair = app.as_(&w.chair);
    let mut items = vec![asked.item];
    for (n, case) in more.iter().enumerate() {
        let agency = if n == 2 { w.health } else { w.housing };
        let body = json!({ "case_id": case, "agencies": [agency], "late_reason": "Came today." });
        let path = format!("/meetings/{}/agenda", asked.meeting);
        items.push(id(&chair.post(&path, body).await.expect(201)));
    }
    asked.returned(&w.housing_rep, something()).await;
    let unknown = Uuid::now_v7();
    let list = json!({ "items": [
        { "agenda_item_id": items[1], "nothing_known": true },
        { "agenda_item_id": items[2], "shareable": something()["shareable"] },
        { "agenda_item_id": items[0], "nothing_known": true },
        { "agenda_item_id": items[0], "nothing_known": true },
        { "agenda_item_id": items[3], "nothing_known": true },
        { "agenda_item_id": unknown, "nothing_known": true },
    ] });
    let path = format!("/meetings/{}/research", asked.meeting);
    let client = app
        .as_client(&w.client, Some("h-17"))
        .with("idempotency-key", "the-list-of-housing");
    let done = client.post(&path, list.clone()).await.expect(200);
    assert_eq!((&done["taken"], &done["refused"]), (&json!(2), &json!(4)));
    let problems: Vec<_> = done["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["status"].clone(), one["problem"]["code"].clone()))
        .collect();
    assert_eq!(
        problems,
        [
            (json!("nothing_known"), Value::Null),
            (json!("returned"), Value::Null),
            (json!("returned"), json!("already_answered")),
            (json!("returned"), json!("duplicate")),
            (Value::Null, json!("not_found")),
            (Value::Null, json!("not_found")),
        ]
    );
    let replayed = client.post(&path, list).await.expect(200);
    assert_eq!(replayed, done, "a retry changes nothing");
    let other = json!({ "items": [{ "agenda_item_id": items[1], "nothing_known": true }] });
    assert_eq!(
        client.post(&path, other).await.code(),
        "idempotency_key_reused"
    );
    let rep = app.as_(&w.housing_rep);
    let read = rep
        .get(&format!(
            "/agenda-items/{}/research/{}",
            items[2], w.housing
        ))
        .await
        .expect(200);
    assert_eq!(read["shareable"]["facts"], SHARED);

    // A change names the version it read; what breaks a rule says which.
    let version = etag(&read);
    let list = json!({ "items": [
        { "agenda_item_id": items[2], "etag": version, "agency_private": { "text": PRIVATE } },
        { "agenda_item_id": items[1], "etag": "\"1\"", "nothing_known": true },
        { "agenda_item_id": items[0], "etag": "\"2\"", "shareable": { "facts": "Unconfirmed." } },
    ] });
    let done = rep.post(&path, list).await.expect(200);
    assert_eq!(done["items"][0]["problem"], Value::Null);
    assert_eq!(done["items"][1]["problem"]["code"], "stale");
    assert_eq!(
        done["items"][2]["problem"]["errors"][0]["pointer"],
        "/shareable/relevant_necessary_proportionate"
    );
    for refused in [&w.coordinator, &w.chair, &w.officer] {
        let body = json!({ "items": [{ "agenda_item_id": items[1], "nothing_known": true }] });
        assert_eq!(app.as_(refused).post(&path, body).await.status, 403);
    }
    let empty = rep.post(&path, json!({ "items": [] })).await;
    assert_eq!(empty.errors(), ["/items length"]);
    let hidden = rep
        .post(
            &format!("/meetings/{unknown}/research"),
            json!({ "items": [{ "agenda_item_id": items[1] }] }),
        )
        .await;
    assert_eq!(hidden.status, 404);
    step(app, &w.chair, asked.meeting, "start").await;
    let late = json!({ "items": [{ "agenda_item_id": items[1], "etag": "\"2\"", "nothing_known": true }] });
    let late = rep.post(&path, late).await.expect(200);
    assert_eq!(late["items"][0]["problem"]["code"], "meeting_started");
}

#[actix_web::test]
async fn each_case_of_a_list_leaves_its_event() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let second = w.case(app, "Lind", "Moss");
    let body = json!({ "case_id": second, "agencies": [w.housing], "late_reason": "Came today." });
    let path = format!("/meetings/{}/agenda", asked.meeting);
    let second_item = id(&app.as_(&w.chair).post(&path, body).await.expect(201));
    let list = json!({ "items": [
        { "agenda_item_id": asked.item, "nothing_known": true },
        { "agenda_item_id": second_item, "nothing_known": true },
    ] });
    let path = format!("/meetings/{}/research", asked.meeting);
    let done = app.as_(&w.housing_rep).post(&path, list).await;
    let request: Uuid = done.header("x-request-id").unwrap().parse().unwrap();
    assert_eq!(done.expect(200)["taken"], 2);
    #[derive(Row, Debug, PartialEq)]
    struct Row {
        case_id: Option<Uuid>,
        subject: String,
        fields: Vec<String>,
        user_id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "select case_id, subject, fields, user_id from audit_events where request_id = $1 order by id",
    )
    .bind(request)
    .load(&mut app.owner())
    .unwrap();
    let row = |case_id, subject: &str, fields: &[&str]| Row {
        case_id,
        subject: subject.into(),
        fields: fields.iter().map(|field| (*field).into()).collect(),
        user_id: w.housing_rep.id,
    };
    let groups = ["research_shared", "research_private"];
    assert_eq!(
        rows,
        [
            row(None, "meeting", &[]),
            row(Some(asked.case), "research_return", &groups),
            row(Some(second), "research_return", &groups),
        ]
    );
}

#[actix_web::test]
async fn the_work_list_goes_across_maracs_by_due_date_and_names_whom_to_look_for() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let mut expected = Vec::new();
    for (days, name) in [(20, "Okafor"), (14, "Lind")] {
        let mut body = plan(&app, &world);
        body["starts_at"] = json!(app.now() + TimeDelta::days(days));
        let meeting = app.as_(&world.coordinator).post("/meetings", body).await;
        let meeting = id(&meeting.expect(201));
        let case = world.case_with_child(&app, name, "Brandt");
        let agencies = [world.housing, world.health];
        listed(&app, &world, meeting, case, &agencies).await;
        step(&app, &world.coordinator, meeting, "circulate").await;
        expected.insert(0, case);
    }
    let body = json!({ "marac_id": world.kc, "kind": "scheduled", "mode": "online",
        "starts_at": app.now() + TimeDelta::days(30) });
    let kc = app.as_(&world.kc_coordinator);
    let meeting = id(&kc.post("/meetings", body).await.expect(201));
    let case = world.kc_case(&app, "Adeyemi", "Frost");
    let body = json!({ "case_id": case, "agencies": [world.housing] });
    kc.post(&format!("/meetings/{meeting}/agenda"), body)
        .await
        .expect(201);
    step(&app, &world.kc_coordinator, meeting, "circulate").await;
    expected.push(case);

    let client = app.as_client(&world.client, None);
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client
            .get(&format!("/research?limit=1{cursor}"))
            .await
            .expect(200);
        let one = &page["items"][0];
        found.push(one["case_id"].as_str().unwrap().parse::<Uuid>().unwrap());
        assert_eq!(
            (&one["status"], &one["standing"]),
            (&json!("requested"), &json!("open"))
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, expected);
    let page = client.get("/research?status=requested").await.expect(200);
    let people = page["items"][0]["people"].as_array().unwrap().clone();
    let roles: Vec<_> = people.iter().map(|one| one["role"].clone()).collect();
    assert_eq!(roles, ["survivor", "perpetrator", "child"]);
    assert_eq!(people[0]["identity"]["family_name"], "Lind");
    assert_eq!(people[0]["identity"]["aliases"], json!(["Lind-alias"]));
    let here = client
        .get(&format!("/research?marac_id={}", world.kc))
        .await
        .expect(200);
    assert_eq!(here["items"].as_array().unwrap().len(), 1);
    let health = app
        .as_(&world.health_rep)
        .get("/research")
        .await
        .expect(200);
    assert_eq!(health["items"].as_array().unwrap().len(), 2);

    let first = &page["items"][0];
    let path = format!(
        "/agenda-items/{}/research/{}",
        first["agenda_item_id"].as_str().unwrap(),
        world.housing
    );
    let answer = client
        .clone()
        .if_match(&etag(first))
        .put(&path, json!({ "nothing_known": true }))
        .await;
    answer.expect(200);
    let count = |page: Value| page["items"].as_array().unwrap().len();
    assert_eq!(count(client.get("/research").await.expect(200)), 2);
    assert_eq!(
        count(
            client
                .get("/research?status=nothing_known")
                .await
                .expect(200)
        ),
        1
    );
    assert_eq!(
        count(client.get("/research?status=all").await.expect(200)),
        3
    );
    for (person, status) in [
        (&world.coordinator, 403),
        (&world.officer, 403),
        (&world.administrator, 403),
    ] {
        assert_eq!(app.as_(person).get("/research").await.status, status);
    }
    let bad = client.get("/research?status=open").await;
    assert_eq!(bad.status, 400);
}

#[actix_web::test]
async fn a_list_of_thirty_takes_as_many_statements_as_one_of_one() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (mut asking, mut bulk, mut reading, mut counting) = (vec![], vec![], vec![], vec![]);
    for size in [1, 30] {
        let meeting = id(&planned(&app, &world).await);
        let mut items = Vec::new();
        for n in 0..size {
            let case = world.case(&app, &format!("Name{n}"), "Brandt");
            let agencies = [world.housing, world.health];
            items.push(id(&listed(&app, &world, meeting, case, &agencies).await));
        }
        let before = app.parts.db.statements();
        step(&app, &world.coordinator, meeting, "circulate").await;
        asking.push(app.parts.db.statements() - before);
        let rep = app.as_(&world.housing_rep);
        let before = app.parts.db.statements();
        let work = rep.get("/research?limit=200").await.expect(200);
        reading.push(app.parts.db.statements() - before);
        assert_eq!(work["items"].as_array().unwrap().len(), size);
        let list: Vec<_> = items
            .iter()
            .map(|item| json!({ "agenda_item_id": item, "nothing_known": true }))
            .collect();
        let before = app.parts.db.statements();
        let path = format!("/meetings/{meeting}/research");
        let done = rep
            .with("idempotency-key", &format!("list-of-{size}"))
            .post(&path, json!({ "items": list }))
            .await
            .expect(200);
        bulk.push(app.parts.db.statements() - before);
        assert_eq!(done["taken"], size);
        let before = app.parts.db.statements();
        app.as_(&world.coordinator).get(&path).await.expect(200);
        counting.push(app.parts.db.statements() - before);
    }
    for (what, counts, most) in [
        ("circulating, with the read before it", asking, 20),
        ("the work list", reading, 5),
        ("the whole list", bulk, 8),
        ("the counts", counting, 6),
    ] {
        assert_eq!(counts[0], counts[1], "{what}");
        assert!(counts[0] <= most, "{what}: {counts:?}");
    }
}

#[derive(Row, Debug, PartialEq)]
struct Told {
    kind: String,
    n: i64,
}

/// What somebody's inbox holds of a subject.
fn told(app: &TestApp, person: &Person, subject: Uuid) -> Vec<(String, i64)> {
    let rows: Vec<Told> = sql(
        "select kind, count(*) as n from notifications where user_id = $1 and subject_id = $2 \
         group by kind order by kind",
    )
    .bind(person.id)
    .bind(subject)
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| (row.kind, row.n)).collect()
}

#[actix_web::test]
async fn agencies_are_told_when_they_are_asked_before_it_is_due_and_when_it_is_late() {
    let asked = Asked::both().await;
    let (app, w) = (&asked.app, &asked.world);
    let of = |person: &Person| told(app, person, asked.item);
    let due = |n| ("research_due".to_owned(), n);
    let late = || ("research_late".to_owned(), 1);
    assert_eq!(of(&w.housing_rep), [due(1)]);
    assert_eq!(of(&w.health_rep), [due(1)]);
    assert_eq!(of(&w.police_rep), []);
    let run = || conference::asking::remind(&app.parts.db).unwrap();
    run();
    assert_eq!(of(&w.housing_rep), [due(1)], "not yet");
    let request = asked.read(&w.housing_rep, w.housing).await.expect(200);
    let day: NaiveDate = request["due_on"].as_str().unwrap().parse().unwrap();
    asked
        .returned(&w.health_rep, json!({ "nothing_known": true }))
        .await;
    app.wait((day - app.today()) - TimeDelta::days(1));
    run();
    run();
    assert_eq!(of(&w.housing_rep), [due(2)], "once a day that it is due by");
    assert_eq!(of(&w.health_rep), [due(1)], "has answered");
    app.wait(TimeDelta::days(2));
    run();
    run();
    assert_eq!(of(&w.housing_rep), [due(2), late()]);
    step(app, &w.chair, asked.meeting, "start").await;
    app.wait(TimeDelta::days(1));
    run();
    assert_eq!(of(&w.housing_rep), [due(2), late()]);
    assert_eq!(of(&w.coordinator), []);
}

#[actix_web::test]
async fn the_work_list_is_read_by_its_index() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let asks = Asks::Person(&world.housing_rep);
    let plan = app.plan(
        asks,
        listed("conference/research/work_list"),
        true,
        |list| {
            list.bind(world.housing)
                .bind(NaiveDate::from_ymd_opt(1, 1, 1).unwrap())
                .bind(Uuid::nil())
                .bind(None::<Uuid>)
                .bind(None::<&'static str>)
                .bind(51_i64)
        },
    );
    for index in [
        "research_returns_asked",
        "agenda_items_pkey",
        "cases_pkey",
        "data_keys_pkey",
        "parties_case",
    ] {
        assert!(plan.contains(index), "{index}\n{plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}
