//! What the program keeps for itself: work that leaves no event and is shown nothing of any case.

use chrono::{DateTime, Utc};
use diesel::connection::TransactionManager;
use diesel::pg::PgConnection;

use super::live::Live;
use super::{Db, Manager, Tx};
use crate::error::Result;

impl Db {
    /// Keeps the program's own books: when a job is due, whether an e-mail has gone. Leaves no event,
    /// so no MARAC is opened for it: row-level security shows it nothing of any case.
    pub fn keep_books<T>(
        &self,
        work: impl FnOnce(&mut PgConnection, DateTime<Utc>) -> Result<T>,
    ) -> Result<T> {
        let now = self.clock.now();
        let mut conn = self.begin()?;
        let result = work(&mut conn, now).and_then(|value| {
            Manager::commit_transaction(&mut **conn)?;
            Ok(value)
        });
        if result.is_err() && Manager::rollback_transaction(&mut **conn).is_err() {
            conn.mark_broken();
        }
        result
    }

    /// Counts what somebody tried who is nobody yet, and looks up what they say, before it is known
    /// whether anything comes of it. Leaves no event: how it ended is recorded after. Of cases it is shown
    /// nothing.
    pub async fn count<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        self.blocking(move || {
            db.keep_books(|conn, now| {
                work(&mut Tx {
                    conn,
                    actor: Live::nobody().actor,
                    now,
                    keys: db.keys.clone(),
                    clock: &db.clock,
                    caller: None,
                    sight: None,
                })
            })
        })
        .await
    }
}
