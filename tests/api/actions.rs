//! Agreeing, seeing, reporting and resolving actions.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use kernel::crypto::{DataKey, SealPlace};
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::plan::{Asks, listed};
use crate::support::{Answer, Person, TestApp, World, etag, id};

/// A listed case of a MARAC: a survivor with a refuge address, a safe and an unsafe contact.
pub struct Case {
    pub id: Uuid,
    pub marac: Uuid,
    pub key: DataKey,
}

pub fn make_case(app: &TestApp, marac: Uuid, family_name: &str) -> Case {
    let conn = &mut app.owner();
    let (case, party, now) = (Uuid::now_v7(), Uuid::now_v7(), app.now());
    let key = DataKey::generate().unwrap();
    let wrapped = app.keys.wrap(case, &key).unwrap();
    let code = format!("T-{}", &case.simple().to_string()[20..]);
    sql(
        "insert into cases (id, marac_id, code, status, received_at, opened_at, last_referral_on, \
         created_at) values ($1, $2, $3, 'listed', $4, $4, $5, $4)",
    )
    .bind(case)
    .bind(marac)
    .bind(code)
    .bind(now)
    .bind(app.today())
    .execute(conn)
    .unwrap();
    sql(
        "insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(case)
    .bind(marac)
    .bind(wrapped.master_key_id)
    .bind(wrapped.bytes)
    .bind(now)
    .execute(conn)
    .unwrap();
    let person = Uuid::now_v7();
    sql("insert into persons (id, created_at) values ($1, $2)")
        .bind(person)
        .bind(now)
        .execute(conn)
        .unwrap();
    let seal = |table, column, row, value: Value| {
        key.seal_json(SealPlace::new(table, column, row), &value)
            .unwrap()
    };
    let identity = json!({ "family_name": family_name, "given_names": "Amina" });
    sql(
        "insert into parties (id, marac_id, case_id, person_id, role, identity, created_at) \
         values ($1, $2, $3, $4, 'survivor', $5, $6)",
    )
    .bind(party)
    .bind(marac)
    .bind(case)
    .bind(person)
    .bind(seal("parties", "identity", party, identity))
    .bind(now)
    .execute(conn)
    .unwrap();
    for (kind, lines) in [("refuge", "The Safe House"), ("previous", "11 Old Street")] {
        let address = Uuid::now_v7();
        let sealed = json!({ "lines": lines, "postcode": "W9 9ZZ" });
        sql(
            "insert into party_addresses (id, marac_id, case_id, party_id, kind, confidential, \
             known_to_perpetrator, sealed, created_at) \
             values ($1, $2, $3, $4, $5, true, 'no', $6, $7)",
        )
        .bind(address)
        .bind(marac)
        .bind(case)
        .bind(party)
        .bind(kind)
        .bind(seal("party_addresses", "sealed", address, sealed))
        .bind(now)
        .execute(conn)
        .unwrap();
    }
    for (safe, value) in [(true, "07700 900123"), (false, "07700 900999")] {
        let contact = Uuid::now_v7();
        let sealed = json!({ "value": value, "notes": "After ten." });
        sql(
            "insert into party_contacts (id, marac_id, case_id, party_id, kind, safe_to_call, \
             sealed, created_at) values ($1, $2, $3, $4, 'phone', $5, $6, $7)",
        )
        .bind(contact)
        .bind(marac)
        .bind(case)
        .bind(party)
        .bind(safe)
        .bind(seal("party_contacts", "sealed", contact, sealed))
        .bind(now)
        .execute(conn)
        .unwrap();
    }
    Case {
        id: case,
        marac,
        key,
    }
}

/// Lists a case to an agency from now on; gives the circle row.
pub fn list_to(app: &TestApp, case: &Case, agency: Uuid) -> Uuid {
    let row = Uuid::now_v7();
    sql(
        "insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, created_at) \
         values ($1, $2, $3, 'share', $4, $5, $5, $5)",
    )
    .bind(row)
    .bind(case.marac)
    .bind(case.id)
    .bind(agency)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    row
}

pub fn end_share(app: &TestApp, row: Uuid) {
    sql("update circle set ends_at = $2 where id = $1")
        .bind(row)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
}

pub fn exclude(app: &TestApp, case: &Case, agency: Uuid) {
    sql(
        "insert into exclusions (id, marac_id, case_id, agency_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(case.marac)
    .bind(case.id)
    .bind(agency)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
}

pub fn wanted(app: &TestApp, owner: Uuid, days: i64) -> Value {
    json!({
        "text": "Change the locks at the new flat.",
        "owner_agency_id": owner,
        "category": "target_hardening",
        "target": "survivor",
        "due_on": app.today() + TimeDelta::days(days),
        "needs": ["address"],
    })
}

pub async fn agree(app: &TestApp, by: &Person, case: &Case, body: Value) -> Value {
    let path = format!("/cases/{}/actions", case.id);
    app.as_(by).post(&path, body).await.expect(201)
}

/// Housing owns an action of a case that is no longer shared with it.
pub async fn owned_action(app: &TestApp, world: &World) -> (Case, Value) {
    let case = make_case(app, world.wcc, "Sanders");
    let share = list_to(app, &case, world.housing);
    let action = agree(
        app,
        &world.coordinator,
        &case,
        wanted(app, world.housing, 7),
    )
    .await;
    end_share(app, share);
    (case, action)
}

async fn new() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

fn path_of(action: &Value) -> String {
    format!("/actions/{}", id(action))
}

async fn report(app: &TestApp, by: &Person, action: &Value, body: Value) -> Answer {
    app.as_(by)
        .if_match(&etag(action))
        .post(&format!("{}/report", path_of(action)), body)
        .await
}

fn ids(list: &Value) -> Vec<Uuid> {
    list["items"].as_array().unwrap().iter().map(id).collect()
}

#[actix_web::test]
async fn the_owner_sees_its_action_without_a_share_and_nothing_else_of_the_case() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    let housing = app.as_(&world.housing_rep);
    let list = housing.get("/actions").await.expect(200);
    assert_eq!(ids(&list), [id(&action)]);
    let row = &list["items"][0];
    assert_eq!(row["survivor"], json!("Amina Sanders"));
    assert_eq!(row["text"], json!("Change the locks at the new flat."));
    assert_eq!(row["owner_agency"], json!("City Housing"));
    assert_eq!(
        (&row["overdue"], &row["unresolved"]),
        (&json!(false), &json!(false))
    );

    let read = housing.get(&path_of(&action)).await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    let read = read.expect(200);
    assert_eq!(
        read["addresses"].as_array().unwrap().len(),
        1,
        "a previous address is nobody's need"
    );
    assert_eq!(read["addresses"][0]["lines"], json!("The Safe House"));
    assert_eq!(read["withheld"], json!(["safe_contact"]));
    assert_eq!(read.get("safe_contacts"), None);

    let unknown = housing
        .get(&format!("/cases/{}/actions", Uuid::now_v7()))
        .await;
    let hidden = housing.get(&format!("/cases/{}/actions", case.id)).await;
    assert_eq!(hidden.comparable(), unknown.comparable());
}

/// The chair works for the police: owner of the action by agency, but not its representative.
#[actix_web::test]
async fn a_chair_of_the_owning_agency_reads_and_resolves_as_chair() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.police);
    let action = agree(
        &app,
        &world.coordinator,
        &case,
        wanted(&app, world.police, 7),
    )
    .await;
    let read = app
        .as_(&world.chair)
        .get(&path_of(&action))
        .await
        .expect(200);
    assert_eq!(read["owner_agency_id"], json!(world.police));
    let body = json!({ "decision": "cancel", "reason": "She has moved away." });
    let path = format!("{}/resolve", path_of(&action));
    app.as_(&world.chair)
        .if_match(&etag(&read))
        .post(&path, body)
        .await
        .expect(200);
}

