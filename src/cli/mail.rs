//! `mail preview KIND`, `mail test ADDRESS`.

use clap::Subcommand;

use crate::app::{self, Choices};
use crate::config::{self, Config};
use crate::domain::address::EmailAddress;
use crate::mail::{Letter, Mailbox, Transport, compose};
use crate::view::mails::{MAILS, TestMail};

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Print a kind of mail as its samples render, with this instance's overrides.
    Preview {
        /// `ask_first`, `ask_second`, `reminder`, `receipt`, `introduction`, `connector_copy`,
        /// `closing_note`, `check_in`, `sign_in`, `invitation`, `confirm_address`, `account_moved`,
        /// `address_change`, `address_changed`, `erased`, `card_ask`,
        /// `pass_ask`, `recruiter_list`, `request_confirm`, `weekly` or `test_mail`.
        kind: String,
        /// Language of the templates.
        #[arg(long, default_value = "en")]
        lang: String,
        /// Print the HTML part instead of the text.
        #[arg(long)]
        html: bool,
    },
    /// Send one test mail at once, past the outbox, and say what the relay answered.
    Test {
        /// Where to.
        address: String,
    },
}

pub async fn run(config: &Config, command: MailCommand) -> anyhow::Result<()> {
    match command {
        MailCommand::Preview { kind, lang, html } => preview(config, &kind, &lang, html),
        MailCommand::Test { address } => test(config, &address).await,
    }
}

fn preview(config: &Config, kind: &str, lang: &str, html: bool) -> anyhow::Result<()> {
    let views = app::views(config)?;
    let Some(entry) = MAILS.iter().find(|entry| entry.kind == kind) else {
        let kinds = MAILS.iter().map(|entry| entry.kind).collect::<Vec<_>>().join(", ");
        anyhow::bail!("there is no kind of mail called `{kind}`; there are: {kinds}");
    };
    for (nth, sample) in (entry.render_samples)(&views, lang)?.iter().enumerate() {
        println!("--- {kind}, sample {}\nSubject: {}\n", nth + 1, sample.subject);
        let part = if html { &sample.html } else { &sample.text };
        println!("{}", part.replace(crate::view::MARK, "|"));
    }
    Ok(())
}

async fn test(config: &Config, address: &str) -> anyhow::Result<()> {
    let to = EmailAddress::parse("address", address)
        .map_err(|_| anyhow::anyhow!("`{address}` is not an address that can be written to"))?;
    let choices = Choices::default();
    let (now, views) = (choices.clock.now(), app::views(config)?);
    let mail =
        views.mail(&config.instance.language, &TestMail { base_url: config.server.base_url.clone() })?;
    let nonce = data_encoding::HEXLOWER.encode(&choices.ids.bytes::<12>("test"));
    let letter = Letter {
        message_id: format!("test.{nonce}@{}", config.message_id_domain()),
        date: now,
        from: Mailbox::named(config.instance.name.clone(), config.mail.from_address.clone()),
        to: vec![Mailbox::bare(to.as_str())],
        reply_to: Vec::new(),
        subject: mail.subject,
        text: mail.text,
        html: Some(mail.html),
        card: None,
        auto_submitted: true,
        list_unsubscribe: None,
        list_id: None,
    };
    let mut bytes = compose(&letter)?;
    if let Some(signer) = app::signer(config)? {
        bytes = signer.sign(&bytes, now);
    }
    let transport = match config.mail.transport {
        config::Transport::Smtp => Transport::Smtp(app::smtp_route(config)?),
        config::Transport::File => {
            Transport::File(crate::mail::FileTransport { folder: config.mail.folder.clone() })
        }
        config::Transport::Mailbox => anyhow::bail!("mail.transport is `mailbox`: mails stay in the service"),
    };
    let said = hand_over(&transport, &config.mail.from_address, to.as_str(), &bytes).await?;
    println!("Accepted: {said}");
    Ok(())
}

async fn hand_over(transport: &Transport, from: &str, to: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let plain = |fault: crate::mail::Fault| {
        anyhow::anyhow!("not accepted at stage {}: {}", fault.stage.as_str(), fault.text)
    };
    let mut conn = transport.open().await.map_err(plain)?;
    conn.offer(from, to).await.map_err(plain)?;
    let accepted = conn.transmit(bytes).await.map_err(plain)?;
    conn.quit().await;
    Ok(format!("{} {}", accepted.code, accepted.text))
}
