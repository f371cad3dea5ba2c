//! The calendar of the year, worked out here once more, and the dice.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Bank holidays in England, as printed.
const HOLIDAYS: [(i32, u32, u32); 10] = [
    (2026, 1, 1),
    (2026, 4, 3),
    (2026, 4, 6),
    (2026, 5, 4),
    (2026, 5, 25),
    (2026, 8, 31),
    (2026, 12, 25),
    (2026, 12, 28),
    (2027, 1, 1),
    (2027, 3, 26),
];

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn is_working_day(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    !weekend && !HOLIDAYS.contains(&(day.year(), day.month(), day.day()))
}

pub fn working_days_before(day: NaiveDate, number: u32) -> NaiveDate {
    walk(day, number, |day| day.pred_opt().unwrap())
}

pub fn working_days_after(day: NaiveDate, number: u32) -> NaiveDate {
    walk(day, number, |day| day.succ_opt().unwrap())
}

fn walk(day: NaiveDate, number: u32, next: impl Fn(NaiveDate) -> NaiveDate) -> NaiveDate {
    let (mut day, mut left) = (day, number);
    while left > 0 {
        day = next(day);
        left -= u32::from(is_working_day(day));
    }
    day
}

/// The day itself if it is a working day, else the next one.
pub fn working_day_from(day: NaiveDate) -> NaiveDate {
    match is_working_day(day) {
        true => day,
        false => working_days_after(day, 1),
    }
}

pub fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap()
}

pub fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap()
}

/// The same throws every year.
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        Self(0x0dd_b1a5_e5ba_d5ee)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}
