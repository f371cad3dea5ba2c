//! Bank holidays and working days of the three calendars of the United Kingdom.
//!
//! Deadlines of a MARAC count working days (R25), and a deadline may lie years ahead of any published
//! list, so the days are computed by rule. What no rule foresees (jubilees, funerals, moved Mondays) is
//! the table `ONE_OFFS`; a newly proclaimed day is one more row there. Right from 2007 onwards.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose bank holidays hold in an area.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

/// A bank holiday on the day it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct BankHoliday {
    /// The day off.
    pub date: NaiveDate,
    /// Its usual English name.
    pub name: &'static str,
    /// Taken on another day because its own fell on a weekend.
    pub substitute: bool,
}

/// A change to one year that no rule foresees.
struct OneOff {
    /// None: everywhere.
    calendar: Option<Calendar>,
    /// The regular holiday of that year it takes the place of; None: an additional day.
    replaces: Option<&'static str>,
    /// Year, month, day.
    day: (i32, u32, u32),
    name: &'static str,
}

const EARLY_MAY: &str = "Early May bank holiday";
const SPRING: &str = "Spring bank holiday";
const SUMMER: &str = "Summer bank holiday";

const fn extra(day: (i32, u32, u32), name: &'static str) -> OneOff {
    OneOff {
        calendar: None,
        replaces: None,
        day,
        name,
    }
}

const fn moved(name: &'static str, day: (i32, u32, u32)) -> OneOff {
    OneOff {
        calendar: None,
        replaces: Some(name),
        day,
        name,
    }
}

const ONE_OFFS: &[OneOff] = &[
    extra((2011, 4, 29), "Royal wedding"),
    moved(SPRING, (2012, 6, 4)),
    extra((2012, 6, 5), "Queen's Diamond Jubilee"),
    moved(EARLY_MAY, (2020, 5, 8)),
    moved(SPRING, (2022, 6, 2)),
    extra((2022, 6, 3), "Queen's Platinum Jubilee"),
    extra((2022, 9, 19), "State funeral of Queen Elizabeth II"),
    extra((2023, 5, 8), "Coronation of King Charles III"),
    OneOff {
        calendar: Some(Calendar::Scotland),
        replaces: None,
        day: (2026, 6, 15),
        name: "World Cup bank holiday",
    },
];

impl Calendar {
    /// Every calendar.
    pub const ALL: [Calendar; 3] = [
        Calendar::EnglandAndWales,
        Calendar::Scotland,
        Calendar::NorthernIreland,
    ];

