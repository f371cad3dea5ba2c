//! What the visibility rule knows of the caller: the parameters `$now`, `$user`, `$actor`, `$agency`,
//! `$maracs`, `$staff`, `$idva`, `$rep` and `$closed` of a statement.
//!
//! They are what `live_actor` answered as it made the settings that row-level security reads, so the two
//! locks cannot differ about who asks. No store binds them: a statement takes those of the transaction
//! under way on its thread, and one that names them outside of a transaction is refused. As parameters
//! they cost nothing to plan with; as sub-selects over the settings they were most of what a small
//! statement cost.

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
#[derive(Clone)]
pub(super) struct Sight([(&'static str, Bind); 9]);

/// What the rule of visibility asks of a live actor; by default, nobody's.
#[derive(Default, QueryableByName)]
pub(super) struct Seen {
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub actor_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub agency_id: Option<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    pub marac_ids: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    staff: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    idva: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    rep: Vec<Uuid>,
    #[diesel(sql_type = st::Array<st::Uuid>)]
    closed: Vec<Uuid>,
}

impl Seen {
    pub(super) fn at(self, now: DateTime<Utc>) -> Sight {
        Sight([
            ("now", now.into()),
            ("user", self.user_id.into()),
            ("actor", self.actor_id.into()),
            ("agency", self.agency_id.into()),
            ("maracs", self.marac_ids.into()),
            ("staff", self.staff.into()),
            ("idva", self.idva.into()),
            ("rep", self.rep.into()),
            ("closed", self.closed.into()),
        ])
    }
}

impl Sight {
    fn move_on(&mut self, now: DateTime<Utc>) {
        for (name, bind) in &mut self.0 {
            if *name == "now" {
                *bind = now.into();
            }
        }
    }

    pub(super) fn named(&self, name: &str) -> Option<&Bind> {
        let mut known = self.0.iter();
        known
            .find(|(known, _)| *known == name)
            .map(|(_, bind)| bind)
    }
}

/// The sight of the program itself: every MARAC, nothing closed.
pub(super) fn load_system(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Sight> {
    let seen: Seen = sql(
        "select null::uuid as user_id, null::uuid as actor_id, null::uuid as agency_id, \
         m.ids as marac_ids, m.ids as staff, '{}'::uuid[] as idva, '{}'::uuid[] as rep, '{}'::uuid[] as closed \
         from load_system($1), lateral (select current_setting('toldonce.maracs')::uuid[] as ids) m",
    )
    .bind(now)
    .get_result(conn)?;
    Ok(seen.at(now))
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

/// The sight under way is that of a later moment from now on.
pub(super) fn move_on(now: DateTime<Utc>) {
    UNDER_WAY.with(|under_way| {
        if let Some(sight) = under_way.borrow_mut().as_mut() {
            Arc::make_mut(sight).move_on(now);
        }
    });
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
