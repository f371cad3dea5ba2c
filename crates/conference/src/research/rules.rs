//! Pure decisions about research.

use chrono::NaiveDate;

use super::model::{ResearchStanding, ResearchStatus, ReturnIn};
use crate::meetings::{AgendaItemStatus, MeetingStatus};
use kernel::error::{Error, FieldError, Result};

/// Where a request stands when somebody wants to answer it.
#[derive(Debug, Clone, Copy)]
pub struct RequestState {
    pub standing: ResearchStanding,
    pub item: AgendaItemStatus,
    pub meeting: MeetingStatus,
}

/// Refused unless the request can still be answered: from circulation to the start of the meeting.
pub fn open(at: RequestState) -> Result<()> {
    use MeetingStatus as M;
    match (at.meeting, at.item, at.standing) {
        (M::Cancelled, ..) => Err(Error::conflict("meeting_over")),
        (M::InSession | M::Held | M::Minuted, ..) => Err(Error::conflict("meeting_started")),
        (_, AgendaItemStatus::Listed, ResearchStanding::Open) => Ok(()),
        _ => Err(Error::conflict("not_asked")),
    }
}

/// Refused unless the answer holds together: nothing known and nothing else, or something, and what
/// is shared with its ground.
pub fn answer(sent: &ReturnIn, today: NaiveDate) -> Result<()> {
    let shared = &sent.shareable;
    let something = !sent.agency_private.is_empty() || !shared.is_empty();
    let mut errors = Vec::new();
    if sent.nothing_known && something {
        let message = "Nothing is known, and yet something is sent.";
        errors.push(FieldError::new("/nothing_known", "contradiction", message));
    }
    if !sent.nothing_known && !something {
        let message = "Say what is known, or that nothing is.";
        errors.push(FieldError::new("/nothing_known", "required", message));
    }
    if !shared.is_empty() && !shared.relevant_necessary_proportionate {
        let pointer = "/shareable/relevant_necessary_proportionate";
        let message = "Confirm that sharing this is relevant, necessary and proportionate.";
        errors.push(FieldError::new(pointer, "required", message));
    }
    if shared.last_contact_on.is_some_and(|day| day > today) {
        let pointer = "/shareable/last_contact_on";
        errors.push(FieldError::new(
            pointer,
            "in_the_future",
            "This day has not come yet.",
        ));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

/// The status of an answer first given on a day. Changing it later does not make it late.
pub fn status(nothing_known: bool, answered_on: NaiveDate, due_on: NaiveDate) -> ResearchStatus {
    match (answered_on > due_on, nothing_known) {
        (true, _) => ResearchStatus::Late,
        (false, true) => ResearchStatus::NothingKnown,
        (false, false) => ResearchStatus::Returned,
    }
}

/// The coordinator's word on a request: whether the agency is excused, and why. What is left out stays.
#[derive(Debug, Default)]
pub struct Excuse {
    pub exempt: Option<bool>,
    pub reason: Option<String>,
}

/// The status and the reason after the coordinator's word; `None` where it changes nothing. Excusing an
/// agency and asking it again each need a reason of their own.
pub fn excuse(
    status: ResearchStatus,
    because: Option<&str>,
    word: Excuse,
) -> Result<Option<(ResearchStatus, String)>> {
    use ResearchStatus as S;
    let was = match status {
        S::Requested => false,
        S::Exempt => true,
        S::NothingKnown | S::Returned | S::Late => return Err(Error::conflict("already_answered")),
    };
    let is = word.exempt.unwrap_or(was);
    match (was, is, word.reason) {
        (_, true, Some(reason)) if was && because == Some(reason.as_str()) => Ok(None),
        (_, true, Some(reason)) => Ok(Some((S::Exempt, reason))),
        (true, false, Some(reason)) => Ok(Some((S::Requested, reason))),
        (false, false, Some(_)) => Err(Error::conflict("already_so")),
        (_, _, None) if was == is => Ok(None),
        (_, _, None) => Err(Error::field("/reason", "required", "Say why.")),
    }
}

/// Somebody who reads a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnReader {
    /// Speaks for the agency whose return it is.
    pub own: bool,
    /// Coordinator or chair of the MARAC.
    pub staff: bool,
    /// The case is allocated to their service.
    pub allocated: bool,
    /// The case was listed to their agency for this meeting, and the meeting has begun.
    pub at_meeting: bool,
}

/// How much of a return somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sight {
    /// That it was asked for, and where it stands.
    pub status: bool,
    /// The shareable part.
    pub shareable: bool,
    /// The agency's own part.
    pub private: bool,
    /// Why it was excused.
    pub exemption: bool,
}

/// How much of a return a reader gets (domain 6.2).
pub const fn sight(reader: ReturnReader) -> Sight {
    let opened = reader.own || reader.staff || reader.allocated || reader.at_meeting;
    Sight {
        status: opened,
        shareable: opened,
        private: reader.own,
        exemption: reader.own || reader.staff,
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
