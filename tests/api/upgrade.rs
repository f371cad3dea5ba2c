//! A database with rows in it is carried over by the migrations that came after it.
//!
//! Each test goes back to the schema before a step, puts rows there as that schema holds them, and
//! migrates up again.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use diesel_migrations::MigrationHarness;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::crypto::{DataKey, KeyRing, Place};
use kernel::sql::sql;
use serde_json::json;
use toldonce::{install, jobs};
use uuid::Uuid;

use crate::support::{TestApp, TestDb, dash};

/// The last step of the release whose rows these tests start from.
const BEFORE: &str = "0027";

/// A database on the schema as it stood after `BEFORE`, and the owner's connection to it.
fn old_database() -> (TestDb, PgConnection) {
    let db = TestDb::create();
    let mut owner = db.owner();
    let newest = |owner: &mut PgConnection| {
        let applied = owner.applied_migrations().unwrap();
        applied.first().map(ToString::to_string).unwrap_or_default()
    };
    while newest(&mut owner).as_str() > BEFORE {
        owner.revert_last_migration(install::MIGRATIONS).unwrap();
    }
    assert_eq!(newest(&mut owner), BEFORE);
    (db, owner)
}

#[test]
fn a_database_of_the_release_before_is_brought_up_to_date() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into maracs (id, code, name, created_at) \
             values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    install::check_migrated(&mut owner).unwrap();
}

#[test]
fn sessions_and_clients_of_the_release_before_go_on() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into agencies (id, name, kind, created_at) \
             values ('01900000-0000-7000-8000-000000000002', 'Police', 'police', now()); \
             insert into users (id, agency_id, email, name, created_at) values \
             ('01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000002', \
              'a@police.example', 'A', now()); \
             insert into sessions (id, user_id, password_at, expires_at, created_at) values \
             ('01900000-0000-7000-8000-000000000004', '01900000-0000-7000-8000-000000000003', now(), \
              now() + interval '1 hour', now()); \
             insert into api_clients (id, agency_id, name, secret_hash, rights, created_by, created_at) values \
             ('01900000-0000-7000-8000-000000000005', '01900000-0000-7000-8000-000000000002', 'system', \
              '\\x00', '{}', '01900000-0000-7000-8000-000000000003', now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let held = kernel::sql::sql(
        "select from sessions s, api_clients c where s.network is null and s.revoked_at is null \
         and c.secret_version = 1",
    );
    assert_eq!(held.execute(&mut owner).unwrap(), 1);
}

