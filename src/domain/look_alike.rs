//! Words that are written to be taken for others (Unicode Technical Standard 39).
//!
//! A word of letters from two scripts that no language mixes is refused in names and domains. A domain that reads like
//! plain Latin letters and has none is refused too; a name of that kind may be somebody's own.

use unicode_script::{Script, UnicodeScript};

/// Whether some word of the text has letters of scripts that are not written together.
///
/// Latin beside the scripts of Chinese, Japanese and Korean is usual ("highly restrictive", UTS 39, 5.2).
#[must_use]
pub fn mixes_scripts(text: &str) -> bool {
    text.split(|c: char| !is_in_word(c)).any(|word| {
        let mut scripts: Vec<Script> =
            word.chars().map(|c| c.script()).filter(|script| counts(*script)).collect();
        scripts.sort_unstable_by_key(|script| *script as u8);
        scripts.dedup();
        scripts.len() > 1 && !scripts.iter().all(|script| is_written_with_latin(*script))
    })
}

/// Whether a label of a domain reads like plain Latin letters without having any, e.g. one of Cyrillic letters.
#[must_use]
pub fn poses_as_latin(label: &str) -> bool {
    let mut letters = label.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some()
        && letters.all(|c| c.script() != Script::Latin)
        && unicode_security::skeleton(label).all(|c| c.is_ascii())
}

/// Letters and the marks upon them.
fn is_in_word(c: char) -> bool {
    c.is_alphabetic() || c.script() == Script::Inherited
}

const fn counts(script: Script) -> bool {
    !matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

const fn is_written_with_latin(script: Script) -> bool {
    use Script::{Bopomofo, Han, Hangul, Hiragana, Katakana, Latin};
    matches!(script, Latin | Han | Hiragana | Katakana | Hangul | Bopomofo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_names_of_many_languages_pass() {
        for name in [
            "Ada Lovelace",
            "Zoë O’Connor-Núñez",
            "Łukasz Żółć",
            "Nguyễn Thị Minh Khai",
            "İrem Işık",
            "Фёдор Достоевский",
            "Іван Франко",
            "Μαρία Κάλλας",
            "محمد علي",
            "דוד בן־גוריון",
            "山田 太郎",
            "ヤマダ タロウ",
            "田中さくら",
            "김연아 Yuna Kim",
            "王Wang",
            "प्रेमचन्द",
            "தமிழ் செல்வி",
            "Անի Տեր-Պետրոսյան",
            "Jose\u{301}",
            "Ada (they) 2",
            "",
        ] {
            assert!(!mixes_scripts(name), "{name}");
        }
    }

    #[test]
    fn words_of_two_scripts_do_not() {
        for name in ["Аda Lovelace", "Ada Lοvelace", "PayPаl", "Gооgle", "ᏙᎡsе", "Ⲁda"] {
            assert!(mixes_scripts(name), "{name}");
        }
    }

    #[test]
    fn a_label_without_latin_letters_that_reads_like_them_is_found() {
        for label in ["аррӏе", "осе", "ѕсоре"] {
            assert!(poses_as_latin(label), "{label}");
        }
        for label in ["apple", "bücher", "почта", "пример", "παράδειγμα", "例え", "123"]
        {
            assert!(!poses_as_latin(label), "{label}");
        }
    }
}
