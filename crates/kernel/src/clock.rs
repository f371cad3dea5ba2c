//! The one source of time. Tests and the demonstration move it; nothing else reads the system's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};

/// A clock, possibly shifted.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock on which today is `date`; the time of day goes on as the system's.
    pub fn on(date: NaiveDate) -> Self {
        let clock = Self::system();
        let days = (date - system_now().date_naive()).num_days();
        clock.shift(TimeDelta::days(days));
        clock
    }

    /// Now, in microseconds as PostgreSQL keeps them.
    pub fn now(&self) -> DateTime<Utc> {
        let shift = TimeDelta::microseconds(self.0.load(Ordering::Relaxed));
        (system_now() + shift).trunc_subsecs(6)
    }

    /// Sets the clock; it goes on from there.
    pub fn set(&self, to: DateTime<Utc>) {
        let shift = (to - system_now()).num_microseconds().unwrap_or(0);
        self.0.store(shift, Ordering::Relaxed);
    }

    /// Moves the clock.
    pub fn shift(&self, by: TimeDelta) {
        self.0
            .fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

#[allow(clippy::disallowed_methods)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}