/// A case of the release before, as it stood after each later assessment had taken the place of the one
/// before it: a Dash of 15, then the stalking supplement, then a part with one new yes, then a tool
/// without items.
fn old_case(owner: &mut PgConnection, keys: &KeyRing) -> Uuid {
    let (marac, agency, case) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::now_v7());
    let key = DataKey::generate().unwrap();
    let wrapped = keys.wrap(case, &key).unwrap();
    owner
        .batch_execute(&format!(
            "insert into maracs (id, code, name, created_at) values ('{marac}', 'WRW', 'Wharfrow', now());
             insert into agencies (id, name, kind, created_at) values ('{agency}', 'Wharf Police', 'police', now());
             insert into cases (id, marac_id, code, status, received_at, opened_at, last_referral_on, score, \
               criteria, created_at) values ('{case}', '{marac}', 'WRW-1', 'listed', now(), now(), '2026-03-01', 0, \
               '{{professional_judgement}}', now());
             insert into referrals (id, marac_id, case_id, agency_id, status, referred_on, document, tool, tool_version, \
               score, criteria, created_at) values \
               (gen_random_uuid(), '{marac}', '{case}', '{agency}', 'accepted', '2026-03-01', '', 'safelives_dash', 1, \
                15, '{{visible_high_risk}}', now()), \
               (gen_random_uuid(), '{marac}', '{case}', '{agency}', 'accepted', '2026-05-01', '', 'safelives_yp', 1, \
                0, '{{professional_judgement}}', now())"
        ))
        .unwrap();
    sql("insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) values ($1, $2, $3, $4, now())")
        .bind(case)
        .bind(marac)
        .bind(wrapped.master_key_id)
        .bind(wrapped.bytes)
        .execute(owner)
        .unwrap();
    let mut before = None;
    for (tool, letters, day) in [
        ("safelives_dash", "YYYYYYYYYYYYYYYNNNNNNNND", "2026-03-01"),
        ("s_dash", "YYYYNNNNNNN", "2026-03-02"),
        ("safelives_dash", "Y--------------Y--------", "2026-03-03"),
        ("safelives_yp", "", "2026-05-01"),
    ] {
        let id = Uuid::now_v7();
        let sealed = json!({ "answers": dash(letters)["answers"] });
        let sealed = key
            .seal_json(Place::new("risk_assessments", "sealed", id), &sealed)
            .unwrap();
        let count = |wanted: char| i16::try_from(letters.matches(wanted).count()).unwrap();
        sql("insert into risk_assessments (id, marac_id, case_id, tool, tool_version, score, yes_count, no_count, \
             dont_know_count, not_asked_count, assessed_on, agency_id, supersedes_id, sealed, created_at) \
             values ($1, $2, $3, $4, 1, $5, $5, $6, $7, $8, $9, $10, $11, $12, now())")
            .bind(id)
            .bind(marac)
            .bind(case)
            .bind(tool)
            .bind(count('Y'))
            .bind(count('N'))
            .bind(count('D'))
            .bind(count('-'))
            .bind(day.parse::<NaiveDate>().unwrap())
            .bind(agency)
            .bind(before)
            .bind(sealed)
            .execute(owner)
            .unwrap();
        before = Some(id);
    }
    case
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = st::Text)]
    line: String,
}

