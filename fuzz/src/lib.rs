//! What the targets share.

use std::sync::LazyLock;

/// Whether this run shall judge a broken variant instead of the product, and so has to fail: the proof that
/// a target can. `tests/tools/fuzz.sh` does both.
#[must_use]
pub fn planted() -> bool {
    static PLANTED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("TWOYES_FUZZ_PLANTED").is_some());
    *PLANTED
}
