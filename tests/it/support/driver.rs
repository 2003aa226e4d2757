//! Carries introductions from draft to end over real HTTP and delivered mail, as connectors and parties
//! would: whatever fails is tried again, and every acknowledgement is noted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use twoyes::clock::{Clock, Ts};
use twoyes::mail::decode;

use super::drafts::{draft, hidden};
use super::http::{Answer, Http};
use super::ledger::{Ack, Copy, Ledger, Never};
use super::smtp_sink::SmtpSink;

/// How one introduction is to go.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub nth: usize,
    pub together: bool,
    pub first: &'static str,
    /// `None`: never asked, because the first does not agree.
    pub second: Option<&'static str>,
}

/// The mails that were taken over, by recipient.
pub struct Postbox {
    sink: Arc<SmtpSink>,
    sorted: Mutex<Sorted>,
}

#[derive(Default)]
struct Sorted {
    seen: usize,
    mails: HashMap<String, Vec<Letter>>,
}

/// A delivered mail, as far as the driver cares.
#[derive(Clone)]
pub struct Letter {
    pub subject: String,
    /// The path of its answer link.
    pub answer: Option<String>,
}

/// Everybody outside of the service: connector, parties, and who delivers mail to them.
pub struct Driver {
    /// Where processes listen; requests go round.
    pub ports: Vec<u16>,
    pub token: String,
    pub postbox: Postbox,
    acks: Mutex<Vec<(Ts, Ack)>>,
    nevers: Mutex<Vec<Never>>,
    /// When to give up.
    pub until: Instant,
}

impl Plan {
    /// Four of five go well, one of ten of those asks both at once; the others are declined by either.
    pub fn of(nth: usize) -> Self {
        let (first, second) = match nth % 20 {
            3 | 9 => ("yes", Some("no")),
            13 => ("yes", Some("never")),
            17 => ("no", None),
            _ => ("yes", Some("yes")),
        };
        Self { nth, together: nth % 10 == 5, first, second }
    }

    pub fn all_yes(nth: usize) -> Self {
        Self { nth, together: nth % 10 == 5, first: "yes", second: Some("yes") }
    }

    pub fn is_introduced(self) -> bool {
        self.second == Some("yes")
    }

    pub fn address(self, side: &str) -> String {
        // Few share a domain, since each domain has only half of the courier's room.
        format!("{side}{}@{side}{}.example", self.nth, self.nth % 23)
    }

    fn draft(self) -> Value {
        let mut draft = draft();
        if self.together {
            draft["order"] = json!("together");
        }
        for side in ["first", "second"] {
            draft[side]["email"] = json!(self.address(side));
        }
        draft
    }
}

impl Postbox {
    pub fn new(sink: Arc<SmtpSink>) -> Self {
        Self { sink, sorted: Mutex::default() }
    }

    /// The mails to this address so far.
    pub fn of(&self, address: &str) -> Vec<Letter> {
        let mut sorted = self.sorted.lock().unwrap();
        for taken in self.sink.taken_after(sorted.seen) {
            sorted.seen += 1;
            let mail = decode(&taken.data);
            let answer = mail.text.lines().find_map(|line| {
                let at = line.find("/c/").filter(|_| line.trim().starts_with("http"))?;
                line[at..].split(['#', ' ']).next().map(str::to_owned)
            });
            sorted.mails.entry(taken.rcpt).or_default().push(Letter { subject: mail.subject, answer });
        }
        sorted.mails.get(address).cloned().unwrap_or_default()
    }

    /// The tokens of all answer links so far.
    pub fn tokens(&self) -> Vec<String> {
        self.of("");
        let sorted = self.sorted.lock().unwrap();
        let answers = sorted.mails.values().flatten().filter_map(|letter| letter.answer.as_deref());
        answers.filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect()
    }

    /// How many mails were taken over.
    pub fn count(&self) -> usize {
        self.of("");
        self.sorted.lock().unwrap().seen
    }

    /// Every copy of every mail, for the judge.
    pub fn copies(&self) -> Vec<Copy> {
        let copy = |taken: super::smtp_sink::Taken| Copy {
            message_id: decode(&taken.data).message_id,
            recipient: taken.rcpt,
            bytes: taken.data,
        };
        self.sink.taken().into_iter().map(copy).collect()
    }
}

impl Driver {
    pub fn new(ports: Vec<u16>, token: &str, sink: Arc<SmtpSink>, patience: Duration) -> Self {
        Self {
            ports,
            token: token.to_owned(),
            postbox: Postbox::new(sink),
            acks: Mutex::default(),
            nevers: Mutex::default(),
            until: Instant::now() + patience,
        }
    }

    /// What was acknowledged so far.
    pub fn acks(&self) -> Vec<Ack> {
        self.acks.lock().unwrap().iter().map(|(_, ack)| ack.clone()).collect()
    }

    /// The same, each with the time at which its reply was there.
    pub fn timed_acks(&self) -> Vec<(Ts, Ack)> {
        self.acks.lock().unwrap().clone()
    }

