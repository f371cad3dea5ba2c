//! Rules of the house that no lint can hold: they read the source.

use std::path::{Path, PathBuf};

/// Lines a file may have.
const LIMIT: usize = 400;

/// Files that are longer, and how long each may be at most. This list may only shrink.
const LONGER: [(&str, usize); 0] = [];

struct Source {
    path: String,
    /// Without its tests.
    code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the program and of the crates that it stands on.
pub fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    walk(&root().join("crates"), &mut files);
    files
}

/// Every file of the program that somebody wrote, without tests.
fn sources() -> Vec<Source> {
    files()
        .into_iter()
        .filter_map(|file| {
            let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
            let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
            if is_test || path == "crates/kernel/src/schema.rs" {
                return None;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let code = match text.find("\n#[cfg(test)]\nmod tests {") {
                Some(at) => text[..at].to_owned(),
                None => text,
            };
            Some(Source {
                path: path.to_owned(),
                code,
            })
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The code without its comments, which may speak of anything.
fn lines(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    source
        .code
        .lines()
        .enumerate()
        .filter(move |(_, line)| code(line))
        .map(|(index, line)| (index + 1, line))
}

fn may_hold_sql(path: &str) -> bool {
    path.ends_with("store.rs")
        || path.contains("/store/")
        || [
            "crates/kernel/src/visibility/mod.rs",
            "crates/kernel/src/visibility/in_sight.rs",
            "crates/directory/src/auth/sessions.rs",
            "crates/kernel/src/http/idempotency.rs",
            "src/install.rs",
        ]
        .contains(&path)
        || [
            "crates/kernel/src/db/",
            "crates/kernel/src/sql/",
            "crates/kernel/src/audit/",
            "crates/kernel/src/audit_chain/",
            "crates/kernel/src/case_file/keys.rs",
            "src/import/",
            "src/cli/",
        ]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The text of a statement that stands in this file.
fn text_of(file: &str) -> &'static str {
    let known = kernel::sql::statements().find(|listed| listed.file == file);
    known.unwrap_or_else(|| panic!("{file} is not listed")).text
}

fn calls_sql(line: &str) -> bool {
    line.match_indices("sql(").any(|(at, _)| {
        line[..at].ends_with("tx.")
            || !line[..at]
                .ends_with(|before: char| before.is_alphanumeric() || "_.".contains(before))
    })
}

#[test]
fn only_stores_and_what_they_stand_on_hold_sql() {
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !may_hold_sql(&source.path))
    {
        for (number, line) in lines(source) {
            if calls_sql(line) || line.contains("sql_query") || line.contains("kernel::schema") {
                found.push(format!("{}:{number}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "SQL outside of stores: {found:#?}");
}

/// The folder of a slice: the first below its crate's `src`.
fn slice_of(path: &str) -> &str {
    let within = path.split_once("src/").map_or(path, |(_, within)| within);
    within.split('/').next().unwrap_or_default()
}

/// Only a store may reach for another's: for a text that both are made of, so that it is written once.
#[test]
fn a_slice_calls_anothers_front_door_and_never_its_store() {
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !may_hold_sql(&source.path))
    {
        let own = slice_of(&source.path);
        for (number, line) in lines(source) {
            for (at, _) in line.match_indices("::store") {
                let before = line[..at]
                    .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .next();
                let named_by_path = line[..at].contains("::");
                if named_by_path && before != Some(own) {
                    found.push(format!("{}:{number}", source.path));
                }
            }
        }
    }
    assert!(found.is_empty(), "another slice's store: {found:#?}");
}

#[test]
fn nobody_outside_the_database_module_names_the_pool() {
    let mut found = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| !s.path.starts_with("crates/kernel/src/db/"))
    {
        for (number, line) in lines(source) {
            if line.contains("r2d2")
                || line.contains("ConnectionManager")
                || line.contains("db::pool")
            {
                found.push(format!("{}:{number}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "the pool is named: {found:#?}");
}

#[test]
fn no_statement_is_put_together_at_run_time() {
    let mut found = Vec::new();
    for source in &sources() {
        let code: String = lines(source).map(|(_, line)| line.trim()).collect();
        for (at, _) in code
            .match_indices("sql(")
            .chain(code.match_indices("sql_query("))
        {
            let argument = code[at..].split_once('(').map_or("", |(_, rest)| rest);
            if argument.starts_with("format!") || argument.starts_with("&format!") {
                found.push(source.path.clone());
            }
        }
    }
    assert!(found.is_empty(), "SQL made by format!: {found:#?}");
}

/// What an operation takes, answers and documents is read from its types, by one attribute: another way to a route
/// would be another way to say so.
#[test]
fn every_operation_is_made_by_its_attribute() {
    let methods = ["get", "post", "put", "patch", "delete", "head", "route"];
    let mut found = Vec::new();
    let mut operations = 0;
    for source in sources()
        .iter()
        .filter(|s| !s.path.starts_with("crates/macros/"))
    {
        operations += source.code.matches("\n#[operation(").count();
        for (number, line) in lines(source) {
            let attribute = line.trim_start();
            let names_a_route = methods.iter().any(|method| {
                attribute.starts_with(&format!("#[{method}("))
                    || attribute.starts_with(&format!("#[actix_web::{method}("))
            });
            if names_a_route || attribute.contains("utoipa::path") {
                found.push(format!("{}:{number}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "not by `operation`: {found:#?}");
    let document = toldonce::app::document();
    let paths = document.paths.paths.values();
    let documented = paths.map(|path| {
        let methods = [&path.get, &path.post, &path.put, &path.patch, &path.delete];
        methods.into_iter().flatten().count()
    });
    assert_eq!(operations, documented.sum::<usize>());
}

/// A text that a caller sends has a type that says what it takes (`practice::text`).
#[test]
fn no_shape_of_a_request_holds_a_bare_string() {
    let mut found = Vec::new();
    let mut shapes = 0;
    for source in &sources() {
        for block in source.code.split("#[derive(").skip(1) {
            let (derives, rest) = block.split_once(")]").unwrap_or_default();
            let taken = derives.contains("Deserialize")
                && ["Validate", "IntoParams"]
                    .iter()
                    .any(|one| derives.contains(one));
            if !taken {
                continue;
            }
            shapes += 1;
            let body = rest.split("\n}").next().unwrap_or_default();
            let mut lines = body
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let bare = |line: &&str| {
                let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                words.any(|word| ["String", "Value", "str"].contains(&word))
            };
            if let Some(line) = lines.find(bare) {
                found.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(shapes > 80, "{shapes} shapes");
    assert_eq!(found, BARE, "use a type of practice::text");
}

/// Settings are merged into those at hand before they are read as what they are.
const BARE: [&str; 1] = [
    "crates/directory/src/maracs/api.rs: settings: Change<serde_json::Map<String, serde_json::Value>>,",
];

/// A list says in the document how many it takes, as it is checked.
#[test]
fn a_list_that_is_checked_says_so_in_the_document() {
    let mut found = Vec::new();
    for source in &sources() {
        let code: Vec<_> = source.code.lines().map(str::trim).collect();
        for (at, line) in code.iter().enumerate() {
            let Some((_, rest)) = line
                .split_once("#[validate(")
                .and_then(|(_, l)| l.split_once("length("))
            else {
                continue;
            };
            let most = rest.split_once("max = ").map(|(_, rest)| rest);
            let most: String = most
                .into_iter()
                .flat_map(str::chars)
                .take_while(char::is_ascii_digit)
                .collect();
            let told = format!("max_items = {most}");
            let after = &code[at + 1..code.len().min(at + 4)];
            if !after
                .iter()
                .take_while(|line| line.starts_with("#["))
                .any(|line| line.contains(&told))
            {
                found.push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    assert!(found.is_empty(), "undocumented: {found:#?}");
}

/// What may be asked of something is refused on something: where it stands must be found when the audit
/// of its MARAC is read. This belongs to no one MARAC.
const OF_NO_MARAC: [&str; 1] = ["agency"];

#[test]
fn what_is_asked_of_anything_can_be_traced_to_its_marac() {
    let sources = sources();
    let events = root().join("crates/directory/src/audit_log/sql/events.sql");
    let traced = std::fs::read_to_string(events).unwrap();
    let mut untraced = std::collections::BTreeSet::new();
    for source in &sources {
        let code: String = lines(source).map(|(_, line)| line.trim()).collect();
        for (at, _) in code.match_indices(".on(\"") {
            let asked = code[..at]
                .rsplit(|c: char| !c.is_alphanumeric() && c != ':')
                .next();
            let is_act = asked
                .is_some_and(|asked| ["ACT", "act"].contains(&asked) || asked.starts_with("Act::"));
            let kind = code[at + 5..].split('"').next().filter(|_| is_act);
            let found = |kind: &&str| {
                OF_NO_MARAC.contains(kind) || traced.contains(&format!("{{place({kind}, "))
            };
            untraced.extend(kind.filter(|kind| !found(kind)).map(str::to_owned));
        }
    }
    assert!(
        untraced.is_empty(),
        "name the tables of these in crates/directory/src/audit_log/sql/events.sql: {untraced:?}"
    );
}

#[test]
fn files_stay_short_enough_to_read() {
    let allowed = |path: &str| {
        let longer = LONGER.iter().find(|(name, _)| *name == path);
        longer.map_or(LIMIT, |(_, most)| *most)
    };
    let sizes: Vec<_> = sources()
        .iter()
        .map(|source| (source.path.clone(), source.code.lines().count()))
        .collect();
    let too_long: Vec<_> = sizes
        .iter()
        .filter(|(path, count)| *count > allowed(path))
        .collect();
    assert!(too_long.is_empty(), "split these by verb: {too_long:#?}");
    for (path, most) in LONGER {
        let now = sizes.iter().find(|(name, _)| name == path).map(|(_, n)| *n);
        assert_eq!(
            now.filter(|now| *now > LIMIT),
            Some(most),
            "{path} has become shorter: lower its entry, or take it off the list"
        );
    }
}

#[test]
fn comments_leave_no_work_for_later() {
    // In two halves, or this test would find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    let mut found = Vec::new();
    for source in &sources() {
        for (index, line) in source.code.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{}:{}", source.path, index + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Every file of the tests and scripts, and of the tests beside the code.
fn of_tests() -> Vec<PathBuf> {
    let mut files = files();
    files.retain(|file| {
        let path = file.to_str().unwrap();
        path.ends_with("tests.rs") || path.contains("/tests/")
    });
    walk(&root().join("tests"), &mut files);
    for folder in ["scripts", "bench", ".ci"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        files.extend(
            entries
                .map(|e| e.unwrap().path())
                .filter(|path| path.is_file()),
        );
    }
    files
}

/// Whether a line names a port or a place that another program on this machine may be using.
fn names_a_shared_thing(line: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| ('1'..='9').contains(&c));
    let ports = [
        "127.0.0.1:",
        "localhost:",
        "0.0.0.0:",
        "[::1]:",
        "port: ",
        "port = ",
        "port=",
        "PORT:-",
        "--port ",
        "--port\", \"",
        "127.0.0.1\", ",
    ];
    let places = [
        "\"/tmp",
        "'/tmp",
        " /tmp/",
        "=/tmp",
        "temp_dir().join(\"",
        "toldonce-demo",
        "toldonce-data",
    ];
    let port = ports.iter().any(|port| {
        line.match_indices(port)
            .any(|(at, _)| digit(&line[at + port.len()..]))
    });
    port || places.iter().any(|place| line.contains(place))
}

/// What is rightly named: by file and a part of the line.
const SHARED_ON_PURPOSE: [(&str, &str); 1] =
    // Where the socket goes when a path is too long; its folder's name cannot be guessed.
    [("crates/localpg/src/tests.rs", "socket_dir.starts_with")];

/// Tests and scripts run beside a demonstration, and beside each other.
#[test]
fn tests_and_scripts_use_no_fixed_port_and_no_fixed_place() {
    let mut found = Vec::new();
    for file in of_tests() {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            let on_purpose = SHARED_ON_PURPOSE
                .iter()
                .any(|(name, part)| *name == path && line.contains(part));
            if path != "tests/api/source.rs" && names_a_shared_thing(line) && !on_purpose {
                found.push(format!("{path}:{}", index + 1));
            }
        }
    }
    assert!(found.is_empty(), "shared with other programs: {found:#?}");
    for line in [
        "listen on 127.0.0.1:8080",
        "port=${PORT:-18080}",
        "std::env::temp_dir().join(\"toldonce-tests\")",
        "demo --data toldonce-demo",
    ] {
        assert!(names_a_shared_thing(line), "{line}");
    }
    assert!(!names_a_shared_thing("TcpListener::bind(\"127.0.0.1:0\")"));
}

/// Only one place starts the program, with settings of its own.
#[test]
fn the_program_is_started_by_the_kit_alone() {
    let mut found = Vec::new();
    for file in of_tests() {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if text.contains("Command::new(env!(\"CARGO_BIN_EXE") && path != "tests/api/source.rs" {
            found.push(path.to_owned());
        }
    }
    assert_eq!(found, ["tests/api/support/program.rs"]);
}

/// Every `vocabulary!` of the program: its name and its values.
pub fn vocabularies() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for source in &sources() {
        for block in source.code.split("vocabulary! {").skip(1) {
            let block: Vec<_> = block
                .lines()
                .skip(1)
                .take_while(|line| *line != "}")
                .map(str::trim)
                .filter(|line| !line.starts_with('#') && !line.starts_with("//"))
                .collect();
            let Some(name) = block.first().and_then(|line| line.strip_suffix(" {")) else {
                continue;
            };
            let values = block.iter().filter_map(|line| {
                let (_, value) = line.split_once(" = \"")?;
                Some(value.split_once('"')?.0.to_owned())
            });
            found.push((name.to_owned(), values.collect()));
        }
    }
    found
}

/// The OpenAPI document keeps one schema per name: the second of two would silently be the first.
#[test]
fn every_shape_has_a_name_of_its_own() {
    let mut seen = std::collections::BTreeMap::new();
    for source in sources() {
        for block in source.code.split("#[derive(").skip(1) {
            let Some((derives, rest)) = block.split_once(")]") else {
                continue;
            };
            let shape = rest
                .lines()
                .find_map(|line| {
                    let line = line.trim();
                    line.strip_prefix("pub struct ")
                        .or(line.strip_prefix("pub enum "))
                })
                .and_then(|line| line.split(|c: char| !c.is_alphanumeric()).next());
            if let Some(name) = shape.filter(|_| derives.contains("ToSchema")) {
                let earlier = seen.insert(name.to_owned(), source.path.clone());
                assert_eq!(earlier, None, "{name} in {}", source.path);
            }
        }
    }
    assert!(seen.len() > 50, "the shapes were not found");
}

/// The numbers of rules (`R13`) in a text.
fn rules_in(text: &str) -> std::collections::BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| {
            let number = word.strip_prefix('R').unwrap_or_default();
            (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_rule_that_the_code_cites_is_listed() {
    let list = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let listed = rules_in(&list);
    let mut unlisted = Vec::new();
    let mut cited = std::collections::BTreeSet::new();
    for source in sources() {
        let rules = rules_in(&source.code);
        let missing = rules.difference(&listed);
        unlisted.extend(missing.map(|rule| format!("{}: {rule}", source.path)));
        cited.extend(rules);
    }
    assert!(
        unlisted.is_empty(),
        "add these to docs/rules.md: {unlisted:#?}"
    );
    assert!(cited.len() > 20, "the rules were not found: {cited:?}");
}

/// The fields of a struct, as (name, type), from the source that holds it.
fn fields_of(sources: &[Source], name: &str) -> Vec<(String, String)> {
    let head = format!("struct {name} {{\n");
    let holder = sources.iter().find(|source| source.code.contains(&head));
    let holder = holder.unwrap_or_else(|| panic!("no source holds {name}"));
    let body = holder.code.split_once(&head).unwrap().1;
    let body = body.split_once("\n}").unwrap().0;
    body.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['/', '#']))
        .filter_map(|line| line.trim_end_matches(',').split_once(": "))
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

/// The type of a field says what its absence and its null mean, so that no PATCH overwrites what
/// it was not sent.
#[test]
fn every_field_of_a_patch_body_tells_absent_from_null() {
    let sources = sources();
    let mut found = Vec::new();
    let mut bodies = 0;
    for source in &sources {
        for (at, _) in source.code.match_indices("#[operation(patch,") {
            let handler = &source.code[at..];
            let body = handler.split_once(": Body<").unwrap().1;
            let name = body.split_once('>').unwrap().0;
            bodies += 1;
            for (field, kind) in fields_of(&sources, name) {
                if !kind.starts_with("Patch<") && !kind.starts_with("Change<") {
                    found.push(format!("{}: {name}.{field}: {kind}", source.path));
                }
            }
        }
    }
    assert!(bodies > 11, "{bodies}");
    assert!(found.is_empty(), "neither Patch nor Change: {found:#?}");
}

/// Whoever waited for a row goes on at the moment of having it: `locking` sees to that.
#[test]
fn whoever_waits_for_a_row_is_not_earlier_than_what_they_find() {
    let mut found = Vec::new();
    let mut locked = 0;
    for source in sources() {
        let built = |line: &str| {
            [".for_update()", ".for_no_key_update()", ".for_share()"]
                .iter()
                .any(|lock| line.contains(lock))
        };
        let folder = Path::new(&source.path).parent().unwrap();
        // What is skipped where it is locked waits for nobody; `cli` runs alone and reads no clock.
        let stated = |line: &str| {
            let name = line.split_once("statement!(\"").map(|(_, rest)| rest);
            let name = name.and_then(|rest| rest.split('"').next());
            name.is_some_and(|name| {
                let file = folder.join("sql").join(format!("{name}.sql"));
                let text = text_of(file.to_str().unwrap());
                ["for update", "for no key update", "for share"]
                    .iter()
                    .any(|lock| text.contains(lock) && !text.contains("skip locked"))
            })
        };
        let waits = lines(&source)
            .filter(|(_, line)| built(line) || stated(line))
            .count();
        locked += waits;
        let told = lines(&source)
            .map(|(_, line)| {
                line.matches(".locking(tx)").count()
                    + line.matches(".locking_all(tx)").count()
                    + line.matches("tx.waited").count()
            })
            .sum::<usize>();
        // In `parties/store.rs` four texts are sent by one call.
        let told = match source.path.as_str() {
            "crates/casework/src/parties/store.rs" => told + 3,
            _ => told,
        };
        if told < waits && !source.path.starts_with("src/cli/") {
            found.push(format!("{}: {waits} locks, {told} told", source.path));
        }
    }
    assert!(found.is_empty(), "a lock that moves no moment: {found:#?}");
    assert!(locked > 35, "the locks were not found: {locked}");
}

/// A list that joins keys in its own words would lose a case without a word, or fail for it.
#[test]
fn the_key_of_a_file_is_joined_in_one_place() {
    let mut found = Vec::new();
    let files = crate::statements::files("sql").into_iter();
    for file in files.chain(crate::statements::files("fragments")) {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        if text.contains("join data_keys") {
            found.push(file);
        }
    }
    assert_eq!(found, ["crates/kernel/fragments/file_key.sql"]);
}
