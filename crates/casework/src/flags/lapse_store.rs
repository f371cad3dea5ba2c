//! Rows of cases that pass twelve months.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::LapseStatus;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::lens::Basis;
use kernel::schema::{cases, circle, lapse_notices};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::vocabulary::CaseStatus;

/// A case past its last day, of which nobody has been told.
#[derive(Row)]
pub struct Passed {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub lapses_on: NaiveDate,
}

/// Some of the cases past their last day without a notice.
pub fn passed(tx: &mut Tx<'_>, today: NaiveDate, limit: i64) -> Result<Vec<Passed>> {
    Ok(tx
        .sql(statement!("lapsing" => Passed))
        .bind(today)
        .bind(limit)
        .load(tx.conn)?)
}

/// A case for which a notice was made.
#[derive(Row)]
pub struct Noticed {
    pub marac_id: Uuid,
    pub case_id: Uuid,
}

/// Makes their notices; one that another server made meanwhile stands. Returns those made here.
pub fn notice(tx: &mut Tx<'_>, passed: &[Passed]) -> Result<Vec<Noticed>> {
    if passed.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx
        .sql(statement!("notice" => Noticed))
        .bind(passed.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.marac_id).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.id).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.lapses_on).collect::<Vec<_>>())
        .bind(tx.now)
        .load(tx.conn)?)
}

/// A flag on a case that was closed, or transferred, before its twelve months were over.
#[derive(Row)]
pub struct Over {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub agency_id: Uuid,
    pub expires_on: NaiveDate,
}

/// Some of those past their day, locked.
pub fn flags_of_the_closed(tx: &mut Tx<'_>, today: NaiveDate, limit: i64) -> Result<Vec<Over>> {
    Ok(tx
        .sql(statement!("flags_of_the_closed" => Over))
        .bind(today)
        .bind(limit)
        .load(tx.conn)?)
}

/// Asks for their removal.
pub fn ask_removal(tx: &mut Tx<'_>, flags: &[Over], due_on: Vec<NaiveDate>) -> Result<()> {
    let of = |f: fn(&Over) -> Uuid| flags.iter().map(f).collect::<Vec<_>>();
    let today = tx.today();
    tx.sql(statement!("ask_removal"))
        .bind(flags.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(of(|flag| flag.id))
        .bind(of(|flag| flag.marac_id))
        .bind(of(|flag| flag.case_id))
        .bind(of(|flag| flag.agency_id))
        .bind(flags.iter().map(|flag| flag.expires_on).collect::<Vec<_>>())
        .bind(due_on)
        .bind(today)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// A notice that waits for a decision.
#[derive(Row)]
pub struct NoticeRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_code: String,
    pub marac_id: Uuid,
    pub last_referral_on: Option<NaiveDate>,
    pub lapses_on: NaiveDate,
    pub incomplete_actions: i64,
    pub flags: i64,
    pub case_version: i32,
}

/// The notices of these MARACs that wait for a decision, the longest past first.
pub fn notices(
    tx: &mut Tx<'_>,
    maracs: &[Uuid],
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    Ok(tx
        .sql(statement!("lapse_notices" => NoticeRow))
        .bind(maracs.to_vec())
        .bind(after.map(|(day, _)| day))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .load(tx.conn)?)
}

/// Writes what was decided of the case's passing this day; the notice is made if it was not yet.
pub fn decide(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    lapses_on: NaiveDate,
    status: LapseStatus,
    kept_until: Option<NaiveDate>,
    words: &impl serde::Serialize,
) -> Result<()> {
    use lapse_notices::dsl;
    let now = tx.now;
    diesel::insert_into(dsl::lapse_notices)
        .values((
            dsl::id.eq(Uuid::now_v7()),
            dsl::marac_id.eq(case.marac_id),
            dsl::case_id.eq(case.id),
            dsl::lapses_on.eq(lapses_on),
            dsl::status.eq(LapseStatus::Open),
            dsl::created_at.eq(now),
        ))
        .on_conflict((dsl::case_id, dsl::lapses_on))
        .do_nothing()
        .execute(tx.conn)?;
    let notice: Uuid = dsl::lapse_notices
        .filter(dsl::case_id.eq(case.id).and(dsl::lapses_on.eq(lapses_on)))
        .select(dsl::id)
        .get_result(tx.conn)?;
    let place = SealPlace::new("lapse_notices", "decision", notice);
    diesel::update(dsl::lapse_notices.find(notice))
        .set((
            dsl::status.eq(status),
            dsl::kept_until.eq(kept_until),
            dsl::decided_by.eq(tx.actor.principal.user_id()),
            dsl::decided_at.eq(now),
            dsl::decision.eq(case.key().seal_json(place, words)?),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The case lapses: its status, and the sight of those it was listed to. Returns their agencies.
pub fn lapse(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Uuid>> {
    diesel::update(cases::table.find(case.id))
        .set((
            cases::status.eq(CaseStatus::Lapsed),
            cases::version.eq(cases::version + 1),
        ))
        .execute(tx.conn)?;
    let listings = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Listing));
    let ended: Vec<Option<Uuid>> =
        diesel::update(circle::table.filter(listings.and(circle::ends_at.gt(tx.now))))
            .set((
                circle::ends_at.eq(tx.now),
                circle::version.eq(circle::version + 1),
            ))
            .returning(circle::agency_id)
            .load(tx.conn)?;
    Ok(ended.into_iter().flatten().collect())
}

/// The case is kept until that day.
pub fn keep(tx: &mut Tx<'_>, case: &VisibleCase, until: NaiveDate) -> Result<()> {
    diesel::update(cases::table.find(case.id))
        .set((
            cases::lapses_on.eq(until),
            cases::version.eq(cases::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
