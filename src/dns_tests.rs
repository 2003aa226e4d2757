use simple_dns::ResourceRecord;
use simple_dns::rdata::{MX, TXT};
use tokio::net::TcpListener;

use super::*;

/// How the stub answers over UDP; over TCP it always answers in full.
#[derive(Clone, Copy)]
enum Udp {
    Full,
    Truncated,
    AfterAForgedOne,
    NoSuchName,
    ServerFailure,
    Silent,
}

fn reply(query: &[u8], mode: Udp) -> Vec<u8> {
    let mut packet = Packet::parse(query).unwrap().into_reply();
    let name = packet.questions[0].qname.clone().into_owned();
    let rdata = match packet.questions[0].qtype {
        QTYPE::TYPE(TYPE::MX) => vec![(20, "b.example.test"), (10, "a.example.test")]
            .into_iter()
            .map(|(preference, host)| {
                RData::MX(MX { preference, exchange: Name::new(host).unwrap().into_owned() })
            })
            .collect(),
        _ => vec![
            RData::TXT(TXT::new().with_string("v=spf1 ip4:192.0.2.1").unwrap().with_string(" -all").unwrap()),
            RData::TXT(TXT::new().with_string("plain").unwrap()),
        ],
    };
    match mode {
        Udp::NoSuchName => *packet.rcode_mut() = RCODE::NameError,
        Udp::ServerFailure => *packet.rcode_mut() = RCODE::ServerFailure,
        Udp::Truncated => packet.set_flags(PacketFlag::TRUNCATION),
        Udp::Full | Udp::AfterAForgedOne | Udp::Silent => {
            for rdata in rdata {
                packet.answers.push(ResourceRecord::new(name.clone(), CLASS::IN, 60, rdata));
            }
        }
    }
    packet.build_bytes_vec().unwrap()
}

/// A name server on a free loopback port, over UDP and TCP.
async fn stub(mode: Udp) -> SocketAddr {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let udp = UdpSocket::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut buffer = [0_u8; 512];
        loop {
            let (length, from) = udp.recv_from(&mut buffer).await.unwrap();
            let query = &buffer[..length];
            if matches!(mode, Udp::AfterAForgedOne) {
                let mut forged = reply(query, Udp::NoSuchName);
                forged[0] ^= 0xff;
                udp.send_to(&forged, from).await.unwrap();
            }
            if !matches!(mode, Udp::Silent) {
                udp.send_to(&reply(query, mode), from).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut query = vec![0_u8; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut query).await.unwrap();
            let answer = reply(&query, Udp::Full);
            stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    address
}

async fn asking(mode: Udp) -> Resolver {
    Resolver::new(vec![stub(mode).await], Ids::derived(1))
}

const RECORDS: [&str; 2] = ["v=spf1 ip4:192.0.2.1 -all", "plain"];

#[tokio::test]
async fn txt_records_come_with_their_strings_joined() {
    assert_eq!(asking(Udp::Full).await.txt("example.test").await.unwrap(), RECORDS);
}

#[tokio::test]
async fn mail_servers_come_best_first() {
    let found = asking(Udp::Full).await.mx("example.test").await.unwrap();
    assert_eq!(found, [(10, "a.example.test".to_owned()), (20, "b.example.test".to_owned())]);
}

#[tokio::test]
async fn an_answer_that_did_not_fit_is_fetched_over_tcp() {
    assert_eq!(asking(Udp::Truncated).await.txt("example.test").await.unwrap(), RECORDS);
}

#[tokio::test]
async fn an_answer_to_another_question_is_not_believed() {
    assert_eq!(asking(Udp::AfterAForgedOne).await.txt("example.test").await.unwrap(), RECORDS);
}

#[tokio::test]
async fn a_name_that_does_not_exist_has_no_records() {
    assert_eq!(asking(Udp::NoSuchName).await.txt("example.test").await, Ok(vec![]));
}

#[tokio::test]
async fn a_failing_server_is_an_error_and_not_an_empty_answer() {
    let found = asking(Udp::ServerFailure).await.txt("example.test").await;
    assert!(matches!(found, Err(DnsError::Refused(_))), "{found:?}");
}

#[tokio::test]
async fn a_silent_server_is_left_for_the_next_one() {
    let servers = vec![stub(Udp::Silent).await, stub(Udp::Full).await];
    let mut resolver = Resolver::new(servers, Ids::derived(1));
    resolver.limit = Duration::from_millis(400);
    assert_eq!(resolver.txt("example.test").await.unwrap(), RECORDS);
    resolver.servers.truncate(1);
    assert_eq!(resolver.txt("example.test").await, Err(DnsError::Silent));
}

#[tokio::test]
async fn names_that_dns_cannot_hold_are_refused() {
    let long = "x".repeat(64) + ".example.test";
    let found = Resolver::new(vec!["127.0.0.1:1".parse().unwrap()], Ids::derived(1)).txt(&long).await;
    assert_eq!(found, Err(DnsError::BadName(long)));
}

#[test]
fn name_servers_are_read_from_resolv_conf() {
    let text = "# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1\nnameserver ::1 \nnameserver fe80::1%eth0\nnameserver\n";
    let expected: Vec<SocketAddr> = vec!["192.0.2.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()];
    assert_eq!(name_servers(text), expected);
}
