//! Everything that one party can do, or have done to them, short of a yes that stands.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector;
use twoyes::domain::link::Purpose;
use twoyes::flow::{close, suppressions};
use twoyes::ids::IntroductionId;

use super::sim::Sim;
use crate::support::smtp_sink::Act;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Silence,
    /// Opens every page, again and again.
    Looks,
    No,
    QuietNo,
    NotNow,
    Never,
    /// The mail program's own button.
    Stop,
    /// "Never at all", on their own page.
    NeverAtAll,
    YesThen(&'static str),
    YesThenStop,
    /// Two answers in a second, as a robot gives them.
    Contested,
    Pauses,
    Limits,
    RefusesConnector,
    Erased,
    YesErased,
    /// By the admin.
    Suppressed,
    YesSuppressed,
    /// By the connector.
    Withdrawn,
    /// The relay puts every mail to them off for two days.
    Deferred,
    Bounces,
    /// A yes that stands: what all the others must not be mistaken for.
    Yes,
}

impl Way {
    /// Whether something is different from the start, before the way begins.
    pub const fn is_prepared(self) -> bool {
        matches!(self, Self::Deferred | Self::Bounces)
    }

    /// Whether a yes stands for a while.
    pub fn begins_with_yes(self) -> bool {
        matches!(
            self,
            Self::YesThen(_) | Self::YesThenStop | Self::YesErased | Self::YesSuppressed | Self::Yes
        )
    }
}

/// No party can tell one of these from another.
pub const WAYS: [Way; 23] = [
    Way::Silence,
    Way::Looks,
    Way::No,
    Way::QuietNo,
    Way::NotNow,
    Way::Never,
    Way::Stop,
    Way::NeverAtAll,
    Way::YesThen("no"),
    Way::YesThen("not_now"),
    Way::YesThen("never"),
    Way::YesThenStop,
    Way::Contested,
    Way::Pauses,
    Way::Limits,
    Way::RefusesConnector,
    Way::Erased,
    Way::YesErased,
    Way::Suppressed,
    Way::YesSuppressed,
    Way::Withdrawn,
    Way::Deferred,
    Way::Bounces,
];

/// The same for a first whose yes stood before: the second was told so by being asked.
pub const AFTER_YES: [Way; 10] = [
    Way::No,
    Way::QuietNo,
    Way::NotNow,
    Way::Never,
    Way::Stop,
    Way::NeverAtAll,
    Way::Contested,
    Way::Erased,
    Way::Suppressed,
    Way::Withdrawn,
];

/// Not even the connector can tell these apart.
pub const QUIET: [Way; 3] = [Way::Silence, Way::Looks, Way::QuietNo];

/// When something of a way happens, counted from the moment at which it begins.
pub const STEPS: [Span; 4] = [Span::ZERO, Span::seconds(1), Span::seconds(60), Span::days(2)];

/// The one whose answer must not be told.
pub struct Subject {
    pub id: IntroductionId,
    pub side: Side,
    pub email: String,
    pub way: Way,
}

impl Subject {
    /// Before anybody is asked.
    pub fn prepare(&self, sim: &Sim) {
        let act = match self.way {
            Way::Deferred => "451 4.7.1 try again later",
            Way::Bounces => "550 5.1.1 no such user",
            _ => return,
        };
        sim.sink.for_recipient(&self.email, Act::reply(act));
    }

    /// A yes, whatever comes later.
    pub async fn agrees(&self, sim: &Sim) {
        // With words of their own about themselves, which nobody may read before there are two yeses.
        self.answers(sim, &[("choice", "yes"), ("blurb", "Now in my own words.")]).await;
    }

    /// What the way has for this step.
    pub async fn act(&self, sim: &Sim, step: usize, connector: &Connector, admin: &Connector) {
        let cx = &sim.aside.cx;
        match (self.way, step) {
            (Way::Looks, _) => self.look(sim).await,
            (Way::No, 0) => self.answers(sim, &[("choice", "no"), ("note", "Not for me.")]).await,
            (Way::QuietNo, 0) => self.answers(sim, &[("choice", "no"), ("quiet", "yes")]).await,

            (Way::Never, 0) | (Way::Contested, 1) => self.answers(sim, &[("choice", "never")]).await,
            (Way::Contested, 0) => self.answers(sim, &[("choice", "no")]).await,
            (Way::Stop, 0) | (Way::YesThenStop, 2) => {
                let path = format!("/stop/{}", sim.link(self.id, self.side, Purpose::Stop).await);
                sim.aside.post(&path, &[("List-Unsubscribe", "One-Click")]).await;
            }
            (way, 0) if way.begins_with_yes() => self.agrees(sim).await,
            (Way::NotNow, 0) | (Way::YesThen("not_now"), 2) => self.answers(sim, &not_now()).await,
            (Way::YesThen(choice), 2) => self.answers(sim, &[("choice", choice)]).await,
            (Way::NeverAtAll, 0) => self.decides(sim, "/never", &[("sure", "yes"), ("never", "yes")]).await,
            (Way::Pauses, 0) => self.decides(sim, "", &[("what", "pause"), ("until", "2026-06-20")]).await,
            (Way::Limits, 0) => self.decides(sim, "", &[("what", "limit"), ("limit", "0")]).await,
            (Way::RefusesConnector, 0) => {
                let connector = connector.id.to_string();
                self.decides(sim, "", &[("what", "connector"), ("connector", &connector)]).await;
            }
            (Way::Erased, 0) | (Way::YesErased, 2) => {
                self.decides(sim, "/erase", &[("sure", "yes"), ("email", &self.email)]).await;
            }
            (Way::Suppressed, 0) | (Way::YesSuppressed, 2) => {
                suppressions::add(cx, admin, &self.email, "wrote to us").await.unwrap();
            }
            (Way::Withdrawn, 0) => {
                // Refused when it has closed already.
                let _ = close::withdraw(cx, connector, self.id).await;
            }
            (Way::Deferred, 3) => sim.sink.for_recipient(&self.email, Act::reply("250 2.1.5 ok")),
            _ => {}
        }
    }

    async fn answers(&self, sim: &Sim, form: &[(&str, &str)]) {
        if !self.has_a_link(sim).await {
            return;
        }
        let path = format!("/c/{}", sim.link(self.id, self.side, Purpose::Consent).await);
        let reply = sim.aside.fill(&path, form).await;
        assert_ne!(reply.status, 422, "{:?}: {}", self.way, reply.body);
    }

    async fn decides(&self, sim: &Sim, page: &str, form: &[(&str, &str)]) {
        if !self.has_a_link(sim).await {
            return;
        }
        let path = format!("/you/{}{page}", sim.link(self.id, self.side, Purpose::Manage).await);
        let reply = sim.aside.fill(&path, form).await;
        // A form that is not complete would make every way a silence.
        assert_ne!(reply.status, 422, "{:?}: {}", self.way, reply.body);
    }

    /// Who was not asked has had no mail with a link in it.
    async fn has_a_link(&self, sim: &Sim) -> bool {
        sim.load(self.id).await.parties.get(self.side).asked.is_some()
    }

    async fn look(&self, sim: &Sim) {
        for (purpose, path) in
            [(Purpose::Consent, "/c/"), (Purpose::Manage, "/you/"), (Purpose::Stop, "/stop/")]
        {
            let path = format!("{path}{}", sim.link(self.id, self.side, purpose).await);
            sim.aside.get(&path, &[]).await;
        }
    }
}

fn not_now() -> [(&'static str, &'static str); 2] {
    [("choice", "not_now"), ("until", "2026-06-01")]
}
