//! A PUT of what is there already changes nothing: no new version, nobody told. A walk over every PUT
//! of the document; a new one makes this fail until `body` says what it takes.

use actix_web::http::Method;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};

use crate::access::{Office, Operation, Stage, Target, Things, case, meeting, operations};
use crate::support::{Answer, Caller, etag, id, referral};

struct Scene {
    stage: Stage,
    /// A case whose list is out, its meeting ahead, and a draft in place of its referral.
    ahead: Things,
    catalogue: Value,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let (app, w) = (&stage.app, &stage.world);
        let around = Things {
            meeting: meeting(app, &w.coordinator, w.wcc).await,
            ..stage.things(Target::Own)
        };
        let office = Office {
            marac: w.wcc,
            referrer: &w.officer,
            coordinator: &w.coordinator,
            meeting: around.meeting,
            listed: vec![w.housing],
            owner: w.housing,
            shared_with: w.health,
            outsider: w.analyst.id,
            idva: Some(w.idva_service),
            around,
        };
        let mut ahead = case(app, &office, referral("Nowak", "Brandt")).await;
        let coordinator = app.as_(&w.coordinator);
        let path = format!("/meetings/{}", ahead.meeting);
        let tag = etag(&coordinator.get(&path).await.expect(200));
        let sent = coordinator.clone().if_match(&tag);
        sent.post(&format!("{path}/circulate"), Value::Null)
            .await
            .expect(200);
        let draft =
            json!({ "marac_id": w.wcc, "draft": true, "referral": referral("Ames", "Bell") });
        ahead.referral = id(&app
            .as_(&w.officer)
            .post("/referrals", draft)
            .await
            .expect(201));
        let path = format!("/maracs/{}/standard-actions", w.wcc);
        let catalogue = coordinator.get(&path).await.expect(200)["actions"].clone();
        Self {
            ahead,
            catalogue,
            stage,
        }
    }

    fn things(&self, operation: &str) -> Things {
        let w = &self.stage.world;
        match operation {
            "record_stay" => self.stage.things(Target::Own),
            "name_deputy" => Things {
                user: w.housing_rep.id,
                ..self.ahead
            },
            _ => self.ahead,
        }
    }

    fn caller(&self, operation: &str) -> Caller<'_> {
        let (app, w) = (&self.stage.app, &self.stage.world);
        match operation {
            "set_membership" | "set_roles" => app.as_(&w.administrator),
            "return_research" => app.as_(&w.housing_rep),
            "change_referral" => app.as_(&w.officer),
            _ => app.as_(&w.coordinator),
        }
    }

    fn body(&self, operation: &str) -> Value {
        let (w, ahead) = (&self.stage.world, &self.ahead);
        match operation {
            "set_characteristics" => json!({ "language": "Somali", "interpreter": "yes" }),
            "set_relationship" => json!({ "from_party_id": ahead.perpetrator,
                "to_party_id": ahead.party, "kind": "spouse", "living_together": "no" }),
            "restrict_case" => json!({ "reason": "A colleague knows him.",
                "named": [w.officer.id], "until": null }),
            "list_to_agencies" => json!({ "agencies": [w.housing, w.health] }),
            "record_stay" => json!({}),
            "return_research" => json!({ "shareable": { "facts": "Two tenancies.",
                "relevant_necessary_proportionate": true } }),
            "set_membership" => json!({ "core": true, "signatory": "A. Director",
                "signed_on": "2026-01-05" }),
            "word_statement" => json!({ "text": "Nothing leaves this room." }),
            "name_deputy" => json!({ "deputy_id": ahead.user }),
            "set_standard_actions" => json!({ "actions": self.catalogue }),
            "order_agenda" => json!({ "items": [ahead.item] }),
            "split_agenda" => json!({ "sessions": [] }),
            "record_attendance" => json!({ "user_id": w.housing_rep.id,
                "role": "representative", "presence": "apologies", "information_sent": true }),
            "set_preferences" => json!({ "email": {} }),
            "change_referral" => {
                json!({ "urgent": true, "referral": referral("Ames", "Bell") })
            }
            "set_roles" => json!({ "roles": [{ "marac_id": w.wcc, "role": "representative" }] }),
            other => panic!("say what {other} takes"),
        }
    }

    async fn put(&self, operation: &Operation, tag: &str) -> Answer {
        let caller = self.caller(&operation.id).if_match(tag);
        let uri = operation.uri_of(self.things(&operation.id));
        let body = self.body(&operation.id);
        caller.send(Method::PUT, &uri, Some(body)).await
    }

    /// The request at the version that is there, whichever it is.
    async fn put_now(&self, operation: &Operation) -> Answer {
        for version in 0..30 {
            let answer = self.put(operation, &format!("\"{version}\"")).await;
            if answer.status != 412 {
                return answer;
            }
        }
        panic!("{} has no version", operation.id)
    }

    fn told(&self) -> i64 {
        #[derive(Row)]
        struct Row {
            n: i64,
        }
        let row: Row = sql("select count(*) as n from notifications")
            .get_result(&mut self.stage.app.owner())
            .unwrap();
        row.n
    }
}

#[actix_web::test]
async fn a_put_of_what_is_there_changes_nothing() {
    let scene = Scene::set().await;
    // A restriction hides the case from the agencies of the other requests: last.
    let mut all: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.method == "PUT")
        .collect();
    all.sort_by_key(|operation| operation.id == "restrict_case");
    for operation in all {
        let first = scene.put_now(&operation).await;
        assert!(first.status < 300, "{}: {:#}", operation.id, first.body);
        let told = scene.told();
        let tag = first.header("etag").unwrap_or("\"0\"");
        let second = scene.put(&operation, tag).await;
        assert_eq!(second.status, 200, "{}: {:#}", operation.id, second.body);
        let tags = (second.header("etag"), first.header("etag"));
        assert_eq!(tags.0, tags.1, "{} made a version", operation.id);
        assert_eq!(second.body, first.body, "{}", operation.id);
        assert_eq!(scene.told(), told, "{} told somebody", operation.id);
    }
}
