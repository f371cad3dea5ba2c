//! Nothing stands outside the rules: every operation of the document has its place in the access
//! matrix, and every one that reads or changes a case leaves its trace.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Operation, Scope, Stage, Target, Things, operations};
use crate::support::{Caller, dash, etag, id, referral};

#[test]
fn every_operation_has_an_entry_in_the_access_matrix() {
    let missing: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.scope.is_none())
        .map(|operation| operation.id)
        .collect();
    assert_eq!(missing, Vec::<String>::new());
    let snapshot = include_str!("snapshots/access_matrix.txt");
    for operation in operations() {
        let title = format!("{}  {} ", operation.id, operation.method);
        assert!(
            snapshot.lines().any(|line| line.starts_with(&title)),
            "{title}"
        );
    }
}

#[test]
fn only_what_gives_a_token_and_the_probes_need_none() {
    let open: BTreeSet<_> = operations()
        .into_iter()
        .filter(|operation| operation.public)
        .map(|operation| operation.path)
        .collect();
    let probes = ["/livez", "/readyz"];
    let listed = directory::auth::PUBLIC.iter().chain(&probes);
    assert_eq!(open, listed.map(|path| (*path).to_owned()).collect());
}

#[test]
fn a_path_names_ids_and_enumerated_things_and_a_query_names_nobody() {
    let text = toldonce::app::document_text().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let methods = document["paths"].as_object().unwrap().values();
    let parameters = methods
        .flat_map(|methods| methods.as_object().unwrap().values())
        .flat_map(|operation| operation["parameters"].as_array().into_iter().flatten());
    // Of a person, not of a row: what identifies or reaches somebody.
    let personal = [
        "name", "dob", "birth", "address", "postcode", "phone", "email", "search", "q", "text",
    ];
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap();
        match parameter["in"].as_str() {
            Some("path") if ["tool", "version", "token"].contains(&name) => {}
            Some("path") => assert_eq!(parameter["schema"]["format"], "uuid", "{name}"),
            Some("query") => {
                let words: Vec<_> = name.split('_').collect();
                let found = personal.iter().find(|word| words.contains(word));
                assert_eq!(found, None, "{name}");
            }
            _ => {}
        }
    }
}

#[derive(Debug, PartialEq, Row)]
struct Trace {
    act: String,
    outcome: String,
    case_id: Option<Uuid>,
}

/// Sends requests that succeed, and holds what each left in the audit.
struct Ledger<'a> {
    stage: &'a Stage,
    all: Vec<Operation>,
    seen: BTreeSet<String>,
}

/// A request to make: the operation, what it is about, the version, what is sent, and the case and
/// acts that the audit is to show.
struct Step<'a> {
    id: &'a str,
    things: Things,
    version: Option<String>,
    body: Option<Value>,
    case: Uuid,
    /// The case of the first event, where it is another one.
    first: Option<Uuid>,
    acts: &'a [&'a str],
}

impl<'a> Ledger<'a> {
    fn new(stage: &'a Stage) -> Self {
        Self {
            stage,
            all: operations(),
            seen: BTreeSet::new(),
        }
    }

    fn rows(&self) -> i64 {
        #[derive(Row)]
        struct Row {
            n: i64,
        }
        let row: Row = sql("select count(*) as n from audit_events")
            .get_result(&mut self.stage.app.owner())
            .unwrap();
        row.n
    }

    async fn step(&mut self, caller: &Caller<'_>, step: Step<'_>) -> Value {
        let before = self.rows();
        let operation = self.all.iter().find(|one| one.id == step.id);
        let operation = operation.unwrap_or_else(|| panic!("{}", step.id));
        let mut caller = caller.clone();
        if let Some(version) = &step.version {
            caller = caller.if_match(version);
        }
        let method = actix_web::http::Method::from_bytes(operation.method.as_bytes()).unwrap();
        let uri = operation.uri_of(step.things);
        let answer = caller.send(method, &uri, step.body).await;
        assert!(answer.status < 300, "{}: {:#}", step.id, answer.body);
        let found: Vec<Trace> =
            sql("select act, outcome, case_id from audit_events order by at, id offset $1")
                .bind(before)
                .load(&mut self.stage.app.owner())
                .unwrap();
        let expected: Vec<_> = step
            .acts
            .iter()
            .enumerate()
            .map(|(at, act)| Trace {
                act: (*act).to_owned(),
                outcome: "done".into(),
                case_id: step.first.filter(|_| at == 0).or(Some(step.case)),
            })
            .collect();
        assert_eq!(found, expected, "{}", step.id);
        self.seen.insert(step.id.to_owned());
        answer.body
    }
}

