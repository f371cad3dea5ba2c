//! How a client has its token: OAuth 2 client credentials (RFC 6749), whose answers have that standard's shape.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Throttle;
use super::token::TokenSubject;
use super::token::Tokens;
use super::{failures, sessions};
use kernel::audit::{Audited, Event};
use kernel::db::Db;
use kernel::error::{Code, Error, Result};
use kernel::http::{Form, Network, once, operation};
use practice::text::{Line, Secret};

/// How a client's token is had.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(client_token_route);
}

/// OAuth 2 client credentials. A parameter that is not known is ignored, one without a value is as if it were not
/// there, and none may stand twice.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code)]
pub struct ClientTokenIn {
    /// `client_credentials`.
    grant_type: Line<40>,
    /// The client; left out where it is named by HTTP Basic authentication.
    #[schema(required = false)]
    client_id: Option<Uuid>,
    /// Its secret, shown once when it was made; left out where it is sent by HTTP Basic authentication.
    #[schema(required = false)]
    client_secret: Option<Secret<1, 200>>,
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

/// Why no token was given (RFC 6749 §5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenRefusalOut {
    /// `invalid_request`, `invalid_client` or `unsupported_grant_type`.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// A sentence for people.
    error_description: &'static str,
}

/// What this operation refuses with instead of the problems that have the same statuses: list it after those.
#[derive(IntoResponses)]
#[allow(dead_code)]
enum TokenRefusals {
    /// `invalid_request`: a parameter is missing or stands twice, or the client was named in two ways; or
    /// `unsupported_grant_type`.
    #[response(status = 400, content_type = "application/json")]
    Request(TokenRefusalOut),
    /// `invalid_client`: the client named itself in no way, is not known or is disabled, or its secret is another.
    #[response(status = 401, content_type = "application/json")]
    Client(TokenRefusalOut),
}

/// An answer in the shape of its own standard, which no problem document takes the place of.
pub struct OwnShape;

/// A refusal of this operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Unreadable,
    Repeated,
    NoGrantType,
    UnsupportedGrantType,
    TwoWays,
    Client,
}

impl Refusal {
    const fn said(self) -> TokenRefusalOut {
        let (error, error_description) = match self {
            Self::Unreadable => (
                "invalid_request",
                "The request could not be read. Send a form (application/x-www-form-urlencoded).",
            ),
            Self::Repeated => ("invalid_request", "A parameter stands twice. Send it once."),
            Self::NoGrantType => ("invalid_request", "grant_type is required."),
            Self::UnsupportedGrantType => (
                "unsupported_grant_type",
                "Only client_credentials is offered.",
            ),
            Self::TwoWays => (
                "invalid_request",
                "The client is named in two ways. Send its secret in one.",
            ),
            Self::Client => (
                "invalid_client",
                "There is no such client, or its secret is another.",
            ),
        };
        TokenRefusalOut {
            error,
            error_description,
        }
    }

    fn answer(self) -> HttpResponse {
        let mut response = match self {
            Self::Client => HttpResponse::Unauthorized(),
            _ => HttpResponse::build(StatusCode::BAD_REQUEST),
        };
        if self == Self::Client {
            let challenge = HeaderValue::from_static("Basic realm=\"toldonce\", charset=\"UTF-8\"");
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        let mut response = response.json(self.said());
        response.extensions_mut().insert(OwnShape);
        response
    }
}

/// Who asks, and the secret.
#[derive(PartialEq, Eq)]
struct Credentials {
    client_id: String,
    secret: Zeroizing<String>,
}

type Pairs = [(String, Zeroizing<String>)];

/// What the form and the `Authorization` header say together.
fn credentials(
    form: &Pairs,
    basic: Option<Result<Credentials, Refusal>>,
) -> Result<Credentials, Refusal> {
    let known: Vec<_> = form.iter().map(|(name, _)| name).collect();
    if (1..known.len()).any(|at| known[..at].contains(&known[at])) {
        return Err(Refusal::Repeated);
    }
    let one = |wanted: &str| {
        let mut pairs = form.iter();
        let found = pairs.find(|(name, value)| name == wanted && !value.is_empty());
        found.map(|(_, value)| value)
    };
    match one("grant_type").map(|value| value.as_str()) {
        None => return Err(Refusal::NoGrantType),
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal::UnsupportedGrantType),
    }
    match (basic, one("client_id"), one("client_secret")) {
        (Some(_), _, Some(_)) => Err(Refusal::TwoWays),
        (Some(basic), named, None) => {
            let basic = basic?;
            match named.is_none_or(|named| **named == basic.client_id) {
                true => Ok(basic),
                false => Err(Refusal::TwoWays),
            }
        }
        (None, Some(client_id), Some(secret)) => Ok(Credentials {
            client_id: client_id.to_string(),
            secret: secret.clone(),
        }),
        (None, _, _) => Err(Refusal::Client),
    }
}

/// HTTP Basic authentication, both parts form-encoded (RFC 6749 §2.3.1). A token of somebody who is signed in names
/// no client.
fn basic(request: &HttpRequest) -> Result<Option<Result<Credentials, Refusal>>> {
    let Some(header) = once(request, "Authorization")? else {
        return Ok(None);
    };
    let sent = header.to_str().ok().and_then(|text| text.split_once(' '));
    Ok(sent
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .map(|(_, sent)| read_basic(sent.trim()).ok_or(Refusal::Client)))
}

