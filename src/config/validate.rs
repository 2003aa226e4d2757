//! What the values must be together. All problems are found, not the first.

use std::net::IpAddr;

use super::{Config, ConfigProblem, Tls, Transport};
use crate::domain::return_path::{PREFIX_MAX, TOKEN_CHARS};

/// Whoever has it may hand in reports, which prove themselves: it keeps strangers from costing work.
const SECRET_LEAST: usize = 24;

impl Config {
    /// Everything that keeps this configuration from being used; empty when it is fine. Looks at
    /// values alone: no file is opened, nothing is connected to.
    pub fn validate(&self) -> Vec<ConfigProblem> {
        let mut judge = Judge::default();
        judge.server(self);
        judge.database(self);
        judge.numbers(self);
        judge.instance(self);
        judge.mail(self);
        if self.mail.transport == Transport::Smtp {
            judge.smtp(self);
        }
        judge.dkim(self);
        judge.asking(self);
        judge.courier_and_log(self);
        judge.inbound(self);
        judge.problems
    }
}

/// What follows the scheme of a URL.
pub(super) fn authority_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// The host of `host`, `host:port` or `[v6]:port`; the brackets stay.
pub(super) fn host_of(authority: &str) -> &str {
    match authority.find(']') {
        Some(end) => &authority[..=end],
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// Whether `host` can only mean this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = bare.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A domain as it stands behind the @ of an address: dotted, letters, digits and hyphens.
fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[derive(Default)]
struct Judge {
    problems: Vec<ConfigProblem>,
}

impl Judge {
    fn refuse(&mut self, key: &str, sentence: impl Into<String>) {
        let origin = "configuration".to_owned();
        self.problems.push(ConfigProblem { origin, key: key.to_owned(), sentence: sentence.into() });
    }

    fn server(&mut self, config: &Config) {
        let url = &config.server.base_url;
        let key = "server.base_url";
        let Some((scheme, authority)) = url.split_once("://") else {
            return self.refuse(key, format!("`{url}` is not a URL such as https://intro.example.org"));
        };
        if !matches!(scheme, "http" | "https") {
            return self.refuse(key, format!("`{scheme}` is not a scheme that browsers use: https"));
        }
        if authority.contains(['/', '?', '#', '@']) || authority.contains(char::is_whitespace) {
            return self
                .refuse(key, "must be scheme, host and port only, without a path or a slash at the end");
        }
        let host = host_of(authority);
        let port = authority[host.len()..].strip_prefix(':');
        let port_is_wrong = match port {
            Some(port) => port.parse::<u16>().is_err(),
            None => authority.len() != host.len(),
        };
        if host.is_empty() || port_is_wrong {
            return self.refuse(key, format!("`{authority}` is not a host, or a host and a port"));
        }
        if url.chars().any(|c| c.is_ascii_uppercase()) {
            self.refuse(key, "must be in lower case, as browsers send it");
        }
        if scheme == "http" && !is_loopback(host) {
            self.refuse(
                key,
                "must begin with https:// unless its host is this machine (localhost, 127.0.0.1)",
            );
        }
        if config.keys.file.as_os_str().is_empty() {
            self.refuse("keys.file", "must name a file");
        }
    }

    fn database(&mut self, config: &Config) {
        let url = config.database.url.expose();
        match url.split_once(':') {
            // A database in memory (`sqlite::memory:`) is one for each connection, and gone with the process.
            Some(("sqlite", file))
                if file.trim_start_matches("//").starts_with([':', '?']) || file.is_empty() =>
            {
                self.refuse("database.url", "must name a file, as in sqlite:/var/lib/twoyes/twoyes.db");
            }
            Some(("sqlite" | "postgres" | "postgresql", _)) => {}
            _ => self.refuse("database.url", "must begin with sqlite: or postgres:"),
        }
    }

    fn numbers(&mut self, config: &Config) {
        let (server, smtp) = (&config.server, &config.smtp);
        let (asking, courier) = (&config.asking, &config.courier);
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let ranges: [(&str, u64, u64, u64); 24] = [
            ("server.body_limit_bytes", wide(server.body_limit_bytes), 1024, 1_048_576),
            ("server.request_timeout_seconds", server.request_timeout_seconds, 1, 300),
            ("database.max_connections", config.database.max_connections.into(), 1, 500),
            ("smtp.port", smtp.port.into(), 1, 65_535),
            ("smtp.connections", wide(smtp.connections), 1, 100),
            ("smtp.messages_per_connection", smtp.messages_per_connection.into(), 1, 10_000),
            ("smtp.connection_age_seconds", smtp.connection_age_seconds, 1, 3600),
            ("smtp.connect_timeout_seconds", smtp.connect_timeout_seconds, 1, 300),
            ("smtp.command_timeout_seconds", smtp.command_timeout_seconds, 1, 3600),
            ("smtp.data_timeout_seconds", smtp.data_timeout_seconds, 1, 3600),
            ("smtp.after_dot_timeout_seconds", smtp.after_dot_timeout_seconds, 600, 3600),
            ("asking.window_days", asking.window_days.into(), 1, 30),
            ("asking.reminder_working_days", asking.reminder_working_days.into(), 1, 20),
            ("asking.hold_seconds", asking.hold_seconds.into(), 0, 86_400),
            ("asking.contest_seconds", asking.contest_seconds.into(), 0, 600),
            ("asking.asks_per_month", asking.asks_per_month.into(), 1, 1_000),
            ("asking.asks_per_year", asking.asks_per_year.into(), 1, 10_000),
            ("asking.cool_down_days", asking.cool_down_days.into(), 0, 365),
            ("courier.concurrency", wide(courier.concurrency), 1, 100),
            ("courier.poll_milliseconds", courier.poll_milliseconds, 10, 60_000),
            ("courier.unknown_retry_minutes", courier.unknown_retry_minutes.into(), 1, 1440),
            ("courier.unknown_retries", courier.unknown_retries.into(), 0, 2),
            ("courier.give_up_days", courier.give_up_days.into(), 1, 14),
            ("inbound.size_limit_bytes", wide(config.inbound.size_limit_bytes), 65_536, 33_554_432),
        ];
        let others = config.retention.ranges().into_iter().chain(config.limits.ranges());
        for (key, value, least, most) in ranges.into_iter().chain(others) {
            if !(least..=most).contains(&value) {
                self.refuse(key, format!("{value} is not between {least} and {most}"));
            }
        }
    }

    fn instance(&mut self, config: &Config) {
        let instance = &config.instance;
        for (key, text, most) in
            [("instance.name", &instance.name, 60), ("instance.contact", &instance.contact, 300)]
        {
            if text.chars().count() > most {
                self.refuse(key, format!("is longer than {most} characters"));
            }
            if text.chars().any(char::is_control) {
                self.refuse(key, "must be one line without control characters");
            }
        }
        if instance.name.trim().is_empty() {
            self.refuse("instance.name", "must not be empty");
        }
        if instance.language.parse::<unic_langid::LanguageIdentifier>().is_err() {
            let language = &instance.language;
            self.refuse("instance.language", format!("`{language}` is not a language tag such as en"));
        }
        if jiff::tz::TimeZone::get(&instance.time_zone).is_err() {
            let zone = &instance.time_zone;
            self.refuse("instance.time_zone", format!("`{zone}` is not a time zone such as Europe/Berlin"));
        }
    }

    fn mail(&mut self, config: &Config) {
        let mail = &config.mail;
        match mail.from_address.rsplit_once('@') {
            _ if mail.from_address.is_empty() => {
                self.refuse("mail.from_address", "is empty: name the address that mails come from");
            }
            Some((local, domain)) if !local.is_empty() && local.is_ascii() && is_domain(domain) => {
                if local
                    .contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>(),;:\\@[]".contains(c))
                {
                    self.refuse("mail.from_address", "must be a plain address such as hello@example.org");
                }
            }
            _ => self.refuse("mail.from_address", "must be an address such as hello@example.org"),
        }
        if !mail.message_id_domain.is_empty() && !is_domain(&mail.message_id_domain) {
            self.refuse("mail.message_id_domain", format!("`{}` is not a domain", mail.message_id_domain));
        }
        if mail.from_name_suffix.chars().any(char::is_control) {
            self.refuse("mail.from_name_suffix", "must be one line without control characters");
        }
        if mail.transport == Transport::File && mail.folder.as_os_str().is_empty() {
            self.refuse("mail.folder", "must name the folder for mail.transport = \"file\"");
        }
        if mail.transport == Transport::Mailbox && !is_loopback(config.server.host()) {
            let why = "\"mailbox\" shows every mail to whoever opens the page: only with a base_url on this machine";
            self.refuse("mail.transport", why);
        }
    }

    fn smtp(&mut self, config: &Config) {
        let smtp = &config.smtp;
        if smtp.host.is_empty() {
            let sentence = "is empty: name your relay, or set mail.transport to \"file\" to send nothing";
            self.refuse("smtp.host", sentence);
        } else if smtp.tls == Tls::None && !is_loopback(&smtp.host) {
            self.refuse(
                "smtp.tls",
                "\"none\" is only for a relay on this machine; use \"starttls\" or \"implicit\"",
            );
        }
        if smtp.tls == Tls::Implicit && smtp.port == 587 {
            self.refuse("smtp.port", "587 speaks starttls; for tls = \"implicit\" it is 465 as a rule");
        }
        if smtp.tls == Tls::Starttls && smtp.port == 465 {
            self.refuse("smtp.port", "465 speaks TLS from the first byte: set tls = \"implicit\"");
        }
        match (smtp.username.is_empty(), smtp.password.is_empty()) {
            (false, true) => self.refuse("smtp.password", "is empty although smtp.username is set"),
            (true, false) => self.refuse("smtp.username", "is empty although smtp.password is set"),
            (true, true) | (false, false) => {}
        }
        if !smtp.hello_name.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refuse("smtp.hello_name", "must be a host name");
        }
    }

    fn dkim(&mut self, config: &Config) {
        let dkim = &config.dkim;
        let set = [
            ("dkim.domain", !dkim.domain.is_empty()),
            ("dkim.selector", !dkim.selector.is_empty()),
            ("dkim.key_file", !dkim.key_file.as_os_str().is_empty()),
        ];
        if set.iter().any(|(_, is_set)| *is_set) {
            for (key, _) in set.iter().filter(|(_, is_set)| !is_set) {
                self.refuse(key, "is empty: dkim.domain, dkim.selector and dkim.key_file go together");
            }
        }
        if dkim.domain.is_empty() {
            return;
        }
        let from = config.mail.from_address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let (from, domain) = (from.to_ascii_lowercase(), dkim.domain.to_ascii_lowercase());
        if !is_domain(&domain) {
            self.refuse("dkim.domain", format!("`{}` is not a domain", dkim.domain));
        } else if from != domain && !from.ends_with(&format!(".{domain}")) {
            // A signature of another domain is valid and yet fails DMARC (RFC 7489, 3.1.1).
            self.refuse("dkim.domain", "must be the domain of mail.from_address or one above it");
        }
    }

    fn asking(&mut self, config: &Config) {
        let asking = &config.asking;
        // Five working days take at least seven days.
        let days = asking.reminder_working_days.saturating_mul(7).div_ceil(5);
        if days >= asking.window_days {
            self.refuse("asking.reminder_working_days", "must end before asking.window_days are over");
        }
        let days = &asking.check_in_days;
        if days.iter().any(|day| !(1..=365).contains(day)) || !days.is_sorted_by(|a, b| a < b) {
            self.refuse("asking.check_in_days", "must be rising numbers between 1 and 365");
        }
    }

    fn inbound(&mut self, config: &Config) {
        let (inbound, key) = (&config.inbound, "inbound.bounce_address");
        if !inbound.bounce_address.is_empty() {
            match inbound.bounces() {
                None => self.refuse(
                    key,
                    format!(
                        "must be an address such as bounces@example.org, with at most {PREFIX_MAX} letters, digits, \
                         dots and hyphens before the @: a sign and a token of {TOKEN_CHARS} follow them"
                    ),
                ),
                Some(bounces) if !is_domain(bounces.domain()) => {
                    self.refuse(key, format!("`{}` is not a domain", bounces.domain()));
                }
                Some(_) => {}
            }
        }
        let secret = inbound.secret.expose();
        if !secret.is_empty()
            && (secret.len() < SECRET_LEAST || !secret.bytes().all(|b| b.is_ascii_graphic()))
        {
            let sentence =
                format!("must be at least {SECRET_LEAST} letters, digits and signs: `openssl rand -hex 32`");
            self.refuse("inbound.secret", sentence);
        }
    }

    fn courier_and_log(&mut self, config: &Config) {
        let least = config.smtp.after_dot_timeout_seconds.saturating_add(60);
        if u64::from(config.courier.lease_seconds) < least {
            let sentence = format!("must be at least {least}: smtp.after_dot_timeout_seconds and a minute");
            self.refuse("courier.lease_seconds", sentence);
        }
        if let Err(error) = config.log.targets() {
            self.refuse("log.filter", format!("cannot be understood: {error}"));
        }
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
