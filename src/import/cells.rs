//! Reading a row's cells strictly: dates, words of closed lists, text within limits.

use chrono::NaiveDate;

use super::table::{Row, RowError};
use practice::dates::{BirthDay, Born, General, Meaning};
use practice::text::{Fault, Line, Text};

/// Nobody in a register was born, referred or heard before.
const EARLIEST_YEAR: &str = "1880-01-01";

/// A row being read; gathers what is wrong with it.
pub struct Cells<'r> {
    row: Row<'r>,
    /// The day of the import: nothing recorded lies after it.
    today: NaiveDate,
    errors: Vec<RowError>,
}

impl<'r> Cells<'r> {
    /// Begins a row.
    pub fn new(row: Row<'r>, today: NaiveDate) -> Self {
        Self {
            row,
            today,
            errors: Vec::new(),
        }
    }

    /// What was wrong.
    pub fn into_errors(self) -> Vec<RowError> {
        self.errors
    }

    /// Notes something wrong.
    pub fn refuse(&mut self, column: &'static str, code: &'static str, message: &'static str) {
        self.errors.push(RowError {
            row: self.row.number,
            column,
            code,
            message,
        });
    }

    fn required(&mut self, column: &'static str) {
        self.refuse(column, "required", "This cell must not be empty.");
    }

    /// The cell as it is, blanks around it left out.
    pub fn raw(&self, column: &'static str) -> &str {
        self.row.cell(column)
    }

    /// One line of text; spaces and line breaks within become one space. A cell in which nothing is
    /// visible is an empty cell.
    pub fn line<const MOST: usize>(&mut self, column: &'static str) -> Option<Line<MOST>> {
        let read = read_line(self.raw(column));
        self.taken(column, read)
    }

    /// Text, lines kept. A cell in which nothing is visible is an empty cell.
    pub fn text<const MOST: usize>(&mut self, column: &'static str) -> Option<Text<MOST>> {
        let read = Text::parse(self.raw(column));
        self.taken(column, read)
    }

    fn taken<T>(&mut self, column: &'static str, read: Result<T, Fault>) -> Option<T> {
        match read {
            Ok(text) => Some(text),
            Err(Fault::Blank) => None,
            Err(fault) => {
                self.refuse(column, fault.code(), sentence(fault));
                None
            }
        }
    }

    /// One line that must be there; empty where it was refused.
    pub fn required_line<const MOST: usize>(&mut self, column: &'static str) -> String {
        let known = self.errors.len();
        let line = self.line::<MOST>(column);
        if line.is_none() && self.errors.len() == known {
            self.required(column);
        }
        line.map(String::from).unwrap_or_default()
    }

    /// Text that must be there; empty where it was refused.
    pub fn required_text<const MOST: usize>(&mut self, column: &'static str) -> String {
        let known = self.errors.len();
        let text = self.text::<MOST>(column);
        if text.is_none() && self.errors.len() == known {
            self.required(column);
        }
        text.map(String::from).unwrap_or_default()
    }

    /// The day of the import.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// A date, if there is one.
    pub fn date(&mut self, column: &'static str) -> Option<NaiveDate> {
        if self.raw(column).is_empty() {
            return None;
        }
        let date = read_date(self.raw(column));
        if date.is_none() {
            self.refuse(column, NOT_A_DATE.0, NOT_A_DATE.1);
        }
        self.in_range::<General>(column, date?)
    }

    /// The date, if it is in the range of its meaning.
    fn in_range<M: Meaning>(&mut self, column: &'static str, date: NaiveDate) -> Option<NaiveDate> {
        match M::FIRST <= date && date <= M::LAST {
            true => Some(date),
            false => {
                self.refuse(column, "date_out_of_range", M::TEXT);
                None
            }
        }
    }

    /// A date of birth, if there is one.
    pub fn birth(&mut self, column: &'static str) -> Option<BirthDay> {
        if self.raw(column).is_empty() {
            return None;
        }
        let date = read_date(self.raw(column));
        if date.is_none() {
            self.refuse(column, NOT_A_DATE.0, NOT_A_DATE.1);
        }
        let date = self.in_range::<Born>(column, date?)?;
        self.not_to_come(column, date).map(Into::into)
    }

    /// A date of something that has happened, if there is one.
    pub fn past_date(&mut self, column: &'static str) -> Option<NaiveDate> {
        let date = self.date(column)?;
        self.not_to_come(column, date)
    }

    fn not_to_come(&mut self, column: &'static str, date: NaiveDate) -> Option<NaiveDate> {
        if date > self.today {
            self.refuse(column, "in_the_future", "This day has not come yet.");
            return None;
        }
        Some(date)
    }

    /// A date that must be there, past or to come.
    pub fn required_date(&mut self, column: &'static str) -> Option<NaiveDate> {
        if self.raw(column).is_empty() {
            self.required(column);
        }
        self.date(column)
    }

    /// A date that must be there and be past.
    pub fn required_past_date(&mut self, column: &'static str) -> Option<NaiveDate> {
        if self.raw(column).is_empty() {
            self.required(column);
        }
        self.past_date(column)
    }

    /// A word of a closed list, if there is one.
    pub fn word<T>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let cell = self.raw(column);
        if cell.is_empty() {
            return None;
        }
        let value = parse(cell);
        if value.is_none() {
            self.refuse(
                column,
                "unknown_value",
                "This is none of the values the list has.",
            );
        }
        value
    }

    /// A word of a closed list that must be there.
    pub fn required_word<T>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.raw(column).is_empty() {
            self.required(column);
        }
        self.word(column, parse)
    }

    /// A whole number that must be there.
    pub fn required_count(&mut self, column: &'static str) -> u32 {
        let read = |cell: &str| {
            let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
            cell.parse().ok().filter(|_| digits)
        };
        match (self.raw(column).is_empty(), read(self.raw(column))) {
            (true, _) => self.required(column),
            (false, Some(count)) => return count,
            (false, None) => self.refuse(column, "not_a_number", "Write a whole number in digits."),
        }
        0
    }
}

/// One line of text, its spaces and line breaks each one space.
pub fn read_line<const MOST: usize>(text: &str) -> Result<Line<MOST>, Fault> {
    Line::parse(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is asked for, where a text is refused.
pub fn sentence(fault: Fault) -> &'static str {
    match fault {
        Fault::Blank => "Nothing visible stands in this cell.",
        Fault::TooLong(_) | Fault::SecretLength(..) => "This text is longer than the record takes.",
        Fault::ControlCharacter => "This text holds a control character.",
        Fault::SeveralLines => "This text has several lines.",
        Fault::BidirectionalControl => {
            "This text holds a character that turns the direction of writing round."
        }
        Fault::Noncharacter => "This text holds a code that is no character.",
    }
}

/// Code and message for what is no date.
pub const NOT_A_DATE: (&str, &str) = ("not_a_date", "Write a day of the calendar as YYYY-MM-DD.");

/// A date written YYYY-MM-DD and no other way.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    // Dates written so stand in the order of their text.
    (shape && text >= EARLIEST_YEAR)
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

/// The parts of a cell that holds several, separated by semicolons.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_one_way() {
        assert_eq!(
            read_date("2020-02-29"),
            NaiveDate::from_ymd_opt(2020, 2, 29)
        );
        for bad in [
            "",
            "2019-02-29",
            "2019-13-01",
            "2019-1-1",
            "01/02/2019",
            "2019-01-01T00:00:00Z",
            "0219-01-01",
            "+019-01-01",
            "2019-01-0१",
            "20190101",
        ] {
            assert_eq!(read_date(bad), None, "{bad}");
        }
    }
}
