//! A worker over a fresh database, and mails put straight into its outbox.

use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use twoyes::clock::{Clock, Span, Ts};
use twoyes::domain::address::EmailAddress;
use twoyes::domain::asking::{Order, Policy, Side};
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::letter::{
    Correspondent, DeliveryState, Headers, LinkName, LinkSpec, NewDelivery, NewMessage, mark,
};
use twoyes::domain::link::{KeyState, LinkRing, NEVER};
use twoyes::domain::message::MessageKind;
use twoyes::domain::party::PersonKey;
use twoyes::flow::{Ctx, Cx, Secrets, Sender};
use twoyes::ids::{DeliveryId, Ids, IntroductionId, LinkRef, MessageId, derive, uuid_v7};
use twoyes::mail::{LocalMailbox, SmtpRoute, Timeouts, Transport};
use twoyes::metrics::Metrics;
use twoyes::store::deliveries::{Delivery, PastAttempt};
use twoyes::store::{Db, StoreError, connectors, deliveries, introductions, outbox};
use twoyes::urls::Urls;
use twoyes::view::Views;
use twoyes::worker::{Outlet, Settings, Worker};

use super::smtp_sink::SmtpSink;
use crate::domain_kit;

pub const T0: Ts = Ts(1_700_000_000_000_000);
pub const ORIGIN: &str = "https://intro.example";
pub const FROM: &str = "hello@intro.example";

/// What all flows and the worker share, over this database, with a clock that stands at [`T0`].
pub fn cx(db: Db) -> Cx {
    cx_with(db, Clock::fixed(T0))
}

pub fn cx_with(db: Db, clock: Clock) -> Cx {
    static VIEWS: OnceLock<Views> = OnceLock::new();
    let sender = Sender {
        address: FROM.into(),
        suffix: "via twoyes".into(),
        name: "twoyes".into(),
        message_id_domain: "intro.example".into(),
        time_zone: "UTC".into(),
    };
    Arc::new(Ctx {
        db,
        clock,
        ids: Ids::derived(1),
        views: VIEWS.get_or_init(|| Views::compile(None).unwrap()).clone(),
        urls: Urls::new(ORIGIN),
        policy: Policy::default(),
        sender,
        secrets: Secrets { pepper: [3; 32], internal: [4; 32] },
        ring: RwLock::new(Arc::new(ring(KeyState::Active))),
        wake: Arc::default(),
        counts: Arc::default(),
    })
}

/// Key 1 in this state.
pub fn ring(state: KeyState) -> LinkRing {
    LinkRing::new(ORIGIN, &[(1, state, [9; 32])])
}

pub fn worker(cx: &Cx, transport: Transport) -> Worker {
    worker_with(cx, transport, Settings { poll: Duration::from_millis(20), ..Settings::default() })
}

pub fn worker_with(cx: &Cx, transport: Transport, settings: Settings) -> Worker {
    let outlet = Outlet { transport, signer: None, route: "relay".into() };
    Worker::new(cx.clone(), outlet, settings, Metrics::new())
}

pub fn mailbox(cx: &Cx) -> (LocalMailbox, Transport) {
    let mailbox = LocalMailbox::new(cx.clock.clone());
    (mailbox.clone(), Transport::Mailbox(mailbox))
}

/// The way to the sink, with this deadline for everything.
pub fn route(sink: &SmtpSink, deadline: Duration) -> Transport {
    Transport::Smtp(SmtpRoute {
        timeouts: Timeouts::short_for_tests(deadline),
        ..SmtpRoute::plain("127.0.0.1", sink.port(), "intro.example")
    })
}

/// A mail to be.
#[derive(Clone)]
pub struct Post {
    pub kind: MessageKind,
    pub to: String,
    pub introduction: Option<IntroductionId>,
    pub side: Option<Side>,
    pub expires_at: Option<Ts>,
}

impl Post {
    pub fn to(address: &str) -> Self {
        Self {
            kind: MessageKind::AskFirst,
            to: address.to_owned(),
            introduction: None,
            side: None,
            expires_at: None,
        }
    }
}