fn step<'a>(id: &'a str, things: Things, acts: &'a [&'a str]) -> Step<'a> {
    Step {
        id,
        things,
        version: None,
        body: None,
        case: things.case,
        first: None,
        acts,
    }
}

impl Step<'_> {
    fn at(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn of(mut self, case: Uuid) -> Self {
        self.case = case;
        self
    }
}

/// The etag of a row.
fn version(stage: &Stage, text: &'static str, row: Uuid) -> String {
    #[derive(Row)]
    struct Row {
        version: i32,
    }
    let row: Row = sql(text)
        .bind(row)
        .get_result(&mut stage.app.owner())
        .unwrap();
    format!("\"{}\"", row.version)
}

const CASE: &str = "select version from cases where id = $1";
const ITEM: &str = "select version from agenda_items where id = $1";
const ACTION: &str = "select version from actions where id = $1";

#[actix_web::test]
async fn every_read_and_change_of_a_case_leaves_its_event() {
    let stage = Stage::set().await;
    let mut ledger = Ledger::new(&stage);
    reads(&mut ledger).await;
    people(&mut ledger).await;
    questions(&mut ledger).await;
    access(&mut ledger).await;
    actions(&mut ledger).await;
    flags(&mut ledger).await;
    idva(&mut ledger).await;
    lapses(&mut ledger).await;
    referrals(&mut ledger).await;
    hearing(&mut ledger).await;
    agenda(&mut ledger).await;
    research(&mut ledger).await;
    let unseen: Vec<_> = ledger
        .all
        .iter()
        .filter(|operation| matches!(operation.scope, Some(Scope::Case | Scope::Part)))
        .filter(|operation| !ledger.seen.contains(&operation.id))
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(unseen, Vec::<&str>::new());
}

async fn reads(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let own = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    for (id, act) in [
        ("read_case", "read_case"),
        ("list_parties", "read_case"),
        ("list_risk_assessments", "read_case"),
        ("read_account", "read_account"),
        ("list_questions", "read_questions"),
        ("read_question", "read_questions"),
        ("read_timeline", "read_timeline"),
        ("read_access_log", "read_access_log"),
        ("list_shares", "manage_shares"),
        ("list_exclusions", "read_exclusions"),
        ("list_case_actions", "list_actions"),
        ("list_case_flags", "list_flags"),
        ("read_flag", "list_flags"),
        ("list_idva_allocations", "read_idva"),
        ("list_idva_contacts", "read_idva"),
        ("get_action", "read_action"),
        ("get_action_history", "read_action"),
        ("read_referral", "read_referral"),
        ("check_repeat", "check_repeat"),
    ] {
        ledger.step(&coordinator, step(id, own, &[act])).await;
    }
}

