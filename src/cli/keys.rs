//! `keys list|rotate|retire|revoke`. A running service reads the ring again on SIGHUP.

use clap::Subcommand;

use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Ids;
use crate::keyring::KeyFile;

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the keys without their secrets.
    List,
    /// Make a new active key; links that are out there stay good.
    Rotate,
    /// Remove a key whose links have all expired (answer links live 90 days past their deadline).
    Retire {
        /// Number of the key.
        kid: u8,
    },
    /// Make every link of a key invalid at once, because the key leaked.
    Revoke {
        /// Number of the key.
        kid: u8,
    },
}

pub fn run(config: &Config, command: &KeysCommand) -> anyhow::Result<()> {
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
            println!("Key {kid} is active now.");
        }
        KeysCommand::Retire { kid } => {
            KeyFile::update(path, |ring| ring.retire(*kid))?;
            println!("Key {kid} was removed.");
        }
        KeysCommand::Revoke { kid } => {
            KeyFile::update(path, |ring| ring.revoke(*kid))?;
            println!("Key {kid} is revoked; none of its links works any more.");
        }
    }
    println!("Send SIGHUP to the running service so that it reads the ring again.");
    Ok(())
}
