//! Rows of tokens that an older version made.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::document_place;
use super::someone::{self, Home, Someone};
use super::tokens::{self, Token};
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::{file_key, key_columns};
use practice::document::Document;
use practice::party::PartyRole;

/// A file whose tokens an older version made.
#[derive(Row)]
pub struct OldFile {
    /// The file.
    pub id: Uuid,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// The version that it has, or that a token of it has.
    pub version: i16,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
}

/// How far a pass over the files is: the version and the id of the last one.
pub type After = (i16, Uuid);

/// The next file that no program of today has looked at, locked. One that another server has in hand is passed over.
pub fn next_unseen(tx: &mut Tx<'_>, after: After) -> Result<Option<OldFile>> {
    first(
        tx,
        concat!(
            "select c.id, c.marac_id, c.tokens_version as version, ",
            key_columns!(),
            " from cases c",
            file_key!("c.id"),
            "where c.tokens_version < $1 and (c.tokens_version, c.id) > ($2, $3) \
         order by c.tokens_version, c.id limit 1 for no key update of c skip locked"
        ),
        after,
    )
}

/// The next file that has older tokens all the same: an older program wrote them, or somebody could not be read then
/// and can be now.
pub fn next_old(tx: &mut Tx<'_>, after: After) -> Result<Option<OldFile>> {
    first(
        tx,
        concat!(
            "select c.id, c.marac_id, t.version, ",
            key_columns!(),
            " from match_tokens t join cases c on c.id = t.case_id",
            file_key!("c.id"),
            "where t.version < $1 and (t.version, t.case_id) > ($2, $3) and not exists ( \
           select from damaged_parts d where d.case_id = t.case_id and d.part in ('data_keys', 'parties', \
             'party_addresses', 'party_contacts', 'referrals') and damage_stands(d.part, d.field, d.row_id, d.digest)) \
         order by t.version, t.case_id limit 1 for no key update of c skip locked"
        ),
        after,
    )
}

fn first(tx: &mut Tx<'_>, text: &'static str, after: After) -> Result<Option<OldFile>> {
    let found = tx
        .sql(text)
        .bind(tokens::VERSION)
        .bind(after.0)
        .bind(after.1);
    Ok(found.get_result(tx.conn).optional()?)
}

/// The people a file is or was found by.
pub struct Named {
    /// Its own.
    pub parties: Vec<Someone>,
    /// Those whom its referrals name.
    pub named: Vec<Someone>,
}

#[derive(Row)]
struct Sealed {
    id: Uuid,
    kind: String,
    /// Whose address or contact it is.
    party_id: Option<Uuid>,
    /// Of a party.
    role: Option<PartyRole>,
    sealed: Vec<u8>,
}

/// What of an address tokens are made of.
#[derive(Deserialize)]
struct SealedPlace {
    lines: String,
    postcode: Option<String>,
}

/// What of a contact tokens are made of.
#[derive(Deserialize)]
struct SealedNumber {
    value: String,
}

const SEALED: &str = "select id, 'party' as kind, null::uuid as party_id, role, identity as sealed, 0 as turn \
      from parties where case_id = $1 \
    union all select id, case kind when 'refuge' then kind else 'address' end, party_id, null, sealed, 1 \
      from party_addresses where case_id = $1 \
    union all select id, 'contact', party_id, null, sealed, 1 from party_contacts \
      where case_id = $1 and kind <> 'third_party' \
    union all select id, 'referral', null, null, document, 1 from referrals \
      where case_id = $1 and submitted_at is not null \
    order by turn, id";

/// Everybody the file is or was found by.
pub fn people(tx: &mut Tx<'_>, file: &OldFile) -> Result<Named> {
    let mut named = Vec::new();
    let mut parties: BTreeMap<Uuid, Someone> = BTreeMap::new();
    if let Some(wrapped) = &file.wrapped {
        let key = tx
            .keys
            .unwrap(file.id, &file.master_key_id, Some(wrapped))?;
        let rows: Vec<Sealed> = tx.sql(SEALED).bind(file.id).load(tx.conn)?;
        for row in rows {
            let at = |table, column| Place::new(table, column, row.id);
            if let Some(role) = row.role {
                let who = Someone {
                    role,
                    identity: key.open_json(at("parties", "identity"), &row.sealed)?,
                    addresses: Vec::new(),
                    contacts: Vec::new(),
                };
                parties.insert(row.id, who);
            } else if row.kind == "referral" {
                let document: Document = key.open_json(document_place(row.id), &row.sealed)?;
                named.extend(someone::people(&document));
            } else if let Some(owner) = row.party_id.and_then(|id| parties.get_mut(&id)) {
                if row.kind == "contact" {
                    let place = at("party_contacts", "sealed");
                    let number: SealedNumber = key.open_json(place, &row.sealed)?;
                    owner.contacts.push(number.value);
                } else {
                    let place = at("party_addresses", "sealed");
                    let address: SealedPlace = key.open_json(place, &row.sealed)?;
                    owner.addresses.push(Home {
                        lines: address.lines,
                        postcode: address.postcode,
                        is_refuge: row.kind == "refuge",
                    });
                }
            }
        }
    }
    let parties = parties.into_values().collect();
    Ok(Named { parties, named })
}

