//! The program. Everything is in [`twoyes::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    twoyes::cli::run()
}
