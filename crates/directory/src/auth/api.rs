//! How a person has a token: by password, by refresh token, by invitation.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig as ApiConfig;
use uuid::Uuid;
use validator::Validate;

use super::Throttle;
use super::password::Passwords;
use super::sessions::{self, Refreshed};
use super::token::TokenSubject;
use super::token::Tokens;
use super::{failures, guess_store, password, proof};
use kernel::audit::{Audited, Event};
use kernel::db::Db;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, Json, Network, operation};
use practice::text::{Line, Secret};

/// How a token is had.
pub(super) fn routes(config: &mut ApiConfig<'_>) {
    config
        .service(login_route)
        .service(refresh_route)
        .service(accept_invitation_route);
}

/// E-mail address and password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    /// E-mail address of the account.
    email: Line<320>,
    /// Password.
    password: Secret<1, 1024>,
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
    (db, tokens): (&Db, &Tokens),
    user_id: Uuid,
    session_id: Uuid,
    refresh_token: String,
) -> Result<Json<SessionOut>> {
    let subject = TokenSubject::User {
        user_id,
        session_id,
    };
    let (access_token, expires_in) = tokens.issue(subject, db.clock().now())?;
    Ok(Json(SessionOut {
        access_token,
        token_type: "Bearer",
        expires_in,
        refresh_token,
    }))
}

/// Sign in.
///
/// Wrong password, unknown address and disabled account answer alike, and take as long. Guesses are
/// counted before they are checked, by account and by the network they come from: 429 says when the next
/// may be made.
#[operation(post, "/auth/login", tag = "auth", act = SignIn, says = "Signed in.")]
pub async fn login(
    db: Data<Db>,
    tokens: Data<Tokens>,
    passwords: Data<Passwords>,
    throttle: Data<Throttle>,
    from: Network,
    body: Body<LoginIn>,
) -> Result<Json<SessionOut>> {
    let (email, typed) = (
        sessions::address(body.0.email.as_str()),
        body.0.password.to_zeroizing(),
    );
    throttle.stranger(from)?;
    let Some((own, guess)) = proof::at_sign_in(&db, &passwords, &email, typed, from).await? else {
        failures::record(&db, ACT, &email, from).await?;
        return Err(Code::BadCredentials.into());
    };
    let user_id = own.user_id;
    let (session_id, token) = db
        .run_public(ACT.ask(), move |tx| {
            if !sessions::still_holds(tx, user_id, own.password_hash)? {
                return Err(Code::BadCredentials.into());
            }
            guess_store::was_right(tx, &guess)?;
            sessions::end_links(tx, user_id)?;
            let opened = sessions::open(tx, user_id, from)?;
            Ok(Audited::new(opened, Event::new().about_user(user_id)))
        })
        .await?;
    session((&db, &tokens), user_id, session_id, token)
}

/// A refresh token.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    /// As it was given.
    refresh_token: Secret<1, 200>,
}

/// Exchange a refresh token for new tokens.
///
/// Each refresh token is good once. One that comes a second time was copied: its session ends.
#[operation(post, "/auth/refresh", tag = "auth", act = RefreshSession, says = "New tokens.")]
pub async fn refresh(
    db: Data<Db>,
    tokens: Data<Tokens>,
    throttle: Data<Throttle>,
    from: Network,
    body: Body<RefreshIn>,
) -> Result<Json<SessionOut>> {
    throttle.stranger(from)?;
    let token = body.0.refresh_token;
    let result = db
        .run_public(ACT.ask(), move |tx| {
            let result = sessions::refresh(tx, token.expose())?;
            let event = match &result {
                Refreshed::Renewed { user_id, .. } => Event::new().about_user(*user_id),
                Refreshed::Reused { session_id } => {
                    Event::new().on("session", *session_id).failed()
                }
                // Left to `failures`, because everybody can send what is no token.
                Refreshed::Refused => return Err(Code::Unauthenticated.into()),
            };
            Ok(Audited::new(result, event))
        })
        .await;
    match result {
        Ok(Refreshed::Renewed {
            user_id,
            session_id,
            token,
        }) => session((&db, &tokens), user_id, session_id, token),
        Ok(_) => Err(Code::Unauthenticated.into()),
        Err(error) if error.code() == Code::Unauthenticated => {
            Err(failures::refused(&db, ACT, from, error).await)
        }
        Err(error) => Err(error),
    }
}

/// An invitation and the password chosen with it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitationIn {
    /// From the invitation's link.
    token: Secret<1, 200>,
    /// At least 15 characters; not a common password, and without your name, your address or the name of
    /// your agency or MARAC.
    password: Secret<{ password::MIN_LENGTH }, { password::MAX_LENGTH }>,
}

/// Take up an invitation: choose the password, and be signed in.
///
/// A password that breaks a rule is refused (422 `length`, `control_character`, `own_name`,
/// `agency_name`, `common`, `same_as_before`), and the invitation stays good.
#[operation(post, "/auth/invitation", tag = "auth", act = AcceptInvitation, says = "Signed in.")]
pub async fn accept_invitation(
    db: Data<Db>,
    tokens: Data<Tokens>,
    passwords: Data<Passwords>,
    throttle: Data<Throttle>,
    from: Network,
    body: Body<AcceptInvitationIn>,
) -> Result<Json<SessionOut>> {
    throttle.stranger(from)?;
    let refused = || Error::from(Code::BadCredentials);
    let (token, chosen) = (
        body.0.token.expose().to_owned(),
        body.0.password.to_zeroizing(),
    );
    let Some(hash) = proof::by_link(&db, &passwords, token.clone(), chosen).await? else {
        return Err(failures::refused(&db, ACT, from, refused()).await);
    };
    let (user_id, session_id, token) = db
        .run_public(ACT.ask(), move |tx| {
            let user_id = sessions::take_invitation(tx, &token)?.ok_or_else(refused)?;
            sessions::set_password(tx, user_id, hash)?;
            sessions::revoke_all(tx, user_id, "password_changed", None)?;
            guess_store::forget_networks(tx, user_id, None)?;
            let (session_id, token) = sessions::open(tx, user_id, from)?;
            let event = Event::new().about_user(user_id);
            Ok(Audited::new((user_id, session_id, token), event))
        })
        .await?;
    session((&db, &tokens), user_id, session_id, token)
}
