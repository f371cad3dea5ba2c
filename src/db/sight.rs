//! What the visibility rule knows of the caller: the parameters `$now`, `$user`, `$actor`, `$agency`,
//! `$maracs`, `$staff`, `$idva`, `$rep` and `$closed` of a statement.
//!
//! They are read back from the settings that `load_actor` made, which row-level security reads, so the
//! two locks cannot differ about who asks. No store binds them: a statement takes those of the
//! transaction under way on its thread, and one that names them outside of a transaction is refused.
//! As parameters they cost nothing to plan with; as sub-selects over the settings they were most of
//! what a small statement cost.

use std::cell::RefCell;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::sql::{Bind, sql};
use crate::error::Result;

thread_local! {
    static UNDER_WAY: RefCell<Option<Arc<Sight>>> = const { RefCell::new(None) };
}

/// The parameters of one transaction, by name.
pub(super) struct Sight([(&'static str, Bind); 9]);

/// What they are read back from: columns for a statement that has called `load_actor` or `load_system`
/// in its `from`.
macro_rules! sight_columns {
    () => {
        "nullif(current_setting('toldonce.user'), '')::uuid as sight_user, \
         nullif(current_setting('toldonce.actor'), '')::uuid as sight_actor, \
         nullif(current_setting('toldonce.agency'), '')::uuid as sight_agency, \
         current_setting('toldonce.maracs')::uuid[] as sight_maracs, \
         current_setting('toldonce.staff')::uuid[] as sight_staff, \
         current_setting('toldonce.idva')::uuid[] as sight_idva, \
         current_setting('toldonce.rep')::uuid[] as sight_rep, \
         current_setting('toldonce.closed')::uuid[] as sight_closed"
    };
}
pub(super) use sight_columns;

/// A row of `sight_columns!`; by default, nobody's.
#[derive(Default, QueryableByName)]
pub(super) struct SightRow {
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    sight_user: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    sight_actor: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    sight_agency: Option<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    sight_maracs: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    sight_staff: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    sight_idva: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    sight_rep: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    sight_closed: Vec<Uuid>,
}

impl SightRow {
    pub(super) fn at(self, now: DateTime<Utc>) -> Sight {
        Sight([
            ("now", now.into()),
            ("user", self.sight_user.into()),
            ("actor", self.sight_actor.into()),
            ("agency", self.sight_agency.into()),
            ("maracs", self.sight_maracs.into()),
            ("staff", self.sight_staff.into()),
            ("idva", self.sight_idva.into()),
            ("rep", self.sight_rep.into()),
            ("closed", self.sight_closed.into()),
        ])
    }
}

impl Sight {
    pub(super) fn named(&self, name: &str) -> Option<&Bind> {
        let mut known = self.0.iter();
        known
            .find(|(known, _)| *known == name)
            .map(|(_, bind)| bind)
    }
}

/// The sight of the program itself: every MARAC, nothing closed.
pub(super) fn load_system(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Sight> {
    let row: SightRow = sql(concat!(
        "select ",
        sight_columns!(),
        " from load_system($1)"
    ))
    .bind(now)
    .get_result(conn)?;
    Ok(row.at(now))
}

/// Statements made on this thread see as `sight` says, until the guard is dropped.
pub(super) fn enter(sight: Sight) -> Entered {
    let before = UNDER_WAY.with(|under_way| under_way.replace(Some(Arc::new(sight))));
    Entered { before }
}

/// In place of the sight under way, until its guard is dropped.
pub(super) fn renew(sight: Sight) {
    UNDER_WAY.with(|under_way| under_way.replace(Some(Arc::new(sight))));
}

/// The sight of the transaction under way on this thread.
pub(super) fn under_way() -> Option<Arc<Sight>> {
    UNDER_WAY.with(|under_way| under_way.borrow().clone())
}

/// While it lives, a sight is under way.
pub(super) struct Entered {
    before: Option<Arc<Sight>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.before.take();
        UNDER_WAY.with(|under_way| under_way.replace(before));
    }
}
