//! The confidentiality statement (R19): nothing of a meeting opens to whoever has not accepted it.

use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hearing::{Session, information};
use crate::meetings::{agenda, planned, step};
use crate::support::{Answer, Person, TestApp, World, accept, etag, id};

fn withholds(body: &Value, group: &str) -> bool {
    body["withheld"].as_array().unwrap().contains(&json!(group))
}

async fn file(s: &Session, who: &Person) -> Value {
    let path = format!("/cases/{}", s.case);
    s.app.as_(who).get(&path).await.expect(200)
}

async fn seat(s: &Session, agency: Uuid, body: Value) -> Answer {
    let path = format!("/meetings/{}/attendance/{agency}", s.meeting);
    let caller = s.app.as_(&s.world.coordinator).if_match("\"0\"");
    caller.put(&path, body).await
}

#[actix_web::test]
async fn an_area_words_its_statement_and_a_meeting_keeps_the_one_its_list_went_out_with() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let path = format!("/maracs/{}/confidentiality-statement", world.wcc);
    let caller = app.as_(&world.coordinator);
    let shipped = caller.get(&path).await.expect(200);
    assert_eq!(shipped["version"], 0);
    let text = shipped["text"].as_str().unwrap();
    for word in [
        "confidential",
        "minutes",
        "discrimination",
        "risk",
        "support",
    ] {
        assert!(text.contains(word), "{word}");
    }
    let body = json!({ "text": "What we hear here stays here." });
    assert_eq!(caller.put(&path, body.clone()).await.status, 428);
    let read = caller.clone().if_match(&etag(&shipped));
    let first = read.put(&path, body.clone()).await.expect(200);
    assert_eq!(
        (&first["version"], &first["text"]),
        (&json!(1), &body["text"])
    );
    assert_eq!(read.put(&path, body.clone()).await.code(), "stale");
    for person in [&world.chair, &world.housing_rep, &world.idva] {
        let answer = app
            .as_(person)
            .if_match("\"1\"")
            .put(&path, body.clone())
            .await;
        assert_eq!(answer.code(), "forbidden");
    }
    let other = app.as_(&world.kc_coordinator).get(&path).await;
    let unknown = format!("/maracs/{}/confidentiality-statement", Uuid::now_v7());
    let unknown = app.as_(&world.kc_coordinator).get(&unknown).await;
    assert_eq!(other.status, 404);
    assert_eq!(other.comparable(), unknown.comparable());

    let meeting = id(&planned(&app, &world).await);
    let of_meeting = format!("/meetings/{meeting}/confidentiality");
    let early = json!({ "version": 1 });
    let rep = app.as_(&world.housing_rep);
    let early = rep.post(&of_meeting, early).await;
    assert_eq!(early.body["reason"], "not_circulated");
    step(&app, &world.coordinator, meeting, "circulate").await;
    let again = caller.if_match(&etag(&first));
    let second = json!({ "text": "And nowhere else." });
    again.put(&path, second).await.expect(200);
    let found = rep.get(&of_meeting).await.expect(200);
    assert_eq!(
        (&found["version"], &found["accepted_at"]),
        (&json!(1), &Value::Null)
    );
    let newer = rep.post(&of_meeting, json!({ "version": 2 })).await;
    assert_eq!(newer.body["reason"], "another_statement");
    let seat = rep
        .post(&of_meeting, json!({ "version": 1 }))
        .await
        .expect(200);
    assert_eq!(seat["confidentiality_version"], 1);
    let again = rep
        .post(&of_meeting, json!({ "version": 1 }))
        .await
        .expect(200);
    assert_eq!(again, seat, "accepting again changes nothing");
}

