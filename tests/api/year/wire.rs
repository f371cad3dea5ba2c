//! What every request of the year is made of.

use std::collections::BTreeSet;
use std::future::Future;

use futures_util::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Caller, etag};

/// All rows of a list, from the first page to the last: none twice, no page longer than asked for.
pub async fn pages(caller: &Caller<'_>, path: &str, limit: usize) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{joint}limit={limit}");
    let (mut uri, mut rows, mut seen) = (first.clone(), Vec::new(), BTreeSet::new());
    loop {
        let page = caller.get(&uri).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{path}");
        for item in items {
            assert!(seen.insert(uuid(item, "id")), "{path} gives a row twice");
        }
        rows.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                assert_eq!(items.len(), limit, "{path} has a short page within");
                uri = format!("{first}&cursor={cursor}");
            }
            None => return rows,
        }
    }
}

/// Reads a thing and does something to it at that version.
pub async fn step(caller: &Caller<'_>, thing: &str, verb: &str, body: Value) -> Value {
    let now = caller.get(thing).await.expect(200);
    let caller = caller.clone().if_match(&etag(&now));
    caller
        .post(&format!("{thing}/{verb}"), body)
        .await
        .expect(200)
}

/// All of these, a handful at a time: where order does not matter, people do not wait for each other.
pub async fn together<T>(work: Vec<impl Future<Output = T>>) -> Vec<T> {
    let (mut work, mut done) = (work.into_iter(), Vec::new());
    loop {
        let some: Vec<_> = work.by_ref().take(6).collect();
        if some.is_empty() {
            return done;
        }
        done.extend(join_all(some).await);
    }
}

#[track_caller]
pub fn uuid(body: &Value, field: &str) -> Uuid {
    let text = body[field].as_str().and_then(|text| text.parse().ok());
    text.unwrap_or_else(|| panic!("no {field} in {body}"))
}

pub fn uuids(body: &Value) -> BTreeSet<Uuid> {
    let ids = body.as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().parse().unwrap())
        .collect()
}

pub fn ids(rows: &[Value]) -> BTreeSet<Uuid> {
    rows.iter().map(|row| uuid(row, "id")).collect()
}