#[actix_web::test]
async fn staff_see_both_groups_and_a_listed_agency_neither() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    list_to(&app, &case, world.health);
    for person in [&world.coordinator, &world.chair] {
        let read = app.as_(person).get(&path_of(&action)).await.expect(200);
        assert_eq!(read["withheld"], json!([]));
        assert_eq!(read["safe_contacts"].as_array().unwrap().len(), 1);
        assert_eq!(read["safe_contacts"][0]["value"], json!("07700 900123"));
    }
    let read = app
        .as_(&world.health_rep)
        .get(&path_of(&action))
        .await
        .expect(200);
    assert_eq!(read["withheld"], json!(["address", "safe_contact"]));
    assert_eq!(read.get("addresses"), None);
    let refused = report(
        &app,
        &world.health_rep,
        &action,
        json!({ "status": "completed" }),
    )
    .await;
    assert_eq!(refused.status, 403);
}

#[actix_web::test]
async fn out_of_sight_answers_like_unknown() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    exclude(&app, &case, world.police);
    let path = path_of(&action);
    let nothing = format!("/actions/{}", Uuid::now_v7());
    for person in [
        &world.health_rep,
        &world.officer,
        &world.idva,
        &world.police_rep,
        &world.chair,
        &world.kc_coordinator,
    ] {
        let caller = app.as_(person);
        for tail in ["", "/history"] {
            let hidden = caller.get(&format!("{path}{tail}")).await;
            let unknown = caller.get(&format!("{nothing}{tail}")).await;
            assert_eq!(hidden.status, 404, "{}", person.email);
            assert_eq!(hidden.comparable(), unknown.comparable());
        }
        let body = json!({ "status": "completed" });
        let caller = caller.if_match("\"1\"");
        let hidden = caller.post(&format!("{path}/report"), body.clone()).await;
        let unknown = caller.post(&format!("{nothing}/report"), body).await;
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.comparable(), unknown.comparable());
    }
    for person in [&world.analyst, &world.auditor, &world.administrator] {
        assert_eq!(app.as_(person).get("/actions").await.status, 403);
        assert_eq!(app.as_(person).get(&path).await.status, 403);
    }
}

