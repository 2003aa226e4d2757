//! A way to PostgreSQL that can be cut at the worst moments.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Where the next COMMIT of any connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of it.
    Before,
    /// It is gone as soon as the server has it: nobody waits for what becomes of it.
    With,
    /// The server has carried it out, and its reply is lost.
    After,
}

pub struct Proxy {
    pub port: u16,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    armed: Vec<Cut>,
    cuts: usize,
}

impl Proxy {
    /// In front of this `host:port`.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            let mut all = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&target).await else { continue };
                all.spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Self { port, state, server }
    }

    /// The next COMMIT is cut like this.
    pub fn arm(&self, cut: Cut) {
        self.state.lock().unwrap().armed.push(cut);
    }

    /// How many were cut so far.
    pub fn cuts(&self) -> usize {
        self.state.lock().unwrap().cuts
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn carry(client: TcpStream, server: TcpStream, state: Arc<Mutex<State>>) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let ((from_client, to_client), (mut from_server, to_server)) = (client.into_split(), server.into_split());
    let (ask, mut back) = (forth(from_client, to_server, state), to_client);
    tokio::pin!(ask);
    let mut reply = vec![0; 65_536];
    loop {
        tokio::select! {
            cut = &mut ask => {
                if cut == Some(Cut::After) {
                    // The server says that it is done; nobody hears it.
                    let _ = from_server.read(&mut reply).await;
                }
                return;
            }
            read = from_server.read(&mut reply) => {
                let Ok(length @ 1..) = read else { return };
                if back.write_all(&reply[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Carries what the client says, until it ends or is cut.
async fn forth(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: Arc<Mutex<State>>) -> Option<Cut> {
    let mut said = vec![0; 65_536];
    loop {
        let Ok(length @ 1..) = from.read(&mut said).await else { return None };
        let commits = said[..length].windows(7).any(|words| words == b"COMMIT\0");
        let cut = if commits { state.lock().unwrap().armed.pop() } else { None };
        if cut.is_some() {
            state.lock().unwrap().cuts += 1;
        }
        if cut != Some(Cut::Before) && to.write_all(&said[..length]).await.is_err() {
            return None;
        }
        if cut.is_some() {
            return cut;
        }
    }
}
