//! API clients and registered actors: rows and queries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::{NewActor, NewClient};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Right;
use practice::vocabulary;

vocabulary! {
    /// Whom a registered actor stands for.
    ActorKind {
        Person = "person",
        Service = "service",
    }
}

#[derive(Debug, Clone, QueryableByName)]
pub struct Client {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub name: String,
    #[diesel(sql_type = st::Array<st::Text>)]
    pub rights: Vec<Right>,
    #[diesel(sql_type = st::Uuid)]
    pub created_by: Uuid,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

#[derive(Debug, Clone, QueryableByName)]
pub struct Actor {
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub partner_ref: String,
    #[diesel(sql_type = st::Text)]
    pub name: String,
    #[diesel(sql_type = st::Text)]
    pub kind: ActorKind,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

/// `$1` is the one agency whose clients are in sight; null: all are.
macro_rules! clients {
    ($rest:literal) => {
        concat!(
            "select id, agency_id, name, rights, created_by, disabled_at, version \
             from api_clients where ($1 is null or agency_id = $1) ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<Client>> {
    Ok(tx
        .sql(clients!("and id = $2"))
        .bind(within)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<Client>> {
    tx.sql(clients!("and id = $2 for update"))
        .bind(within)
        .bind(id)
        .locking(tx)
}

pub fn list(
    tx: &mut Tx<'_>,
    within: Option<Uuid>,
    agency_id: Option<Uuid>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Client>> {
    Ok(tx
        .sql(clients!(
            "and ($2 is null or agency_id = $2) and ($3 is null or id > $3) order by id limit $4"
        ))
        .bind(within)
        .bind(agency_id)
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

fn texts(rights: &[Right]) -> Vec<&'static str> {
    rights.iter().map(|right| right.as_str()).collect()
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewClient, secret_hash: Vec<u8>) -> Result<()> {
    tx.sql(
        "insert into api_clients (id, agency_id, name, secret_hash, rights, created_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(new.agency_id)
    .bind(new.name.clone())
    .bind(secret_hash)
    .bind(texts(&new.rights))
    .bind(new.created_by)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of a client, and counts its version up.
pub fn update(tx: &mut Tx<'_>, client: &Client) -> Result<()> {
    tx.sql(
        "update api_clients set name = $2, rights = $3, disabled_at = $4, version = version + 1 \
         where id = $1",
    )
    .bind(client.id)
    .bind(client.name.clone())
    .bind(texts(&client.rights))
    .bind(client.disabled_at)
    .execute(tx.conn)?;
    Ok(())
}

pub fn set_secret(tx: &mut Tx<'_>, id: Uuid, secret_hash: Vec<u8>) -> Result<()> {
    tx.sql(
        "update api_clients set secret_hash = $2, secret_version = secret_version + 1, \
         version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(secret_hash)
    .execute(tx.conn)?;
    Ok(())
}

macro_rules! actors {
    ($rest:literal) => {
        concat!(
            "select id, partner_ref, name, kind, user_id, disabled_at, version \
             from registered_actors where client_id = $1 ",
            $rest
        )
    };
}

pub fn actor(tx: &mut Tx<'_>, client: &Client, id: Uuid) -> Result<Option<Actor>> {
    Ok(tx
        .sql(actors!("and id = $2"))
        .bind(client.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn actor_locked(tx: &mut Tx<'_>, client: &Client, id: Uuid) -> Result<Option<Actor>> {
    tx.sql(actors!("and id = $2 for update"))
        .bind(client.id)
        .bind(id)
        .locking(tx)
}

pub fn list_actors(
    tx: &mut Tx<'_>,
    client: &Client,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Actor>> {
    Ok(tx
        .sql(actors!("and ($2 is null or id > $2) order by id limit $3"))
        .bind(client.id)
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

pub fn add_actor(tx: &mut Tx<'_>, id: Uuid, new: &NewActor, kind: &'static str) -> Result<()> {
    tx.sql(
        "insert into registered_actors (id, agency_id, client_id, partner_ref, name, kind, user_id, \
         created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(new.agency_id)
    .bind(new.client_id)
    .bind(new.partner_ref.clone())
    .bind(new.name.clone())
    .bind(kind)
    .bind(new.user_id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

pub fn disable_actor(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql("update registered_actors set disabled_at = $2, version = version + 1 where id = $1")
        .bind(id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Adds rights, each once.
pub fn add_rights(tx: &mut Tx<'_>, id: Uuid, rights: &[Right]) -> Result<()> {
    tx.sql(
        "update api_clients c set version = c.version + 1, rights = array( \
         select distinct r from unnest(c.rights || $2::text[]) r order by r) where c.id = $1",
    )
    .bind(id)
    .bind(texts(rights))
    .execute(tx.conn)?;
    Ok(())
}

/// Links an actor to an account.
pub fn link(tx: &mut Tx<'_>, actor_id: Uuid, user_id: Uuid) -> Result<()> {
    tx.sql("update registered_actors set user_id = $2, version = version + 1 where id = $1")
        .bind(actor_id)
        .bind(user_id)
        .execute(tx.conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Linked {
    #[diesel(sql_type = st::Uuid)]
    user_id: Uuid,
}

/// The open accounts that the client's actors are linked to.
pub fn linked_users(tx: &mut Tx<'_>, client_id: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<Linked> = tx
        .sql(
            "select distinct r.user_id from registered_actors r join users u on u.id = r.user_id \
         where r.client_id = $1 and r.disabled_at is null and u.disabled_at is null",
        )
        .bind(client_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}
