//! Cases whose list went out without whoever sent it seeing them.
//!
//! A coordinator who is shut out of a case circulates the meeting all the same, and must not learn of
//! the case by it. So what circulation does for a case in sight, the program does for the others, with
//! the same functions, within a minute.

use uuid::Uuid;

use super::agenda_store::is_out;
use super::{agenda, listing_store, store};
use directory::agencies::ListingStanding;
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::policy::Act;

/// Opens what no circulation has opened; answers how many cases. Safe to begin again: a case that is
/// open is not found, and each meeting is one transaction on its locked row.
pub fn open_unseen(db: &Db) -> Result<usize> {
    let mut found = Vec::new();
    // A look that shows nobody anything leaves no event.
    db.run_round(Act::OpenListings.ask(), |tx| {
        found = listing_store::with_unopened(tx)?;
        Ok(None::<Audited<()>>)
    })?;
    let mut opened = 0;
    for id in found {
        let ask = Act::OpenListings.on("meeting", id);
        opened += db.run_round(ask, |tx| open(tx, id))?.unwrap_or_default();
    }
    Ok(opened)
}

fn open(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Option<Audited<usize>>> {
    let locked = store::locked(tx, meeting_id)?;
    let Some(meeting) = locked.filter(|meeting| is_out(meeting.status)) else {
        return Ok(None);
    };
    let mut opened = Vec::new();
    for (item_id, case_id) in listing_store::unopened(tx, meeting_id)? {
        let listed = agenda::open(tx, &meeting, Some(item_id))?;
        if listed
            .iter()
            .any(|row| row.standing == ListingStanding::Live)
        {
            opened.push(case_id);
        }
    }
    if opened.is_empty() {
        return Ok(None);
    }
    // In no MARAC's audit: there it would tell whoever is shut out that there is something to see.
    let audited = Audited::new(opened.len(), Event::list(opened.len()));
    let audited = opened.into_iter().fold(audited, |audited, case_id| {
        let event = Event::new().on("meeting", meeting_id);
        audited.and(event.in_case(meeting.marac_id, case_id).fields(["circle"]))
    });
    Ok(Some(audited))
}
