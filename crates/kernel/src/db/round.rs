//! Rounds of the program's own work, which ends when it finds nothing more to do.

use super::{Db, Tx};
use crate::audit::Audited;
use crate::error::Result;
use crate::policy::Act;

impl Db {
    /// Round after round of the program's own work, a transaction each, until one finds nothing. Answers how much was
    /// done.
    pub fn run_rounds(
        &self,
        act: Act,
        some: fn(&mut Tx<'_>) -> Result<Option<Audited<usize>>>,
    ) -> Result<usize> {
        let mut done = 0;
        while let Some(some) = self.run_round(act.ask(), some)? {
            done += some;
        }
        Ok(done)
    }
}
