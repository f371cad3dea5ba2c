//! Asking agencies for research: the requests for a meeting's cases, and the reminders of them.

mod remind;
mod remind_store;
mod rules;
mod store;

use chrono::NaiveDate;
use uuid::Uuid;

use directory::maracs;
use directory::notifications::{self, NoticeKind};
use kernel::db::Tx;
use kernel::error::Result;

pub use remind::remind;

/// A meeting whose list is out.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// The meeting.
    pub meeting_id: Uuid,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// Its day, where it is held.
    pub on: NaiveDate,
}

/// Asks these agencies for their returns on these cases (case, agency) of the meeting. Who is asked
/// already is not asked again; whose request was withdrawn is. Nobody is asked about a case that is
/// only noted, nor an agency that the case is closed to.
pub fn ask(tx: &mut Tx<'_>, meeting: Asking, opened: &[(Uuid, Uuid)]) -> Result<()> {
    if opened.is_empty() {
        return Ok(());
    }
    let due_on = due_on(tx, meeting)?;
    let asked = store::ask(tx, meeting.meeting_id, due_on, opened)?;
    let notices: Vec<_> = asked
        .iter()
        .filter(|one| one.answered_on.is_none())
        .map(|one| remind::notice(NoticeKind::ResearchDue, one))
        .collect();
    notifications::tell(tx, &notices)
}

/// The meeting was moved: what is still asked is due by its new day.
pub fn moved(tx: &mut Tx<'_>, meeting: Asking) -> Result<()> {
    let due_on = due_on(tx, meeting)?;
    store::set_due(tx, meeting.meeting_id, due_on)
}

fn due_on(tx: &mut Tx<'_>, meeting: Asking) -> Result<NaiveDate> {
    let (settings, _) = maracs::settings(tx, meeting.marac_id)?;
    Ok(rules::due_on(&settings, meeting.on, tx.today()))
}

/// The meeting has begun: from here on what agencies add is said there.
pub fn close(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    store::close(tx, meeting_id)
}

/// A case came off a list, or agencies off the case: nothing is asked any more but of those in `keep`.
pub fn withdraw(tx: &mut Tx<'_>, item_id: Uuid, keep: &[Uuid]) -> Result<()> {
    store::withdraw(tx, item_id, keep)
}

/// A meeting will not take place: nothing is asked for it any more.
pub fn withdraw_all(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<()> {
    store::withdraw_all(tx, meeting_id)
}