async fn people(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let own = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let who = &coordinator;
    let name = json!({ "family_name": "Stone", "given_names": "Ada" });
    let address = json!({ "kind": "usual", "lines": "1 Road" });
    let contact = json!({ "kind": "phone", "value": "07700 900456" });
    let first = "\"1\"";
    let change = &["change_party"][..];
    let body = json!({ "role": "other_adult", "identity": name });
    ledger
        .step(who, step("add_party", own, change).with(body))
        .await;
    ledger
        .step(
            who,
            step("change_identity", own, change).at(first).with(name),
        )
        .await;
    ledger
        .step(who, step("add_address", own, change).with(address.clone()))
        .await;
    ledger
        .step(
            who,
            step("change_address", own, change).at(first).with(address),
        )
        .await;
    ledger
        .step(
            who,
            step("add_contact", own, &["add_contact"]).with(contact.clone()),
        )
        .await;
    ledger
        .step(
            who,
            step("change_contact", own, change).at(first).with(contact),
        )
        .await;
    let traits = "select version from party_characteristics where party_id = $1";
    let traits = version(stage, traits, own.party);
    let one = step("set_characteristics", own, change).at(traits);
    ledger.step(who, one.with(json!({}))).await;
    let kind =
        json!({ "from_party_id": own.party, "to_party_id": own.perpetrator, "kind": "ex_partner" });
    ledger
        .step(
            who,
            step("set_relationship", own, change).at("\"0\"").with(kind),
        )
        .await;
    let assessment = dash("YYYYYYYYYYYYYYYNNNNNNNND");
    ledger
        .step(
            who,
            step("assess_risk", own, &["assess_risk"]).with(assessment),
        )
        .await;
    let told = json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": stage.app.today(),
        "how_told": "phone", "text": "That he comes back." });
    let told = step("add_account_entry", own, &["add_account_entry"]).with(told);
    let entry = id(&ledger.step(who, told).await);
    let again = json!({ "sharing": "marac", "told_on": stage.app.today(), "how_told": "phone", "text": "Still." });
    let things = Things { entry, ..own };
    let again = step("supersede_account_entry", things, &["add_account_entry"]).with(again);
    ledger.step(who, again).await;
}

async fn questions(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let (idva, officer) = (stage.app.as_(&w.idva), stage.app.as_(&w.officer));
    let asked = json!({ "heading": "what_has_been_tried", "text": "Who was told before?" });
    let (ask, answer) = (&["ask_question"][..], &["answer_question"][..]);
    let things = |asked: &Value| Things {
        question: id(asked),
        ..own
    };
    let mut all = Vec::new();
    for _ in 0..4 {
        let step = step("ask_question", own, ask).with(asked.clone());
        all.push(ledger.step(&officer, step).await);
    }
    let back = step("withdraw_question", things(&all[0]), ask).at(etag(&all[0]));
    ledger.step(&officer, back).await;
    let reason = json!({ "reason": "She was." });
    let decline = step("decline_question", things(&all[1]), answer).at(etag(&all[1]));
    ledger.step(&idva, decline.with(reason)).await;
    let told = json!({ "heading": "what_has_been_tried", "sharing": "marac", "told_on": stage.app.today(),
        "how_told": "phone", "text": "Her doctor." });
    let path = format!("/cases/{}/account", own.case);
    let entry = idva.post(&path, told.clone()).await.expect(201);
    let body = json!({ "entries": [entry["id"]] });
    let from_account = step("answer_question", things(&all[2]), answer).at(etag(&all[2]));
    ledger.step(&idva, from_account.with(body)).await;
    let body = json!({ "questions": [{ "id": all[3]["id"], "etag": all[3]["etag"] }] });
    let taken = ledger
        .step(&idva, step("take_questions", own, answer).with(body))
        .await;
    let mut told = told;
    told.as_object_mut().unwrap().remove("heading");
    let anew = step(
        "answer_question_anew",
        things(&all[3]),
        &["answer_question", "add_account_entry"],
    );
    let anew = anew
        .at(etag(&taken["items"][0]))
        .with(json!({ "told": told }));
    ledger.step(&idva, anew).await;
}

