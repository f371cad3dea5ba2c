//! `toldonce user`: what begins at the command line, and links where there is no e-mail. Everybody but an
//! administrator is invited by somebody signed in.

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use diesel::prelude::*;
use directory::users;
use kernel::audit::{Audited, Event};
use kernel::clock::Clock;
use kernel::crypto;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::{Act, Role};
use kernel::sql::Row;
use practice::text::Line;
use practice::vocabulary::AgencyKind;
use toldonce::config::Config;
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
    /// Print a link to an account, for whoever cannot be sent one by e-mail
    ///
    /// An account without a password gets an invitation, one with a password a link to a new one, as a
    /// reset does: its sessions end, and who is concerned is told. Be sure to whom you hand it.
    Link(Link),
    /// Grant an account a role, without a second person: for the first coordinator of a MARAC
    Grant(Grant),
}

/// To whom, and what.
#[derive(Args)]
pub struct Grant {
    /// Address of the account
    #[arg(long)]
    email: String,
    /// Code of the MARAC
    #[arg(long)]
    marac: String,
    /// The role, such as coordinator, chair or idva
    #[arg(long)]
    role: String,
}

/// To which account.
#[derive(Args)]
pub struct Link {
    /// Address that the account has now
    #[arg(long)]
    email: String,
    /// Instead, the code that confirms the new address which was asked for
    #[arg(long)]
    new_address: bool,
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
    match command {
        Command::Add(add) => add_administrator(add),
        Command::Link(link) => print_link(&link),
        Command::Grant(grant) => grant_role(&grant),
    }
}

/// An address in its one form.
fn address(text: &str) -> Outcome<String> {
    users::normal_address(text).map_err(|_| Failure::new("--email is not an e-mail address."))
}

/// Does work on the database as the program, recorded as done at the command line.
fn at_the_command_line<T>(
    config: &Config,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Audited<T>>,
) -> Outcome<T> {
    let keys = keys(config)?;
    let clock = Clock::system();
    let database = Database::open(config, &keys, &clock)?;
    let db = database.single(&clock, &keys)?;
    let done = db.run_system(Act::SetUp.ask(), work)?;
    drop(db);
    database.stop()?;
    Ok(done)
}

/// A name in its one form.
fn name(option: &str, text: &str) -> Outcome<String> {
    let name = Line::<200>::parse(text);
    let name = name.map_err(|fault| Failure::new(format!("{option}: {}", fault.message())))?;
    Ok(name.into_string())
}

fn add_administrator(mut add: Add) -> Outcome {
    add.email = address(&add.email)?;
    add.name = name("--name", &add.name)?;
    add.agency = name("--agency", &add.agency)?;
    let config = settings()?;
    let token = at_the_command_line(&config, |tx| {
        let agency = agency(tx, &add.agency)?;
        let Some(user) = account(tx, agency, &add)? else {
            return Ok(Audited::new(None, Event::new().failed()));
        };
        let token = invite(tx, user)?;
        Ok(Audited::new(
            Some(token),
            Event::new().on("user", user).fields(["administrator"]),
        ))
    })?;
    let token = token.ok_or_else(|| {
        Failure::new("there is an account with this address already; it was left as it is.")
    })?;
    answer(&format!(
        "Invitation for {}, good once and for three days:\n\n  {token}\n\n{}",
        add.email,
        how_to_choose(&token, &config.listen.to_string())
    ))
}

fn how_to_choose(token: &str, listen: &str) -> String {
    format!(
        "It is taken up with a password of at least 15 characters:\n\n  \
         curl http://{listen}/api/v1/auth/invitation --json '{{\"token\": \"{token}\", \"password\": \"…\"}}'\n"
    )
}

