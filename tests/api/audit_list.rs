//! Reading the audit of a MARAC.

use serde_json::{Value, json};

use crate::support::{TestApp, World, id, referral};

fn acts(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["act"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn coordinator_and_auditor_see_who_did_what_in_their_marac_and_no_content() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let body = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
    let sent = app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    app.as_(&w.coordinator)
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(200);
    let path = format!("/audit?marac_id={}", w.wcc);
    for reader in [&w.coordinator, &w.chair, &w.auditor] {
        let page = app
            .as_(reader)
            .get(&format!(
                "{path}&case_id={}",
                sent["case_id"].as_str().unwrap()
            ))
            .await;
        let page = page.expect(200);
        assert_eq!(acts(&page), ["read_referral", "submit_referral"]);
        assert_eq!(page["items"][1]["user_id"], json!(w.officer.id));
        assert!(!page.to_string().contains("Okafor"));
    }
    let only = app
        .as_(&w.auditor)
        .get(&format!("{path}&act=submit_referral&limit=1"))
        .await
        .expect(200);
    assert_eq!(acts(&only), ["submit_referral"]);
    app.as_(&w.auditor)
        .get(&format!("{path}&act=no_such_act"))
        .await
        .expect(400);
    for other in [
        &w.officer,
        &w.housing_rep,
        &w.kc_coordinator,
        &w.administrator,
    ] {
        app.as_(other).get(&path).await.expect(403);
    }
}

#[actix_web::test]
async fn an_excluded_reader_finds_nothing_of_the_case_in_the_audit() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let body = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
    let sent = app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    let case = sent["case_id"].as_str().unwrap();
    let exclusion = json!({ "user_id": w.auditor.id, "reason": "Her brother." });
    app.as_(&w.coordinator)
        .post(&format!("/cases/{case}/exclusions"), exclusion)
        .await
        .expect(201);
    let path = format!("/audit?marac_id={}", w.wcc);
    let seen = app.as_(&w.auditor).get(&path).await.expect(200);
    assert!(!seen.to_string().contains(case));
    assert!(
        app.as_(&w.chair)
            .get(&path)
            .await
            .expect(200)
            .to_string()
            .contains(case)
    );
}

#[actix_web::test]
async fn a_draft_leaves_nothing_to_read_until_it_is_sent_in() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let body = json!({ "marac_id": w.wcc, "draft": true, "referral": {} });
    let draft = app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    let path = format!("/audit?marac_id={}", w.wcc);
    let seen = app.as_(&w.coordinator).get(&path).await.expect(200);
    assert!(
        !seen
            .to_string()
            .contains(draft["case_id"].as_str().unwrap())
    );
}
