//! `toldonce reports`: counts over every MARAC of the database.

use std::fmt::Write;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use kernel::audit::{Audited, Event};
use kernel::clock::Clock;
use kernel::policy::Act;
use toldonce::reports::{self, ActionCounts, ActionReport};

use super::database::Database;
use super::{Outcome, answer, keys, settings};

/// `reports …`
#[derive(Subcommand)]
pub enum Command {
    /// How actions stood on a day
    Actions(Actions),
}

/// Of which day.
#[derive(Args)]
pub struct Actions {
    /// The day; today if left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_at: Option<NaiveDate>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(command: Command) -> Outcome {
    let Command::Actions(which) = command;
    let config = settings()?;
    let keys = keys(&config)?;
    let clock = Clock::system();
    let database = Database::open(&config, &keys, &clock)?;
    let db = database.single(&clock, &keys)?;
    let report = db.run_system(Act::RunReport.ask(), |tx| {
        let as_at = which.as_at.unwrap_or_else(|| tx.today());
        let report = reports::actions(tx, as_at, None)?;
        Ok(Audited::new(report, Event::new()))
    });
    drop(db);
    database.stop()?;
    let report = report?;
    match which.json {
        true => answer(&format!("{}\n", serde_json::to_string_pretty(&report)?)),
        false => answer(&text(&report)?),
    }
}

fn text(report: &ActionReport) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    writeln!(out, "Actions as they stood on {}\n", report.as_at)?;
    writeln!(
        out,
        "{:24} {:>8} {:>8} {:>8} {:>10}",
        "", "total", "open", "overdue", "unresolved"
    )?;
    let mut line = |name: &str, counts: &ActionCounts| {
        writeln!(
            out,
            "{name:24} {:>8} {:>8} {:>8} {:>10}",
            counts.total, counts.open, counts.overdue, counts.unresolved
        )
    };
    line("all", &report.counts)?;
    for kind in &report.by_owner_kind {
        line(kind.kind.as_str(), &kind.counts)?;
    }
    Ok(out)
}
