//! Data keys, and seals that open only where they were made for.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::damage::{self, Damage};
use super::placeholder::placeholder;
use super::{CryptoError, KEY_LEN, random};

const VERSION: u8 = 1;

/// Where a seal belongs. Part of what is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealPlace {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Row.
    pub row: Uuid,
}

impl SealPlace {
    /// A column of a row.
    pub const fn new(table: &'static str, column: &'static str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    pub(super) fn aad(&self) -> Vec<u8> {
        let mut aad = Vec::with_capacity(self.table.len() + self.column.len() + 18);
        aad.extend_from_slice(self.table.as_bytes());
        aad.push(0);
        aad.extend_from_slice(self.column.as_bytes());
        aad.push(0);
        aad.extend_from_slice(self.row.as_bytes());
        aad
    }
}

/// The key of one case's content. Never leaves the program unwrapped.
pub struct DataKey {
    /// None if the key itself could not be unwrapped: then nothing opens, and nothing is sealed.
    key: Option<(LessSafeKey, Zeroizing<[u8; KEY_LEN]>)>,
    /// The case, or the meeting, whose key it is.
    owner: Uuid,
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey")
    }
}

impl DataKey {
    /// A new random key.
    pub fn generate() -> Result<Self, CryptoError> {
        Self::from_bytes(Uuid::nil(), random()?)
    }

    pub(super) fn from_bytes(owner: Uuid, bytes: [u8; KEY_LEN]) -> Result<Self, CryptoError> {
        let key = Some((aead(&bytes)?, Zeroizing::new(bytes)));
        Ok(Self { key, owner })
    }

    /// A key that could not be unwrapped.
    pub(super) const fn lost(owner: Uuid) -> Self {
        Self { key: None, owner }
    }

    /// The key in clear, to be wrapped.
    pub(super) fn bytes(&self) -> Result<&[u8], CryptoError> {
        let (_, plain) = self.key.as_ref().ok_or(CryptoError::Damaged)?;
        Ok(plain.as_slice())
    }

    /// Seals text or bytes for one place; not over something that could not be read.
    pub fn seal(&self, place: SealPlace, plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (key, _) = self.key.as_ref().ok_or(CryptoError::Damaged)?;
        match damage::is_found(&place) || damage::would_replace(&place, plain) {
            true => Err(CryptoError::Damaged),
            false => seal(key, &place.aad(), plain),
        }
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: SealPlace, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (key, _) = self.key.as_ref().ok_or(CryptoError::Seal)?;
        open(key, &place.aad(), sealed)
    }

    /// Seals a value as JSON.
    pub fn seal_json<T: Serialize>(
        &self,
        place: SealPlace,
        value: &T,
    ) -> Result<Vec<u8>, CryptoError> {
        let plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| CryptoError::Shape)?);
        self.seal(place, &plain)
    }

    /// Opens a value sealed as JSON. Where damage is watched for, what cannot be read is noted, and a
    /// placeholder stands for it.
    pub fn open_json<T: DeserializeOwned>(
        &self,
        place: SealPlace,
        sealed: &[u8],
    ) -> Result<T, CryptoError> {
        let read = || {
            let plain = self.open(place, sealed)?;
            practice::dates::taken_out_of_range();
            serde_json::from_slice(&plain).map_err(|_| CryptoError::Shape)
        };
        match read() {
            Ok(value) => {
                if practice::dates::taken_out_of_range() {
                    damage::note(self.damage(place, sealed));
                }
                Ok(value)
            }
            Err(error) => self.instead(place, sealed, error),
        }
    }

    /// Opens words, with a placeholder for those that cannot be read, as above.
    pub fn open_text(&self, place: SealPlace, sealed: &[u8]) -> Result<String, CryptoError> {
        let read = self
            .open(place, sealed)
            .and_then(|plain| String::from_utf8(plain.to_vec()).map_err(|_| CryptoError::Shape));
        read.or_else(|error| self.instead(place, sealed, error))
    }

    fn instead<T: DeserializeOwned>(
        &self,
        place: SealPlace,
        sealed: &[u8],
        error: CryptoError,
    ) -> Result<T, CryptoError> {
        match placeholder() {
            Some(value) if damage::note(self.damage(place, sealed)) => Ok(value),
            _ => Err(error),
        }
    }

    fn damage(&self, place: SealPlace, sealed: &[u8]) -> Damage {
        Damage {
            by_its_key: self.key.is_none(),
            ..Damage::of(place, self.owner, sealed)
        }
    }
}

pub(super) fn aead(bytes: &[u8]) -> Result<LessSafeKey, CryptoError> {
    let key = UnboundKey::new(&AES_256_GCM, bytes)
        .map_err(|_| CryptoError::KeyFile("a key is not 32 bytes long".into()))?;
    Ok(LessSafeKey::new(key))
}

pub(super) fn seal(key: &LessSafeKey, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut out = Vec::with_capacity(1 + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    let mut body = plain.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(aad),
        &mut body,
    )
    .map_err(|_| CryptoError::Seal)?;
    out.append(&mut body);
    Ok(out)
}

pub(super) fn open(
    key: &LessSafeKey,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (head, body) = sealed
        .split_at_checked(1 + NONCE_LEN)
        .ok_or(CryptoError::Seal)?;
    let (version, nonce) = head.split_at(1);
    if version != [VERSION] {
        return Err(CryptoError::Seal);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CryptoError::Seal)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(aad), &mut body)
        .map_err(|_| CryptoError::Seal)?
        .len();
    body.truncate(length);
    Ok(body)
}
