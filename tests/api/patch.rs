//! Changing one thing changes nothing else. A walk over every PATCH of the document, with each field
//! of its body alone: another value, the same value, null, and nothing at all.
//!
//! A new PATCH joins by itself where its resource is read under the same path; else `whole` says how
//! it is read. `special` and `sample` say what the schema of a field cannot.

use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::{Office, Operation, Stage, Target, Things, case, meeting, operations};
use crate::support::{Answer, Caller, World, etag, referral};

/// A stage with a case on a meeting whose list is out, so that every PATCH is allowed.
struct Scene {
    stage: Stage,
    things: Things,
    document: Value,
    other_idva: Uuid,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let (app, w) = (&stage.app, &stage.world);
        let own = stage.things(Target::Own);
        let around = Things {
            meeting: meeting(app, &w.coordinator, w.wcc).await,
            ..own
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
        let things = case(app, &office, referral("Nowak", "Brandt")).await;
        let path = format!("/meetings/{}", things.meeting);
        let coordinator = app.as_(&w.coordinator);
        let tag = etag(&coordinator.get(&path).await.expect(200));
        let sent = coordinator.if_match(&tag);
        sent.post(&format!("{path}/circulate"), Value::Null)
            .await
            .expect(200);
        let idva = World::person(app, "second-idva", w.idva_service, &[(w.wcc, "idva")]);
        let text = toldonce::app::document_text().unwrap();
        Self {
            things,
            document: serde_json::from_str(&text).unwrap(),
            other_idva: idva.id,
            stage,
        }
    }