#[actix_web::test]
async fn an_excluded_owner_loses_sight_of_the_action_everywhere() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    exclude(&app, &case, world.housing);
    let housing = app.as_(&world.housing_rep);
    assert!(ids(&housing.get("/actions").await.expect(200)).is_empty());
    assert!(ids(&housing.get("/actions?status=all").await.expect(200)).is_empty());
    assert_eq!(housing.get(&path_of(&action)).await.status, 404);
    let client = app.as_client(&world.client, None);
    assert!(ids(&client.get("/actions").await.expect(200)).is_empty());
}

#[actix_web::test]
async fn an_owner_must_be_on_the_case_and_the_due_date_possible() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let path = format!("/cases/{}/actions", case.id);
    let coordinator = app.as_(&world.coordinator);
    let with = |changes: Value| {
        let mut body = wanted(&app, world.housing, 7);
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let yesterday = app.today() - TimeDelta::days(1);
    let table = [
        (
            json!({ "owner_agency_id": world.health }),
            "/owner_agency_id not_on_case",
        ),
        (
            json!({ "owner_agency_id": world.kc_police }),
            "/owner_agency_id not_on_case",
        ),
        (
            json!({ "owner_user_id": world.health_rep.id }),
            "/owner_user_id not_of_agency",
        ),
        (json!({ "due_on": yesterday }), "/due_on too_early"),
        (
            json!({ "meeting_id": Uuid::now_v7() }),
            "/meeting_id unknown",
        ),
        (
            json!({ "agenda_item_id": Uuid::now_v7() }),
            "/agenda_item_id unknown",
        ),
        (json!({ "category": "gardening" }), "/category not_allowed"),
        (json!({ "text": "" }), "/text blank"),
        (json!({ "colour": "red" }), " unknown_field"),
    ];
    for (changes, error) in table {
        let answer = coordinator.post(&path, with(changes)).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (422, vec![error.to_owned()])
        );
    }
    for person in [&world.housing_rep, &world.officer, &world.idva] {
        let answer = app.as_(person).post(&path, with(json!({}))).await;
        assert_eq!(answer.status, 403, "{}", person.email);
    }
    let elsewhere = app.as_(&world.kc_coordinator);
    assert_eq!(elsewhere.post(&path, with(json!({}))).await.status, 404);
    exclude(&app, &case, world.housing);
    let answer = coordinator.post(&path, with(json!({}))).await;
    assert_eq!(answer.errors(), ["/owner_agency_id not_on_case"]);
    sql("update cases set status = 'closed' where id = $1")
        .bind(case.id)
        .execute(&mut app.owner())
        .unwrap();
    let answer = coordinator.post(&path, with(json!({}))).await;
    assert_eq!(answer.body["reason"], json!("case_not_open"));
}

