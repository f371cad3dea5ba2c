//! E-mail: what it says, that it goes once, and what becomes of it when things break.

use chrono::TimeDelta;
use diesel::prelude::*;
use directory::auth::Limits;
use directory::notifications::To;
use directory::notifications::mail::{self, Mailer};
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::policy::Role;
use kernel::sql::sql;
use toldonce::jobs;
use uuid::Uuid;

use super::server::{MailServer, Mood};
use super::telling::{overdue, tell};
use crate::support::{TestApp, TestDb, World};

async fn app_mailing(mail: Mailer) -> (TestApp, World) {
    let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
    let clock = Clock::system();
    let app = TestApp::mailing(TestDb::create(), clock, Limits::default(), keys, mail).await;
    let world = World::make(&app);
    (app, world)
}

#[derive(kernel::sql::Row)]
struct Row {
    outcome: Option<String>,
    attempts: i16,
}

/// The one row of the outbox: how it ended, and how often it was tried.
fn fate(app: &TestApp) -> (Option<String>, i16) {
    let row: Row = sql("select outcome, attempts from outbox")
        .get_result(&mut app.owner())
        .unwrap();
    (row.outcome, row.attempts)
}

fn ended(app: &TestApp, outcome: &str, attempts: i16) {
    assert_eq!(fate(app), (Some(outcome.to_owned()), attempts));
}

/// A minute passes and whatever is due is done.
fn a_minute_on(app: &TestApp, minutes: i64) {
    app.wait(TimeDelta::minutes(minutes));
    jobs::run_due(&app.parts).unwrap();
}

fn tell_the_coordinator(app: &TestApp, w: &World, case: Option<Uuid>) {
    tell(app, overdue(w, case, vec![To::Role(Role::Coordinator)]));
}

fn code(app: &TestApp, case: Uuid) -> String {
    #[derive(kernel::sql::Row)]
    struct Code {
        code: String,
    }
    let row: Code = sql("select code from cases where id = $1")
        .bind(case)
        .get_result(&mut app.owner())
        .unwrap();
    row.code
}

#[actix_web::test]
async fn an_e_mail_says_a_code_and_to_sign_in_and_goes_once() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    let case = w.case(&app, "Zanzibar", "Canary");
    tell_the_coordinator(&app, &w, Some(case));
    for _ in 0..3 {
        a_minute_on(&app, 1);
    }
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    for part in [
        format!("To: {}", w.coordinator.email),
        "Subject: Told Once: an action is overdue".to_owned(),
        code(&app, case),
        "https://told-once.example".to_owned(),
        "@once.example>".to_owned(),
    ] {
        assert!(letter.contains(&part), "{part} is not in\n{letter}");
    }
    for word in [
        "Zanzibar",
        "Canary",
        "Westminster",
        "WCC",
        "MARAC",
        "Partnership",
    ] {
        assert!(!letter.contains(word), "{word} is in\n{letter}");
    }
    ended(&app, "sent", 1);
}

#[actix_web::test]
async fn what_belongs_together_is_one_e_mail() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    let meeting = crate::support::id(&crate::meetings::planned(&app, &w).await);
    let cases = [w.case(&app, "A", "B"), w.case(&app, "C", "D")];
    for case in cases {
        crate::meetings::listed(&app, &w, meeting, case, &[w.housing]).await;
    }
    crate::meetings::step(&app, &w.coordinator, meeting, "circulate").await;
    a_minute_on(&app, 1);
    let letters = server.letters();
    // One that they are listed, one that research is due.
    assert_eq!(letters.len(), 2);
    for letter in letters {
        let mut codes = cases.iter().map(|case| code(&app, *case));
        assert!(codes.all(|code| letter.contains(&code)), "{letter}");
    }
}

#[actix_web::test]
async fn what_fails_before_the_text_is_tried_again_later_and_goes_once() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    for mood in [Mood::BusyAtMail, Mood::CutsBeforeText, Mood::FullAfterText] {
        sql("delete from outbox").execute(&mut app.owner()).unwrap();
        let before = server.letters().len();
        server.mood(mood);
        tell_the_coordinator(&app, &w, None);
        a_minute_on(&app, 1);
        assert_eq!(fate(&app), (None, 1), "{mood:?}");
        // Not before its time, and then later and later.
        jobs::run_due(&app.parts).unwrap();
        assert_eq!(fate(&app), (None, 1), "{mood:?}");
        a_minute_on(&app, 1);
        assert_eq!(fate(&app), (None, 2), "{mood:?}");
        a_minute_on(&app, 1);
        assert_eq!(fate(&app), (None, 2), "{mood:?}");
        server.mood(Mood::Takes);
        a_minute_on(&app, 1);
        a_minute_on(&app, 60);
        assert_eq!(server.letters().len(), before + 1, "{mood:?}");
        ended(&app, "sent", 3);
    }
}

#[actix_web::test]
async fn a_mail_server_that_is_away_puts_everything_off() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    let away = directory::notifications::mail::Relay {
        host: "127.0.0.1".into(),
        port: crate::support::program::free_port(),
        encryption: directory::notifications::mail::Encryption::StartTls,
        credentials: None,
    };
    let other = TestApp::mailing(
        TestDb {
            name: app.db.name.clone(),
        },
        app.parts.db.clock().clone(),
        Limits::default(),
        app.keys.clone(),
        Mailer::relay(away, "told@once.example", None).unwrap(),
    )
    .await;
    tell_the_coordinator(&app, &w, None);
    jobs::run_due(&other.parts).unwrap();
    assert_eq!(fate(&app), (None, 1));
    a_minute_on(&app, 2);
    ended(&app, "sent", 2);
    // The database is dropped by the app that made it.
    std::mem::forget(other.db);
}

