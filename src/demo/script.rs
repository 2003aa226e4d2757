//! Plays one introduction from draft to outcome, over real HTTP and the captured mails.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::client::Client;
use crate::app::App;
use crate::clock::Span;
use crate::domain::connector::{Connector, Scope};
use crate::flow::{Cx, account};
use crate::mail::{LocalMailbox, decode};

const ADA: &str = "ada@example.org";
const GRACE: &str = "grace@example.net";

/// The script's hands: client, mailbox, and how many mails were read already.
struct Stage {
    client: Client,
    token: String,
    mailbox: LocalMailbox,
    cx: Cx,
    seen: u64,
    /// Recipient and text of mails that came while another one was waited for.
    early: Vec<(String, String)>,
    tell: tokio::sync::oneshot::Sender<()>,
}

/// Serves, plays, stops.
pub async fn play(app: App, listener: TcpListener, who: Connector) -> anyhow::Result<()> {
    let (_, token) = account::add_token(&app.cx, &who, "script", &[Scope::Read, Scope::Write]).await?;
    let (tell, told) = tokio::sync::oneshot::channel();
    let Some(mailbox) = app.mailbox.clone() else {
        anyhow::bail!("the script needs the local mailbox");
    };
    let client = Client::new(listener.local_addr()?.to_string());
    let mut stage = Stage { client, token, mailbox, cx: app.cx.clone(), seen: 0, early: Vec::new(), tell };
    let serving = tokio::spawn(app.serve(listener, async move {
        // A dropped sender means the same: stop.
        drop(told.await);
    }));
    let ended = stage.all_scenes().await;
    // Nobody listens any more when the service ended by itself; its error follows.
    let _ = stage.tell.send(());
    serving.await??;
    ended
}

impl Stage {
    async fn all_scenes(&mut self) -> anyhow::Result<()> {
        let id = self.draft_and_ask().await?;
        self.answer(ADA, "Ada agrees, and edits what Grace will read about her").await?;
        self.answer(GRACE, "Grace agrees").await?;
        title("The hold passes; the introduction leaves");
        self.mails(3).await?;
        self.check_in(&id).await
    }

    async fn draft_and_ask(&mut self) -> anyhow::Result<String> {
        title("Lena drafts an introduction and asks Ada first");
        let made = self.call(Method::POST, "/api/v1/introductions", &draft()).await?;
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        self.call(Method::POST, &format!("/api/v1/introductions/{id}/ask"), &Value::Null).await?;
        Ok(id)
    }

    /// Reads the ask, follows its link, says yes.
    async fn answer(&mut self, who: &str, scene: &str) -> anyhow::Result<()> {
        let ask = self.mail_to(who, "/c/").await?;
        title(scene);
        let page = self.client.get(&ask).await?;
        anyhow::ensure!(page.status.is_success(), "the answer page answered {}", page.status);
        let nonce = field(&page.body, "nonce")?;
        let fields = [("nonce", nonce.as_str()), ("choice", "yes")];
        let said = self.client.post_form(&ask, &fields).await?;
        anyhow::ensure!(
            said.status.is_success() || said.status.is_redirection(),
            "the answer was refused: {}",
            said.status
        );
        println!("POST (choice: yes) -> {}\n", said.status);
        self.mail_to(who, "/c/").await?;
        Ok(())
    }

