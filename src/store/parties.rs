//! The two parties of an introduction. Written only together with it.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::answer::{Answer, Choice};
use crate::domain::asking::Side;
use crate::domain::outcome::Outcome;
use crate::domain::party::{Asked, Given, Party, PersonKey, Shown};
use crate::ids::{ContactId, IntroductionId, LinkRef};

/// First and second.
pub(super) async fn both(tx: &mut Tx, id: IntroductionId) -> Result<[Party; 2], StoreError> {
    let rows = tx.q("SELECT * FROM party WHERE introduction_id = $1 ORDER BY side").bind(id.0).all().await?;
    let parties = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // `first` sorts before `second`.
    parties.try_into().map_err(|_| StoreError::Data { column: "side", why: "not exactly two parties".into() })
}

pub(super) async fn insert(tx: &mut Tx, id: IntroductionId, party: &Party) -> Result<(), StoreError> {
    tx.q("INSERT INTO party (introduction_id, side, contact_id, name, email, person, described, how_known,
            why, blurb, language, link, generation, note, quiet, shown_note, answers, check_ins)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14, '', 0, 0)")
        .bind(id.0)
        .bind(party.side.as_str())
        .bind(party.contact.map(|contact| contact.0))
        .bind(party.name.as_str())
        .bind(party.email.as_str())
        .bind(party.person.0.to_vec())
        .bind(party.described.as_str())
        .bind(party.how_known.as_str())
        .bind(party.why.as_str())
        .bind(party.blurb.as_str())
        .bind(party.language.as_str())
        .bind(party.link.0.to_vec())
        .bind(i64::from(party.generation))
        .bind(false)
        .run()
        .await?;
    Ok(())
}

/// The person stands in an index, which SQLite writes to whenever it is named.
macro_rules! update {
    ($rest:literal) => {
        concat!(
            "UPDATE party SET contact_id = $3, name = $4, email = $5, described = $6, how_known = $7, why = $8,
               blurb = $9, language = $10, generation = $11, asked_at = $12, deadline = $13, remind_at = $14,
               choice = $15, not_now_until = $16, answered_at = $17, note = $18, quiet = $19,
               shown_choice = $20, shown_until = $21, shown_at = $22, shown_note = $23, answers = $24,
               contested_at = $25, undeliverable_at = $26, check_ins = $27, outcome = $28, erased_at = $29,
               never_lifted_at = $30, other_blurb = $31",
            $rest,
            " WHERE introduction_id = $1 AND side = $2"
        )
    };
}

/// Writes nothing when nothing differs.
pub(super) async fn update(
    tx: &mut Tx,
    id: IntroductionId,
    before: &Party,
    party: &Party,
) -> Result<(), StoreError> {
    if party == before {
        return Ok(());
    }
    let (given, shown) = (party.given.as_ref(), party.shown.as_ref());
    let is_other_person = party.person != before.person;
    let saved = if is_other_person { tx.q(update!(", person = $32")) } else { tx.q(update!("")) };
    let query = saved
        .bind(id.0)
        .bind(party.side.as_str())
        .bind(party.contact.map(|contact| contact.0))
        .bind(party.name.as_str())
        .bind(party.email.as_str())
        .bind(party.described.as_str())
        .bind(party.how_known.as_str())
        .bind(party.why.as_str())
        .bind(party.blurb.as_str())
        .bind(party.language.as_str())
        .bind(i64::from(party.generation))
        .bind(party.asked.map(|asked| asked.at.0))
        .bind(party.asked.map(|asked| asked.deadline.0))
        .bind(party.asked.and_then(|asked| asked.remind_at).map(|at| at.0))
        .bind(given.map(|given| given.answer.choice().as_str()))
        .bind(given.and_then(|given| given.answer.until()).map(|at| at.0))
        .bind(given.map(|given| given.at.0))
        .bind(given.map_or("", |given| given.note.as_str()))
        .bind(given.is_some_and(|given| given.quiet))
        .bind(shown.map(|shown| shown.choice.as_str()))
        .bind(shown.and_then(|shown| shown.until).map(|at| at.0))
        .bind(shown.map(|shown| shown.at.0))
        .bind(shown.map_or("", |shown| shown.note.as_str()))
        .bind(party.answers)
        .bind(party.contested_at.map(|at| at.0))
        .bind(party.undeliverable_at.map(|at| at.0))
        .bind(party.check_ins)
        .bind(party.outcome.map(Outcome::as_str))
        .bind(party.erased_at.map(|at| at.0))
        .bind(party.never_lifted_at.map(|at| at.0))
        .bind(party.other_blurb.clone());
    let query = if is_other_person { query.bind(party.person.0.to_vec()) } else { query };
    query.exactly_one().await
}

fn read(row: &Row) -> Result<Party, StoreError> {
    let email: String = row.get("email")?;
    let email = EmailAddress::parse("email", &email)
        .map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })?;
    let generation: i64 = row.get("generation")?;
    Ok(Party {
        side: row.word("side", Side::parse)?,
        contact: row.opt("contact_id")?.map(ContactId),
        name: row.get("name")?,
        email,
        person: PersonKey(row.bytes("person")?),
        described: row.get("described")?,
        how_known: row.get("how_known")?,
        why: row.get("why")?,
        blurb: row.get("blurb")?,
        other_blurb: row.opt("other_blurb")?,
        language: row.get("language")?,
        link: LinkRef(row.bytes("link")?),
        generation: u8::try_from(generation)
            .map_err(|_| StoreError::Data { column: "generation", why: "over 255".into() })?,
        asked: asked(row)?,
        given: given(row)?,
        shown: shown(row)?,
        answers: row.get("answers")?,
        contested_at: row.opt("contested_at")?.map(Ts),
        undeliverable_at: row.opt("undeliverable_at")?.map(Ts),
        check_ins: row.get("check_ins")?,
        outcome: row.opt_word("outcome", Outcome::parse)?,
        erased_at: row.opt("erased_at")?.map(Ts),
        never_lifted_at: row.opt("never_lifted_at")?.map(Ts),
    })
}

fn asked(row: &Row) -> Result<Option<Asked>, StoreError> {
    let Some(at) = row.opt("asked_at")? else {
        return Ok(None);
    };
    let remind_at = row.opt("remind_at")?.map(Ts);
    Ok(Some(Asked { at: Ts(at), deadline: Ts(row.get("deadline")?), remind_at }))
}

fn given(row: &Row) -> Result<Option<Given>, StoreError> {
    let Some(choice) = row.opt_word("choice", Choice::parse)? else {
        return Ok(None);
    };
    let until = row.opt("not_now_until")?.map(Ts);
    Ok(Some(Given {
        answer: Answer::from_parts(choice, until),
        at: Ts(row.get("answered_at")?),
        note: row.get("note")?,
        quiet: row.get("quiet")?,
    }))
}

fn shown(row: &Row) -> Result<Option<Shown>, StoreError> {
    let Some(choice) = row.opt_word("shown_choice", Choice::parse)? else {
        return Ok(None);
    };
    let until = row.opt("shown_until")?.map(Ts);
    Ok(Some(Shown { choice, until, at: Ts(row.get("shown_at")?), note: row.get("shown_note")? }))
}
