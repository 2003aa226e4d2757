//! What lies on the desk of the demo: a dozen made-up people, and introductions in every state. Played
//! through the real flows in a few weeks that pass at once.

use crate::app::App;
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::contact::RawContact;
use crate::domain::draft::{RawDraft, RawParty};
use crate::domain::link::{self, Claims};
use crate::flow::answer::RawReply;
use crate::flow::{Cx, answer, ask, close, desk, draft, follow_up, people, thanks};
use crate::ids::IntroductionId;

/// How long ago it began.
const DAYS: i64 = 45;

/// Something that happens on a day, counted from the beginning.
#[derive(Clone, Copy)]
enum Deed {
    Ask,
    Yes(Side),
    No(Side),
    /// Not now, but again this many days after the beginning; with a note.
    NotNow(Side, i64, &'static str),
    Bounce(Side),
    Outcome(&'static str),
    /// A word of thanks to Lena.
    Words(Side, &'static str),
    Settle,
}

use Deed::{Ask, Bounce, No, NotNow, Outcome, Settle, Words, Yes};
use Side::{First, Second};

/// What somebody who found a job wrote to Lena.
const THANKS: &str =
    "I start on the first of the month. Without you I would not have written to them. Thank you!";

/// One introduction: who, what for, and what happened on which day.
struct Story {
    purpose: &'static str,
    people: [usize; 2],
    drafted: i64,
    step: &'static str,
    deeds: &'static [(i64, Deed)],
}

/// Name, address, in a few words without the name, how Lena knows them.
type Person = (&'static str, &'static str, &'static str, &'static str);

const PEOPLE: [Person; 12] = [
    (
        "Mara Okafor",
        "mara@okafor.example",
        "a data engineer between two jobs",
        "we built a data team together",
    ),
    (
        "Jonas Weber",
        "jonas@nordlicht.example",
        "a head of data I worked with",
        "he was my manager for two years",
    ),
    (
        "Priya Raman",
        "priya@raman.example",
        "a nurse who moves into health software",
        "from our evening class",
    ),
    (
        "Tom Lindqvist",
        "tom@klinik.example",
        "the founder of a small clinic software",
        "we share an office floor",
    ),
    (
        "Sofia Marino",
        "sofia@marino.example",
        "a designer who looks for her next team",
        "she designed our first product",
    ),
    ("Daniel Cohen", "daniel@atelier.example", "a design lead at a studio", "we spoke at the same meetup"),
    ("ليلى حداد", "layla@haddad.example", "a researcher in batteries", "from university"),
    ("Emeka Bello", "emeka@volta.example", "an engineer who builds storage for solar roofs", "my neighbour"),
    ("Hana Suzuki", "hana@suzuki.example", "a translator who wants to teach", "she taught me Japanese"),
    ("Ruth Abend", "ruth@abendschule.example", "the head of an evening school", "from the school board"),
    ("Björn Ó Súilleabháin", "bjorn@harbour.example", "a harbour pilot with a book in mind", "an old friend"),
    ("Clara Nowak", "clara@nowak.example", "an editor for books about the sea", "we studied together"),
];

const STORIES: [Story; 12] = [
    Story {
        purpose: "job_search",
        people: [0, 1],
        drafted: 0,
        step: "a call of twenty minutes about how his team works",
        deeds: &[
            (1, Ask),
            (2, Yes(First)),
            (4, Yes(Second)),
            (12, Outcome("met")),
            (43, Outcome("landed")),
            (43, Words(First, THANKS)),
        ],
    },
    Story {
        purpose: "peers",
        people: [10, 11],
        drafted: 1,
        step: "a coffee at the harbour",
        deeds: &[(1, Ask), (1, Yes(First)), (3, Yes(Second)), (20, Outcome("met")), (21, Settle)],
    },
    Story {
        purpose: "expertise",
        people: [6, 7],
        drafted: 3,
        step: "one question by mail to begin with",
        deeds: &[(3, Ask), (5, No(First))],
    },
    Story {
        purpose: "conversation",
        people: [2, 3],
        drafted: 0,
        step: "a call of twenty minutes",
        deeds: &[(0, Ask), (1, NotNow(First, 42, "I have an exam first; after that, gladly."))],
    },
    Story {
        purpose: "job_search",
        people: [4, 1],
        drafted: 6,
        step: "a look at two of her projects",
        deeds: &[(6, Ask), (7, Yes(First)), (9, Yes(Second)), (19, Outcome("not_a_fit"))],
    },
    Story {
        purpose: "job_search",
        people: [4, 5],
        drafted: 22,
        step: "a visit to the studio",
        deeds: &[(22, Ask), (23, Yes(First)), (25, Yes(Second)), (41, Outcome("no_reply"))],
    },
    Story {
        purpose: "recruiter",
        people: [2, 11],
        drafted: 24,
        step: "a short call",
        deeds: &[
            (24, Ask),
            (25, Yes(First)),
            (27, NotNow(Second, 75, "Our spring list is full until then.")),
        ],
    },
    Story {
        purpose: "peers",
        people: [8, 10],
        drafted: 38,
        step: "an evening with both languages",
        deeds: &[(38, Ask), (39, Yes(First)), (40, Yes(Second))],
    },
    Story {
        purpose: "conversation",
        people: [8, 9],
        drafted: 40,
        step: "a visit to a class",
        deeds: &[(40, Ask), (42, Yes(First))],
    },
    Story {
        purpose: "expertise",
        people: [7, 3],
        drafted: 41,
        step: "a call of a quarter of an hour",
        deeds: &[(41, Ask), (41, Bounce(First))],
    },
    Story { purpose: "peers", people: [0, 6], drafted: 43, step: "lunch on a Thursday", deeds: &[(43, Ask)] },
    Story { purpose: "colleague", people: [5, 9], drafted: 44, step: "a walk around the block", deeds: &[] },
];

/// Fills the desk of the demo. It is now again when this returns.
pub async fn fill(app: &App, who: &Connector) -> anyhow::Result<()> {
    let cx = &app.cx;
    let start = cx.now() - Span::days(DAYS);
    set(cx, start);
    for (name, email, described, how_known) in PEOPLE {
        people::add(cx, who, &contact(name, email, described, how_known)).await?;
    }
    let mut deeds: Vec<(Ts, usize, Option<Deed>)> = Vec::new();
    for (nth, story) in STORIES.iter().enumerate() {
        let at = |day: i64, step: usize| {
            // Not all on the stroke of the hour.
            let minutes = i64::try_from(nth * 7 + step * 25).unwrap_or(0);
            start + Span::days(day) + Span::minutes(minutes)
        };
        deeds.push((at(story.drafted, 0), nth, None));
        deeds.extend(
            story.deeds.iter().zip(1..).map(|((day, deed), step)| (at(*day, step), nth, Some(*deed))),
        );
    }
    deeds.sort_by_key(|(at, ..)| *at);
    let mut made: [Option<IntroductionId>; STORIES.len()] = [None; STORIES.len()];
    for (at, nth, deed) in deeds {
        pass_days(app, at).await;
        set(cx, at);
        app.worker.run_once().await;
        match (made[nth], deed) {
            (None, _) => made[nth] = Some(draft::create(cx, who, &raw(&STORIES[nth])).await?.id),
            (Some(id), Some(deed)) => does(cx, who, id, start, deed).await?,
            (Some(_), None) => {}
        }
        // The hold passes.
        set(cx, at + Span::minutes(1));
        app.worker.run_once().await;
    }
    pass_days(app, start + Span::days(DAYS)).await;
    set(cx, start + Span::days(DAYS));
    app.worker.run_once().await;
    Ok(())
}

/// What time alone makes happen happens on its day.
async fn pass_days(app: &App, until: Ts) {
    while app.cx.now() + Span::days(1) < until {
        set(&app.cx, app.cx.now() + Span::days(1));
        app.worker.run_once().await;
    }
}

async fn does(cx: &Cx, who: &Connector, id: IntroductionId, start: Ts, deed: Deed) -> anyhow::Result<()> {
    match deed {
        Ask => drop(ask::ask(cx, who, id).await?),
        Yes(side) => says(cx, who, id, side, "yes", None, "").await?,
        No(side) => says(cx, who, id, side, "no", None, "").await?,
        NotNow(side, day, note) => {
            says(cx, who, id, side, "not_now", Some(start + Span::days(day)), note).await?;
        }
        Bounce(side) => bounces(cx, id, side).await?,
        Outcome(outcome) => drop(follow_up::record(cx, who, id, outcome).await?),
        Words(side, words) => writes(cx, who, id, side, words).await?,
        Settle => desk::settle(cx, who, id).await?,
    }
    Ok(())
}

/// As the courier records it when a relay refuses an address.
async fn bounces(cx: &Cx, id: IntroductionId, side: Side) -> anyhow::Result<()> {
    let shared = cx.clone();
    let unit = cx.db.write(move |tx| {
        let cx = shared.clone();
        Box::pin(async move { close::undeliverable(tx, &cx, id, side).await })
    });
    close::told(cx, unit.await?.as_ref());
    Ok(())
}

/// Opens the link of a person and answers.
async fn says(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    side: Side,
    choice: &str,
    until: Option<Ts>,
    note: &str,
) -> anyhow::Result<()> {
    let token = token(cx, who, id, side, link::Purpose::Consent).await?;
    let page = answer::open(cx, &token).await?;
    let day = |at: Ts| at.to_jiff().to_zoned(cx.policy.zone.clone()).strftime("%Y-%m-%d").to_string();
    let reply = RawReply {
        choice: choice.to_owned(),
        nonce: page.nonce,
        until: until.map(day).unwrap_or_default(),
        note: note.to_owned(),
        ..RawReply::default()
    };
    answer::give(cx, &token, &reply).await?;
    Ok(())
}

/// Opens the link of a check-in and writes to Lena.
async fn writes(cx: &Cx, who: &Connector, id: IntroductionId, side: Side, words: &str) -> anyhow::Result<()> {
    let token = token(cx, who, id, side, link::Purpose::CheckIn).await?;
    let page = thanks::open(cx, &token).await?;
    thanks::say(cx, &token, words, &page.about.nonce).await?;
    Ok(())
}

/// What stands in a link of this person.
async fn token(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    side: Side,
    purpose: link::Purpose,
) -> anyhow::Result<String> {
    let of = desk::standing(cx, who, id).await?;
    let of = of.ok_or_else(|| anyhow::anyhow!("the introduction is gone"))?.introduction;
    let party = of.parties.get(side);
    let ring = cx.ring();
    let claims = Claims {
        purpose,
        generation: party.generation,
        expires: (cx.now() + Span::days(30)).minutes_ceil(),
        reference: party.link,
    };
    let token = ring.active_kid().and_then(|kid| ring.mint(kid, &claims));
    token.ok_or_else(|| anyhow::anyhow!("the key ring has no active key"))
}

fn set(cx: &Cx, at: Ts) {
    cx.clock.advance(at - cx.now());
}

fn contact(name: &str, email: &str, described: &str, how_known: &str) -> RawContact {
    RawContact {
        name: name.to_owned(),
        email: email.to_owned(),
        described: described.to_owned(),
        how_known: how_known.to_owned(),
        ..RawContact::default()
    }
}

fn raw(story: &Story) -> RawDraft {
    let [first, second] = story.people.map(|nth| PEOPLE[nth]);
    RawDraft {
        purpose: story.purpose.to_owned(),
        first: party(first, second),
        second: party(second, first),
        shared: format!(
            "{} is {}. {} is {}. I think you two will like each other.",
            first.0, first.2, second.0, second.2
        ),
        step: story.step.to_owned(),
        same_employer: story.purpose == "colleague",
        coworker_confirmed: story.purpose == "colleague",
        ..RawDraft::default()
    }
}

fn party(of: Person, other: Person) -> RawParty {
    let (name, email, described, how_known) = of;
    RawParty {
        name: name.to_owned(),
        email: email.to_owned(),
        described: described.to_owned(),
        how_known: how_known.to_owned(),
        why: format!("You would talk to {}, and it may open a door.", other.2),
        blurb: format!("I am {described}."),
        ..RawParty::default()
    }
}