    /// Who may do it.
    fn caller(&self, operation: &Operation) -> Caller<'_> {
        let w = &self.stage.world;
        let first = operation.path.trim_start_matches("/api/v1/");
        match first.split('/').next().unwrap_or_default() {
            "users" | "agencies" | "api-clients" => self.stage.app.as_(&w.administrator),
            _ => self.stage.app.as_(&w.coordinator),
        }
    }

    /// The resource that a PATCH changes, as its GET shows it.
    async fn whole(&self, operation: &Operation) -> Value {
        let (caller, things) = (self.caller(operation), self.things);
        let get = async |path: String| caller.get(&path).await.expect(200);
        let found = |list: &Value, id: Uuid| -> Value {
            let mut items = list["items"].as_array().unwrap().iter();
            items.find(|one| one["id"] == json!(id)).unwrap().clone()
        };
        let parts = async |kind: &str, id: Uuid| {
            let people = get(format!("/cases/{}/parties", things.case)).await;
            let mut people = people["items"].as_array().unwrap().clone().into_iter();
            let person = people.find(|one| one["id"] == json!(things.party)).unwrap();
            match kind {
                "identity" => person,
                kind => found(&json!({ "items": person[kind] }), id),
            }
        };
        match operation.id.as_str() {
            "change_identity" => parts("identity", things.party).await,
            "change_address" => parts("addresses", things.address).await,
            "change_contact" => parts("contacts", things.contact).await,
            "change_idva_allocation" => {
                let list = get(format!("/cases/{}/idva", things.case)).await;
                found(&list, things.allocation)
            }
            "change_agenda_item" => {
                let agenda = get(format!("/meetings/{}/agenda", things.meeting)).await;
                found(&agenda, things.item)
            }
            "change_case" => {
                let file = get(format!("/cases/{}", things.case)).await;
                let list = get(format!("/cases/{}/idva", things.case)).await;
                let mut items = list["items"].as_array().unwrap().iter();
                let stands = items.find(|one| one["to"].is_null()).unwrap();
                json!({ "etag": file["etag"], "code": file["code"], "status": file["status"],
                    "lead_user_id": file["lead_user_id"], "lead_agency_id": file["lead_agency_id"],
                    "idva_agency_id": stands["agency_id"], "parties": file["parties"] })
            }
            id => {
                let methods = &self.document["paths"][&operation.path];
                assert!(
                    methods["get"].is_object(),
                    "say how the resource of {id} is read"
                );
                get(operation.uri_of(things)).await
            }
        }
    }

    /// A schema, its reference followed, and null taken out of its kinds.
    fn schema(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        loop {
            let one = ["oneOf", "allOf", "anyOf"].into_iter().find_map(|of| {
                let mut of = schema[of].as_array()?.iter();
                of.find(|one| one["type"] != "null").cloned()
            });
            let name = schema["$ref"].as_str().map(str::to_owned);
            schema = match (one, name) {
                (Some(one), _) => one,
                (None, Some(name)) => {
                    let name = name.rsplit('/').next().unwrap();
                    self.document["components"]["schemas"][name].clone()
                }
                (None, None) => return schema,
            };
        }
    }

    /// The fields of a PATCH body.
    fn fields(&self, operation: &Operation) -> Map<String, Value> {
        let body = &self.document["paths"][&operation.path]["patch"]["requestBody"];
        let schema = self.schema(&body["content"]["application/json"]["schema"]);
        assert_eq!(schema.get("required"), None, "{}", operation.id);
        schema["properties"].as_object().unwrap().clone()
    }

    async fn patch(&self, operation: &Operation, body: &Value) -> Answer {
        let tag = etag(&self.whole(operation).await);
        let caller = self.caller(operation).if_match(&tag);
        caller
            .patch(&operation.uri_of(self.things), body.clone())
            .await
    }

    /// Rows that tell somebody something.
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

    /// Another value for a field, where its schema does not say enough.
    fn special(&self, operation: &str, field: &str) -> Option<Value> {
        let (w, app) = (&self.stage.world, &self.stage.app);
        Some(match (operation, field) {
            ("change_case", "lead_user_id") => json!(w.other_officer.id),
            ("change_case", "lead_agency_id") => json!(w.health),
            ("change_case", "idva_agency_id") => json!(self.stage.other_idva.agency_id),
            ("change_idva_allocation", "user_id") => json!(self.other_idva),
            ("move_meeting", "starts_at") => json!(app.now() + chrono::TimeDelta::days(3)),
            ("change_agenda_item", "kind") => json!("repeat"),
            ("change_user", "email") => json!("another@test.example"),
            ("change_marac", "adult_female_population_year") => json!(2021),
            ("change_marac", "local_authority_codes") => json!(["E09000033"]),
            ("change_client", "rights") => json!(["cases:read"]),
            ("change_client", "roles") => {
                json!([{ "marac_id": w.kc, "role": "representative", "ends_at": null }])
            }
            ("change_identity", "other_dates_of_birth") => json!(["1990-04-03"]),
            _ => return None,
        })
    }
}

/// Where a field of the body stands in the resource.
fn place(operation: &str, field: &str) -> String {
    match (operation, field) {
        ("change_identity", field) => format!("/identity/{field}"),
        ("change_address", field) => format!("/address/{field}"),
        ("change_contact", field) => format!("/contact/{field}"),
        ("excuse_research", "exempt") => "/status".into(),
        ("excuse_research", "reason") => "/exempt_because".into(),
        (_, field) => format!("/{field}"),
    }
}

/// What else follows from a field by its meaning, and is said so in the document.
fn follows(operation: &str, field: &str) -> &'static [&'static str] {
    match (operation, field) {
        ("change_idva_allocation", "engagement") => &["/engagement_on"],
        ("change_contact", _) => &["/confirmed_at"],
        ("change_agenda_item", "kind") => &["/section"],
        ("excuse_research", "exempt") => &["/exempt_because", "/overdue"],
        _ => &[],
    }
}

/// A field that cannot be changed without another.
fn with(operation: &str, field: &str) -> Value {
    match (operation, field) {
        ("excuse_research", "exempt") => json!({ "reason": "They hold no records." }),
        _ => json!({}),
    }
}

