//! Lists show names in one English order on every database.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};

use crate::support::TestDb;

#[derive(Debug, Row)]
struct Found {
    found: String,
}

fn all(conn: &mut PgConnection, text: &'static str) -> Vec<String> {
    let rows: Vec<Found> = sql(text).load(conn).unwrap();
    rows.into_iter().map(|row| row.found).collect()
}

/// A new name joins by being called one.
#[test]
fn every_column_of_names_has_the_english_order() {
    let db = TestDb::create();
    let others = all(
        &mut db.owner(),
        "select a.attrelid::regclass::text || '.' || a.attname as found from pg_attribute a \
         join pg_class t on t.oid = a.attrelid and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace \
         join pg_collation c on c.oid = a.attcollation \
         where a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype \
           and (a.attname = 'name' or a.attname like '%\\_name') and c.collname <> 'english' order by 1",
    );
    // The name of a job is a word of the program.
    assert_eq!(others, ["jobs.name"]);
    let kinds = all(
        &mut db.owner(),
        "select collprovider::text || ' ' || collisdeterministic::text as found from pg_collation \
         where collname = 'english'",
    );
    assert_eq!(kinds, ["i true"]);
}

#[test]
fn names_stand_in_the_order_an_english_reader_looks_for_them_in() {
    let db = TestDb::create();
    let mut owner = db.owner();
    let wanted = [
        "Adeyemi",
        "Æthelred",
        "Ångström",
        "anna",
        "Anna",
        "Brown",
        "O'Brien",
        "Obrien",
        "Ó Briain",
        "Östlund",
        "zoe",
        "Zoe",
        "Zoë",
        "Zoffany",
    ];
    for (n, name) in wanted.iter().rev().enumerate() {
        let name = name.replace('\'', "''");
        owner
            .batch_execute(&format!(
                "insert into agencies (id, name, kind, created_at) values \
                 ('01900000-0000-7000-8000-0000000000{n:02}', '{name}', 'police', now())"
            ))
            .unwrap();
    }
    let found = all(
        &mut owner,
        "select name as found from agencies order by name, id",
    );
    let folded = |names: &[String]| -> Vec<char> {
        names
            .iter()
            .filter_map(|name| practice::names::folded(name).chars().next())
            .collect()
    };
    let letters = folded(&found);
    let mut sorted = letters.clone();
    sorted.sort_unstable();
    assert_eq!(letters, sorted, "{found:?}");
    let at = |name: &str| found.iter().position(|one| one == name).unwrap();
    assert_eq!(at("Zoë"), at("Zoe") + 1, "{found:?}");
    assert_eq!(at("Anna"), at("anna") + 1, "{found:?}");
    assert!(at("O'Brien").abs_diff(at("Obrien")) == 1, "{found:?}");
    // A keyset goes on where the page ended, in the same order.
    for (n, name) in found.iter().enumerate() {
        let next: Vec<Found> = sql("select name as found from agencies where (name, id) > \
             (select name, id from agencies where name = $1) order by name, id limit 1")
        .bind(name.clone())
        .load(&mut owner)
        .unwrap();
        let next = next.first().map(|row| row.found.as_str());
        assert_eq!(next, found.get(n + 1).map(String::as_str), "{name}");
    }
}

/// Every statement that sorts by a text sorts by a column with the English order, or by a code of the program's own.
#[test]
fn statements_sort_by_names_of_that_order_and_by_codes_alone() {
    let mut files = crate::source::files();
    files.retain(|file| file.to_str().unwrap().ends_with("store.rs"));
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["sql", "fragments"] {
        let stated = crate::statements::files(folder);
        files.extend(stated.iter().map(|file| root.join(file)));
    }
    let mut sorted_by_name = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let in_text = text.match_indices("order by ").map(|(at, _)| {
            let until = |c: &char| !"\"()\n".contains(*c);
            text[at + 9..].chars().take_while(until).collect::<String>()
        });
        // `.order((table::column, …))` of the query builder, as `table.column, …`.
        let built = text.match_indices(".order(").map(|(at, _)| {
            let columns = text[at + 7..].trim_start_matches('(');
            let columns = columns.split(')').next().unwrap_or_default();
            columns.replace(".desc(", "").replace("::", ".")
        });
        for by in in_text.chain(built) {
            for key in by.split(',').map(str::trim) {
                let column = key.split([' ', ':']).next().unwrap_or("");
                let column = column.rsplit('.').next().unwrap_or("");
                if column == "name" || column.ends_with("_name") || column == "agency" {
                    sorted_by_name += 1;
                    assert!(!key.contains("collate"), "{}: {key}", file.display());
                }
                let other = ["text", "title", "label", "place", "heading", "email"];
                assert!(
                    !other.contains(&column),
                    "{}: {key} has no English order",
                    file.display()
                );
            }
        }
    }
    assert!(sorted_by_name > 10, "{sorted_by_name}");
}
