//! An SMTP server in this process that keeps every mail, and misbehaves on demand.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use super::smtp_script::{Act, At};

/// A mail the server has taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub from: String,
    pub rcpt: String,
    /// Without the dots that SMTP adds.
    pub data: Vec<u8>,
}

#[derive(Default)]
struct State {
    always: HashMap<At, Act>,
    next: HashMap<At, VecDeque<Act>>,
    recipients: HashMap<String, Act>,
    domains: HashMap<String, Act>,
    extensions: Vec<String>,
    taken: Vec<Taken>,
    commands: Vec<String>,
    connections: usize,
}

/// The server; it stops when this is dropped.
pub struct SmtpSink {
    port: u16,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

impl SmtpSink {
    /// Listens on a free port of 127.0.0.1. Shakes hands after STARTTLS, once that is [offered](Self::offer).
    pub async fn start() -> Self {
        Self::listen(false).await
    }

    /// The same with TLS from the first byte.
    pub async fn start_with_tls() -> Self {
        Self::listen(true).await
    }

    async fn listen(tls_first: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let server = tokio::spawn(accept(listener, Arc::clone(&state), tls_first));
        Self { port, state, server }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on, every time.
    pub fn always(&self, at: At, act: Act) {
        self.lock().always.insert(at, act);
    }

    /// The next time only; several are used up in order, before `always`.
    pub fn once(&self, at: At, act: Act) {
        self.lock().next.entry(at).or_default().push_back(act);
    }

    /// Every RCPT for this address.
    pub fn for_recipient(&self, address: &str, act: Act) {
        self.lock().recipients.insert(address.to_owned(), act);
    }

    /// Every RCPT for an address of this domain.
    pub fn for_domain(&self, domain: &str, act: Act) {
        self.lock().domains.insert(domain.to_owned(), act);
    }

    /// Another line in the reply to EHLO, such as `STARTTLS`.
    pub fn offer(&self, extension: &str) {
        self.lock().extensions.push(extension.to_owned());
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.lock().taken.clone()
    }

    /// What it has taken over since there were `seen` mails.
    pub fn taken_after(&self, seen: usize) -> Vec<Taken> {
        self.lock().taken.get(seen..).unwrap_or_default().to_vec()
    }

    /// Every command line so far, over all connections; AUTH without its argument.
    pub fn commands(&self) -> Vec<String> {
        self.lock().commands.clone()
    }

    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>, tls_first: bool) {
    // Dropped with the task: connections end when the server does.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.lock().unwrap().connections += 1;
        stream.set_nodelay(true).unwrap();
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let mut talk =
                Talk { stream: BufReader::new(Box::new(stream)), tls: false, state, from: None, rcpt: None };
            let _ = talk.run(tls_first).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Why a conversation is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

struct Talk {
    stream: BufReader<Box<dyn Duplex>>,
    tls: bool,
    state: Arc<Mutex<State>>,
    from: Option<String>,
    rcpt: Option<String>,
}

impl Talk {
    async fn run(&mut self, tls_first: bool) -> Result<(), Over> {
        if tls_first {
            self.shake_hands().await?;
        }
        self.answer(At::Greeting, "220 sink ESMTP").await?;
        loop {
            let line = self.line().await?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let logged = if verb == "AUTH" { verb.clone() } else { line.clone() };
            self.state.lock().unwrap().commands.push(logged);
            self.command(&verb, &line).await?;
        }
    }

    async fn command(&mut self, verb: &str, line: &str) -> Result<(), Over> {
        match verb {
            "EHLO" => {
                let mut extensions = self.state.lock().unwrap().extensions.clone();
                extensions.retain(|extension| !(self.tls && extension == "STARTTLS"));
                let lines: Vec<String> = ["sink"].map(str::to_owned).into_iter().chain(extensions).collect();
                let last = lines.len() - 1;
                let reply: Vec<String> = lines
                    .iter()
                    .enumerate()
                    .map(|(n, l)| format!("250{}{l}", if n == last { ' ' } else { '-' }))
                    .collect();
                self.answer(At::Ehlo, &reply.join("\r\n")).await?;
            }
            "STARTTLS" => {
                if self.answer(At::StartTls, "220 go ahead").await? {
                    self.shake_hands().await?;
                }
            }
            "AUTH" => {
                self.answer(At::Auth, "235 2.7.0 welcome").await?;
            }
            "MAIL" => {
                if self.from.is_some() {
                    return self.send("503 5.5.1 one at a time").await;
                }
                if self.answer(At::Mail, "250 2.1.0 ok").await? {
                    self.from = Some(address(line));
                }
            }
            "RCPT" => self.recipient(line).await?,
            "DATA" => {
                if self.rcpt.is_none() {
                    return self.send("503 5.5.1 to whom?").await;
                }
                if self.answer(At::Data, "354 go").await? {
                    self.mail().await?;
                }
            }
            "RSET" => {
                if self.answer(At::Rset, "250 2.0.0 reset").await? {
                    (self.from, self.rcpt) = (None, None);
                }
            }
            "NOOP" => self.send("250 2.0.0 ok").await?,
            "QUIT" => {
                self.send("221 2.0.0 bye").await?;
                return Err(Over);
            }
            _ => self.send("500 5.5.2 what?").await?,
        }
        Ok(())
    }

    async fn shake_hands(&mut self) -> Result<(), Over> {
        let nothing: Box<dyn Duplex> = Box::new(tokio::io::empty());
        let stream = std::mem::replace(&mut self.stream, BufReader::new(nothing)).into_inner();
        let encrypted = acceptor().accept(stream).await?;
        self.stream = BufReader::new(Box::new(encrypted));
        self.tls = true;
        Ok(())
    }

    async fn recipient(&mut self, line: &str) -> Result<(), Over> {
        if self.from.is_none() {
            return self.send("503 5.5.1 from whom?").await;
        }
        let rcpt = address(line);
        let own = {
            let state = self.state.lock().unwrap();
            let domain = rcpt.rsplit('@').next().and_then(|domain| state.domains.get(domain));
            state.recipients.get(&rcpt).or(domain).cloned()
        };
        let accepted = match own {
            Some(act) => self.act(act).await?,
            None => self.answer(At::Rcpt, "250 2.1.5 ok").await?,
        };
        if accepted {
            self.rcpt = Some(rcpt);
        }
        Ok(())
    }

    async fn mail(&mut self) -> Result<(), Over> {
        let mut data = Vec::new();
        loop {
            let line = self.line().await?;
            if data.is_empty()
                && let Some(act) = self.scripted(At::Body)
            {
                self.act(act).await?;
            }
            if line == b".\r\n" {
                break;
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let (from, rcpt) = (self.from.take().unwrap_or_default(), self.rcpt.take().unwrap_or_default());
        let act = self.scripted(At::Dot);
        let refused = match &act {
            Some(
                Act::Reply(r)
                | Act::Slow(_, r)
                | Act::Drip(_, r)
                | Act::ReplyAndClose(r)
                | Act::ReplyAndMute(r),
            ) => r.starts_with(['4', '5']),
            Some(Act::Bytes(bytes)) => bytes.starts_with(b"4") || bytes.starts_with(b"5"),
            Some(Act::Mute | Act::Close) | None => false,
        };
        if !refused {
            self.state.lock().unwrap().taken.push(Taken { from, rcpt, data });
        }
        self.act(act.unwrap_or_else(|| Act::reply("250 2.0.0 queued as 1"))).await?;
        Ok(())
    }

    /// Does what the script says, or sends the friendly reply. True when the reply was positive.
    async fn answer(&mut self, at: At, friendly: &str) -> Result<bool, Over> {
        let act = self.scripted(at).unwrap_or_else(|| Act::reply(friendly));
        self.act(act).await
    }

    fn scripted(&self, at: At) -> Option<Act> {
        let mut state = self.state.lock().unwrap();
        let next = state.next.get_mut(&at).and_then(VecDeque::pop_front);
        next.or_else(|| state.always.get(&at).cloned())
    }

    async fn act(&mut self, act: Act) -> Result<bool, Over> {
        match act {
            Act::Reply(reply) => {
                self.send(&reply).await?;
                Ok(reply.starts_with(['2', '3']))
            }
            Act::Bytes(bytes) => {
                self.stream.write_all(&bytes).await?;
                self.stream.flush().await?;
                Ok(bytes.starts_with(b"2") || bytes.starts_with(b"3"))
            }
            Act::Slow(wait, reply) => {
                tokio::time::sleep(wait).await;
                self.send(&reply).await?;
                Ok(reply.starts_with(['2', '3']))
            }
            Act::Drip(pause, reply) => {
                for byte in format!("{reply}\r\n").bytes() {
                    self.stream.write_all(&[byte]).await?;
                    self.stream.flush().await?;
                    tokio::time::sleep(pause).await;
                }
                Ok(reply.starts_with(['2', '3']))
            }
            Act::Mute => self.say_nothing().await,
            Act::Close => Err(Over),
            Act::ReplyAndClose(reply) => {
                self.send(&reply).await?;
                Err(Over)
            }
            Act::ReplyAndMute(reply) => {
                self.send(&reply).await?;
                self.say_nothing().await
            }
        }
    }

    /// Reads on, so that the client's writes succeed, and says nothing for ever.
    async fn say_nothing(&mut self) -> Result<bool, Over> {
        while !self.line().await?.is_empty() {}
        Err(Over)
    }

    async fn send(&mut self, reply: &str) -> Result<(), Over> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await?;
        Ok(())
    }

    async fn line(&mut self) -> Result<Vec<u8>, Over> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line).await? == 0 { Err(Over) } else { Ok(line) }
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// For `localhost`, signed by `tests/keys/tls-root.pem`.
fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../../keys/tls-localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../../keys/tls-localhost-key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
