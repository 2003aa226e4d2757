//! A client that costs next to nothing: whoever loads the service stands on the cores that it runs on. A request is made
//! before its time is taken, and is one write; a reply is read as far as it goes, and not looked into.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// A connection that stays open. It blocks: each client is a thread.
pub struct Wire {
    stream: TcpStream,
    reply: Vec<u8>,
}

/// What came back.
pub struct Reply<'w> {
    pub status: u16,
    pub body: &'w [u8],
}

impl Wire {
    pub fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, reply: vec![0; 64 << 10] })
    }

    /// Sends a request and reads its reply, which must say how long it is.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request)?;
        let (mut read, mut whole) = (0, None);
        let (head, end) = loop {
            if let Some((head, end)) = whole
                && read >= end
            {
                break (head, end);
            }
            if read == self.reply.len() {
                self.reply.resize(2 * read, 0);
            }
            match self.stream.read(&mut self.reply[read..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
            if whole.is_none() {
                whole = lengths(&self.reply[..read])?;
            }
        };
        // `HTTP/1.1 200 OK`
        let status = std::str::from_utf8(&self.reply[9..12]).ok().and_then(|code| code.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        Ok(Reply { status, body: &self.reply[head..end] })
    }
}

impl Reply<'_> {
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }
}

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, headers: &[&str], body: &str) -> Vec<u8> {
    let headers: String = headers.iter().flat_map(|line| [line, "\r\n"]).collect();
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Where the head of a reply ends, and where its body does; `None` until the whole head is there.
fn lengths(reply: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(at) = reply.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&reply[..at]).map_err(io::Error::other)?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
    });
    let body = at + 4;
    length.map(|length| Some((body, body + length))).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
