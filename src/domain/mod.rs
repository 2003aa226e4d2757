//! Pure values and decisions. No async, no SQL, no web, no template and no mail crate.
//!
//! Flows load facts, hand them in with a time, and get a [`step::Step`] or an error back.

/// Names for a plain enum in text: `as_str`, `parse` and the list of all of them.
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that the database, the API and the forms use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// `None` for a word that is not one of them.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use text_enum;

pub mod address;
pub mod admin_act;
pub mod answer;
pub mod ask_me;
pub mod asking;
pub mod attention;
pub mod audit;
pub mod calendar;
pub mod circle;
pub mod connector;
pub mod consent;
pub mod contact;
pub mod decide;
pub mod device;
pub mod draft;
pub mod enhanced;
pub mod event;
pub mod facets;
pub mod import;
pub mod introduction;
pub mod jump;
pub mod letter;
pub mod limits;
pub mod link;
pub mod lint;
pub mod log_filter;
pub mod look_alike;
pub mod meet;
pub mod merge;
pub mod message;
pub mod name_words;
pub mod nonce;
pub mod outcome;
pub mod own_card;
pub mod party;
pub mod plan;
pub mod preferences;
pub mod problem;
pub mod report;
pub mod retention;
pub mod return_path;
pub mod rhythm;
pub mod rings;
pub mod same_two;
pub mod shown;
pub mod step;
pub mod tally;
pub mod text;
pub mod thanks;
pub mod weekly;
pub mod zone;
