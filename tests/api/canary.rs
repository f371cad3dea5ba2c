//! Nothing leaks (design section 7), over the wire: the real program at its most talkative, its
//! metrics, every header and every refusal, while people of a case, and all that is said of them,
//! are called by a word that nobody else says.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::process::Command;

use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use serde_json::{Value, json};
use toldonce::install;
use uuid::Uuid;

use crate::access::{Operation, Stage, Target, operations};
use crate::leak::told;
use crate::support::program::{Folder, Service, exchange, free_port};
use crate::support::{Caller, TestApp, TestDb, etag, id, owner_binaries};

/// Said of the people of cases. Short enough for a postcode.
const CANARY: &str = "zanzibar";
/// Said where accounts and agencies are set up, whose names their colleagues read.
const PLAIN: &str = "quagga";

/// Whether the text says the word: as it is, in hexadecimal, or within base64 as cursors are.
fn says(text: &str, word: &str) -> bool {
    let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    let lower = text.to_lowercase();
    lower.contains(word) || lower.contains(&hex) || in_base64(word).iter().any(|b| text.contains(b))
}

/// What of the word shows in base64, wherever in the three bytes of a group it begins.
fn in_base64(word: &str) -> [String; 3] {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    [0, 1, 2].map(|before| {
        let bits = std::iter::repeat_n(0u8, before).chain(word.bytes());
        let bits: String = bits.map(|byte| format!("{byte:08b}")).collect();
        // Whole digits of the word alone.
        let first = (before * 8).div_ceil(6);
        let digits = (first..bits.len() / 6).map(|n| {
            let value = usize::from_str_radix(&bits[n * 6..n * 6 + 6], 2).unwrap();
            char::from(DIGITS[value])
        });
        digits.collect()
    })
}

#[test]
fn the_word_is_seen_in_every_disguise() {
    assert!(says("a Zanzibar", CANARY) && says("7a616e7a69626172", CANARY));
    // base64 of `zanzibar`, `.zanzibar` and `..zanzibar`
    for text in ["emFuemliYXI", "LnphbnppYmFy", "Li56YW56aWJhcg"] {
        assert!(says(text, CANARY), "{text}");
    }
    assert!(!says("a zebra", CANARY));
}

/// An answer as it came.
struct Heard {
    status: u16,
    head: String,
    text: String,
    body: Value,
}

/// The real program on the stage's database.
struct Wire<'a> {
    stage: &'a Stage,
    address: String,
    /// Operations that were done, not only refused.
    done: RefCell<BTreeSet<String>>,
}

