//! `audit key|checkpoint|verify|verify-evidence` and `evidence`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use serde_json::Value;

use crate::app::{self, Choices};
use crate::clock::Ts;
use crate::config::Config;
use crate::domain::audit::bundle::{Bundle, Proven, ProvenConsent};
use crate::domain::audit::chain::Report;
use crate::domain::audit::note::PublicKey;
use crate::flow::{Cx, proof, sealing};
use crate::ids::IntroductionId;
use crate::store;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Print the public key that signs checkpoints; keep a copy of it elsewhere.
    Key,
    /// Print a signed checkpoint of the chain as it is now; keep it elsewhere.
    Checkpoint,
    /// Verify the whole chain, against itself and against checkpoints from elsewhere.
    Verify {
        /// A checkpoint that was kept elsewhere; may be given several times.
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        /// The public key that was kept elsewhere; without it the one of this installation.
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Verify a document of `twoyes evidence --json`. Needs no database and no configuration.
    VerifyEvidence {
        /// The document.
        file: PathBuf,
        /// The public key that was kept elsewhere.
        #[arg(long, value_name = "KEY")]
        key: String,
    },
}

/// `audit verify-evidence`: on any machine.
pub fn verify_evidence(file: &Path, key: &str) -> anyhow::Result<()> {
    let key = PublicKey::parse(key)?;
    let text = read(file)?;
    let bundle: Bundle = serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?;
    print!("{}", describe(&bundle, &bundle.verify(&key)?));
    Ok(())
}

pub async fn run(config: &Config, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let signer = app::audit_signer(config)?;
    match command {
        AuditCommand::Key => println!("{}", signer.public()),
        AuditCommand::Checkpoint => {
            let cx = open(config).await?;
            print!("{}", signer.sign(&sealing::now(&cx, &signer.public().name).await?));
        }
        AuditCommand::Verify { checkpoints, key } => {
            let key = match key {
                Some(key) => PublicKey::parse(&key)?,
                None => signer.public().clone(),
            };
            let mut noted = Vec::new();
            for file in &checkpoints {
                noted.push(key.open(&read(file)?).with_context(|| format!("{}", file.display()))?);
            }
            let report = proof::verify(&open(config).await?, noted).await?;
            return Ok(tell(&report, checkpoints.is_empty()));
        }
        AuditCommand::VerifyEvidence { file, key } => verify_evidence(&file, &key)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `evidence`: as a text to read, or as a document to verify elsewhere.
pub async fn evidence(config: &Config, id: IntroductionId, json: bool) -> anyhow::Result<()> {
    let signer = app::audit_signer(config)?;
    let cx = open(config).await?;
    sealing::seal(&cx).await?;
    let bundle = proof::bundle(&cx, &signer, id).await?;
    let bundle = bundle
        .context("nothing is recorded about this introduction: nobody agreed, or all of it is forgotten")?;
    if json {
        println!("{}", serde_json::to_string_pretty(&bundle)?);
    } else {
        print!("{}", describe(&bundle, &bundle.verify(signer.public())?));
    }
    Ok(())
}

async fn open(config: &Config) -> anyhow::Result<Cx> {
    let cx = app::context(config, Choices::default()).await?;
    store::schema_state(&cx.db).await?;
    Ok(cx)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn tell(report: &Report, alone: bool) -> ExitCode {
    for fault in &report.faults {
        println!("FAULT: {fault}.");
    }
    if report.untold > 0 {
        println!("FAULT: and {} more.", report.untold);
    }
    println!(
        "{} leaves, {} payloads as committed to, {} erased on record, {} checkpoint(s) agree.",
        report.leaves, report.payloads, report.erased, report.checkpoints
    );
    if alone {
        println!(
            "No checkpoint from elsewhere was given: leaves cut off at the end, or a chain written anew by \
             whoever has the database, cannot be seen without one."
        );
    }
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The whole evidence for a person to read.
fn describe(bundle: &Bundle, proven: &Proven) -> String {
    let mut lines = vec![format!("Introduction {}", bundle.introduction)];
    let at = |at: Ts| at.rfc3339();
    match proven.introduced_at {
        Some(time) => lines.push(format!("Introduced at {}, on the consents marked with a star.", at(time))),
        None => lines.push("Not introduced.".to_owned()),
    }
    for (consent, proof) in proven.consents.iter().zip(&bundle.consents) {
        lines.push(String::new());
        lines.extend(consent_lines(consent));
        if proof.ended.as_deref() == Some("renewed") {
            lines.push("  renewed by a later yes".to_owned());
        }
        for text in &proof.texts {
            lines.push(String::new());
            let sum = crate::domain::audit::hex::text(&text.sha256);
            lines.push(format!("  Shown: {} of {}, SHA-256 {sum}", text.kind, at(text.at)));
            lines.extend(text.body.lines().map(|line| format!("  | {line}")));
        }
    }
    let checkpoint = &proven.checkpoint;
    lines.push(String::new());
    lines.push(format!(
        "All of it is in the chain of {} under the checkpoint of {} leaves, signed at {} by\n{}",
        checkpoint.origin, checkpoint.size, checkpoint.at, bundle.key
    ));
    lines.join("\n") + "\n"
}

fn consent_lines(of: &ProvenConsent) -> Vec<String> {
    let star = if of.is_named { " *" } else { "" };
    let mut lines =
        vec![format!("Consent of the {} side, given at {}{star}", of.side.as_str(), of.given_at.rfc3339())];
    match &of.record {
        None => lines.push("  payload erased on request".to_owned()),
        Some(record) => {
            let said = |pointer: &str| match record.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
            for (label, pointer) in [
                ("who", "/who/name"),
                ("address", "/who/address"),
                ("how", "/how/act"),
                ("round", "/how/round"),
                ("page made at", "/how/page_made_at"),
                ("connector", "/scope/connector"),
                ("purpose", "/scope/purpose"),
                ("other person", "/scope/other"),
                ("data passed on", "/scope/data"),
                ("their words", "/scope/blurb"),
            ] {
                lines.push(format!("  {label}: {}", said(pointer)));
            }
            lines.push(format!("  texts here: {} of {}", of.texts.0, of.texts.1));
        }
    }
    if let Some(at) = of.withdrawn_at {
        lines.push(format!("  withdrawn at {}", at.rfc3339()));
    }
    lines
}
