//! A file that holds a part nobody can read opens all the same, and says which part it is.

use std::collections::BTreeSet;

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use practice::text::UNREADABLE;
use serde_json::{Value, json};

use crate::access::{Operation, Stage, Target, Things, operations};
use crate::support::{Answer, Caller};

#[derive(Debug, Row)]
struct Column {
    of: String,
    name: String,
    key: String,
}

/// Bytes that seal nothing: hashes, digests and tokens, by name.
const NOT_SEALED: [&str; 9] = [
    "hash",
    "secret_hash",
    "token_hash",
    "digest",
    "key_check",
    "token",
    "subject",
    "signature",
    "network",
];

/// Every sealed column of the schema, with its table's key.
fn sealed_columns(conn: &mut PgConnection) -> Vec<Column> {
    let found: Vec<Column> = sql("select t.relname::text as of, a.attname::text as name, k.attname::text as key \
         from pg_class t join pg_attribute a on a.attrelid = t.oid and a.atttypid = 'bytea'::regtype \
           and a.attnum > 0 and not a.attisdropped \
         join pg_index i on i.indrelid = t.oid and i.indisprimary \
         join pg_attribute k on k.attrelid = t.oid and k.attnum = i.indkey[0] \
         where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace order by 1, 2")
    .load(conn)
    .unwrap();
    let sealed = |column: &Column| !NOT_SEALED.contains(&column.name.as_str());
    found.into_iter().filter(sealed).collect()
}

impl Column {
    fn damage(&self, conn: &mut PgConnection) {
        let Self { of, name, key } = self;
        conn.batch_execute(&format!(
            "drop table if exists kept_for_a_test; \
             create table kept_for_a_test as select {key}, {name} as was from {of} where {name} is not null; \
             alter table {of} disable trigger user; \
             update {of} set {name} = set_byte({name}, length({name}) - 1, \
               (get_byte({name}, length({name}) - 1) + 1) % 256) where length({name}) > 0; \
             alter table {of} enable trigger user"
        ))
        .unwrap_or_else(|error| panic!("{of}.{name}: {error}"));
    }

    fn mend(&self, conn: &mut PgConnection) {
        let Self { of, name, key } = self;
        conn.batch_execute(&format!(
            "alter table {of} disable trigger user; \
             update {of} t set {name} = k.was from kept_for_a_test k where k.{key} = t.{key}; \
             alter table {of} enable trigger user; drop table kept_for_a_test"
        ))
        .unwrap_or_else(|error| panic!("{of}.{name}: {error}"));
    }
}

impl Column {
    /// What was recorded of this column, and is not listed while it stands as it was found.
    fn not_listed(&self, conn: &mut PgConnection) -> Vec<String> {
        #[derive(Row)]
        struct Found {
            stands: bool,
        }
        let rows: Vec<Found> = sql(
            "select damage_stands(part, field, row_id, digest) as stands from damaged_parts \
             where part = $1 and field = $2",
        )
        .bind(self.of.clone())
        .bind(self.name.clone())
        .load(conn)
        .unwrap();
        let gone = rows.iter().filter(|row| !row.stands);
        gone.map(|_| format!("{}.{} is not listed", self.of, self.name))
            .collect()
    }
}

/// Operations that open nothing of any case.
fn without_cases(path: &str) -> bool {
    let families = [
        "agencies",
        "api-clients",
        "auth",
        "livez",
        "readyz",
        "maracs",
        "risk-tools",
        "users",
    ];
    let path = path.trim_start_matches("/api/v1").trim_start_matches('/');
    families
        .iter()
        .any(|family| path.split('/').next() == Some(family))
}

/// What reading everything about some things answered.
#[derive(Default)]
struct Read {
    /// Faults of ours.
    faults: Vec<String>,
    /// Answers that named damaged parts.
    told: usize,
    /// The parts that were named: table, column and id.
    parts: BTreeSet<[String; 3]>,
}

fn part(row: &Value, id: &str) -> [String; 3] {
    [&row["part"], &row["field"], &row[id]].map(|one| one.as_str().unwrap().to_owned())
}

