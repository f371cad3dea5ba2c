//! By when research is due, and which days are reminded of.

use chrono::NaiveDate;
use practice::marac::settings::MaracSettings;

/// The day by which an agency returns its research for a meeting: the MARAC's deadline. Where that
/// is past or today, as for a case added late or an emergency meeting, the last working day before
/// the meeting, else the day of the meeting.
pub fn due_on(settings: &MaracSettings, meeting: NaiveDate, today: NaiveDate) -> NaiveDate {
    let eve = settings.calendar.add_working_days(meeting, -1);
    [settings.research_due_on(meeting), eve]
        .into_iter()
        .find(|day| *day > today)
        .unwrap_or_else(|| meeting.max(today))
}

/// The days whose returns agencies are told of today: those due tomorrow or today, and those of the
/// week behind that are late. What is older has been told, or was circulated when nobody was there.
pub fn reminded(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let days = chrono::Days::new;
    let from = today.checked_sub_days(days(7)).unwrap_or(today);
    (from, today.checked_add_days(days(1)).unwrap_or(today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn research_is_due_by_the_deadline_or_later_where_that_is_past() {
        let settings = MaracSettings::default();
        // The meeting is on a Wednesday; five working days before is the Wednesday of the week before.
        let table = [
            ("2026-06-17", "2026-06-01", "2026-06-10"),
            ("2026-06-17", "2026-06-09", "2026-06-10"),
            ("2026-06-17", "2026-06-10", "2026-06-16"),
            ("2026-06-17", "2026-06-15", "2026-06-16"),
            ("2026-06-17", "2026-06-16", "2026-06-17"),
            ("2026-06-17", "2026-06-17", "2026-06-17"),
            // A Monday: the working day before is Friday.
            ("2026-06-15", "2026-06-11", "2026-06-12"),
            ("2026-06-15", "2026-06-13", "2026-06-15"),
            // An emergency meeting that was held up until the next day.
            ("2026-06-17", "2026-06-18", "2026-06-18"),
        ];
        for (meeting, today, due) in table {
            let found = due_on(&settings, day(meeting), day(today));
            assert_eq!(found, day(due), "{meeting} asked on {today}");
        }
    }
}
