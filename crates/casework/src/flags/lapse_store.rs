//! Rows of cases that pass twelve months.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::LapseStatus;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::visible_cases;

/// A case past its last day, of which nobody has been told.
#[derive(Row)]
pub struct Passed {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub lapses_on: NaiveDate,
}

/// Cases past their last day without a notice.
pub const LAPSING: &str = "select c.id, c.marac_id, c.lapses_on from cases c \
     where c.status in ('listed', 'heard', 'monitoring') and c.lapses_on < $1 \
     and not exists (select from lapse_notices n where n.case_id = c.id and n.lapses_on = c.lapses_on) \
     order by c.lapses_on, c.id limit $2";

/// Some of them.
pub fn passed(tx: &mut Tx<'_>, today: NaiveDate, limit: i64) -> Result<Vec<Passed>> {
    Ok(tx.sql(LAPSING).bind(today).bind(limit).load(tx.conn)?)
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
    let made = tx
        .sql(
            "insert into lapse_notices (id, marac_id, case_id, lapses_on, status, created_at) \
         select x.id, x.m, x.c, x.lapses_on, 'open', $5 \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(id, m, c, lapses_on) \
         on conflict on constraint lapse_notices_once do nothing returning marac_id, case_id",
        )
        .bind(passed.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.marac_id).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.id).collect::<Vec<_>>())
        .bind(passed.iter().map(|case| case.lapses_on).collect::<Vec<_>>())
        .bind(tx.now)
        .load(tx.conn)?;
    Ok(made)
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
        .sql(
            "select f.id, f.marac_id, f.case_id, f.agency_id, f.expires_on from flags f \
         join cases c on c.id = f.case_id and c.status in ('closed', 'transferred_out', 'lapsed') \
         where f.status in ('asked', 'placed') and f.expires_on < $1 \
         order by f.expires_on, f.id limit $2 for update of f skip locked",
        )
        .bind(today)
        .bind(limit)
        .load(tx.conn)?)
}

/// Asks for their removal.
pub fn ask_removal(tx: &mut Tx<'_>, flags: &[Over], due_on: Vec<NaiveDate>) -> Result<()> {
    let of = |f: fn(&Over) -> Uuid| flags.iter().map(f).collect::<Vec<_>>();
    let today = tx.today();
    tx.sql(
        "with x as (select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], \
           $6::date[], $7::date[]) as x(event_id, id, m, c, agency_id, expires_on, due_on)), \
         f as (update flags f set status = 'removal_due', asked_on = $8, due_on = x.due_on, \
           version = f.version + 1 from x where f.id = x.id) \
         insert into flag_events (id, marac_id, case_id, flag_id, agency_id, kind, expires_on, created_at) \
         select x.event_id, x.m, x.c, x.id, x.agency_id, 'removal_due', x.expires_on, $9 from x",
    )
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

const NOTICES: &str = concat!(
    "select n.*, (select count(*) from actions a where a.case_id = n.case_id ",
    "and (a.status in ('open', 'in_progress') or (not a.resolved ",
    "and a.status in ('not_done', 'not_possible_circumstances_changed')))) as incomplete_actions, ",
    "(select count(*) from flags f where f.case_id = n.case_id and f.status in ('asked', 'placed')) as flags ",
    "from (select n.id, n.case_id, c.code as case_code, n.marac_id, c.last_referral_on, n.lapses_on, ",
    "c.version as case_version from lapse_notices n join cases c on c.id = n.case_id ",
    "where n.status = 'open' and n.marac_id = any ($1) ",
    "and ($2::date is null or (n.lapses_on, n.id) > ($2, $3)) ",
    // A new referral, or an end in another way, has overtaken a notice.
    "and c.lapses_on = n.lapses_on and c.status in ('listed', 'heard', 'monitoring') and ",
    visible_cases!("c"),
    " order by n.lapses_on, n.id limit $4) n order by n.lapses_on, n.id"
);

/// The notices of these MARACs that wait for a decision, the longest past first.
pub fn notices(
    tx: &mut Tx<'_>,
    maracs: &[Uuid],
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    Ok(tx
        .sql(NOTICES)
        .bind(maracs.to_vec())
        .bind(after.map(|(day, _)| day))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Id {
    id: Uuid,
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
    tx.sql(
        "insert into lapse_notices (id, marac_id, case_id, lapses_on, status, created_at) \
         values ($1, $2, $3, $4, 'open', $5) on conflict on constraint lapse_notices_once do nothing",
    )
    .bind(Uuid::now_v7())
    .bind(case.marac_id)
    .bind(case.id)
    .bind(lapses_on)
    .bind(tx.now)
    .execute(tx.conn)?;
    let notice: Id = tx
        .sql("select id from lapse_notices where case_id = $1 and lapses_on = $2")
        .bind(case.id)
        .bind(lapses_on)
        .get_result(tx.conn)?;
    let place = Place::new("lapse_notices", "decision", notice.id);
    tx.sql(
        "update lapse_notices set status = $2, kept_until = $3, decided_by = $4, decided_at = $5, \
         decision = $6 where id = $1",
    )
    .bind(notice.id)
    .bind(status.as_str())
    .bind(kept_until)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .bind(case.key().seal_json(place, words)?)
    .execute(tx.conn)?;
    Ok(())
}

/// The case lapses: its status, and the sight of those it was listed to. Returns their agencies.
pub fn lapse(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Uuid>> {
    tx.sql("update cases set status = 'lapsed', version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    let ended: Vec<Id> = tx
        .sql(
            "update circle set ends_at = $2, version = version + 1 where case_id = $1 \
         and basis = 'listing' and ends_at > $2 returning agency_id as id",
        )
        .bind(case.id)
        .bind(tx.now)
        .load(tx.conn)?;
    Ok(ended.into_iter().map(|row| row.id).collect())
}

/// The case is kept until that day.
pub fn keep(tx: &mut Tx<'_>, case: &VisibleCase, until: NaiveDate) -> Result<()> {
    tx.sql("update cases set lapses_on = $2, version = version + 1 where id = $1")
        .bind(case.id)
        .bind(until)
        .execute(tx.conn)?;
    Ok(())
}
