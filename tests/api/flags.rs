//! Flags from asking to removal, and what is done when a case passes twelve months.

use casework::flags::{find_lapsing, find_lapsing_some};
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use kernel::error::Error;
use kernel::policy::Act;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::{hear, listed, planned, step};
use crate::support::plan::{Asks, listed as statement};
use crate::support::{Answer, Person, World, etag, id};

/// Takes a case to a meeting at which it is heard, a fortnight on.
async fn heard_at(desk: &Desk, case: Uuid, agencies: &[Uuid]) {
    let (app, w) = (&desk.app, &desk.world);
    let meeting = id(&planned(app, w).await);
    let item = listed(app, w, meeting, case, agencies).await;
    step(app, &w.coordinator, meeting, "circulate").await;
    app.wait(TimeDelta::days(14));
    step(app, &w.coordinator, meeting, "start").await;
    hear(app, w, &item).await;
    step(app, &w.chair, meeting, "close").await;
}

async fn heard(desk: &Desk, survivor: &str, agencies: &[Uuid]) -> Uuid {
    let case = desk.case(survivor).await;
    heard_at(desk, case, agencies).await;
    case
}

async fn head(desk: &Desk, case: Uuid) -> Value {
    let file = desk.file(&desk.world.chair, case).await;
    file.expect(200)
}

/// The day after the case's last.
async fn pass(desk: &Desk, case: Uuid) {
    let last = head(desk, case).await["lapses_on"]
        .as_str()
        .unwrap()
        .to_owned();
    let last: NaiveDate = last.parse().unwrap();
    desk.app.wait(last - desk.app.today() + TimeDelta::days(1));
}

async fn flags(desk: &Desk, who: &Person, query: &str) -> Vec<Value> {
    let list = desk.app.as_(who).get(&format!("/flags{query}")).await;
    list.expect(200)["items"].as_array().unwrap().clone()
}

/// The flag of an agency on a case, whatever its status.
async fn flag(desk: &Desk, case: Uuid, agency: Uuid) -> Value {
    let path = format!("/cases/{case}/flags");
    let list = desk
        .app
        .as_(&desk.world.coordinator)
        .get(&path)
        .await
        .expect(200);
    let items = list["items"].as_array().unwrap();
    let found = items.iter().find(|flag| flag["agency_id"] == json!(agency));
    found.cloned().unwrap_or(Value::Null)
}

async fn answer(desk: &Desk, who: &Person, flag: &Value, verb: &str, body: Value) -> Answer {
    let caller = desk.app.as_(who).if_match(&etag(flag));
    caller
        .post(&format!("/flags/{}/{verb}", id(flag)), body)
        .await
}

async fn decide(desk: &Desk, who: &Person, case: Uuid, verb: &str, body: Value) -> Answer {
    let tag = etag(&head(desk, case).await);
    let caller = desk.app.as_(who).if_match(&tag);
    caller.post(&format!("/cases/{case}/{verb}"), body).await
}

fn placed() -> Value {
    json!({ "system": "Housing records", "reference": "HR-2217" })
}

#[actix_web::test]
async fn each_agency_listed_is_asked_when_the_case_is_heard_and_says_where_the_flag_is() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing, w.health]).await;
    let own = flags(&desk, &w.housing_rep, "").await;
    assert_eq!(own.len(), 1);
    let asked = &own[0];
    assert_eq!(asked["status"], json!("asked"));
    assert_eq!(asked["survivor"], json!("Amina Okafor"));
    assert_eq!(asked["expires_on"], head(&desk, case).await["lapses_on"]);
    assert_eq!(
        asked["due_on"],
        json!(desk.app.today() + TimeDelta::days(7))
    );
    // The listing ended with the meeting, for nothing was taken on: the flag stays in sight.
    assert_eq!(desk.file(&w.housing_rep, case).await.status, 404);
    let path = format!("/flags/{}", id(asked));
    let caller = desk.app.as_(&w.housing_rep);
    caller.get(&path).await.expect(200);
    assert_eq!(
        caller.post(&format!("{path}/place"), placed()).await.status,
        428
    );
    let done = answer(&desk, &w.housing_rep, asked, "place", placed())
        .await
        .expect(200);
    assert_eq!(done["status"], json!("placed"));
    assert_eq!(done["confirmed_until"], done["expires_on"]);
    assert_eq!(done["answer"]["reference"], json!("HR-2217"));
    assert_eq!(done["answer"]["overridden"], json!(false));
    let stale = answer(&desk, &w.housing_rep, asked, "place", placed()).await;
    assert_eq!(stale.status, 412);
    let early = answer(&desk, &w.housing_rep, &done, "remove", json!({})).await;
    assert_eq!(
        (early.status, &early.body["reason"]),
        (409, &json!("case_not_lapsed"))
    );
    assert!(flags(&desk, &w.housing_rep, "").await.is_empty());
    assert_eq!(
        flags(&desk, &w.housing_rep, "?status=placed").await.len(),
        1
    );
    let both = flags(
        &desk,
        &w.coordinator,
        &format!("?status=all&marac_id={}", w.wcc),
    )
    .await;
    assert_eq!(both.len(), 2);
    desk.app.wait(TimeDelta::days(8));
    let missing = format!("?overdue=true&marac_id={}", w.wcc);
    let missing = flags(&desk, &w.coordinator, &missing).await;
    assert_eq!(
        (missing.len(), &missing[0]["agency_id"]),
        (1, &json!(w.health))
    );
    assert_eq!(missing[0]["overdue"], json!(true));
}

