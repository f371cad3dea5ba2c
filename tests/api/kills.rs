//! Nothing acknowledged is lost and nothing happens twice (design section 7): the service, then its
//! database, are killed while several people work, and what they were told holds afterwards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use directory::auth::token::{TokenSubject, Tokens};
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use serde_json::{Value, json};
use uuid::Uuid;

#[cfg(target_os = "linux")]
use crate::support::program::kill_the_database;
use crate::support::program::{Folder, Service, behind, request, succeeds};
use crate::support::{Person, World, etag, id, referral};

/// Answers to wait for before the kill: enough that everybody is in the middle of something.
const BEFORE_THE_KILL: usize = 80;
/// Requests nobody reaches before somebody is killed.
const FOREVER: usize = 5_000;

struct Town {
    folder: Folder,
    world: World,
    tokens: Tokens,
    service: Option<Service>,
    /// The case everybody works on.
    case: String,
    /// The day it is in the world.
    now: DateTime<Utc>,
}

/// What somebody sent, and what they were told of it.
struct Sent {
    key: String,
    path: String,
    body: Value,
    /// The words that only this one says.
    mark: String,
    /// The resource as it was answered; none if the answer never came.
    answer: Option<Value>,
}

/// A report on an action: acknowledged or not.
struct Reported {
    action: Value,
    acknowledged: bool,
}

/// What somebody does over and over.
#[derive(Clone, Copy, PartialEq)]
enum Task {
    Refer,
    Tell,
    /// Agrees an action, which the owner reports at once.
    Agree,
}

impl Town {
    fn new() -> Self {
        let folder = Folder::new();
        let keys = folder.file("keys");
        succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
        let service = serve(&folder);
        let now = Clock::system().now();
        let world = World::make_on(&mut behind(&folder).1, now);
        let tokens = Tokens::new(&KeyRing::load(&keys).unwrap()).unwrap();
        let mut town = Self {
            folder,
            world,
            tokens,
            service: Some(service),
            case: String::new(),
            now,
        };
        let (officer, coordinator) = (&town.world.officer, &town.world.coordinator);
        let body = town.referral("Okafor");
        let (_, sent) = town.post(officer, "/referrals", &[], body);
        let path = format!("/referrals/{}/accept", id(&sent));
        let (status, accepted) =
            town.post(coordinator, &path, &[("if-match", &etag(&sent))], json!({}));
        assert_eq!(status, 200, "{accepted}");
        let case = format!("/cases/{}", accepted["case_id"].as_str().unwrap());
        let share = json!({ "agency_id": town.world.housing, "reason": "Her landlord." });
        let (status, shared) = town.post(coordinator, &format!("{case}/shares"), &[], share);
        assert_eq!(status, 201, "{shared}");
        town.case = case;
        town
    }

    fn referral(&self, mark: &str) -> Value {
        json!({ "marac_id": self.world.wcc, "referral": referral(mark, "Stone") })
    }

    fn token(&self, person: &Person) -> String {
        let subject = TokenSubject::User {
            user_id: person.id,
            session_id: person.session_id,
        };
        format!("Bearer {}", self.tokens.issue(subject, self.now).unwrap().0)
    }