fn print_link(of: &Link) -> Outcome {
    let email = address(&of.email)?;
    let config = settings()?;
    let printed = at_the_command_line(&config, |tx| {
        let Some(printed) = users::print_link(tx, &email, of.new_address)? else {
            return Ok(Audited::new(None, Event::new().failed()));
        };
        let event = Event::new().on("user", printed.user.id).fields(["link"]);
        let maracs = printed.maracs.clone();
        Ok(Audited::in_maracs(Some(printed), event, &maracs))
    })?;
    let printed = printed.ok_or_else(|| match of.new_address {
        true => Failure::new("no new address waits for an open account with this address."),
        false => Failure::new("there is no open account with this address."),
    })?;
    let (token, until) = (&printed.link.token, printed.link.until);
    let how = match printed.confirms_address {
        true => {
            "Its person signs in with the address so far and sends it to POST /api/v1/me/address.\n"
                .to_owned()
        }
        false => how_to_choose(token, &config.listen.to_string()),
    };
    answer(&format!(
        "Link for {email}, good once and until {} UTC:\n\n  {token}\n\n{how}",
        until.format("%Y-%m-%d %H:%M")
    ))
}

fn grant_role(of: &Grant) -> Outcome {
    let email = address(&of.email)?;
    let role = Role::parse(&of.role).ok_or_else(|| Failure::new("--role is no role."))?;
    let config = settings()?;
    let granted = at_the_command_line(&config, |tx| {
        let Some(marac) = marac(tx, &of.marac)? else {
            return Ok(Audited::new(None, Event::new().failed()));
        };
        let Some(user) = users::grant_at_command_line(tx, &email, marac, role)? else {
            return Ok(Audited::new(None, Event::new().failed()));
        };
        let event = Event::new().on("user", user.id).fields([role.as_str()]);
        Ok(Audited::new(Some(()), event.in_marac(marac)))
    })?;
    granted.ok_or_else(|| {
        Failure::new(
            "there is no open account with this address whose agency is a member of this MARAC.",
        )
    })?;
    answer(&format!("{email} is {} now.\n", role.as_str()))
}

fn marac(tx: &mut Tx<'_>, code: &str) -> Result<Option<Uuid>> {
    let known: Option<Id> = tx
        .sql("select id from maracs where code = $1")
        .bind(code.to_owned())
        .get_result(tx.conn)
        .optional()?;
    Ok(known.map(|row| row.id))
}

#[derive(Row)]
struct Id {
    id: Uuid,
}

fn agency(tx: &mut Tx<'_>, name: &str) -> Result<Uuid> {
    let known: Option<Id> = tx
        .sql("select id from agencies where name = $1 and closed_at is null order by id limit 1")
        .bind(name.to_owned())
        .get_result(tx.conn)
        .optional()?;
    if let Some(known) = known {
        return Ok(known.id);
    }
    let id = Uuid::now_v7();
    tx.sql("insert into agencies (id, name, kind, created_at) values ($1, $2, $3, $4)")
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
    let made = tx
        .sql(
            "insert into users (id, agency_id, email, name, administrator, created_at) \
         values ($1, $2, $3, $4, true, $5) on conflict (email) do nothing",
        )
        .bind(id)
        .bind(agency)
        .bind(add.email.clone())
        .bind(add.name.clone())
        .bind(tx.now)
        .execute(tx.conn)?;
    if made == 1 {
        return Ok(Some(id));
    }
    let waiting: Option<Id> = tx
        .sql(
            "select id from users where email = $1 and administrator \
         and password_hash is null and disabled_at is null",
        )
        .bind(add.email.clone())
        .get_result(tx.conn)
        .optional()?;
    Ok(waiting.map(|row| row.id))
}

/// A fresh invitation; earlier ones end.
fn invite(tx: &mut Tx<'_>, user: Uuid) -> Result<String, Error> {
    let token = crypto::secret()?;
    tx.sql("update invitations set expires_at = $2 where user_id = $1 and used_at is null and expires_at > $2")
        .bind(user)
        .bind(tx.now)
        .execute(tx.conn)?;
    tx.sql(
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
