//! `tell`: who is meant, decided past row-level security.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::policy::{Act, Role};
use kernel::sql::{Row, sql};
use uuid::Uuid;

use crate::support::{TestApp, World};

/// Tells as the program would.
pub fn tell(app: &TestApp, notice: Notice) {
    tell_keyed(app, notice, None);
}

fn tell_keyed(app: &TestApp, notice: Notice, key: Option<&str>) {
    app.parts
        .db
        .run_system(Act::KeepHouse.ask(), |tx| {
            match key {
                Some(key) => notifications::tell_once(tx, key, &[notice])?,
                None => notifications::tell(tx, &[notice])?,
            }
            Ok(Audited::new((), Event::new()))
        })
        .unwrap();
}

/// An overdue action of this case.
pub fn overdue(world: &World, case: Option<Uuid>, to: Vec<To>) -> Notice {
    Notice {
        kind: NoticeKind::ActionOverdue,
        marac_id: world.wcc,
        case_id: case,
        subject: ("action", Uuid::now_v7()),
        to,
    }
}

#[derive(Row)]
struct Got {
    recipient: Uuid,
}

/// Everybody whose inbox holds the notice of this subject, and how often.
fn told(app: &TestApp, subject: Uuid) -> Vec<Uuid> {
    let rows: Vec<Got> = sql(
        "select coalesce(user_id, client_id) as recipient from notifications \
         where subject_id = $1 order by 1",
    )
    .bind(subject)
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.recipient).collect()
}

fn mailed(app: &TestApp) -> BTreeSet<Uuid> {
    let rows: Vec<Got> = sql("select user_id as recipient from outbox")
        .load(&mut app.owner())
        .unwrap();
    rows.into_iter().map(|row| row.recipient).collect()
}

fn sorted(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort();
    ids
}

#[actix_web::test]
async fn each_way_of_meaning_somebody_reaches_them_and_nobody_else() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let case = w.case(&app, "Okafor", "Brandt");
    sql("update cases set lead_agency_id = $2 where id = $1")
        .bind(case)
        .bind(w.idva_service)
        .execute(&mut app.owner())
        .unwrap();
    for (to, expected) in [
        (vec![To::User(w.officer.id)], vec![w.officer.id]),
        (vec![To::User(w.kc_officer.id)], vec![]),
        (
            vec![To::Agency(w.housing)],
            vec![w.housing_rep.id, w.client.id],
        ),
        (vec![To::Agency(w.idva_service)], vec![w.idva.id]),
        (vec![To::Agency(w.kc_police)], vec![]),
        (vec![To::AgencyLead(w.housing)], vec![w.housing_lead.id]),
        (
            vec![To::Role(Role::Representative)],
            vec![w.housing_rep.id, w.health_rep.id, w.police_rep.id],
        ),
        (vec![To::Role(Role::Coordinator)], vec![w.coordinator.id]),
        (vec![To::Lead], vec![w.idva.id]),
        (
            vec![
                To::Lead,
                To::User(w.idva.id),
                To::Role(Role::Idva),
                To::Agency(w.idva_service),
            ],
            vec![w.idva.id],
        ),
    ] {
        let notice = overdue(&w, Some(case), to.clone());
        let subject = notice.subject.1;
        tell(&app, notice);
        assert_eq!(told(&app, subject), sorted(expected), "{to:?}");
    }
    assert!(!mailed(&app).contains(&w.client.id));
}

#[actix_web::test]
async fn a_lead_who_is_a_person_is_told_and_the_agency_when_the_person_has_gone() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let case = w.case(&app, "Okafor", "Brandt");
    sql("update cases set lead_user_id = $2, lead_agency_id = $3 where id = $1")
        .bind(case)
        .bind(w.officer.id)
        .bind(w.police)
        .execute(&mut app.owner())
        .unwrap();
    let notice = overdue(&w, Some(case), vec![To::Lead]);
    let subject = notice.subject.1;
    tell(&app, notice.clone());
    assert_eq!(told(&app, subject), [w.officer.id]);

    disable(&app, w.officer.id);
    let subject = Uuid::now_v7();
    tell(
        &app,
        Notice {
            subject: ("action", subject),
            ..notice
        },
    );
    assert_eq!(told(&app, subject), [w.police_rep.id]);
}

fn disable(app: &TestApp, user: Uuid) {
    sql("update users set disabled_at = $2 where id = $1")
        .bind(user)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
}

fn exclude(app: &TestApp, w: &World, case: Uuid, column: &str, id: Uuid, until: DateTime<Utc>) {
    let text = match column {
        "user_id" => {
            "insert into exclusions (id, marac_id, case_id, user_id, reason, ends_at, created_at) \
             values ($1, $2, $3, $4, '', $5, $6)"
        }
        _ => {
            "insert into exclusions (id, marac_id, case_id, agency_id, reason, ends_at, created_at) \
             values ($1, $2, $3, $4, '', $5, $6)"
        }
    };
    sql(text)
        .bind(Uuid::now_v7())
        .bind(w.wcc)
        .bind(case)
        .bind(id)
        .bind(until)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
}

