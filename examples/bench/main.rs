//! What `bench/run` needs of the product: a database filled with sealed cases, requests with valid
//! tokens, and the number of statements a request sends.

mod caseload;
mod coming;
mod copy;
mod count;
mod database;
mod document;
mod fixtures;
mod once;
mod world;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What can go wrong in a tool that runs beside the product.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where the database lies.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// Folder of the embedded database
    #[arg(long)]
    data: PathBuf,
    /// Key file; made if it is not there
    #[arg(long)]
    keys: PathBuf,
}

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill the database up to a number of cases
    Seed {
        #[command(flatten)]
        place: Place,
        /// How many cases there shall be
        #[arg(long)]
        cases: u32,
    },
    /// Print the environment by which `psql` and `pgbench` reach it as its owner
    Env {
        #[command(flatten)]
        place: Place,
    },
    /// Write the requests of every scenario, with tokens that hold for ten minutes
    Fixtures {
        #[command(flatten)]
        place: Place,
        /// Folder to write to
        #[arg(long)]
        out: PathBuf,
    },
    /// Print, as JSON, the statements and bytes of one request of every scenario
    Count {
        #[command(flatten)]
        place: Place,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Seed { place, cases } => caseload::seed(&place, cases),
        Command::Env { place } => database::env(&place),
        Command::Fixtures { place, out } => fixtures::write(&place, &out),
        Command::Count { place } => count::print(&place),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}
