//! Who is at the other end, and how often they may ask for a mail.
//!
//! A client is the address of the peer; behind a trusted proxy, the last address of `X-Forwarded-For` that
//! no trusted proxy stands for. IPv6 counts by its /64, which is one household's. A bucket of ours instead
//! of a crate: it is forty lines, and its memory has a bound.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Web;
use crate::clock::{Span, Ts};

/// At once, and one more every minute.
const BURST: i64 = 5;
const EVERY: Span = Span::minutes(1);
/// Clients remembered at the same time; more share one allowance.
const CLIENTS: usize = 20_000;

/// Says which peers are proxies of ours.
pub type Trust = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// The allowances of the clients.
#[derive(Clone)]
pub struct Clients {
    trusted: Trust,
    full_at: Arc<Mutex<HashMap<Client, Ts>>>,
}

/// One client, as far as addresses tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    Address(IpAddr),
    /// Nobody knows: a request without a socket, or one client too many.
    Unknown,
}

impl Clients {
    #[must_use]
    pub fn new(trusted: Trust) -> Self {
        Self { trusted, full_at: Arc::default() }
    }

    /// Takes one out of this client's allowance.
    ///
    /// # Errors
    /// How long to wait when nothing is left.
    pub fn take(&self, client: Client, now: Ts) -> Result<(), Span> {
        let mut known = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut client = client;
        if known.len() >= CLIENTS && !known.contains_key(&client) {
            known.retain(|_, full_at| *full_at > now);
            if known.len() >= CLIENTS {
                client = Client::Unknown;
            }
        }
        let full_at = known.get(&client).copied().unwrap_or(now).max(now) + EVERY;
        let over = full_at - (now + Span(EVERY.0 * BURST));
        if over > Span::ZERO {
            return Err(over);
        }
        known.insert(client, full_at);
        Ok(())
    }

    /// The client behind a request.
    #[must_use]
    pub fn of(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Client {
        let Some(mut found) = peer else {
            return Client::Unknown;
        };
        let sent: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // Each proxy writes whom it saw at the end. What an untrusted hop claims of others is not looked at.
        for hop in sent.iter().rev() {
            if !(self.trusted)(found) {
                break;
            }
            let Some(address) = address(hop) else { break };
            found = address;
        }
        Client::Address(network(found))
    }
}

impl Default for Clients {
    /// Trusts no proxy.
    fn default() -> Self {
        Self::new(Arc::new(|_| false))
    }
}

impl FromRequestParts<Web> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(web.clients.of(peer, &parts.headers))
    }
}

/// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1` or `[2001:db8::1]:1234`.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(text: &str) -> Client {
        Client::Address(ip(text))
    }

    fn of(peer: &str, forwarded: &[&str]) -> Client {
        let clients = Clients::new(Arc::new(|address| address.to_string().starts_with("10.")));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        clients.of(Some(ip(peer)), &headers)
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        for (peer, forwarded, seen) in [
            ("192.0.2.1", &[][..], "192.0.2.1"),
            ("192.0.2.1", &["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["[2001:db8:1:2:3:4:5:6]:80"], "2001:db8:1:2::"),
            ("::ffff:192.0.2.1", &[], "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", &[], "2001:db8:1:2::"),
        ] {
            assert_eq!(of(peer, forwarded), client(seen), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn five_at_once_then_one_a_minute_and_others_do_not_pay_for_it() {
        let (clients, ada, now) = (Clients::default(), client("192.0.2.1"), Ts(0));
        for _ in 0..5 {
            assert_eq!(clients.take(ada, now), Ok(()));
        }
        assert_eq!(clients.take(ada, now), Err(Span::minutes(1)));
        assert_eq!(clients.take(ada, now + Span::seconds(20)), Err(Span::seconds(40)));
        assert_eq!(clients.take(client("192.0.2.2"), now), Ok(()));
        assert_eq!(clients.take(ada, now + Span::minutes(1)), Ok(()));
        assert!(clients.take(ada, now + Span::minutes(1)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_addresses_shares_one_allowance() {
        let (clients, now) = (Clients::default(), Ts(0));
        let nth = |n: usize| Client::Address(IpAddr::V4(u32::try_from(n).unwrap().into()));
        let taken = (0..CLIENTS + 100).filter(|n| clients.take(nth(*n), now).is_ok()).count();
        assert_eq!(taken, CLIENTS + 5, "the newcomers share five");
        assert!(clients.full_at.lock().unwrap().len() <= CLIENTS + 1);
        assert!(clients.take(nth(0), now).is_ok(), "who was known before is not affected");
        let later = now + Span::minutes(10);
        assert!(clients.take(nth(CLIENTS + 200), later).is_ok());
        assert_eq!(clients.full_at.lock().unwrap().len(), 1, "what is over is forgotten");
    }
}
