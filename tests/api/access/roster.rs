//! Everybody who may send a request.

use super::stage::{Stage, Target};
use crate::support::Caller;

/// One of them.
pub struct Player<'a> {
    /// Their row.
    pub name: &'static str,
    /// Who sends the requests.
    pub caller: Caller<'a>,
    /// The targets, `Own` apart, that are in this one's sight.
    pub sees: &'static [Target],
    /// Holds a role in the other MARAC, or looks after all of them.
    pub beyond: bool,
}

/// The roster, in the order of the snapshot.
pub fn roster(stage: &Stage) -> Vec<Player<'_>> {
    let (app, w) = (&stage.app, &stage.world);
    let player = |name, caller| Player {
        name,
        caller,
        sees: &[],
        beyond: false,
    };
    let sees = |player, sees| Player { sees, ..player };
    let beyond = |player| Player {
        beyond: true,
        ..player
    };
    vec![
        player("practitioner, author", app.as_(&w.officer)),
        player("practitioner, colleague", app.as_(&w.other_officer)),
        sees(
            player("practitioner, named", app.as_(&stage.named)),
            &[Target::Restricted],
        ),
        player("idva, allocated", app.as_(&w.idva)),
        player("idva, not allocated", app.as_(&stage.other_idva)),
        beyond(player("representative, listed", app.as_(&w.housing_rep))),
        sees(
            player("representative, exempt senior", app.as_(&stage.senior)),
            &[Target::ExcludedAgency],
        ),
        player("representative, not listed", app.as_(&w.health_rep)),
        player("representative, author's agency", app.as_(&w.police_rep)),
        player("representative, share ended", app.as_(&stage.was_shared)),
        player(
            "representative, agency suspended",
            app.as_(&stage.suspended),
        ),
        player("agency lead", app.as_(&w.housing_lead)),
        player("coordinator", app.as_(&w.coordinator)),
        player("chair", app.as_(&w.chair)),
        player("observer", app.as_(&w.observer)),
        player("analyst", app.as_(&w.analyst)),
        player("auditor", app.as_(&w.auditor)),
        beyond(player("administrator", app.as_(&w.administrator))),
        beyond(sees(
            player("coordinator, other marac", app.as_(&w.kc_coordinator)),
            &[Target::Other],
        )),
        beyond(player(
            "client, for a person",
            app.as_client(&w.client, Some("h-17")),
        )),
        beyond(player(
            "client, for no person",
            app.as_client(&w.client, None),
        )),
        player(
            "client, may read cases only",
            app.as_client(&stage.reader, None),
        ),
        player(
            "client, for somebody unknown",
            app.as_client(&w.client, Some("nobody")),
        ),
        player("account disabled", app.as_(&stage.disabled)),
        player("anonymous", app.anonymous()),
    ]
}
