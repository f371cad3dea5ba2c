//! Sealing of personal data, and the keyed hashes that matching compares.
//!
//! Every case has a data key of its own; the key ring's master key wraps it. A seal is bound to the
//! table, column and row it was made for, so a ciphertext copied elsewhere does not open. Destroying
//! a case's data key destroys its content (design section 3).

pub mod damage;
mod data_key;
mod key_file;
mod placeholder;
mod token_keys;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use data_key::{DataKey, SealPlace};
use data_key::{aead, open, seal};
use key_file::{KeyFile, read, write};
pub use token_keys::TokenKey;

use self::damage::Damage;

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
    /// What is to be decided or written hangs on a part that could not be read.
    #[error("a part is damaged")]
    Damaged,
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
    hash_bytes(secret.as_bytes())
}

/// SHA-256, for knowing sealed bytes again.
pub fn hash_bytes(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
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

/// The keys of an installation: master keys (one current), the index key, the token keys.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    demonstration: bool,
    current: String,
    masters: BTreeMap<String, LessSafeKey>,
    /// Keys that sign the audit's heads, by the master key that each is derived from.
    heads: BTreeMap<String, hmac::Key>,
    index: hmac::Key,
    tokens: Vec<TokenKey>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing(current: {})", self.0.current)
    }
}