    /// All that is known of the run. The service has stopped.
    pub async fn ledger(&self, url: &str, log: String) -> Ledger {
        let mut ledger = Ledger::read(url, self.acks(), self.postbox.copies()).await;
        let asked = ledger.rows.iter().filter(|row| row.kind.starts_with("ask_"));
        let mut secrets: Vec<String> = asked.map(|row| row.recipient.clone()).collect();
        secrets.push(self.token.clone());
        secrets.extend(self.postbox.tokens());
        ledger.nevers.clone_from(&self.nevers.lock().unwrap());
        (ledger.log, ledger.secrets) = (log, secrets);
        ledger
    }

    /// Carries them all to their ends, `at_once` at a time.
    pub async fn carry(self: &Arc<Self>, plans: Vec<Plan>, at_once: usize) {
        let plans = Arc::new(Mutex::new(plans.into_iter()));
        let mut hands = tokio::task::JoinSet::new();
        for hand in 0..at_once {
            let (driver, plans) = (Arc::clone(self), Arc::clone(&plans));
            hands.spawn(async move {
                let mut round = hand;
                loop {
                    let next = plans.lock().unwrap().next();
                    let Some(plan) = next else { return };
                    driver.carry_one(plan, &mut round).await;
                }
            });
        }
        while let Some(ended) = hands.join_next().await {
            ended.unwrap();
        }
    }

    /// Drafts and asks; returns the path of the first party's answer link.
    pub async fn ask(&self, plan: Plan) -> String {
        self.draft_and_ask(plan).await;
        self.mail(&plan.address("first"), |mail| mail.answer.is_some()).await.answer.unwrap()
    }

    pub async fn draft_and_ask(&self, plan: Plan) -> String {
        self.begin(plan, &mut 0).await
    }

    async fn begin(&self, plan: Plan, round: &mut usize) -> String {
        let key = format!("draft-{}", plan.nth);
        let drafted = self.call(round, "/introductions", &plan.draft(), &key).await;
        let id = drafted.json()["id"].as_str().unwrap().to_owned();
        self.note(Ack::Drafted { id: id.clone() });
        let key = format!("ask-{}", plan.nth);
        self.call(round, &format!("/introductions/{id}/ask"), &Value::Null, &key).await;
        self.note(Ack::Asked { id: id.clone() });
        id
    }

    async fn carry_one(&self, plan: Plan, round: &mut usize) {
        let id = self.begin(plan, round).await;
        self.answer(round, &id, plan, "first", plan.first).await;
        if let Some(choice) = plan.second {
            self.answer(round, &id, plan, "second", choice).await;
        }
        if plan.is_introduced() {
            for side in ["first", "second"] {
                self.mail(&plan.address(side), |mail| mail.subject.contains(" <> ")).await;
            }
        }
    }

    /// A call of the API, until it is acknowledged.
    async fn call(&self, round: &mut usize, path: &str, body: &Value, key: &str) -> Answer {
        loop {
            let mut http = self.http(round);
            match http.api(&self.token, Method::POST, path, body, Some(key)).await {
                Ok(answer) if answer.is_good() => return answer,
                Ok(answer) => {
                    assert!(answer.status >= 500, "{path}: {} {}", answer.status, answer.body);
                }
                Err(_) => {}
            }
            self.breathe(path).await;
        }
    }

    /// Waits for the ask, opens its link and answers, until that is acknowledged.
    async fn answer(
        &self,
        round: &mut usize,
        id: &str,
        plan: Plan,
        side: &'static str,
        choice: &'static str,
    ) {
        let link = self.mail(&plan.address(side), |mail| mail.answer.is_some()).await.answer.unwrap();
        let mut tries = 0;
        loop {
            match self.try_answer(round, &link, choice).await {
                Some(200..400) => {
                    if choice == "never" {
                        let (address, after) = (plan.address(side), self.postbox.count());
                        self.nevers.lock().unwrap().push(Never { address, after });
                    }
                    self.note(Ack::Answered { id: id.to_owned(), side, choice });
                    return;
                }
                // Carried out by a try that nobody acknowledged, and all is over by now.
                Some(410) if tries > 0 => return,
                Some(status) => assert!(status >= 500, "{side} of {plan:?}: {status}"),
                None => {}
            }
            tries += 1;
            self.breathe("an answer").await;
        }
    }

    async fn try_answer(&self, round: &mut usize, link: &str, choice: &str) -> Option<u16> {
        let mut http = self.http(round);
        let page = http.get(link).await.ok()?;
        if page.status != 200 {
            return Some(page.status);
        }
        let nonce = hidden(&page.body, "nonce");
        Some(http.form(link, &[("nonce", &nonce), ("choice", choice)]).await.ok()?.status)
    }

    /// Waits for a mail to this address.
    pub async fn mail(&self, address: &str, wanted: impl Fn(&Letter) -> bool) -> Letter {
        loop {
            if let Some(found) = self.postbox.of(address).into_iter().find(|mail| wanted(mail)) {
                return found;
            }
            self.breathe(address).await;
        }
    }

    fn http(&self, round: &mut usize) -> Http {
        *round += 1;
        Http::new(self.ports[*round % self.ports.len()])
    }

    fn note(&self, ack: Ack) {
        self.acks.lock().unwrap().push((Clock::System.now(), ack));
    }

    async fn breathe(&self, what: &str) {
        assert!(Instant::now() < self.until, "out of patience, waiting for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
