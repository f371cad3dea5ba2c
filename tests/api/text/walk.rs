//! Every text of every body, every query, path and cursor, tried with everything that text must not be.

use std::num::NonZeroU32;

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::http::{MOST_BODY, most_bytes_of};
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::requests::{Document, Field, Kind, Request};
use crate::support::{Answer, Caller, TestApp, World, etag};

async fn app() -> TestApp {
    let many = NonZeroU32::new(10_000_000).unwrap();
    let limits = Limits {
        requests: many,
        searches: many,
    };
    TestApp::with(Clock::system(), limits).await
}

/// Somebody who may manage the MARAC, and the MARAC they manage.
struct Sender<'a> {
    caller: Caller<'a>,
    marac: Uuid,
    marac_etag: String,
}

impl<'a> Sender<'a> {
    async fn of(app: &'a TestApp, world: &World) -> Sender<'a> {
        let caller = app.as_(&world.administrator);
        let marac = caller
            .get(&format!("/maracs/{}", world.wcc))
            .await
            .expect(200);
        Sender {
            caller,
            marac: world.wcc,
            marac_etag: etag(&marac),
        }
    }

    /// Where a request goes: to things that are not there, but for the MARAC.
    fn path(&self, request: &Request) -> String {
        let mut path = request.path.trim_start_matches("/api/v1").to_owned();
        if path.starts_with("/maracs/{id}") {
            path = path.replace("{id}", &self.marac.to_string());
        }
        path = path
            .replace("{tool}", "safelives_dash")
            .replace("{version}", "1")
            .replace("{token}", "unknown");
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, &Uuid::nil().to_string());
        }
        path
    }

    async fn send(&self, request: &Request, body: &Value) -> Answer {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap();
        let caller = self.caller.clone().if_match(&self.marac_etag);
        let path = self.path(request);
        if !request.form {
            return caller.send(method, &path, Some(body.clone())).await;
        }
        let fields = body.as_object().unwrap().iter();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.map(|(name, value)| (name, value.as_str().unwrap())))
            .finish();
        let kind = "application/x-www-form-urlencoded";
        caller.send_raw(method, &path, kind, &form).await
    }
}

/// Texts that are refused, and why.
fn refused(field: &Field) -> Vec<(String, &'static str)> {
    let mut texts = Vec::new();
    let secret = field.kind == Kind::Secret;
    for code in (0..=0x1f_u32).chain(0x7f..=0x9f) {
        let c = char::from_u32(code).unwrap();
        let breaks = matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
        if secret || !breaks {
            texts.push((format!("a{c}b"), "control_character"));
        }
    }
    texts.push(("\0".to_owned(), "control_character"));
    if secret {
        texts.push(("😀".repeat(field.most + 1), "length"));
        return texts;
    }
    for blank in [
        "",
        " ",
        "\t",
        "\n\r\n",
        "\u{a0}",
        "\u{200b}\u{feff}",
        "\u{2800}",
        "\u{3164}",
        "\u{ffa0}",
        "\u{115f}\u{1160}",
        "\u{ad}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{2028}",
        "\u{85}",
        "\u{2060}",
    ] {
        texts.push((blank.to_owned(), "blank"));
    }
    texts.push(("a\u{ffff}".to_owned(), "noncharacter"));
    texts.push(("a\u{fdd0}".to_owned(), "noncharacter"));
    texts.push(("é".repeat(field.most + 1), "too_long"));
    if field.kind == Kind::Line {
        if field.most > 2 {
            for within in [
                "\n", "\r\n", "\r", "\t", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
            ] {
                texts.push((format!("a{within}b"), "one_line"));
            }
        }
        for c in "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}".chars() {
            texts.push((format!("a{c}"), "bidirectional_control"));
        }
    } else {
        let shown = format!("\u{202e}{}", "é".repeat(field.most - 1));
        texts.push((shown, "too_long"));
    }
    texts
}

/// Texts that are taken: at the limit after they were composed, with line breaks, decomposed.
fn taken(field: &Field) -> Vec<String> {
    if field.kind == Kind::Secret {
        return Vec::new();
    }
    let mut texts = vec![
        format!("  {}\u{200b}\r\n", "e\u{301}".repeat(field.most)),
        "😀".repeat(field.most),
    ];
    if field.most > 2 && field.kind == Kind::Text {
        texts.extend(
            [
                "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
            ]
            .map(|b| format!("a{b}b")),
        );
    }
    texts
}

