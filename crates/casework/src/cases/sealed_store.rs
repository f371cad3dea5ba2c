//! Everything that is sealed under a file's key, and how it moves to another file.
//!
//! One table of places: what is not in it would be unreadable once the file's key is destroyed. A test
//! compares it with the schema.

use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::{CryptoError, SealPlace};
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// A sealed column of a table that is bound to a case.
pub struct SealedPlace {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The column that names its rows.
    pub id: &'static str,
    name: &'static str,
    save: &'static str,
}

impl SealedPlace {
    // `referral_joins` has the referral's id as well, and stays on the case as its history.
    fn goes_with_referral(&self) -> bool {
        matches!(self.table, "referrals" | "exclusions" | "restrictions")
    }
}

macro_rules! sealed_places {
    ($($table:literal . $column:literal by $id:literal),+ $(,)?) => {
        /// Every sealed column that is bound to a case, but for the case's own row, the audit's details
        /// (which never change) and what is no seal.
        pub const PLACES: &[SealedPlace] = &[$(SealedPlace {
            table: $table,
            column: $column,
            id: $id,
            name: concat!($table, ".", $column),
            save: concat!(
                "update ", $table, " t set case_id = $2, ", $column, " = x.sealed ",
                "from unnest($3::uuid[], $4::bytea[]) as x(id, sealed) ",
                "where t.case_id in ($1, $2) and t.", $id, " = x.id"
            ),
        }),+];

        const ALL: &str = concat!(
            "select '' as place, null::uuid as id, null::bytea as sealed where false",
            $(" union all select '", $table, ".", $column, "', ", $id, ", ", $column, " from ", $table,
                " where case_id = $1 and ", $column, " is not null"),+
        );
    };
}

sealed_places! {
    "account_entries"."sealed" by "id",
    "action_events"."sealed" by "id",
    "actions"."sealed" by "id",
    "agenda_items"."outcome" by "id",
    "circle"."reason" by "id",
    "exclusions"."reason" by "id",
    "flag_events"."sealed" by "id",
    "hearing_entries"."sealed" by "id",
    "identity_differences"."sealed" by "id",
    "idva_allocations"."sealed" by "id",
    "idva_contacts"."sealed" by "id",
    "lapse_notices"."decision" by "id",
    "minutes_parts"."sealed" by "id",
    "parties"."identity" by "id",
    "party_addresses"."sealed" by "id",
    "party_characteristics"."sealed" by "party_id",
    "party_contacts"."sealed" by "id",
    "questions"."sealed" by "id",
    "questions"."settling" by "id",
    "referral_joins"."reason" by "referral_id",
    "referral_joins"."unjoin_reason" by "referral_id",
    "referrals"."document" by "id",
    "referrals"."decision" by "id",
    "referrals"."challenge" by "id",
    "referrals"."separate" by "id",
    "research_returns"."exemption" by "id",
    "research_returns"."private" by "id",
    "research_returns"."shareable" by "id",
    "research_versions"."private" by "id",
    "research_versions"."shareable" by "id",
    "restrictions"."reason" by "id",
    "risk_assessments"."sealed" by "id",
}

#[derive(Row)]
struct Sealed {
    place: String,
    id: Uuid,
    sealed: Vec<u8>,
}

fn with_referral(tx: &mut Tx<'_>, referral: Uuid) -> Result<Vec<Uuid>> {
    let rows = tx
        .sql(statement!("with_referral" => Id))
        .bind(referral)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(Row)]
struct Id {
    id: Uuid,
}

/// Moves everything that is sealed on one file to another, under that one's key: of one referral, or
/// all there is.
pub fn move_sealed(
    tx: &mut Tx<'_>,
    from: &VisibleCase,
    to: &VisibleCase,
    referral: Option<Uuid>,
) -> Result<()> {
    let rows: Vec<Sealed> = tx.sql(ALL).bind(from.id).load(tx.conn)?;
    let of_referral = referral.map(|referral| with_referral(tx, referral));
    let of_referral = of_referral.transpose()?;
    for place in PLACES {
        let (mut ids, mut seals) = (Vec::new(), Vec::new());
        let here = rows.iter().filter(|row| row.place == place.name);
        let goes = |row: &&Sealed| {
            let with = |ids: &Vec<Uuid>| place.goes_with_referral() && ids.contains(&row.id);
            of_referral.as_ref().is_none_or(with)
        };
        let meant = here.filter(goes);
        for row in meant {
            let at = SealPlace::new(place.table, place.column, row.id);
            let plain = from.key().open(at, &row.sealed);
            let plain = plain.map_err(|_| CryptoError::Damaged)?;
            seals.push(to.key().seal(at, &plain)?);
            ids.push(row.id);
        }
        if ids.is_empty() {
            continue;
        }
        let expected = ids.len();
        let moved = tx
            .sql(place.save)
            .bind(from.id)
            .bind(to.id)
            .bind(ids)
            .bind(seals)
            .execute(tx.conn)?;
        if moved != expected {
            return Err(Error::Internal("a sealed row that was read is gone"));
        }
    }
    Ok(())
}
