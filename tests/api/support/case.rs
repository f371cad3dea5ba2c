//! Cases made behind the service's back, for slices that begin where referrals end.

use chrono::{Months, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::crypto::{DataKey, SealPlace};
use kernel::sql::sql;
use practice::party::Identity;
use practice::text::Line;
use uuid::Uuid;

use super::{TestApp, World};

impl World {
    /// An open case in WCC, listed and without children, of a survivor and a perpetrator with these
    /// family names.
    pub fn case(&self, app: &TestApp, survivor: &str, perpetrator: &str) -> Uuid {
        let people = [("survivor", survivor), ("perpetrator", perpetrator)];
        make(app, self.wcc, &people)
    }

    /// The same with a child.
    pub fn case_with_child(&self, app: &TestApp, survivor: &str, perpetrator: &str) -> Uuid {
        let people = [
            ("survivor", survivor),
            ("perpetrator", perpetrator),
            ("child", survivor),
        ];
        make(app, self.wcc, &people)
    }

    /// The same in KC.
    pub fn kc_case(&self, app: &TestApp, survivor: &str, perpetrator: &str) -> Uuid {
        let people = [("survivor", survivor), ("perpetrator", perpetrator)];
        make(app, self.kc, &people)
    }
}

fn make(app: &TestApp, marac: Uuid, people: &[(&'static str, &str)]) -> Uuid {
    let conn = &mut app.owner();
    let id = Uuid::now_v7();
    let key = DataKey::generate().unwrap();
    let wrapped = app.keys.wrap(id, &key).unwrap();
    let has_children = people.iter().any(|(role, _)| *role == "child");
    let lapses_on: NaiveDate = app.today() + Months::new(12);
    sql(
        "insert into cases (id, marac_id, code, status, received_at, opened_at, last_referral_on, \
         lapses_on, criteria, has_children, created_at) \
         values ($1, $2, $3, 'listed', $4, $4, $5, $6, '{visible_high_risk}', $7, $4)",
    )
    .bind(id)
    .bind(marac)
    .bind(format!("T-{}", id.simple()))
    .bind(app.now())
    .bind(app.today())
    .bind(lapses_on)
    .bind(has_children)
    .execute(conn)
    .unwrap();
    sql(
        "insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(marac)
    .bind(wrapped.master_key_id)
    .bind(wrapped.bytes)
    .bind(app.now())
    .execute(conn)
    .unwrap();
    for (role, family_name) in people {
        party(app, conn, &key, (marac, id), role, family_name);
    }
    id
}

fn party(
    app: &TestApp,
    conn: &mut PgConnection,
    key: &DataKey,
    (marac, case): (Uuid, Uuid),
    role: &'static str,
    family_name: &str,
) {
    let (id, person) = (Uuid::now_v7(), Uuid::now_v7());
    let identity = Identity {
        family_name: Some(Line::as_stored(family_name)),
        given_names: Some(Line::as_stored("Given")),
        aliases: vec![Line::as_stored(format!("{family_name}-alias"))],
        date_of_birth: NaiveDate::from_ymd_opt(1990, 4, 2).map(Into::into),
        ..Identity::default()
    };
    let sealed = key
        .seal_json(SealPlace::new("parties", "identity", id), &identity)
        .unwrap();
    sql("insert into persons (id, created_at) values ($1, $2)")
        .bind(person)
        .bind(app.now())
        .execute(conn)
        .unwrap();
    sql(
        "insert into parties (id, marac_id, case_id, person_id, role, identity, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(marac)
    .bind(case)
    .bind(person)
    .bind(role)
    .bind(sealed)
    .bind(app.now())
    .execute(conn)
    .unwrap();
}
