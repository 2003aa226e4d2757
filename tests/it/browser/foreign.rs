//! A page of somebody else, on another port of loopback: another origin for the browser.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct Foreign {
    pub base: String,
    serving: JoinHandle<()>,
}

impl Foreign {
    /// Serves this HTML at every path.
    pub async fn with(html: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(get(async move || Html(html.clone())));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, serving }
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
