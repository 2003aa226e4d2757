//! Taking a backup while the service runs.

use std::path::Path;

use super::lists::{self, Header};
use super::place::{Aside, digest};
use super::{BackupError, Manifest, postgres};
use crate::app::marker;
use crate::config::Config;
use crate::flow::Cx;
use crate::ids::derive;
use crate::store::{copy, instance};

const NOTE: &str = "The key ring (keys.file) is not in here: keep a copy of it elsewhere. Without it every link that was \
                    sent is dead and nobody can be told from those who must never be asked again.";

/// What was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub manifest: Manifest,
}

/// Writes a backup into a new folder: aside, checked, and then named.
pub async fn take(config: &Config, cx: &Cx, target: &Path) -> Result<Taken, BackupError> {
    let aside = Aside::make(target)?;
    match fill(config, cx, &aside).await {
        Ok(manifest) => {
            aside.keep()?;
            Ok(Taken { manifest })
        }
        Err(error) => {
            aside.drop_all();
            Err(error)
        }
    }
}

async fn fill(config: &Config, cx: &Cx, aside: &Aside) -> Result<Manifest, BackupError> {
    let now = cx.now();
    let counts = copy::counts(&mut cx.db.read().await?).await?;
    let file = copy_database(config, aside).await?;
    // After the copy: what is newer than it belongs into the lists.
    let known = instance::get(&mut cx.db.read().await?).await?;
    let header = Header {
        instance: known.map(|row| row.id).unwrap_or_default(),
        keys: keys(cx),
        written_at: cx.now(),
    };
    let lists = aside.path(lists::FILE);
    lists::write(&cx.db, &lists, &header).await?;
    let (bytes, sha256) = digest(&aside.path(file))?;
    let manifest = Manifest {
        format: Manifest::FORMAT,
        note: NOTE.to_owned(),
        taken: now.rfc3339(),
        taken_at: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: cx.db.engine().to_owned(),
        schema: counts.schema,
        instance: header.instance,
        keys: header.keys,
        file: file.to_owned(),
        bytes,
        sha256,
        lists_sha256: digest(&lists)?.1,
        connectors: counts.connectors,
        introductions: counts.introductions,
        suppressions: counts.suppressions,
        erasures: counts.erasures,
    };
    manifest.write(&aside.path(""))?;
    Ok(manifest)
}

/// Copies the database into the folder; the name of the copy.
async fn copy_database(config: &Config, aside: &Aside) -> Result<&'static str, BackupError> {
    let Some(file) = marker::database_file(config) else {
        postgres::dump(config, &aside.path("database.dump")).await?;
        return Ok("database.dump");
    };
    let to = aside.path("database.sqlite");
    copy::copy_sqlite(&file, &to).await?;
    match copy::check_sqlite(&to).await?.as_str() {
        "ok" => Ok("database.sqlite"),
        said => Err(BackupError::NotWhole(said.to_owned())),
    }
}

/// Tells one key ring from another without giving anything of it away.
pub fn keys(cx: &Cx) -> String {
    let all: [u8; 32] = derive(&cx.secrets.pepper, "backup/fingerprint");
    data_encoding::HEXLOWER.encode(&all[..8])
}
