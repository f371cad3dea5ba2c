//! Research: what each agency is asked about a case on a circulated list, and what it answers.
//!
//! A return has two parts. The agency's own never leaves it: its representatives and IDVAs in the
//! MARAC read it, and nobody else, not coordinator, not chair. The shareable part is read by
//! coordinator, chair and the allocated IDVA service at once, and by the other listed agencies from
//! the start of the meeting. "Nothing known" is an answer of its own.

mod api;
mod bulk_api;
mod bulk_store;
mod count_store;
mod item_api;
mod judge;
mod list_store;
mod model;
mod remind;
mod remind_store;
mod rules;
mod shapes;
mod store;

use chrono::NaiveDate;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use directory::maracs;
use directory::notifications::{self, NoticeKind};
use kernel::db::Tx;
use kernel::error::Result;

pub use model::{ResearchStanding, ResearchStatus};
pub use remind::remind;

/// The statement behind the work list: a test holds its plan.
#[doc(hidden)]
pub const WORK_LIST: &str = list_store::WORK_LIST;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    item_api::routes(config);
    bulk_api::routes(config);
}

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
