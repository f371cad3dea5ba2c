//! What waits for a meeting, and the list that is built of it: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::build_rules::{Earlier, Place, Waiting};
use super::store::Meeting;
use super::{AgendaItemKind, AgendaItemStatus};
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::{file_key, key_columns, not_destroyed, visible_cases};

/// A case that waits, with what decides whether and how it comes on.
#[derive(Row)]
pub struct WaitingRow {
    pub case_id: Uuid,
    pub code: String,
    pub has_children: bool,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    referred_on: NaiveDate,
    pub referral_id: Option<Uuid>,
    pub is_repeat: bool,
    accepted_at: Option<DateTime<Utc>>,
    /// It was heard since that referral, or no referral of it is known.
    pub heard_before: bool,
    /// Who referred it, and the IDVA services it is allocated to.
    pub involved: Vec<Uuid>,
    /// Agencies it is closed to.
    pub excluded: Vec<Uuid>,
    /// Its item on this agenda, if it was on it before.
    pub here_id: Option<Uuid>,
    item_meeting_id: Option<Uuid>,
    item_cancelled: Option<bool>,
    item_kind: Option<AgendaItemKind>,
    item_status: Option<AgendaItemStatus>,
    item_decided_at: Option<DateTime<Utc>>,
    item_deferred_until: Option<NaiveDate>,
    pub item_referral_id: Option<Uuid>,
    pub item_agencies: Vec<Uuid>,
}

impl WaitingRow {
    /// What decides on it.
    pub fn waiting(&self) -> Waiting {
        let earlier = match (self.item_meeting_id, self.item_kind, self.item_status) {
            (Some(meeting_id), Some(kind), Some(status)) => Some(Earlier {
                meeting_id,
                cancelled: self.item_cancelled == Some(true),
                kind,
                status,
                decided_at: self.item_decided_at,
                deferred_until: self.item_deferred_until,
            }),
            _ => None,
        };
        Waiting {
            referred_on: self.referred_on,
            accepted_at: self.accepted_at,
            earlier,
        }
    }

    /// Its case's key.
    pub fn key(&self, tx: &Tx<'_>) -> Result<DataKey> {
        let wrapped = self.wrapped.as_deref();
        Ok(tx.keys.unwrap(self.case_id, &self.master_key_id, wrapped)?)
    }
}

/// Accepted and on no list that is still to be heard; or deferred, whatever the case's status. A test
/// holds its plan.
pub const WAITING: &str = concat!(
    "select c.id as case_id, c.code, c.has_children, ",
    key_columns!(),
    ", ",
    "coalesce(r.received_on, c.last_referral_on, $3) as referred_on, r.id as referral_id, ",
    "coalesce(r.is_repeat, false) as is_repeat, r.decided_at as accepted_at, ",
    "exists (select from agenda_items h where h.case_id = c.id and h.status = 'heard' ",
    "and (r.decided_at is null or h.decided_at >= r.decided_at)) as heard_before, ",
    "array_remove(array[r.agency_id, r.co_agency_id], null) || array(select g.agency_id from circle g ",
    "where g.case_id = c.id and g.basis = 'allocation' and g.agency_id is not null ",
    "and g.ends_at > $now) as involved, ",
    "array(select e.agency_id from exclusions e where e.case_id = c.id and e.agency_id is not null ",
    "and e.exempt_user_id is null ",
    "and e.ends_at > $now) as excluded, ",
    "(select i.id from agenda_items i where i.meeting_id = $2 and i.case_id = c.id) as here_id, ",
    "p.meeting_id as item_meeting_id, p.cancelled as item_cancelled, p.kind as item_kind, ",
    "p.status as item_status, p.decided_at as item_decided_at, ",
    "p.deferred_until as item_deferred_until, p.referral_id as item_referral_id, ",
    "coalesce(p.agencies, '{}') as item_agencies ",
    "from (select w.id from cases w where w.marac_id = $1 and w.status = 'listed' ",
    "union select d.case_id from agenda_items d where d.marac_id = $1 and d.status = 'deferred') w ",
    "join cases c on c.id = w.id",
    file_key!("c.id"),
    "left join lateral (select r.id, r.is_repeat, r.decided_at, r.agency_id, r.co_agency_id, ",
    "coalesce((r.submitted_at at time zone 'Europe/London')::date, r.referred_on) as received_on ",
    "from referrals r where r.case_id = c.id and r.status = 'accepted' ",
    "order by r.decided_at desc nulls last, r.id desc limit 1) r on true ",
    "left join lateral (select i.meeting_id, i.kind, i.status, i.decided_at, i.deferred_until, ",
    "i.referral_id, m.status = 'cancelled' as cancelled, array(select l.agency_id ",
    "from agenda_listings l where l.agenda_item_id = i.id) as agencies ",
    "from agenda_items i join meetings m on m.id = i.meeting_id where i.case_id = c.id ",
    "order by coalesce(i.decided_at, i.created_at) desc, i.id desc limit 1) p on true ",
    "where ",
    not_destroyed!(),
    " and c.opened_at is not null and (c.status = 'listed' ",
    "or (c.status in ('heard', 'monitoring') and p.status = 'deferred')) ",
    "and not exists (select from agenda_items i join meetings m on m.id = i.meeting_id ",
    "where i.case_id = c.id and i.status = 'listed' ",
    "and m.status in ('planned', 'circulated', 'in_session')) and ",
    visible_cases!("c"),
    " order by referred_on, c.id limit 400"
);