#[actix_web::test]
async fn nobody_elses_flag_is_seen_or_answered() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing]).await;
    let asked = flag(&desk, case, w.housing).await;
    let path = format!("/flags/{}", id(&asked));
    let unknown = format!("/flags/{}", Uuid::now_v7());
    let colleague = World::person(
        &desk.app,
        "caseworker",
        w.housing,
        &[(w.wcc, "practitioner")],
    );
    for other in [
        &w.officer,
        &w.health_rep,
        &w.kc_officer,
        &w.idva,
        &colleague,
    ] {
        let caller = desk.app.as_(other).if_match(&etag(&asked));
        let (seen, none) = (caller.get(&path).await, caller.get(&unknown).await);
        assert_eq!(seen.comparable(), none.comparable(), "{}", other.email);
        let said = caller.post(&format!("{path}/place"), placed()).await;
        assert!(matches!(said.status, 403 | 404), "{}", other.email);
        assert!(flags(&desk, other, "?status=all").await.is_empty());
    }
    let chair = answer(&desk, &w.chair, &asked, "place", placed()).await;
    assert_eq!(
        chair.status, 403,
        "the chair decides, and answers for no agency"
    );
    let over = answer(&desk, &w.coordinator, &asked, "place", placed())
        .await
        .expect(200);
    assert_eq!(over["answer"]["overridden"], json!(true));
    let gone = answer(
        &desk,
        &w.coordinator,
        &over,
        "remove",
        json!({ "note": "The wrong agency." }),
    )
    .await;
    assert_eq!(gone.expect(200)["status"], json!("removed"));
    for other in [&w.analyst, &w.observer, &w.administrator] {
        assert_eq!(desk.app.as_(other).get("/flags").await.status, 403);
    }
}

#[actix_web::test]
async fn an_excluded_agency_is_not_asked_and_an_exclusion_hides_what_was_asked() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let path = format!("/cases/{case}/exclusions");
    let exclude = |agency: Uuid| {
        let (caller, path) = (desk.app.as_(&w.coordinator), path.clone());
        async move {
            let body = json!({ "agency_id": agency, "reason": "His employer." });
            caller.post(&path, body).await.expect(201)
        }
    };
    exclude(w.health).await;
    heard_at(&desk, case, &[w.housing, w.health]).await;
    assert_eq!(flag(&desk, case, w.health).await, Value::Null);
    assert_eq!(flags(&desk, &w.housing_rep, "").await.len(), 1);
    exclude(w.housing).await;
    assert!(flags(&desk, &w.housing_rep, "").await.is_empty());
}

#[actix_web::test]
async fn an_agencys_program_answers_for_the_people_registered_with_it() {
    let desk = Desk::new().await;
    let w = &desk.world;
    heard(&desk, "Okafor", &[w.housing]).await;
    let client = desk.app.as_client(&w.client, Some("h-17"));
    let list = client.get("/flags").await.expect(200);
    let asked = &list["items"][0];
    let path = format!("/flags/{}/decline", id(asked));
    let body = json!({ "reason": "She is no tenant of ours." });
    let said = client
        .if_match(&etag(asked))
        .post(&path, body)
        .await
        .expect(200);
    assert_eq!(said["status"], json!("not_placed"));
    assert!(flags(&desk, &w.housing_rep, "").await.is_empty());
}

