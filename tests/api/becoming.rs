//! Who may become somebody else: links, addresses, grants, and who is told.

mod accounts;
mod links;
mod second_person;

use std::path::PathBuf;

use diesel::prelude::*;
use directory::auth::Limits;
use directory::notifications::mail::Mailer;
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use toldonce::jobs;
use uuid::Uuid;

use crate::support::{Person, TestApp, TestDb, World};

const PASSWORD: &str = "a long enough password";

/// A service that writes its e-mail to files, and the folder.
struct Office {
    app: TestApp,
    world: World,
    folder: PathBuf,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Office {
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("toldonce-mail-{}", Uuid::now_v7()));
        let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
        let mail = Mailer::folder(folder.clone(), "Told Once <told@once.example>", None).unwrap();
        let limits = Limits::default();
        let app = TestApp::mailing(TestDb::create(), Clock::system(), limits, keys, mail).await;
        let world = World::make(&app);
        Self { app, world, folder }
    }

    /// The letters to an address so far, once what waits has been sent.
    fn letters(&self, address: &str) -> Vec<String> {
        self.app.wait(chrono::TimeDelta::seconds(10));
        jobs::run_due(&self.app.parts).unwrap();
        let files = std::fs::read_dir(&self.folder).into_iter().flatten();
        let mut letters: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
            .filter(|(_, text)| text.contains(&format!("To: {address}\r\n")))
            .collect();
        letters.sort();
        letters.into_iter().map(|(_, text)| text).collect()
    }

    /// The link in the last letter to an address.
    fn link(&self, address: &str) -> String {
        let letters = self.letters(address);
        letters.iter().rev().find_map(|text| token(text)).unwrap()
    }
}

/// The link in a letter: on a line of its own.
fn token(letter: &str) -> Option<String> {
    let words = letter.lines().map(str::trim);
    let mut tokens = words.filter(|word| {
        let letters = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        word.len() == 43 && word.chars().all(letters)
    });
    tokens.next().map(str::to_owned)
}

fn role(marac: Uuid, role: &str) -> Value {
    json!({ "marac_id": marac, "role": role, "ends_at": null })
}

/// Whoever has been told of this kind.
fn told(app: &TestApp, kind: &'static str) -> Vec<Uuid> {
    #[derive(Row)]
    struct Row {
        user_id: Uuid,
    }
    let rows: Vec<Row> = sql("select user_id from notifications where kind = $1 \
         and user_id is not null order by id")
    .bind(kind)
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.user_id).collect()
}

fn count(app: &TestApp, text: &'static str) -> i64 {
    #[derive(Row)]
    struct Row {
        n: i64,
    }
    let row: Row = sql(text).get_result(&mut app.owner()).unwrap();
    row.n
}

/// The person has chosen a password, and goes on in the session they have.
fn take_up(app: &TestApp, person: &Person) {
    let hash = app.parts.passwords.hash_blocking(PASSWORD).unwrap();
    sql("update users set password_hash = $2 where id = $1")
        .bind(person.id)
        .bind(hash)
        .execute(&mut app.owner())
        .unwrap();
}

/// The acts of a MARAC's audit about one thing, as its reader sees them.
async fn audited(app: &TestApp, reader: &Person, marac: Uuid, subject: Uuid) -> Vec<String> {
    let path = format!("/audit?limit=200&marac_id={marac}");
    let page = app.as_(reader).get(&path).await.expect(200);
    let items = page["items"].as_array().unwrap().iter();
    items
        .filter(|event| event["subject_id"] == json!(subject))
        .map(|event| {
            let part = |name: &str| event[name].as_str().unwrap().to_owned();
            format!("{} {}", part("act"), part("outcome"))
        })
        .collect()
}
