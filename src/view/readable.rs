//! The words of one of our own pages: what is left of it without its markup.

/// What a reader never sees.
const UNSEEN: [&str; 4] = ["head", "style", "script", "textarea"];

/// Tags that stand inside of a line; every other one begins a new line.
const INLINE: [&str; 10] = ["a", "abbr", "b", "bdi", "em", "i", "span", "strong", "time", "wbr"];

/// The few entities that the template engine writes.
const ENTITIES: [(&str, char); 8] = [
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#39;", '\''),
    ("&#x27;", '\''),
    ("&#x2F;", '/'),
    ("&nbsp;", ' '),
    ("&amp;", '&'),
];

/// One line for each block, white space as it is shown. For pages of our templates, which are whole and have
/// no comments. Every yes reads a page this way, so it goes over it once.
pub(super) fn words(html: &str) -> String {
    let mut shown = Shown { text: String::with_capacity(html.len() / 4), gap: Gap::None };
    let mut hidden: Option<&str> = None;
    for piece in html.split('<') {
        let Some((tag, words)) = piece.split_once('>') else {
            continue;
        };
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        match hidden {
            Some(unseen) if tag.strip_prefix('/') == Some(unseen) => hidden = None,
            Some(_) => continue,
            None => hidden = UNSEEN.into_iter().find(|unseen| *unseen == name && !tag.starts_with('/')),
        }
        if !INLINE.contains(&name) {
            shown.gap = Gap::Line;
        }
        if hidden.is_none() {
            shown.add(words);
        }
    }
    shown.text
}

/// What stands between the last sign and the next one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

struct Shown {
    text: String,
    gap: Gap,
}

impl Shown {
    fn add(&mut self, words: &str) {
        let mut rest = words;
        while let Some(sign) = rest.chars().next() {
            let entity =
                (sign == '&').then(|| ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity))).flatten();
            let (sign, length) =
                entity.map_or((sign, sign.len_utf8()), |(entity, sign)| (*sign, entity.len()));
            self.push(sign);
            rest = &rest[length..];
        }
    }

    /// A line break in the source is a space to the reader, and many spaces are one.
    fn push(&mut self, sign: char) {
        if sign.is_whitespace() {
            self.gap = self.gap.max(Gap::Space);
            return;
        }
        if !self.text.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => self.text.push('\n'),
            }
        }
        self.gap = Gap::None;
        self.text.push(sign);
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_those_that_a_reader_sees() {
        let html = "<!doctype html><html><head><title>No</title></head><body><h1>May <bdi>Ada &amp; Co</bdi>\n \
                    ask?</h1><p>&lt;b&gt; &amp;lt; it&#x27;s</p><textarea>typed</textarea><button>Yes</button></body>";
        assert_eq!(words(html), "May Ada & Co ask?\n<b> &lt; it's\nYes");
    }
}
