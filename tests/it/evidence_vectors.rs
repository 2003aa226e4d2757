//! The encoding of the chain against vectors that a program in another language computed from the document.

use std::process::Command;

use serde_json::Value;
use twoyes::clock::Ts;
use twoyes::domain::audit::merkle::{self, Frontier};
use twoyes::domain::audit::note::{Checkpoint, NoteFault, PublicKey, Signer};
use twoyes::domain::audit::{Hash, Leaf, canonical, commit, commit_text, hex};

const FILE: &str = "tests/vectors/audit.json";

fn vectors() -> Value {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

fn hash(value: &Value, field: &str) -> Hash {
    hex::parse(text(value, field)).unwrap()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v Vec<Value> {
    value[field].as_array().unwrap()
}

#[test]
fn payloads_and_texts_are_encoded_and_committed_to_as_documented() {
    let all = vectors();
    for one in list(&all, "canonical") {
        assert_eq!(canonical::encode(&one["value"]), text(one, "text"));
    }
    for one in list(&all, "texts") {
        let made = commit_text(&hash(one, "salt"), text(one, "kind"), text(one, "body"));
        assert_eq!(made, hash(one, "commitment"));
    }
}

#[test]
fn leaves_roots_and_paths_are_those_of_the_vectors() {
    let all = vectors();
    let mut hashes = Vec::new();
    let mut frontier = Frontier::default();
    let roots = list(&all, "roots");
    for (nth, one) in list(&all, "leaves").iter().enumerate() {
        assert_eq!(hex::text(&frontier.root()), roots[nth].as_str().unwrap());
        let commitment = commit(&hash(one, "salt"), text(one, "payload"));
        assert_eq!(commitment, hash(one, "commitment"));
        let leaf = Leaf {
            seq: one["seq"].as_u64().unwrap(),
            at: Ts(one["at"].as_i64().unwrap()),
            kind: text(one, "kind").into(),
            commitment,
            prev: hash(one, "prev"),
        };
        assert_eq!(leaf.hash(), hash(one, "hash"));
        hashes.push(leaf.hash());
        frontier.push(leaf.hash());
        let again = Frontier::from_bytes(frontier.size(), &frontier.to_bytes()).unwrap();
        assert_eq!(again, frontier, "it is read back from the database");
    }
    assert_eq!(Frontier::from_bytes(3, &frontier.to_bytes()[..32]), None);
    let mut bent = 0;
    for one in list(&all, "paths") {
        let (size, index) = (one["size"].as_u64().unwrap(), one["index"].as_u64().unwrap());
        let path: Vec<Hash> =
            list(one, "path").iter().map(|one| hex::parse(one.as_str().unwrap()).unwrap()).collect();
        let (of, at) = (usize::try_from(size).unwrap(), usize::try_from(index).unwrap());
        assert_eq!(merkle::path(&hashes[..of], at), path);
        let root = hex::parse(roots[of].as_str().unwrap()).unwrap();
        assert_eq!(merkle::root_by(hashes[at], index, size, &path), Some(root));
        for wrong in 0..=size {
            if wrong != index {
                assert_ne!(merkle::root_by(hashes[at], wrong, size, &path), Some(root), "at another place");
                bent += 1;
            }
        }
        for nth in 0..path.len() {
            let mut path = path.clone();
            path[nth][7] ^= 1;
            assert_ne!(merkle::root_by(hashes[at], index, size, &path), Some(root));
            path.remove(nth);
            assert_ne!(merkle::root_by(hashes[at], index, size, &path), Some(root));
            bent += 2;
        }
    }
    println!("figure: evidence: {} inclusion paths, {bent} bent ones refused", list(&all, "paths").len());
}

#[test]
fn notes_are_signed_as_documented_and_open_with_the_right_key_alone() {
    let all = vectors();
    let note = &all["note"];
    let signer = Signer::new("intro.example.org/audit", &hash(note, "seed")).unwrap();
    assert_eq!(signer.public().to_string(), text(note, "key"));
    let key = PublicKey::parse(text(note, "key")).unwrap();
    let opened = key.open(text(note, "text")).unwrap();
    assert_eq!(opened.size, 13);
    assert_eq!(signer.sign(&opened), text(note, "text"), "Ed25519 signs the same text the same way");

    let other = Signer::new("intro.example.org/audit", &[1; 32]).unwrap();
    assert_eq!(other.public().open(text(note, "text")), Err(NoteFault::Signature));
    let foreign = Signer::new("other.example.org/audit", &hash(note, "seed")).unwrap();
    let posing = Checkpoint { origin: "intro.example.org/audit".into(), ..opened };
    assert_eq!(foreign.public().open(&foreign.sign(&posing)), Err(NoteFault::Origin));
    for wrong in ["", "a+b", "intro.example.org/audit+00000000+AAAA", "\n\n"] {
        assert!(PublicKey::parse(wrong).is_err() && key.open(wrong).is_err());
    }
    // Every single character changed: never the same checkpoint with something else in it.
    let good = text(note, "text");
    let mut tried = 0;
    for (at, c) in good.char_indices() {
        let mut bent = good.to_owned();
        bent.replace_range(at..at + c.len_utf8(), if c == 'X' { "Y" } else { "X" });
        if let Ok(read) = key.open(&bent) {
            panic!("taken with a change at {at}: {read:?}");
        }
        tried += 1;
    }
    println!("figure: evidence: {tried} bent checkpoints refused");
}

#[test]
fn the_vectors_are_what_the_script_computes() {
    #[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
    let python = std::env::var("TWOYES_TEST_PYTHON").unwrap_or_default();
    if python.is_empty() {
        #[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
        let must = std::env::var("CI").is_ok();
        assert!(!must, "TWOYES_TEST_PYTHON must be set in CI");
        return;
    }
    let said = Command::new(python).arg("tests/tools/audit_vectors.py").output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let computed: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert!(
        computed == vectors(),
        "tests/vectors/audit.json is not what tests/tools/audit_vectors.py prints"
    );
}
