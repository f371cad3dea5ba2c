//! Actions that are done by something else than a report of theirs: a flag that is confirmed (R15).

use uuid::Uuid;

use super::commands::Locked;
use super::model::{Note, ReportedStatus};
use super::rules::Command;
use super::{standard_store, telling};
use kernel::audit::Event;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Act;

/// The entry of the catalogue by which every listed agency is to flag its records.
const FLAG_AND_TAG: &str = "flag_and_tag";

/// The agency's flag of the case is placed, as the caller, who may say so, has confirmed: so is done
/// what `flag_and_tag` asks of it, if that is outstanding. One that was reported or resolved stays as it
/// is. Gives what the audit says of it.
pub fn flag_placed(
    tx: &mut Tx<'_>,
    act: Act,
    (case_id, agency_id): (Uuid, Uuid),
) -> Result<Option<Event>> {
    let Some(id) = standard_store::outstanding(tx, case_id, agency_id, FLAG_AND_TAG)? else {
        return Ok(None);
    };
    let locked = Locked::of(tx, act, id)?;
    let next = locked.decide(tx, Command::Report(ReportedStatus::Completed))?;
    let note = Note {
        reason: Some("The flag was confirmed as placed.".to_owned()),
        overridden: next.overridden,
        ..Note::default()
    };
    telling::reported(tx, (locked.row.marac_id, case_id), id)?;
    let (today, present) = (tx.today(), locked.after(next));
    let fields: &[&'static str] = match next.overridden {
        true => &["status", "override"],
        false => &["status"],
    };
    let written = locked.write(tx, present, next.kind.as_slice(), today, &note, fields)?;
    let (_, events) = written.into_parts();
    let event = events.into_iter().next();
    Ok(event.map(|event| event.act(Act::ReportAction)))
}
