//! Who is calling, as far as a verified token tells.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::error::{Code, Error, Result};
use crate::policy::Principal;

/// Header by which a client names the registered person it acts for.
pub const ACTOR_HEADER: &str = "x-toldonce-actor";

/// What a verified token says. Not yet known to be live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person's session.
    User {
        /// The account.
        user_id: Uuid,
        /// The session.
        session_id: Uuid,
    },
    /// An agency's client, and the partner's own id of the person it acts for.
    Client {
        /// The client.
        client_id: Uuid,
        /// Which of its secrets the token was had with.
        secret_version: i32,
        /// None: its service actor.
        actor_ref: Option<String>,
    },
}

impl Caller {
    /// As far as the token tells, before the database is asked.
    pub fn principal(&self) -> Principal {
        match self {
            Self::User {
                user_id,
                session_id,
            } => Principal::User {
                id: *user_id,
                session_id: *session_id,
            },
            Self::Client { client_id, .. } => Principal::Client {
                id: *client_id,
                actor_id: None,
                user_id: None,
            },
        }
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .extensions()
                .get::<Self>()
                .cloned()
                .ok_or_else(|| Code::Unauthenticated.into()),
        )
    }
}
