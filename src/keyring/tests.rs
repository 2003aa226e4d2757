use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use crate::clock::Span;

const NOW: Ts = Ts(1_767_225_600_000_000);

fn ring() -> KeyFile {
    KeyFile::new(NOW, &Ids::derived(1))
}

fn states(ring: &KeyFile) -> Vec<(u8, KeyState)> {
    ring.list().iter().map(|key| (key.kid, key.state)).collect()
}

fn in_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twoyes.keys");
    (folder, path)
}

/// What a file with this text, readable by its owner alone, is refused with.
fn refusal(text: &str) -> String {
    let (_folder, path) = in_folder();
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let Err(error) = KeyFile::load(&path) else { panic!("taken: {text}") };
    error.to_string().replace(&path.display().to_string(), "KEYS")
}

fn text_of(ring: &KeyFile) -> String {
    let (_folder, path) = in_folder();
    ring.save(&path).unwrap();
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_ring_comes_back_from_its_file_as_it_was() {
    let (_folder, path) = in_folder();
    let made = KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    assert!(KeyFile::load(&path).unwrap() == made);
    assert_eq!(made.list(), [KeyInfo { kid: 1, state: KeyState::Active, created: NOW }]);
    assert!(made.pepper != made.internal && made.pepper != made.keys[0].secret);
}

#[test]
fn a_ring_of_an_older_version_signs_checkpoints_with_a_derived_key() {
    let ring = ring();
    let text = text_of(&ring);
    let old: String = text.split_inclusive('\n').filter(|line| !line.starts_with("audit")).collect();
    assert!(old.len() < text.len());
    let (_folder, path) = in_folder();
    std::fs::write(&path, &old).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let loaded = KeyFile::load(&path).unwrap();
    assert!(loaded.audit.is_none() && loaded.audit_seed() != ring.audit_seed());
    assert_eq!(loaded.audit_seed(), KeyFile::load(&path).unwrap().audit_seed(), "the same every time");
    loaded.save(&path).unwrap();
    assert!(!std::fs::read_to_string(&path).unwrap().contains("audit ="), "and it stays as it was");
}

#[test]
fn the_file_is_for_its_owner_alone_and_nothing_is_left_beside_it() {
    let (folder, path) = in_folder();
    let ring = KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    ring.save(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_is_there_is_never_made_anew() {
    let (folder, path) = in_folder();
    let first = KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    let second = KeyFile::create(&path, NOW, &Ids::derived(2));
    assert!(matches!(second, Err(KeyFileError::Exists { .. })));
    assert!(KeyFile::load(&path).unwrap() == first);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_a_crash_left_beside_the_file_is_no_hindrance() {
    let (folder, path) = in_folder();
    std::fs::write(folder.path().join(".twoyes.keys.new"), "half").unwrap();
    KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o660] {
        let (_folder, path) = in_folder();
        ring().save(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Open { mode: m, .. }) if m == mode));
    }
}

#[test]
fn damaged_files_are_refused_in_one_sentence_without_their_secrets() {
    let good = text_of(&ring());
    let secret = data_encoding::BASE64.encode(&ring().keys[0].secret);
    let key = &good[good.find("[[key]]").unwrap()..];
    let cases = [
        format!("{good}\n{key}"),
        good.replace("\"active\"", "\"verify\""),
        format!("{good}\n{}", key.replace("kid = 1", "kid = 2")),
        good.replace(&secret, &secret[4..]),
        good.replace(&secret, "!"),
        good.replace("\"active\"", "\"sleeping\""),
        good.replace("created = \"2026", "created = \"at noon"),
        good.replace("kid = 1", "kid = 1\ncolour = 3"),
        good.replace(&secret, &format!("{secret}\n")),
        String::new(),
    ];
    let sentences: Vec<String> = cases.iter().map(|text| refusal(text)).collect();
    for sentence in &sentences {
        assert!(!sentence.contains(&secret[4..20]), "a secret in: {sentence}");
    }
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn a_missing_file_is_told_from_a_damaged_one() {
    let (_folder, path) = in_folder();
    assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Missing { .. })));
}

#[test]
fn rotating_makes_a_new_active_key_and_keeps_the_old_one_for_verifying() {
    let mut ring = ring();
    let before = ring.clone();
    assert_eq!(ring.rotate(NOW + Span::days(90), &Ids::derived(1)).unwrap(), 2);
    assert_eq!(states(&ring), [(1, KeyState::Verify), (2, KeyState::Active)]);
    assert!(ring.keys[0].secret == before.keys[0].secret && ring.keys[1].secret != before.keys[0].secret);
    assert!(ring.pepper == before.pepper && ring.internal == before.internal);
}

#[test]
fn the_active_key_is_neither_retired_nor_revoked() {
    let mut ring = ring();
    assert_eq!(ring.retire(1), Err(KeyRingError::StillActive(1)));
    assert_eq!(ring.revoke(1), Err(KeyRingError::StillActive(1)));
    assert!(KeyRingError::StillActive(1).to_string().contains("keys rotate"));
    assert_eq!(states(&ring), [(1, KeyState::Active)]);
}

#[test]
fn an_old_key_is_retired_or_revoked() {
    let ids = Ids::derived(1);
    let mut ring = ring();
    ring.rotate(NOW, &ids).unwrap();
    ring.rotate(NOW, &ids).unwrap();
    ring.revoke(1).unwrap();
    assert_eq!(states(&ring), [(1, KeyState::Revoked), (2, KeyState::Verify), (3, KeyState::Active)]);
    ring.retire(1).unwrap();
    ring.retire(2).unwrap();
    assert_eq!(states(&ring), [(3, KeyState::Active)]);
    assert_eq!(ring.retire(2), Err(KeyRingError::Unknown(2)));
}

#[test]
fn numbers_start_again_after_the_last_and_skip_those_in_use() {
    let ids = Ids::derived(1);
    let mut ring = ring();
    for _ in 0..254 {
        ring.rotate(NOW, &ids).unwrap();
    }
    assert_eq!(ring.rotate(NOW, &ids), Err(KeyRingError::Full));
    ring.retire(7).unwrap();
    assert_eq!(ring.rotate(NOW, &ids), Ok(7));
}

#[test]
fn an_update_that_fails_writes_nothing() {
    let (_folder, path) = in_folder();
    KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(KeyFile::update(&path, |ring| ring.revoke(1)).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn updates_at_the_same_time_happen_one_after_the_other() {
    let (_folder, path) = in_folder();
    KeyFile::create(&path, NOW, &Ids::derived(1)).unwrap();
    let rotate = |ring: &mut KeyFile| ring.rotate(NOW, &Ids::derived(1)).map(|_| ());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| KeyFile::update(&path, rotate).map(|_| ()).unwrap());
        }
    });
    assert_eq!(KeyFile::load(&path).unwrap().keys.len(), 9);
}
