//! A small HTTP/1.1 client over a real socket that is kept open.

use std::io;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::HeaderMap;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Talks to one port of 127.0.0.1; connects again after any fault.
pub struct Http {
    pub port: u16,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }

    /// Acknowledged, in the eyes of a browser.
    pub fn is_good(&self) -> bool {
        (200..400).contains(&self.status)
    }
}

impl Http {
    pub fn new(port: u16) -> Self {
        Self { port, open: None }
    }

    pub async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// A form, as a browser sends it.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(Method::POST, path, &[kind], pairs.join("&")).await
    }

    /// A call of the API; null sends no body. `key` makes it happen once.
    pub async fn api(
        &mut self,
        token: &str,
        method: Method,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> io::Result<Answer> {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, &format!("/api/v1{path}"), &headers, text).await
    }

    /// # Errors
    /// When no whole answer came: whether the request was carried out is not known then.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> io::Result<Answer> {
        let mut sender = match self.open.take() {
            Some(sender) if sender.is_ready() => sender,
            Some(_) | None => self.connect().await?,
        };
        let mut request =
            Request::builder().method(method).uri(path).header("host", format!("127.0.0.1:{}", self.port));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(io::Error::other)?;
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        self.open = Some(sender);
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
    }

    async fn connect(&self) -> io::Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // Ends when either side hangs up; the caller sees that by its request.
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// A value as a form carries it.
pub fn percent(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let letter = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    value.bytes().map(letter).collect()
}
