//! What the admin's health page tells of this process, and the look-up of the sender's DNS records.

use std::path::Path;
use std::sync::Arc;

use crate::config::{self, Config};
use crate::dns::Resolver;
use crate::doctor::{self, Finding, Level, Signing};
use crate::flow::Cx;
use crate::flow::condition::{Instance, Record, Records, Weight};
use crate::ids::Ids;
use crate::keyring::{KeyFile, KeyState};

/// What the health page tells of this process.
#[must_use]
pub fn of(config: &Config, cx: &Cx) -> Instance {
    let relays = config.mail.transport == config::Transport::Smtp;
    let ring = KeyFile::load(&config.keys.file).ok();
    let active = ring.and_then(|ring| ring.list().into_iter().find(|key| key.state == KeyState::Active));
    let mut overrides = Vec::new();
    let folder = &config.templates.override_dir;
    if !folder.as_os_str().is_empty() {
        list_files(folder, folder, &mut overrides);
    }
    overrides.sort();
    Instance {
        started_at: Some(cx.now()),
        relays,
        signs: config.dkim.is_set(),
        key_made_at: active.map(|key| key.created),
        overrides,
        records: relays.then(|| look_ups(config)),
    }
}

fn list_files(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list_files(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap_or(&path).display().to_string());
        }
    }
}

/// The look-ups of `twoyes check`, for the health page.
fn look_ups(config: &Config) -> Records {
    let config = Arc::new(config.clone());
    Arc::new(move || {
        let config = Arc::clone(&config);
        Box::pin(async move { records(&config).await.into_iter().map(record).collect() })
    })
}

fn record(finding: Finding) -> Record {
    let weight = match finding.level {
        Level::Good => Weight::Good,
        Level::Warning => Weight::Warning,
        Level::Problem => Weight::Problem,
    };
    Record { weight, sentence: finding.sentence }
}

/// The records that this configuration needs, looked up and judged.
pub async fn records(config: &Config) -> Vec<Finding> {
    let Some((_, domain)) = config.mail.from_address.rsplit_once('@') else {
        return vec![warning(
            "mail.from_address is not set, so its DNS records were not looked at.".to_owned(),
        )];
    };
    if config.mail.transport != config::Transport::Smtp {
        return Vec::new();
    }
    let resolver = match Resolver::of_this_machine(Ids::System) {
        Ok(resolver) => resolver,
        Err(error) => return vec![warning(format!("DNS was not asked: {error}."))],
    };
    let signing = super::signer(config).ok().flatten().map(|signer| Signing {
        selector: config.dkim.selector.clone(),
        domain: config.dkim.domain.clone(),
        public_key: signer.dns_record().rsplit("p=").next().unwrap_or_default().to_owned(),
    });
    doctor::mail_records(&resolver, domain, signing.as_ref()).await
}

fn warning(sentence: String) -> Finding {
    Finding { level: Level::Warning, sentence }
}
