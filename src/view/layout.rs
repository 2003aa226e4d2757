//! The shape of a text mail: short lines, single blank lines, links left whole.

use super::MARK;

/// Columns of a line of prose. Quoting may add a few; RFC 5322, 2.1.1 recommends at most 78.
const WIDTH: usize = 72;
/// Quote marks beyond this many columns count against the width, so that lines stay within 78.
const FREE_PREFIX: usize = 4;

/// Wraps long lines, folds runs of blank lines into one and gives every link a line of its own.
/// Lines that hold a [`MARK`] pass untouched.
pub(super) fn text(rendered: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in rendered.lines() {
        if line.contains(MARK) {
            lines.push(line.to_owned());
            continue;
        }
        let line = line.trim_end();
        let after_blank = lines.last().is_none_or(String::is_empty);
        if line.is_empty() && after_blank {
            continue;
        }
        wrap(line, &mut lines);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.push(String::new());
    lines.join("\n")
}

/// One line, whatever came in: a subject.
pub(super) fn single_line(rendered: &str) -> String {
    let spaced = rendered.replace(|c: char| c.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wrap(line: &str, out: &mut Vec<String>) {
    let (prefix, rest) = split_prefix(line);
    let width = WIDTH - prefix.chars().count().saturating_sub(FREE_PREFIX).min(WIDTH / 2);
    let mut current = String::new();
    let mut columns = 0;
    let mut emit = |current: &mut String, columns: &mut usize| {
        if !current.is_empty() {
            out.push(format!("{prefix}{current}"));
        }
        current.clear();
        *columns = 0;
    };
    for word in rest.split(' ').filter(|word| !word.is_empty()) {
        if is_link(word) {
            emit(&mut current, &mut columns);
            current.push_str(word);
            emit(&mut current, &mut columns);
            continue;
        }
        for piece in pieces(word, width) {
            let length = piece.chars().count();
            if columns > 0 && columns + 1 + length > width {
                emit(&mut current, &mut columns);
            }
            if columns > 0 {
                current.push(' ');
                columns += 1;
            }
            current.push_str(piece);
            columns += length;
        }
    }
    emit(&mut current, &mut columns);
    if rest.trim().is_empty() {
        out.push(prefix.trim_end().to_owned());
    }
}

/// Quote marks and leading spaces, repeated on every line of what follows.
fn split_prefix(line: &str) -> (&str, &str) {
    line.split_at(line.find(|c| c != '>' && c != ' ').unwrap_or(line.len()))
}

fn is_link(word: &str) -> bool {
    let bare = word.trim_start_matches(['(', '<', '[', '"', '\'']);
    bare.starts_with("https://") || bare.starts_with("http://")
}

/// A word cut into pieces of at most `width` characters: some scripts write without spaces.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut length = 0;
    for (at, character) in word.char_indices() {
        if length >= width && !joins(character) {
            pieces.push(&word[start..at]);
            start = at;
            length = 0;
        }
        length += 1;
    }
    pieces.push(&word[start..]);
    pieces
}

/// Marks that belong to the character before them.
fn joins(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_and_blank_lines_are_folded() {
        let out = text(&format!("\n\n{}\n\n\n\nend  \n\n", "word ".repeat(40)));
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        assert!(!out.contains("\n\n\n"));
        assert!(out.starts_with("word") && out.ends_with("end\n"));
    }

    #[test]
    fn a_marked_line_passes_untouched_however_long() {
        let marked = format!("  {MARK}answer{MARK}{}", " x".repeat(100));
        assert_eq!(text(&marked), format!("{marked}\n"));
    }

    #[test]
    fn a_link_gets_a_line_of_its_own_even_in_the_middle_of_a_sentence() {
        assert_eq!(text("see https://example.org/a for more"), "see\nhttps://example.org/a\nfor more\n");
        let long = format!("https://example.org/{}", "a".repeat(90));
        assert_eq!(text(&long), format!("{long}\n"));
    }

    #[test]
    fn quoted_lines_stay_quoted_and_within_78() {
        let out = text(&format!("> {}\n>\n> > {}", "word ".repeat(30), "word ".repeat(30)));
        assert!(out.lines().all(|line| line.starts_with('>') && line.chars().count() <= 78), "{out}");
    }

    #[test]
    fn words_without_spaces_are_cut_but_not_inside_a_character() {
        let out = text(&format!("{}e\u{301}{}", "x".repeat(71), "漢".repeat(200)));
        assert!(out.lines().all(|line| line.chars().count() <= 73));
        assert!(out.lines().all(|line| !line.starts_with('\u{301}')));
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(single_line(" Ada\n <>\t Grace\u{0}\r\n"), "Ada <> Grace");
    }
}
