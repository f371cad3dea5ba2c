//! The people of a case: who reads and writes which group.

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::{Desk, party};
use crate::support::{etag, id};

struct Scene {
    desk: Desk,
    case: Uuid,
    survivor: Value,
    perpetrator: Value,
}

async fn scene() -> Scene {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    desk.allocate(case).await;
    let file = desk.file(&desk.world.coordinator, case).await.expect(200);
    Scene {
        desk,
        case,
        survivor: party(&file, "survivor"),
        perpetrator: party(&file, "perpetrator"),
    }
}

#[actix_web::test]
async fn an_identity_is_changed_at_the_version_read_and_what_it_was_is_kept_sealed() {
    let s = scene().await;
    let path = format!("/cases/{}/parties/{}", s.case, id(&s.survivor));
    let mut identity = s.survivor["identity"].clone();
    identity["aliases"] = json!(["CANARY-ALIAS"]);
    let w = &s.desk.world;
    let idva = s.desk.app.as_(&w.idva);
    assert_eq!(idva.patch(&path, identity.clone()).await.status, 428);
    let tagged = idva.clone().if_match(&etag(&s.survivor));
    let changed = tagged.patch(&path, identity.clone()).await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.body["identity"]["aliases"], json!(["CANARY-ALIAS"]));
    let stale = tagged.patch(&path, identity.clone()).await;
    assert_eq!((stale.status, stale.code()), (412, "stale"));
    for who in [&w.officer, &w.chair] {
        let refused = s
            .desk
            .app
            .as_(who)
            .if_match("\"2\"")
            .patch(&path, identity.clone())
            .await;
        assert_eq!(refused.status, 403, "{}", who.email);
    }
    let nameless = json!({ "family_name": null });
    let refused = idva.if_match("\"2\"").patch(&path, nameless).await;
    assert_eq!(refused.errors(), ["/family_name family_name_or_unknown"]);
    #[derive(Row)]
    struct Row {
        detail: Vec<u8>,
    }
    let row: Row = sql("select detail from audit_events where act = 'change_party' and outcome = 'done' and detail is not null")
        .get_result(&mut s.desk.app.owner())
        .unwrap();
    assert!(!row.detail.windows(6).any(|bytes| bytes == b"CANARY"));
}

#[actix_web::test]
async fn characteristics_are_recorded_from_version_nought() {
    let s = scene().await;
    let path = format!(
        "/cases/{}/parties/{}/characteristics",
        s.case,
        id(&s.perpetrator)
    );
    let body = json!({ "language": "Somali", "interpreter": "yes" });
    let idva = s.desk.app.as_(&s.desk.world.idva);
    let first = idva
        .clone()
        .if_match("\"0\"")
        .put(&path, body.clone())
        .await
        .expect(200);
    assert_eq!(first["etag"], "\"1\"");
    assert_eq!(first["characteristics"]["ethnicity"], "unknown");
    assert_eq!(
        idva.clone()
            .if_match("\"0\"")
            .put(&path, body.clone())
            .await
            .status,
        412
    );
    let caller = idva.if_match("\"1\"");
    let same = caller.put(&path, body).await.expect(200);
    assert_eq!(same["etag"], "\"1\"", "nothing has changed");
    let other = json!({ "language": "Somali", "interpreter": "no" });
    let next = caller.put(&path, other).await.expect(200);
    assert_eq!(next["etag"], "\"2\"");
}

#[actix_web::test]
async fn a_guard_is_raised_whatever_days_stand_there() {
    let s = scene().await;
    let address = &s.survivor["addresses"][0];
    let days = "update party_addresses set valid_from = '2026-05-02', valid_to = '2026-05-01' where id = $1";
    sql(days)
        .bind(id(address))
        .execute(&mut s.desk.app.owner())
        .unwrap();
    let path = format!("/cases/{}/addresses/{}", s.case, id(address));
    let coordinator = s.desk.app.as_(&s.desk.world.coordinator);
    let guarded = coordinator
        .if_match(&etag(address))
        .patch(&path, json!({ "confidential": true }))
        .await
        .expect(200);
    assert_eq!(guarded["address"]["confidential"], true);
}

