//! The words of one of our own pages: what is left of it without its markup.

/// What a reader never sees.
const UNSEEN: [&str; 4] = ["head", "style", "script", "textarea"];

/// Tags that stand inside of a line; every other one begins a new line.
const INLINE: [&str; 10] = ["a", "abbr", "b", "bdi", "em", "i", "span", "strong", "time", "wbr"];

/// One line for each block, white space as it is shown. For pages of our templates, which are whole and have
/// no comments.
pub(super) fn words(html: &str) -> String {
    let mut text = String::new();
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
            text.push('\n');
        }
        if hidden.is_none() {
            // A line break in the source is a space to the reader.
            text.extend(unescape(words).chars().map(|c| if c == '\n' { ' ' } else { c }));
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The few entities that the template engine writes; the ampersand last, so that none is read twice.
fn unescape(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities.into_iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
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
