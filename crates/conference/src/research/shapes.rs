//! Returns as their readers get them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    Exemption, PrivatePart, ResearchStanding, ResearchStatus, ReturnIn, ShareablePart,
    exemption_of, private_of, shareable_of,
};
use super::rules::{self, ReturnReader, Sight};
use super::store::{AnswerToKeep, Locked, ReturnRow, VersionRow};
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::etag;
use kernel::policy::Role;
use kernel::policy::lens::{Basis, FieldGroup};
use kernel::visibility::VisibleCase;

/// Whether the caller speaks for this agency in this MARAC.
pub fn speaks(tx: &Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> bool {
    tx.actor.agency_id == agency_id
        && tx
            .actor
            .holds(marac_id, &[Role::Representative, Role::Idva])
}

/// The caller as a reader of an agency's return on a case. What the lens of the case withholds, the
/// meeting does not open.
fn reader(tx: &Tx<'_>, case: &VisibleCase, agency_id: Uuid, at_meeting: bool) -> ReturnReader {
    let shared = case.lens.shows(FieldGroup::ResearchShared);
    ReturnReader {
        own: speaks(tx, case.marac_id, agency_id),
        staff: shared && tx.actor.is_staff(case.marac_id),
        allocated: shared && case.has_basis(Basis::Allocation),
        at_meeting: shared && at_meeting,
    }
}

/// An agency's return on a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResearchOut {
    /// Id.
    id: Uuid,
    /// The meeting.
    meeting_id: Uuid,
    /// The case's place on its agenda.
    agenda_item_id: Uuid,
    /// The case.
    case_id: Uuid,
    /// The case's code.
    case_code: String,
    /// The agency asked.
    agency_id: Uuid,
    /// Its name.
    agency: String,
    /// Where it stands.
    status: ResearchStatus,
    /// Whether it can still be answered.
    standing: ResearchStanding,
    /// The agency looked and knows nothing, in time or late.
    nothing_known: bool,
    /// When it is due.
    due_on: NaiveDate,
    /// Not answered, and the day is past.
    overdue: bool,
    /// When the agency was asked.
    requested_at: DateTime<Utc>,
    /// When it last answered.
    answered_at: Option<DateTime<Utc>>,
    /// Why the agency is excused; for itself, coordinator and chair.
    #[serde(skip_serializing_if = "Option::is_none")]
    exempt_because: Option<String>,
    /// What the agency shares; null before it answered, and where it knows nothing.
    shareable: Option<ShareablePart>,
    /// The agency's own part: for the agency alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    agency_private: Option<PrivatePart>,
    /// Groups of fields this reader does not get.
    withheld: Vec<FieldGroup>,
    /// Version, for `If-Match`.
    pub etag: String,
}

impl ResearchOut {
    /// Its id.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Whether the agency has answered just so, as the agency itself reads it.
    pub fn says(&self, sent: &ReturnIn) -> bool {
        self.answered_at.is_some()
            && self.nothing_known == sent.nothing_known
            && self.shareable.clone().unwrap_or_default() == sent.shareable
            && self.agency_private.clone().unwrap_or_default() == sent.agency_private
    }

    /// Whether this reader does not get the group.
    pub fn withholds(&self, group: FieldGroup) -> bool {
        self.withheld.contains(&group)
    }
}

/// What of a return is withheld: it follows from the reader alone.
fn withheld(sight: Sight) -> Vec<FieldGroup> {
    let groups = [
        (sight.private, FieldGroup::ResearchPrivate),
        (sight.shareable, FieldGroup::ResearchShared),
    ];
    let missing = groups.into_iter().filter(|(shown, _)| !shown);
    missing.map(|(_, group)| group).collect()
}