/// Another value than the present one, by the schema.
fn sample(schema: &Value, present: &Value) -> Value {
    if let Some(words) = schema["enum"].as_array() {
        let mut words = words.iter();
        return words.find(|word| *word != present).unwrap().clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap().clone(),
        kind => kind.clone(),
    };
    match kind.as_str().unwrap() {
        "boolean" => json!(!present.as_bool().unwrap_or(false)),
        "integer" => json!(present.as_i64().unwrap_or(7) + 1),
        "string" if schema["format"] == "date" => json!("1991-02-03"),
        "string" if present == "Another" => json!("Other"),
        "string" => json!("Another"),
        "array" if present == &json!(["police"]) => json!(["idva"]),
        "array" => json!(["police"]),
        other => panic!("no sample of {other}"),
    }
}

/// The resource without its version.
fn settled(mut resource: Value) -> Value {
    resource.as_object_mut().unwrap().remove("etag");
    resource
}

/// Takes what stands at these places out of a resource.
fn without(mut resource: Value, places: &[String]) -> Value {
    for place in places {
        let (parent, name) = place.rsplit_once('/').unwrap();
        if let Some(Value::Object(parent)) = resource.pointer_mut(parent) {
            parent.remove(name);
        }
    }
    resource
}

fn patches() -> impl Iterator<Item = Operation> {
    let all = operations().into_iter();
    all.filter(|operation| operation.method == "PATCH")
}

/// One field alone: it changes, and nothing else does.
async fn one_field_alone(scene: &Scene, operation: &Operation, field: &str, schema: &Value) {
    let id = operation.id.as_str();
    let place = place(id, field);
    let before = scene.whole(operation).await;
    let present = before.pointer(&place).cloned().unwrap_or_default();
    let value = scene.special(id, field);
    let value = value.unwrap_or_else(|| sample(&scene.schema(schema), &present));
    let mut body = with(id, field);
    body[field] = value.clone();
    let answer = scene.patch(operation, &body).await;
    assert_eq!(answer.status, 200, "{id} {field}: {:#}", answer.body);
    let after = scene.whole(operation).await;
    assert_ne!(etag(&after), etag(&before), "{id} {field}: no new version");
    if (id, field) != ("excuse_research", "exempt") && field != "starts_at" {
        assert_eq!(after.pointer(&place), Some(&value), "{id} {field}");
    }
    assert_ne!(after.pointer(&place), Some(&present), "{id} {field}");
    let follow = follows(id, field).iter().map(|place| (*place).to_owned());
    let places: Vec<_> = follow.chain([place]).collect();
    assert_eq!(
        settled(without(after, &places)),
        settled(without(before, &places)),
        "{id} {field} changed something else"
    );
}

/// The same value again, and no value at all: nothing is written, and nobody is told.
async fn nothing_changes(scene: &Scene, operation: &Operation, body: &Value) {
    let (id, told) = (operation.id.as_str(), scene.told());
    let before = scene.whole(operation).await;
    let answer = scene.patch(operation, body).await;
    assert_eq!(answer.status, 200, "{id} {body}: {:#}", answer.body);
    assert_eq!(scene.whole(operation).await, before, "{id} {body}");
    let tag = before["etag"].as_str();
    assert_eq!(answer.header("etag"), tag, "{id} {body}");
    assert_eq!(scene.told(), told, "{id} {body} told somebody");
}

/// Null: the field is cleared and nothing else changes, or it is refused with its place.
async fn null_clears_or_is_refused(scene: &Scene, operation: &Operation, field: &str) {
    let id = operation.id.as_str();
    let before = scene.whole(operation).await;
    let answer = scene.patch(operation, &json!({ field: null })).await;
    let after = scene.whole(operation).await;
    let place = place(id, field);
    if answer.status == 422 {
        let refused = answer.body["errors"][0]["pointer"].as_str();
        assert_eq!(refused, Some(format!("/{field}").as_str()), "{id} {field}");
        assert_eq!(after, before, "{id} {field}");
        return;
    }
    assert_eq!(answer.status, 200, "{id} {field}: {:#}", answer.body);
    let left = after.pointer(&place).unwrap_or(&Value::Null);
    assert!(
        *left == Value::Null || *left == json!([]),
        "{id} {field}: {left}"
    );
    let follow = follows(id, field).iter().map(|place| (*place).to_owned());
    let places: Vec<_> = follow.chain([place]).collect();
    assert_eq!(
        settled(without(after, &places)),
        settled(without(before, &places)),
        "{id} {field}: null changed something else"
    );
}

