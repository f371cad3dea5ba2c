//! Rows of exclusions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::LaidBy;
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::exclusions;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

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
    pub fn subject(&self) -> ExclusionSubject {
        ExclusionSubject {
            user_id: self.user_id,
            actor_id: self.actor_id,
            agency_id: self.agency_id,
            exempt_user_id: self.exempt_user_id,
        }
    }

    /// Why: as sealed here, or where it was set, if the reader decides there.
    pub fn reason(&self, keys: &KeyRing, case: &VisibleCase) -> Result<Option<String>> {
        let place = |id| SealPlace::new("exclusions", "reason", id);
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

/// Every exclusion of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Exclusion>> {
    Ok(tx
        .sql(statement!("exclusions" => Exclusion))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One exclusion of a case, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Exclusion>> {
    tx.sql(statement!("exclusion" => Exclusion))
        .bind(case.id)
        .bind(id)
        .locking(tx)
}

/// Whom an exclusion names.
#[derive(Debug, Clone, Copy)]
pub struct ExclusionSubject {
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
pub struct SubjectInMarac {
    /// The person, registered person or agency belongs to the MARAC.
    pub subject: bool,
    /// The exempt senior is of the agency.
    pub exempt: bool,
}

/// Whether whom it names can be named.
pub fn known(tx: &mut Tx<'_>, marac_id: Uuid, subject: ExclusionSubject) -> Result<SubjectInMarac> {
    Ok(tx
        .sql(statement!("known_subject" => SubjectInMarac))
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
pub fn agencies(
    tx: &mut Tx<'_>,
    subject: ExclusionSubject,
    client_id: Option<Uuid>,
) -> Result<Vec<Uuid>> {
    let rows: Vec<Agency> = tx
        .sql(statement!("agencies_of_subject" => Agency))
        .bind(subject.user_id)
        .bind(subject.actor_id)
        .bind(subject.agency_id)
        .bind(client_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(Insertable)]
#[diesel(table_name = exclusions, treat_none_as_default_value = false)]
struct ExclusionRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    user_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Option<Uuid>,
    exempt_user_id: Option<Uuid>,
    reason: Vec<u8>,
    set_by: Option<Uuid>,
    /// Without one, infinity: the column's default.
    #[diesel(treat_none_as_default_value = true)]
    ends_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Adds an exclusion: it holds from the next request.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    subject: ExclusionSubject,
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    tx.tell_moment()?;
    let place = SealPlace::new("exclusions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    let row = ExclusionRow {
        id,
        marac_id: case.marac_id,
        case_id: case.id,
        user_id: subject.user_id,
        actor_id: subject.actor_id,
        agency_id: subject.agency_id,
        exempt_user_id: subject.exempt_user_id,
        reason: sealed,
        set_by: tx.actor.principal.user_id(),
        ends_at,
        created_at: tx.now,
    };
    diesel::insert_into(exclusions::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// Lifts an exclusion now.
pub fn lift(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    tx.tell_moment()?;
    let lifted = exclusions::case_id.eq(case.id).and(exclusions::id.eq(id));
    diesel::update(exclusions::table.filter(lifted))
        .set((
            exclusions::ends_at.eq(tx.now),
            exclusions::lifted_by.eq(tx.actor.principal.user_id()),
            exclusions::version.eq(exclusions::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
