//! Sealing of personal data, and the keyed hashes that matching compares.
//!
//! Every case has a data key of its own; the key ring's master key wraps it. A seal is bound to the
//! table, column and row it was made for, so a ciphertext copied elsewhere does not open. Destroying
//! a case's data key destroys its content (design section 3).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const KEY_LEN: usize = 32;

/// Why something could not be sealed, opened or loaded. Holds no key and no content.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The seal is broken, or was made for another row or another key.
    #[error("a seal did not open")]
    Seal,
    /// The key was destroyed: the content is gone by decision.
    #[error("the data key was destroyed")]
    Destroyed,
    /// The ring lacks the master key a data key was wrapped with.
    #[error("the key ring lacks a master key that is in use")]
    UnknownMasterKey,
    /// The key file cannot be used; the text says why.
    #[error("key file: {0}")]
    KeyFile(String),
    /// The operating system gave no randomness.
    #[error("no randomness")]
    Randomness,
    /// Sealed content has not the expected shape.
    #[error("sealed content has another shape")]
    Shape,
}

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

    fn aad(&self) -> Vec<u8> {
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
pub struct DataKey(LessSafeKey, Zeroizing<[u8; KEY_LEN]>);

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

    fn from_bytes(bytes: [u8; KEY_LEN]) -> Result<Self, CryptoError> {
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

fn aead(bytes: &[u8]) -> Result<LessSafeKey, CryptoError> {
    let key = UnboundKey::new(&AES_256_GCM, bytes)
        .map_err(|_| CryptoError::KeyFile("a key is not 32 bytes long".into()))?;
    Ok(LessSafeKey::new(key))
}

fn seal(key: &LessSafeKey, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
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

fn open(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
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

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| CryptoError::Randomness)?;
    Ok(bytes)
}

/// A random secret for links, refresh tokens and client secrets: 256 bits, URL-safe.
pub fn secret() -> Result<String, CryptoError> {
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// Hash of a high-entropy secret, for storing it.
pub fn hash_secret(secret: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.as_bytes())
        .as_ref()
        .to_vec()
}

/// Compares without telling by time where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// A data key as it is stored.
pub struct Wrapped {
    /// Which master key wrapped it.
    pub master_key_id: String,
    /// The wrapped key.
    pub bytes: Vec<u8>,
}

/// The keys of an installation: master keys (one current), the index key, the token key.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    demonstration: bool,
    current: String,
    masters: BTreeMap<String, LessSafeKey>,
    index: hmac::Key,
    token: Vec<u8>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing(current: {})", self.0.current)
    }
}

/// The key file: TOML, readable by the service's user alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Made by the demonstration: `serve` refuses it.
    #[serde(default)]
    demonstration: bool,
    /// Id of the master key that wraps new data keys.
    current: String,
    /// Master keys by id, base64 of 32 bytes.
    masters: BTreeMap<String, String>,
    /// Key of the matching hashes, base64 of 32 bytes.
    index: String,
    /// Ed25519 key that signs access tokens, base64 of PKCS#8.
    token: String,
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.masters.values_mut().for_each(Zeroize::zeroize);
        self.index.zeroize();
        self.token.zeroize();
    }
}

