//! Rows of a case's circle: its allocation, and the agencies it may be given to.

use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::lens::Basis;
use kernel::schema::circle;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// An account or agency, as far as a case may be given to it.
#[derive(Row)]
pub struct Candidate {
    /// Sits in the MARAC, live.
    pub member: bool,
    /// Is an IDVA service.
    pub idva: bool,
    /// Its agreement is past its review date.
    pub review_due: bool,
}

/// An agency; `None` if there is none live.
pub fn agency(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Candidate>> {
    let today = tx.today();
    Ok(tx
        .sql(statement!("candidate" => Candidate))
        .bind(agency_id)
        .bind(marac_id)
        .bind(today)
        .get_result(tx.conn)
        .optional()?)
}

/// Whether the case is allocated to an IDVA service now.
pub fn allocated(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let live = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Allocation))
        .and(circle::opens_at.le(tx.now))
        .and(circle::ends_at.gt(tx.now));
    Ok(diesel::select(exists(circle::table.filter(live))).get_result(tx.conn)?)
}

/// Allocates the case to an IDVA service; another's allocation ends.
pub fn allocate(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<()> {
    let others = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Allocation))
        .and(circle::agency_id.ne(agency_id))
        .and(circle::ends_at.gt(tx.now));
    diesel::update(circle::table.filter(others))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    tx.sql(statement!("allocate"))
        .bind(Uuid::now_v7())
        .bind(case.marac_id)
        .bind(case.id)
        .bind(agency_id)
        .bind(tx.now)
        .bind(tx.actor.principal.user_id())
        .execute(tx.conn)?;
    Ok(())
}

/// The allocation ends without another.
pub fn end_allocation(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    let live = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Allocation))
        .and(circle::ends_at.gt(tx.now));
    diesel::update(circle::table.filter(live))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
