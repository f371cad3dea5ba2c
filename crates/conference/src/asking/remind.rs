//! Reminding agencies of returns that are due, and telling them of late ones.

use chrono::NaiveDate;
use uuid::Uuid;

use super::remind_store;
use super::rules;
use super::store::AskedOf;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::db::Db;
use kernel::error::Result;
use kernel::policy::Act;

/// Requests looked at in one transaction.
const BATCH: i64 = 200;

/// Tells the agency of a request; `GET /agenda-items/{id}/research` opens what is meant.
pub fn notice(kind: NoticeKind, asked: &AskedOf) -> Notice {
    Notice {
        kind,
        marac_id: asked.marac_id,
        case_id: Some(asked.case_id),
        subject: ("agenda_item", asked.agenda_item_id),
        to: vec![To::Agency(asked.agency_id)],
    }
}

/// Reminds agencies the day before a return is due, and tells them the day after that it is late: each
/// once for the day it is due by, however often and on however many servers this runs.
pub fn remind(db: &Db) -> Result<()> {
    let mut after = None;
    loop {
        let last = db.run_system(Act::KeepHouse.ask(), |tx| {
            let today = tx.today();
            let (from, to) = rules::reminded(today);
            let rows = remind_store::unanswered(tx, (from, to), after, BATCH)?;
            for days in rows.chunk_by(|one, other| one.due_on == other.due_on) {
                let Some(due_on) = days.first().map(|one| one.due_on) else {
                    continue;
                };
                let kind = match due_on < today {
                    true => NoticeKind::ResearchLate,
                    false => NoticeKind::ResearchDue,
                };
                let notices: Vec<_> = days.iter().map(|one| notice(kind, one)).collect();
                notifications::tell_once(tx, &format!("due {due_on}"), &notices)?;
            }
            let full = rows.len() == usize::try_from(BATCH).unwrap_or_default();
            let last: Option<(NaiveDate, Uuid)> =
                rows.last().filter(|_| full).map(|one| (one.due_on, one.id));
            Ok(Audited::new(last, Event::list(rows.len())))
        })?;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}
