//! The area conference: its calendar and its settings.

pub mod api;
mod rules;
mod store;

use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy;
use practice::marac::settings::MaracSettings;

pub use api::{NewMarac, routes};
pub use store::Marac;

/// The MARAC with this id.
pub fn find(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Marac> {
    store::find(tx, marac_id)?.ok_or_else(policy::hidden)
}

/// A MARAC's settings, and the version of the MARAC they were read at.
pub fn settings(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<(MaracSettings, i32)> {
    let marac = find(tx, marac_id)?;
    Ok((marac.settings()?, marac.version))
}

/// The same; no other transaction gets them so until this one ends: for what must be done in a MARAC
/// by one at a time.
pub fn settings_alone(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<MaracSettings> {
    let marac = store::find_alone(tx, marac_id)?.ok_or_else(policy::hidden)?;
    marac.settings()
}

/// Settings as they are stored.
pub fn stored_settings(stored: serde_json::Value) -> Result<MaracSettings> {
    store::read_settings(stored)
}

/// The settings of every MARAC that the caller works in, for jobs that look at all of them.
pub fn all_settings(tx: &mut Tx<'_>) -> Result<Vec<(Uuid, MaracSettings)>> {
    let maracs = store::list(tx, None, i64::MAX)?;
    let settings = maracs.iter().map(|marac| Ok((marac.id, marac.settings()?)));
    settings.collect()
}

/// Founds a MARAC. Its code may be taken: 422 `/code taken`.
pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewMarac) -> Result<()> {
    store::create(tx, id, new).map_err(|error| {
        error.on_constraint("maracs_code_key", || {
            Error::field("/code", "taken", "Another MARAC has this code.")
        })
    })
}
