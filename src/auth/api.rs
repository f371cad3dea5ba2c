//! Signing in, staying in, signing out; clients' tokens; the own account.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig as ApiConfig;
use uuid::Uuid;
use validator::Validate;
use zeroize::{Zeroize, Zeroizing};

use super::sessions::{self, Refreshed};
use super::token::Subject;
use super::{Caller, password};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::error::{Code, Error, Result};
use crate::http::{Body, Form, Problems, WriteProblems};
use crate::policy::{Act, Principal, Role};

/// Signing in and out, and the own account.
pub fn routes(config: &mut ApiConfig<'_>) {
    config
        .service(login)
        .service(refresh)
        .service(accept_invitation)
        .service(client_token);
    config
        .service(logout)
        .service(step_up)
        .service(change_password)
        .service(me);
}

/// E-mail address and password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    /// E-mail address of the account.
    #[validate(length(min = 3, max = 320))]
    email: String,
    /// Password.
    #[validate(length(min = 1, max = 1024))]
    password: String,
}

impl Drop for LoginIn {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    /// Send as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds the access token holds.
    expires_in: i64,
    /// Good once: exchange it before the access token expires.
    refresh_token: String,
}

fn session(
    state: &State,
    user_id: Uuid,
    session_id: Uuid,
    refresh_token: String,
) -> Result<HttpResponse> {
    let subject = Subject::User {
        user_id,
        session_id,
    };
    let (access_token, expires_in) = state.tokens.issue(subject, state.db.clock().now())?;
    Ok(HttpResponse::Ok().json(SessionOut {
        access_token,
        token_type: "Bearer",
        expires_in,
        refresh_token,
    }))
}

/// Sign in.
///
/// Wrong password, unknown address and disabled account answer alike, and take as long.
#[utoipa::path(tag = "auth", operation_id = "login", security(()), responses(
    (status = 200, description = "Signed in.", body = SessionOut), Problems, WriteProblems))]
#[post("/auth/login")]
async fn login(state: Data<State>, body: Body<LoginIn>) -> Result<HttpResponse> {
    let (email, typed) = (
        body.0.email.clone(),
        Zeroizing::new(body.0.password.clone()),
    );
    let address = email.clone();
    let found = state
        .db
        .run_public(Act::SignIn.ask(), move |tx| {
            let found = match sessions::wait(tx, &address)? {
                Some(seconds) => Err(seconds),
                None => Ok(sessions::credential(tx, &address)?),
            };
            Ok(Audited::new(found, Event::new()))
        })
        .await?
        .map_err(Error::too_many)?;
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let matches = state.passwords.verify(typed, stored).await?;
    let signed_in = state
        .db
        .run_public(Act::SignIn.ask(), move |tx| {
            match found.filter(|_| matches) {
                Some(found) => {
                    sessions::forget_failures(tx, &email)?;
                    let (session_id, token) = sessions::open(tx, found.user_id)?;
                    let event = Event::new().about_user(found.user_id);
                    Ok(Audited::new(
                        Some((found.user_id, session_id, token)),
                        event,
                    ))
                }
                None => {
                    sessions::count_failure(tx, &email)?;
                    Ok(Audited::new(None, Event::new().failed()))
                }
            }
        })
        .await?;
    let (user_id, session_id, token) = signed_in.ok_or(Code::BadCredentials)?;
    session(&state, user_id, session_id, token)
}

/// A refresh token.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    /// As it was given.
    #[validate(length(min = 1, max = 200))]
    refresh_token: String,
}

/// Exchange a refresh token for new tokens.
///
/// Each refresh token is good once. One that comes a second time was copied: its session ends.
#[utoipa::path(tag = "auth", operation_id = "refresh", security(()), responses(
    (status = 200, description = "New tokens.", body = SessionOut), Problems, WriteProblems))]
#[post("/auth/refresh")]
async fn refresh(state: Data<State>, body: Body<RefreshIn>) -> Result<HttpResponse> {
    let token = body.0.refresh_token;
    let result = state
        .db
        .run_public(Act::RefreshSession.ask(), move |tx| {
            let result = sessions::refresh(tx, &token)?;
            let event = match &result {
                Refreshed::Renewed { user_id, .. } => Event::new().about_user(*user_id),
                Refreshed::Reused { session_id } => {
                    Event::new().on("session", *session_id).failed()
                }
                Refreshed::Refused => Event::new().failed(),
            };
            Ok(Audited::new(result, event))
        })
        .await?;
    match result {
        Refreshed::Renewed {
            user_id,
            session_id,
            token,
        } => session(&state, user_id, session_id, token),
        Refreshed::Reused { .. } | Refreshed::Refused => Err(Code::Unauthenticated.into()),
    }
}