/// Reads everything that can be read about these things.
async fn read_all(caller: &Caller<'_>, things: Things, title: &str) -> Read {
    let mut read = Read::default();
    let about_cases = |one: &&Operation| one.method == "GET" && !without_cases(&one.path);
    for operation in operations().iter().filter(about_cases) {
        let uri = operation.uri_of(things);
        let answer = caller.send(Method::GET, &uri, None).await;
        if answer.status >= 500 || answer.status == 409 {
            let fault = format!("{title}: {} {}", operation.id, answer.status);
            read.faults.push(fault);
        }
        if let Some(damaged) = answer.body["damaged"].as_array() {
            read.told += 1;
            read.parts.extend(damaged.iter().map(|one| part(one, "id")));
        }
    }
    read
}

/// Every part on the list of this MARAC.
async fn on_the_list(caller: &Caller<'_>, things: Things) -> BTreeSet<[String; 3]> {
    let path = format!("/damaged-parts?limit=200&marac_id={}", things.marac);
    let (mut found, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}{cursor}")).await.expect(200);
        let rows = page["items"].as_array().unwrap();
        found.extend(rows.iter().map(|row| part(row, "row_id")));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// Found from the schema: a new sealed column joins by itself.
#[actix_web::test]
async fn no_damaged_column_keeps_anything_else_from_being_read() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let mut owner = stage.app.owner();
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let columns = sealed_columns(&mut owner);
    assert!(columns.len() > 20, "{columns:?}");
    let mut wrong = Vec::new();
    let mut told = 0;
    for column in &columns {
        column.damage(&mut owner);
        for (name, caller) in [
            ("coordinator", stage.app.as_(&stage.world.coordinator)),
            ("representative", stage.app.as_(&stage.world.housing_rep)),
        ] {
            let title = format!("{}.{} for the {name}", column.of, column.name);
            let read = read_all(&caller, things, &title).await;
            wrong.extend(read.faults);
            told += read.told;
            let listed = on_the_list(&coordinator, things).await;
            let is_key = |part: &[String; 3]| part[0] == "data_keys" || part[0] == "meeting_keys";
            let of_key = read.parts.iter().any(is_key);
            // What cannot be read for want of its key stands there as the key.
            let missing = read.parts.difference(&listed);
            let missing: Vec<_> = missing.filter(|part| !of_key || is_key(part)).collect();
            if !missing.is_empty() {
                wrong.push(format!("{title}: not on the list: {missing:?}"));
            }
        }
        wrong.extend(column.not_listed(&mut owner));
        column.mend(&mut owner);
        let left = on_the_list(&coordinator, things).await;
        if !left.is_empty() {
            wrong.push(format!(
                "{}.{}: still on the list: {left:?}",
                column.of, column.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(told > 25, "{told}");
    let whole = stage.app.as_(&stage.world.coordinator);
    let file = whole
        .get(&format!("/cases/{}", things.case))
        .await
        .expect(200);
    assert_eq!(file.get("damaged"), None);
}

async fn file(caller: &Caller<'_>, things: Things) -> Value {
    caller
        .get(&format!("/cases/{}", things.case))
        .await
        .expect(200)
}

async fn listed(caller: &Caller<'_>, things: Things) -> Answer {
    caller
        .get(&format!("/damaged-parts?marac_id={}", things.marac))
        .await
}

#[actix_web::test]
async fn a_damaged_part_says_so_is_listed_for_the_coordinator_and_is_never_written_over() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let before = file(&coordinator, things).await;
    let mut owner = stage.app.owner();
    sql("update party_addresses set sealed = '\\x01' where id = $1")
        .bind(things.address)
        .execute(&mut owner)
        .unwrap();
    let found = file(&coordinator, things).await;
    assert_eq!(
        found["damaged"],
        json!([
            {"part": "party_addresses", "field": "sealed", "id": things.address}
        ])
    );
    let addresses = |file: &Value| -> Vec<Value> {
        let parties = file["parties"].as_array().unwrap();
        let of = |party: &Value| party["addresses"].as_array().unwrap().clone();
        parties.iter().flat_map(of).collect()
    };
    let one = |file: &Value| {
        let all = addresses(file);
        all.into_iter()
            .find(|one| one["id"] == json!(things.address))
            .unwrap()
    };
    assert_eq!(one(&found)["is_damaged"], true);
    assert_eq!(one(&found)["address"]["lines"], UNREADABLE);
    assert_eq!(
        one(&found)["address"]["confidential"],
        one(&before)["address"]["confidential"]
    );
    for part in ["account", "risk_assessments", "actions", "relationships"] {
        assert_eq!(found[part], before[part], "{part}");
    }
    let list = listed(&coordinator, things).await.expect(200);
    let row = &list["items"][0];
    assert_eq!(
        (&row["part"], &row["row_id"]),
        (&json!("party_addresses"), &json!(things.address))
    );
    assert_eq!(row["case_id"], json!(things.case));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    for (person, status) in [
        (&stage.world.officer, 403),
        (&stage.world.kc_coordinator, 404),
    ] {
        let answer = listed(&stage.app.as_(person), things).await;
        assert!(
            answer.status == status || answer.status == 403,
            "{}",
            answer.status
        );
    }
    let version = one(&found)["etag"].as_str().unwrap().to_owned();
    let path = format!("/cases/{}/addresses/{}", things.case, things.address);
    // Not by a part of it: what was in the rest would be gone.
    let part = json!({"lines": "1 New Road"});
    let refused = coordinator
        .clone()
        .if_match(&version)
        .patch(&path, part)
        .await;
    assert_eq!(refused.expect(409)["reason"], "part_damaged");
    let whole = json!({"kind": "current", "lines": "1 New Road", "postcode": "W1A 1AA", "confidential": true,
        "known_to_perpetrator": "no", "from": null, "to": null});
    let mended = coordinator.if_match(&version).patch(&path, whole).await;
    assert_eq!(mended.expect(200).get("damaged"), None);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let after = file(&coordinator, things).await;
    assert_eq!(after.get("damaged"), None);
    let list = listed(&coordinator, things).await.expect(200);
    assert_eq!(list["items"], json!([]));
}

/// What is compared with behind an answer is nothing for its reader: neither that there is something, nor its id.
#[actix_web::test]
async fn a_damaged_part_of_a_file_out_of_sight_is_not_told() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    sql("update parties set identity = '\\x01' where case_id = $1")
        .bind(things.case)
        .execute(&mut stage.app.owner())
        .unwrap();
    let officer = stage.app.as_(&stage.world.other_officer);
    let body = json!({ "marac_id": things.marac, "referral": crate::support::referral("Okafor", "Stone") });
    let sent = officer.post("/referrals", body).await.expect(201);
    assert_eq!(sent.get("damaged"), None);
}

/// Whoever reads meets the damage at the same time as others, in a case that is closed to them or moved meanwhile.
#[actix_web::test]
async fn damage_is_recorded_once_whoever_meets_it_and_however_often() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    sql("update parties set identity = '\\x01' where case_id = $1")
        .bind(things.case)
        .execute(&mut stage.app.owner())
        .unwrap();
    let people = [
        &stage.world.coordinator,
        &stage.world.chair,
        &stage.world.idva,
        &stage.world.officer,
    ];
    let readers: Vec<_> = people.iter().map(|who| stage.app.as_(who)).collect();
    let path = format!("/cases/{}", things.case);
    let read = readers.iter().map(|reader| reader.get(&path));
    for answer in futures_util::future::join_all(read).await {
        assert!(
            answer.status == 200 || answer.status == 404,
            "{}",
            answer.status
        );
    }
    let list = listed(&readers[0], things).await.expect(200);
    let mut rows: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["row_id"].to_string())
        .collect();
    let all = rows.len();
    assert!(all > 1, "{list:#}");
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), all);
}

