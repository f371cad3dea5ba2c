//! Rows of joining a referral's file to a case, and of taking it out again.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::VisibleReferral;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::lens::Basis;
use kernel::schema::{circle, referral_counts, referral_joins, referrals};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

#[derive(Row)]
struct Found {
    id: Uuid,
}

/// The MARAC's cases of the referral's pair that the caller sees. Those closed to them are not asked
/// for: they answer as if there were none.
pub fn cases_of_the_pair(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<Vec<Uuid>> {
    let rows = tx
        .sql(statement!("cases_of_the_pair" => Found))
        .bind(found.case.id)
        .bind(found.row.marac_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What was set on the file remembers so: it goes back there if the referral is taken out again.
pub fn mark_set_on_file(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<()> {
    tx.sql(statement!("mark_set_on_file"))
        .bind(found.row.id)
        .bind(found.case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// What the file had opened to anybody ends.
pub fn end_sight(tx: &mut Tx<'_>, file_id: Uuid) -> Result<()> {
    let open = circle::case_id
        .eq(file_id)
        .and(circle::ends_at.gt(tx.now))
        .and(circle::basis.ne(Basis::Named));
    diesel::update(circle::table.filter(open))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Joins the file to the case: all that is sealed on it must have been moved before.
pub fn join(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    into: &VisibleCase,
    reason: Option<&str>,
) -> Result<()> {
    let id = found.row.id;
    let place = SealPlace::new("referral_joins", "reason", id);
    let sealed = reason.map(|reason| into.key().seal_json(place, &reason));
    diesel::update(referrals::table.find(id))
        .set(referrals::own_file_id.eq(found.case.id))
        .execute(tx.conn)?;
    diesel::update(referral_counts::table.find(id))
        .set(referral_counts::case_id.eq(into.id))
        .execute(tx.conn)?;
    tx.sql(statement!("join"))
        .bind(id)
        .bind(into.id)
        .bind(found.case.id)
        .bind(sealed.transpose()?)
        .bind(tx.actor.principal.user_id())
        .bind(tx.now)
        .execute(tx.conn)?;
    tx.sql(statement!("join_file"))
        .bind(found.case.id)
        .bind(into.id)
        .execute(tx.conn)?;
    Ok(())
}

/// The exclusions and restrictions that were set on the file are its own again; from there they hold on
/// the case. Their reasons must have been sealed for the file before.
pub fn give_back(tx: &mut Tx<'_>, file: &VisibleCase, case: &VisibleCase) -> Result<()> {
    tx.sql(statement!("give_back"))
        .bind(file.id)
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// A join, as the case's coordinator and chair read it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = referral_joins, check_for_backend(Pg))]
pub struct JoinRow {
    pub referral_id: Uuid,
    pub joined_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub unjoined_by: Option<Uuid>,
    pub unjoined_at: Option<DateTime<Utc>>,
    reason: Option<Vec<u8>>,
    unjoin_reason: Option<Vec<u8>>,
}

impl JoinRow {
    /// Why it was joined, if its pair did not match, and why it was taken out again.
    pub fn reasons(&self, case: &VisibleCase) -> Result<(Option<String>, Option<String>)> {
        let open = |column, sealed: &Option<Vec<u8>>| {
            let place = SealPlace::new("referral_joins", column, self.referral_id);
            let sealed = sealed.as_deref();
            sealed
                .map(|sealed| case.key().open_json(place, sealed))
                .transpose()
        };
        Ok((
            open("reason", &self.reason)?,
            open("unjoin_reason", &self.unjoin_reason)?,
        ))
    }
}

/// The referrals that were joined to a case, the newest first.
pub fn joins(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<JoinRow>> {
    Ok(referral_joins::table
        .filter(referral_joins::case_id.eq(case.id))
        .order((
            referral_joins::created_at.desc(),
            referral_joins::referral_id.desc(),
        ))
        .select(JoinRow::as_select())
        .load(tx.conn)?)
}
