//! Rows of contacts with survivors.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rules::Safe;
use super::{ContactChannel, ContactPurpose, ContactResult};
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::schema::{agenda_items, idva_contacts, meetings, parties, party_contacts};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::party::{ContactKind, PartyRole};

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
#[derive(Row, Queryable, Selectable)]
#[diesel(table_name = idva_contacts, check_for_backend(Pg))]
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
        let place = SealPlace::new("idva_contacts", "sealed", self.id);
        Ok(case.key().open_json(place, &self.sealed)?)
    }
}

/// A page of the contacts of a case, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ContactRow>> {
    Ok(tx
        .sql(statement!("contacts" => ContactRow))
        .bind(case.id)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .load(tx.conn)?)
}

/// One of them.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<ContactRow> {
    idva_contacts::table
        .filter(
            idva_contacts::case_id
                .eq(case.id)
                .and(idva_contacts::id.eq(id)),
        )
        .select(ContactRow::as_select())
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = party_contacts, check_for_backend(Pg))]
struct Marks {
    kind: ContactKind,
    safe_to_call: bool,
    safe_to_text: bool,
    safe_voicemail: bool,
}

/// What is marked safe of a contact of the case's survivor.
pub fn survivors_contact(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Safe>> {
    let survivor = parties::case_id
        .eq(party_contacts::case_id)
        .and(parties::role.eq(PartyRole::Survivor));
    let marks: Option<Marks> = party_contacts::table
        .inner_join(parties::table)
        .filter(
            party_contacts::case_id
                .eq(case.id)
                .and(party_contacts::id.eq(id)),
        )
        .filter(survivor)
        .select(Marks::as_select())
        .get_result(tx.conn)
        .optional()?;
    Ok(marks.map(|marks| Safe {
        kind: marks.kind,
        call: marks.safe_to_call,
        text: marks.safe_to_text,
        voicemail: marks.safe_voicemail,
    }))
}

/// Whether this is a meeting of this MARAC.
pub fn meeting_exists(tx: &mut Tx<'_>, marac_id: Uuid, meeting_id: Uuid) -> Result<bool> {
    let meeting = meetings::id
        .eq(meeting_id)
        .and(meetings::marac_id.eq(marac_id));
    Ok(diesel::select(exists(meetings::table.filter(meeting))).get_result(tx.conn)?)
}

/// Whether the case was heard, or its alert noted.
pub fn was_heard(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<bool> {
    let heard = agenda_items::case_id
        .eq(case.id)
        .and(agenda_items::status.eq_any(["heard", "alert_noted"]));
    Ok(diesel::select(exists(agenda_items::table.filter(heard))).get_result(tx.conn)?)
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

#[derive(Insertable)]
#[diesel(table_name = idva_contacts, treat_none_as_default_value = false)]
struct NewRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    allocation_id: Uuid,
    agency_id: Uuid,
    purpose: ContactPurpose,
    channel: ContactChannel,
    contact_id: Option<Uuid>,
    marked_safe: bool,
    result: ContactResult,
    tried_at: DateTime<Utc>,
    meeting_id: Option<Uuid>,
    by_user_id: Option<Uuid>,
    by_actor_id: Option<Uuid>,
    sealed: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// Stores it; whatever came of it, the survivor was tried.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, new: &NewContact) -> Result<()> {
    let place = SealPlace::new("idva_contacts", "sealed", new.id);
    let sealed = case.key().seal_json(place, &new.words)?;
    let row = NewRow {
        id: new.id,
        marac_id: case.marac_id,
        case_id: case.id,
        allocation_id: new.allocation_id,
        agency_id: new.agency_id,
        purpose: new.purpose,
        channel: new.channel,
        contact_id: new.contact_id,
        marked_safe: new.marked_safe,
        result: new.result,
        tried_at: new.tried_at,
        meeting_id: new.meeting_id,
        by_user_id: tx.actor.principal.user_id(),
        by_actor_id: tx.actor.principal.actor_id(),
        sealed,
        created_at: tx.now,
    };
    if new.purpose != ContactPurpose::Feedback {
        tx.sql(statement!("contacted"))
            .bind(new.allocation_id)
            .bind(new.tried_at)
            .execute(tx.conn)?;
    }
    diesel::insert_into(idva_contacts::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}
