//! `toldonce audit`: is the record of who did what still what was sealed?

use std::path::PathBuf;

use clap::Subcommand;
use toldonce::audit::chain::{self, Broken, Verdict};
use toldonce::clock::Clock;
use toldonce::config::Config;

use super::database::{self, Database};
use super::{Failure, Outcome, answer, keys, settings};

/// `audit …`
#[derive(Subcommand)]
pub enum Command {
    /// Walk the whole chain; ends with 1 and names the row if something is not as it was sealed
    Verify {
        /// The file of heads kept outside the database
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Seal the tail now, as the service does every second
    Seal,
}

/// Does it.
pub fn run(command: Command) -> Outcome {
    let config = settings()?;
    match command {
        Command::Verify { heads } => verify(&config, heads),
        Command::Seal => seal(&config),
    }
}

fn heads_of(config: &Config) -> PathBuf {
    config
        .audit_heads
        .clone()
        .unwrap_or_else(|| config.data_dir.join("audit-heads.log"))
}

fn verify(config: &Config, heads: Option<PathBuf>) -> Outcome {
    if let Some(path) = heads.as_ref().filter(|path| !path.exists()) {
        return Err(Failure::new(format!("{} is not there", path.display())));
    }
    let heads = heads.unwrap_or_else(|| heads_of(config));
    let (mut conn, local) = database::owner(config)?;
    let verdict = chain::verify(&mut conn, Some(&heads))?;
    drop(conn);
    if let Some(local) = local {
        local.stop()?;
    }
    let Verdict {
        sealed,
        tail,
        broken,
    } = verdict;
    if let Some(broken) = broken {
        return Err(Failure::new(format!(
            "the audit is not what was sealed: {}. {sealed} rows before that hold; {tail} rows are \
             not yet sealed.",
            describe(&broken)
        )));
    }
    let compared = match heads.exists() {
        true => format!("compared with {}", heads.display()),
        false => format!("no file of heads at {} to compare with", heads.display()),
    };
    answer(&format!(
        "{sealed} rows hold ({compared}); {tail} rows are not yet sealed.\n"
    ))
}

fn describe(broken: &Broken) -> String {
    match broken {
        Broken::Changed(id) => format!("row {id}, or its place, was changed"),
        Broken::Missing(id) => format!("row {id} is gone"),
        Broken::Gap(seq) => format!("link {seq} of the chain is gone"),
        Broken::Added(id) => format!("row {id} was slipped in among sealed rows"),
        Broken::Head(seq) => format!("the head at link {seq} does not agree"),
    }
}

fn seal(config: &Config) -> Outcome {
    let keys = keys(config)?;
    let clock = Clock::system();
    let database = Database::open(config, &keys, &clock)?;
    let db = database.single(&clock, &keys)?;
    let heads = heads_of(config);
    let mut sealed = 0;
    loop {
        match chain::seal(&db, Some(&heads))? {
            0 => break,
            rows => sealed += rows,
        }
    }
    drop(db);
    database.stop()?;
    answer(&format!("{sealed} rows sealed.\n"))
}
