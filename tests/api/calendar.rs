//! Calendar feeds: dates and nothing else, for whoever has the address, until it is revoked.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};

use crate::meetings::{listed, planned, step};
use crate::support::{Person, TestApp, World, etag, id};

async fn feed(app: &TestApp, who: &Person) -> String {
    let made = app.as_(who).post("/calendar/feed", Value::Null).await;
    made.expect(201)["path"].as_str().unwrap().to_owned()
}

async fn fetch(app: &TestApp, path: &str) -> String {
    let answer = app.anonymous().get(path).await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    answer.expect(200).as_str().unwrap().to_owned()
}

fn line<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(name))
        .collect()
}

#[actix_web::test]
async fn it_says_when_ones_meetings_are_and_nothing_of_what_is_heard_there() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let meeting = planned(&app, &w).await;
    let case = w.case(&app, "Zanzibar", "Canary");
    listed(&app, &w, id(&meeting), case, &[w.housing]).await;
    let path = feed(&app, &w.housing_rep).await;
    let text = fetch(&app, &path).await;
    let starts_at = meeting["starts_at"].as_str().unwrap();
    let starts_at: chrono::DateTime<chrono::Utc> = starts_at.parse().unwrap();
    let stamp = starts_at.format("%Y%m%dT%H%M%SZ").to_string();
    assert_eq!(line(&text, "DTSTART:"), [stamp]);
    assert_eq!(line(&text, "SUMMARY:"), ["MARAC meeting"]);
    assert_eq!(line(&text, "STATUS:"), ["CONFIRMED"]);
    for word in [
        "Zanzibar",
        "Canary",
        "Room 4",
        "Westminster",
        "WCC",
        "housing",
        "T-",
    ] {
        assert!(!text.contains(word), "{word} is in\n{text}");
    }
    assert!(!text.contains("LOCATION") && !text.contains("DESCRIPTION"));
}

#[actix_web::test]
async fn a_move_and_a_cancellation_reach_the_calendar_under_the_same_uid() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let meeting = planned(&app, &w).await;
    let path = feed(&app, &w.chair).await;
    let first = fetch(&app, &path).await;
    let body = json!({ "starts_at": app.now() + TimeDelta::days(20), "place": "Elsewhere" });
    app.as_(&w.coordinator)
        .if_match(&etag(&meeting))
        .patch(&format!("/meetings/{}", id(&meeting)), body)
        .await
        .expect(200);
    let moved = fetch(&app, &path).await;
    step(&app, &w.coordinator, id(&meeting), "cancel").await;
    let cancelled = fetch(&app, &path).await;
    let sequence = |text: &str| line(text, "SEQUENCE:")[0].parse::<u32>().unwrap();
    assert!(sequence(&first) < sequence(&moved) && sequence(&moved) < sequence(&cancelled));
    assert_ne!(line(&first, "DTSTART:"), line(&moved, "DTSTART:"));
    assert_eq!(line(&first, "UID:"), line(&cancelled, "UID:"));
    assert_eq!(line(&cancelled, "STATUS:"), ["CANCELLED"]);
    assert!(!moved.contains("Elsewhere"));
}

#[actix_web::test]
async fn each_reads_the_meetings_of_their_own_maracs_as_they_stand_now() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    planned(&app, &w).await;
    let kc = json!({
        "marac_id": w.kc, "kind": "scheduled", "mode": "online",
        "starts_at": app.now() + TimeDelta::days(3),
    });
    let kc_coordinator = app.as_(&w.kc_coordinator);
    kc_coordinator.post("/meetings", kc).await.expect(201);
    let both = feed(&app, &w.housing_rep).await;
    let one = feed(&app, &w.health_rep).await;
    assert_eq!(line(&fetch(&app, &both).await, "BEGIN:VEVENT").len(), 2);
    assert_eq!(line(&fetch(&app, &one).await, "BEGIN:VEVENT").len(), 1);
    sql("update role_grants set ends_at = $2 where user_id = $1 and marac_id = $3")
        .bind(w.housing_rep.id)
        .bind(app.now())
        .bind(w.wcc)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(line(&fetch(&app, &both).await, "BEGIN:VEVENT").len(), 1);
    sql("update marac_agencies set suspended_at = $2 where agency_id = $1")
        .bind(w.health)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    let none = fetch(&app, &one).await;
    assert!(none.starts_with("BEGIN:VCALENDAR") && !none.contains("VEVENT"));
}

