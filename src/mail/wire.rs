//! The byte stream under an SMTP session, and the few replies read before lettre takes over.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::io::{AsyncRead as FuturesRead, AsyncWrite as FuturesWrite};
#[expect(deprecated, reason = "the only public way to lettre's TLS over an own socket")]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncTokioStream, TlsParameters};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::fault::{Fault, Stage};

const GREETING: &[u8] = b"220 greeted\r\n";

/// The longest reply read here (RFC 5321, 4.5.3.1.5 allows 512 octets a line).
const LONGEST_REPLY: usize = 16_384;

/// A TCP connection, plain or under TLS.
///
/// What the server says reaches lettre as ASCII: it takes any other byte for a broken connection, and a
/// refusal in an old national character set would turn into "perhaps accepted".
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    /// Bytes to be read before those of the stream.
    first: &'static [u8],
    overheard: Option<Overheard>,
}

/// What the server says while somebody listens: lettre keeps of the reply to EHLO only what it uses itself.
#[derive(Clone, Debug)]
pub(super) struct Overheard(Arc<Mutex<Option<Vec<u8>>>>);

impl Overheard {
    fn begin() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }

    fn hear(&self, bytes: &[u8]) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = said.as_mut().filter(|said| said.len() < LONGEST_REPLY) {
            said.extend_from_slice(bytes);
        }
    }

    /// Stops listening; whether EHLO was answered with that extension (RFC 5321, 4.1.1.1).
    pub(super) fn offers(&self, extension: &str) -> bool {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        said.lines().filter_map(|line| split_reply(line.trim_end()).ok()).any(|(code, _, words)| {
            let keyword = words.split(' ').next().unwrap_or_default();
            code == 250 && keyword.eq_ignore_ascii_case(extension)
        })
    }
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    #[expect(deprecated, reason = "see the import")]
    Tls(Box<AsyncNetworkStream>),
}

impl Wire {
    pub(super) fn tcp(stream: TcpStream) -> Self {
        Self { stream: Stream::Tcp(stream), first: &[], overheard: None }
    }

    /// The same connection after a TLS handshake.
    #[expect(deprecated, reason = "see the import")]
    pub(super) async fn encrypt(
        self,
        parameters: TlsParameters,
    ) -> Result<Self, lettre::transport::smtp::Error> {
        let Stream::Tcp(tcp) = self.stream else { return Ok(self) };
        let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(tcp));
        stream.upgrade_tls(parameters).await?;
        Ok(Self { stream: Stream::Tls(Box::new(stream)), first: &[], overheard: None })
    }

    /// Lets the next reader see a greeting once more.
    pub(super) fn replay_greeting(self) -> Self {
        Self { first: GREETING, ..self }
    }

    /// Keeps what the server says from now on, until it is asked for.
    pub(super) fn overheard(self) -> (Self, Overheard) {
        let overheard = Overheard::begin();
        (Self { overheard: Some(overheard.clone()), ..self }, overheard)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Tcp(tcp) => tcp.peer_addr(),
            Stream::Tls(tls) => tls.peer_addr(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.first.is_empty() {
            let (now, later) = self.first.split_at(self.first.len().min(buf.remaining()));
            buf.put_slice(now);
            self.first = later;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        match &mut self.stream {
            Stream::Tcp(tcp) => ready!(Pin::new(tcp).poll_read(cx, buf))?,
            Stream::Tls(tls) => {
                let n = ready!(Pin::new(&mut **tls).poll_read(cx, buf.initialize_unfilled()))?;
                buf.advance(n);
            }
        }
        for byte in buf.filled_mut().iter_mut().skip(before) {
            if !byte.is_ascii() {
                *byte = b'?';
            }
        }
        if let Some(overheard) = &self.overheard {
            overheard.hear(&buf.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_write(cx, data),
            Stream::Tls(tls) => Pin::new(&mut **tls).poll_write(cx, data),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(&mut **tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(&mut **tls).poll_close(cx),
        }
    }
}

/// The conversation before lettre takes over. Reads byte by byte, so that nothing beyond a reply is taken
/// out of the stream.
pub(super) struct Plain {
    wire: Wire,
}

impl Plain {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire }
    }

    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    pub(super) async fn say(&mut self, stage: Stage, limit: Duration, line: &str) -> Result<(), Fault> {
        match timeout(limit, self.wire.write_all(line.as_bytes())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Fault::broken(stage, &error.to_string())),
            Err(_) => Err(Fault::timeout(stage)),
        }
    }

    /// Reads one reply and returns its lines without the code; any code but `wanted` is a fault.
    pub(super) async fn expect(
        &mut self,
        stage: Stage,
        limit: Duration,
        wanted: u16,
    ) -> Result<Vec<String>, Fault> {
        let reply = match timeout(limit, self.reply()).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => return Err(Fault::broken(stage, &error.to_string())),
            Err(_) => return Err(Fault::timeout(stage)),
        };
        let (code, lines) = reply;
        if code == wanted {
            Ok(lines)
        } else if (400..600).contains(&code) {
            Err(Fault::reply(stage, code, &lines.join(" ")))
        } else {
            Err(Fault::broken(stage, "the mail server gave an unexpected reply"))
        }
    }

    async fn reply(&mut self) -> io::Result<(u16, Vec<String>)> {
        let mut lines = Vec::new();
        let mut line = Vec::new();
        for _ in 0..LONGEST_REPLY {
            match self.wire.read_u8().await? {
                b'\n' => {
                    let text = String::from_utf8_lossy(&line).into_owned();
                    let (code, more, words) = split_reply(text.trim_end())?;
                    lines.push(words.to_owned());
                    if !more {
                        return Ok((code, lines));
                    }
                    line.clear();
                }
                byte => line.push(byte),
            }
        }
        Err(io::Error::other("the mail server's reply does not end"))
    }
}

/// `250-SIZE 1000` to 250, more to come, `SIZE 1000` (RFC 5321, 4.2.1).
fn split_reply(line: &str) -> io::Result<(u16, bool, &str)> {
    let unreadable = || io::Error::other("the mail server's reply cannot be read");
    let (code, rest) = line.split_at_checked(3).ok_or_else(unreadable)?;
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(unreadable());
    }
    let code = code.parse().map_err(|_| unreadable())?;
    match rest.as_bytes().first() {
        None => Ok((code, false, "")),
        Some(b' ') => Ok((code, false, &rest[1..])),
        Some(b'-') => Ok((code, true, &rest[1..])),
        Some(_) => Err(unreadable()),
    }
}
