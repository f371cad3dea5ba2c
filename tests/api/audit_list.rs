//! Reading the audit of a MARAC.

use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, World, etag, id, referral};

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

/// `outcome act subject` of what was refused, newest first.
async fn refused(app: &TestApp, reader: &Person, query: &str) -> Vec<String> {
    let page = app.as_(reader).get(&format!("/audit?{query}")).await;
    let page = page.expect(200);
    let events = page["items"].as_array().unwrap().iter();
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or("-").to_owned();
    events
        .filter(|event| event["outcome"] != "done")
        .map(|event| ["outcome", "act", "subject"].map(|name| text(event, name)))
        .map(|parts| parts.join(" "))
        .collect()
}

/// A case with an action, a draft beside it, and what several people were refused.
struct Refusals {
    app: TestApp,
    w: World,
    case: String,
    draft: Value,
}

impl Refusals {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let w = World::make(&app);
        let case = w.case(&app, "Okafor", "Stone").to_string();
        let due = app.today() + chrono::TimeDelta::days(3);
        let action = json!({ "text": "Fit locks.", "owner_agency_id": w.housing, "category": "other", "target": "survivor", "due_on": due });
        let coordinator = app.as_(&w.coordinator);
        let share = json!({ "agency_id": w.housing, "reason": "Her landlord." });
        let shares = format!("/cases/{case}/shares");
        coordinator.post(&shares, share).await.expect(201);
        let actions = format!("/cases/{case}/actions");
        let action = coordinator.post(&actions, action).await.expect(201);
        let draft = json!({ "marac_id": w.wcc, "draft": true, "referral": {} });
        let officer = app.as_(&w.officer);
        let draft = officer.post("/referrals", draft).await.expect(201);

        let read = format!("/cases/{case}");
        app.as_(&w.kc_officer).get(&read).await.expect(404);
        let restriction = app.as_(&w.officer).if_match("\"1\"");
        let named = json!({ "reason": "For a look.", "named": [w.officer.id] });
        let path = format!("{read}/restriction");
        restriction.put(&path, named).await.expect(403);
        let path = format!("/actions/{}", id(&action));
        app.as_(&w.health_rep).get(&path).await.expect(404);
        let foreign = json!({ "marac_id": w.wcc, "referral": referral("Okafor", "Stone") });
        let referrals = app.as_(&w.kc_officer).post("/referrals", foreign).await;
        referrals.expect(403);
        let unknown = format!("/cases/{}", uuid::Uuid::now_v7());
        app.as_(&w.kc_officer).get(&unknown).await.expect(404);
        let path = format!("/referrals/{}", id(&draft));
        app.as_(&w.other_officer).get(&path).await.expect(404);
        Self {
            app,
            w,
            case,
            draft,
        }
    }
}

const REFUSED: [&str; 4] = [
    "denied create_referral marac",
    "not_found read_action action",
    "denied restrict_case case",
    "not_found read_case case",
];

#[actix_web::test]
async fn what_was_refused_is_listed_to_the_marac_it_was_refused_on() {
    let Refusals { app, w, case, .. } = Refusals::new().await;
    let here = format!("marac_id={}", w.wcc);
    for reader in [&w.coordinator, &w.chair, &w.auditor] {
        assert_eq!(refused(&app, reader, &here).await, REFUSED);
    }
    let there = format!("marac_id={}", w.kc);
    assert!(refused(&app, &w.kc_coordinator, &there).await.is_empty());
    let of_case = refused(&app, &w.auditor, &format!("{here}&case_id={case}")).await;
    assert_eq!(of_case, REFUSED[1..]);
    let by_one = format!("{here}&user_id={}", w.kc_officer.id);
    let by_one = refused(&app, &w.auditor, &by_one).await;
    assert_eq!(by_one, [REFUSED[0], REFUSED[3]]);
    let one_act = refused(&app, &w.auditor, &format!("{here}&act=read_action")).await;
    assert_eq!(one_act, [REFUSED[1]]);
    let page = app.as_(&w.auditor).get(&format!("/audit?{here}")).await;
    let page = page.expect(200);
    let mut attempts = page["items"].as_array().unwrap().iter();
    let attempt = attempts.find(|event| event["outcome"] == "not_found");
    let attempt = attempt.unwrap();
    assert_eq!(attempt["case_id"], json!(case));
    assert_eq!(attempt["name"], "health-rep");
}