#[actix_web::test]
async fn what_the_mail_server_refuses_is_not_tried_again() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    for mood in [Mood::KnowsNobody, Mood::RefusesText] {
        sql("delete from outbox").execute(&mut app.owner()).unwrap();
        server.mood(mood);
        tell_the_coordinator(&app, &w, None);
        a_minute_on(&app, 1);
        a_minute_on(&app, 60);
        ended(&app, "refused", 1);
    }
    assert_eq!(server.letters().len(), 0);
}

#[actix_web::test]
async fn a_text_that_may_have_gone_is_never_sent_a_second_time() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    server.mood(Mood::CutsAfterText);
    tell_the_coordinator(&app, &w, None);
    a_minute_on(&app, 1);
    ended(&app, "in_doubt", 1);
    server.mood(Mood::Takes);
    a_minute_on(&app, 60);
    assert_eq!(server.letters().len(), 1);
}

#[actix_web::test]
async fn a_server_killed_before_the_hand_over_is_made_up_for_and_after_it_is_not() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    // As the rows stand when a server dies: taken, and taken and marked.
    for (handed, outcome, letters) in [(false, "sent", 1), (true, "in_doubt", 1)] {
        sql("delete from outbox").execute(&mut app.owner()).unwrap();
        tell_the_coordinator(&app, &w, None);
        sql("update outbox set attempts = 1, next_at = $1, handed_at = case when $2 then $3 end")
            .bind(app.now() + TimeDelta::minutes(10))
            .bind(handed)
            .bind(app.now())
            .execute(&mut app.owner())
            .unwrap();
        a_minute_on(&app, 5);
        assert_eq!(fate(&app).0, None);
        a_minute_on(&app, 6);
        assert_eq!(fate(&app).0.as_deref(), Some(outcome));
        assert_eq!(server.letters().len(), letters);
    }
}

#[actix_web::test]
async fn two_servers_send_each_e_mail_once() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    let second = TestApp::mailing(
        TestDb {
            name: app.db.name.clone(),
        },
        app.parts.db.clock().clone(),
        Limits::default(),
        app.keys.clone(),
        server.mailer(),
    )
    .await;
    for _ in 0..60 {
        tell(
            &app,
            overdue(
                &w,
                None,
                vec![To::User(w.coordinator.id), To::User(w.chair.id)],
            ),
        );
    }
    let servers = [&app.parts, &second.parts];
    // The job itself, not its turn: both servers at work on the same rows.
    std::thread::scope(|scope| {
        for parts in servers {
            scope.spawn(|| mail::send_due(&parts.db, &parts.mail).unwrap());
        }
    });
    let mut ids: Vec<String> = server
        .letters()
        .iter()
        .map(|letter| {
            let line = letter.lines().find(|line| line.starts_with("Message-ID"));
            line.unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 120);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 120);
    std::mem::forget(second.db);
}

#[actix_web::test]
async fn nothing_is_sent_to_whom_the_case_was_closed_meanwhile_nor_to_a_closed_account() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    for text in [
        "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
        "update users set disabled_at = $5 where id = $4 and $1 <> $2 and $2 <> $3",
    ] {
        sql("delete from outbox").execute(&mut app.owner()).unwrap();
        let case = w.case(&app, "Okafor", "Brandt");
        tell_the_coordinator(&app, &w, Some(case));
        sql(text)
            .bind(Uuid::now_v7())
            .bind(w.wcc)
            .bind(case)
            .bind(w.coordinator.id)
            .bind(app.now())
            .execute(&mut app.owner())
            .unwrap();
        a_minute_on(&app, 1);
        ended(&app, "withheld", 1);
    }
    assert_eq!(server.letters().len(), 0);
}

#[actix_web::test]
async fn without_a_way_out_e_mail_is_given_up_when_it_is_old_news() {
    let (app, w) = app_mailing(Mailer::off()).await;
    tell_the_coordinator(&app, &w, None);
    a_minute_on(&app, 60 * 24);
    assert_eq!(fate(&app), (None, 0));
    a_minute_on(&app, 60 * 24 * 2 + 1);
    ended(&app, "given_up", 0);
}

#[actix_web::test]
async fn a_mail_server_that_stays_away_is_given_up_within_a_day() {
    let server = MailServer::start();
    let (app, w) = app_mailing(server.mailer()).await;
    server.mood(Mood::BusyAtMail);
    tell_the_coordinator(&app, &w, None);
    for _ in 0..24 {
        a_minute_on(&app, 60);
    }
    ended(&app, "given_up", 24);
}

#[actix_web::test]
async fn in_a_folder_each_e_mail_is_a_file() {
    let folder = std::env::temp_dir().join(format!("toldonce-mail-{}", Uuid::now_v7()));
    let mailer = Mailer::folder(folder.clone(), "Told Once <told@once.example>", None).unwrap();
    let (app, w) = app_mailing(mailer).await;
    tell_the_coordinator(&app, &w, None);
    a_minute_on(&app, 1);
    a_minute_on(&app, 60);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(files[0].path()).unwrap();
    assert!(text.contains(&w.coordinator.email) && text.contains("Sign in"));
    ended(&app, "sent", 1);
    std::fs::remove_dir_all(folder).unwrap();
}
