//! Retries that happen once. The key is written first, in the transaction of what it makes; a replay
//! is rendered afresh under today's rights, so no answer is kept.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::header::once;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::schema::idempotency_keys;
use crate::sql::{Row, statement};

/// The `Idempotency-Key` header, if one was sent. A reader in the process has none.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyKey(Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = match once(request, "Idempotency-Key") {
            Ok(Some(value)) => value,
            Ok(None) => return ready(Ok(Self(None))),
            Err(error) => return ready(Err(error)),
        };
        let key = value.to_str().ok().map(str::trim).filter(|key| {
            (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        ready(key.map(|key| Self(Some(key.to_owned()))).ok_or_else(|| {
            Error::malformed(
                "Idempotency-Key",
                "key",
                "Send 8 to 128 visible characters, such as a UUID.",
            )
        }))
    }
}

/// What the key says of this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// Not seen before: make the resource with this id.
    Fresh(Uuid),
    /// Done already: this is the resource.
    Replay(Uuid),
}

impl Idempotency {
    /// The resource's id, made or found.
    pub fn id(self) -> Uuid {
        match self {
            Self::Fresh(id) | Self::Replay(id) => id,
        }
    }
}

#[derive(Row)]
struct Claim {
    fresh: bool,
    digest: Vec<u8>,
    resource_id: Uuid,
    created_at: DateTime<Utc>,
}

impl IdempotencyKey {
    /// Claims the key for this operation and body. A second request with it waits for the first to
    /// end, then is a replay, as the caller stands and at the moment it is by then; another body is 422.
    pub fn claim(
        &self,
        tx: &mut Tx<'_>,
        operation: &'static str,
        body: &impl Serialize,
    ) -> Result<Idempotency> {
        let id = Uuid::now_v7();
        let Some(key) = &self.0 else {
            return Ok(Idempotency::Fresh(id));
        };
        let text = zeroize::Zeroizing::new(
            serde_json::to_string(body).map_err(|_| Error::Internal("a body did not serialise"))?,
        );
        let digest = tx.keys.index("idempotency", &[operation, &text]);
        let known = tx
            .sql(statement!("claim" => Claim))
            .bind(principal(tx))
            .bind(operation)
            .bind(key.clone())
            .bind(digest.clone())
            .bind(id)
            .bind(tx.now)
            .get_result(tx.conn)?;
        tx.waited_for(known.created_at);
        match (known.fresh, crate::crypto::same(&known.digest, &digest)) {
            (true, _) => Ok(Idempotency::Fresh(id)),
            (false, true) => {
                tx.renew()?;
                Ok(Idempotency::Replay(known.resource_id))
            }
            (false, false) => Err(Code::KeyReused.into()),
        }
    }

    /// Gives a fresh claim back, because nothing was made after all.
    pub fn release(&self, tx: &mut Tx<'_>, operation: &'static str) -> Result<()> {
        let Some(key) = &self.0 else { return Ok(()) };
        let claim = (principal(tx), operation, key.as_str());
        diesel::delete(idempotency_keys::table.find(claim)).execute(tx.conn)?;
        Ok(())
    }
}

/// Whose keys they are.
fn principal(tx: &Tx<'_>) -> Uuid {
    let principal = &tx.actor.principal;
    principal.actor_id().unwrap_or_else(|| principal.id())
}
