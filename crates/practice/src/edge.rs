//! Where what is being read comes from. The types for text, days and moments read strictly what a caller
//! sends, and open what was stored earlier: a rule of today never makes a file unreadable.

use std::cell::Cell;

use chrono::NaiveDate;

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Storage,
    /// A caller, on this day if it is known.
    Caller(Option<NaiveDate>),
    /// A caller's body in which a refused text stands in for itself, to find the other refused ones.
    Marked(Option<NaiveDate>),
}

thread_local! {
    static READING: Cell<From> = const { Cell::new(From::Storage) };
}

/// What a refused text is replaced by while the others are looked for.
pub const STAND_IN: &str = "\u{0}refused";

/// Puts back what was before, also when the reading panics.
struct Back(From);

impl Drop for Back {
    fn drop(&mut self) {
        READING.set(self.0);
    }
}

fn reading<T>(from: From, read: impl FnOnce() -> T) -> T {
    let _back = Back(READING.replace(from));
    read()
}

/// Reads what a caller sent: every rule holds, those of dates as at `today`.
pub fn from_a_caller<T>(today: Option<NaiveDate>, read: impl FnOnce() -> T) -> T {
    reading(From::Caller(today), read)
}

/// Reads it again with stand-ins in the places that were refused.
pub fn with_stand_ins<T>(today: Option<NaiveDate>, read: impl FnOnce() -> T) -> T {
    reading(From::Marked(today), read)
}

/// The day on which a caller's words are being read, if it is known; `None` where something stored is.
pub fn day_of_reading() -> Option<Option<NaiveDate>> {
    match READING.get() {
        From::Storage => None,
        From::Caller(today) | From::Marked(today) => Some(today),
    }
}

/// Whether the rules of the edge hold for what is being read on this thread.
pub fn is_from_a_caller() -> bool {
    READING.get() != From::Storage
}

/// Whether this is a stand-in, and stand-ins are taken.
pub fn is_stand_in(text: &str) -> bool {
    matches!(READING.get(), From::Marked(_)) && text == STAND_IN
}