fn read_basic(sent: &str) -> Option<Credentials> {
    let bytes = Zeroizing::new(BASE64.decode(sent).ok()?);
    let (client_id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some(Credentials {
        client_id: unencoded(client_id)?.to_string(),
        secret: unencoded(secret)?,
    })
}

/// A value as a form writes it.
fn unencoded(text: &str) -> Option<Zeroizing<String>> {
    let form = Zeroizing::new(format!("v={text}"));
    let mut pairs = form_urlencoded::parse(form.as_bytes());
    let (_, value) = pairs.next()?;
    let value = Zeroizing::new(value.into_owned());
    pairs.next().is_none().then_some(value)
}

/// A token for an agency's API client (OAuth 2 client credentials).
///
/// The client sends its id and its secret by HTTP Basic authentication, both form-encoded, or as `client_id` and
/// `client_secret` in the form; not in both ways. The token ends when the client is disabled or its secret is changed.
#[operation(post, "/oauth/token", tag = "auth", act = IssueClientToken,
    security((), ("client" = [])),
    answers((status = 200, description = "A token.", body = ClientTokenOut)),
    problems(TokenRefusals, (status = 413,
        description = "The body is longer than all fields of the operation allow together.",
        body = kernel::error::ProblemDocument, content_type = "application/problem+json")))]
pub async fn client_token(
    db: Data<Db>,
    tokens: Data<Tokens>,
    throttle: Data<Throttle>,
    from: Network,
    request: HttpRequest,
    form: Result<Form<ClientTokenIn>>,
) -> Result<HttpResponse> {
    let read = match (form, basic(&request)) {
        (Ok(form), Ok(basic)) => credentials(&form.0, basic),
        (Err(error), _) if error.code() == Code::TooLarge => return Err(error),
        (_, Err(_)) => Err(Refusal::Repeated),
        (Err(_), _) => Err(Refusal::Unreadable),
    };
    let asked = match read {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refusal.answer()),
    };
    throttle.stranger(from)?;
    let client_id = asked.client_id.parse::<Uuid>().unwrap_or_default();
    let version = db
        .count(move |tx| sessions::client_secret(tx, client_id, &asked.secret))
        .await?;
    let Some(secret_version) = version else {
        let error: Error = failures::refused(&db, ACT, from, Code::BadCredentials.into()).await;
        return match error.code() {
            Code::BadCredentials => Ok(Refusal::Client.answer()),
            _ => Err(error),
        };
    };
    throttle.search(client_id)?;
    db.run_public(ACT.on("api_client", client_id), |_| {
        Ok(Audited::new((), Event::new()))
    })
    .await?;
    let subject = TokenSubject::Client {
        client_id,
        secret_version,
    };
    let (access_token, expires_in) = tokens.issue(subject, db.clock().now())?;
    Ok(HttpResponse::Ok().json(ClientTokenOut {
        access_token,
        token_type: "Bearer",
        expires_in,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(form: &str) -> Vec<(String, Zeroizing<String>)> {
        form_urlencoded::parse(form.as_bytes())
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect()
    }

    fn read(form: &str, header: Option<&str>) -> Result<(String, String), &'static str> {
        let basic = header.map(|plain| read_basic(&BASE64.encode(plain)).ok_or(Refusal::Client));
        let read = credentials(&pairs(form), basic);
        read.map(|found| (found.client_id, found.secret.to_string()))
            .map_err(|refusal| refusal.said().error)
    }

    #[test]
    fn a_client_is_named_in_one_way_and_by_parameters_that_stand_once() {
        const KIND: &str = "grant_type=client_credentials";
        let both = format!("{KIND}&client_id=a&client_secret=b");
        let found = |id: &str, secret: &str| Ok((id.to_owned(), secret.to_owned()));
        for (form, header, wanted) in [
            (both.as_str(), None, found("a", "b")),
            (
                &format!("{both}&scope=all&audience=x"),
                None,
                found("a", "b"),
            ),
            (KIND, Some("a:b"), found("a", "b")),
            (KIND, Some("a%3Ab:c%2B+d%25"), found("a:b", "c+ d%")),
            (KIND, Some("a:b:c"), found("a", "b:c")),
            (&format!("{KIND}&client_id=a"), Some("a:b"), found("a", "b")),
            (
                &format!("{KIND}&client_id=x"),
                Some("a:b"),
                Err("invalid_request"),
            ),
            (&both, Some("a:b"), Err("invalid_request")),
            (&format!("{both}&client_id=a"), None, Err("invalid_request")),
            (&format!("{both}&x=1&x=2"), None, Err("invalid_request")),
            (&format!("{both}&{KIND}"), None, Err("invalid_request")),
            ("client_id=a&client_secret=b", None, Err("invalid_request")),
            (
                "grant_type=&client_id=a&client_secret=b",
                None,
                Err("invalid_request"),
            ),
            (
                "grant_type=password&client_id=a&client_secret=b",
                None,
                Err("unsupported_grant_type"),
            ),
            (KIND, None, Err("invalid_client")),
            (&format!("{KIND}&client_id=a"), None, Err("invalid_client")),
            (
                &format!("{KIND}&client_id=a&client_secret="),
                None,
                Err("invalid_client"),
            ),
            (KIND, Some("no colon"), Err("invalid_client")),
            (KIND, Some("a&b:c"), Err("invalid_client")),
            ("", None, Err("invalid_request")),
        ] {
            assert_eq!(read(form, header), wanted, "{form} {header:?}");
        }
    }
}
