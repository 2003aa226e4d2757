//! Contract: what changes in an account, the allowance of an address, a change of address, and what goes
//! when an account is deleted.

use twoyes::clock::Span;
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::event::What;
use twoyes::domain::introduction::{Introduction, State};
use twoyes::domain::message::MessageKind;
use twoyes::ids::{ConnectorId, IntroductionId, TokenId};
use twoyes::store::accounts::Account;
use twoyes::store::addresses::{self, Change};
use twoyes::store::tokens::{self, Token};
use twoyes::store::{Db, StoreError, accounts, connectors, contacts, due, events, introductions, outbox};

use crate::store_kit::{
    self, T0, contact, draft, email, event, hash, look, message, saved_connector, unit, uuid,
};
use crate::support::db::both;

/// An introduction in this state, as it would be after some steps.
async fn saved(db: &Db, owner: ConnectorId, n: u8, state: State) -> IntroductionId {
    let new = draft(owner, n);
    let drafted = [event(What::Drafted, None, false)];
    unit!(db, tx, new, drafted => introductions::insert(tx, &new, &drafted)).unwrap();
    if state == State::Draft {
        return new.id;
    }
    let withdrawn_at = (n == 40).then_some(T0);
    let next = Introduction { state, withdrawn_at, events: 1, ..new.clone() };
    unit!(db, tx, next => store_kit::save(tx, &next, Some(T0 + Span(9)), &[], T0)).unwrap();
    new.id
}

fn token(n: u8, connector: ConnectorId) -> Token {
    Token {
        id: TokenId(uuid(n)),
        connector,
        name: format!("token {n}"),
        scopes: Vec::new(),
        created_at: T0,
        used_at: None,
        revoked_at: None,
    }
}

