//! A place in the database where the program can be made to stand, so that it can be killed exactly
//! there: a trigger that waits for a lock which the test holds.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};

use super::TestDb;

/// Where.
#[derive(Clone, Copy)]
pub enum Stand {
    /// Before the row of this number is written; what was done so far is not committed.
    Row {
        /// `insert` or `update`.
        event: &'static str,
        table: &'static str,
        /// Which rows count, in `new` and, of an update, `old`.
        when: &'static str,
        nth: u32,
    },
    /// Within the commit of the transaction that wrote the row of this number: whoever sent it is not
    /// answered, and once the gate is open it is done, whatever has become of them.
    Commit {
        event: &'static str,
        table: &'static str,
        when: &'static str,
        nth: u32,
    },
}

/// Rows of a table as they are added.
pub const fn row(table: &'static str, nth: u32) -> Stand {
    row_when(table, "true", nth)
}

/// Those of them of which this is true.
pub const fn row_when(table: &'static str, when: &'static str, nth: u32) -> Stand {
    Stand::Row {
        event: "insert",
        table,
        when,
        nth,
    }
}

/// The gate, open unless it was closed.
pub struct Gate {
    conn: PgConnection,
    table: Option<&'static str>,
}

#[derive(Row)]
struct Names {
    names: Vec<String>,
}

impl Gate {
    pub fn new(db: &TestDb) -> Self {
        let mut conn = db.owner();
        conn.batch_execute("create sequence gate_rows").unwrap();
        Self { conn, table: None }
    }

    /// From now on somebody will come to stand there; those after them pass.
    pub fn close(&mut self, stand: Stand) {
        assert!(self.table.is_none(), "the gate is closed");
        let (Stand::Row {
            event,
            table,
            when,
            nth,
        }
        | Stand::Commit {
            event,
            table,
            when,
            nth,
        }) = stand;
        let trigger = match stand {
            Stand::Row { .. } => format!("trigger gate before {event} on {table}"),
            Stand::Commit { .. } => format!(
                "constraint trigger gate after {event} on {table} deferrable initially deferred"
            ),
        };
        let text = format!(
            "select pg_advisory_lock(1);
             alter sequence gate_rows restart;
             create or replace function gate() returns trigger language plpgsql security definer
               set search_path = public as $$
             begin
               if nextval('gate_rows') = {nth} then
                 perform pg_advisory_xact_lock_shared(1);
               end if;
               return new;
             end $$;
             create {trigger} for each row when ({when}) execute function gate()"
        );
        self.conn.batch_execute(&text).unwrap();
        self.table = Some(table);
    }

    /// Lets through whoever stands there, and whoever comes later.
    pub fn open(&mut self) {
        let table = self.table.take().expect("the gate is open");
        self.conn
            .batch_execute("select pg_advisory_unlock(1)")
            .unwrap();
        // Waits for the transaction that stood there to end.
        let drop = format!("drop trigger gate on {table}");
        self.conn.batch_execute(&drop).unwrap();
    }

    /// The names of the servers (their `application_name`) of which this is true now.
    fn servers(&mut self, is: &'static str) -> Vec<String> {
        let text = format!(
            "select coalesce(array_agg(distinct application_name), '{{}}') as names \
             from pg_stat_activity where datname = current_database() and {is}"
        );
        let found: Names = diesel::sql_query(text).get_result(&mut self.conn).unwrap();
        found.names
    }

    #[track_caller]
    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        for _ in 0..15_000 {
            if let Some(found) = look(self) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("within five minutes: {what}");
    }

    /// Waits until a server stands at the gate; says which.
    #[track_caller]
    pub fn reached(&mut self) -> String {
        self.until("somebody stands at the gate", |gate| {
            gate.servers("wait_event_type = 'Lock' and wait_event = 'advisory'")
                .pop()
        })
    }

    /// Waits until this server waits for what another has locked.
    #[track_caller]
    pub fn held_up(&mut self, server: &str) {
        self.until("it waits for another", |gate| {
            gate.servers("wait_event in ('transactionid', 'tuple')")
                .contains(&server.to_owned())
                .then_some(())
        });
    }

    /// Waits until nothing in the database is left of a server that was killed.
    #[track_caller]
    pub fn gone(&mut self, server: &str) {
        self.until("its connections end", |gate| {
            (!gate.servers("true").contains(&server.to_owned())).then_some(())
        });
    }

    /// Waits until the query finds a row.
    #[track_caller]
    pub fn comes_true(&mut self, query: &'static str) {
        self.until(query, |gate| {
            let rows = sql(query).execute(&mut gate.conn).unwrap();
            (rows > 0).then_some(())
        });
    }
}
