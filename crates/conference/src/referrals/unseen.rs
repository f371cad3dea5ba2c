//! Referrals that nobody sees: all who decide in their MARAC are excluded from them. The program cannot
//! open them to anybody; it says that they are there, in numbers, to whoever runs the service.

use super::unseen_store as store;
use kernel::db::Db;
use kernel::error::Result;
use kernel::metrics;

/// Counts them, and says so in the log and in metrics. Returns how many there are.
pub fn find_unseen(db: &Db) -> Result<i64> {
    let waiting = db.keep_books(store::unseen)?;
    for marac in &waiting {
        tracing::warn!(
            marac = %marac.marac_id,
            referrals = marac.files,
            "referrals wait that no coordinator or chair of the MARAC may see: have another coordinator appointed"
        );
    }
    let sum = waiting.iter().map(|marac| marac.files).sum();
    metrics::unseen(sum);
    Ok(sum)
}
