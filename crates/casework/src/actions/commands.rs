//! Carrying out what the rules allow: the action, its history and the feed, in one transaction.

use chrono::NaiveDate;
use uuid::Uuid;

use super::change_store::{self, NewEvent, Present};
use super::facts_store::{self, MeetingRow};
use super::model::{
    ActionCategory, ActionEventKind, ActionPriority, ActionStatus, ActionTarget, Need, Note,
    ReportedStatus, Resolution,
};
use super::rules::{self, ActionCaller, Command, OwnerFacts};
use super::store::{self, ActionRow};
use super::telling;
use kernel::audit::{Audited, Event};
use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::http::IfMatch;
use kernel::policy::{Act, Role};
use kernel::visibility::{self, VisibleAction, VisibleCase};
use practice::vocabulary::CaseStatus;

/// An action about to be agreed.
pub struct NewAction {
    /// Id.
    pub id: Uuid,
    /// What is to be done.
    pub text: String,
    /// The owner.
    pub owner_agency_id: Uuid,
    /// The person there, if one is named.
    pub owner_user_id: Option<Uuid>,
    /// What kind it is.
    pub category: ActionCategory,
    /// Whom it is about.
    pub target: ActionTarget,
    /// How soon it matters.
    pub priority: ActionPriority,
    /// Due date.
    pub due_on: NaiveDate,
    /// What its owner gets with it.
    pub needs: Vec<Need>,
    /// The meeting at which it was agreed.
    pub meeting_id: Option<Uuid>,
    /// The case's place on that meeting's agenda.
    pub agenda_item_id: Option<Uuid>,
}

/// Agrees an action of a case: R26 holds, the history begins, and the owner's feed tells it.
pub fn agree(tx: &mut Tx<'_>, case: &VisibleCase, mut action: NewAction) -> Result<Uuid> {
    if !matches!(
        case.row.status,
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring
    ) {
        return Err(Error::conflict("case_not_open"));
    }
    let meeting = meeting(tx, case, &action)?;
    action.meeting_id = meeting.as_ref().map(|meeting| meeting.id);
    action.needs.sort();
    action.needs.dedup();
    let today = tx.today();
    let earliest = meeting.map_or(today, |meeting| meeting.on);
    rules::check_due(action.due_on, earliest)?;
    check_owner(
        tx,
        (case.marac_id, case.id),
        action.owner_agency_id,
        action.owner_user_id,
    )?;
    let agreed_on = earliest.min(today);
    change_store::insert(tx, case, &action, agreed_on)?;
    let event = NewEvent {
        marac_id: case.marac_id,
        case_id: case.id,
        action_id: action.id,
        kind: ActionEventKind::Agreed,
        status: ActionStatus::Open,
        due_on: action.due_on,
        owner_agency_id: action.owner_agency_id,
        effective_on: agreed_on,
        note: None,
    };
    change_store::add_event(tx, case.key(), &event)?;
    let agencies = vec![action.owner_agency_id];
    change_store::tell(tx, case.marac_id, case.id, action.id, agencies)?;
    let of = (case.marac_id, case.id);
    telling::assigned(
        tx,
        of,
        action.id,
        action.owner_agency_id,
        action.owner_user_id,
    )?;
    Ok(action.id)
}

/// The meeting at which it is agreed: named itself, or by the agenda item.
fn meeting(tx: &mut Tx<'_>, case: &VisibleCase, action: &NewAction) -> Result<Option<MeetingRow>> {
    let unknown = |pointer: &str| Error::field(pointer, "unknown", "There is none of this id.");
    if let Some(item) = action.agenda_item_id {
        let found = facts_store::item_meeting(tx, case, item)?
            .filter(|found| action.meeting_id.is_none_or(|id| id == found.id))
            .ok_or_else(|| unknown("/agenda_item_id"))?;
        return Ok(Some(found));
    }
    let Some(id) = action.meeting_id else {
        return Ok(None);
    };
    let found = facts_store::meeting(tx, case, id)?.ok_or_else(|| unknown("/meeting_id"))?;
    Ok(Some(found))
}

