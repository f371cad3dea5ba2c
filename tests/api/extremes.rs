//! No date and no time of any request can be one that nobody means: every one in the document is tried.

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::sql::{Row, sql};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::{TestApp, World};

/// Where a date stands in a request.
struct Place {
    operation: String,
    method: Method,
    path: String,
    /// The names on the way to it in the body; of a query parameter its name alone. `None` is an array.
    way: Vec<Option<String>>,
    in_query: bool,
    is_moment: bool,
}

impl Place {
    fn pointer(&self) -> String {
        let names = self.way.iter().map(|name| name.as_deref().unwrap_or("0"));
        match self.in_query {
            true => names.collect(),
            false => names.map(|name| format!("/{name}")).collect(),
        }
    }

    /// A body with nothing but this date.
    fn body(&self, value: &str) -> Value {
        let bottom = Value::String(value.to_owned());
        self.way
            .iter()
            .rev()
            .fold(bottom, |inner, name| match name {
                Some(name) => Value::Object(Map::from_iter([(name.clone(), inner)])),
                None => json!([inner]),
            })
    }
}

fn document() -> Value {
    serde_json::from_str(&toldonce::app::document_text().unwrap()).unwrap()
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(name) => {
            let name = name.rsplit('/').next().unwrap();
            resolved(document, &document["components"]["schemas"][name])
        }
        None => schema,
    }
}

type Way = Vec<Option<String>>;

/// Every date below a schema: the way to it, and whether it is a moment.
fn dates(document: &Value, schema: &Value, way: &Way, found: &mut Vec<(Way, bool)>) {
    assert!(way.len() < 16, "a schema that holds itself: {way:?}");
    let schema = resolved(document, schema);
    match schema["format"].as_str() {
        Some("date") => found.push((way.clone(), false)),
        Some("date-time") => found.push((way.clone(), true)),
        _ => {}
    }
    for combined in ["oneOf", "anyOf", "allOf"] {
        for one in schema[combined].as_array().into_iter().flatten() {
            dates(document, one, way, found);
        }
    }
    let below = |step| way.iter().cloned().chain([step]).collect::<Way>();
    if schema["items"].is_object() {
        dates(document, &schema["items"], &below(None), found);
    }
    for (name, one) in schema["properties"].as_object().into_iter().flatten() {
        dates(document, one, &below(Some(name.clone())), found);
    }
}

/// Every date that any operation takes.
fn places() -> Vec<Place> {
    let document = document();
    let mut places = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let mut found = Vec::new();
            for content in operation["requestBody"]["content"]
                .as_object()
                .into_iter()
                .flatten()
            {
                let mut in_body = Vec::new();
                dates(&document, &content.1["schema"], &Vec::new(), &mut in_body);
                found.extend(
                    in_body
                        .into_iter()
                        .map(|(way, moment)| (way, moment, false)),
                );
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap().to_owned();
                let mut in_query = Vec::new();
                dates(
                    &document,
                    &parameter["schema"],
                    &vec![Some(name)],
                    &mut in_query,
                );
                found.extend(
                    in_query
                        .into_iter()
                        .map(|(way, moment)| (way, moment, true)),
                );
            }
            places.extend(found.into_iter().map(|(way, is_moment, in_query)| Place {
                operation: id.to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: filled(path),
                way,
                in_query,
                is_moment,
            }));
        }
    }
    places
}

/// The path with an id in each place.
fn filled(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |path, part| {
        format!("{path}{}{}", Uuid::nil(), part.split_once('}').unwrap().1)
    })
}

/// Dates that are out of every range, and the code each is refused with.
const EXTREMES: [(&str, &str); 14] = [
    ("0000-01-01", "date_out_of_range"),
    ("-0044-03-15", "date_out_of_range"),
    ("0044-03-15", "date_out_of_range"),
    ("1879-12-31", "date_out_of_range"),
    ("9999-12-31", "date_out_of_range"),
    ("2200-01-01", "date_out_of_range"),
    ("262142-12-31", "date_out_of_range"),
    ("+262142-12-31", "date_out_of_range"),
    ("+10000-01-01", "date_out_of_range"),
    ("2025-02-29", "wrong_type"),
    ("1900-02-29", "wrong_type"),
    ("2026-04-31", "wrong_type"),
    ("infinity", "wrong_type"),
    ("2026-01-01 BC", "wrong_type"),
];