#[actix_web::test]
async fn a_case_lapses_by_a_decision_and_every_flag_is_asked_back() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing, w.health]).await;
    let of_housing = flag(&desk, case, w.housing).await;
    answer(&desk, &w.housing_rep, &of_housing, "place", placed())
        .await
        .expect(200);
    desk.list(case, w.health, desk.app.now());
    let early = decide(&desk, &w.chair, case, "lapse", json!({})).await;
    assert_eq!(
        (early.status, &early.body["reason"]),
        (409, &json!("not_yet"))
    );
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 0);
    pass(&desk, case).await;
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 1);
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 0);
    assert_eq!(
        head(&desk, case).await["status"],
        json!("heard"),
        "nothing lapses by itself"
    );
    let path = format!("/lapses?marac_id={}", w.wcc);
    let list = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    let notice = &list["items"][0];
    assert_eq!((id(notice), &notice["flags"]), (id(notice), &json!(2)));
    assert_eq!(notice["case_id"], json!(case));
    assert_eq!(notice["case_etag"], head(&desk, case).await["etag"]);
    desk.file(&w.health_rep, case).await.expect(200);

    for other in [&w.housing_rep, &w.officer] {
        let refused = decide(&desk, other, case, "lapse", json!({})).await;
        assert_eq!(refused.status, 403);
    }
    let hidden = decide(&desk, &w.kc_coordinator, case, "lapse", json!({})).await;
    assert_eq!(hidden.status, 404);
    let lapsed = decide(
        &desk,
        &w.coordinator,
        case,
        "lapse",
        json!({ "notes": "Quiet." }),
    )
    .await;
    assert_eq!(lapsed.expect(200)["status"], json!("lapsed"));
    assert_eq!(
        desk.file(&w.health_rep, case).await.status,
        404,
        "the listing's sight ends"
    );
    let list = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(list["items"], json!([]));
    let again = decide(&desk, &w.coordinator, case, "lapse", json!({})).await;
    assert_eq!(
        (again.status, &again.body["reason"]),
        (409, &json!("not_open"))
    );

    for rep in [&w.housing_rep, &w.health_rep] {
        assert_eq!(
            flags(&desk, rep, "").await[0]["status"],
            json!("removal_due")
        );
    }
    let due = flag(&desk, case, w.housing).await;
    assert_eq!(
        due["answer"]["reference"],
        json!("HR-2217"),
        "which flag it was"
    );
    let late = answer(&desk, &w.housing_rep, &due, "place", placed()).await;
    assert_eq!(
        (late.status, &late.body["reason"]),
        (409, &json!("case_lapsed"))
    );
    let gone = answer(
        &desk,
        &w.housing_rep,
        &due,
        "remove",
        json!({ "reference": "HR-2218" }),
    )
    .await;
    assert_eq!(gone.expect(200)["status"], json!("removed"));
    desk.app.wait(TimeDelta::days(8));
    let path = format!("/reports/flags?marac_id={}", w.wcc);
    let report = desk.app.as_(&w.analyst).get(&path).await.expect(200);
    let lines = report["agencies"].as_array().unwrap();
    assert_eq!(
        lines[0]["agency_id"],
        json!(w.health),
        "whose confirmation is missing"
    );
    assert_eq!(
        (&lines[0]["removal_overdue"], &lines[1]["removed"]),
        (&json!(1), &json!(1))
    );
    let body = json!({ "user_id": w.coordinator.id, "reason": "A cousin." });
    let exclusions = format!("/cases/{case}/exclusions");
    desk.app
        .as_(&w.chair)
        .post(&exclusions, body)
        .await
        .expect(201);
    assert_eq!(
        desk.app.as_(&w.analyst).get(&path).await.expect(200),
        report
    );
    let shut_out = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(shut_out["agencies"], json!([]));
}

#[actix_web::test]
async fn what_is_not_done_does_not_lapse_silently() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing]).await;
    desk.action(case, w.housing, "open", "Change the locks.")
        .await;
    pass(&desk, case).await;
    let said = json!({ "open_actions_reason": "The tenancy has ended." });
    for (who, body) in [(&w.chair, json!({})), (&w.coordinator, said.clone())] {
        let refused = decide(&desk, who, case, "lapse", body).await;
        assert_eq!(
            (refused.status, &refused.body["reason"]),
            (409, &json!("open_actions"))
        );
    }
    decide(&desk, &w.chair, case, "lapse", said)
        .await
        .expect(200);
    let mine = desk
        .app
        .as_(&w.housing_rep)
        .get("/actions")
        .await
        .expect(200);
    assert_eq!(
        mine["items"].as_array().unwrap().len(),
        1,
        "its owner still sees it"
    );
}

