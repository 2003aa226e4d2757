//! Many clients at once, and how long each of their requests took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::support::http::percent;
use super::wire::{self, Wire};

/// What a run of requests took.
pub struct Load {
    pub took: Duration,
    latencies: Vec<Duration>,
}

/// A path to get, or to send a form to when it has fields.
#[derive(Clone)]
pub struct Request {
    pub path: String,
    pub fields: Vec<(&'static str, String)>,
}

impl Load {
    fn of(took: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self { took, latencies }
    }

    pub fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap()) / self.took.as_secs_f64()
    }

    pub fn latencies(&self) -> &[Duration] {
        &self.latencies
    }

    /// The latency that so many of a thousand requests did not exceed, in milliseconds.
    pub fn permille(&self, part: usize) -> f64 {
        let at = (self.latencies.len() * part / 1000).min(self.latencies.len() - 1);
        self.latencies[at].as_secs_f64() * 1e3
    }
}

impl Request {
    pub fn get(path: String) -> Self {
        Self { path, fields: Vec::new() }
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        if self.fields.is_empty() {
            return wire::request("GET", &self.path, &[], "");
        }
        let pairs: Vec<String> =
            self.fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        wire::request(
            "POST",
            &self.path,
            &["content-type: application/x-www-form-urlencoded"],
            &pairs.join("&"),
        )
    }
}

/// Does so many pieces of work, by so many clients with one connection each, in turn to the processes that listen there.
pub async fn work_wired<T: Send + 'static>(
    ports: &[u16],
    clients: usize,
    pieces: usize,
    work: impl Fn(&mut Wire, usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (work, next) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let hand = |nth: usize| {
        let (work, next, port) = (Arc::clone(&work), Arc::clone(&next), ports[nth % ports.len()]);
        tokio::task::spawn_blocking(move || {
            let (mut wire, mut done) = (Wire::connect(port).unwrap(), Vec::new());
            loop {
                let piece = next.fetch_add(1, Ordering::Relaxed);
                if piece >= pieces {
                    return done;
                }
                done.push(work(&mut wire, piece));
            }
        })
    };
    let hands: Vec<_> = (0..clients).map(hand).collect();
    let mut all = Vec::with_capacity(pieces);
    for hand in hands {
        all.extend(hand.await.unwrap());
    }
    all
}

/// Sends every request once; every reply has to be 200.
pub async fn send_all(ports: &[u16], clients: usize, requests: Vec<Request>) -> Load {
    let ready: Vec<_> = requests.into_iter().map(|request| (request.bytes(), request)).collect();
    let begun = Instant::now();
    let latencies = work_wired(ports, clients, ready.len(), move |wire, nth| {
        let (bytes, request) = &ready[nth];
        let sent = Instant::now();
        let reply = wire.send(bytes).unwrap();
        let took = sent.elapsed();
        assert_eq!(reply.status, 200, "{}: {}", request.path, reply.text());
        took
    });
    let latencies = latencies.await;
    Load::of(begun.elapsed(), latencies)
}

/// Does every piece of work once, so many at a time.
pub async fn work_all<T, F>(hands: usize, pieces: Vec<T>, work: impl Fn(T) -> F) -> Load
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let begun = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    let mut latencies = Vec::new();
    for piece in pieces {
        if set.len() >= hands {
            latencies.push(set.join_next().await.unwrap().unwrap());
        }
        let piece = work(piece);
        set.spawn(async move {
            let sent = Instant::now();
            piece.await;
            sent.elapsed()
        });
    }
    latencies.extend(set.join_all().await);
    Load::of(begun.elapsed(), latencies)
}
