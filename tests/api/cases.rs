//! The case file and the list: who sees a case, through which lens, at which stage.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::{Desk, party, withheld};
use crate::support::{etag, id};

const ALL_BUT_PRIVATE: &[&str] = &["research_private"];

#[actix_web::test]
async fn each_circle_sees_the_case_and_nobody_else_does() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    for (who, sees) in [
        (&w.officer, true),
        (&w.coordinator, true),
        (&w.chair, true),
        (&w.other_officer, false),
        (&w.idva, false),
        (&w.housing_rep, false),
        (&w.police_rep, false),
        (&w.kc_coordinator, false),
        (&w.kc_officer, false),
    ] {
        let status = desk.file(who, case).await.status;
        assert_eq!(status, if sees { 200 } else { 404 }, "{}", who.email);
        assert_eq!(desk.listed(who).await.0.contains(&case), sees);
        if !sees {
            desk.assert_hidden(who, case).await;
        }
    }
    desk.allocate(case).await;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    desk.name(case, &w.other_officer);
    for who in [&w.idva, &w.housing_rep, &w.other_officer] {
        desk.file(who, case).await.expect(200);
        assert_eq!(desk.listed(who).await, (vec![case], 1));
    }
    for who in [
        &w.observer,
        &w.analyst,
        &w.auditor,
        &w.administrator,
        &w.housing_lead,
    ] {
        assert_eq!(desk.file(who, case).await.status, 403, "{}", who.email);
        assert_eq!(desk.app.as_(who).get("/cases").await.status, 403);
    }
}

#[actix_web::test]
async fn the_file_holds_everything_of_the_case_in_one_read() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.action(case, w.housing, "completed", "Fit new locks")
        .await;
    let open = desk
        .action(case, w.police, "open", "Mark the address")
        .await;
    let file = desk.file(&w.coordinator, case).await;
    assert_eq!(file.header("etag"), file.body["etag"].as_str());
    let file = file.expect(200);
    assert_eq!(file["status"], "listed");
    assert_eq!(file["score"], 15);
    assert_eq!(withheld(&file), ALL_BUT_PRIVATE);
    let survivor = party(&file, "survivor");
    assert_eq!(survivor["identity"]["family_name"], "Okafor");
    assert_eq!(
        survivor["characteristics"]["characteristics"]["ethnicity"],
        "black_african"
    );
    assert_eq!(survivor["addresses"].as_array().unwrap().len(), 2);
    assert_eq!(survivor["contacts"][0]["contact"]["value"], "07700 900123");
    assert_eq!(
        party(&file, "perpetrator")["identity"]["family_name"],
        "Stone"
    );
    assert_eq!(party(&file, "child")["characteristics"]["etag"], "\"0\"");
    assert_eq!(
        file["risk_assessments"][0]["answers"]
            .as_array()
            .unwrap()
            .len(),
        24
    );
    let headings: Vec<_> = file["account"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["heading"].clone())
        .collect();
    assert_eq!(headings, ["what_happened", "what_the_survivor_wants"]);
    assert_eq!(id(&file["actions"][0]), open);
    assert_eq!(file["actions"][1]["text"], "Fit new locks");
    assert_eq!(file["referrals"][0]["agency_id"], json!(w.police));
    assert_eq!(file["circle"][0]["basis"], "referrer");
    assert_eq!(file["relationships"][0]["kind"], "ex_partner");
}

