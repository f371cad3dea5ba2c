//! What happens is told to those it concerns, by the requests that make it happen.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::inbox::inbox;
use crate::actions::{agree, list_to, make_case, wanted};
use crate::meetings::{listed, planned, step};
use crate::support::{Person, TestApp, World, etag, id, referral};

async fn new() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

/// Kind and subject of what somebody was told, newest first.
async fn told(app: &TestApp, who: &Person) -> Vec<(String, Value)> {
    let items = inbox(&app.as_(who)).await;
    items
        .iter()
        .map(|item| {
            let kind = item["kind"].as_str().unwrap().to_owned();
            (kind, item["subject"]["id"].clone())
        })
        .collect()
}

fn kinds(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

async fn sent(app: &TestApp, w: &World, survivor: &str) -> Value {
    let body = json!({ "marac_id": w.wcc, "referral": referral(survivor, "Stone") });
    app.as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201)
}

async fn decide(app: &TestApp, by: &Person, found: &Value, what: &str, body: Value) -> Value {
    let path = format!("/referrals/{}/{what}", id(found));
    let caller = app.as_(by).if_match(&etag(found));
    caller.post(&path, body).await.expect(200)
}

#[actix_web::test]
async fn a_referral_is_told_to_the_coordinators_and_its_fate_to_who_sent_it() {
    let (app, w) = new().await;
    let reason = json!({ "reason": "The assessment is missing." });
    let first = sent(&app, &w, "Okafor").await;
    let subject = first["id"].clone();
    let received = ("referral_received".to_owned(), subject.clone());
    assert_eq!(
        told(&app, &w.coordinator).await,
        std::slice::from_ref(&received)
    );
    assert_eq!(told(&app, &w.officer).await, []);
    assert_eq!(told(&app, &w.chair).await, []);
    assert_eq!(told(&app, &w.kc_coordinator).await, []);

    app.wait(TimeDelta::seconds(1));
    let returned = decide(&app, &w.coordinator, &first, "return", reason.clone()).await;
    app.wait(TimeDelta::seconds(1));
    let again = decide(&app, &w.officer, &returned, "submit", Value::Null).await;
    assert_eq!(
        told(&app, &w.coordinator).await,
        [received.clone(), received]
    );
    app.wait(TimeDelta::seconds(1));
    decide(&app, &w.coordinator, &again, "accept", json!({})).await;
    let second = sent(&app, &w, "Lind").await;
    app.wait(TimeDelta::seconds(1));
    decide(&app, &w.chair, &second, "decline", reason).await;
    let officer = told(&app, &w.officer).await;
    assert_eq!(
        officer,
        [
            ("referral_not_accepted".to_owned(), second["id"].clone()),
            ("referral_accepted".to_owned(), subject.clone()),
            ("referral_returned".to_owned(), subject),
        ]
    );
    assert_eq!(told(&app, &w.other_officer).await, []);
}

#[actix_web::test]
async fn a_challenge_is_told_to_the_coordinators_who_decide_again() {
    let (app, w) = new().await;
    let deputy = World::person(&app, "second", w.coordination, &[(w.wcc, "coordinator")]);
    let first = sent(&app, &w, "Zanzibar").await;
    app.wait(TimeDelta::seconds(1));
    let reason = json!({ "reason": "Below the threshold." });
    let declined = decide(&app, &w.coordinator, &first, "decline", reason).await;
    app.wait(TimeDelta::seconds(1));
    let why = json!({ "reason": "He has found out where Zanzibar lives." });
    let challenged = decide(&app, &w.officer, &declined, "challenge", why.clone()).await;
    let of = ("decision_challenged".to_owned(), first["id"].clone());
    for who in [&w.coordinator, &deputy] {
        assert_eq!(told(&app, who).await[0], of);
        let said = inbox(&app.as_(who)).await[0].to_string();
        assert!(!said.contains("Zanzibar"), "{said}");
    }
    for who in [&w.chair, &w.police_rep, &w.kc_coordinator, &w.administrator] {
        assert_eq!(told(&app, who).await, []);
    }
    let officer = told(&app, &w.officer).await;
    assert_eq!(kinds(&officer), ["referral_not_accepted"]);
    // A second challenge is refused, and tells nobody.
    let path = format!("/referrals/{}/challenge", id(&first));
    let caller = app.as_(&w.officer).if_match(&etag(&challenged));
    assert_eq!(caller.post(&path, why).await.status, 409);
    assert_eq!(told(&app, &deputy).await.len(), 2);
}

#[actix_web::test]
async fn a_draft_is_told_to_nobody_until_it_is_sent_in() {
    let (app, w) = new().await;
    let body = json!({ "marac_id": w.wcc, "draft": true, "referral": referral("Okafor", "Stone") });
    let officer = app.as_(&w.officer);
    let draft = officer.post("/referrals", body).await.expect(201);
    assert_eq!(told(&app, &w.coordinator).await, []);
    decide(&app, &w.officer, &draft, "submit", Value::Null).await;
    let coordinator = told(&app, &w.coordinator).await;
    assert_eq!(kinds(&coordinator), ["referral_received"]);
}

#[actix_web::test]
async fn a_programs_referral_is_answered_to_the_program() {
    let (app, w) = new().await;
    let body = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
    let client = app.as_client(&w.client, Some("h-17"));
    let found = client.post("/referrals", body).await.expect(201);
    let reason = json!({ "reason": "The assessment is missing." });
    decide(&app, &w.coordinator, &found, "return", reason).await;
    let items = inbox(&client).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["kind"], "referral_returned");
    assert_eq!(items[0]["case"]["id"], found["case_id"]);
    assert_eq!(told(&app, &w.housing_rep).await, []);
}

