//! What the rule of visibility knows of the caller: the parameters `$now`, `$user`, `$actor`, `$agency`,
//! `$maracs`, `$staff`, `$idva`, `$rep` and `$closed` of a statement.
//!
//! They come with the transaction, which fills them in for every statement that it makes (`Tx::sql`). As parameters they
//! cost nothing to plan with; as sub-selects over the settings they were most of what a small statement cost.

use chrono::{DateTime, Utc};

use super::Bind;

/// The parameters of one transaction, by name.
#[derive(Clone)]
pub(crate) struct Sight(pub(crate) [(&'static str, Bind); 9]);

impl Sight {
    /// The same sight at a later moment.
    pub(crate) fn move_on(&mut self, now: DateTime<Utc>) {
        for (name, bind) in &mut self.0 {
            if *name == "now" {
                *bind = now.into();
            }
        }
    }

    /// The parameter of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Bind> {
        let mut known = self.0.iter();
        known
            .find(|(known, _)| *known == name)
            .map(|(_, bind)| bind)
    }
}
