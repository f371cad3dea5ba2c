//! Rules over days of a request that need to know more than the day itself.

use chrono::NaiveDate;
use practice::dates::NotBefore;

use crate::error::{Error, Result};

/// What was told or assessed was so today or before, and not before the survivor was born, if that is known.
pub fn happened(
    pointer: &str,
    day: NaiveDate,
    today: NaiveDate,
    born: Option<NaiveDate>,
) -> Result<()> {
    let order = NotBefore { day, other: born };
    let (code, message) = match (day > today, order.holds()) {
        (true, _) => ("in_the_future", "Give today or an earlier day."),
        (false, false) => ("before_birth", "This day lies before the survivor's birth."),
        (false, true) => return Ok(()),
    };
    Err(Error::field(pointer, code, message))
}

/// A period that is asked for ends on the day it begins, or later.
pub fn period(parameter: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<()> {
    let holds = to.is_none_or(|day| NotBefore { day, other: from }.holds());
    match holds {
        true => Ok(()),
        false => Err(Error::malformed(
            parameter,
            "before_from",
            "This day lies before the first one.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_lies_between_birth_and_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-30");
        for (on, born, code) in [
            ("2026-11-30", None, None),
            ("2026-12-01", None, Some("in_the_future")),
            ("1990-05-01", Some("1990-05-01"), None),
            ("1990-04-30", Some("1990-05-01"), Some("before_birth")),
            ("2026-12-01", Some("1990-05-01"), Some("in_the_future")),
        ] {
            let found = happened("/on", day(on), today, born.map(day));
            let found = found.err().map(|error| match error {
                Error::Problem(problem) => problem.errors[0].code.clone(),
                other => other.to_string(),
            });
            assert_eq!(found.as_deref(), code, "{on}");
        }
    }
}
