//! Which cases and which actions are in sight: the only spelling of the rule.
//!
//! `visible_cases!` and `visible_actions!` are SQL for one table alias each. List, count, fetch, lock
//! and every child table use them. Their parameters (`$maracs` …) are filled in by `Db::run` from the
//! live actor, so no caller can pass them somebody else. Exclusion is the first conjunct of both.
//!
//! [`VisibleCase`] and [`VisibleAction`] are proof that the rule held; they are made here alone.

mod fragments;
mod in_sight;

pub use in_sight::{InSight, visible_actions, visible_cases};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit::InCase;
use crate::crypto::DataKey;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::policy::lens::{Basis, Lens, Standing};
use crate::policy::{Act, Role, hidden, may_in};
use crate::sql::{Row, statement};

/// A case the caller may see, with its key and the lens they see it through.
pub struct VisibleCase {
    /// Id.
    pub id: Uuid,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// The row.
    pub row: CaseRow,
    /// What of it the caller gets.
    pub lens: Lens,
    /// Why it is in sight.
    pub standings: Vec<Standing>,
    key: DataKey,
}

impl InCase for VisibleCase {
    fn marac_id(&self) -> Uuid {
        self.marac_id
    }

    fn case_id(&self) -> Uuid {
        self.id
    }
}

impl VisibleCase {
    /// Seals and opens what belongs to this case.
    pub fn key(&self) -> &DataKey {
        &self.key
    }

    /// Whether the caller's circle has this basis.
    pub fn has_basis(&self, wanted: Basis) -> bool {
        self.standings
            .iter()
            .any(|s| matches!(s, Standing::Circle { basis, .. } if *basis == wanted))
    }
}

/// The plain columns of a case.
#[derive(Debug, Clone, Row)]
pub struct CaseRow {
    /// Random code with a check character.
    pub code: String,
    /// Life cycle.
    pub status: practice::vocabulary::CaseStatus,
    /// When it was opened by an accepted referral.
    pub opened_at: Option<DateTime<Utc>>,
    /// The 12 months run from here (R14).
    pub last_referral_on: Option<NaiveDate>,
    /// When flags lapse (R14).
    pub lapses_on: Option<NaiveDate>,
    /// Criteria met; a later referral or assessment takes none away (R4).
    pub criteria: Vec<String>,
    /// Children in the household.
    pub has_children: bool,
    /// The lead: a person.
    pub lead_user_id: Option<Uuid>,
    /// The lead's agency.
    pub lead_agency_id: Option<Uuid>,
    /// Open to named people only.
    pub restricted: bool,
    /// Version of the row.
    pub version: i32,
}

#[derive(Row)]
struct Found {
    id: Uuid,
    marac_id: Uuid,
    #[row(embed)]
    case: CaseRow,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    bases: Vec<Basis>,
    full_at: Vec<DateTime<Utc>>,
}

