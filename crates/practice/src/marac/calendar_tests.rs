use super::*;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The dates as published on GOV.UK.
const PUBLISHED: &[(Calendar, &[(i32, &str)])] = &[
    (
        Calendar::EnglandAndWales,
        &[
            (2015, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
            (2016, "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27"),
            (2017, "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
            (2018, "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26"),
            (2019, "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26"),
            (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
            (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
            (
                2022,
                "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
            ),
            (
                2023,
                "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
            ),
            (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
            (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
            (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
            (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
            (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        ],
    ),
    (
        Calendar::Scotland,
        &[
            (
                2015,
                "01-01 01-02 04-03 05-04 05-25 08-03 11-30 12-25 12-28",
            ),
            (
                2016,
                "01-01 01-04 03-25 05-02 05-30 08-01 11-30 12-26 12-27",
            ),
            (
                2017,
                "01-02 01-03 04-14 05-01 05-29 08-07 11-30 12-25 12-26",
            ),
            (
                2018,
                "01-01 01-02 03-30 05-07 05-28 08-06 11-30 12-25 12-26",
            ),
            (
                2019,
                "01-01 01-02 04-19 05-06 05-27 08-05 12-02 12-25 12-26",
            ),
            (
                2020,
                "01-01 01-02 04-10 05-08 05-25 08-03 11-30 12-25 12-28",
            ),
            (
                2021,
                "01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-27 12-28",
            ),
            (
                2022,
                "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
            ),
            (
                2023,
                "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26",
            ),
            (
                2024,
                "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
            ),
            (
                2025,
                "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
            ),
            (
                2026,
                "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
            ),
            (
                2027,
                "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28",
            ),
            (
                2028,
                "01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26",
            ),
        ],
    ),
    (
        Calendar::NorthernIreland,
        &[
            (
                2015,
                "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
            ),
            (
                2016,
                "01-01 03-17 03-25 03-28 05-02 05-30 07-12 08-29 12-26 12-27",
            ),
            (
                2017,
                "01-02 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26",
            ),
            (
                2018,
                "01-01 03-19 03-30 04-02 05-07 05-28 07-12 08-27 12-25 12-26",
            ),
            (
                2019,
                "01-01 03-18 04-19 04-22 05-06 05-27 07-12 08-26 12-25 12-26",
            ),
            (
                2020,
                "01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28",
            ),
            (
                2021,
                "01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-27 12-28",
            ),
            (
                2022,
                "01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-26 12-27",
            ),
            (
                2023,
                "01-02 03-17 04-07 04-10 05-01 05-08 05-29 07-12 08-28 12-25 12-26",
            ),
            (
                2024,
                "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
            ),
            (
                2025,
                "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
            ),
            (
                2026,
                "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
            ),
            (
                2027,
                "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28",
            ),
            (
                2028,
                "01-03 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26",
            ),
        ],
    ),
];

#[test]
fn bank_holidays_are_the_published_ones() {
    for (calendar, years) in PUBLISHED {
        for (year, published) in *years {
            let computed: Vec<String> = calendar
                .bank_holidays(*year)
                .iter()
                .map(|day| day.date.format("%m-%d").to_string())
                .collect();
            assert_eq!(
                computed.join(" "),
                *published,
                "{} {year}",
                calendar.as_str()
            );
        }
    }
}

#[test]
fn royal_years_before_the_published_table() {
    for calendar in Calendar::ALL {
        for (day, off) in [
            ("2011-04-29", true),
            ("2012-05-28", false),
            ("2012-06-04", true),
            ("2012-06-05", true),
        ] {
            assert_eq!(
                calendar.is_bank_holiday(date(day)),
                off,
                "{} {day}",
                calendar.as_str()
            );
        }
    }
}

#[test]
fn substitutes_are_named_after_the_day_they_stand_for() {
    let named = |calendar: Calendar, day: &str| {
        calendar
            .bank_holidays(date(day).year())
            .into_iter()
            .find(|holiday| holiday.date == date(day))
            .map(|holiday| (holiday.name, holiday.substitute))
    };
    for (calendar, day, expected) in [
        (
            Calendar::EnglandAndWales,
            "2022-12-26",
            ("Boxing Day", false),
        ),
        (
            Calendar::EnglandAndWales,
            "2022-12-27",
            ("Christmas Day", true),
        ),
        (Calendar::Scotland, "2023-01-02", ("2 January", false)),
        (Calendar::Scotland, "2023-01-03", ("New Year's Day", true)),
        (Calendar::Scotland, "2022-01-04", ("2 January", true)),
        (
            Calendar::NorthernIreland,
            "2025-07-14",
            ("Battle of the Boyne", true),
        ),
    ] {
        assert_eq!(named(calendar, day), Some(expected), "{day}");
    }
}

#[test]
fn easter_at_its_limits() {
    for day in [
        "1818-03-22",
        "1943-04-25",
        "2008-03-23",
        "2038-04-25",
        "2285-03-22",
    ] {
        assert_eq!(easter_sunday(date(day).year()), Some(date(day)));
    }
}

#[test]
fn deadlines_skip_weekends_and_bank_holidays() {
    use Calendar::{EnglandAndWales, NorthernIreland, Scotland};
    for (calendar, from, days, to) in [
        (EnglandAndWales, "2026-03-12", 0, "2026-03-12"),
        (EnglandAndWales, "2026-03-14", 0, "2026-03-14"),
        (EnglandAndWales, "2026-03-13", 1, "2026-03-16"),
        (EnglandAndWales, "2026-03-14", 1, "2026-03-16"),
        (EnglandAndWales, "2026-03-15", -1, "2026-03-13"),
        (EnglandAndWales, "2026-04-02", 3, "2026-04-09"),
        (Scotland, "2026-04-02", 3, "2026-04-08"),
        (EnglandAndWales, "2026-03-16", 3, "2026-03-19"),
        (NorthernIreland, "2026-03-16", 3, "2026-03-20"),
        (EnglandAndWales, "2025-12-24", 1, "2025-12-29"),
        (Scotland, "2025-12-31", 1, "2026-01-05"),
        (EnglandAndWales, "2026-04-15", -8, "2026-04-01"),
    ] {
        let reached = calendar.add_working_days(date(from), days);
        assert_eq!(reached, date(to), "{} {from} {days}", calendar.as_str());
    }
}

#[test]
fn counting_stops_at_the_ends_of_time() {
    let calendar = Calendar::Scotland;
    assert_eq!(calendar.add_working_days(NaiveDate::MAX, 5), NaiveDate::MAX);
    assert_eq!(
        calendar.add_working_days(NaiveDate::MIN, -5),
        NaiveDate::MIN
    );
    assert!(calendar.working_days_between(NaiveDate::MAX, NaiveDate::MAX) == 0);
}

#[test]
fn names_round_trip() {
    for calendar in Calendar::ALL {
        assert_eq!(Calendar::parse(calendar.as_str()), Some(calendar));
        let json = serde_json::to_value(calendar).unwrap();
        assert_eq!(json, calendar.as_str());
        assert_eq!(serde_json::from_value::<Calendar>(json).unwrap(), calendar);
    }
    assert_eq!(Calendar::parse("wales"), None);
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    prop::sample::select(Calendar::ALL.to_vec())
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0_u64..36_000).prop_map(|days| date("1990-01-01") + Days::new(days))
}

proptest! {
    #[test]
    fn there_and_back_is_home(calendar in any_calendar(), day in any_date(), count in -120_i32..120) {
        let home = calendar.add_working_days(day, 1);
        let away = calendar.add_working_days(home, count);
        prop_assert!(calendar.is_working_day(away));
        prop_assert_eq!(calendar.add_working_days(away, -count), home);
    }

    #[test]
    fn between_is_the_inverse_of_adding(calendar in any_calendar(), day in any_date(), count in -120_i32..120) {
        let reached = calendar.add_working_days(day, count);
        prop_assert_eq!(calendar.working_days_between(day, reached), count);
    }

    #[test]
    fn every_bank_holiday_is_a_weekday_of_its_own(calendar in any_calendar(), year in 1990_i32..2300) {
        let days = calendar.bank_holidays(year);
        for pair in days.windows(2) {
            prop_assert!(pair[0].date < pair[1].date);
        }
        for day in days {
            prop_assert!(!is_weekend(day.date));
            prop_assert_eq!(day.date.year(), year);
        }
    }
}
