//! Pages by keyset. A cursor says where the last page ended, in times and ids: nothing personal.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::error::{Error, Result};
use practice::edge::from_a_caller;
use practice::text::Line;

/// `limit` and `cursor`.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[serde(default)]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<Line<400>>,
}

impl PageQuery {
    /// Rows wanted.
    pub fn limit(&self) -> i64 {
        i64::from(self.limit.unwrap_or(50))
    }

    /// Where the last page ended.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.cursor.as_deref().map(Cursor::decode).transpose()
    }
}

/// Opaque to the caller: a JSON tuple of the sort key.
pub struct Cursor;

impl Cursor {
    /// The cursor after a row with this sort key.
    pub fn encode(key: &impl Serialize) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    /// The sort key, or 400.
    pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
            .filter(could_be_of_a_row)
            .and_then(|key| from_a_caller(None, || serde_json::from_value(key)).ok())
            .ok_or_else(|| {
                Error::malformed("cursor", "cursor", "Send next_cursor as it was given.")
            })
    }
}

/// Whether a row could have had this key: no list sorts by a text that holds a control character, no
/// statement takes NUL, and every date lies in range.
fn could_be_of_a_row(key: &Value) -> bool {
    match key {
        Value::String(text) => {
            !text.chars().any(char::is_control) && practice::dates::in_cursor_range(text)
        }
        Value::Array(parts) => parts.iter().all(could_be_of_a_row),
        Value::Object(parts) => parts.values().all(could_be_of_a_row),
        _ => true,
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the one too many says that more follow.
    pub fn of<K: Serialize>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .map(|last| Cursor::encode(&key(last)));
        Self {
            items: rows,
            next_cursor,
        }
    }

    /// All rows there are.
    pub const fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }

    /// The same page of another shape.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }

    /// Rows on this page.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_too_many_makes_a_cursor_and_is_not_shown() {
        let page = Page::of(vec![1, 2, 3], 2, |n| *n);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(
            Cursor::decode::<i32>(page.next_cursor.as_deref().unwrap()).unwrap(),
            2
        );
        assert_eq!(Page::of(vec![1, 2], 2, |n| *n).next_cursor, None);
    }

    #[test]
    fn a_cursor_of_another_shape_is_refused() {
        for bad in ["", "%", "AAAA", &Cursor::encode(&"text")] {
            assert!(Cursor::decode::<(i32, i32)>(bad).is_err());
        }
    }
}
