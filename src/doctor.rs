//! What an operator's DNS records mean for mail, in plain sentences. The judgements are pure: they
//! get records and say what they think.

use crate::dns::{DnsError, Resolver};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Good,
    /// Mail leaves, but may be filed as spam.
    Warning,
    /// Mail will be refused or fail its checks.
    Problem,
}

/// One sentence about one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    pub sentence: String,
}

/// The signature that mails carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    pub selector: String,
    pub domain: String,
    /// The public key in base64, as it must stand in `p=` (RFC 6376, 3.6.1).
    pub public_key: String,
}

type Answer = Result<Vec<String>, DnsError>;

/// Looks up and judges everything that the domain of the sender needs.
pub async fn mail_records(resolver: &Resolver, from_domain: &str, signing: Option<&Signing>) -> Vec<Finding> {
    let mut findings = vec![spf(from_domain, &resolver.txt(from_domain).await)];
    if let Some(signing) = signing {
        let name = format!("{}._domainkey.{}", signing.selector, signing.domain);
        findings.push(dkim(signing, &resolver.txt(&name).await));
    }
    findings.push(dmarc(from_domain, &dmarc_records(resolver, from_domain).await));
    findings
}

/// Whether the domain says who may send for it (RFC 7208).
pub fn spf(domain: &str, records: &Answer) -> Finding {
    let records = match records {
        Ok(records) => records,
        Err(error) => return unanswered("SPF", domain, error),
    };
    let spf: Vec<&String> = records.iter().filter(|text| is_version(text, "v=spf1", ' ')).collect();
    match spf.as_slice() {
        [] => warning(format!(
            "{domain} has no SPF record: add a TXT record such as \"v=spf1 include:RELAY -all\" with what your relay's operator names."
        )),
        [one]
            if one
                .split_whitespace()
                .any(|word| matches!(word.to_ascii_lowercase().as_str(), "+all" | "all")) =>
        {
            problem(format!(
                "The SPF record of {domain} lets the whole world send for it: end it with -all or ~all."
            ))
        }
        [_] => good(format!("{domain} has an SPF record; make sure that it names your relay.")),
        many => problem(format!(
            "{domain} has {} SPF records, which counts as an error (RFC 7208, 3.2): merge them into one.",
            many.len()
        )),
    }
}

