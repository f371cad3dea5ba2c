//! Rows of taking a joined referral out of its case again.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::sql_types as st;
use uuid::Uuid;

use super::store::VisibleReferral;
use crate::meetings::AgendaItemStatus;
use casework::cases::intake::Accepted;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::{agenda_items, referral_counts, referral_joins, referrals};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::risk::{Criterion, flag_expires};
use practice::vocabulary::CaseStatus;

/// What of a joined referral can be told apart from the rest of its case.
#[derive(Debug, Clone, Row)]
pub struct Apart {
    /// The file it was sent in.
    pub file_id: Option<Uuid>,
    /// What came with it is marked.
    pub marked: bool,
    /// The case was heard since it joined.
    pub heard: bool,
    /// It stands on a list that is still to be heard.
    pub listed: bool,
    /// Something that came with it was changed, or something else hangs on it.
    pub changed: bool,
    /// A name or date of it was taken over.
    pub taken_over: bool,
}

/// The facts that `unjoin` is decided on.
pub fn apart(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<Apart> {
    Ok(tx
        .sql(statement!("apart" => Apart))
        .bind(referral_id)
        .get_result(tx.conn)?)
}

/// What came with the referral leaves the case.
pub fn take_out(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<()> {
    let done = tx
        .sql(statement!("take_out"))
        .bind(referral_id)
        .execute(tx.conn);
    match done {
        Ok(_) => Ok(()),
        Err(Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
            Err(Error::conflict("parts_changed"))
        }
        Err(error) => Err(error.into()),
    }
}

/// The referral is its own file's again, and its author sees that one as before.
pub fn unjoin(
    tx: &mut Tx<'_>,
    found: &VisibleReferral,
    file: &VisibleCase,
    reason: &str,
) -> Result<()> {
    let id = found.row.id;
    let place = SealPlace::new("referral_joins", "unjoin_reason", id);
    let sealed = found.case.key().seal_json(place, &reason)?;
    diesel::update(referral_joins::table.find(id))
        .set((
            referral_joins::unjoined_at.eq(tx.now),
            referral_joins::unjoined_by.eq(tx.actor.principal.user_id()),
            referral_joins::unjoin_reason.eq(sealed),
            referral_joins::version.eq(referral_joins::version + 1),
        ))
        .execute(tx.conn)?;
    diesel::update(referrals::table.find(id))
        .set((
            referrals::own_file_id.eq(None::<Uuid>),
            referrals::is_repeat.eq(false),
            referrals::version.eq(referrals::version + 1),
        ))
        .execute(tx.conn)?;
    diesel::update(referral_counts::table.find(id))
        .set(referral_counts::case_id.eq(file.id))
        .execute(tx.conn)?;
    take_off_lists(tx, found)?;
    open_to_author(tx, found, file)?;
    tx.sql(statement!("unjoin_file"))
        .bind(file.id)
        .bind(found.case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// The case waits for no list on a referral that is not its own.
fn take_off_lists(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<()> {
    use agenda_items::dsl;
    let of_it = dsl::referral_id
        .eq(found.row.id)
        .and(dsl::case_id.eq(found.case.id));
    let withdrawn = AgendaItemStatus::Withdrawn.into_sql::<st::Text>();
    diesel::update(dsl::agenda_items.filter(of_it))
        .set((
            dsl::referral_id.eq(None::<Uuid>),
            dsl::deferred_to_id.eq(None::<Uuid>),
            dsl::deferred_until.eq(None::<NaiveDate>),
            dsl::status.eq(
                case_when(dsl::status.eq(AgendaItemStatus::Deferred), withdrawn)
                    .otherwise(dsl::status),
            ),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

fn open_to_author(tx: &mut Tx<'_>, found: &VisibleReferral, file: &VisibleCase) -> Result<()> {
    tx.sql(statement!("open_to_author"))
        .bind(Uuid::now_v7())
        .bind(file.marac_id)
        .bind(file.id)
        .bind(tx.now)
        .bind(found.row.submitted_by)
        .bind(found.row.actor_id)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Before {
    last: Option<NaiveDate>,
    kept_until: Option<NaiveDate>,
    status_before: CaseStatus,
    closed_before: Option<DateTime<Utc>>,
    went_on: bool,
}

/// The case stands again as the referrals that are left say (R13, R14): its last referral, when it
/// lapses, its criteria, which of them were repeats; and where it stood before the join, unless it came on
/// a list since, another joined referral is left in it, or it would close over actions (R30). `high` is whether the assessments that are left ever showed high risk.
pub fn recount(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    referral_id: Uuid,
    own: &Accepted,
    high: bool,
) -> Result<()> {
    let before = tx
        .sql(statement!("before_join" => Before))
        .bind(referral_id)
        .bind(case.id)
        .get_result(tx.conn)?;
    let mut status = case.row.status;
    if status == CaseStatus::Listed && !before.went_on {
        status = before.status_before;
    }
    let own_end = flag_expires(own.referred_on, own.window_months);
    let last_end = before
        .last
        .map(|last| flag_expires(last, own.window_months));
    let lapses_on = match case.row.lapses_on {
        Some(known) if known == own_end => last_end.max(before.kept_until).or(Some(known)),
        known => known,
    };
    tx.sql(statement!("recount_case"))
        .bind(case.id)
        .bind(before.last)
        .bind(lapses_on)
        .bind(status.as_str())
        .bind(before.closed_before)
        .bind(Criterion::ALL.map(Criterion::as_str).to_vec())
        .bind(high)
        .bind(own.criteria.clone())
        .execute(tx.conn)?;
    tx.sql(statement!("recount_repeats"))
        .bind(case.id)
        .bind(own.referred_on)
        .bind(i32::try_from(own.window_months).unwrap_or(12))
        .execute(tx.conn)?;
    tx.sql(statement!("hand_on_before"))
        .bind(referral_id)
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}
