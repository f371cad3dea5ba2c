//! Twice is once: equal requests at the same time, with one `Idempotency-Key`, make one thing, on
//! every create of the document that takes the header. A new create makes this fail until `body`
//! says what it takes.

use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Office, Operation, Stage, Target, Things, case, meeting, operations};
use crate::support::{Answer, Caller, TestApp, dash, etag, id, referral};

/// The operations that take an `Idempotency-Key`.
fn creates() -> Vec<Operation> {
    let text = toldonce::app::document_text().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let takes_a_key = |operation: &Operation| {
        let method = operation.method.to_lowercase();
        let parameters =
            document["paths"][&operation.path][method.as_str()]["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|one| one["name"] == "Idempotency-Key")
    };
    operations().into_iter().filter(takes_a_key).collect()
}

/// A stage, and on it a case on a list that is out.
struct Scene {
    stage: Stage,
    /// A case whose meeting is in session.
    heard: Things,
    /// A case whose meeting lies ahead, its list sent out.
    ahead: Things,
    /// An open case on no agenda.
    loose: Uuid,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let (app, w) = (&stage.app, &stage.world);
        let heard = stage.things(Target::Own);
        let around = Things {
            meeting: meeting(app, &w.coordinator, w.wcc).await,
            ..heard
        };
        let office = Office {
            marac: w.wcc,
            referrer: &w.officer,
            coordinator: &w.coordinator,
            meeting: around.meeting,
            listed: vec![w.housing],
            owner: w.housing,
            shared_with: w.police,
            outsider: w.analyst.id,
            idva: Some(w.idva_service),
            around,
        };
        let mut ahead = case(app, &office, referral("Nowak", "Brandt")).await;
        let path = format!("/meetings/{}", ahead.meeting);
        let coordinator = app.as_(&w.coordinator);
        let tag = etag(&coordinator.get(&path).await.expect(200));
        let sent = coordinator.if_match(&tag);
        sent.post(&format!("{path}/circulate"), Value::Null)
            .await
            .expect(200);
        let told = json!({ "heading": "what_is_feared", "sharing": "marac", "how_told": "phone",
            "told_on": app.today(), "text": "That he comes back." });
        let path = format!("/cases/{}/account", ahead.case);
        ahead.entry = id(&app.as_(&w.officer).post(&path, told).await.expect(201));
        Self {
            loose: w.case(app, "Moreau", "Brandt"),
            heard,
            ahead,
            stage,
        }
    }

    fn app(&self) -> &TestApp {
        &self.stage.app
    }

    /// What the request is about: at the meeting, or before it.
    fn things(&self, operation: &str) -> Things {
        match operation {
            "share_information"
            | "give_views"
            | "record_risk"
            | "record_safeguard"
            | "record_crime"
            | "declare_conflict"
            | "correct_hearing_entry" => self.heard,
            _ => self.ahead,
        }
    }

    fn caller(&self, operation: &str) -> Caller<'_> {
        let (app, w) = (self.app(), &self.stage.world);
        match operation {
            "create_agency" | "create_marac" | "create_client" | "register_actor"
            | "invite_user" => app.as_(&w.administrator),
            "create_referral"
            | "ask_question"
            | "add_account_entry"
            | "supersede_account_entry" => app.as_(&w.officer),
            // To whose service the case is allocated by then.
            "record_idva_contact" => app.as_(&self.stage.other_idva),
            "record_absence" => app.as_(&w.housing_lead),
            "return_research_list" => app.as_(&w.housing_rep),
            "record_risk" | "record_safeguard" | "record_crime" | "declare_conflict"
            | "put_on_agenda" => app.as_(&w.chair),
            _ => app.as_(&w.coordinator),
        }
    }

    /// What is sent, in two versions.
    fn body(&self, operation: &str, n: usize) -> Value {
        let (app, w) = (self.app(), &self.stage.world);
        let text = ["One.", "Two."][n];
        let (code, partner) = [("AAA", "p-1"), ("BBB", "p-2")][n];
        let tomorrow = app.today() + chrono::TimeDelta::days(1);
        let agency = [w.health, w.police][n];
        let person = [w.health_rep.id, w.observer.id][n];
        let said = |extra: Value| {
            let mut body = json!({ "sharing": "marac", "text": text });
            let extra = extra.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(extra);
            body
        };
        let told = json!({ "told_on": app.today(), "how_told": "phone" });
        match operation {
            "create_agency" => json!({ "kind": "housing", "name": text }),
            "create_marac" => json!({ "code": code, "name": text }),
            "create_client" => {
                json!({ "name": text, "agency_id": w.housing, "rights": [], "roles": [] })
            }
            "register_actor" => json!({ "partner_ref": partner, "name": text }),
            "invite_user" => {
                let email = format!("new-{n}@test.example");
                json!({ "name": text, "email": email, "agency_id": w.housing, "roles": [] })
            }
            "record_absence" => json!({ "from": tomorrow, "until": tomorrow
                + chrono::TimeDelta::days(i64::try_from(n).unwrap()) }),
            "create_referral" => {
                json!({ "marac_id": w.wcc, "referral": referral(["Ames", "Bell"][n], "Stone") })
            }
            "create_meeting" => {
                json!({ "marac_id": w.wcc, "kind": "scheduled", "mode": "online", "place": text,
                    "starts_at": "2027-06-01T09:00:00Z" })
            }
            "put_on_agenda" => json!({ "case_id": self.loose, "agencies": [w.housing],
                "late_reason": text }),
            "return_research_list" => json!({ "items": [{ "agenda_item_id": self.ahead.item,
                "shareable": { "facts": text, "relevant_necessary_proportionate": true } }] }),
            "agree_action" => json!({ "text": text, "owner_agency_id": w.housing,
                "category": "other", "target": "survivor", "due_on": tomorrow }),
            "allocate_idva" => {
                let idva = &self.stage.other_idva;
                let person = [None, Some(idva.id)][n];
                json!({ "agency_id": idva.agency_id, "user_id": person })
            }
            "record_idva_contact" => {
                let purpose = ["before_meeting", "feedback"][n];
                json!({ "purpose": purpose, "channel": "in_person", "result": "reached" })
            }
            "add_account_entry" => {
                let mut body = said(told);
                body["heading"] = json!("what_is_feared");
                body
            }
            "supersede_account_entry" => said(told),
            "exclude" => json!({ "user_id": person, "reason": text }),
            "share_case" => json!({ "agency_id": agency, "reason": text }),
            "add_party" => json!({ "role": "other_adult", "identity": { "family_name": text } }),
            "add_address" => json!({ "kind": "usual", "lines": text }),
            "add_contact" => json!({ "kind": "phone", "value": text }),
            "ask_question" => json!({ "heading": "what_has_been_tried", "text": text }),
            "assess_risk" => dash(["YYYYYYYYYYYYYYYNNNNNNNND", "YYYYYYYYYYYYYYYYNNNNNNND"][n]),
            "share_information" => said(json!({ "nature": "fact" })),
            "give_views" => said(json!({})),
            "record_risk" => said(json!({ "factor": "harm" })),
            "record_safeguard" => said(json!({ "safeguard": "mappa", "decision": "considered" })),
            "record_crime" => said(json!({ "police_wish": "undecided" })),
            "correct_hearing_entry" => json!({ "reason": "Misheard.", "text": text }),
            "declare_conflict" => json!({ "agenda_item_id": self.heard.item, "user_id": person,
                "reason": text }),
            other => panic!("say what {other} takes"),
        }
    }

    /// The requests, all at once, with one key.
    async fn at_once(&self, operation: &Operation, bodies: Vec<Value>) -> Vec<Answer> {
        let things = self.things(&operation.id);
        let key = Uuid::now_v7().to_string();
        let caller = self.caller(&operation.id).with("idempotency-key", &key);
        let caller = match operation.versioned {
            true => caller.if_match("\"1\""),
            false => caller,
        };
        let uri = operation.uri_of(things);
        join_all(bodies.into_iter().map(|body| caller.post(&uri, body))).await
    }
}

