//! The page of an ask: what it shows, and its words for the record.

use super::{Ctx, Failure};
use crate::clock::Ts;
use crate::domain::answer::NOTE_MAX;
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::draft::BLURB_MAX;
use crate::domain::introduction::Introduction;
use crate::domain::link;
use crate::domain::nonce;
use crate::domain::party::Given;
use crate::ids::LinkRef;
use crate::view::mails::Who;
use crate::view::pages::{self, Frame, Told};

/// What the answer page shows: a function of this party's own ask and acts, nothing of the other's.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "plain facts for a page, each read once")]
pub struct AskPage {
    pub side: Side,
    pub purpose: Purpose,
    pub connector_name: String,
    pub you_name: String,
    pub you_email_masked: String,
    pub language: String,
    /// The other's name where the ask named them, else how they were described.
    pub other_label: String,
    pub other_named: bool,
    pub how_know_you: String,
    pub how_know_other: String,
    pub why: String,
    /// The shared introduction; empty while the other is not named.
    pub shared: String,
    pub step: String,
    /// What the other will read about you.
    pub about_you: String,
    /// What you may read about the other; empty while they are not named.
    pub about_other: String,
    pub you_write_first: bool,
    pub asked_for_this: bool,
    /// One by one, second: the first agreed.
    pub other_agreed: bool,
    pub deadline: Ts,
    /// When this party hears either way after a yes.
    pub decided_by: Ts,
    pub given: Option<Given>,
    /// The path of this person's own page.
    pub your_page: String,
    /// Two contradictory answers cancelled each other; please choose again.
    pub contested: bool,
    pub nonce: String,
    pub time_zone: String,
}

impl AskPage {
    /// The page as it is first read: nothing happened, nothing typed, nothing answered.
    #[must_use]
    pub fn as_asked(&self) -> pages::Answer {
        pages::Answer {
            frame: Frame::public(),
            told: Told::Nothing,
            faults: Vec::new(),
            connector: Who::new(&self.connector_name),
            you: Who::new(&self.you_name),
            you_email_masked: self.you_email_masked.clone(),
            other_label: self.other_label.clone(),
            other_named: self.other_named,
            other_agreed: self.other_agreed,
            asked_for_this: self.asked_for_this,
            how_know_you: self.how_know_you.clone(),
            how_know_other: self.how_know_other.clone(),
            why: self.why.clone(),
            shared: self.shared.clone(),
            step: self.step.clone(),
            about_other: self.about_other.clone(),
            you_write_first: self.you_write_first,
            deadline: self.deadline,
            given: None,
            noted: false,
            blurb: String::new(),
            note: String::new(),
            quiet: false,
            until: String::new(),
            until_min: String::new(),
            until_max: String::new(),
            blurb_max: BLURB_MAX,
            note_max: NOTE_MAX,
            nonce: String::new(),
            your_page: self.your_page.clone(),
            time_zone: self.time_zone.clone(),
        }
    }

    /// The words that whoever answers has read, without what they type themselves.
    ///
    /// # Errors
    /// A template that fails.
    pub(super) fn words(&self, cx: &Ctx) -> Result<String, Failure> {
        Ok(cx.views.page_words(&self.language, &self.as_asked())?)
    }

    /// With a nonce that is good for an answer to these words.
    pub(super) fn sealed(mut self, cx: &Ctx, words: &str) -> Self {
        self.nonce = nonce::seal(&cx.nonce_key(), &self.nonce, words);
        self
    }
}

/// The page of this side as it stands. Its nonce is sealed with its words.
pub(super) fn page(
    cx: &Ctx,
    of: &Introduction,
    side: Side,
    connector_name: &str,
    now: Ts,
) -> Result<AskPage, Failure> {
    let page = unsealed(cx, of, side, connector_name, now);
    let words = page.words(cx)?;
    Ok(page.sealed(cx, &words))
}

/// The same, as long as nobody needs to answer from it.
pub(super) fn unsealed(cx: &Ctx, of: &Introduction, side: Side, connector_name: &str, now: Ts) -> AskPage {
    let (you, other) = (of.parties.get(side), of.parties.get(side.other()));
    let other_named = side == Side::Second || of.terms.names_second;
    AskPage {
        side,
        purpose: of.terms.purpose,
        connector_name: connector_name.to_owned(),
        you_name: you.name.clone(),
        you_email_masked: you.email.masked(),
        language: you.language.clone(),
        other_label: if other_named { other.name.clone() } else { other.described.clone() },
        other_named,
        how_know_you: you.how_known.clone(),
        how_know_other: other.how_known.clone(),
        why: of.why_for(side),
        // The shared text names the other: it is not for a reader they are not named to.
        shared: if other_named { of.terms.shared.clone() } else { String::new() },
        step: of.terms.step.clone(),
        about_you: you.blurb.clone(),
        about_other: if other_named { you.reads_about(other).to_owned() } else { String::new() },
        you_write_first: of.terms.writes_first == side,
        asked_for_this: of.terms.asked_for_this && side == Side::First,
        other_agreed: of.terms.order == Order::OneByOne && side == Side::Second,
        deadline: you.asked.map_or(now, |asked| asked.deadline),
        decided_by: of.closes_at(&cx.policy).unwrap_or(now),
        given: you.given.clone(),
        your_page: your_page_path(cx, you.link, you.generation),
        contested: you.given.is_none() && you.contested_at.is_some(),
        nonce: nonce::make(&cx.nonce_key(), you.link, you.generation, now),
        time_zone: cx.sender.time_zone.clone(),
    }
}

/// Where the person behind this link finds their own page; empty while no key can make links.
pub(super) fn your_page_path(cx: &Ctx, reference: LinkRef, generation: u8) -> String {
    let ring = cx.ring();
    let claims = link::Claims { purpose: link::Purpose::Manage, generation, expires: link::NEVER, reference };
    let token = ring.active_kid().and_then(|kid| ring.mint(kid, &claims));
    token.map(|token| crate::urls::path::YOU.replace("{token}", &token)).unwrap_or_default()
}
