//! What has served its time is deleted.

use crate::app::Parts;
use kernel::audit::{Audited, Event};
use kernel::error::Result;
use kernel::policy::Act;

use super::store;

/// The job: deletes bit by bit, each bit in a transaction of its own, until nothing is left to delete.
pub fn keep_house(parts: &Parts) -> Result<()> {
    let keep_days = i32::try_from(parts.keep_read_days).unwrap_or(i32::MAX);
    loop {
        let (deleted, more) = parts.db.run_system(Act::KeepHouse.ask(), |tx| {
            let (deleted, more) = store::sweep(tx, keep_days)?;
            let event = Event::list(usize::try_from(deleted).unwrap_or(usize::MAX));
            Ok(Audited::new((deleted, more), event))
        })?;
        tracing::debug!(deleted, "swept");
        if !more {
            return Ok(());
        }
    }
}