#[actix_web::test]
async fn circulation_tells_each_agency_of_the_cases_listed_to_it() {
    let (app, w) = new().await;
    let meeting = id(&planned(&app, &w).await);
    let one = w.case(&app, "Okafor", "Brandt");
    let two = w.case(&app, "Lind", "Moss");
    listed(&app, &w, meeting, one, &[w.housing, w.health]).await;
    listed(&app, &w, meeting, two, &[w.housing]).await;
    assert_eq!(told(&app, &w.housing_rep).await, []);
    step(&app, &w.coordinator, meeting, "circulate").await;
    let subject = json!(meeting);
    let housing = inbox(&app.as_(&w.housing_rep)).await;
    let mut expected = vec![json!(one), json!(two)];
    expected.sort_by_key(Value::to_string);
    for kind in ["case_listed", "research_due"] {
        let of_kind = housing.iter().filter(|item| item["kind"] == kind);
        let mut cases: Vec<_> = of_kind.map(|item| item["case"]["id"].clone()).collect();
        cases.sort_by_key(Value::to_string);
        assert_eq!(cases, expected, "{kind}");
    }
    let listings = housing.iter().filter(|item| item["kind"] == "case_listed");
    assert!(
        listings
            .clone()
            .all(|item| item["subject"]["id"] == subject)
    );
    assert_eq!(inbox(&app.as_client(&w.client, None)).await.len(), 4);
    let health = told(&app, &w.health_rep).await;
    let mut health = kinds(&health);
    health.sort_unstable();
    assert_eq!(health, ["case_listed", "research_due"]);
    assert_eq!(told(&app, &w.police_rep).await, []);
}

#[actix_web::test]
async fn who_sits_in_the_meetings_hears_of_a_move_and_a_cancellation() {
    let (app, w) = new().await;
    let meeting = planned(&app, &w).await;
    let path = format!("/meetings/{}", id(&meeting));
    let later = json!({ "starts_at": app.now() + TimeDelta::days(21) });
    let caller = app.as_(&w.coordinator).if_match(&etag(&meeting));
    caller.patch(&path, later).await.expect(200);
    app.wait(TimeDelta::seconds(1));
    step(&app, &w.coordinator, id(&meeting), "cancel").await;
    for who in [
        &w.chair,
        &w.idva,
        &w.housing_rep,
        &w.health_rep,
        &w.police_rep,
        &w.observer,
    ] {
        let told = told(&app, who).await;
        assert_eq!(kinds(&told), ["meeting_cancelled", "meeting_moved"]);
    }
    for who in [&w.coordinator, &w.officer, &w.analyst, &w.kc_coordinator] {
        assert_eq!(told(&app, who).await, []);
    }
}

#[actix_web::test]
async fn an_action_is_told_to_its_owner_and_its_report_to_the_coordinators() {
    let (app, w) = new().await;
    let case = make_case(&app, w.wcc, "Okafor");
    for agency in [w.housing, w.health, w.police] {
        list_to(&app, &case, agency);
    }
    let mut body = wanted(&app, w.police, 7);
    body["owner_user_id"] = json!(w.other_officer.id);
    let action = agree(&app, &w.chair, &case, body).await;
    for who in [&w.police_rep, &w.other_officer] {
        assert_eq!(kinds(&told(&app, who).await), ["action_assigned"]);
    }
    assert_eq!(told(&app, &w.officer).await, []);

    let path = format!("/actions/{}", id(&action));
    let change = json!({ "reason": "It is theirs.", "owner_agency_id": w.housing });
    let caller = app.as_(&w.coordinator).if_match(&etag(&action));
    let change = caller.post(&format!("{path}/change"), change).await;
    let changed = change.expect(200);
    assert_eq!(
        kinds(&told(&app, &w.housing_rep).await),
        ["action_assigned"]
    );
    assert_eq!(inbox(&app.as_client(&w.client, None)).await.len(), 1);

    // A new date alone is no new owner; the owner's report is news to the coordinator.
    let later = json!({ "reason": "Holidays.", "due_on": app.today() + TimeDelta::days(9) });
    let caller = app.as_(&w.coordinator).if_match(&etag(&changed));
    let change = caller.post(&format!("{path}/change"), later).await;
    let changed = change.expect(200);
    assert_eq!(told(&app, &w.housing_rep).await.len(), 1);
    let report = json!({ "status": "completed", "evidence": "Locks changed." });
    let caller = app.as_(&w.housing_rep).if_match(&etag(&changed));
    let answer = caller.post(&format!("{path}/report"), report).await;
    answer.expect(200);
    let coordinator = told(&app, &w.coordinator).await;
    assert_eq!(kinds(&coordinator), ["action_reported"]);
}

#[actix_web::test]
async fn a_request_that_is_refused_tells_nobody() {
    let (app, w) = new().await;
    let found = sent(&app, &w, "Okafor").await;
    let path = format!("/referrals/{}/return", id(&found));
    let reason = json!({ "reason": "The assessment is missing." });
    let stale = app.as_(&w.coordinator).if_match("\"99\"");
    let answer = stale.post(&path, reason).await;
    assert_eq!(answer.status, 412);
    assert_eq!(told(&app, &w.officer).await, []);
}
