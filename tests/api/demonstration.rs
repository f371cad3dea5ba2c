//! The demonstration: it starts by itself, and its people have lived through the conference.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::program::{Folder, Service, fails, program, request, succeeds, text};

/// Somebody who signed in to a demonstration.
struct Visitor<'a> {
    service: &'a Service,
    token: String,
}

impl<'a> Visitor<'a> {
    fn sign_in(service: &'a Service, email: &str) -> Self {
        let body = json!({ "email": email, "password": toldonce::demo::PASSWORD });
        let (status, session) = service.post("/api/v1/auth/login", body);
        assert_eq!(status, 200, "{session}");
        let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
        Self { service, token }
    }

    fn get(&self, path: &str) -> Value {
        let headers = [("authorization", self.token.as_str())];
        let path = format!("/api/v1{path}");
        let (status, body) = request(&self.service.address, "GET", &path, &headers, None).unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn items(&self, path: &str) -> Vec<Value> {
        self.get(path)["items"].as_array().unwrap().clone()
    }
}

/// Research, statement, hearing, minutes, flags, contacts, questions and notices are there to be seen.
fn it_has_lived_through_the_cycle(service: &Service, data: &Path) {
    let grace = Visitor::sign_in(service, "grace.adeyemi@steadyground.example");
    let maracs = grace.items("/maracs");
    let wcc = maracs.iter().find(|one| one["code"] == "WCC").unwrap();
    let wcc = wcc["id"].as_str().unwrap();
    let meetings = |status: &str| {
        grace.items(&format!(
            "/meetings?marac_id={wcc}&status={status}&limit=200"
        ))
    };
    let last = meetings("minuted");
    let latest = |one: &&Value| one["starts_at"].as_str().unwrap().to_owned();
    let last = last.iter().max_by_key(latest).unwrap();
    let minutes = grace.get(&format!(
        "/meetings/{}/minutes",
        last["id"].as_str().unwrap()
    ));
    assert_eq!(minutes["version"]["status"], "issued");
    let present = minutes["frame"]["present"].as_array().unwrap();
    assert!(present.len() > 5, "{present:?}");
    assert!(present.iter().all(|one| one["statement_accepted"] == true));
    let heard = |part: &str| {
        let cases = minutes["cases"].as_array().unwrap().iter();
        cases
            .filter(|one| {
                one["heard"][part]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            })
            .count()
    };
    for part in [
        "information",
        "views",
        "risks",
        "safeguards",
        "crimes",
        "actions",
    ] {
        assert!(heard(part) > 0, "{part}: {minutes:#}");
    }

    let coming = meetings("circulated");
    let coming = coming
        .iter()
        .find(|one| one["kind"] == "scheduled")
        .unwrap();
    let coming = coming["id"].as_str().unwrap();
    let agenda = grace.get(&format!("/meetings/{coming}/agenda"));
    assert_eq!(agenda["sessions"].as_array().unwrap().len(), 2);
    for part in ["actions", "lapsing"] {
        assert!(!agenda[part].as_array().unwrap().is_empty(), "{part}");
    }
    let actions = agenda["actions"].as_array().unwrap();
    assert!(
        actions
            .iter()
            .any(|one| one["carried_over"].as_i64() > Some(0))
    );
    assert!(actions.iter().any(|one| one["escalation"] != "none"));
    let items = agenda["items"].as_array().unwrap();
    assert!(items.iter().any(|one| one["late"] == true));
    assert!(items.iter().any(|one| one["section"] == "alerts"));
    let asked = items.iter().flat_map(|one| {
        grace.items(&format!(
            "/agenda-items/{}/research",
            one["id"].as_str().unwrap()
        ))
    });
    let asked: Vec<_> = asked.map(|one| one["status"].clone()).collect();
    for status in ["requested", "nothing_known", "returned", "exempt"] {
        assert!(asked.contains(&json!(status)), "{status}: {asked:?}");
    }

    let flags = grace.items(&format!("/flags?marac_id={wcc}&status=placed"));
    assert!(flags.len() > 10, "{}", flags.len());
    let amina = Visitor::sign_in(service, "amina.yusuf@lantern.example");
    let cases = amina.items("/cases?limit=200");
    let contacts = cases.iter().take(10).flat_map(|case| {
        amina.items(&format!(
            "/cases/{}/idva-contacts",
            case["id"].as_str().unwrap()
        ))
    });
    assert!(contacts.filter(|one| one["result"] == "reached").count() > 5);
    let told = cases.iter().map(|case| {
        let file = amina.get(&format!("/cases/{}", case["id"].as_str().unwrap()));
        file["account_use"]["read_instead"].as_i64().unwrap_or(0)
    });
    assert!(told.sum::<i64>() > 0, "somebody read instead of asking");
    let unread = grace.items("/notifications?unread=true&limit=200").len();
    assert!((1..100).contains(&unread), "{unread}");
    // What is no news any more is not sent; the rest of it lies in the folder within seconds.
    let mail = data.join("mail");
    let sent = || std::fs::read_dir(&mail).map_or(0, Iterator::count);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while sent() == 0 && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!((1..500).contains(&sent()), "{}", sent());
}

/// Starts a demonstration and reads where it listens.
fn demonstration(folder: &Folder, data: &Path) -> Service {
    let mut child = program(folder)
        .args(["demo", "--port", "0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split('/').next()?.to_owned())
        })
        .unwrap();
    Service::ready(child, address)
}

#[test]
fn the_demonstration_starts_with_nothing_set_up_and_starts_again_after_a_kill() {
    let folder = Folder::new();
    let data = folder.file("demo");
    let service = demonstration(&folder, &data);
    let (status, page) = request(&service.address, "GET", "/docs/", &[], None).unwrap();
    assert_eq!(status, 200, "{page}");
    // Nobody else is asked: the page's parts, its document and no validator are this program's.
    let page = page.as_str().unwrap();
    assert!(!page.contains("//"), "{page}");
    let path = "/docs/swagger-initializer.js";
    let (_, start) = request(&service.address, "GET", path, &[], None).unwrap();
    let start = start.as_str().unwrap();
    let told = |part: &str| start.contains(part);
    assert!(
        told("\"validatorUrl\": \"none\"") && told("/openapi.json"),
        "{start}"
    );
    it_has_lived_through_the_cycle(&service, &data);
    let port = service.address.rsplit(':').next().unwrap().to_owned();
    let taken = fails(
        &folder,
        &["demo", "--port", &port, "--data", data.to_str().unwrap()],
    );
    assert!(taken.contains("--port"), "{taken}");
    drop(service);
    drop(demonstration(&folder, &data));
    let output = program(&folder)
        .arg("serve")
        .env("TOLDONCE_KEYS_FILE", data.join("demonstration.keys"))
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("demonstration"));
    succeeds(
        &folder,
        &[
            "keys",
            "new",
            "--out",
            folder.file("keys").to_str().unwrap(),
        ],
    );
    let output = program(&folder)
        .arg("serve")
        .env("TOLDONCE_DATA_DIR", &data)
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("demonstration"));
}
