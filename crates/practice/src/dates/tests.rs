//! The ranges as tables.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;

use super::*;
use crate::edge::from_a_caller;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let json = serde_json::to_string(text).unwrap();
    from_a_caller(Some(day("2026-11-30")), || serde_json::from_str(&json)).map_err(|error| {
        let text = error.to_string();
        refusal_of(&text).map_or(text.clone(), |(code, _)| code.to_owned())
    })
}

const OUT: Result<(), &str> = Err("date_out_of_range");
const NONE: Result<(), &str> = Err("wrong_type");

#[test]
fn a_day_is_held_to_its_meaning() {
    let table: &[(&str, [Result<(), &str>; 4])] = &[
        // any, born, due, happened
        ("2026-11-30", [Ok(()), Ok(()), Ok(()), Ok(())]),
        ("2026-12-01", [Ok(()), OUT, Ok(()), OUT]),
        ("1900-01-01", [Ok(()), Ok(()), Ok(()), Ok(())]),
        ("1899-12-31", [OUT, Ok(()), OUT, OUT]),
        ("1880-01-01", [OUT, Ok(()), OUT, OUT]),
        ("1879-12-31", [OUT; 4]),
        ("2036-11-30", [Ok(()), OUT, Ok(()), OUT]),
        ("2036-12-01", [Ok(()), OUT, OUT, OUT]),
        ("2199-12-31", [Ok(()), OUT, OUT, OUT]),
        ("2200-01-01", [OUT; 4]),
        ("2024-02-29", [Ok(()); 4]),
        ("9999-12-31", [OUT; 4]),
        ("0000-01-01", [OUT; 4]),
        ("-0044-03-15", [OUT; 4]),
        ("+10000-01-01", [OUT; 4]),
        ("262142-12-31", [OUT; 4]),
        ("+262142-12-31", [OUT; 4]),
        ("999999999999-12-31", [OUT; 4]),
        ("+2026-11-30", [NONE; 4]),
        ("2026-1-1", [NONE; 4]),
        ("2026-11-3", [NONE; 4]),
        (" 2026-11-30", [NONE; 4]),
        ("26-11-30", [NONE; 4]),
        ("0026-1-1", [NONE; 4]),
        ("2025-02-29", [NONE; 4]),
        ("1900-02-29", [NONE; 4]),
        ("2026-11-31", [NONE; 4]),
        ("2026-13-01", [NONE; 4]),
        ("30/11/2026", [NONE; 4]),
        ("2026-11-30T00:00:00Z", [NONE; 4]),
        ("infinity", [NONE; 4]),
        ("", [NONE; 4]),
        ("\u{0}", [NONE; 4]),
    ];
    for (text, wanted) in table {
        let found = [
            read::<AnyDay>(text).map(drop),
            read::<BirthDay>(text).map(drop),
            read::<DueDay>(text).map(drop),
            read::<PastDay>(text).map(drop),
        ];
        let found = found
            .each_ref()
            .map(|one| one.as_ref().copied().map_err(String::as_str));
        assert_eq!(&found, wanted, "{text}");
    }
}