impl KeyRing {
    /// Text of a new key file with fresh keys; `demonstration` marks it unfit for `serve`.
    pub fn new_file(demonstration: bool) -> Result<Zeroizing<String>, CryptoError> {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new())
            .map_err(|_| CryptoError::Randomness)?;
        let id = new_key_id()?;
        let file = KeyFile {
            demonstration,
            current: id.clone(),
            masters: BTreeMap::from([(id, BASE64.encode(random::<KEY_LEN>()?))]),
            index: BASE64.encode(random::<KEY_LEN>()?),
            token: BASE64.encode(pair.as_ref()),
        };
        write(&file)
    }

    /// The same file with one more master key, which becomes the current one. Old keys stay until
    /// `keys rotate` has wrapped every data key anew.
    pub fn add_master(text: &str) -> Result<Zeroizing<String>, CryptoError> {
        let mut file = read(text)?;
        let id = new_key_id()?;
        file.masters
            .insert(id.clone(), BASE64.encode(random::<KEY_LEN>()?));
        file.current = id;
        write(&file)
    }

    /// Reads a key file's text.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let file = read(text)?;
        let bytes = |name: &str, value: &str| {
            BASE64
                .decode(value)
                .map(Zeroizing::new)
                .map_err(|_| CryptoError::KeyFile(format!("`{name}` is not base64")))
        };
        let mut masters = BTreeMap::new();
        for (id, key) in &file.masters {
            masters.insert(id.clone(), aead(&bytes("masters", key)?)?);
        }
        if !masters.contains_key(&file.current) {
            return Err(CryptoError::KeyFile("`current` names no master key".into()));
        }
        let index = bytes("index", &file.index)?;
        if index.len() != KEY_LEN {
            return Err(CryptoError::KeyFile("`index` is not 32 bytes long".into()));
        }
        let token = bytes("token", &file.token)?;
        aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8(&token)
            .map_err(|_| CryptoError::KeyFile("`token` is not an Ed25519 key in PKCS#8".into()))?;
        Ok(Self(Arc::new(Ring {
            demonstration: file.demonstration,
            current: file.current.clone(),
            masters,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
            token: token.to_vec(),
        })))
    }

    /// Reads a key file.
    pub fn load(path: &Path) -> Result<Self, CryptoError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| CryptoError::KeyFile(format!("cannot be read ({})", error.kind())))?;
        Self::parse(&Zeroizing::new(text))
    }

    /// Whether these are the demonstration's keys.
    pub fn is_demonstration(&self) -> bool {
        self.0.demonstration
    }

    /// Id of the master key that wraps new data keys.
    pub fn current(&self) -> &str {
        &self.0.current
    }

    /// Wraps a case's key under the current master key.
    pub fn wrap(&self, case_id: Uuid, key: &DataKey) -> Result<Wrapped, CryptoError> {
        let master = self
            .0
            .masters
            .get(&self.0.current)
            .ok_or(CryptoError::UnknownMasterKey)?;
        let place = Place::new("data_keys", "wrapped", case_id);
        let bytes = seal(master, &place.aad(), key.1.as_slice())?;
        Ok(Wrapped {
            master_key_id: self.0.current.clone(),
            bytes,
        })
    }

    /// Unwraps a case's key. `None` says it was destroyed.
    pub fn unwrap(
        &self,
        case_id: Uuid,
        master_key_id: &str,
        wrapped: Option<&[u8]>,
    ) -> Result<DataKey, CryptoError> {
        let wrapped = wrapped.ok_or(CryptoError::Destroyed)?;
        let master = self
            .0
            .masters
            .get(master_key_id)
            .ok_or(CryptoError::UnknownMasterKey)?;
        let plain = open(
            master,
            &Place::new("data_keys", "wrapped", case_id).aad(),
            wrapped,
        )?;
        let bytes: [u8; KEY_LEN] = plain.as_slice().try_into().map_err(|_| CryptoError::Seal)?;
        DataKey::from_bytes(bytes)
    }

    /// Keyed hash of several values together, for matching and throttling: equal values, equal
    /// hashes, and without the key nobody can try guesses. `purpose` keeps uses apart.
    pub fn index(&self, purpose: &str, values: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0.index);
        for part in std::iter::once(&purpose).chain(values) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref()[..16].to_vec()
    }

    /// A value that only this ring gives: a database keeps it to know whose keys open it.
    pub fn check_value(&self) -> Vec<u8> {
        self.index("key check", &[])
    }

    /// PKCS#8 of the Ed25519 key that signs access tokens.
    pub(crate) fn token_key(&self) -> &[u8] {
        &self.0.token
    }
}

