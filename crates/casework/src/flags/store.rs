//! Rows of flags: lists, and one of them.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::{FlagStatus, Said};
use kernel::crypto::{DataKey, SealPlace};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::schema::flags;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::party::Identity;

/// A flag with what its reader gets: the case's code and the survivor's name, nothing else of the case.
#[derive(Row)]
pub struct FlagRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_code: String,
    pub marac_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub flag_status: FlagStatus,
    pub asked_on: NaiveDate,
    pub due_on: NaiveDate,
    pub expires_on: NaiveDate,
    pub confirmed_on: Option<NaiveDate>,
    pub confirmed_until: Option<NaiveDate>,
    /// Whether the caller speaks for the agency.
    pub owned: bool,
    pub version: i32,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    survivor_id: Option<Uuid>,
    survivor: Option<Vec<u8>>,
    said_id: Option<Uuid>,
    said: Option<Vec<u8>>,
}

/// What a flag's seals hold. Nothing, once its case's key is destroyed.
#[derive(Default)]
pub struct OpenedFlag {
    /// The survivor's name.
    pub survivor: Option<String>,
    /// What the agency last said.
    pub said: Option<Said>,
}

impl FlagRow {
    /// The key of its case.
    pub fn key(&self, tx: &Tx<'_>) -> Result<DataKey> {
        Ok(tx
            .keys
            .unwrap(self.case_id, &self.master_key_id, self.wrapped.as_deref())?)
    }

    /// Opens its seals.
    pub fn open(&self, tx: &Tx<'_>) -> Result<OpenedFlag> {
        if self.wrapped.is_none() {
            return Ok(OpenedFlag::default());
        }
        let key = self.key(tx)?;
        let survivor = match (self.survivor_id, &self.survivor) {
            (Some(id), Some(sealed)) => {
                let identity: Identity =
                    key.open_json(SealPlace::new("parties", "identity", id), sealed)?;
                identity.full_name()
            }
            _ => None,
        };
        let said = match (self.said_id, &self.said) {
            (Some(id), Some(sealed)) => {
                Some(key.open_json(SealPlace::new("flag_events", "sealed", id), sealed)?)
            }
            _ => None,
        };
        Ok(OpenedFlag { survivor, said })
    }
}

/// Whose flags a list is of.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// An agency's.
    Agency(Uuid),
    /// A MARAC's.
    Marac(Uuid),
}

/// Which flags.
pub struct Filter {
    pub scope: Scope,
    /// Only those that wait for an answer.
    pub due: bool,
    pub status: Option<FlagStatus>,
    /// Waiting for an answer since before this day.
    pub due_before: Option<NaiveDate>,
    pub marac_id: Option<Uuid>,
    pub after: Option<(NaiveDate, Uuid)>,
    pub limit: i64,
}

/// One page of what is in sight, by the day the answer is due.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<FlagRow>> {
    let (statement, scope) = match (filter.scope, filter.due) {
        (Scope::Agency(id), true) => (statement!("agency_due" => FlagRow), id),
        (Scope::Agency(id), false) => (statement!("agency_any" => FlagRow), id),
        (Scope::Marac(id), true) => (statement!("marac_due" => FlagRow), id),
        (Scope::Marac(id), false) => (statement!("marac_any" => FlagRow), id),
    };
    let before_all = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
    let (due_on, id) = filter.after.unwrap_or((before_all, Uuid::nil()));
    Ok(tx
        .sql(statement)
        .bind(scope)
        .bind(due_on)
        .bind(id)
        .bind(filter.due_before)
        .bind(filter.marac_id)
        .bind(filter.status.map(FlagStatus::as_str))
        .bind(filter.limit)
        .load(tx.conn)?)
}

/// The flags of a case: all of them, or the caller's agency's.
pub fn of_case(tx: &mut Tx<'_>, case: &VisibleCase, all: bool) -> Result<Vec<FlagRow>> {
    let agency = tx.actor.agency_id;
    Ok(tx
        .sql(statement!("of_case" => FlagRow))
        .bind(case.id)
        .bind(all)
        .bind(agency)
        .load(tx.conn)?)
}

/// A flag in sight.
pub fn one(tx: &mut Tx<'_>, id: Uuid) -> Result<FlagRow> {
    tx.sql(statement!("one" => FlagRow))
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// A flag that was in sight before its agency answered. One that is settled may have left it with the
/// answer: they still get what they have just said.
pub fn answered(tx: &mut Tx<'_>, before: &FlagRow) -> Result<FlagRow> {
    Ok(tx
        .sql(statement!("answered" => FlagRow))
        .bind(before.id)
        .get_result(tx.conn)?)
}

/// A flag in sight, locked until the transaction ends. Locked first, then read: so it is as it is now.
pub fn one_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<FlagRow> {
    let _held: Option<Uuid> = flags::table
        .find(id)
        .select(flags::id)
        .for_update()
        .locking(tx)?;
    one(tx, id)
}