#[actix_web::test]
async fn an_action_of_a_meeting_is_due_no_sooner_than_it() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let meeting = Uuid::now_v7();
    sql(
        "insert into meetings (id, marac_id, kind, starts_at, time_zone, mode, status, \
         minutes_per_case, capacity, settings_version, created_at) \
         values ($1, $2, 'scheduled', $3, 'Europe/London', 'online', 'held', 12, 20, 1, $3)",
    )
    .bind(meeting)
    .bind(world.wcc)
    .bind(app.now() - TimeDelta::days(3))
    .execute(&mut app.owner())
    .unwrap();
    let mut body = wanted(&app, world.housing, -1);
    body["meeting_id"] = json!(meeting);
    let action = agree(&app, &world.chair, &case, body.clone()).await;
    assert_eq!(action["overdue"], json!(true));
    assert_eq!(
        action["agreed_on"],
        json!(app.today() - TimeDelta::days(3)),
        "minutes may be written up later"
    );
    body["due_on"] = json!(app.today() - TimeDelta::days(4));
    let path = format!("/cases/{}/actions", case.id);
    let early = app.as_(&world.chair).post(&path, body).await;
    assert_eq!(early.errors(), ["/due_on too_early"]);
}

#[actix_web::test]
async fn a_retried_agreement_is_the_same_action() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let path = format!("/cases/{}/actions", case.id);
    let coordinator = app
        .as_(&world.coordinator)
        .with("idempotency-key", "agree-0001");
    let body = wanted(&app, world.housing, 7);
    let first = coordinator.post(&path, body.clone()).await.expect(201);
    let again = coordinator.post(&path, body).await.expect(201);
    assert_eq!(first, again);
    let other = coordinator
        .post(&path, wanted(&app, world.housing, 8))
        .await;
    assert_eq!(
        (other.status, other.code()),
        (422, "idempotency_key_reused")
    );
    let list = app.as_(&world.coordinator).get(&path).await.expect(200);
    assert_eq!(ids(&list), [id(&first)]);
}

#[actix_web::test]
async fn the_owner_reports_and_the_second_of_two_reports_is_stale() {
    let (app, world) = new().await;
    let (_, action) = owned_action(&app, &world).await;
    let done = json!({ "status": "completed", "evidence": "Invoice 17." });
    let answer = report(&app, &world.housing_rep, &action, done.clone()).await;
    let answer = answer.expect(200);
    assert_eq!(answer["status"], json!("completed"));
    assert_eq!(
        answer["withheld"],
        json!(["address", "safe_contact"]),
        "what was needed is needed no longer"
    );
    let again = report(&app, &world.coordinator, &action, done.clone()).await;
    assert_eq!((again.status, again.code()), (412, "stale"));
    let without = app
        .as_(&world.coordinator)
        .post(&format!("{}/report", path_of(&action)), done.clone())
        .await;
    assert_eq!(without.status, 428);
    let late = report(&app, &world.coordinator, &answer, done).await;
    assert_eq!(
        (late.status, &late.body["reason"]),
        (409, &json!("not_outstanding"))
    );
    let owner = app.as_(&world.housing_rep);
    let kept = owner.get(&path_of(&action)).await.expect(200);
    assert_eq!(
        kept["withheld"],
        json!(["address", "safe_contact"]),
        "a finished action stays with its agency, and nothing of the case does"
    );
}