#[actix_web::test]
async fn a_refuge_is_confidential_whatever_was_ticked() {
    let s = scene().await;
    let w = &s.desk.world;
    let path = format!("/cases/{}/parties/{}/addresses", s.case, id(&s.survivor));
    let refuge = json!({ "kind": "refuge", "lines": "Another house", "confidential": false, "known_to_perpetrator": "yes" });
    let idva = s.desk.app.as_(&w.idva).with("idempotency-key", "address-1");
    let made = idva.post(&path, refuge.clone()).await.expect(201);
    assert_eq!(made["address"]["confidential"], true);
    assert_eq!(idva.post(&path, refuge).await.expect(201), made);
    let seen = s.desk.file(&w.officer, s.case).await.expect(200);
    assert_eq!(
        party(&seen, "survivor")["addresses"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let change = format!("/cases/{}/addresses/{}", s.case, id(&made));
    let current = json!({ "kind": "previous", "lines": "Another house", "from": "2026-01-02", "to": "2026-01-01" });
    let backwards = s
        .desk
        .app
        .as_(&w.idva)
        .if_match("\"1\"")
        .patch(&change, current.clone())
        .await;
    assert_eq!(backwards.errors(), ["/to before_from"]);
    let mut current = current;
    current["to"] = json!("2026-02-01");
    let changed = s
        .desk
        .app
        .as_(&w.idva)
        .if_match("\"1\"")
        .patch(&change, current)
        .await
        .expect(200);
    assert_eq!(
        (
            changed["etag"].as_str(),
            changed["address"]["confidential"].as_bool()
        ),
        (Some("\"2\""), Some(true)),
        "what was a refuge does not open by itself"
    );
    let opened = s
        .desk
        .app
        .owner()
        .batch_execute("update party_addresses set kind = 'refuge', confidential = false");
    let refusal = opened.unwrap_err().to_string();
    assert!(refusal.contains("refuge_is_confidential"), "{refusal}");
    let strange = format!("/cases/{}/parties/{}/addresses", s.case, Uuid::now_v7());
    let answer = s
        .desk
        .app
        .as_(&w.idva)
        .post(&strange, json!({ "kind": "usual", "lines": "x" }))
        .await;
    assert_eq!(answer.status, 404);
}

#[actix_web::test]
async fn anybody_in_the_circle_adds_a_contact_and_sees_only_that_one() {
    let s = scene().await;
    let w = &s.desk.world;
    s.desk
        .list(s.case, w.housing, s.desk.app.now() + TimeDelta::days(7));
    let path = format!("/cases/{}/parties/{}/contacts", s.case, id(&s.survivor));
    let rep = s
        .desk
        .app
        .as_(&w.housing_rep)
        .with("idempotency-key", "contact-1");
    let body = json!({ "kind": "phone", "value": "07700 900999" });
    let made = rep.post(&path, body.clone()).await.expect(201);
    assert_eq!(
        made["contact"],
        json!({ "kind": "phone", "value": "07700 900999", "safe_to_call": false,
        "safe_to_text": false, "safe_voicemail": false, "withheld_number": true })
    );
    assert_eq!(rep.post(&path, body).await.expect(201)["id"], made["id"]);
    let file = s.desk.file(&w.housing_rep, s.case).await.expect(200);
    assert_eq!(party(&file, "survivor").get("contacts"), None);
    let file = s.desk.file(&w.coordinator, s.case).await.expect(200);
    assert_eq!(
        party(&file, "survivor")["contacts"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let change = format!("/cases/{}/contacts/{}", s.case, id(&made));
    let safe = json!({ "kind": "phone", "value": "07700 900999", "safe_to_text": true });
    assert_eq!(
        s.desk
            .app
            .as_(&w.housing_rep)
            .if_match("\"1\"")
            .patch(&change, safe.clone())
            .await
            .status,
        403
    );
    let changed = s
        .desk
        .app
        .as_(&w.idva)
        .if_match("\"1\"")
        .patch(&change, safe)
        .await
        .expect(200);
    assert_eq!(changed["contact"]["safe_to_text"], true);
    assert!(changed["confirmed_at"].is_string());
    assert_eq!(
        s.desk
            .app
            .as_(&w.health_rep)
            .post(&path, json!({ "kind": "phone", "value": "1" }))
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn a_group_that_is_withheld_cannot_be_written() {
    let s = scene().await;
    let w = &s.desk.world;
    // An IDVA of another service who is only named: no addresses, no contacts.
    let named =
        crate::support::World::person(&s.desk.app, "named-idva", w.health, &[(w.wcc, "idva")]);
    s.desk.name(s.case, &named);
    let caller = s.desk.app.as_(&named).if_match("\"1\"");
    let address = json!({ "kind": "usual", "lines": "x" });
    let base = format!("/cases/{}", s.case);
    let path = format!("{base}/parties/{}/addresses", id(&s.survivor));
    assert_eq!(caller.post(&path, address.clone()).await.status, 403);
    let path = format!("{base}/addresses/{}", id(&s.survivor["addresses"][0]));
    assert_eq!(caller.patch(&path, address).await.status, 403);
    let path = format!("{base}/contacts/{}", id(&s.survivor["contacts"][0]));
    assert_eq!(
        caller
            .patch(&path, json!({ "kind": "phone", "value": "1" }))
            .await
            .status,
        403
    );
}

#[actix_web::test]
async fn further_people_are_added_but_no_second_survivor() {
    let s = scene().await;
    let w = &s.desk.world;
    let path = format!("/cases/{}/parties", s.case);
    let body = json!({ "role": "perpetrator", "identity": { "family_name": "Reed" }, "to_survivor": { "kind": "in_law" } });
    let coordinator = s
        .desk
        .app
        .as_(&w.coordinator)
        .with("idempotency-key", "party-key-1");
    let made = coordinator.post(&path, body.clone()).await.expect(201);
    assert_eq!(coordinator.post(&path, body).await.expect(201), made);
    let people = coordinator.get(&path).await.expect(200);
    assert_eq!(people["items"].as_array().unwrap().len(), 4);
    let related = people["relationships"].as_array().unwrap().iter().any(|r| {
        r["from_party_id"] == made["id"]
            && r["to_party_id"] == s.survivor["id"]
            && r["kind"] == "in_law"
    });
    assert!(related);
    let second = json!({ "role": "survivor", "identity": { "name_unknown": true } });
    let refused = s.desk.app.as_(&w.coordinator).post(&path, second).await;
    assert_eq!(refused.errors(), ["/role not_allowed"]);
}

#[actix_web::test]
async fn a_relationship_is_recorded_between_two_people_of_the_case() {
    let s = scene().await;
    let other = s.desk.case("Adeyemi").await;
    let file = s
        .desk
        .file(&s.desk.world.coordinator, other)
        .await
        .expect(200);
    let stranger = party(&file, "survivor");
    let path = format!("/cases/{}/relationships", s.case);
    let idva = s.desk.app.as_(&s.desk.world.idva);
    let body = |from: &Value, to: &Value| json!({ "from_party_id": from["id"], "to_party_id": to["id"], "kind": "ex_spouse", "living_together": "no" });
    let known = idva
        .clone()
        .if_match("\"1\"")
        .put(&path, body(&s.perpetrator, &s.survivor))
        .await
        .expect(200);
    assert_eq!(
        (known["kind"].as_str(), known["etag"].as_str()),
        (Some("ex_spouse"), Some("\"2\""))
    );
    let new = idva
        .clone()
        .if_match("\"0\"")
        .put(&path, body(&s.survivor, &s.perpetrator))
        .await
        .expect(200);
    assert_eq!(new["etag"], "\"1\"");
    let stale = idva
        .clone()
        .if_match("\"0\"")
        .put(&path, body(&s.survivor, &s.perpetrator))
        .await;
    assert_eq!(stale.status, 412);
    let wrong = idva
        .clone()
        .if_match("\"0\"")
        .put(&path, body(&s.survivor, &stranger))
        .await;
    assert_eq!(wrong.errors(), ["/to_party_id unknown"]);
    let same = idva
        .if_match("\"0\"")
        .put(&path, body(&s.survivor, &s.survivor))
        .await;
    assert_eq!(same.errors(), ["/to_party_id same"]);
}

/// What the access log says of less guarded marks, newest first.
async fn lowered(s: &Scene) -> Vec<(String, Value)> {
    let path = format!("/cases/{}/access-log", s.case);
    let caller = s.desk.app.as_(&s.desk.world.coordinator);
    let log = caller.get(&path).await.expect(200);
    let events = log["items"].as_array().unwrap().iter();
    let lowered = events.filter(|event| event["act"] == "lower_guard");
    lowered
        .map(|event| {
            let subject = event["subject"].as_str().unwrap().to_owned();
            (subject, event["fields"].clone())
        })
        .collect()
}

#[actix_web::test]
async fn a_guard_falls_only_where_it_is_said_and_that_is_an_event_of_its_own() {
    let s = scene().await;
    let idva = s.desk.app.as_(&s.desk.world.idva);
    let mut addresses = s.survivor["addresses"].as_array().unwrap().iter();
    let refuge = addresses.find(|one| one["address"]["kind"] == "refuge");
    let refuge = refuge.unwrap();
    let path = format!("/cases/{}/addresses/{}", s.case, id(refuge));
    let mut tag = etag(refuge);
    for (body, confidential, fallen) in [
        (json!({ "lines": "Another house" }), true, None),
        (json!({ "confidential": false }), true, None),
        (
            json!({ "kind": "previous", "lines": "A house", "postcode": null }),
            true,
            None,
        ),
        (
            json!({ "known_to_perpetrator": "yes" }),
            true,
            Some("known_to_perpetrator"),
        ),
        (
            json!({ "confidential": false }),
            false,
            Some("confidential"),
        ),
        (json!({ "kind": "refuge" }), true, None),
    ] {
        let before = lowered(&s).await.len();
        let changed = idva.clone().if_match(&tag).patch(&path, body.clone()).await;
        let changed = changed.expect(200);
        assert_eq!(changed["address"]["confidential"], confidential, "{body}");
        tag = etag(&changed);
        let log = lowered(&s).await;
        assert_eq!(log.len() - before, usize::from(fallen.is_some()), "{body}");
        if let Some(fallen) = fallen {
            assert_eq!(log[0], ("address".to_owned(), json!([fallen])), "{body}");
        }
    }
    let contact = &s.survivor["contacts"][0];
    let path = format!("/cases/{}/contacts/{}", s.case, id(contact));
    let caller = idva.clone().if_match(&etag(contact));
    let body = json!({ "notes": "Before nine." });
    let kept = caller.patch(&path, body).await.expect(200);
    assert_eq!(kept["contact"]["safe_to_call"], true);
    assert_eq!(kept["contact"]["withheld_number"], true);
    let body = json!({ "safe_to_text": true, "safe_to_call": false });
    let caller = idva.if_match(&etag(&kept));
    caller.patch(&path, body).await.expect(200);
    let log = lowered(&s).await;
    assert_eq!(log[0], ("contact".to_owned(), json!(["safe_to_text"])));
}
