//! The account, told once: entries under fixed headings, versioned, never overwritten.

pub mod api;
mod record_store;
mod rules;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use api::EntryOut;
pub use record_store::{Telling, first_telling};
pub use rules::AccountReader;
pub use store::{EntryState, NewEntry, insert as add_entry, readable_under, standings};

use practice::vocabulary;

vocabulary! {
    /// The headings of the account.
    Heading {
        WhatHappened = "what_happened",
        WhoElseIsAffected = "who_else_is_affected",
        WhatIsFeared = "what_is_feared",
        WhatTheSurvivorWants = "what_the_survivor_wants",
        WhatHasBeenTried = "what_has_been_tried",
        WhatIsNeededNow = "what_is_needed_now",
        PracticalSafety = "practical_safety",
    }
}

vocabulary! {
    /// Who may read an entry: the author's agency; everybody whose lens shows the account; or
    /// coordinator, chair, the allocated IDVA, the case's lead and the author's agency.
    Sharing {
        AgencyPrivate = "agency_private",
        Marac = "marac",
        Restricted = "restricted",
    }
}

vocabulary! {
    /// How it was told.
    HowTold {
        InPerson = "in_person",
        Phone = "phone",
        Video = "video",
        Writing = "writing",
        ThroughAnother = "through_another",
        Unknown = "unknown",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
}
