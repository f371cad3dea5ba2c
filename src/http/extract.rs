//! Body, path and query. The framework's own extractors echo what was sent in their errors, and what
//! is sent here is somebody's life.

use std::future::{Ready, ready};

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::error::{Code, Error, FieldError, Result};

/// Largest body taken, in bytes. Imports have a limit of their own.
pub const MAX_BODY: usize = 64 * 1024;

/// A JSON body, read strictly and validated.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, &mime::APPLICATION_JSON);
        Box::pin(async move {
            let bytes = bytes.await?;
            let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
            let value: T = serde_path_to_error::deserialize(&mut deserializer)
                .map_err(|error| refuse_deserialization(&error))?;
            deserializer.end().map_err(|_| {
                Error::malformed("", "trailing_content", "More follows the JSON value.")
            })?;
            validated(value).map(Self)
        })
    }
}

/// A form-encoded body, for OAuth 2 alone (RFC 6749).
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, &mime::APPLICATION_WWW_FORM_URLENCODED);
        Box::pin(async move {
            let bytes = bytes.await?;
            let value: T = serde_urlencoded::from_bytes(&bytes).map_err(|_| {
                Error::malformed("", "form", "A field is missing, unknown or malformed.")
            })?;
            validated(value).map(Self)
        })
    }
}

/// The body's bytes, if it is of this type and within the limit.
fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    wanted: &'static mime::Mime,
) -> LocalBoxFuture<'static, Result<zeroize::Zeroizing<Vec<u8>>>> {
    let header = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let fits = header
        .and_then(|value| value.parse::<mime::Mime>().ok())
        .is_some_and(|mime| mime.essence_str() == wanted.essence_str());
    let mut payload = payload.take();
    Box::pin(async move {
        if !fits {
            return Err(Code::UnsupportedMediaType.into());
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        while let Some(chunk) = payload.next().await {
            let chunk =
                chunk.map_err(|_| Error::malformed("", "unreadable", "The body broke off."))?;
            if bytes.len() + chunk.len() > MAX_BODY {
                return Err(Code::TooLarge.into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    })
}

/// The value, or 422 with a pointer for each field its rules refuse.
pub fn validated<T: Validate>(value: T) -> Result<T> {
    match value.validate() {
        Ok(()) => Ok(value),
        Err(errors) => {
            let mut fields = Vec::new();
            collect("", &errors, &mut fields);
            fields.sort_by(|a, b| a.pointer.cmp(&b.pointer));
            Err(Error::invalid(fields))
        }
    }
}

/// A rule for short plain text: not blank, and one line without control characters, which PostgreSQL
/// would not all take.
pub fn one_line(text: &str) -> std::result::Result<(), validator::ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        Err(validator::ValidationError::new("one_line"))
    } else {
        Ok(())
    }
}

/// Where and why JSON was refused, as code and pointer; the parser's own words may quote a value.
pub fn refuse_deserialization(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let pointer: String = error
        .path()
        .iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Map { key } => Some(format!("/{}", escape(key))),
            serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {
                None
            }
        })
        .collect();
    let inner = error.inner();
    if !inner.is_data() {
        return Error::malformed(pointer, "not_json", "This is not well-formed JSON.");
    }
    let text = inner.to_string();
    let (pointer, code, message) = if text.starts_with(super::patch::NULL) {
        (
            pointer,
            "not_null",
            "This cannot be null: leave it out to keep what is there.",
        )
    } else if text.starts_with("missing field") {
        let name = text.split('`').nth(1).unwrap_or("");
        (format!("{pointer}/{name}"), "required", "This is required.")
    } else if text.starts_with("unknown field") {
        // The last segment is the sender's own word: the pointer stops above it.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        (
            parent.to_owned(),
            "unknown_field",
            "A field here is not known.",
        )
    } else if text.starts_with("unknown variant") {
        (
            pointer,
            "not_allowed",
            "This is not one of the allowed values.",
        )
    } else if text.starts_with("duplicate field") {
        (pointer, "duplicate", "A field stands twice.")
    } else {
        (
            pointer,
            "wrong_type",
            "This is not of the right type or format.",
        )
    };
    Error::invalid(vec![FieldError::new(pointer, code, message)])
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Flattens validator's tree; drops its `params`, which hold the submitted value.
fn collect(prefix: &str, errors: &ValidationErrors, out: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        let at = if *field == "__all__" {
            prefix.to_owned()
        } else {
            format!("{prefix}/{field}")
        };
        match kind {
            ValidationErrorsKind::Field(list) => {
                out.extend(list.iter().map(|error| {
                    let code = error.code.to_string();
                    FieldError::new(at.clone(), code.clone(), sentence(&code))
                }));
            }
            ValidationErrorsKind::Struct(inner) => collect(&at, inner, out),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{at}/{index}"), inner, out);
                }
            }
        }
    }
}

