//! What stands in the mails, and what does not.

use super::super::mails::{AskFirst, AskSecond, Introduction, Who};
use super::*;

#[test]
fn no_line_is_longer_than_78_characters_except_links() {
    for (name, mail) in all_mails() {
        for line in mail.text.lines().filter(|line| !line.starts_with("https://") && !line.contains(MARK)) {
            assert!(line.chars().count() <= 78, "{name}: {line}");
        }
    }
}

#[test]
fn a_link_stands_alone_on_its_line_and_is_whole() {
    for (name, mail) in all_mails() {
        for line in mail.text.lines().filter(|line| line.contains("://") || line.contains(MARK)) {
            assert!(!line.contains(' ') && !line.starts_with('>'), "{name}: {line}");
            assert!(line.starts_with("https://") || line.starts_with(MARK), "{name}: {line}");
        }
        assert!(!mail.text.contains("\n\n\n"), "{name}: more than one blank line");
    }
}

#[test]
fn every_mail_to_a_party_can_be_stopped() {
    for (name, mail) in all_mails() {
        let own = [
            "sign_in",
            "invitation",
            "confirm_address",
            "account_moved",
            "address_change",
            "address_changed",
            "erased",
            "test_mail",
            "connector_copy",
            "weekly",
        ];
        let to_a_party = !own.iter().any(|kind| name.starts_with(kind));
        let stop = format!("{MARK}stop{MARK}");
        let has_link = mail.text.contains("/s/k7") || mail.text.lines().any(|line| line == stop);
        assert_eq!(has_link, to_a_party, "{name}");
        assert_eq!(mail.html.contains("/s/k7") || mail.html.contains(&stop), to_a_party, "{name}");
    }
}

#[test]
fn html_loads_nothing_and_runs_nothing() {
    for (name, mail) in all_mails() {
        let html = mail.html.to_lowercase();
        for bad in [
            "<img",
            "<script",
            "<link",
            "<style",
            "src=",
            "url(",
            "@import",
            "<iframe",
            "<form",
            "javascript:",
        ] {
            assert!(!html.contains(bad), "{name}: {bad}");
        }
        assert!(!has_handler(&html), "{name}: an event handler");
        assert!(html.contains("<html lang=\"en\"") && html.contains("color-scheme"), "{name}");
        for tag in ["p", "ul", "li", "div", "a", "blockquote", "bdi", "html", "body", "head", "title"] {
            let opened =
                html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{name}: <{tag}>");
        }
    }
}

/// An event handler: `on...=` inside a tag.
fn has_handler(html: &str) -> bool {
    html.split('<').any(|tag| {
        let inside = tag.split('>').next().unwrap_or_default();
        inside.split_whitespace().skip(1).any(|word| word.starts_with("on") && word.contains('='))
    })
}

#[test]
fn the_four_answers_are_equal_links() {
    for (name, mail) in all_mails().into_iter().filter(|(name, _)| name.starts_with("ask_")) {
        let choices: Vec<&str> = mail.html.lines().filter(|line| line.starts_with("<li")).collect();
        assert_eq!(choices.len(), 4, "{name}");
        let shape = |line: &str| line.split("<a ").next().unwrap_or_default().to_owned();
        assert!(choices.iter().all(|line| shape(line) == shape(choices[0])), "{name}");
        for fragment in ["#yes\"", "#not-now\"", "#no\"", "#never\""] {
            assert_eq!(
                choices.iter().filter(|line| line.contains(fragment)).count(),
                1,
                "{name}: {fragment}"
            );
        }
        let answer =
            mail.text.lines().filter(|line| line.contains("/a/q4") || line.contains("answer\u{1}")).count();
        assert_eq!(answer, 1, "{name}: the text has the link once");
    }
}

