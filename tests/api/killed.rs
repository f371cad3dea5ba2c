//! What the program does in one go happens once, wherever it is killed and whoever goes on with it
//! (design section 7). The program runs as processes of its own on a database that outlives them. A
//! gate in the database makes it stand at the moment it is to die: nothing here is left to luck.

mod circulation;
mod escalation;
mod issuing;
mod servers;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::thread::JoinHandle;

use chrono::TimeDelta;
use diesel::prelude::*;
use directory::auth::Limits;
use directory::auth::token::TokenSubject;
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::sql::{Row, sql};
use serde_json::Value;
use toldonce::{install, jobs};
use uuid::Uuid;

use crate::support::gate::Gate;
use crate::support::program::{Folder, Service, program, request, succeeds, text};
use crate::support::{Person, TestApp, TestDb};

/// A database, and the programs that serve it.
struct Town {
    folder: Folder,
    /// Builds what a test begins with and reads what became of it. It runs no jobs.
    app: TestApp,
    gate: Gate,
}

/// What an agency or person was told, and how often: recipient, kind, case, subject.
type Told = BTreeMap<(Uuid, String, Option<Uuid>, Uuid), i64>;

#[derive(Row)]
struct ToldRow {
    who: Uuid,
    kind: String,
    case_id: Option<Uuid>,
    subject_id: Uuid,
    times: i64,
}

#[derive(Row)]
struct Count {
    n: i64,
}

impl Town {
    async fn new() -> Self {
        let folder = Folder::new();
        let keys = folder.file("keys");
        succeeds(&folder, &["keys", "new", "--out", keys.to_str().unwrap()]);
        let keys = KeyRing::load(&keys).unwrap();
        let (db, clock) = (TestDb::create(), Clock::system());
        install::claim(&mut db.owner(), &keys, &clock, false).unwrap();
        let app = TestApp::on(db, clock, Limits::default(), keys).await;
        let gate = Gate::new(&app.db);
        let town = Self { folder, app, gate };
        town.jobs_rest();
        town
    }

    /// No job is due for days.
    fn jobs_rest(&self) {
        let names: Vec<_> = jobs::JOBS.iter().map(|job| job.name).collect();
        sql("insert into jobs (name, next_at) select unnest($1::text[]), $2")
            .bind(names)
            .bind(self.app.now() + TimeDelta::days(20))
            .execute(&mut self.app.owner())
            .unwrap();
    }

    /// The job's time has come; or the lease of a server that is at it has run out.
    fn is_due(&self, job: &'static str) {
        sql("update jobs set next_at = $2, done_at = null where name = $1")
            .bind(job)
            .bind(self.app.now())
            .execute(&mut self.app.owner())
            .unwrap();
    }

    /// A server of this name.
    fn serve(&self, name: &str) -> Service {
        let url = format!("{}&application_name={name}", self.app.db.app_url());
        Service::serve_with(&self.folder, |command| {
            command
                .env("TOLDONCE_DATABASE_URL", url)
                .env("TOLDONCE_DATA_DIR", self.folder.file(name))
                .env("TOLDONCE_AUDIT_HEADS", self.folder.file("heads"))
                .env("TOLDONCE_POOL", "4")
                .env("TOLDONCE_MAIL_DIR", self.folder.file("mail"))
                .env("TOLDONCE_MAIL_FROM", "Told Once <told@example.org>")
                .stderr(Stdio::null());
        })
    }

    /// Kills a server while it, or what it left in the database, stands at the gate; what is left of it
    /// then meets its end.
    fn kill_at_gate(&mut self, name: &str, service: Service) {
        assert_eq!(self.gate.reached(), name);
        kill(service);
        self.gate.open();
        self.gate.gone(name);
    }

    fn token(&self, person: &Person) -> String {
        let subject = TokenSubject::User {
            user_id: person.id,
            session_id: person.session_id,
        };
        format!("Bearer {}", self.app.token(subject))
    }

    /// Somebody sends a request with a version; the answer may never come.
    fn send(
        &self,
        service: &Service,
        person: &Person,
        path: &str,
        version: &str,
    ) -> JoinHandle<Option<(u16, Value)>> {
        let (address, token) = (service.address.clone(), self.token(person));
        let (path, version) = (format!("/api/v1{path}"), version.to_owned());
        std::thread::spawn(move || {
            let headers = [
                ("authorization", token.as_str()),
                ("if-match", version.as_str()),
            ];
            request(&address, "POST", &path, &headers, None)
        })
    }

    /// What a server answers to a reader.
    fn get(&self, service: &Service, person: &Person, path: &str) -> Value {
        let token = self.token(person);
        let headers = [("authorization", token.as_str())];
        let path = format!("/api/v1{path}");
        let (status, body) = request(&service.address, "GET", &path, &headers, None).unwrap();
        assert_eq!(status, 200, "{body}");
        body
    }

    fn count(&self, query: &'static str) -> i64 {
        let found: Count = sql(query).get_result(&mut self.app.owner()).unwrap();
        found.n
    }

    /// Everything anybody was told of these kinds.
    fn told(&self, kinds: &[&'static str]) -> Told {
        let rows: Vec<ToldRow> = sql(
            "select coalesce(user_id, client_id) as who, kind, case_id, subject_id, count(*) as times \
             from notifications where kind = any ($1) group by 1, 2, 3, 4",
        )
        .bind(kinds.to_vec())
        .load(&mut self.app.owner())
        .unwrap();
        let each = rows.into_iter();
        each.map(|row| ((row.who, row.kind, row.case_id, row.subject_id), row.times))
            .collect()
    }

    /// Each notice to a person is in one e-mail and no other, whatever became of that.
    fn each_notice_is_in_one_e_mail(&self) {
        let wrong = self.count(
            "select count(*) as n from (select t.id, count(o.id) from notifications t \
             left join outbox o on t.id = any (o.notices) where t.user_id is not null \
             group by t.id having count(o.id) <> 1) x",
        );
        assert_eq!(wrong, 0);
    }

    /// The audit that this server sealed is whole.
    fn audit_holds(&self, server: &str) {
        for what in ["seal", "verify"] {
            let mut command = program(&self.folder);
            command
                .env("TOLDONCE_OWNER_URL", self.app.db.owner_url())
                .env("TOLDONCE_AUDIT_HEADS", self.folder.file("heads"))
                .env("TOLDONCE_DATA_DIR", self.folder.file(server));
            if what == "seal" {
                command.env("TOLDONCE_DATABASE_URL", self.app.db.app_url());
            }
            let output = command.args(["audit", what]).output().unwrap();
            let (told, error) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "{error}");
            assert!(what == "seal" || told.contains("rows hold"), "{told}");
        }
    }
}

/// By SIGKILL: it gets to say and write nothing more.
fn kill(service: Service) {
    drop(service);
}
