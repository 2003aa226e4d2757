//! A file of contacts that arrives, from the page or over the API: read while it comes, so that its size costs no
//! memory.

use std::io::{self, Read};

use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;

use super::Web;
use super::error::WebError;
use super::guard::FILE_LIMIT;
use crate::cards::{self, Fault, Head, ROWS_MAX, Row};
use crate::domain::connector::Connector;
use crate::domain::import::Import;
use crate::domain::problem::{Problem, Problems};
use crate::flow::import::{self, ImportError};

/// Entries that are kept in one unit.
const BATCH: usize = 500;
/// Pieces of the file, and batches of entries, that may wait for the other side.
const AHEAD: usize = 4;

/// A part of what was read.
enum Piece {
    Head(Head),
    Rows(Vec<(i64, Vec<String>)>),
}

/// Takes a file of this name and looks into it. One that is refused leaves nothing behind.
///
/// # Errors
/// 413 or 422 with the problem of the field `file`.
pub async fn receive<S, E>(web: &Web, who: &Connector, name: &str, file: S) -> Result<Import, WebError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let begun = import::begin(&web.cx, who, name).await?;
    match take(web, begun.clone(), file).await {
        Ok(done) => Ok(done),
        Err(error) => {
            import::discard(&web.cx, who, begun.id).await?;
            Err(match error {
                Refused::Large => large(),
                Refused::Fault(fault) => WebError::invalid(Problems(vec![problem(&fault)])),
                Refused::Error(error) => error.into(),
            })
        }
    }
}

/// 413, with the sentence.
fn large() -> WebError {
    let problem = Problem::new("file", "file-large").number("max", FILE_LIMIT >> 20);
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    WebError { problems: Problems(vec![problem]), ..WebError::new(status, "too_large") }
}

/// Why a file is not taken.
enum Refused {
    Large,
    Fault(Fault),
    Error(ImportError),
}

/// The words for it.
fn problem(fault: &Fault) -> Problem {
    let line = fault.line().and_then(|line| usize::try_from(line).ok()).unwrap_or_default();
    let code = match fault {
        Fault::Empty => "file-empty",
        Fault::Spreadsheet => "file-spreadsheet",
        Fault::Binary => "file-binary",
        Fault::NoTable => "file-no-table",
        Fault::Columns => "file-columns",
        Fault::Rows => "file-rows",
        Fault::Quote(_) => "file-quote",
        Fault::Card(_) => "file-card",
        Fault::Broken | Fault::Stopped => "file-broken",
    };
    Problem::new("file", code).number("line", line).number("max", ROWS_MAX)
}

/// Three at work: the bytes arrive, a thread reads them, and what it read is kept.
async fn take<S, E>(web: &Web, begun: Import, file: S) -> Result<Import, Refused>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let (bytes, arriving) = mpsc::channel::<Bytes>(AHEAD);
    let (pieces, read) = mpsc::channel::<Piece>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut sink = Sink { pieces, rows: Vec::with_capacity(BATCH) };
        let done = cards::read(Arriving { from: arriving, piece: Bytes::new() }, &mut sink);
        sink.flush();
        done
    });
    let (arrived, kept) = tokio::join!(pass_on(file, bytes), keep(web, begun, read));
    let read = reading.await.unwrap_or(Err(Fault::Broken));
    match (arrived, kept, read) {
        (Arrived::TooMuch, ..) => Err(Refused::Large),
        (_, Err(error), _) => Err(Refused::Error(error)),
        (Arrived::CutOff, ..) => Err(Refused::Fault(Fault::Broken)),
        (Arrived::Whole, Ok(_), Err(fault)) => Err(Refused::Fault(fault)),
        (Arrived::Whole, Ok(kept), Ok(())) => import::was_read(&web.cx, &kept).await.map_err(Refused::Error),
    }
}

/// How the bytes came.
enum Arrived {
    Whole,
    TooMuch,
    CutOff,
}

/// Hands the bytes to the thread. What is too much is read to its end and thrown away: who is hung up on while
/// sending never sees the answer.
async fn pass_on<S, E>(mut file: S, to: mpsc::Sender<Bytes>) -> Arrived
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let (mut length, mut to) = (0, Some(to));
    loop {
        match file.next().await {
            Some(Ok(bytes)) => {
                length += bytes.len();
                if length > FILE_LIMIT {
                    to = None;
                }
                // A reader that has found a fault listens no more.
                if let Some(open) = &to
                    && open.send(bytes).await.is_err()
                {
                    to = None;
                }
            }
            None | Some(Err(_)) if length > FILE_LIMIT => return Arrived::TooMuch,
            None => return Arrived::Whole,
            Some(Err(_)) => return Arrived::CutOff,
        }
    }
}

/// Keeps what was read, batch by batch.
async fn keep(web: &Web, mut of: Import, mut read: mpsc::Receiver<Piece>) -> Result<Import, ImportError> {
    while let Some(piece) = read.recv().await {
        of = match piece {
            Piece::Head(head) => import::take(&web.cx, &of, Some(&head), Vec::new()).await?,
            Piece::Rows(rows) => import::take(&web.cx, &of, None, rows).await?,
        };
    }
    Ok(of)
}

/// The bytes as the reading thread wants them.
struct Arriving {
    from: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = out.len().min(self.piece.len());
        out[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}

struct Sink {
    pieces: mpsc::Sender<Piece>,
    rows: Vec<(i64, Vec<String>)>,
}

impl Sink {
    fn flush(&mut self) -> bool {
        let rows = std::mem::take(&mut self.rows);
        rows.is_empty() || self.pieces.blocking_send(Piece::Rows(rows)).is_ok()
    }
}

impl cards::Reader for Sink {
    fn head(&mut self, head: Head) -> bool {
        self.pieces.blocking_send(Piece::Head(head)).is_ok()
    }

    fn row(&mut self, row: Row) -> bool {
        // PostgreSQL keeps no NUL in a text.
        let cells = row.cells.into_iter().map(|cell| cell.replace('\0', "")).collect();
        self.rows.push((i64::try_from(row.line).unwrap_or(i64::MAX), cells));
        self.rows.len() < BATCH || self.flush()
    }
}
