//! Rows of matching tokens.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::matching::{MatchOut, PersonFound};
use super::tokens::Token;
use kernel::audit::Event;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::{Act, hidden, may_in};
use kernel::schema::{match_tokens, referrals};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
use practice::document::Document;

fn kinds(tokens: &[Token]) -> Vec<&'static str> {
    tokens.iter().map(|token| token.kind.as_str()).collect()
}

fn hashes(tokens: &[Token]) -> Vec<Vec<u8>> {
    tokens.iter().map(|token| token.hash.clone()).collect()
}

/// Replaces the file's tokens.
pub fn replace(tx: &mut Tx<'_>, case: &VisibleCase, tokens: &[Token], fresh: bool) -> Result<()> {
    if !fresh {
        diesel::delete(match_tokens::table.filter(match_tokens::case_id.eq(case.id)))
            .execute(tx.conn)?;
    }
    add(tx, case, tokens)
}

/// Adds tokens to a file.
pub fn add(tx: &mut Tx<'_>, case: &VisibleCase, tokens: &[Token]) -> Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("add_tokens"))
        .bind(case.marac_id)
        .bind(case.id)
        .bind(kinds(tokens))
        .bind(hashes(tokens))
        .bind(tokens.iter().map(|token| token.version).collect::<Vec<_>>())
        .execute(tx.conn)?;
    Ok(())
}

/// Takes tokens from a file.
pub fn remove(tx: &mut Tx<'_>, case: &VisibleCase, tokens: &[Token]) -> Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    tx.sql(statement!("remove_tokens"))
        .bind(case.id)
        .bind(kinds(tokens))
        .bind(hashes(tokens))
        .execute(tx.conn)?;
    Ok(())
}

/// What the referrals of a case say.
pub fn documents(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Document>> {
    let rows: Vec<(Uuid, Vec<u8>)> = referrals::table
        .filter(referrals::case_id.eq(case.id))
        .select((referrals::id, referrals::document))
        .load(tx.conn)?;
    let open = |(id, sealed): &(Uuid, Vec<u8>)| {
        let place = SealPlace::new("referrals", "document", *id);
        Ok(case.key().open_json(place, sealed)?)
    };
    rows.iter().map(open).collect()
}

#[derive(Row)]
struct Matched {
    own_marac: Uuid,
    own_case: Uuid,
    matched_marac: Option<Uuid>,
    #[row(embed)]
    found: MatchOut,
}

/// Other files of the referral's pair, and the event of having looked.
pub fn pair_matches(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<(Vec<MatchOut>, Event)> {
    let rows: Vec<Matched> = tx
        .sql(statement!("pair_matches" => Matched))
        .bind(referral_id)
        .load(tx.conn)?;
    let Some((marac, case)) = rows.first().map(|row| (row.own_marac, row.own_case)) else {
        return Err(hidden());
    };
    may_in(&tx.actor, Act::CheckRepeat, marac)?;
    let event = Event::new()
        .in_case(marac, case)
        .on("referral", referral_id);
    let found = rows
        .into_iter()
        .filter(|row| row.matched_marac.is_some())
        .map(|row| row.found);
    Ok((found.collect(), event))
}

/// Files in sight in which somebody with one of these tokens stands.
pub fn people(tx: &mut Tx<'_>, maracs: Vec<Uuid>, tokens: &[Token]) -> Result<Vec<PersonFound>> {
    Ok(tx
        .sql(statement!("people_found" => PersonFound))
        .bind(kinds(tokens))
        .bind(hashes(tokens))
        .bind(maracs)
        .load(tx.conn)?)
}

/// A case of the same pair.
#[derive(Row)]
pub struct PairCase {
    /// The case.
    pub case_id: Uuid,
    /// The case's last referral up to the day asked for.
    pub previous_on: Option<NaiveDate>,
}

/// The MARAC's case of one of these pairs, if there is one: the latest.
pub fn pair_case(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    pairs: Vec<Vec<u8>>,
    on: NaiveDate,
) -> Result<Option<PairCase>> {
    if pairs.is_empty() {
        return Ok(None);
    }
    Ok(tx
        .sql(statement!("pair_case" => PairCase))
        .bind(marac_id)
        .bind(pairs)
        .bind(on)
        .get_result(tx.conn)
        .optional()?)
}
