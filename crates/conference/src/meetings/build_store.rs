//! What waits for a meeting, and the list that is built of it: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::build_rules::{AgendaPlace, Earlier, Waiting};
use super::store::Meeting;
use super::{AgendaItemKind, AgendaItemStatus};
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

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

/// The cases of a MARAC that wait for a meeting, the longest waiting first.
pub fn waiting(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<WaitingRow>> {
    let today = tx.today();
    Ok(tx
        .sql(statement!("waiting" => WaitingRow))
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
    Ok(tx
        .sql(statement!("listable_members" => Member))
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
    tx.sql(statement!("put_on_agenda"))
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
    tx.sql(statement!("put_listings"))
        .bind(pairs().map(|(one, _)| one.id).collect::<Vec<_>>())
        .bind(pairs().map(|(one, _)| one.case_id).collect::<Vec<_>>())
        .bind(pairs().map(|(_, agency)| *agency).collect::<Vec<_>>())
        .bind(meeting.marac_id)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes the order that was built: only what moves is touched.
pub fn order(tx: &mut Tx<'_>, meeting_id: Uuid, places: &[AgendaPlace]) -> Result<()> {
    tx.sql(statement!("put_in_order"))
        .bind(meeting_id)
        .bind(places.iter().map(|place| place.case_id).collect::<Vec<_>>())
        .bind(places.iter().map(|place| place.session).collect::<Vec<_>>())
        .execute(tx.conn)?;
    Ok(())
}
