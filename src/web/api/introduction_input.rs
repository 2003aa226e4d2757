//! An introduction as it is sent: the same fields to create one and to change one.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::words;
use crate::domain::connector::Connector;
use crate::domain::draft::{RawDraft, RawParty};
use crate::domain::problem::{Problem, Problems};
use crate::flow::people::{self, ContactError};
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

/// A draft. Left out is unchanged (or empty in a new one); null is empty.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "purpose": "job_search",
    "first": { "name": "Ada Lovelace", "email": "ada@example.org",
        "why": "The team is small and decides within a week.", "blurb": "Twelve years of compilers." },
    "second": { "contact_id": "0195a6d8-7c00-7000-8000-000000000001",
        "why": "You told me that nobody applies who has read the manual. She wrote one." },
    "shared": "Ada wrote the notes that your machine still runs on; Grace builds a team that needs them.",
    "step": "a call of twenty minutes next week"
}))]
pub struct IntroductionInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::purpose)]
    purpose: Option<String>,
    /// Left out in a new one: one by one.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::order)]
    order: Option<String>,
    first: Option<PartyInput>,
    second: Option<PartyInput>,
    /// The shared introduction, up to 1500 characters.
    #[serde(default, deserialize_with = "given")]
    shared: Option<String>,
    /// The one small concrete step, up to 300 characters.
    #[serde(default, deserialize_with = "given")]
    step: Option<String>,
    /// Only for `colleague`: why the first would fit there, for the second alone, up to 300 characters.
    #[serde(default, deserialize_with = "given")]
    fit: Option<String>,
    /// Left out in a new one: the first.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::side)]
    writes_first: Option<String>,
    #[serde(default, deserialize_with = "given")]
    asked_for_this: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    names_second: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    same_employer: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    coworker_confirmed: Option<bool>,
}

/// One of the two. With `contact_id` one of your contacts fills name, email, described, `how_known` and
/// language, unless they are given here.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(format = Uuid)]
    contact_id: Option<String>,
    /// Up to 80 characters.
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    email: Option<String>,
    /// Who they are without their name, up to 120 characters. Needed for the second, unless
    /// `names_second`.
    #[serde(default, deserialize_with = "given")]
    described: Option<String>,
    /// Up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    how_known: Option<String>,
    /// Why it is good for them, up to 1200 characters.
    #[serde(default, deserialize_with = "given")]
    why: Option<String>,
    /// What the other reads about them, up to 800 characters.
    #[serde(default, deserialize_with = "given")]
    blurb: Option<String>,
    /// One of the instance's languages.
    #[serde(default, deserialize_with = "given")]
    language: Option<String>,
}

/// Tells null (empty) from left out.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Ok(Some(Option::<T>::deserialize(from)?.unwrap_or_default()))
}

/// Lays what is given over what was there.
pub fn lay<T>(given: Option<T>, over: &mut T) {
    if let Some(given) = given {
        *over = given;
    }
}

impl IntroductionInput {
    /// Lays the given fields over a draft.
    ///
    /// # Errors
    /// 422 when a contact is not one of this connector's, together with all other problems.
    pub async fn over(self, web: &Web, who: &Connector, base: RawDraft) -> Result<RawDraft, WebError> {
        let (mut draft, mut problems) = (base, Problems::default());
        lay(self.purpose, &mut draft.purpose);
        lay(self.order, &mut draft.order);
        lay(self.shared, &mut draft.shared);
        lay(self.step, &mut draft.step);
        lay(self.fit, &mut draft.fit);
        lay(self.writes_first, &mut draft.writes_first);
        lay(self.asked_for_this, &mut draft.asked_for_this);
        lay(self.names_second, &mut draft.names_second);
        lay(self.same_employer, &mut draft.same_employer);
        lay(self.coworker_confirmed, &mut draft.coworker_confirmed);
        for (side, input, party) in
            [("first", self.first, &mut draft.first), ("second", self.second, &mut draft.second)]
        {
            let Some(input) = input else {
                continue;
            };
            if !input.over(web, who, party).await? {
                problems.push(Problem::new(format!("{side}.contact_id"), "not-found"));
            }
        }
        if problems.0.is_empty() {
            return Ok(draft);
        }
        // What the missing contact would have filled is not the caller's fault.
        if let Err(more) = draft.check(&who.email, &web.cx.languages()) {
            problems.0.extend(more.0.into_iter().filter(|problem| problem.code != "required"));
        }
        Err(WebError::invalid(problems))
    }
}

impl PartyInput {
    /// `false` when there is no such contact.
    async fn over(self, web: &Web, who: &Connector, party: &mut RawParty) -> Result<bool, WebError> {
        let found = match self.contact_id.as_deref() {
            None => true,
            Some("") => {
                party.contact = None;
                true
            }
            Some(id) => fill(web, who, id, party).await?,
        };
        lay(self.name, &mut party.name);
        lay(self.email, &mut party.email);
        lay(self.described, &mut party.described);
        lay(self.how_known, &mut party.how_known);
        lay(self.why, &mut party.why);
        lay(self.blurb, &mut party.blurb);
        lay(self.language, &mut party.language);
        Ok(found)
    }
}

async fn fill(web: &Web, who: &Connector, id: &str, party: &mut RawParty) -> Result<bool, WebError> {
    let Ok(id) = id.parse::<ContactId>() else {
        return Ok(false);
    };
    let facts = match people::get(&web.cx, who, id).await {
        Ok(contact) => contact.facts,
        Err(ContactError::NotFound) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    party.contact = Some(id);
    facts.address().clone_into(&mut party.email);
    party.name = facts.name;
    party.described = facts.described;
    party.how_known = facts.how_known;
    party.language = facts.language;
    Ok(true)
}