#[actix_web::test]
async fn not_done_and_not_possible_need_a_reason_and_stay_until_the_chair_resolves_them() {
    let (app, world) = new().await;
    let (_, action) = owned_action(&app, &world).await;
    for status in ["not_done", "not_possible_circumstances_changed"] {
        let bare = report(
            &app,
            &world.housing_rep,
            &action,
            json!({ "status": status }),
        )
        .await;
        assert_eq!(
            (bare.status, bare.errors()),
            (422, vec!["/reason required".into()])
        );
    }
    let tomorrow = app.today() + TimeDelta::days(1);
    let body = json!({ "status": "completed", "on": tomorrow });
    let early = report(&app, &world.housing_rep, &action, body).await;
    assert_eq!(early.errors(), ["/on in_the_future"]);
    let body = json!({ "status": "not_done", "reason": "No locksmith free." });
    let action = report(&app, &world.housing_rep, &action, body)
        .await
        .expect(200);
    assert_eq!(action["unresolved"], json!(true));

    let coordinator = app.as_(&world.coordinator);
    let marac = world.wcc;
    let outstanding = format!("/actions?marac_id={marac}");
    let unresolved = format!("{outstanding}&status=unresolved");
    assert!(ids(&coordinator.get(&outstanding).await.expect(200)).is_empty());
    let list = coordinator.get(&unresolved).await.expect(200);
    assert_eq!(ids(&list), [id(&action)]);

    let resolve = format!("{}/resolve", path_of(&action));
    let accept = json!({ "decision": "accept", "reason": "The police did it." });
    let tag = etag(&action);
    let not_chair = coordinator
        .clone()
        .if_match(&tag)
        .post(&resolve, accept.clone())
        .await;
    assert_eq!(not_chair.status, 403);
    let chair = app.as_(&world.chair);
    let action = chair
        .clone()
        .if_match(&tag)
        .post(&resolve, accept.clone())
        .await
        .expect(200);
    assert_eq!(
        (&action["status"], &action["unresolved"]),
        (&json!("not_done"), &json!(false))
    );
    assert!(ids(&coordinator.get(&unresolved).await.expect(200)).is_empty());
    let twice = chair.if_match(&etag(&action)).post(&resolve, accept).await;
    assert_eq!(twice.body["reason"], json!("not_unresolved"));
    let reopen = coordinator
        .if_match(&etag(&action))
        .post(
            &format!("{}/reopen", path_of(&action)),
            json!({ "reason": "It matters still." }),
        )
        .await;
    assert_eq!(reopen.body["reason"], json!("decided_by_chair"));
}

#[actix_web::test]
async fn the_coordinator_may_report_for_the_owner_re_open_and_re_assign_and_history_tells_all() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    list_to(&app, &case, world.health);
    let body = json!({ "status": "completed", "reason": "They rang." });
    let action = report(&app, &world.coordinator, &action, body)
        .await
        .expect(200);
    let coordinator = app.as_(&world.coordinator);
    let path = path_of(&action);
    let reason = json!({ "reason": "The wrong door." });
    let action = coordinator
        .clone()
        .if_match(&etag(&action))
        .post(&format!("{path}/reopen"), reason.clone())
        .await
        .expect(200);
    assert_eq!(action["status"], json!("open"));
    let change = format!("{path}/change");
    let nothing = coordinator
        .clone()
        .if_match(&etag(&action))
        .post(&change, reason)
        .await;
    assert_eq!(nothing.errors(), [" nothing_to_change"]);
    let due_on = app.today() + TimeDelta::days(30);
    let body = json!({ "reason": "Theirs.", "owner_agency_id": world.health, "due_on": due_on });
    let off_case = json!({ "reason": "Theirs.", "owner_agency_id": world.police });
    let refused = coordinator
        .clone()
        .if_match(&etag(&action))
        .post(&change, off_case)
        .await;
    assert_eq!(refused.errors(), ["/owner_agency_id not_on_case"]);
    let action = coordinator
        .clone()
        .if_match(&etag(&action))
        .post(&change, body)
        .await
        .expect(200);
    assert_eq!(action["owner_agency"], json!("St Mark's Hospital"));
    assert_eq!(action["due_on"], json!(due_on));
    assert_eq!(app.as_(&world.housing_rep).get(&path).await.status, 404);
    let history = app
        .as_(&world.health_rep)
        .get(&format!("{path}/history"))
        .await
        .expect(200);
    let kinds: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "agreed",
            "reported",
            "reopened",
            "reassigned",
            "rescheduled"
        ]
    );
    assert_eq!(history["items"][1]["overridden"], json!(true));
    assert_eq!(history["items"][1]["reason"], json!("They rang."));
    assert_eq!(history["items"][4]["owner_agency_id"], json!(world.health));
    #[derive(Row)]
    struct Fields {
        fields: Vec<String>,
    }
    let audited: Fields = sql("select fields from audit_events where act = 'report_action'")
        .get_result(&mut app.owner())
        .unwrap();
    assert_eq!(audited.fields, ["status", "override"]);
}