/// An invitation and the password chosen with it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitationIn {
    /// From the invitation's link.
    #[validate(length(min = 1, max = 200))]
    token: String,
    /// At least 15 characters.
    #[validate(length(min = "password::MIN_LENGTH", max = 1024))]
    password: String,
}

impl Drop for AcceptInvitationIn {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

/// Take up an invitation: choose the password, and be signed in.
#[utoipa::path(tag = "auth", operation_id = "accept_invitation", security(()), responses(
    (status = 200, description = "Signed in.", body = SessionOut), Problems, WriteProblems))]
#[post("/auth/invitation")]
async fn accept_invitation(
    state: Data<State>,
    body: Body<AcceptInvitationIn>,
) -> Result<HttpResponse> {
    let hash = state
        .passwords
        .hash(Zeroizing::new(body.0.password.clone()))
        .await?;
    let token = body.0.token.clone();
    let opened = state
        .db
        .run_public(Act::AcceptInvitation.ask(), move |tx| {
            let Some(user_id) = sessions::take_invitation(tx, &token)? else {
                return Ok(Audited::new(None, Event::new().failed()));
            };
            sessions::set_password(tx, user_id, hash)?;
            sessions::revoke_all(tx, user_id, "password_changed", None)?;
            let (session_id, token) = sessions::open(tx, user_id)?;
            Ok(Audited::new(
                Some((user_id, session_id, token)),
                Event::new().about_user(user_id),
            ))
        })
        .await?;
    let (user_id, session_id, token) = opened.ok_or(Code::BadCredentials)?;
    session(&state, user_id, session_id, token)
}

/// OAuth 2 client credentials.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClientTokenIn {
    /// `client_credentials`.
    #[validate(length(min = 1, max = 40))]
    grant_type: String,
    /// The client.
    client_id: Uuid,
    /// Its secret, shown once when it was made.
    #[validate(length(min = 1, max = 200))]
    client_secret: String,
}

/// A client's token.
#[derive(Serialize, ToSchema)]
pub struct ClientTokenOut {
    /// Send as `Authorization: Bearer …`, with `X-ToldOnce-Actor` naming the person it is for.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds it holds.
    expires_in: i64,
}

/// A token for an agency's API client (OAuth 2 client credentials).
#[utoipa::path(tag = "auth", operation_id = "client_token", security(()),
    request_body(content = ClientTokenIn, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "A token.", body = ClientTokenOut), Problems, WriteProblems))]
#[post("/oauth/token")]
async fn client_token(state: Data<State>, body: Form<ClientTokenIn>) -> Result<HttpResponse> {
    let body = body.0;
    if body.grant_type != "client_credentials" {
        return Err(Error::field(
            "/grant_type",
            "not_allowed",
            "Only client_credentials is offered.",
        ));
    }
    state.throttle.search(body.client_id)?;
    let client_id = body.client_id;
    let holds = state
        .db
        .run_public(
            Act::IssueClientToken.on("api_client", client_id),
            move |tx| {
                let holds = sessions::client_secret_holds(tx, client_id, &body.client_secret)?;
                let event = if holds {
                    Event::new()
                } else {
                    Event::new().failed()
                };
                Ok(Audited::new(holds, event))
            },
        )
        .await?;
    if !holds {
        return Err(Code::BadCredentials.into());
    }
    let now = state.db.clock().now();
    let (access_token, expires_in) = state.tokens.issue(Subject::Client { client_id }, now)?;
    Ok(HttpResponse::Ok().json(ClientTokenOut {
        access_token,
        token_type: "Bearer",
        expires_in,
    }))
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
#[utoipa::path(tag = "auth", operation_id = "logout", responses(
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
#[utoipa::path(tag = "auth", operation_id = "step_up", responses(
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
#[utoipa::path(tag = "auth", operation_id = "change_password", responses(
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
