//! The real program as processes: a folder of its own, a configuration file, a free port, its log, signals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::http::Http;
use super::ports::free_port;

/// How long a command may take before it is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// One instance of the service: where it keeps its things and how it is configured.
pub struct Instance {
    folder: TempDir,
    settings: BTreeMap<String, String>,
    pub port: u16,
}

/// How a command ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A running process. It is killed when this is dropped.
pub struct Running {
    child: Child,
    pub port: u16,
    log: PathBuf,
}

impl Instance {
    /// On an SQLite file of its own, with a mailbox instead of a relay. It logs all it has to say.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut new = Self { folder, settings: BTreeMap::new(), port };
        new.set("server.listen", &format!("127.0.0.1:{port}"));
        new.set("server.base_url", &format!("http://127.0.0.1:{port}"));
        new.set("database.url", &format!("sqlite:{}", new.path("twoyes.db").display()));
        new.set("keys.file", &new.path("twoyes.keys").display().to_string());
        new.set("mail.transport", "mailbox");
        new.set("mail.from_address", "introductions@twoyes.example");
        // Tests that are not about limits meet none.
        for (key, value) in [
            ("asking.asks_per_month", "1000"),
            ("asking.asks_per_year", "10000"),
            ("asking.cool_down_days", "0"),
            ("limits.open_introductions", "1000000"),
            ("limits.begun_per_day", "1000000"),
            ("limits.pause_complaints", "1000000"),
            ("limits.pause_unreachable_percent", "100"),
        ] {
            new.set_raw(key, value);
        }
        new.set_raw("courier.poll_milliseconds", "50");
        new
    }

    /// The same, with its mails going to this relay.
    pub fn with_relay(port: u16) -> Self {
        let mut new = Self::new();
        new.set("mail.transport", "smtp");
        new.set("smtp.host", "127.0.0.1");
        new.set_raw("smtp.port", &port.to_string());
        new.set("smtp.tls", "none");
        new
    }

    /// A setting that is text.
    pub fn set(&mut self, key: &str, text: &str) {
        self.set_raw(key, &format!("'{text}'"));
    }

    /// A setting as it stands in the file.
    pub fn set_raw(&mut self, key: &str, value: &str) {
        self.settings.insert(key.to_owned(), value.to_owned());
        self.write_config();
    }

    /// A second configuration of the same installation: same database, same keys, another port.
    pub fn sibling(&self) -> Self {
        let mut new =
            Self { folder: tempfile::tempdir().unwrap(), settings: self.settings.clone(), port: free_port() };
        new.set("server.listen", &format!("127.0.0.1:{}", new.port));
        new
    }

    /// A copy of this installation as it stands: its SQLite file, its keys; a folder and a port of its own.
    pub fn twin(&self) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut new = Self { folder, settings: self.settings.clone(), port };
        for name in ["twoyes.db", "twoyes.keys"] {
            if self.path(name).exists() {
                std::fs::copy(self.path(name), new.path(name)).unwrap();
            }
        }
        new.set("server.listen", &format!("127.0.0.1:{port}"));
        new.set("server.base_url", &format!("http://127.0.0.1:{port}"));
        new.set("keys.file", &new.path("twoyes.keys").display().to_string());
        if self.settings["database.url"].contains("sqlite:") {
            new.set("database.url", &format!("sqlite:{}", new.path("twoyes.db").display()));
        }
        new
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log_file(&self) -> PathBuf {
        self.path("twoyes.log")
    }

    /// Everything that its processes have logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Runs a command to its end.
    pub async fn run(&self, words: &[&str]) -> Said {
        let (out, err) = (self.path("out.txt"), self.path("err.txt"));
        let mut command = self.command(words);
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut child = command.spawn().unwrap();
        let ended = end_of(&mut child, PATIENCE).await;
        if ended.is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let (out, err) = (std::fs::read_to_string(out).unwrap(), std::fs::read_to_string(err).unwrap());
        let Some(ended) = ended else { panic!("{words:?} does not end:\n{out}{err}") };
        Said { code: ended.code(), out, err }
    }

    /// Runs a command to its end, with this on its standard input.
    pub async fn run_with(&self, words: &[&str], input: &[u8]) -> Said {
        let path = self.path("in.txt");
        std::fs::write(&path, input).unwrap();
        let mut command = self.command(words);
        command.stdin(File::open(path).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Runs a command that has to succeed; returns what it printed.
    pub async fn good(&self, words: &[&str]) -> String {
        let said = self.run(words).await;
        assert_eq!(said.code, Some(0), "{words:?}: {}{}", said.out, said.err);
        said.out
    }

    /// An admin with a token of every scope, both made by the command line. Returns the token.
    pub async fn admin(&self, email: &str) -> String {
        self.good(&["connector", "add", "--admin", email, "Lena Brandt"]).await;
        let scopes = ["--scope", "read", "--scope", "write", "--scope", "admin"];
        let words: Vec<&str> = ["token", "add", email].into_iter().chain(scopes).collect();
        self.good(&words).await.trim().to_owned()
    }

    /// Starts the service without waiting for it.
    pub fn spawn(&self) -> Running {
        self.spawn_command(&["serve"])
    }

    /// Starts a command without waiting for its end.
    pub fn spawn_command(&self, words: &[&str]) -> Running {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(log);
        Running { child: command.spawn().unwrap(), port: self.port, log: self.log_file() }
    }

    /// Starts the service and waits until it answers.
    pub async fn serve(&self) -> Running {
        let mut running = self.spawn();
        running.ready().await;
        running
    }

    /// Starts the service with another program around it, which has to become the service (`exec`).
    pub fn spawn_under(&self, program: &str, words: &[String]) -> Running {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = Command::new(program);
        command.args(words).arg(env!("CARGO_BIN_EXE_twoyes"));
        command.arg("--config").arg(self.path("twoyes.toml")).arg("serve");
        // One thread does one thing after the other, so that the nth call is the nth call.
        command.env("TOKIO_WORKER_THREADS", "1");
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Running { child: command.spawn().unwrap(), port: self.port, log: self.log_file() }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twoyes"));
        command.arg("--config").arg(self.path("twoyes.toml")).args(words);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn write_config(&self) {
        let mut sections = BTreeMap::<&str, String>::new();
        for (key, value) in &self.settings {
            let (section, key) = key.split_once('.').unwrap();
            writeln!(sections.entry(section).or_default(), "{key} = {value}").unwrap();
        }
        let sections: Vec<String> = sections.iter().map(|(name, keys)| format!("[{name}]\n{keys}")).collect();
        std::fs::write(self.path("twoyes.toml"), sections.join("\n")).unwrap();
    }
}

impl Said {
    /// It did not work, and one sentence on one line says why; nothing else was printed.
    pub fn assert_refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|line| line.starts_with("twoyes: ")).collect();
        assert_eq!(lines.len(), 1, "one sentence: {self:?}");
        assert!(self.err.trim_end().ends_with(lines[0]), "nothing after the sentence: {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        for word in words {
            assert!(lines[0].contains(word), "`{word}` is missing in: {}", self.err);
        }
    }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it answers.
    pub async fn ready(&mut self) {
        let began = Instant::now();
        loop {
            if let Some(ended) = self.ended() {
                panic!("the service ended ({ended}):\n{}", tail(&self.log));
            }
            let mut http = Http::new(self.port);
            if http.get("/healthz").await.is_ok_and(|answer| answer.status == 200) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the service does not answer:\n{}", tail(&self.log));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// SIGKILL, and the body is buried.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end by itself; `None` when it does not come in time.
    pub async fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        end_of(&mut self.child, patience).await
    }

    /// SIGTERM, and it has to drain and say that all went well. Returns how long that took.
    pub async fn stop(&mut self, patience: Duration) -> Duration {
        let began = Instant::now();
        self.signal("TERM");
        let ended = self.end(patience).await;
        assert_eq!(ended.and_then(|status| status.code()), Some(0), "{}", tail(&self.log));
        began.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn end_of(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < patience {
        if let Some(ended) = child.try_wait().unwrap() {
            return Some(ended);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
