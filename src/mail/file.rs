//! Mail as files: one `.eml` per recipient in a folder, complete or not there at all.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

use super::captured::header;
use super::fault::{Fault, Stage};
use super::session::Accepted;

/// A folder that takes mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTransport {
    pub folder: PathBuf,
}

/// The folder, ready to be written to.
pub struct FileConn {
    folder: PathBuf,
    offered: Option<String>,
}

impl FileConn {
    pub(super) async fn open(transport: &FileTransport) -> Result<Self, Fault> {
        let folder = transport.folder.clone();
        fs::create_dir_all(&folder).await.map_err(|error| Fault::broken(Stage::Connect, &reason(&error)))?;
        Ok(Self { folder, offered: None })
    }

    pub(super) fn offer(&mut self, recipient: &str) {
        self.offered = Some(recipient.to_owned());
    }

    pub(super) fn abandon(&mut self) {
        self.offered = None;
    }

    pub(super) async fn transmit(&mut self, mail: &[u8]) -> Result<Accepted, Fault> {
        let Some(recipient) = self.offered.take() else {
            return Err(Fault::broken(Stage::Data, "no recipient is waiting"));
        };
        let name = file_name(mail, &recipient);
        // A repeated attempt writes the same bytes to the same name, so a failure is never "perhaps sent".
        match write(&self.folder, &name, mail).await {
            Ok(()) => Ok(Accepted { code: 250, text: format!("written to {name}") }),
            Err(error) => Err(Fault::broken(Stage::Data, &reason(&error))),
        }
    }
}

async fn write(folder: &Path, name: &str, mail: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(format!(".{name}.tmp"));
    let mut file = File::create(&unfinished).await?;
    file.write_all(mail).await?;
    file.sync_all().await?;
    fs::rename(&unfinished, folder.join(name)).await?;
    File::open(folder).await?.sync_all().await
}

/// `<message id>-<hash of the recipient>.eml`, in letters that every file system takes.
fn file_name(mail: &[u8], recipient: &str) -> String {
    let id = header(mail, "Message-ID").unwrap_or_else(|| HEXLOWER.encode(&Sha256::digest(mail)));
    let id: String = id
        .trim_matches(['<', '>', ' '])
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_@".contains(c) { c } else { '.' })
        .take(120)
        .collect();
    let digest = Sha256::digest(recipient.as_bytes());
    format!("{}-{}.eml", id.trim_start_matches('.'), HEXLOWER.encode(digest.get(..8).unwrap_or_default()))
}

/// The kind of error without the path.
fn reason(error: &std::io::Error) -> String {
    format!("the mail folder cannot be written to: {}", error.kind())
}
