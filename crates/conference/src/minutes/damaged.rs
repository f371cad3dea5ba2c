//! Minutes that say of a part that it could not be read are neither approved nor issued, and nothing is corrected that
//! cannot be read.

use serde::Serialize;
use serde_json::Value;

use super::model::{frame_of, part_of};
use super::read::Edition;
use kernel::crypto::SealPlace;
use kernel::crypto::damage;
use kernel::error::{Error, FieldError, Result};
use practice::text::UNREADABLE;

/// Places that one answer names at most.
const MOST_NAMED: usize = 20;

/// 409 with pointers into the minutes as they are read, if something that this version wrote is damaged now or was
/// when it was written.
pub fn refuse(edition: &Edition) -> Result<()> {
    let mut at = Vec::new();
    if edition.row.frame.is_some() {
        look(frame_of(edition.row.id), &edition.frame, "/frame", &mut at)?;
    }
    for (index, part) in edition.parts.iter().enumerate() {
        if part.own {
            let under = format!("/cases/{index}");
            look(part_of(part.id), &part.part, &under, &mut at)?;
        }
    }
    at.truncate(MOST_NAMED);
    refuse_at(at)
}

/// The same for what a correction begins from.
pub fn refuse_base(place: SealPlace, pointer: &str) -> Result<()> {
    let damaged = damage::is_found(&place);
    refuse_at(damaged.then(|| pointer.to_owned()).into_iter().collect())
}

fn refuse_at(at: Vec<String>) -> Result<()> {
    let named = |pointer| FieldError::new(pointer, "part_damaged", "This could not be read.");
    match at.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict_at(
            "part_damaged",
            at.into_iter().map(named).collect(),
        )),
    }
}

fn look(
    place: SealPlace,
    content: &impl Serialize,
    under: &str,
    at: &mut Vec<String>,
) -> Result<()> {
    if damage::is_found(&place) {
        at.push(under.to_owned());
        return Ok(());
    }
    let content = serde_json::to_value(content);
    let content = content.map_err(|_| Error::Internal("minutes have another shape"))?;
    marks(&content, under, at);
    Ok(())
}

/// Where the mark of damage stands for words.
fn marks(value: &Value, under: &str, at: &mut Vec<String>) {
    match value {
        Value::String(text) if text == UNREADABLE => at.push(under.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                marks(item, &format!("{under}/{index}"), at);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                marks(field, &format!("{under}/{name}"), at);
            }
        }
        _ => {}
    }
}
