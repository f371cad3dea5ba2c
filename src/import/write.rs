//! The second reading: what was checked is written, a transaction for each file.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use uuid::Uuid;

use super::check::{Checked, CheckedReferral};
use super::mapping::Mapping;
use super::places::Places;
use super::report::{FileReport, Report, State};
use super::rows::{self, REFERRALS, ReferralRow, Source};
use super::store::{self, ExistingReferral};
use super::table::{Layout, Table};
use super::{ImportError, Progress};
use conference::referrals::history::{Historic, import_history};
use kernel::audit::{Audited, Event};
use kernel::db::{Db, Tx};
use kernel::error::Error;
use kernel::policy::Act;
use practice::risk::{Tool, Tools};

/// References asked for in one statement.
const BATCH: usize = 1000;

/// A register that has been checked, on its way in.
pub struct Register<'a> {
    /// Where it lies.
    pub folder: &'a Path,
    /// Its areas' MARACs.
    pub mapping: &'a Mapping,
    /// The risk tools.
    pub tools: &'a Tools,
    /// The one it was kept with.
    pub tool: &'a Tool,
    /// What the first reading found.
    pub checked: Checked,
    /// Its MARACs and agencies.
    pub places: Places,
    /// Who watches.
    pub progress: &'a mut dyn Progress,
}

/// What a transaction came to; an error of ours beside that of the database.
type Work<T> = Result<T, ImportError>;

/// One file's part: what is to be recorded of it.
type Part<'a> = fn(&mut Register<'a>, &mut Tx<'_>) -> Work<Vec<Event>>;

