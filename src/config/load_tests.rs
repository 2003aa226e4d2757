use super::*;

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn folder_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twoyes.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// The messages, with the temporary folder taken out.
fn messages(file: Option<&str>, pairs: &[(&str, &str)]) -> String {
    let (folder, path) = folder_with(file.unwrap_or_default());
    let error = Config::load(file.map(|_| path.as_path()), env(pairs)).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn the_embedded_file_is_the_default() {
    assert_eq!(Config::load(None, []).unwrap(), Config::default());
    assert_eq!(Config::default().asking.check_in_days, [7, 28]);
}

#[test]
fn every_key_of_the_embedded_file_has_a_sentence_above_it() {
    let lines: Vec<&str> = DEFAULT_TOML.lines().collect();
    let mut keys = 0;
    for pair in lines.windows(2) {
        if pair[1].starts_with('#') || !pair[1].contains(" = ") {
            continue;
        }
        keys += 1;
        assert!(pair[0].starts_with("# "), "no comment above: {}", pair[1]);
        assert!(pair[0].ends_with('.'), "not a sentence: {}", pair[0]);
    }
    let table: Table = DEFAULT_TOML.parse().unwrap();
    let expected: usize = table.values().map(|section| section.as_table().unwrap().len()).sum();
    assert_eq!(keys, expected, "each key stands on its own line");
}

#[test]
fn the_file_wins_over_the_default_and_the_environment_over_the_file() {
    let (_folder, path) = folder_with("[smtp]\nport = 25\nhost = \"a.example\"\n");
    let config = Config::load(Some(&path), env(&[("TWOYES__SMTP__PORT", "26")])).unwrap();
    assert_eq!((config.smtp.port, config.smtp.host.as_str()), (26, "a.example"));
    assert_eq!(config.smtp.connections, Config::default().smtp.connections);
}

#[test]
fn a_password_of_digits_stays_text() {
    let config = Config::load(None, env(&[("TWOYES__SMTP__PASSWORD", "00123")])).unwrap();
    assert_eq!(config.smtp.password.expose(), "00123");
}

#[test]
fn lists_in_the_environment_are_separated_by_commas() {
    let pairs =
        [("TWOYES__ASKING__CHECK_IN_DAYS", "3, 9"), ("TWOYES__SERVER__TRUSTED_PROXIES", "10.0.0.0/8,::1")];
    let config = Config::load(None, env(&pairs)).unwrap();
    assert_eq!(config.asking.check_in_days, [3, 9]);
    assert_eq!(config.server.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]);
}

#[test]
fn variables_of_others_are_left_alone() {
    let pairs = [("TWOYES_TEST_POSTGRES", "x"), ("PATH", "/bin"), ("HOME", "")];
    assert_eq!(Config::load(None, env(&pairs)).unwrap(), Config::default());
}

#[test]
fn a_secret_comes_from_its_file_without_the_line_end() {
    let (_folder, path) = folder_with("correct horse\n");
    let pairs = [("TWOYES__SMTP__PASSWORD_FILE", path.to_str().unwrap())];
    assert_eq!(Config::load(None, env(&pairs)).unwrap().smtp.password.expose(), "correct horse");
}

#[test]
fn a_secret_and_its_file_together_are_refused() {
    let (_folder, path) = folder_with("x");
    let file = path.to_str().unwrap();
    let pairs = [("TWOYES__SMTP__PASSWORD", "y"), ("TWOYES__SMTP__PASSWORD_FILE", file)];
    insta::assert_snapshot!(Config::load(None, env(&pairs)).unwrap_err());
}

#[test]
fn bad_files_are_refused_with_all_their_problems() {
    let text = r#"
smtp_host = "x"
mail = "smtp"

[smtp]
prot = 25
port = 70000
tls = "maybe"
password = 12345

[server]
listen = "everywhere"
trusted_proxies = ["10.0.0.0/99"]

[sevrer]
listen = "127.0.0.1:1"
"#;
    let messages = messages(Some(text), &[]);
    assert!(!messages.contains("12345"), "a password in a message");
    insta::assert_snapshot!(messages);
}

#[test]
fn broken_toml_is_named_by_line_and_not_quoted() {
    let messages = messages(Some("[smtp]\nport = 25\npassword = \"hunter2\nhost = \"a\"\n"), &[]);
    assert!(!messages.contains("hunter2"));
    insta::assert_snapshot!(messages);
}

#[test]
fn bad_variables_are_refused_with_all_their_problems() {
    insta::assert_snapshot!(messages(
        None,
        &[
            ("TWOYES__SMTP__PROT", "1"),
            ("TWOYES__SMTP__PORT", "70000"),
            ("TWOYES__SMTP__CONNECTIONS", "four"),
            ("TWOYES__SMPT__HOST", "x"),
            ("TWOYES__SMTP", "x"),
            ("TWOYES__MAIL__TRANSPORT", "pigeon"),
            ("TWOYES__ASKING__CHECK_IN_DAYS", "7,soon"),
        ]
    ));
}

#[test]
fn a_named_file_must_be_there() {
    let error = Config::load(Some(Path::new("/nowhere/twoyes.toml")), []).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/twoyes.toml: file: cannot be read: "), "{error}");
}

#[test]
fn debug_output_of_the_whole_keeps_the_secrets() {
    let pairs = [
        ("TWOYES__SMTP__PASSWORD", "hunter2"),
        ("TWOYES__DATABASE__URL", "postgres://u:hunter2@localhost/twoyes"),
    ];
    assert!(!format!("{:?}", Config::load(None, env(&pairs)).unwrap()).contains("hunter2"));
}
