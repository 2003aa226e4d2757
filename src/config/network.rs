//! An IP network, for the list of trusted proxies.

use std::net::IpAddr;

use serde::Deserialize;

/// An address with the length of its prefix: `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    bits: u128,
    prefix: u32,
    v4: bool,
}

impl Network {
    /// Whether `address` lies in this network. An IPv4 address that comes mapped into IPv6
    /// (`::ffff:10.0.0.1`, as dual-stack sockets report it) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, v4) = bits_of(address.to_canonical());
        v4 == self.v4 && cut(bits, self.prefix, v4) == self.bits
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither an IP address nor a network such as 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let (bits, v4) = bits_of(address.parse().map_err(|_| wrong())?);
        let longest = width(v4);
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|n| *n <= longest).ok_or_else(wrong)?,
            None => longest,
        };
        Ok(Self { bits: cut(bits, prefix, v4), prefix, v4 })
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

fn bits_of(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

fn width(v4: bool) -> u32 {
    if v4 { 32 } else { 128 }
}

/// Keeps the first `prefix` bits. A shift by the whole width is not defined, hence `checked_shr`.
fn cut(bits: u128, prefix: u32, v4: bool) -> u128 {
    let rest = width(v4) - prefix;
    bits.checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_contains_its_own_addresses_only() {
        assert!(network("10.0.0.0/8").contains(ip("10.255.0.1")));
        assert!(!network("10.0.0.0/8").contains(ip("11.0.0.1")));
        assert!(network("192.0.2.7").contains(ip("192.0.2.7")));
        assert!(!network("192.0.2.7").contains(ip("192.0.2.8")));
        assert!(network("2001:db8::/32").contains(ip("2001:db8:1::1")));
        assert!(!network("2001:db8::/32").contains(ip("2001:db9::1")));
    }

    #[test]
    fn everything_of_one_family_is_a_network_too() {
        assert!(network("0.0.0.0/0").contains(ip("203.0.113.9")));
        assert!(!network("0.0.0.0/0").contains(ip("2001:db8::1")));
        assert!(network("::/0").contains(ip("2001:db8::1")));
    }

    #[test]
    fn an_address_mapped_into_ipv6_is_seen_as_ipv4() {
        assert!(network("10.0.0.0/8").contains(ip("::ffff:10.1.2.3")));
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0", "::/129", "localhost", "10.0.0.0/", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
