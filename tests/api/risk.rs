//! The risk that is shown is never less than what is known (R4): wherever a score stands it names its tool
//! and maximum, and a supplement or a part takes no complete assessment's place.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use futures_util::future::join;
use kernel::sql::{Row, sql};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use toldonce::jobs;
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::{agenda, listed, planned};
use crate::minutes::Held;
use crate::support::paper::says;
use crate::support::{Person, dash, etag, id, referral};

/// Fifteen yes of twenty-four, as `referral` has it.
const FIFTEEN: &str = "YYYYYYYYYYYYYYYNNNNNNNND";

/// An assessment with any tool, a letter for each item.
fn assessment(tool: &str, on: NaiveDate, letters: &str) -> Value {
    let mut body = dash(letters);
    body["tool"] = json!(tool);
    body["assessed_on"] = json!(on);
    body
}

impl Desk {
    async fn assess(&self, who: &Person, case: Uuid, body: Value) -> Value {
        let path = format!("/cases/{case}/risk-assessments");
        self.app.as_(who).post(&path, body).await.expect(201)
    }

    fn days_ago(&self, days: u64) -> NaiveDate {
        self.app.today() - Days::new(days)
    }

    /// Both as the coordinator has them: the line of the list and the file.
    async fn line_and_file(&self, case: Uuid) -> (Value, Value) {
        let file = self.file(&self.world.coordinator, case).await.expect(200);
        let list = self.app.as_(&self.world.coordinator);
        let list = list.get("/cases?limit=200").await.expect(200);
        let line = list["items"].as_array().unwrap().iter();
        let line = line.clone().find(|line| line["id"] == json!(case));
        (line.unwrap().clone(), file)
    }

    /// What the figures of a case are, in the one shape that all places share.
    async fn risk(&self, case: Uuid) -> Value {
        let (line, file) = self.line_and_file(case).await;
        assert_eq!(risk_of(&line), risk_of(&file));
        risk_of(&file)
    }
}

/// The part of an answer that is the risk.
fn risk_of(body: &Value) -> Value {
    let fields = [
        "score",
        "maximum",
        "tool",
        "tool_version",
        "tool_role",
        "score_complete",
        "answered_count",
        "not_asked_count",
        "assessed_on",
        "assessed_by",
        "assessment_id",
        "raised",
        "higher_before",
        "beside",
        "other_tools",
    ];
    let risk = fields.map(|field| {
        let value = body.get(field);
        (
            field.to_owned(),
            value.unwrap_or_else(|| panic!("no {field}")).clone(),
        )
    });
    Value::Object(risk.into_iter().collect())
}

fn head(risk: &Value) -> (Value, Value, Value) {
    let of = |field: &str| risk[field].clone();
    (of("score"), of("maximum"), of("tool"))
}

fn is_dash(score: u8) -> (Value, Value, Value) {
    (json!(score), json!(24), json!("safelives_dash"))
}

#[actix_web::test]
async fn a_supplement_stands_beside_the_dash_and_never_in_its_place() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    assert_eq!(head(&desk.risk(case).await), is_dash(15));
    let mut body = assessment("s_dash", desk.app.today(), "YYYYNNNNNNN");
    body["how"] = json!("phone");
    let made = desk.assess(&desk.world.officer, case, body).await;
    assert_eq!(
        (&made["score"], &made["maximum"], &made["tool_role"]),
        (&json!(4), &json!(11), &json!("supplement"))
    );
    assert_eq!(made["supersedes_id"], Value::Null);
    let risk = desk.risk(case).await;
    assert_eq!(head(&risk), is_dash(15));
    assert_eq!(risk["assessed_by"]["agency"], "Metropolitan Police");
    let beside = &risk["other_tools"][0];
    assert_eq!(
        head(beside),
        (json!(4), json!(11), json!("s_dash")),
        "{risk:#}"
    );
    assert_eq!(beside["assessed_by"]["how"], "phone");
    // Both are on the file whole.
    let file = desk.file(&desk.world.coordinator, case).await.expect(200);
    let tools = file["risk_assessments"].as_array().unwrap().iter();
    let tools: Vec<_> = tools.map(|one| one["tool"].as_str().unwrap()).collect();
    assert_eq!(tools, ["s_dash", "safelives_dash"]);
}