    /// The name it is stored and sent under.
    pub fn as_str(self) -> &'static str {
        match self {
            Calendar::EnglandAndWales => "england_and_wales",
            Calendar::Scotland => "scotland",
            Calendar::NorthernIreland => "northern_ireland",
        }
    }

    /// The calendar of a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|calendar| calendar.as_str() == name)
    }

    /// The bank holidays of a year, in order of date.
    pub fn bank_holidays(self, year: i32) -> Vec<BankHoliday> {
        let mut days: Vec<BankHoliday> = self
            .moving_days(year)
            .into_iter()
            .filter_map(|(date, name)| Some(on(date?, name)))
            .collect();
        for one_off in ONE_OFFS {
            if one_off.day.0 != year || one_off.calendar.is_some_and(|only| only != self) {
                continue;
            }
            days.retain(|day| Some(day.name) != one_off.replaces);
            let (year, month, day) = one_off.day;
            days.extend(
                NaiveDate::from_ymd_opt(year, month, day).map(|date| on(date, one_off.name)),
            );
        }
        let (on_weekend, on_weekday): (Vec<_>, Vec<_>) = self
            .fixed_days(year)
            .into_iter()
            .filter_map(|(date, name)| Some(on(date?, name)))
            .partition(|day| is_weekend(day.date));
        days.extend(on_weekday);
        // In order of date and after every other day stands: Boxing Day keeps its Monday, and Christmas
        // Day from the Sunday before takes the Tuesday.
        for day in on_weekend {
            let mut date = day.date;
            while is_weekend(date) || days.iter().any(|taken| taken.date == date) {
                let Some(next) = date.succ_opt() else { break };
                date = next;
            }
            days.push(BankHoliday {
                date,
                substitute: true,
                ..day
            });
        }
        days.sort();
        days
    }

    /// Holidays that fall on a weekday by their rule.
    fn moving_days(self, year: i32) -> Vec<(Option<NaiveDate>, &'static str)> {
        let easter = easter_sunday(year);
        let summer = match self {
            Calendar::Scotland => first_monday(year, 8),
            _ => last_monday(year, 8),
        };
        let mut days = vec![
            (
                easter.and_then(|day| day.checked_sub_days(Days::new(2))),
                "Good Friday",
            ),
            (first_monday(year, 5), EARLY_MAY),
            (last_monday(year, 5), SPRING),
            (summer, SUMMER),
        ];
        if self != Calendar::Scotland {
            days.push((easter.and_then(|day| day.succ_opt()), "Easter Monday"));
        }
        days
    }

    /// Holidays on a day of the month, which give a substitute day when that is a weekend.
    fn fixed_days(self, year: i32) -> Vec<(Option<NaiveDate>, &'static str)> {
        let mut days = vec![(1, 1, "New Year's Day")];
        match self {
            Calendar::EnglandAndWales => {}
            Calendar::Scotland => days.extend([(1, 2, "2 January"), (11, 30, "St Andrew's Day")]),
            Calendar::NorthernIreland => {
                days.extend([(3, 17, "St Patrick's Day"), (7, 12, "Battle of the Boyne")]);
            }
        }
        days.extend([(12, 25, "Christmas Day"), (12, 26, "Boxing Day")]);
        days.into_iter()
            .map(|(month, day, name)| (NaiveDate::from_ymd_opt(year, month, day), name))
            .collect()
    }

    /// Whether a bank holiday is taken on the day.
    pub fn is_bank_holiday(self, date: NaiveDate) -> bool {
        self.bank_holidays(date.year())
            .iter()
            .any(|day| day.date == date)
    }

    /// Neither a weekend nor a bank holiday.
    pub fn is_working_day(self, date: NaiveDate) -> bool {
        !is_weekend(date) && !self.is_bank_holiday(date)
    }

    /// The `count`-th working day after the date, or before it where `count` is negative.
    ///
    /// The date itself is never counted, and 0 gives it back even when nobody works that day. Walks day
    /// by day and stops at the ends of what a date can hold: meant for deadlines, not for centuries.
    pub fn add_working_days(self, date: NaiveDate, count: i32) -> NaiveDate {
        let mut date = date;
        let mut left = count.unsigned_abs();
        while left > 0 {
            let next = if count < 0 {
                date.pred_opt()
            } else {
                date.succ_opt()
            };
            let Some(next) = next else { return date };
            date = next;
            if self.is_working_day(date) {
                left -= 1;
            }
        }
        date
    }

    /// How many working days `to` lies after `from`, negative when it lies before.
    ///
    /// `from` itself is not counted and `to` is, so that adding the result to `from` reaches `to`
    /// wherever `to` is a working day.
    pub fn working_days_between(self, from: NaiveDate, to: NaiveDate) -> i32 {
        let worked = |days: &mut dyn Iterator<Item = NaiveDate>| {
            days.filter(|day| self.is_working_day(*day))
                .fold(0_i32, |sum, _| sum.saturating_add(1))
        };
        if to < from {
            -worked(&mut to.iter_days().take_while(|day| *day < from))
        } else {
            worked(&mut from.iter_days().skip(1).take_while(|day| *day <= to))
        }
    }
}

fn on(date: NaiveDate, name: &'static str) -> BankHoliday {
    BankHoliday {
        date,
        name,
        substitute: false,
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn first_monday(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 1)
}

fn last_monday(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 5)
        .or_else(|| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 4))
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm printed by Meeus).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, in_century) = (year.div_euclid(100), year.rem_euclid(100));
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4).rem_euclid(7);
    let late_moon = (golden + 11 * epact + 22 * to_sunday) / 451;
    let days = epact + to_sunday - 7 * late_moon + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(days / 31).ok()?,
        u32::try_from(days % 31 + 1).ok()?,
    )
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
