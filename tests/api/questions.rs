//! Questions on the account: asked of the lead, not of the survivor.

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::{Desk, withheld};
use crate::support::{Answer, Person, etag, id};

fn question(heading: &str, read: &[Uuid]) -> Value {
    json!({ "heading": heading, "text": "What should a caller say at the door?", "read": read })
}

/// The entries somebody reads under a heading.
async fn entries(desk: &Desk, who: &Person, case: Uuid, heading: &str) -> Vec<Uuid> {
    let path = format!("/cases/{case}/account");
    let account = desk.app.as_(who).get(&path).await.expect(200);
    let items = account["items"].as_array().unwrap();
    let found = items
        .iter()
        .find(|item| item["heading"] == heading)
        .unwrap();
    let entries = found["entries"].as_array().unwrap();
    entries.iter().map(id).collect()
}

async fn ask(desk: &Desk, who: &Person, case: Uuid, body: Value) -> Answer {
    let path = format!("/cases/{case}/questions");
    desk.app.as_(who).post(&path, body).await
}

async fn listed(desk: &Desk, who: &Person, case: Uuid) -> Vec<Value> {
    let path = format!("/cases/{case}/questions");
    let page = desk.app.as_(who).get(&path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// Does something to a question at the version that was read.
async fn act(
    desk: &Desk,
    who: &Person,
    case: Uuid,
    question: &Value,
    verb: &str,
    body: Value,
) -> Answer {
    let path = format!("/cases/{case}/questions/{}/{verb}", id(question));
    let caller = desk.app.as_(who).if_match(&etag(question));
    caller.post(&path, body).await
}

async fn account_use(desk: &Desk, case: Uuid) -> (i64, i64) {
    let file = desk.file(&desk.world.coordinator, case).await.expect(200);
    let counts = &file["account_use"];
    (
        counts["asked"].as_i64().unwrap(),
        counts["read_instead"].as_i64().unwrap(),
    )
}

/// A case allocated to the IDVA and listed to housing, whose meeting is in a week.
async fn before_the_meeting(desk: &Desk) -> Uuid {
    let case = desk.case("Okafor").await;
    desk.allocate(case).await;
    let meeting = desk.app.now() + TimeDelta::days(7);
    desk.list(case, desk.world.housing, meeting);
    case
}

#[actix_web::test]
async fn before_the_meeting_the_lead_opens_one_entry_to_the_agency_that_asked() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let told = entries(&desk, &w.idva, case, "what_happened").await;
    assert!(
        entries(&desk, &w.housing_rep, case, "what_happened")
            .await
            .is_empty()
    );
    let asked = ask(&desk, &w.housing_rep, case, question("what_happened", &[])).await;
    let asked = asked.expect(201);
    assert_eq!(
        (&asked["status"], &asked["agency_id"]),
        (&json!("open"), &json!(w.housing))
    );
    for (who, count) in [
        (&w.idva, 1),
        (&w.coordinator, 1),
        (&w.chair, 1),
        (&w.housing_rep, 1),
        (&w.officer, 0),
    ] {
        assert_eq!(listed(&desk, who, case).await.len(), count, "{}", who.email);
    }
    let body = json!({ "entries": told, "open": told, "note": "Read this before you call." });
    let answered = act(&desk, &w.idva, case, &asked, "answer", body)
        .await
        .expect(200);
    assert_eq!(answered["status"], "answered_from_account");
    assert_eq!(
        entries(&desk, &w.housing_rep, case, "what_happened").await,
        told
    );
    let rest = entries(&desk, &w.housing_rep, case, "what_the_survivor_wants").await;
    assert!(rest.is_empty());
    let file = desk.file(&w.housing_rep, case).await.expect(200);
    assert_eq!(file["account"].as_array().unwrap().len(), 1);
    assert!(
        withheld(&file).contains(&"narrative"),
        "by role and stage alone"
    );
    let path = format!("/cases/{case}/questions/{}", id(&asked));
    let seen = desk.app.as_(&w.housing_rep).get(&path).await.expect(200);
    assert_eq!(seen["note"], "Read this before you call.");
    assert_eq!(
        (&seen["entries"], &seen["opened"]),
        (&json!(told), &json!(told))
    );
    assert_eq!(account_use(&desk, case).await, (0, 1));
    let log = format!("/cases/{case}/access-log");
    let log = desk.app.as_(&w.coordinator).get(&log).await.expect(200);
    assert!(log.to_string().contains("answer_question"));
}

/// Who was told of something of this kind.
fn told_of(desk: &Desk, kind: &'static str) -> Vec<Uuid> {
    #[derive(Row)]
    struct Row {
        id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "select coalesce(user_id, client_id) as id from notifications where kind = $1 order by id",
    )
    .bind(kind)
    .load(&mut desk.app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

#[actix_web::test]
async fn the_lead_is_told_of_a_question_and_the_asker_of_the_answer() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    ask(&desk, &w.housing_rep, case, question("what_is_feared", &[]))
        .await
        .expect(201);
    assert_eq!(
        told_of(&desk, "question_asked"),
        [w.officer.id],
        "the referrer"
    );
    desk.allocate(case).await;
    let client = desk.app.as_client(&w.client, Some("h-17"));
    let path = format!("/cases/{case}/questions");
    let asked = client
        .post(&path, question("what_is_feared", &[]))
        .await
        .expect(201);
    let mut told = vec![w.officer.id, w.idva.id];
    told.sort();
    assert_eq!(
        told_of(&desk, "question_asked"),
        told,
        "the IDVA from now on"
    );
    let decline = json!({ "reason": "No." });
    act(&desk, &w.idva, case, &asked, "decline", decline)
        .await
        .expect(200);
    assert_eq!(told_of(&desk, "question_answered"), [w.client.id]);
}

#[actix_web::test]
async fn what_was_opened_ends_with_the_listing_it_was_opened_under() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let told = entries(&desk, &w.idva, case, "what_happened").await;
    let asked = ask(&desk, &w.housing_rep, case, question("what_happened", &[])).await;
    let body = json!({ "entries": told, "open": told });
    act(&desk, &w.idva, case, &asked.expect(201), "answer", body)
        .await
        .expect(200);
    assert_eq!(
        entries(&desk, &w.housing_rep, case, "what_happened").await,
        told
    );
    sql("update circle set ends_at = $2 where case_id = $1 and basis = 'listing'")
        .bind(case)
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    desk.file(&w.housing_rep, case).await.expect(404);
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(30));
    assert!(
        entries(&desk, &w.housing_rep, case, "what_happened")
            .await
            .is_empty()
    );
    let later = ask(&desk, &w.housing_rep, case, question("what_happened", &[])).await;
    let later = later.expect(201);
    sql("update circle set ends_at = $2 where case_id = $1 and basis = 'listing'")
        .bind(case)
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    let body = json!({ "entries": told, "open": told });
    let gone = act(&desk, &w.idva, case, &later, "answer", body).await;
    assert_eq!(
        (gone.status, &gone.body["reason"]),
        (409, &json!("asker_gone"))
    );
}

