//! axe-core on the page that is open. It is there for the tests only, in tests/vendor.

use serde_json::{Value, json};

use super::driver::Browser;

const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/// What may change with the width and the colours; everything else is a matter of the markup.
const BY_LOOK: [&str; 5] =
    ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "meta-viewport"];

const RUN: &str = "
    const [options, done] = arguments;
    axe.run(document, options).then(
        (all) => done({
            rules: all.violations.length + all.passes.length + all.incomplete.length,
            violations: all.violations.map((one) => one.id + ': ' + one.help + '\\n    '
                + one.nodes.map((node) => node.target + ' ' + node.html.slice(0, 200) + ' '
                    + node.any.map((check) => check.message).join('; ')).join('\\n    ')),
        }),
        (error) => done({ rules: 0, violations: [String(error)] }),
    );";

/// Which rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    All,
    /// Those whose result depends on width and colours.
    ByLook,
}

#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many rules had something to look at.
    pub rules: u64,
    pub violations: Vec<String>,
}

/// Every page that is opened from now on brings axe along, whatever its policy says about scripts.
pub async fn arm(browser: &Browser) {
    let source = std::fs::read_to_string("tests/vendor/axe.min.js").unwrap();
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
}

pub async fn check(browser: &Browser, rules: Rules) -> Found {
    let only = match rules {
        Rules::All => json!({ "type": "tag", "values": TAGS }),
        Rules::ByLook => json!({ "type": "rule", "values": BY_LOOK }),
    };
    // Of what is good nothing but that it is: naming each element takes longer than looking at it.
    let options = json!({ "runOnly": only, "iframes": false, "resultTypes": ["violations"] });
    let said: Value = browser.wait_for(RUN, &[options]).await;
    let rules = said["rules"].as_u64().unwrap();
    assert!(rules > 0, "axe did not run: {said}");
    let violations = said["violations"].as_array().unwrap().iter();
    Found { rules, violations: violations.map(|one| one.as_str().unwrap().to_owned()).collect() }
}