    async fn check_in(&mut self, id: &str) -> anyhow::Result<()> {
        title("Seven days later: what came of it?");
        self.cx.clock.advance(Span::days(7));
        self.cx.wake.ring();
        let link = self.mail_to(ADA, "/met/").await?;
        let page = self.client.get(&link).await?;
        let nonce = field(&page.body, "nonce")?;
        let said = self.client.post_form(&link, &[("nonce", nonce.as_str()), ("outcome", "met")]).await?;
        anyhow::ensure!(
            said.status.is_success() || said.status.is_redirection(),
            "the outcome was refused: {}",
            said.status
        );
        println!("POST (outcome: met) -> {}\n", said.status);
        title("What Lena sees");
        let shown = self.call(Method::GET, &format!("/api/v1/introductions/{id}"), &Value::Null).await?;
        println!("state: {}, outcome: {}", shown["state"], shown["outcome"]);
        anyhow::ensure!(shown["outcome"] == "met", "the outcome was not recorded");
        let events =
            self.call(Method::GET, &format!("/api/v1/introductions/{id}/events"), &Value::Null).await?;
        for event in events["items"].as_array().into_iter().flatten() {
            println!("  {}  {} {}", event["at"], event["event"], event["side"]);
        }
        Ok(())
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        println!("{method} {path}");
        self.client.api(method, path, &self.token, body).await
    }

    /// Waits for the next `count` mails and prints them.
    async fn mails(&mut self, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            self.next_mail().await?;
        }
        Ok(())
    }

    /// Waits for a mail to `who` with a link below `path`, printing everything that arrives. Returns
    /// the link's path.
    async fn mail_to(&mut self, who: &str, path: &str) -> anyhow::Result<String> {
        let link_for = |(to, text): &(String, String)| if to == who { find_link(text, path) } else { None };
        // Several leave at once, in any order.
        let early = self.early.iter().position(|mail| link_for(mail).is_some());
        let mut next = early.map(|at| self.early.remove(at));
        loop {
            let mail = match next.take() {
                Some(mail) => mail,
                None => self.next_mail().await?,
            };
            if let Some(link) = link_for(&mail) {
                return Ok(link);
            }
            self.early.push(mail);
        }
    }

    async fn next_mail(&mut self) -> anyhow::Result<(String, String)> {
        for _ in 0..400 {
            let next = self.mailbox.list().into_iter().find(|mail| mail.id > self.seen);
            if let Some(mail) = next {
                self.seen = mail.id;
                let decoded = decode(&mail.raw);
                println!("\n-- mail to {}\n   Subject: {}\n", mail.recipient, decoded.subject);
                println!("{}\n", indent(&decoded.text));
                return Ok((mail.recipient, decoded.text));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("no mail came within eight seconds")
    }
}

fn title(text: &str) {
    println!("\n== {text}\n");
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("   | {line}")).collect::<Vec<_>>().join("\n")
}

/// The path of the first link below `path` in a mail's text.
fn find_link(text: &str, path: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with("http") && line.contains(path))?;
    let start = line.find(path)?;
    Some(line[start..].to_owned())
}

/// The value of a hidden field of a form.
fn field(page: &str, name: &str) -> anyhow::Result<String> {
    let at = page
        .find(&format!("name=\"{name}\""))
        .ok_or_else(|| anyhow::anyhow!("the page has no field {name}"))?;
    let rest = &page[at..];
    let value = rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next());
    value.map(str::to_owned).ok_or_else(|| anyhow::anyhow!("the field {name} has no value"))
}

fn draft() -> Value {
    json!({
        "purpose": "job_search",
        "shared": "Ada has built schedulers for batch systems for eight years and is looking for her next team. \
                   Grace leads the platform group that schedules all of Northwind's builds.",
        "step": "a 20-minute call about how Northwind's platform team works",
        "writes_first": "first",
        "first": {
            "name": "Ada Lovelace",
            "email": ADA,
            "how_known": "we worked together at Analytical",
            "why": "They run the kind of team you told me you want to join, and are hiring next spring.",
            "blurb": "I build schedulers and like hard deadlines. Last: lead of the batch team at Analytical.",
            "described": "a scheduler engineer I worked with"
        },
        "second": {
            "name": "Grace Hopper",
            "email": GRACE,
            "how_known": "we met at the compilers meetup",
            "why": "Ada has solved the queueing problem you told me about, twice.",
            "blurb": "I lead the platform group at Northwind.",
            "described": "a platform lead I know from a meetup"
        }
    })
}
