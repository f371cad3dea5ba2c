//! Actions as their readers get them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::commands::standing;
use super::detail_store::{self, EventRow};
use super::model::{
    ActionCategory, ActionPriority, ActionStatus, ActionTarget, Escalation, HistoryKind, Need,
};
use super::rules;
use super::store::{self, ActionRow};
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::etag;
use kernel::policy::lens::FieldGroup;
use kernel::visibility::VisibleAction;
use practice::party::{AddressKind, ContactKind};
use practice::vocabulary::YesNoUnknown;

/// An action as it stands in lists.
#[derive(Serialize, ToSchema)]
pub struct ActionRowOut {
    /// Id.
    id: Uuid,
    /// Its case.
    case_id: Uuid,
    /// The case's code.
    pub case_code: String,
    /// Its MARAC.
    marac_id: Uuid,
    /// The survivor's name; null when it is not known.
    survivor: Option<String>,
    /// What is to be done; null once the case's content was destroyed.
    pub text: Option<String>,
    /// What kind it is.
    pub category: ActionCategory,
    /// Whom it is about.
    pub target: ActionTarget,
    /// How soon it matters.
    pub priority: ActionPriority,
    /// Due date.
    pub due_on: NaiveDate,
    /// Outstanding, and the due date is past.
    pub overdue: bool,
    /// Where it is in its life cycle.
    pub status: ActionStatus,
    /// Reported as not done or not possible, and not yet dealt with by the chair.
    unresolved: bool,
    /// The owner.
    owner_agency_id: Uuid,
    /// The owner's name.
    pub owner_agency: String,
    /// The person there, if one is named.
    owner_user_id: Option<Uuid>,
    /// Groups attached to it because its owner cannot do it without; read the action to get them.
    needs: Vec<Need>,
    /// Meetings that found it still outstanding (R29).
    pub carried_over: i16,
    /// How far up the ladder it is, overdue (R29).
    pub escalation: Escalation,
    /// How often its owner was reminded (R29).
    reminders: i16,
    /// Version.
    etag: String,
}

impl ActionRowOut {
    /// Its place in a list.
    pub(super) fn place(&self) -> (NaiveDate, Uuid) {
        (self.due_on, self.id)
    }
}

/// The shape of a row.
pub(super) fn row_out(row: &ActionRow, keys: &KeyRing, today: NaiveDate) -> Result<ActionRowOut> {
    let opened = row.open(keys)?;
    Ok(ActionRowOut {
        id: row.id,
        case_id: row.case_id,
        case_code: row.case_code.clone(),
        marac_id: row.marac_id,
        survivor: opened.survivor,
        text: opened.text,
        category: row.category,
        target: row.target,
        priority: row.priority,
        due_on: row.due_on,
        overdue: row.status.is_outstanding() && row.due_on < today,
        status: row.status,
        unresolved: row.status.needs_the_chair() && !row.resolved,
        owner_agency_id: row.owner_agency_id,
        owner_agency: row.owner_agency.clone(),
        owner_user_id: row.owner_user_id,
        needs: row.needs.clone(),
        carried_over: row.carried_over,
        escalation: row.escalation,
        reminders: row.reminders,
        etag: etag(row.version),
    })
}

/// An action with what its reader gets of the case.
#[derive(Serialize, ToSchema)]
pub struct ActionOut {
    /// As in lists.
    #[serde(flatten)]
    row: ActionRowOut,
    /// When it was agreed.
    agreed_on: NaiveDate,
    /// The meeting at which it was agreed.
    meeting_id: Option<Uuid>,
    /// The case's place on that meeting's agenda.
    agenda_item_id: Option<Uuid>,
    /// Since when it has this status.
    status_at: DateTime<Utc>,
    /// The action in its place.
    superseded_by: Option<Uuid>,
    /// What an imported record left out.
    gaps: Vec<String>,
    /// The survivor's addresses, confidential ones too; absent when withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<ActionAddressOut>>,
    /// The survivor's contacts that are safe in some way; absent when withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    safe_contacts: Option<Vec<ActionContactOut>>,
    /// Attachable groups that this reader does not get.
    withheld: Vec<FieldGroup>,
}

/// An address that goes with an action.
#[derive(Serialize, ToSchema)]
pub struct ActionAddressOut {
    /// Id.
    id: Uuid,
    /// What it is to the survivor.
    kind: AddressKind,
    /// Lines of the address, without the postcode.
    lines: String,
    /// Postcode.
    postcode: Option<String>,
    /// Not to be given to anybody else.
    confidential: bool,
    /// Whether the perpetrator knows it. Unknown counts as no.
    known_to_perpetrator: YesNoUnknown,
}