#[actix_web::test]
async fn an_old_address_a_revoked_one_and_a_closed_account_are_as_unknown_as_any() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let nobody = app.anonymous();
    let unknown = nobody
        .get(&format!(
            "/api/v1/calendar/{}.ics",
            kernel::crypto::secret().unwrap()
        ))
        .await;
    assert_eq!((unknown.status, unknown.code()), (404, "not_found"));
    let first = feed(&app, &w.chair).await;
    let second = feed(&app, &w.chair).await;
    assert_ne!(first, second);
    assert_eq!(nobody.get(&first).await.comparable(), unknown.comparable());
    fetch(&app, &second).await;
    for _ in 0..2 {
        let method = actix_web::http::Method::DELETE;
        let revoked = app.as_(&w.chair).send(method, "/calendar/feed", None).await;
        revoked.expect(204);
    }
    assert_eq!(nobody.get(&second).await.comparable(), unknown.comparable());
    let third = feed(&app, &w.chair).await;
    sql("update users set disabled_at = $2 where id = $1")
        .bind(w.chair.id)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(nobody.get(&third).await.comparable(), unknown.comparable());
    let bad = nobody.get("/api/v1/calendar/x.ics").await;
    assert_eq!(bad.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn only_people_who_sit_in_meetings_have_a_feed_and_its_token_is_kept_hashed() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    for who in [&w.officer, &w.analyst, &w.auditor, &w.administrator] {
        let answer = app.as_(who).post("/calendar/feed", Value::Null).await;
        assert_eq!(answer.status, 403);
    }
    let client = app.as_client(&w.client, None);
    let answer = client.post("/calendar/feed", Value::Null).await;
    assert_eq!(answer.status, 403);
    let path = feed(&app, &w.observer).await;
    let token = path
        .trim_start_matches("/api/v1/calendar/")
        .trim_end_matches(".ics");
    #[derive(Row)]
    struct Row {
        token_hash: Vec<u8>,
    }
    let row: Row = sql("select token_hash from calendar_feeds")
        .get_result(&mut app.owner())
        .unwrap();
    assert_eq!(row.token_hash, kernel::crypto::hash_secret(token));
    assert!(token.len() >= 43);
}

#[actix_web::test]
async fn a_feed_that_is_polled_without_end_is_told_to_wait_and_others_are_read() {
    let app = TestApp::with(Clock::system(), limits(100, 3)).await;
    let w = World::make(&app);
    let (polled, other) = (feed(&app, &w.chair).await, feed(&app, &w.idva).await);
    for _ in 0..3 {
        fetch(&app, &polled).await;
    }
    let refused = app.anonymous().get(&polled).await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_requests"));
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    fetch(&app, &other).await;
}

#[actix_web::test]
async fn whoever_tries_addresses_of_feeds_is_told_to_wait_also_for_one_that_is_right() {
    let app = TestApp::with(Clock::system(), limits(5, 100)).await;
    let w = World::make(&app);
    let path = feed(&app, &w.chair).await;
    let guess = |n: u32| format!("/api/v1/calendar/guess{n}.ics");
    for n in 0..5 {
        assert_eq!(app.anonymous().get(&guess(n)).await.status, 404);
    }
    let (wrong, right) = (
        app.anonymous().get(&guess(6)).await,
        app.anonymous().get(&path).await,
    );
    assert_eq!((wrong.status, right.status), (429, 429));
    assert_eq!(wrong.comparable().0, right.comparable().0);
    // Those who sign in have limits of their own.
    app.as_(&w.chair).get("/me").await.expect(200);
}

fn limits(requests: u32, searches: u32) -> Limits {
    Limits {
        requests: NonZeroU32::new(requests).unwrap(),
        searches: NonZeroU32::new(searches).unwrap(),
    }
}