#[actix_web::test]
async fn a_part_lowers_nothing_and_a_yes_it_adds_counts_at_once() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let officer = &desk.world.officer;
    let one = json!({ "tool": "safelives_dash", "assessed_on": desk.app.today(),
        "answers": [{ "item": "q1", "answer": "yes" }] });
    let part = desk.assess(officer, case, one).await;
    assert_eq!(
        (
            &part["score_complete"],
            &part["not_asked_count"],
            &part["answered_count"]
        ),
        (&json!(false), &json!(23), &json!(1))
    );
    let risk = desk.risk(case).await;
    assert_eq!(head(&risk), is_dash(15));
    assert_eq!(risk["raised"], Value::Null);
    assert_eq!(risk["beside"][0]["score"], 1);
    assert_eq!(risk["beside"][0]["score_complete"], false);

    // A no takes nothing away; two items that were no before are added.
    let more = json!({ "tool": "safelives_dash", "assessed_on": desk.app.today(), "answers": [
        { "item": "q2", "answer": "no" }, { "item": "q16", "answer": "yes" },
        { "item": "q17", "answer": "yes" }] });
    desk.assess(officer, case, more).await;
    let risk = desk.risk(case).await;
    assert_eq!(head(&risk), is_dash(15));
    assert_eq!(head(&risk["raised"]), is_dash(17));
    assert_eq!(risk["raised"]["score_complete"], false);
    assert_eq!(risk["beside"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_part_that_lifts_the_count_to_the_threshold_adds_the_criterion() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let mut document = referral("Okafor", "Stone");
    document["assessment"] = dash("YYYYYYYYYYYYNNNNNNNNNNNN");
    document["criteria"] = json!({ "professional_judgement": "She fears for her life." });
    let body = json!({ "marac_id": w.wcc, "referral": document });
    let sent = desk
        .app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    let accept = format!("/referrals/{}/accept", id(&sent));
    let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(&sent));
    let accepted = coordinator.post(&accept, json!({})).await.expect(200);
    let case = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let criteria = |file: &Value| file["criteria"].clone();
    let before = desk.line_and_file(case).await.1;
    assert_eq!(criteria(&before), json!(["professional_judgement"]));
    let part = json!({ "tool": "safelives_dash", "assessed_on": desk.app.today(), "answers": [
        { "item": "q15", "answer": "yes" }, { "item": "q16", "answer": "yes" }] });
    desk.assess(&w.officer, case, part).await;
    let (line, file) = desk.line_and_file(case).await;
    assert_eq!(head(&file["raised"]), is_dash(14));
    let both = json!(["visible_high_risk", "professional_judgement"]);
    assert_eq!(
        (criteria(&file), criteria(&line)),
        (both.clone(), both.clone())
    );
    // R4: a lower complete one, a supplement and another referral take neither away.
    let low = assessment(
        "safelives_dash",
        desk.app.today(),
        "NNNNNNNNNNNNNNNNNNNNNNNN",
    );
    desk.assess(&w.officer, case, low).await;
    let high = assessment("s_dash", desk.app.today(), "YYYYYYYYYYY");
    desk.assess(&w.officer, case, high).await;
    assert_eq!(criteria(&desk.line_and_file(case).await.1), both);
}

