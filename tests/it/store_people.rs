//! Contract: connectors, their sessions and tokens, their contacts, and kept answers of the API.

use twoyes::clock::{Span, Ts};
use twoyes::domain::connector::{Connector, Role, Scope};
use twoyes::domain::contact::{Contact, ContactFacts};
use twoyes::domain::device::Device;
use twoyes::domain::facets::Facets;
use twoyes::ids::{ConnectorId, ContactId, SessionId, TokenId};
use twoyes::store::idempotency::{self, Saved};
use twoyes::store::sessions::{self, Session, SignIn};
use twoyes::store::tokens::{self, Token};
use twoyes::store::{StoreError, accounts, connectors, contacts};

use crate::store_kit::{T0, connector, contact, email, hash, link, look, saved_connector, unit, uuid};
use crate::support::db::both;

fn ids(contacts: &[Contact]) -> Vec<ContactId> {
    contacts.iter().map(|contact| contact.id).collect()
}

fn facts_of(of: &Connector) -> (ConnectorId, String, &str, Role, &str, &str, &str, Ts, Option<Ts>) {
    (
        of.id,
        of.email.as_str().to_owned(),
        &of.name,
        of.role,
        &of.signature,
        &of.time_zone,
        &of.language,
        of.created_at,
        of.suspended_at,
    )
}

fn sign_in(n: u8, connector: ConnectorId, created_at: Ts) -> SignIn {
    SignIn {
        link: link(n),
        connector: Some(connector),
        browser: hash(100),
        code: hash(n),
        tries: 0,
        created_at,
        expires_at: created_at + Span::minutes(15),
        used_at: None,
    }
}

fn session(n: u8, connector: ConnectorId, expires_at: Ts) -> Session {
    Session {
        id: SessionId(uuid(n)),
        connector,
        device: Device::of("Firefox/140.0 (X11; Linux)"),
        created_at: T0,
        seen_at: T0,
        expires_at,
    }
}

fn token(n: u8, connector: ConnectorId) -> Token {
    Token {
        id: TokenId(uuid(n)),
        connector,
        name: format!("token {n}"),
        scopes: vec![Scope::Read, Scope::Write],
        created_at: T0,
        used_at: None,
        revoked_at: None,
    }
}

