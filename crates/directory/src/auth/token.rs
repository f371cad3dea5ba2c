//! Access tokens: EdDSA, ten minutes, one algorithm, every claim required; each names the key that signed it.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use kernel::crypto::{KeyRing, hash_secret};
use kernel::error::{Code, Error, Result};

/// How long an access token holds.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

const ISSUER: &str = "toldonce";
const AUDIENCE: &str = "toldonce-api";
const TYPE: &str = "at+jwt";

/// Whom a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenSubject {
    /// A person, in one session.
    User {
        /// The account.
        user_id: Uuid,
        /// The session.
        session_id: Uuid,
    },
    /// An API client.
    Client {
        /// The client.
        client_id: Uuid,
        /// Which of its secrets the token was had with.
        secret_version: i32,
    },
}

#[derive(Serialize, Deserialize)]
struct TokenClaims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// The session; absent for clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// Which of a client's secrets it was had with; absent for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    sec: Option<i32>,
}

/// Signs and verifies.
pub struct Tokens {
    /// In the order in which they sign.
    keys: Vec<Key>,
    validation: Validation,
    /// By the token's hash: the token itself is not kept.
    verified: Mutex<HashMap<Vec<u8>, Held>>,
}

/// A key, and when it is good.
struct Key {
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Names it.
    header: Header,
    /// From when it signs.
    from: i64,
    /// Until when it verifies: until the tokens have ended that it signed before the next key did.
    until: i64,
}

impl Key {
    fn verifies(&self, now: i64) -> bool {
        self.from.saturating_sub(SKEW) <= now && now < self.until
    }
}

/// Seconds by which the clocks of two servers may differ.
const SKEW: i64 = 5;

/// Tokens remembered at most: some megabyte.
const REMEMBERED: usize = 16_384;

/// What a good token says.
#[derive(Clone, Copy)]
struct Held {
    subject: TokenSubject,
    issued_at: i64,
    expires_at: i64,
    /// Which key signed it.
    key: usize,
}

