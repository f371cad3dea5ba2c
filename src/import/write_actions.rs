//! Actions, with the history that reports are read from.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::ImportError;
use super::report::FileReport;
use super::rows::{self, ACTIONS, ActionRow};
use super::store::{self, ExistingReferral, Meeting};
use super::write::Register;
use casework::actions::{
    self, ActionCategory, ActionPriority, ActionStatus, ActionTarget, ImportedAction,
};
use kernel::audit::Event;
use kernel::crypto::KeyRing;
use kernel::db::Tx;
use kernel::error::Error;

/// Actions written in one statement.
const BATCH: usize = 1000;

/// What is there, and what has been seen of the file.
struct Ground {
    known: HashMap<String, ExistingReferral>,
    meetings: HashMap<(Uuid, NaiveDate), Meeting>,
    /// How many rows alike there were, by what identifies them.
    alike: HashMap<Vec<u8>, u32>,
    /// Actions written, by MARAC and case.
    cases: BTreeMap<(Uuid, Uuid), usize>,
}

/// A row with its reference.
type Pending = (ActionRow, String);

impl Register<'_> {
    pub(super) fn write_actions(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Event>, ImportError> {
        self.load_places(tx)?;
        let maracs = self.places.ids();
        let mut ground = Ground {
            known: self.known(tx)?,
            meetings: store::meetings(tx, &maracs)?,
            alike: HashMap::new(),
            cases: BTreeMap::new(),
        };
        let mut report =
            std::mem::replace(&mut self.checked.actions, FileReport::new(ACTIONS.file));
        let mut table = self.open(&ACTIONS)?;
        let mut pending = Vec::with_capacity(BATCH);
        self.progress
            .begin("writing", ACTIONS.file, Some(report.rows));
        while table
            .next_row()
            .map_err(|error| ImportError::csv(ACTIONS.file, &error))?
            .is_some()
        {
            let row = rows::action(table.row(), tx.today())
                .map_err(|_| ImportError::Changed(ACTIONS.file))?;
            let reference = reference(&tx.keys, &row, &mut ground.alike);
            pending.push((row, reference));
            if pending.len() == BATCH {
                self.write_batch(tx, &mut ground, &mut report, std::mem::take(&mut pending))?;
            }
        }
        self.write_batch(tx, &mut ground, &mut report, pending)?;
        self.progress.end();
        self.checked.actions = report;
        let events = ground.cases.into_iter().map(|((marac, case), actions)| {
            Event::new()
                .in_case(marac, case)
                .on("case", case)
                .fields(["actions"])
                .rows(actions)
        });
        Ok(events.collect())
    }

    fn write_batch(
        &mut self,
        tx: &mut Tx<'_>,
        ground: &mut Ground,
        report: &mut FileReport,
        pending: Vec<Pending>,
    ) -> Result<(), ImportError> {
        self.progress.advance(pending.len() as u64);
        let references = pending.iter().map(|(_, reference)| reference.clone());
        let there = store::actions(tx, &self.places.ids(), references.collect())?;
        let mut fresh = Vec::with_capacity(pending.len());
        for (row, reference) in pending {
            let known = ground
                .known
                .get(&row.reference)
                .cloned()
                .ok_or(ImportError::Changed(ACTIONS.file))?;
            match there.contains(&(known.marac_id, reference.clone())) {
                true => report.already_there += 1,
                false => fresh.push((row, reference, known)),
            }
        }
        let cases = fresh.iter().map(|(_, _, known)| known.case_id).collect();
        let keys = store::keys(tx, cases)?;
        let mut batch = Vec::with_capacity(fresh.len());
        for (row, reference, known) in fresh {
            let Some(key) = keys.get(&known.case_id) else {
                // What was destroyed by decision does not come back.
                report.count("of_cases_whose_content_was_destroyed", 1);
                continue;
            };
            let id = Uuid::now_v7();
            let sealed = actions::seal(key, id, &row.text)?;
            let meeting = ground.meetings.get(&(known.marac_id, row.meeting_on));
            let action = self.action(tx, &known, meeting, row, (id, sealed, reference))?;
            report.gaps(&action.gaps);
            report.new += 1;
            *ground
                .cases
                .entry((known.marac_id, known.case_id))
                .or_default() += 1;
            batch.push(action);
        }
        if !batch.is_empty() {
            actions::import_batch(tx, batch, self.checked.known_on)?;
        }
        Ok(())
    }

    fn action(
        &mut self,
        tx: &mut Tx<'_>,
        known: &ExistingReferral,
        meeting: Option<&Meeting>,
        row: ActionRow,
        (id, sealed, reference): (Uuid, Vec<u8>, String),
    ) -> Result<ImportedAction, ImportError> {
        let entry = self.checked.entries.get(&row.reference);
        let area = self.area(entry.ok_or(ImportError::Changed(ACTIONS.file))?)?;
        let (owner_agency_id, several) = self.places.of_kind(tx, &area, row.owner)?;
        let days = self
            .places
            .of(&area)?
            .settings
            .deadlines
            .action_default_days;
        let due_on = match row.due_on {
            Some(due_on) => due_on,
            None => row
                .meeting_on
                .checked_add_days(Days::new(days.into()))
                .ok_or(Error::Internal("a due date beyond the calendar"))?,
        };
        Ok(ImportedAction {
            id,
            marac_id: known.marac_id,
            case_id: known.case_id,
            meeting_id: meeting.map(|meeting| meeting.id),
            owner_agency_id,
            target: ActionTarget::Survivor,
            category: ActionCategory::Other,
            priority: ActionPriority::Normal,
            agreed_on: row.meeting_on,
            due_on,
            status: row.status,
            reported_on: row.reported_on,
            gaps: gaps(&row, meeting.is_some(), several),
            sealed,
            external_ref: Some(reference),
        })
    }
}

/// What the register does not say, or says against the rules.
fn gaps(row: &ActionRow, has_meeting: bool, several_owners: bool) -> Vec<&'static str> {
    let outstanding = row.status.is_outstanding();
    let found = [
        (true, "R26_owner"),
        (several_owners, "R26_owner_one_of_several"),
        (row.due_on.is_none(), "R26_due_on"),
        (
            row.due_on.is_some_and(|due_on| due_on < row.meeting_on),
            "R26_due_before_meeting",
        ),
        (!outstanding && row.reported_on.is_none(), "R27_reported_on"),
        (
            row.reported_on.is_some_and(|on| on < row.meeting_on),
            "R27_reported_before_meeting",
        ),
        (
            row.status == ActionStatus::Open && row.reported_on.is_some(),
            "R27_reported_without_status",
        ),
        (row.status.needs_the_chair(), "R28_reason"),
        (!has_meeting, "meeting"),
        (true, "target"),
    ];
    found
        .into_iter()
        .filter_map(|(there, gap)| there.then_some(gap))
        .collect()
}

/// An action's reference: the referral's, and a keyed hash of what the register says of it that does
/// not change; rows that are wholly alike are counted. It stays when the status moves on.
fn reference(keys: &KeyRing, row: &ActionRow, alike: &mut HashMap<Vec<u8>, u32>) -> String {
    let day = row.meeting_on.to_string();
    let parts = [row.reference.as_str(), &day, row.owner.as_str(), &row.text];
    let count = alike
        .entry(keys.index("register action", &parts))
        .or_default();
    *count += 1;
    let [reference, day, owner, text] = parts;
    let count = count.to_string();
    let hash = keys.index("register action", &[reference, day, owner, text, &count]);
    let digits: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{reference}/{digits}")
}