fn lines(owner: &mut PgConnection, text: &'static str) -> Vec<String> {
    let rows: Vec<Line> = sql(text).load(owner).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

const FIGURES: &str = "select concat_ws(' ', f.number, f.place, f.leads, a.tool, f.score, a.maximum, \
     a.tool_role, f.not_asked_count) as line from risk_figures f \
     join risk_assessments a on a.id = f.assessment_id order by f.number";

#[actix_web::test]
async fn risk_that_another_tool_or_a_part_had_hidden_is_shown_again() {
    let (db, mut owner) = old_database();
    let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
    old_case(&mut owner, &keys);
    install::migrate(&mut owner).unwrap();
    // At once, from plain columns: what the part raises is not known yet, and nothing is less than it was.
    assert_eq!(
        lines(&mut owner, FIGURES),
        [
            "1 standing t safelives_dash 15 24 threshold 0",
            "2 beside t safelives_dash 2 24 threshold 22",
            "3 standing f s_dash 4 11 supplement 0",
            "4 standing f safelives_yp threshold 0",
        ]
    );
    let case =
        "select concat_ws(' ', score, array_to_string(criteria, ','), risk_due) as line from cases";
    assert_eq!(
        lines(&mut owner, case),
        ["15 visible_high_risk,professional_judgement t"]
    );
    let referrals =
        "select concat_ws(' ', tool, score, maximum) as line from referrals order by referred_on";
    assert_eq!(
        lines(&mut owner, referrals),
        ["safelives_dash 15 24", "safelives_yp"]
    );
    let chain = "select concat_ws(' ', tool, score, supersedes_id is null) as line from risk_assessments order by id";
    assert_eq!(
        lines(&mut owner, chain),
        [
            "safelives_dash 15 t",
            "s_dash 4 t",
            "safelives_dash 2 t",
            "safelives_yp t"
        ]
    );
    // Then the program opens the answers.
    let app = TestApp::on(db, Clock::system(), Limits::default(), keys).await;
    jobs::run_due(&app.parts).unwrap();
    assert_eq!(
        lines(&mut owner, FIGURES),
        [
            "1 standing t safelives_dash 15 24 threshold 0",
            "2 raised t safelives_dash 16 24 threshold 0",
            "3 beside t safelives_dash 2 24 threshold 22",
            "4 standing f s_dash 4 11 supplement 0",
            "5 standing f safelives_yp threshold 0",
        ]
    );
    assert_eq!(
        lines(&mut owner, case),
        ["15 visible_high_risk,professional_judgement f"]
    );
}

/// Whoever was granted a strong role before a second person was asked goes on holding it; an account that
/// holds none is in the hand of whoever invited it.
#[test]
fn grants_of_before_hold_and_accounts_know_who_made_them() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into maracs (id, code, name, created_at) \
               values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now()); \
             insert into agencies (id, name, kind, created_at) \
               values ('01900000-0000-7000-8000-000000000002', 'Body', 'coordination', now()); \
             insert into users (id, agency_id, email, name, administrator, created_at) values \
               ('01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-000000000002', 'a@b.example', 'A', true, now()), \
               ('01900000-0000-7000-8000-00000000000b', '01900000-0000-7000-8000-000000000002', 'b@b.example', 'B', false, now()), \
               ('01900000-0000-7000-8000-00000000000c', '01900000-0000-7000-8000-000000000002', 'c@b.example', 'C', false, now()); \
             insert into invitations (id, user_id, token_hash, created_by, expires_at, created_at) \
               select gen_random_uuid(), u.id, decode(md5(u.email), 'hex'), \
                 '01900000-0000-7000-8000-00000000000a', now() + interval '1 day', now() from users u; \
             insert into role_grants (id, marac_id, user_id, role, created_at) values \
               (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-00000000000b', 'chair', now()), \
               (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-00000000000c', 'practitioner', now()); \
             insert into outbox (id, user_id, kind, notices, next_at, created_at) values \
               (gen_random_uuid(), '01900000-0000-7000-8000-00000000000b', 'action_due', '{}', now(), now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let rows: Vec<Held> = diesel::sql_query(
        "select u.name || coalesce(' ' || g.role, '') || coalesce(' by ' || m.name, '') as text \
         from users u left join role_grants g on g.user_id = u.id and g.ends_at > now() \
         left join users m on m.id = u.in_hand_of order by u.name",
    )
    .load(&mut owner)
    .unwrap();
    let found: Vec<_> = rows.into_iter().map(|row| row.text).collect();
    assert_eq!(found, ["A", "B chair", "C practitioner by A"]);
    owner
        .batch_execute(
            "do $$ begin \
               assert (select count(*) from outbox where kind = 'action_due' and letter is null) = 1; \
               assert (select count(*) from pending_grants) = 0; \
             end $$",
        )
        .unwrap();
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// Ids of rows that these tests put there.
fn uuid(n: u32) -> String {
    format!("01900000-0000-7000-8000-{n:012}")
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = st::Text)]
    row: String,
}

