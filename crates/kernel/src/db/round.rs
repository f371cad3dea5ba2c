//! Rounds of the program's own work, which ends when it finds nothing more to do.

use super::{Db, Tx};
use crate::audit::Audited;
use crate::error::{Error, Result};
use crate::policy::{Act, Ask};

const NOTHING: &str = "nothing to do";

/// What a round ends with that found nothing to do: it is rolled back and leaves no event.
pub fn nothing<T>() -> Result<T> {
    Err(Error::Internal(NOTHING))
}

impl Db {
    /// `run_system`, for work that may end with `nothing`: then `None`.
    pub fn run_round<T>(
        &self,
        ask: Ask,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
    ) -> Result<Option<T>> {
        match self.run_system(ask, work) {
            Err(Error::Internal(NOTHING)) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Round after round, a transaction each, until one finds nothing. Answers how much was done.
    pub fn run_rounds(
        &self,
        act: Act,
        some: fn(&mut Tx<'_>) -> Result<Audited<usize>>,
    ) -> Result<usize> {
        let mut done = 0;
        while let Some(some) = self.run_round(act.ask(), some)? {
            done += some;
        }
        Ok(done)
    }
}
