//! `resume` and `clock accept`: what an operator says to a service that holds its mails.

use clap::{Args, Subcommand};

use crate::app::{self, Choices, marker};
use crate::clock::{Clock, Span};
use crate::config::Config;
use crate::flow::quarantine::{self, Why};
use crate::store::{self, instance};

#[derive(Debug, Args)]
pub struct ResumeOptions {
    /// Say it: this copy of the data is the real one. Without it you only see what would leave.
    #[arg(long)]
    yes: bool,
    /// Take mails back that have been waiting for longer, such as 2d or 12h.
    #[arg(long, value_name = "AGE", value_parser = age)]
    discard_older_than: Option<Span>,
}

#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Say that the clock of this machine is right; what waits for that goes on.
    Accept,
}

/// Lists what would leave; with `--yes` ends the quarantine.
pub async fn resume(config: &Config, options: &ResumeOptions) -> anyhow::Result<()> {
    let cx = app::context(config, Choices::default()).await?;
    store::schema_state(&cx.db).await?;
    // A copy that was not served yet is told by its mark alone.
    let Some(why) = marker::verdict(config).await? else {
        println!("This database is not in quarantine; its mails leave.");
        return Ok(());
    };
    let why = match why {
        Why::Restored => "it was restored from a backup",
        Why::Copied => "it is not where it was when it last mailed",
    };
    match quarantine::state(&cx).await? {
        Some((since, _)) => println!("In quarantine since {}, because {why}.", since.rfc3339()),
        None => println!("In quarantine from its first start on, because {why}."),
    }
    println!("Nobody is mailed.");
    let outlook = quarantine::outlook(&cx).await?;
    println!("Waiting mails:              under a day   under a week   older");
    for one in &outlook.waiting {
        println!("  {:<25} {:>11}   {:>12}   {:>5}", one.family.as_str(), one.day, one.week, one.older);
    }
    if outlook.waiting.is_empty() {
        println!("  none");
    }
    println!("Introductions in which something is due by time: {}", outlook.due);
    if !options.yes {
        println!("If this copy is the one that people shall hear from, and no other one runs:");
        println!("    twoyes resume --yes [--discard-older-than 2d]");
        return Ok(());
    }
    let before = options.discard_older_than.map(|age| cx.now() - age);
    let discarded = marker::resume(config, &cx, before).await?;
    println!("Resumed; {discarded} mail(s) were taken back. A running service notices by itself.");
    Ok(())
}

pub async fn clock(config: &Config, command: &ClockCommand) -> anyhow::Result<()> {
    let ClockCommand::Accept = command;
    let cx = app::context(config, Choices::default()).await?;
    let now = Clock::System.now();
    let said = cx.db.write(move |tx| Box::pin(instance::accept_clock(tx, now))).await?;
    if !said {
        anyhow::bail!("this database has never been served, so there is nothing to accept");
    }
    println!("The time {} is accepted; a running service goes on within seconds.", now.rfc3339());
    Ok(())
}

/// `2d`, `12h` or `30m`.
fn age(text: &str) -> Result<Span, String> {
    let wrong = || "an age is a number and d, h or m, such as 2d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    match (unit, number) {
        (_, ..0 | 100_000..) => Err(wrong()),
        ('d', days) => Ok(Span::days(days)),
        ('h', hours) => Ok(Span::hours(hours)),
        ('m', minutes) => Ok(Span::minutes(minutes)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::age;
    use crate::clock::Span;

    #[test]
    fn ages_are_read() {
        assert_eq!(age("2d"), Ok(Span::days(2)));
        assert_eq!(age("12h"), Ok(Span::hours(12)));
        for wrong in ["", "d", "2", "-1d", "2w", "9999999d", "é"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
