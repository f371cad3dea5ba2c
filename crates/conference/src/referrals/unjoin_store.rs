//! Rows of taking a joined referral out of its case again.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use uuid::Uuid;

use super::store::VisibleReferral;
use casework::cases::intake::Accepted;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::sql::Row;
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

const APART: &str = "select case when r.own_file_id <> r.case_id then r.own_file_id end as file_id, \
    exists (select from referral_joins j where j.referral_id = r.id and j.unjoined_at is null) as marked, \
    exists (select from agenda_items i left join referral_joins j on j.referral_id = r.id \
      where i.case_id = r.case_id and i.status in ('heard', 'alert_noted') \
      and (i.referral_id = r.id or i.decided_at >= j.created_at)) as heard, \
    exists (select from agenda_items i join meetings m on m.id = i.meeting_id where i.referral_id = r.id \
      and i.status = 'listed' and m.status in ('planned', 'circulated', 'in_session')) as listed, \
    exists (select from parties p where p.referral_id = r.id and p.also_from = '{}' and (p.version > 1 \
        or exists (select from party_addresses a where a.party_id = p.id and a.referral_id is distinct from r.id) \
        or exists (select from party_contacts a where a.party_id = p.id and a.referral_id is distinct from r.id) \
        or exists (select from party_characteristics a where a.party_id = p.id and a.referral_id is distinct from r.id) \
        or exists (select from party_relationships a where p.id in (a.from_party_id, a.to_party_id) \
          and a.referral_id is distinct from r.id))) \
      or exists (select from party_addresses a where a.referral_id = r.id and a.also_from = '{}' and a.version > 1) \
      or exists (select from party_contacts a where a.referral_id = r.id and a.also_from = '{}' and a.version > 1) \
      or exists (select from party_characteristics a where a.referral_id = r.id and a.version > 1) \
      or exists (select from party_relationships a where (a.referral_id = r.id and a.also_from = '{}' and a.version > 1) \
        or a.filled_by_id = r.id) \
      or exists (select from account_entries e where e.referral_id = r.id \
        and (e.version > 1 or e.superseded_by_id is not null)) as changed, \
    exists (select from identity_differences d where d.referral_id = r.id and d.taken_over) as taken_over \
    from referrals r where r.id = $1";

/// The facts that `unjoin` is decided on.
pub fn apart(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<Apart> {
    Ok(tx.sql(APART).bind(referral_id).get_result(tx.conn)?)
}

/// What came with the referral leaves the case.
pub fn take_out(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<()> {
    let done = tx
        .sql("select take_out($1)")
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
    let place = Place::new("referral_joins", "unjoin_reason", id);
    let sealed = found.case.key().seal_json(place, &reason)?;
    tx.sql(
        "update referral_joins set unjoined_at = $2, unjoined_by = $3, unjoin_reason = $4, \
         version = version + 1 where referral_id = $1",
    )
    .bind(id)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .bind(sealed)
    .execute(tx.conn)?;
    tx.sql("update referrals set own_file_id = null, is_repeat = false, version = version + 1 where id = $1")
        .bind(id)
        .execute(tx.conn)?;
    tx.sql("update referral_counts set case_id = $2 where referral_id = $1")
        .bind(id)
        .bind(file.id)
        .execute(tx.conn)?;
    // The case waits for no list on a referral that is not its own.
    tx.sql(
        "update agenda_items set referral_id = null, deferred_to_id = null, deferred_until = null, \
         status = case when status = 'deferred' then 'withdrawn' else status end, version = version + 1 \
         where referral_id = $1 and case_id = $2",
    )
    .bind(id)
    .bind(found.case.id)
    .execute(tx.conn)?;
    open_to_author(tx, found, file)?;
    tx.sql("select unjoin_file($1, $2)")
        .bind(file.id)
        .bind(found.case.id)
        .execute(tx.conn)?;
    Ok(())
}

fn open_to_author(tx: &mut Tx<'_>, found: &VisibleReferral, file: &VisibleCase) -> Result<()> {
    tx.sql(
        "insert into circle (id, marac_id, case_id, basis, user_id, actor_id, opens_at, created_by, created_at) \
         select $1, $2, $3, 'referrer', x.user_id, x.actor_id, $4, x.user_id, $4 \
         from (select u.id as user_id, null::uuid as actor_id from users u where u.id = $5 and u.disabled_at is null \
           union all select null, r.id from registered_actors r where $5 is null and r.id = $6) x",
    )
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
    let before: Before = tx.sql(
        "select (select max(r.referred_on) from referrals r where r.case_id = $2 and r.status = 'accepted') as last, \
         (select max(n.kept_until) from lapse_notices n where n.case_id = $2) as kept_until, \
         j.status_before, j.closed_before, exists (select from agenda_items i where i.case_id = $2 \
           and i.created_at >= j.created_at and i.status <> 'withdrawn') \
         or exists (select from referral_joins k where k.case_id = $2 and k.referral_id <> $1 \
           and k.unjoined_at is null and k.created_at >= j.created_at) \
         or (j.status_before = 'closed' and exists (select from actions a where a.case_id = $2 \
           and (a.status in ('open', 'in_progress') or (not a.resolved \
             and a.status in ('not_done', 'not_possible_circumstances_changed'))))) as went_on \
         from referral_joins j where j.referral_id = $1",
    )
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
    tx.sql(
        "update cases c set last_referral_on = $2, lapses_on = $3, status = $4, \
         closed_at = case when $4 = 'closed' then coalesce(c.closed_at, $5) else c.closed_at end, \
         has_children = exists (select from parties p where p.case_id = c.id and p.role = 'child'), \
         criteria = array(select x.name from unnest($6::text[]) with ordinality as x(name, n) \
           where x.name = any (c.criteria) and (exists (select from referrals r where r.case_id = c.id \
               and r.status = 'accepted' and x.name = any (r.criteria)) \
             or case when x.name = 'visible_high_risk' then $7 else x.name <> all ($8::text[]) end) \
           order by x.n), \
         version = c.version + 1 where c.id = $1",
    )
    .bind(case.id)
    .bind(before.last)
    .bind(lapses_on)
    .bind(status.as_str())
    .bind(before.closed_before)
    .bind(Criterion::ALL.map(Criterion::as_str).to_vec())
    .bind(high)
    .bind(own.criteria.clone())
    .execute(tx.conn)?;
    tx.sql(
        "update referrals r set is_repeat = x.repeat from (select n.id, exists (select from referrals p \
           where p.case_id = n.case_id and p.status = 'accepted' \
           and (p.referred_on, p.created_at, p.id) < (n.referred_on, n.created_at, n.id) \
           and n.referred_on <= p.referred_on + make_interval(months => $3)) as repeat \
         from referrals n where n.case_id = $1 and n.status = 'accepted' and n.referred_on >= $2) x \
         where x.id = r.id and r.is_repeat is distinct from x.repeat",
    )
    .bind(case.id)
    .bind(own.referred_on)
    .bind(i32::try_from(own.window_months).unwrap_or(12))
    .execute(tx.conn)?;
    // Where the case stood before this join is where it stood before the next one that is left.
    tx.sql(
        "update referral_joins k set status_before = j.status_before, closed_before = j.closed_before, \
         version = k.version + 1 from referral_joins j where j.referral_id = $1 and k.referral_id = \
         (select x.referral_id from referral_joins x where x.case_id = $2 and x.referral_id <> $1 \
           and x.unjoined_at is null and x.created_at >= j.created_at \
           order by x.created_at, x.referral_id limit 1)",
    )
    .bind(referral_id)
    .bind(case.id)
    .execute(tx.conn)?;
    Ok(())
}