impl Wire<'_> {
    /// Sends a request and holds the answer to what always holds: no header says either word, and no
    /// refusal does.
    fn send(
        &self,
        caller: &Caller<'_>,
        (method, path): (&str, &str),
        more: &[(&str, &str)],
        body: Option<&str>,
    ) -> Heard {
        let own = caller.headers().iter();
        let mut headers: Vec<_> = own.map(|(n, v)| (n.as_str(), v.as_str())).collect();
        headers.extend(more);
        let path = match path.starts_with("/api/") || path.ends_with('z') {
            true => path.to_owned(),
            false => format!("/api/v1{path}"),
        };
        let answer = exchange(&self.address, method, &path, &headers, body);
        let answer = answer.unwrap_or_else(|| panic!("no answer: {method} {path}"));
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        for word in [CANARY, PLAIN] {
            assert!(!says(head, word), "{method} {path}: {head}");
            assert!(status < 400 || !says(text, word), "{method} {path}: {text}");
        }
        assert!(status < 500, "{method} {path}: {text}");
        Heard {
            status,
            head: head.to_owned(),
            text: text.to_owned(),
            body: serde_json::from_str(text).unwrap_or_default(),
        }
    }

    fn get(&self, caller: &Caller<'_>, path: &str) -> Value {
        let heard = self.send(caller, ("GET", path), &[], None);
        assert_eq!(heard.status, 200, "{path}: {}", heard.text);
        heard.body
    }

    /// A change that succeeds.
    fn post(&self, caller: &Caller<'_>, path: &str, version: Option<&Value>, body: Value) -> Value {
        self.change(caller, ("POST", path), version, &body)
    }

    fn change(
        &self,
        caller: &Caller<'_>,
        (method, path): (&str, &str),
        version: Option<&Value>,
        body: &Value,
    ) -> Value {
        let version = version.map(etag);
        let version: Vec<_> = version.iter().map(|v| ("if-match", v.as_str())).collect();
        let heard = self.send(caller, (method, path), &version, Some(&body.to_string()));
        assert!(heard.status < 300, "{method} {path}: {}", heard.text);
        heard.body
    }

    /// The main job up to issued minutes, saying the word in every free text on the way: the case, and
    /// the meeting it was heard at.
    fn main_job(&self) -> (String, Uuid) {
        let (app, w) = (&self.stage.app, &self.stage.world);
        let (officer, coordinator) = (app.as_(&w.officer), app.as_(&w.coordinator));
        let (chair, housing) = (app.as_(&w.chair), app.as_(&w.housing_rep));
        let reason = json!({ "reason": CANARY });
        let body = json!({ "marac_id": w.wcc, "urgent": true, "referral": told(CANARY) });
        let sent = self.post(&officer, "/referrals", None, body);
        let path = |what: &str| format!("/referrals/{}/{what}", id(&sent));
        let returned = self.post(&coordinator, &path("return"), Some(&sent), reason);
        let again = self.post(&officer, &path("submit"), Some(&returned), json!({}));
        self.get(&coordinator, &path("matches"));
        let starts_at = app.now() + chrono::TimeDelta::hours(4);
        let emergency = json!({ "starts_at": starts_at, "mode": "online", "place": PLAIN });
        let agenda = json!({ "agenda": { "emergency": emergency, "agencies": [w.housing] } });
        let accepted = self.post(&coordinator, &path("accept"), Some(&again), agenda);
        let case = format!("/cases/{}", accepted["case_id"].as_str().unwrap());
        let entry = json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": app.today(), "how_told": "phone", "text": CANARY });
        self.post(&officer, &format!("{case}/account"), None, entry);
        let people = self.get(&coordinator, &format!("{case}/parties"));
        for party in people["items"].as_array().unwrap() {
            let path = format!("{case}/parties/{}", id(party));
            let mut identity = party["identity"].clone();
            identity["aliases"] = json!([CANARY, format!("{CANARY} {CANARY}")]);
            self.change(&coordinator, ("PATCH", &path), Some(party), &identity);
        }
        let who =
            json!({ "family_name": CANARY, "given_names": CANARY, "date_of_birth": "1971-11-23" });
        let found = self.post(&coordinator, "/people/search", None, who);
        assert!(!found["items"].as_array().unwrap().is_empty());

        let meetings = format!("/meetings?marac_id={}&limit=200", w.wcc);
        let meetings = self.get(&coordinator, &meetings);
        let mut meetings = meetings["items"].as_array().unwrap().iter();
        let meeting = meetings.find(|m| m["kind"] == "emergency").unwrap();
        let path = format!("/meetings/{}", id(meeting));
        let step = |who: &Caller<'_>, step: &str| {
            let now = self.get(who, &path);
            self.post(who, &format!("{path}/{step}"), Some(&now), json!(null));
        };
        step(&coordinator, "circulate");
        self.get(&housing, &case);
        step(&chair, "start");
        let due = app.today() + chrono::TimeDelta::days(3);
        let action = json!({ "text": CANARY, "owner_agency_id": w.housing, "category": "other", "target": "survivor", "due_on": due, "meeting_id": id(meeting) });
        // By the one that stays open housing keeps the case when the meeting is over.
        let actions = format!("{case}/actions");
        self.post(&coordinator, &actions, None, action.clone());
        let action = self.post(&coordinator, &actions, None, action);
        let report = json!({ "status": "not_done", "reason": CANARY, "evidence": CANARY });
        let report_on = format!("/actions/{}/report", id(&action));
        self.post(&housing, &report_on, Some(&action), report);
        let statement = json!({ "version": 0 });
        self.post(
            &housing,
            &format!("{path}/confidentiality"),
            None,
            statement,
        );
        let agenda = self.get(&coordinator, &format!("{path}/agenda"));
        let item = &agenda["items"][0];
        let at = |what: &str| format!("/agenda-items/{}/{what}", id(item));
        let said = json!({ "nature": "fact", "sharing": "marac", "text": CANARY });
        self.post(&housing, &at("information"), None, said);
        let outcome = json!({ "outcome": CANARY });
        self.post(&coordinator, &at("hear"), Some(item), outcome);
        step(&chair, "close");
        let draft = json!({ "any_other_business": PLAIN });
        let zero = json!({ "etag": "\"0\"" });
        let minutes = format!("{path}/minutes");
        let made = self.post(
            &coordinator,
            &format!("{minutes}/draft"),
            Some(&zero),
            draft,
        );
        let version = Some(&made["version"]);
        let made = self.post(&chair, &format!("{minutes}/approve"), version, json!(null));
        let version = Some(&made["version"]);
        self.post(
            &coordinator,
            &format!("{minutes}/issue"),
            version,
            json!(null),
        );
        for list in ["/actions?status=all&limit=1", "/cases?limit=1"] {
            let heard = self.send(&housing, ("GET", list), &[], None);
            assert_eq!(heard.status, 200);
            // The page after is found by a cursor in a header, checked above.
            assert!(heard.head.to_lowercase().contains("link:"), "{list}");
        }
        let file = self.get(&coordinator, &case);
        assert!(
            says(&file.to_string(), CANARY),
            "the word was told and is read"
        );
        (case, id(meeting))
    }

    /// Every operation with a request that is well formed, the word in each free text of it.
    fn every_text(&self, document: &Value) {
        let (app, w) = (&self.stage.app, &self.stage.world);
        let callers = [
            app.as_(&w.coordinator),
            app.as_(&w.idva),
            app.as_(&w.administrator),
            app.as_(&w.housing_rep),
        ];
        for (nonce, operation) in operations().iter().enumerate() {
            let Some(base) = operation.body(self.stage, Target::Own, nonce + 900) else {
                continue;
            };
            let base = self.good(&operation.id, base);
            let schema = body_schema(document, operation);
            let body = filled(document, schema, &base, word_for(operation), 0);
            for caller in &callers {
                self.say(caller, operation, body.clone(), &base);
            }
        }
    }

    /// A text that names something known is put back as its refusal says; a version is looked for.
    fn say(&self, caller: &Caller<'_>, operation: &Operation, mut body: Value, base: &Value) {
        let uri = operation.uri(self.stage, Target::Own);
        let mut version = 1;
        for _ in 0..14 {
            let text = body.to_string();
            let tag = format!("\"{version}\"");
            let request = (operation.method.as_str(), uri.as_str());
            let heard = self.send(caller, request, &[("if-match", &tag)], Some(&text));
            if heard.status < 300 && says(&text, word_for(operation)) {
                self.done.borrow_mut().insert(operation.id.clone());
            }
            let errors = heard.body["errors"].as_array().into_iter().flatten();
            let pointers = errors.filter_map(|e| e["pointer"].as_str());
            let put_back = pointers.filter(|p| put_back(&mut body, base, p)).count();
            match heard.status {
                422 if put_back > 0 => {}
                412 if !ENDS_WORK.contains(&operation.id.as_str()) => version += 1,
                _ => return,
            }
        }
    }

    /// The matrix's requests are meant to be refused by a rule in the end; these are not.
    fn good(&self, id: &str, mut body: Value) -> Value {
        let (app, w) = (&self.stage.app, &self.stage.world);
        let later = app.now() + chrono::TimeDelta::days(9);
        let roles = json!([{ "marac_id": w.wcc, "role": "observer" }]);
        let (field, value) = match id {
            "add_account_entry" => ("told_on", json!(app.today())),
            "add_address" | "change_address" => ("to", Value::Null),
            "add_party" => ("role", json!("other_adult")),
            "agree_action" => ("owner_agency_id", json!(w.housing)),
            "create_meeting" => ("starts_at", json!(later)),
            "create_referral" => ("referral", told(CANARY)),
            "invite_user" | "create_client" => ("roles", roles),
            "register_actor" => ("user_id", Value::Null),
            "share_case" => ("until", Value::Null),
            _ => return body,
        };
        body[field] = value;
        body
    }

    /// Every operation with what nobody should send: the word wherever a request has a place for it.
    fn every_mistake(&self, document: &Value) {
        let (app, w) = (&self.stage.app, &self.stage.world);
        let (coordinator, administrator) = (app.as_(&w.coordinator), app.as_(&w.administrator));
        let bodies = [
            format!("\"{CANARY}\""),
            format!("{{\"{CANARY}\": \"{CANARY}\"}}"),
            format!("{{\"{CANARY}"),
            format!("[{{\"{CANARY}\": [\"{CANARY}\"]}}]"),
            format!("\u{feff}{CANARY} \\u0000"),
        ];
        for operation in operations() {
            let uri = operation.uri(self.stage, Target::Own);
            let (uri, query) = uri.split_once('?').unwrap_or((&uri, ""));
            let caller = match word_for(&operation) {
                CANARY => &coordinator,
                _ => &administrator,
            };
            let send = |path: &str, headers: &[(&str, &str)], body: Option<&str>| {
                self.send(caller, (&operation.method, path), headers, body);
            };
            let version = [("if-match", "\"1\"")];
            let schema = body_schema(document, &operation);
            for body in schema.iter().flat_map(|_| &bodies) {
                send(uri, &version, Some(body));
            }
            // Each known field with the word instead of whatever belongs there.
            let known = object_of(document, schema)["properties"].as_object();
            let wrong = known.map(|known| {
                let wrong = known
                    .keys()
                    .map(|name| (name.clone(), json!({ CANARY: CANARY })));
                Value::Object(wrong.collect()).to_string()
            });
            for body in wrong.iter() {
                send(uri, &version, Some(body));
            }
            send(&format!("{uri}?{CANARY}={CANARY}"), &version, None);
            for name in query_names(document, &operation) {
                send(&format!("{uri}?{name}={CANARY}"), &version, None);
                send(
                    &format!("{uri}?{query}&{name}={CANARY}&{name}={CANARY}"),
                    &version,
                    None,
                );
            }
            let garbage = operation.path.replace('{', CANARY).replace('}', "");
            send(&garbage, &version, None);
            send(&format!("{uri}/{CANARY}"), &version, None);
            for header in [
                "if-match",
                "idempotency-key",
                "content-type",
                "accept",
                "x-request-id",
                "x-toldonce-actor",
                "authorization",
            ] {
                send(uri, &[(header, CANARY)], Some("{}"));
            }
        }
        let nobody = app.anonymous();
        for path in [
            format!("/{CANARY}"),
            format!("/{CANARY}?{CANARY}"),
            format!("/%7a%61nzibar/%2e%2e/{CANARY}"),
        ] {
            self.send(&nobody, ("GET", &path), &[], None);
            self.send(
                &nobody,
                ("ZANZIBAR", &path),
                &[("authorization", "Bearer zanzibar.zanzibar.zanzibar")],
                None,
            );
        }
        let sign_in = json!({ "email": format!("{PLAIN}@test.example"), "password": format!("{PLAIN} {PLAIN} {PLAIN}") });
        let refused = self.send(
            &nobody,
            ("POST", "/auth/login"),
            &[],
            Some(&sign_in.to_string()),
        );
        assert_eq!(refused.status, 401);
    }

    /// What those get who have nothing to do with the cases, wherever they look.
    fn everybody_else(&self, case: &str) {
        let (app, w) = (&self.stage.app, &self.stage.world);
        let others = [
            app.as_(&w.kc_coordinator),
            app.as_(&w.kc_officer),
            app.as_(&w.administrator),
            app.as_(&w.analyst),
            app.as_(&w.auditor),
            app.as_(&w.other_officer),
            app.as_(&w.housing_lead),
            app.as_(&self.stage.other_idva),
        ];
        let reads = operations();
        let reads = reads.iter().filter(|operation| operation.method == "GET");
        let uris: Vec<_> = reads
            .map(|operation| operation.uri(self.stage, Target::Own))
            .collect();
        let parts = [
            "",
            "/parties",
            "/account",
            "/actions",
            "/timeline",
            "/access-log",
        ];
        let parts = parts.map(|part| format!("{case}{part}"));
        for uri in uris.iter().chain(&parts) {
            for other in &others {
                let heard = self.send(other, ("GET", uri), &[], None);
                assert!(!says(&heard.text, CANARY), "{uri}: {}", heard.text);
            }
        }
    }
}

