//! The site in a real browser: headless Chromium over WebDriver, a site of its own behind a real port.

pub mod axe;
pub mod driver;
pub mod foreign;
pub mod gallery;
pub mod html;
pub mod keyboard;
pub mod look;
pub mod rules;
pub mod scene;
pub mod site;