/// Whether the published key is the one that signs (RFC 6376, 3.6).
pub fn dkim(signing: &Signing, records: &Answer) -> Finding {
    let name = format!("{}._domainkey.{}", signing.selector, signing.domain);
    let records = match records {
        Ok(records) => records,
        Err(error) => return unanswered("DKIM", &name, error),
    };
    let keys: Vec<&String> = records.iter().filter(|text| tag(text, "p").is_some()).collect();
    let wanted = without_spaces(&signing.public_key);
    let text = match keys.as_slice() {
        [] => {
            return problem(format!(
                "There is no DKIM key at {name}: publish the TXT record that holds p={wanted}."
            ));
        }
        [one] => one,
        // Receivers may take any of them (RFC 6376, 3.6.2.2).
        many => return problem(format!("There are {} DKIM keys at {name}: leave one.", many.len())),
    };
    match tag(text, "p").map(|key| without_spaces(&key)) {
        Some(found) if found == wanted => {
            let testing = tag(text, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
            if testing {
                return warning(format!(
                    "The DKIM key at {name} is ours but marked as a test (t=y): receivers may ignore it."
                ));
            }
            good(format!("The DKIM key at {name} is the one that signs."))
        }
        Some(found) if found.is_empty() => {
            problem(format!("The DKIM key at {name} is revoked (p= is empty): publish p={wanted}."))
        }
        Some(_) | None => problem(format!(
            "The DKIM key at {name} is another one than that which signs: publish p={wanted}."
        )),
    }
}

/// Whether the domain asks receivers to check (RFC 7489, 6.3).
pub fn dmarc(domain: &str, records: &Answer) -> Finding {
    let records = match records {
        Ok(records) => records,
        Err(error) => return unanswered("DMARC", domain, error),
    };
    let dmarc: Vec<&String> = records.iter().filter(|text| is_version(text, "v=DMARC1", ';')).collect();
    let text = match dmarc.as_slice() {
        [] => {
            return warning(format!(
                "{domain} has no DMARC record, which large receivers want: add \"v=DMARC1; p=none\" at _dmarc.{domain}."
            ));
        }
        [one] => one,
        many => {
            return problem(format!("{domain} has {} DMARC records, so none counts: leave one.", many.len()));
        }
    };
    match tag(text, "p").map(|policy| policy.to_ascii_lowercase()).as_deref() {
        Some(policy @ ("none" | "quarantine" | "reject")) => {
            good(format!("{domain} has a DMARC record with the policy {policy}."))
        }
        Some(policy) => problem(format!("The DMARC record of {domain} has an unknown policy, p={policy}.")),
        None => problem(format!("The DMARC record of {domain} has no policy (p=).")),
    }
}

/// The record of the domain, or of the nearest domain above it that has one. Which of those is the
/// organisational domain takes the public suffix list; the nearest one is right in practice.
async fn dmarc_records(resolver: &Resolver, domain: &str) -> Answer {
    let mut at = domain;
    loop {
        let records = resolver.txt(&format!("_dmarc.{at}")).await?;
        let above = at.split_once('.').map_or("", |(_, above)| above);
        if !records.is_empty() || !above.contains('.') {
            return Ok(records);
        }
        at = above;
    }
}

/// Whether the record begins with this version, alone or followed by `end`.
fn is_version(text: &str, version: &str, end: char) -> bool {
    let text = text.trim();
    match text.get(..version.len()) {
        Some(start) if start.eq_ignore_ascii_case(version) => {
            let rest = text[version.len()..].trim_start_matches([' ', '\t']);
            rest.is_empty() || rest.len() < text.len() - version.len() || rest.starts_with(end)
        }
        Some(_) | None => false,
    }
}

/// The value of `name=` in a `;`-separated tag list (RFC 6376, 3.2).
fn tag(text: &str, name: &str) -> Option<String> {
    text.split(';').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn unanswered(what: &str, name: &str, error: &DnsError) -> Finding {
    warning(format!("{what} of {name} was not checked: {error}."))
}

fn good(sentence: String) -> Finding {
    Finding { level: Level::Good, sentence }
}

fn warning(sentence: String) -> Finding {
    Finding { level: Level::Warning, sentence }
}

fn problem(sentence: String) -> Finding {
    Finding { level: Level::Problem, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(records: &[&str]) -> Vec<String> {
        records.iter().map(|text| (*text).to_owned()).collect()
    }

    fn signing() -> Signing {
        Signing { selector: "s1".into(), domain: "example.org".into(), public_key: "QUJD".into() }
    }

    #[test]
    fn spf_is_judged() {
        let judge = |records: &[&str]| spf("example.org", &Ok(found(records))).level;
        assert_eq!(judge(&[]), Level::Warning);
        assert_eq!(judge(&["something else", "v=spf10 -all"]), Level::Warning);
        assert_eq!(judge(&["v=spf1 include:relay.example -all", "other"]), Level::Good);
        assert_eq!(judge(&["v=spf1"]), Level::Good);
        assert_eq!(judge(&["v=spf1 mx +all"]), Level::Problem);
        assert_eq!(judge(&["v=spf1 -all", "V=SPF1 ~all"]), Level::Problem);
    }

    #[test]
    fn dkim_is_judged() {
        let judge = |records: &[&str]| dkim(&signing(), &Ok(found(records))).level;
        assert_eq!(judge(&[]), Level::Problem);
        assert_eq!(judge(&["v=DKIM1; k=rsa; p=QU JD"]), Level::Good);
        assert_eq!(judge(&["p=QUJD; t=y:s"]), Level::Warning);
        assert_eq!(judge(&["v=DKIM1; p="]), Level::Problem);
        assert_eq!(judge(&["v=DKIM1; p=QUJE"]), Level::Problem);
        assert_eq!(judge(&["p=QUJD", "p=QUJE"]), Level::Problem);
    }

    #[test]
    fn dmarc_is_judged() {
        let judge = |records: &[&str]| dmarc("example.org", &Ok(found(records))).level;
        assert_eq!(judge(&[]), Level::Warning);
        assert_eq!(judge(&["v=DMARC1; p=reject; rua=mailto:a@example.org"]), Level::Good);
        assert_eq!(judge(&["v=DMARC1; p=maybe"]), Level::Problem);
        assert_eq!(judge(&["v=DMARC1;"]), Level::Problem);
        assert_eq!(judge(&["v=DMARC1; p=none", "v=DMARC1; p=none"]), Level::Problem);
    }

    #[test]
    fn what_could_not_be_asked_is_a_warning_that_says_so() {
        let finding = spf("example.org", &Err(DnsError::Silent));
        assert_eq!(finding.level, Level::Warning);
        assert_eq!(
            finding.sentence,
            "SPF of example.org was not checked: no name server answered within 3 seconds."
        );
    }

    #[tokio::test]
    async fn without_an_answer_every_record_gets_its_finding() {
        let nowhere = Resolver::new(vec![], crate::ids::Ids::derived(1));
        let findings = mail_records(&nowhere, "intro.example.org", Some(&signing())).await;
        let levels: Vec<Level> = findings.iter().map(|finding| finding.level).collect();
        assert_eq!(levels, [Level::Warning; 3]);
    }
}
