//! Header fields and the groups of fields in reports, which have the same form (RFC 5322, 2.2; RFC 3464, 2.1).

/// Fields in their order: names in lower case, values unfolded.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// More lines than this are not read.
const LINES_MAX: usize = 4_000;
const VALUE_MAX: usize = 16_000;

impl Fields {
    /// The fields up to the first empty line, and what follows it. Either kind of line end will do.
    pub(super) fn parse(text: &[u8]) -> (Self, &[u8]) {
        let mut fields = Self::default();
        let mut rest = text;
        for _ in 0..LINES_MAX {
            let Some((line, after)) = split_line(rest) else { break };
            rest = after;
            if line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            fields.add(&String::from_utf8_lossy(line));
        }
        (fields, rest)
    }

    fn add(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = self.0.last_mut().filter(|(_, value)| value.len() < VALUE_MAX) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            self.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Groups of fields with empty lines between them.
pub(super) fn groups(text: &[u8]) -> Vec<Fields> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && all.len() < LINES_MAX {
        let (group, after) = Fields::parse(rest);
        if !group.is_empty() {
            all.push(group);
        }
        rest = after;
    }
    all
}

/// The first line without its end, and the rest.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let line = &text[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), text.get(end + 1..).unwrap_or_default()))
}
