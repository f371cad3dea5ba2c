//! Data keys, and seals that open only where they were made for.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{CryptoError, KEY_LEN, random};

const VERSION: u8 = 1;

/// Where a seal belongs. Part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Row.
    pub row: Uuid,
}

impl Place {
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
pub struct DataKey(LessSafeKey, pub(super) Zeroizing<[u8; KEY_LEN]>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey")
    }
}

impl DataKey {
    /// A new random key.
    pub fn generate() -> Result<Self, CryptoError> {
        Self::from_bytes(random()?)
    }

    pub(super) fn from_bytes(bytes: [u8; KEY_LEN]) -> Result<Self, CryptoError> {
        Ok(Self(aead(&bytes)?, Zeroizing::new(bytes)))
    }

    /// Seals text or bytes for one place.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        seal(&self.0, &place.aad(), plain)
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        open(&self.0, &place.aad(), sealed)
    }

    /// Seals a value as JSON.
    pub fn seal_json<T: Serialize>(&self, place: Place, value: &T) -> Result<Vec<u8>, CryptoError> {
        let plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| CryptoError::Shape)?);
        self.seal(place, &plain)
    }

    /// Opens a value sealed as JSON.
    pub fn open_json<T: DeserializeOwned>(
        &self,
        place: Place,
        sealed: &[u8],
    ) -> Result<T, CryptoError> {
        serde_json::from_slice(&self.open(place, sealed)?).map_err(|_| CryptoError::Shape)
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