#[actix_web::test]
async fn a_later_version_stays_open_unless_its_author_draws_the_class_anew() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let told = entries(&desk, &w.idva, case, "what_happened").await;
    let asked = ask(&desk, &w.housing_rep, case, question("what_happened", &[])).await;
    let body = json!({ "entries": told, "open": told });
    act(&desk, &w.idva, case, &asked.expect(201), "answer", body)
        .await
        .expect(200);
    let version = |sharing: &str| json!({ "sharing": sharing, "told_on": desk.app.today(), "how_told": "phone", "text": "More." });
    let path = format!("/cases/{case}/account/{}/versions", told[0]);
    let officer = desk.app.as_(&w.officer);
    let next = officer.post(&path, version("marac")).await.expect(201);
    assert_eq!(
        entries(&desk, &w.housing_rep, case, "what_happened").await,
        [id(&next)]
    );
    let theirs = desk
        .app
        .as_(&w.housing_rep)
        .post(&path, version("marac"))
        .await;
    assert_eq!(theirs.status, 403, "read, and another agency's");
    let path = format!("/cases/{case}/account/{}/versions", id(&next));
    officer.post(&path, version("restricted")).await.expect(201);
    assert!(
        entries(&desk, &w.housing_rep, case, "what_happened")
            .await
            .is_empty()
    );
}