fn of_text(code: &str) -> bool {
    [
        "blank",
        "one_line",
        "too_long",
        "control_character",
        "bidirectional_control",
        "noncharacter",
    ]
    .contains(&code)
}

fn events(app: &TestApp) -> i64 {
    #[derive(Row)]
    struct Row {
        n: i64,
    }
    let row: Row = sql("select count(*) as n from audit_events")
        .get_result(&mut app.owner())
        .unwrap();
    row.n
}

#[actix_web::test]
async fn every_text_of_every_body_is_refused_with_its_pointer_and_nothing_is_written() {
    let app = app().await;
    let world = World::make(&app);
    let sender = Sender::of(&app, &world).await;
    let document = Document::read();
    let before = events(&app);
    let (mut operations, mut tried) = (0, 0);
    for request in document
        .requests()
        .iter()
        .filter(|one| !one.fields.is_empty())
    {
        operations += 1;
        for field in &request.fields {
            for (text, code) in refused(field) {
                let body = document.body(&request.schema, &field.pointer, &json!(text));
                let answer = sender.send(request, &body).await;
                let said = (
                    &request.id,
                    &field.pointer,
                    text.escape_unicode().to_string(),
                );
                let expected = format!("{} {code}", field.pointer);
                if request.form {
                    assert!([400, 401].contains(&answer.status), "{said:?}");
                    assert!(
                        answer.body["error"].is_string(),
                        "{said:?} {:#}",
                        answer.body
                    );
                    continue;
                }
                assert_eq!(answer.status, 422, "{said:?} {:#}", answer.body);
                assert!(
                    answer.errors().contains(&expected),
                    "{said:?} {:#}",
                    answer.body
                );
                let mut errors = answer.body["errors"].as_array().unwrap().iter();
                let error = errors.find(|one| one["pointer"] == field.pointer.as_str());
                let error = error.unwrap();
                let limited = ["too_long", "length"].contains(&code);
                assert_eq!(
                    error["limit"].as_u64(),
                    limited.then_some(field.most as u64),
                    "{said:?}"
                );
                tried += 1;
            }
        }
    }
    assert!(
        operations > 60 && tried > 5000,
        "{operations} operations, {tried} texts"
    );
    // A change of a MARAC's settings is read when the settings are at hand: its refusals are recorded.
    let refusals = events(&app) - before;
    assert!(
        refusals < 1000,
        "{refusals} of {tried} reached the database"
    );
}

