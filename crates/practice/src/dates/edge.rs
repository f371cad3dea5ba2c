//! What types of dates say when they refuse, and what they remember of what was stored.

use std::cell::Cell;

thread_local! {
    static OUT_OF_RANGE: Cell<bool> = const { Cell::new(false) };
}

/// Remembers that something stored was out of range.
pub(super) fn was_out_of_range() {
    OUT_OF_RANGE.set(true);
}

/// Whether a date that was read since was out of range; asks once.
pub fn taken_out_of_range() -> bool {
    OUT_OF_RANGE.replace(false)
}

/// Keeps code and message apart from what parsers add to an error.
const MARK: char = '\u{1}';

/// A type at the edge refuses a value: with a code and a message, and never with the value.
pub fn refusal<E: serde::de::Error>(code: &str, message: &str) -> E {
    E::custom(format!("{MARK}{code}{MARK}{message}{MARK}"))
}

/// Code and message of a refusal, out of the text of the parser's error.
pub fn refusal_of(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.split(MARK);
    let (_, code, message) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().map(|_| (code, message))
}
