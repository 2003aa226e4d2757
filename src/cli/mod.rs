//! The command line. Exit codes: 0 done, 1 it did not work (one sentence says why), 2 wrong usage,
//! 3 `check` found problems.

mod audit;
mod backup;
mod check;
mod inbound;
mod keys;
mod mail;
mod people;
mod running;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, App, Choices};
use crate::config::Config;
use crate::ids::IntroductionId;
use crate::store::{self, Db};
use crate::telemetry;

/// An introduction leaves only on two yeses.
#[derive(Debug, Parser)]
#[command(name = "twoyes", version, about, long_about = None, after_help = AFTER_HELP)]
struct Cli {
    /// Configuration file; without it `twoyes.toml` is read, if it is there.
    #[arg(long, short, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "Every setting is explained in config/default.toml and can be set by the \
environment, e.g. TWOYES__SMTP__HOST.\nExit codes: 0 done, 1 it did not work, 2 wrong usage, 3 check \
found problems.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service (the default).
    Serve,
    /// Try everything on this machine: own database, a connector signed in, a local mailbox.
    Demo(crate::demo::Options),
    /// Look at configuration, database, templates, keys, relay and DNS; say in sentences what is wrong.
    Check,
    /// Bring the database up to this version.
    Migrate,
    /// Write a backup into a new folder, while the service runs.
    Backup(backup::BackupOptions),
    /// Put a backup in place, in quarantine, with every later suppression and erasure.
    Restore(backup::RestoreOptions),
    /// Let a restored or copied database mail again; lists first what would leave.
    Resume(running::ResumeOptions),
    /// A clock that jumped: say that it is right.
    #[command(subcommand)]
    Clock(running::ClockCommand),
    /// Connectors: the people who may sign in.
    #[command(subcommand)]
    Connector(people::ConnectorCommand),
    /// API tokens of a connector.
    #[command(subcommand)]
    Token(people::TokenCommand),
    /// Look at the mails, or send one.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Erase everything about a person who asked for it; they get a last mail.
    Erase {
        /// Their e-mail address.
        email: String,
        /// Do it: there is no way back.
        #[arg(long)]
        yes: bool,
    },
    /// Take one mail that came back on standard input: for the pipe of a mail server. Exit codes: 0 dealt with,
    /// 75 keep it and try again.
    Inbound(inbound::Options),
    /// The key ring that signs links.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// The chain that proves what happened: its key, checkpoints of it, verifying it.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print what proves the two consents of an introduction: who, when, how, the texts shown.
    Evidence {
        /// Its id, as in the address of its page.
        introduction: IntroductionId,
        /// As a document that `audit verify-evidence` verifies on any machine.
        #[arg(long)]
        json: bool,
    },
}

/// Parses the arguments, runs the command and turns its end into an exit code.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("twoyes: {}", sentence(error));
    ExitCode::FAILURE
}

/// The error and its causes, each of them once: many sentences of ours tell their cause already.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or(Command::Serve);
    if let Command::Demo(options) = command {
        return crate::demo::run(options).await;
    }
    if let Command::Audit(audit::AuditCommand::VerifyEvidence { file, key }) = &command {
        audit::verify_evidence(file, key)?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load_here(cli.config.as_deref());
    if let Command::Inbound(options) = command {
        return Ok(inbound::run(config, options).await);
    }
    let config = config?;
    match command {
        Command::Demo(_) | Command::Inbound(_) => {}
        Command::Serve => serve(&config).await?,
        Command::Check => return check::run(&config).await,
        Command::Migrate => migrate(&config).await?,
        Command::Backup(options) => backup::take(&config, &options).await?,
        Command::Restore(options) => backup::restore(&config, options).await?,
        Command::Resume(options) => running::resume(&config, &options).await?,
        Command::Clock(command) => running::clock(&config, &command).await?,
        Command::Connector(command) => people::connector(&config, command).await?,
        Command::Token(command) => people::token(&config, command).await?,
        Command::Erase { email, yes } => people::erase(&config, &email, yes).await?,
        Command::Mail(command) => mail::run(&config, command).await?,
        Command::Keys(command) => keys::run(&config, &command).await?,
        Command::Audit(command) => return audit::run(&config, command).await,
        Command::Evidence { introduction, json } => audit::evidence(&config, introduction, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    telemetry::init(&config.log)?;
    let app = App::build(config, Choices::default()).await?;
    let listener = app::listen(config.server.listen).await?;
    tracing::info!(server.listen = %config.server.listen, database.engine = app.cx.db.engine(), "twoyes serves");
    tokio::spawn(reload_keys(config.clone(), app.cx.clone()));
    app.serve(listener, stopped()).await?;
    tracing::info!("twoyes stopped");
    Ok(())
}

/// SIGTERM or SIGINT drains; a second one ends the process at once.
pub(crate) async fn stopped() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        std::process::exit(130);
    });
}

/// SIGHUP reads the key ring again.
async fn reload_keys(config: Config, cx: crate::flow::Cx) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangup.recv().await.is_some() {
        let keys = match crate::keyring::KeyFile::load(&config.keys.file) {
            Ok(keys) => keys,
            Err(error) => {
                tracing::error!(error.message = %error, "the key ring was not read; the old one stays");
                continue;
            }
        };
        let ring = std::sync::Arc::new(app::ring(&keys, cx.urls.base()));
        if let Ok(mut held) = cx.ring.write() {
            *held = ring;
        }
        tracing::info!("the key ring was read again");
    }
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let db = Db::connect(config.database.url.expose(), config.database.max_connections).await?;
    let applied = store::migrate(&db, crate::clock::Clock::System.now()).await?;
    match applied {
        0 => println!("The database is up to date."),
        1 => println!("1 migration was applied."),
        n => println!("{n} migrations were applied."),
    }
    Ok(())
}
