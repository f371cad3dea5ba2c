//! Rows of tokens that an older version made.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::document_place;
use super::someone::{self, Home, Someone};
use super::tokens::{self, Token};
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{cases, match_tokens};
use kernel::sql::{Row, Statement, statement};
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
    first(tx, statement!("next_unseen" => OldFile), after)
}

/// The next file that has older tokens all the same: an older program wrote them, or somebody could not be read then
/// and can be now.
pub fn next_old(tx: &mut Tx<'_>, after: After) -> Result<Option<OldFile>> {
    first(tx, statement!("next_old" => OldFile), after)
}

fn first(tx: &mut Tx<'_>, statement: Statement<OldFile>, after: After) -> Result<Option<OldFile>> {
    Ok(tx
        .sql(statement)
        .bind(tokens::VERSION)
        .bind(after.0)
        .bind(after.1)
        .get_result(tx.conn)
        .optional()?)
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

/// Everybody the file is or was found by.
pub fn people(tx: &mut Tx<'_>, file: &OldFile) -> Result<Named> {
    let mut named = Vec::new();
    let mut parties: BTreeMap<Uuid, Someone> = BTreeMap::new();
    if let Some(wrapped) = &file.wrapped {
        let key = tx
            .keys
            .unwrap(file.id, &file.master_key_id, Some(wrapped))?;
        let rows: Vec<Sealed> = tx
            .sql(statement!("sealed_people" => Sealed))
            .bind(file.id)
            .load(tx.conn)?;
        for row in rows {
            let at = |table, column| SealPlace::new(table, column, row.id);
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
    tx.sql(statement!("add_lacking"))
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
    tx.sql(statement!("replace_old"))
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
    tx.sql(statement!("remove_old"))
        .bind(file.id)
        .bind(kinds)
        .bind(hashes)
        .bind(tokens::VERSION)
        .execute(tx.conn)?;
    Ok(())
}

/// Notes that the file was looked at, and unless somebody in it could not be read, that all its tokens are of today.
pub fn done(tx: &mut Tx<'_>, file: &OldFile, whole: bool) -> Result<()> {
    let older = cases::tokens_version.lt(tokens::VERSION);
    diesel::update(cases::table.filter(cases::id.eq(file.id).and(older)))
        .set(cases::tokens_version.eq(tokens::VERSION))
        .execute(tx.conn)?;
    if whole {
        let older = match_tokens::version.lt(tokens::VERSION);
        let of_file = match_tokens::case_id.eq(file.id).and(older);
        diesel::update(match_tokens::table.filter(of_file))
            .set(match_tokens::version.eq(tokens::VERSION))
            .execute(tx.conn)?;
    }
    Ok(())
}
