//! Versions. Every part has its own `etag`; to change it, send it as `If-Match`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::header::once;
use crate::error::{Code, Error, Result};

/// The entity tag of a version.
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version the caller read before changing it: 428 without.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(i32);

impl IfMatch {
    /// What a reader in the process has read.
    pub const fn at(version: i32) -> Self {
        Self(version)
    }

    /// 412 unless the row is still at this version.
    pub fn check(self, version: i32) -> Result<()> {
        if self.0 == version {
            Ok(())
        } else {
            Err(Code::Stale.into())
        }
    }
}

/// The version whose entity tag this is, written as `etag` writes it.
fn version(text: &str) -> Option<i32> {
    let version = text.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
    (version >= 0 && etag(version) == text).then_some(version)
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = match once(request, "If-Match") {
            Ok(Some(value)) => value,
            Ok(None) => return ready(Err(Code::PreconditionRequired.into())),
            Err(error) => return ready(Err(error)),
        };
        let version = value.to_str().ok().and_then(|text| version(text.trim()));
        ready(version.map(Self).ok_or_else(|| {
            Error::malformed("If-Match", "etag", "Send one entity tag as it was given.")
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_tag_is_taken_as_it_was_given_and_in_no_other_form() {
        for (text, wanted) in [
            ("\"0\"", Some(0)),
            ("\"17\"", Some(17)),
            ("\"+1\"", None),
            ("\"01\"", None),
            ("\"-1\"", None),
            ("\" 1\"", None),
            ("1", None),
            ("\"\"", None),
            ("W/\"1\"", None),
            ("*", None),
            ("\"1\", \"2\"", None),
            ("\"2147483648\"", None),
        ] {
            assert_eq!(version(text), wanted, "{text}");
        }
    }
}