#[actix_web::test]
async fn a_listed_agency_sees_more_when_the_meeting_starts() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.action(case, w.police, "open", "Mark the address")
        .await;
    let start = desk.app.now() + TimeDelta::days(7);
    desk.list(case, w.housing, start);
    let before = desk.file(&w.housing_rep, case).await.expect(200);
    assert_eq!(
        withheld(&before),
        [
            "address",
            "safe_contact",
            "narrative",
            "dash_answers",
            "research_private",
            "research_shared",
            "minutes",
            "third_party",
            "protected_characteristics"
        ]
    );
    let survivor = party(&before, "survivor");
    assert_eq!(survivor["identity"]["family_name"], "Okafor");
    assert_eq!(survivor.get("contacts"), None);
    assert_eq!(survivor.get("characteristics"), None);
    let kinds: Vec<_> = survivor["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["address"]["kind"].clone())
        .collect();
    assert_eq!(kinds, ["current"], "the one the perpetrator knows");
    assert_eq!(before["score"], 15);
    assert_eq!(before["criteria"], json!(["visible_high_risk"]));
    assert_eq!(before["risk_assessments"][0]["score"], 15);
    assert_eq!(before["risk_assessments"][0].get("answers"), None);
    for empty in ["account", "actions", "gaps"] {
        assert_eq!(before[empty], json!([]), "{empty}");
    }
    desk.app.wait(TimeDelta::days(8));
    let after = desk.file(&w.housing_rep, case).await.expect(200);
    assert_eq!(after["account"].as_array().unwrap().len(), 2);
    assert_eq!(after["actions"][0]["text"], "Mark the address");
    assert!(after["risk_assessments"][0]["answers"].is_array());
    let survivor = party(&after, "survivor");
    assert_eq!(survivor.get("contacts"), None);
    assert_eq!(survivor["addresses"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn the_lens_of_referrer_idva_and_named() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.allocate(case).await;
    desk.name(case, &w.other_officer);
    let addresses = |file: &Value| {
        party(file, "survivor")["addresses"]
            .as_array()
            .unwrap()
            .len()
    };
    let idva = desk.file(&w.idva, case).await.expect(200);
    assert_eq!(
        (withheld(&idva), addresses(&idva)),
        (ALL_BUT_PRIVATE.to_vec(), 2)
    );
    let officer = desk.file(&w.officer, case).await.expect(200);
    assert_eq!(
        withheld(&officer),
        ["research_private", "research_shared", "minutes"]
    );
    assert_eq!(addresses(&officer), 1, "not the refuge");
    let named = desk.file(&w.other_officer, case).await.expect(200);
    assert_eq!(party(&named, "survivor").get("contacts"), None);
    assert_eq!(
        named["circle"].as_array().unwrap().len(),
        1,
        "people only for coordinator and chair"
    );
}

#[actix_web::test]
async fn the_file_takes_six_statements_at_any_number_of_rows() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let count = async |who, path: &str| {
        let before = desk.app.parts.db.statements();
        desk.app.as_(who).get(path).await.expect(200);
        desk.app.parts.db.statements() - before
    };
    let path = format!("/cases/{case}");
    let few = count(&w.coordinator, &path).await;
    for n in 0..12 {
        desk.action(case, w.housing, "open", "Do it").await;
        desk.name(
            case,
            if n % 2 == 0 {
                &w.other_officer
            } else {
                &w.idva
            },
        );
    }
    let many = count(&w.coordinator, &path).await;
    assert_eq!((few, many), (6, 6));
    desk.case("Adeyemi").await;
    assert_eq!(count(&w.coordinator, "/cases").await, 5);
}

#[actix_web::test]
async fn the_list_pages_by_referral_and_filters() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let mut cases = Vec::new();
    for name in ["Okafor", "Adeyemi", "Lindqvist"] {
        cases.push(desk.case(name).await);
    }
    cases.reverse();
    let coordinator = desk.app.as_(&w.coordinator);
    let mut found = Vec::new();
    let mut path = "/cases?limit=2&count=true".to_owned();
    loop {
        let page = coordinator.get(&path).await;
        let body = page.clone().expect(200);
        assert_eq!(body["total"], 3);
        found.extend(body["items"].as_array().unwrap().iter().map(id));
        let Some(cursor) = body["next_cursor"].as_str() else {
            break;
        };
        assert!(page.header("link").unwrap().contains("rel=\"next\""));
        path = format!("/cases?limit=2&count=true&cursor={cursor}");
    }
    assert_eq!(found, cases);
    let line = &coordinator.get("/cases").await.expect(200)["items"][0];
    assert_eq!(line["survivor"]["family_name"], "Lindqvist");
    assert_eq!(line["perpetrators"][0]["family_name"], "Stone");
    assert_eq!(line["has_children"], true);
    let total = async |query: String| {
        let list = coordinator
            .get(&format!("/cases?count=true&{query}"))
            .await
            .expect(200);
        assert_eq!(
            list["items"].as_array().unwrap().len() as i64,
            list["total"]
        );
        list["total"].as_i64().unwrap()
    };
    assert_eq!(total(format!("marac_id={}", w.wcc)).await, 3);
    assert_eq!(total(format!("marac_id={}", w.kc)).await, 0);
    assert_eq!(total("status=listed".into()).await, 3);
    assert_eq!(total("status=closed".into()).await, 0);
    assert_eq!(total("lapsing_before=2020-01-01".into()).await, 0);
    assert_eq!(total("lapsing_before=2199-01-01".into()).await, 3);
    for bad in ["limit=0", "status=open", "surname=x", "cursor=zzz"] {
        assert_eq!(
            coordinator.get(&format!("/cases?{bad}")).await.status,
            400,
            "{bad}"
        );
    }
}

