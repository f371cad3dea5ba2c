//! What an agency is asked, across its meetings and MARACs.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::model::{ResearchStanding, ResearchStatus};
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
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
            let place = SealPlace::new("parties", "identity", *id);
            Ok((*id, *role, key.open_json(place, sealed)?))
        })
        .collect()
    }
}

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
        true => statement!("work_list" => AskedLine),
        false => statement!("everything_asked" => AskedLine),
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