#[actix_web::test]
async fn whoever_a_case_is_closed_to_hears_nothing_of_it() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let case = w.case(&app, "Okafor", "Brandt");
    let everybody = || {
        let roles = [Role::Representative, Role::Coordinator, Role::Chair];
        let mut to: Vec<_> = roles.map(To::Role).into();
        to.extend([To::Agency(w.housing), To::Agency(w.health)]);
        to
    };
    let tomorrow = app.now() + TimeDelta::days(1);
    exclude(&app, &w, case, "user_id", w.coordinator.id, tomorrow);
    exclude(&app, &w, case, "agency_id", w.housing, tomorrow);
    let notice = overdue(&w, Some(case), everybody());
    let subject = notice.subject.1;
    tell(&app, notice);
    let expected = sorted(vec![w.health_rep.id, w.police_rep.id, w.chair.id]);
    assert_eq!(told(&app, subject), expected);
    assert_eq!(mailed(&app), expected.into_iter().collect());

    // Another case is open to them all, and this one again when the exclusions have ended.
    let other = overdue(&w, Some(w.case(&app, "Adeyemi", "Cole")), everybody());
    let subject = other.subject.1;
    tell(&app, other);
    assert_eq!(told(&app, subject).len(), 6);
    app.wait(TimeDelta::days(2));
    let again = overdue(&w, Some(case), everybody());
    let subject = again.subject.1;
    tell(&app, again);
    assert_eq!(told(&app, subject).len(), 6);
}

#[actix_web::test]
async fn one_excluded_colleague_silences_the_agencys_program_and_nobody_else() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let case = w.case(&app, "Okafor", "Brandt");
    let tomorrow = app.now() + TimeDelta::days(1);
    exclude(&app, &w, case, "user_id", w.housing_lead.id, tomorrow);
    let notice = overdue(&w, Some(case), vec![To::Agency(w.housing)]);
    let subject = notice.subject.1;
    tell(&app, notice);
    assert_eq!(told(&app, subject), [w.housing_rep.id]);
}

#[actix_web::test]
async fn a_restricted_case_tells_the_named_alone() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let case = w.case(&app, "Okafor", "Brandt");
    for text in [
        "insert into restrictions (id, marac_id, case_id, reason, created_at) values ($1, $2, $3, '', $5)",
        "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
         values ($1, $2, $3, 'named', $4, $5, $5)",
    ] {
        sql(text)
            .bind(Uuid::now_v7())
            .bind(w.wcc)
            .bind(case)
            .bind(w.chair.id)
            .bind(app.now())
            .execute(&mut app.owner())
            .unwrap();
    }
    let to = vec![
        To::Role(Role::Chair),
        To::Role(Role::Coordinator),
        To::Agency(w.housing),
    ];
    let notice = overdue(&w, Some(case), to);
    let subject = notice.subject.1;
    tell(&app, notice);
    assert_eq!(told(&app, subject), [w.chair.id]);
}

#[actix_web::test]
async fn closed_accounts_ended_roles_and_suspended_agencies_hear_nothing() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    disable(&app, w.coordinator.id);
    for text in [
        "update role_grants set ends_at = $2 where user_id = $1",
        "update marac_agencies set suspended_at = $2 where agency_id = $1",
    ] {
        let id = if text.contains("role_grants") {
            w.chair.id
        } else {
            w.health
        };
        sql(text)
            .bind(id)
            .bind(app.now() - TimeDelta::hours(1))
            .execute(&mut app.owner())
            .unwrap();
    }
    let to = vec![
        To::Role(Role::Coordinator),
        To::User(w.chair.id),
        To::Agency(w.health),
        To::User(w.observer.id),
    ];
    let notice = overdue(&w, None, to);
    let subject = notice.subject.1;
    tell(&app, notice);
    assert_eq!(told(&app, subject), Vec::<Uuid>::new());
}

#[actix_web::test]
async fn a_key_tells_once_each_recipient_and_another_key_again() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let notice = overdue(&w, None, vec![To::Agency(w.housing)]);
    let subject = notice.subject.1;
    for key in ["week-1", "week-1", "week-2", "week-1"] {
        tell_keyed(&app, notice.clone(), Some(key));
    }
    let twice = [w.housing_rep.id, w.client.id];
    assert_eq!(told(&app, subject), sorted([twice, twice].concat()));
    // One more is meant later, and is told although the others were.
    let wider = Notice {
        to: vec![To::Agency(w.housing), To::Role(Role::Chair)],
        ..notice
    };
    tell_keyed(&app, wider, Some("week-1"));
    assert_eq!(told(&app, subject).len(), 5);
}
