//! What the SMTP server of the tests is told to do, and where.

use std::time::Duration;

/// A place in the conversation where the server can be told what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// When the first line of the mail has come.
    Body,
    /// The reply after the final dot. The mail is kept unless the reply is 4xx or 5xx, also when the client
    /// never hears about it.
    Dot,
    Rset,
}

/// What the server does instead of a friendly reply.
#[derive(Clone, Debug)]
pub enum Act {
    /// These lines, without the CRLF at the end.
    Reply(String),
    /// Raw bytes, whatever they mean.
    Bytes(Vec<u8>),
    /// The reply after a while.
    Slow(Duration, String),
    /// The reply, one byte at a time with this pause between two.
    Drip(Duration, String),
    /// Nothing, and the connection stays open.
    Mute,
    /// Hangs up.
    Close,
    /// Replies and hangs up.
    ReplyAndClose(String),
    /// Replies, and then nothing for ever.
    ReplyAndMute(String),
}

impl Act {
    pub fn reply(line: &str) -> Self {
        Self::Reply(line.to_owned())
    }
}
