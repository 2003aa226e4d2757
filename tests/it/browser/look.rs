//! What can be measured about how a page looks: nothing sticks out, and everything is large enough to hit.

use super::driver::Browser;

/// What reaches beyond the window, unless it stands in something that scrolls by itself.
const STICKS_OUT: &str = "
    const page = document.scrollingElement;
    if (page.scrollWidth <= innerWidth) return [];
    const inside = (one) => {
        for (let up = one.parentElement; up; up = up.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(up).overflowX)) return true;
        return false;
    };
    const wide = [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !inside(one))
        .map((one) => one.outerHTML.slice(0, 120));
    return [page.scrollWidth + ' px in ' + innerWidth, ...wide.slice(-3)];";

/// WCAG 2.5.8: 24 by 24 CSS pixels. Free of it: links within a sentence, and what only shows with the focus.
const TOO_SMALL: &str = "
    const sentence = (one) => {
        const style = getComputedStyle(one);
        if (one.tagName !== 'A' || style.display !== 'inline') return false;
        const block = one.closest('p, li, dd, dt, td, h1, h2, h3, span, label, footer');
        return block && block.textContent.trim().length > one.textContent.trim().length + 1;
    };
    const small = (one) => {
        const box = one.getBoundingClientRect();
        const label = one.labels && one.labels[0] && one.labels[0].getBoundingClientRect();
        const height = label ? Math.max(box.height, label.height) : box.height;
        const width = label ? Math.max(box.width, label.width) : box.width;
        return box.width > 0 && (height < 24 || width < 24);
    };
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((one) => !one.matches('.skip') && !one.closest('details:not([open]) > :not(summary)'))
        .filter((one) => small(one) && !sentence(one))
        .map((one) => one.outerHTML.slice(0, 160));";

/// What is wrong with the page at the width it has.
pub async fn faults(browser: &Browser) -> Vec<String> {
    let mut all = list(browser, "sticks out", STICKS_OUT).await;
    all.extend(list(browser, "too small", TOO_SMALL).await);
    all
}

async fn list(browser: &Browser, what: &str, script: &str) -> Vec<String> {
    let found = browser.run(script, &[]).await;
    found.as_array().unwrap().iter().map(|one| format!("{what}: {}", one.as_str().unwrap())).collect()
}
