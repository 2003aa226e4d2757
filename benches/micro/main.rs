//! `cargo bench --bench micro`: what the pieces of an answer and of a delivery cost by themselves.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends")]

#[path = "../story/backlog.rs"]
mod backlog;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/domain_kit.rs"]
mod domain_kit;
#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/house.rs"]
mod house;
#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/load.rs"]
mod load;
#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/people.rs"]
mod people;
#[path = "../story/support.rs"]
mod support;
#[path = "../story/wire.rs"]
mod wire;

use divan::{Bencher, black_box};
use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::decide::Facts;
use twoyes::domain::link::{Claims, KeyState, LinkRing, Purpose};
use twoyes::ids::LinkRef;
use twoyes::store::courier;
use twoyes::view::mails::AskFirst;
use twoyes::view::{Mail, Views};

use domain_kit::{Play, T0, says};

fn main() {
    divan::main();
}

/// The tag of a link is computed and compared.
#[divan::bench]
fn verify_a_link(bencher: Bencher<'_, '_>) {
    let ring = LinkRing::new("https://intro.example", &[(1, KeyState::Active, [9; 32])]);
    let expires = (T0 + Span::days(14)).minutes_ceil();
    let claims = Claims { purpose: Purpose::Consent, generation: 0, expires, reference: LinkRef([7; 16]) };
    let token = ring.mint(1, &claims).unwrap();
    bencher.bench(|| ring.verify(Purpose::Consent, black_box(&token), T0).unwrap());
}

/// Subject, text and HTML of the first ask.
#[divan::bench]
fn render_an_ask(bencher: Bencher<'_, '_>) {
    let views = Views::load(None).unwrap();
    let ask = AskFirst::samples().swap_remove(0);
    bencher.bench(|| views.mail("en", black_box(&ask)).unwrap());
}

/// A yes to an open ask, without the database.
#[divan::bench]
fn decide_an_answer(bencher: Bencher<'_, '_>) {
    let play = Play::asked(Order::Together);
    let yes = says(Side::First, Choice::Yes, play.now);
    bencher
        .with_inputs(|| play.it.clone())
        .bench_values(|asked| yes.run(asked, &Facts::default(), &play.policy, play.now));
}

/// Ten mails out of many that are due, committed (SQLite).
#[divan::bench(sample_count = 200, sample_size = 1)]
fn claim_a_batch(bencher: Bencher<'_, '_>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let instance = house::with_relay(house::NO_RELAY);
    let cx = runtime.block_on(async {
        let cx = house::inside(&instance).await;
        people::asked(&cx, 1).await;
        backlog::queue(&cx, 20_000).await;
        cx
    });
    bencher.bench_local(|| {
        let now = cx.now();
        let leased = runtime.block_on(cx.db.write(move |tx| {
            Box::pin(async move { courier::lease(tx, now, Ts(now.0 + 900_000_000), &[], 10).await })
        }));
        assert_eq!(leased.unwrap().len(), 10);
    });
}