async fn access(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let coordinator = stage.app.as_(&w.coordinator);
    let who = &coordinator;
    let at = || version(stage, CASE, own.case);
    let lead = json!({ "lead_agency_id": w.police });
    ledger
        .step(
            who,
            step("change_case", own, &["change_case"])
                .at(at())
                .with(lead),
        )
        .await;
    let body = json!({ "agency_id": w.health, "reason": "They treat her." });
    let share = ledger
        .step(who, step("share_case", own, &["manage_shares"]).with(body))
        .await;
    let things = Things {
        share: id(&share),
        ..own
    };
    ledger
        .step(
            who,
            step("end_share", things, &["manage_shares"]).at(etag(&share)),
        )
        .await;
    let body = json!({ "user_id": w.health_rep.id, "reason": "A neighbour." });
    let set = ledger
        .step(who, step("exclude", own, &["manage_exclusions"]).with(body))
        .await;
    let things = Things {
        exclusion: id(&set),
        ..own
    };
    ledger
        .step(
            who,
            step("lift_exclusion", things, &["manage_exclusions"]).at(etag(&set)),
        )
        .await;
    let body = json!({ "reason": "She works for a partner.", "named": [] });
    ledger
        .step(
            who,
            step("restrict_case", own, &["restrict_case"])
                .at(at())
                .with(body),
        )
        .await;
    ledger
        .step(who, step("read_restriction", own, &["read_restriction"]))
        .await;
    ledger
        .step(
            who,
            step("lift_restriction", own, &["restrict_case"]).at(at()),
        )
        .await;
}

async fn actions(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let coordinator = stage.app.as_(&w.coordinator);
    let (who, owner) = (&coordinator, stage.app.as_(&w.housing_rep));
    let tomorrow = stage.app.today() + chrono::TimeDelta::days(1);
    let body = json!({ "codes": ["flag_and_tag"] });
    let standard = step("agree_standard_actions", own, &["agree_action"]);
    ledger.step(who, standard.with(body)).await;
    let body = json!({ "text": "Call.", "owner_agency_id": w.housing, "category": "other",
        "target": "survivor", "due_on": tomorrow });
    let agreed = ledger
        .step(who, step("agree_action", own, &["agree_action"]).with(body))
        .await;
    let things = Things {
        action: id(&agreed),
        ..own
    };
    let at = || version(stage, ACTION, things.action);
    let body = json!({ "reason": "They asked.", "due_on": tomorrow });
    ledger
        .step(
            who,
            step("change_action", things, &["change_action"])
                .at(at())
                .with(body),
        )
        .await;
    let body = json!({ "status": "completed" });
    ledger
        .step(
            &owner,
            step("report_action", things, &["report_action"])
                .at(at())
                .with(body),
        )
        .await;
    let body = json!({ "reason": "The wrong door." });
    ledger
        .step(
            who,
            step("reopen_action", things, &["change_action"])
                .at(at())
                .with(body),
        )
        .await;
    let body = json!({ "reason": "No longer needed.", "decision": "cancel" });
    let chair = stage.app.as_(&w.chair);
    ledger
        .step(
            &chair,
            step("resolve_action", things, &["resolve_action"])
                .at(at())
                .with(body),
        )
        .await;
}

async fn flags(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let own = stage.things(Target::Own);
    let (owner, coordinator) = (
        stage.app.as_(&stage.world.housing_rep),
        stage.app.as_(&stage.world.coordinator),
    );
    let at = || version(stage, "select version from flags where id = $1", own.flag);
    let confirmed: &[&str] = &["confirm_flag"];
    for (who, id, body, acts) in [
        (
            &owner,
            "decline_flag",
            json!({ "reason": "Unknown here." }),
            confirmed,
        ),
        // The agency's action to flag its records is done with it.
        (
            &owner,
            "place_flag",
            json!({ "system": "Records" }),
            &["confirm_flag", "report_action"],
        ),
        (
            &coordinator,
            "remove_flag",
            json!({ "note": "The wrong agency." }),
            confirmed,
        ),
    ] {
        let answer = step(id, own, acts).at(at()).with(body);
        ledger.step(who, answer).await;
    }
}

