//! Rows of differences between what joined referrals say of somebody and what is recorded.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::differences_api::DifferenceDecision;
use kernel::crypto::Place;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use practice::party::Identity;

/// A difference.
#[derive(Row)]
pub struct Difference {
    pub id: Uuid,
    pub party_id: Uuid,
    pub referral_id: Uuid,
    pub decision: Option<DifferenceDecision>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
    sealed: Vec<u8>,
}

impl Difference {
    /// Who the person is by the referral.
    pub fn identity(&self, case: &VisibleCase) -> Result<Identity> {
        let place = Place::new("identity_differences", "sealed", self.id);
        Ok(case.key().open_json(place, &self.sealed)?)
    }
}

macro_rules! difference {
    ($tail:literal) => {
        concat!(
            "select id, party_id, referral_id, decision, decided_by, decided_at, created_at, version, sealed ",
            "from identity_differences where case_id = $1 ",
            $tail
        )
    };
}

/// Every difference of a case, the newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Difference>> {
    Ok(tx
        .sql(difference!("order by created_at desc, id desc"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One of them, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Difference>> {
    tx.sql(difference!("and id = $2 for update"))
        .bind(case.id)
        .bind(id)
        .locking(tx)
}

/// Notes that a referral says something else of somebody.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    party_id: Uuid,
    referral_id: Uuid,
    identity: &Identity,
) -> Result<()> {
    let id = Uuid::now_v7();
    let place = Place::new("identity_differences", "sealed", id);
    let sealed = case.key().seal_json(place, identity)?;
    tx.sql(
        "insert into identity_differences (id, marac_id, case_id, party_id, referral_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(party_id)
    .bind(referral_id)
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Records what was decided.
pub fn decide(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    decision: DifferenceDecision,
) -> Result<()> {
    tx.sql(
        "update identity_differences set decision = $3, decided_by = $4, decided_at = $5, \
         taken_over = taken_over or $3 in ('alias', 'correct'), version = version + 1 where case_id = $1 and id = $2",
    )
    .bind(case.id)
    .bind(id)
    .bind(decision.as_str())
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}
