//! Rows of exclusions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::crypto::Place;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::policy::visibility::VisibleCase;

/// An exclusion.
#[derive(QueryableByName)]
pub struct Exclusion {
    /// Id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// A person.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub user_id: Option<Uuid>,
    /// A registered person of a partner's program.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub actor_id: Option<Uuid>,
    /// An agency.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub agency_id: Option<Uuid>,
    /// The agency's senior to whom it does not apply.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub exempt_user_id: Option<Uuid>,
    /// Who set it.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub set_by: Option<Uuid>,
    /// When.
    #[diesel(sql_type = st::Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Until when.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Who lifted it.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub lifted_by: Option<Uuid>,
    /// Version.
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
    #[diesel(sql_type = st::Binary)]
    reason: Vec<u8>,
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

    /// Why.
    pub fn reason(&self, case: &VisibleCase) -> Result<String> {
        let place = Place::new("exclusions", "reason", self.id);
        Ok(case.key().open_json(place, &self.reason)?)
    }
}

macro_rules! exclusion {
    ($tail:literal) => {
        concat!(
            "select e.id, e.user_id, e.actor_id, e.agency_id, e.exempt_user_id, e.set_by, e.created_at, ",
            "nullif(e.ends_at, 'infinity') as ends_at, e.lifted_by, e.version, e.reason ",
            "from exclusions e where e.case_id = $1 ",
            $tail
        )
    };
}

/// Every exclusion of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Exclusion>> {
    Ok(sql(exclusion!("order by e.created_at desc, e.id desc"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One exclusion of a case, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Exclusion>> {
    sql(exclusion!("and e.id = $2 for update"))
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
#[derive(QueryableByName)]
pub struct Known {
    /// The person, registered person or agency belongs to the MARAC.
    #[diesel(sql_type = st::Bool)]
    pub subject: bool,
    /// The exempt senior is of the agency.
    #[diesel(sql_type = st::Bool)]
    pub exempt: bool,
}

const KNOWN: &str = "select exists (select from marac_agencies m where m.marac_id = $1 and m.agency_id in ( \
      select u.agency_id from users u where u.id = $2 \
      union all select r.agency_id from registered_actors r where r.id = $3 \
      union all select a.id from agencies a where a.id = $4)) as subject, \
    ($5::uuid is null or exists (select from users u where u.id = $5 and u.agency_id = $4)) as exempt";

/// Whether whom it names can be named.
pub fn known(tx: &mut Tx<'_>, marac_id: Uuid, subject: Subject) -> Result<Known> {
    Ok(sql(KNOWN)
        .bind(marac_id)
        .bind(subject.user_id)
        .bind(subject.actor_id)
        .bind(subject.agency_id)
        .bind(subject.exempt_user_id)
        .get_result(tx.conn)?)
}

#[derive(QueryableByName)]
struct Agency {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

/// The agency of whom it names.
pub fn agencies(tx: &mut Tx<'_>, subject: Subject) -> Result<Vec<Uuid>> {
    let rows: Vec<Agency> = sql("select u.agency_id as id from users u where u.id = $1 \
         union select r.agency_id from registered_actors r where r.id = $2 \
         union select a.id from agencies a where a.id = $3")
    .bind(subject.user_id)
    .bind(subject.actor_id)
    .bind(subject.agency_id)
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
    let place = Place::new("exclusions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    sql(
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
    sql(
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
