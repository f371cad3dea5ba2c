//! What stands around the cases of an agenda: the meeting, who is expected, what lapses; in one read.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::Meeting;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

/// A meeting with what stands around its cases.
#[derive(Row)]
pub struct AgendaHead {
    #[row(embed)]
    pub meeting: Meeting,
    pub marac_settings: serde_json::Value,
    /// The kind of each agency that is expected or, once the meeting has begun, there.
    pub kinds: Vec<String>,
    pub lapsing_ids: Vec<Uuid>,
    pub lapsing_codes: Vec<String>,
    pub lapsing_on: Vec<NaiveDate>,
}

/// The meeting with this id, and what stands around its cases.
pub fn head(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<AgendaHead>> {
    Ok(tx
        .sql(statement!("head" => AgendaHead))
        .bind(id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?)
}
