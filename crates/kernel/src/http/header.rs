//! Headers that say one thing: one that stands twice says two, and none of them is taken.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;

use crate::error::{Error, Result};

/// The value of a header that stands once; `None` if it is not there.
pub fn once<'r>(request: &'r HttpRequest, name: &'static str) -> Result<Option<&'r HeaderValue>> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Error::malformed(
            name,
            "repeated",
            "This header stands twice. Send it once.",
        )),
        (value, None) => Ok(value),
    }
}