fn new_key_id() -> Result<String, CryptoError> {
    Ok(random::<4>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn read(text: &str) -> Result<KeyFile, CryptoError> {
    // The parser's own message quotes the line, and the line may be a key.
    toml::from_str(text)
        .map_err(|_| CryptoError::KeyFile("is not a key file made by `toldonce keys new`".into()))
}

fn write(file: &KeyFile) -> Result<Zeroizing<String>, CryptoError> {
    let mut text = String::new();
    text.push_str("# Told Once keys. Whoever has this file can read everything. Keep it apart from the database.\n");
    if file.demonstration {
        text.push_str("demonstration = true\n");
    }
    text.push_str(&format!(
        "current = \"{}\"\nindex = \"{}\"\ntoken = \"{}\"\n\n[masters]\n",
        file.current, file.index, file.token
    ));
    for (id, key) in &file.masters {
        text.push_str(&format!("{id:?} = \"{key}\"\n"));
    }
    Ok(Zeroizing::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap()
    }

    #[test]
    fn a_seal_opens_only_where_it_belongs() {
        let key = DataKey::generate().unwrap();
        let place = Place::new("parties", "identity", Uuid::now_v7());
        let sealed = key.seal(place, b"a name").unwrap();
        assert_eq!(key.open(place, &sealed).unwrap().as_slice(), b"a name");
        let elsewhere = [
            Place {
                row: Uuid::now_v7(),
                ..place
            },
            Place {
                column: "notes",
                ..place
            },
            Place {
                table: "actions",
                ..place
            },
        ];
        for other in elsewhere {
            assert!(matches!(key.open(other, &sealed), Err(CryptoError::Seal)));
        }
        assert!(DataKey::generate().unwrap().open(place, &sealed).is_err());
    }

    #[test]
    fn a_damaged_seal_is_refused_without_panic() {
        let key = DataKey::generate().unwrap();
        let place = Place::new("t", "c", Uuid::now_v7());
        let sealed = key.seal(place, b"content").unwrap();
        for length in 0..sealed.len() {
            assert!(key.open(place, &sealed[..length]).is_err());
        }
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(key.open(place, &changed).is_err());
        }
    }

    #[test]
    fn the_same_text_seals_differently_each_time() {
        let key = DataKey::generate().unwrap();
        let place = Place::new("t", "c", Uuid::now_v7());
        let seals: std::collections::HashSet<_> =
            (0..200).map(|_| key.seal(place, b"x").unwrap()).collect();
        assert_eq!(seals.len(), 200);
    }

    #[test]
    fn rotation_keeps_old_keys_readable_and_wraps_with_the_new() {
        let old_text = KeyRing::new_file(false).unwrap();
        let old = KeyRing::parse(&old_text).unwrap();
        let case = Uuid::now_v7();
        let key = DataKey::generate().unwrap();
        let wrapped = old.wrap(case, &key).unwrap();
        let new = KeyRing::parse(&KeyRing::add_master(&old_text).unwrap()).unwrap();
        let again = new
            .unwrap(case, &wrapped.master_key_id, Some(&wrapped.bytes))
            .unwrap();
        assert_eq!(again.1.as_slice(), key.1.as_slice());
        assert_ne!(
            new.wrap(case, &key).unwrap().master_key_id,
            wrapped.master_key_id
        );
        assert_eq!(new.check_value(), old.check_value());
        assert!(
            new.unwrap(Uuid::now_v7(), &wrapped.master_key_id, Some(&wrapped.bytes))
                .is_err()
        );
        assert!(matches!(
            ring().unwrap(case, "ffff", Some(&wrapped.bytes)),
            Err(CryptoError::UnknownMasterKey)
        ));
        assert!(matches!(
            new.unwrap(case, &wrapped.master_key_id, None),
            Err(CryptoError::Destroyed)
        ));
    }

    #[test]
    fn index_values_depend_on_key_purpose_and_boundaries() {
        let ring = ring();
        assert_eq!(
            ring.index("pair", &["ab", "c"]),
            ring.index("pair", &["ab", "c"])
        );
        assert_ne!(
            ring.index("pair", &["ab", "c"]),
            ring.index("pair", &["a", "bc"])
        );
        assert_ne!(
            ring.index("pair", &["ab", "c"]),
            ring.index("child", &["ab", "c"])
        );
        assert_ne!(
            ring.index("pair", &["ab"]),
            self::ring().index("pair", &["ab"])
        );
    }

    #[test]
    fn a_bad_key_file_is_refused_by_name_and_never_quoted() {
        let good = KeyRing::new_file(false).unwrap();
        let secret = good
            .lines()
            .find(|line| line.starts_with("index"))
            .unwrap()
            .to_owned();
        for bad in [
            String::new(),
            good.replace("index", "indx"),
            good.replace("current = \"", "current = \"zz"),
            good.replace(&secret, "index = \"AAAA\""),
            format!("{}\nx = [", good.as_str()),
        ] {
            let text = KeyRing::parse(&bad).unwrap_err().to_string();
            assert!(!text.contains(&secret[9..30]), "{text}");
        }
    }
}
