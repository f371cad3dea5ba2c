//! The network a request comes from: what limits on strangers are counted by.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::{FORWARDED, HeaderName};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use ipnet::IpNet;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies whose word on where a request comes from is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl FromStr for TrustedProxies {
    type Err = ();

    /// Networks as CIDRs, or single addresses, with commas between them.
    fn from_str(text: &str) -> Result<Self, ()> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let one = |part: &str| match part.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address)),
            Err(_) => part.parse::<IpNet>().map_err(drop),
        };
        parts.map(one).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Walks a list of hops from the nearest to the farthest, for as long as each is told by a proxy
    /// that is believed. A hop that cannot be read ends the walk: then the proxy that passed it on is
    /// all that is known.
    fn walk(&self, peer: IpAddr, hops: impl DoubleEndedIterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.rev() {
            match hop {
                Some(address) if self.trusts(nearest) => nearest = address,
                _ => break,
            }
        }
        nearest
    }

    /// Where the request comes from. If the two headers disagree, one of them may be the sender's own,
    /// so neither is believed.
    fn origin(&self, peer: IpAddr, request: &HttpRequest) -> IpAddr {
        let (forwarded, x_forwarded) = (
            listed(request, &FORWARDED, ';', for_of),
            listed(request, &X_FORWARDED_FOR, ',', |part| Some(address(part))),
        );
        match (forwarded.is_empty(), x_forwarded.is_empty()) {
            (true, _) => self.walk(peer, x_forwarded.into_iter()),
            (false, true) => self.walk(peer, forwarded.into_iter()),
            (false, false) => {
                let one = self.walk(peer, forwarded.into_iter());
                let other = self.walk(peer, x_forwarded.into_iter());
                if one == other { one } else { peer }
            }
        }
    }
}

/// The hops of every line of a header, in the order they were added.
fn listed(
    request: &HttpRequest,
    name: &HeaderName,
    within: char,
    read: impl Fn(&str) -> Option<Option<IpAddr>>,
) -> Vec<Option<IpAddr>> {
    let lines = request.headers().get_all(name);
    let text = lines.map(|value| value.to_str().unwrap_or("unreadable"));
    text.flat_map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>())
        .map(|hop| hop.split(within).find_map(&read).flatten())
        .collect()
}

/// The address of `for=…` (RFC 7239); none if this is another parameter.
fn for_of(parameter: &str) -> Option<Option<IpAddr>> {
    let (name, value) = parameter.trim().split_once('=')?;
    let value = value.trim().trim_matches('"');
    name.trim()
        .eq_ignore_ascii_case("for")
        .then(|| address(value))
}

/// An address, with or without a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    let found = plain.parse::<IpAddr>().ok();
    let found = found.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    found.map(|address| address.to_canonical())
}

/// One subscriber's network: an address of the old kind, and of the new kind the first 64 bits, of
/// which each subscriber has as many addresses as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address. Without one, as on a socket of the same machine, it is one network
    /// for all.
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(match address.map(|address| address.to_canonical()) {
            None => Ipv4Addr::UNSPECIFIED.into(),
            Some(IpAddr::V4(address)) => address.into(),
            Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for Network {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let proxies = request.app_data::<Data<TrustedProxies>>();
        let origin = peer.map(|peer| match proxies {
            Some(proxies) => proxies.origin(peer, request),
            None => peer,
        });
        ready(Ok(Self::of(origin)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_network_is_an_address_of_the_old_kind_and_half_of_one_of_the_new() {
        let of = |text: &str| Network::of(Some(text.parse().unwrap())).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(Network::of(None).to_string(), "0.0.0.0");
    }

    #[test]
    fn only_networks_and_addresses_name_proxies() {
        let read = |text: &str| text.parse::<TrustedProxies>();
        assert_eq!(read("").unwrap(), TrustedProxies::default());
        assert_eq!(read("10.0.0.0/8, 2001:db8::1").unwrap().0.len(), 2);
        for wrong in ["proxy", "10.0.0.0/33", "10.0.0", "10.0.0.1 10.0.0.2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_proxy_says_is_believed_from_right_to_left_and_only_of_trusted_ones() {
        let proxies: TrustedProxies = "10.0.0.0/8,2001:db8:ffff::/48".parse().unwrap();
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let table: &[Row<'_>] = &[
            // Nobody in between, or somebody who is not believed.
            ("192.0.2.1", &[], "192.0.2.1"),
            (
                "192.0.2.1",
                &[("x-forwarded-for", "198.51.100.1")],
                "192.0.2.1",
            ),
            (
                "192.0.2.1",
                &[("forwarded", "for=198.51.100.1")],
                "192.0.2.1",
            ),
            // What the sender put in front stays on the left.
            (
                "10.0.0.1",
                &[("x-forwarded-for", "203.0.113.9, 198.51.100.1")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-for", "203.0.113.9, 198.51.100.1, 10.0.0.2")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[
                    ("x-forwarded-for", "203.0.113.9"),
                    ("x-forwarded-for", "198.51.100.1"),
                ],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-for", "198.51.100.1:4711")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-for", "[2001:db8::7]:4711")],
                "2001:db8::7",
            ),
            (
                "10.0.0.1",
                &[("forwarded", "for=198.51.100.1;proto=https;by=10.0.0.1")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[("forwarded", "proto=https;For=\"[2001:db8::7]:4711\"")],
                "2001:db8::7",
            ),
            (
                "2001:db8:ffff::1",
                &[("x-forwarded-for", "::ffff:198.51.100.1")],
                "198.51.100.1",
            ),
            // What cannot be read ends the walk at the proxy that passed it on.
            (
                "10.0.0.1",
                &[("x-forwarded-for", "198.51.100.1, unknown")],
                "10.0.0.1",
            ),
            (
                "10.0.0.1",
                &[("x-forwarded-for", "198.51.100.1, unknown, 10.0.0.2")],
                "10.0.0.2",
            ),
            ("10.0.0.1", &[("x-forwarded-for", "")], "10.0.0.1"),
            (
                "10.0.0.1",
                &[("forwarded", "for=_hidden, for=_more")],
                "10.0.0.1",
            ),
            // Two headers that agree, and two of which one is the sender's own.
            (
                "10.0.0.1",
                &[
                    ("forwarded", "for=198.51.100.1"),
                    ("x-forwarded-for", "198.51.100.1"),
                ],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[
                    ("forwarded", "for=203.0.113.9"),
                    ("x-forwarded-for", "198.51.100.1"),
                ],
                "10.0.0.1",
            ),
            // Proxies all the way.
            (
                "10.0.0.1",
                &[("x-forwarded-for", "10.0.0.3, 10.0.0.2")],
                "10.0.0.3",
            ),
        ];
        for (peer, headers, expected) in table {
            let mut request = TestRequest::default();
            for header in *headers {
                request = request.append_header(*header);
            }
            let request = request.to_http_request();
            let found = proxies.origin(peer.parse().unwrap(), &request);
            assert_eq!(found.to_string(), *expected, "{peer} {headers:?}");
        }
    }
}
