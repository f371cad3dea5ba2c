//! One error type, one table of codes, one answer: RFC 9457 `application/problem+json`.
//! What the caller hears is in the type; what went wrong inside goes to the log alone, and neither
//! ever holds a submitted value.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::crypto::CryptoError;

mod field;

pub use field::FieldError;

/// The stable codes a problem may carry: code, status, title.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident => $status:ident, $text:literal, $title:literal;)+) => {
        /// What kind of problem it is. Codes are stable; titles may be reworded.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$meta])* $name),+ }

        impl Code {
            /// The code as it stands in the answer.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text),+ } }
            /// The HTTP status it goes with.
            pub const fn status(self) -> StatusCode { match self { $(Self::$name => StatusCode::$status),+ } }
            /// A sentence for people.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }
        }
    };
}

codes! {
    /// The request is not what the interface takes: unreadable JSON, a malformed id or header.
    Malformed => BAD_REQUEST, "malformed", "The request could not be read.";
    /// Fields are missing or refused; `errors` names each.
    Invalid => UNPROCESSABLE_ENTITY, "invalid", "Some fields were refused.";
    /// No token, or one that no longer holds.
    Unauthenticated => UNAUTHORIZED, "unauthenticated", "Sign in to do this.";
    /// E-mail, password or client secret do not match.
    BadCredentials => UNAUTHORIZED, "bad_credentials", "These credentials do not match.";
    /// The password must be given again (within five minutes).
    StepUpRequired => UNAUTHORIZED, "step_up_required", "Give your password again to do this.";
    /// No role held allows it.
    Forbidden => FORBIDDEN, "forbidden", "None of your roles allows this.";
    /// The person a client acts for is not registered with its agency.
    ActorUnknown => FORBIDDEN, "actor_unknown", "The person you act for is not registered.";
    /// Does not exist, or is out of sight: the answer is the same.
    NotFound => NOT_FOUND, "not_found", "There is nothing here.";
    /// The state it is in does not allow this; `reason` names the rule.
    Conflict => CONFLICT, "conflict", "Its present state does not allow this.";
    /// `If-Match` names an older version.
    Stale => PRECONDITION_FAILED, "stale", "Somebody changed this since you read it.";
    /// `If-Match` is required.
    PreconditionRequired => PRECONDITION_REQUIRED, "precondition_required", "Send If-Match with the version you read.";
    /// The same `Idempotency-Key` came with another body.
    KeyReused => UNPROCESSABLE_ENTITY, "idempotency_key_reused", "This Idempotency-Key was used for another request.";
    /// Body over the limit.
    TooLarge => PAYLOAD_TOO_LARGE, "too_large", "The request body is too large.";
    /// Not `application/json`.
    UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send application/json.";
    /// Known path, wrong method.
    MethodNotAllowed => METHOD_NOT_ALLOWED, "method_not_allowed", "This method is not offered here.";
    /// Too many tries; `Retry-After` says when.
    TooMany => TOO_MANY_REQUESTS, "too_many_requests", "Too many requests. Wait, then try again.";
    /// The database did not answer in time.
    Unavailable => SERVICE_UNAVAILABLE, "unavailable", "The service is busy. Try again shortly.";
    /// A fault of ours. Nothing was stored.
    Internal => INTERNAL_SERVER_ERROR, "internal", "Something went wrong. Nothing was stored.";
}

/// The problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// URI of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:toldonce:problem:not_found")]
    pub kind: String,
    /// A sentence for people.
    pub title: String,
    /// HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// Stable code.
    #[schema(example = "not_found")]
    pub code: String,
    /// The rule that refused, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ties the answer to the log.
    pub request_id: uuid::Uuid,
    /// Refused fields; with a 409, the places that its rule is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What the rule points at: with `already_told`, the entries of the account that you can read
    /// under the heading.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<uuid::Uuid>,
    /// What stands against it, counted by kind: with `duties_remain`, what the account still holds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<&'static str, i64>,
}

