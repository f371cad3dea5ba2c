//! Counts of guesses, and of failures that the audit has still to tell of: rows and statements.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use super::guesses::Guess;
use kernel::audit::Event;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::Act;
use kernel::schema::{failed_sign_ins, known_networks};
use kernel::sql::{Row, statement};

/// Counts a guess before it is checked. Refused while what it is counted under has to wait; then
/// nothing of it is counted.
pub fn reserve(tx: &mut Tx<'_>, guess: &Guess) -> Result<()> {
    let (kinds, subjects) = guess.rows();
    let all = kinds.len();
    let counted = tx
        .sql(statement!("reserve_guess"))
        .bind(kinds)
        .bind(subjects)
        .bind(tx.now)
        .execute(tx.conn)?;
    match counted == all {
        true => Ok(()),
        false => Err(Error::too_many(wait(tx, guess)?)),
    }
}

#[derive(Row)]
struct Opens {
    at: Option<DateTime<Utc>>,
}

/// Seconds until the next guess may be made.
fn wait(tx: &mut Tx<'_>, guess: &Guess) -> Result<u32> {
    let (kinds, subjects) = guess.rows();
    let opens = tx
        .sql(statement!("guess_opens" => Opens))
        .bind(kinds)
        .bind(subjects)
        .bind(tx.now)
        .get_result(tx.conn)?;
    let seconds = opens.at.map_or(0, |at| (at - tx.now).num_seconds() + 1);
    Ok(u32::try_from(seconds).unwrap_or(1))
}

/// Takes back a guess that was right, or that was never checked.
pub fn take_back(tx: &mut Tx<'_>, guess: &Guess) -> Result<()> {
    let (kinds, subjects) = guess.rows();
    tx.sql(statement!("take_back_guess"))
        .bind(kinds)
        .bind(subjects)
        .execute(tx.conn)?;
    tx.waited();
    Ok(())
}

/// The same for a password that was right: what was guessed for this account from this network before
/// is forgotten.
pub fn was_right(tx: &mut Tx<'_>, guess: &Guess) -> Result<()> {
    take_back(tx, guess)?;
    let (kinds, subjects) = guess.rows();
    tx.sql(statement!("forget_guesses"))
        .bind(kinds)
        .bind(subjects)
        .execute(tx.conn)?;
    Ok(())
}

/// Whether an account signed in from a network before.
pub fn knows(tx: &mut Tx<'_>, user_id: Uuid, network: Vec<u8>) -> Result<bool> {
    let found = known_networks::table
        .filter(known_networks::user_id.eq(user_id))
        .filter(known_networks::network.eq(network));
    Ok(diesel::select(exists(found)).get_result(tx.conn)?)
}

/// Forgets the networks of an account, but for one: the password is another now.
pub fn forget_networks(tx: &mut Tx<'_>, user_id: Uuid, but: Option<Vec<u8>>) -> Result<()> {
    let others = known_networks::network.nullable().is_distinct_from(but);
    diesel::delete(known_networks::table)
        .filter(known_networks::user_id.eq(user_id))
        .filter(others)
        .execute(tx.conn)?;
    Ok(())
}

/// Subjects that are told apart within an hour; further ones are counted together.
const TOLD_APART: i64 = 200;

/// What failures of an hour are counted under.
#[derive(Debug, Row)]
pub struct CountedGuess {
    hour: DateTime<Utc>,
    subject: Uuid,
    failures: i32,
}

impl CountedGuess {
    /// The first is recorded, and each that doubles their number.
    pub fn is_to_be_recorded(&self) -> bool {
        self.failures.count_ones() == 1
    }
}

/// Counts a failure.
pub fn count(tx: &mut Tx<'_>, act: Act, subject: Uuid) -> Result<CountedGuess> {
    Ok(tx
        .sql(statement!("count_failure" => CountedGuess))
        .bind(tx.now)
        .bind(act.as_str())
        .bind(subject)
        .bind(TOLD_APART)
        .get_result(tx.conn)?)
}

#[derive(Row)]
struct News {
    news: i32,
}

/// The event of the failures that the audit has not told of yet; it says how many they are.
pub fn record(tx: &mut Tx<'_>, act: Act, counted: &CountedGuess) -> Result<Event> {
    let news = tx
        .sql(statement!("record_failures" => News))
        .bind(counted.hour)
        .bind(act.as_str())
        .bind(counted.subject)
        .locking(tx)?;
    Ok(event(counted.subject, news.map_or(1, |row| row.news)))
}

fn event(subject: Uuid, failures: i32) -> Event {
    let failures = usize::try_from(failures).unwrap_or_default();
    Event::new().on("sign_in", subject).failed().rows(failures)
}

#[derive(Queryable)]
struct Over {
    act: String,
    subject: Uuid,
    news: i32,
}

/// Closes hours that are over: events of the failures that the audit has not told of yet.
pub fn close_hours(tx: &mut Tx<'_>) -> Result<Vec<Event>> {
    let over: Vec<Over> = diesel::delete(failed_sign_ins::table)
        .filter(failed_sign_ins::hour.lt(tx.now - TimeDelta::hours(1)))
        .returning((
            failed_sign_ins::act,
            failed_sign_ins::subject,
            failed_sign_ins::failures - failed_sign_ins::recorded,
        ))
        .load(tx.conn)?;
    let told = over.into_iter().filter(|row| row.news > 0);
    Ok(told
        .filter_map(|row| {
            let act = Act::ALL.iter().find(|act| act.as_str() == row.act)?;
            Some(event(row.subject, row.news).act(*act))
        })
        .collect())
}

#[derive(Row)]
struct Swept {
    deleted: i64,
    more: bool,
}

/// Deletes some of what has served its time; says how many rows, and whether there are more.
pub fn sweep(tx: &mut Tx<'_>) -> Result<(i64, bool)> {
    let swept = tx
        .sql(statement!("sweep" => Swept))
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok((swept.deleted, swept.more))
}
