//! An instance as an operator would set it up, and what the machine says of its process.

use std::path::Path;

use twoyes::app::{self, App, Choices};
use twoyes::config::Config;
use twoyes::flow::Cx;
use twoyes::store;
use twoyes::web::Web;

use super::support::process::Instance;

/// A new instance whose relay listens there.
pub fn with_relay(port: u16) -> Instance {
    let mut instance = Instance::with_relay(port);
    instance.set("log.filter", "warn");
    instance.set_raw("courier.poll_milliseconds", "1000");
    instance
}

/// A relay that is away: what is queued stays queued.
pub const NO_RELAY: u16 = 9;

/// The instance's own context in this process: to prepare it while it does not run.
pub async fn inside(instance: &Instance) -> Cx {
    let config = Config::load(Some(&instance.path("twoyes.toml")), []).unwrap();
    let cx = app::context(&config, Choices::default()).await.unwrap();
    store::migrate(&cx.db, cx.now()).await.unwrap();
    cx
}

/// The instance's pages in this process, while it does not run.
pub async fn web(instance: &Instance) -> Web {
    let config = Config::load(Some(&instance.path("twoyes.toml")), []).unwrap();
    App::build(&config, Choices::default()).await.unwrap().web
}

/// Resident memory of a process, in bytes.
pub fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Processor time of a process so far, in seconds.
pub fn cpu_seconds(id: u32) -> f64 {
    // utime and stime are fields 14 and 15 of proc(5).
    ticks(&stat(id).unwrap()[11..13])
}

/// The process that started this one.
pub fn parent(id: u32) -> u32 {
    // The field behind the state.
    stat(id).unwrap()[1].parse().unwrap()
}

/// The same of a process, its children, and those of them that have ended.
pub fn cpu_seconds_of_family(id: u32) -> f64 {
    // With cutime and cstime.
    let own = ticks(&stat(id).unwrap()[11..15]);
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let others = all.filter_map(|entry| stat(entry.file_name().to_str()?.parse().ok()?));
    // The parent is field 4.
    own + others
        .filter(|fields| fields[1] == id.to_string())
        .map(|fields| ticks(&fields[11..15]))
        .sum::<f64>()
}

/// The fields behind the name, from the third on.
fn stat(id: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat")).ok()?;
    Some(stat.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

/// 100 a second.
fn ticks(fields: &[String]) -> f64 {
    f64::from(fields.iter().map(|field| field.parse::<u32>().unwrap()).sum::<u32>()) / 100.0
}
