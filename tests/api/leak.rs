//! Nothing leaks: what is told of people stands nowhere in clear, neither in the database's dump nor in
//! a refusal.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{TestApp, World, etag, id, owner_binaries, referral};

const CANARY: &str = "zanzibarcanary";

/// A referral that says the canary wherever something personal can be said.
pub fn told(canary: &str) -> Value {
    let mut document = referral(canary, canary);
    let identity = json!({
        "family_name": canary, "given_names": canary, "date_of_birth": "1971-11-23",
        "aliases": [canary], "school_or_occupation": canary,
    });
    document["survivor"]["identity"] = identity.clone();
    document["perpetrators"][0]["identity"] = identity.clone();
    document["children"][0]["identity"] = identity;
    for pointer in [
        "/referrer_contact",
        "/survivor/addresses/0/lines",
        "/survivor/addresses/1/lines",
        "/survivor/contacts/0/value",
        "/survivor/contacts/0/notes",
        "/account/what_happened",
        "/account/what_the_survivor_wants",
    ] {
        *document.pointer_mut(pointer).unwrap() = json!(canary);
    }
    document["survivor"]["characteristics"]["needs"] = json!(canary);
    document["survivor"]["characteristics"]["religion"] = json!(canary);
    document["criteria"] = json!({ "professional_judgement": canary });
    document["assessment"]["notes"] = json!(canary);
    document["assessment"]["answers"][0]["note"] = json!(canary);
    document["other_maracs"] = json!(canary);
    document
}

/// The whole of the main job, saying the canary in every free text on the way.
async fn live_through(app: &TestApp, w: &World) {
    let (officer, coordinator) = (app.as_(&w.officer), app.as_(&w.coordinator));
    let body = json!({ "marac_id": w.wcc, "referral": told(CANARY) });
    let sent = officer.post("/referrals", body).await.expect(201);
    let path = |what: &str| format!("/referrals/{}/{what}", id(&sent));
    let reason = json!({ "reason": CANARY });
    let returned = coordinator
        .clone()
        .if_match(&etag(&sent))
        .post(&path("return"), reason.clone())
        .await
        .expect(200);
    let again = officer
        .clone()
        .if_match(&etag(&returned))
        .post(&path("submit"), json!({}))
        .await
        .expect(200);
    let starts_at = app.now() + chrono::TimeDelta::hours(4);
    let agenda = json!({ "agenda": { "emergency": { "starts_at": starts_at, "mode": "online" }, "agencies": [w.housing] } });
    coordinator
        .clone()
        .if_match(&etag(&again))
        .post(&path("accept"), agenda)
        .await
        .expect(200);
    let case = format!("/cases/{}", sent["case_id"].as_str().unwrap());
    let entry = json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": app.today(), "how_told": "phone", "text": CANARY });
    officer
        .post(&format!("{case}/account"), entry)
        .await
        .expect(201);
    let question = json!({ "heading": "practical_safety", "text": CANARY });
    let asked = officer
        .post(&format!("{case}/questions"), question)
        .await
        .expect(201);
    coordinator
        .clone()
        .if_match(&etag(&asked))
        .post(
            &format!("{case}/questions/{}/decline", id(&asked)),
            json!({ "reason": CANARY }),
        )
        .await
        .expect(200);
    hear(app, w, &case).await;
    let exclusion = json!({ "user_id": w.health_rep.id, "reason": CANARY });
    coordinator
        .post(&format!("{case}/exclusions"), exclusion)
        .await
        .expect(201);
    let share = json!({ "agency_id": w.health, "reason": CANARY });
    coordinator
        .post(&format!("{case}/shares"), share)
        .await
        .expect(201);
    let due = app.today() + chrono::TimeDelta::days(3);
    let action = json!({ "text": CANARY, "owner_agency_id": w.health, "category": "other", "target": "survivor", "due_on": due });
    let action = coordinator
        .post(&format!("{case}/actions"), action)
        .await
        .expect(201);
    let report = json!({ "status": "not_done", "reason": CANARY });
    let report_path = format!("/actions/{}/report", id(&action));
    coordinator
        .clone()
        .if_match(&etag(&action))
        .post(&report_path, report)
        .await
        .expect(200);
    let file = coordinator.get(&case).await.expect(200);
    assert!(
        file.to_string().contains(CANARY),
        "the canary was told and is read"
    );
    let head = coordinator
        .get(&format!("{case}/restriction"))
        .await
        .expect(200);
    let named = json!({ "reason": CANARY, "named": [w.officer.id] });
    coordinator
        .clone()
        .if_match(&etag(&head))
        .put(&format!("{case}/restriction"), named)
        .await
        .expect(200);
}

