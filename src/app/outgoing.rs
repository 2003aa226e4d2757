//! How mail leaves: the transport, the relay and the signing key, as configured.

use std::path::Path;
use std::time::Duration;

use super::AppError;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::mail::{FileTransport, LocalMailbox, Signer, SmtpRoute, Timeouts, Tls, Transport};

/// The signing key, if one is configured.
pub fn signer(config: &Config) -> Result<Option<Signer>, AppError> {
    if !config.dkim.is_set() {
        return Ok(None);
    }
    let pem = read_text("dkim.key_file", &config.dkim.key_file)?;
    let signer = Signer::from_pem(&config.dkim.domain, &config.dkim.selector, &pem)
        .map_err(|error| AppError::Setting(format!("dkim.key_file: {error}")))?;
    Ok(Some(signer))
}

/// The relay as configured.
pub fn smtp_route(config: &Config) -> Result<SmtpRoute, AppError> {
    let smtp = &config.smtp;
    let seconds = Duration::from_secs;
    let root = &smtp.extra_root_file;
    let named = !root.as_os_str().is_empty();
    let extra_root_pem = named.then(|| read_text("smtp.extra_root_file", root)).transpose()?;
    let username = (!smtp.username.is_empty()).then(|| smtp.username.clone());
    Ok(SmtpRoute {
        tls: match smtp.tls {
            config::Tls::None => Tls::None,
            config::Tls::Starttls => Tls::StartTls,
            config::Tls::Implicit => Tls::Implicit,
        },
        password: username.is_some().then(|| smtp.password.expose().to_owned()),
        username,
        timeouts: Timeouts::new(
            seconds(smtp.connect_timeout_seconds),
            seconds(smtp.command_timeout_seconds),
            seconds(smtp.command_timeout_seconds),
            seconds(smtp.data_timeout_seconds),
            seconds(smtp.after_dot_timeout_seconds),
        ),
        max_messages: smtp.messages_per_connection,
        max_age: seconds(smtp.connection_age_seconds),
        pipelining: smtp.pipelining,
        extra_root_pem,
        ..SmtpRoute::plain(&smtp.host, smtp.port, config.hello_name())
    })
}

pub(super) fn transport(
    config: &Config,
    clock: &Clock,
) -> Result<(Transport, Option<LocalMailbox>), AppError> {
    Ok(match config.mail.transport {
        config::Transport::Smtp => (Transport::Smtp(smtp_route(config)?), None),
        config::Transport::File => {
            (Transport::File(FileTransport { folder: config.mail.folder.clone() }), None)
        }
        config::Transport::Mailbox => {
            let mailbox = LocalMailbox::new(clock.clone());
            (Transport::Mailbox(mailbox.clone()), Some(mailbox))
        }
    })
}

/// The same in all processes that use the same relay.
pub(super) fn route_name(config: &Config) -> String {
    match config.mail.transport {
        config::Transport::Smtp => format!("smtp:{}:{}", config.smtp.host, config.smtp.port),
        config::Transport::File => "file".to_owned(),
        config::Transport::Mailbox => "mailbox".to_owned(),
    }
}

fn read_text(key: &str, path: &Path) -> Result<String, AppError> {
    std::fs::read_to_string(path)
        .map_err(|error| AppError::Setting(format!("{key}: {} cannot be read: {error}", path.display())))
}
