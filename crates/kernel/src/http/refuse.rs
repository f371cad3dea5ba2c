//! Why a request was refused: the errors of parser and validator as codes and pointers, without a word
//! of what was sent.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};
use zeroize::Zeroize;

use super::objects::Objects;
use crate::error::{Code, Error, FieldError, Result};
use practice::dates;
use practice::edge::{self, STAND_IN};
use practice::text::Fault;

/// Refused texts that one answer names at most.
const MOST_NAMED: usize = 20;

/// Bodies over this many bytes are answered with the first refused text alone.
const LOOKED_THROUGH: usize = 256 * 1024;

/// A caller's JSON, read strictly and validated. Every refused text is named, not the first alone.
pub fn read_json<T: DeserializeOwned + Validate>(
    bytes: &[u8],
    today: Option<NaiveDate>,
) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = edge::from_a_caller(today, || {
        serde_path_to_error::deserialize(Objects(&mut deserializer))
    });
    let value: T = read.map_err(|error| match text_fault(&error) {
        Some(first) if bytes.len() <= LOOKED_THROUGH => {
            Error::invalid(every_refusal::<T>(bytes, today, first))
        }
        _ => refuse_deserialization(&error),
    })?;
    deserializer
        .end()
        .map_err(|_| Error::malformed("", "trailing_content", "More follows the JSON value."))?;
    validated(value)
}

/// A part of a caller's JSON that was read as any value before.
pub fn read_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| refuse_deserialization(&error))
}

/// The first refused text and all others: the body is read again with stand-ins where texts were
/// refused, until nothing more is found.
fn every_refusal<T: DeserializeOwned + Validate>(
    bytes: &[u8],
    today: Option<NaiveDate>,
    first: FieldError,
) -> Vec<FieldError> {
    let Ok(mut body) = serde_json::from_slice::<Value>(bytes) else {
        return vec![first];
    };
    let mut found = vec![first];
    while found.len() < MOST_NAMED {
        let last = found.last().map(|field| field.pointer.clone());
        let Some(place) = last.and_then(|pointer| body.pointer_mut(&pointer)) else {
            break;
        };
        *place = Value::String(STAND_IN.to_owned());
        let read = edge::with_stand_ins(today, || {
            serde_path_to_error::deserialize::<_, T>(Objects(&body))
        });
        let next = read.as_ref().err().and_then(text_fault);
        let is_new = |field: &FieldError| found.iter().all(|known| known.pointer != field.pointer);
        if let Some(next) = next.filter(&is_new) {
            found.push(next);
            continue;
        }
        let others = match read {
            Ok(value) => validated(value).err(),
            Err(error) => Some(refuse_deserialization(&error)),
        };
        if let Some(Error::Problem(problem)) = others {
            let others: Vec<_> = problem.errors.into_iter().filter(&is_new).collect();
            found.extend(others);
        }
        break;
    }
    wipe(&mut body);
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

/// Clears what was read: there may be a password in it.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        _ => {}
    }
}

/// The refused text that an error tells of, if it tells of one.
pub(super) fn text_fault<E: std::error::Error>(
    error: &serde_path_to_error::Error<E>,
) -> Option<FieldError> {
    let fault = Fault::from_signal(&error.inner().to_string())?;
    Some(FieldError::text(pointer_of(error), fault))
}

/// The refused date that an error tells of, if it tells of one.
pub(super) fn date_fault<E: std::error::Error>(
    error: &serde_path_to_error::Error<E>,
) -> Option<FieldError> {
    let text = error.inner().to_string();
    let (code, message) = dates::refusal_of(&text)?;
    Some(FieldError::new(pointer_of(error), code, message))
}

fn pointer_of<E>(error: &serde_path_to_error::Error<E>) -> String {
    error
        .path()
        .iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Map { key } => Some(format!("/{}", escape(key))),
            serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {
                None
            }
        })
        .collect()
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

/// Where and why JSON was refused, as code and pointer; the parser's own words may quote a value.
fn refuse_deserialization(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    if let Some(field) = text_fault(error).or_else(|| date_fault(error)) {
        return Error::invalid(vec![field]);
    }
    let pointer = pointer_of(error);
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
        "regex" | "format" => "This has not the expected form.",
        "family_name_or_unknown" => "Give a family name, or say name_unknown.",
        _ => "This breaks a rule of the field.",
    }
}

/// The same refusals as 400: of what stood in a query.
pub(super) fn as_malformed(error: Error) -> Error {
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
        kind: Option<practice::vocabulary::YesNoUnknown>,
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
