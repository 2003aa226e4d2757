//! `inbound`: one mail on standard input, as a mail server pipes it.
//!
//! The exit code is for the mail server (sysexits.h): 0, the mail is dealt with, whatever it was; 75, keep it and
//! try again later. Nothing else, for anything else makes some servers bounce the bounce. It opens the database
//! beside the running service: see docs/adr/0020.

use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use futures_util::FutureExt;

use crate::app::{self, Choices};
use crate::config::Config;
use crate::flow::inbound::{self, Taken};
use crate::mail::report;
use crate::store;

/// EX_TEMPFAIL.
const LATER: u8 = 75;

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The recipient in the envelope, where no header of the mail names it (Postfix: ${original_recipient}).
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
}

/// Deals with the mail on standard input.
pub async fn run(config: Result<Config, impl std::fmt::Display>, options: Options) -> ExitCode {
    let said = match config {
        Ok(config) => AssertUnwindSafe(take(&config, options)).catch_unwind().await,
        Err(error) => Ok(Err(anyhow::anyhow!("{error}"))),
    };
    match said {
        Ok(Ok(taken)) => {
            println!("{}", taken.as_str());
            ExitCode::SUCCESS
        }
        Ok(Err(error)) => {
            let error = super::sentence(&error);
            eprintln!("twoyes: {error}; the mail should be handed in again later");
            ExitCode::from(LATER)
        }
        Err(_panic) => ExitCode::from(LATER),
    }
}

async fn take(config: &Config, options: Options) -> anyhow::Result<Taken> {
    let raw = head_of(std::io::stdin().lock(), config.inbound.size_limit_bytes)?;
    if !config.keys.file.exists() {
        // Not made here: with another ring nothing of what comes back would be known.
        anyhow::bail!("keys.file: {} is not there", config.keys.file.display());
    }
    let cx = app::context(config, Choices::default()).await?;
    store::schema_state(&cx.db).await?;
    let mut mail = report::read(&raw);
    mail.sent_to.extend(options.to);
    Ok(inbound::take(&cx, &mail).await?)
}

/// The beginning, so much of it at most: what a report says stands before the mail that it returns. The rest is
/// read and dropped, or the mail server would take the closed pipe for a failure.
fn head_of(mut from: impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    (&mut from).take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut head)?;
    std::io::copy(&mut from, &mut std::io::sink())?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_mail_is_read_to_its_end_and_kept_to_its_limit() {
        let mut huge = std::io::Cursor::new(vec![b'x'; 300_000]);
        let head = head_of(&mut huge, 100_000).unwrap();
        assert_eq!((head.len(), huge.position()), (100_000, 300_000));
    }
}
