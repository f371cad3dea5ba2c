//! `toldonce audit`: is the record of who did what still what was sealed?

use std::path::{Path, PathBuf};

use clap::Subcommand;
use kernel::audit_chain as chain;
use kernel::audit_chain::adopt;
use kernel::audit_chain::verify::{self, Against, Broken, Verdict};
use kernel::clock::Clock;
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
    /// Vouch for what is sealed: heads from before they were signed, and a file of heads that was lost
    ///
    /// Refused if the chain is not whole or a signature is wrong. Run it once after an upgrade, after a
    /// restore, or for a further server that has no file yet, and only if you know why it is needed.
    Adopt {
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
        Command::Adopt { heads } => adopt(&config, heads),
        Command::Seal => seal(&config),
    }
}

/// Where heads are kept outside the database.
pub fn heads_of(config: &Config) -> PathBuf {
    config
        .audit_heads
        .clone()
        .unwrap_or_else(|| config.data_dir.join("audit-heads.log"))
}

fn verify(config: &Config, heads: Option<PathBuf>) -> Outcome {
    let keys = keys(config)?;
    let file = heads.unwrap_or_else(|| heads_of(config));
    let (mut conn, local) = database::owner(config)?;
    let verdict = verify::verify(
        &mut conn,
        Against {
            keys: &keys,
            file: Some(&file),
            now: Clock::system().now(),
        },
    )?;
    drop(conn);
    if let Some(local) = local {
        local.stop()?;
    }
    refuse(&verdict, &file)?;
    let Verdict { sealed, tail, .. } = verdict;
    answer(&match sealed {
        0 => format!("Nothing is sealed yet; {tail} rows are not yet sealed.\n"),
        _ => format!(
            "{sealed} rows hold (compared with {}); {tail} rows are not yet sealed.\n",
            file.display()
        ),
    })
}

fn refuse(verdict: &Verdict, file: &Path) -> Outcome {
    let Some(broken) = &verdict.broken else {
        return Ok(());
    };
    Err(Failure::new(format!(
        "the audit is not what was sealed: {}. {} rows before that hold; {} rows are not yet sealed.",
        describe(broken, &file.display().to_string()),
        verdict.sealed,
        verdict.tail
    )))
}

fn describe(broken: &Broken, file: &str) -> String {
    match broken {
        Broken::Changed(id) => format!("row {id}, or its place, was changed"),
        Broken::Missing(id) => format!("row {id} is gone"),
        Broken::Gap(seq) => format!("link {seq} of the chain is gone"),
        Broken::Added(id) => format!("row {id} was slipped in among sealed rows"),
        Broken::Time(id) => {
            format!("the time of row {id} lies far from the times of the rows around it")
        }
        Broken::Head(seq) => format!("the head at link {seq} does not agree"),
        Broken::Headless(seq) => format!("the links after link {seq} have no head"),
        Broken::Unsigned(seq) => format!(
            "the head at link {seq} is not signed. If it was sealed before heads were signed, run \
             `toldonce audit adopt` once"
        ),
        Broken::Forged(seq) => format!(
            "the head at link {seq} was not signed with these keys, or a head before it was changed \
             or taken out"
        ),
        Broken::UnknownKey(seq) => {
            format!("the key file lacks the master key that signed the head at link {seq}")
        }
        Broken::Adoption(seq) => {
            format!("the adoption of the head at link {seq} does not hold: it was not made with these keys, \
                     or the chain was changed after it")
        }
        Broken::NeverSealed => "nothing is sealed, although there are rows that a service would have \
             sealed long ago: the chain was taken away, or no service ever ran. If this installation \
             is new, run `toldonce audit seal`"
            .into(),
        Broken::FileMissing => format!("heads were sealed, and the file of heads {file} is missing"),
        Broken::FileEmpty => format!("the file of heads {file} is empty"),
        Broken::FileUnreadable => format!("the file of heads {file} cannot be read"),
        Broken::FileLine(line) => format!("line {line} of the file of heads {file} is no whole head"),
        Broken::FileLacks(seq) => format!("the file of heads {file} lacks the head at link {seq}"),
        Broken::FileOnly(seq) => format!(
            "the file of heads {file} has a head at link {seq} that the database does not have"
        ),
    }
}

fn adopt(config: &Config, heads: Option<PathBuf>) -> Outcome {
    let keys = keys(config)?;
    let file = heads.unwrap_or_else(|| heads_of(config));
    let clock = Clock::system();
    let database = Database::open(config, &keys, &clock)?;
    let (mut conn, local) = database::owner(config)?;
    let adopted = adopt::adopt(
        &database.single(&clock, &keys)?,
        &mut conn,
        Against {
            keys: &keys,
            file: Some(&file),
            now: clock.now(),
        },
    )?;
    drop(conn);
    if let Some(local) = local {
        local.stop()?;
    }
    database.stop()?;
    match adopted {
        Err(verdict) => refuse(&verdict, &file),
        Ok(done) => answer(&format!(
            "{} rows hold and are adopted: {} heads without a signature, {} rows with a time far from \
             those around them.\n{}",
            done.sealed,
            done.unsigned,
            done.astray,
            match done.file_anew {
                true => format!(
                    "{} was written anew; what was there is kept beside it.\n",
                    file.display()
                ),
                false => String::new(),
            }
        )),
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
