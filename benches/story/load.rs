//! Many clients at once, and how long each of their requests took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::support::http::Http;

/// What a run of requests took.
pub struct Load {
    pub took: Duration,
    latencies: Vec<Duration>,
}

/// A form for a path.
#[derive(Clone)]
pub struct Form {
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

    /// The latency that so many of a thousand requests did not exceed, in milliseconds.
    pub fn permille(&self, part: usize) -> f64 {
        let at = (self.latencies.len() * part / 1000).min(self.latencies.len() - 1);
        self.latencies[at].as_secs_f64() * 1e3
    }
}

/// Sends every form once, by so many clients with one connection each; every reply has to be 200.
pub async fn post_all(ports: &[u16], clients: usize, forms: Vec<Form>) -> Load {
    let (forms, next) = (Arc::new(forms), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let hands: Vec<_> = (0..clients)
        .map(|nth| {
            let (forms, next) = (Arc::clone(&forms), Arc::clone(&next));
            let mut http = Http::new(ports[nth % ports.len()]);
            tokio::spawn(async move {
                let mut took = Vec::new();
                while let Some(form) = forms.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fields: Vec<_> =
                        form.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    let sent = Instant::now();
                    let answer = http.form(&form.path, &fields).await.unwrap();
                    took.push(sent.elapsed());
                    assert_eq!(answer.status, 200, "{}: {}", form.path, answer.body);
                }
                took
            })
        })
        .collect();
    let latencies = all(hands).await;
    Load::of(begun.elapsed(), latencies)
}

/// Gets every path once; every reply has to be 200.
pub async fn get_all(port: u16, clients: usize, paths: Vec<String>) -> Load {
    let (paths, next) = (Arc::new(paths), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let hands: Vec<_> = (0..clients)
        .map(|_| {
            let (paths, next) = (Arc::clone(&paths), Arc::clone(&next));
            let mut http = Http::new(port);
            tokio::spawn(async move {
                let mut took = Vec::new();
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    let answer = http.get(path).await.unwrap();
                    took.push(sent.elapsed());
                    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
                }
                took
            })
        })
        .collect();
    let latencies = all(hands).await;
    Load::of(begun.elapsed(), latencies)
}

async fn all(hands: Vec<tokio::task::JoinHandle<Vec<Duration>>>) -> Vec<Duration> {
    let mut all = Vec::new();
    for hand in hands {
        all.extend(hand.await.unwrap());
    }
    all
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
