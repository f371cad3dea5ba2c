//! Rows of a file's opening, acceptance and joining.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::intake::Accepted;
use kernel::crypto::Wrapped;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::{cases, data_keys};
use kernel::sql::{Row, Whole, statement};
use practice::risk::Criterion;
use practice::vocabulary::CaseStatus;

/// Who a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// An account.
    User(Uuid),
    /// A registered actor of a partner's client.
    Actor(Uuid),
    /// Nobody: an import.
    Nobody,
}

impl Person {
    /// Whom the caller files for.
    pub fn of(principal: &kernel::policy::Principal) -> Self {
        match (principal.user_id(), principal.actor_id()) {
            (Some(id), _) => Self::User(id),
            (None, Some(id)) => Self::Actor(id),
            (None, None) => Self::Nobody,
        }
    }

    /// The account.
    pub fn user(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id),
            _ => None,
        }
    }

    /// The registered actor.
    pub fn actor(self) -> Option<Uuid> {
        match self {
            Self::Actor(id) => Some(id),
            _ => None,
        }
    }
}

#[derive(Row)]
struct Opened {
    case_id: Uuid,
}

/// Case, key and circle in one statement; false if the code is taken.
pub fn insert(
    tx: &mut Tx<'_>,
    id: Uuid,
    marac_id: Uuid,
    code: &str,
    wrapped: &Wrapped,
    person: Person,
    received: bool,
) -> Result<bool> {
    let opened = tx
        .sql(statement!("open_file" => Opened))
        .bind(id)
        .bind(marac_id)
        .bind(code.to_owned())
        .bind(tx.now)
        .bind(Uuid::now_v7())
        .bind(person.user())
        .bind(person.actor())
        .bind(wrapped.master_key_id.clone())
        .bind(wrapped.bytes.clone())
        .bind(received.then_some(tx.now))
        .bind(crate::people::TOKENS_VERSION)
        .get_result(tx.conn)
        .optional()?;
    Ok(opened.is_some_and(|opened| opened.case_id == id))
}

pub fn mark_received(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql(statement!("mark_received"))
        .bind(id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Opens the case, or lets it run on. Criteria that it met before stay (R4).
pub fn mark_accepted(
    tx: &mut Tx<'_>,
    id: Uuid,
    accepted: &Accepted,
    lapses_on: NaiveDate,
    first: bool,
) -> Result<()> {
    let changed = tx
        .sql(statement!("mark_accepted"))
        .bind(id)
        .bind(tx.now)
        .bind(accepted.referred_on)
        .bind(lapses_on)
        .bind(accepted.criteria.clone())
        .bind(accepted.has_children)
        .bind(Criterion::ALL.map(Criterion::as_str).to_vec())
        .bind(first)
        .execute(tx.conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::conflict("case_not_in_this_state"))
    }
}

pub fn set_status(tx: &mut Tx<'_>, id: Uuid, status: CaseStatus) -> Result<()> {
    diesel::update(cases::table.find(id))
        .set((
            cases::status.eq(status),
            cases::version.eq(cases::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub fn mark_heard(tx: &mut Tx<'_>, heard: &[(Uuid, NaiveDate)]) -> Result<()> {
    tx.sql(statement!("mark_heard"))
        .bind(heard.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .bind(heard.iter().map(|(_, on)| *on).collect::<Vec<_>>())
        .bind(tx.today())
        .execute(tx.conn)?;
    Ok(())
}

/// A file that had gone into another one gets this key, and is a case by itself. Answers its code.
pub fn revive(
    tx: &mut Tx<'_>,
    id: Uuid,
    wrapped: &Wrapped,
    accepted: &Accepted,
    lapses_on: NaiveDate,
) -> Result<String> {
    diesel::update(data_keys::table.find(id))
        .set((
            data_keys::wrapped.eq(&wrapped.bytes),
            data_keys::master_key_id.eq(&wrapped.master_key_id),
            data_keys::destroyed_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(tx.conn)?;
    let joined = cases::id.eq(id).and(cases::status.eq(CaseStatus::Joined));
    let code = diesel::update(cases::table.filter(joined))
        .set((
            cases::status.eq(CaseStatus::Listed),
            cases::opened_at.eq(tx.now),
            cases::last_referral_on.eq(accepted.referred_on),
            cases::lapses_on.eq(lapses_on),
            cases::criteria.eq(Whole(accepted.criteria.clone())),
            cases::has_children.eq(accepted.has_children),
            cases::version.eq(cases::version + 1),
        ))
        .returning(cases::code)
        .get_result(tx.conn)
        .optional()?;
    code.ok_or(Error::Internal("the file of a joined referral is gone"))
}