#[actix_web::test]
async fn who_can_read_the_answer_is_sent_there_and_asks_only_after_reading() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let told = entries(&desk, &w.officer, case, "what_happened").await;
    let first = ask(&desk, &w.officer, case, question("what_happened", &[])).await;
    assert_eq!((first.status, first.code()), (409, "conflict"));
    assert_eq!(first.body["reason"], "already_told");
    assert_eq!(first.body["ids"], json!(told));
    assert_eq!(account_use(&desk, case).await, (0, 1));
    let guess = Uuid::now_v7();
    for read in [vec![], vec![guess], vec![told[0], guess]] {
        let again = ask(&desk, &w.officer, case, question("what_happened", &read)).await;
        assert_eq!(again.comparable(), first.comparable(), "{read:?}");
    }
    assert_eq!(
        account_use(&desk, case).await,
        (0, 1),
        "once for each person"
    );
    assert!(listed(&desk, &w.idva, case).await.is_empty());
    let asked = ask(&desk, &w.officer, case, question("what_happened", &told))
        .await
        .expect(201);
    assert_eq!(asked["read"], json!(told));
    assert_eq!(
        account_use(&desk, case).await,
        (0, 0),
        "they did not leave it at that"
    );
    let none = ask(
        &desk,
        &w.officer,
        case,
        question("what_is_feared", &[guess]),
    )
    .await;
    assert_eq!(none.errors(), ["/read unknown"]);
    // Who cannot read the entry is told nothing of it.
    let blind = ask(
        &desk,
        &w.housing_rep,
        case,
        question("what_happened", &told),
    )
    .await;
    assert_eq!(
        (blind.status, blind.errors()),
        (422, vec!["/read unknown".to_owned()])
    );
}

#[actix_web::test]
async fn a_retry_is_one_question_and_a_refusal_uses_no_key_up() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let path = format!("/cases/{case}/questions");
    let officer = desk
        .app
        .as_(&w.officer)
        .with("idempotency-key", "question-1");
    let told = entries(&desk, &w.officer, case, "what_happened").await;
    officer
        .post(&path, question("what_happened", &[]))
        .await
        .expect(409);
    officer
        .post(&path, question("what_happened", &[]))
        .await
        .expect(409);
    let body = question("what_happened", &told);
    let asked = officer.post(&path, body.clone()).await.expect(201);
    let entry = json!({ "heading": "what_happened", "sharing": "marac", "told_on": "2026-01-06", "how_told": "phone", "text": "More." });
    desk.app
        .as_(&w.idva)
        .post(&format!("/cases/{case}/account"), entry)
        .await
        .expect(201);
    assert_eq!(officer.post(&path, body).await.expect(201), asked);
    let other = officer.post(&path, question("what_is_feared", &[])).await;
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_eq!(listed(&desk, &w.idva, case).await.len(), 1);
}

