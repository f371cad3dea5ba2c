//! What passes twelve months: a job of the program. It finds and tells; deciding is left to people.
//! Notices are unique by case and day, and flags are changed as they are locked, so that it may be
//! stopped anywhere, run twice, and run by many servers.

use super::lapse_store::{self as store, Noticed};
use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::policy::{Act, Role};

/// Rows in one transaction.
const BATCH: i64 = 200;

/// Makes the notices for what has passed its last day, and has the flags removed of what was closed
/// before. Returns how many cases and flags that were.
pub fn find_lapsing(db: &Db) -> Result<usize> {
    db.run_rounds(Act::FindLapsing, find_lapsing_some)
}

/// Some of it, in this transaction.
pub fn find_lapsing_some(tx: &mut Tx<'_>) -> Result<Option<Audited<usize>>> {
    let today = tx.today();
    let passed = store::passed(tx, today, BATCH)?;
    let noticed = store::notice(tx, &passed)?;
    let mut notices: Vec<_> = noticed.iter().map(lapsing).collect();
    let over = store::flags_of_the_closed(tx, today, BATCH)?;
    if noticed.is_empty() && over.is_empty() {
        return Ok(None);
    }
    let mut due = Vec::new();
    if !over.is_empty() {
        let settings = maracs::all_settings(tx)?;
        for flag in &over {
            let of = settings.iter().find(|(id, _)| *id == flag.marac_id);
            due.push(of.map_or(today, |(_, settings)| super::due(settings, today)));
        }
        store::ask_removal(tx, &over, due)?;
        notices.extend(
            over.iter()
                .map(|flag| super::flag_due(flag.marac_id, flag.case_id, flag.id, flag.agency_id)),
        );
    }
    notifications::tell(tx, &notices)?;
    let rows = noticed.len() + over.len();
    Ok(Some(Audited::new(
        rows,
        Event::list(rows).fields(["lapse"]),
    )))
}

/// Those who decide are told that somebody must.
fn lapsing(case: &Noticed) -> Notice {
    Notice {
        kind: NoticeKind::CaseLapsing,
        marac_id: case.marac_id,
        case_id: Some(case.case_id),
        subject: ("case", case.case_id),
        to: vec![To::Role(Role::Coordinator), To::Role(Role::Chair)],
    }
}
