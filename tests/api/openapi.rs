//! The document that partners build against.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

fn committed() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json")
}

struct Operation {
    path: String,
    method: String,
    value: Value,
}

impl Operation {
    /// An empty requirement among the alternatives: no token is needed.
    fn is_public(&self) -> bool {
        let alternatives = self.value["security"].as_array();
        alternatives.is_some_and(|list| list.iter().any(|one| one == &Value::Object(Map::new())))
    }

    fn responses(&self) -> &Map<String, Value> {
        self.value["responses"].as_object().unwrap()
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&toldonce::app::document_text().unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, value) in methods.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                operations.push(Operation {
                    path: path.clone(),
                    method: method.clone(),
                    value: value.clone(),
                });
            }
        }
    }
    operations
}

#[test]
fn the_committed_document_is_the_one_the_routes_make() {
    let text = toldonce::app::document_text().unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(committed().parent().unwrap()).unwrap();
        std::fs::write(committed(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap_or_default();
    // Not assert_eq: the document is long, and how they differ shows in a diff of the file.
    assert!(
        kept == text,
        "openapi/openapi.json is not what the routes make: run `make openapi` and read the diff"
    );
}

#[test]
fn every_operation_says_what_it_is() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let (value, name) = (&operation.value, operation.name());
        let id = value["operationId"].as_str().unwrap_or_default();
        assert!(!id.is_empty(), "{name} has no operation_id");
        assert!(ids.insert(id.to_owned()), "{name}: `{id}` is taken");
        assert!(
            id.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "{name}: `{id}` is not snake_case"
        );
        let text = |field: &str| value[field].as_str().unwrap_or_default().trim().to_owned();
        assert!(
            !text("summary").is_empty() || !text("description").is_empty(),
            "{name} has no summary"
        );
        let tags = value["tags"].as_array().map_or(0, Vec::len);
        assert_eq!(tags, 1, "{name} needs one tag");
        assert!(
            operation
                .responses()
                .keys()
                .any(|status| status.starts_with('2')),
            "{name} documents no success"
        );
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{name}: parameter {} says nothing",
                parameter["name"]
            );
        }
    }
}

#[test]
fn every_operation_behind_sign_in_documents_its_refusals() {
    for operation in operations()
        .iter()
        .filter(|operation| !operation.is_public())
    {
        for status in ["401", "403"] {
            let name = operation.name();
            assert!(
                operation.responses().contains_key(status),
                "{name}: no {status}"
            );
        }
    }
}

#[test]
fn every_refusal_is_a_problem_document() {
    for operation in operations() {
        // A standard of its own says how a token is refused: RFC 6749 §5.2.
        let of_oauth = operation.value["operationId"] == "client_token";
        for (status, response) in operation.responses() {
            if of_oauth && ["400", "401"].contains(&status.as_str()) {
                let shape = &response["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(shape, "#/components/schemas/TokenRefusalOut");
                continue;
            }
            if status.starts_with(['4', '5']) {
                assert!(
                    response["content"]["application/problem+json"].is_object(),
                    "{}: {status} is no problem document",
                    operation.name()
                );
            }
        }
    }
}

#[test]
fn what_needs_no_token_is_on_the_list_and_nothing_else() {
    let documented: BTreeSet<String> = operations()
        .into_iter()
        .filter(|operation| operation.is_public() && operation.path.starts_with("/api/"))
        .map(|operation| operation.path)
        .collect();
    let listed: BTreeSet<String> = directory::auth::PUBLIC
        .iter()
        .map(|p| (*p).to_owned())
        .collect();
    assert_eq!(documented, listed);
}

#[test]
fn nothing_personal_is_asked_for_in_a_url() {
    let personal = [
        "name", "birth", "postcode", "phone", "email", "address", "search",
    ];
    for operation in operations() {
        for parameter in operation.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().unwrap_or_default();
            let in_url = parameter["in"] == "query" || parameter["in"] == "path";
            // An id names a row and tells nothing of it.
            let is_id = name == "id" || name.ends_with("_id");
            assert!(
                !in_url || is_id || !personal.iter().any(|word| name.contains(word)),
                "{}: `{name}` does not belong in a URL",
                operation.name()
            );
        }
    }
}