#[actix_web::test]
async fn a_complete_one_that_is_lower_shows_both_and_who_made_them() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let low = assessment(
        "safelives_dash",
        desk.app.today(),
        "YYYYNNNNNNNNNNNNNNNNNNNN",
    );
    desk.assess(&w.coordinator, case, low).await;
    let (line, file) = desk.line_and_file(case).await;
    for body in [&line, &file] {
        assert_eq!(head(body), is_dash(4));
        assert_eq!(head(&body["higher_before"]), is_dash(15));
        assert_eq!(
            body["higher_before"]["assessed_by"]["agency_id"],
            json!(w.police)
        );
        assert_ne!(body["assessed_by"]["agency_id"], json!(w.police));
        assert_eq!(body["criteria"], json!(["visible_high_risk"]));
    }
    // An older one that is recorded late does not stand, and is not lost.
    let late = assessment(
        "safelives_dash",
        desk.days_ago(40),
        "YYYYYYYYYYYYYYYYYYYYNNNN",
    );
    desk.assess(&w.officer, case, late).await;
    let risk = desk.risk(case).await;
    assert_eq!(
        (head(&risk), head(&risk["higher_before"])),
        (is_dash(4), is_dash(20))
    );
}

#[actix_web::test]
async fn of_two_complete_ones_of_one_day_the_higher_stands() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let (officer, coordinator) = (&desk.world.officer, &desk.world.coordinator);
    let of = |letters| assessment("safelives_dash", desk.app.today(), letters);
    let (one, other) = (
        of("YYYYYYYYYYYYYYYYYYNNNNNN"),
        of("YYYNNNNNNNNNNNNNNNNNNNNN"),
    );
    join(
        desk.assess(officer, case, one),
        desk.assess(coordinator, case, other),
    )
    .await;
    let risk = desk.risk(case).await;
    assert_eq!(head(&risk), is_dash(18));
    assert_eq!(head(&risk["beside"][0]), is_dash(3));
}

#[actix_web::test]
async fn a_referral_that_joins_with_a_part_or_a_supplement_lowers_nothing() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    for (tool, letters) in [
        ("s_dash", "YNNNNNNNNNN"),
        ("safelives_dash", "-----------------------Y"),
        ("safelives_dash", "YNNNNNNNNNNNNNNNNNNNNNNN"),
    ] {
        let mut document = referral("Okafor", "Stone");
        document["assessment"] = assessment(tool, desk.app.today(), letters);
        document["criteria"] = json!({ "repeat_previous_date": desk.days_ago(0) });
        let body = json!({ "marac_id": w.wcc, "referral": document });
        let sent = desk
            .app
            .as_(&w.officer)
            .post("/referrals", body)
            .await
            .expect(201);
        let accept = format!("/referrals/{}/accept", id(&sent));
        let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(&sent));
        let join = json!({ "join_case_id": case });
        coordinator.post(&accept, join).await.expect(200);
        let (_, file) = desk.line_and_file(case).await;
        let criteria = file["criteria"].as_array().unwrap();
        assert!(criteria.contains(&json!("visible_high_risk")), "{tool}");
        // What the part raised it to stands beside a lower one that comes after: never less than 15.
        let shown = [&file["score"], &file["higher_before"]["score"]];
        let most = shown.into_iter().filter_map(Value::as_i64).max();
        assert!(most >= Some(15), "{tool}: {file:#}");
    }
    let risk = desk.risk(case).await;
    assert_eq!(
        (head(&risk), head(&risk["higher_before"])),
        (is_dash(1), is_dash(16))
    );
}

