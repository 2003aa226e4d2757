//! The whole site behind a real port: a database of its own, a clock that tests move, and a mailbox out
//! of which links are taken.

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use twoyes::app::{App, Choices};
use twoyes::clock::{Clock, Span};
use twoyes::config::{Config, Secret, Transport};
use twoyes::domain::connector::{Connector, Role};
use twoyes::flow::{Cx, account};
use twoyes::ids::Ids;
use twoyes::mail::{Decoded, LocalMailbox, decode};
use twoyes::worker::Worker;

use super::driver::{Browser, Script};
use crate::support::world::START;

pub const ADMIN: &str = "lena@connect.example";

pub struct Site {
    pub base: String,
    pub cx: Cx,
    pub clock: Clock,
    /// Lena Brandt, an admin.
    pub admin: Connector,
    worker: Worker,
    mailbox: LocalMailbox,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Site {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(START);
        let mut config = Config::default();
        config.server.base_url.clone_from(&base);
        config.database.url = Secret::new(format!("sqlite:{}", folder.path().join("site.db").display()));
        config.database.max_connections = 4;
        config.keys.file = folder.path().join("site.keys");
        config.mail.transport = Transport::Mailbox;
        config.mail.from_address = "introductions@twoyes.example".into();
        let choices = Choices { clock: clock.clone(), ids: Ids::System };
        let App { cx, web, worker, mailbox, .. } = App::build(&config, choices).await.unwrap();
        let admin = account::add(&cx, ADMIN, "Lena Brandt", Role::Admin).await.unwrap();
        let router = twoyes::web::routes::router(&web);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, cx, clock, admin, worker, mailbox: mailbox.unwrap(), serving, _folder: folder }
    }

    pub async fn browser(&self) -> Browser {
        Browser::new(&self.base, Script::On).await
    }

    pub fn port(&self) -> u16 {
        self.base.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Signs the browser in without a mail.
    pub async fn enter(&self, browser: &Browser, who: &Connector) {
        let session = account::session_for(&self.cx, who).await.unwrap();
        browser.open("/healthz").await;
        browser.drop_cookies().await;
        browser.put_cookie("twoyes", &session).await;
    }

    /// Lets everything happen that is due now.
    pub async fn settle(&self) {
        self.worker.run_once().await;
    }

    /// Time passes, and what is due happens.
    pub async fn pass(&self, span: Span) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// Every mail to this address so far, the oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Decoded> {
        let mut mails: Vec<_> =
            self.mailbox.list().into_iter().filter(|mail| mail.recipient == address).collect();
        mails.sort_by_key(|mail| mail.id);
        mails.iter().map(|mail| decode(&mail.raw)).collect()
    }

    /// The newest mail to this address.
    #[track_caller]
    pub fn mail_to(&self, address: &str) -> Decoded {
        self.mails_to(address).pop().unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// The path of the newest link below `path` that was mailed to this address.
    #[track_caller]
    pub fn link_to(&self, address: &str, path: &str) -> String {
        let start = format!("{}{path}", self.base);
        let mails = self.mails_to(address);
        let link = mails
            .iter()
            .rev()
            .find_map(|mail| mail.text.lines().map(str::trim).find(|line| line.starts_with(&start)));
        let link = link.unwrap_or_else(|| panic!("no link {path} was mailed to {address}"));
        link[self.base.len()..].to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
