//! `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

use crate::app::{self, Choices};
use crate::backup::{self, Wish};
use crate::config::Config;
use crate::store;

#[derive(Debug, Args)]
pub struct BackupOptions {
    /// The folder to make; it must not exist yet. Keep all backups of an instance in one place.
    target: PathBuf,
}

#[derive(Debug, Args)]
pub struct RestoreOptions {
    /// The folder that `twoyes backup` made.
    backup: PathBuf,
    /// Keep the database that is there aside and take its place (SQLite).
    #[arg(long)]
    replace: bool,
    /// Also apply this lists.jsonl, newer than the ones beside the backup.
    #[arg(long, value_name = "FILE")]
    suppressions: Option<PathBuf>,
}

pub async fn take(config: &Config, options: &BackupOptions) -> anyhow::Result<()> {
    let cx = app::context(config, Choices::default()).await?;
    store::schema_state(&cx.db).await?;
    let of = backup::take(config, &cx, &options.target).await?.manifest;
    println!(
        "{}: {} ({} bytes), {} introduction(s), {} suppression(s), {} erasure(s).",
        options.target.display(),
        of.file,
        of.bytes,
        of.introductions,
        of.suppressions,
        of.erasures
    );
    println!(
        "The key ring {} is not in it. Keep a copy of it apart from the backups: without it no link works and \
         nobody who said never is known.",
        config.keys.file.display()
    );
    Ok(())
}

pub async fn restore(config: &Config, options: RestoreOptions) -> anyhow::Result<()> {
    if !config.keys.file.exists() {
        anyhow::bail!(
            "there is no key ring at {}; put the one that belongs to the backup there first",
            config.keys.file.display()
        );
    }
    let RestoreOptions { backup, replace, suppressions } = options;
    let done = backup::restore(config, &Wish { backup, replace, lists: suppressions }).await?;
    println!(
        "Restored the backup of {} ({} introductions).",
        done.manifest.taken, done.manifest.introductions
    );
    println!("Newer than it and applied: {} suppression(s), {} erasure(s).", done.never, done.erased);
    if done.unread {
        println!(
            "The database that was there could not be read: who said never since the newest backup is not known. \
             Apply it with --suppressions if you have it elsewhere."
        );
    }
    if let Some(aside) = done.aside {
        println!("The database that was there is at {}.", aside.display());
    }
    println!("It is in quarantine: it takes answers and mails nobody. Look at it, then `twoyes resume`.");
    Ok(())
}