#[actix_web::test]
async fn until_they_accept_it_those_listed_have_the_list_alone() {
    let s = Session::circulated().await;
    let w = &s.world;
    // Accepting ahead opens nothing before the start.
    accept(&s.app, &w.health_rep, s.meeting).await;
    for person in [&w.housing_rep, &w.health_rep] {
        let seen = file(&s, person).await;
        assert!(withholds(&seen, "narrative") && withholds(&seen, "dash_answers"));
        assert_eq!(seen["account"], json!([]));
    }
    s.step("start").await;
    assert_eq!(
        file(&s, &w.health_rep).await["account"][0]["text"],
        "He came back on Sunday."
    );
    let before = file(&s, &w.housing_rep).await;
    assert!(withholds(&before, "narrative"));
    assert_eq!(before["account"], json!([]));
    let list = agenda(&s.app, &w.housing_rep, s.meeting).await;
    assert_eq!(
        list["items"][0]["survivor"]["identity"]["family_name"],
        "Okafor"
    );
    let colleague = World::person(&s.app, "colleague", w.housing, &[(w.wcc, "representative")]);
    let seat = accept(&s.app, &w.housing_rep, s.meeting).await;
    assert_eq!(
        (&seat["presence"], &seat["role"]),
        (&json!("present"), &json!("representative"))
    );
    assert!(!withholds(&file(&s, &w.housing_rep).await, "narrative"));
    assert!(
        withholds(&file(&s, &colleague).await, "narrative"),
        "everybody accepts for themselves"
    );
    // Of another meeting it says nothing.
    let other = id(&planned(&s.app, w).await);
    step(&s.app, &w.coordinator, other, "circulate").await;
    accept(&s.app, &colleague, other).await;
    assert!(withholds(&file(&s, &colleague).await, "narrative"));
    s.hear().await;
    s.step("close").await;
    let gone = format!("/cases/{}", s.case);
    assert_eq!(s.app.as_(&w.housing_rep).get(&gone).await.status, 404);
}

#[actix_web::test]
async fn an_observer_has_the_list_in_the_meeting_only_and_never_more() {
    let s = Session::circulated().await;
    let w = &s.world;
    let list = async || agenda(&s.app, &w.observer, s.meeting).await["items"].clone();
    assert_eq!(list().await, json!([]));
    accept(&s.app, &w.observer, s.meeting).await;
    assert_eq!(list().await, json!([]));
    s.step("start").await;
    let seen = list().await;
    assert_eq!(seen[0]["survivor"]["identity"]["family_name"], "Okafor");
    assert!(withholds(&seen[0], "narrative") && withholds(&seen[0], "minutes"));
    for path in [
        format!("/cases/{}", s.case),
        format!("/cases/{}/account", s.case),
        s.path("record"),
    ] {
        assert_eq!(s.app.as_(&w.observer).get(&path).await.code(), "forbidden");
    }
    let late = World::person(&s.app, "late-observer", w.health, &[(w.wcc, "observer")]);
    assert_eq!(agenda(&s.app, &late, s.meeting).await["items"], json!([]));
    accept(&s.app, &late, s.meeting).await;
    let seen = agenda(&s.app, &late, s.meeting).await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let exclusion = json!({ "user_id": late.id, "reason": "A friend." });
    let path = format!("/cases/{}/exclusions", s.case);
    s.app
        .as_(&w.coordinator)
        .post(&path, exclusion)
        .await
        .expect(201);
    assert_eq!(agenda(&s.app, &late, s.meeting).await["items"], json!([]));
    s.hear().await;
    s.step("close").await;
    assert_eq!(list().await, json!([]));
}