#[actix_web::test]
async fn a_referral_names_tool_and_maximum_and_nothing_answered_is_no_score() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let sent = desk.referred("Okafor").await;
    let inbox = format!("/referrals?inbox={}", w.wcc);
    let inbox = desk.app.as_(&w.coordinator).get(&inbox).await.expect(200);
    let row = &inbox["items"][0];
    assert_eq!(head(row), is_dash(15));
    assert_eq!(row["score_complete"], true);
    assert_eq!(
        row["assessed_on"],
        sent["referral"]["assessment"]["assessed_on"]
    );
    let score = &sent["score"];
    assert_eq!(
        (
            &score["yes"],
            &score["maximum"],
            &score["tool"],
            &score["answered"],
            &score["complete"]
        ),
        (
            &json!(15),
            &json!(24),
            &json!("safelives_dash"),
            &json!(24),
            &json!(true)
        )
    );
    assert_eq!(
        sent["criteria"]["met"][0]["evidence"]["tool"],
        "safelives_dash"
    );

    let mut document = referral("Lindqvist", "Frost");
    document["assessment"]["answers"] = json!([]);
    document["criteria"] = json!({ "professional_judgement": "She says little, out of fear." });
    let body = json!({ "marac_id": w.wcc, "referral": document });
    let sent = desk
        .app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    assert_eq!(sent["score"]["yes"], Value::Null);
    let accept = format!("/referrals/{}/accept", id(&sent));
    let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(&sent));
    let accepted = coordinator.post(&accept, json!({})).await.expect(200);
    let case = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let risk = desk.risk(case).await;
    assert_eq!(risk["score"], Value::Null);
    assert_eq!(risk["other_tools"][0]["answered_count"], 0);
}

#[derive(Row)]
struct Line {
    line: String,
}

#[actix_web::test]
async fn who_assessed_is_who_referred_and_not_who_accepted() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let file = desk.file(&desk.world.coordinator, case).await.expect(200);
    let made = &file["risk_assessments"][0];
    assert_eq!(made["created_by"], json!(desk.world.officer.id));
    assert_eq!(made["agency_id"], json!(desk.world.police));
}

/// A MARAC changes its tool: what the old one said stays, under its own name, until the new one was
/// answered in full.
#[actix_web::test]
async fn a_marac_goes_by_one_published_threshold_tool() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let path = format!("/maracs/{}", w.wcc);
    let coordinator = desk.app.as_(&w.coordinator);
    let marac = coordinator.get(&path).await.expect(200);
    assert_eq!(marac["settings"]["threshold_tool"], "safelives_dash");
    for (settings, error) in [
        (
            json!({ "threshold_tool": "s_dash" }),
            "/settings/threshold_tool not_a_threshold_tool",
        ),
        (
            json!({ "threshold_tool": "none" }),
            "/settings/threshold_tool not_a_threshold_tool",
        ),
        (
            json!({ "threshold_tool": "" }),
            "/settings/threshold_tool blank",
        ),
        (
            json!({ "high_risk_threshold": 25 }),
            "/settings/high_risk_threshold out_of_reach",
        ),
    ] {
        let body = json!({ "settings": settings });
        let answer = coordinator
            .clone()
            .if_match(&etag(&marac))
            .patch(&path, body)
            .await;
        assert_eq!(answer.errors(), [error]);
    }
    // As after a change: the tool's answers are counted anew in every case of the MARAC.
    let case = desk.case("Okafor").await;
    let owner = &mut desk.app.owner();
    for text in [
        "update risk_assessments set tool = 'other_tool', tool_version = 3, maximum = 40",
        "update cases set risk_due = true",
    ] {
        sql(text).execute(owner).unwrap();
    }
    jobs::run_due(&desk.app.parts).unwrap();
    let other = (json!(15), json!(40), json!("other_tool"));
    assert_eq!(head(&desk.risk(case).await), other);
    let low = assessment(
        "safelives_dash",
        desk.app.today(),
        "YYYYNNNNNNNNNNNNNNNNNNNN",
    );
    desk.assess(&w.officer, case, low).await;
    let risk = desk.risk(case).await;
    assert_eq!(
        (head(&risk), head(&risk["other_tools"][0])),
        (is_dash(4), other)
    );
}

