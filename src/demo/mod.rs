//! `twoyes demo`: the whole service on this machine, with a mailbox instead of a relay; and a script
//! that plays an introduction through it.

mod client;
mod network;
mod sample;
mod script;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::app::{self, App, Choices};
use crate::clock::Clock;
use crate::config::{Config, Secret, Transport};
use crate::domain::connector::{Connector, Role};
use crate::flow::{Cx, account};
use crate::ids::Ids;
use crate::telemetry;

/// How to run the demo.
#[derive(Debug, Args)]
pub struct Options {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder for the demo's database and keys; made if it is not there.
    #[arg(long, default_value = "twoyes-demo", value_name = "PATH")]
    folder: PathBuf,
    /// Play a whole introduction, print the transcript and stop.
    #[arg(long)]
    script: bool,
}

/// Runs the demo until Ctrl-C, or the script to its end.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    // Before anything else, so that a taken port leaves nothing behind.
    let listener = match app::listen(at).await {
        Ok(listener) => listener,
        Err(app::AppError::PortTaken(at)) => {
            anyhow::bail!("port {} is taken by another program; choose another one with --port", at.port())
        }
        Err(error) => return Err(error.into()),
    };
    let at = listener.local_addr()?;
    let scratch = options.script.then(scratch_folder).transpose()?;
    let folder = scratch.as_deref().unwrap_or(&options.folder);
    eprint!("twoyes demo: preparing {} ... ", folder.display());
    let config = config(folder, at, options.script)?;
    telemetry::init(&config.log)?;
    let choices = Choices { clock: Clock::shifted(), ids: Ids::System };
    let app = App::build(&config, choices).await?;
    let (who, new) = sample_connector(&app.cx).await?;
    if new && !options.script {
        sample::fill(&app, &who).await?;
        network::fill(&app.cx, &who).await?;
    }
    eprintln!("ready.");
    let ended = if options.script {
        script::play(app, listener, who).await
    } else {
        serve(app, listener, &who).await
    };
    if let Some(scratch) = scratch {
        // Nobody needs the script's database; a leftover in the temporary folder does no harm either.
        drop(std::fs::remove_dir_all(scratch));
    }
    ended.map(|()| ExitCode::SUCCESS)
}

async fn serve(app: App, listener: tokio::net::TcpListener, who: &Connector) -> anyhow::Result<()> {
    let session = account::session_for(&app.cx, who).await?;
    let base = app.cx.urls.base().to_owned();
    println!("Open this to be signed in as {}:\n\n    {base}/enter/{session}\n", who.name);
    println!("Every mail that leaves can be read at {base}/mailbox; nothing goes to the internet.");
    println!("Stop with Ctrl-C.");
    app.serve(listener, crate::cli::stopped()).await?;
    Ok(())
}

fn config(folder: &Path, at: SocketAddr, script: bool) -> anyhow::Result<Config> {
    std::fs::create_dir_all(folder)?;
    let mut config = Config::default();
    config.server.listen = at;
    config.server.base_url = format!("http://{at}");
    config.database.url = Secret::new(format!("sqlite:{}", folder.join("demo.db").display()));
    config.keys.file = folder.join("demo.keys");
    config.mail.transport = Transport::Mailbox;
    "introductions@demo.example".clone_into(&mut config.mail.from_address);
    config.asking.hold_seconds = if script { 1 } else { 5 };
    config.asking.contest_seconds = 1;
    config.courier.poll_milliseconds = 200;
    "warn".clone_into(&mut config.log.filter);
    Ok(config)
}

/// Lena, and whether she is new here.
async fn sample_connector(cx: &Cx) -> anyhow::Result<(Connector, bool)> {
    match account::find(cx, "lena@demo.example").await {
        Ok(found) => Ok((found, false)),
        Err(account::AccountError::NotFound) => {
            Ok((account::add(cx, "lena@demo.example", "Lena Brandt", Role::Admin).await?, true))
        }
        Err(error) => Err(error.into()),
    }
}

fn scratch_folder() -> anyhow::Result<PathBuf> {
    let nonce = data_encoding::HEXLOWER.encode(&Ids::System.bytes::<8>("demo"));
    let folder = std::env::temp_dir().join(format!("twoyes-script-{nonce}"));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
