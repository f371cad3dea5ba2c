//! The parts of a case file, in one statement at any number of rows.

use crate::account::AccountReader;
use kernel::case_file::Part;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;
use kernel::visibility::VisibleCase;

/// What this reader may get of a case, part by part.
pub fn parts(tx: &mut Tx<'_>, case: &VisibleCase, reader: AccountReader) -> Result<Vec<Part>> {
    Ok(tx
        .sql(statement!("file" => Part))
        .bind(case.id)
        .bind(reader.narrative)
        .bind(reader.agency_id)
        .bind(reader.trusted)
        .bind(kernel::case_file::is_staff(case))
        .bind(case.lens.shows_actions())
        .load(tx.conn)?)
}
