//! Putting a backup in the place of a database, in quarantine, with everybody who said never or was erased
//! since.

use std::path::{Path, PathBuf};

use super::lists::{self, Entry, Header, Reader};
use super::place::{digest, folder_of, sync, with_end};
use super::{BackupError, Manifest, io, postgres, take};
use crate::app::{self, AppError, Choices, marker};
use crate::config::{Config, Secret};
use crate::flow::quarantine::Why;
use crate::flow::{Cx, erasure};
use crate::ids::Ids;
use crate::store::erasure_ledger::Erased;
use crate::store::instance::Instance;
use crate::store::{Db, MigrateError, copy, instance, migrate};

/// Suppressions applied in one unit.
const PAGE: usize = 500;

/// What to restore, and how.
#[derive(Clone, Debug)]
pub struct Wish {
    pub backup: PathBuf,
    /// Keep a database that is there aside, and take its place.
    pub replace: bool,
    /// Lists to apply beside the newest ones that are found.
    pub lists: Option<PathBuf>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Suppressions and erasures that the backup did not know.
    pub never: u64,
    pub erased: u64,
    /// Where the database is that was there before.
    pub aside: Option<PathBuf>,
    /// The replaced database could not be read, so nothing was taken from it.
    pub unread: bool,
}

/// Restores. Until the last step what is there stays untouched.
pub async fn restore(config: &Config, wish: &Wish) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(&wish.backup)?;
    let wanted = if marker::database_file(config).is_some() { "sqlite" } else { "postgres" };
    if manifest.engine != wanted {
        return Err(BackupError::OtherEngine { found: manifest.engine, wanted });
    }
    let copy = wish.backup.join(&manifest.file);
    if digest(&copy)?.1 != manifest.sha256 {
        return Err(BackupError::Damaged(copy));
    }
    let own = wish.backup.join(lists::FILE);
    if digest(&own)?.1 != manifest.lists_sha256 {
        return Err(BackupError::Damaged(own));
    }
    match marker::database_file(config) {
        Some(file) => sqlite(config, wish, manifest, &copy, &file).await,
        None => server(config, wish, manifest, &copy).await,
    }
}

async fn sqlite(
    config: &Config,
    wish: &Wish,
    manifest: Manifest,
    copy: &Path,
    file: &Path,
) -> Result<Restored, BackupError> {
    let _lock = app::lock_file(config).map_err(|error| match error {
        AppError::Taken(_) => BackupError::Running,
        other => other.into(),
    })?;
    let there = file.exists();
    if there && !wish.replace {
        return Err(BackupError::Occupied(file.to_owned()));
    }
    let stage = with_end(file, ".restoring");
    for end in ["", "-wal", "-shm"] {
        forget(&with_end(&stage, end))?;
    }
    std::fs::copy(copy, &stage).map_err(io(&stage, "written"))?;
    let mut staged = config.clone();
    staged.database.url = Secret::new(format!("sqlite:{}", stage.display()));
    let said = copy::check_sqlite(&stage).await?;
    if said != "ok" {
        return Err(BackupError::NotWhole(said));
    }
    let cx = app::context(&staged, Choices::default()).await?;
    let mut restored = prepare(&cx, wish, manifest).await?;
    if there {
        restored.unread = !from_replaced(config, &cx, file, &mut restored).await;
        if !restored.unread {
            fold(file).await?;
        }
    }
    finish(&cx).await?;
    drop(cx);
    fold(&stage).await?;
    sync(&stage)?;
    if there {
        restored.aside = Some(swap(&stage, file)?);
    } else {
        std::fs::rename(&stage, file).map_err(io(file, "put in place"))?;
    }
    for end in ["-wal", "-shm"] {
        forget(&with_end(&stage, end))?;
    }
    sync(folder_of(file))?;
    Ok(restored)
}

