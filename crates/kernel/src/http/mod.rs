//! What every endpoint shares: reading requests without echoing them, pages, versions, retries.

mod answer;
mod days;
mod etag;
mod extract;
mod header;
mod idempotency;
mod limit;
mod network;
mod objects;
mod page;
mod patch;
mod refuse;

pub use answer::{Binary, Continued, Created, Html, Json, Linked, NoContent, Pdf, Tagged};
pub use days::{happened, period};
pub use etag::{IfMatch, etag};
pub use extract::{Body, Form, Path, Query};
pub use header::once;
pub use idempotency::{Idempotency, IdempotencyKey};
/// An operation of the API: what it takes, answers and documents, from its types.
pub use macros::operation;

pub use limit::{MOST as MOST_BODY, in_sum as most_bytes_of};
pub use network::{Network, TrustedProxies};
pub use page::{Cursor, Page, PageQuery};
pub use patch::{Change, Changes, Field, Patch, Sent};
pub use refuse::{read_json, read_value, validated};

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::error::ProblemDocument;
use crate::policy::{Act, Asks};

/// Which cases a figure counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figures {
    /// Those that are not closed to the reader: the figure agrees with the lists they see, and tells them
    /// of no other case.
    #[default]
    WhatYouMaySee,
    /// Every case: for the program's own command line.
    Everything,
}

/// The problems any operation behind sign-in may answer with.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum Problems {
    /// The request could not be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemDocument),
    /// Not signed in, or no longer.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemDocument),
    /// None of the roles held allows this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemDocument),
    /// Does not exist, or is out of sight.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDocument),
    /// Too many requests.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemDocument),
    /// The service is busy.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDocument),
}

/// Instead of the 401 of [`Problems`], for what asks for the password again.
#[derive(IntoResponses)]
#[allow(dead_code)]
enum StepUpProblems {
    /// Not signed in, or no longer; or `step_up_required`: the password was not given in this session
    /// within the last five minutes. Give it at `POST /auth/step-up`, then send the request again.
    #[response(status = 401, content_type = "application/problem+json")]
    StepUpRequired(ProblemDocument),
}

/// The problems of an operation whose act asks for the password again, and none if it does not: see [`asks_again`].
pub struct PasswordProblems<const ASKED: bool>;

impl<const ASKED: bool> IntoResponses for PasswordProblems<ASKED> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        match ASKED {
            true => StepUpProblems::responses(),
            false => BTreeMap::new(),
        }
    }
}

/// Whether the table of acts says that this one asks for the password again.
pub const fn asks_again(act: Act) -> bool {
    matches!(act.asks(), Asks::Password)
}

/// The further problems of operations that write.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum WriteProblems {
    /// Its present state does not allow this; `reason` names the rule.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemDocument),
    /// The body is longer than all fields of the operation allow together (the request body's
    /// description says how many bytes).
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDocument),
    /// Not `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemDocument),
    /// Fields were refused; `errors` names each.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemDocument),
}

/// The further problems of operations that change what was read before.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum VersionProblems {
    /// Somebody changed it since it was read.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(ProblemDocument),
    /// `If-Match` is required.
    #[response(status = 428, content_type = "application/problem+json")]
    PreconditionRequired(ProblemDocument),
}