#[test]
fn sight_from_before_ends_with_its_basis() {
    let (_db, mut owner) = old_database();
    let ids: Vec<_> = (0..40).map(uuid).collect();
    let case = |n: usize, status: &str, lead: Option<usize>| {
        let lead = lead.map_or("null".to_owned(), |lead| format!("'{}'", ids[lead]));
        format!(
            "insert into cases (id, marac_id, code, status, lead_user_id, created_at) \
             values ('{}', '{}', 'WRW-{n}', '{status}', {lead}, now());",
            ids[n], ids[1]
        )
    };
    let named = |n: usize, of: usize, user: usize, basis: &str| {
        format!(
            "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
             values ('{}', '{}', '{}', '{basis}', '{}', now() - interval '1 day', now());",
            ids[n], ids[1], ids[of], ids[user]
        )
    };
    let mut text = format!(
        "insert into maracs (id, code, name, created_at) values ('{0}', 'WRW', 'Wharfrow', now()); \
         insert into agencies (id, name, kind, created_at) values ('{1}', 'Police', 'police', now());",
        ids[1], ids[2]
    );
    for user in [3, 4, 5] {
        text += &format!(
            "insert into users (id, agency_id, email, name, created_at) \
             values ('{0}', '{1}', '{user}@old.example', 'Somebody', now());",
            ids[user], ids[2]
        );
    }
    // 10: open, led by 3 and before by 4, referred by 5. 11: lapsed. 12: restricted to 4 and led by 3.
    text += &case(10, "monitoring", Some(3));
    text += &case(11, "lapsed", Some(3));
    text += &case(12, "listed", Some(3));
    text += &named(20, 10, 3, "named");
    text += &named(21, 10, 4, "named");
    text += &named(22, 10, 5, "referrer");
    text += &named(23, 11, 3, "named");
    text += &named(24, 11, 5, "referrer");
    text += &named(25, 12, 3, "named");
    text += &named(26, 12, 4, "named");
    text += &format!(
        "insert into restrictions (id, marac_id, case_id, reason, created_at) \
         values ('{}', '{}', '{}', '', now() - interval '2 days');",
        ids[30], ids[1], ids[12]
    );
    owner.batch_execute(&text).unwrap();
    install::migrate(&mut owner).unwrap();
    let rows: Vec<Row> = kernel::sql::sql(
        "select right(id::text, 2) || case when ends_at <= now() then ' ended' else '' end \
           || case when paused then ' paused' else '' end || case when as_lead then ' lead' else '' end as row \
         from circle order by id",
    )
    .load(&mut owner)
    .unwrap();
    let rows: Vec<_> = rows.iter().map(|row| row.row.as_str()).collect();
    assert_eq!(
        rows,
        [
            "20 lead",
            "21 ended",
            "22",
            "23 paused lead",
            "24 paused",
            "25",
            "26"
        ]
    );
}

#[test]
fn heads_from_before_they_were_signed_stay_and_have_no_signature() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(&format!(
            "insert into audit_heads (last_seq, last_txid, last_event_id, hash, sealed_at) \
             values (7, '9', '{}', '\\x00', now())",
            uuid(1)
        ))
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let rows: Vec<Row> = kernel::sql::sql(
        "select last_seq || ' ' || (signature is null and key_id is null) as row from audit_heads",
    )
    .load(&mut owner)
    .unwrap();
    assert_eq!(rows[0].row, "7 true");
}

#[test]
fn a_refuge_that_was_stored_as_open_becomes_confidential() {
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into maracs (id, code, name, created_at) \
               values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now()); \
             insert into cases (id, marac_id, code, status, created_at) \
               values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001', \
                 'WRW-AAAA0', 'intake', now()); \
             insert into persons (id, created_at) \
               values ('01900000-0000-7000-8000-000000000003', now()); \
             insert into parties (id, marac_id, case_id, person_id, role, identity, created_at) \
               values ('01900000-0000-7000-8000-000000000004', '01900000-0000-7000-8000-000000000001', \
                 '01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000003', \
                 'survivor', '', now()); \
             insert into party_addresses (id, marac_id, case_id, party_id, kind, confidential, \
                 known_to_perpetrator, sealed, created_at) \
               select gen_random_uuid(), p.marac_id, p.case_id, p.id, k.kind, false, 'no', '', now() \
               from parties p, unnest(array['refuge', 'usual']) as k(kind)",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let open: Vec<Kind> = sql("select kind from party_addresses where not confidential")
        .load(&mut owner)
        .unwrap();
    let open: Vec<_> = open.into_iter().map(|row| row.kind).collect();
    assert_eq!(open, ["usual"]);
    let opened = owner
        .batch_execute("update party_addresses set confidential = false where kind = 'refuge'");
    assert!(opened.is_err());
}

#[derive(QueryableByName)]
struct Kind {
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
}

