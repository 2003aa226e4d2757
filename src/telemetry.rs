//! Where log lines go: standard error, as text or as JSON.

use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat};

/// Why logging could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("log.filter cannot be understood: {0}")]
    Filter(#[from] ParseError),
    #[error("logging was started before: {0}")]
    Twice(#[from] TryInitError),
}

/// Starts logging for the whole process. Call it once, before anything is logged.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    let lines = tracing_subscriber::registry().with(log.targets()?);
    match log.format {
        LogFormat::Text => lines.with(fmt::layer().with_writer(std::io::stderr)).try_init()?,
        LogFormat::Json => {
            lines.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()?;
        }
    }
    Ok(())
}