async fn idva(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let own = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let idva = stage.app.as_(&stage.other_idva);
    let body = json!({ "agency_id": stage.other_idva.agency_id });
    let allocate = step("allocate_idva", own, &["allocate_idva"]).with(body);
    let made = ledger.step(&coordinator, allocate).await;
    let things = Things {
        allocation: id(&made),
        ..own
    };
    let body = json!({ "purpose": "before_meeting", "channel": "in_person", "result": "reached" });
    let record = step("record_idva_contact", own, &["record_idva_contact"]).with(body);
    ledger.step(&idva, record).await;
    let change = step(
        "change_idva_allocation",
        things,
        &["change_idva_allocation"],
    );
    let body = json!({ "engagement": "engaged" });
    let changed = ledger.step(&idva, change.at(etag(&made)).with(body)).await;
    let end = step("end_idva_allocation", things, &["allocate_idva"]);
    let body = json!({ "reason": "She has moved." });
    ledger
        .step(&coordinator, end.at(etag(&changed)).with(body))
        .await;
}

async fn lapses(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let (officer, coordinator) = (stage.app.as_(&w.officer), stage.app.as_(&w.coordinator));
    let tomorrow = stage.app.today() + chrono::TimeDelta::days(1);
    for (id_of, survivor, body) in [
        ("lapse_case", "Moreau", json!({})),
        (
            "keep_case",
            "Castro",
            json!({ "reason": "He is released soon.", "until": tomorrow }),
        ),
    ] {
        let sent = json!({ "marac_id": w.wcc, "referral": referral(survivor, "Stone") });
        let sent = officer.post("/referrals", sent).await.expect(201);
        let path = format!("/referrals/{}/accept", id(&sent));
        let caller = coordinator.clone().if_match(&etag(&sent));
        let accepted = caller.post(&path, json!({})).await.expect(200);
        let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
        sql("update cases set lapses_on = $2 where id = $1")
            .bind(case)
            .bind(stage.app.today() - chrono::TimeDelta::days(1))
            .execute(&mut stage.app.owner())
            .unwrap();
        let things = Things {
            case,
            ..stage.things(Target::Own)
        };
        let decide = step(id_of, things, &["lapse_case"]).at(version(stage, CASE, case));
        ledger.step(&coordinator, decide.with(body)).await;
    }
}

async fn referrals(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let (officer, coordinator) = (stage.app.as_(&w.officer), stage.app.as_(&w.coordinator));
    let reason = json!({ "reason": "Because." });
    let draft =
        || json!({ "marac_id": w.wcc, "draft": true, "referral": referral("Novak", "Stone") });
    let made = officer.post("/referrals", draft()).await.expect(201);
    let things = |made: &Value| Things {
        referral: id(made),
        case: made["case_id"].as_str().unwrap().parse().unwrap(),
        ..stage.things(Target::Own)
    };
    let one = things(&made);
    let body = json!({ "referral": referral("Novak", "Stone") });
    let change = step("change_referral", one, &["change_referral"]);
    let kept = ledger
        .step(&officer, change.at(etag(&made)).with(body))
        .await;
    let submit = step("submit_referral", one, &["submit_referral"]);
    let sent = ledger.step(&officer, submit.at(etag(&kept))).await;
    let back = step("return_referral", one, &["return_referral"]);
    let back = back.at(etag(&sent)).with(reason.clone());
    let back = ledger.step(&coordinator, back).await;
    let withdraw = step("withdraw_referral", one, &["withdraw_referral"]);
    ledger
        .step(&officer, withdraw.at(etag(&back)).with(reason.clone()))
        .await;

    let sent = json!({ "marac_id": w.wcc, "referral": referral("Moreau", "Stone") });
    let sent = officer.post("/referrals", sent).await.expect(201);
    let two = things(&sent);
    let decline = step("decline_referral", two, &["decline_referral"]);
    let declined = decline.at(etag(&sent)).with(reason.clone());
    let declined = ledger.step(&coordinator, declined).await;
    let challenge = step("challenge_decision", two, &["challenge_decision"]);
    let challenged = challenge.at(etag(&declined)).with(reason);
    ledger.step(&officer, challenged).await;

    let sent = json!({ "marac_id": w.wcc, "referral": referral("Silva", "Stone") });
    let sent = officer.post("/referrals", sent).await.expect(201);
    // Of the referral, and of the case it opened.
    let accept = step(
        "accept_referral",
        things(&sent),
        &["accept_referral", "accept_referral"],
    );
    ledger
        .step(&coordinator, accept.at(etag(&sent)).with(json!({})))
        .await;
    joins(ledger, things(&sent).case).await;
}

