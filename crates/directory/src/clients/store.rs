//! API clients and registered actors: rows and queries.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::{NewActor, NewClient};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::Right;
use kernel::schema::{api_clients, registered_actors, users};
use kernel::sql::{Whole, statement};
use practice::vocabulary;

vocabulary! {
    /// Whom a registered actor stands for.
    ActorKind {
        Person = "person",
        Service = "service",
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_clients, check_for_backend(Pg))]
pub struct Client {
    pub id: Uuid,
    pub agency_id: Uuid,
    pub name: String,
    #[diesel(deserialize_as = Whole<Right>)]
    pub rights: Vec<Right>,
    pub created_by: Uuid,
    pub disabled_at: Option<DateTime<Utc>>,
    pub version: i32,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = registered_actors, check_for_backend(Pg))]
pub struct Actor {
    pub id: Uuid,
    pub partner_ref: String,
    pub name: String,
    pub kind: ActorKind,
    pub user_id: Option<Uuid>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub version: i32,
}

type Seen = Box<dyn BoxableExpression<api_clients::table, Pg, SqlType = st::Nullable<st::Bool>>>;

/// Those of the one agency whose clients are in sight; without one, all are.
fn seen(within: Option<Uuid>) -> Seen {
    let all = within.into_sql::<st::Nullable<st::Uuid>>().is_null();
    Box::new(all.or(api_clients::agency_id.nullable().eq(within)))
}

pub fn find(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<Client>> {
    Ok(api_clients::table
        .filter(seen(within))
        .filter(api_clients::id.eq(id))
        .select(Client::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, within: Option<Uuid>, id: Uuid) -> Result<Option<Client>> {
    api_clients::table
        .filter(seen(within))
        .filter(api_clients::id.eq(id))
        .select(Client::as_select())
        .for_update()
        .locking(tx)
}

pub fn list(
    tx: &mut Tx<'_>,
    within: Option<Uuid>,
    agency_id: Option<Uuid>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Client>> {
    let mut clients = api_clients::table
        .filter(seen(within))
        .select(Client::as_select())
        .order(api_clients::id)
        .limit(rows)
        .into_boxed();
    if let Some(agency_id) = agency_id {
        clients = clients.filter(api_clients::agency_id.eq(agency_id));
    }
    if let Some(after) = after {
        clients = clients.filter(api_clients::id.gt(after));
    }
    Ok(clients.get_results(tx.conn)?)
}

fn texts(rights: &[Right]) -> Vec<&'static str> {
    rights.iter().map(|right| right.as_str()).collect()
}

#[derive(Insertable)]
#[diesel(table_name = api_clients, treat_none_as_default_value = false)]
struct ClientRow<'a> {
    id: Uuid,
    agency_id: Uuid,
    name: &'a str,
    secret_hash: Vec<u8>,
    rights: Whole<&'static str>,
    created_by: Uuid,
    created_at: DateTime<Utc>,
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewClient, secret_hash: Vec<u8>) -> Result<()> {
    let row = ClientRow {
        id,
        agency_id: new.agency_id,
        name: &new.name,
        secret_hash,
        rights: Whole(texts(&new.rights)),
        created_by: new.created_by,
        created_at: tx.now,
    };
    diesel::insert_into(api_clients::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// What may change of a client.
#[derive(AsChangeset)]
#[diesel(table_name = api_clients, treat_none_as_null = true)]
struct ClientChange<'a> {
    name: &'a str,
    rights: Whole<&'static str>,
    disabled_at: Option<DateTime<Utc>>,
}

/// Writes what may change of a client, and counts its version up.
pub fn update(tx: &mut Tx<'_>, client: &Client) -> Result<()> {
    let change = ClientChange {
        name: &client.name,
        rights: Whole(texts(&client.rights)),
        disabled_at: client.disabled_at,
    };
    diesel::update(api_clients::table.find(client.id))
        .set((change, api_clients::version.eq(api_clients::version + 1)))
        .execute(tx.conn)?;
    Ok(())
}

pub fn set_secret(tx: &mut Tx<'_>, id: Uuid, secret_hash: Vec<u8>) -> Result<()> {
    diesel::update(api_clients::table.find(id))
        .set((
            api_clients::secret_hash.eq(secret_hash),
            api_clients::secret_version.eq(api_clients::secret_version + 1),
            api_clients::version.eq(api_clients::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub fn actor(tx: &mut Tx<'_>, client: &Client, id: Uuid) -> Result<Option<Actor>> {
    Ok(registered_actors::table
        .filter(registered_actors::client_id.eq(client.id))
        .filter(registered_actors::id.eq(id))
        .select(Actor::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn actor_locked(tx: &mut Tx<'_>, client: &Client, id: Uuid) -> Result<Option<Actor>> {
    registered_actors::table
        .filter(registered_actors::client_id.eq(client.id))
        .filter(registered_actors::id.eq(id))
        .select(Actor::as_select())
        .for_update()
        .locking(tx)
}

pub fn list_actors(
    tx: &mut Tx<'_>,
    client: &Client,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Actor>> {
    let mut actors = registered_actors::table
        .filter(registered_actors::client_id.eq(client.id))
        .select(Actor::as_select())
        .order(registered_actors::id)
        .limit(rows)
        .into_boxed();
    if let Some(after) = after {
        actors = actors.filter(registered_actors::id.gt(after));
    }
    Ok(actors.get_results(tx.conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = registered_actors, treat_none_as_default_value = false)]
struct ActorRow<'a> {
    id: Uuid,
    agency_id: Uuid,
    client_id: Uuid,
    partner_ref: &'a str,
    name: &'a str,
    kind: ActorKind,
    user_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

pub fn add_actor(tx: &mut Tx<'_>, id: Uuid, new: &NewActor, kind: ActorKind) -> Result<()> {
    let row = ActorRow {
        id,
        agency_id: new.agency_id,
        client_id: new.client_id,
        partner_ref: &new.partner_ref,
        name: &new.name,
        kind,
        user_id: new.user_id,
        created_at: tx.now,
    };
    diesel::insert_into(registered_actors::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

pub fn disable_actor(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(registered_actors::table.find(id))
        .set((
            registered_actors::disabled_at.eq(tx.now),
            registered_actors::version.eq(registered_actors::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Adds rights, each once.
pub fn add_rights(tx: &mut Tx<'_>, id: Uuid, rights: &[Right]) -> Result<()> {
    tx.sql(statement!("add_rights"))
        .bind(id)
        .bind(texts(rights))
        .execute(tx.conn)?;
    Ok(())
}

/// Links an actor to an account.
pub fn link(tx: &mut Tx<'_>, actor_id: Uuid, user_id: Uuid) -> Result<()> {
    diesel::update(registered_actors::table.find(actor_id))
        .set((
            registered_actors::user_id.eq(user_id),
            registered_actors::version.eq(registered_actors::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The open accounts that the client's actors are linked to.
pub fn linked_users(tx: &mut Tx<'_>, client_id: Uuid) -> Result<Vec<Uuid>> {
    Ok(registered_actors::table
        .inner_join(users::table)
        .filter(registered_actors::client_id.eq(client_id))
        .filter(registered_actors::disabled_at.is_null())
        .filter(users::disabled_at.is_null())
        .select(users::id)
        .distinct()
        .load(tx.conn)?)
}
