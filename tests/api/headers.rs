//! Headers that say one thing: sent twice, or in another form, they are refused.

use serde_json::json;

use crate::support::{TestApp, World};

#[actix_web::test]
async fn a_header_that_stands_twice_is_refused_whether_both_say_the_same_or_not() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let coordinator = app.as_(&world.coordinator);
    let client = app.as_client(&world.client, Some("h-17"));
    let marac = format!("/maracs/{}", world.wcc);
    let administrator = app.as_(&world.administrator);
    let tag = crate::support::etag(&administrator.get(&marac).await.expect(200));
    for second in ["one-key-of-mine", "another-key-of-mine"] {
        let answer = coordinator
            .clone()
            .with("idempotency-key", "one-key-of-mine")
            .once_more("idempotency-key", second)
            .post(
                "/referrals",
                json!({ "marac_id": world.wcc, "referral": {} }),
            )
            .await;
        assert_eq!(answer.errors(), ["Idempotency-Key repeated"]);
        assert_eq!(answer.status, 400);
    }
    for second in [tag.as_str(), "\"99\""] {
        let answer = administrator
            .clone()
            .if_match(&tag)
            .once_more("if-match", second)
            .patch(&marac, json!({}))
            .await;
        assert_eq!(answer.errors(), ["If-Match repeated"]);
        assert_eq!(answer.status, 400);
    }
    for second in ["h-17", "h-18"] {
        let answer = client
            .clone()
            .once_more("x-toldonce-actor", second)
            .get("/me")
            .await;
        assert_eq!(answer.errors(), ["x-toldonce-actor repeated"]);
        assert_eq!(answer.status, 400);
    }
    let bearer = coordinator.headers()[0].1.clone();
    let answer = coordinator
        .once_more("authorization", &bearer)
        .get("/me")
        .await;
    assert_eq!(answer.status, 400);
}

#[actix_web::test]
async fn a_version_is_sent_as_it_was_given() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let administrator = app.as_(&world.administrator);
    let marac = format!("/maracs/{}", world.wcc);
    for tag in [
        "\"+1\"",
        "\"01\"",
        "\"-0\"",
        "1",
        "\"1\", \"1\"",
        "W/\"1\"",
        "*",
    ] {
        let caller = administrator.clone().if_match(tag);
        let answer = caller.patch(&marac, json!({})).await;
        assert_eq!(answer.errors(), ["If-Match etag"], "{tag}");
        assert_eq!(answer.status, 400, "{tag}");
    }
}
