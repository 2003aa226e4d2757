//! Rows for the contract tests of the store, and short ways to write and to look.

use twoyes::clock::Ts;
use twoyes::domain::address::EmailAddress;
use twoyes::domain::asking::{Order, Pair, Purpose, Side};
use twoyes::domain::circle::Circle;
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::contact::{Contact, ContactFacts};
use twoyes::domain::event::{Event, What};
use twoyes::domain::facets::Facets;
use twoyes::domain::introduction::{Introduction, State, Terms};
use twoyes::domain::letter::{Correspondent, Headers, LinkName, LinkSpec, NewDelivery, NewMessage};
use twoyes::domain::link::NEVER;
use twoyes::domain::message::MessageKind;
use twoyes::domain::party::{Party, PersonKey};
use twoyes::ids::{ConnectorId, ContactId, DeliveryId, IntroductionId, LinkRef, MessageId, derive, uuid_v7};
use twoyes::store::{Db, StoreError, Tx, connectors, introductions};

pub const T0: Ts = Ts(1_700_000_000_000_001);

/// Runs an expression as one unit of work, with copies of the values it names.
///
/// `unit!(db, tx, new => connectors::insert(tx, &new))`
macro_rules! unit {
    ($db:expr, $tx:ident $(, $value:ident)* => $body:expr) => {{
        $(let $value = $value.to_owned();)*
        $db.write(move |$tx| {
            $(let $value = ::std::clone::Clone::clone(&$value);)*
            Box::pin(async move { $body.await })
        })
        .await
    }};
}
pub(crate) use unit;

/// Runs an expression on a reader.
macro_rules! look {
    ($db:expr, $tx:ident => $body:expr) => {{
        let mut reader = $db.read().await.unwrap();
        let $tx = &mut reader;
        $body.await.unwrap()
    }};
}
pub(crate) use look;

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse("email", text).unwrap()
}

/// The `n`th id: later ones sort behind earlier ones.
pub fn uuid(n: u8) -> uuid::Uuid {
    uuid_v7(Ts(T0.0 + i64::from(n) * 1_000), derive(b"store", &n.to_string()))
}

pub fn hash(n: u8) -> [u8; 32] {
    derive(b"hash", &n.to_string())
}

pub fn person(n: u8) -> PersonKey {
    PersonKey(derive(b"person", &n.to_string()))
}

pub fn link(n: u8) -> LinkRef {
    LinkRef(derive(b"link", &n.to_string()))
}

pub fn connector(n: u8) -> Connector {
    Connector {
        id: ConnectorId(uuid(n)),
        email: email(&format!("Ada.{n}@example.org")),
        name: format!("Ada {n}"),
        role: if n == 1 { Role::Admin } else { Role::Connector },
        signature: "Warmly,\nAda – ☀".into(),
        time_zone: "Europe/Berlin".into(),
        language: "en".into(),
        created_at: T0,
        suspended_at: None,
        deleted_at: None,
    }
}

/// A connector that is in the database.
pub async fn saved_connector(db: &Db, n: u8) -> Connector {
    let new = connector(n);
    assert!(unit!(db, tx, new => connectors::insert(tx, &new)).unwrap());
    new
}

pub fn contact(owner: ConnectorId, n: u8) -> Contact {
    Contact {
        id: ContactId(uuid(n)),
        connector: owner,
        version: 1,
        facts: ContactFacts {
            name: format!("Zoë {n}"),
            email: Some(email(&format!("Zoe{n}@example.net"))),
            described: "a hiring manager I worked with".into(),
            employer: "Example & Sons".into(),
            how_known: String::new(),
            notes: "two\nlines".into(),
            language: "en".into(),
            facets: Facets { circle: Some(Circle::Coworkers), can_help: "hire".into(), ..Facets::default() },
        },
        created_at: T0,
        updated_at: T0,
    }
}

/// A draft as `flow::draft` makes it. `n` must be even: its second party's link is `n + 1`.
pub fn draft(owner: ConnectorId, n: u8) -> Introduction {
    let parties = Pair { first: party(Side::First, n), second: party(Side::Second, n + 1) };
    Introduction {
        id: IntroductionId(uuid(n)),
        connector: owner,
        version: 1,
        state: State::Draft,
        terms: Terms {
            purpose: Purpose::JobSearch,
            order: Order::OneByOne,
            asked_for_this: false,
            names_second: true,
            writes_first: Side::Second,
            same_employer: false,
            coworker_confirmed: true,
            fit: String::new(),
            shared: "Both of you build engines.\n\nMeet.".into(),
            step: String::new(),
        },
        parties,
        round: 0,
        deadline: None,
        shown_leaves_at: None,
        withdrawn_at: None,
        introduced_at: None,
        closed_at: None,
        outcome: None,
        events: 0,
        retained: twoyes::domain::retention::Retained::default(),
        created_at: T0,
        updated_at: T0,
    }
}

/// A party with every optional field empty.
pub fn party(side: Side, n: u8) -> Party {
    Party {
        side,
        contact: None,
        name: format!("Grace {n}"),
        email: email(&format!("Grace.{n}@example.com")),
        person: person(n),
        described: "someone".into(),
        how_known: "we worked together".into(),
        why: "why".into(),
        blurb: String::new(),
        language: "en".into(),
        link: link(n),
        generation: 0,
        asked: None,
        given: None,
        shown: None,
        answers: 0,
        contested_at: None,
        never_lifted_at: None,
        other_blurb: None,
        undeliverable_at: None,
        check_ins: 0,
        outcome: None,
        erased_at: None,
    }
}

pub fn event(what: What, side: Option<Side>, quiet: bool) -> Event {
    Event { at: T0, what, side, quiet }
}

/// A mail with one delivery, to `to`, about introduction `about`.
pub fn message(n: u8, kind: MessageKind, about: Option<IntroductionId>, to: &str) -> NewMessage {
    let who = |name: &str, address: &str| Correspondent { name: name.into(), address: address.into() };
    NewMessage {
        id: MessageId(uuid(n)),
        key: format!("key/{n}"),
        kind,
        introduction: about,
        connector: None,
        headers: Headers {
            message_id: format!("{n}@intro.example"),
            from: who("Ada \"the\" Lovelace", "hello@intro.example"),
            to: vec![who("Zoë", to)],
            reply_to: Vec::new(),
        },
        subject: "Ada <> Grace".into(),
        text: "line\n\n\u{1}stop\u{1}\n".into(),
        html: String::new(),
        card: String::new(),
        dated_at: T0,
        deliveries: vec![NewDelivery {
            id: DeliveryId(uuid(n)),
            side: Some(Side::First),
            recipient: email(to),
            person: Some(person(n)),
            links: vec![LinkSpec::new(LinkName::Stop, 1, 2, NEVER, link(n))],
            not_before: None,
            expires_at: Some(Ts(T0.0 + 5)),
        }],
    }
}

/// Saves an introduction as a step does: by what differs from what is there.
pub async fn save(
    tx: &mut Tx,
    next: &Introduction,
    due_at: Option<Ts>,
    happened: &[Event],
    now: Ts,
) -> Result<(), StoreError> {
    let before = introductions::view(tx, next.id).await?.unwrap();
    introductions::save(tx, &before, next, due_at, happened, now).await
}