#[actix_web::test]
async fn what_was_refused_stands_in_its_place_among_the_pages() {
    let Refusals { app, w, .. } = Refusals::new().await;
    let auditor = app.as_(&w.auditor);
    let events = |page: &Value| -> Vec<Value> { page["items"].as_array().unwrap().clone() };
    let path = format!("/audit?marac_id={}", w.wcc);
    let whole = events(&auditor.get(&path).await.expect(200));
    let mut paged = Vec::new();
    let mut next = format!("{path}&limit=1");
    loop {
        let page = auditor.get(&next).await.expect(200);
        paged.extend(events(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("{path}&limit=1&cursor={cursor}"),
            None => break,
        }
    }
    // Reading the pages is recorded too, and newer than what they began with.
    assert_eq!(paged[1..], whole[..]);
    let refused = whole.iter().filter(|event| event["outcome"] != "done");
    assert_eq!(refused.count(), REFUSED.len());
}

#[actix_web::test]
async fn what_was_refused_on_a_closed_case_or_a_draft_is_not_listed() {
    let Refusals {
        app,
        w,
        case,
        draft,
    } = Refusals::new().await;
    let here = format!("marac_id={}", w.wcc);
    let exclusion = json!({ "user_id": w.auditor.id, "reason": "Her brother." });
    let path = format!("/cases/{case}/exclusions");
    let coordinator = app.as_(&w.coordinator);
    coordinator.post(&path, exclusion).await.expect(201);
    let auditor = app.as_(&w.auditor);
    // What somebody excluded tries themselves tells them nothing either.
    let unknown = uuid::Uuid::now_v7().to_string();
    for tried in [&case, &unknown] {
        let path = format!("/cases/{tried}/access-log");
        auditor.get(&path).await.expect(404);
    }
    assert_eq!(refused(&app, &w.auditor, &here).await, [REFUSED[0]]);
    let mine = "not_found read_access_log case";
    let seen = refused(&app, &w.coordinator, &here).await;
    assert_eq!((seen.len(), seen[0].as_str()), (5, mine));

    let whole = json!({ "referral": referral("Kaya", "Stone") });
    let path = format!("/referrals/{}", id(&draft));
    let officer = app.as_(&w.officer);
    let author = officer.clone().if_match(&etag(&draft));
    let kept = author.put(&path, whole).await.expect(200);
    let sent = officer.if_match(&etag(&kept));
    let sent = sent.post(&format!("{path}/submit"), json!({})).await;
    sent.expect(200);
    let seen = refused(&app, &w.auditor, &here).await;
    let now_seen = "not_found read_referral referral";
    assert_eq!(seen, [now_seen, REFUSED[0]]);
}

#[actix_web::test]
async fn a_refusal_is_written_alike_for_what_is_hidden_and_what_is_unknown() {
    let Refusals { app, w, case, .. } = Refusals::new().await;
    let officer = app.as_(&w.kc_officer);
    let unknown = uuid::Uuid::now_v7().to_string();
    let written = || -> Vec<String> {
        #[derive(Row)]
        struct Row {
            line: String,
        }
        let rows: Vec<Row> = sql(
            "select (to_jsonb(e) - array['id', 'txid', 'at', 'request_id', 'subject_id'])::text \
             as line from audit_events e order by txid desc, id desc",
        )
        .load(&mut app.owner())
        .unwrap();
        rows.into_iter().map(|row| row.line).collect()
    };
    let before = written().len();
    let mut answers = Vec::new();
    for tried in [&case, &unknown] {
        let statements = app.parts.db.statements();
        let answer = officer.get(&format!("/cases/{tried}")).await;
        answers.push((answer.comparable(), app.parts.db.statements() - statements));
    }
    assert_eq!(answers[0], answers[1]);
    let rows = written();
    assert_eq!(rows.len(), before + 2);
    assert_eq!(rows[0], rows[1]);
}