fn apart(tokens: Vec<Token>) -> (Vec<&'static str>, Vec<Vec<u8>>) {
    let each = tokens
        .into_iter()
        .map(|token| (token.kind.as_str(), token.hash));
    each.unzip()
}

/// Adds the tokens that the file lacks.
pub fn add(tx: &mut Tx<'_>, file: &OldFile, tokens: Vec<Token>) -> Result<()> {
    let (kinds, hashes) = apart(tokens);
    tx.sql(
        "insert into match_tokens (marac_id, case_id, kind, token, version) \
         select distinct $1::uuid, $2::uuid, kind, token, $5::smallint \
         from unnest($3::text[], $4::bytea[]) as x(kind, token) \
         on conflict (case_id, kind, token) do update set version = excluded.version",
    )
    .bind(file.marac_id)
    .bind(file.id)
    .bind(kinds)
    .bind(hashes)
    .bind(tokens::VERSION)
    .execute(tx.conn)?;
    Ok(())
}

/// Puts the new tokens in the place of the old ones that the file has; what nobody gives any more stays.
pub fn replace(tx: &mut Tx<'_>, file: &OldFile, replaced: &[(Token, Token)]) -> Result<()> {
    let kinds: Vec<&'static str> = replaced.iter().map(|(old, _)| old.kind.as_str()).collect();
    let old: Vec<Vec<u8>> = replaced.iter().map(|(old, _)| old.hash.clone()).collect();
    let new: Vec<Vec<u8>> = replaced.iter().map(|(_, new)| new.hash.clone()).collect();
    tx.sql("with gone as (select distinct x.kind, x.old, x.new from unnest($3::text[], $4::bytea[], $5::bytea[]) \
           as x(kind, old, new) join match_tokens t on t.case_id = $2 and t.kind = x.kind and t.token = x.old) \
         insert into match_tokens as t (marac_id, case_id, kind, token, version) \
         select distinct $1::uuid, $2::uuid, kind, new, $6::smallint from gone \
         on conflict (case_id, kind, token) do update set version = excluded.version")
    .bind(file.marac_id)
    .bind(file.id)
    .bind(kinds)
    .bind(old)
    .bind(new)
    .bind(tokens::VERSION)
    .execute(tx.conn)?;
    let old = replaced.iter().map(|(old, _)| old.clone()).collect();
    remove(tx, file, old)
}

/// Takes away those of these tokens that an older version made.
pub fn remove(tx: &mut Tx<'_>, file: &OldFile, tokens: Vec<Token>) -> Result<()> {
    let (kinds, hashes) = apart(tokens);
    tx.sql(
        "delete from match_tokens t using unnest($2::text[], $3::bytea[]) as x(kind, token) \
         where t.case_id = $1 and t.kind = x.kind and t.token = x.token and t.version < $4",
    )
    .bind(file.id)
    .bind(kinds)
    .bind(hashes)
    .bind(tokens::VERSION)
    .execute(tx.conn)?;
    Ok(())
}

/// Notes that the file was looked at, and unless somebody in it could not be read, that all its tokens are of today.
pub fn done(tx: &mut Tx<'_>, file: &OldFile, whole: bool) -> Result<()> {
    tx.sql("update cases set tokens_version = $2 where id = $1 and tokens_version < $2")
        .bind(file.id)
        .bind(tokens::VERSION)
        .execute(tx.conn)?;
    tx.sql("update match_tokens set version = $2 where case_id = $1 and version < $2 and $3")
        .bind(file.id)
        .bind(tokens::VERSION)
        .bind(whole)
        .execute(tx.conn)?;
    Ok(())
}
