//! What an import found and did: numbers, names of columns and rules, and the places it made. Nothing
//! of anybody.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::table::RowError;
use practice::vocabulary::AgencyKind;

/// Errors listed by file; the others are counted.
const LISTED: usize = 100;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The register has no such file.
    Absent,
    /// It has errors: nothing of it was written.
    Refused,
    /// A file it builds on was refused: nothing of it was written.
    HeldBack,
    /// It would be written.
    WouldBeWritten,
    /// It was written.
    Written,
}

/// One file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: &'static str,
    /// What became of it.
    pub state: State,
    /// Rows read, heading and empty rows left out.
    pub rows: u64,
    /// Rows that are new.
    pub new: u64,
    /// Rows that were there already.
    pub already_there: u64,
    /// Numbers of this file alone.
    pub counts: BTreeMap<&'static str, u64>,
    /// What practice asks for and the register does not say, by code: how many rows.
    pub gaps: BTreeMap<&'static str, u64>,
    /// Columns, counted from 1, that are not taken over.
    pub columns_not_taken: Vec<usize>,
    /// How many errors there are.
    pub errors_found: u64,
    /// The first of them.
    pub errors: Vec<RowError>,
}

impl FileReport {
    /// A file of which nothing is known yet.
    pub fn new(file: &'static str) -> Self {
        Self {
            file,
            state: State::Absent,
            rows: 0,
            new: 0,
            already_there: 0,
            counts: BTreeMap::new(),
            gaps: BTreeMap::new(),
            columns_not_taken: Vec::new(),
            errors_found: 0,
            errors: Vec::new(),
        }
    }

    /// Notes errors.
    pub fn refuse(&mut self, errors: impl IntoIterator<Item = RowError>) {
        for error in errors {
            self.errors_found += 1;
            if self.errors.len() < LISTED {
                self.errors.push(error);
            }
        }
    }

    /// Counts gaps.
    pub fn gaps(&mut self, gaps: &[&'static str]) {
        for gap in gaps {
            *self.gaps.entry(gap).or_default() += 1;
        }
    }

    /// Counts something of this file.
    pub fn count(&mut self, what: &'static str, more: u64) {
        *self.counts.entry(what).or_default() += more;
    }
}

/// An area of the register.
#[derive(Debug, Clone, Serialize)]
pub struct AreaReport {
    /// Its code in the register.
    pub area: String,
    /// The MARAC's code.
    pub marac: String,
    /// The MARAC was, or would be, made.
    pub made: bool,
}

/// An agency that was, or would be, made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AgencyReport {
    /// The MARAC's code.
    pub marac: String,
    /// Its kind.
    pub kind: AgencyKind,
    /// Its name.
    pub name: String,
}

/// The whole import.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// It was written; else this is what would be.
    pub committed: bool,
    /// Areas and their MARACs.
    pub areas: Vec<AreaReport>,
    /// Agencies made.
    pub agencies_made: Vec<AgencyReport>,
    /// The files.
    pub files: Vec<FileReport>,
}

impl Report {
    /// Whether every file was, or could be, written.
    pub fn is_clean(&self) -> bool {
        let stopped = |file: &FileReport| matches!(file.state, State::Refused | State::HeldBack);
        !self.files.iter().any(stopped)
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (made, new) = match self.committed {
            true => ("made", "written"),
            false => ("would be made", "would be written"),
        };
        if !self.committed {
            writeln!(f, "Nothing was written: this is what --commit would do.\n")?;
        }
        for area in &self.areas {
            let state = if area.made { made } else { "is there" };
            writeln!(f, "area {} -> MARAC {} ({state})", area.area, area.marac)?;
        }
        for agency in &self.agencies_made {
            let kind = agency.kind.as_str();
            writeln!(
                f,
                "agency {made} in {}: {} ({kind})",
                agency.marac, agency.name
            )?;
        }
        for file in &self.files {
            writeln!(f, "\n{}", file.file)?;
            let state = match file.state {
                State::Absent => "is not there",
                State::Refused => "has errors: nothing of it is written",
                State::HeldBack => "is held back: a file it builds on has errors",
                State::WouldBeWritten | State::Written => "",
            };
            if !state.is_empty() {
                writeln!(f, "  {state}")?;
            }
            if file.state == State::Absent {
                continue;
            }
            writeln!(f, "  {:>7} rows read", file.rows)?;
            if matches!(file.state, State::WouldBeWritten | State::Written) {
                writeln!(f, "  {:>7} {new}", file.new)?;
                writeln!(f, "  {:>7} there already", file.already_there)?;
            }
            for (what, count) in &file.counts {
                writeln!(f, "  {count:>7} {}", what.replace('_', " "))?;
            }
            for (gap, count) in &file.gaps {
                writeln!(f, "  {count:>7} gap {gap}")?;
            }
            if !file.columns_not_taken.is_empty() {
                let columns: Vec<_> = file
                    .columns_not_taken
                    .iter()
                    .map(usize::to_string)
                    .collect();
                writeln!(
                    f,
                    "  columns not taken over, counted from 1: {}",
                    columns.join(", ")
                )?;
            }
            for error in &file.errors {
                let RowError {
                    row,
                    column,
                    code,
                    message,
                } = error;
                writeln!(f, "  row {row}, {column}: {code}. {message}")?;
            }
            let unlisted = file.errors_found.saturating_sub(file.errors.len() as u64);
            if unlisted > 0 {
                writeln!(f, "  and {unlisted} errors more")?;
            }
        }
        Ok(())
    }
}