/// Every row of every table, as one value.
fn everything(app: &TestApp) -> String {
    #[derive(Row)]
    struct Table {
        name: String,
    }
    #[derive(Row)]
    struct Rows {
        n: i64,
    }
    let mut conn = app.owner();
    let tables: Vec<Table> =
        sql("select tablename::text as name from pg_tables where schemaname = 'public' order by 1")
            .load(&mut conn)
            .unwrap();
    let count = |table: Table| {
        let text = format!("select count(*) as n from {}", table.name);
        let rows: Rows = diesel::sql_query(text).get_result(&mut conn).unwrap();
        format!("{} {}\n", table.name, rows.n)
    };
    tables.into_iter().map(count).collect()
}

/// A day that is refused may not leave a row; one that is no day either.
#[actix_web::test]
async fn every_date_of_every_operation_is_held_to_its_range() {
    let app = TestApp::with(Clock::system(), Limits::default()).await;
    let world = World::make(&app);
    let caller = app.as_(&world.coordinator).if_match("\"1\"");
    let before = everything(&app);
    let places = places();
    assert!(places.len() > 60, "{}", places.len());
    let mut wrong = Vec::new();
    for place in &places {
        for (extreme, code) in EXTREMES {
            let value = match place.is_moment {
                true => format!("{extreme}T23:59:59Z"),
                false => extreme.to_owned(),
            };
            let (answer, status) = match place.in_query {
                true => {
                    let value: String = form_urlencoded(&value);
                    let path = format!("{}?{}={value}", place.path, place.pointer());
                    (caller.send(place.method.clone(), &path, None).await, 400)
                }
                false => {
                    let body = Some(place.body(&value));
                    (
                        caller.send(place.method.clone(), &place.path, body).await,
                        422,
                    )
                }
            };
            let wanted = vec![format!("{} {code}", place.pointer())];
            if (answer.status, answer.errors()) != (status, wanted) {
                let (operation, found) = (&place.operation, answer.errors());
                let at = place.pointer();
                wrong.push(format!(
                    "{operation} {at} {value}: {} {found:?}",
                    answer.status
                ));
            }
            assert!(
                !answer.body.to_string().contains(&value),
                "{}",
                place.operation
            );
        }
    }
    assert!(wrong.is_empty(), "{} places: {wrong:#?}", places.len());
    assert_eq!(everything(&app), before);
}

fn form_urlencoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A cursor comes from the caller, whatever it says of itself.
#[actix_web::test]
async fn a_date_in_a_cursor_is_held_to_a_range_too() {
    let app = TestApp::with(Clock::system(), Limits::default()).await;
    let world = World::make(&app);
    let document = document();
    let id = Uuid::now_v7();
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        let names: Vec<_> = parameters.filter_map(|one| one["name"].as_str()).collect();
        let cursors = ["cursor", "changed_after"];
        for name in cursors.iter().filter(|name| names.contains(*name)) {
            tried += 1;
            for extreme in ["-0044-03-15", "+262142-12-31", "9999-12-31", "0001-01-01"] {
                let moment = format!("{extreme}T23:59:59Z");
                for key in [
                    json!([extreme, id]),
                    json!([moment, id]),
                    json!([moment, id, "told"]),
                    json!([false, moment, id]),
                    json!([extreme, id, extreme]),
                    json!([moment]),
                    json!(moment),
                    json!({"at": moment, "id": id}),
                ] {
                    let cursor = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&key).unwrap());
                    let path = format!("{}?{name}={cursor}", filled(path));
                    for person in [&world.coordinator, &world.administrator, &world.housing_rep] {
                        let answer = app.as_(person).get(&path).await;
                        assert!(answer.status < 500, "{path} {key}: {:#}", answer.body);
                        assert_ne!(answer.status, 200, "{path} {key}");
                    }
                }
            }
        }
    }
    assert!(tried > 15, "{tried}");
}

