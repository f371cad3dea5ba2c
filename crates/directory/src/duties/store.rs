//! Rows of what an account holds.

use uuid::Uuid;

use super::{Becomes, Duty, DutyKind};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

/// A duty as it is read.
#[doc(hidden)]
#[derive(Row)]
pub struct DutyRow {
    kind: DutyKind,
    marac_id: Uuid,
    case_id: Option<Uuid>,
    becomes: Becomes,
    shown: bool,
}

impl From<DutyRow> for Duty {
    fn from(row: DutyRow) -> Self {
        Self {
            kind: row.kind,
            marac_id: row.marac_id,
            case_id: row.case_id,
            becomes: row.becomes,
            shown: row.shown,
        }
    }
}

/// What an account holds, and what becomes of it if it goes to this colleague.
pub fn duties(tx: &mut Tx<'_>, user_id: Uuid, to: Option<Uuid>) -> Result<Vec<Duty>> {
    let rows = tx
        .sql(statement!("duties" => DutyRow))
        .bind(user_id)
        .bind(to)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Duty::from).collect())
}
