//! How an answer says which of its parts are damaged.

use std::cell::RefCell;
use std::collections::BTreeSet;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Content, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::crypto::damage::Damage;

tokio::task_local! {
    static TOLD: RefCell<Vec<Damage>>;
}

/// A part that could not be read. Its words in the answer are `[damaged: this could not be read]`, and what
/// is optional in it is not there. Nothing is written over it unless it is sent whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DamagedPart {
    /// Which kind of part: the table it is kept in.
    #[schema(example = "party_addresses")]
    pub part: &'static str,
    /// Which group of its fields.
    #[schema(example = "sealed")]
    pub field: &'static str,
    /// The part's id.
    pub id: Uuid,
}

impl From<&Damage> for DamagedPart {
    fn from(damage: &Damage) -> Self {
        Self {
            part: damage.place.table,
            field: damage.place.column,
            id: damage.place.row,
        }
    }
}

/// Tells the request under way what its transaction has found.
pub(crate) fn told(found: Vec<Damage>) {
    // Outside of a request there is nobody to tell.
    let _ = TOLD.try_with(|told| told.borrow_mut().extend(found));
}

/// Middleware: an answer made with damaged parts names them in `damaged`, and each of them says so.
pub async fn collect(
    request: ServiceRequest,
    next: actix_web::middleware::Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<actix_web::body::BoxBody>, actix_web::Error> {
    TOLD.scope(RefCell::default(), async move {
        let response = next.call(request).await?;
        let found = TOLD.with(RefCell::take);
        let is_json = response.headers().get(CONTENT_TYPE);
        let is_json = is_json.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if found.is_empty() || !is_json || !response.status().is_success() {
            return Ok(response.map_into_boxed_body());
        }
        let (request, response) = response.into_parts();
        let (mut response, body) = response.into_parts();
        let bytes = to_bytes(body).await.unwrap_or_default();
        let bytes = marked(&bytes, &found).unwrap_or(bytes.into());
        response.headers_mut().remove(CONTENT_LENGTH);
        let response = response.set_body(actix_web::body::BoxBody::new(bytes));
        Ok(ServiceResponse::new(request, response))
    })
    .await
}

fn marked(bytes: &[u8], found: &[Damage]) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(bytes).ok()?;
    // What was only compared with, in files that the answer does not show, is nothing for its reader to know.
    let shown = |damage: &&Damage| {
        let ids = [damage.place.row, damage.owner];
        ids.iter().any(|id| names(&answer, &id.to_string()))
    };
    let parts: Vec<DamagedPart> = found.iter().filter(shown).map(DamagedPart::from).collect();
    if parts.is_empty() {
        return None;
    }
    for part in &parts {
        mark(&mut answer, &part.id.to_string());
    }
    answer
        .as_object_mut()?
        .insert("damaged".into(), json!(parts));
    serde_json::to_vec(&answer).ok()
}

/// Whether this id stands anywhere in the answer.
fn names(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id,
        Value::Array(parts) => parts.iter().any(|part| names(part, id)),
        Value::Object(fields) => fields.values().any(|field| names(field, id)),
        _ => false,
    }
}

/// The part itself says that it is damaged.
fn mark(value: &mut Value, id: &str) {
    match value {
        Value::Array(parts) => parts.iter_mut().for_each(|part| mark(part, id)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| mark(field, id));
            let own = ["id", "party_id", "exclusion_id"];
            if own
                .iter()
                .any(|name| fields.get(*name).and_then(Value::as_str) == Some(id))
            {
                fields.insert("is_damaged".into(), true.into());
            }
        }
        _ => {}
    }
}

/// Writes `damaged` into the shape of every answer that is an object. What is also sent as a body holds
/// nothing that is sealed.
pub fn describe(document: &mut utoipa::openapi::OpenApi) {
    let (mut names, mut sent) = (BTreeSet::new(), BTreeSet::new());
    for item in document.paths.paths.values() {
        let operations = [&item.get, &item.post, &item.put, &item.patch];
        let bodies = operations.iter().filter_map(|one| one.as_ref());
        let bodies = bodies.filter_map(|one| one.request_body.as_ref());
        sent.extend(bodies.filter_map(|body| match body {
            RefOr::T(body) => named(body.content.get("application/json")?),
            RefOr::Ref(_) => None,
        }));
        let responses = operations
            .into_iter()
            .flatten()
            .flat_map(|one| one.responses.responses.iter());
        for (status, response) in responses {
            let RefOr::T(response) = response else {
                continue;
            };
            let json = response.content.get("application/json");
            if status.starts_with('2') {
                names.extend(json.and_then(named));
            }
        }
    }
    let Some(components) = document.components.as_mut() else {
        return;
    };
    let (name, schema) = (DamagedPart::name().into_owned(), DamagedPart::schema());
    let damaged = ArrayBuilder::new()
        .items(Ref::from_schema_name(&name))
        .description(Some(
            "Parts of this answer that could not be read; left out where there are none. Each of \
                 them has `is_damaged`: true.",
        ));
    let damaged: RefOr<Schema> = damaged.into();
    for name in names.difference(&sent) {
        if let Some(RefOr::T(schema)) = components.schemas.get_mut(name) {
            add(schema, &damaged);
        }
    }
    components.schemas.insert(name, schema);
}

/// The name of the shape, if it has one.
fn named(content: &RefOr<Content>) -> Option<String> {
    let RefOr::T(content) = content else {
        return None;
    };
    match content.schema.as_ref()? {
        RefOr::Ref(name) => name.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}

fn add(schema: &mut Schema, damaged: &RefOr<Schema>) {
    match schema {
        Schema::Object(object) if !object.properties.is_empty() => {
            object.properties.insert("damaged".into(), damaged.clone());
        }
        Schema::AllOf(all) => {
            for one in &mut all.items {
                if let RefOr::T(schema) = one {
                    add(schema, damaged);
                }
            }
        }
        _ => {}
    }
}
