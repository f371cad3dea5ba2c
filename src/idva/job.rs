//! Allocations whose survivor nobody has tried in time: a job of the program. What it has told stands
//! on the allocation, so that it may be stopped anywhere, run twice, and run by many servers.

use super::store;
use crate::audit::{Audited, Event};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::policy::Act;

/// Rows in one transaction.
const BATCH: i64 = 200;

/// What ends a round that found nothing: it leaves no trace.
const NOTHING: &str = "no first contact is late";

/// Tells of every first contact that is late now. Returns how many.
pub fn find_late(db: &Db) -> Result<usize> {
    let mut found = 0;
    loop {
        match db.run_system(Act::FindLateContacts.ask(), find_late_some) {
            Ok(some) => found += some,
            Err(Error::Internal(NOTHING)) => return Ok(found),
            Err(error) => return Err(error),
        }
    }
}

/// Some of them, in this transaction.
pub fn find_late_some(tx: &mut Tx<'_>) -> Result<Audited<usize>> {
    let late = store::late(tx, BATCH)?;
    if late.is_empty() {
        return Err(Error::Internal(NOTHING));
    }
    Ok(Audited::new(
        late.len(),
        Event::list(late.len()).fields(["contact_due"]),
    ))
}
