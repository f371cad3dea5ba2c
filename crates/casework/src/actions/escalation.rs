//! Chasing what is overdue, up the ladder of its MARAC (R29). A job of the program: what it has done
//! stands on the action, so that it may be stopped anywhere, run twice, and run by many servers.

use chrono::{NaiveDate, TimeDelta};

use super::escalation_store::{self as store, Chased, Overdue};
use super::model::Escalation;
use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::policy::{Act, Role};
use practice::marac::ladder::ActionLadder;

/// Actions in one transaction.
const BATCH: i64 = 200;

/// Chases everything that is overdue today. Returns how many actions took a step or were reminded.
pub fn escalate(db: &Db) -> Result<usize> {
    db.run_rounds(Act::EscalateActions, escalate_some)
}

/// Some of it, in this transaction. Rows that another server has in hand are left to it.
pub fn escalate_some(tx: &mut Tx<'_>) -> Result<Option<Audited<usize>>> {
    let today = tx.today();
    let ladders: Vec<_> = maracs::all_settings(tx)?
        .into_iter()
        .map(|(id, settings)| (id, settings.action_ladder))
        .collect();
    let overdue = store::overdue(tx, &ladders, today, BATCH)?;
    let chased: Vec<Chased> = overdue
        .into_iter()
        .filter_map(|action| {
            let (_, ladder) = ladders.iter().find(|(id, _)| *id == action.marac_id)?;
            Some(chase(action, ladder, today)).filter(Chased::is_anything)
        })
        .collect();
    if chased.is_empty() {
        return Ok(None);
    }
    store::record(tx, &chased, today)?;
    let notices: Vec<_> = chased.iter().flat_map(notices).collect();
    notifications::tell(tx, &notices)?;
    Ok(Some(Audited::new(
        chased.len(),
        Event::list(chased.len()).fields(["escalation", "reminders"]),
    )))
}

fn chase(action: Overdue, ladder: &ActionLadder, today: NaiveDate) -> Chased {
    let fresh = action.escalated_on.is_none_or(|on| on < today);
    let step = next(ladder, action.escalation, action.due_on, today).filter(|_| fresh);
    // The first step tells the owner; from then on they are reminded in a rhythm of its own.
    let first = step == Some(Escalation::Owner);
    let reminded = first || reminder(ladder, action.reminded_on, today);
    Chased {
        action,
        step,
        reminded,
    }
}

/// Who is told: the owner when first told or reminded, and whoever the step goes to. The steering group
/// has its register; coordinator and chair, who bring it there, hear of what stands on it.
fn notices(chased: &Chased) -> Vec<Notice> {
    let action = &chased.action;
    let agency = To::Agency(action.owner_agency_id);
    let owner = [Some(agency), action.owner_user_id.map(To::User)];
    let goes_to = match chased.step {
        None | Some(Escalation::None | Escalation::Owner) => Vec::new(),
        Some(Escalation::AgencyLead) => vec![To::AgencyLead(action.owner_agency_id)],
        Some(Escalation::Coordinator) => vec![To::Role(Role::Coordinator)],
        Some(Escalation::Chair) => vec![To::Role(Role::Chair)],
        Some(Escalation::SteeringGroup) => {
            vec![To::Role(Role::Coordinator), To::Role(Role::Chair)]
        }
    };
    let of = |kind, to| Notice {
        kind,
        marac_id: action.marac_id,
        case_id: Some(action.case_id),
        subject: ("action", action.id),
        to,
    };
    let reminder = chased.reminded.then(|| {
        of(
            NoticeKind::ActionOverdue,
            owner.into_iter().flatten().collect(),
        )
    });
    let step = (!goes_to.is_empty()).then(|| of(NoticeKind::ActionEscalated, goes_to));
    reminder.into_iter().chain(step).collect()
}

/// Days past the due date from which an action is at a step.
pub fn days(ladder: &ActionLadder, step: Escalation) -> u16 {
    match step {
        Escalation::None => 0,
        Escalation::Owner => ladder.owner_days,
        Escalation::AgencyLead => ladder.agency_lead_days,
        Escalation::Coordinator => ladder.coordinator_days,
        Escalation::Chair => ladder.chair_days,
        Escalation::SteeringGroup => ladder.steering_group_days,
    }
}

/// The step after this one, if its day has come. One at a time: nobody is passed over.
pub fn next(
    ladder: &ActionLadder,
    at: Escalation,
    due_on: NaiveDate,
    today: NaiveDate,
) -> Option<Escalation> {
    let step = Escalation::ALL.iter().copied().find(|step| *step > at)?;
    ((today - due_on).num_days() >= i64::from(days(ladder, step))).then_some(step)
}

/// Whether the owner, reminded before, is to be reminded again.
pub fn reminder(ladder: &ActionLadder, reminded_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    let every = TimeDelta::days(ladder.remind_every_days.into());
    reminded_on.is_some_and(|on| today - on >= every)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
    }

    #[test]
    fn an_action_goes_up_the_ladder_a_step_at_a_time_when_the_day_has_come() {
        use Escalation as E;
        let ladder = ActionLadder {
            owner_days: 1,
            agency_lead_days: 3,
            coordinator_days: 5,
            chair_days: 8,
            steering_group_days: 13,
            remind_every_days: 7,
        };
        let table = [
            (E::None, 9, None),
            (E::None, 10, None),
            (E::None, 11, Some(E::Owner)),
            (E::None, 30, Some(E::Owner)),
            (E::Owner, 12, None),
            (E::Owner, 13, Some(E::AgencyLead)),
            (E::AgencyLead, 14, None),
            (E::AgencyLead, 15, Some(E::Coordinator)),
            (E::Coordinator, 17, None),
            (E::Coordinator, 18, Some(E::Chair)),
            (E::Chair, 22, None),
            (E::Chair, 23, Some(E::SteeringGroup)),
            (E::SteeringGroup, 31, None),
        ];
        for (at, today, expected) in table {
            let found = next(&ladder, at, day(10), day(today));
            assert_eq!(found, expected, "{at:?} on {today}");
        }
    }

    #[test]
    fn the_owner_is_reminded_in_a_rhythm_once_told() {
        let ladder = ActionLadder::default();
        for (reminded, today, expected) in [
            (None, 20, false),
            (Some(20), 20, false),
            (Some(20), 26, false),
            (Some(20), 27, true),
            (Some(1), 27, true),
        ] {
            assert_eq!(
                reminder(&ladder, reminded.map(day), day(today)),
                expected,
                "{reminded:?} on {today}"
            );
        }
    }
}
