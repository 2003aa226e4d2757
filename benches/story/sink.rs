//! Postfix's own load programs: `smtp-sink` takes mails and forgets them, `smtp-source` sends them.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::support::ports::free_port;

/// A running sink. It is ended when this is dropped.
pub struct Sink {
    child: Child,
    pub port: u16,
}

impl Sink {
    /// `words` go to `smtp-sink`, such as `-w 1` for a reply after a second.
    pub async fn start(words: &[&str]) -> Self {
        let port = free_port();
        let mut command = Command::new(program("smtp-sink"));
        // As root it insists on being somebody else.
        command.args(["-u", "nobody"]).args(words).arg(format!("127.0.0.1:{port}")).arg("1000");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sink = Self { child, port };
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        sink
    }

    /// Mails a second that `smtp-source` hands over in so many sessions that stay open.
    pub async fn capacity(&self, mails: usize, bytes: usize, sessions: usize) -> f64 {
        let begun = Instant::now();
        let mut command = tokio::process::Command::new(program("smtp-source"));
        command.args(["-d", "-f", "from@twoyes.example", "-t", "to@twoyes.example"]);
        command.args(["-l", &bytes.to_string(), "-m", &mails.to_string(), "-s", &sessions.to_string()]);
        let ended = command.arg(format!("127.0.0.1:{}", self.port)).status().await.unwrap();
        assert!(ended.success());
        f64::from(u32::try_from(mails).unwrap()) / begun.elapsed().as_secs_f64()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> PathBuf {
    let folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];
    let found = folders.iter().map(|folder| PathBuf::from(folder).join(name)).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{name} is missing: it comes with Postfix, which tests/run installs"))
}
