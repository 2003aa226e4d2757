//! Texts that were made before and are wanted again: of the same template, in the same language, with the same values.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// A few texts, for as long as somebody holds it. Clones share them.
#[derive(Clone)]
pub(super) struct Memo<T> {
    texts: Arc<Mutex<Vec<(String, T)>>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { texts: Arc::default() }
    }
}

impl<T: Clone> Memo<T> {
    /// The text of this template with these values, or what `make` makes of them.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub(super) fn text<V: Serialize, E>(
        &self,
        (lang, file): (&str, &str),
        values: &V,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Ok(values) = serde_json::to_string(values) else { return make() };
        let key = format!("{lang}\n{file}\n{values}");
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = texts.iter().find(|(of, _)| *of == key) {
            return Ok(text.clone());
        }
        let text = make()?;
        texts.push((key, text.clone()));
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn the_same_values_are_made_once_and_others_anew() {
        let (memo, mut made) = (Memo::default(), Vec::new());
        let mut text = |lang, file, value: u8| {
            memo.text((lang, file), &value, || {
                made.push((lang, file, value));
                Ok::<_, ()>(format!("{lang} {file} {value}"))
            })
            .unwrap()
        };
        for _ in 0..2 {
            assert_eq!(text("en", "a", 1), "en a 1");
            assert_eq!(text("de", "a", 1), "de a 1");
            assert_eq!(text("en", "b", 1), "en b 1");
            assert_eq!(text("en", "a", 2), "en a 2");
        }
        assert_eq!(made, [("en", "a", 1), ("de", "a", 1), ("en", "b", 1), ("en", "a", 2)]);
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let memo = Memo::default();
        assert_eq!(memo.text(("en", "a"), &1, || Err("away")), Err("away"));
        assert_eq!(memo.text(("en", "a"), &1, || Ok::<_, &str>(7)), Ok(7));
    }
}
