//! Pure decisions of building an agenda: which cases come on, and in which order.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{AgendaItemKind, AgendaItemStatus, AgendaSection, MeetingKind, MeetingStatus};
use kernel::error::{Error, Result};
use practice::vocabulary;

vocabulary! {
    /// Why a waiting case does not come onto the list that is built.
    LeftOut {
        /// Referred after the list closed: the next meeting's, unless the chair admits it (R16).
        PastCutoff = "past_cutoff",
        /// Deferred until after this meeting.
        DeferredUntilLater = "deferred_until_later",
        /// Deferred from this very meeting.
        DeferredFromHere = "deferred_from_here",
        /// Somebody took it off its last list: put it on by hand if it belongs here.
        TakenOff = "taken_off",
    }
}

/// Refused unless the list of this meeting can be built.
pub fn buildable(kind: MeetingKind, status: MeetingStatus) -> Result<()> {
    match (kind, status) {
        (MeetingKind::Business, _) => Err(Error::conflict("business_meeting")),
        (MeetingKind::Emergency, _) => Err(Error::conflict("emergency_meeting")),
        (_, MeetingStatus::Planned) => Ok(()),
        (_, MeetingStatus::Circulated | MeetingStatus::InSession) => {
            Err(Error::conflict("list_frozen"))
        }
        _ => Err(Error::conflict("meeting_over")),
    }
}

/// The last time a case was on an agenda.
#[derive(Debug, Clone, Copy)]
pub struct Earlier {
    pub meeting_id: Uuid,
    /// That meeting does not take place.
    pub cancelled: bool,
    pub kind: AgendaItemKind,
    pub status: AgendaItemStatus,
    pub decided_at: Option<DateTime<Utc>>,
    pub deferred_until: Option<NaiveDate>,
}

/// A case that waits for a meeting.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// The day it was referred.
    pub referred_on: NaiveDate,
    /// When that referral was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    pub earlier: Option<Earlier>,
}

/// The list to build.
#[derive(Debug, Clone, Copy)]
pub struct List {
    pub meeting_id: Uuid,
    pub on: NaiveDate,
    /// The last day on which a referral makes it.
    pub closes_on: NaiveDate,
}

/// How a case comes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// As it was listed before: same kind, same agencies.
    Again,
    /// In time.
    InTime,
    /// After the list closed, by the chair's word.
    Late,
}

/// Whether a waiting case comes onto the list. What somebody decided of it stands: who was taken off
/// comes back by hand, or by a new referral.
pub fn comes(case: &Waiting, list: &List, admitted: bool) -> std::result::Result<Comes, LeftOut> {
    use AgendaItemStatus as S;
    let earlier = case.earlier.filter(|earlier| {
        earlier
            .decided_at
            .is_none_or(|at| case.accepted_at <= Some(at))
    });
    match earlier {
        Some(earlier) if earlier.status == S::Deferred => {
            if earlier.meeting_id == list.meeting_id {
                Err(LeftOut::DeferredFromHere)
            } else if earlier.deferred_until.is_some_and(|day| day > list.on) {
                Err(LeftOut::DeferredUntilLater)
            } else {
                Ok(Comes::Again)
            }
        }
        Some(earlier) if earlier.status == S::Withdrawn => match earlier.cancelled {
            true => Ok(Comes::Again),
            false => Err(LeftOut::TakenOff),
        },
        _ if case.referred_on <= list.closes_on => Ok(Comes::InTime),
        _ if admitted => Ok(Comes::Late),
        _ => Err(LeftOut::PastCutoff),
    }
}

/// Why a case comes onto the agenda: its referral is a repeat (R13), or it was heard since. One referred
/// anew after twelve months is new, whatever was heard before.
pub const fn kind(repeat: bool, heard_before: bool) -> AgendaItemKind {
    match repeat || heard_before {
        true => AgendaItemKind::Repeat,
        false => AgendaItemKind::New,
    }
}

/// A case in an agenda's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgendaPlace {
    pub case_id: Uuid,
    pub section: AgendaSection,
    pub by_hand: bool,
    pub session: i16,
}

/// The order of an agenda: those placed by hand keep theirs; among them the others come, in the order
/// given, each behind the last of its own section and those before it: children first (R18), alerts
/// apart. A case is heard in the session of the one before it.
pub fn arrange(cases: &[AgendaPlace]) -> Vec<AgendaPlace> {
    let (mut order, others): (Vec<AgendaPlace>, Vec<AgendaPlace>) =
        cases.iter().copied().partition(|case| case.by_hand);
    for case in others {
        let after = order
            .iter()
            .rposition(|other| other.section <= case.section)
            .map_or(0, |last| last + 1);
        let neighbour = order.get(after.saturating_sub(1)).or(order.first());
        let session = neighbour.map_or(1, |other| other.session);
        order.insert(after, AgendaPlace { session, ..case });
    }
    order
}

#[cfg(test)]
#[path = "build_rules_tests.rs"]
mod tests;
