//! How many deliveries are on their way at once: as many as the relay takes well, and no more than are allowed.
//!
//! It begins narrow, doubles while mails are taken, and after the first trouble grows by one for each round of
//! accepted mails, as TCP does (RFC 5681, 3.1). Trouble is what breaks a session, not what is said about one mail.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where it begins, and what it falls back to: two domains that do not answer leave room for others.
const NARROW: usize = 4;

pub(super) struct Width {
    most: usize,
    state: Mutex<State>,
}

struct State {
    now: usize,
    /// From here on it grows slowly.
    careful_from: usize,
    /// Mails accepted since it last grew slowly.
    accepted: usize,
}

impl Width {
    /// At least one, at most `most`.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { most, state: Mutex::new(State { now: NARROW.min(most), careful_from: most, accepted: 0 }) }
    }

    pub(super) fn now(&self) -> usize {
        self.state().now
    }

    /// The relay took a mail.
    pub(super) fn accepted(&self) {
        let mut state = self.state();
        state.accepted += 1;
        if state.now < state.careful_from || state.accepted >= state.now {
            state.now = (state.now + 1).min(self.most);
            state.accepted = 0;
        }
    }

    /// The relay broke a session, or would not begin one.
    pub(super) fn troubled(&self) {
        let mut state = self.state();
        state.now = (state.now / 2).max(NARROW.min(self.most));
        state.careful_from = state.now;
        state.accepted = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Width;

    fn after(width: &Width, accepted: usize) -> usize {
        (0..accepted).for_each(|_| width.accepted());
        width.now()
    }

    #[test]
    fn it_doubles_with_each_round_until_the_most() {
        let width = Width::new(16);
        assert_eq!([width.now(), after(&width, 4), after(&width, 8), after(&width, 100)], [4, 8, 16, 16]);
    }

    #[test]
    fn after_trouble_it_is_half_and_grows_by_one_a_round() {
        let width = Width::new(16);
        after(&width, 100);
        width.troubled();
        assert_eq!([width.now(), after(&width, 7), after(&width, 1), after(&width, 9)], [8, 8, 9, 10]);
    }

    #[test]
    fn it_never_closes_and_never_exceeds_the_most() {
        let one = Width::new(1);
        one.troubled();
        assert_eq!([one.now(), after(&one, 10)], [1, 1]);
        let none = Width::new(0);
        assert_eq!(none.now(), 1);
        let width = Width::new(16);
        (0..10).for_each(|_| width.troubled());
        assert_eq!(width.now(), 4);
    }
}
