//! A register's file as rows of named cells. Errors name row, column and rule, never a value.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use csv::{ByteRecord, Position, ReaderBuilder};
use serde::Serialize;

use super::ImportError;

/// Something wrong with a cell, a row or the heading. Holds nothing that stood in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The row as a spreadsheet numbers it: the heading is row 1.
    pub row: u64,
    /// The column's name.
    pub column: &'static str,
    /// Stable code of the rule.
    pub code: &'static str,
    /// What is asked for.
    pub message: &'static str,
}

/// Stands in [`RowError::column`] where the whole row is meant.
pub const WHOLE_ROW: &str = "(row)";

/// The columns a file may have.
pub struct Layout {
    /// The file's name.
    pub file: &'static str,
    /// Columns that must stand in the heading.
    pub required: &'static [&'static str],
    /// Columns that may.
    pub optional: &'static [&'static str],
}

/// An open file, its heading read.
pub struct Table {
    reader: csv::Reader<File>,
    places: BTreeMap<&'static str, usize>,
    width: usize,
    record: ByteRecord,
    row: u64,
    /// Columns, counted from 1, that are not taken over. Their names stay unsaid: in a file without
    /// a heading they would be somebody's data.
    pub ignored: Vec<usize>,
    /// What is wrong with the heading.
    pub faults: Vec<RowError>,
}

/// Where a row stands, to come back to it.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Its number.
    pub row: u64,
    position: Position,
}

/// A row's cells.
pub struct Row<'t> {
    /// Its number.
    pub number: u64,
    places: &'t BTreeMap<&'static str, usize>,
    record: &'t ByteRecord,
}

impl Table {
    /// Opens a file; `None` if it is not there.
    pub fn open(folder: &Path, layout: &Layout) -> Result<Option<Self>, ImportError> {
        let file = match File::open(folder.join(layout.file)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ImportError::reading(layout.file, &error)),
        };
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let heading = reader
            .byte_headers()
            .map_err(|error| ImportError::csv(layout.file, &error))?
            .clone();
        let mut table = Self {
            reader,
            places: BTreeMap::new(),
            width: heading.len(),
            record: ByteRecord::new(),
            row: 1,
            ignored: Vec::new(),
            faults: Vec::new(),
        };
        table.read_heading(&heading, layout);
        Ok(Some(table))
    }

    fn read_heading(&mut self, heading: &ByteRecord, layout: &Layout) {
        let known = || layout.required.iter().chain(layout.optional);
        for (at, name) in heading.iter().enumerate() {
            let name = name.trim_ascii();
            match known().find(|known| known.as_bytes() == name) {
                Some(known) => {
                    if self.places.insert(known, at).is_some() {
                        self.fault(known, "duplicate_column", "This column stands there twice.");
                    }
                }
                None => self.ignored.push(at + 1),
            }
        }
        for name in layout.required {
            if !self.places.contains_key(name) {
                self.fault(name, "missing_column", "This column is needed.");
            }
        }
    }

    fn fault(&mut self, column: &'static str, code: &'static str, message: &'static str) {
        self.faults.push(RowError {
            row: 1,
            column,
            code,
            message,
        });
    }

    /// The next row that is not empty; where it stands, and what is wrong with it as a whole.
    pub fn next_row(&mut self) -> Result<Option<(Mark, Vec<RowError>)>, csv::Error> {
        loop {
            if !self.reader.read_byte_record(&mut self.record)? {
                return Ok(None);
            }
            self.row += 1;
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                break;
            }
        }
        let mark = Mark {
            row: self.row,
            position: self
                .record
                .position()
                .cloned()
                .unwrap_or_else(Position::new),
        };
        let faults = self.row_faults();
        Ok(Some((mark, faults)))
    }

    fn row_faults(&self) -> Vec<RowError> {
        let fault = |column, code, message| RowError {
            row: self.row,
            column,
            code,
            message,
        };
        let mut faults = Vec::new();
        if self.record.len() != self.width {
            faults.push(fault(
                WHOLE_ROW,
                "wrong_number_of_cells",
                "This row has not as many cells as the heading. Is a quotation mark missing?",
            ));
        }
        let garbled = self.places.iter().filter(|(_, at)| {
            self.record
                .get(**at)
                .is_some_and(|cell| std::str::from_utf8(cell).is_err())
        });
        faults.extend(garbled.map(|(column, _)| {
            fault(
                column,
                "not_utf8",
                "This cell is not UTF-8. Save the file as CSV UTF-8.",
            )
        }));
        faults
    }

    /// Goes back, or on, to a row.
    pub fn go_to(&mut self, mark: &Mark) -> Result<bool, csv::Error> {
        self.reader.seek(mark.position.clone())?;
        self.row = mark.row;
        self.reader.read_byte_record(&mut self.record)
    }

    /// The row read last.
    pub fn row(&self) -> Row<'_> {
        Row {
            number: self.row,
            places: &self.places,
            record: &self.record,
        }
    }
}

impl Row<'_> {
    /// A cell without blanks around it; empty if the column is not there.
    pub fn cell(&self, column: &str) -> &str {
        let cell = self.places.get(column).and_then(|at| self.record.get(*at));
        cell.and_then(|cell| std::str::from_utf8(cell).ok())
            .unwrap_or_default()
            .trim()
    }
}
