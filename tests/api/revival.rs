//! A private database that dies under a running service is started again, and the service goes on.

use std::fs::File;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::program::{
    Folder, PASSWORD, Service, behind, free_port, installed, kill_the_database, program, request,
    signs_in,
};

/// Waits until the service says that it is ready and takes a write: a sign-in makes a session.
#[track_caller]
fn recovers(service: &Service) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let ready = || request(&service.address, "GET", "/readyz", &[], None);
    let body = json!({ "email": "admin@body.example", "password": PASSWORD });
    let write = || {
        let body = Some(body.clone());
        request(&service.address, "POST", "/api/v1/auth/login", &[], body)
    };
    let status = |answer: Option<(u16, Value)>| answer.map(|(status, _)| status);
    while status(ready()) != Some(204) || status(write()) != Some(200) {
        assert!(Instant::now() < deadline, "it is not ready again");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status(ready()), Some(204));
}

fn logged(folder: &Folder) -> String {
    std::fs::read_to_string(folder.file("log")).unwrap()
}

#[test]
fn a_database_that_was_killed_is_started_again_and_takes_writes() {
    let folder = Folder::new();
    drop(installed(&folder));
    let log = File::create(folder.file("log")).unwrap();
    let mut service = Service::serve_with(&folder, |command| {
        command.stderr(log);
    });
    assert_eq!(signs_in(&service), 200);
    let mut killed = Vec::new();
    for _ in 0..2 {
        killed.push(kill_the_database(&folder));
        recovers(&service);
    }
    killed.dedup();
    assert_eq!(killed.len(), 2, "each was another server");
    let log = logged(&folder);
    let again = log.matches("the embedded PostgreSQL was started again");
    assert_eq!(again.count(), 2, "{log}");
    // It is this program's own, and is stopped with it.
    service.signal(libc::SIGTERM);
    assert!(
        service.child.wait().unwrap().success(),
        "{}",
        logged(&folder)
    );
    drop(service);
    let (local, _conn) = behind(&folder);
    assert!(!local.joined(), "nothing of it runs");
}

#[test]
fn a_program_that_joined_the_database_starts_it_again_when_its_owner_is_killed() {
    let folder = Folder::new();
    let owner = installed(&folder);
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = program(&folder);
    let log = File::create(folder.file("log")).unwrap();
    command
        .arg("serve")
        .env("TOLDONCE_LISTEN", &address)
        .stderr(log);
    let joined = Service::ready(command.spawn().unwrap(), address);
    assert_eq!(signs_in(&joined), 200);
    // By SIGKILL: its server goes down with it.
    drop(owner);
    recovers(&joined);
    let log = logged(&folder);
    assert!(log.contains("started again"), "{log}");
}
