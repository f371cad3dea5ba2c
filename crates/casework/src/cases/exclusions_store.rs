//! Rows of exclusions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::LaidBy;
use kernel::crypto::{KeyRing, Place};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, key_columns, not_destroyed, visible_cases};

/// An exclusion.
#[derive(Row)]
pub struct Exclusion {
    /// Id.
    pub id: Uuid,
    /// A person.
    pub user_id: Option<Uuid>,
    /// A registered person of a partner's program.
    pub actor_id: Option<Uuid>,
    /// An agency.
    pub agency_id: Option<Uuid>,
    /// The agency's senior to whom it does not apply.
    pub exempt_user_id: Option<Uuid>,
    /// Who set it.
    pub set_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who lifted it.
    pub lifted_by: Option<Uuid>,
    /// Version.
    pub version: i32,
    /// An API client.
    pub client_id: Option<Uuid>,
    /// Why it was laid on this file; none if somebody set it here.
    pub laid_by: Option<LaidBy>,
    /// The file it was set on, as far as the reader decides there.
    pub from_case_id: Option<Uuid>,
    root_id: Option<Uuid>,
    reason: Option<Vec<u8>>,
    root_reason: Option<Vec<u8>>,
    root_master_key_id: Option<String>,
    root_wrapped: Option<Vec<u8>>,
}

impl Exclusion {
    /// Whom it names.
    pub fn subject(&self) -> Subject {
        Subject {
            user_id: self.user_id,
            actor_id: self.actor_id,
            agency_id: self.agency_id,
            exempt_user_id: self.exempt_user_id,
        }
    }

    /// Why: as sealed here, or where it was set, if the reader decides there.
    pub fn reason(&self, keys: &KeyRing, case: &VisibleCase) -> Result<Option<String>> {
        let place = |id| Place::new("exclusions", "reason", id);
        if let Some(sealed) = &self.reason {
            // One that was joined before seals moved with it cannot be read any more.
            return Ok(case.key().open_json(place(self.id), sealed).ok());
        }
        let (Some(root), Some(from), Some(sealed), Some(master)) = (
            self.root_id,
            self.from_case_id,
            &self.root_reason,
            &self.root_master_key_id,
        ) else {
            return Ok(None);
        };
        let key = keys.unwrap(from, master, self.root_wrapped.as_deref())?;
        Ok(key.open_json(place(root), sealed).ok())
    }
}

// What was laid from another MARAC on somebody who does not sit in this one concerns nobody here.
macro_rules! exclusion {
    ($tail:literal) => {
        concat!(
            "select e.id, e.user_id, e.actor_id, e.agency_id, e.exempt_user_id, e.set_by, e.created_at, ",
            "nullif(e.ends_at, 'infinity') as ends_at, e.lifted_by, e.version, e.reason, e.client_id, ",
            "e.laid_by, e.root_id, s.case_id as from_case_id, s.reason as root_reason, ",
            "s.master_key_id as root_master_key_id, s.wrapped as root_wrapped ",
            "from exclusions e left join lateral (select r.case_id, r.reason, ",
            key_columns!(),
            " from exclusions r join cases c on c.id = r.case_id",
            file_key!("c.id"),
            "where ",
            not_destroyed!(),
            " and r.id = e.root_id and c.marac_id = any ($staff) and ",
            visible_cases!("c"),
            ") s on true where e.case_id = $1 and (e.root_id is null or exists (select from marac_agencies m ",
            "where m.marac_id = e.marac_id and m.agency_id in (select e.agency_id ",
            "union all select u.agency_id from users u where u.id = e.user_id ",
            "union all select r.agency_id from registered_actors r where r.id = e.actor_id ",
            "union all select p.agency_id from api_clients p where p.id = e.client_id))) ",
            $tail
        )
    };
}

/// Every exclusion of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Exclusion>> {
    Ok(tx
        .sql(exclusion!("order by e.created_at desc, e.id desc"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One exclusion of a case, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Exclusion>> {
    tx.sql(exclusion!("and e.id = $2 for update of e"))
        .bind(case.id)
        .bind(id)
        .locking(tx)
}

/// Whom an exclusion names.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// A person.
    pub user_id: Option<Uuid>,
    /// A registered person.
    pub actor_id: Option<Uuid>,
    /// An agency.
    pub agency_id: Option<Uuid>,
    /// Its exempt senior.
    pub exempt_user_id: Option<Uuid>,
}

/// What of a subject is known in a MARAC.
#[derive(Row)]
pub struct Known {
    /// The person, registered person or agency belongs to the MARAC.
    pub subject: bool,
    /// The exempt senior is of the agency.
    pub exempt: bool,
}

const KNOWN: &str = "select exists (select from marac_agencies m where m.marac_id = $1 and m.agency_id in ( \
      select u.agency_id from users u where u.id = $2 \
      union all select r.agency_id from registered_actors r where r.id = $3 \
      union all select a.id from agencies a where a.id = $4)) as subject, \
    ($5::uuid is null or exists (select from users u where u.id = $5 and u.agency_id = $4)) as exempt";

/// Whether whom it names can be named.
pub fn known(tx: &mut Tx<'_>, marac_id: Uuid, subject: Subject) -> Result<Known> {
    Ok(tx
        .sql(KNOWN)
        .bind(marac_id)
        .bind(subject.user_id)
        .bind(subject.actor_id)
        .bind(subject.agency_id)
        .bind(subject.exempt_user_id)
        .get_result(tx.conn)?)
}

#[derive(Row)]
struct Agency {
    id: Uuid,
}

/// The agency of whom it names.
pub fn agencies(tx: &mut Tx<'_>, subject: Subject, client_id: Option<Uuid>) -> Result<Vec<Uuid>> {
    let rows: Vec<Agency> = tx
        .sql(
            "select u.agency_id as id from users u where u.id = $1 \
         union select r.agency_id from registered_actors r where r.id = $2 \
         union select a.id from agencies a where a.id = $3 \
         union select c.agency_id from api_clients c where c.id = $4",
        )
        .bind(subject.user_id)
        .bind(subject.actor_id)
        .bind(subject.agency_id)
        .bind(client_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Adds an exclusion: it holds from the next request.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    subject: Subject,
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    tx.tell_moment()?;
    let place = Place::new("exclusions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    tx.sql(
        "insert into exclusions (id, marac_id, case_id, user_id, actor_id, agency_id, \
         exempt_user_id, reason, set_by, ends_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, 'infinity'), $11)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(subject.user_id)
    .bind(subject.actor_id)
    .bind(subject.agency_id)
    .bind(subject.exempt_user_id)
    .bind(sealed)
    .bind(tx.actor.principal.user_id())
    .bind(ends_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Lifts an exclusion now.
pub fn lift(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    tx.tell_moment()?;
    tx.sql(
        "update exclusions set ends_at = $3, lifted_by = $4, version = version + 1 \
         where case_id = $1 and id = $2",
    )
    .bind(case.id)
    .bind(id)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}