/// Accounts, agencies and clients are called by their names in many places; people of cases are not.
fn word_for(operation: &Operation) -> &'static str {
    let of_setting_up = [
        "/maracs",
        "/agencies",
        "/users",
        "/api-clients",
        "/auth",
        "/me",
        "/oauth",
        "/meetings",
    ];
    let path = operation.path.trim_start_matches("/api/v1");
    match of_setting_up.iter().any(|first| path.starts_with(first)) {
        true => PLAIN,
        false => CANARY,
    }
}

/// What takes the case, the people or the place away that later requests are about.
const ENDS_WORK: [&str; 9] = [
    "cancel_meeting",
    "change_agency",
    "close_case",
    "disable_user",
    "restrict_case",
    "set_membership",
    "set_roles",
    "suspend_member",
    "withdraw_agenda_item",
];

fn described<'d>(document: &'d Value, operation: &Operation) -> &'d Value {
    &document["paths"][&operation.path][operation.method.to_lowercase()]
}

/// The schema of what an operation takes as JSON.
fn body_schema<'d>(document: &'d Value, operation: &Operation) -> Option<&'d Value> {
    described(document, operation).pointer("/requestBody/content/application~1json/schema")
}

fn query_names<'d>(document: &'d Value, operation: &Operation) -> Vec<&'d str> {
    let parameters = described(document, operation)["parameters"].as_array();
    let query = parameters
        .into_iter()
        .flatten()
        .filter(|p| p["in"] == "query");
    query.filter_map(|p| p["name"].as_str()).collect()
}

