//! Versions. Every part has its own `etag`; to change it, send it as `If-Match`.

use std::future::{Ready, ready};

use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, dev::Payload};
use serde::Serialize;

use crate::error::{Code, Error, Result};

/// The entity tag of a version.
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// An answer with its `ETag`.
pub fn tagged(
    mut response: HttpResponseBuilder,
    version: i32,
    body: &impl Serialize,
) -> HttpResponse {
    response.insert_header((ETAG, etag(version))).json(body)
}

/// The version the caller read before changing it: 428 without.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(i32);

impl IfMatch {
    /// 412 unless the row is still at this version.
    pub fn check(self, version: i32) -> Result<()> {
        if self.0 == version {
            Ok(())
        } else {
            Err(Code::Stale.into())
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(IF_MATCH) else {
            return ready(Err(Code::PreconditionRequired.into()));
        };
        let version = value.to_str().ok().and_then(|text| {
            text.trim()
                .strip_prefix('"')?
                .strip_suffix('"')?
                .parse()
                .ok()
        });
        ready(version.map(Self).ok_or_else(|| {
            Error::malformed("If-Match", "etag", "Send one entity tag as it was given.")
        }))
    }
}
