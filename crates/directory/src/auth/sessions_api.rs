//! The own sessions: seen, and ended one by one.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::guesses::known_network;
use super::proof::person;
use super::sessions::{self, Open};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Network, NoContent, Page, Path, operation};
use kernel::policy::hidden;
use practice::vocabulary;

/// Operations on the own sessions.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_sessions_route)
        .service(end_session_route);
}

vocabulary! {
    /// Where a session was opened. Addresses are not kept.
    SessionNetwork {
        /// The network that this request comes from.
        Here = "here",
        /// Another one, from which you had signed in before.
        Known = "known",
        /// Another one, from which nobody had signed in to your account before.
        New = "new",
        /// It was not recorded.
        Unknown = "unknown",
    }
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct OpenSessionOut {
    /// Its id.
    id: Uuid,
    /// It is the one that this request belongs to.
    this: bool,
    /// When somebody signed in.
    opened_at: DateTime<Utc>,
    /// When it was used last, to within the ten minutes that an access token holds; null if that was not
    /// recorded.
    last_used_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    expires_at: DateTime<Utc>,
    /// Where it was opened.
    network: SessionNetwork,
}

impl OpenSessionOut {
    fn of(open: Open, this: Uuid, here: &[u8]) -> Self {
        let network = match (open.network, open.network_new) {
            (Some(network), _) if network == here => SessionNetwork::Here,
            (Some(_), Some(true)) => SessionNetwork::New,
            (Some(_), _) => SessionNetwork::Known,
            (None, _) => SessionNetwork::Unknown,
        };
        Self {
            id: open.id,
            this: open.id == this,
            opened_at: open.created_at,
            last_used_at: open.last_used_at,
            expires_at: open.expires_at,
            network,
        }
    }
}

/// The own sessions that are open, the newest first.
#[operation(get, "/auth/sessions", tag = "auth", act = ReadSessions, says = "All of them on one page.")]
pub async fn list_sessions(
    db: Data<Db>,
    caller: Caller,
    from: Network,
) -> Result<Page<OpenSessionOut>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let (user_id, this) = person(&tx.actor.principal)?;
        let here = known_network(&tx.keys, user_id, from);
        let open = sessions::open_sessions(tx, user_id)?;
        let items: Vec<_> = open
            .into_iter()
            .map(|open| OpenSessionOut::of(open, this, &here))
            .collect();
        let event = Event::list(items.len());
        Ok(Audited::new(Page::whole(items), event))
    })
    .await
}

/// End one of the own sessions: its access tokens and its refresh token end at once.
#[operation(delete, "/auth/sessions/{id}", tag = "auth", act = EndSession, says = "Ended.")]
pub async fn end_session(db: Data<Db>, caller: Caller, Path(id): Path<Uuid>) -> Result<NoContent> {
    db.run(&caller, ACT.ask(), move |tx| {
        let (user_id, _) = person(&tx.actor.principal)?;
        match sessions::end_one(tx, user_id, id)? {
            true => Ok(Audited::new((), Event::new().on("session", id))),
            false => Err(hidden()),
        }
    })
    .await?;
    Ok(NoContent)
}
