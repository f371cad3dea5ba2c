//! Import of registers kept elsewhere: a folder with `referrals.csv`, and perhaps `meetings.csv` and
//! `actions.csv`, the way coordinators keep them in spreadsheets.
//!
//! Form and type are checked strictly and before anything is written: an error names row, column and
//! rule, never the value. Each file is written whole or not at all, and only if those it builds on
//! were (referrals, then meetings, then actions). What is imported is history: where practice asks
//! for something that the register does not say, that is a gap on the record, never an invented value.
//! Rows that are there already are known by the register's reference and left as they are, so an
//! import may be repeated.
//!
//! What a register leaves open and the record must have is fixed here: a meeting began at ten in the
//! morning, in one room; an action without a due date is due when the area's settings say; the owner
//! of an action is the area's agency of the kind.

mod cells;
mod check;
mod mapping;
mod person;
mod places;
mod report;
mod rows;
mod store;
mod table;
mod words;
mod write;
mod write_actions;
mod write_meetings;

use std::path::Path;

pub use mapping::Mapping;
pub use report::{AgencyReport, AreaReport, FileReport, Report, State};
pub use table::RowError;

use kernel::db::Db;
use kernel::error::Error;
use practice::risk::Tools;
use write::Register;

/// The tool whose letters `dash_answers` holds.
const TOOL: &str = "safelives_dash";

/// Why a register could not be read or written at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{file} cannot be read: {kind}")]
    Reading {
        /// Which.
        file: String,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// A file is no CSV.
    #[error("{0} cannot be read as CSV")]
    Csv(&'static str),
    /// The mapping is none.
    #[error(
        "the mapping cannot be used: it is a TOML file with a table [areas], \
         each area = \"CODE\" or area = {{ marac = \"CODE\", name = \"…\" }}; \
         a code is two to six capital letters and digits"
    )]
    Mapping,
    /// A file changed while it was read.
    #[error("{0} changed while it was read: nothing more was written")]
    Changed(&'static str),
    /// The database refused.
    #[error("the database refused; nothing of the file under way was written ({0})")]
    Work(#[from] Error),
}

impl ImportError {
    fn reading(file: &str, error: &std::io::Error) -> Self {
        Self::Reading {
            file: file.to_owned(),
            kind: error.kind(),
        }
    }

    fn csv(file: &'static str, error: &csv::Error) -> Self {
        match error.kind() {
            csv::ErrorKind::Io(error) => Self::reading(file, error),
            _ => Self::Csv(file),
        }
    }
}

/// Told how far it is.
pub trait Progress {
    /// Something begins, of so many rows if that is known.
    fn begin(&mut self, doing: &'static str, file: &'static str, rows: Option<u64>);
    /// So many rows more are done.
    fn advance(&mut self, rows: u64);
    /// It is done.
    fn end(&mut self);
}

/// Nobody watches.
impl Progress for () {
    fn begin(&mut self, _: &'static str, _: &'static str, _: Option<u64>) {}
    fn advance(&mut self, _: u64) {}
    fn end(&mut self) {}
}

/// Reads the register in a folder and, if `commit` is set, writes it; else the report says what would
/// be written, and nothing is.
pub fn register(
    db: &Db,
    tools: &Tools,
    folder: &Path,
    mapping: &Mapping,
    commit: bool,
    progress: &mut dyn Progress,
) -> Result<Report, ImportError> {
    let tool = tools
        .latest(TOOL)
        .ok_or(Error::Internal("the Dash is not among the risk tools"))?;
    let now = db.clock().now();
    let today = now.with_timezone(&chrono_tz::Europe::London).date_naive();
    let checked = check::check(folder, mapping, tool, today, progress)?;
    Register {
        folder,
        mapping,
        tools,
        tool,
        checked,
        places: Default::default(),
        progress,
    }
    .write(db, commit)
}
