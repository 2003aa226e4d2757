//! Addresses: whatever is taken can stand in a header and in an SMTP command, and reads back as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use twoyes::domain::address::EmailAddress;
use twoyes::domain::text;
use twoyes_fuzz::planted;

/// Planted: forgets to look into the domain.
fn parse(raw: &str) -> Option<String> {
    if !planted() {
        return EmailAddress::parse("email", raw).ok().map(|address| address.as_str().to_owned());
    }
    let (local, domain) = raw.trim().rsplit_once('@')?;
    EmailAddress::parse("email", &format!("{local}@example.org")).ok()?;
    Some(format!("{local}@{domain}"))
}

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    if let Some(address) = parse(&raw) {
        let fits = address.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[],;:\"\\".contains(&byte));
        assert!(fits && address.len() <= 254, "{address:?} would break a header or a command");
        let (local, domain) = address.rsplit_once('@').expect("an @");
        assert!(!local.is_empty() && domain.contains('.') && !domain.starts_with(['.', '-']), "{address}");
        assert_eq!(domain, domain.to_ascii_lowercase(), "one spelling for a domain");
        let again = EmailAddress::parse("email", &address).expect("reads back");
        // What stands where an address was erased; it reads back, and shows nothing.
        if again.is_nowhere() {
            return;
        }
        assert_eq!(again.as_str(), address);
        assert_eq!(again.limit_key(), again.limit_key().to_lowercase(), "one person, one key");
        let masked = again.masked();
        let (shown, _) = masked.rsplit_once('@').expect("an @");
        assert!(shown.chars().count() == 2 && shown.ends_with('…'), "one letter is shown: {shown}");
    }
    // A display name goes into the same headers.
    if let Ok(name) = text::person_name("name", &raw) {
        assert!(!name.chars().any(char::is_control), "{name:?}");
        assert_eq!(text::person_name("name", &name).ok().as_deref(), Some(name.as_str()), "one normal form");
    }
});
