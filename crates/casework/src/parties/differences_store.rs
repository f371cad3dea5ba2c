//! Rows of differences between what joined referrals say of somebody and what is recorded.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::differences_api::DifferenceDecision;
use kernel::crypto::SealPlace;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::schema::identity_differences;
use kernel::visibility::VisibleCase;
use practice::party::Identity;

/// A difference.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identity_differences, check_for_backend(Pg))]
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
        let place = SealPlace::new("identity_differences", "sealed", self.id);
        Ok(case.key().open_json(place, &self.sealed)?)
    }
}

/// Every difference of a case, the newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Difference>> {
    use identity_differences::dsl;
    Ok(dsl::identity_differences
        .filter(dsl::case_id.eq(case.id))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .select(Difference::as_select())
        .load(tx.conn)?)
}

/// One of them, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Difference>> {
    use identity_differences::dsl;
    dsl::identity_differences
        .filter(dsl::case_id.eq(case.id).and(dsl::id.eq(id)))
        .select(Difference::as_select())
        .for_update()
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
    let place = SealPlace::new("identity_differences", "sealed", id);
    let sealed = case.key().seal_json(place, identity)?;
    use identity_differences::dsl;
    diesel::insert_into(dsl::identity_differences)
        .values((
            dsl::id.eq(id),
            dsl::marac_id.eq(case.marac_id),
            dsl::case_id.eq(case.id),
            dsl::party_id.eq(party_id),
            dsl::referral_id.eq(referral_id),
            dsl::sealed.eq(sealed),
            dsl::created_at.eq(tx.now),
        ))
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
    use DifferenceDecision::{Alias, Correct};
    use identity_differences::dsl;
    let taken = matches!(decision, Alias | Correct);
    diesel::update(dsl::identity_differences)
        .filter(dsl::case_id.eq(case.id).and(dsl::id.eq(id)))
        .set((
            dsl::decision.eq(decision),
            dsl::decided_by.eq(tx.actor.principal.user_id()),
            dsl::decided_at.eq(tx.now),
            dsl::taken_over.eq(dsl::taken_over.or(taken.into_sql::<Bool>())),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
