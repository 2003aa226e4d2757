//! What nearly every test begins with: the place, the moment and two people.

use twoyes::clock::Ts;
use twoyes::domain::draft::{RawDraft, RawParty};

/// Where the site of the tests is.
pub const BASE: &str = "http://127.0.0.1:8080";
/// Monday 2026-03-02T09:00:00Z: when the tests begin.
pub const MONDAY: Ts = Ts(1_772_442_000_000_000);

/// Grace (first) and Alan (second), one by one.
pub fn raw_draft() -> RawDraft {
    RawDraft {
        purpose: "job_search".into(),
        first: RawParty {
            name: "Grace Hopper".into(),
            email: "grace@hopper.example".into(),
            described: "a compiler engineer from my team".into(),
            how_known: "we built a compiler together".into(),
            why: "They build what you want to build next.".into(),
            blurb: "Grace has built compilers for ten years.".into(),
            ..RawParty::default()
        },
        second: RawParty {
            name: "Alan Turing".into(),
            email: "alan@turing.example".into(),
            described: "a hiring manager I worked with".into(),
            how_known: "from the same college".into(),
            why: "Grace has solved the very problem that you told me about.".into(),
            blurb: "Alan leads a group that builds machines.".into(),
            ..RawParty::default()
        },
        shared: "Grace, meet Alan. Alan, meet Grace. You both build machines that think.".into(),
        step: "A call of twenty minutes next week".into(),
        ..RawDraft::default()
    }
}
