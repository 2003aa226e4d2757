//! A small look-up of TXT and MX records for `twoyes check`: one question over UDP, again over TCP
//! when the answer did not fit (RFC 1035, 4.2). It asks a recursive name server and follows
//! nothing itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::ids::Ids;

/// How long one look-up may take, with all name servers together.
pub const LIMIT: Duration = Duration::from_secs(3);

const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Asks the given name servers, one after the other.
#[derive(Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    ids: Ids,
    limit: Duration,
}

/// Why there is no answer. A name without records is not an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    #[error("no name server is named in {RESOLV_CONF}")]
    NoServers,
    #[error("`{0}` is not a name that DNS can hold")]
    BadName(String),
    #[error("no name server answered within {} seconds", LIMIT.as_secs())]
    Silent,
    #[error("the name server refused to answer ({0})")]
    Refused(String),
    #[error("the name server gave an answer that cannot be read")]
    Unreadable,
    #[error("the name server cannot be reached: {0}")]
    Unreachable(String),
}

impl Resolver {
    /// A resolver over these name servers.
    pub fn new(servers: Vec<SocketAddr>, ids: Ids) -> Self {
        Self { servers, ids, limit: LIMIT }
    }

    /// A resolver over the name servers of this machine, from `/etc/resolv.conf`.
    pub fn of_this_machine(ids: Ids) -> Result<Self, DnsError> {
        let servers = name_servers(&std::fs::read_to_string(RESOLV_CONF).unwrap_or_default());
        if servers.is_empty() { Err(DnsError::NoServers) } else { Ok(Self::new(servers, ids)) }
    }

    /// The TXT records of `name`, each with its strings joined (RFC 7208, 3.3). No record: empty.
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let answer = self.look_up(name, TYPE::TXT).await?;
        let packet = Packet::parse(&answer).map_err(|_| DnsError::Unreadable)?;
        let mut records = Vec::new();
        for record in &packet.answers {
            if let RData::TXT(text) = &record.rdata {
                let mut joined = Vec::new();
                for (key, value) in text.iter_raw() {
                    joined.extend_from_slice(key);
                    if let Some(value) = value {
                        joined.push(b'=');
                        joined.extend_from_slice(value);
                    }
                }
                records.push(String::from_utf8_lossy(&joined).into_owned());
            }
        }
        Ok(records)
    }

    /// The mail servers of `name` with their preference, best first. No record: empty.
    pub async fn mx(&self, name: &str) -> Result<Vec<(u16, String)>, DnsError> {
        let answer = self.look_up(name, TYPE::MX).await?;
        let packet = Packet::parse(&answer).map_err(|_| DnsError::Unreadable)?;
        let mut servers = Vec::new();
        for record in &packet.answers {
            if let RData::MX(mx) = &record.rdata {
                servers.push((mx.preference, mx.exchange.to_string()));
            }
        }
        servers.sort();
        Ok(servers)
    }

    async fn look_up(&self, name: &str, kind: TYPE) -> Result<Vec<u8>, DnsError> {
        let count = u32::try_from(self.servers.len()).unwrap_or(u32::MAX);
        let share = self.limit.checked_div(count).ok_or(DnsError::NoServers)?;
        let id = u16::from_be_bytes(self.ids.bytes::<2>("dns-query"));
        let query = question(id, name, kind)?;
        let mut last = DnsError::Silent;
        for server in &self.servers {
            match tokio::time::timeout(share, ask(*server, id, &query)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => last = error,
                Err(_) => last = DnsError::Silent,
            }
        }
        Err(last)
    }
}

/// The `nameserver` lines of a resolv.conf. A zone index (`fe80::1%eth0`) is left out.
fn name_servers(text: &str) -> Vec<SocketAddr> {
    let addresses = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()
    });
    addresses.filter_map(|word| word.parse::<IpAddr>().ok()).map(|ip| SocketAddr::new(ip, 53)).collect()
}

fn question(id: u16, name: &str, kind: TYPE) -> Result<Vec<u8>, DnsError> {
    let bad = || DnsError::BadName(name.to_owned());
    let dns_name = Name::new(name).map_err(|_| bad())?;
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(dns_name, QTYPE::TYPE(kind), CLASS::IN.into(), false));
    packet.build_bytes_vec().map_err(|_| bad())
}

async fn ask(server: SocketAddr, id: u16, query: &[u8]) -> Result<Vec<u8>, DnsError> {
    let answer = ask_udp(server, id, query).await?;
    let truncated =
        Packet::parse(&answer).is_ok_and(|packet| packet.has_flags(PacketFlag::TRUNCATION)) || cut(&answer);
    let answer = if truncated { ask_tcp(server, query).await? } else { answer };
    judge(id, answer)
}

/// The truncation bit, read from the header alone: a cut packet may not parse as a whole.
fn cut(answer: &[u8]) -> bool {
    simple_dns::header_buffer::has_flags(answer, PacketFlag::TRUNCATION).unwrap_or(false)
}

async fn ask_udp(server: SocketAddr, id: u16, query: &[u8]) -> Result<Vec<u8>, DnsError> {
    let any: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await.map_err(unreachable)?;
    // Connected, so that the system drops packets from anyone else.
    socket.connect(server).await.map_err(unreachable)?;
    socket.send(query).await.map_err(unreachable)?;
    let mut buffer = vec![0_u8; 4096];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(unreachable)?;
        // An answer to another question is a late or a forged one: wait on.
        if simple_dns::header_buffer::id(&buffer[..length]) == Ok(id) {
            buffer.truncate(length);
            return Ok(buffer);
        }
    }
}

async fn ask_tcp(server: SocketAddr, query: &[u8]) -> Result<Vec<u8>, DnsError> {
    let mut stream = TcpStream::connect(server).await.map_err(unreachable)?;
    let length = u16::try_from(query.len()).map_err(|_| DnsError::Unreadable)?;
    let framed = [&length.to_be_bytes()[..], query].concat();
    stream.write_all(&framed).await.map_err(unreachable)?;
    let length = stream.read_u16().await.map_err(unreachable)?;
    let mut answer = vec![0_u8; usize::from(length)];
    stream.read_exact(&mut answer).await.map_err(unreachable)?;
    Ok(answer)
}

fn judge(id: u16, answer: Vec<u8>) -> Result<Vec<u8>, DnsError> {
    let packet = Packet::parse(&answer).map_err(|_| DnsError::Unreadable)?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return Err(DnsError::Unreadable);
    }
    match packet.rcode() {
        // A name that does not exist has no records, which is what was asked.
        RCODE::NoError | RCODE::NameError => Ok(answer),
        code => Err(DnsError::Refused(format!("{code:?}"))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn unreachable(error: std::io::Error) -> DnsError {
    DnsError::Unreachable(error.to_string())
}

#[cfg(test)]
#[path = "dns_tests.rs"]
mod tests;