/// A date that no calendar has is bounded, what stood there is kept, and the coordinator can see it.
#[test]
fn a_date_out_of_range_is_set_to_the_nearest_one_and_kept() {
    use diesel::prelude::*;
    use diesel::sql_types as st;
    use kernel::sql::sql;

    #[derive(Debug, PartialEq, QueryableByName)]
    struct Address {
        #[diesel(sql_type = st::Text)]
        from: String,
        #[diesel(sql_type = st::Text)]
        to: String,
    }
    #[derive(Debug, PartialEq, QueryableByName)]
    struct Was {
        #[diesel(sql_type = st::Text)]
        field: String,
        #[diesel(sql_type = st::Text)]
        was: String,
    }
    let (_db, mut owner) = old_database();
    owner
        .batch_execute(
            "insert into maracs (id, code, name, created_at) \
             values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now()); \
             insert into cases (id, marac_id, code, status, created_at) values \
             ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001', 'WRW-7K3Q9', 'intake', now()); \
             insert into persons (id, created_at) values ('01900000-0000-7000-8000-000000000003', now()); \
             insert into parties (id, marac_id, case_id, person_id, role, identity, created_at) values \
             ('01900000-0000-7000-8000-000000000004', '01900000-0000-7000-8000-000000000001', \
              '01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000003', 'survivor', '\\x01', now()); \
             insert into party_addresses (id, party_id, marac_id, case_id, kind, confidential, known_to_perpetrator, \
               valid_from, valid_to, sealed, created_at) values \
             ('01900000-0000-7000-8000-000000000005', '01900000-0000-7000-8000-000000000004', \
              '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002', 'current', true, 'no', \
              '0044-03-15 BC', '9999-12-31', '\\x01', now()); \
             insert into meetings (id, marac_id, kind, status, starts_at, time_zone, mode, minutes_per_case, capacity, settings_version, created_at) values \
             ('01900000-0000-7000-8000-000000000006', '01900000-0000-7000-8000-000000000001', 'scheduled', 'planned', \
              '260000-01-01 00:00Z', 'Europe/London', 'online', 12, 9, 1, now())",
        )
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let address: Address =
        sql("select valid_from::text as from, valid_to::text as to from party_addresses")
            .get_result(&mut owner)
            .unwrap();
    let bounded = Address {
        from: "1880-01-01".into(),
        to: "2199-12-31".into(),
    };
    assert_eq!(address, bounded);
    let was: Vec<Was> = sql("select field, was from damaged_parts order by field")
        .load(&mut owner)
        .unwrap();
    let one = |field: &str, was: &str| Was {
        field: field.into(),
        was: was.into(),
    };
    assert_eq!(
        was,
        [
            one("valid_from", "0044-03-15 BC"),
            one("valid_to", "9999-12-31")
        ]
    );
    let all: Vec<Was> =
        sql("select of_table || '.' || of_column as field, was from bounded_dates order by 1")
            .load(&mut owner)
            .unwrap();
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(
        all[0].field == "meetings.starts_at" && all[0].was.starts_with("260000"),
        "{all:?}"
    );
    let refused = owner.batch_execute("update party_addresses set valid_from = '0044-03-15 BC'");
    assert!(refused.is_err());
}

/// A file at `n`, of MARAC 1, and a token it is found by.
fn old_file(n: u8, token: &str) -> String {
    format!(
        "insert into cases (id, marac_id, code, status, received_at, opened_at, created_at) values \
         ('01900000-0000-7000-8000-0000000000c{n}', '01900000-0000-7000-8000-000000000001', 'W{n}', 'listed', now(), now(), now()); \
         insert into match_tokens (marac_id, case_id, kind, token) values \
         ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c{n}', 'perpetrator', '{token}');"
    )
}

#[test]
fn exclusions_and_restrictions_that_stand_are_laid_on_the_other_files_of_the_same_people() {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Laid {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        exclusions: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        restricted: i64,
    }
    let (_db, mut owner) = old_database();
    let files = [
        old_file(1, "him"),
        old_file(2, "him"),
        old_file(3, "another"),
    ]
    .concat();
    owner
        .batch_execute(&format!(
            "insert into maracs (id, code, name, created_at) \
             values ('01900000-0000-7000-8000-000000000001', 'WRW', 'Wharfrow', now()); \
             insert into agencies (id, name, kind, created_at) \
             values ('01900000-0000-7000-8000-0000000000a1', 'Housing', 'housing', now()); \
             {files} \
             insert into exclusions (id, marac_id, case_id, agency_id, reason, created_at) values \
             (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', \
             '01900000-0000-7000-8000-0000000000a1', 'sealed', now()), \
             (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c3', \
             '01900000-0000-7000-8000-0000000000a1', 'sealed', now()); \
             insert into restrictions (id, marac_id, case_id, reason, created_at) values \
             (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-0000000000c1', \
             'sealed', now());"
        ))
        .unwrap();
    install::migrate(&mut owner).unwrap();
    let laid: Laid = kernel::sql::sql(
        "select count(*) as exclusions, (select count(*) from cases c where c.restricted and c.code = 'W2') as restricted \
         from exclusions e join cases c on c.id = e.case_id \
         where c.code = 'W2' and e.laid_by = 'same_person' and e.reason is null",
    )
    .get_result(&mut owner)
    .unwrap();
    assert_eq!((laid.exclusions, laid.restricted), (1, 1));
}

