//! `toldonce user add`: the first administrator. Everybody else is invited by somebody signed in.

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use diesel::prelude::*;
use diesel::sql_types as st;
use toldonce::audit::{Audited, Event};
use toldonce::clock::Clock;
use toldonce::crypto;
use toldonce::db::{Tx, sql};
use toldonce::error::{Error, Result};
use toldonce::policy::Act;
use toldonce::vocabulary::AgencyKind;
use uuid::Uuid;

use super::database::Database;
use super::{Failure, Outcome, answer, keys, settings};

/// An invitation that nobody takes up ends after this.
const INVITATION: TimeDelta = TimeDelta::days(3);

/// `user …`
#[derive(Subcommand)]
pub enum Command {
    /// Add an administrator and print the invitation to send
    ///
    /// Given again for an administrator who has no password yet, it makes a new invitation.
    Add(Add),
}

/// Whom to add.
#[derive(Args)]
pub struct Add {
    /// Address to sign in with
    #[arg(long)]
    email: String,
    /// Name, as colleagues know it
    #[arg(long)]
    name: String,
    /// The coordinating body; made if there is no agency of this name
    #[arg(long)]
    agency: String,
}

/// Does it.
pub fn run(command: Command) -> Outcome {
    let Command::Add(mut add) = command;
    add.email = add.email.trim().to_lowercase();
    if !add.email.contains('@') || add.name.trim().is_empty() || add.agency.trim().is_empty() {
        return Err(Failure::new("--email, --name and --agency must be filled."));
    }
    let config = settings()?;
    let keys = keys(&config)?;
    let clock = Clock::system();
    let database = Database::open(&config, &keys, &clock)?;
    let db = database.single(&clock, &keys)?;
    let token = db.run_system(Act::SetUp.ask(), |tx| {
        let agency = agency(tx, add.agency.trim())?;
        let Some(user) = account(tx, agency, &add)? else {
            return Ok(Audited::new(None, Event::new().failed()));
        };
        let token = invite(tx, user)?;
        Ok(Audited::new(
            Some(token),
            Event::new().on("user", user).fields(["administrator"]),
        ))
    })?;
    drop(db);
    database.stop()?;
    let token = token.ok_or_else(|| {
        Failure::new("there is an account with this address already; it was left as it is.")
    })?;
    answer(&format!(
        "Invitation for {}, good once and for three days:\n\n  {token}\n\n\
         It is taken up with a password of at least 15 characters:\n\n  \
         curl http://{}/api/v1/auth/invitation --json '{{\"token\": \"{token}\", \"password\": \"…\"}}'\n",
        add.email, config.listen
    ))
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

fn agency(tx: &mut Tx<'_>, name: &str) -> Result<Uuid> {
    let known: Option<Id> =
        sql("select id from agencies where name = $1 and closed_at is null order by id limit 1")
            .bind(name.to_owned())
            .get_result(tx.conn)
            .optional()?;
    if let Some(known) = known {
        return Ok(known.id);
    }
    let id = Uuid::now_v7();
    sql("insert into agencies (id, name, kind, created_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(name.to_owned())
        .bind(AgencyKind::Coordination.as_str())
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(id)
}

/// The new administrator, or the one that has not yet chosen a password; none if the address is
/// somebody else's.
fn account(tx: &mut Tx<'_>, agency: Uuid, add: &Add) -> Result<Option<Uuid>> {
    let id = Uuid::now_v7();
    let made = sql(
        "insert into users (id, agency_id, email, name, administrator, created_at) \
         values ($1, $2, $3, $4, true, $5) on conflict (email) do nothing",
    )
    .bind(id)
    .bind(agency)
    .bind(add.email.clone())
    .bind(add.name.trim().to_owned())
    .bind(tx.now)
    .execute(tx.conn)?;
    if made == 1 {
        return Ok(Some(id));
    }
    let waiting: Option<Id> = sql("select id from users where email = $1 and administrator \
         and password_hash is null and disabled_at is null")
    .bind(add.email.clone())
    .get_result(tx.conn)
    .optional()?;
    Ok(waiting.map(|row| row.id))
}

/// A fresh invitation; earlier ones end.
fn invite(tx: &mut Tx<'_>, user: Uuid) -> Result<String, Error> {
    let token = crypto::secret()?;
    sql("update invitations set expires_at = $2 where user_id = $1 and used_at is null and expires_at > $2")
        .bind(user)
        .bind(tx.now)
        .execute(tx.conn)?;
    sql(
        "insert into invitations (id, user_id, token_hash, expires_at, created_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(Uuid::now_v7())
    .bind(user)
    .bind(crypto::hash_secret(&token))
    .bind(tx.now + INVITATION)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(token)
}
