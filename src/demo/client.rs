//! A small HTTP client over a real socket, for the script.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Talks to one service.
pub struct Client {
    address: String,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub body: String,
}

impl Client {
    #[must_use]
    pub fn new(address: String) -> Self {
        Self { address }
    }

    /// A page, as a person opens it.
    pub async fn get(&self, path: &str) -> anyhow::Result<Reply> {
        self.send(Request::get(path), String::new()).await
    }

    /// A form, as a browser sends it.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Reply> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body.join("&")).await
    }

    /// A call of the API.
    pub async fn api(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &serde_json::Value,
    ) -> anyhow::Result<serde_json::Value> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let reply = self.send(request, text).await?;
        if !reply.status.is_success() {
            anyhow::bail!("{path} answered {}: {}", reply.status, reply.body);
        }
        Ok(serde_json::from_str(&reply.body)?)
    }

    async fn send(&self, request: hyper::http::request::Builder, body: String) -> anyhow::Result<Reply> {
        let stream = TcpStream::connect(&self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let running = tokio::spawn(connection);
        let request = request.header("host", &self.address).header("connection", "close");
        let response = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        drop(sender);
        // The other end closes; whatever it says while closing changes nothing for us.
        drop(running.await);
        Ok(Reply { status, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

/// Percent-encodes a form value (WHATWG URL, application/x-www-form-urlencoded).
fn escape(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
