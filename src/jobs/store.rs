//! When each job is due.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, sql};

#[derive(Row)]
struct Name {
    name: String,
}

/// Those of these jobs that are due. One without a row has never run. One due more than a month
/// ahead was set by a clock that has since been put back: no job waits that long.
const DUE: &str = "select n.name from unnest($1::text[]) n(name) left join jobs j on j.name = n.name \
    where j.name is null or j.next_at <= $2 or j.next_at > $2 + interval '1 month'";

/// The names of those that are due.
pub fn due(
    conn: &mut PgConnection,
    names: Vec<&'static str>,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let rows: Vec<Name> = sql(DUE).bind(names).bind(now).load(conn)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[derive(Row)]
struct Taken {
    taken_at: DateTime<Utc>,
}

/// The row is locked for a moment only: whoever comes second sees the lease.
const TAKE: &str = "insert into jobs as j (name, next_at, taken_at) values ($1, $3, $2) \
    on conflict (name) do update set next_at = excluded.next_at, taken_at = excluded.taken_at \
    where j.next_at <= $2 or j.next_at > $2 + interval '1 month' returning j.taken_at";

/// Takes the job until `until`, unless another server was first; answers when it was taken.
pub fn take(
    conn: &mut PgConnection,
    name: &'static str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let taken: Option<Taken> = sql(TAKE)
        .bind(name)
        .bind(now)
        .bind(until)
        .get_result(conn)
        .optional()?;
    Ok(taken.map(|row| row.taken_at))
}

const END: &str = "update jobs set next_at = $4, \
    done_at = case when $5 then $3 else done_at end, \
    failures = case when $5 then 0 else failures + 1 end \
    where name = $1 and taken_at = $2";

/// Says when it is due next, unless its lease ran out and another server has it by now.
pub fn end(
    conn: &mut PgConnection,
    name: &'static str,
    taken_at: DateTime<Utc>,
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
    done: bool,
) -> Result<()> {
    sql(END)
        .bind(name)
        .bind(taken_at)
        .bind(now)
        .bind(next_at)
        .bind(done)
        .execute(conn)?;
    Ok(())
}

#[derive(Row)]
struct Swept {
    deleted: i64,
    more: bool,
}

/// Deletes some of what has served its time; says how many rows, and whether there are more.
pub fn sweep(tx: &mut Tx<'_>, keep_days: i32) -> Result<(i64, bool)> {
    let swept: Swept = tx
        .sql("select deleted, more from sweep($1, $2)")
        .bind(tx.now)
        .bind(keep_days)
        .get_result(tx.conn)?;
    Ok((swept.deleted, swept.more))
}
