//! The IDVA's part of a case: who has it, whether the survivor engages, and the contacts before the
//! meeting and after it.
//!
//! Contacts are recorded here, never made: nothing goes to a survivor from the system, and a channel
//! that is not marked safe is recorded only with the reason it was used (R8).

pub mod api;
pub mod contacts_api;
mod contacts_store;
mod job;
mod rules;
mod store;

use chrono::{DateTime, TimeDelta, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::circle;
use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::case_file::is_staff;
use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::policy::lens::Basis;
use kernel::visibility::VisibleCase;
use practice::dates::later;
use practice::vocabulary;

pub use job::{find_late, find_late_some};

vocabulary! {
    /// Whether the survivor takes up the IDVA's support.
    Engagement {
        NotYet = "not_yet",
        Engaged = "engaged",
        Declined = "declined",
        /// Nobody could reach them.
        NotReached = "not_reached",
    }
}

vocabulary! {
    /// What a contact was for.
    ContactPurpose {
        /// To hear their views and priorities before the meeting.
        BeforeMeeting = "before_meeting",
        /// To tell them what was agreed.
        Feedback = "feedback",
        Other = "other",
    }
}

vocabulary! {
    /// How the survivor was tried.
    ContactChannel {
        Call = "call",
        Text = "text",
        Voicemail = "voicemail",
        Email = "email",
        /// Through somebody safe.
        ThirdParty = "third_party",
        InPerson = "in_person",
    }
}

vocabulary! {
    /// What came of it.
    ContactResult {
        Reached = "reached",
        NoAnswer = "no_answer",
        MessageLeft = "message_left",
        NotSafeToTalk = "not_safe_to_talk",
        DeclinedToTalk = "declined_to_talk",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    contacts_api::routes(config);
}

/// Refused unless the case is the caller's as coordinator or chair, or is allocated to their service.
fn must_have(case: &VisibleCase) -> Result<()> {
    match is_staff(case) || case.has_basis(Basis::Allocation) {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// By when the survivor is to be tried who is allocated, or referred again, at `from`.
fn contact_due(tx: &mut Tx<'_>, marac_id: Uuid, from: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let (settings, _) = maracs::settings(tx, marac_id)?;
    let hours = TimeDelta::hours(settings.deadlines.idva_contact_hours.into());
    Ok(later(from, hours))
}

/// Allocates a case to an IDVA service, unless it has it already; another's allocation ends. Says
/// whether the allocation is new.
pub fn allocate(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<bool> {
    match store::live(tx, case)? {
        Some(live) if live.agency_id == agency_id => Ok(false),
        _ => give(tx, case, Uuid::now_v7(), agency_id, None).map(|()| true),
    }
}

/// The allocation itself, under this id: it opens the case to the service.
fn give(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<()> {
    let now = tx.now;
    let due_at = contact_due(tx, case.marac_id, now)?;
    store::end_live(tx, case)?;
    store::insert(tx, case, id, agency_id, user_id, due_at)?;
    circle::open_to_idva(tx, case, agency_id)?;
    let notice = contact_due_notice((case.marac_id, case.id, id), agency_id, user_id);
    notifications::tell(tx, &[notice])
}

/// The survivor is to be tried: for the IDVA, or the service where none is named.
fn contact_due_notice(
    (marac_id, case_id, allocation_id): (Uuid, Uuid, Uuid),
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Notice {
    Notice {
        kind: NoticeKind::IdvaContactDue,
        marac_id,
        case_id: Some(case_id),
        subject: ("idva_allocation", allocation_id),
        to: match user_id {
            Some(user) => vec![To::User(user)],
            None => vec![To::Agency(agency_id)],
        },
    }
}

/// A new referral of the pair was accepted: the survivor is to be tried again, in time for the next
/// meeting.
pub fn referred_again(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    let now = tx.now;
    let due_at = contact_due(tx, case.marac_id, now)?;
    let again = store::try_again(tx, case, due_at)?;
    let notices: Vec<_> = again
        .into_iter()
        .map(|one| contact_due_notice((case.marac_id, case.id, one.id), one.agency_id, one.user_id))
        .collect();
    notifications::tell(tx, &notices)
}
