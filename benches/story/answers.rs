//! Answers a second: each POST is another person's yes and is committed before its reply.

use twoyes::flow::answer;

use super::load::{send_all, work_all};
use super::table::{Row, Table, number};
use super::{house, people};

const CLIENTS: usize = 64;
/// Pairs of people for each of the two runs.
const PAIRS: usize = 5_000;
/// Answers given before: what happens once, after a start, is not what is asked here.
const FIRST: usize = 400;
/// Answers given one by one.
const ALONE: usize = 400;

/// Returns the rate that was reached.
pub async fn measure(table: &mut Table) -> f64 {
    // The limit: the same units of work in this process, without HTTP.
    let instance = house::with_relay(house::NO_RELAY);
    let cx = house::inside(&instance).await;
    let mut answers = people::asked(&cx, PAIRS).await;
    let alone = answers.split_off(answers.len() - ALONE);
    let give = |answer: people::Answer| {
        let cx = cx.clone();
        async move { drop(answer::give(&cx, &answer.token, &answer.reply).await.unwrap()) }
    };
    let limit = work_all(CLIENTS, answers, give).await.per_second();
    let one_by_one = work_all(1, alone, give).await.per_second();
    drop(cx);

    let instance = house::with_relay(house::NO_RELAY);
    let cx = house::inside(&instance).await;
    let mut forms: Vec<_> = people::asked(&cx, PAIRS).await.iter().map(people::Answer::form).collect();
    drop(cx);
    let running = instance.serve().await;
    let first = forms.drain(..FIRST).collect();
    send_all(&[instance.port], CLIENTS, first).await;
    let before = house::cpu_seconds(running.id());
    let load = send_all(&[instance.port], CLIENTS, forms).await;
    let cpu = house::cpu_seconds(running.id()) - before;
    let (reached, p99) = (load.per_second(), load.permille(990));
    table.add(Row {
        what: "answers/s".into(),
        reached: format!(
            "{}, p50 {:.1} ms, p99 {p99:.1} ms, {:.2} ms of processor each",
            number(reached),
            load.permille(500),
            cpu * 1e3 / (reached * load.took.as_secs_f64())
        ),
        limit: format!("{} through `Db::write`, {} one by one", number(limit), number(one_by_one)),
        goal: "half of the limit, 3 times one by one, p99 under 20 ms".into(),
        good: Some(reached >= limit / 2.0 && reached >= 3.0 * one_by_one && p99 < 20.0),
    });
    reached
}
