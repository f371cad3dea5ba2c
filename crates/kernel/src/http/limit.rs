//! How long a body may be. The limit of an operation fits all that its fields allow together, in any
//! script and however the JSON is written: it is reckoned from the same schema that the document shows.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use serde_json::Value;
use utoipa::ToSchema;

/// Taken in any case: for white space, and for what a schema leaves open.
const LEAST: usize = 64 * 1024;

/// Taken at most, in bytes. What allows more than this in sum is a list whose parts can be sent one
/// after the other; one request must not fill the memory of a server.
pub const MOST: usize = 12 * 1024 * 1024;

/// Bytes that one character of a text may take: written as two escapes, `\ud83d\ude00`, or
/// decomposed into several.
const PER_CHARACTER: usize = 12;

/// Bytes of a number, a truth value, a date or an id, with the quotation marks.
const PER_WORD: usize = 48;

/// Bytes around a value: comma, line break, indentation.
const AROUND: usize = 32;

static KNOWN: RwLock<Option<HashMap<TypeId, usize>>> = RwLock::new(None);

/// Largest body of this shape, in bytes. Imports have a limit of their own.
pub fn most_bytes<T: ToSchema + 'static>() -> usize {
    let of = TypeId::of::<T>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(most) = known.as_ref().and_then(|known| known.get(&of)) {
        return *most;
    }
    drop(known);
    let most = reckoned::<T>();
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().insert(of, most);
    most
}

fn reckoned<T: ToSchema>() -> usize {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let json = |schema| serde_json::to_value(schema).unwrap_or_default();
    let parts: BTreeMap<_, _> = parts
        .into_iter()
        .map(|(name, schema)| (name, json(schema)))
        .collect();
    in_sum(&json(T::schema()), &|name| parts.get(name))
}

/// What all the fields of this schema allow together, within the bounds of what is taken at all.
pub fn in_sum<'s>(schema: &'s Value, named: &impl Fn(&str) -> Option<&'s Value>) -> usize {
    LEAST.saturating_add(of(schema, named)).min(MOST)
}

fn of<'s>(schema: &'s Value, named: &impl Fn(&str) -> Option<&'s Value>) -> usize {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return named(name).map_or(0, |schema| of(schema, named));
    }
    let size = |key: &str| {
        schema[key]
            .as_u64()
            .and_then(|size| usize::try_from(size).ok())
    };
    let alternatives = ["oneOf", "anyOf", "allOf"]
        .iter()
        .filter_map(|key| schema[*key].as_array())
        .flatten()
        .map(|schema| of(schema, named))
        .sum::<usize>();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields = fields
        .map(|(name, schema)| name.len() + AROUND + of(schema, named))
        .fold(0_usize, usize::saturating_add);
    let items = match schema.get("items") {
        Some(items) => (AROUND + of(items, named)).saturating_mul(size("maxItems").unwrap_or(0)),
        None => 0,
    };
    let text = size("maxLength").map_or(0, |most| most.saturating_mul(PER_CHARACTER));
    [PER_WORD, alternatives, fields, items, text]
        .into_iter()
        .fold(0_usize, usize::saturating_add)
}
