//! How PostgreSQL would run a hot statement, asked the way the service asks.

use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Tx;
use kernel::policy::Act;
use kernel::sql::Sql;

use super::TestApp;
use super::world::Person;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = st::Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The text of a statement that stands in a file: `listed("casework/flags/lapsing")` is
/// `crates/casework/src/flags/sql/lapsing.sql`.
pub fn listed(name: &str) -> &'static str {
    let (slice, statement) = name.rsplit_once('/').unwrap();
    let (home, slice) = slice.split_once('/').unwrap_or((slice, ""));
    let file = match (home, slice) {
        ("src", "") => format!("src/sql/{statement}.sql"),
        ("src", _) => format!("src/{slice}/sql/{statement}.sql"),
        (_, "") => format!("crates/{home}/src/sql/{statement}.sql"),
        _ => format!("crates/{home}/src/{slice}/sql/{statement}.sql"),
    };
    let found = kernel::sql::statements().find(|listed| listed.file == file);
    found.unwrap_or_else(|| panic!("no statement {file}")).text
}

/// Who runs it.
pub enum Asks<'a> {
    Person(&'a Person),
    Program,
}

impl TestApp {
    /// The plan of `text`, in lines. `forced`: sequential scans are made dear, for a table too small to
    /// be worth an index.
    pub fn plan(
        &self,
        asks: Asks<'_>,
        text: &str,
        forced: bool,
        bind: impl FnOnce(Sql) -> Sql,
    ) -> String {
        let text: &'static str = Box::leak(format!("explain {text}").into_boxed_str());
        let work = |tx: &mut Tx<'_>| {
            if forced {
                tx.sql("set local enable_seqscan = off").execute(tx.conn)?;
            }
            let lines: Vec<Line> = bind(tx.sql(text)).load(tx.conn)?;
            Ok(Audited::new(lines, Event::new()))
        };
        let db = &self.parts.db;
        let lines = match asks {
            Asks::Program => db.run_system(Act::ListActions.ask(), work),
            Asks::Person(person) => {
                let caller = Caller::User {
                    user_id: person.id,
                    session_id: person.session_id,
                };
                db.run_blocking(&caller, Act::ListActions.ask(), work)
            }
        };
        let lines: Vec<_> = lines.unwrap().into_iter().map(|line| line.line).collect();
        lines.join("\n")
    }
}
