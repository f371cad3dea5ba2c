//! Access tokens: EdDSA, ten minutes, one algorithm, every claim required.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::crypto::{KeyRing, hash_secret};
use crate::error::{Code, Error, Result};

/// How long an access token holds.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

const ISSUER: &str = "toldonce";
const AUDIENCE: &str = "toldonce-api";
const TYPE: &str = "at+jwt";

/// Whom a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
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
    },
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// The session; absent for clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
}

/// Signs and verifies.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    header: Header,
    validation: Validation,
    /// By the token's hash: the token itself is not kept.
    verified: Mutex<HashMap<Vec<u8>, Held>>,
}

/// Tokens remembered at most: some megabyte.
const REMEMBERED: usize = 16_384;

/// What a good token says.
#[derive(Clone, Copy)]
struct Held {
    subject: Subject,
    issued_at: i64,
    expires_at: i64,
}

impl Held {
    fn at(self, now: i64) -> Result<Subject> {
        match self.expires_at > now && self.issued_at <= now + 5 {
            true => Ok(self.subject),
            false => Err(Code::Unauthenticated.into()),
        }
    }
}

impl Tokens {
    /// With the ring's token key.
    pub fn new(keys: &KeyRing) -> Result<Self> {
        use aws_lc_rs::signature::KeyPair;
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_pkcs8(keys.token_key())
            .map_err(|_| Error::Internal("the token key is not an Ed25519 key"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is judged by the state's clock, below.
        validation.validate_exp = false;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        Ok(Self {
            encoding: EncodingKey::from_ed_der(keys.token_key()),
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            header,
            validation,
            verified: Mutex::default(),
        })
    }

    /// A token for the subject, and the seconds it holds.
    pub fn issue(&self, subject: Subject, now: DateTime<Utc>) -> Result<(String, i64)> {
        let (sub, sid) = match subject {
            Subject::User {
                user_id,
                session_id,
            } => (user_id, Some(session_id)),
            Subject::Client { client_id } => (client_id, None),
        };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub,
            jti: Uuid::now_v7(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            sid,
        };
        let token = jsonwebtoken::encode(&self.header, &claims, &self.encoding)
            .map_err(|_| Error::Internal("a token could not be signed"))?;
        Ok((token, LIFETIME.num_seconds()))
    }

    /// Whom the token stands for, if it holds now.
    ///
    /// A client sends the same token for ten minutes, and its signature is the dearest thing about a
    /// small request. What it says never changes, so it is remembered; when it ends is asked each time.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Subject> {
        let now = now.timestamp();
        let hash = hash_secret(token);
        if let Some(held) = self.remembered(&hash) {
            return held.at(now);
        }
        let held = self.open(token)?;
        let subject = held.at(now)?;
        self.remember(hash, held, now);
        Ok(subject)
    }

    fn open(&self, token: &str) -> Result<Held> {
        let refused = || Error::from(Code::Unauthenticated);
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| refused())?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return Err(refused());
        }
        let subject = match data.claims.sid {
            Some(session_id) => Subject::User {
                user_id: data.claims.sub,
                session_id,
            },
            None => Subject::Client {
                client_id: data.claims.sub,
            },
        };
        Ok(Held {
            subject,
            issued_at: data.claims.iat,
            expires_at: data.claims.exp,
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
        let user = Subject::User {
            user_id: Uuid::now_v7(),
            session_id: Uuid::now_v7(),
        };
        let client = Subject::Client {
            client_id: Uuid::now_v7(),
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
        let subject = Subject::Client {
            client_id: Uuid::now_v7(),
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
            subject: Subject::Client {
                client_id: Uuid::nil(),
            },
            issued_at: 0,
            expires_at,
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
    fn every_mutation_is_refused() {
        let (ring, tokens) = tokens();
        let subject = Subject::Client {
            client_id: Uuid::now_v7(),
        };
        let (good, _) = tokens.issue(subject, now()).unwrap();
        let parts: Vec<_> = good.split('.').collect();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        let sign = |header: Header, claims: &Value| {
            jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(ring.token_key()))
                .unwrap()
        };
        let header = || tokens.header.clone();
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
            &EncodingKey::from_secret(ring.token_key()),
        )
        .unwrap();
        let other =
            Tokens::new(&KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap()).unwrap();
        let mut plain = header();
        plain.typ = Some("JWT".into());
        for (name, bad) in [
            ("empty", String::new()),
            ("alg none", format!("{none}.{}.", parts[1])),
            ("hmac with the public world's key", hmac),
            ("another key", other.issue(subject, now()).unwrap().0),
            ("another type", sign(plain, &claims)),
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
