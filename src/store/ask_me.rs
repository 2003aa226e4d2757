//! Pages on which connectors can be asked for an introduction, and the requests that came.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::ask_me::{AskMePage, Confirmed, Request};
use crate::domain::party::PersonKey;
use crate::ids::{AskMeId, ConnectorId, IntroductionId, LinkRef};

/// The page of a connector.
pub async fn page_of(tx: &mut Tx, owner: ConnectorId) -> Result<Option<AskMePage>, StoreError> {
    let row = tx.q("SELECT * FROM ask_me_page WHERE connector_id = $1").bind(owner.0).one().await?;
    row.as_ref().map(read_page).transpose()
}

/// The page with this end of its address.
pub async fn find_page(tx: &mut Tx, slug: &str) -> Result<Option<AskMePage>, StoreError> {
    let row = tx.q("SELECT * FROM ask_me_page WHERE slug = $1").bind(slug).one().await?;
    row.as_ref().map(read_page).transpose()
}

/// Keeps a page.
///
/// # Errors
/// [`StoreError::Rule`] when another connector has this address.
pub async fn save_page(tx: &mut Tx, new: &AskMePage) -> Result<(), StoreError> {
    tx.q("INSERT INTO ask_me_page (connector_id, slug, welcome, is_open) VALUES ($1, $2, $3, $4)
          ON CONFLICT (connector_id) DO UPDATE
            SET slug = excluded.slug, welcome = excluded.welcome, is_open = excluded.is_open")
        .bind(new.connector.0)
        .bind(new.slug.as_str())
        .bind(new.welcome.as_str())
        .bind(new.is_open)
        .run()
        .await?;
    Ok(())
}

/// Keeps a request whose address is not confirmed yet.
pub async fn add(tx: &mut Tx, new: &Request) -> Result<(), StoreError> {
    tx.q("INSERT INTO ask_me_request (id, connector_id, link, person, name, email, language, wish, about, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(new.link.0.to_vec())
        .bind(new.person.0.to_vec())
        .bind(new.name.as_str())
        .bind(new.email.as_str())
        .bind(new.language.as_str())
        .bind(new.wish.as_str())
        .bind(new.about.as_str())
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(())
}

/// The request behind a link.
pub async fn find(tx: &mut Tx, link: LinkRef) -> Result<Option<Request>, StoreError> {
    let row = tx.q("SELECT * FROM ask_me_request WHERE link = $1").bind(link.0.to_vec()).one().await?;
    row.as_ref().map(read).transpose()
}

pub async fn get(tx: &mut Tx, owner: ConnectorId, id: AskMeId) -> Result<Option<Request>, StoreError> {
    let row = tx
        .q("SELECT * FROM ask_me_request WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// They say yes to it. Once more changes nothing.
pub async fn confirm(tx: &mut Tx, id: AskMeId, yes: &Confirmed) -> Result<(), StoreError> {
    tx.q("UPDATE ask_me_request SET confirmed_at = $2, opened_at = $3, shown = $4
          WHERE id = $1 AND confirmed_at IS NULL")
        .bind(id.0)
        .bind(yes.at.0)
        .bind(yes.opened_at.0)
        .bind(yes.shown.as_str())
        .run()
        .await?;
    Ok(())
}

/// The connector puts it aside, or takes that back. `false` when there is none such.
pub async fn settle(
    tx: &mut Tx,
    owner: ConnectorId,
    id: AskMeId,
    at: Option<Ts>,
) -> Result<bool, StoreError> {
    let set = tx
        .q("UPDATE ask_me_request SET settled_at = $3
            WHERE id = $1 AND connector_id = $2 AND confirmed_at IS NOT NULL")
        .bind(id.0)
        .bind(owner.0)
        .bind(at.map(|at| at.0))
        .run()
        .await?;
    Ok(set == 1)
}

/// It was the first yes of an introduction. `false` when it was one before.
pub async fn use_up(tx: &mut Tx, id: AskMeId, by: IntroductionId) -> Result<bool, StoreError> {
    let used = tx
        .q("UPDATE ask_me_request SET used_by = $2, wish = '', about = '', shown = ''
            WHERE id = $1 AND used_by IS NULL")
        .bind(id.0)
        .bind(by.0)
        .run()
        .await?;
    Ok(used == 1)
}

/// Forgets it.
pub async fn delete(tx: &mut Tx, id: AskMeId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM ask_me_request WHERE id = $1").bind(id.0).run().await
}

/// Confirmed requests that wait for a connector, the newest first.
pub async fn waiting(tx: &mut Tx, owner: ConnectorId, limit: i64) -> Result<Vec<Request>, StoreError> {
    let rows = tx
        .q("SELECT * FROM ask_me_request
            WHERE connector_id = $1 AND confirmed_at IS NOT NULL AND settled_at IS NULL AND used_by IS NULL
            ORDER BY confirmed_at DESC, id LIMIT $2")
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// How many wait for a connector, confirmed or not.
pub async fn count_waiting(tx: &mut Tx, owner: ConnectorId) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM ask_me_request
            WHERE connector_id = $1 AND settled_at IS NULL AND used_by IS NULL")
        .bind(owner.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// How many a person made since then, whomever they asked.
pub async fn count_of(tx: &mut Tx, person: PersonKey, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM ask_me_request WHERE person = $1 AND created_at > $2")
        .bind(person.0.to_vec())
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// The newest confirmed request of a person to a connector that was not used yet.
pub async fn of_person(
    tx: &mut Tx,
    owner: ConnectorId,
    person: PersonKey,
) -> Result<Option<Request>, StoreError> {
    let row = tx
        .q("SELECT * FROM ask_me_request
            WHERE person = $1 AND connector_id = $2 AND confirmed_at IS NOT NULL AND used_by IS NULL
            ORDER BY confirmed_at DESC LIMIT 1")
        .bind(person.0.to_vec())
        .bind(owner.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// Deletes the page of an account, with what came through it.
pub async fn delete_all(tx: &mut Tx, owner: ConnectorId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM ask_me_page WHERE connector_id = $1",
        "DELETE FROM ask_me_request WHERE connector_id = $1",
    ] {
        tx.q(sql).bind(owner.0).run().await?;
    }
    Ok(())
}

/// Deletes those that were not confirmed since `unconfirmed`, and all that are older than `old`.
pub async fn prune(tx: &mut Tx, unconfirmed: Ts, old: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM ask_me_request
          WHERE created_at <= $2 OR (created_at <= $1 AND confirmed_at IS NULL)")
        .bind(unconfirmed.0)
        .bind(old.0)
        .run()
        .await
}

fn read_page(row: &Row) -> Result<AskMePage, StoreError> {
    Ok(AskMePage {
        connector: ConnectorId(row.get("connector_id")?),
        slug: row.get("slug")?,
        welcome: row.get("welcome")?,
        is_open: row.get("is_open")?,
    })
}

fn read(row: &Row) -> Result<Request, StoreError> {
    let email: String = row.get("email")?;
    let email = EmailAddress::parse("email", &email)
        .map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })?;
    let shown: String = row.get("shown")?;
    let yes = row.opt("confirmed_at")?.map(Ts).zip(row.opt("opened_at")?.map(Ts));
    Ok(Request {
        id: AskMeId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        link: LinkRef(row.bytes("link")?),
        person: PersonKey(row.bytes("person")?),
        name: row.get("name")?,
        email,
        language: row.get("language")?,
        wish: row.get("wish")?,
        about: row.get("about")?,
        created_at: Ts(row.get("created_at")?),
        confirmed: yes.map(|(at, opened_at)| Confirmed { at, opened_at, shown }),
        settled_at: row.opt("settled_at")?.map(Ts),
        used_by: row.opt("used_by")?.map(IntroductionId),
    })
}