impl<'a> Register<'a> {
    /// Writes every file that may be written, or tries it and takes it back.
    pub fn write(mut self, db: &Db, commit: bool) -> Work<Report> {
        let parts: [(Part<'a>, State); 3] = [
            (Self::write_referrals, self.checked.referrals.state),
            (Self::write_meetings, self.checked.meetings.state),
            (Self::write_actions, self.checked.actions.state),
        ];
        let parts = parts
            .into_iter()
            .filter(|(_, state)| *state == State::WouldBeWritten)
            .map(|(part, _)| part);
        if commit {
            for part in parts {
                transaction(db, true, |tx| part(&mut self, tx))?;
            }
        } else {
            let parts: Vec<_> = parts.collect();
            transaction(db, false, |tx| {
                for part in parts {
                    part(&mut self, tx)?;
                }
                Ok(Vec::new())
            })?;
        }
        let Checked {
            mut referrals,
            mut meetings,
            mut actions,
            ..
        } = self.checked;
        for file in [&mut referrals, &mut meetings, &mut actions] {
            if commit && file.state == State::WouldBeWritten {
                file.state = State::Written;
            }
        }
        let (areas, agencies_made) = self.places.into_report();
        Ok(Report {
            committed: commit,
            areas,
            agencies_made,
            files: vec![referrals, meetings, actions],
        })
    }

    /// A file again, of which the first reading found nothing wrong.
    pub(super) fn open(&self, layout: &Layout) -> Work<Table> {
        Table::open(self.folder, layout)?.ok_or(ImportError::Changed(layout.file))
    }

    pub(super) fn load_places(&mut self, tx: &mut Tx<'_>) -> Work<()> {
        let areas = &self.checked.areas;
        Ok(self.places.load(tx, self.mapping, areas)?)
    }

    pub(super) fn area(&self, entry: &CheckedReferral) -> Work<String> {
        let area = self.checked.areas.get(entry.area).cloned();
        Ok(area.ok_or(Error::Internal("a referral's area is lost"))?)
    }

    /// The register's referrals that are there, by reference. One of another agency in the same MARAC
    /// that has the same reference by chance is not meant, unless nobody else can have sent it.
    pub(super) fn known(&mut self, tx: &mut Tx<'_>) -> Work<HashMap<String, ExistingReferral>> {
        let maracs = self.places.ids();
        let references: Vec<String> = self.checked.entries.keys().cloned().collect();
        let mut known = HashMap::new();
        for batch in references.chunks(BATCH) {
            for found in store::referrals(tx, &maracs, batch.to_vec())? {
                let Some(entry) = self.checked.entries.get(&found.external_ref) else {
                    continue;
                };
                let area = self.area(entry)?;
                if self.places.of(&area)?.id != found.marac_id {
                    continue;
                }
                let same = match (found.imported, self.checked.sources.get(entry.source)) {
                    (true, _) => true,
                    (false, Some(source)) => {
                        self.places.referrer(tx, &area, source)? == found.agency_id
                    }
                    (false, None) => false,
                };
                if same {
                    known.insert(found.external_ref.clone(), found);
                }
            }
        }
        Ok(known)
    }

    fn write_referrals(&mut self, tx: &mut Tx<'_>) -> Work<Vec<Event>> {
        self.load_places(tx)?;
        let known = self.known(tx)?;
        // A repeat is one of what came before, so the order of days is the order of writing.
        let mut order: Vec<_> = self
            .checked
            .entries
            .iter()
            .map(|(reference, entry)| {
                (
                    entry.referred_on,
                    entry.mark.clone(),
                    known.contains_key(reference),
                )
            })
            .collect();
        order.sort_by_key(|(on, mark, _)| (*on, mark.row));
        let mut report =
            std::mem::replace(&mut self.checked.referrals, FileReport::new(REFERRALS.file));
        let mut table = self.open(&REFERRALS)?;
        let mut events = Vec::new();
        let mut pairs = HashSet::new();
        self.progress
            .begin("writing", REFERRALS.file, Some(order.len() as u64));
        for (_, mark, there) in order {
            self.progress.advance(1);
            if there {
                report.already_there += 1;
                continue;
            }
            let changed = || ImportError::Changed(REFERRALS.file);
            if !table
                .go_to(&mark)
                .map_err(|error| ImportError::csv(REFERRALS.file, &error))?
            {
                return Err(changed());
            }
            let row = rows::referral(table.row(), self.tool, tx.today()).map_err(|_| changed())?;
            if !self.checked.entries.contains_key(&row.reference) {
                return Err(changed());
            }
            events.push(self.write_referral(tx, &row, &mut report, &mut pairs)?);
        }
        self.progress.end();
        report.count("cases", pairs.len() as u64);
        self.checked.referrals = report;
        events.push(Event::new());
        Ok(events)
    }

    fn write_referral(
        &mut self,
        tx: &mut Tx<'_>,
        row: &ReferralRow,
        report: &mut FileReport,
        cases: &mut HashSet<Uuid>,
    ) -> Work<Event> {
        let source = &row.source;
        let agency_id = self.places.referrer(tx, &row.area, source)?;
        let co_agency_id = match &row.co_source {
            Some(source) => Some(self.places.referrer(tx, &row.area, source)?),
            None => None,
        };
        let place = self.places.of(&row.area)?;
        let unnamed = |source: &Source| source.name.is_none();
        let gaps = [
            (
                unnamed(source) || row.co_source.as_ref().is_some_and(unnamed),
                "R1_referring_agency",
            ),
            (row.document.assessment.is_some(), "assessed_on"),
            (row.meeting_on.is_none(), "meeting_on"),
        ];
        let historic = Historic {
            marac_id: place.id,
            marac_code: &place.code,
            settings: &place.settings,
            agency_id,
            co_agency_id: co_agency_id.filter(|id| *id != agency_id),
            external_ref: &row.reference,
            referred_on: row.referred_on,
            document: &row.document,
            gaps: gaps
                .into_iter()
                .filter_map(|(there, gap)| there.then_some(gap))
                .collect(),
        };
        let marac_id = place.id;
        let recorded = import_history(tx, self.tools, historic)?;
        report.new += 1;
        report.gaps(&recorded.gaps);
        report.count("joined_the_case_of_their_pair", u64::from(recorded.joined));
        report.count("repeats", u64::from(recorded.repeat));
        cases.insert(recorded.case_id);
        Ok(Event::new()
            .in_case(marac_id, recorded.case_id)
            .on("referral", recorded.referral_id))
    }
}

/// Everything in one transaction, or nothing; with `commit` unset, nothing whatever happens.
fn transaction(
    db: &Db,
    commit: bool,
    work: impl FnOnce(&mut Tx<'_>) -> Work<Vec<Event>>,
) -> Work<()> {
    let mut stopped = Ok(());
    let done = db.run_system(Act::ImportRegister.ask(), |tx| {
        let events = work(tx).unwrap_or_else(|error| {
            stopped = Err(error);
            Vec::new()
        });
        if stopped.is_err() || !commit {
            return Err(Error::conflict("taken_back"));
        }
        let done = Audited::new((), Event::list(events.len()));
        Ok(events.into_iter().fold(done, Audited::and))
    });
    stopped?;
    match done {
        Err(error) if commit => Err(error.into()),
        _ => Ok(()),
    }
}