#[actix_web::test]
async fn a_body_with_one_field_changes_that_field_alone() {
    let scene = Scene::set().await;
    for operation in patches() {
        nothing_changes(&scene, &operation, &json!({})).await;
        for (field, schema) in scene.fields(&operation) {
            let inner = scene.schema(&schema);
            if inner["properties"].is_object() {
                continue;
            }
            one_field_alone(&scene, &operation, &field, &schema).await;
            let place = place(&operation.id, &field);
            let now = scene.whole(&operation).await;
            let now = now.pointer(&place).cloned().unwrap_or_default();
            if !now.is_null() && operation.id != "excuse_research" {
                nothing_changes(&scene, &operation, &json!({ field.as_str(): now })).await;
            }
            null_clears_or_is_refused(&scene, &operation, &field).await;
        }
    }
}

/// The leaves of an object's schema, as paths of names.
fn leaves(scene: &Scene, schema: &Value, path: &[String], out: &mut Vec<(Vec<String>, Value)>) {
    for (name, schema) in schema["properties"].as_object().unwrap() {
        let (schema, mut path) = (scene.schema(schema), path.to_vec());
        path.push(name.clone());
        match schema["properties"].is_object() {
            true => leaves(scene, &schema, &path, out),
            false => out.push((path, schema)),
        }
    }
}

/// An object that holds a value at a path.
fn at(path: &[String], value: Value) -> Value {
    path.iter()
        .rev()
        .fold(value, |value, name| json!({ name: value }))
}

#[actix_web::test]
async fn a_body_with_one_leaf_of_a_nested_object_changes_that_leaf_alone() {
    let scene = Scene::set().await;
    let mut walked = 0;
    for operation in patches() {
        let id = operation.id.as_str();
        let mut found = Vec::new();
        for (field, schema) in scene.fields(&operation) {
            let schema = scene.schema(&schema);
            if schema["properties"].is_object() {
                leaves(&scene, &schema, &[field], &mut found);
            }
        }
        for (path, schema) in found {
            let place = format!("/{}", path.join("/"));
            let before = scene.whole(&operation).await;
            let present = before.pointer(&place).unwrap().clone();
            nothing_changes(&scene, &operation, &at(&path, present.clone())).await;
            let null = scene.patch(&operation, &at(&path, Value::Null)).await;
            assert_eq!(null.status, 422, "{id} {place}");
            assert_eq!(null.body["errors"][0]["pointer"], place, "{id}");
            // One shape to write settings in, and one tool with a threshold: there is no other value.
            if ["/settings/version", "/settings/threshold_tool"].contains(&place.as_str()) {
                continue;
            }
            let value = match place.as_str() {
                // Not later than the day on which the list closes.
                "/settings/deadlines/circulation_working_days" => json!(7),
                _ => sample(&schema, &present),
            };
            let answer = scene.patch(&operation, &at(&path, value.clone())).await;
            assert_eq!(answer.status, 200, "{id} {place}: {:#}", answer.body);
            let after = scene.whole(&operation).await;
            assert_eq!(after.pointer(&place), Some(&value), "{id}");
            let places = [place.clone()];
            assert_eq!(
                settled(without(after, &places)),
                settled(without(before, &places)),
                "{id} {place} changed something else"
            );
            walked += 1;
        }
    }
    assert!(walked > 20, "{walked}");
}