#[actix_web::test]
async fn a_file_is_no_case_before_its_referral_is_accepted() {
    let desk = Desk::new().await;
    let sent = desk.referred("Okafor").await;
    let file: Uuid = sent["case_id"].as_str().unwrap().parse().unwrap();
    for who in [&desk.world.officer, &desk.world.coordinator] {
        assert_eq!(desk.file(who, file).await.status, 404);
        assert_eq!(desk.listed(who).await, (vec![], 0));
    }
}

#[actix_web::test]
async fn a_part_of_one_case_is_not_found_under_another() {
    let desk = Desk::new().await;
    let (one, two) = (desk.case("Okafor").await, desk.case("Adeyemi").await);
    let coordinator = desk.app.as_(&desk.world.coordinator);
    let file = desk.file(&desk.world.coordinator, one).await.expect(200);
    let survivor = party(&file, "survivor");
    let entry = json!({ "sharing": "marac", "told_on": "2026-01-05", "how_told": "phone", "text": "More." });
    let paths = [
        (
            format!("/cases/{two}/parties/{}", id(&survivor)),
            survivor["identity"].clone(),
        ),
        (
            format!("/cases/{two}/addresses/{}", id(&survivor["addresses"][0])),
            survivor["addresses"][0]["address"].clone(),
        ),
        (
            format!("/cases/{two}/contacts/{}", id(&survivor["contacts"][0])),
            survivor["contacts"][0]["contact"].clone(),
        ),
    ];
    for (path, body) in paths {
        let answer = coordinator
            .clone()
            .if_match("\"1\"")
            .patch(&path, body)
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let path = format!("/cases/{two}/account/{}/versions", id(&file["account"][0]));
    assert_eq!(
        desk.app
            .as_(&desk.world.officer)
            .post(&path, entry)
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn lead_and_allocation_open_the_case_to_them() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}");
    let coordinator = desk.app.as_(&w.coordinator);
    let body = json!({ "idva_agency_id": w.idva_service, "lead_user_id": w.other_officer.id });
    assert_eq!(coordinator.patch(&path, body.clone()).await.status, 428);
    let stale = coordinator
        .clone()
        .if_match("\"99\"")
        .patch(&path, body.clone())
        .await;
    assert_eq!((stale.status, stale.code()), (412, "stale"));
    let tag = desk.head_etag(case).await;
    let wrong = json!({ "idva_agency_id": w.housing, "lead_agency_id": w.kc_police, "lead_user_id": w.kc_officer.id });
    let refused = coordinator.clone().if_match(&tag).patch(&path, wrong).await;
    assert_eq!(
        refused.errors(),
        [
            "/lead_user_id not_a_member",
            "/lead_agency_id not_a_member",
            "/idva_agency_id not_an_idva_service"
        ]
    );
    let head = coordinator
        .clone()
        .if_match(&tag)
        .patch(&path, body)
        .await
        .expect(200);
    assert_eq!(head["lead_user_id"], json!(w.other_officer.id));
    desk.file(&w.idva, case).await.expect(200);
    desk.file(&w.other_officer, case).await.expect(200);
    let officer = desk.app.as_(&w.officer).if_match(&etag(&head));
    assert_eq!(officer.patch(&path, json!({})).await.status, 403);
}

#[actix_web::test]
async fn a_case_with_open_actions_is_closed_only_on_the_chairs_word() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.action(case, w.housing, "open", "Fit new locks").await;
    let path = format!("/cases/{case}/close");
    let tag = desk.head_etag(case).await;
    let said = json!({ "reason": "moved_away", "open_actions_reason": "The other area has taken them over." });
    for (who, body) in [
        (&w.chair, json!({ "reason": "moved_away" })),
        (&w.coordinator, said.clone()),
    ] {
        let refused = desk.app.as_(who).if_match(&tag).post(&path, body).await;
        assert_eq!(
            (refused.status, refused.body["reason"].as_str()),
            (409, Some("open_actions"))
        );
    }
    let chair = desk.app.as_(&w.chair);
    let closed = chair
        .clone()
        .if_match(&tag)
        .post(&path, said.clone())
        .await
        .expect(200);
    assert_eq!(closed["status"], "closed");
    let again = chair.if_match(&etag(&closed)).post(&path, said).await;
    assert_eq!(again.body["reason"], "not_open");
}