/// The schema itself, behind references and the ways to say that null will do.
fn object_of<'d>(document: &'d Value, schema: Option<&'d Value>) -> &'d Value {
    let Some(schema) = schema else {
        return &Value::Null;
    };
    if let Some(name) = schema["$ref"].as_str() {
        return object_of(document, document.pointer(name.trim_start_matches('#')));
    }
    for ways in ["oneOf", "anyOf", "allOf"] {
        if let Some(ways) = schema[ways].as_array() {
            return object_of(document, ways.iter().find(|way| way["type"] != "null"));
        }
    }
    schema
}

fn is_text(schema: &Value) -> bool {
    let kind = &schema["type"];
    let text = kind == "string"
        || kind
            .as_array()
            .is_some_and(|kinds| kinds.contains(&json!("string")));
    text && schema["format"].is_null() && schema["enum"].is_null()
}

/// A reference of the agency's own system, and a room: of nobody, and kept plain.
const KEPT_PLAIN: [&str; 2] = ["external_ref", "place"];

/// What was to be sent, with the word in every free text that the schema has.
fn filled(
    document: &Value,
    schema: Option<&Value>,
    base: &Value,
    word: &str,
    depth: usize,
) -> Value {
    let schema = object_of(document, schema);
    match base {
        Value::Object(fields) => {
            let mut fields = fields.clone();
            let known = schema["properties"].as_object().into_iter().flatten();
            for (name, part) in known {
                let word = if KEPT_PLAIN.contains(&name.as_str()) {
                    PLAIN
                } else {
                    word
                };
                let kind = object_of(document, Some(part));
                let texts = object_of(document, kind.get("items"));
                match fields.get(name) {
                    Some(there) if depth < 12 => {
                        let there = filled(document, Some(part), there, word, depth + 1);
                        fields.insert(name.clone(), there);
                    }
                    None if is_text(kind) => {
                        fields.insert(name.clone(), json!(word));
                    }
                    None if is_text(texts) => {
                        fields.insert(name.clone(), json!([word]));
                    }
                    _ => {}
                }
            }
            Value::Object(fields)
        }
        Value::Array(items) => {
            let part = schema.get("items");
            let items = items
                .iter()
                .map(|item| filled(document, part, item, word, depth + 1));
            Value::Array(items.collect())
        }
        Value::String(_) if is_text(schema) => json!(word),
        other => other.clone(),
    }
}