impl KeyRing {
    /// Text of a new key file with fresh keys; `demonstration` marks it unfit for `serve`.
    pub fn new_file(demonstration: bool) -> Result<Zeroizing<String>, CryptoError> {
        let id = new_key_id()?;
        let file = KeyFile {
            demonstration,
            current: id.clone(),
            masters: BTreeMap::from([(id, BASE64.encode(random::<KEY_LEN>()?))]),
            index: BASE64.encode(random::<KEY_LEN>()?),
            token: token_keys::fresh()?,
            token_keys: Vec::new(),
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

    /// The same file with one more key for access tokens, which signs from `from` on; those whose tokens
    /// have all ended, a `lifetime` after they signed last, leave it.
    pub fn add_token_key(
        text: &str,
        from: DateTime<Utc>,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<Zeroizing<String>, CryptoError> {
        token_keys::add(text, from, now, lifetime)
    }

    /// The same file with a new key for access tokens and no other: those that were issued end.
    pub fn replace_token_keys(text: &str) -> Result<Zeroizing<String>, CryptoError> {
        token_keys::replace(text)
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
        let (mut masters, mut heads) = (BTreeMap::new(), BTreeMap::new());
        for (id, key) in &file.masters {
            let key = bytes("masters", key)?;
            masters.insert(id.clone(), aead(&key)?);
            heads.insert(id.clone(), derived(&key, b"signs heads of the audit"));
        }
        if !masters.contains_key(&file.current) {
            return Err(CryptoError::KeyFile("`current` names no master key".into()));
        }
        let index = bytes("index", &file.index)?;
        if index.len() != KEY_LEN {
            return Err(CryptoError::KeyFile("`index` is not 32 bytes long".into()));
        }
        Ok(Self(Arc::new(Ring {
            demonstration: file.demonstration,
            current: file.current.clone(),
            masters,
            heads,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
            tokens: token_keys::all(&file)?,
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
        let place = SealPlace::new("data_keys", "wrapped", case_id);
        let bytes = seal(master, &place.aad(), key.bytes()?)?;
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
        self.unwrap_of("data_keys", case_id, master_key_id, wrapped)
    }

    /// The same for the key of what is told at a meeting about no case.
    pub fn unwrap_of_meeting(
        &self,
        meeting_id: Uuid,
        master_key_id: &str,
        wrapped: Option<&[u8]>,
    ) -> Result<DataKey, CryptoError> {
        let wrapped = wrapped.ok_or(CryptoError::Destroyed)?;
        self.unwrap_of("meeting_keys", meeting_id, master_key_id, wrapped)
    }

    /// Whether the key of a case or of a meeting opens.
    pub fn opens(&self, owner: Uuid, master_key_id: &str, wrapped: &[u8]) -> bool {
        self.unwrapped(owner, master_key_id, wrapped).is_ok()
    }

    /// Where damage is watched for, a key that is damaged opens nothing, and the rest can be read.
    fn unwrap_of(
        &self,
        table: &'static str,
        owner: Uuid,
        master_key_id: &str,
        wrapped: &[u8],
    ) -> Result<DataKey, CryptoError> {
        let place = SealPlace::new(table, "wrapped", owner);
        match self.unwrapped(owner, master_key_id, wrapped) {
            Err(CryptoError::Seal | CryptoError::UnknownMasterKey)
                if damage::note(Damage::of(place, owner, wrapped)) =>
            {
                Ok(DataKey::lost(owner))
            }
            read => read,
        }
    }

    fn unwrapped(
        &self,
        owner: Uuid,
        master_key_id: &str,
        wrapped: &[u8],
    ) -> Result<DataKey, CryptoError> {
        let master = self.0.masters.get(master_key_id);
        let master = master.ok_or(CryptoError::UnknownMasterKey)?;
        let place = SealPlace::new("data_keys", "wrapped", owner);
        let plain = open(master, &place.aad(), wrapped)?;
        let bytes = plain.as_slice().try_into();
        DataKey::from_bytes(owner, bytes.map_err(|_| CryptoError::Seal)?)
    }

    /// Seals what belongs to no case and is soon gone, under the current master key itself.
    pub fn seal(&self, place: SealPlace, plain: &[u8]) -> Result<Wrapped, CryptoError> {
        let master = self
            .0
            .masters
            .get(&self.0.current)
            .ok_or(CryptoError::UnknownMasterKey)?;
        Ok(Wrapped {
            master_key_id: self.0.current.clone(),
            bytes: seal(master, &place.aad(), plain)?,
        })
    }

    /// Opens what `seal` sealed for this place.
    pub fn open(
        &self,
        place: SealPlace,
        master_key_id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let master = self
            .0
            .masters
            .get(master_key_id)
            .ok_or(CryptoError::UnknownMasterKey)?;
        open(master, &place.aad(), sealed)
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

    /// Signs a head of the audit: the id of the key, and the signature.
    pub fn sign_head(&self, head: &[u8]) -> Result<(String, Vec<u8>), CryptoError> {
        let current = &self.0.current;
        let key = self.0.heads.get(current);
        let tag = hmac::sign(key.ok_or(CryptoError::UnknownMasterKey)?, head);
        Ok((current.clone(), tag.as_ref().to_vec()))
    }

    /// Whether this key of the ring, current or older, signed this head.
    pub fn signed_head(&self, key_id: &str, head: &[u8], tag: &[u8]) -> Result<bool, CryptoError> {
        let key = self.0.heads.get(key_id);
        Ok(hmac::verify(key.ok_or(CryptoError::UnknownMasterKey)?, head, tag).is_ok())
    }

    /// A value that only this ring gives: a database keeps it to know whose keys open it.
    pub fn check_value(&self) -> Vec<u8> {
        self.index("key check", &[])
    }

    /// The keys that sign access tokens, in the order in which they do.
    pub fn token_keys(&self) -> &[TokenKey] {
        &self.0.tokens
    }
}

/// A key of its own for one purpose, from which the master key cannot be found.
fn derived(master: &[u8], purpose: &[u8]) -> hmac::Key {
    let master = hmac::Key::new(hmac::HMAC_SHA256, master);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&master, purpose).as_ref())
}

fn new_key_id() -> Result<String, CryptoError> {
    Ok(random::<4>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
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
        let place = SealPlace::new("parties", "identity", Uuid::now_v7());
        let sealed = key.seal(place, b"a name").unwrap();
        assert_eq!(key.open(place, &sealed).unwrap().as_slice(), b"a name");
        let elsewhere = [
            SealPlace {
                row: Uuid::now_v7(),
                ..place
            },
            SealPlace {
                column: "notes",
                ..place
            },
            SealPlace {
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
        let place = SealPlace::new("t", "c", Uuid::now_v7());
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
        let place = SealPlace::new("t", "c", Uuid::now_v7());
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
        assert_eq!(again.bytes().unwrap(), key.bytes().unwrap());
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
    fn a_signed_head_holds_after_rotation_and_under_no_other_keys() {
        let text = KeyRing::new_file(false).unwrap();
        let old = KeyRing::parse(&text).unwrap();
        let new = KeyRing::parse(&KeyRing::add_master(&text).unwrap()).unwrap();
        let (id, tag) = old.sign_head(b"head").unwrap();
        for keys in [&old, &new] {
            assert!(keys.signed_head(&id, b"head", &tag).unwrap());
            assert!(!keys.signed_head(&id, b"hood", &tag).unwrap());
            assert!(!keys.signed_head(&id, b"head", &tag[1..]).unwrap());
        }
        assert_ne!(new.sign_head(b"head").unwrap().0, id);
        assert!(!new.signed_head(new.current(), b"head", &tag).unwrap());
        assert!(matches!(
            ring().signed_head(&id, b"head", &tag),
            Err(CryptoError::UnknownMasterKey)
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
