//! The own session and account: signing out, the password again, a new password, who am I.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::guesses::known_network;
use super::password::Passwords;
use super::proof::{self, person};
use super::{guess_store, password, sessions};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Body, Json, Network, NoContent, operation};
use kernel::policy::Role;
use practice::text::Secret;

/// Operations on the own session and account.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(logout_route)
        .service(step_up_route)
        .service(change_password_route)
        .service(me_route);
}

/// How far to sign out.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LogoutIn {
    /// Every session of the account, not this one alone.
    #[serde(default)]
    everywhere: bool,
}

/// Sign out: here, or everywhere.
#[operation(post, "/auth/logout", tag = "auth", act = SignOut, says = "Signed out.")]
pub async fn logout(db: Data<Db>, caller: Caller, body: Body<LogoutIn>) -> Result<NoContent> {
    let everywhere = body.0.everywhere;
    db.run(&caller, ACT.ask(), move |tx| {
        let (user_id, session_id) = person(&tx.actor.principal)?;
        match everywhere {
            true => sessions::revoke_all(tx, user_id, "everywhere", None)?,
            false => sessions::revoke(tx, session_id, "signed_out")?,
        }
        Ok(Audited::new((), Event::new().on("session", session_id)))
    })
    .await?;
    Ok(NoContent)
}

/// The password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StepUpIn {
    /// The account's password.
    password: Secret<1, 1024>,
}

/// Give the password again, for what needs it fresh: in this session, and for five minutes.
///
/// A wrong one counts as a guess at sign-in.
#[operation(post, "/auth/step-up", tag = "auth", act = StepUp, says = "Good for five minutes.")]
pub async fn step_up(
    db: Data<Db>,
    passwords: Data<Passwords>,
    caller: Caller,
    from: Network,
    body: Body<StepUpIn>,
) -> Result<NoContent> {
    let typed = body.0.password.to_zeroizing();
    let (_, guess) = proof::again(&db, &passwords, &caller, typed, from, ACT).await?;
    db.run(&caller, ACT.ask(), move |tx| {
        let (_, session_id) = person(&tx.actor.principal)?;
        guess_store::was_right(tx, &guess)?;
        sessions::step_up(tx, session_id)?;
        Ok(Audited::new((), Event::new().on("session", session_id)))
    })
    .await?;
    Ok(NoContent)
}

/// Old and new password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordIn {
    /// The present password.
    current: Secret<1, 1024>,
    /// The next one: at least 15 characters; not a common password, and without your name, your address or
    /// the name of your agency or MARAC.
    new: Secret<{ password::MIN_LENGTH }, { password::MAX_LENGTH }>,
}

/// Change the own password. Every other session ends.
///
/// A new one that breaks a rule is refused (422 `length`, `control_character`, `own_name`,
/// `agency_name`, `common`, `same_as_before`).
#[operation(post, "/auth/password", tag = "auth", act = ChangePassword, says = "Changed.")]
pub async fn change_password(
    db: Data<Db>,
    passwords: Data<Passwords>,
    caller: Caller,
    from: Network,
    body: Body<ChangePasswordIn>,
) -> Result<NoContent> {
    let (current, new) = (body.0.current.to_zeroizing(), body.0.new.to_zeroizing());
    let (own, guess) = proof::again(&db, &passwords, &caller, current, from, ACT).await?;
    let user_id = own.user_id;
    let about = db
        .count(move |tx| {
            guess_store::was_right(tx, &guess)?;
            sessions::about(tx, user_id)
        })
        .await?;
    let hash = passwords
        .choose("/new", new, about, own.password_hash)
        .await?;
    db.run(&caller, ACT.ask(), move |tx| {
        let (user_id, session_id) = person(&tx.actor.principal)?;
        sessions::set_password(tx, user_id, hash)?;
        sessions::revoke_all(tx, user_id, "password_changed", Some(session_id))?;
        let here = known_network(&tx.keys, user_id, from);
        guess_store::forget_networks(tx, user_id, Some(here))?;
        let event = Event::new().about_user(user_id).fields(["password"]);
        Ok(Audited::new((), event))
    })
    .await?;
    Ok(NoContent)
}

/// The own account as it stands now.
#[derive(Serialize, ToSchema)]
pub struct MeOut {
    /// The account; null for a client.
    user_id: Option<Uuid>,
    /// The agency.
    agency_id: Uuid,
    /// May manage accounts everywhere.
    administrator: bool,
    /// Live roles.
    roles: Vec<RoleOut>,
    /// A client's rights.
    rights: Vec<kernel::policy::Right>,
}

/// A role in a MARAC.
#[derive(Serialize, ToSchema)]
pub struct RoleOut {
    /// The MARAC.
    marac_id: Uuid,
    /// The role.
    role: Role,
}

/// Who am I, and what may I do?
#[operation(get, "/me", tag = "auth", act = ReadMe, says = "The account and its live roles.")]
pub async fn me(db: Data<Db>, caller: Caller) -> Result<Json<MeOut>> {
    db.run(&caller, ACT.ask(), |tx| {
        let actor = &tx.actor;
        let me = MeOut {
            user_id: actor.principal.user_id(),
            agency_id: actor.agency_id,
            administrator: actor.administrator,
            roles: actor
                .roles
                .iter()
                .map(|(marac_id, role)| RoleOut {
                    marac_id: *marac_id,
                    role: *role,
                })
                .collect(),
            rights: actor.rights.clone(),
        };
        Ok(Audited::new(me, Event::new()))
    })
    .await
    .map(Json)
}