#[actix_web::test]
async fn the_chair_supersedes_by_another_action_of_the_same_case() {
    let (app, world) = new().await;
    let (case, action) = owned_action(&app, &world).await;
    let other_case = make_case(&app, world.wcc, "Someone");
    for case in [&case, &other_case] {
        list_to(&app, case, world.health);
    }
    let foreign = agree(
        &app,
        &world.chair,
        &other_case,
        wanted(&app, world.health, 3),
    )
    .await;
    let better = agree(&app, &world.chair, &case, wanted(&app, world.health, 3)).await;
    let resolve = format!("{}/resolve", path_of(&action));
    let chair = app.as_(&world.chair).if_match(&etag(&action));
    let body = |decision: &str, by: Uuid| json!({ "decision": decision, "reason": "Better so.", "superseded_by": by });
    for bad in [
        body("supersede", id(&foreign)),
        body("supersede", id(&action)),
        body("cancel", id(&better)),
    ] {
        let answer = chair.post(&resolve, bad).await;
        assert_eq!(answer.errors(), ["/superseded_by unknown"]);
    }
    let action = chair
        .post(&resolve, body("supersede", id(&better)))
        .await
        .expect(200);
    assert_eq!(action["status"], json!("superseded"));
    assert_eq!(action["superseded_by"], json!(id(&better)));
}

#[actix_web::test]
async fn a_client_reports_for_the_people_registered_with_it_and_nobody_else() {
    let (app, world) = new().await;
    let (_, action) = owned_action(&app, &world).await;
    let path = format!("{}/report", path_of(&action));
    let begun = json!({ "status": "in_progress" });
    let stranger = app
        .as_client(&world.client, Some("h-99"))
        .if_match(&etag(&action));
    let refused = stranger.post(&path, begun.clone()).await;
    assert_eq!((refused.status, refused.code()), (403, "actor_unknown"));
    let clerk = app.as_client(&world.client, Some("h-17"));
    let list = clerk.get("/actions").await.expect(200);
    let action = clerk
        .clone()
        .if_match(list["items"][0]["etag"].as_str().unwrap())
        .post(&path, begun)
        .await
        .expect(200);
    assert_eq!(action["status"], json!("in_progress"));
    let history = clerk
        .get(&format!("{}/history", path_of(&action)))
        .await
        .expect(200);
    assert!(history["items"][1]["by_actor_id"].is_string());
    sql("update api_clients set rights = '{actions:read}'")
        .execute(&mut app.owner())
        .unwrap();
    let read_only = clerk
        .if_match(&etag(&action))
        .post(&path, json!({ "status": "completed" }))
        .await;
    assert_eq!(read_only.status, 403);
}

