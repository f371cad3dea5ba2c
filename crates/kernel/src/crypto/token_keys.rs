//! The keys that sign access tokens. Each signs from a moment on, which stands in the key file, so that
//! all servers change over together by the clock, whenever they were started.

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::key_file::{KeyFile, read, write};
use super::{BASE64, CryptoError};

/// A key that signs access tokens.
#[derive(Clone)]
pub struct TokenKey {
    /// Its name: part of its public key's hash.
    pub id: String,
    /// From when it signs; the first key always did.
    pub from: Option<DateTime<Utc>>,
    /// The private key, PKCS#8.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// The public key.
    pub public: Vec<u8>,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKey({}, from: {:?})", self.id, self.from)
    }
}

/// A key of the file beside the first one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LaterKey {
    pub(super) from: DateTime<Utc>,
    /// Base64 of PKCS#8.
    pub(super) key: String,
}

impl Drop for LaterKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl TokenKey {
    fn read(text: &str, from: Option<DateTime<Utc>>) -> Result<Self, CryptoError> {
        let wrong = || CryptoError::KeyFile("`token` is not an Ed25519 key in PKCS#8".into());
        let pkcs8 = Zeroizing::new(BASE64.decode(text).map_err(|_| wrong())?);
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| wrong())?;
        let public = pair.public_key().as_ref().to_vec();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &public);
        let id = digest.as_ref()[..8].iter();
        Ok(Self {
            id: id.map(|byte| format!("{byte:02x}")).collect(),
            from,
            pkcs8,
            public,
        })
    }
}

/// The keys of a file, in the order in which they sign.
pub(super) fn all(file: &KeyFile) -> Result<Vec<TokenKey>, CryptoError> {
    let mut keys = vec![TokenKey::read(&file.token, None)?];
    for later in &file.token_keys {
        keys.push(TokenKey::read(&later.key, Some(later.from))?);
    }
    if keys.windows(2).any(|two| two[0].from >= two[1].from) {
        return Err(CryptoError::KeyFile("`token_keys` are not in order".into()));
    }
    Ok(keys)
}

/// A new key, base64 of PKCS#8.
pub(super) fn fresh() -> Result<String, CryptoError> {
    let pair = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new())
        .map_err(|_| CryptoError::Randomness)?;
    Ok(BASE64.encode(pair.as_ref()))
}

/// The file with a further key that signs from `from` on. Keys whose tokens have ended by `now` leave
/// it; `lifetime` is how long a token holds.
pub(super) fn add(
    text: &str,
    from: DateTime<Utc>,
    now: DateTime<Utc>,
    lifetime: TimeDelta,
) -> Result<Zeroizing<String>, CryptoError> {
    let mut file = read(text)?;
    if file.token_keys.last().is_some_and(|last| last.from > now) {
        let text =
            "already holds a token key that does not sign yet; give the file to every server";
        return Err(CryptoError::KeyFile(text.into()));
    }
    file.token_keys.push(LaterKey {
        from,
        key: fresh()?,
    });
    while file
        .token_keys
        .first()
        .is_some_and(|next| next.from + lifetime <= now)
    {
        let mut first = file.token_keys.remove(0);
        std::mem::swap(&mut file.token, &mut first.key);
    }
    write(&file)
}

/// The file with a new key alone: every access token ends at once.
pub(super) fn replace(text: &str) -> Result<Zeroizing<String>, CryptoError> {
    let mut file = read(text)?;
    file.token.zeroize();
    file.token = fresh()?;
    file.token_keys.clear();
    write(&file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::KeyRing;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minutes * 60, 0).unwrap()
    }

    fn ids(text: &str) -> Vec<String> {
        let ring = KeyRing::parse(text).unwrap();
        ring.token_keys().iter().map(|key| key.id.clone()).collect()
    }

    #[test]
    fn a_key_leaves_the_file_once_its_tokens_have_ended_and_no_sooner() {
        let lifetime = TimeDelta::minutes(10);
        let first = KeyRing::new_file(false).unwrap();
        let second = add(&first, at(60), at(0), lifetime).unwrap();
        assert_eq!(ids(&second)[..1], ids(&first)[..]);
        let waiting = add(&second, at(90), at(30), lifetime).unwrap_err();
        assert!(matches!(waiting, CryptoError::KeyFile(_)));
        let third = add(&second, at(129), at(69), lifetime).unwrap();
        assert_eq!(ids(&third)[..2], ids(&second)[..]);
        let later = add(&second, at(130), at(70), lifetime).unwrap();
        assert_eq!(ids(&later)[..1], ids(&second)[1..]);
        assert_eq!(ids(&later).len(), 2);
        // What else the file holds stays.
        let rings = [&first, &later].map(|text| KeyRing::parse(text).unwrap());
        assert_eq!(rings[0].check_value(), rings[1].check_value());
        assert_eq!(rings[0].current(), rings[1].current());
    }

    #[test]
    fn one_new_key_can_replace_all() {
        let first = KeyRing::new_file(false).unwrap();
        let second = add(&first, at(60), at(0), TimeDelta::minutes(10)).unwrap();
        let only = replace(&second).unwrap();
        assert_eq!(ids(&only).len(), 1);
        assert!(!ids(&second).contains(&ids(&only)[0]));
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        let first = KeyRing::new_file(false).unwrap();
        let second = add(&first, at(60), at(0), TimeDelta::minutes(10)).unwrap();
        let third = add(&second, at(160), at(69), TimeDelta::minutes(10)).unwrap();
        let swapped = third.replace(&at(160).to_rfc3339(), &at(20).to_rfc3339());
        assert_ne!(*third, swapped);
        assert!(KeyRing::parse(&swapped).is_err());
    }
}