async fn joins(ledger: &mut Ledger<'_>, case: Uuid) {
    let stage = ledger.stage;
    let w = &stage.world;
    let (officer, coordinator) = (stage.app.as_(&w.officer), stage.app.as_(&w.coordinator));
    let married = json!({ "marac_id": w.wcc, "referral": referral("Silva Lind", "Stone") });
    let sent = officer.post("/referrals", married).await.expect(201);
    let path = format!("/referrals/{}/accept", id(&sent));
    let body = json!({ "join_case_id": case, "reason": "She has married." });
    let caller = coordinator.clone().if_match(&etag(&sent));
    let joined = caller.post(&path, body).await.expect(200);
    let things = Things {
        referral: id(&sent),
        case,
        ..stage.things(Target::Own)
    };
    ledger
        .step(&coordinator, step("list_joins", things, &["read_joins"]))
        .await;
    let act = &["decide_difference"][..];
    let found = ledger
        .step(&coordinator, step("list_differences", things, act))
        .await;
    let one = &found["items"][0];
    let things = Things {
        part: id(one),
        ..things
    };
    let leave = step("decide_difference", things, act).at(etag(one));
    ledger
        .step(&coordinator, leave.with(json!({ "decision": "leave" })))
        .await;
    // Of the file it is again, and of the case it leaves.
    let mut out = step(
        "unjoin_referral",
        things,
        &["unjoin_referral", "unjoin_referral"],
    );
    out.first = sent["case_id"].as_str().and_then(|file| file.parse().ok());
    let out = out.at(etag(&joined)).with(json!({ "reason": "Because." }));
    ledger.step(&coordinator, out).await;
}

