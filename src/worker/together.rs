//! What several want written at the same time is written in one unit of work.
//!
//! Whoever comes first writes for all who came by then; who comes while that is written waits for the next turn. One
//! alone waits for nobody.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::store::StoreError;

/// Why nothing was written, in words: one failure is told to several.
pub(super) type Why = String;

/// What is to be written, and whom to tell.
type Waiting<I, O> = Vec<(I, oneshot::Sender<Result<O, Why>>)>;

pub(super) struct Together<I, O> {
    waiting: Mutex<Waiting<I, O>>,
    turn: tokio::sync::Mutex<()>,
}

impl<I, O> Together<I, O> {
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// `write` gets this item and those that wait with it, and answers for each in their order.
    ///
    /// # Errors
    /// For all of them what was the matter with their unit: nothing of it was written.
    pub(super) async fn write<W>(&self, item: I, write: impl FnOnce(Vec<I>) -> W) -> Result<O, Why>
    where
        W: Future<Output = Result<Vec<O>, StoreError>>,
    {
        let (tell, mut told) = oneshot::channel();
        self.waiting().push((item, tell));
        let turn = tokio::select! {
            biased;
            answer = &mut told => return answer.unwrap_or_else(left_alone),
            turn = self.turn.lock() => turn,
        };
        // Whoever had the turn until now may have written it.
        if let Ok(answer) = told.try_recv() {
            return answer;
        }
        let (items, tells): (Vec<I>, Vec<_>) = std::mem::take(&mut *self.waiting()).into_iter().unzip();
        match write(items).await {
            Ok(answers) => {
                for (tell, answer) in tells.into_iter().zip(answers) {
                    // Who does not listen any more has gone away.
                    drop(tell.send(Ok(answer)));
                }
            }
            Err(error) => {
                let why = error.to_string();
                for tell in tells {
                    drop(tell.send(Err(why.clone())));
                }
            }
        }
        drop(turn);
        told.await.unwrap_or_else(left_alone)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<I, O>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who wrote for others went away.
fn left_alone<O>(_: oneshot::error::RecvError) -> Result<O, Why> {
    Err("whoever wrote it was interrupted".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::Together;
    use crate::store::StoreError;

    #[tokio::test]
    async fn one_alone_is_written_alone() {
        let together = Together::new();
        let answer =
            together.write(4, async |items: Vec<i32>| Ok(items.iter().map(|item| item * 2).collect()));
        assert_eq!(answer.await, Ok(8));
    }

    /// Ten come while the first is written: they are written in one more turn, and each gets its own answer.
    #[tokio::test]
    async fn those_who_come_meanwhile_share_the_next_turn() {
        let (together, turns) = (Arc::new(Together::new()), Arc::new(AtomicUsize::new(0)));
        let gate = Arc::new(Semaphore::new(0));
        let one = |item: usize| {
            let (together, turns, gate) = (Arc::clone(&together), Arc::clone(&turns), Arc::clone(&gate));
            tokio::spawn(async move {
                let write = async move |items: Vec<usize>| {
                    turns.fetch_add(1, Ordering::Relaxed);
                    drop(gate.acquire().await);
                    Ok(items.iter().map(|item| item + 100).collect())
                };
                together.write(item, write).await
            })
        };
        let first = one(0);
        while turns.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (1..=10).map(one).collect();
        while together.waiting().len() < 10 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(20);
        assert_eq!(first.await.unwrap(), Ok(100));
        for (nth, other) in others.into_iter().enumerate() {
            assert_eq!(other.await.unwrap(), Ok(nth + 101));
        }
        assert_eq!(turns.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_each_and_the_next_is_tried_anew() {
        let together = Together::<i32, i32>::new();
        let failed = together.write(1, async |_| Err(StoreError::Unavailable("away".into()))).await;
        assert!(failed.unwrap_err().contains("away"));
        assert_eq!(together.write(2, async |items| Ok(items)).await, Ok(2));
    }
}
