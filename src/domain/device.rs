//! Which browser a session was opened in, as far as its `User-Agent` tells: two words to recognise it by.

/// What people call the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Browser {
    Firefox,
    Edge,
    Opera,
    Chrome,
    Safari,
    #[default]
    Other,
}

super::text_enum!(Browser {
    Firefox = "firefox",
    Edge = "edge",
    Opera = "opera",
    Chrome = "chrome",
    Safari = "safari",
    Other = "other",
});

/// What it runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum System {
    Android,
    Ios,
    Windows,
    Mac,
    ChromeOs,
    Linux,
    #[default]
    Other,
}

super::text_enum!(System {
    Android = "android",
    Ios = "ios",
    Windows = "windows",
    Mac = "mac",
    ChromeOs = "chrome_os",
    Linux = "linux",
    Other = "other",
});

/// A browser on a system, such as "Firefox on Linux". Versions are left out: they change and identify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    pub browser: Browser,
    pub system: System,
}

/// Program, and the words that give it away. In this order: most claim to be several others too.
const BROWSERS: &[(Browser, &[&str])] = &[
    (Browser::Edge, &["Edg/", "EdgA/", "EdgiOS/"]),
    (Browser::Opera, &["OPR/", "Opera"]),
    (Browser::Firefox, &["Firefox/", "FxiOS/"]),
    (Browser::Chrome, &["Chrome/", "Chromium/", "CriOS/"]),
    (Browser::Safari, &["Safari/"]),
];

const SYSTEMS: &[(System, &[&str])] = &[
    (System::Android, &["Android"]),
    (System::Ios, &["iPhone", "iPad", "iPod"]),
    (System::Windows, &["Windows"]),
    (System::Mac, &["Macintosh", "Mac OS X"]),
    (System::ChromeOs, &["CrOS"]),
    (System::Linux, &["Linux", "X11"]),
];

impl Device {
    /// From a `User-Agent` header (RFC 9110, 10.1.5). Anything unknown is "other".
    #[must_use]
    pub fn of(agent: &str) -> Self {
        Self { browser: pick(BROWSERS, agent), system: pick(SYSTEMS, agent) }
    }

    /// As the database keeps it: `firefox linux`.
    #[must_use]
    pub fn as_text(self) -> String {
        format!("{} {}", self.browser.as_str(), self.system.as_str())
    }

    /// The reverse. Words of another version are "other": a session must not die of its description.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let (browser, system) = text.split_once(' ').unwrap_or_default();
        Self {
            browser: Browser::parse(browser).unwrap_or_default(),
            system: System::parse(system).unwrap_or_default(),
        }
    }
}

fn pick<T: Copy + Default>(table: &[(T, &[&str])], agent: &str) -> T {
    let found = table.iter().find(|(_, signs)| signs.iter().any(|sign| agent.contains(sign)));
    found.map_or_else(T::default, |(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_although_they_claim_to_be_each_other() {
        for (agent, browser, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", "linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "edge",
                "windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                 Mobile Safari/537.36",
                "chrome",
                "android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "safari",
                "ios",
            ),
            ("curl/8.0", "other", "other"),
            ("", "other", "other"),
        ] {
            let device = Device::of(agent);
            assert_eq!((device.browser.as_str(), device.system.as_str()), (browser, system), "{agent}");
            assert_eq!(Device::from_text(&device.as_text()), device);
        }
        assert_eq!(Device::from_text("netscape amiga"), Device::default());
    }
}
