//! When each job is due.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::jobs;
use kernel::sql::{Row, sql, statement};

#[derive(Row)]
struct Name {
    name: String,
}

/// The names of those of these jobs that are due.
pub fn due(
    conn: &mut PgConnection,
    names: Vec<&'static str>,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let due = sql(statement!("due" => Name));
    let rows = due.bind(names).bind(now).load(conn)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[derive(Row)]
struct Taken {
    taken_at: DateTime<Utc>,
}

/// Takes the job until `until`, unless another server was first; answers when it was taken.
pub fn take(
    conn: &mut PgConnection,
    name: &'static str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let taken = sql(statement!("take" => Taken))
        .bind(name)
        .bind(now)
        .bind(until)
        .get_result(conn)
        .optional()?;
    Ok(taken.map(|row| row.taken_at))
}

/// Says when it is due next, unless its lease ran out and another server has it by now.
pub fn end(
    conn: &mut PgConnection,
    name: &'static str,
    taken_at: DateTime<Utc>,
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
    done: bool,
) -> Result<()> {
    let taken = jobs::table
        .filter(jobs::name.eq(name))
        .filter(jobs::taken_at.eq(taken_at));
    match done {
        true => diesel::update(taken)
            .set((
                jobs::next_at.eq(next_at),
                jobs::done_at.eq(now),
                jobs::failures.eq(0),
            ))
            .execute(conn)?,
        false => diesel::update(taken)
            .set((
                jobs::next_at.eq(next_at),
                jobs::failures.eq(jobs::failures + 1),
            ))
            .execute(conn)?,
    };
    Ok(())
}

#[derive(Row)]
struct Swept {
    deleted: i64,
    more: bool,
}

/// Deletes some of what has served its time; says how many rows, and whether there are more.
pub fn sweep(tx: &mut Tx<'_>, keep_days: i32) -> Result<(i64, bool)> {
    let swept = tx
        .sql(statement!("sweep" => Swept))
        .bind(tx.now)
        .bind(keep_days)
        .get_result(tx.conn)?;
    Ok((swept.deleted, swept.more))
}