/// Everything that can go wrong on the way to an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's to mend.
    #[error("{}", .0.code.as_str())]
    Problem(Box<Problem>),
    /// The database failed. The text may hold values: it is never shown or logged, only its class.
    #[error("database error")]
    Database(#[from] diesel::result::Error),
    /// No connection in time, or the connection broke.
    #[error("no database connection")]
    Pool,
    /// A seal did not open, or a key is missing: data or keys are not what they were.
    #[error("crypto: {0}")]
    Crypto(#[from] CryptoError),
    /// What must hold does not: a fault of ours, named for the log.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// A problem on its way out.
#[derive(Debug)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// Named rule, for conflicts.
    pub reason: Option<&'static str>,
    /// Refused fields.
    pub errors: Vec<FieldError>,
    /// Seconds until another try, for `Retry-After`.
    pub retry_after: Option<u32>,
    /// What the rule points at.
    pub ids: Vec<uuid::Uuid>,
    /// What stands against it, counted by kind.
    pub counts: BTreeMap<&'static str, i64>,
}

impl Problem {
    fn of(code: Code) -> Self {
        Self {
            code,
            reason: None,
            errors: Vec::new(),
            retry_after: None,
            ids: Vec::new(),
            counts: BTreeMap::new(),
        }
    }
}

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Problem::of(code).into()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl Error {
    /// 422 with these fields.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Problem {
            errors,
            ..Problem::of(Code::Invalid)
        }
        .into()
    }

    /// 422 with one field.
    pub fn field(pointer: &str, code: &str, message: &str) -> Self {
        Self::invalid(vec![FieldError::new(pointer, code, message)])
    }

    /// 400 naming what could not be read.
    pub fn malformed(pointer: impl Into<String>, code: &str, message: &str) -> Self {
        let errors = vec![FieldError::new(pointer, code, message)];
        Problem {
            errors,
            ..Problem::of(Code::Malformed)
        }
        .into()
    }

    /// 409 with the named rule.
    pub fn conflict(reason: &'static str) -> Self {
        Problem {
            reason: Some(reason),
            ..Problem::of(Code::Conflict)
        }
        .into()
    }

    /// 409 with the named rule and the things it points at, all in the caller's sight.
    pub fn conflict_over(reason: &'static str, ids: Vec<uuid::Uuid>) -> Self {
        Problem {
            reason: Some(reason),
            ids,
            ..Problem::of(Code::Conflict)
        }
        .into()
    }

    /// 409 with the named rule and the places it is about.
    pub fn conflict_at(reason: &'static str, errors: Vec<FieldError>) -> Self {
        Problem {
            reason: Some(reason),
            errors,
            ..Problem::of(Code::Conflict)
        }
        .into()
    }

    /// 409 with the named rule and how many of each kind stand against it.
    pub fn conflict_counted(
        reason: &'static str,
        counts: impl IntoIterator<Item = (&'static str, i64)>,
    ) -> Self {
        Problem {
            reason: Some(reason),
            counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
            ..Problem::of(Code::Conflict)
        }
        .into()
    }

    /// 429.
    pub fn too_many(retry_after: u32) -> Self {
        let retry_after = Some(retry_after.max(1));
        Problem {
            retry_after,
            ..Problem::of(Code::TooMany)
        }
        .into()
    }

    /// The code the caller will see.
    pub fn code(&self) -> Code {
        match self {
            Self::Problem(problem) => problem.code,
            Self::Pool => Code::Unavailable,
            Self::Database(error) if is_transient(error) => Code::Unavailable,
            Self::Crypto(CryptoError::Damaged) => Code::Conflict,
            // What was destroyed by decision is gone for everybody.
            Self::Crypto(CryptoError::Destroyed) => Code::NotFound,
            Self::Database(_) | Self::Crypto(_) | Self::Internal(_) => Code::Internal,
        }
    }

    /// The violated constraint's name, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(diesel::result::Error::DatabaseError(_, info)) => info.constraint_name(),
            _ => None,
        }
    }

    /// Turns the violation of a named constraint into something the caller can mend.
    pub fn on_constraint(self, name: &str, instead: impl FnOnce() -> Self) -> Self {
        if self.constraint() == Some(name) {
            instead()
        } else {
            self
        }
    }
}

fn is_transient(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    use diesel::result::Error as Diesel;
    match error {
        Diesel::DatabaseError(Kind::ClosedConnection | Kind::SerializationFailure, _) => true,
        // A broken socket is reported as an unknown error without a constraint or a hint.
        Diesel::DatabaseError(Kind::Unknown, info) => {
            let text = info.message();
            text.contains("server closed the connection")
                || text.contains("terminating connection")
                || text.contains("deadlock detected")
                || text.contains("no connection to the server")
        }
        Diesel::BrokenTransactionManager => true,
        _ => false,
    }
}

/// A class for the log: which kind of database failure, without its text.
fn class(error: &diesel::result::Error) -> String {
    match error {
        diesel::result::Error::DatabaseError(kind, info) => {
            format!(
                "{kind:?} {}",
                info.constraint_name().or(info.table_name()).unwrap_or("")
            )
        }
        diesel::result::Error::NotFound => "NotFound".into(),
        diesel::result::Error::QueryBuilderError(_) => "QueryBuilder".into(),
        diesel::result::Error::DeserializationError(_) => "Deserialization".into(),
        diesel::result::Error::SerializationError(_) => "Serialization".into(),
        _ => "Other".into(),
    }
}

impl Error {
    /// Tells those who run the service of a fault, in the request's span. A problem is its sender's.
    pub(crate) fn log(&self, span: &tracing::Span) {
        match self {
            Self::Problem(_) => {}
            Self::Database(error) => {
                tracing::error!(parent: span, class = class(error), "database error");
            }
            other => tracing::error!(parent: span, error = %other, "request failed"),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        let code = self.code();
        let (reason, errors, retry_after) = match self {
            Self::Problem(p) => (p.reason, p.errors.clone(), p.retry_after),
            Self::Crypto(CryptoError::Damaged) => (Some("part_damaged"), Vec::new(), None),
            _ => (None, Vec::new(), (code == Code::Unavailable).then_some(1)),
        };
        let (ids, counts) = match self {
            Self::Problem(p) => (p.ids.clone(), p.counts.clone()),
            _ => (Vec::new(), BTreeMap::new()),
        };
        let mut response = HttpResponseBuilder::new(code.status());
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if code.status() == StatusCode::UNAUTHORIZED {
            let challenge = match code {
                // RFC 9470.
                Code::StepUpRequired => {
                    "Bearer error=\"insufficient_user_authentication\", max_age=300"
                }
                _ => "Bearer",
            };
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        response
            .content_type("application/problem+json")
            .json(ProblemDocument {
                kind: format!("urn:toldonce:problem:{}", code.as_str()),
                title: code.title().into(),
                status: code.status().as_u16(),
                code: code.as_str().into(),
                reason: reason.map(Into::into),
                request_id: crate::request_id::request_id(),
                errors,
                ids,
                counts,
            })
    }
}
