//! Letters that a connector may send from their own mail program: a nudge or a thank-you to each person.

use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::outcome::Outcome;
use crate::domain::party::given_name;
use crate::view::Arg;
use crate::view::pages::OwnLetter;
use crate::web::Web;

/// One for each person, when something is to be written.
pub fn letters(web: &Web, who: &Connector, of: &Introduction) -> Vec<OwnLetter> {
    // Whose turn it is, or whose time it was, comes first.
    let side = match of.outcome {
        Some(Outcome::NoReply) => of.terms.writes_first,
        Some(Outcome::Met | Outcome::Landed) => Side::Second,
        Some(Outcome::Scheduled | Outcome::NotAFit) | None => return Vec::new(),
    };
    [side, side.other()].map(|side| letter(web, who, of, side)).to_vec()
}

fn letter(web: &Web, who: &Connector, of: &Introduction, side: Side) -> OwnLetter {
    let (to, other) = (of.parties.get(side), of.parties.get(side.other()));
    let word = match (of.outcome, side) {
        (Some(Outcome::Landed), Side::First) => "landed-first",
        (Some(Outcome::Landed), Side::Second) => "landed-second",
        (Some(Outcome::Met), Side::First) => "met-first",
        (Some(Outcome::Met), Side::Second) => "met-second",
        (_, side) if side == of.terms.writes_first => "nudge-writer",
        (_, _) => "nudge-other",
    };
    let args: [(&str, Arg<'_>); 3] = [
        ("to", to.given_name().into()),
        ("other", other.given_name().into()),
        ("signature", signature(who).into()),
    ];
    let say = |key: &str| web.cx.views.words(&who.language, &format!("letter-{word}{key}"), &args);
    OwnLetter::new(side, &to.name, to.email.as_str(), &say("-subject"), say(""))
}

/// How a connector signs their own letters.
pub fn signature(who: &Connector) -> &str {
    match who.signature.trim() {
        "" => given_name(&who.name),
        signature => signature,
    }
}
