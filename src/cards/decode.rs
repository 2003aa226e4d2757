//! Bytes of an unknown file as UTF-8: by its byte order mark, else as UTF-8, and from the first byte that cannot be
//! UTF-8 on as Windows-1252, which is what spreadsheets write without saying so.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at once.
const PIECE: usize = 16 * 1024;

/// A file that is read as UTF-8, whatever it is.
pub struct Utf8<R> {
    source: R,
    how: How,
    /// Raw bytes that are not decoded yet.
    raw: Vec<u8>,
    /// Decoded text that was not given yet, and how much of it was.
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

enum How {
    /// Nothing was read yet.
    Unknown,
    /// As it comes, as long as it is valid.
    Plain,
    By(Box<Decoder>),
}

impl<R: Read> Utf8<R> {
    pub fn new(source: R) -> Self {
        Self { source, how: How::Unknown, raw: Vec::new(), text: Vec::new(), given: 0, ended: false }
    }

    fn more(&mut self) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        let length = self.source.read(&mut piece)?;
        self.ended = length == 0;
        self.raw.extend_from_slice(&piece[..length]);
        if matches!(self.how, How::Unknown) {
            // A mark may come in two pieces.
            if self.raw.len() < 4 && !self.ended {
                return Ok(());
            }
            self.begin();
        }
        self.decode();
        Ok(())
    }

    fn begin(&mut self) {
        let (encoding, mark) = match self.raw.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (UTF_8, 3),
            [0xff, 0xfe, ..] => (UTF_16LE, 2),
            [0xfe, 0xff, ..] => (UTF_16BE, 2),
            // Every second byte of plain Latin letters is zero.
            [low, 0, _, 0, ..] if *low != 0 => (UTF_16LE, 0),
            [0, high, 0, _, ..] if *high != 0 => (UTF_16BE, 0),
            _ => (UTF_8, 0),
        };
        self.raw.drain(..mark);
        self.how = if encoding == UTF_8 {
            How::Plain
        } else {
            How::By(Box::new(encoding.new_decoder_without_bom_handling()))
        };
    }

    fn decode(&mut self) {
        if let How::Plain = self.how {
            let (good, broken) = match std::str::from_utf8(&self.raw) {
                Ok(all) => (all.len(), false),
                // A letter that the piece cut through, unless there is no other piece.
                Err(error) => (error.valid_up_to(), error.error_len().is_some() || self.ended),
            };
            self.text.extend(self.raw.drain(..good));
            if !broken || self.raw.is_empty() {
                return;
            }
            self.how = How::By(Box::new(WINDOWS_1252.new_decoder_without_bom_handling()));
        }
        if let How::By(decoder) = &mut self.how {
            let room = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3 + 16);
            let mut out = vec![0; room];
            let (result, read, written, _) = decoder.decode_to_utf8(&self.raw, &mut out, self.ended);
            debug_assert!(result == CoderResult::InputEmpty);
            self.raw.drain(..read);
            self.text.extend_from_slice(&out[..written]);
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.text.clear();
            self.given = 0;
            self.more()?;
        }
        let length = out.len().min(self.text.len() - self.given);
        out[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// A text whose lines all end in LF, so that they are counted as people count them.
pub struct Lines<R> {
    text: R,
    /// The last piece ended in a CR of which it is not known yet what follows.
    held: bool,
}

impl<R: Read> Lines<R> {
    pub const fn new(text: R) -> Self {
        Self { text, held: false }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.len() < 2 {
            return self.text.read(out);
        }
        loop {
            let room = out.len() - 1;
            let length = self.text.read(&mut out[1..=room])?;
            if length == 0 {
                out[0] = b'\n';
                return Ok(usize::from(std::mem::take(&mut self.held)));
            }
            let mut kept = 0;
            for at in 1..=length {
                let byte = out[at];
                if std::mem::replace(&mut self.held, byte == b'\r') && byte != b'\n' {
                    // Alone it ends a line too, as it did on old machines.
                    out[kept] = b'\n';
                    kept += 1;
                }
                if byte != b'\r' {
                    out[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one by one, so that every letter is cut through.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn read(bytes: &[u8]) -> String {
        let mut whole = String::new();
        Utf8::new(bytes).read_to_string(&mut whole).unwrap();
        let mut dripped = String::new();
        Utf8::new(Drip(bytes)).read_to_string(&mut dripped).unwrap();
        assert_eq!(whole, dripped);
        whole
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn line_ends_of_every_machine_are_the_same() {
        for text in ["a\r\nb\r\n\r\nc", "a\nb\n\nc", "a\rb\r\rc", "a\r\nb\n\r\nc"] {
            let (mut whole, mut dripped) = (String::new(), String::new());
            Lines::new(text.as_bytes()).read_to_string(&mut whole).unwrap();
            Lines::new(Drip(text.as_bytes())).read_to_string(&mut dripped).unwrap();
            assert_eq!((whole.as_str(), dripped.as_str()), ("a\nb\n\nc", "a\nb\n\nc"), "{text:?}");
        }
    }

    #[test]
    fn every_usual_encoding_is_read() {
        let text = "Name;Ort\r\nZoë Świątek;Köln 🙂";
        assert_eq!(read(text.as_bytes()), text);
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), text);
        let marked = format!("\u{feff}{text}");
        assert_eq!(read(&utf16(&marked, u16::to_le_bytes)), text);
        assert_eq!(read(&utf16(&marked, u16::to_be_bytes)), text);
        assert_eq!(read(&utf16(text, u16::to_le_bytes)), text);
        assert_eq!(read(b"Name\nJos\xe9 \x80 5"), "Name\nJosé € 5");
        assert_eq!(read(b"ends with \xe9"), "ends with é");
        assert_eq!(read(b""), "");
        assert_eq!(read(b"a"), "a");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_bytes_are_it_is_text(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            read(&bytes);
        }
    }
}
