//! Rows of a case's circle: its allocation, and the agencies it may be given to.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
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

const AGENCY: &str = "select m.marac_id is not null as member, a.kind = 'idva' as idva, \
     coalesce(m.agreement_review_on < $3, false) as review_due \
     from agencies a left join marac_agencies m on m.agency_id = a.id and m.marac_id = $2 \
       and m.suspended_at is null \
       and (m.access_ends_at is null or m.access_ends_at > $now) \
     where a.id = $1 and a.closed_at is null";

/// An agency; `None` if there is none live.
pub fn agency(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Candidate>> {
    let today = tx.today();
    Ok(tx
        .sql(AGENCY)
        .bind(agency_id)
        .bind(marac_id)
        .bind(today)
        .get_result(tx.conn)
        .optional()?)
}

#[derive(Row)]
struct Allocated {
    allocated: bool,
}

/// Whether the case is allocated to an IDVA service now.
pub fn allocated(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let row: Allocated = tx
        .sql(
            "select exists (select from circle g where g.case_id = $1 and g.basis = 'allocation' \
         and g.opens_at <= $2 and g.ends_at > $2) as allocated",
        )
        .bind(case.id)
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok(row.allocated)
}

/// Allocates the case to an IDVA service; another's allocation ends.
pub fn allocate(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<()> {
    tx.sql(
        "update circle set ends_at = $3, version = version + 1 where case_id = $1 \
         and basis = 'allocation' and agency_id <> $2 and ends_at > $3",
    )
    .bind(case.id)
    .bind(agency_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    tx.sql("insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, created_by, created_at) \
         select $1, $2, $3, 'allocation', $4, $5, $5, $6, $5 \
         where not exists (select from circle g where g.case_id = $3 and g.basis = 'allocation' \
           and g.agency_id = $4 and g.ends_at > $5)")
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
    tx.sql(
        "update circle set ends_at = $2, version = version + 1 where case_id = $1 \
         and basis = 'allocation' and ends_at > $2",
    )
    .bind(case.id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}
