//! Rows of a file's opening, acceptance and joining.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::intake::Accepted;
use kernel::crypto::Wrapped;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::sql::Row;
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
    let inserted = tx.sql(
        "with c as (insert into cases (id, marac_id, code, status, received_at, created_at, tokens_version) \
           values ($1, $2, $3, 'intake', $10, $4, $11) on conflict (code) do nothing returning id), \
         g as (insert into circle (id, marac_id, case_id, basis, user_id, actor_id, opens_at, created_by, created_at) \
           select $5, $2, c.id, 'referrer', $6, $7, $4, $6, $4 from c where $6 is not null or $7 is not null) \
         insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at) \
           select c.id, $2, $8, $9, $4 from c",
    )
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
    .execute(tx.conn)?;
    Ok(inserted == 1)
}

pub fn mark_received(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql("update cases set received_at = coalesce(received_at, $2) where id = $1")
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
        .sql(
            "update cases set status = 'listed', received_at = coalesce(received_at, $2), \
         opened_at = coalesce(opened_at, $2), last_referral_on = greatest(last_referral_on, $3), \
         lapses_on = $4, criteria = array(select x.name from unnest($7::text[]) with ordinality \
           as x(name, n) where x.name = any (criteria || $5) order by x.n), \
         has_children = has_children or $6, closed_at = null, version = version + 1 \
         where id = $1 and (opened_at is null) = $8",
        )
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
    tx.sql("update cases set status = $2, version = version + 1 where id = $1")
        .bind(id)
        .bind(status.as_str())
        .execute(tx.conn)?;
    Ok(())
}

pub fn mark_heard(tx: &mut Tx<'_>, heard: &[(Uuid, NaiveDate)]) -> Result<()> {
    tx.sql(
        "update cases c set status = case when c.lapses_on < $3 then 'lapsed' else 'monitoring' end, \
         version = c.version + 1 from unnest($1::uuid[], $2::date[]) as x(id, referred_on) \
         where c.id = x.id and c.status = 'listed' and c.last_referral_on <= x.referred_on",
    )
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
    tx.sql("update data_keys set wrapped = $2, master_key_id = $3, destroyed_at = null where case_id = $1")
        .bind(id)
        .bind(wrapped.bytes.clone())
        .bind(wrapped.master_key_id.clone())
        .execute(tx.conn)?;
    let row: Option<Code> = tx.sql(
        "update cases set status = 'listed', opened_at = $2, last_referral_on = $3, lapses_on = $4, \
         criteria = $5, has_children = $6, version = version + 1 \
         where id = $1 and status = 'joined' returning code",
    )
    .bind(id)
    .bind(tx.now)
    .bind(accepted.referred_on)
    .bind(lapses_on)
    .bind(accepted.criteria.clone())
    .bind(accepted.has_children)
    .get_result(tx.conn)
    .optional()?;
    row.map(|row| row.code)
        .ok_or(Error::Internal("the file of a joined referral is gone"))
}

#[derive(Row)]
struct Code {
    code: String,
}
