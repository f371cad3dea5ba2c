//! Limits per person: requests, submissions and searches; and of calendar feeds, which nobody signs in
//! for. Per server and in memory; the limit on failed sign-ins is in the database, for all servers
//! together.

use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use uuid::Uuid;

use crate::error::{Error, Result};

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
    /// Reads of calendar feeds, by the network they come from.
    networks: DefaultKeyedRateLimiter<IpAddr>,
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

    /// Counts a read of a calendar feed, whether there is such a feed or not. Whoever tries secrets
    /// tries another each time, so their network is counted as one person; a proxy before the service
    /// is one network for all who read through it.
    pub fn feed(&self, from: Option<IpAddr>, secret_hash: &[u8]) -> Result<()> {
        check(&self.networks, &network(from))?;
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

/// One subscriber's network: of IPv6 the first 64 bits, of which each has as many addresses as they like.
fn network(from: Option<IpAddr>) -> IpAddr {
    match from.map(|address| address.to_canonical()) {
        None => Ipv4Addr::UNSPECIFIED.into(),
        Some(IpAddr::V4(address)) => address.into(),
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

fn check<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, who: &K) -> Result<()> {
    limiter.check_key(who).map_err(|not_until| {
        let wait: Duration = not_until.wait_time_from(DefaultClock::default().now());
        Error::too_many(u32::try_from(wait.as_secs()).unwrap_or(60) + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_of_the_old_kind_and_half_of_one_of_the_new() {
        let of = |text: &str| network(Some(text.parse().unwrap())).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network(None).to_string(), "0.0.0.0");
    }
}