#[actix_web::test]
async fn a_case_is_kept_for_a_reason_and_a_time_and_its_flags_for_as_long() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(&desk.app, w).await);
    let item = listed(&desk.app, w, meeting, case, &[w.housing]).await;
    step(&desk.app, &w.coordinator, meeting, "circulate").await;
    desk.app.wait(TimeDelta::days(14));
    step(&desk.app, &w.coordinator, meeting, "start").await;
    desk.action(case, w.housing, "open", "Change the locks.")
        .await;
    hear(&desk.app, w, &item).await;
    step(&desk.app, &w.chair, meeting, "close").await;
    let asked = flag(&desk, case, w.housing).await;
    let first = answer(&desk, &w.housing_rep, &asked, "place", placed())
        .await
        .expect(200);
    desk.file(&w.housing_rep, case).await.expect(200);
    pass(&desk, case).await;
    find_lapsing(&desk.app.parts.db).unwrap();
    assert_eq!(
        desk.file(&w.housing_rep, case).await.status,
        404,
        "twelve months are over"
    );
    let today = desk.app.today();
    let until = |days| json!({ "reason": "He is released in March.", "until": today + TimeDelta::days(days) });
    for days in [0, 800] {
        let refused = decide(&desk, &w.coordinator, case, "keep", until(days)).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (422, vec!["/until out_of_range".to_owned()])
        );
    }
    let kept = decide(&desk, &w.coordinator, case, "keep", until(90))
        .await
        .expect(200);
    assert_eq!(kept["lapses_on"], json!(today + TimeDelta::days(90)));
    assert_eq!(kept["status"], json!("heard"));
    let again = flag(&desk, case, w.housing).await;
    assert_eq!(again["status"], json!("asked"));
    assert_eq!(
        again["confirmed_until"], first["expires_on"],
        "it is placed until then"
    );
    let longer = answer(&desk, &w.housing_rep, &again, "place", placed())
        .await
        .expect(200);
    assert_eq!(longer["confirmed_until"], kept["lapses_on"]);
    desk.file(&w.housing_rep, case).await.expect(200);
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 0);
    pass(&desk, case).await;
    assert_eq!(
        find_lapsing(&desk.app.parts.db).unwrap(),
        1,
        "and then it passes again"
    );
    assert_eq!(desk.file(&w.housing_rep, case).await.status, 404);
}

/// A further referral of the pair, accepted into the case.
async fn refer_again(desk: &Desk, survivor: &str, case: Uuid) {
    let sent = desk.referred(survivor).await;
    let path = format!("/referrals/{}/accept", id(&sent));
    let caller = desk.app.as_(&desk.world.coordinator).if_match(&etag(&sent));
    caller
        .post(&path, json!({ "join_case_id": case }))
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_new_referral_restarts_the_twelve_months_and_asks_for_the_flags_again() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing, w.health]).await;
    for (rep, agency) in [(&w.housing_rep, w.housing), (&w.health_rep, w.health)] {
        let asked = flag(&desk, case, agency).await;
        answer(&desk, rep, &asked, "place", placed())
            .await
            .expect(200);
    }
    desk.app.wait(TimeDelta::days(100));
    refer_again(&desk, "Okafor", case).await;
    let longer = flag(&desk, case, w.housing).await;
    assert_eq!(longer["status"], json!("asked"));
    assert_eq!(longer["expires_on"], head(&desk, case).await["lapses_on"]);
    answer(&desk, &w.housing_rep, &longer, "place", placed())
        .await
        .expect(200);

    pass(&desk, case).await;
    find_lapsing(&desk.app.parts.db).unwrap();
    decide(&desk, &w.chair, case, "lapse", json!({}))
        .await
        .expect(200);
    let gone = flag(&desk, case, w.housing).await;
    answer(&desk, &w.housing_rep, &gone, "remove", json!({}))
        .await
        .expect(200);
    refer_again(&desk, "Okafor", case).await;
    assert_eq!(head(&desk, case).await["status"], json!("listed"));
    assert_eq!(
        flag(&desk, case, w.health).await["status"],
        json!("asked"),
        "still held: for longer"
    );
    assert_eq!(
        flag(&desk, case, w.housing).await["status"],
        json!("removed"),
        "until it is listed"
    );
    heard_at(&desk, case, &[w.housing, w.health]).await;
    assert_eq!(flag(&desk, case, w.housing).await["status"], json!("asked"));
}

