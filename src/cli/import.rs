//! `toldonce import`: registers that were kept in spreadsheets.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::clock::Clock;
use toldonce::import::{self, Mapping, Progress};

use super::database::Database;
use super::{Failure, Outcome, answer, keys, settings, tools};

/// `import …`
#[derive(Subcommand)]
pub enum Command {
    /// Take over a MARAC register: referrals.csv, meetings.csv and actions.csv in a folder
    ///
    /// Every cell is checked before anything is written. An error names row (the heading is row 1),
    /// column and rule, never the value. A file with an error is not written at all, nor is what
    /// builds on it. What is there already stays as it is, so an import may be repeated.
    Register(Register),
}

/// Which register, and whether to write it.
#[derive(Args)]
pub struct Register {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    mode: Mode,
    /// TOML file that says which MARAC an area is: [areas] with AREA = "CODE", or
    /// AREA = { marac = "CODE", name = "Name" }; an area that is not in it is the MARAC of the same code
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Mode {
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write it
    #[arg(long)]
    commit: bool,
}

/// Does it.
pub fn run(command: Command) -> Outcome {
    let Command::Register(register) = command;
    let config = settings()?;
    let keys = keys(&config)?;
    let mapping = match &register.map {
        Some(path) => Mapping::read(path)?,
        None => Mapping::default(),
    };
    let tools = tools::load(config.risk_tools_dir.as_deref())?;
    let clock = Clock::system();
    let database = Database::open(&config, &keys, &clock)?;
    let db = database.single(&clock, &keys)?;
    let report = import::register(
        &db,
        &tools,
        &register.folder,
        &mapping,
        register.mode.commit,
        &mut Bar::default(),
    );
    drop(db);
    database.stop()?;
    let report = report?;
    match register.json {
        true => answer(&format!("{}\n", serde_json::to_string_pretty(&report)?))?,
        false => answer(&report.to_string())?,
    }
    match report.is_clean() {
        true => Ok(()),
        false => Err(Failure::new(
            "the register has errors; files that have some were not written.",
        )),
    }
}

/// A bar on standard error; on none where that is no terminal.
#[derive(Default)]
struct Bar(Option<ProgressBar>);

impl Progress for Bar {
    fn begin(&mut self, doing: &'static str, file: &'static str, rows: Option<u64>) {
        let shape = match rows {
            Some(_) => "{msg} {bar:40} {pos}/{len} {eta}",
            None => "{msg} {spinner} {pos}",
        };
        let bar = rows.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        // A bar without its shape is a bar all the same.
        if let Ok(style) = ProgressStyle::with_template(shape) {
            bar.set_style(style);
        }
        bar.set_message(format!("{doing} {file}"));
        self.0 = Some(bar);
    }

    fn advance(&mut self, rows: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(rows);
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}