#[actix_web::test]
async fn one_contact_answers_what_several_agencies_asked() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let heading = "what_is_feared";
    let housing = ask(&desk, &w.housing_rep, case, question(heading, &[]))
        .await
        .expect(201);
    let police = ask(&desk, &w.officer, case, question(heading, &[]))
        .await
        .expect(201);
    let told = json!({ "told": { "sharing": "marac", "told_on": desk.app.today(), "how_told": "phone", "text": "That he waits outside." } });
    let early = act(&desk, &w.idva, case, &housing, "answer-anew", told.clone()).await;
    assert_eq!(
        (early.status, &early.body["reason"]),
        (409, &json!("not_taken"))
    );
    let take = |items: Vec<Value>| json!({ "questions": items });
    let at = |one: &Value| json!({ "id": one["id"], "etag": one["etag"] });
    let path = format!("/cases/{case}/questions/take");
    let idva = desk.app.as_(&w.idva);
    let stale = json!({ "id": police["id"], "etag": "\"7\"" });
    idva.post(&path, take(vec![at(&housing), stale]))
        .await
        .expect(412);
    let unknown = json!({ "id": Uuid::now_v7(), "etag": "\"1\"" });
    idva.post(&path, take(vec![at(&housing), unknown]))
        .await
        .expect(404);
    let untouched = listed(&desk, &w.idva, case).await;
    assert!(
        untouched.iter().all(|one| one["status"] == "open"),
        "all or none"
    );
    let taken = idva
        .post(&path, take(vec![at(&housing), at(&police)]))
        .await
        .expect(200);
    let taken = taken["items"].as_array().unwrap();
    assert!(
        taken
            .iter()
            .all(|one| one["status"] == "taken" && one["taken_at"].is_string())
    );
    let again = idva.post(&path, take(vec![at(&taken[0])])).await;
    assert_eq!(
        (again.status, &again.body["reason"]),
        (409, &json!("already_taken"))
    );
    let of = |asked: &Value| {
        taken
            .iter()
            .find(|one| one["id"] == asked["id"])
            .unwrap()
            .clone()
    };
    let (housing, police) = (of(&housing), of(&police));
    for (body, error) in [
        (json!({}), "/told one_of"),
        (
            json!({ "told": told["told"], "entry_id": Uuid::now_v7() }),
            "/told one_of",
        ),
        (json!({ "entry_id": Uuid::now_v7() }), "/entry_id unknown"),
        (
            json!({ "told": { "sharing": "agency_private", "told_on": desk.app.today(), "how_told": "phone", "text": "T." } }),
            "/told/sharing agency_private",
        ),
        (
            json!({ "told": { "sharing": "marac", "told_on": desk.app.today() - TimeDelta::days(1), "how_told": "phone", "text": "T." } }),
            "/told/told_on before_it_was_taken",
        ),
        (
            json!({ "told": { "sharing": "marac", "told_on": desk.app.today() + TimeDelta::days(1), "how_told": "phone", "text": "T." } }),
            "/told/told_on in_the_future",
        ),
    ] {
        let refused = act(&desk, &w.idva, case, &housing, "answer-anew", body).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec![error.to_owned()])
        );
    }
    let mut body = told;
    body["open"] = json!(true);
    let answered = act(&desk, &w.idva, case, &housing, "answer-anew", body)
        .await
        .expect(200);
    assert_eq!(answered["status"], "answered_new");
    let entry: Uuid = answered["entries"][0].as_str().unwrap().parse().unwrap();
    assert_eq!(entries(&desk, &w.housing_rep, case, heading).await, [entry]);
    // An entry from before the contact is no answer anew.
    let old = entries(&desk, &w.idva, case, "what_happened").await[0];
    let wrong = act(
        &desk,
        &w.idva,
        case,
        &police,
        "answer-anew",
        json!({ "entry_id": old }),
    )
    .await;
    assert_eq!(wrong.errors(), ["/entry_id unknown"]);
    let body = json!({ "entry_id": entry });
    let answered = act(&desk, &w.idva, case, &police, "answer-anew", body)
        .await
        .expect(200);
    assert_eq!(answered["entries"], json!([entry]));
    assert_eq!(account_use(&desk, case).await, (2, 0));
}

