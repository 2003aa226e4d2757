//! `connector add`, `token add|list|revoke`.

use clap::{Subcommand, ValueEnum};

use crate::app::{self, Choices};
use crate::config::Config;
use crate::domain::connector::{Role, Scope};
use crate::domain::problem::Problems;
use crate::flow::erasure::{self, EraseError};
use crate::flow::{Cx, account};
use crate::ids::TokenId;
use crate::store;

#[derive(Debug, Subcommand)]
pub enum ConnectorCommand {
    /// Add a connector; they sign in by a link that is mailed to them.
    Add {
        /// Their e-mail address.
        email: String,
        /// Their name, as people will read it in asks.
        name: String,
        /// Also sees the outcome log and runs the instance.
        #[arg(long)]
        admin: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; its secret is printed once.
    Add {
        /// Address of the connector it acts for.
        email: String,
        /// What it is for, to recognise it later.
        #[arg(long, default_value = "command line")]
        name: String,
        /// What it may do; may be given several times.
        #[arg(long = "scope", value_enum, default_values = ["read", "write"])]
        scopes: Vec<ScopeArg>,
    },
    /// List the tokens of a connector.
    List {
        /// Address of the connector.
        email: String,
    },
    /// Revoke a token at once.
    Revoke {
        /// Its id, from `token list`.
        id: TokenId,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ScopeArg {
    Read,
    Write,
    Admin,
    Metrics,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Read => Self::Read,
            ScopeArg::Write => Self::Write,
            ScopeArg::Admin => Self::Admin,
            ScopeArg::Metrics => Self::Metrics,
        }
    }
}

pub async fn connector(config: &Config, command: ConnectorCommand) -> anyhow::Result<()> {
    let cx = open(config).await?;
    match command {
        ConnectorCommand::Add { email, name, admin } => {
            let role = if admin { Role::Admin } else { Role::Connector };
            let added = account::add(&cx, &email, &name, role).await.map_err(|error| plain(&cx, error))?;
            println!(
                "Added {} ({}). They can sign in at {}/sign-in.",
                added.name,
                role.as_str(),
                cx.urls.base()
            );
        }
    }
    Ok(())
}

pub async fn token(config: &Config, command: TokenCommand) -> anyhow::Result<()> {
    let cx = open(config).await?;
    match command {
        TokenCommand::Add { email, name, scopes } => {
            let who = account::find(&cx, &email).await.map_err(|error| plain(&cx, error))?;
            let scopes: Vec<Scope> = scopes.into_iter().map(Scope::from).collect();
            let made = account::add_token(&cx, &who, &name, &scopes).await;
            let (token, secret) = made.map_err(|error| plain(&cx, error))?;
            eprintln!("Token {} was made. This is its secret; it is not shown again:", token.id);
            println!("{secret}");
        }
        TokenCommand::List { email } => {
            let who = account::find(&cx, &email).await.map_err(|error| plain(&cx, error))?;
            for token in account::tokens_of(&cx, &who).await? {
                let scopes = token.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
                let state = token
                    .revoked_at
                    .map_or_else(|| "good".to_owned(), |at| format!("revoked {}", at.rfc3339()));
                println!(
                    "{}  {}  [{scopes}]  made {}  {state}",
                    token.id,
                    token.name,
                    token.created_at.rfc3339()
                );
            }
        }
        TokenCommand::Revoke { id } => {
            if !account::revoke_token(&cx, id).await? {
                anyhow::bail!("there is no such token, or it was revoked before");
            }
            println!("Revoked.");
        }
    }
    Ok(())
}

pub async fn erase(config: &Config, email: &str, yes: bool) -> anyhow::Result<()> {
    if !yes {
        anyhow::bail!("nothing was erased: there is no way back from it, so add --yes");
    }
    let cx = open(config).await?;
    match erasure::by_operator(&cx, email).await {
        Ok(()) => {}
        Err(EraseError::Invalid(problems)) => return Err(said(&cx, &problems)),
        Err(EraseError::Failure(failure)) => return Err(failure.into()),
    }
    println!("They were erased. The service sends them a last mail.");
    Ok(())
}

async fn open(config: &Config) -> anyhow::Result<Cx> {
    let cx = app::context(config, Choices::default()).await?;
    store::migrate(&cx.db, cx.now()).await?;
    Ok(cx)
}

/// The sentences that a form would show.
fn plain(cx: &Cx, error: account::AccountError) -> anyhow::Error {
    match error {
        account::AccountError::Invalid(problems) => said(cx, &problems),
        account::AccountError::NotFound => anyhow::anyhow!("there is no account with this address"),
        other => other.into(),
    }
}

fn said(cx: &Cx, problems: &Problems) -> anyhow::Error {
    let say = |problem| crate::view::problem_sentence(&cx.views, crate::view::FALLBACK, problem);
    anyhow::anyhow!(problems.0.iter().map(say).collect::<Vec<_>>().join("\n"))
}
