//! Files and folders that are whole or not there.

use std::fs::{DirBuilder, File};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::{BackupError, io};

/// A folder for one owner, made aside and then given its name.
pub struct Aside {
    folder: PathBuf,
    name: PathBuf,
}

impl Aside {
    /// Makes it beside `name`, which must not exist. What a backup left that died here is thrown away.
    pub fn make(name: &Path) -> Result<Self, BackupError> {
        if name.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(name.to_owned()));
        }
        let folder = with_end(name, ".partial");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(io(&folder, "removed"))?;
        }
        DirBuilder::new().mode(0o700).create(&folder).map_err(io(&folder, "made"))?;
        Ok(Self { folder, name: name.to_owned() })
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Gives it its name, once all of it is on disk. Never takes the place of anything.
    pub fn keep(self) -> Result<(), BackupError> {
        for entry in std::fs::read_dir(&self.folder).map_err(io(&self.folder, "read"))?.flatten() {
            let path = entry.path();
            let owner = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&path, owner).map_err(io(&path, "protected"))?;
            sync(&path)?;
        }
        sync(&self.folder)?;
        renameat_with(CWD, &self.folder, CWD, &self.name, RenameFlags::NOREPLACE).map_err(
            |error| match error {
                Errno::EXIST => BackupError::Exists(self.name.clone()),
                other => io(&self.name, "named")(other.into()),
            },
        )?;
        sync(folder_of(&self.name))
    }

    /// Throws it away; what stays after a failure of that is thrown away by the next backup of this name.
    pub fn drop_all(self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The path with something behind its name.
pub fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file or folder is on disk, not only in memory.
pub fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|open| open.sync_all()).map_err(io(path, "written"))
}

/// Length and SHA-256 of a file.
pub fn digest(path: &Path) -> Result<(u64, String), BackupError> {
    let mut file = File::open(path).map_err(io(path, "read"))?;
    let (mut sum, mut length, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut piece).map_err(io(path, "read"))?;
        if read == 0 {
            return Ok((length, data_encoding::HEXLOWER.encode(&sum.finalize())));
        }
        sum.update(&piece[..read]);
        length += u64::try_from(read).unwrap_or(0);
    }
}
