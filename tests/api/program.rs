//! The program itself: its commands, over a real socket, killed and started again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use kernel::crypto::{DataKey, KeyRing, SealPlace};
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::program::{
    Folder, PASSWORD, Service, behind, fails, free_port, installed, program, request, run,
    signs_in, succeeds, text,
};

#[test]
fn what_was_acknowledged_is_there_after_the_service_was_killed() {
    let folder = Folder::new();
    let mut service = installed(&folder);
    assert_eq!(signs_in(&service), 200);
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    drop(service);
    let mut service = Service::serve(&folder);
    assert_eq!(signs_in(&service), 200);
    service.signal(libc::SIGTERM);
    assert!(service.child.wait().unwrap().success());
    drop(service);
    let verified = succeeds(&folder, &["audit", "verify"]);
    assert!(verified.contains("rows hold"), "{verified}");
}

#[test]
fn told_to_stop_it_seals_the_audit_and_ends_well() {
    let folder = Folder::new();
    let mut service = installed(&folder);
    for signal in [libc::SIGTERM, libc::SIGINT] {
        assert_eq!(signs_in(&service), 200);
        service.signal(signal);
        assert!(service.child.wait().unwrap().success());
        let verified = succeeds(&folder, &["audit", "verify"]);
        assert!(verified.contains("compared with"), "{verified}");
        service = Service::serve(&folder);
    }
    drop(service);
    let heads = folder.file("data/audit-heads.log");
    let whole = std::fs::read(&heads).unwrap();
    let path = heads.display().to_string();
    let cut = whole[..whole.len() - 100].to_vec();
    for (file, said) in [
        (Some(cut), format!("file of heads {path} is no whole head")),
        (Some(Vec::new()), format!("{path} is empty")),
        (Some(vec![0xff; 80]), format!("{path} cannot be read")),
        (None, format!("{path} is missing")),
    ] {
        match file {
            Some(bytes) => std::fs::write(&heads, bytes).unwrap(),
            None => std::fs::remove_file(&heads).unwrap(),
        }
        let refusal = fails(&folder, &["audit", "verify"]);
        assert!(refusal.contains(&said), "{refusal}");
    }
    let adopted = succeeds(&folder, &["audit", "adopt"]);
    assert!(adopted.contains("was written anew"), "{adopted}");
    succeeds(&folder, &["audit", "verify"]);
    let output = program(&folder)
        .env_remove("TOLDONCE_KEYS_FILE")
        .args(["audit", "verify"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "nothing is verified without keys"
    );
    assert!(text(&output.stderr).contains("TOLDONCE_KEYS_FILE is not set"));
}

/// What begins at the command line: a link where there is no e-mail, and the first coordinator.
#[test]
fn the_operator_prints_a_link_and_grants_the_first_coordinator() {
    let folder = Folder::new();
    let service = installed(&folder);
    let (status, body) = service.post(
        "/api/v1/auth/login",
        json!({ "email": "admin@body.example", "password": PASSWORD }),
    );
    assert_eq!(status, 200, "{body}");
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    let send = |method: &str, path: &str, body: Value| {
        let path = format!("/api/v1{path}");
        let headers = [("authorization", bearer.as_str())];
        request(&service.address, method, &path, &headers, Some(body)).unwrap()
    };
    let (_, marac) = send(
        "POST",
        "/maracs",
        json!({ "code": "WRW", "name": "Wharfrow" }),
    );
    let (_, me) = request(
        &service.address,
        "GET",
        "/api/v1/me",
        &[("authorization", &bearer)],
        None,
    )
    .unwrap();
    let (marac, agency) = (
        marac["id"].as_str().unwrap(),
        me["agency_id"].as_str().unwrap(),
    );
    let (status, _) = send(
        "PUT",
        &format!("/maracs/{marac}/agencies/{agency}"),
        json!({}),
    );
    assert_eq!(status, 201);
    let roles = json!([{ "marac_id": marac, "role": "coordinator" }]);
    let body = json!({ "email": "Grace@body.example", "name": "Grace", "roles": roles });
    let (status, invited) = send("POST", "/users", body);
    assert_eq!(
        (status, &invited["invitation"]["delivery"]),
        (201, &json!("operator"))
    );
    assert_eq!(invited["user"]["pending_roles"][0]["role"], "coordinator");

    let email = ["--email", "grace@body.example"];
    let printed = succeeds(&folder, &[&["user", "link"][..], &email].concat());
    let link = printed.lines().nth(2).unwrap().trim();
    let take = json!({ "token": link, "password": PASSWORD });
    let (status, taken) = service.post("/api/v1/auth/invitation", take);
    assert_eq!(status, 200, "{taken}");
    let role = ["--marac", "WRW", "--role", "coordinator"];
    let granted = succeeds(&folder, &[&["user", "grant"][..], &email, &role].concat());
    assert!(granted.contains("coordinator"), "{granted}");
    let bearer = format!("Bearer {}", taken["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let path = format!("/api/v1/audit?marac_id={marac}");
    let (status, audit) = request(&service.address, "GET", &path, &headers, None).unwrap();
    assert_eq!(status, 200, "{audit}");
    let events = audit["items"].as_array().unwrap().iter();
    let recorded: Vec<_> = events
        .filter(|event| event["act"] == "set_up" && event["principal"] == "system")
        .map(|event| event["fields"].to_string())
        .collect();
    assert_eq!(recorded, ["[\"coordinator\"]", "[\"link\"]"]);
    for wrong in [
        &["user", "link", "--email", "nobody@body.example"][..],
        &[
            "user",
            "link",
            "--new-address",
            "--email",
            "grace@body.example",
        ],
        &[
            "user",
            "grant",
            "--email",
            "grace@body.example",
            "--marac",
            "XXX",
            "--role",
            "chair",
        ],
        &[
            "user",
            "grant",
            "--email",
            "grace@body.example",
            "--marac",
            "WRW",
            "--role",
            "king",
        ],
    ] {
        let refusal = fails(&folder, wrong);
        assert!(!refusal.contains("grace"), "{refusal}");
    }
}

#[test]
fn a_token_key_is_added_for_later_or_put_in_the_place_of_all() {
    let folder = Folder::new();
    let keys = folder.file("keys");
    succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
    let ids = || {
        let ring = KeyRing::load(&keys).unwrap();
        let ids = ring.token_keys().iter().map(|key| key.id.clone());
        ids.collect::<Vec<_>>()
    };
    let first = ids();
    // Left by a rotation that was interrupted before the file was replaced.
    std::fs::write(folder.file("keys.new"), "half a file").unwrap();
    let told = succeeds(&folder, &["keys", "rotate-token", "--in", "30"]);
    assert!(told.contains("It signs from 20"), "{told}");
    let both = ids();
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    let mode = std::os::unix::fs::PermissionsExt::mode(&keys.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let again = fails(&folder, &["keys", "rotate-token"]);
    assert!(again.contains("does not sign yet"), "{again}");
    assert_eq!(ids(), both);
    succeeds(&folder, &["keys", "rotate-token", "--at-once"]);
    let last = ids();
    assert_eq!(last.len(), 1);
    assert!(!both.contains(&last[0]));
}

#[test]
fn without_keys_or_with_the_wrong_ones_it_does_not_start() {
    let folder = Folder::new();
    let keys = folder.file("keys");
    assert!(fails(&folder, &["serve"]).contains("key file"));
    let output = program(&folder)
        .env_remove("TOLDONCE_KEYS_FILE")
        .arg("serve")
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("toldonce keys new"));
    succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&keys.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        fails(&folder, &["keys", "new", "--out", keys.to_str().unwrap()])
            .contains("not overwritten")
    );
    succeeds(&folder, &["migrate"]);
    succeeds(&folder, &["migrate"]);
    std::fs::remove_file(&keys).unwrap();
    succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
    assert!(fails(&folder, &["serve"]).contains("another key file"));
}

#[derive(Row)]
struct Wrapped {
    master_key_id: String,
    wrapped: Vec<u8>,
}

#[test]
fn a_rotation_keeps_every_case_and_meeting_readable_and_can_be_repeated() {
    let folder = Folder::new();
    let service = installed(&folder);
    let ring = || KeyRing::load(&folder.file("keys")).unwrap();
    let place = SealPlace::new("parties", "identity", Uuid::now_v7());
    let [case, meeting] = [(); 2].map(|()| (Uuid::now_v7(), DataKey::generate().unwrap()));
    let sealed = [&case, &meeting].map(|(_, key)| key.seal(place, b"a name").unwrap());
    let first = ring();
    let wrapped = [&case, &meeting].map(|(id, key)| first.wrap(*id, key).unwrap().bytes);
    let (_local, mut conn) = behind(&folder);
    sql("with m as (insert into maracs (id, code, name, created_at) values ($1, 'TST', 'Test', now()) returning id), \
         c as (insert into cases (id, marac_id, code, status, created_at) \
           select $1, id, 'TST-1', 'listed', now() from m returning id, marac_id), \
         e as (insert into meetings (id, marac_id, kind, starts_at, time_zone, mode, status, minutes_per_case, \
             capacity, settings_version, created_at) \
           select $2, id, 'business', now(), 'Europe/London', 'online', 'planned', 10, 20, 1, now() from m \
           returning id, marac_id), \
         k as (insert into meeting_keys (meeting_id, marac_id, master_key_id, wrapped, created_at) \
           select id, marac_id, $3, $5, now() from e) \
         insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
         select id, marac_id, $3, $4, now() from c")
        .bind(case.0)
        .bind(meeting.0)
        .bind(first.current().to_owned())
        .bind(wrapped[0].clone())
        .bind(wrapped[1].clone())
        .execute(&mut conn)
        .unwrap();
    let mut held = || -> [Wrapped; 2] {
        let mut row = |text: &'static str| sql(text).get_result(&mut conn).unwrap();
        [
            row("select master_key_id, wrapped from data_keys"),
            row("select master_key_id, wrapped from meeting_keys"),
        ]
    };

    assert!(fails(&folder, &["keys", "rotate"]).contains("is running"));
    succeeds(&folder, &["keys", "rotate", "--add"]);
    for row in held() {
        assert_eq!(row.master_key_id, first.current(), "not before --wrap");
    }
    let told = succeeds(&folder, &["keys", "rotate", "--wrap"]);
    assert!(told.starts_with("2 data keys"), "{told}");
    let told = succeeds(&folder, &["keys", "rotate", "--wrap"]);
    assert!(told.starts_with("0 data keys"), "{told}");
    let second = ring();
    assert_ne!(second.current(), first.current());
    for (((id, _), sealed), row) in [case, meeting].iter().zip(&sealed).zip(held()) {
        assert_eq!(row.master_key_id, second.current());
        let key = second.unwrap(*id, &row.master_key_id, Some(&row.wrapped));
        let opened = key.unwrap().open(place, sealed).unwrap();
        assert_eq!(opened.as_slice(), b"a name");
    }
    drop(service);
    assert_eq!(signs_in(&Service::serve(&folder)), 200);
}

#[test]
fn a_backup_in_its_two_parts_can_be_restored() {
    let folder = Folder::new();
    let service = installed(&folder);
    let (local, _conn) = behind(&folder);
    let heads = folder.file("data/audit-heads.log");
    for _ in 0..200 {
        if Path::new(&heads).exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/restore-drill");
    let path = std::env::join_paths(
        std::iter::once(local.binaries().dir.clone())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let output = Command::new(script)
        .env("PATH", path)
        .env("TOLDONCE", env!("CARGO_BIN_EXE_toldonce"))
        .env("TOLDONCE_OWNER_URL", local.superuser_url("toldonce"))
        .env("TOLDONCE_AUDIT_HEADS", folder.file("data/audit-heads.log"))
        .env("TOLDONCE_KEYS_FILE", folder.file("keys"))
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let told = text(&output.stdout);
    assert!(output.status.success(), "{told}{}", text(&output.stderr));
    assert!(
        told.contains("rows hold") && told.contains("users 1"),
        "{told}"
    );
    assert_eq!(signs_in(&service), 200);
}

#[test]
fn the_first_administrator_is_invited_and_nobody_elses_account_is_touched() {
    let folder = Folder::new();
    let service = installed(&folder);
    let again = fails(
        &folder,
        &[
            "user",
            "add",
            "--email",
            "admin@body.example",
            "--name",
            "Another",
            "--agency",
            "Another",
        ],
    );
    assert!(again.contains("already"), "{again}");
    assert_eq!(signs_in(&service), 200);
}

#[test]
fn counts_are_told_on_a_port_of_their_own_and_name_nobody() {
    let folder = Folder::new();
    drop(installed(&folder));
    let (address, meters) = (
        format!("127.0.0.1:{}", free_port()),
        format!("127.0.0.1:{}", free_port()),
    );
    let child = program(&folder)
        .arg("serve")
        .env("TOLDONCE_LISTEN", &address)
        .env("TOLDONCE_METRICS_LISTEN", &meters)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let service = Service::ready(child, address);
    assert_eq!(signs_in(&service), 200);
    let id = Uuid::now_v7().to_string();
    let path = format!("/api/v1/cases/{id}?name=canary");
    request(&service.address, "GET", &path, &[], None).unwrap();
    request(&service.address, "CANARY", "/canary", &[], None).unwrap();
    let (status, _) = request(&service.address, "GET", "/metrics", &[], None).unwrap();
    assert_eq!(status, 404);
    let deadline = Instant::now() + Duration::from_secs(20);
    let page = loop {
        let (_, page) = request(&meters, "GET", "/metrics", &[], None).unwrap();
        let page = page.as_str().unwrap().to_owned();
        if page.contains("toldonce_audit_seal_age_seconds") {
            break page;
        }
        assert!(Instant::now() < deadline, "{page}");
        std::thread::sleep(Duration::from_millis(100));
    };
    for part in [
        "route=\"/api/v1/auth/login\",method=\"POST\",status=\"200\"",
        "toldonce_database_connections",
        "toldonce_database_statements_total",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    for part in [id.as_str(), "canary", "CANARY", "admin"] {
        assert!(!page.contains(part), "{part} in {page}");
    }
}

#[test]
fn the_document_is_printed_as_it_is_committed() {
    let folder = Folder::new();
    assert_eq!(
        succeeds(&folder, &["openapi"]),
        toldonce::app::document_text().unwrap()
    );
}

#[test]
fn a_register_is_taken_over_and_its_actions_are_counted() {
    let folder = Folder::new();
    let keys = folder.file("keys");
    succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
    let register = folder.file("register");
    std::fs::create_dir(&register).unwrap();
    let write = |name: &str, text: &str| std::fs::write(register.join(name), text).unwrap();
    write(
        "referrals.csv",
        "ref,area,referred_on,referring_source,victim_family_name,perpetrator_family_name\n\
         1,LDS,2021-05-04,police,Canary,unknown\n",
    );
    write(
        "actions.csv",
        "ref,meeting_on,owner_source,action,due_on,status\n\
         1,2021-05-13,housing,Canary,2021-05-27,open\n1,2021-05-13,idva,Canary,2021-05-27,gone\n",
    );
    let neither = run(&folder, &["import", "register", "register"]);
    assert_eq!(neither.status.code(), Some(2));
    let dry = ["import", "register", "register", "--dry-run"];
    let refused = run(&folder, &dry);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stdout).contains("row 3, status: unknown_value"));
    for said in [&refused.stdout, &refused.stderr] {
        assert!(!text(said).contains("Canary"), "{}", text(said));
    }
    write(
        "actions.csv",
        "ref,meeting_on,owner_source,action,due_on,status\n\
         1,2021-05-13,housing,Canary,2021-05-27,open\n",
    );
    assert!(succeeds(&folder, &dry).contains("area LDS -> MARAC LDS (would be made)"));
    let done = succeeds(
        &folder,
        &["import", "register", "register", "--commit", "--json"],
    );
    let done: Value = serde_json::from_str(&done).unwrap();
    assert_eq!(done["files"][2]["new"], 1);
    let count = |day: &str| -> Value {
        let report = ["reports", "actions", "--as-at", day, "--json"];
        serde_json::from_str(&succeeds(&folder, &report)).unwrap()
    };
    // What the register knew on its day is dated no later.
    for (day, total, overdue) in [
        ("2021-05-03", 0, 0),
        ("2021-05-27", 1, 0),
        ("2021-05-28", 1, 1),
    ] {
        let counts = count(day);
        assert_eq!(
            (&counts["total"], &counts["overdue"]),
            (&json!(total), &json!(overdue)),
            "{day}"
        );
    }
}
