//! Who is calling. Middleware verifies a token's signature and claims and touches no database;
//! whether the account behind it still lives is asked in `Db::run`, on every request.

pub mod address;
pub mod api;
pub mod client_api;
mod failures;
mod guess_store;
mod guesses;
pub mod own_api;
pub mod password;
mod password_rules;
mod proof;
mod sessions;
pub mod sessions_api;
mod throttle;
pub mod token;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use uuid::Uuid;

use kernel::caller::{ACTOR_HEADER, Caller};
use kernel::db::Db;
use kernel::error::{Code, Error, Result};
use kernel::http::once;
use practice::text::Line;

pub use client_api::OwnShape;
pub use failures::{refused, tidy};
pub use sessions::end_links;
pub use throttle::{Limits, Throttle};

/// The operations of this resource.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    api::routes(config);
    client_api::routes(config);
    own_api::routes(config);
    sessions_api::routes(config);
}

/// Ends every session of an account that is being disabled.
pub fn end_sessions(tx: &mut kernel::db::Tx<'_>, user_id: Uuid) -> Result<()> {
    sessions::revoke_all(tx, user_id, "disabled", None)
}

/// Ends every session of an account whose password is being reset.
pub fn end_sessions_everywhere(tx: &mut kernel::db::Tx<'_>, user_id: Uuid) -> Result<()> {
    sessions::revoke_all(tx, user_id, "everywhere", None)
}

/// Opens a session without a password: for the demonstration's story alone.
#[cfg(feature = "demo")]
pub fn open_session(db: &kernel::db::Db, user_id: Uuid) -> Result<Uuid> {
    db.run_system(kernel::policy::Act::SetUp.ask(), |tx| {
        let (session_id, _) = sessions::open(tx, user_id, kernel::http::Network::of(None))?;
        let event = kernel::audit::Event::new().on("session", session_id);
        Ok(kernel::audit::Audited::new(session_id, event))
    })
}

/// The operations that need no token: how one is had, and calendars, whose address is their secret.
/// A test holds this list against the OpenAPI document.
pub const PUBLIC: [&str; 5] = [
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/auth/invitation",
    "/api/v1/oauth/token",
    "/api/v1/calendar/{token}.ics",
];

fn is_public(path: &str) -> bool {
    let calendar = path
        .strip_prefix("/api/v1/calendar/")
        .and_then(|rest| rest.strip_suffix(".ics"));
    PUBLIC.contains(&path) || calendar.is_some_and(|token| !token.contains('/'))
}

/// Middleware of the protected scope: no valid token, no handler, no extractor, no routing answer.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if !is_public(request.path()) {
        match admit(request.request()) {
            Ok(caller) => drop(request.extensions_mut().insert(caller)),
            // As an answer, not an error: the layers outside add their headers to answers.
            Err(error) => {
                let refusal = HttpResponse::from_error(error);
                return Ok(request.into_response(refusal).map_into_right_body());
            }
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn admit(request: &HttpRequest) -> Result<Caller> {
    let caller = caller_of(request)?;
    if let Some(throttle) = request.app_data::<web::Data<Throttle>>() {
        throttle.request(caller.principal().id())?;
    }
    Ok(caller)
}

/// A part of the service that was given to the application.
fn part<T: 'static>(request: &HttpRequest) -> Result<&web::Data<T>> {
    let part = request.app_data::<web::Data<T>>();
    part.ok_or(Error::Internal("a part of the service is missing"))
}

fn caller_of(request: &HttpRequest) -> Result<Caller> {
    let tokens = part::<token::Tokens>(request)?;
    let db = part::<Db>(request)?;
    let bearer = once(request, "Authorization")?
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(Code::Unauthenticated)?;
    let claims = tokens.verify(bearer, db.clock().now())?;
    let actor_ref = match once(request, ACTOR_HEADER)? {
        None => None,
        Some(value) => Some(
            value
                .to_str()
                .ok()
                .and_then(|text| Line::<200>::parse(text).ok())
                .map(String::from)
                .ok_or_else(|| {
                    Error::malformed(
                        ACTOR_HEADER,
                        "actor",
                        "Send the partner's id of one registered person.",
                    )
                })?,
        ),
    };
    Ok(match claims {
        token::TokenSubject::User {
            user_id,
            session_id,
        } => Caller::User {
            user_id,
            session_id,
        },
        token::TokenSubject::Client {
            client_id,
            secret_version,
        } => Caller::Client {
            client_id,
            secret_version,
            actor_ref,
        },
    })
}