/// Folds a file whose connections may still be closing.
async fn fold(file: &Path) -> Result<(), BackupError> {
    let mut tries = 0;
    loop {
        match copy::fold_sqlite(file).await {
            Ok(()) => return Ok(()),
            Err(_) if tries < 50 => tries += 1,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The old file goes aside with its log, the new one takes its name. A crash in between leaves a mark, by
/// which the service refuses to start.
fn swap(stage: &Path, file: &Path) -> Result<PathBuf, BackupError> {
    let aside = free_name(file);
    let mark = with_end(file, marker::HALF);
    std::fs::write(&mark, "a restore is under way\n").map_err(io(&mark, "written"))?;
    sync(&mark)?;
    sync(folder_of(file))?;
    std::fs::hard_link(file, &aside).map_err(io(&aside, "made"))?;
    for end in ["-wal", "-shm"] {
        let log = with_end(file, end);
        if log.exists() {
            std::fs::rename(&log, with_end(&aside, end)).map_err(io(&log, "put aside"))?;
        }
    }
    std::fs::rename(stage, file).map_err(io(file, "put in place"))?;
    sync(folder_of(file))?;
    forget(&mark)?;
    Ok(aside)
}

/// Beside the file, with the time in it; counted on when there are several within one second.
fn free_name(file: &Path) -> PathBuf {
    let now = crate::clock::Clock::System.now().rfc3339().replace(':', "");
    let first = with_end(file, &format!(".replaced-{now}"));
    let further = (2..).map(|nth: u32| with_end(file, &format!(".replaced-{now}-{nth}")));
    std::iter::once(first.clone()).chain(further).find(|name| !name.exists()).unwrap_or(first)
}

async fn server(
    config: &Config,
    wish: &Wish,
    manifest: Manifest,
    copy: &Path,
) -> Result<Restored, BackupError> {
    let db = Db::connect(config.database.url.expose(), 1).await?;
    let mut tx = db.read().await?;
    if copy::others(&mut tx).await? > 0 {
        return Err(BackupError::Running);
    }
    if !copy::is_empty(&mut tx).await? {
        return Err(BackupError::NotEmpty);
    }
    drop(tx);
    db.write(|tx| Box::pin(copy::begin_restore(tx))).await?;
    drop(db);
    postgres::fill(config, copy).await?;
    let cx = app::context(config, Choices::default()).await?;
    let restored = prepare(&cx, wish, manifest).await?;
    finish(&cx).await?;
    Ok(restored)
}

/// Brings the copy up to this version and applies the lists.
async fn prepare(cx: &Cx, wish: &Wish, manifest: Manifest) -> Result<Restored, BackupError> {
    if manifest.keys != take::keys(cx) {
        return Err(BackupError::OtherKeys);
    }
    migrate(&cx.db, cx.now()).await.map_err(|error| match error {
        MigrateError::Newer(version) => BackupError::Newer(version),
        other => other.into(),
    })?;
    hold(cx).await?;
    let newest = lists::newest_beside(&wish.backup, &manifest.instance, &manifest.keys)?;
    let mut restored = Restored { manifest, never: 0, erased: 0, aside: None, unread: false };
    apply(cx, &newest, &mut restored).await?;
    if let Some(more) = &wish.lists {
        apply(cx, more, &mut restored).await?;
    }
    Ok(restored)
}

/// Nobody is mailed from this copy, whatever happens next.
async fn hold(cx: &Cx) -> Result<(), BackupError> {
    let now = cx.now();
    let id = || data_encoding::HEXLOWER.encode(&Ids::System.bytes::<16>("instance"));
    let row = Instance {
        id: id(),
        epoch: id(),
        place: String::new(),
        quarantined_at: Some(now),
        why: Why::Restored.as_str().to_owned(),
        seen_at: now,
        accepted_at: None,
    };
    let held = cx.db.write(move |tx| {
        let row = row.clone();
        Box::pin(async move {
            instance::insert(tx, &row).await?;
            instance::quarantine(tx, Why::Restored.as_str(), now).await
        })
    });
    Ok(held.await?)
}

async fn finish(cx: &Cx) -> Result<(), BackupError> {
    Ok(cx.db.write(|tx| Box::pin(copy::end_restore(tx))).await?)
}

/// Applies one file of lists: first all suppressions, then the erasures that are newer than the backup.
async fn apply(cx: &Cx, path: &Path, restored: &mut Restored) -> Result<(), BackupError> {
    let mut list = Reader::open(path)?;
    if list.header.keys != take::keys(cx) {
        return Err(BackupError::OtherKeys);
    }
    let (mut page, mut erased) = (Vec::new(), Vec::new());
    while let Some(entry) = list.next()? {
        match entry {
            Entry::Never(one) => page.push(one),
            Entry::Erased(one) if one.at >= restored.manifest.taken_at => erased.push(one),
            Entry::Erased(_) => {}
        }
        if page.len() == PAGE {
            restored.never += lists::add_never(&cx.db, std::mem::take(&mut page)).await?;
        }
    }
    restored.never += lists::add_never(&cx.db, page).await?;
    for one in erased {
        erase(cx, one).await?;
        restored.erased += 1;
    }
    Ok(())
}

async fn erase(cx: &Cx, one: Erased) -> Result<(), BackupError> {
    Ok(erasure::again(cx, one).await?)
}

/// The lists of the database that is replaced, if it can be read: it is newer than any backup. Whether it was.
async fn from_replaced(config: &Config, cx: &Cx, file: &Path, restored: &mut Restored) -> bool {
    let lists = with_end(file, ".lists");
    let read = async {
        let old = Db::connect(config.database.url.expose(), 1).await?;
        let header = Header { instance: String::new(), keys: take::keys(cx), written_at: cx.now() };
        lists::write(&old, &lists, &header).await?;
        apply(cx, &lists, restored).await
    };
    let read = read.await;
    drop(std::fs::remove_file(&lists));
    read.is_ok()
}

fn forget(path: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(path, "removed")(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
