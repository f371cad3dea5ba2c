//! Every statement that stands in a file, prepared by PostgreSQL and compared with the row that reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kernel::sql::{Column, Listed, numbered, statements};
use postgres::types::Type;

use crate::support::TestDb;

/// The `.sql` files in folders of this name, from the root.
fn files(folder: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join("src"), root.join("crates")];
    let mut found = BTreeSet::new();
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.parent().unwrap().ends_with(folder)
                && path.extension().is_some_and(|of| of == "sql")
            {
                let path = path.strip_prefix(root).unwrap();
                found.insert(path.display().to_string());
            }
        }
    }
    found
}

/// The type of a bind that the transaction fills in; of another, PostgreSQL finds it from the text.
fn type_of(name: &str) -> Type {
    match name {
        "now" => Type::TIMESTAMPTZ,
        "user" | "actor" | "agency" => Type::UUID,
        "maracs" | "staff" | "idva" | "rep" | "closed" => Type::UUID_ARRAY,
        number => {
            assert!(number.parse::<usize>().is_ok(), "${number} is no bind");
            Type::UNKNOWN
        }
    }
}

/// What is wrong with a statement.
fn faults(
    listed: &Listed,
    client: &mut postgres::Client,
    conn: &mut diesel::pg::PgConnection,
) -> Vec<String> {
    let (text, names) = numbered(listed.text);
    let numbers: BTreeSet<usize> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let mut faults = Vec::new();
    if numbers.iter().copied().ne(1..=numbers.len()) {
        faults.push(format!("its binds are {numbers:?}"));
    }
    let types: Vec<Type> = names.iter().map(|name| type_of(name)).collect();
    let prepared = match client.prepare_typed(&text, &types) {
        Ok(prepared) => prepared,
        Err(error) => {
            let said = error
                .as_db_error()
                .map_or_else(|| error.to_string(), |e| e.message().to_owned());
            return vec![said];
        }
    };
    let answered: BTreeMap<&str, u32> = prepared
        .columns()
        .iter()
        .map(|column| (column.name(), column.type_().oid()))
        .collect();
    let mut columns = Vec::new();
    (listed.columns)(&mut columns);
    for column in &columns {
        match (answered.get(column.name), column.type_oid(conn)) {
            (None, _) => faults.push(format!("it does not answer {}", column.name)),
            (Some(found), wanted) if Some(*found) != wanted => faults.push(format!(
                "{} is of type {found}, and its row reads {wanted:?}",
                column.name
            )),
            _ => {}
        }
    }
    let read: BTreeSet<&str> = columns.iter().map(|column: &Column| column.name).collect();
    let unread = answered.keys().filter(|name| !read.contains(*name));
    faults.extend(unread.map(|name| format!("nobody reads its {name}")));
    faults
}

#[test]
fn every_statement_is_prepared_and_answers_what_its_row_reads() {
    let db = TestDb::create();
    let mut client = postgres::Client::connect(&db.owner_url(), postgres::NoTls).unwrap();
    let mut conn = db.owner();
    let mut wrong = Vec::new();
    for listed in statements() {
        for fault in faults(listed, &mut client, &mut conn) {
            wrong.push(format!("{}: {fault}", listed.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_a_statement_is_named_by_the_program() {
    let known: BTreeSet<String> = statements().map(|listed| listed.file.to_owned()).collect();
    assert_eq!(files("sql"), known);
}

#[test]
fn every_fragment_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all: String = files("sql")
        .iter()
        .chain(&files("fragments"))
        .map(|file| std::fs::read_to_string(root.join(file)).unwrap())
        .collect();
    for file in files("fragments") {
        let name = Path::new(&file).file_stem().unwrap().to_str().unwrap();
        assert!(
            all.contains(&format!("{{{name}(")),
            "{file} is used by nothing"
        );
    }
}