/// The person behind an address of these tests.
pub fn person(address: &str) -> PersonKey {
    PersonKey(derive(b"person", address))
}

/// Queues an ask to this address.
pub async fn post(cx: &Cx, address: &str) -> DeliveryId {
    post_all(cx, vec![Post::to(address)]).await[0]
}

/// Queues them all in one transaction.
pub async fn post_all(cx: &Cx, posts: Vec<Post>) -> Vec<DeliveryId> {
    let now = cx.now();
    let news: Arc<Vec<NewMessage>> = Arc::new(posts.iter().map(|post| message(post, now)).collect());
    let ids = news.iter().map(|new| new.deliveries[0].id).collect();
    cx.db
        .write(move |tx| {
            let news = Arc::clone(&news);
            Box::pin(async move {
                for new in news.iter() {
                    assert!(outbox::enqueue(tx, new, now).await?, "each is new");
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    cx.wake.ring();
    ids
}

fn message(post: &Post, now: Ts) -> NewMessage {
    let key = format!("{}/{}/{}", post.kind.as_str(), post.to, now.0);
    let id = MessageId(uuid_v7(now, derive(b"message", &key)));
    let person_of = |name: &str, address: &str| Correspondent { name: name.into(), address: address.into() };
    let link = |name, expires| LinkSpec::new(name, 1, 0, expires, LinkRef(derive(b"link", &post.to)));
    NewMessage {
        id,
        key: key.clone(),
        kind: post.kind,
        introduction: post.introduction,
        connector: None,
        headers: Headers {
            message_id: format!("{}@intro.example", id.0.simple()),
            from: person_of("Ada Lovelace via twoyes", FROM),
            to: vec![person_of("Zoë", &post.to)],
            reply_to: vec![person_of("Ada Lovelace", "ada@example.org")],
        },
        subject: "Would you like to meet Grace?".into(),
        text: format!("Hello\n\n{}#yes\n\n{}\n", mark(LinkName::Answer), mark(LinkName::Stop)),
        html: format!("<p><a href=\"{}\">answer</a></p>", mark(LinkName::Answer)),
        card: String::new(),
        dated_at: now,
        deliveries: vec![NewDelivery {
            id: DeliveryId(uuid_v7(now, derive(b"delivery", &key))),
            side: post.side,
            recipient: EmailAddress::parse("email", &post.to).unwrap(),
            person: Some(person(&post.to)),
            links: vec![
                link(LinkName::Answer, (now + Span::days(14)).minutes_ceil()),
                link(LinkName::Stop, NEVER),
            ],
            not_before: None,
            expires_at: post.expires_at,
        }],
    }
}

pub async fn delivery(db: &Db, id: DeliveryId) -> Delivery {
    deliveries::get(&mut db.read().await.unwrap(), id).await.unwrap().unwrap()
}

pub async fn state(db: &Db, id: DeliveryId) -> DeliveryState {
    delivery(db, id).await.state
}

pub async fn attempts(db: &Db, id: DeliveryId) -> Vec<PastAttempt> {
    deliveries::attempts(&mut db.read().await.unwrap(), id).await.unwrap()
}

/// A draft between Ada (ada@example.org) and Grace (grace@example.net), and its connector.
pub async fn story(cx: &Cx) -> (Connector, IntroductionId) {
    let mut introduction = domain_kit::draft(Order::OneByOne);
    introduction.parties.second.link = LinkRef([8; 16]);
    let id = introduction.id;
    let connector = Connector {
        id: introduction.connector,
        email: EmailAddress::parse("email", "mary@example.com").unwrap(),
        name: "Mary".into(),
        role: Role::Connector,
        signature: String::new(),
        time_zone: "UTC".into(),
        language: "en".into(),
        created_at: cx.now(),
        suspended_at: None,
        deleted_at: None,
    };
    let who = connector.clone();
    cx.db
        .write(move |tx| {
            let (who, introduction) = (who.clone(), introduction.clone());
            Box::pin(async move {
                connectors::insert(tx, &who).await?;
                introductions::insert(tx, &introduction, &[]).await
            })
        })
        .await
        .unwrap();
    (connector, id)
}
