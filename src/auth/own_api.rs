//! The own session and account: signing out, the password again, a new password, who am I.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;
use zeroize::Zeroizing;

use super::{Caller, password, sessions};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::error::{Code, Error, Result};
use crate::http::{Body, Problems, WriteProblems};
use crate::policy::{Act, Principal, Role};

/// Operations on the own session and account.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(logout)
        .service(step_up)
        .service(change_password)
        .service(me);
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
#[utoipa::path(tag = "auth", operation_id = "logout", request_body = LogoutIn, responses(
    (status = 204, description = "Signed out."), Problems, WriteProblems))]
#[post("/auth/logout")]
async fn logout(state: Data<State>, caller: Caller, body: Body<LogoutIn>) -> Result<HttpResponse> {
    let everywhere = body.0.everywhere;
    state
        .db
        .run(&caller, Act::SignOut.ask(), move |tx| {
            let (user_id, session_id) = person(&tx.actor.principal)?;
            match everywhere {
                true => sessions::revoke_all(tx, user_id, "everywhere", None)?,
                false => sessions::revoke(tx, session_id, "signed_out")?,
            }
            Ok(Audited::new((), Event::new().on("session", session_id)))
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn person(principal: &Principal) -> Result<(Uuid, Uuid)> {
    match principal {
        Principal::User { id, session_id } => Ok((*id, *session_id)),
        _ => Err(Code::Forbidden.into()),
    }
}

/// The password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StepUpIn {
    /// The account's password.
    #[validate(length(min = 1, max = 1024))]
    password: String,
}

/// Give the password again, for what needs it fresh.
#[utoipa::path(tag = "auth", operation_id = "step_up", request_body = StepUpIn, responses(
    (status = 204, description = "Good for five minutes."), Problems, WriteProblems))]
#[post("/auth/step-up")]
async fn step_up(state: Data<State>, caller: Caller, body: Body<StepUpIn>) -> Result<HttpResponse> {
    prove(
        &state,
        &caller,
        Zeroizing::new(body.0.password),
        Act::StepUp,
    )
    .await?;
    state
        .db
        .run(&caller, Act::StepUp.ask(), |tx| {
            let (_, session_id) = person(&tx.actor.principal)?;
            sessions::step_up(tx, session_id)?;
            Ok(Audited::new((), Event::new().on("session", session_id)))
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Checks the caller's own password, throttled like a sign-in.
async fn prove(state: &State, caller: &Caller, typed: Zeroizing<String>, act: Act) -> Result<()> {
    let stored = state
        .db
        .run(caller, act.ask(), move |tx| {
            let (user_id, _) = person(&tx.actor.principal)?;
            let key = user_id.to_string();
            let found = match sessions::wait(tx, &key)? {
                Some(seconds) => Err(seconds),
                None => Ok(sessions::credential_of(tx, user_id)?.and_then(|c| c.password_hash)),
            };
            Ok(Audited::new(found, Event::new()))
        })
        .await?
        .map_err(Error::too_many)?;
    let matches = state.passwords.verify(typed, stored).await?;
    state
        .db
        .run(caller, act.ask(), move |tx| {
            let (user_id, _) = person(&tx.actor.principal)?;
            let key = user_id.to_string();
            match matches {
                true => sessions::forget_failures(tx, &key)?,
                false => sessions::count_failure(tx, &key)?,
            }
            Ok(Audited::new(
                (),
                if matches {
                    Event::new()
                } else {
                    Event::new().failed()
                },
            ))
        })
        .await?;
    if matches {
        Ok(())
    } else {
        Err(Code::BadCredentials.into())
    }
}

/// Old and new password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordIn {
    /// The present password.
    #[validate(length(min = 1, max = 1024))]
    current: String,
    /// The next one, at least 15 characters.
    #[validate(length(min = "password::MIN_LENGTH", max = 1024))]
    new: String,
}

/// Change the own password. Every other session ends.
#[utoipa::path(tag = "auth", operation_id = "change_password", request_body = ChangePasswordIn, responses(
    (status = 204, description = "Changed."), Problems, WriteProblems))]
#[post("/auth/password")]
async fn change_password(
    state: Data<State>,
    caller: Caller,
    body: Body<ChangePasswordIn>,
) -> Result<HttpResponse> {
    prove(
        &state,
        &caller,
        Zeroizing::new(body.0.current),
        Act::ChangePassword,
    )
    .await?;
    let hash = state.passwords.hash(Zeroizing::new(body.0.new)).await?;
    state
        .db
        .run(&caller, Act::ChangePassword.ask(), move |tx| {
            let (user_id, session_id) = person(&tx.actor.principal)?;
            sessions::set_password(tx, user_id, hash)?;
            sessions::revoke_all(tx, user_id, "password_changed", Some(session_id))?;
            Ok(Audited::new(
                (),
                Event::new().about_user(user_id).fields(["password"]),
            ))
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
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
    rights: Vec<crate::policy::Right>,
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
#[utoipa::path(tag = "auth", operation_id = "me", responses(
    (status = 200, description = "The account and its live roles.", body = MeOut), Problems))]
#[get("/me")]
async fn me(state: Data<State>, caller: Caller) -> Result<HttpResponse> {
    let me = state
        .db
        .run(&caller, Act::ReadMe.ask(), |tx| {
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
        .await?;
    Ok(HttpResponse::Ok().json(me))
}
