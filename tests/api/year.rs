//! A year of one MARAC, lived through HTTP: 26 meetings, 450 referrals, 12 agencies. A script drives the
//! service as its people would, day by day; an independent tally (`book`, `rules`) is told what the script
//! did, works out by the rules of the field what must have come of it, and is compared with what the
//! service lists, counts and reports.

mod agreed;
mod area;
mod book;
mod checks;
mod counts;
mod days;
mod intake;
mod lists;
mod mornings;
mod paper;
mod papers;
mod research;
mod rules;
mod session;
mod survivors;
mod wire;
mod work;

use chrono::{Datelike, NaiveDate};
use directory::auth::Limits;
use kernel::clock::Clock;
use toldonce::jobs;

use self::area::Area;
use self::book::Book;
use self::days::{Dice, day, is_working_day, later};
use crate::support::TestApp;

/// The year: its people, its book, its dice.
struct Year {
    app: TestApp,
    area: Area,
    book: Book,
    dice: Dice,
    /// When the successor takes over.
    inherits_on: NaiveDate,
}

impl Year {
    async fn begin(first: NaiveDate) -> Self {
        let many = std::num::NonZeroU32::new(10_000_000).unwrap();
        let limits = Limits {
            requests: many,
            searches: many,
        };
        let clock = Clock::system();
        clock.set(first.and_hms_opt(7, 0, 0).unwrap().and_utc());
        let app = TestApp::with(clock, limits).await;
        let area = Area::settle(&app).await;
        Self {
            app,
            area,
            book: Book::default(),
            dice: Dice::new(),
            inherits_on: day(2026, 9, 22),
        }
    }

    fn today(&self) -> NaiveDate {
        self.app.today()
    }

    /// It is this hour of that day.
    fn at(&self, day: NaiveDate, hour: u32) {
        let now = day.and_hms_opt(hour, 0, 0).unwrap().and_utc();
        self.app.parts.db.clock().set(now);
    }

    /// What the program does by itself at eight in the morning.
    fn morning(&mut self, day: NaiveDate) {
        self.at(day, 7);
        let now = self.app.now();
        jobs::run_due(&self.app.parts).unwrap();
        self.book.morning(now);
    }

    /// One day of the year.
    async fn live(&mut self, day: NaiveDate, numbers: std::ops::Range<usize>) {
        self.morning(day);
        let works = is_working_day(day);
        if works {
            self.at(day, 8);
            self.write(numbers).await;
        }
        self.at(day, 9);
        if !works {
            // Emergency meetings do not wait for Monday.
            self.at(day, 10);
            self.meet().await;
            return;
        }
        self.mend().await;
        self.at(day, 10);
        self.triage().await;
        self.at(day, 11);
        self.reach().await;
        self.prepare().await;
        self.at(day, 12);
        self.research().await;
        self.at(day, 13);
        self.meet().await;
        self.at(day, 14);
        self.report().await;
        self.at(day, 15);
        self.minute().await;
        self.chores(day).await;
    }

    /// What comes round by the week and the month.
    async fn chores(&mut self, day: NaiveDate) {
        if day == self.inherits_on {
            self.leave().await;
        }
        let asks = (0..lists::MEETINGS)
            .find(|at| days::working_days_before(self.book.meetings[*at].day, 4) == day);
        if let Some(at) = asks {
            self.ask(at).await;
        }
        if let Some(at) = self.met_before(day, 2) {
            self.tell_survivors(at).await;
            if at % 2 == 0 {
                self.agencies_look().await;
            }
        }
        if let Some(at) = self.met_before(day, 4) {
            match at % 2 {
                0 => self.rule().await,
                _ => self.chase().await,
            }
            if at % 3 == 0 {
                self.close_cases().await;
                self.share().await;
            }
        }
        if day.weekday() == chrono::Weekday::Tue {
            self.let_lapse().await;
        }
    }
}

#[actix_web::test]
async fn a_year_of_a_marac_comes_to_what_an_independent_tally_says() {
    let (first, last) = (day(2026, 1, 5), day(2027, 2, 5));
    let sending: Vec<_> = first
        .iter_days()
        .take_while(|at| *at <= day(2026, 12, 18))
        .filter(|at| is_working_day(*at))
        .collect();
    let mut year = Year::begin(first).await;
    year.plan(day(2026, 1, 22)).await;
    for today in first.iter_days().take_while(|at| *at <= last) {
        let upto = |days: usize| days * intake::REFERRALS / sending.len();
        let numbers = sending.iter().position(|at| *at == today);
        let numbers = numbers.map_or(0..0, |at| upto(at)..upto(at + 1));
        year.live(today, numbers).await;
        if later(today, 1).day() == 1 {
            year.book.remember(today);
        }
    }
    year.assert_all().await;
    year.book.assert_lived();
}
