//! Writing many actions at once, for imports.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ActionCategory, ActionPriority, ActionStatus, ActionTarget};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;

/// An action as a register has it.
pub struct ImportedAction {
    /// Id.
    pub id: Uuid,
    /// MARAC.
    pub marac_id: Uuid,
    /// Case.
    pub case_id: Uuid,
    /// The meeting at which it was agreed.
    pub meeting_id: Option<Uuid>,
    /// The owner.
    pub owner_agency_id: Uuid,
    /// Whom it is about.
    pub target: ActionTarget,
    /// What kind it is.
    pub category: ActionCategory,
    /// How soon it matters.
    pub priority: ActionPriority,
    /// The day of the meeting.
    pub agreed_on: NaiveDate,
    /// Due date.
    pub due_on: NaiveDate,
    /// How it stands in the register.
    pub status: ActionStatus,
    /// Since when; the day it was agreed where the register does not say.
    pub reported_on: Option<NaiveDate>,
    /// What the register leaves out, such as the reason for `not_done`.
    pub gaps: Vec<&'static str>,
    /// What is to be done, by [`super::seal`].
    pub sealed: Vec<u8>,
    /// The register's own reference, if it has one.
    pub external_ref: Option<String>,
}

/// Inserts the actions, then their history, then the changes that feeds are read from.
pub fn insert(tx: &mut Tx<'_>, rows: Vec<ImportedAction>, known_on: NaiveDate) -> Result<()> {
    let of = |f: fn(&ImportedAction) -> Uuid| rows.iter().map(f).collect::<Vec<_>>();
    let text = |f: fn(&ImportedAction) -> &'static str| rows.iter().map(f).collect::<Vec<_>>();
    let day = |f: fn(&ImportedAction) -> NaiveDate| rows.iter().map(f).collect::<Vec<_>>();
    let (ids, maracs, cases) = (of(|r| r.id), of(|r| r.marac_id), of(|r| r.case_id));
    let owners = of(|r| r.owner_agency_id);
    let (statuses, due) = (text(|r| r.status.as_str()), day(|r| r.due_on));
    tx.sql(statement!("import_actions"))
        .bind(ids.clone())
        .bind(maracs.clone())
        .bind(cases.clone())
        .bind(rows.iter().map(|r| r.meeting_id).collect::<Vec<_>>())
        .bind(owners.clone())
        .bind(text(|r| r.target.as_str()))
        .bind(text(|r| r.category.as_str()))
        .bind(text(|r| r.priority.as_str()))
        .bind(due.clone())
        .bind(day(|r| r.agreed_on))
        .bind(statuses.clone())
        .bind(rows.iter().map(|r| r.gaps.join(",")).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.sealed.clone()).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|r| r.external_ref.clone())
                .collect::<Vec<_>>(),
        )
        .bind(tx.now)
        .execute(tx.conn)?;

    // Ids rise with the order of what happened: an action is agreed before it is reported.
    let agreed: Vec<_> = rows.iter().map(|_| Uuid::now_v7()).collect();
    let reported: Vec<_> = rows.iter().map(|_| Uuid::now_v7()).collect();
    let agreed_on: Vec<_> = rows.iter().map(|r| r.agreed_on.min(known_on)).collect();
    let reported_on = rows
        .iter()
        .map(|r| r.reported_on.unwrap_or(r.agreed_on).min(known_on))
        .collect::<Vec<_>>();
    tx.sql(statement!("import_events"))
        .bind(ids.clone())
        .bind(maracs.clone())
        .bind(cases.clone())
        .bind(owners.clone())
        .bind(statuses.clone())
        .bind(due)
        .bind(agreed)
        .bind(reported)
        .bind(agreed_on)
        .bind(reported_on)
        .bind(tx.now)
        .execute(tx.conn)?;

    tx.sql(statement!("import_changes"))
        .bind(ids)
        .bind(maracs)
        .bind(cases)
        .bind(owners)
        .bind(statuses)
        .execute(tx.conn)?;
    Ok(())
}
