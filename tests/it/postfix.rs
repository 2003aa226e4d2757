//! The story over SMTP: a real Postfix on loopback takes the mails by STARTTLS and delivers them to a
//! Maildir; they are read by Python's strict parser, their signatures verified by dkimpy, and their links
//! followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use twoyes::clock::Span;
use twoyes::config::{Tls, Transport};
use twoyes::mail::Signer;

use crate::support::db::{TestDb, both};
use crate::support::world::{BASE, World};

const KEY: &str = "tests/keys/rsa-pkcs1.pem";
const DOMAIN: &str = "twoyes.example";

/// A setting of `tests/run`. Missing it is a failure in CI and a loud skip elsewhere.
#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn setting(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    assert!(value.is_some() || std::env::var_os("CI").is_none(), "{name} must be set in CI");
    if value.is_none() {
        eprintln!("\n*** SKIPPED: {name} is not set (tests/run does) ***\n");
    }
    value
}

struct Post {
    maildir: PathBuf,
    python: String,
    records: PathBuf,
    _folder: tempfile::TempDir,
}

/// A mail as check_mail.py read it.
#[derive(Clone, Debug)]
struct Read {
    headers: Vec<(String, String)>,
    text: String,
    raw: Vec<u8>,
}

impl Read {
    fn header(&self, name: &str) -> &str {
        let found: Vec<&str> = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{name} in {:?}", self.headers);
        found[0]
    }

    fn link(&self, path: &str) -> String {
        let line =
            self.text.lines().map(str::trim).find(|line| line.starts_with(BASE) && line.contains(path));
        line.unwrap_or_else(|| panic!("no link {path} alone on a line:\n{}", self.text))
            .trim_start_matches(BASE)
            .to_owned()
    }
}

impl Post {
    fn new() -> Option<Self> {
        let (maildir, python) = (setting("TWOYES_TEST_MAILDIR")?, setting("TWOYES_TEST_PYTHON")?);
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::from_pem(DOMAIN, "s1", &std::fs::read_to_string(KEY).unwrap()).unwrap();
        let records = folder.path().join("records.json");
        std::fs::write(&records, json!({ signer.dns_name(): signer.dns_record() }).to_string()).unwrap();
        Some(Self { maildir: maildir.into(), python, records, _folder: folder })
    }

