//! `keys list|rotate|retire|revoke`. A running service reads the ring again on SIGHUP.

use clap::Subcommand;

use crate::app::{self, Choices};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::audit::Kind;
use crate::flow::evidence;
use crate::ids::Ids;
use crate::keyring::{KeyFile, KeyState};
use crate::store::{self, Db, link_keys};

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys without their secrets.
    List,
    /// Make a new active key; links that are out there stay good.
    Rotate,
    /// Remove a key that no mail out there needs any more. Stop links never expire, so this is for keys
    /// that were revoked, or never used.
    Retire {
        /// Number of the key.
        kid: u8,
        /// Also when links in mails that were sent stop working by it.
        #[arg(long)]
        anyway: bool,
    },
    /// Make every link of a key invalid at once, because the key leaked.
    Revoke {
        /// Number of the key.
        kid: u8,
    },
}

pub async fn run(config: &Config, command: &KeysCommand) -> anyhow::Result<()> {
    let path = &config.keys.file;
    let now = Clock::System.now();
    match command {
        KeysCommand::List => {
            for key in KeyFile::load(path)?.list() {
                println!("{:>3}  {:<7}  {}", key.kid, key.state, key.created.rfc3339());
            }
            return Ok(());
        }
        KeysCommand::Rotate => {
            let mut kid = 0;
            KeyFile::update(path, |ring| {
                kid = ring.rotate(now, &Ids::System)?;
                Ok(())
            })?;
            record(config, kid, "rotated").await;
            println!("Key {kid} is active now.");
        }
        KeysCommand::Retire { kid, anyway } => {
            if !anyway {
                refuse_if_needed(config, *kid).await?;
            }
            KeyFile::update(path, |ring| ring.retire(*kid))?;
            record(config, *kid, "retired").await;
            println!("Key {kid} was removed.");
        }
        KeysCommand::Revoke { kid } => {
            KeyFile::update(path, |ring| ring.revoke(*kid))?;
            record(config, *kid, "revoked").await;
            println!("Key {kid} is revoked; none of its links works any more.");
        }
    }
    println!("Send SIGHUP to the running service so that it reads the ring again.");
    Ok(())
}

/// Into the audit chain. A key that leaked is revoked whether the database answers or not.
async fn record(config: &Config, kid: u8, what: &'static str) {
    let noted = async {
        let cx = app::context(config, Choices::default()).await?;
        store::migrate(&cx.db, cx.now()).await?;
        let (shared, now) = (cx.clone(), cx.now());
        let payload = serde_json::json!({ "kid": kid, "what": what });
        let unit = cx.db.write(move |tx| {
            let (cx, payload) = (shared.clone(), payload.clone());
            Box::pin(async move { evidence::note(tx, &cx, Kind::KeyRotated, &payload, now).await })
        });
        unit.await.map_err(anyhow::Error::from)
    };
    if let Err(error) = noted.await {
        eprintln!("twoyes: it was not written into the audit chain: {error:#}");
    }
}

/// A key that still verifies links in mails out there stays, unless the operator insists.
async fn refuse_if_needed(config: &Config, kid: u8) -> anyhow::Result<()> {
    let ring = KeyFile::load(&config.keys.file)?;
    if !ring.list().iter().any(|key| key.kid == kid && key.state == KeyState::Verify) {
        return Ok(());
    }
    let db = Db::connect(config.database.url.expose(), config.database.max_connections).await?;
    let mails = link_keys::mails_under(&mut db.read().await?, kid).await?;
    if mails > 0 {
        anyhow::bail!(
            "{mails} mails carry links of key {kid}, among them stop links, which never expire; \
             leave the key as it is, or add --anyway to break them"
        );
    }
    Ok(())
}
