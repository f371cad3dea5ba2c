//! What is overdue, and the steps taken because of it.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use uuid::Uuid;

use super::escalation::days;
use super::model::{ActionStatus, Escalation};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use practice::marac::ladder::ActionLadder;

/// An outstanding action for which the day of a step or of a reminder has come.
#[derive(Row)]
pub struct Overdue {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub owner_agency_id: Uuid,
    pub owner_user_id: Option<Uuid>,
    pub status: ActionStatus,
    pub due_on: NaiveDate,
    pub escalation: Escalation,
    pub escalated_on: Option<NaiveDate>,
    pub reminded_on: Option<NaiveDate>,
}

/// What is done about it.
pub struct Chased {
    pub action: Overdue,
    /// The step taken.
    pub step: Option<Escalation>,
    /// The owner is reminded.
    pub reminded: bool,
}

impl Chased {
    /// Whether anything is done at all.
    pub fn is_anything(&self) -> bool {
        self.step.is_some() || self.reminded
    }
}

/// Some of what is overdue, locked.
pub fn overdue(
    tx: &mut Tx<'_>,
    ladders: &[(Uuid, ActionLadder)],
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<Overdue>> {
    let before = |days: u16| {
        today
            .checked_sub_days(Days::new(days.into()))
            .unwrap_or(NaiveDate::MIN)
    };
    let at = |step| {
        let due = ladders.iter().map(|(_, ladder)| before(days(ladder, step)));
        due.collect::<Vec<_>>()
    };
    let reminded = ladders
        .iter()
        .map(|(_, ladder)| before(ladder.remind_every_days));
    Ok(tx
        .sql(statement!("overdue" => Overdue))
        .bind(ladders.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .bind(at(Escalation::Owner))
        .bind(at(Escalation::AgencyLead))
        .bind(at(Escalation::Coordinator))
        .bind(at(Escalation::Chair))
        .bind(at(Escalation::SteeringGroup))
        .bind(reminded.collect::<Vec<_>>())
        .bind(today)
        .bind(limit)
        .load(tx.conn)?)
}

/// Writes the steps on the actions, into their history, and tells the owners' feeds. The actions keep
/// their versions: nobody's words are overwritten by a step.
pub fn record(tx: &mut Tx<'_>, chased: &[Chased], today: NaiveDate) -> Result<()> {
    let ids = |of: fn(&Overdue) -> Uuid| chased.iter().map(|one| of(&one.action)).collect();
    let (actions, maracs, cases, owners): (Vec<Uuid>, Vec<Uuid>, Vec<Uuid>, Vec<Uuid>) = (
        ids(|action| action.id),
        ids(|action| action.marac_id),
        ids(|action| action.case_id),
        ids(|action| action.owner_agency_id),
    );
    let steps: Vec<Option<String>> = chased
        .iter()
        .map(|one| one.step.map(|step| step.as_str().to_owned()))
        .collect();
    tx.sql(statement!("chase"))
        .bind(actions.clone())
        .bind(steps.clone())
        .bind(chased.iter().map(|one| one.reminded).collect::<Vec<_>>())
        .bind(today)
        .execute(tx.conn)?;
    tx.sql(statement!("escalations"))
        .bind(chased.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(maracs.clone())
        .bind(cases.clone())
        .bind(actions.clone())
        .bind(steps)
        .bind(
            chased
                .iter()
                .map(|one| one.action.status.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            chased
                .iter()
                .map(|one| one.action.due_on)
                .collect::<Vec<_>>(),
        )
        .bind(owners.clone())
        .bind(today)
        .bind(tx.now)
        .execute(tx.conn)?;
    tx.sql(statement!("chased_changes"))
        .bind(actions)
        .bind(maracs)
        .bind(cases)
        .bind(owners)
        .execute(tx.conn)?;
    Ok(())
}

/// Counts once more what a meeting that was held has left undone (R29).
pub fn carry_over(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql(statement!("carry_over"))
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}
