//! What an agency is asked, across its meetings and MARACs.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ResearchStanding, ResearchStatus};
use casework::parties::people_of;
use kernel::crypto::{KeyRing, Place};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::{file_key, key_columns, visible_cases};
use practice::party::{Identity, PartyRole};

/// A request with the people to look for.
#[derive(Row)]
pub struct AskedLine {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub case_code: String,
    pub meeting_id: Uuid,
    pub starts_at: DateTime<Utc>,
    pub agenda_item_id: Uuid,
    pub status: ResearchStatus,
    pub standing: ResearchStanding,
    pub nothing_known: bool,
    pub due_on: NaiveDate,
    pub version: i32,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    party_ids: Vec<Uuid>,
    party_roles: Vec<PartyRole>,
    identities: Vec<Vec<u8>>,
}

impl AskedLine {
    /// Who they are; nobody once the case's key was destroyed.
    pub fn people(&self, keys: &KeyRing) -> Result<Vec<(Uuid, PartyRole, Identity)>> {
        let Some(wrapped) = self.wrapped.as_deref() else {
            return Ok(Vec::new());
        };
        let key = keys.unwrap(self.case_id, &self.master_key_id, Some(wrapped))?;
        let rows = self
            .party_ids
            .iter()
            .zip(&self.party_roles)
            .zip(&self.identities);
        rows.map(|((id, role), sealed)| {
            let place = Place::new("parties", "identity", *id);
            Ok((*id, *role, key.open_json(place, sealed)?))
        })
        .collect()
    }
}

/// The page is taken before the joins, by an index in its order; `offset 0` keeps the visibility rule
/// out of the choice of that index.
macro_rules! page {
    ($status:literal, $standing:literal) => {
        concat!(
            "select r.id, r.marac_id, r.case_id, c.code as case_code, r.meeting_id, m.starts_at, ",
            "r.agenda_item_id, r.status, r.standing, r.nothing_known, r.due_on, r.version, ",
            key_columns!(),
            ", coalesce(p.ids, '{}') as party_ids, ",
            "coalesce(p.roles, '{}') as party_roles, coalesce(p.identities, '{}') as identities ",
            "from (select r.* from (select r.* from research_returns r where r.agency_id = $1 ",
            "and (r.due_on, r.id) > ($2, $3) and ",
            $status,
            " order by r.due_on, r.id offset 0) r ",
            "where (r.marac_id = any ($rep) ",
            "or r.marac_id = any ($idva)) ",
            "and ($4::uuid is null or r.marac_id = $4) and ($5::text is null or r.status = $5) and ",
            $standing,
            " and exists (select from cases c where c.id = r.case_id and ",
            visible_cases!("c"),
            " offset 0) order by r.due_on, r.id limit $6) r ",
            "join cases c on c.id = r.case_id join meetings m on m.id = r.meeting_id ",
            file_key!("r.case_id"),
            people_of!("r.case_id", "'survivor', 'perpetrator', 'child'"),
            "order by r.due_on, r.id"
        )
    };
}

/// What is to be answered now.
pub const WORK_LIST: &str = page!(
    "r.status = 'requested' and r.standing = 'open'",
    "exists (select from agenda_items i join meetings m on m.id = i.meeting_id \
     where i.id = r.agenda_item_id and i.status = 'listed' and m.status = 'circulated' offset 0)"
);

/// Everything that was asked, but for what was withdrawn before it was answered.
const EVERYTHING: &str = page!(
    "true",
    "(r.standing <> 'withdrawn' or r.answered_on is not null)"
);

/// A page's place and narrowing.
pub struct Filter {
    /// Only what can be answered now.
    pub to_answer: bool,
    /// With this status.
    pub status: Option<ResearchStatus>,
    /// In this MARAC.
    pub marac_id: Option<Uuid>,
    /// After this due date and id.
    pub after: Option<(NaiveDate, Uuid)>,
    /// Rows per page.
    pub limit: i64,
}

/// A day before every due date.
const BEFORE_ALL: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// One page of the own agency's, by due date; one more than the limit if there are more.
pub fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<AskedLine>> {
    let text = match filter.to_answer {
        true => WORK_LIST,
        false => EVERYTHING,
    };
    let (due_on, id) = filter.after.unwrap_or((BEFORE_ALL, Uuid::nil()));
    Ok(tx
        .sql(text)
        .bind(tx.actor.agency_id)
        .bind(due_on)
        .bind(id)
        .bind(filter.marac_id)
        .bind(filter.status.map(ResearchStatus::as_str))
        .bind(filter.limit + 1)
        .load(tx.conn)?)
}