/// Makes one field what it was before it was filled; false if there is no such field.
fn put_back(body: &mut Value, base: &Value, pointer: &str) -> bool {
    let before = base.pointer(pointer).cloned();
    if before.as_ref() == body.pointer(pointer) {
        return false;
    }
    match (body.pointer_mut(pointer), before) {
        (Some(there), Some(before)) => {
            *there = before;
            true
        }
        (Some(_), None) => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = body.pointer_mut(parent).and_then(Value::as_object_mut);
            parent.is_some_and(|parent| parent.remove(name).is_some())
        }
        (None, _) => false,
    }
}

/// What is printed for each reader holds the word only if what they read as JSON does; for those who
/// have nothing to do with the case, it does not.
async fn papers(stage: &Stage, meeting: Uuid) {
    let (app, w) = (&stage.app, &stage.world);
    let own = stage.things(Target::Own).meeting;
    let mut told = BTreeSet::new();
    for (name, person, near) in [
        ("coordinator", &w.coordinator, true),
        ("chair", &w.chair, true),
        ("housing", &w.housing_rep, true),
        ("health", &w.health_rep, false),
        ("police", &w.police_rep, false),
        ("idva", &w.idva, false),
        ("lead", &w.housing_lead, false),
        ("observer", &w.observer, false),
        ("analyst", &w.analyst, false),
        ("auditor", &w.auditor, false),
        ("administrator", &w.administrator, false),
        ("other", &w.kc_coordinator, false),
    ] {
        let caller = app.as_(person);
        for paper in ["agenda", "minutes"] {
            for at in [meeting, own] {
                let path = format!("/meetings/{at}/{paper}");
                let read = caller.get(&path).await;
                let page = caller.get(&format!("{path}.html")).await;
                let printed = caller.get(&format!("{path}.pdf")).await;
                assert_eq!(
                    (read.status, read.status),
                    (page.status, printed.status),
                    "{name}"
                );
                if read.status != 200 {
                    continue;
                }
                let read = says(&read.body.to_string(), CANARY);
                let pages = printed.pages();
                let open = String::from_utf8_lossy(&printed.bytes);
                assert!(!says(&open, CANARY), "{name}: {paper}, beside its text");
                let texts = [("page", page.page()), ("pdf", pages.join(" "))];
                for (form, text) in texts {
                    let printed = says(&text, CANARY);
                    let line = text
                        .lines()
                        .find(|line| says(line, CANARY))
                        .unwrap_or_default();
                    assert!(read || !printed, "{name}: {paper} as {form}: {line}");
                    assert!(near || !printed, "{name}: {paper} as {form}");
                    if printed {
                        told.insert((name, paper, form));
                    }
                }
            }
        }
    }
    for name in ["coordinator", "chair", "housing"] {
        for paper in ["agenda", "minutes"] {
            for form in ["page", "pdf"] {
                assert!(
                    told.contains(&(name, paper, form)),
                    "{name}: {paper} as {form}"
                );
            }
        }
    }
}