/// A referral that nobody can read is not decided on. Its author writes it anew, and no address is opened by that.
#[actix_web::test]
async fn a_damaged_referral_is_written_anew_and_opens_no_address() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let officer = stage.app.as_(&stage.world.officer);
    let document = crate::support::referral("Lind", "Moss");
    let body = json!({ "marac_id": things.marac, "draft": true, "referral": document });
    let draft = officer.post("/referrals", body).await.expect(201);
    sql("update referrals set document = '\\x01' where id = $1")
        .bind(crate::support::id(&draft))
        .execute(&mut stage.app.owner())
        .unwrap();
    let path = format!("/referrals/{}", crate::support::id(&draft));
    let read = officer.get(&path).await.expect(200);
    assert_eq!(read["damaged"][0]["part"], "referrals");
    let etag = crate::support::etag(&draft);
    let submit = format!("{path}/submit");
    let refused = officer
        .clone()
        .if_match(&etag)
        .post(&submit, json!({}))
        .await;
    assert_eq!(refused.expect(409)["reason"], "part_damaged");
    let body = json!({ "referral": document });
    let anew = officer
        .clone()
        .if_match(&etag)
        .put(&path, body)
        .await
        .expect(200);
    assert_eq!(anew.get("damaged"), None);
    let address = &anew["referral"]["survivor"]["addresses"][0];
    assert_eq!(
        (&address["kind"], &address["confidential"]),
        (&json!("current"), &json!(true))
    );
    let etag = crate::support::etag(&anew);
    officer
        .if_match(&etag)
        .post(&submit, json!({}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_key_under_a_master_key_that_is_lost_hides_no_list_and_says_so() {
    let stage = Stage::set().await;
    let case = stage.things(Target::Own).case;
    #[derive(Row)]
    struct Master {
        id: String,
    }
    let was: Master = sql("select master_key_id as id from data_keys where case_id = $1")
        .bind(case)
        .get_result(&mut stage.app.owner())
        .unwrap();
    sql("update data_keys set master_key_id = 'ffff' where case_id = $1")
        .bind(case)
        .execute(&mut stage.app.owner())
        .unwrap();
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let list = coordinator.get("/cases?limit=200").await.expect(200);
    assert!(!list["items"].as_array().unwrap().is_empty());
    let path = format!("/cases/{case}");
    let file = coordinator.get(&path).await.expect(200);
    let damaged = file["damaged"].as_array().unwrap();
    assert!(damaged.iter().any(|one| one["part"] == "data_keys"));
    let things = stage.things(Target::Own);
    let listed = on_the_list(&coordinator, things).await;
    let key = [
        "data_keys".to_owned(),
        "wrapped".to_owned(),
        case.to_string(),
    ];
    assert_eq!(listed, BTreeSet::from([key]), "the key alone");
    // The master key came back: every byte is as it was.
    sql("update data_keys set master_key_id = $2 where case_id = $1")
        .bind(case)
        .bind(was.id)
        .execute(&mut stage.app.owner())
        .unwrap();
    let file = coordinator.get(&path).await.expect(200);
    assert_eq!(file.get("damaged"), None);
    assert_eq!(on_the_list(&coordinator, things).await, BTreeSet::new());
}

/// The lines of a list that are of a case.
fn lines_of(list: &Value, id: uuid::Uuid) -> Vec<&Value> {
    let items = list["items"].as_array().unwrap();
    items.iter().filter(|one| one["id"] == json!(id)).collect()
}

/// Whoever reads, whatever they read: one case whose key is not there keeps no other from being read.
#[actix_web::test]
async fn a_case_whose_key_is_missing_stays_in_every_list_and_says_so() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let before = coordinator
        .get("/cases?limit=200&count=true")
        .await
        .expect(200);
    let mut owner = stage.app.owner();
    owner
        .batch_execute(&format!(
            "create table kept_for_a_test as select * from data_keys where case_id = '{0}'; \
             delete from data_keys where case_id = '{0}'",
            things.case
        ))
        .unwrap();
    let mut wrong = Vec::new();
    for (name, caller) in [
        ("coordinator", stage.app.as_(&stage.world.coordinator)),
        ("representative", stage.app.as_(&stage.world.housing_rep)),
    ] {
        wrong.extend(read_all(&caller, things, name).await.faults);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after = coordinator
        .get("/cases?limit=200&count=true")
        .await
        .expect(200);
    let ids = |list: &Value| -> Vec<Value> {
        let items = list["items"].as_array().unwrap();
        items.iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(ids(&after), ids(&before));
    assert_eq!(after["total"], before["total"]);
    let line = lines_of(&after, things.case)[0];
    assert_eq!(line["is_damaged"], true);
    assert_eq!(line["survivor"]["family_name"], UNREADABLE);
    for path in [
        "/actions?status=all",
        "/research?status=all",
        "/flags?status=all",
    ] {
        let path = format!("{path}&marac_id={}", things.marac);
        let list = coordinator.get(&path).await;
        assert!(list.status < 500, "{path} {}", list.status);
    }
    let key = [
        "data_keys".to_owned(),
        "wrapped".to_owned(),
        things.case.to_string(),
    ];
    assert_eq!(
        on_the_list(&coordinator, things).await,
        BTreeSet::from([key])
    );
    owner
        .batch_execute(
            "insert into data_keys select * from kept_for_a_test; drop table kept_for_a_test",
        )
        .unwrap();
    assert_eq!(file(&coordinator, things).await.get("damaged"), None);
    assert_eq!(on_the_list(&coordinator, things).await, BTreeSet::new());
}

#[actix_web::test]
async fn a_case_whose_key_was_destroyed_is_gone_and_keeps_no_list_from_being_read() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    for name in ["Lind", "Moss", "Frost"] {
        stage.world.case(&stage.app, name, "Brandt");
    }
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let before = coordinator
        .get("/cases?limit=200&count=true")
        .await
        .expect(200);
    sql("update data_keys set wrapped = null, destroyed_at = $2 where case_id = $1")
        .bind(things.case)
        .bind(stage.app.now())
        .execute(&mut stage.app.owner())
        .unwrap();
    let mut wrong = Vec::new();
    for (name, caller) in [
        ("coordinator", stage.app.as_(&stage.world.coordinator)),
        ("representative", stage.app.as_(&stage.world.housing_rep)),
        ("author", stage.app.as_(&stage.world.officer)),
    ] {
        wrong.extend(read_all(&caller, things, name).await.faults);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after = coordinator
        .get("/cases?limit=200&count=true")
        .await
        .expect(200);
    assert_eq!(lines_of(&before, things.case).len(), 1);
    assert_eq!(lines_of(&after, things.case), Vec::<&Value>::new());
    let total = |list: &Value| list["total"].as_i64().unwrap();
    assert_eq!(total(&after), total(&before) - 1);
    let path = format!("/cases/{}", things.case);
    assert_eq!(coordinator.get(&path).await.status, 404);
    // No page ends the list for what was left out of it.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = coordinator.get(&format!("/cases?limit=1{cursor}")).await;
        let page = page.expect(200);
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(json!(paged), after["items"]);
    assert!(paged.len() > 1, "{paged:#?}");
    assert_eq!(on_the_list(&coordinator, things).await, BTreeSet::new());
}

/// Words may speak of the mark. The mark for a whole text is what comes back from whoever sends what they read.
#[actix_web::test]
async fn words_may_quote_the_mark_of_damage_and_are_not_the_mark() {
    let stage = Stage::set().await;
    let things = stage.things(Target::Own);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let path = format!("/cases/{}/account", things.case);
    let said = |text: &str| {
        json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": "2026-01-06", "how_told": "phone",
            "text": text })
    };
    let quoted = format!("The file said \"{UNREADABLE}\" where the address is.");
    let sent = coordinator.post(&path, said(&quoted)).await;
    assert_eq!(sent.status, 201, "{:#}", sent.body);
    let refused = coordinator.post(&path, said(UNREADABLE)).await;
    assert_eq!(refused.expect(409)["reason"], "part_damaged");
}

#[test]
fn whether_a_damage_stands_can_be_asked_of_every_sealed_column() {
    let db = crate::support::TestDb::create();
    let conn = &mut db.owner();
    for column in sealed_columns(conn) {
        let text = format!(
            "select where damage_stands('{}', '{}', gen_random_uuid(), 'none')",
            column.of, column.name
        );
        assert_eq!(diesel::sql_query(text).execute(conn), Ok(0), "{column:?}");
    }
}