    /// Waits for `count` mails to `who`, oldest first.
    async fn mails_to(&self, who: &str, count: usize) -> Vec<Read> {
        let start = Instant::now();
        loop {
            let found = self.files_for(who);
            if found.len() >= count {
                assert_eq!(found.len(), count, "more mails than expected for {who}");
                return self.read(&found);
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{} of {count} mails for {who} came",
                found.len()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn files_for(&self, who: &str) -> Vec<PathBuf> {
        let mut found = BTreeMap::new();
        let Ok(entries) = std::fs::read_dir(self.maildir.join("new")) else {
            return Vec::new();
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let raw = std::fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&raw);
            if text.lines().any(|line| line.eq_ignore_ascii_case(&format!("X-Original-To: {who}"))) {
                found.insert(std::fs::metadata(&path).unwrap().modified().unwrap(), path);
            }
        }
        found.into_values().collect()
    }

    /// Strict parse, headers once, line lengths, DKIM: any problem fails the test.
    fn read(&self, files: &[PathBuf]) -> Vec<Read> {
        let output = Command::new(&self.python)
            .arg(Path::new("tests/tools/check_mail.py"))
            .arg("--dns")
            .arg(&self.records)
            .args(files)
            .output()
            .unwrap();
        let said: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert!(output.status.success(), "check_mail.py found problems: {said:#}");
        let reports = said.as_array().unwrap();
        reports.iter().zip(files).map(|(report, file)| read_one(report, file)).collect()
    }
}

fn read_one(report: &Value, file: &Path) -> Read {
    let signatures = report["dkim"].as_array().unwrap();
    assert_eq!(signatures.len(), 1, "one signature: {report:#}");
    assert_eq!(signatures[0]["result"], "pass", "{report:#}");
    let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    Read {
        headers: report["headers"].as_array().unwrap().iter().map(pair).collect(),
        text: report["text"].as_str().unwrap().replace("\r\n", "\n"),
        raw: std::fs::read(file).unwrap(),
    }
}

async fn world(db: TestDb) -> Option<World> {
    let smtp = setting("TWOYES_TEST_SMTP")?;
    let root = setting("TWOYES_TEST_SMTP_ROOT")?;
    let (_, port) = smtp.rsplit_once(':').unwrap();
    let port: u16 = port.parse().unwrap();
    let world = World::with(db, |config| {
        config.mail.transport = Transport::Smtp;
        "localhost".clone_into(&mut config.smtp.host);
        config.smtp.port = port;
        config.smtp.tls = Tls::Starttls;
        config.smtp.extra_root_file = root.into();
        DOMAIN.clone_into(&mut config.dkim.domain);
        "s1".clone_into(&mut config.dkim.selector);
        config.dkim.key_file = KEY.into();
    })
    .await;
    Some(world)
}

both! {
    async fn a_whole_introduction_over_a_real_mail_server(db: TestDb) {
        let engine = format!("{:?}", db.engine).to_lowercase();
        let (Some(post), Some(world)) = (Post::new(), world(db).await) else { return };
        let nonce = format!("{engine}{}", std::process::id());
        let (ada, grace) = (format!("ada.{nonce}@example.test"), format!("grace.{nonce}@example.test"));
        let id = world.draft(|draft| {
            draft["first"]["email"] = json!(ada);
            draft["first"]["name"] = json!("Zoë Müller-Lüdenscheidt");
            draft["first"]["blurb"] = json!("Schedulers.\n.\nA line that is a dot, \u{202b}".replace('\u{202b}', "and 日本語 and 🚀."));
            draft["second"]["email"] = json!(grace);
            draft["second"]["name"] = json!("محمد علي");
        }).await;
        world.ask(&id).await;

        let ask = post.mails_to(&ada, 1).await.remove(0);
        assert_eq!(ask.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert_eq!(ask.header("Auto-Submitted"), "auto-generated");
        assert!(ask.header("List-Unsubscribe").contains("/stop/"));
        assert!(ask.header("From").contains("introductions@twoyes.example"), "{}", ask.header("From"));
        assert!(ask.header("Reply-To").contains("lena@connect.example"));
        world.first_yes(&ask.link("/c/")).await;

        let second = post.mails_to(&grace, 1).await.remove(0);
        assert!(second.text.contains("日本語 and 🚀."), "{}", second.text);
        world.yes(&second.link("/c/")).await;
        world.pass(Span::minutes(10)).await;

        let to_ada = post.mails_to(&ada, 3).await;
        let to_grace = post.mails_to(&grace, 3).await;
        let introduced = |mails: &[Read]| mails.iter().filter(|mail| mail.header("Subject").contains("<>")).cloned().collect::<Vec<_>>();
        let (first, other) = (introduced(&to_ada), introduced(&to_grace));
        assert_eq!((first.len(), other.len()), (1, 1), "one introduction each");
        assert_eq!(first[0].header("Message-ID"), other[0].header("Message-ID"));
        for mail in first.iter().chain(&other) {
            assert!(mail.header("To").contains(&ada) && mail.header("To").contains(&grace), "to both");
            assert!(mail.header("Reply-To").contains(&ada) && mail.header("Reply-To").contains(&grace));
            assert!(!String::from_utf8_lossy(&mail.raw).contains("\nCc:"));
        }
        world.pass(Span::days(7)).await;
        let check_in = post.mails_to(&ada, 4).await.into_iter().find(|mail| mail.text.contains("/met/")).unwrap();
        let link = check_in.link("/met/");
        world.answer(link.split('#').next().unwrap(), &[("outcome", "met")]).await;
        assert_eq!(world.show(&id).await["outcome"], "met");
    }

    async fn a_refusal_of_the_real_server_reaches_the_connector(db: TestDb) {
        let Some(world) = world(db).await else { return };
        let id = world.draft(|draft| draft["first"]["email"] = json!("refused@example.test")).await;
        world.ask(&id).await;
        assert_eq!(world.show(&id).await["first"]["undeliverable"], true);
    }
}