#[actix_web::test]
async fn the_timeline_tells_each_reader_what_they_may_know() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.list(case, w.housing, desk.app.now() + TimeDelta::days(7));
    let body = json!({ "user_id": w.other_officer.id, "reason": "A relative." });
    desk.app
        .as_(&w.coordinator)
        .post(&format!("/cases/{case}/exclusions"), body)
        .await
        .expect(201);
    let whats = async |who| {
        let mut found = std::collections::BTreeSet::new();
        let mut path = format!("/cases/{case}/timeline?limit=2");
        loop {
            let page = desk.app.as_(who).get(&path).await.expect(200);
            found.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|h| h["what"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page["next_cursor"].as_str() else {
                break found;
            };
            path = format!("/cases/{case}/timeline?limit=2&cursor={cursor}");
        }
    };
    let staff = whats(&w.coordinator).await;
    for what in [
        "referral_submitted",
        "referral_decided",
        "account_told",
        "risk_assessed",
        "opened_to_agency",
        "exclusion_set",
    ] {
        assert!(staff.contains(what), "{what}: {staff:?}");
    }
    let rep = whats(&w.housing_rep).await;
    assert!(
        rep.contains("referral_submitted")
            && !rep.contains("account_told")
            && !rep.contains("exclusion_set")
    );
}

#[actix_web::test]
async fn the_access_log_names_who_looked_for_those_who_check() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    desk.file(&w.officer, case).await.expect(200);
    let path = format!("/cases/{case}/access-log");
    for who in [&w.coordinator, &w.chair, &w.auditor] {
        let log = desk.app.as_(who).get(&path).await.expect(200);
        let looked = log["items"].as_array().unwrap().iter().any(|row| {
            row["act"] == "read_case"
                && row["user_id"] == json!(w.officer.id)
                && row["agency_name"] == "Metropolitan Police"
        });
        assert!(looked, "{log:#}");
    }
    assert_eq!(desk.app.as_(&w.officer).get(&path).await.status, 403);
    let body = json!({ "user_id": w.auditor.id, "reason": "A relative." });
    desk.app
        .as_(&w.coordinator)
        .post(&format!("/cases/{case}/exclusions"), body)
        .await
        .expect(201);
    let auditor = desk.app.as_(&w.auditor);
    let unknown = auditor
        .get(&format!("/cases/{}/access-log", Uuid::now_v7()))
        .await;
    assert_eq!(auditor.get(&path).await.comparable(), unknown.comparable());
    let other = desk.app.as_(&w.kc_coordinator);
    assert_eq!(other.get(&path).await.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn assessing_again_scores_supersedes_and_never_lowers_the_criteria() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let path = format!("/cases/{case}/risk-assessments");
    let mut low = crate::support::dash("YNNNNNNNNNNNNNNNNNNNNNND");
    low["assessed_on"] = json!(desk.app.today());
    let officer = desk
        .app
        .as_(&w.officer)
        .with("idempotency-key", "assess-again-1");
    let made = officer.post(&path, low.clone()).await.expect(201);
    assert_eq!(officer.post(&path, low.clone()).await.expect(201), made);
    assert_eq!(
        (made["score"].as_i64(), made["dont_know_count"].as_i64()),
        (Some(1), Some(1))
    );
    let file = desk.file(&w.coordinator, case).await.expect(200);
    assert_eq!(file["score"], 1);
    assert_eq!(file["higher_before"]["score"], 15);
    assert_eq!(file["criteria"], json!(["visible_high_risk"]));
    assert_eq!(file["risk_assessments"].as_array().unwrap().len(), 1);
    let all = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(all["items"][0]["supersedes_id"], all["items"][1]["id"]);
    let mut wrong = low.clone();
    wrong["answers"][0]["item"] = json!("q99");
    assert_eq!(
        officer.post(&path, wrong).await.errors(),
        ["/answers/0 unknown_item"]
    );
    let mut wrong = low.clone();
    wrong["assessed_on"] = json!("2199-01-01");
    assert_eq!(
        officer.post(&path, wrong).await.errors(),
        ["/assessed_on in_the_future"]
    );
    let mut wrong = low;
    wrong["tool"] = json!("no_tool");
    assert_eq!(officer.post(&path, wrong).await.errors(), ["/tool unknown"]);
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    let rep = desk
        .app
        .as_(&w.housing_rep)
        .post(&path, crate::support::dash("YNNNNNNNNNNNNNNNNNNNNNND"))
        .await;
    assert_eq!(rep.status, 403);
}
