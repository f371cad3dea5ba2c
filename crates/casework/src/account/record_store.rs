//! Writing down what the survivor said in a referral, as the first entries of the account.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::statement;
use kernel::visibility::VisibleCase;
use practice::document::AccountIn;

/// Who told it to whom, and when.
pub struct Telling {
    /// The referral it came with.
    pub referral_id: Uuid,
    /// The practitioner who wrote it down.
    pub author_id: Option<Uuid>,
    /// The registered actor who did.
    pub actor_id: Option<Uuid>,
    /// Their agency.
    pub agency_id: Uuid,
    /// The day.
    pub told_on: NaiveDate,
}

/// Each part of a referral's account becomes an entry under its heading. Practical safety stays with
/// coordinator, chair, lead and IDVA; the rest opens to the agencies when the meeting starts. How it
/// was told the referral does not say.
pub fn first_telling(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    account: &AccountIn,
    telling: &Telling,
) -> Result<()> {
    let parts = [
        ("what_happened", "marac", account.what_happened.as_deref()),
        (
            "who_else_is_affected",
            "marac",
            account.who_else_is_affected.as_deref(),
        ),
        ("what_is_feared", "marac", account.what_is_feared.as_deref()),
        (
            "what_the_survivor_wants",
            "marac",
            account.what_the_survivor_wants.as_deref(),
        ),
        (
            "what_has_been_tried",
            "marac",
            account.what_has_been_tried.as_deref(),
        ),
        (
            "what_is_needed_now",
            "marac",
            account.what_is_needed_now.as_deref(),
        ),
        (
            "practical_safety",
            "restricted",
            account.practical_safety.as_deref(),
        ),
    ];
    let (mut ids, mut headings, mut sharing, mut seals) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (heading, class, text) in parts {
        let Some(text) = text else { continue };
        let id = Uuid::now_v7();
        seals.push(case.key().seal(
            SealPlace::new("account_entries", "sealed", id),
            text.as_bytes(),
        )?);
        ids.push(id);
        headings.push(heading);
        sharing.push(class);
    }
    if ids.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("first_telling"))
        .bind(ids)
        .bind(headings)
        .bind(sharing)
        .bind(seals)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(telling.told_on)
        .bind(telling.author_id)
        .bind(telling.actor_id)
        .bind(telling.agency_id)
        .bind(tx.now)
        .bind(telling.referral_id)
        .execute(tx.conn)?;
    Ok(())
}
