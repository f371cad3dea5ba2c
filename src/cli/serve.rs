//! `toldonce serve`.

use std::net::TcpListener;

use kernel::clock::Clock;
use toldonce::install::InstallError;

use super::database::Database;
use super::server::{self, Plan};
use super::{Failure, Outcome, keys, settings_logging};

/// Checks everything before the first request is taken, then serves until it is told to stop.
pub fn run() -> Outcome {
    let config = settings_logging("info,actix_server=warn")?;
    let keys = keys(&config)?;
    if keys.is_demonstration() {
        return Err(InstallError::Demonstration("key file").into());
    }
    let listener = TcpListener::bind(config.listen).map_err(|error| {
        Failure::new(format!(
            "TOLDONCE_LISTEN: cannot listen on {}: {error}",
            config.listen
        ))
    })?;
    std::fs::create_dir_all(&config.data_dir)?;
    let clock = Clock::system();
    let database = Database::open(&config, &keys, &clock)?;
    let db = database.pool(&config, &clock, &keys)?;
    server::run(Plan {
        config,
        listener,
        keys,
        database,
        db,
        greeting: None,
    })
}
