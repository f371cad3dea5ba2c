//! What is stored of a text, and what was stored before today's rules.

use actix_web::http::Method;
use diesel::prelude::*;
use kernel::crypto::{DataKey, SealPlace};
use kernel::sql::{Row, sql};
use serde_json::json;

use crate::support::{TestApp, World, etag, id, referral};

#[actix_web::test]
async fn a_text_is_stored_composed_trimmed_and_marked() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    let sent = json!({ "marac_id": world.wcc, "draft": true, "referral": {
        "survivor": { "identity": { "family_name": "  Ange\u{301}lique Moore\u{200b}\r\n" } },
        "account": { "what_happened": "\u{feff}First.\r\nThen\u{2028}he\u{b}said \u{202e}olleh\u{85}" },
    } });
    let made = caller.post("/referrals", sent).await.expect(201);
    let read = caller
        .get(&format!("/referrals/{}", id(&made)))
        .await
        .expect(200);
    let referral = &read["referral"];
    assert_eq!(
        referral["survivor"]["identity"]["family_name"],
        "Angélique Moore"
    );
    assert_eq!(
        referral["account"]["what_happened"],
        "First.\nThen\nhe\nsaid [U+202E]olleh"
    );
}

#[actix_web::test]
async fn a_sign_in_with_nul_is_refused_as_what_it_is() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let password = "a long enough password";
    for (body, error) in [
        (
            json!({ "email": "a\0@x.example", "password": password }),
            "/email control_character",
        ),
        (
            json!({ "email": world.officer.email, "password": "a\0b" }),
            "/password control_character",
        ),
        (
            json!({ "email": "\u{3164}", "password": password }),
            "/email blank",
        ),
    ] {
        let answer = app.anonymous().post("/auth/login", body).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (422, vec![error.to_owned()])
        );
    }
    for (form, status) in [
        (
            "grant_type=client_credentials&client_id=00000000-0000-0000-0000-000000000000&client_secret=%00",
            401,
        ),
        (
            "grant_type=%00&client_id=00000000-0000-0000-0000-000000000000&client_secret=a",
            400,
        ),
    ] {
        let kind = "application/x-www-form-urlencoded";
        let answer = app
            .anonymous()
            .send_raw(Method::POST, "/oauth/token", kind, form)
            .await;
        assert_eq!(answer.status, status);
    }
}

/// The data key of a case.
fn key(app: &TestApp, case: uuid::Uuid) -> DataKey {
    #[derive(Row)]
    struct Row {
        master_key_id: String,
        wrapped: Vec<u8>,
    }
    let row: Row = sql("select master_key_id, wrapped from data_keys where case_id = $1")
        .bind(case)
        .get_result(&mut app.owner())
        .unwrap();
    app.keys
        .unwrap(case, &row.master_key_id, Some(&row.wrapped))
        .unwrap()
}

/// A file from before today's rules opens, whatever its texts hold, and its words are marked on paper.
#[actix_web::test]
async fn a_referral_that_was_stored_before_these_rules_still_opens() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    let body = json!({ "marac_id": world.wcc, "referral": referral("Okafor", "Stone") });
    let made = caller.post("/referrals", body).await.expect(201);
    let (referral_id, case_id) = (
        id(&made),
        made["case_id"].as_str().unwrap().parse().unwrap(),
    );
    let mut document = made["referral"].clone();
    let old = "\u{0}\u{202e}old\u{b}words\r\n ";
    document["survivor"]["identity"]["family_name"] = json!(old);
    document["account"]["what_happened"] = json!("x".repeat(20_000));
    document["referrer_contact"] = json!(" ");
    let key = key(&app, case_id);
    let place = SealPlace::new("referrals", "document", referral_id);
    let sealed = key.seal(place, document.to_string().as_bytes()).unwrap();
    sql("update referrals set document = $2 where id = $1")
        .bind(referral_id)
        .bind(sealed)
        .execute(&mut app.owner())
        .unwrap();
    let path = format!("/referrals/{referral_id}");
    let read = caller.get(&path).await.expect(200);
    assert_eq!(read["referral"]["survivor"]["identity"]["family_name"], old);
    assert_eq!(read["referral"]["referrer_contact"], " ");
    let listed = caller.get(&format!("/referrals?inbox={}", world.wcc)).await;
    assert!(listed.status < 500);
    let mine = caller.get("/referrals").await;
    assert!(mine.status < 500);
    // Whoever sends the words again sends them under today's rules.
    let again = json!({ "referral": read["referral"] });
    let answer = caller.if_match(&etag(&read)).put(&path, again).await;
    assert_eq!(answer.status, 422);
}
