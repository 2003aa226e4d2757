//! Open connections between two mails.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::mail::{Conn, Fault, Stage, Transport};

/// Keeps what can be used again. How many are open at once is decided by how many deliveries run at once.
pub(super) struct Pool {
    transport: Transport,
    idle: Mutex<Vec<Conn>>,
}

impl Pool {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, idle: Mutex::default() }
    }

    /// A connection on which this offer was accepted. A connection that waited in the pool may have been
    /// closed by the relay meanwhile, which shows only now: then a fresh one is tried, once.
    ///
    /// Dropping the future drops the connection.
    pub(super) async fn offer(&self, from: &str, recipient: &str) -> Result<Conn, Fault> {
        if let Some(mut conn) = self.take() {
            match conn.offer(from, recipient).await {
                Ok(()) => return Ok(conn),
                Err(fault) if went_stale(&fault) => {}
                Err(fault) => {
                    self.put(conn);
                    return Err(fault);
                }
            }
        }
        let mut conn = self.transport.open().await?;
        match conn.offer(from, recipient).await {
            Ok(()) => Ok(conn),
            Err(fault) => {
                self.put(conn);
                Err(fault)
            }
        }
    }

    /// Keeps a connection for the next mail, unless there is any doubt about it.
    pub(super) fn put(&self, conn: Conn) {
        if conn.usable(Instant::now()) {
            self.lock().push(conn);
        }
    }

    /// Takes an offer back that no mail follows, and keeps the connection if that went well.
    pub(super) async fn put_back(&self, mut conn: Conn) {
        if conn.abandon().await.is_ok() {
            self.put(conn);
        }
    }

    /// Says goodbye on all connections that wait.
    pub(super) async fn close(&self) {
        let all = std::mem::take(&mut *self.lock());
        futures_util::future::join_all(all.into_iter().map(Conn::quit)).await;
    }

    fn take(&self) -> Option<Conn> {
        let mut idle = self.lock();
        let now = Instant::now();
        idle.retain(|conn| conn.usable(now));
        idle.pop()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gone before the sender was heard, or told to go for having waited too long.
fn went_stale(fault: &Fault) -> bool {
    fault.stage == Stage::Mail && fault.disconnected && matches!(fault.code, None | Some(421))
}