/// The tool of a referral that waits is withdrawn: its score is neither lost nor made anew.
#[actix_web::test]
async fn a_tool_that_is_no_longer_published_keeps_what_it_said() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let sent = desk.referred("Okafor").await;
    let owner = &mut desk.app.owner();
    sql("update referrals set tool_version = 9")
        .execute(owner)
        .unwrap();
    let path = format!("/referrals/{}", id(&sent));
    let read = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(
        (
            &read["score"]["yes"],
            &read["score"]["maximum"],
            &read["score"]["version"]
        ),
        (&json!(15), &json!(24), &json!(9))
    );
    let accept = format!("{path}/accept");
    let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(&read));
    let accepted = coordinator.post(&accept, json!({})).await.expect(200);
    let case = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let risk = desk.risk(case).await;
    assert_eq!(
        (head(&risk), &risk["tool_version"]),
        (is_dash(15), &json!(9))
    );
}

#[actix_web::test]
async fn the_agenda_the_paper_and_the_minutes_say_what_the_file_says() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let w = &desk.world;
    let low = assessment(
        "safelives_dash",
        desk.app.today(),
        "YYYYNNNNNNNNNNNNNNNNNNNN",
    );
    desk.assess(&w.officer, case, low).await;
    let stalking = assessment("s_dash", desk.app.today(), "YYYYYYYNNNN");
    desk.assess(&w.officer, case, stalking).await;
    desk.papers_agree(case).await;

    let held = Held::new().await;
    let body = assessment("safelives_dash", held.app.today(), FIFTEEN);
    let path = format!("/cases/{}/risk-assessments", held.a);
    held.app
        .as_(&held.world.coordinator)
        .post(&path, body)
        .await
        .expect(201);
    held.to_issue().await;
    let minutes = held.get(&held.world.coordinator, "").await.expect(200);
    let cases = minutes["cases"].as_array().unwrap();
    let heard = cases
        .iter()
        .find(|one| one["case_id"] == json!(held.a))
        .unwrap();
    assert_eq!(head(&heard["heard"]), is_dash(15));
    let page = held.get(&held.world.coordinator, ".html").await.page();
    assert!(says(&page, "15 of 24, safelives_dash"), "{page}");
}

impl Desk {
    /// List, file, agenda and paper say the same of a case.
    async fn papers_agree(&self, case: Uuid) {
        let w = &self.world;
        let risk = self.risk(case).await;
        let meeting = id(&planned(&self.app, w).await);
        listed(&self.app, w, meeting, case, &[w.housing]).await;
        let seen = agenda(&self.app, &w.coordinator, meeting).await;
        assert_eq!(risk_of(&seen["items"][0]), risk);
        let caller = self.app.as_(&w.coordinator);
        let html = caller
            .get(&format!("/meetings/{meeting}/agenda.html"))
            .await
            .page();
        let pdf = caller
            .get(&format!("/meetings/{meeting}/agenda.pdf"))
            .await
            .pages()
            .join(" ");
        let mut figures = vec![&risk, &risk["raised"], &risk["higher_before"]];
        figures.extend(risk["beside"].as_array().unwrap());
        figures.extend(risk["other_tools"].as_array().unwrap());
        for figure in figures.iter().filter(|one| one["score"].is_u64()) {
            let tool = figure["tool"].as_str().unwrap();
            let words = format!("{} of {}, {tool}", figure["score"], figure["maximum"]);
            assert!(says(&html, &words), "{words}");
            assert!(says(&pdf, &words), "{words}");
        }
        let item = id(&seen["items"][0]);
        let etag = etag(&seen["items"][0]);
        let path = format!("/agenda-items/{item}/withdraw");
        let caller = self.app.as_(&w.coordinator).if_match(&etag);
        caller
            .post(&path, json!({ "reason": "Read." }))
            .await
            .expect(200);
    }
}