#[test]
fn nothing_shouts_advertises_or_presses() {
    let words = [
        "!",
        "click here",
        "amazing",
        "exciting",
        "excited",
        "awesome",
        "leverage",
        "seamless",
        "powered by",
        "unlock",
        "opportunity",
        "reach out",
        "don't miss",
        "hurry",
        "last chance",
        "delve",
        "thrilled",
        "sign up",
    ];
    for (name, mail) in all_mails() {
        let text = format!("{} {}", mail.subject, mail.text).to_lowercase();
        for word in words {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn the_first_ask_does_not_tell_who_the_second_is() {
    let views = views();
    for sample in AskFirst::samples().into_iter().filter(|sample| sample.other_name.is_none()) {
        let mail = views.mail(FALLBACK, &sample).unwrap();
        let all = format!("{}{}{}", mail.subject, mail.text, mail.html);
        assert!(sample.shared.contains("Alan"), "else this test tells nothing");
        assert!(!all.contains("Alan") && !all.contains("Turing"), "{all}");
    }
    for sample in AskSecond::samples() {
        let mail = views.mail(FALLBACK, &sample).unwrap();
        assert!(mail.text.contains("Grace Hopper"));
    }
}

#[test]
fn an_ask_says_all_that_someone_must_know_before_answering() {
    for (name, mail) in all_mails().into_iter().filter(|(name, _)| name.starts_with("ask_")) {
        let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for needed in [
            "Ada Lovelace sent you this through intro.example.org",
            "Your address comes from Ada's own address book",
            "one mail goes to you both, with",
            "A no costs nothing and needs no reason. They are not told",
            "Please answer by Tuesday 3 March 2026.",
            "Silence brings",
            "only the page counts as an answer",
            "12 Mill Lane, London",
        ] {
            assert!(text.contains(needed), "{name}: {needed}");
        }
    }
}

#[test]
fn peoples_words_stay_words() {
    let views = views();
    let evil = "{{ 7*7 }} {% include \"x\" %} <b onclick=x>bold</b> <script>1</script> \"'& </p></body>";
    let rtl = "محمد <i>علي</i>";
    for sample in AskFirst::samples() {
        let text = || evil.to_owned();
        let sample = AskFirst {
            you: Who::new(rtl),
            connector: Who::new(rtl),
            other_name: sample.other_name.map(|_| rtl.into()),
            signature: Some(text()),
            other_described: text(),
            how_know_you: Some(text()),
            how_know_other: text(),
            why: text(),
            shared: text(),
            step: text(),
            about_you: text(),
            about_other: Some(text()),
            ..sample
        };
        let mail = views.mail(FALLBACK, &sample).unwrap();
        assert!(
            mail.text.contains("{{ 7*7 }}")
                && mail.text.contains("<b onclick=x>")
                && mail.text.contains("محمد")
        );
        assert!(!mail.text.contains("49"));
        assert!(mail.html.contains("{{ 7*7 }}") && mail.html.contains("&lt;b onclick=x&gt;"));
        for bad in ["<b ", "<script", "<i>", "</body>\n</p>"] {
            assert!(!mail.html.contains(bad), "{bad}");
        }
        assert_eq!(mail.html.matches("</body>").count(), 1);
        assert_eq!(mail.html.matches("<a href").count(), 6, "four answers, your page and the stop link");
    }
}

#[test]
fn the_only_links_are_those_of_the_service() {
    let views = views();
    let bait = "see https://evil.example/x?y, www.evil.example or evil.example; mail to:a@evil.example mailto:a@evil.example";
    for sample in AskSecond::samples() {
        let text = || bait.to_owned();
        let sample = AskSecond {
            why: text(),
            shared: text(),
            step: text(),
            about_other: text(),
            how_know_other: text(),
            ..sample
        };
        let mail = views.mail(FALLBACK, &sample).unwrap();
        for body in [&mail.text, &mail.html, &mail.subject] {
            assert!(!body.contains("evil.example") && !body.contains("mailto:"), "{body}");
        }
        assert!(mail.text.contains("https[:]//evil[.]example/x?y"));
    }
    let mut sample = Introduction::samples().remove(0);
    sample.first.about = bait.into();
    let mail = views.mail(FALLBACK, &sample).unwrap();
    assert!(mail.text.contains("grace@example.org"), "addresses of the parties are what it is for");
    assert!(!mail.text.contains("evil.example"));
}

#[test]
fn marks_pass_through_unharmed() {
    let answer = format!("{MARK}answer{MARK}");
    let asks =
        all_mails().into_iter().filter(|(name, mail)| name.starts_with("ask_") && mail.text.contains(MARK));
    for (name, mail) in asks {
        assert!(mail.text.lines().any(|line| line == answer), "{name}");
        assert!(mail.html.contains(&format!("href=\"{answer}#not-now\"")), "{name}");
        assert!(!mail.subject.contains(MARK), "{name}");
    }
}

#[test]
fn introductions_are_called_by_given_names_or_by_full_ones_when_these_are_the_same() {
    let subjects: Vec<String> = all_mails()
        .into_iter()
        .filter(|(name, _)| name.starts_with("introduction"))
        .map(|(_, mail)| mail.subject)
        .collect();
    assert!(subjects.iter().any(|subject| subject == "Grace <> Alan"), "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject == "Grace Hopper <> Grace Kelly"), "{subjects:?}");
}

#[test]
fn subjects_do_not_tell_over_a_shoulder_that_someone_looks_for_work() {
    for (name, mail) in all_mails() {
        let subject = mail.subject.to_lowercase();
        for word in ["job", "looking for", "unemployed", "said yes", "said no", "declined"] {
            assert!(!subject.contains(word), "{name}: {subject}");
        }
        assert!(mail.subject.chars().count() <= 78, "{name}: {subject}");
    }
}
