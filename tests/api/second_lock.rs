//! Row-level security by itself: whatever a statement forgets to ask, rows of other MARACs and of
//! closed cases do not come.

use std::collections::BTreeSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use uuid::Uuid;

use crate::access::{Stage, Target};
use crate::support::Person;

#[derive(Row)]
struct Name {
    name: String,
}

#[derive(Row)]
struct Found {
    id: Option<Uuid>,
}

/// Every table with this column.
fn tables(owner: &mut PgConnection, column: &'static str) -> Vec<String> {
    let rows: Vec<Name> = sql(
        "select c.table_name::text as name from information_schema.columns c \
         join information_schema.tables t using (table_schema, table_name) \
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = $1 \
         order by 1",
    )
    .bind(column)
    .load(owner)
    .unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

/// The values of a column that this connection sees at all.
fn seen(conn: &mut PgConnection, table: &str, column: &str) -> BTreeSet<Uuid> {
    let text = format!("select distinct {column} as id from {table}");
    let rows: Vec<Found> = diesel::sql_query(text).load(conn).unwrap();
    rows.into_iter().filter_map(|row| row.id).collect()
}

fn as_person(stage: &Stage, person: &Person) -> PgConnection {
    let mut conn = PgConnection::establish(&stage.app.db.app_url()).unwrap();
    conn.begin_test_transaction().unwrap();
    sql("select from live_actor($1, $2, null, null, $3)")
        .bind(person.id)
        .bind(person.session_id)
        .bind(stage.app.now())
        .execute(&mut conn)
        .unwrap();
    conn
}

#[actix_web::test]
async fn rows_of_other_maracs_and_closed_cases_never_come() {
    let stage = Stage::set().await;
    let mut owner = stage.app.owner();
    let mut bound = tables(&mut owner, "case_id");
    assert!(bound.len() >= 20, "{bound:?}");
    let case = |target| stage.things(target).case;
    let here = [
        Target::ExcludedPerson,
        Target::ExcludedAgency,
        Target::Restricted,
    ]
    .map(case);
    let other = case(Target::Other);
    let w = &stage.world;
    for (person, hidden) in [
        (&w.coordinator, vec![here[0], here[1], here[2], other]),
        (&w.chair, vec![here[0], here[1], here[2], other]),
        (&w.health_rep, vec![here[0], here[1], here[2], other]),
        (&w.administrator, vec![here[0], here[1], here[2], other]),
        // Housing sits in both MARACs.
        (&w.housing_rep, here.to_vec()),
        (&stage.senior, vec![here[0], here[2], other]),
        (&stage.named, vec![here[0], here[1], other]),
        (
            &w.kc_coordinator,
            vec![here[0], here[1], here[2], case(Target::Own)],
        ),
        (
            &stage.suspended,
            vec![here[0], here[1], here[2], case(Target::Own), other],
        ),
    ] {
        let mut conn = as_person(&stage, person);
        let all = bound.iter().map(|table| (table.as_str(), "case_id"));
        for (table, column) in all.chain([("cases", "id")]) {
            // What nobody may read but through a function.
            let found = seen(&mut conn, table, column);
            for id in &hidden {
                assert!(!found.contains(id), "{table}: {}", person.email);
            }
        }
        for table in ["meetings", "attendances"] {
            let maracs = seen(&mut conn, table, "marac_id");
            let foreign = if hidden.contains(&other) {
                w.kc
            } else {
                Uuid::nil()
            };
            assert!(!maracs.contains(&foreign), "{table}: {}", person.email);
        }
    }
    // The test would be empty if the rows were not there.
    bound.retain(|table| !["import_rows"].contains(&table.as_str()));
    let full = bound
        .iter()
        .filter(|table| seen(&mut owner, table, "case_id").contains(&other))
        .count();
    assert!(full > 12, "{full}");
    let mut coordinator = as_person(&stage, &w.coordinator);
    let own = case(Target::Own);
    for table in [
        "parties",
        "actions",
        "account_entries",
        "referrals",
        "circle",
    ] {
        assert!(
            seen(&mut coordinator, table, "case_id").contains(&own),
            "{table}"
        );
    }
}

#[actix_web::test]
async fn without_an_actor_no_row_comes_at_all() {
    let stage = Stage::set().await;
    let mut owner = stage.app.owner();
    let mut conn = PgConnection::establish(&stage.app.db.app_url()).unwrap();
    for table in tables(&mut owner, "case_id") {
        assert_eq!(
            seen(&mut conn, &table, "case_id"),
            BTreeSet::new(),
            "{table}"
        );
    }
    for table in ["cases", "meetings", "attendances"] {
        assert_eq!(seen(&mut conn, table, "id"), BTreeSet::new(), "{table}");
    }
}