/// The case, if it is in sight and the caller may do this in its MARAC.
pub fn case(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleCase> {
    let found = tx
        .sql(statement!("case" => Found))
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    fetch(tx, act, found)
}

/// A case that the caller contributed to, as far as they still see it. Once it is out of their sight, they
/// get nothing of it but the key to their own contribution (domain 6.2): the lens is empty.
pub fn case_contributed_to(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleCase> {
    match case(tx, act, id) {
        Err(error) if error.code() == crate::error::Code::NotFound => {
            let found = tx
                .sql(statement!("case_contributed_to" => Found))
                .bind(id)
                .get_result(tx.conn)
                .optional()?;
            let mut own = fetch(tx, act, found)?;
            own.standings.clear();
            own.lens = Lens::default();
            Ok(own)
        }
        other => other,
    }
}

/// The same, locked until the transaction ends: for everything that decides on its state.
pub fn case_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleCase> {
    let found = tx
        .sql(statement!("case_locked" => Found))
        .bind(id)
        .locking(tx)?;
    // It may have gone into another case while this waited: its key was read before that.
    let found = found.filter(|found| found.case.status != practice::vocabulary::CaseStatus::Joined);
    fetch(tx, act, found)
}

fn fetch(tx: &mut Tx<'_>, act: Act, found: Option<Found>) -> Result<VisibleCase> {
    let found = found.ok_or_else(hidden)?;
    may_in(&tx.actor, act, found.marac_id)?;
    let key = tx
        .keys
        .unwrap(found.id, &found.master_key_id, found.wrapped.as_deref())?;
    let standings = standings(tx, found.marac_id, &found.bases, &found.full_at);
    Ok(VisibleCase {
        id: found.id,
        marac_id: found.marac_id,
        lens: Lens::of(&standings, tx.now),
        standings,
        row: found.case,
        key,
    })
}

/// The lens of the caller on a case of this MARAC, from the arrays of `standings_of!`.
pub fn lens_of(tx: &Tx<'_>, marac: Uuid, bases: &[Basis], full_at: &[DateTime<Utc>]) -> Lens {
    Lens::of(&standings(tx, marac, bases, full_at), tx.now)
}

fn standings(
    tx: &Tx<'_>,
    marac: Uuid,
    bases: &[Basis],
    full_at: &[DateTime<Utc>],
) -> Vec<Standing> {
    let system = tx.actor.principal == crate::policy::Principal::System;
    let coordinator = system || tx.actor.holds(marac, &[Role::Coordinator]);
    let staff = [
        coordinator.then_some(Standing::Coordinator),
        tx.actor
            .holds(marac, &[Role::Chair])
            .then_some(Standing::Chair),
    ];
    let circle = bases
        .iter()
        .zip(full_at)
        .map(|(basis, full_at)| Standing::Circle {
            basis: *basis,
            full_at: *full_at,
        });
    staff.into_iter().flatten().chain(circle).collect()
}

/// An action the caller may see, with its case's key.
pub struct VisibleAction {
    /// Id.
    pub id: Uuid,
    /// Its case.
    pub case_id: Uuid,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// The owner.
    pub owner_agency_id: Uuid,
    /// Whether the caller speaks for the owner.
    pub owned: bool,
    /// Whether the whole case is in the caller's sight, or the action alone.
    pub case_visible: bool,
    key: DataKey,
}

impl InCase for VisibleAction {
    fn marac_id(&self) -> Uuid {
        self.marac_id
    }

    fn case_id(&self) -> Uuid {
        self.case_id
    }

    fn subject(&self) -> Option<(&'static str, Uuid)> {
        Some(("action", self.id))
    }
}

impl VisibleAction {
    /// Seals and opens what belongs to its case.
    pub fn key(&self) -> &DataKey {
        &self.key
    }
}

#[derive(Row)]
struct FoundAction {
    id: Uuid,
    case_id: Uuid,
    marac_id: Uuid,
    owner_agency_id: Uuid,
    owned: bool,
    case_visible: bool,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
}

/// The action, if it is in sight and the caller may do this in its MARAC.
pub fn action(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleAction> {
    let found = tx
        .sql(statement!("action" => FoundAction))
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    fetch_action(tx, act, found)
}

/// The same, locked until the transaction ends.
pub fn action_locked(tx: &mut Tx<'_>, act: Act, id: Uuid) -> Result<VisibleAction> {
    let found = tx
        .sql(statement!("action_locked" => FoundAction))
        .bind(id)
        .locking(tx)?;
    fetch_action(tx, act, found)
}

fn fetch_action(tx: &mut Tx<'_>, act: Act, found: Option<FoundAction>) -> Result<VisibleAction> {
    let found = found.ok_or_else(hidden)?;
    may_in(&tx.actor, act, found.marac_id)?;
    let key = tx.keys.unwrap(
        found.case_id,
        &found.master_key_id,
        found.wrapped.as_deref(),
    )?;
    Ok(VisibleAction {
        id: found.id,
        case_id: found.case_id,
        marac_id: found.marac_id,
        owner_agency_id: found.owner_agency_id,
        owned: found.owned,
        case_visible: found.case_visible,
        key,
    })
}

/// A file that is being made in this transaction: its maker sees it by having made it.
pub fn new_case(
    tx: &Tx<'_>,
    id: Uuid,
    marac_id: Uuid,
    row: CaseRow,
    key: DataKey,
) -> Result<VisibleCase> {
    if !tx.actor.maracs().contains(&marac_id)
        && tx.actor.principal != crate::policy::Principal::System
    {
        return Err(Error::Internal(
            "a file was opened outside the caller's MARACs",
        ));
    }
    let standings = standings(tx, marac_id, &[Basis::Referrer], &[tx.now]);
    Ok(VisibleCase {
        id,
        marac_id,
        lens: Lens::of(&standings, tx.now),
        standings,
        row,
        key,
    })
}
