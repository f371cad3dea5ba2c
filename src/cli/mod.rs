//! The program's commands, a file each. What a command answers goes to standard output, what it has
//! to say beside it to standard error.

mod audit;
mod caretaker;
mod database;
#[cfg(feature = "demo")]
mod demo;
mod import;
mod keys;
mod metrics;
mod migrate;
mod openapi;
mod reports;
mod serve;
mod server;
mod tools;
mod user;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kernel::crypto::KeyRing;
use toldonce::config::Config;

/// A backend for MARACs: survivors tell their story once, every agency that needs it reads the same
/// account, and every agreed action is chased until it is done.
///
/// Settings are TOLDONCE_… variables; README.md lists them.
#[derive(Parser)]
#[command(name = "toldonce", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service
    Serve,
    /// Run the demonstration: its own keys, its own database, invented people
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Bring the database up to date, make the application's login, tie it to its keys
    Migrate,
    /// Print the OpenAPI document
    Openapi,
    /// Make and change the keys that personal data are sealed with
    #[command(subcommand)]
    Keys(keys::Command),
    /// Set up the first account, print links
    #[command(subcommand)]
    User(user::Command),
    /// Take over what was kept elsewhere
    #[command(subcommand)]
    Import(import::Command),
    /// Count
    #[command(subcommand)]
    Reports(reports::Command),
    /// Check and seal the record of who did what
    #[command(subcommand)]
    Audit(audit::Command),
}

/// Why a command ended without doing its work, in words for an operator.
pub struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What a command comes to.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Reads the arguments and does the work.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve => serve::run(),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args),
        Command::Migrate => migrate::run(),
        Command::Openapi => openapi::run(),
        Command::Keys(command) => keys::run(command),
        Command::User(command) => user::run(command),
        Command::Import(command) => import::run(command),
        Command::Reports(command) => reports::run(command),
        Command::Audit(command) => audit::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            // Standard error may be closed; there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "toldonce: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The settings of this process, with logging started: only what is wrong, unless more is asked for.
fn settings() -> Outcome<Config> {
    settings_logging("warn")
}

/// The same with another default for the log.
fn settings_logging(filter: &str) -> Outcome<Config> {
    let config = Config::load()?;
    kernel::telemetry::init(config.log_json, config.log.as_deref().unwrap_or(filter));
    Ok(config)
}

/// The keys that somebody made for this installation.
fn keys(config: &Config) -> Outcome<KeyRing> {
    let path = config.keys_file.as_deref().ok_or_else(|| {
        Failure::new(
            "TOLDONCE_KEYS_FILE is not set. Make keys once with `toldonce keys new --out FILE`, \
             keep a copy apart from the database, and name the file in TOLDONCE_KEYS_FILE.",
        )
    })?;
    Ok(KeyRing::load(path)?)
}

/// Writes a command's answer.
fn answer(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
