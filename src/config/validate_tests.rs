use super::*;
use crate::config::Secret;

fn good() -> Config {
    let mut config = Config::default();
    config.server.base_url = "https://intro.example.org".to_owned();
    config.mail.from_address = "hello@example.org".to_owned();
    config.smtp.host = "relay.example.org".to_owned();
    config
}

fn sentences(config: &Config) -> String {
    config.validate().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Exactly one problem, and it is about `key`.
fn refuses(key: &str, change: impl FnOnce(&mut Config)) {
    let mut config = good();
    change(&mut config);
    let keys: Vec<String> = config.validate().into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, [key], "{}", sentences(&config));
}

#[test]
fn a_sound_configuration_has_no_problem() {
    assert_eq!(sentences(&good()), "");
}

#[test]
fn the_defaults_lack_only_a_sender_and_a_relay() {
    insta::assert_snapshot!(sentences(&Config::default()));
}

#[test]
fn many_problems_are_reported_at_once() {
    let mut config = good();
    config.server.base_url = "http://intro.example.org".to_owned();
    config.mail.from_address = "hello".to_owned();
    config.smtp.tls = Tls::None;
    config.smtp.after_dot_timeout_seconds = 60;
    config.dkim.domain = "example.net".to_owned();
    config.asking.reminder_working_days = 10;
    config.asking.check_in_days = vec![28, 7];
    config.instance.time_zone = "Mars/Olympus".to_owned();
    config.log.filter = "twoyes=loud".to_owned();
    insta::assert_snapshot!(sentences(&config));
}

#[test]
fn base_urls_that_links_cannot_be_made_of_are_refused() {
    for url in [
        "intro.example.org",
        "ftp://intro.example.org",
        "http://intro.example.org",
        "http://localhost.example.org",
        "https://",
        "https://intro.example.org/",
        "https://intro.example.org/path",
        "https://me@intro.example.org",
        "https://intro.example.org:port",
        "https://[::1]x",
        "https://Intro.example.org",
    ] {
        refuses("server.base_url", |config| config.server.base_url = url.to_owned());
    }
}

#[test]
fn plain_http_is_fine_on_the_machine_itself() {
    for url in ["http://localhost", "http://127.0.0.1:8080", "http://[::1]:8080", "http://demo.localhost:1"] {
        let mut config = good();
        config.server.base_url = url.to_owned();
        assert_eq!(sentences(&config), "", "{url}");
    }
}

#[test]
fn the_wait_after_the_final_dot_is_never_short() {
    refuses("smtp.after_dot_timeout_seconds", |config| config.smtp.after_dot_timeout_seconds = 599);
}

#[test]
fn a_lease_outlasts_the_wait_after_the_final_dot() {
    refuses("courier.lease_seconds", |config| config.courier.lease_seconds = 659);
}

#[test]
fn clear_text_is_only_for_a_relay_on_this_machine() {
    refuses("smtp.tls", |config| config.smtp.tls = Tls::None);
    let mut config = good();
    (config.smtp.tls, config.smtp.host) = (Tls::None, "127.0.0.1".to_owned());
    assert_eq!(sentences(&config), "");
}

#[test]
fn a_user_name_and_a_password_go_together() {
    refuses("smtp.password", |config| config.smtp.username = "ada".to_owned());
    refuses("smtp.username", |config| config.smtp.password = Secret::new("x"));
}

#[test]
fn the_open_mailbox_is_only_for_this_machine() {
    refuses("mail.transport", |config| config.mail.transport = Transport::Mailbox);
}

#[test]
fn the_signing_domain_fits_the_sender() {
    let sign = |config: &mut Config, domain: &str| {
        config.dkim.domain = domain.to_owned();
        config.dkim.selector = "s1".to_owned();
        config.dkim.key_file = "dkim.pem".into();
    };
    refuses("dkim.domain", |config| sign(config, "ample.org"));
    let mut config = good();
    config.mail.from_address = "hello@intro.example.org".to_owned();
    sign(&mut config, "example.org");
    assert_eq!(sentences(&config), "");
    refuses("dkim.key_file", |config| {
        sign(config, "example.org");
        config.dkim.key_file = "".into();
    });
}

#[test]
fn an_sqlite_database_is_a_file() {
    for url in ["sqlite:", "sqlite::memory:", "sqlite://:memory:", "sqlite:?mode=memory"] {
        refuses("database.url", |config| config.database.url = Secret::new(url));
    }
    let mut config = good();
    config.database.url = Secret::new("sqlite:///var/lib/twoyes/twoyes.db?mode=rwc");
    assert_eq!(sentences(&config), "");
}

#[test]
fn an_unknown_database_is_refused_without_showing_the_url() {
    refuses("database.url", |config| config.database.url = Secret::new("mysql://u:hunter2@h/d"));
    let mut config = good();
    config.database.url = Secret::new("hunter2");
    assert!(!sentences(&config).contains("hunter2"));
}

#[test]
fn names_for_others_are_derived_when_they_are_empty() {
    let config = good();
    assert_eq!(config.message_id_domain(), "example.org");
    assert_eq!(config.hello_name(), "intro.example.org");
    assert_eq!(config.from_name_suffix(), "via twoyes");
}
