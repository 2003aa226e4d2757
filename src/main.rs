//! The program. Everything is in [`twoyes::cli`].

use std::process::ExitCode;

/// An answer is read, written and told on three threads.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    twoyes::cli::run()
}
