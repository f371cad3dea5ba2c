//! Rows of joining a referral's file to a case, and of taking it out again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::store::VisibleReferral;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, not_destroyed, visible_cases};

#[derive(Row)]
struct Found {
    id: Uuid,
}

const KNOWN: &str = concat!(
    "select distinct c.id from match_tokens t ",
    "join match_tokens o on o.kind = 'pair' and o.token = t.token and o.case_id <> t.case_id ",
    "join cases c on c.id = o.case_id",
    file_key!("c.id"),
    "where ",
    not_destroyed!(),
    " and t.case_id = $1 and t.kind = 'pair' and c.marac_id = $2 and c.opened_at is not null ",
    "and c.status not in ('joined', 'transferred_out') and ",
    visible_cases!("c"),
    " order by c.id"
);

/// The MARAC's cases of the referral's pair that the caller sees. Those closed to them are not asked
/// for: they answer as if there were none.
pub fn cases_of_the_pair(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<Vec<Uuid>> {
    let rows: Vec<Found> = tx
        .sql(KNOWN)
        .bind(found.case.id)
        .bind(found.row.marac_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What was set on the file remembers so: it goes back there if the referral is taken out again.
pub fn mark_set_on_file(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<()> {
    tx.sql(
        "with e as (update exclusions set referral_id = $1 where case_id = $2 and root_id is null) \
         update restrictions set referral_id = $1 where case_id = $2 and origin_id is null",
    )
    .bind(found.row.id)
    .bind(found.case.id)
    .execute(tx.conn)?;
    Ok(())
}

/// What the file had opened to anybody ends.
pub fn end_sight(tx: &mut Tx<'_>, file_id: Uuid) -> Result<()> {
    tx.sql(
        "update circle set ends_at = $2, version = version + 1 \
         where case_id = $1 and ends_at > $2 and basis <> 'named'",
    )
    .bind(file_id)
    .bind(tx.now)
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
    let place = Place::new("referral_joins", "reason", id);
    let sealed = reason.map(|reason| into.key().seal_json(place, &reason));
    tx.sql("update referrals set own_file_id = $2 where id = $1")
        .bind(id)
        .bind(found.case.id)
        .execute(tx.conn)?;
    tx.sql("update referral_counts set case_id = $2 where referral_id = $1")
        .bind(id)
        .bind(into.id)
        .execute(tx.conn)?;
    tx.sql(
        "insert into referral_joins (referral_id, marac_id, case_id, file_id, reason, status_before, \
         closed_before, joined_by, created_at) \
         select $1, c.marac_id, c.id, $3, $4, c.status, c.closed_at, $5, $6 from cases c where c.id = $2",
    )
    .bind(id)
    .bind(into.id)
    .bind(found.case.id)
    .bind(sealed.transpose()?)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    tx.sql("select join_file($1, $2)")
        .bind(found.case.id)
        .bind(into.id)
        .execute(tx.conn)?;
    Ok(())
}

/// The exclusions and restrictions that were set on the file are its own again; from there they hold on
/// the case. Their reasons must have been sealed for the file before.
pub fn give_back(tx: &mut Tx<'_>, file: &VisibleCase, case: &VisibleCase) -> Result<()> {
    tx.sql("select give_back($1, $2)")
        .bind(file.id)
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// A join, as the case's coordinator and chair read it.
#[derive(Row)]
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
            let place = Place::new("referral_joins", column, self.referral_id);
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
    Ok(tx.sql(
        "select referral_id, joined_by, created_at, unjoined_by, unjoined_at, reason, unjoin_reason \
         from referral_joins where case_id = $1 order by created_at desc, referral_id desc",
    )
    .bind(case.id)
    .load(tx.conn)?)
}
