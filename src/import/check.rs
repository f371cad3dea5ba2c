//! The first reading of a register: form and type of every cell, before anything is written. Keeps of
//! each referral only what the other files refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use chrono::NaiveDate;

use super::mapping::Mapping;
use super::report::{FileReport, State};
use super::rows::{self, ACTIONS, MEETINGS, REFERRALS, Source};
use super::table::{Layout, Mark, Row, RowError, Table};
use super::{ImportError, Progress};
use practice::risk::Tool;

/// A referral, as the other files need it.
pub struct CheckedReferral {
    /// Its row.
    pub mark: Mark,
    /// Its area.
    pub area: usize,
    /// Its day.
    pub referred_on: NaiveDate,
    /// The meeting that was to hear it.
    pub meeting_on: Option<NaiveDate>,
    /// The number of its referrer in [`Checked::sources`].
    pub source: usize,
    /// It names children.
    pub has_children: bool,
}

/// A register that has been read once.
pub struct Checked {
    /// `referrals.csv`.
    pub referrals: FileReport,
    /// `meetings.csv`.
    pub meetings: FileReport,
    /// `actions.csv`.
    pub actions: FileReport,
    /// Areas.
    pub areas: Vec<String>,
    /// Area and referrer, each once.
    pub sources: Vec<Source>,
    /// Referrals by reference.
    pub entries: HashMap<String, CheckedReferral>,
    /// The latest day of which the register says that something happened.
    pub known_on: NaiveDate,
}

struct Reading<'a> {
    folder: &'a Path,
    mapping: &'a Mapping,
    today: NaiveDate,
    progress: &'a mut dyn Progress,
}

/// Reads the three files through.
pub fn check(
    folder: &Path,
    mapping: &Mapping,
    tool: &Tool,
    today: NaiveDate,
    progress: &mut dyn Progress,
) -> Result<Checked, ImportError> {
    let mut reading = Reading {
        folder,
        mapping,
        today,
        progress,
    };
    let mut checked = Checked {
        referrals: FileReport::new(REFERRALS.file),
        meetings: FileReport::new(MEETINGS.file),
        actions: FileReport::new(ACTIONS.file),
        areas: Vec::new(),
        sources: Vec::new(),
        entries: HashMap::new(),
        known_on: NaiveDate::MIN,
    };
    reading.referrals(&mut checked, tool)?;
    if checked.referrals.state == State::Absent {
        return Err(ImportError::Reading {
            file: REFERRALS.file.to_owned(),
            kind: std::io::ErrorKind::NotFound,
        });
    }
    reading.meetings(&mut checked)?;
    reading.actions(&mut checked)?;
    checked.known_on = checked.known_on.min(today);
    let mut stopped = false;
    for file in [
        &mut checked.referrals,
        &mut checked.meetings,
        &mut checked.actions,
    ] {
        file.state = match file.state {
            State::Absent => State::Absent,
            _ if file.errors_found > 0 => State::Refused,
            _ if stopped => State::HeldBack,
            _ => State::WouldBeWritten,
        };
        stopped |= file.state == State::Refused;
    }
    Ok(checked)
}