/// A contact that goes with an action.
#[derive(Serialize, ToSchema)]
pub struct ActionContactOut {
    /// Id.
    id: Uuid,
    /// What it is.
    kind: ContactKind,
    /// Number, e-mail address, or the third party's name, relation and number.
    value: String,
    /// Safe to call.
    safe_to_call: bool,
    /// Safe to text.
    safe_to_text: bool,
    /// Safe to leave a voicemail.
    safe_voicemail: bool,
    /// Call from a withheld number.
    withheld_number: bool,
    /// Best times, code words, what to say if somebody else answers.
    notes: Option<String>,
}

/// Of a sealed address, what goes with an action.
#[derive(Deserialize)]
struct AddressSeal {
    lines: String,
    #[serde(default)]
    postcode: Option<String>,
}

/// Of a sealed contact, what goes with an action.
#[derive(Deserialize)]
struct ContactSeal {
    value: String,
    #[serde(default)]
    notes: Option<String>,
}

fn addresses(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ActionAddressOut>> {
    let rows = detail_store::addresses(tx, action)?;
    let rows = rows.into_iter().map(|row| {
        let place = SealPlace::new("party_addresses", "sealed", row.id);
        let seal: AddressSeal = action.key().open_json(place, &row.sealed)?;
        Ok(ActionAddressOut {
            id: row.id,
            kind: row.kind,
            lines: seal.lines,
            postcode: seal.postcode,
            confidential: row.confidential,
            known_to_perpetrator: row.known_to_perpetrator,
        })
    });
    rows.collect()
}

fn safe_contacts(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ActionContactOut>> {
    let rows = detail_store::safe_contacts(tx, action)?;
    let rows = rows.into_iter().map(|row| {
        let place = SealPlace::new("party_contacts", "sealed", row.id);
        let seal: ContactSeal = action.key().open_json(place, &row.sealed)?;
        Ok(ActionContactOut {
            id: row.id,
            kind: row.kind,
            value: seal.value,
            safe_to_call: row.safe_to_call,
            safe_to_text: row.safe_to_text,
            safe_voicemail: row.safe_voicemail,
            withheld_number: row.withheld_number,
            notes: seal.notes,
        })
    });
    rows.collect()
}

/// An action in sight, its version, and what of it goes into the audit.
pub(super) fn detail(
    tx: &mut Tx<'_>,
    action: &VisibleAction,
) -> Result<(i32, ActionOut, Vec<&'static str>)> {
    let row = store::row(tx, action)?;
    let by = standing(tx, action);
    let shows = |need| rules::shows(need, row.status, &row.needs, by);
    let mut read = Vec::new();
    let mut shown = (None, None);
    if shows(Need::Address) {
        read.push(Need::Address.as_str());
        shown.0 = Some(addresses(tx, action)?);
    }
    if shows(Need::SafeContact) {
        read.push(Need::SafeContact.as_str());
        shown.1 = Some(safe_contacts(tx, action)?);
    }
    let out = ActionOut {
        agreed_on: row.agreed_on,
        meeting_id: row.meeting_id,
        agenda_item_id: row.agenda_item_id,
        status_at: row.status_at,
        superseded_by: row.superseded_by_id,
        gaps: row.gaps.clone(),
        addresses: shown.0,
        safe_contacts: shown.1,
        withheld: rules::withheld(row.status, &row.needs, by),
        row: row_out(&row, &tx.keys, tx.today())?,
    };
    Ok((row.version, out, read))
}

/// What happened to an action.
#[derive(Serialize, ToSchema)]
pub struct ActionEventOut {
    /// Id.
    id: Uuid,
    /// What happened.
    kind: HistoryKind,
    /// The step of the ladder, where it was escalated.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Escalation>,
    /// The status it had then.
    status: ActionStatus,
    /// The due date it had then.
    due_on: NaiveDate,
    /// The owner it had then.
    owner_agency_id: Uuid,
    /// That owner's name.
    owner_agency: String,
    /// From which day it holds.
    effective_on: NaiveDate,
    /// When it was recorded.
    at: DateTime<Utc>,
    /// The account that recorded it; null for an import.
    by_user_id: Option<Uuid>,
    /// The registered actor a client acted for.
    by_actor_id: Option<Uuid>,
    /// Their agency.
    by_agency_id: Option<Uuid>,
    /// Why, or what changed.
    reason: Option<String>,
    /// What shows that it was done.
    evidence: Option<String>,
    /// The coordinator reported in the owner's place (R27).
    overridden: bool,
}

/// The shape of an event.
pub(super) fn event_out(action: &VisibleAction, row: EventRow) -> Result<ActionEventOut> {
    let note = row.note(action)?;
    Ok(ActionEventOut {
        id: row.id,
        kind: row.kind,
        step: row.step,
        status: row.status,
        due_on: row.due_on,
        owner_agency_id: row.owner_agency_id,
        owner_agency: row.owner_agency,
        effective_on: row.effective_on,
        at: row.created_at,
        by_user_id: row.by_user_id,
        by_actor_id: row.by_actor_id,
        by_agency_id: row.by_agency_id,
        reason: note.reason,
        evidence: note.evidence,
        overridden: note.overridden,
    })
}
