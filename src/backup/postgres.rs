//! PostgreSQL's own programs. The password goes by the environment, since arguments can be read by everybody
//! on the machine.

use std::path::Path;
use std::process::Stdio;

use super::BackupError;
use crate::config::Config;

/// Writes a consistent dump of the whole database.
pub async fn dump(config: &Config, to: &Path) -> Result<(), BackupError> {
    let args = ["--format=custom", "--no-owner", "--no-privileges", "--file"];
    run("pg_dump", config, &args, to).await
}

/// Fills an empty database from a dump, in one transaction.
pub async fn fill(config: &Config, from: &Path) -> Result<(), BackupError> {
    let args = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"];
    run("pg_restore", config, &args, from).await
}

async fn run(program: &'static str, config: &Config, args: &[&str], file: &Path) -> Result<(), BackupError> {
    let (url, password) = without_password(config.database.url.expose());
    let mut command = tokio::process::Command::new(program);
    command.arg("--dbname").arg(url).args(args).arg(file).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let failed = |why: String| BackupError::Program { program, why };
    let done = command.output().await.map_err(|error| failed(error.to_string()))?;
    if done.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&done.stderr);
    Err(failed(words.lines().find(|line| !line.is_empty()).unwrap_or("it failed without a word").to_owned()))
}

/// A URL without its password, and the password decoded.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let Some((who, at)) = rest[..end].rsplit_once('@') else { return (url.to_owned(), None) };
    let Some((user, password)) = who.split_once(':') else { return (url.to_owned(), None) };
    (format!("{scheme}://{user}@{at}{}", &rest[end..]), Some(decoded(password)))
}

fn decoded(text: &str) -> String {
    let (mut out, bytes) = (Vec::new(), text.as_bytes());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_never_becomes_an_argument() {
        let taken = without_password("postgres://ann:p%40ss:w@db.example:5432/two?sslmode=require");
        assert_eq!(taken.0, "postgres://ann@db.example:5432/two?sslmode=require");
        assert_eq!(taken.1.as_deref(), Some("p@ss:w"));
        let none = "postgres://ann@db.example/two";
        assert_eq!(without_password(none), (none.to_owned(), None));
        let socket = "postgres:///two?host=/run/a@b:c";
        assert_eq!(without_password(socket), (socket.to_owned(), None));
    }
}
