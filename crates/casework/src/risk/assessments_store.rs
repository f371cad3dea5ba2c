//! Rows of risk assessments.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::case_file::Part;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;
use kernel::visibility::VisibleCase;

/// Every assessment of a case.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(tx
        .sql(statement!("assessments" => Part))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One assessment of a case.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(tx
        .sql(statement!("assessment" => Part))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}