impl Tokens {
    /// With the ring's token keys.
    pub fn new(keys: &KeyRing) -> Result<Self> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is judged by the state's clock, below.
        validation.validate_exp = false;
        let all = keys.token_keys();
        let keys = all.iter().enumerate().map(|(place, key)| {
            let next = all.get(place + 1).and_then(|next| next.from);
            let mut header = Header::new(Algorithm::EdDSA);
            header.typ = Some(TYPE.into());
            header.kid = Some(key.id.clone());
            Key {
                encoding: EncodingKey::from_ed_der(&key.pkcs8),
                decoding: DecodingKey::from_ed_der(&key.public),
                header,
                from: key.from.map_or(i64::MIN, |from| from.timestamp()),
                until: next.map_or(i64::MAX, |next| (next + LIFETIME).timestamp() + SKEW),
            }
        });
        Ok(Self {
            keys: keys.collect(),
            validation,
            verified: Mutex::default(),
        })
    }

    /// A token for the subject, and the seconds it holds.
    pub fn issue(&self, subject: TokenSubject, now: DateTime<Utc>) -> Result<(String, i64)> {
        let (sub, sid, sec) = match subject {
            TokenSubject::User {
                user_id,
                session_id,
            } => (user_id, Some(session_id), None),
            TokenSubject::Client {
                client_id,
                secret_version,
            } => (client_id, None, Some(secret_version)),
        };
        let claims = TokenClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub,
            jti: Uuid::now_v7(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            sid,
            sec,
        };
        let signing = |key: &&Key| key.from <= now.timestamp();
        let key = self.keys.iter().rev().find(signing);
        let key = key.ok_or(Error::Internal("no key signs tokens yet"))?;
        let token = jsonwebtoken::encode(&key.header, &claims, &key.encoding)
            .map_err(|_| Error::Internal("a token could not be signed"))?;
        Ok((token, LIFETIME.num_seconds()))
    }

    /// Whom the token stands for, if it holds now.
    ///
    /// A client sends the same token for ten minutes, and its signature is the dearest thing about a
    /// small request. What it says never changes, so it is remembered; when it ends is asked each time.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<TokenSubject> {
        let now = now.timestamp();
        let hash = hash_secret(token);
        if let Some(held) = self.remembered(&hash) {
            return self.judge(held, now);
        }
        let held = self.open(token)?;
        let subject = self.judge(held, now)?;
        self.remember(hash, held, now);
        Ok(subject)
    }

    /// Whom a token stands for, if it and its key are good now.
    fn judge(&self, held: Held, now: i64) -> Result<TokenSubject> {
        let key = self.keys.get(held.key).is_some_and(|key| key.verifies(now));
        match key && held.expires_at > now && held.issued_at <= now + SKEW {
            true => Ok(held.subject),
            false => Err(Code::Unauthenticated.into()),
        }
    }

    fn open(&self, token: &str) -> Result<Held> {
        let refused = || Error::from(Code::Unauthenticated);
        let named = jsonwebtoken::decode_header(token)
            .map_err(|_| refused())?
            .kid;
        let named = |key: &Key| named.is_some() && key.header.kid == named;
        let place = self.keys.iter().position(named).ok_or_else(refused)?;
        let decoding = &self.keys[place].decoding;
        let data = jsonwebtoken::decode::<TokenClaims>(token, decoding, &self.validation)
            .map_err(|_| refused())?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return Err(refused());
        }
        let subject = match (data.claims.sid, data.claims.sec) {
            (Some(session_id), None) => TokenSubject::User {
                user_id: data.claims.sub,
                session_id,
            },
            (None, Some(secret_version)) => TokenSubject::Client {
                client_id: data.claims.sub,
                secret_version,
            },
            _ => return Err(refused()),
        };
        Ok(Held {
            subject,
            issued_at: data.claims.iat,
            expires_at: data.claims.exp,
            key: place,
        })
    }

    fn remembered(&self, hash: &[u8]) -> Option<Held> {
        self.verified.lock().ok()?.get(hash).copied()
    }

    /// Only good tokens come here, so nobody but those who sign in can fill it.
    fn remember(&self, hash: Vec<u8>, held: Held, now: i64) {
        let Ok(mut verified) = self.verified.lock() else {
            return;
        };
        if verified.len() >= REMEMBERED {
            verified.retain(|_, held| held.expires_at > now);
        }
        if verified.len() < REMEMBERED {
            verified.insert(hash, held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn tokens() -> (KeyRing, Tokens) {
        let ring = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
        let tokens = Tokens::new(&ring).unwrap();
        (ring, tokens)
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn a_token_says_whom_it_stands_for_until_it_expires() {
        let (_, tokens) = tokens();
        let user = TokenSubject::User {
            user_id: Uuid::now_v7(),
            session_id: Uuid::now_v7(),
        };
        let client = TokenSubject::Client {
            client_id: Uuid::now_v7(),
            secret_version: 1,
        };
        for subject in [user, client] {
            let (token, seconds) = tokens.issue(subject, now()).unwrap();
            assert_eq!(seconds, 600);
            assert_eq!(
                tokens
                    .verify(&token, now() + TimeDelta::seconds(599))
                    .unwrap(),
                subject
            );
            assert!(
                tokens
                    .verify(&token, now() + TimeDelta::seconds(600))
                    .is_err()
            );
            assert!(
                tokens
                    .verify(&token, now() - TimeDelta::seconds(60))
                    .is_err()
            );
        }
    }

    #[test]
    fn a_remembered_token_ends_like_any_and_lends_nothing_to_another() {
        let (_, tokens) = tokens();
        let subject = TokenSubject::Client {
            client_id: Uuid::now_v7(),
            secret_version: 1,
        };
        let (token, _) = tokens.issue(subject, now()).unwrap();
        let (head, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
        assert!(tokens.verify(&forged, now()).is_err());
        assert_eq!(tokens.verify(&token, now()).unwrap(), subject);
        assert_eq!(tokens.verify(&token, now()).unwrap(), subject);
        assert!(tokens.verify(&forged, now()).is_err());
        assert_eq!(tokens.verified.lock().unwrap().len(), 1);
        assert!(tokens.verify(&token, now() + LIFETIME).is_err());
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_old_tokens_make_room() {
        let (_, tokens) = tokens();
        let held = |expires_at| Held {
            subject: TokenSubject::Client {
                client_id: Uuid::nil(),
                secret_version: 1,
            },
            issued_at: 0,
            expires_at,
            key: 0,
        };
        let name = |n: usize| hash_secret(&n.to_string());
        for n in 0..REMEMBERED + 5 {
            tokens.remember(name(n), held(10 + (n % 2) as i64 * 10), 1);
        }
        let len = || tokens.verified.lock().unwrap().len();
        assert_eq!(len(), REMEMBERED);
        tokens.remember(name(REMEMBERED), held(30), 15);
        assert_eq!(len(), REMEMBERED / 2 + 1);
    }

    #[test]
    fn servers_change_over_to_the_next_key_by_the_clock_and_the_one_before_ends_with_its_tokens() {
        let before = KeyRing::new_file(true).unwrap();
        let from = now() + TimeDelta::hours(1);
        let after = KeyRing::add_token_key(&before, from, now(), LIFETIME).unwrap();
        let servers = [&before, &after].map(|text| KeyRing::parse(text).unwrap());
        let [not_restarted, restarted] = servers.each_ref().map(|ring| Tokens::new(ring).unwrap());
        let user = TokenSubject::User {
            user_id: Uuid::now_v7(),
            session_id: Uuid::now_v7(),
        };
        // Until then it does not matter which server somebody comes to.
        let at = from - TimeDelta::seconds(1);
        for (one, other) in [(&restarted, &not_restarted), (&not_restarted, &restarted)] {
            let (token, _) = one.issue(user, at).unwrap();
            assert_eq!(other.verify(&token, at).unwrap(), user);
        }
        let (last, _) = restarted.issue(user, at).unwrap();
        let (first, _) = restarted.issue(user, from).unwrap();
        let name = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid;
        assert_ne!(name(&last), name(&first));
        assert!(not_restarted.verify(&first, from).is_err());
        // The last token of the key before holds its ten minutes, also after another start.
        let again = Tokens::new(&servers[1]).unwrap();
        let end = at + LIFETIME - TimeDelta::seconds(1);
        for server in [&restarted, &again] {
            assert_eq!(server.verify(&last, end).unwrap(), user);
            assert_eq!(server.verify(&first, end).unwrap(), user);
        }
        // And then the key is worth nothing, whatever it signs.
        let late = from + LIFETIME + TimeDelta::seconds(SKEW);
        let (stolen, _) = not_restarted.issue(user, late).unwrap();
        assert!(not_restarted.verify(&stolen, late).is_ok());
        assert!(restarted.verify(&stolen, late).is_err());
        // A key whose time has not come is worth nothing either.
        let early = from - TimeDelta::seconds(SKEW + 1);
        let (eager, _) = restarted.issue(user, from).unwrap();
        assert!(restarted.verify(&eager, early).is_err());
    }

    #[test]
    fn every_mutation_is_refused() {
        let (ring, tokens) = tokens();
        let subject = TokenSubject::Client {
            client_id: Uuid::now_v7(),
            secret_version: 1,
        };
        let (good, _) = tokens.issue(subject, now()).unwrap();
        let parts: Vec<_> = good.split('.').collect();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        let sign = |header: Header, claims: &Value| {
            jsonwebtoken::encode(
                &header,
                claims,
                &EncodingKey::from_ed_der(&ring.token_keys()[0].pkcs8),
            )
            .unwrap()
        };
        let header = || tokens.keys[0].header.clone();
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            sign(header(), &claims)
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            sign(header(), &claims)
        };
        assert!(tokens.verify(&sign(header(), &claims), now()).is_ok());
        let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": TYPE}).to_string());
        let hmac = jsonwebtoken::encode(
            &Header {
                typ: Some(TYPE.into()),
                ..Header::new(Algorithm::HS256)
            },
            &claims,
            &EncodingKey::from_secret(&ring.token_keys()[0].public),
        )
        .unwrap();
        let other =
            Tokens::new(&KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap()).unwrap();
        let mut plain = header();
        plain.typ = Some("JWT".into());
        let mut nameless = header();
        nameless.kid = None;
        let mut other_name = header();
        other_name.kid = other.keys[0].header.kid.clone();
        let both = |session: bool| {
            let mut claims = claims.clone();
            match session {
                true => claims["sid"] = json!(Uuid::nil()),
                false => drop(claims.as_object_mut().unwrap().remove("sec")),
            }
            sign(header(), &claims)
        };
        for (name, bad) in [
            ("empty", String::new()),
            ("alg none", format!("{none}.{}.", parts[1])),
            ("hmac with the public world's key", hmac),
            ("another key", other.issue(subject, now()).unwrap().0),
            ("another type", sign(plain, &claims)),
            ("no key named", sign(nameless, &claims)),
            ("another key named", sign(other_name, &claims)),
            ("person and client", both(true)),
            ("neither", both(false)),
            ("issuer", with("iss", json!("else"))),
            ("audience", with("aud", json!("else"))),
            ("no audience", without("aud")),
            ("no issuer", without("iss")),
            ("no expiry", without("exp")),
            ("no subject", without("sub")),
            ("no id", without("jti")),
            ("subject no id", with("sub", json!("admin"))),
            ("expired", with("exp", json!(1))),
            ("cut", good[..good.len() - 4].to_owned()),
            (
                "other claims",
                format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode("{}"), parts[2]),
            ),
        ] {
            assert!(tokens.verify(&bad, now()).is_err(), "{name}");
        }
    }
}