fn check_owner(
    tx: &mut Tx<'_>,
    (marac_id, case_id): (Uuid, Uuid),
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<()> {
    let row = facts_store::owner_facts(tx, marac_id, case_id, agency_id, user_id)?;
    rules::check_owner(OwnerFacts {
        member: row.member,
        on_case: row.on_case,
        excluded: row.excluded,
        person_known: row.person_known,
        person_excluded: row.person_excluded,
    })
}

/// How the caller stands to an action.
pub fn standing(tx: &Tx<'_>, action: &VisibleAction) -> ActionCaller {
    ActionCaller {
        owner: action.owned,
        coordinator: tx.actor.holds(action.marac_id, &[Role::Coordinator]),
        chair: tx.actor.holds(action.marac_id, &[Role::Chair]),
    }
}

/// A report.
pub struct Report {
    pub status: ReportedStatus,
    pub on: Option<NaiveDate>,
    pub note: Note,
}

/// Records how an action stands (R27, R28).
pub fn report(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: IfMatch,
    report: Report,
) -> Result<Audited<VisibleAction>> {
    let locked = Locked::fetch(
        tx,
        Act::ReportAction,
        id,
        if_match,
        Command::Report(report.status),
    )?;
    let next = locked.decide(tx, Command::Report(report.status))?;
    let today = tx.today();
    let on = report.on.unwrap_or(today);
    let last_on = facts_store::last_on(tx, &locked.action)?;
    let reason = report.note.reason.as_deref();
    rules::check_report(report.status, reason, on, last_on, today)?;
    let present = locked.after(next);
    let note = Note {
        overridden: next.overridden,
        ..report.note
    };
    let fields: &[&str] = if next.overridden {
        &["status", "override"]
    } else {
        &["status"]
    };
    telling::reported(tx, (locked.row.marac_id, locked.row.case_id), id)?;
    locked.write(tx, present, next.kind.as_slice(), on, &note, fields)
}

/// What a coordinator or chair sets anew.
pub struct Change {
    pub reason: String,
    pub owner_agency_id: Option<Uuid>,
    pub owner_user_id: Option<Uuid>,
    pub due_on: Option<NaiveDate>,
}

/// Gives an action to somebody else, or another due date.
pub fn change(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: IfMatch,
    change: Change,
) -> Result<Audited<VisibleAction>> {
    let locked = Locked::fetch(tx, Act::ChangeAction, id, if_match, Command::Change)?;
    locked.decide(tx, Command::Change)?;
    let mut present = locked.present();
    let (mut kinds, mut fields) = (Vec::new(), Vec::new());
    if change.owner_agency_id.is_some() || change.owner_user_id.is_some() {
        present.owner_agency_id = change.owner_agency_id.unwrap_or(present.owner_agency_id);
        present.owner_user_id = change.owner_user_id;
        let of = (locked.row.marac_id, locked.row.case_id);
        check_owner(tx, of, present.owner_agency_id, present.owner_user_id)?;
        telling::assigned(tx, of, id, present.owner_agency_id, present.owner_user_id)?;
        kinds.push(ActionEventKind::Reassigned);
        fields.push("owner");
    }
    if let Some(due_on) = change.due_on {
        rules::check_due(due_on, tx.today())?;
        present.due_on = due_on;
        kinds.push(ActionEventKind::Rescheduled);
        fields.push("due_on");
    }
    if kinds.is_empty() {
        let error = FieldError::new("", "nothing_to_change", "Give an owner or a due date.");
        return Err(Error::invalid(vec![error]));
    }
    let note = Note {
        reason: Some(change.reason),
        ..Note::default()
    };
    let today = tx.today();
    locked.write(tx, present, &kinds, today, &note, &fields)
}

/// Takes a report back: the action is open again.
pub fn reopen(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: IfMatch,
    reason: String,
) -> Result<Audited<VisibleAction>> {
    let locked = Locked::fetch(tx, Act::ChangeAction, id, if_match, Command::Reopen)?;
    let next = locked.decide(tx, Command::Reopen)?;
    let present = locked.after(next);
    let note = Note {
        reason: Some(reason),
        ..Note::default()
    };
    let today = tx.today();
    locked.write(tx, present, next.kind.as_slice(), today, &note, &["status"])
}

/// What the chair decides of an action.
pub struct Word {
    pub resolution: Resolution,
    pub reason: String,
    pub superseded_by: Option<Uuid>,
    pub due_on: Option<NaiveDate>,
}

/// The chair's word.
pub fn resolve(
    tx: &mut Tx<'_>,
    id: Uuid,
    if_match: IfMatch,
    word: Word,
) -> Result<Audited<VisibleAction>> {
    let Word {
        resolution,
        reason,
        superseded_by,
        due_on,
    } = word;
    let locked = Locked::fetch(
        tx,
        Act::ResolveAction,
        id,
        if_match,
        Command::Resolve(resolution),
    )?;
    let next = locked.decide(tx, Command::Resolve(resolution))?;
    if let Some(other) = superseded_by {
        let fits = resolution == Resolution::Supersede
            && other != id
            && facts_store::of_case(tx, locked.row.case_id, other)?;
        if !fits {
            return Err(Error::field(
                "/superseded_by",
                "unknown",
                "Name another action of the same case, and only to supersede.",
            ));
        }
    }
    let today = tx.today();
    rules::check_reset(resolution, due_on, today)?;
    let mut present = Present {
        status: next.status,
        resolved: next.resolved,
        superseded_by_id: superseded_by,
        ..locked.present()
    };
    let mut kinds: Vec<_> = next.kind.into_iter().collect();
    if let Some(due_on) = due_on {
        present.due_on = due_on;
        kinds.push(ActionEventKind::Rescheduled);
    }
    let note = Note {
        reason: Some(reason),
        ..Note::default()
    };
    locked.write(tx, present, &kinds, today, &note, &["status"])
}

/// An action in sight, locked, at the version the caller read.
pub(super) struct Locked {
    action: VisibleAction,
    pub row: ActionRow,
}

impl Locked {
    /// Whatever its version.
    pub fn of(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<Self> {
        let action = visibility::action_locked(tx, act, id)?;
        let row = store::row(tx, &action)?;
        Ok(Self { action, row })
    }

    /// Whether the caller may give the command comes before the version: who may not is not told
    /// that it is out of date.
    fn fetch(
        tx: &mut Tx<'_>,
        act: Act,
        id: Uuid,
        if_match: IfMatch,
        command: Command,
    ) -> Result<Self> {
        let action = visibility::action_locked(tx, act, id)?;
        rules::allow(command, standing(tx, &action))?;
        let row = store::row(tx, &action)?;
        if_match.check(row.version)?;
        Ok(Self { action, row })
    }

    pub fn decide(&self, tx: &Tx<'_>, command: Command) -> Result<rules::Next> {
        let by = standing(tx, &self.action);
        rules::decide(self.row.status, self.row.resolved, command, by)
    }

    fn present(&self) -> Present {
        Present {
            status: self.row.status,
            resolved: self.row.resolved,
            due_on: self.row.due_on,
            owner_agency_id: self.row.owner_agency_id,
            owner_user_id: self.row.owner_user_id,
            superseded_by_id: self.row.superseded_by_id,
        }
    }

    /// As it is after a decision that changes nothing but how it stands.
    pub fn after(&self, next: rules::Next) -> Present {
        Present {
            status: next.status,
            resolved: next.resolved,
            ..self.present()
        }
    }

    /// Writes it, what its history says, and tells old and new owner.
    pub fn write(
        self,
        tx: &mut Tx<'_>,
        present: Present,
        kinds: &[ActionEventKind],
        on: NaiveDate,
        note: &Note,
        fields: &[&'static str],
    ) -> Result<Audited<VisibleAction>> {
        let Self { action, row } = self;
        change_store::update(tx, &action, &present)?;
        for kind in kinds {
            let event = NewEvent {
                marac_id: row.marac_id,
                case_id: row.case_id,
                action_id: row.id,
                kind: *kind,
                status: present.status,
                due_on: present.due_on,
                owner_agency_id: present.owner_agency_id,
                effective_on: on,
                note: Some(note),
            };
            change_store::add_event(tx, action.key(), &event)?;
        }
        let agencies = vec![row.owner_agency_id, present.owner_agency_id];
        change_store::tell(tx, row.marac_id, row.case_id, row.id, agencies)?;
        let event = Event::of_case(&action).fields(fields.iter().copied());
        Ok(Audited::new(action, event))
    }
}
