//! Rows of absences, and a fragment for statements that stand in Rust.

use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

/// SQL: `fragments/stood_in_for.sql` for the account $1.
#[doc(hidden)]
#[macro_export]
macro_rules! stood_in_for {
    () => {
        kernel::sql::fragment!("stood_in_for", "$1")
    };
}

pub use stood_in_for;

/// Somebody away, and who stands in.
#[derive(Row)]
pub struct StandIn {
    /// Where.
    pub marac_id: Uuid,
    /// Who is away.
    pub user_id: Uuid,
    /// Their deputy.
    pub deputy_id: Uuid,
}

/// Who stands in today for the absent among these people, each in a MARAC.
pub fn deputies_of_absent(tx: &mut Tx<'_>, people: &[(Uuid, Uuid)]) -> Result<Vec<StandIn>> {
    Ok(tx
        .sql(statement!("deputies_of_absent" => StandIn))
        .bind(people.iter().map(|(marac, _)| *marac).collect::<Vec<_>>())
        .bind(people.iter().map(|(_, user)| *user).collect::<Vec<_>>())
        .bind(tx.now)
        .load(tx.conn)?)
}
