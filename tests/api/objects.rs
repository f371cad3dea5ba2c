//! A list in the place of an object is refused, wherever a body may hold one: found from the document.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::access::{Stage, Target, operations};
use crate::support::etag;
use crate::text::requests::Document;

/// The pointers of every object of a body.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            for (name, field) in fields {
                objects(field, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[actix_web::test]
async fn a_list_stands_for_no_object_in_any_body() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let caller = stage.app.as_(&stage.world.administrator);
    let marac = caller.get(&format!("/maracs/{}", things.marac)).await;
    // Settings are read when those in force are at hand: their version is the right one.
    let caller = caller.if_match(&etag(&marac.expect(200)));
    let document = Document::read();
    let operations = operations();
    let (mut tried, mut nested) = (0, 0);
    for request in document.requests() {
        if request.schema.is_null() || request.form {
            continue;
        }
        let operation = operations.iter().find(|one| one.id == request.id).unwrap();
        let method = Method::from_bytes(request.method.as_bytes()).unwrap();
        let whole = document.one_of_each(&request.schema);
        let mut found = Vec::new();
        objects(&whole, "", &mut found);
        for pointer in found {
            let place = whole.pointer(&pointer).unwrap();
            let values: Vec<Value> = place.as_object().unwrap().values().cloned().collect();
            for list in [json!([]), Value::Array(values)] {
                let body = document.body(&request.schema, &pointer, &list);
                let uri = operation.uri_of(things);
                let answer = caller.send(method.clone(), &uri, Some(body)).await;
                let said = format!("{} {pointer}: {:#}", request.id, answer.body);
                assert_eq!(answer.status, 422, "{said}");
                let at = answer.errors();
                assert!(at.contains(&format!("{pointer} wrong_type")), "{said}");
                tried += 1;
                nested += usize::from(!pointer.is_empty());
            }
        }
    }
    assert!(
        tried > 150 && nested > 50,
        "{tried}, {nested} of them below"
    );
}