#[actix_web::test]
async fn a_notice_overtaken_by_a_new_referral_waits_for_nobody() {
    let desk = Desk::new().await;
    let case = heard(&desk, "Okafor", &[desk.world.housing]).await;
    pass(&desk, case).await;
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 1);
    refer_again(&desk, "Okafor", case).await;
    let list = desk
        .app
        .as_(&desk.world.coordinator)
        .get("/lapses")
        .await
        .expect(200);
    assert_eq!(list["items"], json!([]));
    let refused = decide(&desk, &desk.world.chair, case, "lapse", json!({})).await;
    assert_eq!(refused.body["reason"], json!("not_yet"));
}

#[actix_web::test]
async fn flags_of_a_case_closed_before_are_asked_back_when_their_day_has_passed() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = heard(&desk, "Okafor", &[w.housing]).await;
    let asked = flag(&desk, case, w.housing).await;
    answer(&desk, &w.housing_rep, &asked, "place", placed())
        .await
        .expect(200);
    decide(
        &desk,
        &w.chair,
        case,
        "close",
        json!({ "reason": "risk_reduced" }),
    )
    .await
    .expect(200);
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 0);
    pass(&desk, case).await;
    let cut: Result<(), Error> = desk.app.parts.db.run_system(Act::FindLapsing.ask(), |tx| {
        assert_eq!(*find_lapsing_some(tx)?.unwrap().value(), 1);
        Err(Error::Internal("the power failed"))
    });
    assert!(cut.is_err());
    assert_eq!(
        flag(&desk, case, w.housing).await["status"],
        json!("placed")
    );
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 1);
    assert_eq!(find_lapsing(&desk.app.parts.db).unwrap(), 0);
    assert_eq!(
        flags(&desk, &w.housing_rep, "").await[0]["status"],
        json!("removal_due")
    );
}

#[actix_web::test]
async fn several_servers_at_once_make_each_notice_once() {
    let desk = Desk::new().await;
    let w = &desk.world;
    for n in 0..30 {
        w.case(&desk.app, &format!("Survivor{n}"), "Stone");
    }
    desk.app.wait(TimeDelta::days(367));
    let cut: Result<(), Error> = desk.app.parts.db.run_system(Act::FindLapsing.ask(), |tx| {
        assert_eq!(*find_lapsing_some(tx)?.unwrap().value(), 30);
        Err(Error::Internal("the power failed"))
    });
    assert!(cut.is_err());
    let started = std::sync::Barrier::new(3);
    let made: usize = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..3)
            .map(|_| {
                let (db, started) = (desk.app.parts.db.clone(), &started);
                scope.spawn(move || {
                    started.wait();
                    find_lapsing(&db).unwrap()
                })
            })
            .collect();
        servers
            .into_iter()
            .map(|server| server.join().unwrap())
            .sum()
    });
    assert_eq!(made, 30);
    let chair = desk.app.as_(&w.chair);
    let (mut seen, mut path) = (Vec::new(), "/lapses?limit=7".to_owned());
    loop {
        let page = chair.get(&path).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(id));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/lapses?limit=7&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 30);
    for other in [&w.housing_rep, &w.analyst, &w.idva] {
        assert_eq!(desk.app.as_(other).get("/lapses").await.status, 403);
    }
    let kc = desk.app.as_(&w.kc_coordinator);
    assert_eq!(kc.get("/lapses").await.expect(200)["items"], json!([]));
    assert_eq!(
        kc.get(&format!("/lapses?marac_id={}", w.wcc)).await.status,
        404
    );
}