/// The emergency meeting, with the canary in all that is said.
async fn hear(app: &TestApp, w: &World, case: &str) {
    let coordinator = app.as_(&w.coordinator);
    let meetings = coordinator.get("/meetings").await.expect(200);
    let meeting = id(&meetings["items"][0]);
    for step in ["circulate", "start"] {
        crate::meetings::step(app, &w.coordinator, meeting, step).await;
    }
    let agenda = coordinator
        .get(&format!("/meetings/{meeting}/agenda"))
        .await
        .expect(200);
    let item = &agenda["items"][0];
    assert!(case.ends_with(item["case_id"].as_str().unwrap()));
    for (part, body) in [
        ("information", json!({ "nature": "fact" })),
        ("views", json!({})),
        ("risks", json!({ "factor": "harm" })),
        (
            "safeguards",
            json!({ "safeguard": "other", "decision": "decided" }),
        ),
        ("crimes", json!({ "police_wish": "undecided" })),
    ] {
        let mut body = body;
        body["sharing"] = json!("marac");
        body["text"] = json!(CANARY);
        let path = format!("/agenda-items/{}/{part}", id(item));
        let said = coordinator.post(&path, body).await.expect(201);
        let path = format!(
            "/agenda-items/{}/record/{}/corrections",
            id(item),
            id(&said)
        );
        let body = json!({ "reason": CANARY, "text": CANARY });
        let read = coordinator.clone().if_match(&etag(&said));
        read.post(&path, body).await.expect(201);
    }
    let conflict =
        json!({ "agenda_item_id": id(item), "user_id": w.police_rep.id, "reason": CANARY });
    let path = format!("/meetings/{meeting}/conflicts");
    coordinator.post(&path, conflict).await.expect(201);
}

#[actix_web::test]
async fn the_dump_of_the_database_holds_nothing_in_clear() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    live_through(&app, &world).await;
    let output = Command::new(owner_binaries().join("pg_dump"))
        .arg("--inserts")
        .arg(app.db.owner_url())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let dump = String::from_utf8_lossy(&output.stdout).to_lowercase();
    assert!(
        dump.contains("insert into public.referrals"),
        "the dump has rows"
    );
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for secret in [CANARY, &hex, "1971-11-23"] {
        assert!(!dump.contains(secret), "{secret}");
    }
}

#[actix_web::test]
async fn no_refusal_repeats_what_was_sent() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let officer = app.as_(&world.officer);
    let long = CANARY.repeat(40);
    for (pointer, value) in [
        ("/survivor/identity/family_name", json!(long)),
        ("/survivor/identity/date_of_birth", json!(CANARY)),
        ("/survivor/characteristics/ethnicity", json!(CANARY)),
        ("/survivor/addresses/0/kind", json!(CANARY)),
        ("/survivor/contacts", json!(CANARY)),
        ("/assessment/tool", json!(CANARY)),
        ("/assessment/answers/0/item", json!(CANARY)),
        ("/account", json!({ CANARY: CANARY })),
    ] {
        let mut document = referral("A", "B");
        *document.pointer_mut(pointer).unwrap() = value;
        let body = json!({ "marac_id": world.wcc, "referral": document });
        let refused = officer.post("/referrals", body).await;
        assert_eq!(refused.status, 422, "{pointer}");
        assert!(!format!("{refused:?}").contains(CANARY), "{pointer}");
    }
    for path in [
        "/cases/zanzibarcanary",
        "/actions?status=zanzibarcanary",
        "/cases?cursor=zanzibarcanary",
    ] {
        let refused = officer.get(path).await;
        assert!(
            refused.status >= 400 && !format!("{refused:?}").contains(CANARY),
            "{path}"
        );
    }
}
