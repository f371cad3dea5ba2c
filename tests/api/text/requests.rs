//! Requests made from the document: the texts of each body, and bodies that hold one of them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a text is, by the name of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Line,
    Secret,
}

/// A text of a request.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its pointer in the body, or its name in the query.
    pub pointer: String,
    pub kind: Kind,
    pub most: usize,
}

/// An operation and the texts of its body and query.
pub struct Request {
    pub id: String,
    pub method: String,
    pub path: String,
    pub form: bool,
    pub schema: Value,
    pub fields: Vec<Field>,
    pub query: Vec<Field>,
}

pub struct Document(Value);

impl Document {
    pub fn read() -> Self {
        let text = toldonce::app::document_text().unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// The schema behind references and behind "or null", with the name of its last reference.
    pub fn resolved<'d>(&'d self, mut schema: &'d Value) -> (&'d Value, &'d str) {
        let mut name = "";
        loop {
            if let Some(reference) = schema["$ref"].as_str() {
                name = reference.rsplit('/').next().unwrap();
                schema = &self.0["components"]["schemas"][name];
            } else if let Some(one) = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| {
                let mut parts = schema[*key].as_array()?.iter();
                parts.find(|part| part["type"] != "null")
            }) {
                schema = one;
            } else {
                return (schema, name);
            }
        }
    }

    pub fn requests(&self) -> Vec<Request> {
        let mut found = Vec::new();
        for (path, methods) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let Some(id) = operation["operationId"].as_str() else {
                    continue;
                };
                let content = operation["requestBody"]["content"].as_object();
                let (media, schema) = content
                    .and_then(|content| content.iter().next())
                    .map(|(media, content)| (media.as_str(), content["schema"].clone()))
                    .unwrap_or_default();
                let mut fields = Vec::new();
                self.texts(&schema, "", &mut fields);
                let mut query = Vec::new();
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    if parameter["in"] == "query" {
                        let name = parameter["name"].as_str().unwrap();
                        self.texts(&parameter["schema"], name, &mut query);
                    }
                }
                found.push(Request {
                    id: id.to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    form: media.contains("form"),
                    schema,
                    fields,
                    query,
                });
            }
        }
        found
    }

    /// Every text below a schema. What is a string and neither a text, nor of a closed list, nor an id or
    /// a date, is a fault of the document.
    fn texts(&self, schema: &Value, at: &str, found: &mut Vec<Field>) {
        let (schema, name) = self.resolved(schema);
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            self.texts(inner, &format!("{at}/{field}"), found);
        }
        if let Some(items) = schema.get("items") {
            let (inner, _) = self.resolved(items);
            let bounded = schema["maxItems"].is_u64() || inner["enum"].is_array();
            assert!(bounded, "{at}: a list of a request says how many it takes");
            self.texts(items, &format!("{at}/0"), found);
        }
        if !is(schema, "string") || schema["enum"].is_array() {
            return;
        }
        if ["uuid", "date", "date-time"]
            .iter()
            .any(|format| schema["format"] == *format)
        {
            return;
        }
        let kinds = [
            ("Text", Kind::Text),
            ("Line", Kind::Line),
            ("Secret", Kind::Secret),
        ];
        let kind = kinds.into_iter().find(|(begin, _)| {
            let rest = name.strip_prefix(begin).unwrap_or_default();
            rest.starts_with(|first: char| first.is_ascii_digit())
        });
        let (_, kind) =
            kind.unwrap_or_else(|| panic!("{at}: a bare string in a request: {schema}"));
        found.push(Field {
            pointer: at.to_owned(),
            kind,
            most: usize::try_from(schema["maxLength"].as_u64().unwrap()).unwrap(),
        });
    }

    /// The smallest body that the document allows and that holds `value` at `pointer`.
    pub fn body(&self, schema: &Value, pointer: &str, value: &Value) -> Value {
        let (schema, _) = self.resolved(schema);
        if pointer.is_empty() {
            return value.clone();
        }
        let rest = &pointer[1..];
        let (step, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if let Some(items) = schema.get("items") {
            return json!([self.body(items, below, value)]);
        }
        let mut body = self.sample(schema);
        body[step] = self.body(&schema["properties"][step], below, value);
        body
    }

    /// The smallest value of a schema.
    pub fn sample(&self, schema: &Value) -> Value {
        let (schema, _) = self.resolved(schema);
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        if is(schema, "object") {
            let mut body = Map::new();
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                body.insert(name.to_owned(), self.sample(&schema["properties"][name]));
            }
            return Value::Object(body);
        }
        if is(schema, "array") {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            return (0..least).map(|_| self.sample(&schema["items"])).collect();
        }
        if is(schema, "boolean") {
            return json!(false);
        }
        if is(schema, "integer") || is(schema, "number") {
            return json!(schema["minimum"].as_i64().unwrap_or(1));
        }
        match schema["format"].as_str() {
            Some("uuid") => json!(Uuid::nil()),
            Some("date") => json!("2020-01-01"),
            Some("date-time") => json!("2020-01-01T00:00:00Z"),
            _ => json!("a".repeat(schema["minLength"].as_u64().unwrap_or(1) as usize)),
        }
    }

    /// A body of a schema with every field, and one part in every list.
    pub fn one_of_each(&self, schema: &Value) -> Value {
        let (schema, _) = self.resolved(schema);
        let properties = schema["properties"].as_object();
        if let Some(properties) = properties.filter(|_| is(schema, "object")) {
            let fields = properties.iter();
            let fields = fields.map(|(name, one)| (name.clone(), self.one_of_each(one)));
            return Value::Object(fields.collect());
        }
        match is(schema, "array") {
            true => json!([self.one_of_each(&schema["items"])]),
            false => self.sample(schema),
        }
    }

    /// The largest body of a schema: every field, every list full, every text full of a character that
    /// takes most bytes.
    pub fn full(&self, schema: &Value) -> Value {
        let (schema, _) = self.resolved(schema);
        let properties = schema["properties"].as_object();
        if let Some(properties) = properties.filter(|_| is(schema, "object")) {
            let fields = properties
                .iter()
                .map(|(name, one)| (name.clone(), self.full(one)));
            return Value::Object(fields.collect());
        }
        if is(schema, "array") {
            let most = schema["maxItems"].as_u64().unwrap_or(1);
            return (0..most).map(|_| self.full(&schema["items"])).collect();
        }
        match schema["maxLength"].as_u64() {
            Some(most) => json!("😀".repeat(most as usize)),
            None => self.sample(schema),
        }
    }

    /// A component's schema by its name.
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.0["components"]["schemas"].get(name)
    }

    /// What the document says of the length of a body.
    pub fn said_of_length(&self, request: &Request) -> &str {
        let operation = &self.0["paths"][&request.path][request.method.to_lowercase()];
        operation["requestBody"]["description"]
            .as_str()
            .unwrap_or_default()
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}
