//! Rows of contacts with survivors.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rules::Safe;
use super::{ContactChannel, ContactPurpose, ContactResult};
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use practice::party::ContactKind;

/// The words of a contact. Sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Words {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsafe_reason: Option<String>,
}

/// A contact.
#[derive(Row)]
pub struct ContactRow {
    pub id: Uuid,
    pub allocation_id: Uuid,
    pub agency_id: Uuid,
    pub by_user_id: Option<Uuid>,
    pub purpose: ContactPurpose,
    pub channel: ContactChannel,
    pub contact_id: Option<Uuid>,
    pub marked_safe: bool,
    pub result: ContactResult,
    pub tried_at: DateTime<Utc>,
    pub meeting_id: Option<Uuid>,
    sealed: Vec<u8>,
}

impl ContactRow {
    /// Its words.
    pub fn words(&self, case: &VisibleCase) -> Result<Words> {
        let place = Place::new("idva_contacts", "sealed", self.id);
        Ok(case.key().open_json(place, &self.sealed)?)
    }
}

macro_rules! contacts {
    ($tail:literal) => {
        concat!(
            "select t.id, t.allocation_id, t.agency_id, t.by_user_id, t.purpose, t.channel, ",
            "t.contact_id, t.marked_safe, t.result, t.tried_at, t.meeting_id, t.sealed ",
            "from idva_contacts t where t.case_id = $1 ",
            $tail
        )
    };
}

/// A page of the contacts of a case, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ContactRow>> {
    Ok(tx
        .sql(contacts!(
            "and ($2::timestamptz is null or (t.tried_at, t.id) < ($2, $3)) \
         order by t.tried_at desc, t.id desc limit $4"
        ))
        .bind(case.id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .load(tx.conn)?)
}

/// One of them.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<ContactRow> {
    tx.sql(contacts!("and t.id = $2"))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

#[derive(Row)]
struct Marks {
    kind: ContactKind,
    safe_to_call: bool,
    safe_to_text: bool,
    safe_voicemail: bool,
}

/// What is marked safe of a contact of the case's survivor.
pub fn survivors_contact(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Safe>> {
    let marks: Option<Marks> = tx
        .sql(
            "select t.kind, t.safe_to_call, t.safe_to_text, t.safe_voicemail from party_contacts t \
         join parties p on p.id = t.party_id and p.case_id = t.case_id and p.role = 'survivor' \
         where t.case_id = $1 and t.id = $2",
        )
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    Ok(marks.map(|marks| Safe {
        kind: marks.kind,
        call: marks.safe_to_call,
        text: marks.safe_to_text,
        voicemail: marks.safe_voicemail,
    }))
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether this is a meeting of this MARAC.
pub fn meeting_exists(tx: &mut Tx<'_>, marac_id: Uuid, meeting_id: Uuid) -> Result<bool> {
    let row: Known = tx
        .sql("select exists (select from meetings where id = $1 and marac_id = $2) as known")
        .bind(meeting_id)
        .bind(marac_id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// Whether the case was heard, or its alert noted.
pub fn was_heard(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let row: Known = tx
        .sql(
            "select exists (select from agenda_items where case_id = $1 \
         and status in ('heard', 'alert_noted')) as known",
        )
        .bind(case.id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// A contact to store.
pub struct NewContact {
    pub id: Uuid,
    pub allocation_id: Uuid,
    pub agency_id: Uuid,
    pub purpose: ContactPurpose,
    pub channel: ContactChannel,
    pub contact_id: Option<Uuid>,
    pub marked_safe: bool,
    pub result: ContactResult,
    pub tried_at: DateTime<Utc>,
    pub meeting_id: Option<Uuid>,
    pub words: Words,
}

/// Stores it; whatever came of it, the survivor was tried.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, new: &NewContact) -> Result<()> {
    let place = Place::new("idva_contacts", "sealed", new.id);
    let sealed = case.key().seal_json(place, &new.words)?;
    tx.sql(
        "with a as (update idva_allocations set contacted_at = least(contacted_at, $11) \
           where id = $4 and $6 <> 'feedback' returning id) \
         insert into idva_contacts (id, marac_id, case_id, allocation_id, agency_id, purpose, channel, \
         contact_id, marked_safe, result, tried_at, meeting_id, by_user_id, by_actor_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(new.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(new.allocation_id)
    .bind(new.agency_id)
    .bind(new.purpose.as_str())
    .bind(new.channel.as_str())
    .bind(new.contact_id)
    .bind(new.marked_safe)
    .bind(new.result.as_str())
    .bind(new.tried_at)
    .bind(new.meeting_id)
    .bind(tx.actor.principal.user_id())
    .bind(tx.actor.principal.actor_id())
    .bind(sealed)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}
