//! Which copy of the data this is: told by a mark that no copy of the database takes along.
//!
//! SQLite: a file beside the key ring that names the instance, its epoch and the number of the database file
//! on its disk, which no copy keeps. PostgreSQL: the server's own identity and the database's number in it,
//! kept in the row itself; any number of processes agree on that without a file.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::AppError;
use crate::config::Config;
use crate::flow::quarantine::Why;
use crate::flow::{Cx, quarantine};
use crate::store::copy;
use crate::store::instance::{self, Instance};

/// Behind the name of an SQLite file while a restore takes its place.
pub const HALF: &str = ".replacing";

/// The SQLite file that a configuration names; `None` for PostgreSQL.
#[must_use]
pub fn database_file(config: &Config) -> Option<PathBuf> {
    crate::store::sqlite_file(config.database.url.expose())
}

/// Looks whether this is where the database last was, and puts it into quarantine when it is not. The first
/// process that serves a new database writes row and mark.
pub async fn settle(config: &Config, cx: &Cx) -> Result<(), AppError> {
    let now = cx.now();
    whole(config, cx).await?;
    let mark = read(config)?;
    let place = instance::place(&cx.db).await?;
    let known = instance::get(&mut cx.db.read().await?).await?;
    let Some(known) = known else {
        return adopt(config, cx, place, mark.is_some()).await;
    };
    if known.quarantined_at.is_none() && (known.place != place || !fits(config, mark.as_deref(), &known)) {
        cx.db.write(move |tx| Box::pin(instance::quarantine(tx, Why::Copied.as_str(), now))).await?;
    }
    if let Some((_, why)) = quarantine::state(cx).await.map_err(|failure| told(&failure))? {
        tracing::warn!(
            why = why.as_str(),
            "quarantine: nobody is mailed until `twoyes resume`; answers are taken"
        );
    }
    Ok(())
}

/// Refuses what a restore left half-way.
async fn whole(config: &Config, cx: &Cx) -> Result<(), AppError> {
    if copy::is_half_restored(&mut cx.db.read().await?).await? {
        return Err(AppError::HalfRestored("this database".into()));
    }
    let Some(file) = database_file(config) else { return Ok(()) };
    let mut half = file.as_os_str().to_owned();
    half.push(HALF);
    if Path::new(&half).exists() { Err(AppError::HalfRestored(file)) } else { Ok(()) }
}

/// What [`settle`] would find, without changing anything.
pub async fn verdict(config: &Config) -> Result<Option<Why>, AppError> {
    let db = crate::store::Db::connect(config.database.url.expose(), 1).await?;
    let mark = read(config)?;
    if crate::store::schema_state(&db).await.is_err() {
        return Ok(None);
    }
    let Some(row) = instance::get(&mut db.read().await?).await? else {
        return Ok(mark.is_some().then_some(Why::Copied));
    };
    if row.quarantined_at.is_some() {
        return Ok(Some(Why::parse(&row.why).unwrap_or(Why::Copied)));
    }
    let here = row.place == instance::place(&db).await? && fits(config, mark.as_deref(), &row);
    Ok((!here).then_some(Why::Copied))
}

/// Makes this copy, here, the real one. Gives how many mails were taken back.
pub async fn resume(config: &Config, cx: &Cx, discard: Option<crate::clock::Ts>) -> Result<u64, AppError> {
    let place = instance::place(&cx.db).await?;
    let epoch = fresh(cx, "epoch");
    let discarded =
        quarantine::resume(cx, &epoch, &place, discard).await.map_err(|failure| told(&failure))?;
    // A crash before this leaves a mark that does not fit, which is quarantine again.
    if let Some(row) = instance::get(&mut cx.db.read().await?).await? {
        write(config, &row)?;
    }
    Ok(discarded)
}

/// A database without a row: new, or older than this table. With a mark of another one it is a copy.
async fn adopt(config: &Config, cx: &Cx, place: String, marked: bool) -> Result<(), AppError> {
    let now = cx.now();
    let new = Instance {
        id: fresh(cx, "instance"),
        epoch: fresh(cx, "epoch"),
        place,
        quarantined_at: marked.then_some(now),
        why: if marked { Why::Copied.as_str().to_owned() } else { String::new() },
        seen_at: cx.clock.reading().map_or(now, |reading| reading.wall),
        accepted_at: None,
    };
    let row = new.clone();
    let made = cx.db.write(move |tx| {
        let row = row.clone();
        Box::pin(async move { instance::insert(tx, &row).await })
    });
    if made.await? && !marked {
        write(config, &new)?;
    }
    Ok(())
}

fn fresh(cx: &Cx, label: &str) -> String {
    data_encoding::HEXLOWER.encode(&cx.ids.bytes::<16>(label))
}

fn told(failure: &crate::flow::Failure) -> AppError {
    AppError::Setting(failure.to_string())
}

/// The mark's path: beside the key ring, which no backup of the database holds.
#[must_use]
pub fn path(config: &Config) -> PathBuf {
    let mut path = config.keys.file.as_os_str().to_owned();
    path.push(".instance");
    path.into()
}

fn fits(config: &Config, mark: Option<&str>, row: &Instance) -> bool {
    match database_file(config) {
        Some(file) => mark.is_some_and(|mark| mark == line(row, &file)),
        None => true,
    }
}

fn line(row: &Instance, file: &Path) -> String {
    let number = std::fs::metadata(file).map_or(0, |of| of.ino());
    format!("{} {} {number}", row.id, row.epoch)
}

/// `None` when there is none, or none is needed.
fn read(config: &Config) -> Result<Option<String>, AppError> {
    if database_file(config).is_none() {
        return Ok(None);
    }
    let text = match std::fs::read_to_string(path(config)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(text.lines().find(|line| !line.starts_with('#')).map(str::to_owned))
}

fn write(config: &Config, row: &Instance) -> Result<(), AppError> {
    let Some(file) = database_file(config) else { return Ok(()) };
    let path = path(config);
    let aside = path.with_extension("instance.new");
    let text = format!(
        "# Which database mails from here. Made by twoyes; belongs to no backup of the database.\n{}\n",
        line(row, &file)
    );
    let mut new = std::fs::File::create(&aside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(&aside, &path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