/// E-mail goes out within seconds, and no file of it says the word.
fn letters(folder: &Folder) {
    let files = || -> Vec<_> {
        let files = std::fs::read_dir(folder.file("mail"));
        files
            .into_iter()
            .flatten()
            .map(|file| file.unwrap().path())
            .collect()
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while files().len() < 10 && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(files().len() >= 10, "{} e-mails", files().len());
    for file in files() {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            !says(&text, CANARY) && !says(&name, CANARY),
            "{name}: {text}"
        );
    }
}

fn read(folder: &Folder, name: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(folder.file(name)).unwrap()).into_owned()
}

#[actix_web::test]
async fn what_is_told_of_people_stands_in_no_log_no_metric_no_header_and_no_refusal() {
    let folder = Folder::new();
    let keys = KeyRing::new_file(false).unwrap();
    std::fs::write(folder.file("keys"), keys.as_bytes()).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.file("keys"), private).unwrap();
    let keys = KeyRing::parse(&keys).unwrap();
    let many = NonZeroU32::new(100_000).unwrap();
    let limits = Limits {
        requests: many,
        searches: many,
    };
    let clock = Clock::system();
    let app = TestApp::on(TestDb::create(), clock.clone(), limits, keys.clone()).await;
    install::claim(&mut app.owner(), &keys, &clock, false).unwrap();
    let stage = Stage::set_on(app).await;

    let metrics = format!("127.0.0.1:{}", free_port());
    let log = std::fs::File::create(folder.file("log")).unwrap();
    let service = Service::serve_with(&folder, |command| {
        command
            .env("TOLDONCE_DATABASE_URL", stage.app.db.app_url())
            .env("TOLDONCE_AUDIT_HEADS", folder.file("heads"))
            .env("TOLDONCE_MAIL_DIR", folder.file("mail"))
            .env("TOLDONCE_MAIL_FROM", "Told Once <told-once@test.example>")
            .env("TOLDONCE_METRICS_LISTEN", &metrics)
            .env("TOLDONCE_REQUESTS_PER_MINUTE", "100000")
            .env("TOLDONCE_SEARCHES_PER_MINUTE", "100000")
            .env("TOLDONCE_LOG", "trace")
            .stdout(log.try_clone().unwrap())
            .stderr(log);
    });
    let document = toldonce::app::document_text().unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let wire = Wire {
        stage: &stage,
        address: service.address.clone(),
        done: RefCell::default(),
    };
    let (case, meeting) = wire.main_job();
    papers(&stage, meeting).await;
    wire.every_text(&document);
    wire.every_mistake(&document);
    wire.everybody_else(&case);
    let done = wire.done.into_inner();
    assert!(done.len() >= 20, "too little was said: {done:?}");
    letters(&folder);

    let page = exchange(&metrics, "GET", "/metrics", &[], None).unwrap();
    assert!(page.contains("toldonce_http_request_seconds"));
    drop(service);
    let log = read(&folder, "log");
    assert!(
        log.contains("answered"),
        "the log is not at its most talkative"
    );
    for word in [CANARY, PLAIN] {
        assert!(!says(&page, word), "{word} in the metrics");
        let line = log.lines().find(|line| says(line, word));
        assert_eq!(line, None, "in the log");
    }
    let dump = Command::new(owner_binaries().join("pg_dump"))
        .arg("--inserts")
        .arg(stage.app.db.owner_url())
        .output()
        .unwrap();
    let dump = String::from_utf8_lossy(&dump.stdout).into_owned();
    assert!(dump.contains("INSERT INTO public.referrals"));
    let line = dump.lines().find(|line| says(line, CANARY));
    assert_eq!(line, None, "in the dump");
}