/// How the operation answers when it has done its work.
fn success(operation: &Operation) -> u16 {
    match operation.id.as_str() {
        "return_research_list" => 200,
        _ => 201,
    }
}

/// The id of what was made.
fn made(answer: &Answer) -> Uuid {
    let inner = ["client", "user", "item", "account"].into_iter();
    let inner = inner.map(|name| &answer.body[name]);
    let holder = inner
        .chain([&answer.body])
        .find(|one| one["id"].is_string());
    id(holder.unwrap_or_else(|| panic!("no id in {:#}", answer.body)))
}

#[actix_web::test]
async fn six_equal_requests_at_once_make_one_thing() {
    let scene = Scene::set().await;
    for operation in creates() {
        let body = scene.body(&operation.id, 0);
        let answers = scene.at_once(&operation, vec![body; 6]).await;
        for answer in &answers {
            let expected = success(&operation);
            assert_eq!(
                answer.status, expected,
                "{}: {:#}",
                operation.id, answer.body
            );
        }
        // It answers with many, each as it was before and is now.
        if operation.id == "return_research_list" {
            continue;
        }
        let ids: Vec<_> = answers.iter().map(made).collect();
        assert!(
            ids.iter().all(|id| *id == ids[0]),
            "{} {ids:?}",
            operation.id
        );
    }
}

#[actix_web::test]
async fn sixty_equal_referrals_at_once_are_one() {
    let scene = Scene::set().await;
    let creates = creates();
    let create = creates.iter().find(|one| one.id == "create_referral");
    let body = scene.body("create_referral", 0);
    let answers = scene.at_once(create.unwrap(), vec![body; 60]).await;
    let first = &answers[0];
    for answer in &answers {
        assert_eq!(answer.status, 201, "{:#}", answer.body);
        assert_eq!(answer.body, first.body);
    }
}

#[actix_web::test]
async fn of_different_bodies_under_one_key_at_once_one_is_taken() {
    let scene = Scene::set().await;
    for operation in creates() {
        let bodies = (0..6).map(|n| scene.body(&operation.id, n % 2)).collect();
        let answers = scene.at_once(&operation, bodies).await;
        let taken = success(&operation);
        let with = |status: u16| answers.iter().filter(|one| one.status == status).count();
        assert_eq!(
            (with(taken), with(422)),
            (3, 3),
            "{}: {answers:#?}",
            operation.id
        );
        for refused in answers.iter().filter(|one| one.status == 422) {
            assert_eq!(refused.code(), "idempotency_key_reused", "{}", operation.id);
        }
    }
}