fn sentence(code: &str) -> &'static str {
    match code {
        "length" | "line_length" => "This is too short, too long, or has too many parts.",
        "range" => "This number is out of range.",
        "email" => "This is not an e-mail address.",
        "one_line" => "Give one line of text.",
        "regex" | "format" => "This has not the expected form.",
        "family_name_or_unknown" => "Give a family name, or say name_unknown.",
        _ => "This breaks a rule of the field.",
    }
}

/// Path parameters. One that is malformed answers like one that does not exist.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = actix_router::PathDeserializer::new(request.match_info());
        ready(
            T::deserialize(path)
                .map(Self)
                .map_err(|_| Code::NotFound.into()),
        )
    }
}

/// Query parameters, read strictly and validated.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let pairs = serde_urlencoded::Deserializer::new(pairs);
        let read = serde_path_to_error::deserialize::<_, T>(pairs);
        ready(
            read.map_err(|error| {
                let name = error.path().to_string();
                let name = if name == "." || error.inner().to_string().starts_with("unknown field")
                {
                    String::new()
                } else {
                    name
                };
                Error::malformed(
                    name,
                    "query",
                    "A query parameter is unknown or has the wrong form.",
                )
            })
            .and_then(|value| validated(value).map_err(as_malformed))
            .map(Self),
        )
    }
}

fn as_malformed(error: Error) -> Error {
    match error {
        Error::Problem(mut problem) => {
            problem.code = Code::Malformed;
            Error::Problem(problem)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[validate(length(max = 3))]
        text: String,
        #[allow(dead_code)]
        kind: Option<crate::vocabulary::YesNoUnknown>,
    }

    #[derive(Debug, serde::Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[validate(nested)]
        inner: Vec<Inner>,
    }

    fn read(text: &str) -> Error {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, Outer>(&mut deserializer) {
            Err(error) => refuse_deserialization(&error),
            Ok(value) => validated(value).unwrap_err(),
        }
    }

    #[test]
    fn each_mistake_has_pointer_and_code_and_no_value() {
        let table = [
            ("{", "", "not_json"),
            (
                r#"{"inner":[{"txt":"CANARY"}]}"#,
                "/inner/0",
                "unknown_field",
            ),
            (r#"{"inner":[{}]}"#, "/inner/0/text", "required"),
            (
                r#"{"inner":[{"text":7777}]}"#,
                "/inner/0/text",
                "wrong_type",
            ),
            (
                r#"{"inner":[{"text":"a","kind":"CANARY"}]}"#,
                "/inner/0/kind",
                "not_allowed",
            ),
            (
                r#"{"inner":[{"text":"ok"},{"text":"CANARY"}]}"#,
                "/inner/1/text",
                "length",
            ),
        ];
        for (text, pointer, code) in table {
            let Error::Problem(problem) = read(text) else {
                panic!("{text}")
            };
            let found = &problem.errors[0];
            assert_eq!(
                (found.pointer.as_str(), found.code.as_str()),
                (pointer, code),
                "{text}"
            );
            assert!(!format!("{problem:?}").contains("CANARY"), "{text}");
        }
    }
}
