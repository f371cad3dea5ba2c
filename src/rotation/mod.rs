//! Data keys of cases and meetings, wrapped anew with the current master key.

mod store;

use kernel::db::Tx;
use kernel::error::Result;

/// How many data keys are not under the current master key.
pub fn left(tx: &mut Tx<'_>) -> Result<i64> {
    store::count(tx)
}

/// Wraps some of them anew, of cases and of meetings so many at most; returns how many.
pub fn wrap_some(tx: &mut Tx<'_>, most: i64) -> Result<usize> {
    let cases = store::case_keys(tx, most)?;
    let wrapped = wrap(tx, &cases)?;
    store::write_case_keys(tx, &cases, wrapped)?;
    let meetings = store::meeting_keys(tx, most)?;
    let wrapped = wrap(tx, &meetings)?;
    store::write_meeting_keys(tx, &meetings, wrapped)?;
    Ok(cases.len() + meetings.len())
}

fn wrap(tx: &Tx<'_>, held: &[store::Held]) -> Result<Vec<Vec<u8>>> {
    let mut wrapped = Vec::with_capacity(held.len());
    for row in held {
        let key = tx
            .keys
            .unwrap(row.of, &row.master_key_id, Some(&row.wrapped))?;
        wrapped.push(tx.keys.wrap(row.of, &key)?.bytes);
    }
    Ok(wrapped)
}
