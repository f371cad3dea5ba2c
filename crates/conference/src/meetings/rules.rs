//! Pure decisions about meetings and their agendas.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{AgendaItemKind, AgendaItemStatus, AgendaSection, MeetingKind, MeetingStatus};
use kernel::error::{Error, FieldError, Result};
use practice::marac::settings::Quorum;
use practice::vocabulary::CaseStatus;

/// What somebody wants of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingCommand {
    /// Another time, mode or place.
    Move,
    /// It will not take place.
    Cancel,
    /// Freeze the list and send it out (R16).
    Circulate,
    /// Begin.
    Start,
    /// End; cases may still stand undecided.
    Close {
        /// Whether any does.
        undecided: bool,
    },
}

/// The status the command leads to.
pub fn meeting(status: MeetingStatus, command: MeetingCommand) -> Result<MeetingStatus> {
    use MeetingCommand as C;
    use MeetingStatus as S;
    match (command, status) {
        (C::Move, S::Planned | S::Circulated) => Ok(status),
        (C::Cancel, S::Planned | S::Circulated) => Ok(S::Cancelled),
        (C::Move | C::Cancel, _) => Err(Error::conflict("not_ahead")),
        (C::Circulate, S::Planned) => Ok(S::Circulated),
        (C::Circulate, _) => Err(Error::conflict("not_planned")),
        (C::Start, S::Circulated) => Ok(S::InSession),
        (C::Start, _) => Err(Error::conflict("not_circulated")),
        (C::Close { undecided: false }, S::InSession) => Ok(S::Held),
        (C::Close { undecided: true }, S::InSession) => Err(Error::conflict("items_undecided")),
        (C::Close { .. }, _) => Err(Error::conflict("not_in_session")),
    }
}

/// A meeting is planned for today or later.
pub fn starts_at(starts_at: DateTime<Utc>, today: NaiveDate) -> Result<()> {
    let day = starts_at
        .with_timezone(&chrono_tz::Europe::London)
        .date_naive();
    if day >= today {
        Ok(())
    } else {
        Err(Error::field(
            "/starts_at",
            "in_the_past",
            "A meeting is planned for today or later.",
        ))
    }
}

/// Whether a case makes the list in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Before circulation.
    InTime,
    /// After it: the chair approves, and the item is marked (R16).
    Late,
}

/// Whether a case may come onto this agenda, and how.
pub fn addition(kind: MeetingKind, status: MeetingStatus, case: CaseStatus) -> Result<Timing> {
    use MeetingStatus as S;
    if kind == MeetingKind::Business {
        return Err(Error::conflict("business_meeting"));
    }
    if !matches!(
        case,
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring
    ) {
        return Err(Error::conflict("case_not_open"));
    }
    match status {
        S::Planned => Ok(Timing::InTime),
        S::Circulated | S::InSession => Ok(Timing::Late),
        S::Held | S::Minuted | S::Cancelled => Err(Error::conflict("meeting_over")),
    }
}

/// What becomes of a case on an agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It was heard (R22).
    Hear,
    /// It waits for another meeting (R22).
    Defer,
    /// It does not belong on the list.
    Withdraw,
    /// An alert-only case was noted.
    NoteAlert,
}

/// The status the decision leads to. An item left undecided by a held meeting can still be deferred.
pub fn item(
    kind: AgendaItemKind,
    status: AgendaItemStatus,
    meeting: MeetingStatus,
    decision: Decision,
) -> Result<AgendaItemStatus> {
    use Decision as D;
    use MeetingStatus as M;
    if status != AgendaItemStatus::Listed {
        return Err(Error::conflict("already_decided"));
    }
    let alert = kind == AgendaItemKind::AlertOnly;
    match (decision, meeting) {
        (D::Hear, _) if alert => Err(Error::conflict("alert_only")),
        (D::NoteAlert, _) if !alert => Err(Error::conflict("not_alert_only")),
        (D::Hear, M::InSession) => Ok(AgendaItemStatus::Heard),
        (D::NoteAlert, M::InSession) => Ok(AgendaItemStatus::AlertNoted),
        (D::Hear | D::NoteAlert, _) => Err(Error::conflict("not_in_session")),
        (D::Defer, M::Planned | M::Circulated | M::InSession | M::Held) => {
            Ok(AgendaItemStatus::Deferred)
        }
        (D::Withdraw, M::Planned | M::Circulated | M::InSession) => Ok(AgendaItemStatus::Withdrawn),
        (D::Defer | D::Withdraw, _) => Err(Error::conflict("meeting_over")),
    }
}

/// Whether the agencies an item is listed to may still change.
pub fn relist(status: AgendaItemStatus, meeting: MeetingStatus) -> Result<()> {
    use MeetingStatus as M;
    match (status, meeting) {
        (AgendaItemStatus::Listed, M::Planned | M::Circulated | M::InSession) => Ok(()),
        (AgendaItemStatus::Listed, _) => Err(Error::conflict("meeting_over")),
        _ => Err(Error::conflict("already_decided")),
    }
}

/// Whether the order of the agenda may still change.
pub fn reorder(meeting: MeetingStatus) -> Result<()> {
    use MeetingStatus as M;
    match meeting {
        M::Planned | M::Circulated | M::InSession => Ok(()),
        M::Held | M::Minuted | M::Cancelled => Err(Error::conflict("meeting_over")),
    }
}

/// Whether attendance may still be recorded: apologies come before a meeting, corrections after it,
/// until its minutes are out.
pub fn attendance(meeting: MeetingStatus) -> Result<()> {
    match meeting {
        MeetingStatus::Minuted => Err(Error::conflict("minuted")),
        MeetingStatus::Cancelled => Err(Error::conflict("meeting_over")),
        _ => Ok(()),
    }
}