#[actix_web::test]
async fn every_text_that_is_allowed_is_taken_and_none_is_a_fault_of_ours() {
    let app = app().await;
    let world = World::make(&app);
    let sender = Sender::of(&app, &world).await;
    let document = Document::read();
    for request in document.requests() {
        // These end the walker's session or change who they are.
        if ["logout", "change_marac", "create_marac", "create_agency"]
            .contains(&request.id.as_str())
        {
            continue;
        }
        for field in &request.fields {
            for text in taken(field) {
                let body = document.body(&request.schema, &field.pointer, &json!(text));
                let answer = sender.send(&request, &body).await;
                let said = (
                    &request.id,
                    &field.pointer,
                    text.escape_unicode().to_string(),
                );
                assert!(answer.status < 500, "{said:?} {:#}", answer.body);
                let errors = answer.body["errors"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let found = errors.iter().find(|one| {
                    one["pointer"] == field.pointer.as_str()
                        && of_text(one["code"].as_str().unwrap())
                });
                assert_eq!(found, None, "{said:?}");
            }
        }
    }
}

fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[actix_web::test]
async fn every_text_of_a_query_is_refused_by_name() {
    let app = app().await;
    let world = World::make(&app);
    let sender = Sender::of(&app, &world).await;
    let document = Document::read();
    let mut names = std::collections::BTreeSet::new();
    for request in document.requests() {
        for field in &request.query {
            names.insert(field.pointer.clone());
            for (text, code) in refused(field) {
                let path = format!(
                    "{}?{}={}",
                    sender.path(&request),
                    field.pointer,
                    percent(&text)
                );
                let answer = sender.caller.get(&path).await;
                let said = (
                    &request.id,
                    &field.pointer,
                    text.escape_unicode().to_string(),
                );
                assert_eq!(answer.status, 400, "{said:?} {:#}", answer.body);
                assert_eq!(
                    answer.errors(),
                    [format!("{} {code}", field.pointer)],
                    "{said:?}"
                );
            }
        }
    }
    for name in ["cursor", "changed_after", "act"] {
        assert!(names.contains(name), "{names:?}");
    }
}

/// A cursor is a JSON value of ours, which anybody can take apart.
#[actix_web::test]
async fn a_cursor_with_control_characters_is_refused() {
    let app = app().await;
    let world = World::make(&app);
    let sender = Sender::of(&app, &world).await;
    let document = Document::read();
    let lists = document.requests();
    let lists = lists
        .iter()
        .filter(|one| one.query.iter().any(|field| field.pointer == "cursor"));
    let mut real = 0;
    for request in lists {
        let path = sender.path(request);
        let ask = |cursor: &str, more: &str| format!("{path}?cursor={cursor}{more}");
        let of_marac = format!("&marac_id={}", sender.marac);
        for made in [
            json!("\0"),
            json!(["\0", Uuid::nil()]),
            json!([Uuid::nil(), "\0"]),
            json!(["a\u{1}", "\0", 1]),
            json!({ "\0": "\0" }),
            json!([["\0"]]),
            json!("\u{85}"),
        ] {
            let cursor = URL_SAFE_NO_PAD.encode(made.to_string());
            for more in ["", &of_marac] {
                let answer = sender.caller.get(&ask(&cursor, more)).await;
                let said = (&request.id, &made, more);
                assert!(answer.status < 500, "{said:?} {:#}", answer.body);
            }
        }
        let first = sender.caller.get(&format!("{path}?limit=1")).await;
        let Some(cursor) = first.body["next_cursor"].as_str() else {
            continue;
        };
        let key: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
        let broken: Vec<_> = match key.as_array() {
            None => vec![json!("a\0b")],
            Some(parts) => (0..parts.len())
                .map(|at| {
                    let mut broken = key.clone();
                    broken[at] = json!("a\0b");
                    broken
                })
                .collect(),
        };
        for broken in broken {
            let cursor = URL_SAFE_NO_PAD.encode(broken.to_string());
            let answer = sender.caller.get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(answer.status, 400, "{} {:#}", request.id, answer.body);
            real += 1;
        }
    }
    assert!(real > 2, "{real} lists with a second page");
    // The one list whose cursor holds a word.
    let case = world.case(&app, "Amara Okafor", "Daniel Stone");
    let coordinator = app.as_(&world.coordinator);
    for (word, status) in [("a\0b", 400), ("a\u{1}b", 400), ("referral", 200)] {
        let key = json!(["2026-01-01T00:00:00Z", Uuid::nil(), word]);
        let cursor = URL_SAFE_NO_PAD.encode(key.to_string());
        let path = format!("/cases/{case}/timeline?cursor={cursor}");
        assert_eq!(coordinator.get(&path).await.status, status, "{word:?}");
    }
}

#[actix_web::test]
async fn nul_in_a_path_or_a_header_is_never_a_fault_of_ours() {
    let app = app().await;
    let world = World::make(&app);
    let sender = Sender::of(&app, &world).await;
    for request in Document::read().requests() {
        if !request.path.starts_with("/api/v1/") {
            continue;
        }
        let method = Method::from_bytes(request.method.as_bytes()).unwrap();
        let whole = request.path.trim_start_matches("/api/v1");
        for (at, _) in whole.match_indices('{') {
            for text in ["%00", "a%00b", "%E2%80%AE", "%20", "%ff"] {
                let end = at + whole[at..].find('}').unwrap();
                let path = format!("{}{text}{}", &whole[..at], &whole[end + 1..]);
                let path = sender.path(&Request {
                    path,
                    id: request.id.clone(),
                    method: request.method.clone(),
                    form: false,
                    schema: Value::Null,
                    fields: Vec::new(),
                    query: Vec::new(),
                });
                let answer = sender
                    .caller
                    .send(method.clone(), &path, Some(json!({})))
                    .await;
                assert!(
                    (400..500).contains(&answer.status),
                    "{method} {path} {}",
                    answer.status
                );
            }
        }
    }
    let body = json!({ "name": "One more agency", "kind": "housing" });
    for key in ["a\tb\tc\td\te", "short", "        ", "clé-clé-clé-clé"] {
        let caller = sender.caller.clone().with("idempotency-key", key);
        let answer = caller.post("/agencies", body.clone()).await;
        assert_eq!(answer.errors(), ["Idempotency-Key key"], "{key:?}");
    }
    let client = app.as_client(&world.client, None);
    for actor in [" ", "\t", "é", &"a".repeat(201)] {
        let caller = client.clone().with(kernel::caller::ACTOR_HEADER, actor);
        let answer = caller.get("/me").await;
        assert_eq!(answer.errors(), ["x-toldonce-actor actor"], "{actor:?}");
    }
}

#[actix_web::test]
async fn all_refused_texts_of_a_body_are_named_at_once() {
    let app = app().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    let body = json!({ "marac_id": world.wcc, "referral": {
        "referrer_contact": "\0",
        "survivor": { "identity": { "family_name": "CANARY\u{202e}", "aliases": ["ok", "\u{2800}"] },
            "contacts": [{ "kind": "phone", "value": "C".repeat(201) }] },
        "criteria": { "escalation_events": 100_000 },
    } });
    let answer = caller.post("/referrals", body).await;
    let expected = [
        "/referral/criteria/escalation_events range",
        "/referral/referrer_contact control_character",
        "/referral/survivor/contacts/0/value too_long",
        "/referral/survivor/identity/aliases/1 blank",
        "/referral/survivor/identity/family_name bidirectional_control",
    ];
    assert_eq!(answer.errors(), expected);
    assert!(!answer.body.to_string().contains("CANARY"));
    for broken in [
        r#"{"marac_id":"\ud800"}"#,
        r#"{"text":"\udc00\ud800"}"#,
        "{\"text\":\"\u{1}\"}",
        "\0",
        "\u{feff}{}",
    ] {
        let answer = caller
            .send_raw(Method::POST, "/referrals", "application/json", broken)
            .await;
        assert!(
            [400, 422].contains(&answer.status),
            "{broken:?} {}",
            answer.status
        );
    }
}

#[actix_web::test]
async fn a_body_may_be_as_long_as_all_its_fields_together() {
    let document = Document::read();
    let mut cut = std::collections::BTreeSet::new();
    for request in document.requests() {
        if request.schema.is_null() {
            continue;
        }
        let most = most_bytes_of(&request.schema, &|name| document.named(name));
        assert_eq!(
            document.said_of_length(&request),
            format!("At most {most} bytes.")
        );
        let full = escaped(&document.full(&request.schema));
        if most == MOST_BODY {
            cut.insert(request.id);
        } else {
            assert!(
                full.len() <= most,
                "{}: {} of {most}",
                request.id,
                full.len()
            );
        }
    }
    // Their lists are sent in parts.
    let parted = ["correct_minutes", "return_research_list"].map(str::to_owned);
    assert_eq!(cut, parted.into());

    let app = app().await;
    let world = World::make(&app);
    let caller = app.as_(&world.officer);
    let text = "😀".repeat(4000);
    let account: serde_json::Map<_, _> = [
        "who_else_is_affected",
        "what_is_feared",
        "what_is_needed_now",
    ]
    .into_iter()
    .map(|name| (name.to_owned(), json!(text)))
    .collect();
    let body = json!({ "marac_id": world.wcc, "draft": true, "referral": { "account": account } });
    let (raw, kind) = (escaped(&body), "application/json");
    assert!(raw.len() > 128 * 1024);
    let answer = caller
        .send_raw(Method::POST, "/referrals", kind, &raw)
        .await;
    assert_eq!(
        answer.expect(201)["referral"]["account"]["what_is_feared"],
        text
    );
    let request = document
        .requests()
        .into_iter()
        .find(|one| one.id == "step_up")
        .unwrap();
    let most = most_bytes_of(&request.schema, &|name| document.named(name));
    let long = format!("{{\"password\":\"a\"{}}}", " ".repeat(most));
    let answer = caller
        .send_raw(Method::POST, "/auth/step-up", kind, &long)
        .await;
    assert_eq!((answer.status, answer.code()), (413, "too_large"));
}

/// JSON in which everything that is not ASCII is written as escapes, as many writers do.
fn escaped(body: &Value) -> String {
    let mut out = String::new();
    for c in body.to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
