//! `cargo bench --bench story [-- ROW...]`, or `-- --postgres`: the release binary as a user would start it, loaded over
//! real HTTP and real SMTP, each figure beside a limit of the machine that is measured in the same run.
//!
//! See docs/PERFORMANCE.md for what the rows mean and for the figures of a run.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends; it prints its table"
)]

mod answers;
mod backlog;
mod footprint;
mod house;
mod introductions;
mod judges;
mod latency;
mod load;
mod mails;
mod people;
mod scale;
mod sink;
mod sizes;
mod statements;
mod support;
mod table;
mod wire;
mod years;

use table::Table;

fn main() {
    let rows: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wanted = |row: &str| rows.is_empty() || rows.iter().any(|name| name == row);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut table = Table::new();
        // In a row of its own: what it listens to costs time.
        if rows.iter().any(|row| row == "statements") {
            return statements::print().await;
        }
        if std::env::args().any(|word| word == "--postgres") {
            scale::measure(&mut table, &rows).await;
            return table.print();
        }
        let answers = if wanted("answers") { Some(answers::measure(&mut table).await) } else { None };
        let mails = if wanted("mails") { Some(mails::measure(&mut table).await) } else { None };
        if wanted("introductions") {
            introductions::measure(&mut table, answers.zip(mails)).await;
        }
        if wanted("latency") {
            latency::measure(&mut table).await;
        }
        if wanted("footprint") {
            footprint::measure(&mut table).await;
        }
        // Minutes, and gigabytes of disk, at a million: only when asked for.
        if let Some(most) = rows.iter().find_map(|row| row.strip_prefix("sizes=")?.parse().ok()) {
            sizes::measure(&mut table, most).await;
        } else if wanted("sizes") {
            sizes::measure(&mut table, 100_000).await;
        }
        table.print();
    });
}
