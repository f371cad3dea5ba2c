//! How a token is had: by password, by refresh token, by invitation, by a client's secret.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig as ApiConfig;
use uuid::Uuid;
use validator::Validate;
use zeroize::{Zeroize, Zeroizing};

use super::password;
use super::sessions::{self, Refreshed};
use super::token::Subject;
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::error::{Code, Error, Result};
use crate::http::{Body, Form, Problems, WriteProblems};
use crate::policy::Act;

/// How a token is had.
pub fn routes(config: &mut ApiConfig<'_>) {
    config
        .service(login)
        .service(refresh)
        .service(accept_invitation)
        .service(client_token);
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
#[utoipa::path(tag = "auth", operation_id = "login", request_body = LoginIn, security(()), responses(
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
                    sessions::end_links(tx, found.user_id)?;
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
#[utoipa::path(tag = "auth", operation_id = "refresh", request_body = RefreshIn, security(()), responses(
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
#[utoipa::path(tag = "auth", operation_id = "accept_invitation", request_body = AcceptInvitationIn, security(()), responses(
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