impl Reading<'_> {
    /// Reads every row of a file; `each` says what is wrong with it.
    fn file(
        &mut self,
        layout: &Layout,
        report: &mut FileReport,
        mut each: impl FnMut(&Self, &Mark, Row<'_>) -> Result<(), Vec<RowError>>,
    ) -> Result<(), ImportError> {
        let Some(mut table) = Table::open(self.folder, layout)? else {
            return Ok(());
        };
        report.state = State::WouldBeWritten;
        report.columns_not_taken = std::mem::take(&mut table.ignored);
        let faults = std::mem::take(&mut table.faults);
        let readable = faults.is_empty();
        report.refuse(faults);
        self.progress.begin("reading", layout.file, None);
        while let Some((mark, faults)) = table
            .next_row()
            .map_err(|error| ImportError::csv(layout.file, &error))?
        {
            report.rows += 1;
            self.progress.advance(1);
            if !readable {
                continue;
            }
            let read = match faults.is_empty() {
                true => each(self, &mark, table.row()),
                false => Err(faults),
            };
            report.refuse(read.err().unwrap_or_default());
        }
        self.progress.end();
        Ok(())
    }

    fn referrals(&mut self, checked: &mut Checked, tool: &Tool) -> Result<(), ImportError> {
        let Checked {
            referrals,
            areas,
            sources,
            entries,
            known_on,
            ..
        } = checked;
        let mut references = BTreeSet::new();
        let mut area_numbers = BTreeMap::new();
        let mut source_numbers = BTreeMap::new();
        self.file(&REFERRALS, referrals, |reading, mark, row| {
            let (number, reference) = (row.number, row.cell("ref").to_owned());
            let mut errors = Vec::new();
            if !reference.is_empty() && !references.insert(reference) {
                errors.push(duplicate(number, "ref"));
            }
            let read = match rows::referral(row, tool, reading.today) {
                Ok(read) => read,
                Err(more) => {
                    errors.extend(more);
                    return Err(errors);
                }
            };
            if reading.mapping.of(&read.area).is_none() {
                errors.push(no_marac(number));
            }
            if !errors.is_empty() {
                return Err(errors);
            }
            let area = *area_numbers.entry(read.area.clone()).or_insert_with(|| {
                areas.push(read.area.clone());
                areas.len() - 1
            });
            let source = *source_numbers
                .entry(read.source.clone())
                .or_insert_with(|| {
                    sources.push(read.source);
                    sources.len() - 1
                });
            *known_on = (*known_on).max(read.referred_on);
            let entry = CheckedReferral {
                mark: mark.clone(),
                area,
                referred_on: read.referred_on,
                meeting_on: read.meeting_on,
                source,
                has_children: !read.document.children.is_empty(),
            };
            entries.insert(read.reference, entry);
            Ok(())
        })
    }

    fn meetings(&mut self, checked: &mut Checked) -> Result<(), ImportError> {
        let mut seen = BTreeSet::new();
        let areas = &mut checked.areas;
        self.file(&MEETINGS, &mut checked.meetings, |reading, _, row| {
            let number = row.number;
            let read = rows::meeting(row, reading.today)?;
            if reading.mapping.of(&read.area).is_none() {
                return Err(vec![no_marac(number)]);
            }
            if !areas.contains(&read.area) {
                areas.push(read.area.clone());
            }
            match seen.insert((read.area, read.meeting_on)) {
                true => Ok(()),
                false => Err(vec![duplicate(number, "meeting_on")]),
            }
        })
    }

    fn actions(&mut self, checked: &mut Checked) -> Result<(), ImportError> {
        // Where a referral's row was refused, actions for it are not wrong for that.
        let all_known = checked.referrals.errors_found == 0;
        let (entries, known_on) = (&checked.entries, &mut checked.known_on);
        self.file(&ACTIONS, &mut checked.actions, |reading, _, row| {
            let number = row.number;
            let read = rows::action(row, reading.today)?;
            if all_known && !entries.contains_key(&read.reference) {
                return Err(vec![RowError {
                    row: number,
                    column: "ref",
                    code: "unknown_referral",
                    message: "referrals.csv has no row with this reference.",
                }]);
            }
            *known_on = (*known_on).max(read.reported_on.unwrap_or(NaiveDate::MIN));
            Ok(())
        })
    }
}

fn duplicate(row: u64, column: &'static str) -> RowError {
    RowError {
        row,
        column,
        code: "duplicate",
        message: "An earlier row has the same.",
    }
}

fn no_marac(row: u64) -> RowError {
    RowError {
        row,
        column: "area",
        code: "no_marac",
        message: "This is no MARAC's code: say in --map which MARAC the area is.",
    }
}