#[actix_web::test]
async fn an_agencys_list_takes_five_statements_at_any_number_of_rows_and_pages_by_its_day() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let mut counts = Vec::new();
    for total in [1, 40] {
        for n in 0..total {
            let case = w.case(&desk.app, &format!("Survivor{n}"), "Stone");
            sql(
                "insert into flags (id, marac_id, case_id, agency_id, status, asked_on, due_on, \
                 expires_on, created_at) values ($1, $2, $3, $4, 'asked', $5, $5, $5, $6)",
            )
            .bind(Uuid::now_v7())
            .bind(w.wcc)
            .bind(case)
            .bind(w.housing)
            .bind(desk.app.today() + TimeDelta::days(n))
            .bind(desk.app.now())
            .execute(&mut desk.app.owner())
            .unwrap();
        }
        let before = desk.app.parts.db.statements();
        let list = flags(&desk, &w.housing_rep, "?limit=200").await;
        counts.push((list.len(), desk.app.parts.db.statements() - before));
        assert!(list.is_sorted_by_key(|flag| flag["due_on"].as_str().unwrap().to_owned()));
    }
    assert_eq!(counts, [(1, 5), (41, 5)]);
    let housing = desk.app.as_(&w.housing_rep);
    let (mut seen, mut path) = (Vec::new(), "/flags?limit=6".to_owned());
    loop {
        let page = housing.get(&path).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(id));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/flags?limit=6&cursor={cursor}"),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 41);
}

#[actix_web::test]
async fn the_lists_of_flags_and_of_what_passes_are_read_by_their_indexes() {
    let desk = Desk::new().await;
    let w = &desk.world;
    sql("with c as (insert into cases (id, marac_id, code, status, opened_at, received_at, lapses_on, \
           created_at) select gen_random_uuid(), $1, 'P-' || n, case when n % 3 = 0 then 'heard' else \
           'lapsed' end, $4, $4, $3::date + (n % 700) - 3, $4 from generate_series(1, 20000) n returning id), \
         k as (insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
           select id, $1, 'x', '', $4 from c) \
         insert into flags (id, marac_id, case_id, agency_id, status, asked_on, due_on, expires_on, \
         created_at) select gen_random_uuid(), $1, id, $2, \
         case when random() < 0.02 then 'asked' else 'removed' end, $3, \
         $3::date - (random() * 500)::int, $3, $4 from c")
    .bind(w.wcc)
    .bind(w.housing)
    .bind(desk.app.today())
    .bind(desk.app.now())
    .execute(&mut desk.app.owner())
    .unwrap();
    sql("analyze").execute(&mut desk.app.owner()).unwrap();
    let due = desk.app.plan(
        Asks::Person(&w.housing_rep),
        statement("casework/flags/agency_due"),
        false,
        |due| {
            due.bind(w.housing)
                .bind(NaiveDate::from_ymd_opt(1, 1, 1).unwrap())
                .bind(Uuid::nil())
                .bind(None::<NaiveDate>)
                .bind(None::<Uuid>)
                .bind(None::<String>)
                .bind(51_i64)
        },
    );
    let lapsing = desk.app.plan(
        Asks::Program,
        statement("casework/flags/lapsing"),
        false,
        |lapsing| lapsing.bind(desk.app.today()).bind(200_i64),
    );
    for (plan, index) in [(due, "flags_agency_due"), (lapsing, "cases_lapsing")] {
        assert!(plan.contains(index), "{index}: {plan}");
    }
}

/// A case listed to housing and the hospital, each with the action to flag its records, and heard.
async fn flagged_by_action(desk: &Desk) -> (Uuid, Vec<Value>) {
    let (app, w) = (&desk.app, &desk.world);
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(app, w).await);
    let item = listed(app, w, meeting, case, &[w.housing, w.health]).await;
    step(app, &w.coordinator, meeting, "circulate").await;
    app.wait(TimeDelta::days(14));
    step(app, &w.coordinator, meeting, "start").await;
    let path = format!("/cases/{case}/actions/standard");
    let codes = json!({ "codes": ["flag_and_tag", "sanctuary"] });
    let agreed = app.as_(&w.coordinator).post(&path, codes).await.expect(200);
    let actions = agreed["actions"].as_array().unwrap().clone();
    assert_eq!(actions.len(), 3);
    hear(app, w, &item).await;
    step(app, &w.chair, meeting, "close").await;
    (case, actions)
}

/// The actions of a case: owner, category and status.
async fn stand(desk: &Desk, case: Uuid) -> Vec<(Value, String, String)> {
    let path = format!("/cases/{case}/actions");
    let list = desk.app.as_(&desk.world.chair).get(&path).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    let word = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let mut found: Vec<_> = items
        .map(|item| {
            let owner = item["owner_agency_id"].clone();
            (owner, word(item, "category"), word(item, "status"))
        })
        .collect();
    found.sort_by_key(|(owner, category, _)| (owner.to_string(), category.clone()));
    found
}