both! {
    async fn a_connector_is_found_by_id_and_by_address_in_any_case(db: TestDb) {
        let (ada, bob) = (connector(1), connector(2));
        for new in [&bob, &ada] {
            assert!(unit!(db.db, tx, new => connectors::insert(tx, &new)).unwrap());
        }
        let found = look!(db.db, tx => connectors::get(tx, ada.id)).unwrap();
        assert_eq!(facts_of(&found), facts_of(&ada));
        let found = look!(db.db, tx => connectors::find(tx, &email("ADA.2@EXAMPLE.ORG"))).unwrap();
        assert_eq!(facts_of(&found), facts_of(&bob));
        assert!(look!(db.db, tx => connectors::get(tx, ConnectorId(uuid(3)))).is_none());
        assert!(look!(db.db, tx => connectors::find(tx, &email("ada.3@example.org"))).is_none());
        let all = look!(db.db, tx => connectors::all(tx));
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [ada.id, bob.id], "by name");
    }

    async fn an_address_has_one_account(db: TestDb) {
        saved_connector(&db.db, 1).await;
        let again = Connector { id: ConnectorId(uuid(9)), email: email("aDA.1@example.org"), ..connector(9) };
        assert!(!unit!(db.db, tx, again => connectors::insert(tx, &again)).unwrap());
        assert_eq!(look!(db.db, tx => connectors::all(tx)).len(), 1);
    }

    async fn a_suspension_is_read_back(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        let (id, at) = (ada.id.0, T0.0);
        let sql = "UPDATE connector SET suspended_at = $2 WHERE id = $1";
        unit!(db.db, tx => tx.q(sql).bind(id).bind(at).exactly_one()).unwrap();
        assert_eq!(look!(db.db, tx => connectors::get(tx, ada.id)).unwrap().suspended_at, Some(T0));
    }

    async fn a_sign_in_is_used_once_and_in_time(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        let new = sign_in(1, ada.id, T0);
        unit!(db.db, tx, new => sessions::add_sign_in(tx, &new)).unwrap();
        let found = look!(db.db, tx => sessions::find_sign_in(tx, link(1))).unwrap();
        assert!(found.link == new.link && found.connector == Some(ada.id));
        assert_eq!((found.browser, found.code, found.tries), (new.browser, new.code, 0));
        assert_eq!((found.created_at, found.expires_at, found.used_at), (T0, new.expires_at, None));
        assert!(look!(db.db, tx => sessions::find_sign_in(tx, link(2))).is_none());

        unit!(db.db, tx => sessions::count_try(tx, link(1))).unwrap();
        unit!(db.db, tx => sessions::count_try(tx, link(1))).unwrap();
        assert_eq!(look!(db.db, tx => sessions::find_sign_in(tx, link(1))).unwrap().tries, 2);

        let late = new.expires_at;
        assert!(!unit!(db.db, tx => sessions::use_sign_in(tx, link(1), late)).unwrap(), "its time is over");
        assert!(!unit!(db.db, tx => sessions::use_sign_in(tx, link(2), T0)).unwrap(), "no such link");
        assert!(unit!(db.db, tx => sessions::use_sign_in(tx, link(1), T0)).unwrap());
        assert!(!unit!(db.db, tx => sessions::use_sign_in(tx, link(1), T0)).unwrap(), "used before");
        assert_eq!(look!(db.db, tx => sessions::find_sign_in(tx, link(1))).unwrap().used_at, Some(T0));
    }

    async fn a_sign_in_without_an_account_is_kept_like_any_other(db: TestDb) {
        let new = SignIn { connector: None, ..sign_in(1, ConnectorId(uuid(1)), T0) };
        unit!(db.db, tx, new => sessions::add_sign_in(tx, &new)).unwrap();
        let found = look!(db.db, tx => sessions::newest_of_browser(tx, hash(100), T0)).unwrap();
        assert!(found.link == new.link && found.connector.is_none());
    }

    async fn a_browser_gets_its_newest_unused_sign_in(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        for (n, at) in [(1, T0), (2, T0 + Span(2)), (3, T0 + Span(1))] {
            let new = sign_in(n, ada.id, at);
            unit!(db.db, tx, new => sessions::add_sign_in(tx, &new)).unwrap();
        }
        let newest = look!(db.db, tx => sessions::newest_of_browser(tx, hash(100), T0)).unwrap();
        assert!(newest.link == link(2));
        assert!(unit!(db.db, tx => sessions::use_sign_in(tx, link(2), T0)).unwrap());
        let newest = look!(db.db, tx => sessions::newest_of_browser(tx, hash(100), T0)).unwrap();
        assert!(newest.link == link(3));
        assert!(look!(db.db, tx => sessions::newest_of_browser(tx, hash(101), T0)).is_none());
        let late = T0 + Span::minutes(16);
        assert!(look!(db.db, tx => sessions::newest_of_browser(tx, hash(100), late)).is_none());
    }

    async fn a_session_lasts_until_its_end_or_until_it_idles(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        let new = session(5, ada.id, T0 + Span::days(7));
        unit!(db.db, tx, new => sessions::add(tx, &new, hash(1))).unwrap();
        let before = T0 - Span(1);
        assert_eq!(look!(db.db, tx => sessions::find(tx, hash(1), T0, before)), Some(new));
        assert_eq!(look!(db.db, tx => sessions::find(tx, hash(1), new.expires_at, before)), None);
        assert_eq!(look!(db.db, tx => sessions::find(tx, hash(1), T0, T0)), None, "idle since then");
        assert_eq!(look!(db.db, tx => sessions::find(tx, hash(2), T0, before)), None);

        let later = T0 + Span::hours(3);
        unit!(db.db, tx => sessions::touch(tx, &new, later)).unwrap();
        unit!(db.db, tx => sessions::touch(tx, &new, T0)).unwrap();
        let found = look!(db.db, tx => sessions::find(tx, hash(1), later, T0)).unwrap();
        assert_eq!(found.seen_at, later, "it never goes back");
        assert_eq!(look!(db.db, tx => accounts::one(tx, ada.id)).unwrap().seen_at, Some(later));
    }

    async fn sessions_are_ended_one_by_one_all_but_one_or_all(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let end = T0 + Span::days(7);
        for (n, owner) in [(1, ada.id), (2, ada.id), (3, ada.id), (4, bob.id)] {
            let new = session(n, owner, end);
            unit!(db.db, tx => sessions::add(tx, &new, hash(n))).unwrap();
        }
        let pending = sign_in(1, ada.id, T0);
        unit!(db.db, tx, pending => sessions::add_sign_in(tx, &pending)).unwrap();
        let (owner, other, before) = (ada.id, bob.id, T0 - Span(1));
        let of = |found: Vec<Session>| found.iter().map(|one| one.id).collect::<Vec<_>>();
        let id = |n| SessionId(uuid(n));
        let all = of(look!(db.db, tx => sessions::of_connector(tx, owner, T0, before)));
        assert_eq!(all, [id(3), id(2), id(1)], "newest first");
        assert!(look!(db.db, tx => sessions::of_connector(tx, owner, end, before)).is_empty());

        assert!(!unit!(db.db, tx => sessions::end(tx, other, SessionId(uuid(1)))).unwrap(), "not theirs");
        assert!(unit!(db.db, tx => sessions::end(tx, owner, SessionId(uuid(1)))).unwrap());
        assert!(!unit!(db.db, tx => sessions::end(tx, owner, SessionId(uuid(1)))).unwrap());
        unit!(db.db, tx => sessions::end_all(tx, owner, Some(SessionId(uuid(2))))).unwrap();
        assert_eq!(of(look!(db.db, tx => sessions::of_connector(tx, owner, T0, before))), [id(2)]);
        assert!(look!(db.db, tx => sessions::find_sign_in(tx, link(1))).is_none(), "sign-ins under way too");
        unit!(db.db, tx => sessions::end_token(tx, hash(2))).unwrap();
        assert!(look!(db.db, tx => sessions::of_connector(tx, owner, T0, before)).is_empty());
        unit!(db.db, tx => sessions::end_all(tx, owner, None)).unwrap();
        assert_eq!(of(look!(db.db, tx => sessions::of_connector(tx, other, T0, before))), [id(4)]);
    }

    async fn what_is_over_is_forgotten(db: TestDb) {
        let owner = saved_connector(&db.db, 1).await.id;
        for n in 1..=3_u8 {
            let end = T0 + Span::days(i64::from(n));
            let old = session(n, owner, end);
            unit!(db.db, tx => sessions::add(tx, &old, hash(n))).unwrap();
            let new = SignIn { expires_at: end, ..sign_in(n, owner, T0) };
            unit!(db.db, tx, new => sessions::add_sign_in(tx, &new)).unwrap();
        }
        // Two sessions are over; of the sign-ins only what has been over for a day.
        let gone = unit!(db.db, tx => sessions::prune(tx, T0 + Span::days(2))).unwrap();
        assert_eq!(gone, 3);
        assert!(look!(db.db, tx => sessions::find_sign_in(tx, link(1))).is_none());
        assert!(look!(db.db, tx => sessions::find_sign_in(tx, link(2))).is_some());
        assert!(look!(db.db, tx => sessions::find(tx, hash(3), T0, T0 - Span(1))).is_some());
    }

    async fn a_token_is_good_until_it_is_revoked(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        for (new, n) in [(token(1, ada.id), 1), (token(2, ada.id), 2), (token(3, bob.id), 3)] {
            unit!(db.db, tx, new => tokens::insert(tx, &new, hash(n))).unwrap();
        }
        let found = look!(db.db, tx => tokens::find(tx, hash(1))).unwrap();
        assert_eq!((found.id, found.connector, found.name.as_str()), (TokenId(uuid(1)), ada.id, "token 1"));
        assert_eq!(found.scopes, [Scope::Read, Scope::Write]);
        assert_eq!((found.created_at, found.used_at, found.revoked_at), (T0, None, None));
        assert!(look!(db.db, tx => tokens::find(tx, hash(9))).is_none());

        let (first, later) = (TokenId(uuid(1)), T0 + Span::hours(2));
        unit!(db.db, tx => tokens::touch(tx, first, T0)).unwrap();
        unit!(db.db, tx => tokens::touch(tx, first, T0 + Span::minutes(30))).unwrap();
        assert_eq!(look!(db.db, tx => tokens::find(tx, hash(1))).unwrap().used_at, Some(T0), "to the hour");
        unit!(db.db, tx => tokens::touch(tx, first, later)).unwrap();
        assert_eq!(look!(db.db, tx => tokens::find(tx, hash(1))).unwrap().used_at, Some(later));

        assert!(unit!(db.db, tx => tokens::revoke(tx, first, later)).unwrap());
        assert!(!unit!(db.db, tx => tokens::revoke(tx, first, later)).unwrap());
        assert!(look!(db.db, tx => tokens::find(tx, hash(1))).is_none());
        let own = look!(db.db, tx => tokens::of_connector(tx, ada.id));
        assert_eq!(own.iter().map(|one| one.id).collect::<Vec<_>>(), [first, TokenId(uuid(2))]);
        assert_eq!((own[0].revoked_at, own[1].revoked_at), (Some(later), None));
    }

    async fn a_contact_belongs_to_its_connector(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let new = contact(ada.id, 1);
        assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
        let found = look!(db.db, tx => contacts::get(tx, ada.id, new.id)).unwrap();
        assert_eq!((found.id, found.connector, found.version), (new.id, ada.id, 1));
        assert_eq!((&found.facts, found.created_at, found.updated_at), (&new.facts, T0, T0));
        assert!(look!(db.db, tx => contacts::get(tx, bob.id, new.id)).is_none());

        let (id, owner, other) = (new.id, ada.id, bob.id);
        assert!(!unit!(db.db, tx => contacts::delete(tx, other, id)).unwrap());
        assert!(unit!(db.db, tx => contacts::delete(tx, owner, id)).unwrap());
        assert!(!unit!(db.db, tx => contacts::delete(tx, owner, id)).unwrap());
        assert!(look!(db.db, tx => contacts::get(tx, owner, id)).is_none());
    }

    async fn an_address_is_one_contact_for_each_connector(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let new = contact(ada.id, 1);
        let facts = ContactFacts { email: Some(email("ZOE1@example.net")), ..new.facts.clone() };
        let again = Contact { facts, ..contact(ada.id, 2) };
        let theirs = Contact { facts: again.facts.clone(), ..contact(bob.id, 3) };
        assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
        assert!(!unit!(db.db, tx, again => contacts::insert(tx, &again)).unwrap());
        assert!(unit!(db.db, tx, theirs => contacts::insert(tx, &theirs)).unwrap());
    }

    async fn contacts_come_in_pages_newest_first(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        for n in [3, 1, 4, 2, 5] {
            let new = contact(if n == 4 { bob.id } else { ada.id }, n);
            assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
        }
        let of = |n| ContactId(uuid(n));
        assert_eq!(ids(&look!(db.db, tx => contacts::page(tx, ada.id, None, 2))), [of(5), of(3)]);
        assert_eq!(ids(&look!(db.db, tx => contacts::page(tx, ada.id, Some(of(3)), 2))), [of(2), of(1)]);
        assert!(look!(db.db, tx => contacts::page(tx, ada.id, Some(of(1)), 2)).is_empty());
    }

    async fn a_contact_is_saved_only_over_what_was_read(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        let (old, other) = (contact(ada.id, 1), contact(ada.id, 2));
        for new in [&old, &other] {
            assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
        }
        let facts = ContactFacts {
            name: "Zoë Neu".into(),
            email: Some(email("Zoe.New@example.net")),
            described: String::new(),
            employer: "Other".into(),
            how_known: "school".into(),
            notes: String::new(),
            language: "de".into(),
            facets: Facets {
                left_out: true,
                role: "a".into(),
                field: "b".into(),
                place: "c".into(),
                speaks: "d".into(),
                looking_for: "e".into(),
                can_help: "f".into(),
                circle: None,
            },
        };
        let later = T0 + Span(1);
        unit!(db.db, tx, old, facts => contacts::update(tx, &old, &facts, later)).unwrap();
        let now = look!(db.db, tx => contacts::get(tx, ada.id, old.id)).unwrap();
        assert_eq!((now.version, &now.facts, now.created_at, now.updated_at), (2, &facts, T0, later));

        let stale = unit!(db.db, tx, old, facts => contacts::update(tx, &old, &facts, later));
        assert!(matches!(stale, Err(StoreError::Stale(_))), "{stale:?}");
        let taken = ContactFacts { email: Some(email("zoe2@EXAMPLE.net")), ..facts.clone() };
        let refused = unit!(db.db, tx, now, taken => contacts::update(tx, &now, &taken, later));
        assert!(matches!(refused, Err(StoreError::Rule(_))), "{refused:?}");
        let foreign = Contact { connector: ConnectorId(uuid(77)), ..now.clone() };
        let refused = unit!(db.db, tx, foreign, facts => contacts::update(tx, &foreign, &facts, later));
        assert!(matches!(refused, Err(StoreError::Stale(_))), "somebody else's contact");
        assert_eq!(look!(db.db, tx => contacts::get(tx, ada.id, old.id)).unwrap().facts, facts);
    }

    async fn an_answer_of_the_api_is_given_again_under_its_key(db: TestDb) {
        let (ada, bob) = (ConnectorId(uuid(1)), ConnectorId(uuid(2)));
        let saved = Saved { request: hash(1), status: 201, body: "{\"id\":\"☀\"}".into() };
        let other = Saved { request: hash(2), status: 422, body: String::new() };
        assert!(look!(db.db, tx => idempotency::find(tx, ada, "k")).is_none());
        assert!(unit!(db.db, tx, saved => idempotency::take(tx, ada, "k", &saved, T0)).unwrap());
        assert!(!unit!(db.db, tx, other => idempotency::take(tx, ada, "k", &other, T0)).unwrap());
        let later = T0 + Span(1);
        assert!(unit!(db.db, tx, other => idempotency::take(tx, bob, "k", &other, later)).unwrap());
        let found = look!(db.db, tx => idempotency::find(tx, ada, "k")).unwrap();
        assert_eq!((found.request, found.status, found.body), (saved.request, 201, saved.body));
        assert_eq!(unit!(db.db, tx => idempotency::prune(tx, later)).unwrap(), 1);
        assert!(look!(db.db, tx => idempotency::find(tx, ada, "k")).is_none());
        assert!(look!(db.db, tx => idempotency::find(tx, bob, "k")).is_some());
    }
}