/// The cases of a MARAC that wait for a meeting, the longest waiting first.
pub fn waiting(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<WaitingRow>> {
    let today = tx.today();
    Ok(tx
        .sql(WAITING)
        .bind(meeting.marac_id)
        .bind(meeting.id)
        .bind(today)
        .load(tx.conn)?)
}

/// An agency that cases may be listed to.
#[derive(Debug, Row)]
pub struct Member {
    pub agency_id: Uuid,
    pub core: bool,
}

/// The agencies of a MARAC that take listings: live, their agreement not past its review, and no
/// coordinating body.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Vec<Member>> {
    let today = tx.today();
    Ok(tx.sql(
        "select m.agency_id, m.core from marac_agencies m join agencies a on a.id = m.agency_id \
         where m.marac_id = $1 and a.closed_at is null and a.kind <> 'coordination' \
         and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > $2) \
         and (m.agreement_review_on is null or m.agreement_review_on >= $3) order by a.name, a.id",
    )
    .bind(marac_id)
    .bind(tx.now)
    .bind(today)
    .load(tx.conn)?)
}

/// A case that comes on.
pub struct Coming {
    pub id: Uuid,
    pub case_id: Uuid,
    pub referral_id: Option<Uuid>,
    pub kind: AgendaItemKind,
    pub slot_minutes: i16,
    pub has_children: bool,
    pub late: bool,
    pub outcome: Option<Vec<u8>>,
    pub agencies: Vec<Uuid>,
}

/// Puts cases on the agenda of a meeting and lists them; `order` gives them their places.
pub fn put(tx: &mut Tx<'_>, meeting: &Meeting, coming: &[Coming]) -> Result<()> {
    let each = || coming.iter();
    tx.sql(
        "insert into agenda_items as i (id, marac_id, case_id, meeting_id, referral_id, kind, position, \
         slot_minutes, has_children, late, status, outcome, created_at) \
         select n.id, $9, n.case_id, $10, n.referral_id, n.kind, 0, n.slot, n.has_children, n.late, \
         'listed', n.outcome, $11 from unnest($1, $2, $3, $4, $5, $6, $7, $8) \
         as n(id, case_id, referral_id, kind, slot, has_children, late, outcome) \
         on conflict (id) do update set referral_id = excluded.referral_id, kind = excluded.kind, \
         slot_minutes = excluded.slot_minutes, has_children = excluded.has_children, \
         late = excluded.late, status = 'listed', placed_by_hand = false, \
         outcome = excluded.outcome, deferred_to_id = null, deferred_until = null, \
         decided_by = null, decided_at = null, version = i.version + 1",
    )
    .bind(each().map(|one| one.id).collect::<Vec<_>>())
    .bind(each().map(|one| one.case_id).collect::<Vec<_>>())
    .bind(each().map(|one| one.referral_id).collect::<Vec<_>>())
    .bind(each().map(|one| one.kind.as_str()).collect::<Vec<_>>())
    .bind(each().map(|one| one.slot_minutes).collect::<Vec<_>>())
    .bind(each().map(|one| one.has_children).collect::<Vec<_>>())
    .bind(each().map(|one| one.late).collect::<Vec<_>>())
    .bind(each().map(|one| one.outcome.clone()).collect::<Vec<_>>())
    .bind(meeting.marac_id)
    .bind(meeting.id)
    .bind(tx.now)
    .execute(tx.conn)?;
    let pairs = || each().flat_map(|one| one.agencies.iter().map(move |agency| (one, agency)));
    tx.sql(
        "insert into agenda_listings (agenda_item_id, case_id, agency_id, marac_id) \
         select n.*, $4 from unnest($1, $2, $3) as n on conflict do nothing",
    )
    .bind(pairs().map(|(one, _)| one.id).collect::<Vec<_>>())
    .bind(pairs().map(|(one, _)| one.case_id).collect::<Vec<_>>())
    .bind(pairs().map(|(_, agency)| *agency).collect::<Vec<_>>())
    .bind(meeting.marac_id)
    .execute(tx.conn)?;
    Ok(())
}

/// Writes the order that was built: only what moves is touched.
pub fn order(tx: &mut Tx<'_>, meeting_id: Uuid, places: &[Place]) -> Result<()> {
    tx.sql(
        "update agenda_items i set position = o.n, session = o.session, version = i.version + 1 \
         from unnest($2, $3) with ordinality as o(case_id, session, n) \
         where i.meeting_id = $1 and i.case_id = o.case_id \
         and (i.position, i.session) is distinct from (o.n::integer, o.session)",
    )
    .bind(meeting_id)
    .bind(places.iter().map(|place| place.case_id).collect::<Vec<_>>())
    .bind(places.iter().map(|place| place.session).collect::<Vec<_>>())
    .execute(tx.conn)?;
    Ok(())
}
