//! Pictures of every page and mail, for eyes: `tests/screenshots` makes them.

use std::fmt::Write as _;
use std::path::Path;

use crate::browser::driver::{Browser, Script};
use crate::browser::gallery::{Gallery, Sample};

const FOLDER: &str = "target/screenshots";
/// A phone, a tablet, a desk.
const PAGES: &[u32] = &[320, 768, 1280];
const MAILS: &[u32] = &[360, 1024];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Takes the pictures of these samples in these widths; their part of the contact sheet.
async fn take(gallery: &Gallery, samples: &[Sample], widths: &[u32]) -> String {
    let browser = Browser::new(&gallery.base, Script::On).await;
    let mut sheet = String::new();
    for sample in samples {
        browser.open(&sample.path()).await;
        let file = sample.name.replace('/', "-");
        let title = browser.title().await.replace('&', "&amp;").replace('<', "&lt;");
        write!(sheet, "<section><h2>{}</h2><p>{title}</p><p>", sample.name).unwrap();
        for width in widths {
            browser.size(*width, 800).await;
            for scheme in SCHEMES {
                browser.scheme(scheme).await;
                let name = format!("{file}-{width}-{scheme}.png");
                std::fs::write(Path::new(FOLDER).join(&name), browser.screenshot().await).unwrap();
                write!(sheet, "<a href=\"{name}\"><img src=\"{name}\" alt=\"{name}\" loading=\"lazy\"></a> ")
                    .unwrap();
            }
        }
        sheet.push_str("</p></section>\n");
    }
    sheet
}

#[tokio::test]
#[ignore = "makes pictures: tests/screenshots"]
async fn screenshots_of_every_page_and_mail() {
    std::fs::remove_dir_all(FOLDER).ok();
    std::fs::create_dir_all(FOLDER).unwrap();
    let gallery = Gallery::open().await;
    let (first, second) = gallery.pages.split_at(gallery.pages.len() / 2);
    let (first, second, mails) = tokio::join!(
        take(&gallery, first, PAGES),
        take(&gallery, second, PAGES),
        take(&gallery, &gallery.mails, MAILS)
    );
    let style =
        "body { font-family: sans-serif } img { width: 15rem; border: 1px solid #999; vertical-align: top }";
    let sheet = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Screenshots</title><style>{style}</style>\n\
         <h1>Screenshots</h1>{first}{second}{mails}</html>\n"
    );
    std::fs::write(Path::new(FOLDER).join("index.html"), sheet).unwrap();
    println!("{} pages and {} mails in {FOLDER}", gallery.pages.len(), gallery.mails.len());
}
