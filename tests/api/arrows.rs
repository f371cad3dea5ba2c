//! The floors: a crate names only those below it (Cargo holds that there is no circle; the order stands here), and within
//! a crate no slice stands on another that stands on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The crates from the ground up. A crate may name those before it.
const FLOORS: [&str; 8] = [
    "macros",
    "practice",
    "localpg",
    "paper",
    "kernel",
    "directory",
    "casework",
    "conference",
];

/// What a crate may not stand on, whoever else does: the field's words know no database, no HTTP and no clock, the
/// private PostgreSQL knows nothing of the program, and paper knows what it draws alone.
const NOT: [(&str, &[&str]); 3] = [
    ("practice", &["actix-web", "tokio", "r2d2", "postgres\""]),
    ("localpg", &["actix-web", "diesel", "practice"]),
    ("paper", &["actix-web", "diesel", "tokio"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines of a manifest that say what the crate stands on when it is built.
fn dependencies(of: &str) -> Vec<String> {
    let manifest = root().join("crates").join(of).join("Cargo.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    let (_, rest) = text.split_once("\n[dependencies]\n").unwrap();
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_crate_stands_only_on_those_below_it() {
    let mut folders: BTreeSet<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for floor in FLOORS {
        assert!(folders.remove(floor), "{floor} is not there");
    }
    assert!(folders.is_empty(), "name their floor: {folders:?}");
    for (height, floor) in FLOORS.iter().enumerate() {
        for line in dependencies(floor) {
            let name = line.split([' ', '.', '=']).next().unwrap_or_default();
            let above = FLOORS[height..].contains(&name);
            assert!(!above, "{floor} stands on {name}");
        }
    }
    for (floor, not) in NOT {
        for line in dependencies(floor) {
            let found = not.iter().find(|not| line.contains(**not));
            assert_eq!(found, None, "{floor}: {line}");
        }
    }
}

/// The crate and the slice of a file: the first folder or file below its crate's `src`.
fn slice(path: &str) -> (String, String) {
    let (floor, within) = match path.strip_prefix("crates/") {
        Some(rest) => rest.split_once("/src/").unwrap(),
        None => ("toldonce", path.strip_prefix("src/").unwrap()),
    };
    let first = within.split('/').next().unwrap();
    (floor.to_owned(), first.trim_end_matches(".rs").to_owned())
}

/// The first names after `crate::`, in groups too.
fn named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, head) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || "_$:".contains(before) {
            continue;
        }
        let rest = &code[at + head.len()..];
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        found.insert(word(rest));
        if code[at + head.len()..].starts_with('{') {
            // A group: each of its members begins one level deep.
            let mut depth = 0;
            let mut next = true;
            for (here, letter) in code[at + head.len()..].char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 1 => break,
                    '}' => depth -= 1,
                    ',' if depth == 1 => next = true,
                    _ if next && depth == 1 && letter.is_alphabetic() => {
                        found.insert(word(&code[at + head.len() + here..]));
                        next = false;
                    }
                    _ => {}
                }
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    let letters = text.chars();
    letters
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

/// What each slice of a crate names of the others.
fn arrows() -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut arrows: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for file in crate::source::files() {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
        let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
        // A crate of one slice, and the program's command line, which is a crate of its own.
        if is_test
            || ["crates/paper/", "crates/localpg/", "src/cli/"]
                .iter()
                .any(|of| path.starts_with(of))
        {
            continue;
        }
        let (floor, own) = slice(path);
        if ["lib", "main"].contains(&own.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<_> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let mut names = named(&code.join("\n"));
        names.remove(&own);
        arrows.entry((floor, own)).or_default().extend(names);
    }
    arrows
}

#[test]
fn no_slice_stands_on_one_that_stands_on_it() {
    let arrows = arrows();
    assert!(arrows.len() > 50, "{}", arrows.len());
    let below = |floor: &str, from: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(one) = next.pop() {
            for other in arrows.get(&(floor.to_owned(), one)).into_iter().flatten() {
                if seen.insert(other.clone()) {
                    next.push(other.clone());
                }
            }
        }
        seen
    };
    let circles: Vec<_> = arrows
        .keys()
        .filter(|(floor, own)| below(floor, own).contains(own))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn the_arrows_of_a_file_are_read() {
    let found = named(
        "use crate::{audit, db::{Db, Tx}};\nuse crate::error::Result;\nlet x = $crate::no!();",
    );
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["audit", "db", "error"]);
}
