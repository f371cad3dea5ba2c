//! The account, told once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::casework::Desk;
use crate::support::id;

fn entry(sharing: &str, text: &str) -> Value {
    json!({ "heading": "what_is_feared", "sharing": sharing, "told_on": "2026-01-06", "how_told": "phone", "text": text })
}

/// The texts somebody reads under a heading.
fn texts(account: &Value, heading: &str) -> Vec<String> {
    account["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["heading"] == heading)
        .unwrap()["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["text"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn each_class_reaches_its_readers_and_nobody_else() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.allocate(case).await;
    desk.name(case, &w.other_officer);
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    desk.list(case, w.health, desk.app.now() - TimeDelta::hours(1));
    desk.list(case, w.police, desk.app.now() - TimeDelta::hours(1));
    let path = format!("/cases/{case}/account");
    for class in ["marac", "restricted", "agency_private"] {
        desk.app
            .as_(&w.health_rep)
            .post(&path, entry(class, class))
            .await
            .expect(201);
    }
    for (who, expected) in [
        (&w.coordinator, vec!["marac", "restricted"]),
        (&w.idva, vec!["marac", "restricted"]),
        (&w.health_rep, vec!["marac", "restricted", "agency_private"]),
        (&w.officer, vec!["marac"]),
        (&w.police_rep, vec!["marac"]),
        (&w.other_officer, vec!["marac"]),
        (&w.housing_rep, vec![]),
    ] {
        let account = desk.app.as_(who).get(&path).await.expect(200);
        let mut found = texts(&account, "what_is_feared");
        let mut expected: Vec<_> = expected.iter().map(|text| (*text).to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{}", who.email);
        let file = desk.file(who, case).await.expect(200);
        let in_file = file["account"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["heading"] == "what_is_feared");
        assert_eq!(in_file.count(), expected.len(), "{}", who.email);
    }
    // The chair's agency is the police, who wrote none of these.
    let chair = desk.app.as_(&w.chair).get(&path).await.expect(200);
    assert_eq!(texts(&chair, "what_is_feared"), ["marac", "restricted"]);
    desk.app.wait(TimeDelta::days(8));
    let housing = desk.app.as_(&w.housing_rep).get(&path).await.expect(200);
    assert_eq!(texts(&housing, "what_is_feared"), ["marac"]);
}

#[actix_web::test]
async fn the_lead_reads_restricted_entries() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/account");
    desk.allocate(case).await;
    desk.app
        .as_(&w.idva)
        .post(&path, entry("restricted", "For the lead."))
        .await
        .expect(201);
    let officer = desk.app.as_(&w.officer);
    assert!(texts(&officer.get(&path).await.expect(200), "what_is_feared").is_empty());
    let tag = desk.head_etag(case).await;
    let lead = json!({ "lead_user_id": w.officer.id });
    desk.app
        .as_(&w.coordinator)
        .if_match(&tag)
        .patch(&format!("/cases/{case}"), lead)
        .await
        .expect(200);
    assert_eq!(
        texts(&officer.get(&path).await.expect(200), "what_is_feared"),
        ["For the lead."]
    );
}

#[actix_web::test]
async fn an_agency_adds_before_the_meeting_and_gets_back_what_it_sent() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    let path = format!("/cases/{case}/account");
    let rep = desk
        .app
        .as_(&w.housing_rep)
        .with("idempotency-key", "told-housing-1");
    let made = rep
        .post(&path, entry("marac", "She asked for a lock."))
        .await
        .expect(201);
    assert_eq!(made["text"], "She asked for a lock.");
    assert_eq!(made["agency_id"], json!(w.housing));
    assert_eq!(
        rep.post(&path, entry("marac", "She asked for a lock."))
            .await
            .expect(201),
        made
    );
    let other = rep.post(&path, entry("marac", "Another.")).await;
    assert_eq!(
        (other.status, other.code()),
        (422, "idempotency_key_reused")
    );
    assert!(texts(&rep.get(&path).await.expect(200), "what_is_feared").is_empty());
    assert_eq!(
        texts(
            &desk.app.as_(&w.coordinator).get(&path).await.expect(200),
            "what_is_feared"
        ),
        ["She asked for a lock."]
    );
}

#[actix_web::test]
async fn a_version_supersedes_once_and_only_by_its_own_agency() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    let path = format!("/cases/{case}/account");
    let officer = desk.app.as_(&w.officer);
    let old = officer
        .post(&path, entry("marac", "First."))
        .await
        .expect(201);
    let versions = format!("{path}/{}/versions", id(&old));
    let next = json!({ "sharing": "marac", "told_on": "2026-01-07", "how_told": "in_person", "text": "Second." });
    assert_eq!(
        desk.app
            .as_(&w.coordinator)
            .post(&versions, next.clone())
            .await
            .status,
        403
    );
    let hidden = desk
        .app
        .as_(&w.housing_rep)
        .post(&versions, next.clone())
        .await;
    let unknown = format!("{path}/{}/versions", uuid::Uuid::now_v7());
    let none = desk
        .app
        .as_(&w.housing_rep)
        .post(&unknown, next.clone())
        .await;
    assert_eq!(
        (hidden.status, hidden.comparable()),
        (404, none.comparable())
    );
    let new = officer.post(&versions, next.clone()).await.expect(201);
    assert_eq!(
        (&new["supersedes_id"], &new["heading"]),
        (&old["id"], &old["heading"])
    );
    let again = officer.post(&versions, next).await;
    assert_eq!(
        (again.status, again.body["reason"].as_str()),
        (409, Some("already_superseded"))
    );
    let account = officer.get(&path).await.expect(200);
    assert_eq!(texts(&account, "what_is_feared"), ["Second."]);
    let account = officer
        .get(&format!("{path}?versions=all"))
        .await
        .expect(200);
    assert_eq!(texts(&account, "what_is_feared"), ["First.", "Second."]);
}

#[actix_web::test]
async fn an_entry_that_breaks_a_rule_is_refused_with_its_pointer() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let path = format!("/cases/{case}/account");
    let officer = desk.app.as_(&desk.world.officer);
    for (field, value, error) in [
        ("heading", json!("gossip"), "/heading not_allowed"),
        ("sharing", json!("public"), "/sharing not_allowed"),
        ("told_on", json!("2199-01-01"), "/told_on in_the_future"),
        ("text", json!(""), "/text blank"),
    ] {
        let mut body = entry("marac", "Text.");
        body[field] = value;
        assert_eq!(officer.post(&path, body).await.errors(), [error]);
    }
    let anonymous = desk.app.anonymous().get(&path).await;
    assert_eq!(anonymous.status, 401);
}