async fn hearing(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let (coordinator, rep) = (stage.app.as_(&w.coordinator), stage.app.as_(&w.housing_rep));
    let chair = stage.app.as_(&w.chair);
    let words = |extra: Value| {
        let mut body = json!({ "sharing": "marac", "text": "Said." });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    let shared = step("share_information", own, &["share_information"]);
    let shared = shared.with(words(json!({ "nature": "opinion" })));
    let shared = ledger.step(&rep, shared).await;
    let views = step("give_views", own, &["give_views"]).with(words(json!({})));
    ledger.step(&coordinator, views).await;
    let risk = step("record_risk", own, &["analyse_risk"]);
    ledger
        .step(&chair, risk.with(words(json!({ "factor": "harm" }))))
        .await;
    let safeguard = json!({ "safeguard": "mace", "decision": "decided" });
    let one = step("record_safeguard", own, &["analyse_risk"]);
    ledger.step(&chair, one.with(words(safeguard))).await;
    let crime = step("record_crime", own, &["record_crime"]);
    ledger
        .step(
            &chair,
            crime.with(words(json!({ "police_wish": "undecided" }))),
        )
        .await;
    let things = Things {
        part: id(&shared),
        ..own
    };
    let correct = step("correct_hearing_entry", things, &["correct_hearing"]);
    let body = json!({ "reason": "Misheard.", "text": "Meant." });
    ledger
        .step(&coordinator, correct.at(etag(&shared)).with(body))
        .await;
    let stay = step("record_stay", own, &["record_attendance"]);
    ledger
        .step(&coordinator, stay.at("\"0\"").with(json!({})))
        .await;
    let conflict =
        json!({ "agenda_item_id": own.item, "user_id": w.police_rep.id, "reason": "A friend." });
    let declare = step("declare_conflict", own, &["declare_conflict"]);
    ledger.step(&chair, declare.with(conflict)).await;
    ledger
        .step(&rep, step("read_hearing_record", own, &["read_hearing"]))
        .await;
}

async fn agenda(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let (coordinator, chair) = (stage.app.as_(&w.coordinator), stage.app.as_(&w.chair));
    let officer = stage.app.as_(&w.officer);
    let item = |things: Things| version(stage, ITEM, things.item);
    let body = json!({ "agencies": [w.housing] });
    let longer = step("change_agenda_item", own, &["change_agenda"]).at(item(own));
    ledger
        .step(&coordinator, longer.with(json!({ "minutes": 20 })))
        .await;
    let list = step("list_to_agencies", own, &["change_agenda"]);
    ledger
        .step(&coordinator, list.at(item(own)).with(body))
        .await;
    let reason = json!({ "reason": "Because." });
    for (id_of, survivor, kind, act, body) in [
        (
            "defer_agenda_item",
            "Petrov",
            "new",
            "decide_agenda_item",
            reason.clone(),
        ),
        (
            "withdraw_agenda_item",
            "Haddad",
            "new",
            "change_agenda",
            reason,
        ),
        (
            "note_alert",
            "Larsen",
            "alert_only",
            "decide_agenda_item",
            json!({}),
        ),
    ] {
        let sent = json!({ "marac_id": w.wcc, "referral": referral(survivor, "Stone") });
        let sent = officer.post("/referrals", sent).await.expect(201);
        let path = format!("/referrals/{}/accept", id(&sent));
        let caller = coordinator.clone().if_match(&etag(&sent));
        let accepted = caller.post(&path, json!({})).await.expect(200);
        let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
        let late = json!({ "case_id": case, "agencies": [], "kind": kind, "late_reason": "It came today." });
        let put = step("put_on_agenda", own, &["add_late_item"])
            .of(case)
            .with(late);
        let put = ledger.step(&chair, put).await;
        let things = Things {
            case,
            item: id(&put),
            ..own
        };
        let decide = step(id_of, things, std::slice::from_ref(&act));
        ledger
            .step(&coordinator, decide.at(item(things)).with(body))
            .await;
    }
    let hear = step("hear_agenda_item", own, &["decide_agenda_item"]);
    ledger
        .step(&coordinator, hear.at(item(own)).with(json!({})))
        .await;
    let body = json!({ "reason": "other", "open_actions_reason": "They are done elsewhere." });
    let close = step("close_case", own, &["change_case"]);
    ledger
        .step(&chair, close.at(version(stage, CASE, own.case)).with(body))
        .await;
}

/// On a list that is out and a meeting that has not begun.
async fn research(ledger: &mut Ledger<'_>) {
    let stage = ledger.stage;
    let w = &stage.world;
    let own = stage.things(Target::Own);
    let (coordinator, rep) = (stage.app.as_(&w.coordinator), stage.app.as_(&w.housing_rep));
    let sent = json!({ "marac_id": w.wcc, "referral": referral("Costa", "Stone") });
    let officer = stage.app.as_(&w.officer);
    let sent = officer.post("/referrals", sent).await.expect(201);
    let path = format!("/referrals/{}/accept", id(&sent));
    let caller = coordinator.clone().if_match(&etag(&sent));
    let accepted = caller.post(&path, json!({})).await.expect(200);
    let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let meeting = crate::access::meeting(&stage.app, &w.coordinator, w.wcc).await;
    let body = json!({ "case_id": case, "agencies": [w.housing] });
    let path = format!("/meetings/{meeting}/agenda");
    let item = id(&coordinator.post(&path, body).await.expect(201));
    crate::meetings::step(&stage.app, &w.coordinator, meeting, "circulate").await;
    let things = Things { case, item, ..own };
    let read = &["read_research"][..];
    ledger
        .step(&coordinator, step("list_case_research", things, read))
        .await;
    let asked = ledger.step(&rep, step("read_research", things, read)).await;
    let body = json!({ "exempt": true, "reason": "They hold nothing." });
    let excuse = step("excuse_research", things, &["excuse_research"]).at(etag(&asked));
    let excused = ledger.step(&coordinator, excuse.with(body)).await;
    let body = json!({ "nothing_known": true });
    let answer = step("return_research", things, &["return_research"]).at(etag(&excused));
    ledger.step(&rep, answer.with(body)).await;
    ledger
        .step(&rep, step("list_research_versions", things, read))
        .await;
}
