//! The caller as they stand at this moment, and what the rule of visibility asks of them. Both are what the
//! database's own functions answered as they made the settings that row-level security reads, so the two locks cannot
//! differ about who asks.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::{Code, Result};
use crate::policy::{Actor, Principal, Right, Role};
use crate::sql::Row;
use crate::sql::{Sight, sql, statement};

/// Who asks, as they stand now, and what is in their sight.
pub(super) struct Live<'c> {
    /// The caller.
    pub actor: Actor,
    /// What the rule of visibility knows of them; nothing is in the sight of nobody.
    pub sight: Option<Sight>,
    /// What their token says; none for the program itself and for nobody.
    pub caller: Option<&'c Caller>,
}

impl<'c> Live<'c> {
    /// Nobody yet.
    pub fn nobody() -> Self {
        Self {
            actor: Actor::nobody(Principal::Anonymous),
            sight: None,
            caller: None,
        }
    }

    /// The program itself.
    pub fn program(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            actor: Actor::nobody(Principal::System),
            sight: Some(load_system(conn, now)?),
            caller: None,
        })
    }

    /// A signed-in caller: loads them, and makes the settings of the transaction theirs.
    pub fn of(conn: &mut PgConnection, caller: &'c Caller, now: DateTime<Utc>) -> Result<Self> {
        let (actor, sight) = live_actor(conn, caller, now)?;
        Ok(Self {
            actor,
            sight: Some(sight),
            caller: Some(caller),
        })
    }
}

/// What the rule of visibility asks of a live actor; by default, nobody's.
#[derive(Default, Row)]
struct Seen {
    user_id: Option<Uuid>,
    actor_id: Option<Uuid>,
    agency_id: Option<Uuid>,
    marac_ids: Vec<Uuid>,
    staff: Vec<Uuid>,
    idva: Vec<Uuid>,
    rep: Vec<Uuid>,
    closed: Vec<Uuid>,
}

impl Seen {
    fn at(self, now: DateTime<Utc>) -> Sight {
        Sight([
            ("now", now.into()),
            ("user", self.user_id.into()),
            ("actor", self.actor_id.into()),
            ("agency", self.agency_id.into()),
            ("maracs", self.marac_ids.into()),
            ("staff", self.staff.into()),
            ("idva", self.idva.into()),
            ("rep", self.rep.into()),
            ("closed", self.closed.into()),
        ])
    }
}

/// The sight of the program itself: every MARAC, nothing closed.
pub(super) fn load_system(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Sight> {
    let seen = sql(statement!("system_sight" => Seen))
        .bind(now)
        .get_result(conn)?;
    Ok(seen.at(now))
}

#[derive(Row)]
struct ActorRow {
    #[row(embed)]
    seen: Seen,
    actor_known: bool,
    administrator: bool,
    password_at: Option<DateTime<Utc>>,
    rights: Vec<String>,
    roles: Vec<String>,
}

fn live_actor(
    conn: &mut PgConnection,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<(Actor, Sight)> {
    let (user, session, client, actor_ref, secret) = match caller {
        Caller::User {
            user_id,
            session_id,
        } => (Some(*user_id), Some(*session_id), None, None, None),
        Caller::Client {
            client_id,
            secret_version,
            actor_ref,
        } => (
            None,
            None,
            Some(*client_id),
            actor_ref.clone(),
            Some(*secret_version),
        ),
    };
    let found = sql(statement!("live_actor" => ActorRow))
        .bind(user)
        .bind(session)
        .bind(client)
        .bind(actor_ref)
        .bind(now)
        .bind(secret)
        .get_result(conn)
        .optional()?;
    let Some((row, agency_id)) = found.and_then(|row| row.seen.agency_id.map(|id| (row, id)))
    else {
        return Err(Code::Unauthenticated.into());
    };
    if !row.actor_known {
        return Err(Code::ActorUnknown.into());
    }
    let principal = match caller {
        Caller::User {
            user_id,
            session_id,
        } => Principal::User {
            id: *user_id,
            session_id: *session_id,
        },
        Caller::Client { client_id, .. } => Principal::Client {
            id: *client_id,
            actor_id: row.seen.actor_id,
            user_id: row.seen.user_id,
        },
    };
    let held = row.seen.marac_ids.iter().copied().zip(&row.roles);
    let roles = held.filter_map(|(marac, role)| Some((marac, Role::parse(role)?)));
    let rights = row.rights.iter();
    let actor = Actor {
        principal,
        agency_id,
        administrator: row.administrator,
        password_at: row.password_at,
        rights: rights.filter_map(|right| Right::parse(right)).collect(),
        roles: roles.collect(),
    };
    Ok((actor, row.seen.at(now)))
}
