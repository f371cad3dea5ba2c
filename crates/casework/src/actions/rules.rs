//! What may become of an action: pure decisions over state, command, standing and day.

use chrono::NaiveDate;

use super::model::{ActionEventKind, ActionStatus, Need, ReportedStatus, Resolution};
use kernel::error::{Code, Error, FieldError, Result};
use kernel::policy::lens::FieldGroup;

/// What somebody wants to do with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Say how it stands.
    Report(ReportedStatus),
    /// Give it to somebody else, or another due date.
    Change,
    /// Take a report back.
    Reopen,
    /// The chair's word.
    Resolve(Resolution),
}

/// How somebody stands to an action. One person may be several of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActionCaller {
    /// Speaks for the owner.
    pub owner: bool,
    /// Coordinates its MARAC.
    pub coordinator: bool,
    /// Chairs it.
    pub chair: bool,
}

impl ActionCaller {
    /// Coordinator or chair.
    pub const fn is_staff(self) -> bool {
        self.coordinator || self.chair
    }
}

/// What the action is after the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its status.
    pub status: ActionStatus,
    /// Whether the chair has dealt with it.
    pub resolved: bool,
    /// What its history says; a change says which of its two kinds it was by itself.
    pub kind: Option<ActionEventKind>,
    /// The coordinator reported in the owner's place (R27).
    pub overridden: bool,
}

/// Whether somebody who stands so to the action may give this command at all.
pub fn allow(command: Command, by: ActionCaller) -> Result<()> {
    let allowed = match command {
        Command::Report(_) => by.owner || by.coordinator,
        Command::Change | Command::Reopen => by.is_staff(),
        Command::Resolve(_) => by.chair,
    };
    match allowed {
        true => Ok(()),
        false => Err(Code::Forbidden.into()),
    }
}

/// The one table of transitions.
pub fn decide(
    status: ActionStatus,
    resolved: bool,
    command: Command,
    by: ActionCaller,
) -> Result<Next> {
    use ActionEventKind as Kind;
    allow(command, by)?;
    let unresolved = status.needs_the_chair() && !resolved;
    let next = |status, resolved, kind| {
        Ok(Next {
            status,
            resolved,
            kind,
            overridden: matches!(command, Command::Report(_)) && !by.owner,
        })
    };
    match command {
        Command::Report(to) if status.is_outstanding() => {
            next(to.status(), false, Some(Kind::Reported))
        }
        Command::Change if status.is_outstanding() => next(status, false, None),
        Command::Report(_) | Command::Change => Err(Error::conflict("not_outstanding")),
        Command::Reopen if unresolved || status == ActionStatus::Completed => {
            next(ActionStatus::Open, false, Some(Kind::Reopened))
        }
        Command::Reopen if status.is_outstanding() => Err(Error::conflict("not_reported")),
        Command::Reopen => Err(Error::conflict("decided_by_chair")),
        Command::Resolve(Resolution::Accept) if unresolved => {
            next(status, true, Some(Kind::Accepted))
        }
        Command::Resolve(Resolution::Reset) if unresolved => {
            next(ActionStatus::Open, false, Some(Kind::Reopened))
        }
        Command::Resolve(Resolution::Accept | Resolution::Reset) => {
            Err(Error::conflict("not_unresolved"))
        }
        Command::Resolve(resolution) if unresolved || status.is_outstanding() => match resolution {
            Resolution::Supersede => next(ActionStatus::Superseded, true, Some(Kind::Superseded)),
            _ => next(ActionStatus::Cancelled, true, Some(Kind::Cancelled)),
        },
        Command::Resolve(_) => Err(Error::conflict("already_ended")),
    }
}

/// Whether a report is complete (R28) and its day possible: not to come, and not before what is known
/// of the action already, else its history would not say how it stands.
pub fn check_report(
    to: ReportedStatus,
    reason: Option<&str>,
    on: NaiveDate,
    last_on: NaiveDate,
    today: NaiveDate,
) -> Result<()> {
    let mut errors = Vec::new();
    let blank = reason.is_none_or(|reason| reason.trim().is_empty());
    if to.status().needs_the_chair() && blank {
        errors.push(FieldError::required("/reason"));
    }
    if on > today {
        errors.push(FieldError::new(
            "/on",
            "in_the_future",
            "This day is still to come.",
        ));
    } else if on < last_on {
        errors.push(FieldError::new(
            "/on",
            "before_last_change",
            "Something later is recorded already.",
        ));
    }
    refuse(errors)
}

/// Whether a due date is not before the day it counts from (R26).
pub fn check_due(due_on: NaiveDate, earliest: NaiveDate) -> Result<()> {
    if due_on < earliest {
        return Err(Error::field(
            "/due_on",
            "too_early",
            "Give a day not before the meeting, or today.",
        ));
    }
    Ok(())
}

/// A new due date comes with re-setting an action, and with nothing else the chair may say of it.
pub fn check_reset(
    resolution: Resolution,
    due_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<()> {
    match (resolution, due_on) {
        (Resolution::Reset, Some(due_on)) => check_due(due_on, today),
        (Resolution::Reset, None) => Err(Error::invalid(vec![FieldError::required("/due_on")])),
        (_, Some(_)) => Err(Error::field(
            "/due_on",
            "only_to_reset",
            "Only an action that is re-set gets a new due date.",
        )),
        (_, None) => Ok(()),
    }
}

/// What is known of the proposed owner.
#[derive(Debug, Clone, Copy)]
pub struct OwnerFacts {
    /// A live member of the MARAC.
    pub member: bool,
    /// Listed, shared with, allocated, or the referrer's.
    pub on_case: bool,
    /// The agency is excluded, and the named person is not its exempt senior.
    pub excluded: bool,
    /// The named person, if any, is a live account of that agency.
    pub person_known: bool,
    /// The named person is excluded.
    pub person_excluded: bool,
}

/// Whether the agency and the person may own an action of the case (R26).
pub fn check_owner(facts: OwnerFacts) -> Result<()> {
    let mut errors = Vec::new();
    if !facts.member || !facts.on_case || facts.excluded {
        errors.push(FieldError::new(
            "/owner_agency_id",
            "not_on_case",
            "The owner must be an agency on this case.",
        ));
    }
    if !facts.person_known {
        errors.push(FieldError::new(
            "/owner_user_id",
            "not_of_agency",
            "The person must have a live account with the owner.",
        ));
    } else if facts.person_excluded {
        errors.push(FieldError::new(
            "/owner_user_id",
            "not_on_case",
            "This person cannot own an action of this case.",
        ));
    }
    refuse(errors)
}

/// Which of the attachable groups a reader gets with the action: staff both, the owner those it
/// needs for as long as the action is outstanding, nobody else any.
pub fn shows(group: Need, status: ActionStatus, needs: &[Need], by: ActionCaller) -> bool {
    by.is_staff() || (by.owner && status.is_outstanding() && needs.contains(&group))
}

/// The groups withheld from this reader. Follows from standing, stage and needs, never from data.
pub fn withheld(status: ActionStatus, needs: &[Need], by: ActionCaller) -> Vec<FieldGroup> {
    [
        (Need::Address, FieldGroup::Address),
        (Need::SafeContact, FieldGroup::SafeContact),
    ]
    .into_iter()
    .filter(|(need, _)| !shows(*need, status, needs, by))
    .map(|(_, group)| group)
    .collect()
}

fn refuse(errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(errors))
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