#[test]
fn a_moment_is_held_to_its_meaning() {
    let table: &[(&str, [Result<(), &str>; 2])] = &[
        // any, meets
        ("2026-11-30T09:30:00Z", [Ok(()), Ok(())]),
        ("2031-11-30T23:59:59Z", [Ok(()), Ok(())]),
        ("2031-12-01T00:00:00Z", [Ok(()), OUT]),
        ("2021-11-29T09:30:00Z", [Ok(()), OUT]),
        ("2026-06-30T23:59:60Z", [Ok(()), Ok(())]),
        ("2026-11-30T09:30:00+23:59", [Ok(()), Ok(())]),
        ("2199-12-31T23:59:59Z", [Ok(()), OUT]),
        ("2199-12-31T23:59:59-00:01", [OUT, OUT]),
        ("1900-01-01T00:00:00+00:01", [OUT, OUT]),
        ("9999-12-31T23:59:59Z", [OUT, OUT]),
        ("0000-01-01T00:00:00Z", [OUT, OUT]),
        ("-0044-03-15T12:00:00Z", [OUT, OUT]),
        ("+262142-12-31T23:59:59Z", [OUT, OUT]),
        ("262142-12-31T23:59:59Z", [OUT, OUT]),
        ("+10000-01-01T00:00:00Z", [OUT, OUT]),
        ("2026-11-30", [NONE, NONE]),
        ("2026-1-1T09:30:00Z", [NONE, NONE]),
        ("2026-11-30T9:30:00Z", [NONE, NONE]),
        ("+2026-11-30T09:30:00Z", [NONE, NONE]),
        ("2025-02-29T00:00:00Z", [NONE, NONE]),
        ("2026-11-30T24:00:00Z", [NONE, NONE]),
        ("", [NONE, NONE]),
    ];
    for (text, wanted) in table {
        let found = [
            read::<AnyMoment>(text).map(drop),
            read::<MeetingMoment>(text).map(drop),
        ];
        let found = found
            .each_ref()
            .map(|one| one.as_ref().copied().map_err(String::as_str));
        assert_eq!(&found, wanted, "{text}");
    }
}

#[test]
fn a_leap_second_stays_in_its_minute() {
    let leap = read::<AnyMoment>("2016-12-31T23:59:60Z").unwrap();
    assert_eq!(leap.at().to_rfc3339(), "2016-12-31T23:59:59.999999+00:00");
}

#[test]
fn what_was_stored_opens_and_says_that_it_was_out_of_range() {
    let table = [
        ("2026-11-30", "2026-11-30", false),
        ("2150-01-01", "2150-01-01", false),
        ("-0044-03-15", "1900-01-01", true),
        ("0044-03-15 BC", "1900-01-01", true),
        ("+262142-12-31", "2199-12-31", true),
        ("5874897-12-31", "2199-12-31", true),
        ("infinity", "2199-12-31", true),
        ("-infinity", "1900-01-01", true),
    ];
    for (stored, shown, damaged) in table {
        let json = serde_json::to_string(stored).unwrap();
        let found: AnyDay = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (found.day(), taken_out_of_range()),
            (day(shown), damaged),
            "{stored}"
        );
    }
    assert!(serde_json::from_str::<AnyDay>("\"never\"").is_err());
}

#[test]
fn a_refusal_names_the_limits_and_never_the_value() {
    let json = "\"9999-12-31\"";
    let read = from_a_caller(Some(day("2026-11-30")), || {
        serde_json::from_str::<BirthDay>(json)
    });
    let text = read.unwrap_err().to_string();
    let (code, message) = refusal_of(&text).unwrap();
    assert_eq!(code, "date_out_of_range");
    assert_eq!(message, "Give a date from 1880-01-01 to 2026-11-30.");
}

#[test]
fn limits_overflow_on_no_day() {
    for today in [NaiveDate::MIN, FIRST, LAST, NaiveDate::MAX] {
        for (first, last) in [
            Born::limits(today),
            Due::limits(today),
            Meets::limits(today),
        ] {
            assert!(Born::FIRST <= first && last <= LAST, "{today}");
        }
    }
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        london_day(now);
    }
}

#[test]
fn an_order_of_days_asks_only_of_what_is_known() {
    let table = [
        ("2026-01-02", None, true),
        ("2026-01-02", Some("2026-01-01"), true),
        ("2026-01-02", Some("2026-01-02"), true),
        ("2026-01-02", Some("2026-01-03"), false),
    ];
    for (one, other, holds) in table {
        let order = NotBefore {
            day: day(one),
            other: other.map(day),
        };
        assert_eq!(order.holds(), holds, "{one} {other:?}");
    }
}
