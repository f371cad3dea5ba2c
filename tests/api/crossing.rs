//! One man causes harm in one case, was harmed in another, and is a third person in a third. Nothing
//! recorded in one is ever read through another.

use serde_json::{Value, json};

use crate::access::{Office, Operation, Scope, Things, case, meeting, operations};
use crate::support::{Caller, TestApp, World, id, referral};

const CANARIES: [&str; 3] = ["canaryalpha", "canarybravo", "canarycharlie"];

/// A referral in which everything told carries the canary, and the man stands where he is put.
fn told(canary: &str, survivor: Value, perpetrator: Value) -> Value {
    let mut document = referral("X", "Y");
    document["survivor"]["identity"] = survivor;
    document["perpetrators"][0]["identity"] = perpetrator;
    document["children"][0]["identity"]["family_name"] = json!(canary);
    document["survivor"]["addresses"][0]["lines"] = json!(canary);
    document["survivor"]["addresses"][1]["lines"] = json!(canary);
    document["survivor"]["contacts"][0]["notes"] = json!(canary);
    document["account"]["what_happened"] = json!(canary);
    document["account"]["what_the_survivor_wants"] = json!(canary);
    document["referrer_contact"] = json!(canary);
    document
}

fn man() -> Value {
    json!({ "family_name": "Crossley", "given_names": "Viktor", "date_of_birth": "1984-03-09", "gender": "male" })
}

fn somebody(canary: &str) -> Value {
    json!({ "family_name": canary, "given_names": "Robin", "date_of_birth": "1988-01-30", "gender": "female" })
}

/// Every GET about one of these cases, with what is read of it.
async fn read_everything(
    caller: &Caller<'_>,
    all: &[Operation],
    things: Things,
) -> Vec<(String, String)> {
    let mut read = Vec::new();
    for operation in all.iter().filter(|operation| operation.method == "GET") {
        let mut uri = operation.uri_of(things);
        if operation.id == "read_account" {
            uri += "?versions=all";
        }
        let answer = caller.get(&uri).await;
        read.push((operation.id.clone(), answer.body.to_string().to_lowercase()));
    }
    let search = json!({ "family_name": "Crossley", "given_names": "Viktor", "date_of_birth": "1984-03-09" });
    let found = caller.post("/people/search", search).await;
    read.push((
        "search_people".into(),
        found.body.to_string().to_lowercase(),
    ));
    read
}

#[actix_web::test]
async fn what_is_told_in_one_case_is_never_read_through_another() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let third = World::person(&app, "third", w.health, &[(w.wcc, "practitioner")]);
    let spare = World::person(&app, "spare", w.health, &[(w.wcc, "practitioner")]);
    let meeting = meeting(&app, &w.coordinator, w.wcc).await;
    let office = |referrer, listed: Vec<_>| Office {
        marac: w.wcc,
        referrer,
        coordinator: &w.coordinator,
        meeting,
        owner: listed[0],
        listed,
        shared_with: w.coordination,
        outsider: spare.id,
        idva: None,
        around: Things {
            marac: w.wcc,
            meeting,
            ..Things::unknown()
        },
    };
    let [alpha, bravo, charlie] = CANARIES;
    let a = told(alpha, somebody(alpha), man());
    let a = case(&app, &office(&w.officer, vec![w.housing]), a).await;
    let b = told(bravo, man(), somebody(bravo));
    let b = case(&app, &office(&w.other_officer, vec![w.health]), b).await;
    let c = told(charlie, somebody(charlie), somebody(charlie));
    let c = case(&app, &office(&third, vec![w.idva_service]), c).await;
    let coordinator = app.as_(&w.coordinator);
    let other = json!({ "role": "other_adult", "identity": man() });
    let added = coordinator
        .post(&format!("/cases/{}/parties", c.case), other)
        .await
        .expect(201);
    id(&added);
    for step in ["circulate", "start"] {
        let found = coordinator
            .get(&format!("/meetings/{meeting}"))
            .await
            .expect(200);
        let caller = coordinator.clone().if_match(&crate::support::etag(&found));
        let path = format!("/meetings/{meeting}/{step}");
        caller
            .send(actix_web::http::Method::POST, &path, None)
            .await
            .expect(200);
    }
    for person in [&w.housing_rep, &w.health_rep] {
        crate::support::accept(&app, person, meeting).await;
    }
    let all = operations();
    let cases = [a, b, c];
    // Who is in one circle reads its canary, and never another's, whatever is asked for.
    for (own, readers) in [
        (0, [&w.officer, &w.housing_rep]),
        (1, [&w.other_officer, &w.health_rep]),
        (2, [&third, &third]),
    ] {
        for reader in readers {
            let caller = app.as_(reader);
            let mut heard = false;
            for things in cases {
                for (operation, text) in read_everything(&caller, &all, things).await {
                    for (n, canary) in CANARIES.iter().enumerate() {
                        let there = text.contains(canary);
                        assert!(!there || n == own, "{operation}: {}", reader.email);
                        heard |= there;
                    }
                }
            }
            assert!(heard, "{} reads nothing at all", reader.email);
        }
    }
    // Who sees all three still reads each through itself alone.
    for reader in [&w.coordinator, &w.chair] {
        let caller = app.as_(reader);
        for (own, things) in cases.into_iter().enumerate() {
            for operation in all.iter().filter(|operation| {
                operation.method == "GET"
                    && matches!(operation.scope, Some(Scope::Case | Scope::Part))
            }) {
                let uri = operation.uri_of(things);
                let text = caller.get(&uri).await.body.to_string().to_lowercase();
                for (n, canary) in CANARIES.iter().enumerate() {
                    assert!(n == own || !text.contains(canary), "{}", operation.id);
                }
            }
        }
    }
}