/// Why an agency was excused, or asked again.
pub fn because(case: &VisibleCase, row: &Locked) -> Result<Option<String>> {
    let sealed = row.exemption.as_deref();
    let open = |sealed| {
        case.key()
            .open_json::<Exemption>(exemption_of(row.id), sealed)
    };
    Ok(sealed.map(open).transpose()?.map(|said| said.reason))
}

/// A row as its reader gets it; `None` for who does not get it at all.
pub fn open(
    tx: &Tx<'_>,
    case: &VisibleCase,
    row: ReturnRow,
    at_meeting: bool,
) -> Result<Option<ResearchOut>> {
    let sight = rules::sight(reader(tx, case, row.agency_id, at_meeting));
    if !sight.status {
        return Ok(None);
    }
    let key = case.key();
    let shareable = match row.shareable.filter(|_| sight.shareable) {
        Some(sealed) => Some(key.open_json(shareable_of(row.id), &sealed)?),
        None => None,
    };
    let agency_private = match row.private.filter(|_| sight.private) {
        Some(sealed) => Some(key.open_json(private_of(row.id), &sealed)?),
        None => None,
    };
    let exempt_because = match row.exemption.filter(|_| sight.exemption) {
        Some(sealed) => {
            let said: Exemption = key.open_json(exemption_of(row.id), &sealed)?;
            Some(said.reason).filter(|_| row.status == ResearchStatus::Exempt)
        }
        None => None,
    };
    let asked =
        row.status == ResearchStatus::Requested && row.standing != ResearchStanding::Withdrawn;
    Ok(Some(ResearchOut {
        id: row.id,
        meeting_id: row.meeting_id,
        agenda_item_id: row.agenda_item_id,
        case_id: case.id,
        case_code: case.row.code.clone(),
        agency_id: row.agency_id,
        agency: row.agency,
        status: row.status,
        standing: row.standing,
        nothing_known: row.nothing_known,
        due_on: row.due_on,
        overdue: asked && row.due_on < tx.today(),
        requested_at: row.requested_at,
        answered_at: row.answered_at,
        exempt_because,
        shareable,
        agency_private,
        withheld: withheld(sight),
        etag: etag(row.version),
    }))
}

/// What an agency's return said before it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResearchVersionOut {
    /// Its version then.
    pub version: i32,
    /// Its status then.
    status: ResearchStatus,
    /// When it was sent.
    answered_at: DateTime<Utc>,
    /// The account that sent it.
    by_user_id: Option<Uuid>,
    /// The registered actor a client sent it for.
    by_actor_id: Option<Uuid>,
    /// What it shared.
    shareable: Option<ShareablePart>,
    /// The agency's own part.
    agency_private: Option<PrivatePart>,
}

/// A version as its agency reads it.
pub fn version_out(key: &DataKey, row: VersionRow) -> Result<ResearchVersionOut> {
    let shareable = row
        .shareable
        .map(|sealed| key.open_json(shareable_of(row.return_id), &sealed))
        .transpose()?;
    let agency_private = row
        .private
        .map(|sealed| key.open_json(private_of(row.return_id), &sealed))
        .transpose()?;
    Ok(ResearchVersionOut {
        version: row.version,
        status: row.status,
        answered_at: row.answered_at,
        by_user_id: row.by_user_id,
        by_actor_id: row.by_actor_id,
        shareable,
        agency_private,
    })
}

/// Seals an answer to the return with this id.
pub fn seal(
    key: &DataKey,
    id: Uuid,
    status: ResearchStatus,
    sent: &ReturnIn,
) -> Result<AnswerToKeep> {
    let private = &sent.agency_private;
    let shareable = &sent.shareable;
    let private = (!private.is_empty())
        .then(|| key.seal_json(private_of(id), private))
        .transpose()?;
    let shareable = (!shareable.is_empty())
        .then(|| key.seal_json(shareable_of(id), shareable))
        .transpose()?;
    Ok(AnswerToKeep {
        id,
        status,
        nothing_known: sent.nothing_known,
        private,
        shareable,
    })
}
