//! The words of a name, as they are looked for: without case and accents, by their beginnings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer beginnings find nothing more.
const PREFIX_MAX: usize = 10;
/// More words of one name, or of one search, are not looked at.
const WORDS_MAX: usize = 6;

/// Lower case, without accents; at most six.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let pieces = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    pieces.take(WORDS_MAX).map(str::to_owned).collect()
}

/// Every beginning of these words, each once.
#[must_use]
pub fn prefixes(words: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for word in words {
        let letters: Vec<char> = word.chars().take(PREFIX_MAX).collect();
        all.extend((1..=letters.len()).map(|length| letters[..length].iter().collect::<String>()));
    }
    all.sort();
    all.dedup();
    all
}

/// What is looked for, word by word: each is one of [`prefixes`] of whatever it finds.
#[must_use]
pub fn sought(text: &str) -> Vec<String> {
    let mut sought: Vec<String> =
        words(text).iter().map(|word| word.chars().take(PREFIX_MAX).collect()).collect();
    sought.sort();
    sought.dedup();
    sought
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        assert_eq!(words("  Zoë O'Neill-Świątek "), ["zoe", "o", "neill", "swiatek"]);
        assert_eq!(words("王 小明"), ["王", "小明"]);
        assert_eq!(words("…"), Vec::<String>::new());
    }

    #[test]
    fn a_word_is_found_by_each_beginning() {
        let all = prefixes(&words("Ada Adabcdefghijklm"));
        assert_eq!(all.len(), 10);
        for text in ["a", "AD", "ada", "Adabcdefghijklmnop"] {
            assert!(all.contains(&sought(text)[0]), "{text}");
        }
    }
}