/// Whether an item has a slot of its own at the meeting.
pub const fn takes_slot(status: AgendaItemStatus) -> bool {
    !matches!(
        status,
        AgendaItemStatus::Withdrawn | AgendaItemStatus::Deferred
    )
}

/// Minutes of a slot: an alert is noted, not discussed.
pub const fn slot_minutes(kind: AgendaItemKind, minutes_per_case: i16) -> i16 {
    match kind {
        AgendaItemKind::AlertOnly => 0,
        _ => minutes_per_case,
    }
}

/// The part of the list a case belongs to.
pub const fn section(kind: AgendaItemKind, has_children: bool) -> AgendaSection {
    match (kind, has_children) {
        (AgendaItemKind::AlertOnly, _) => AgendaSection::Alerts,
        (_, true) => AgendaSection::Children,
        (_, false) => AgendaSection::Adults,
    }
}

/// Where a new item goes among those there: behind the last of its own section and those before it, so
/// that child agencies may leave (R18) and alerts stand apart. An order made by hand is kept.
pub fn place(present: impl Iterator<Item = (i32, AgendaSection)>, own: AgendaSection) -> i32 {
    present
        .filter(|(_, section)| *section <= own)
        .map(|(position, _)| position)
        .max()
        .unwrap_or(0)
        + 1
}

/// Refused unless sessions follow one another, the first not before the meeting.
pub fn sessions(meeting: DateTime<Utc>, starts: &[DateTime<Utc>]) -> Result<()> {
    let before = std::iter::once(None).chain(starts.iter().map(Some));
    let errors: Vec<_> = before
        .zip(starts)
        .enumerate()
        .filter_map(|(index, (before, start))| {
            let (code, message) = match before {
                None if *start < meeting => (
                    "before_the_meeting",
                    "The first session does not start before the meeting.",
                ),
                Some(before) if start <= before => (
                    "not_after_the_last",
                    "A session starts after the one before it.",
                ),
                _ => return None,
            };
            let pointer = format!("/sessions/{index}/starts_at");
            Some(FieldError::new(pointer, code, message))
        })
        .collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// The kind and minutes of a slot after a change: an alert takes no time, and what was one takes the
/// usual time.
pub fn slot(
    (kind, minutes): (AgendaItemKind, i16),
    (to, wanted): (Option<AgendaItemKind>, Option<i16>),
    usual: i16,
) -> Result<(AgendaItemKind, i16)> {
    let kind = to.unwrap_or(kind);
    let minutes = match (kind, wanted, minutes) {
        (AgendaItemKind::AlertOnly, Some(_), _) => {
            let message = "An alert takes no time: leave this out.";
            return Err(Error::field("/minutes", "not_for_an_alert", message));
        }
        (AgendaItemKind::AlertOnly, None, _) => 0,
        (_, Some(wanted), _) => wanted,
        (_, None, 0) => usual,
        (_, None, kept) => kept,
    };
    Ok((kind, minutes))
}

/// Refused unless a case waits for one thing, after the meeting it is deferred from (R22).
pub fn deferral(to: Option<Uuid>, until: Option<NaiveDate>, meeting: NaiveDate) -> Result<()> {
    let (code, message) = match (to, until) {
        (Some(_), Some(_)) => ("one_of_two", "Name a meeting or a day."),
        (None, Some(day)) if day <= meeting => {
            ("not_after_meeting", "Name a day after this meeting.")
        }
        _ => return Ok(()),
    };
    Err(Error::field("/until", code, message))
}

/// Who is lacking for a quorum.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Kinds of which no agency is there.
    pub kinds: Vec<String>,
    /// How many agencies more it would take.
    pub count: Option<usize>,
}

/// Who is lacking for a quorum, of agencies of these kinds. It warns and never blocks.
pub fn quorum(asked: &Quorum, there: &[String]) -> Lacking {
    let missing = asked.agency_kinds.iter();
    let missing = missing.filter(|kind| there.iter().all(|other| **kind != other.as_str()));
    Lacking {
        kinds: missing.map(|kind| kind.to_string()).collect(),
        count: usize::from(asked.count)
            .checked_sub(there.len())
            .filter(|lacking| *lacking > 0),
    }
}

/// Refused unless `wanted` names every present item once.
pub fn order(present: &[Uuid], wanted: &[Uuid]) -> Result<()> {
    let sorted = |ids: &[Uuid]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids
    };
    if sorted(present) == sorted(wanted) {
        Ok(())
    } else {
        Err(Error::field(
            "/items",
            "not_the_whole_list",
            "Name every item of the agenda once.",
        ))
    }
}

/// Refused if an agency is no member of the MARAC: a pointer for each.
pub fn members(wanted: &[Uuid], members: &[Uuid]) -> Result<()> {
    let errors: Vec<_> = wanted
        .iter()
        .enumerate()
        .filter(|(_, id)| !members.contains(id))
        .map(|(index, _)| {
            let pointer = format!("/agencies/{index}");
            FieldError::new(pointer, "not_a_member", "This agency is not in the MARAC.")
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(errors))
    }
}

/// Whether a list of slots, in minutes, is more than the meeting can hear.
pub fn over_capacity(capacity: i16, minutes_per_case: i16, slots: &[i16]) -> bool {
    let discussed = slots.iter().filter(|minutes| **minutes > 0).count();
    let minutes: i32 = slots.iter().map(|minutes| i32::from(*minutes)).sum();
    discussed > usize::from(capacity.unsigned_abs())
        || minutes > i32::from(capacity) * i32::from(minutes_per_case)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
