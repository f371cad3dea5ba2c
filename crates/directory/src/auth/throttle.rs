//! Limits per person: requests, submissions and searches; and per network, of requests that nobody is
//! signed in for. Per server and in memory; limits on guesses are in the database, for all servers
//! together (`guesses`).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use uuid::Uuid;

use kernel::error::{Error, Result};
use kernel::http::Network;

/// How many, per person and minute.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests of any kind.
    pub requests: NonZeroU32,
    /// Referrals submitted, searches and matches: what could be used to ask whether somebody is known.
    pub searches: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const fn at(n: u32) -> NonZeroU32 {
            match NonZeroU32::new(n) {
                Some(n) => n,
                None => NonZeroU32::MIN,
            }
        }
        Self {
            requests: at(1_200),
            searches: at(60),
        }
    }
}

#[cfg(feature = "demo")]
impl Limits {
    /// None to speak of: for the demonstration's story, which is told in seconds.
    pub const fn unlimited() -> Self {
        Self {
            requests: NonZeroU32::MAX,
            searches: NonZeroU32::MAX,
        }
    }
}

/// The limits at work.
pub struct Throttle {
    requests: DefaultKeyedRateLimiter<Uuid>,
    searches: DefaultKeyedRateLimiter<Uuid>,
    /// Requests of nobody yet, by the network they come from: sign-in, and reads of calendar feeds.
    networks: DefaultKeyedRateLimiter<Network>,
    /// The same, by the hash of the feed's secret.
    feeds: DefaultKeyedRateLimiter<Vec<u8>>,
}

impl Throttle {
    /// With these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            requests: RateLimiter::keyed(Quota::per_minute(limits.requests)),
            searches: RateLimiter::keyed(Quota::per_minute(limits.searches)),
            networks: RateLimiter::keyed(Quota::per_minute(limits.requests)),
            feeds: RateLimiter::keyed(Quota::per_minute(limits.searches)),
        }
    }

    /// Counts a request.
    pub fn request(&self, who: Uuid) -> Result<()> {
        check(&self.requests, &who)
    }

    /// Counts a submission or search.
    pub fn search(&self, who: Uuid) -> Result<()> {
        check(&self.searches, &who)
    }

    /// Counts a request of somebody who is nobody yet, before the database is asked.
    pub fn stranger(&self, from: Network) -> Result<()> {
        check(&self.networks, &from)
    }

    /// Counts a read of a calendar feed, whether there is such a feed or not. Whoever tries secrets
    /// tries another each time, so their network is counted as one person.
    pub fn feed(&self, from: Network, secret_hash: &[u8]) -> Result<()> {
        self.stranger(from)?;
        check(&self.feeds, &secret_hash.to_vec())
    }

    /// Forgets those who have been quiet.
    pub fn sweep(&self) {
        self.requests.retain_recent();
        self.searches.retain_recent();
        self.networks.retain_recent();
        self.feeds.retain_recent();
    }
}

fn check<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, who: &K) -> Result<()> {
    limiter.check_key(who).map_err(|not_until| {
        let wait: Duration = not_until.wait_time_from(DefaultClock::default().now());
        Error::too_many(u32::try_from(wait.as_secs()).unwrap_or(60) + 1)
    })
}