#[actix_web::test]
async fn the_idva_leads_else_the_referrer_and_the_coordinator_stands_in() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    let heading = "what_is_feared";
    let decline = json!({ "reason": "She has been asked often enough." });
    let by_referrer = ask(&desk, &w.housing_rep, case, question(heading, &[]))
        .await
        .expect(201);
    for who in [&w.housing_rep, &w.chair] {
        let refused = act(&desk, who, case, &by_referrer, "decline", decline.clone()).await;
        assert_eq!(refused.status, 403, "{}", who.email);
    }
    let declined = act(
        &desk,
        &w.officer,
        case,
        &by_referrer,
        "decline",
        decline.clone(),
    )
    .await;
    assert_eq!(declined.expect(200)["status"], "declined");
    let path = format!("/cases/{case}/questions/{}", id(&by_referrer));
    let seen = desk.app.as_(&w.housing_rep).get(&path).await.expect(200);
    assert_eq!(seen["reason"], "She has been asked often enough.");
    desk.allocate(case).await;
    let next = ask(&desk, &w.housing_rep, case, question(heading, &[]))
        .await
        .expect(201);
    let hidden = act(&desk, &w.officer, case, &next, "decline", decline.clone()).await;
    assert_eq!(hidden.status, 404, "the referrer leads no more");
    act(
        &desk,
        &w.coordinator,
        case,
        &next,
        "decline",
        decline.clone(),
    )
    .await
    .expect(200);
    let tag = desk.head_etag(case).await;
    let lead = json!({ "lead_user_id": w.officer.id });
    let coordinator = desk.app.as_(&w.coordinator).if_match(&tag);
    coordinator
        .patch(&format!("/cases/{case}"), lead)
        .await
        .expect(200);
    let last = ask(&desk, &w.housing_rep, case, question(heading, &[]))
        .await
        .expect(201);
    let hidden = act(&desk, &w.idva, case, &last, "decline", decline.clone()).await;
    assert_eq!(hidden.status, 404, "another was made the lead");
    act(&desk, &w.officer, case, &last, "decline", decline)
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_question_is_taken_back_by_its_agency_alone_and_settled_once() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let asked = ask(&desk, &w.housing_rep, case, question("what_is_feared", &[]))
        .await
        .expect(201);
    let path = format!("/cases/{case}/questions/{}/withdraw", id(&asked));
    desk.app
        .as_(&w.housing_rep)
        .post(&path, json!({}))
        .await
        .expect(428);
    act(&desk, &w.idva, case, &asked, "withdraw", json!({}))
        .await
        .expect(403);
    act(&desk, &w.officer, case, &asked, "withdraw", json!({}))
        .await
        .expect(404);
    let back = act(&desk, &w.housing_rep, case, &asked, "withdraw", json!({}))
        .await
        .expect(200);
    assert_eq!(back["status"], "withdrawn");
    act(&desk, &w.housing_rep, case, &asked, "withdraw", json!({}))
        .await
        .expect(412);
    for (who, verb, body) in [
        (&w.housing_rep, "withdraw", json!({})),
        (&w.idva, "decline", json!({ "reason": "No." })),
        (
            &w.idva,
            "answer-anew",
            json!({ "entry_id": Uuid::now_v7() }),
        ),
        (&w.idva, "answer", json!({ "entries": [Uuid::now_v7()] })),
    ] {
        let late = act(&desk, who, case, &back, verb, body).await;
        assert_eq!(
            (late.status, &late.body["reason"]),
            (409, &json!("already_settled")),
            "{verb}"
        );
    }
}

#[actix_web::test]
async fn an_answer_points_at_what_its_author_shares_and_the_lead_reads() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let path = format!("/cases/{case}/account");
    let private = json!({ "heading": "what_is_feared", "sharing": "agency_private", "told_on": "2026-01-06", "how_told": "phone", "text": "T." });
    let idvas = desk
        .app
        .as_(&w.idva)
        .post(&path, private.clone())
        .await
        .expect(201);
    let polices = desk
        .app
        .as_(&w.officer)
        .post(&path, private)
        .await
        .expect(201);
    let told = entries(&desk, &w.idva, case, "what_happened").await[0];
    let asked = ask(&desk, &w.housing_rep, case, question("what_happened", &[]))
        .await
        .expect(201);
    for (pointing, open, error) in [
        (
            json!([told, idvas["id"]]),
            json!([]),
            "/entries/1 agency_private",
        ),
        (json!([polices["id"]]), json!([]), "/entries/0 unknown"),
        (
            json!([told]),
            json!([idvas["id"]]),
            "/open/0 not_pointed_at",
        ),
        (json!([]), json!([]), "/entries length"),
    ] {
        let body = json!({ "entries": pointing, "open": open });
        let refused = act(&desk, &w.idva, case, &asked, "answer", body).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec![error.to_owned()])
        );
    }
    let body = json!({ "entries": [told] });
    act(&desk, &w.idva, case, &asked, "answer", body)
        .await
        .expect(200);
    let unopened = entries(&desk, &w.housing_rep, case, "what_happened").await;
    assert!(
        unopened.is_empty(),
        "pointed at, to be read when the account opens"
    );
}

