//! What `serve` does not start with: one sentence that names the way out, and exit code 1.

use std::os::unix::fs::PermissionsExt;

use crate::support::http::Http;
use crate::support::process::Instance;
use crate::support::sqlite;

#[tokio::test]
async fn an_unknown_scheme_is_refused() {
    let mut instance = Instance::new();
    instance.set("database.url", "mysql://root:secret@db.example/twoyes");
    let said = instance.run(&["serve"]).await;
    said.assert_refused(&["database.url", "sqlite:", "postgres:"]);
    assert!(!said.err.contains("secret"), "{said:?}");
}

#[tokio::test]
async fn an_unknown_key_is_refused_with_its_place() {
    let mut instance = Instance::new();
    instance.set_raw("asking.hold_secconds", "1");
    let said = instance.run(&["serve"]).await;
    said.assert_refused(&["twoyes.toml", "asking.hold_secconds", "unknown key", "hold_seconds"]);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let instance = Instance::new();
    instance.good(&["migrate"]).await;
    sql(&instance, "INSERT INTO migration VALUES (999, 'tomorrow', 'x', 0)");
    for words in [["serve"], ["migrate"]] {
        instance.run(&words).await.assert_refused(&["newer version", "999"]);
    }
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    let instance = Instance::new();
    instance.good(&["migrate"]).await;
    sql(&instance, "UPDATE migration SET checksum = 'x' WHERE version = 1");
    instance.run(&["serve"]).await.assert_refused(&["migration 1 was changed"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let instance = Instance::new();
    std::fs::write(instance.path("twoyes.db"), "dear diary ".repeat(500)).unwrap();
    instance.run(&["serve"]).await.assert_refused(&["the database cannot be used"]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_refused() {
    let mut instance = Instance::new();
    instance.set("database.url", "sqlite:/nowhere/at/all/twoyes.db");
    instance.run(&["serve"]).await.assert_refused(&["database.url", "/nowhere/at/all"]);
}

#[tokio::test]
async fn a_postgres_that_does_not_answer_is_refused_without_its_password() {
    let mut instance = Instance::new();
    let port = crate::support::ports::free_port();
    instance.set("database.url", &format!("postgres://twoyes:geheim@127.0.0.1:{port}/twoyes"));
    let said = instance.run(&["serve"]).await;
    said.assert_refused(&["the database cannot be used"]);
    assert!(!said.err.contains("geheim"), "{said:?}");
}

#[tokio::test]
async fn a_taken_port_is_refused() {
    let mut instance = Instance::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    instance.set("server.listen", &taken.local_addr().unwrap().to_string());
    let said = instance.run(&["serve"]).await;
    said.assert_refused(&[&taken.local_addr().unwrap().to_string(), "is taken", "server.listen"]);
}

#[tokio::test]
async fn a_second_process_on_one_sqlite_file_is_refused_and_the_first_goes_on() {
    let instance = Instance::new();
    let mut first = instance.serve().await;
    let second = instance.sibling();
    second.run(&["serve"]).await.assert_refused(&["another twoyes", "twoyes.db", "PostgreSQL"]);
    assert_eq!(Http::new(instance.port).get("/healthz").await.unwrap().status, 200);
    first.kill();
    let _next = second.serve().await;
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    let instance = Instance::new();
    instance.good(&["connector", "add", "lena@connect.example", "Lena Brandt"]).await;
    let ring = instance.path("twoyes.keys");
    assert_eq!(std::fs::metadata(&ring).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&ring, std::fs::Permissions::from_mode(0o640)).unwrap();
    instance.run(&["serve"]).await.assert_refused(&["twoyes.keys", "0640", "chmod 600"]);
}

#[tokio::test]
async fn a_broken_template_of_the_instance_is_refused() {
    let mut instance = Instance::new();
    let folder = instance.path("own/en/mail/peers");
    std::fs::create_dir_all(&folder).unwrap();
    instance.set("templates.override_dir", &instance.path("own").display().to_string());
    std::fs::write(folder.join("ask_first.txt"), "Hello {{ you.given }, shall we?").unwrap();
    instance.run(&["serve"]).await.assert_refused(&["template", "ask_first.txt"]);
    std::fs::write(folder.join("ask_first.txt"), "Hello {{ stranger }}, shall we?").unwrap();
    instance.run(&["serve"]).await.assert_refused(&["template", "ask_first.txt", "stranger"]);
}

fn sql(instance: &Instance, text: &str) {
    sqlite::run(&format!("sqlite:{}", instance.path("twoyes.db").display()), text);
}