#[actix_web::test]
async fn lists_come_by_due_date_in_pages_and_filters_narrow_them() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    let kc_case = make_case(&app, world.kc, "Sommer");
    for case in [&case, &kc_case] {
        list_to(&app, case, world.housing);
    }
    list_to(&app, &case, world.health);
    let mut made = Vec::new();
    for days in [9, 3, 5, 3] {
        let action = agree(
            &app,
            &world.coordinator,
            &case,
            wanted(&app, world.housing, days),
        );
        made.push(id(&action.await));
    }
    let mut named = wanted(&app, world.housing, 1);
    named["owner_user_id"] = json!(world.housing_rep.id);
    let kc = id(&agree(&app, &world.kc_coordinator, &kc_case, named).await);
    let other = agree(&app, &world.chair, &case, wanted(&app, world.health, 2)).await;
    let expected = [kc, made[1], made[3], made[2], made[0]];
    let housing = app.as_(&world.housing_rep);
    let (mut found, mut path) = (Vec::new(), "/actions?limit=2".to_owned());
    loop {
        let answer = housing.get(&path).await;
        let link = answer.header("link").map(str::to_owned);
        found.extend(ids(&answer.clone().expect(200)));
        let Some(link) = link else { break };
        path = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .unwrap()
            .to_owned();
    }
    assert_eq!(found, expected);
    app.wait(TimeDelta::days(4));
    for (query, expected) in [
        ("?overdue=true".to_owned(), vec![kc, made[1], made[3]]),
        ("?mine=true".into(), vec![kc]),
        (format!("?marac_id={}", world.kc), vec![kc]),
        ("?status=completed".into(), vec![]),
        (
            "?status=open&overdue=true".into(),
            vec![kc, made[1], made[3]],
        ),
        (format!("?agency_id={}", world.health), vec![id(&other)]),
        (format!("?marac_id={}", Uuid::now_v7()), vec![]),
    ] {
        let path = format!("/actions{query}");
        let list = app.as_(&world.housing_rep).get(&path).await.expect(200);
        assert_eq!(ids(&list), expected, "{query}");
    }
    let staff = app.as_(&world.coordinator);
    let list = staff.get(&format!("/actions?marac_id={}", world.wcc)).await;
    assert_eq!(
        ids(&list.expect(200)),
        [id(&other), made[1], made[3], made[2], made[0]]
    );
    assert!(ids(&staff.get("/actions").await.expect(200)).is_empty());
    for bad in [
        "?status=late",
        "?limit=0",
        "?cursor=x",
        "?colour=red",
        "?mine=true&agency_id=0198c0de-0000-7000-8000-000000000000",
        "?changed_after=start&status=all",
        "?changed_after=x",
    ] {
        let answer = app
            .as_(&world.housing_rep)
            .get(&format!("/actions{bad}"))
            .await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

/// Outstanding actions of housing, by SQL: many rows, a few of them housing's.
fn many(app: &TestApp, world: &World, case: &Case, rows: i32) {
    sql(
        "insert into actions (id, marac_id, case_id, owner_agency_id, target, category, priority, \
         due_on, agreed_on, status, sealed, status_at, created_at) \
         select gen_random_uuid(), $1, $2, case when n % 20 = 0 then $3 else $4 end, 'survivor', \
         'other', 'normal', $5::date + n % 90, $5, \
         case when n % 5 = 0 then 'open' else 'completed' end, '', $6, $6 \
         from generate_series(1, $7) n",
    )
    .bind(case.marac)
    .bind(case.id)
    .bind(world.housing)
    .bind(world.police)
    .bind(app.today())
    .bind(app.now())
    .bind(rows)
    .execute(&mut app.owner())
    .unwrap();
}

#[actix_web::test]
async fn the_work_list_takes_its_page_from_the_partial_index() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    many(&app, &world, &case, 5000);
    sql("analyze").execute(&mut app.owner()).unwrap();
    let asks = Asks::Person(&world.housing_rep);
    let work_list = listed("casework/actions/agency_outstanding");
    let plan = app.plan(asks, work_list, false, |list| {
        list.bind(world.housing)
            .bind(NaiveDate::from_ymd_opt(1, 1, 1).unwrap())
            .bind(Uuid::nil())
            .bind(None::<NaiveDate>)
            .bind(None::<Uuid>)
            .bind(None::<String>)
            .bind(51_i64)
    });
    assert!(
        plan.contains("Index Scan using actions_outstanding on actions"),
        "{plan}"
    );
    assert!(!plan.contains("Seq Scan on actions"), "{plan}");
    let sorted = |line: &str| line.contains("Sort Key") && line.contains("due_on");
    assert!(!plan.lines().any(sorted), "{plan}");
}

#[actix_web::test]
async fn the_work_list_takes_five_statements_at_any_number_of_rows() {
    let (app, world) = new().await;
    let case = make_case(&app, world.wcc, "Sanders");
    list_to(&app, &case, world.housing);
    let housing = app.as_(&world.housing_rep);
    for rows in [1, 50] {
        while ids(&housing.get("/actions").await.expect(200)).len() < rows {
            agree(&app, &world.chair, &case, wanted(&app, world.housing, 7)).await;
        }
        let before = app.parts.db.statements();
        assert_eq!(ids(&housing.get("/actions").await.expect(200)).len(), rows);
        assert_eq!(app.parts.db.statements() - before, 5, "{rows} rows");
    }
}

#[actix_web::test]
async fn colleagues_of_the_owner_who_do_not_speak_for_it_are_told_what_their_own_role_tells_them() {
    let desk = crate::casework::Desk::new().await;
    let (case, w) = (desk.case("Okafor").await, &desk.world);
    let action = desk
        .action(case, w.police, "open", "Mark the address.")
        .await;
    let path = format!("/actions/{action}");
    let as_who_referred = desk.app.as_(&w.officer).get(&path).await;
    assert_eq!(
        as_who_referred.status, 404,
        "the referral tells of no action (domain 6.2)"
    );
    for reader in [&w.chair, &w.coordinator] {
        desk.app.as_(reader).get(&path).await.expect(200);
        let history = desk.app.as_(reader).get(&format!("{path}/history")).await;
        history.expect(200);
    }
    let report = json!({ "status": "completed" });
    let stale = desk.app.as_(&w.chair).if_match("\"9\"");
    let refused = stale.post(&format!("{path}/report"), report).await;
    assert_eq!(
        refused.status, 403,
        "whether they may comes before the version"
    );
}