#[actix_web::test]
async fn two_answers_at_once_are_one() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let told = entries(&desk, &w.idva, case, "what_happened").await;
    let asked = ask(&desk, &w.housing_rep, case, question("what_happened", &[]))
        .await
        .expect(201);
    let answer = json!({ "entries": told, "open": told });
    let decline = json!({ "reason": "No." });
    let (a, b) = futures_util::future::join(
        act(&desk, &w.idva, case, &asked, "answer", answer),
        act(&desk, &w.coordinator, case, &asked, "decline", decline),
    )
    .await;
    let mut found = [a.status, b.status];
    found.sort_unstable();
    assert_eq!(found, [200, 412]);
}

#[actix_web::test]
async fn a_closed_case_takes_no_questions_and_a_program_asks_for_its_people() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    let path = format!("/cases/{case}/questions");
    let client = desk.app.as_client(&w.client, Some("h-17"));
    let asked = client
        .post(&path, question("what_is_feared", &[]))
        .await
        .expect(201);
    assert!(asked["actor_id"].is_string() && asked["asked_by"].is_null());
    let told = entries(&desk, &w.idva, case, "what_happened").await;
    let body = json!({ "entries": told, "open": told });
    act(&desk, &w.idva, case, &asked, "answer", body)
        .await
        .expect(200);
    let account = client
        .get(&format!("/cases/{case}/account"))
        .await
        .expect(200);
    assert!(account.to_string().contains(&told[0].to_string()));
    for (field, value, error) in [
        ("heading", json!("gossip"), "/heading not_allowed"),
        ("text", json!(""), "/text blank"),
    ] {
        let mut body = question("what_is_feared", &[]);
        body[field] = value;
        assert_eq!(client.post(&path, body).await.errors(), [error]);
    }
    sql("update cases set status = 'closed' where id = $1")
        .bind(case)
        .execute(&mut desk.app.owner())
        .unwrap();
    let late = client.post(&path, question("what_is_feared", &[])).await;
    assert_eq!(
        late.status, 404,
        "the case rests, and an agency sees it no more"
    );
    let coordinator = desk.app.as_(&w.coordinator);
    let late = coordinator
        .post(&path, question("what_is_feared", &[]))
        .await;
    assert_eq!(
        (late.status, &late.body["reason"]),
        (409, &json!("case_not_open"))
    );
}

#[actix_web::test]
async fn questions_come_in_pages_and_by_status_and_the_timeline_tells_them() {
    let desk = Desk::new().await;
    let case = before_the_meeting(&desk).await;
    let w = &desk.world;
    for _ in 0..3 {
        ask(&desk, &w.housing_rep, case, question("what_is_feared", &[]))
            .await
            .expect(201);
    }
    let newest = listed(&desk, &w.idva, case).await[0].clone();
    act(
        &desk,
        &w.idva,
        case,
        &newest,
        "decline",
        json!({ "reason": "No." }),
    )
    .await
    .expect(200);
    let idva = desk.app.as_(&w.idva);
    let open = idva
        .get(&format!("/cases/{case}/questions?status=open&limit=1"))
        .await
        .expect(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let cursor = open["next_cursor"].as_str().unwrap();
    let path = format!("/cases/{case}/questions?status=open&limit=1&cursor={cursor}");
    let rest = idva.get(&path).await.expect(200);
    assert_ne!(rest["items"][0]["id"], open["items"][0]["id"]);
    assert_eq!(rest["next_cursor"], json!(null));
    let told = |timeline: Value| {
        let items = timeline["items"].as_array().unwrap().clone();
        let of = |what: &str| items.iter().filter(|one| one["what"] == what).count();
        (of("question_asked"), of("question_settled"))
    };
    let path = format!("/cases/{case}/timeline");
    for (who, expected) in [
        (&w.idva, (3, 1)),
        (&w.housing_rep, (3, 1)),
        (&w.officer, (0, 0)),
    ] {
        let timeline = desk.app.as_(who).get(&path).await.expect(200);
        assert_eq!(told(timeline), expected, "{}", who.email);
    }
}