both! {
    async fn settings_and_address_are_saved_and_an_address_has_one_account(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let next = Connector {
            name: "Augusta".into(),
            signature: String::new(),
            time_zone: "Asia/Tokyo".into(),
            language: "de".into(),
            ..ada.clone()
        };
        unit!(db.db, tx, next => accounts::save_profile(tx, &next)).unwrap();
        let found = look!(db.db, tx => connectors::get(tx, ada.id)).unwrap();
        assert_eq!((found.name, found.signature), (next.name, next.signature));
        assert_eq!((found.time_zone, found.language), (next.time_zone, next.language));

        let (id, theirs, new) = (ada.id, email("aDA.2@example.org"), email("augusta@example.net"));
        assert!(!unit!(db.db, tx, theirs => accounts::set_email(tx, id, &theirs)).unwrap(), "Bob's");
        assert!(unit!(db.db, tx, new => accounts::set_email(tx, id, &new)).unwrap());
        assert_eq!(look!(db.db, tx => connectors::find(tx, &email("AUGUSTA@example.net"))).unwrap().id, id);
        assert!(look!(db.db, tx => connectors::find(tx, &ada.email)).is_none());
        assert_eq!(look!(db.db, tx => connectors::find(tx, &bob.email)).unwrap().id, bob.id);
    }

    async fn roles_suspensions_and_deletions_decide_who_is_an_active_admin(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let admins = || async { look!(db.db, tx => accounts::active_admins(tx)) };
        assert_eq!(admins().await, [ada]);
        unit!(db.db, tx => accounts::set_role(tx, bob, Role::Admin)).unwrap();
        assert_eq!(admins().await, [ada, bob]);
        unit!(db.db, tx => accounts::set_suspended(tx, ada, Some(T0))).unwrap();
        assert_eq!(admins().await, [bob]);
        assert_eq!(look!(db.db, tx => connectors::get(tx, ada)).unwrap().suspended_at, Some(T0));
        unit!(db.db, tx => accounts::set_suspended(tx, ada, None)).unwrap();
        unit!(db.db, tx => accounts::mark_deleted(tx, bob, T0)).unwrap();
        assert_eq!(admins().await, [ada]);
        let again = unit!(db.db, tx => accounts::mark_deleted(tx, bob, T0));
        assert!(matches!(again, Err(StoreError::Stale(_))));
    }

    async fn the_list_is_paged_newest_first_and_counts_what_is_under_way(db: TestDb) {
        let mut all = Vec::new();
        for n in 1..=4 {
            all.push(saved_connector(&db.db, n).await.id);
        }
        saved(&db.db, all[1], 10, State::Draft).await;
        saved(&db.db, all[1], 20, State::Asking).await;
        saved(&db.db, all[1], 30, State::Agreed { introduce_at: T0 }).await;
        saved(&db.db, all[1], 50, State::Closed).await;
        let gone = all[3];
        unit!(db.db, tx => accounts::mark_deleted(tx, gone, T0)).unwrap();
        let ids = |page: Vec<Account>| page.iter().map(|one| one.connector.id).collect::<Vec<_>>();
        assert_eq!(ids(look!(db.db, tx => accounts::page(tx, None, 2))), [all[2], all[1]]);
        assert_eq!(ids(look!(db.db, tx => accounts::page(tx, Some(all[1]), 9))), [all[0]]);
        let one = look!(db.db, tx => accounts::one(tx, all[1])).unwrap();
        assert_eq!((one.open, one.seen_at), (2, None));
        assert!(look!(db.db, tx => accounts::one(tx, gone)).is_none());
    }

    async fn a_deleted_account_keeps_its_name_until_it_is_scrubbed(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        let id = ada.id;
        let early = unit!(db.db, tx => accounts::scrub(tx, id, "x", T0));
        assert!(matches!(early, Err(StoreError::Stale(_))), "not deleted");
        assert!(look!(db.db, tx => accounts::leaving(tx)).is_empty());
        unit!(db.db, tx => accounts::mark_deleted(tx, id, T0)).unwrap();
        assert!(look!(db.db, tx => connectors::find(tx, &ada.email)).is_none());
        let leaving = look!(db.db, tx => accounts::leaving(tx));
        assert_eq!(leaving.len(), 1);
        assert_eq!((leaving[0].name.as_str(), &leaving[0].email), (ada.name.as_str(), &ada.email));
        assert_eq!(leaving[0].deleted_at, Some(T0));
        // The address is free for a new invitation meanwhile.
        let anew = Connector { id: ConnectorId(uuid(9)), ..ada.clone() };
        assert!(unit!(db.db, tx, anew => connectors::insert(tx, &anew)).unwrap());

        unit!(db.db, tx => accounts::scrub(tx, id, "A former connector", T0)).unwrap();
        assert!(look!(db.db, tx => accounts::leaving(tx)).is_empty());
        let left = look!(db.db, tx => connectors::get(tx, id)).unwrap();
        assert_eq!((left.name.as_str(), left.signature.as_str()), ("A former connector", ""));
        assert!(left.email != ada.email);
    }

    async fn an_address_gets_three_at_once_and_one_more_every_hour(db: TestDb) {
        let (hour, minute) = (Span::hours(1), Span::minutes(1));
        let db = &db;
        let take = |at| async move {
            unit!(db.db, tx => addresses::take(tx, hash(1), at, 3, hour)).unwrap()
        };
        for _ in 0..3 {
            assert!(take(T0).await);
        }
        assert!(!take(T0).await);
        assert!(!take(T0 + hour - minute).await);
        assert!(take(T0 + hour).await);
        assert!(!take(T0 + hour).await);
        assert!(unit!(db.db, tx => addresses::take(tx, hash(2), T0, 3, hour)).unwrap(), "another address");
        // After long silence: three again, not more.
        let late = T0 + Span::days(9);
        for _ in 0..3 {
            assert!(take(late).await);
        }
        assert!(!take(late).await);
    }

    async fn a_change_of_address_waits_for_its_code(db: TestDb) {
        let id = saved_connector(&db.db, 1).await.id;
        let end = T0 + Span::minutes(10);
        let new = Change { connector: id, email: email("a@example.net"), code: hash(1), tries: 0, expires_at: end };
        unit!(db.db, tx, new => addresses::put(tx, &new)).unwrap();
        unit!(db.db, tx => addresses::count_try(tx, id)).unwrap();
        let found = look!(db.db, tx => addresses::waiting(tx, id, T0)).unwrap();
        assert_eq!((found.email.as_str(), found.code, found.tries), ("a@example.net", hash(1), 1));
        assert!(look!(db.db, tx => addresses::waiting(tx, id, end)).is_none());
        let other = Change { email: email("b@example.net"), code: hash(2), ..new };
        unit!(db.db, tx, other => addresses::put(tx, &other)).unwrap();
        let found = look!(db.db, tx => addresses::waiting(tx, id, T0)).unwrap();
        assert_eq!((found.email.as_str(), found.code, found.tries), ("b@example.net", hash(2), 0));
        assert!(unit!(db.db, tx => addresses::forget(tx, id)).unwrap());
        assert!(!unit!(db.db, tx => addresses::forget(tx, id)).unwrap());
    }

    async fn tokens_are_revoked_by_their_owner_or_all_at_once(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for (n, owner) in [(1, ada), (2, ada), (3, bob)] {
            let new = token(n, owner);
            unit!(db.db, tx, new => tokens::insert(tx, &new, hash(n))).unwrap();
        }
        let first = TokenId(uuid(1));
        assert!(!unit!(db.db, tx => tokens::revoke_own(tx, bob, first, T0)).unwrap(), "not theirs");
        assert!(unit!(db.db, tx => tokens::revoke_own(tx, ada, first, T0)).unwrap());
        assert!(!unit!(db.db, tx => tokens::revoke_own(tx, ada, first, T0)).unwrap());
        unit!(db.db, tx => tokens::revoke_all(tx, ada, T0)).unwrap();
        assert!(look!(db.db, tx => tokens::find(tx, hash(2))).is_none());
        assert!(look!(db.db, tx => tokens::find(tx, hash(3))).is_some());
    }

    async fn a_suspended_account_with_something_under_way_is_found(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        saved(&db.db, ada, 20, State::Asking).await;
        saved(&db.db, bob, 40, State::Asking).await;
        let found = || async {
            let found = look!(db.db, tx => accounts::suspended_and_running(tx));
            found.iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert!(found().await.is_empty());
        for id in [ada, bob] {
            unit!(db.db, tx => accounts::set_suspended(tx, id, Some(T0))).unwrap();
        }
        assert_eq!(found().await, [ada], "Bob's was taken back");
    }

    async fn drafts_and_contacts_go_and_what_is_under_way_is_found(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let drafted = saved(&db.db, ada, 10, State::Draft).await;
        let asking = saved(&db.db, ada, 20, State::Asking).await;
        let agreed = saved(&db.db, ada, 30, State::Agreed { introduce_at: T0 }).await;
        let withdrawn = saved(&db.db, ada, 40, State::Asking).await;
        let introduced = saved(&db.db, ada, 50, State::Introduced).await;
        let theirs = saved(&db.db, bob, 60, State::Draft).await;
        assert_eq!(look!(db.db, tx => introductions::running(tx, ada)), [asking, agreed]);
        assert!(look!(db.db, tx => introductions::is_any_open(tx, ada)));
        assert!(!look!(db.db, tx => introductions::is_any_open(tx, bob)), "a draft is nobody else's");

        assert_eq!(unit!(db.db, tx => introductions::delete_drafts(tx, ada)).unwrap(), 1);
        assert!(look!(db.db, tx => introductions::view(tx, drafted)).is_none());
        assert!(look!(db.db, tx => events::all(tx, drafted)).is_empty());
        assert!(look!(db.db, tx => introductions::view(tx, theirs)).is_some());
        assert_eq!(unit!(db.db, tx => due::rest(tx, ada)).unwrap(), 1);
        let due = look!(db.db, tx => due::by(tx, T0 + Span(9), 9));
        assert!(!due.contains(&introduced) && due.contains(&withdrawn) && due.contains(&asking));

        for (n, owner) in [(1, ada), (2, ada), (3, bob)] {
            let new = contact(owner, n);
            assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
        }
        assert_eq!(unit!(db.db, tx => contacts::delete_all(tx, ada)).unwrap(), 2);
        assert_eq!(look!(db.db, tx => contacts::page(tx, bob, None, 9)).len(), 1);
    }

    async fn a_discarded_mail_leaves_no_trace(db: TestDb) {
        let new = message(1, MessageKind::SignIn, None, "zoe@example.net");
        unit!(db.db, tx, new => outbox::enqueue(tx, &new, T0)).unwrap();
        assert!(unit!(db.db, tx => outbox::discard(tx, "key/1")).unwrap());
        assert!(!unit!(db.db, tx => outbox::discard(tx, "key/1")).unwrap());
        for sql in ["SELECT COUNT(*) AS n FROM message", "SELECT COUNT(*) AS n FROM delivery"] {
            let row = look!(db.db, tx => tx.q(sql).one()).unwrap();
            assert_eq!(row.get::<i64>("n").unwrap(), 0);
        }
    }
}
