//! Headless Chromium over WebDriver (W3C), spoken with the small HTTP client of these tests: one
//! chromedriver for all tests, a browser with a profile of its own for each.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::support::http::Http;

/// How WebDriver names a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// For a machine without a screen, without a network and with a root user.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
];

/// What the tests need of a key.
pub mod key {
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const SPACE: char = ' ';
    pub const DOWN: char = '\u{e015}';
}

/// The one chromedriver. The script behind it ends everything when its standard input ends, which the
/// kernel sees to however this process ends.
struct Driver {
    port: u16,
    folder: PathBuf,
    _script: Child,
}

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// A browser with an empty profile. It is closed when this is dropped.
pub struct Browser {
    session: String,
    http: Mutex<Http>,
    port: u16,
    base: String,
}

/// An element of the page as it is now.
#[derive(Clone, Debug)]
pub struct Element(String);

fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("twoyes-browser.").tempdir().unwrap().keep();
        let mut script = Command::new("bash")
            .args(["tests/tools/chromedriver.sh", folder.to_str().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let port = said.trim().strip_prefix("port ").and_then(|port| port.parse().ok());
        Driver { port: port.unwrap_or_else(|| panic!("{said}")), folder, _script: script }
    })
}

impl Browser {
    /// A browser that knows this site by its paths.
    pub async fn new(base: &str, script: Script) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let driver = driver();
        let profile = driver.folder.join(format!("profile-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.display()));
        flags.push("--window-size=1280,900".into());
        let mut options = json!({ "args": flags, "binary": "/usr/bin/chromium" });
        if script == Script::Off {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "timeouts": { "implicit": 0, "pageLoad": 30_000, "script": 30_000 },
        } } });
        let mut http = Http::new(driver.port);
        let made = http.send(Method::POST, "/session", &[], wanted.to_string()).await.unwrap();
        let session =
            made.json()["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{}", made.body)).to_owned();
        Self { session, http: Mutex::new(http), port: driver.port, base: base.to_owned() }
    }

    /// One command; panics with what the driver says when it cannot be carried out.
    async fn command(&self, method: Method, path: &str, body: Value) -> Value {
        match self.attempt(method, path, body).await {
            Ok(value) => value,
            Err(said) => panic!("{path}: {said}"),
        }
    }

    async fn attempt(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let path = format!("/session/{}{path}", self.session);
        let text = if method == Method::POST { body.to_string() } else { String::new() };
        let answer = self.http.lock().await.send(method, &path, &[], text).await.unwrap();
        let value = answer.json()["value"].clone();
        if answer.status == 200 {
            Ok(value)
        } else {
            Err(value["message"].as_str().unwrap_or_default().to_owned())
        }
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        self.command(Method::POST, "/goog/cdp/execute", json!({ "cmd": command, "params": params })).await
    }

    /// Opens a path of the site, or a whole address.
    pub async fn open(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.command(Method::POST, "/url", json!({ "url": url })).await;
    }

    /// The path, with query and fragment; the whole address elsewhere.
    pub async fn path(&self) -> String {
        let url = self.command(Method::GET, "/url", Value::Null).await.as_str().unwrap().to_owned();
        url.strip_prefix(&self.base).map(str::to_owned).unwrap_or(url)
    }

    pub async fn title(&self) -> String {
        self.command(Method::GET, "/title", Value::Null).await.as_str().unwrap().to_owned()
    }

    /// The HTML as the browser has it now.
    pub async fn source(&self) -> String {
        self.command(Method::GET, "/source", Value::Null).await.as_str().unwrap().to_owned()
    }

    /// The words of the page that can be seen.
    pub async fn text(&self) -> String {
        let body = self.find("body").await;
        self.text_of(&body).await
    }

    pub async fn text_of(&self, element: &Element) -> String {
        let path = format!("/element/{}/text", element.0);
        self.command(Method::GET, &path, Value::Null).await.as_str().unwrap().to_owned()
    }

    pub async fn says(&self, words: &str) {
        let text = self.text().await;
        assert!(text.contains(words), "no `{words}` on {}:\n{text}", self.path().await);
    }

    pub async fn hides(&self, words: &str) {
        let source = self.source().await;
        assert!(!source.contains(words), "`{words}` on {}", self.path().await);
    }

    /// All elements of a CSS selector.
    pub async fn all(&self, css: &str) -> Vec<Element> {
        self.elements("css selector", css).await
    }

    async fn elements(&self, using: &str, value: &str) -> Vec<Element> {
        let found = self.command(Method::POST, "/elements", json!({ "using": using, "value": value })).await;
        let ids = found.as_array().unwrap().iter();
        ids.map(|one| Element(one[ELEMENT].as_str().unwrap().to_owned())).collect()
    }

    /// The first element of a CSS selector.
    pub async fn find(&self, css: &str) -> Element {
        match self.all(css).await.into_iter().next() {
            Some(element) => element,
            None => panic!("no {css} on {}:\n{}", self.path().await, self.source().await),
        }
    }

    /// Presses the button, or follows the link, with these very words, and waits for the page that follows.
    pub async fn press(&self, words: &str) {
        let element = self.saying(words).await;
        self.click(&element).await;
        self.leave(&element, words).await;
    }

    /// Presses what stays on the page: a fold, or a download.
    pub async fn press_here(&self, words: &str) {
        let element = self.saying(words).await;
        self.click(&element).await;
    }

    async fn saying(&self, words: &str) -> Element {
        let same =
            format!("normalize-space(.)=\"{words}\" and not(contains(concat(' ',@class,' '),' skip '))");
        let path = format!("//button[{same}] | //a[{same}] | //summary[{same}]");
        match self.elements("xpath", &path).await.into_iter().next() {
            Some(element) => element,
            None => {
                panic!("nothing to press says `{words}` on {}:\n{}", self.path().await, self.text().await)
            }
        }
    }

    /// Presses Enter where the focus is, and waits for the page that follows.
    pub async fn enter(&self) {
        let active = self.command(Method::GET, "/element/active", Value::Null).await;
        let element = Element(active[ELEMENT].as_str().unwrap().to_owned());
        self.strike(&[key::ENTER]).await;
        self.leave(&element, "Enter").await;
    }

    /// Waits until the page of this element is gone. (The driver does not always see a form go.)
    async fn leave(&self, element: &Element, what: &str) {
        let path = format!("/element/{}/name", element.0);
        let begun = Instant::now();
        while self.attempt(Method::GET, &path, Value::Null).await.is_ok() {
            assert!(begun.elapsed() < PATIENCE, "nothing followed on `{what}`");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Any command waits for the page that is on its way.
        self.title().await;
    }

    pub async fn click(&self, element: &Element) {
        self.command(Method::POST, &format!("/element/{}/click", element.0), json!({})).await;
    }

    /// Puts the words into the field with this id, instead of what stands there.
    pub async fn fill(&self, id: &str, words: &str) {
        let field = self.find(&format!("[id=\"{id}\"]")).await;
        self.command(Method::POST, &format!("/element/{}/clear", field.0), json!({})).await;
        self.keys(&field, words).await;
    }

    /// Chooses a file, by its path, for the field with this id.
    pub async fn hand_over(&self, id: &str, path: &str) {
        let field = self.find(&format!("[id=\"{id}\"]")).await;
        self.keys(&field, path).await;
    }

    /// A date field takes day, month and year in the order of the browser's language.
    pub async fn date(&self, id: &str, year: &str, month: &str, day: &str) {
        let field = self.find(&format!("[id=\"{id}\"]")).await;
        self.keys(&field, &format!("{month}{day}{year}")).await;
    }

    async fn keys(&self, field: &Element, words: &str) {
        self.command(Method::POST, &format!("/element/{}/value", field.0), json!({ "text": words })).await;
    }

    /// Ticks a box, or chooses one of several, by its id.
    pub async fn tick(&self, id: &str) {
        let element = self.find(&format!("[id=\"{id}\"]")).await;
        self.click(&element).await;
    }

    /// Presses keys where the focus is.
    pub async fn strike(&self, keys: &[char]) {
        self.strike_with(None, keys).await;
    }

    /// The same, with another key held down.
    pub async fn strike_with(&self, held: Option<char>, keys: &[char]) {
        let stroke = |kind: &str, key: char| json!({ "type": kind, "value": key.to_string() });
        let mut strokes: Vec<Value> = held.iter().map(|key| stroke("keyDown", *key)).collect();
        for key in keys {
            strokes.extend([stroke("keyDown", *key), stroke("keyUp", *key)]);
        }
        strokes.extend(held.iter().map(|key| stroke("keyUp", *key)));
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.command(Method::POST, "/actions", actions).await;
    }

    /// What an expression is on this page. Our pages allow no script; WebDriver is not bound by that.
    pub async fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return {expression}"), &[]).await
    }

    pub async fn run(&self, script: &str, args: &[Value]) -> Value {
        self.command(Method::POST, "/execute/sync", json!({ "script": script, "args": args })).await
    }

    /// A script that says its result to its last argument.
    pub async fn wait_for(&self, script: &str, args: &[Value]) -> Value {
        self.command(Method::POST, "/execute/async", json!({ "script": script, "args": args })).await
    }

    /// The width and height of the window in CSS pixels.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// `light` or `dark`.
    pub async fn scheme(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// The whole page as PNG, also what lies below the window.
    pub async fn screenshot(&self) -> Vec<u8> {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", shot).await;
        BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap()
    }

    /// `name`, `value` and flags of each cookie of the site.
    pub async fn cookies(&self) -> Vec<Value> {
        self.command(Method::GET, "/cookie", Value::Null).await.as_array().unwrap().clone()
    }

    /// As a thief would who has copied it.
    pub async fn put_cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "path": "/", "httpOnly": true });
        self.command(Method::POST, "/cookie", json!({ "cookie": cookie })).await;
    }

    pub async fn drop_cookies(&self) {
        self.command(Method::DELETE, "/cookie", Value::Null).await;
    }

    /// Looks into the nth frame of the page until a page is opened.
    pub async fn look_into_frame(&self, nth: usize) {
        self.command(Method::POST, "/frame", json!({ "id": nth })).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without a runtime: this happens in tests that panic, too.
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let request = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            self.session
        );
        if stream.write_all(request.as_bytes()).is_ok() {
            stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
            let (mut said, mut part) = (Vec::new(), [0; 512]);
            // It says that it closes the connection, and does not.
            while !String::from_utf8_lossy(&said).contains("\"value\"")
                && let Ok(read @ 1..) = stream.read(&mut part)
            {
                said.extend_from_slice(&part[..read]);
            }
        }
    }
}
