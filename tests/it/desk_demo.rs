//! `twoyes demo` opens on a desk where everything can be tried at once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use axum::http::Method;

use crate::support::http::Http;
use crate::support::ports::free_port;

/// Ends the demo, however the test ends.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_demo_opens_on_a_desk_with_a_past() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_twoyes"));
    command.args(["demo", "--port", &port.to_string(), "--folder"]).arg(folder.path());
    let mut demo = Demo(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    // Kept open: the demo goes on writing to it.
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let session = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("/enter/").map(|(_, it)| it.to_owned()));
    let cookie = format!("twoyes={}", session.unwrap().trim());
    let mut http = Http::new(port);
    let mut see = async |path: &str| {
        let page = http.send(Method::GET, path, &[("cookie", &cookie)], String::new()).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
        page.body
    };
    let desk = see("/").await;
    for (part, count) in [("needs", 5), ("waiting", 4), ("done", 3)] {
        let section = desk.split("<section").find(|one| one.contains(&format!("id=\"{part}\""))).unwrap();
        assert_eq!(section.matches("class=\"row\"").count(), count, "{section}");
    }
    for need in ["Thanked", "Let it rest", "Noted", "Done"] {
        assert!(desk.contains(need), "{need}");
    }
    // What came with the network can be tried at once, too.
    assert!(desk.contains("Somebody wrote you a word"));
    assert!(see("/thanks").await.contains("I start on the first of the month"));
    assert!(see("/recruiters").await.contains("May be passed on, since"));
    assert!(see("/ask-me").await.contains("/ask/lena"));
    assert!(see("/mailbox").await.contains("A week later"));
}