    fn send(
        &self,
        person: &Person,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Option<(u16, Value)> {
        let token = self.token(person);
        let mut all = vec![("authorization", token.as_str())];
        all.extend(headers);
        let path = match path.starts_with("/api/") {
            true => path.to_owned(),
            false => format!("/api/v1{path}"),
        };
        let service = self.service.as_ref().unwrap();
        request(&service.address, method, &path, &all, body)
    }

    fn post(
        &self,
        person: &Person,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> (u16, Value) {
        self.send(person, "POST", path, headers, Some(body))
            .unwrap()
    }

    fn get(&self, person: &Person, path: &str) -> Value {
        let (status, body) = self.send(person, "GET", path, &[], None).unwrap();
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Every item of a list.
    fn list(&self, person: &Person, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(person, &format!("{path}?limit=200{cursor}"));
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Where the task's requests go, and what they say.
    fn request(&self, task: Task, mark: &str) -> (String, Value) {
        let today = self
            .now
            .with_timezone(&chrono_tz::Europe::London)
            .date_naive();
        match task {
            Task::Refer => ("/referrals".to_owned(), self.referral(mark)),
            Task::Tell => {
                let entry = json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": today, "how_told": "phone", "text": mark });
                (format!("{}/account", self.case), entry)
            }
            Task::Agree => {
                let due = today + TimeDelta::days(3);
                let action = json!({ "text": mark, "owner_agency_id": self.world.housing, "category": "other", "target": "survivor", "due_on": due });
                (format!("{}/actions", self.case), action)
            }
        }
    }

    fn people(&self) -> [(&Person, Task); 6] {
        let w = &self.world;
        [
            (&w.officer, Task::Refer),
            (&w.other_officer, Task::Refer),
            (&w.officer, Task::Tell),
            (&w.coordinator, Task::Tell),
            (&w.coordinator, Task::Agree),
            (&w.chair, Task::Agree),
        ]
    }

    /// Works until the service no longer answers, or until somebody was killed: a database that was is
    /// started again.
    fn work(
        &self,
        (person, task): (&Person, Task),
        name: &str,
        (answered, killed): (&Sender<()>, &AtomicBool),
    ) -> (Vec<Sent>, Vec<Reported>) {
        let (mut sent, mut reports) = (Vec::new(), Vec::new());
        for n in 0..FOREVER {
            if killed.load(Ordering::Relaxed) {
                return (sent, reports);
            }
            let mark = format!("{name}-{n}");
            let (path, body) = self.request(task, &mark);
            let key = Uuid::now_v7().to_string();
            let headers = [("idempotency-key", key.as_str())];
            let answer = self.send(person, "POST", &path, &headers, Some(body.clone()));
            let answer = acknowledged(answer, 201);
            let go_on = answer.clone();
            sent.push(Sent {
                key,
                path,
                body,
                mark,
                answer,
            });
            let Some(made) = go_on else {
                return (sent, reports);
            };
            let _ = answered.send(());
            if task == Task::Agree {
                let acknowledged = self.report(&made).is_some();
                reports.push(Reported {
                    action: made,
                    acknowledged,
                });
                if !acknowledged {
                    return (sent, reports);
                }
            }
        }
        panic!("nobody was killed");
    }

    /// Reports an action as it was when it was agreed.
    fn report(&self, action: &Value) -> Option<Value> {
        let path = format!("/actions/{}/report", id(action));
        let version = etag(action);
        let done = Some(json!({ "status": "completed" }));
        let headers = [("if-match", version.as_str())];
        let rep = &self.world.housing_rep;
        acknowledged(self.send(rep, "POST", &path, &headers, done), 200)
    }

    /// Everybody works; once enough is done, `kill` strikes. Then all is started again.
    fn round(&mut self, name: &str, kill: impl FnOnce(&Self)) {
        let done = self.until_killed(name, kill);
        // Whatever is left of it ends here: by SIGKILL too.
        drop(self.service.take());
        self.service = Some(serve(&self.folder));
        for ((person, task), (sent, reports)) in self.people().into_iter().zip(done) {
            self.everything_is_there_once((person, task), &sent);
            for reported in reports {
                self.is_reported_once(&reported);
            }
        }
    }

    fn until_killed(
        &self,
        name: &str,
        kill: impl FnOnce(&Self),
    ) -> Vec<(Vec<Sent>, Vec<Reported>)> {
        let (answered, answers): (Sender<()>, Receiver<()>) = channel();
        let killed = &AtomicBool::new(false);
        std::thread::scope(|scope| {
            let people = self.people().into_iter().enumerate();
            let working: Vec<_> = people
                .map(|(n, person)| {
                    let (answered, name) = (answered.clone(), format!("{name}{n}"));
                    scope.spawn(move || self.work(person, &name, (&answered, killed)))
                })
                .collect();
            for _ in 0..BEFORE_THE_KILL {
                answers.recv_timeout(Duration::from_secs(60)).unwrap();
            }
            kill(self);
            killed.store(true, Ordering::Relaxed);
            working
                .into_iter()
                .map(|working| working.join().unwrap())
                .collect()
        })
    }

    /// The words of what the person's task has made so far, and the resource that says them.
    fn made(&self, person: &Person, task: Task) -> Vec<(String, Value)> {
        let said = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        match task {
            Task::Refer => {
                let name = |item: &Value| said(item, "survivor").replacen("Amina ", "", 1);
                let items = self.list(person, "/referrals").into_iter();
                items
                    .map(|item| {
                        let path = format!("/referrals/{}", id(&item));
                        (name(&item), self.get(person, &path))
                    })
                    .collect()
            }
            Task::Tell => {
                let account = self.get(person, &format!("{}/account", self.case));
                let headings = account["items"].as_array().unwrap().iter();
                let entries = headings.flat_map(|h| h["entries"].as_array().unwrap());
                entries.map(|e| (said(e, "text"), e.clone())).collect()
            }
            Task::Agree => {
                let items = self.list(person, &format!("{}/actions", self.case));
                items.into_iter().map(|a| (said(&a, "text"), a)).collect()
            }
        }
    }

    /// What was acknowledged is there as it was answered; what was not is there after a retry; each
    /// once, and the retry tells of the same resource however often it comes.
    fn everything_is_there_once(&self, (person, task): (&Person, Task), sent: &[Sent]) {
        let mut ids = BTreeMap::new();
        for one in sent {
            let headers = [("idempotency-key", one.key.as_str())];
            let again = || {
                let (status, body) = self.post(person, &one.path, &headers, one.body.clone());
                assert_eq!(status, 201, "{body}");
                body
            };
            let made = match &one.answer {
                Some(answer) => answer.clone(),
                None => again(),
            };
            assert_eq!(id(&again()), id(&made), "{}", one.mark);
            ids.insert(one.mark.clone(), made);
        }
        let there = self.made(person, task);
        for (mark, made) in &ids {
            let found: Vec<_> = there.iter().filter(|(said, _)| said == mark).collect();
            assert_eq!(found.len(), 1, "{mark}");
            let (_, found) = found[0];
            assert_eq!(id(found), id(made), "{mark}");
            match task {
                Task::Agree => assert_eq!(found["owner_agency_id"], made["owner_agency_id"]),
                _ => assert_eq!(found, made, "{mark}"),
            }
        }
        // Nothing of this name was made that was not sent.
        let name = sent[0].mark.split('-').next().unwrap();
        let of_name = |(said, _): &&(String, Value)| said.split('-').next() == Some(name);
        assert_eq!(there.iter().filter(of_name).count(), ids.len(), "{name}");
    }

    fn is_reported_once(&self, reported: &Reported) {
        let action = id(&reported.action);
        let again = self.report(&reported.action).is_some();
        assert!(!(again && reported.acknowledged), "it was reported already");
        let coordinator = &self.world.coordinator;
        let found = self.get(coordinator, &format!("/actions/{action}"));
        assert_eq!(found["status"], "completed");
        let history = self.get(coordinator, &format!("/actions/{action}/history"));
        let kinds = history["items"].as_array().unwrap().iter();
        let kinds: Vec<_> = kinds.map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["agreed", "reported"]);
    }
}

fn serve(folder: &Folder) -> Service {
    Service::serve_with(folder, |command| {
        command
            .env("TOLDONCE_REQUESTS_PER_MINUTE", "100000")
            .env("TOLDONCE_SEARCHES_PER_MINUTE", "100000")
            .stderr(std::process::Stdio::null());
    })
}

/// The body of an answer that says it is done; anything else than that, or a fault, fails the test.
fn acknowledged(answer: Option<(u16, Value)>, done: u16) -> Option<Value> {
    match answer {
        Some((status, body)) if status == done => body.is_object().then_some(body),
        Some((412 | 500.., _)) | None => None,
        Some((status, body)) => panic!("{status} {body}"),
    }
}

#[test]
fn what_was_acknowledged_is_there_once_after_a_kill_in_the_middle_of_work() {
    let mut town = Town::new();
    town.round("service", |town| {
        town.service.as_ref().unwrap().signal(libc::SIGKILL);
    });
    #[cfg(target_os = "linux")]
    town.round("database", |town| {
        kill_the_database(&town.folder);
    });
    drop(town.service.take());
    let verified = succeeds(&town.folder, &["audit", "verify"]);
    assert!(verified.contains("rows hold"), "{verified}");
}
