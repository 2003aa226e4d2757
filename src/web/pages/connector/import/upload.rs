//! Taking a file: read while it arrives, so that its size costs no memory.

use std::io::{self, Read};

use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::mpsc;

use super::super::super::session::{SignedIn, see_other};
use crate::cards::{self, Fault, Head, ROWS_MAX, Row};
use crate::domain::import::Import;
use crate::domain::problem::{Problem, Problems};
use crate::flow::import::{self, ImportError};
use crate::urls::{self, path};
use crate::web::Web;
use crate::web::error::WebError;
use crate::web::guard::FILE_LIMIT;

/// Entries that are kept in one unit.
const BATCH: usize = 500;
/// Pieces of the file, and batches of entries, that may wait for the other side.
const AHEAD: usize = 4;

/// A part of what was read.
enum Piece {
    Head(Head),
    Rows(Vec<(i64, Vec<String>)>),
}

/// Takes a file and looks into it.
pub async fn upload(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, WebError> {
    let unsupported = |_| WebError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
    let mut form = form.map_err(unsupported)?;
    let refused = |problem: Problem| (StatusCode::UNPROCESSABLE_ENTITY, Problems(vec![problem]));
    let (status, problems) = loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break refused(Problem::new("file", "file-missing")),
            Err(_) => break refused(Problem::new("file", "file-broken")),
        };
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            break refused(Problem::new("file", "file-missing"));
        }
        match import::begin(&web.cx, &who, &name).await {
            Ok(begun) => match take(&web, begun.clone(), field).await {
                Ok(done) => return Ok(see_other(&urls::of(path::IMPORT_ONE, done.id))),
                Err(error) => {
                    import::discard(&web.cx, &who, begun.id).await?;
                    match error {
                        Refused::Large => {
                            let problem = Problem::new("file", "file-large").number("max", FILE_LIMIT >> 20);
                            break (StatusCode::PAYLOAD_TOO_LARGE, Problems(vec![problem]));
                        }
                        Refused::Fault(fault) => break refused(problem(&fault)),
                        Refused::Error(error) => return Err(error.into()),
                    }
                }
            },
            Err(ImportError::Invalid(problems)) => break (StatusCode::UNPROCESSABLE_ENTITY, problems),
            Err(error) => return Err(error.into()),
        }
    };
    super::page(&web, &who, status, &problems, false).await
}

/// Why a file is not taken.
enum Refused {
    Large,
    Fault(Fault),
    Error(ImportError),
}

/// The words for it.
pub(crate) fn problem(fault: &Fault) -> Problem {
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
async fn take(
    web: &Web,
    begun: Import,
    field: axum::extract::multipart::Field<'_>,
) -> Result<Import, Refused> {
    let (bytes, arriving) = mpsc::channel::<Bytes>(AHEAD);
    let (pieces, read) = mpsc::channel::<Piece>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut sink = Sink { pieces, rows: Vec::with_capacity(BATCH) };
        let done = cards::read(Arriving { from: arriving, piece: Bytes::new() }, &mut sink);
        sink.flush();
        done
    });
    let (arrived, kept) = tokio::join!(pass_on(field, bytes), keep(web, begun, read));
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
async fn pass_on(mut field: axum::extract::multipart::Field<'_>, to: mpsc::Sender<Bytes>) -> Arrived {
    let (mut length, mut to) = (0, Some(to));
    loop {
        match field.chunk().await {
            Ok(Some(bytes)) => {
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
            Ok(None) | Err(_) if length > FILE_LIMIT => return Arrived::TooMuch,
            Ok(None) => return Arrived::Whole,
            Err(_) => return Arrived::CutOff,
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