fn status_of(found: &[(Value, String, String)], owner: Uuid, category: &str) -> String {
    let mut found = found.iter();
    let one = found.find(|(agency, of, _)| *agency == json!(owner) && of == category);
    one.unwrap().2.clone()
}

#[actix_web::test]
async fn a_flag_confirmed_as_placed_completes_the_agencys_action_to_place_it() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let (case, actions) = flagged_by_action(&desk).await;
    let asked = flag(&desk, case, w.housing).await;
    answer(&desk, &w.housing_rep, &asked, "place", placed())
        .await
        .expect(200);
    let found = stand(&desk, case).await;
    assert_eq!(status_of(&found, w.housing, "flag_records"), "completed");
    assert_eq!(status_of(&found, w.housing, "target_hardening"), "open");
    assert_eq!(status_of(&found, w.health, "flag_records"), "open");
    // Its history says who, and why; the coordinator is told as of any report.
    let mut own = actions.iter();
    let own = own.find(|a| a["owner_agency_id"] == json!(w.housing) && a["code"] == "flag_and_tag");
    let action = id(own.unwrap());
    let history = format!("/actions/{action}/history");
    let history = app.as_(&w.coordinator).get(&history).await.expect(200);
    let events = history["items"].as_array().unwrap();
    let last = events.last().unwrap();
    assert_eq!(
        (&last["kind"], &last["status"]),
        (&json!("reported"), &json!("completed"))
    );
    assert_eq!(last["by_user_id"], json!(w.housing_rep.id));
    assert_eq!(last["reason"], json!("The flag was confirmed as placed."));
    assert_eq!(last["overridden"], json!(false));
    let inbox = app
        .as_(&w.coordinator)
        .get("/notifications")
        .await
        .expect(200);
    let told = inbox["items"].as_array().unwrap().iter();
    let told =
        told.filter(|n| n["kind"] == "action_reported" && n["subject"]["id"] == json!(action));
    assert_eq!(told.count(), 1);

    // The coordinator's word in the hospital's place is marked as such there too.
    let asked = flag(&desk, case, w.health).await;
    answer(&desk, &w.coordinator, &asked, "place", placed())
        .await
        .expect(200);
    let found = stand(&desk, case).await;
    assert_eq!(status_of(&found, w.health, "flag_records"), "completed");
    let mut own = actions.iter();
    let own = own.find(|a| a["owner_agency_id"] == json!(w.health));
    let history = format!("/actions/{}/history", id(own.unwrap()));
    let history = app.as_(&w.coordinator).get(&history).await.expect(200);
    let last = history["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["overridden"], json!(true));
}

#[actix_web::test]
async fn a_flag_changes_no_action_that_is_over_nor_does_any_other_answer() {
    let desk = Desk::new().await;
    let (app, w) = (&desk.app, &desk.world);
    let (case, actions) = flagged_by_action(&desk).await;
    let of = |agency: Uuid| {
        let mut own = actions.iter();
        id(own
            .find(|a| a["owner_agency_id"] == json!(agency) && a["code"] == "flag_and_tag")
            .unwrap())
    };
    // That there is nothing to flag is no report of an action.
    let asked = flag(&desk, case, w.health).await;
    let nothing = json!({ "reason": "Nobody of theirs is known here." });
    answer(&desk, &w.health_rep, &asked, "decline", nothing)
        .await
        .expect(200);
    let found = stand(&desk, case).await;
    assert_eq!(status_of(&found, w.health, "flag_records"), "open");
    // Cancelled by the chair: it stays so, and its history does not grow.
    let path = format!("/actions/{}", of(w.housing));
    let chair = app.as_(&w.chair);
    let now = chair.get(&path).await.expect(200);
    let word = json!({ "decision": "cancel", "reason": "No longer wanted." });
    let caller = chair.clone().if_match(&etag(&now));
    caller
        .post(&format!("{path}/resolve"), word)
        .await
        .expect(200);
    let before = chair.get(&format!("{path}/history")).await.expect(200);
    let asked = flag(&desk, case, w.housing).await;
    answer(&desk, &w.housing_rep, &asked, "place", placed())
        .await
        .expect(200);
    let found = stand(&desk, case).await;
    assert_eq!(status_of(&found, w.housing, "flag_records"), "cancelled");
    let after = chair.get(&format!("{path}/history")).await.expect(200);
    assert_eq!(before, after);
}
