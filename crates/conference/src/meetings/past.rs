//! Meetings that took place before the program knew of them: for imports and the demonstration.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::store::{self, NewMeeting};
use super::{
    AgendaItemKind, MeetingKind, MeetingMode, MeetingStatus, listing_store, past_store, rules,
};
use directory::maracs;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;

/// A meeting that was held.
#[derive(Debug, Clone)]
pub struct HeldMeeting {
    /// The MARAC.
    pub marac_id: Uuid,
    /// What it was for.
    pub kind: MeetingKind,
    /// How people met.
    pub mode: MeetingMode,
    /// Where.
    pub place: Option<String>,
    /// When its list went out.
    pub circulated_at: DateTime<Utc>,
    /// When it began.
    pub starts_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

/// A case that was heard there.
#[derive(Debug, Clone)]
pub struct HeardCase {
    /// The case.
    pub case_id: Uuid,
    /// The referral that brought it.
    pub referral_id: Option<Uuid>,
    /// Why it was on the agenda.
    pub kind: AgendaItemKind,
    /// Children in the household.
    pub has_children: bool,
    /// The agencies it was listed to.
    pub agencies: Vec<Uuid>,
}

/// Stores a meeting that was held. Returns its id.
pub fn create_held(tx: &mut Tx<'_>, held: HeldMeeting) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let marac = maracs::find(tx, held.marac_id)?;
    let planned =
        NewMeeting::planned(id, &marac, held.kind, held.starts_at, held.mode, held.place)?;
    let meeting = NewMeeting {
        status: MeetingStatus::Held,
        circulated_at: Some(held.circulated_at),
        started_at: Some(held.starts_at),
        ended_at: Some(held.ended_at),
        ..planned
    };
    store::insert(tx, &meeting)?;
    Ok(id)
}

/// Adds the cases heard at a held meeting, in this order, and opens them to their agencies from its
/// circulation. `settle` ends that, once the actions of the meeting are stored.
pub fn add_heard(tx: &mut Tx<'_>, meeting_id: Uuid, cases: &[HeardCase]) -> Result<Vec<Uuid>> {
    let meeting = store::found(tx, meeting_id)?.ok_or_else(hidden)?;
    let slots: Vec<_> = cases
        .iter()
        .map(|case| rules::slot_minutes(case.kind, meeting.minutes_per_case))
        .collect();
    let ids = past_store::insert_heard(tx, &meeting, cases, &slots)?;
    past_store::open_past(tx, &meeting, cases)?;
    Ok(ids)
}

/// Ends the listings of a held meeting's cases as closing it would have at `at`.
pub fn settle(tx: &mut Tx<'_>, meeting_id: Uuid, at: DateTime<Utc>) -> Result<()> {
    listing_store::settle(tx, meeting_id, at)
}