/// A case that 3 opened, referrals of 4 that were joined to it, one of them handed on to 5, and a case of 3's
/// that was handed on to 5.
#[test]
fn sight_that_an_earlier_join_gave_ends() {
    let (_db, mut owner) = old_database();
    let ids: Vec<_> = (0..60).map(uuid).collect();
    let mut text = format!(
        "insert into maracs (id, code, name, created_at) values ('{0}', 'WRW', 'Wharfrow', now()); \
         insert into agencies (id, name, kind, created_at) values ('{1}', 'Police', 'police', now());",
        ids[1], ids[2]
    );
    for user in [3, 4, 5] {
        text += &format!(
            "insert into users (id, agency_id, email, name, created_at) \
             values ('{0}', '{1}', '{user}@old.example', 'Somebody', now());",
            ids[user], ids[2]
        );
    }
    for (case, status, on) in [
        (10, "listed", "01-01"),
        (11, "listed", "01-02"),
        (12, "joined", "02-01"),
        (13, "joined", "03-01"),
    ] {
        text += &format!(
            "insert into cases (id, marac_id, code, status, created_at) \
             values ('{}', '{}', 'WRW-{case}', '{status}', '2026-{on}');",
            ids[case], ids[1]
        );
    }
    for (referral, case, by, on) in [
        (20, 10, 3, "01-01"),
        (21, 11, 5, "01-02"),
        (22, 10, 4, "02-01"),
        (23, 10, 5, "03-01"),
    ] {
        text += &format!(
            "insert into referrals (id, marac_id, case_id, agency_id, submitted_by, status, document, created_at) \
             values ('{}', '{}', '{}', '{}', '{}', 'accepted', '', '2026-{on}');",
            ids[referral], ids[1], ids[case], ids[2], ids[by]
        );
    }
    for (row, case, user, made, ends) in [
        (30, 10, 3, "01-01", "infinity"),
        (31, 10, 4, "02-01", "infinity"),
        (32, 10, 4, "03-01", "2026-04-01"),
        (33, 10, 5, "04-01", "infinity"),
        (34, 11, 3, "01-02", "2026-04-02"),
        (35, 11, 5, "04-02", "infinity"),
    ] {
        text += &format!(
            "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, ends_at, created_at) \
             values ('{}', '{}', '{}', 'referrer', '{}', '2026-{made}', '{ends}', '2026-{made}');",
            ids[row], ids[1], ids[case], ids[user]
        );
    }
    owner.batch_execute(&text).unwrap();
    install::migrate(&mut owner).unwrap();
    let rows: Vec<Row> = kernel::sql::sql(
        "select right(id::text, 2) as row from circle where ends_at > now() order by id",
    )
    .load(&mut owner)
    .unwrap();
    let open: Vec<_> = rows.into_iter().map(|row| row.row).collect();
    assert_eq!(open, ["30", "35"]);
    let rows: Vec<Row> = kernel::sql::sql(
        "select concat_ws(' ', right(id::text, 2), right(own_file_id::text, 2)) as row from referrals order by id",
    )
    .load(&mut owner)
    .unwrap();
    let files: Vec<_> = rows.into_iter().map(|row| row.row).collect();
    assert_eq!(files, ["20", "21", "22 12", "23 13"]);
}
