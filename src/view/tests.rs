use super::*;

fn views() -> Views {
    Views::load(None).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_template_renders_with_every_sample() {
    let views = views();
    for lang in views.languages() {
        for entry in mails::MAILS {
            assert!(
                !(entry.render_samples)(&views, lang).unwrap().is_empty(),
                "{} has no sample",
                entry.kind
            );
        }
    }
}
