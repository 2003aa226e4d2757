//! What a disk would hold after a power cut: the files of a run, rebuilt from what was synced and a random part
//! of what was not. Read from a log of strace.

use std::collections::{BTreeMap, HashMap};

use twoyes::clock::Ts;

use super::siege::Dice;

/// How strace has to be started for [`read_log`].
pub const STRACE: [&str; 11] = [
    "-f",
    "-D",
    "-qq",
    "-ttt",
    "-T",
    "-y",
    "-xx",
    "-s",
    "1000000",
    "-e",
    "trace=pwrite64,fdatasync,fsync,ftruncate,unlink",
];

/// A call that changed a file or made a change last.
#[derive(Clone, Debug)]
pub struct Call {
    pub began: Ts,
    pub ended: Ts,
    /// The last part of the path.
    pub file: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Write { at: usize, data: Vec<u8> },
    Truncate { to: usize },
    Sync,
    Unlink,
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<What>,
}

/// The calls of a log, in order. Those that did not succeed did nothing.
pub fn read_log(text: &str) -> Vec<Call> {
    let mut begun = HashMap::<&str, (&str, &str)>::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.trim_start().split_once(' ') else { continue };
        let Some((time, rest)) = rest.trim_start().split_once(' ') else { continue };
        if let Some((head, _)) = rest.split_once(" <unfinished ...>") {
            begun.insert(thread, (time, head));
        } else if let Some((_, tail)) = rest.split_once(" resumed>") {
            let (time, head) = begun.remove(thread).unwrap();
            calls.extend(call(time, &format!("{head}{tail}")));
        } else {
            calls.extend(call(time, rest));
        }
    }
    calls
}

fn call(time: &str, text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(") ")?;
    let result = result.trim_start().strip_prefix("= ")?;
    if result.starts_with('-') || result.contains("INJECTED") {
        return None;
    }
    let took: f64 = result.rsplit_once('<')?.1.trim_end_matches('>').parse().ok()?;
    let path = match name {
        "unlink" => arguments.split('"').nth(1)?,
        _ => arguments.split_once('<')?.1.split_once('>')?.0,
    };
    let path = String::from_utf8(bytes(path)).ok()?;
    let last = || arguments.rsplit(", ").next()?.parse::<usize>().ok();
    let what = match name {
        "pwrite64" => What::Write { at: last()?, data: bytes(arguments.split('"').nth(1)?) },
        "ftruncate" => What::Truncate { to: last()? },
        "fdatasync" | "fsync" => What::Sync,
        "unlink" => What::Unlink,
        _ => return None,
    };
    let began = micros(time)?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds of one call")]
    let ended = Ts(began.0 + (took * 1e6).ceil() as i64);
    Some(Call { began, ended, file: path.rsplit('/').next()?.to_owned(), what })
}

fn micros(time: &str) -> Option<Ts> {
    let (seconds, rest) = time.split_once('.')?;
    Some(Ts(seconds.parse::<i64>().ok()? * 1_000_000 + rest.parse::<i64>().ok()?))
}

/// `\x41\x42` as bytes.
fn bytes(hex: &str) -> Vec<u8> {
    hex.split("\\x").skip(1).map(|pair| u8::from_str_radix(&pair[..2], 16).unwrap()).collect()
}

/// The same run with `synchronous=NORMAL`: the log of SQLite is only synced before it goes into the database, and after
/// its first bytes, when it begins anew.
pub fn as_normal(calls: &[Call], database: &str) -> Vec<Call> {
    let wal = format!("{database}-wal");
    let mut kept = Vec::new();
    for (nth, call) in calls.iter().enumerate() {
        let next = calls[nth + 1..].iter().find(|next| !next.file.ends_with("-shm"));
        let checkpoint = next.is_some_and(|next| next.file == database);
        let last = calls[..nth].iter().rfind(|last| last.file == wal);
        let begins = last.is_some_and(|last| matches!(last.what, What::Write { at: 0, .. }));
        if call.file != wal || call.what != What::Sync || checkpoint || begins {
            kept.push(call.clone());
        }
    }
    kept
}

/// The files after a power cut at this moment: all that was synced, of the rest what chance says, and one
/// write by half.
pub fn cut(
    before: &BTreeMap<String, Vec<u8>>,
    calls: &[Call],
    at: Ts,
    dice: &mut Dice,
) -> BTreeMap<String, Vec<u8>> {
    let start = |(name, bytes): (&String, &Vec<u8>)| {
        (name.clone(), File { synced: bytes.clone(), pending: Vec::new() })
    };
    let mut files: BTreeMap<String, File> = before.iter().map(start).collect();
    for call in calls.iter().filter(|call| call.began < at && !call.file.ends_with("-shm")) {
        let file = files.entry(call.file.clone()).or_default();
        match &call.what {
            What::Sync if call.ended <= at => {
                for change in std::mem::take(&mut file.pending) {
                    change.apply(&mut file.synced);
                }
            }
            What::Sync => {}
            change => file.pending.push(change.clone()),
        }
    }
    let mut torn = false;
    let mut after = BTreeMap::new();
    for (name, File { mut synced, pending }) in files {
        for change in pending {
            match (dice.below(3), change) {
                (0, _) => {}
                (1, What::Write { at, data }) if !torn && data.len() > 1 => {
                    torn = true;
                    What::Write { at, data: data[..data.len() / 2].to_vec() }.apply(&mut synced);
                }
                (_, change) => change.apply(&mut synced),
            }
        }
        after.insert(name, synced);
    }
    after
}

impl What {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { at, data } => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[at..at + data.len()].copy_from_slice(&data);
            }
            Self::Truncate { to } => bytes.resize(to, 0),
            Self::Unlink => bytes.clear(),
            Self::Sync => {}
        }
    }
}
