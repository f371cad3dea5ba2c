//! What is overdue, and the steps taken because of it.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use uuid::Uuid;

use super::escalation::days;
use super::model::{ActionStatus, Escalation};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
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

/// The days of $2 to $6 are the latest due dates that are at each step, those of $7 the latest
/// reminder that is to be repeated. A row changed since by another server is judged again as it is
/// now, and one in another's hands is passed over: each step is taken once.
pub const OVERDUE: &str = "select a.id, a.marac_id, a.case_id, a.owner_agency_id, a.owner_user_id, \
     a.status, a.due_on, a.escalation, a.escalated_on, a.reminded_on \
     from unnest($1::uuid[], $2::date[], $3::date[], $4::date[], $5::date[], $6::date[], $7::date[]) \
       as m(id, owner, agency_lead, coordinator, chair, steering_group, reminded) \
     cross join lateral (select a.* from actions a where a.marac_id = m.id \
       and a.status in ('open', 'in_progress') and a.due_on <= m.owner \
       and (((a.escalated_on is null or a.escalated_on < $8) and a.due_on <= case a.escalation \
           when 'none' then m.owner when 'owner' then m.agency_lead \
           when 'agency_lead' then m.coordinator when 'coordinator' then m.chair \
           when 'chair' then m.steering_group end) \
         or a.reminded_on <= m.reminded) \
       order by a.due_on, a.id limit $9 for update skip locked) a limit $9";

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
        .sql(OVERDUE)
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
    tx.sql(
        "update actions a set escalation = coalesce(x.step, a.escalation), \
         escalated_on = case when x.step is null then a.escalated_on else $4 end, \
         reminders = a.reminders + x.reminded::int::smallint, \
         reminded_on = case when x.reminded then $4 else a.reminded_on end \
         from unnest($1::uuid[], $2::text[], $3::bool[]) as x(id, step, reminded) where a.id = x.id",
    )
    .bind(actions.clone())
    .bind(steps.clone())
    .bind(chased.iter().map(|one| one.reminded).collect::<Vec<_>>())
    .bind(today)
    .execute(tx.conn)?;
    tx.sql(
        "insert into action_escalations (id, marac_id, case_id, action_id, step, status, due_on, \
         owner_agency_id, taken_on, created_at) \
         select x.id, x.m, x.c, x.a, x.step, x.status, x.due_on, x.o, $9, $10 \
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], \
         $7::date[], $8::uuid[]) as x(id, m, c, a, step, status, due_on, o) where x.step is not null",
    )
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
    tx.sql(
        "insert into action_changes (action_id, marac_id, case_id, agency_id) \
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])",
    )
    .bind(actions)
    .bind(maracs)
    .bind(cases)
    .bind(owners)
    .execute(tx.conn)?;
    Ok(())
}

/// Counts once more what a meeting that was held has left undone (R29).
pub fn carry_over(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    tx.sql("select carry_over($1)")
        .bind(meeting_id)
        .execute(tx.conn)?;
    Ok(())
}