/// Every date in a request is of a type of `dates`; a bare one of a shape that is read would not be checked.
#[test]
fn no_request_shape_holds_a_bare_date() {
    let files = crate::source::files();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (start, _) in text.match_indices("#[derive(") {
            let derived = text[start..].split(')').next().unwrap();
            let is_request = derived.contains("Deserialize")
                && (derived.contains("Validate") || derived.contains("IntoParams"));
            let rest = &text[start..];
            let Some(body) = rest.find("{\n").map(|at| &rest[at..]) else {
                continue;
            };
            let body = body.split("\n}").next().unwrap();
            let bare = ["NaiveDate", "DateTime<", "NaiveTime"];
            if is_request && bare.iter().any(|bare| body.contains(bare)) {
                found.push(format!(
                    "{}: {}",
                    file.display(),
                    body.lines().nth(1).unwrap_or("")
                ));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Sums of days overflow where nobody looks: only what is counted from now may be added to.
#[test]
fn dates_are_added_to_where_they_cannot_overflow() {
    let files = crate::source::files();
    let mut found = Vec::new();
    for file in files {
        let path = file.display().to_string();
        if path.contains("/demo/") || path.ends_with("tests.rs") || path.contains("/tests/") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            for unit in ["TimeDelta::", "Days::", "Months::"] {
                for sign in [" + ", " - "] {
                    let sum = format!("{sign}{unit}");
                    let before = line.split(&sum).next().unwrap_or("");
                    if line.contains(&sum) && !before.ends_with("now") {
                        found.push(format!("{path}:{}", number + 1));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// What is far away, and what lies at the edge of a day, is read as what it is.
#[actix_web::test]
async fn a_meeting_is_within_five_years_and_an_action_within_ten() {
    let app = TestApp::with(Clock::system(), Limits::default()).await;
    let world = World::make(&app);
    let coordinator = app.as_(&world.coordinator);
    let meeting = |at: chrono::DateTime<chrono::Utc>| json!({"marac_id": world.wcc, "kind": "scheduled", "starts_at": at, "mode": "online"});
    let years = |n: i64| app.now() + TimeDelta::days(366 * n);
    let far = coordinator.post("/meetings", meeting(years(6))).await;
    assert_eq!(far.errors(), ["/starts_at date_out_of_range"]);
    coordinator
        .post("/meetings", meeting(years(4)))
        .await
        .expect(201);
    let leap = json!({"marac_id": world.wcc, "kind": "scheduled", "starts_at": "2027-06-30T23:59:60+23:59",
        "mode": "online"});
    coordinator.post("/meetings", leap).await.expect(201);
}

#[actix_web::test]
async fn a_period_that_ends_before_it_begins_is_refused() {
    let app = TestApp::with(Clock::system(), Limits::default()).await;
    let world = World::make(&app);
    let document = document();
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"].as_array();
        let names: Vec<_> = parameters
            .into_iter()
            .flatten()
            .filter_map(|one| one["name"].as_str())
            .collect();
        if names.contains(&"from") && names.contains(&"to") {
            tried += 1;
            let path = format!(
                "{}?marac_id={}&from=2026-05-02&to=2026-05-01",
                filled(path),
                world.wcc
            );
            let answer = app.as_(&world.coordinator).get(&path).await;
            assert_eq!(
                (answer.status, answer.errors()),
                (400, vec!["to before_from".to_owned()]),
                "{path}"
            );
        }
    }
    assert!(tried >= 2, "{tried}");
}

/// The database refuses what the edge would.
#[test]
fn every_column_of_days_is_held_to_its_range_by_the_database() {
    #[derive(Debug, Row)]
    struct Column {
        name: String,
    }
    let db = crate::support::TestDb::create();
    let open: Vec<Column> = sql(
        "select a.attrelid::regclass::text || '.' || a.attname as name from pg_attribute a \
         join pg_class t on t.oid = a.attrelid and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace \
         where a.attnum > 0 and not a.attisdropped and (a.atttypid = 'date'::regtype \
             or (a.atttypid = 'timestamptz'::regtype and a.attname in ('starts_at', 'ends_at', 'access_ends_at'))) \
           and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' \
             and c.conkey = array[a.attnum] and c.conname like '%\\_in\\_range' and c.convalidated) order by 1",
    )
    .load(&mut db.owner())
    .unwrap();
    let open: Vec<_> = open.into_iter().map(|column| column.name).collect();
    // What waits there becomes a grant, whose end is held to its range.
    assert_eq!(open, ["pending_grants.ends_at"]);
}
