//! Rows of matching tokens.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::matching::{MatchOut, PersonFound};
use super::tokens::Token;
use kernel::audit::Event;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::{Act, hidden, may_in};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, not_destroyed, visible_cases};
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
        tx.sql("delete from match_tokens where case_id = $1")
            .bind(case.id)
            .execute(tx.conn)?;
    }
    add(tx, case, tokens)
}

/// Adds tokens to a file.
pub fn add(tx: &mut Tx<'_>, case: &VisibleCase, tokens: &[Token]) -> Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    tx.sql(
        "insert into match_tokens as t (marac_id, case_id, kind, token, version) \
         select $1, $2, kind, token, version from unnest($3::text[], $4::bytea[], $5::smallint[]) as x(kind, token, version) \
         on conflict (case_id, kind, token) do update set version = excluded.version \
         where t.version < excluded.version",
    )
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
    tx.sql(
        "delete from match_tokens t using unnest($2::text[], $3::bytea[]) as x(kind, token) \
         where t.case_id = $1 and t.kind = x.kind and t.token = x.token",
    )
    .bind(case.id)
    .bind(kinds(tokens))
    .bind(hashes(tokens))
    .execute(tx.conn)?;
    Ok(())
}

#[derive(Row)]
struct Sent {
    id: Uuid,
    document: Vec<u8>,
}

/// What the referrals of a case say.
pub fn documents(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Document>> {
    let rows: Vec<Sent> = tx
        .sql("select id, document from referrals where case_id = $1")
        .bind(case.id)
        .load(tx.conn)?;
    let open = |row: &Sent| {
        let place = Place::new("referrals", "document", row.id);
        Ok(case.key().open_json(place, &row.document)?)
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

/// Other files of the referral's pair, in one statement. A row without a match still says that the
/// referral is in sight.
const PAIR: &str = concat!(
    "select r.marac_id as own_marac, r.case_id as own_case, m.marac_id as matched_marac, \
     m.case_id, o.code, o.status, o.last_referral_on, \
     (case when o.last_referral_on is not null then r.referred_on >= o.last_referral_on and r.referred_on <= \
       o.last_referral_on + make_interval(months => coalesce((a.settings->>'repeat_window_months')::int, 12)) end) \
       as within_window, coalesce(m.marac_id, r.marac_id) as marac_id \
     from referrals r join cases c on c.id = r.case_id join maracs a on a.id = r.marac_id \
     left join lateral pair_matches(c.id) m on true left join cases o on o.id = m.case_id \
     where r.id = $1 and ",
    visible_cases!("c"),
    " order by o.last_referral_on desc nulls last, m.marac_id limit 50"
);

/// Other files of the referral's pair, and the event of having looked.
pub fn pair_matches(tx: &mut Tx<'_>, referral_id: Uuid) -> Result<(Vec<MatchOut>, Event)> {
    let rows: Vec<Matched> = tx.sql(PAIR).bind(referral_id).load(tx.conn)?;
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

const PEOPLE: &str = concat!(
    "select c.id as case_id, c.code, c.status, t.kind as role, c.marac_id \
     from (select distinct m.case_id, m.kind from unnest($1::text[], $2::bytea[]) as x(kind, token) \
       join match_tokens m on m.kind = x.kind and m.token = x.token) t \
     join cases c on c.id = t.case_id where c.marac_id = any ($3) and c.status <> 'joined' and ",
    visible_cases!("c"),
    " order by c.last_referral_on desc nulls last, c.id limit 50"
);

/// Files in sight in which somebody with one of these tokens stands.
pub fn people(tx: &mut Tx<'_>, maracs: Vec<Uuid>, tokens: &[Token]) -> Result<Vec<PersonFound>> {
    Ok(tx
        .sql(PEOPLE)
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

const PAIR_CASE: &str = concat!(
    "select c.id as case_id, (select max(r.referred_on) from referrals r where r.case_id = c.id \
     and r.status = 'accepted' and r.referred_on <= $3) as previous_on \
     from match_tokens t join cases c on c.id = t.case_id",
    file_key!("c.id"),
    "where t.kind = 'pair' and t.token = any ($2) and c.marac_id = $1 and c.opened_at is not null \
     and c.status not in ('joined', 'transferred_out') and ",
    not_destroyed!(),
    " and ",
    visible_cases!("c"),
    " order by c.last_referral_on desc nulls last, c.id limit 1"
);

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
        .sql(PAIR_CASE)
        .bind(marac_id)
        .bind(pairs)
        .bind(on)
        .get_result(tx.conn)
        .optional()?)
}
