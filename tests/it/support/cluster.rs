//! A PostgreSQL server of the test's own, that can be stopped and started under the service.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::ports::free_port;

pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a server and starts it. It syncs, as a real one does.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("twoyes-pg").tempdir().unwrap();
        let new = Self { folder, programs: programs(), port: free_port() };
        if is_root() {
            // The server refuses to run as root.
            let done = Command::new("chown").arg("postgres").arg(new.folder.path()).status().unwrap();
            assert!(done.success());
        }
        let data = new.data();
        new.run(
            "initdb",
            &["--pgdata", &data, "--username=twoyes", "--auth=trust", "--encoding=UTF8", "--no-sync"],
        );
        new.up();
        new
    }

    pub fn url(&self) -> String {
        format!("postgres://twoyes@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it as a power cut would: no checkpoint, every connection is lost at once.
    pub fn down(&self) {
        self.control(&["--mode=immediate", "stop"]);
    }

    pub fn up(&self) {
        let folder = self.folder.path().display();
        let options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1", self.port);
        let log = format!("{folder}/server.log");
        self.control(&["--wait", "--timeout=60", "--log", &log, "--options", &options, "start"]);
    }

    fn control(&self, words: &[&str]) {
        let data = self.data();
        let all: Vec<&str> = ["--pgdata", &data, "--silent"].iter().chain(words).copied().collect();
        self.run("pg_ctl", &all);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, words: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        command.args(words).current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "{}", program.display());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.folder.path().join("data/postmaster.pid").exists() {
            self.down();
        }
    }
}

/// The folder of the server's programs, the newest version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map(|all| all.flatten().collect::<Vec<_>>());
    let mut found: Vec<(u32, PathBuf)> = versions
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map_or_else(|| Path::new("").into(), |(_, folder)| folder)
}

pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
