//! `check`: everything an operator would have to guess, in sentences.

use std::process::ExitCode;

use crate::app::{self, AppError};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::doctor::{Finding, Level};
use crate::keyring::{KeyFile, KeyState};
use crate::mail::Session;
use crate::store::{self, Db, MigrateError};

/// Prints every finding. Exit code 3 when something must be mended before serving.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut findings = configuration(config);
    findings.push(templates(config));
    findings.push(keys(config));
    findings.push(database(config).await);
    findings.push(audit(config).await);
    findings.push(copy(config).await);
    findings.extend(disk(config).await);
    findings.push(signing(config));
    findings.push(relay(config).await);
    findings.push(bounces(config));
    findings.extend(app::instance::records(config).await);
    for finding in &findings {
        println!("{}  {}", mark(finding.level), full_stop(&finding.sentence));
    }
    let bad = findings.iter().any(|finding| finding.level == Level::Problem);
    Ok(if bad { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

const fn mark(level: Level) -> &'static str {
    match level {
        Level::Good => "ok      ",
        Level::Warning => "warning ",
        Level::Problem => "PROBLEM ",
    }
}

/// Errors come without one, since elsewhere they stand inside of sentences.
fn full_stop(sentence: &str) -> String {
    let sentence = sentence.trim_end();
    if sentence.ends_with(['.', '!']) { sentence.to_owned() } else { format!("{sentence}.") }
}

fn good(sentence: impl Into<String>) -> Finding {
    Finding { level: Level::Good, sentence: sentence.into() }
}

fn warning(sentence: impl Into<String>) -> Finding {
    Finding { level: Level::Warning, sentence: sentence.into() }
}

fn problem(sentence: impl Into<String>) -> Finding {
    Finding { level: Level::Problem, sentence: sentence.into() }
}

fn configuration(config: &Config) -> Vec<Finding> {
    let problems = config.validate();
    if problems.is_empty() {
        return vec![good(format!(
            "The configuration is whole; people reach it at {}.",
            config.server.base_url
        ))];
    }
    problems.into_iter().map(|one| problem(one.to_string())).collect()
}

fn templates(config: &Config) -> Finding {
    let checked = app::views(config).and_then(|views| views.check().map(|()| views).map_err(AppError::from));
    match checked {
        Ok(views) => {
            let languages = views.languages().collect::<Vec<_>>().join(", ");
            good(format!("Every template renders with every sample (languages: {languages})."))
        }
        Err(error) => problem(format!("A template cannot be used: {error}")),
    }
}

fn keys(config: &Config) -> Finding {
    match KeyFile::load(&config.keys.file) {
        Ok(ring) => {
            let active = ring.keys.iter().find(|key| key.state == KeyState::Active);
            let age = active.map_or(0, |key| (Clock::System.now() - key.created).as_seconds() / 86_400);
            if age > 90 {
                return warning(format!(
                    "The active key is {age} days old; rotate it with `twoyes keys rotate`."
                ));
            }
            good(format!(
                "The key ring holds {} key(s); the active one is {age} day(s) old.",
                ring.keys.len()
            ))
        }
        Err(_) if !config.keys.file.exists() => {
            warning("There is no key ring yet; the service makes one at its first start.")
        }
        Err(error) => problem(format!("keys.file: {error}")),
    }
}

async fn database(config: &Config) -> Finding {
    let db = match Db::connect(config.database.url.expose(), 2).await {
        Ok(db) => db,
        Err(error) => return problem(format!("The database cannot be used: {error}.")),
    };
    match store::schema_state(&db).await {
        Ok(()) => good(format!("The database ({}) answers and its schema fits.", db.engine())),
        Err(MigrateError::Pending(_)) => {
            warning(format!("The database ({}) answers; it will be migrated at the next start.", db.engine()))
        }
        Err(error) => problem(format!("The database does not fit: {error}.")),
    }
}

/// The chain itself, and whether somebody could cut it without being seen.
async fn audit(config: &Config) -> Finding {
    let report = async {
        let cx = app::context(config, app::Choices::default()).await?;
        store::schema_state(&cx.db).await?;
        Ok::<_, anyhow::Error>(crate::flow::proof::verify(&cx, Vec::new()).await?)
    };
    if !config.keys.file.exists() {
        return warning("There is no audit chain yet; it begins at the first start.");
    }
    match report.await {
        Err(_) => warning("The audit chain was not verified; the database has to be put right first."),
        Ok(report) if !report.is_good() => {
            problem("The audit chain does not verify: see `twoyes audit verify` and docs/EVIDENCE.md.")
        }
        Ok(report) if config.audit.checkpoint_folder.as_os_str().is_empty() => warning(format!(
            "The audit chain verifies ({} leaves), but without checkpoints kept elsewhere nobody can see it cut \
             short or written anew: set audit.checkpoint_folder, or keep the log lines.",
            report.leaves
        )),
        Ok(report) => good(format!("The audit chain verifies ({} leaves).", report.leaves)),
    }
}

/// Whether this is the copy of the data that may mail.
async fn copy(config: &Config) -> Finding {
    match app::marker::verdict(config).await {
        Ok(None) => good("This database may mail from here."),
        Ok(Some(why)) => problem(format!(
            "Quarantine ({}): nobody is mailed; look at it with `twoyes resume`.",
            why.as_str()
        )),
        Err(error) => warning(format!("Whether this database may mail is not known: {error}.")),
    }
}

/// Room below an SQLite file.
async fn disk(config: &Config) -> Option<Finding> {
    let db = Db::connect(config.database.url.expose(), 1).await.ok()?;
    db.reserve(u64::from(config.database.reserve_megabytes) << 20);
    let space = db.space()?;
    let free = space.free >> 20;
    Some(if space.is_low() {
        problem(format!(
            "The disk has {free} MB left; drafts and contacts are refused to keep room for answers."
        ))
    } else {
        good(format!("The disk has {free} MB left."))
    })
}

fn signing(config: &Config) -> Finding {
    match app::signer(config) {
        Ok(Some(signer)) => {
            good(format!("The DKIM key signs and verifies; publish it at {}.", signer.dns_name()))
        }
        Ok(None) => warning("Mails are not signed here (no [dkim]); the relay must sign them."),
        Err(error) => problem(error.to_string()),
    }
}

/// Whether a mail that is refused later, by another server, is ever heard of.
fn bounces(config: &Config) -> Finding {
    let address = &config.inbound.bounce_address;
    if !matches!(config.mail.transport, config::Transport::Smtp) {
        good("Nothing bounces: mails do not leave this machine.")
    } else if address.is_empty() {
        warning(format!(
            "Bounces and complaints go to {} and change nothing; set inbound.bounce_address and pipe its mail into \
             `twoyes inbound`, so that a connector hears of an address that does not exist.",
            config.mail.from_address
        ))
    } else {
        good(format!("Bounces come back to {address}; its mail has to be piped into `twoyes inbound`."))
    }
}

async fn relay(config: &Config) -> Finding {
    match config.mail.transport {
        config::Transport::Mailbox => good("Mails stay in the local mailbox of the service."),
        config::Transport::File => match std::fs::create_dir_all(&config.mail.folder) {
            Ok(()) => good("Mails are written as .eml files."),
            Err(error) => problem(format!("mail.folder cannot be used: {error}.")),
        },
        config::Transport::Smtp => match app::smtp_route(config) {
            Err(error) => problem(error.to_string()),
            Ok(route) => match Session::open(&route).await {
                Ok(session) => {
                    session.quit().await;
                    good(format!(
                        "The relay {}:{} greets us and lets us in.",
                        config.smtp.host, config.smtp.port
                    ))
                }
                Err(fault) => problem(format!(
                    "The relay {}:{} does not let us in (stage {}): {}",
                    config.smtp.host,
                    config.smtp.port,
                    fault.stage.as_str(),
                    fault.text
                )),
            },
        },
    }
}
