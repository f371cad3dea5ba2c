//! What somebody inside a partner agency would try.

use chrono::NaiveDate;
use diesel::prelude::*;
use kernel::http::Cursor;
use kernel::sql::{Row, sql};
use serde_json::json;
use uuid::Uuid;

use crate::access::{Scope, Stage, Target, operations, roster};
use crate::support::id;

#[derive(Debug, PartialEq, Row)]
struct Trace {
    act: String,
    outcome: String,
    subject: Option<String>,
    marac_id: Option<Uuid>,
    case_id: Option<Uuid>,
    fields: Vec<String>,
    detailed: bool,
}

fn last_traces(stage: &Stage, before: i64) -> Vec<Trace> {
    sql(
        "select act, outcome, subject, marac_id, case_id, fields, detail is not null as detailed \
         from audit_events order by at, id offset $1",
    )
    .bind(before)
    .load(&mut stage.app.owner())
    .unwrap()
}

#[actix_web::test]
async fn out_of_sight_and_unknown_take_the_same_statements_and_leave_the_same_trace() {
    let stage = Stage::set().await;
    let players = roster(&stage);
    let wanted = ["coordinator", "idva, allocated", "representative, listed"];
    let bound = |scope| matches!(scope, Some(Scope::Case | Scope::Part));
    for operation in operations().iter().filter(|one| bound(one.scope)) {
        for player in players.iter().filter(|one| wanted.contains(&one.name)) {
            let mut found = Vec::new();
            for target in [Target::Unknown, Target::ExcludedPerson, Target::Restricted] {
                let before = last_traces(&stage, 0).len() as i64;
                let statements = stage.app.parts.db.statements();
                let mut caller = player.caller.clone();
                if operation.versioned {
                    caller = caller.if_match("\"1\"");
                }
                let method = operation.method.as_bytes();
                let method = actix_web::http::Method::from_bytes(method).unwrap();
                let uri = operation.uri(&stage, target);
                caller
                    .send(method, &uri, operation.body(&stage, target, 0))
                    .await;
                let statements = stage.app.parts.db.statements() - statements;
                found.push((statements, last_traces(&stage, before)));
            }
            let who = (&operation.id, player.name);
            assert_eq!(found[1], found[0], "{who:?}");
            assert_eq!(found[2], found[0], "{who:?}");
            assert_eq!(found[0].1.len(), 1, "{who:?}");
            assert_eq!(found[0].1[0].case_id, None, "{who:?}");
        }
    }
}

#[actix_web::test]
async fn a_key_is_its_actors_own_and_opens_nothing_that_has_closed() {
    let stage = Stage::set().await;
    let (app, w) = (&stage.app, &stage.world);
    let own = stage.things(Target::Own);
    let path = |case| format!("/cases/{case}/parties/{}/contacts", own.party);
    let body = json!({ "kind": "phone", "value": "07700 900456" });
    let key = "0123456789abcdef";
    let mut made = Vec::new();
    for caller in [
        app.as_client(&w.client, Some("h-17")),
        app.as_client(&w.client, None),
        app.as_(&w.housing_rep),
        app.as_(&w.officer),
    ] {
        let caller = caller.with("idempotency-key", key);
        let first = caller.post(&path(own.case), body.clone()).await.expect(201);
        let again = caller.post(&path(own.case), body.clone()).await.expect(201);
        assert_eq!(id(&first), id(&again));
        made.push(id(&first));
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 4);
    let exclusion = json!({ "user_id": w.housing_rep.id, "reason": "Her cousin." });
    let exclude = format!("/cases/{}/exclusions", own.case);
    app.as_(&w.coordinator)
        .post(&exclude, exclusion)
        .await
        .expect(201);
    let caller = app.as_(&w.housing_rep).with("idempotency-key", key);
    let replayed = caller.post(&path(own.case), body.clone()).await;
    let unknown = caller.post(&path(Uuid::now_v7()), body).await;
    assert_eq!(replayed.status, 404);
    assert_eq!(replayed.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn a_forged_cursor_opens_no_other_page() {
    let stage = Stage::set().await;
    let (app, w) = (&stage.app, &stage.world);
    let end = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap();
    let start = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    for person in [
        &w.housing_rep,
        &w.coordinator,
        &w.other_officer,
        &stage.senior,
    ] {
        let caller = app.as_(person);
        for (path, cursor) in [
            ("/cases?count=true", Cursor::encode(&(end, Uuid::max()))),
            ("/actions?status=all", Cursor::encode(&(start, Uuid::nil()))),
        ] {
            let plain = caller.get(path).await.expect(200);
            let forged = caller
                .get(&format!("{path}&cursor={cursor}"))
                .await
                .expect(200);
            assert_eq!(forged["items"], plain["items"], "{path}");
        }
    }
    // A place in housing's feed tells the police nothing of housing's.
    let housing = app
        .as_(&w.housing_rep)
        .get("/actions?changed_after=start")
        .await;
    let housing = housing.expect(200);
    assert!(!housing["items"].as_array().unwrap().is_empty());
    for cursor in ["start", housing["next_cursor"].as_str().unwrap()] {
        let path = format!("/actions?changed_after={cursor}");
        let police = app.as_(&w.police_rep).get(&path).await.expect(200);
        assert_eq!(police["items"], json!([]));
    }
}

#[actix_web::test]
async fn the_audit_tells_nobody_of_a_case_that_is_closed_to_them() {
    let stage = Stage::set().await;
    let (app, w) = (&stage.app, &stage.world);
    for person in [&w.coordinator, &w.chair, &w.auditor] {
        let caller = app.as_(person);
        let of = |target| {
            let case = stage.things(target).case;
            format!("/audit?marac_id={}&case_id={case}", w.wcc)
        };
        let own = caller.get(&of(Target::Own)).await.expect(200);
        assert!(!own["items"].as_array().unwrap().is_empty());
        let unknown = caller.get(&of(Target::Unknown)).await;
        let all = format!("/audit?marac_id={}&limit=200", w.wcc);
        let all = caller.get(&all).await.expect(200).to_string();
        for target in [
            Target::Other,
            Target::ExcludedPerson,
            Target::ExcludedAgency,
            Target::Restricted,
        ] {
            let hidden = caller.get(&of(target)).await;
            assert_eq!(hidden.comparable(), unknown.comparable(), "{target:?}");
            let things = stage.things(target);
            for id in [things.case, things.referral, things.item, things.action] {
                assert!(
                    !all.contains(&id.to_string()),
                    "{target:?}: {}",
                    person.email
                );
            }
        }
    }
}
