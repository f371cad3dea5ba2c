//! Rows on their way into `COPY … FROM STDIN`, in its text format.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// A value in a row.
pub trait Cell {
    /// Writes it.
    fn put(&self, out: &mut String);
}

macro_rules! displayed {
    ($($type:ty),+) => {
        $(impl Cell for $type {
            fn put(&self, out: &mut String) {
                let _ = write!(out, "{self}");
            }
        })+
    };
}
displayed!(Uuid, i16, i32, i64, bool, NaiveDate);

impl Cell for &str {
    fn put(&self, out: &mut String) {
        for letter in self.chars() {
            match letter {
                '\\' => out.push_str("\\\\"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                other => out.push(other),
            }
        }
    }
}

impl Cell for String {
    fn put(&self, out: &mut String) {
        self.as_str().put(out);
    }
}

impl Cell for DateTime<Utc> {
    fn put(&self, out: &mut String) {
        let _ = write!(out, "{}", self.format("%Y-%m-%d %H:%M:%S%.6f+00"));
    }
}

impl Cell for Vec<u8> {
    fn put(&self, out: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        out.push_str("\\\\x");
        for byte in self {
            for half in [byte >> 4, byte & 15] {
                out.push(char::from(DIGITS[usize::from(half)]));
            }
        }
    }
}

impl<T: Cell> Cell for Option<T> {
    fn put(&self, out: &mut String) {
        match self {
            Some(value) => value.put(out),
            None => out.push_str("\\N"),
        }
    }
}

/// The rows of one table.
pub struct Rows {
    target: &'static str,
    text: String,
}

impl Rows {
    /// `target` is the table with its columns.
    pub fn new(target: &'static str) -> Self {
        Self {
            target,
            text: String::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, cells: &[&dyn Cell]) {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.text.push('\t');
            }
            cell.put(&mut self.text);
        }
        self.text.push('\n');
    }

    /// Writes the statement and its rows for `psql`, and forgets them.
    pub fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        writeln!(out, "copy {} from stdin;", self.target)?;
        out.write_all(self.text.as_bytes())?;
        out.write_all(b"\\.\n")?;
        self.text.clear();
        Ok(())
    }
}