/// Random assessments over HTTP: what is shown only falls by a complete assessment of the tool, and then
/// both figures are shown; list, file, agenda and paper agree.
#[actix_web::test]
async fn whatever_is_assessed_in_whatever_order_nothing_known_is_hidden() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let complete = proptest::collection::vec(prop::sample::select(vec!['Y', 'N', 'D']), 24);
    let part = proptest::collection::vec(prop::sample::select(vec!['Y', 'N', '-', '-', '-']), 24);
    let letters = prop_oneof![complete, part].prop_map(String::from_iter);
    let tool = prop::sample::select(vec!["safelives_dash", "safelives_dash", "s_dash"]);
    let steps = proptest::collection::vec((tool, letters, 0_u64..4), 7);
    let mut runner = TestRunner::deterministic();
    for name in ["Okafor", "Lindqvist", "Amari"] {
        let case = desk.case(name).await;
        let mut most_complete = (desk.app.today() - Days::new(400), 15);
        for (tool, letters, days) in steps.new_tree(&mut runner).unwrap().current() {
            let letters = &letters[..if tool == "s_dash" { 11 } else { 24 }];
            let on = desk.days_ago(days);
            let before = desk.risk(case).await;
            desk.assess(&w.officer, case, assessment(tool, on, letters))
                .await;
            let after = desk.risk(case).await;
            let yes = letters.matches('Y').count();
            if tool == "safelives_dash" && !letters.contains('-') {
                most_complete = most_complete.max((on, yes));
            } else {
                assert!(
                    shown(&after) >= shown(&before),
                    "{tool} {letters}: {after:#}"
                );
                assert_eq!(after["score"], before["score"]);
            }
            let both = after["score"]
                .as_u64()
                .max(after["higher_before"]["score"].as_u64());
            assert_eq!(after["score"], json!(most_complete.1));
            assert!(
                both >= before["score"].as_u64(),
                "{tool} {letters}: {after:#}"
            );
        }
        desk.papers_agree(case).await;
    }
}

fn shown(risk: &Value) -> Option<u64> {
    risk["score"].as_u64().max(risk["raised"]["score"].as_u64())
}

/// Every place of the document that holds a score says of which tool and of how many.
#[test]
fn every_schema_with_a_score_names_its_tool_and_maximum() {
    let document: Value = serde_json::from_str(&toldonce::app::document_text().unwrap()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut found = BTreeSet::new();
    for (name, schema) in schemas {
        walk(schema, &mut |properties| {
            for field in ["score", "yes"] {
                let Some(score) = properties.get(field) else {
                    continue;
                };
                found.insert(name.clone());
                if score.to_string().contains("integer") {
                    for needed in ["tool", "maximum"] {
                        assert!(
                            properties.contains_key(needed),
                            "{name}: {field} without {needed}"
                        );
                    }
                }
            }
        });
    }
    let known = [
        "AssessmentOut",
        "Evidence",
        "Page_ReferralItem",
        "ReferralItem",
        "ReferralOut",
        "RiskFigure",
        "Score",
    ];
    assert_eq!(
        Vec::from_iter(&found),
        known,
        "a score stands somewhere new"
    );
}

/// Calls for the properties of every object in a schema.
fn walk(schema: &Value, each: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                each(properties);
            }
            fields.values().for_each(|inner| walk(inner, each));
        }
        Value::Array(all) => all.iter().for_each(|inner| walk(inner, each)),
        _ => {}
    }
}

/// Counting rows: what a list shows stands in rows, and the list opens no answers.
#[actix_web::test]
async fn a_list_reads_figures_in_its_one_statement() {
    let desk = Desk::new().await;
    for name in ["Okafor", "Lindqvist", "Amari"] {
        desk.case(name).await;
    }
    let count = |limit: u8| {
        let (desk, path) = (&desk, format!("/cases?limit={limit}"));
        async move {
            let before = desk.app.parts.db.statements();
            let caller = desk.app.as_(&desk.world.coordinator);
            caller.get(&path).await.expect(200);
            desk.app.parts.db.statements() - before
        }
    };
    assert_eq!(count(1).await, count(200).await);
    let rows: Vec<Line> = sql(
        "select concat_ws(' ', place, leads, score, answered_count, not_asked_count) as line \
         from risk_figures order by case_id",
    )
    .load(&mut desk.app.owner())
    .unwrap();
    assert!(rows.iter().all(|row| row.line == "standing t 15 24 0"));
    assert_eq!(rows.len(), 3);
}
