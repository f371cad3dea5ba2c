//! One open transaction, as work has it, and the moment at which it works.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::query_dsl::methods::LoadQuery;

use super::live::Live;
use crate::caller::Caller;
use crate::clock::Clock;
use crate::crypto::KeyRing;
use crate::error::{Error, Result};
use crate::policy::{self, Act, Actor, Principal};
use crate::sql::{Row, Sight, Sql, Worded, sql, statement};

/// One open transaction, and what every piece of work in it needs.
pub struct Tx<'c> {
    /// The connection.
    pub conn: &'c mut PgConnection,
    /// Who asks, as they stand now.
    pub actor: Actor,
    /// The moment of the request: one for all that it writes after the rows it waited for.
    pub now: DateTime<Utc>,
    /// The key ring.
    pub keys: KeyRing,
    pub(super) clock: &'c Clock,
    /// Who asks, and for what; nobody for the program itself.
    pub(super) caller: Option<(&'c Caller, Act)>,
    /// What the rule of visibility knows of who asks.
    pub(super) sight: Option<Arc<Sight>>,
}

impl Tx<'_> {
    /// A statement that sees what the caller sees.
    pub fn sql<W: Worded>(&self, statement: W) -> Sql<W::Row> {
        Sql::seeing(statement.text(), self.sight.clone())
    }

    /// Today's date where the MARACs are.
    pub fn today(&self) -> chrono::NaiveDate {
        practice::dates::london_day(self.now)
    }
}

impl Tx<'_> {
    /// After a row was waited for, be it locked or unique: whoever held it may have opened, ended or
    /// written something since this request began. The request's moment, and that of its sight, is not
    /// earlier than any of it.
    pub fn waited(&mut self) {
        self.not_before(self.clock.now());
    }

    /// The same for a row that was written at this time.
    pub fn waited_for(&mut self, at: DateTime<Utc>) {
        self.waited();
        self.not_before(at);
    }

    fn not_before(&mut self, at: DateTime<Utc>) {
        if at > self.now {
            self.now = at;
            if let Some(sight) = &mut self.sight {
                Arc::make_mut(sight).move_on(at);
            }
        }
    }

    /// Tells the database's own functions the moment as it stands now, which is later than that of the
    /// request's beginning if it waited: before a write that one of their triggers goes on from.
    pub fn tell_moment(&mut self) -> Result<()> {
        sql(statement!("tell_moment"))
            .bind(self.now)
            .execute(self.conn)?;
        Ok(())
    }

    /// Loads the caller anew, as they stand now: for work that goes on from what another request did
    /// meanwhile.
    pub fn renew(&mut self) -> Result<()> {
        let Some((caller, act)) = self.caller else {
            return Ok(());
        };
        let live = Live::of(self.conn, caller, self.now)?;
        policy::permits(&live.actor, act)?;
        self.sight = live.sight.map(Arc::new);
        self.actor = live.actor;
        Ok(())
    }

    /// After a MARAC was founded in this transaction: the program sees it too from here on.
    pub fn see_new_maracs(&mut self) -> Result<()> {
        if self.actor.principal != Principal::System {
            return Err(Error::Internal("only the program sees every MARAC"));
        }
        self.sight = Live::program(self.conn, self.now)?.sight.map(Arc::new);
        Ok(())
    }
}

/// A query that waits for the rows it locks. The request's moment becomes that of having them, so nobody writes an
/// earlier time over what another request did while this one waited.
pub trait Locking<'query, T>: LoadQuery<'query, PgConnection, T> {
    /// The row that a locking query finds, once nobody else holds it.
    fn locking(self, tx: &mut Tx<'_>) -> Result<Option<T>>
    where
        Self: Sized,
    {
        let found = self.get_result(tx.conn).optional()?;
        tx.waited();
        Ok(found)
    }

    /// The same for any number of rows.
    fn locking_all(self, tx: &mut Tx<'_>) -> Result<Vec<T>>
    where
        Self: Sized,
    {
        let found = self.load(tx.conn)?;
        tx.waited();
        Ok(found)
    }
}

impl<'query, T, Q: LoadQuery<'query, PgConnection, T>> Locking<'query, T> for Q {}

impl<R: Row + 'static> Sql<R> {
    /// The row that a locking statement finds: see [`Locking::locking`].
    pub fn locking(self, tx: &mut Tx<'_>) -> Result<Option<R>> {
        Locking::<R>::locking(self, tx)
    }

    /// The same for any number of rows.
    pub fn locking_all(self, tx: &mut Tx<'_>) -> Result<Vec<R>> {
        Locking::<R>::locking_all(self, tx)
    }
}
