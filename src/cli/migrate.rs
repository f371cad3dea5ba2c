//! `toldonce migrate`: the owner's part of an installation or an upgrade. Safe to repeat.

use kernel::clock::Clock;
use secrecy::ExposeSecret;
use toldonce::install;

use super::{Outcome, answer, database, keys, settings};

/// Migrates, makes or renews the application's login if a password is given, and ties a new database
/// to its keys.
pub fn run() -> Outcome {
    let config = settings()?;
    let keys = keys(&config)?;
    let clock = Clock::system();
    if config.owner_url.is_none() && config.database_url.is_none() {
        let local = database::start(&config.data_dir, config.pool)?;
        database::Database::prepare(local, &keys, &clock, false)?.stop()?;
        return answer("The embedded database is up to date.\n");
    }
    let (mut conn, _) = database::owner(&config)?;
    install::migrate(&mut conn)?;
    if let Some(password) = &config.app_password {
        install::ensure_login(&mut conn, password.expose_secret())?;
    }
    install::claim(&mut conn, &keys, &clock, false)?;
    answer("The database is up to date.\n")
}
