//! Ports for servers that a test starts, stops and starts again.

use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::Mutex;

/// Below those that the kernel hands to outgoing connections and to whoever binds port 0.
const FIRST: u16 = 10_000;
const COUNT: u32 = 10_000;

/// What says to other test processes that a port is taken, until this process ends.
static TAKEN: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());

/// A port of 127.0.0.1 that nobody listens on and that no other test is given while this process lives. A server that
/// is away between two starts would else find somebody else's server in its place, and a test would talk to that.
pub fn free_port() -> u16 {
    let begin = std::process::id().wrapping_mul(7_919);
    for step in 0..COUNT {
        let port = FIRST + u16::try_from(begin.wrapping_add(step) % COUNT).unwrap();
        // An abstract name needs no file and goes with its process (unix(7)).
        let name = SocketAddr::from_abstract_name(format!("twoyes-test-port-{port}")).unwrap();
        let Ok(mark) = UnixListener::bind_addr(&name) else { continue };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            TAKEN.lock().unwrap().push(mark);
            return port;
        }
    }
    panic!("no port of 127.0.0.1 from {FIRST} on is free");
}