#[actix_web::test]
async fn a_guest_is_there_for_their_cases_while_the_meeting_lasts() {
    let s = Session::circulated().await;
    let w = &s.world;
    let role = &[(w.wcc, "practitioner")];
    let guest = World::person(&s.app, "guest", w.idva_service, role);
    let other = s.world.case(&s.app, "Adeyemi", "Moss");
    let late = json!({ "case_id": other, "agencies": [w.housing], "late_reason": "Just in." });
    let path = format!("/meetings/{}/agenda", s.meeting);
    s.app.as_(&w.chair).post(&path, late).await.expect(201);
    let body = |items: Value| json!({ "user_id": guest.id, "role": "guest", "presence": "expected", "items": items });
    let none = seat(&s, w.idva_service, body(json!([]))).await;
    assert_eq!(none.errors(), ["/items required"]);
    let wrong = seat(&s, w.idva_service, body(json!([s.item, Uuid::now_v7()]))).await;
    assert_eq!(wrong.errors(), ["/items/1 unknown"]);
    let statement = format!("/meetings/{}/confidentiality", s.meeting);
    let before = s.app.as_(&guest).get(&statement).await;
    assert_eq!(before.code(), "not_found", "no seat, no meeting");
    let made = seat(&s, w.idva_service, body(json!([s.item])))
        .await
        .expect(200);
    assert_eq!(made["items"], json!([s.item]));
    let mine = format!("/cases/{}", s.case);
    let theirs = format!("/cases/{other}");
    assert_eq!(s.app.as_(&guest).get(&mine).await.code(), "not_found");
    s.step("start").await;
    let seen = file(&s, &guest).await;
    assert!(withholds(&seen, "narrative"));
    accept(&s.app, &guest, s.meeting).await;
    let seen = file(&s, &guest).await;
    assert_eq!(seen["account"].as_array().unwrap().len(), 1);
    assert_eq!(s.app.as_(&guest).get(&theirs).await.code(), "not_found");
    s.say(&guest, "information", information("I visit her."))
        .await
        .expect(201);
    let record = s.record(&guest).await;
    assert_eq!(record["information"][0]["text"], "I visit her.");
    assert_eq!(record["attendance"][0]["bound"], true);
    // No longer needed: the seat ends, and with it the sight.
    let seats = format!("/meetings/{}/attendance", s.meeting);
    let seats = s.app.as_(&w.coordinator).get(&seats).await.expect(200);
    let now = seats["items"].as_array().unwrap().iter();
    let now = now
        .clone()
        .find(|one| one["user_id"] == json!(guest.id))
        .unwrap();
    let mut left = body(json!([s.item]));
    left["presence"] = json!("absent");
    let path = format!("/meetings/{}/attendance/{}", s.meeting, w.idva_service);
    let caller = s.app.as_(&w.coordinator).if_match(&etag(now));
    caller.put(&path, left).await.expect(200);
    assert_eq!(s.app.as_(&guest).get(&mine).await.code(), "not_found");
}

#[actix_web::test]
async fn a_practitioner_who_referred_reads_their_case_and_not_what_was_said() {
    let s = Session::accepted().await;
    let w = &s.world;
    s.say(&w.housing_rep, "information", information("Two calls."))
        .await
        .expect(201);
    sql(
        "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
         values ($1, $2, $3, 'referrer', $4, $5, $5)",
    )
    .bind(Uuid::now_v7())
    .bind(w.wcc)
    .bind(s.case)
    .bind(w.officer.id)
    .bind(s.app.now())
    .execute(&mut s.app.owner())
    .unwrap();
    let record = s.record(&w.officer).await;
    assert_eq!(record["information"], json!([]));
    assert!(withholds(&record, "minutes"));
    let uninvited = s.say(&w.officer, "information", information("x")).await;
    assert_eq!(uninvited.code(), "forbidden");
}

#[actix_web::test]
async fn a_partners_program_counts_as_the_person_it_acts_for_and_sits_nowhere_by_itself() {
    let s = Session::started().await;
    let w = &s.world;
    accept(&s.app, &w.housing_rep, s.meeting).await;
    let path = format!("/cases/{}", s.case);
    let by = |actor: Option<&str>| s.app.as_client(&w.client, actor);
    for actor in [None, Some("h-17")] {
        let seen = by(actor).get(&path).await.expect(200);
        assert!(withholds(&seen, "narrative"), "{actor:?}");
        let statement = format!("/meetings/{}/confidentiality", s.meeting);
        let refused = by(actor).post(&statement, json!({ "version": 0 })).await;
        assert_eq!(refused.code(), "forbidden");
    }
    // Somebody without an account signs on paper.
    #[derive(Row)]
    struct Row {
        id: Uuid,
    }
    let actor: Row = sql("select id from registered_actors where partner_ref = 'h-17'")
        .get_result(&mut s.app.owner())
        .unwrap();
    let body = json!({ "actor_id": actor.id, "role": "deputy", "presence": "present" });
    let made = seat(&s, w.housing, body.clone()).await.expect(200);
    assert_eq!(made["user_name"], "A. Actor");
    let statement = format!("/meetings/{}/confidentiality", s.meeting);
    let paper = json!({ "version": 0, "attendance_id": made["id"] });
    let chair = s.app.as_(&w.chair).post(&statement, paper.clone()).await;
    assert_eq!(chair.code(), "forbidden");
    let signed = s
        .app
        .as_(&w.coordinator)
        .post(&statement, paper)
        .await
        .expect(200);
    assert_eq!(signed["signed_on_paper"], true);
    assert!(!withholds(
        &by(Some("h-17")).get(&path).await.expect(200),
        "narrative"
    ));
    assert!(withholds(
        &by(None).get(&path).await.expect(200),
        "narrative"
    ));
    // Linked to an account, the person counts as its holder.
    sql("delete from attendances where actor_id is not null")
        .execute(&mut s.app.owner())
        .unwrap();
    sql("update registered_actors set user_id = $1 where partner_ref = 'h-17'")
        .bind(w.housing_rep.id)
        .execute(&mut s.app.owner())
        .unwrap();
    assert!(!withholds(
        &by(Some("h-17")).get(&path).await.expect(200),
        "narrative"
    ));
    assert_eq!(
        seat(&s, w.housing, body).await.errors(),
        ["/actor_id not_of_the_agency"]
    );
}

#[actix_web::test]
async fn a_signature_on_paper_is_for_those_without_an_account() {
    let s = Session::started().await;
    let w = &s.world;
    let statement = format!("/meetings/{}/confidentiality", s.meeting);
    let coordinator = s.app.as_(&w.coordinator);
    let named = json!({ "person_name": "D. Visitor", "role": "observer", "presence": "present" });
    let made = seat(&s, w.health, named).await.expect(200);
    let paper = |seat: &Value| json!({ "version": 0, "attendance_id": seat["id"] });
    let signed = coordinator.post(&statement, paper(&made)).await.expect(200);
    assert_eq!(
        (&signed["signed_on_paper"], &signed["user_name"]),
        (&json!(true), &json!("D. Visitor"))
    );
    let account =
        json!({ "user_id": w.health_rep.id, "role": "representative", "presence": "present" });
    let account = seat(&s, w.health, account).await.expect(200);
    let agency = json!({ "role": "representative", "presence": "present" });
    let agency = seat(&s, w.health, agency).await.expect(200);
    for of in [&account, &agency] {
        let refused = coordinator.post(&statement, paper(of)).await;
        assert_eq!(refused.errors(), ["/attendance_id accepts_in_person"]);
    }
    let unknown = json!({ "version": 0, "attendance_id": Uuid::now_v7() });
    let unknown = coordinator.post(&statement, unknown).await;
    assert_eq!(unknown.errors(), ["/attendance_id unknown"]);
    let two = json!({ "user_id": w.health_rep.id, "person_name": "X", "role": "deputy", "presence": "present" });
    assert_eq!(
        seat(&s, w.health, two).await.errors(),
        ["/person_name one_only"]
    );
    let bare = s.app.as_(&w.officer).get(&statement).await;
    assert_eq!(bare.code(), "not_found");
}
