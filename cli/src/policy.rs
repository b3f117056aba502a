//! `--policy`: the settings of a site's sessions, as a text.
//!
//! Reads the text, and knows no rule of what goes together: the library refuses what does not.

use std::fs;
use std::time::Duration;

use clap::Args;
use sealed_session::{
    Budget, CookieSpec, Format, KeyRing, Lifetime, SessionManager, SessionManagerBuilder,
};

use crate::answer::Failure;
use crate::duration;
use crate::ring::plan::Site;

/// The cookie's name where the policy names none.
pub(crate) const NAME: &str = "__Host-session";

/// What the help of each subcommand with a policy ends with.
pub(crate) const HELP: &str = "
A policy is what the site's SessionManager is built with: KEY=VALUE, separated
by commas. All keys are optional, and default as in the library:
  idle=30m           the idle timeout
  absolute=12h       the absolute lifetime
  remembered=30d     the longest time to remember a visitor; none by default
  skew=2m            how far clocks may differ
  name=__Host-shop   the cookie's name, as browsers show it
  audience=TEXT      the audience; empty by default
  format=encrypted   encrypted or signed
  budget=portable    portable, within_8k, within_16k or direct
  profile=production production or development
--policy @FILE reads them from a file, one a line. A site with several slots
gives the longest lifetimes of all.";

/// The option `--policy`.
#[derive(Args, Debug)]
pub(crate) struct PolicyArguments {
    /// How the site's sessions are configured; see below. May be repeated
    #[arg(long, value_name = "POLICY")]
    policy: Vec<String>,
}

/// What a site's sessions are configured with. What is `None` is the library's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) idle: Option<Duration>,
    pub(crate) absolute: Option<Duration>,
    pub(crate) remembered: Option<Duration>,
    pub(crate) skew: Option<Duration>,
    /// The name of the cookie, as browsers show it.
    pub(crate) name: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) format: Option<Format>,
    pub(crate) budget: Option<Budget>,
    pub(crate) profile: Option<Profile>,
}

/// Whose requests are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Production,
    /// `CookieSpec::development`: this machine's only, over plain http.
    Development,
}

impl PolicyArguments {
    /// Returns whether nothing was said.
    pub(crate) fn is_default(&self) -> bool {
        self.policy.is_empty()
    }

    /// Reads what the options say, and the files that they name.
    pub(crate) fn read(&self) -> Result<Policy, Failure> {
        let mut policy = Policy::default();
        for text in &self.policy {
            match text.strip_prefix('@') {
                None => policy.read(text.split(','), "--policy")?,
                Some(file) => {
                    let lines = fs::read_to_string(file).map_err(|cause| {
                        Failure::new(format!("--policy: {file} cannot be read: {cause}"))
                    })?;
                    policy.read(lines.lines().filter(|line| !line.starts_with('#')), file)?;
                }
            }
        }
        // Told here, and not as a fault of a ring or of a cookie.
        let key = sealed_session::Key::generate()?;
        let built = policy.builder(KeyRing::new(key)).build();
        built.map_err(|error| Failure::new(format!("--policy: {error}")))?;
        Ok(policy)
    }
}

impl Policy {
    /// Returns the policy of another cookie.
    pub(crate) fn named(&self, name: &str) -> Policy {
        let name = Some(name.to_owned());
        Policy {
            name,
            ..self.clone()
        }
    }

    /// Returns the policy of every cookie.
    pub(crate) fn without_name(&self) -> Policy {
        Policy {
            name: None,
            ..self.clone()
        }
    }

    /// Returns whether a cookie of this name can hold a session under this policy.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        let key = sealed_session::Key::generate();
        key.is_ok_and(|key| self.named(name).builder(KeyRing::new(key)).build().is_ok())
    }

    /// Returns the lifetimes.
    pub(crate) fn lifetime(&self) -> Lifetime {
        let mut lifetime = Lifetime::new();
        if let Some(idle) = self.idle {
            lifetime = lifetime.with_idle_timeout(idle);
        }
        if let Some(absolute) = self.absolute {
            lifetime = lifetime.with_absolute_lifetime(absolute);
        }
        if let Some(remembered) = self.remembered {
            lifetime = lifetime.with_remembered_up_to(remembered);
        }
        if let Some(skew) = self.skew {
            lifetime = lifetime.with_clock_skew(skew);
        }
        lifetime
    }

    /// Returns what a rotation knows of the site.
    pub(crate) fn site(&self, lead: Duration) -> Site {
        let lifetime = self.lifetime();
        let skew = lifetime.clock_skew();
        Site {
            keep: lifetime.longest_absolute().saturating_add(skew),
            skew,
            lead,
        }
    }

    /// Returns the settings of a manager under this policy, for further ones.
    pub(crate) fn builder(&self, ring: KeyRing) -> SessionManagerBuilder {
        let name = self.name.as_deref().unwrap_or(NAME);
        let cookie = match self.profile {
            Some(Profile::Development) => CookieSpec::development(name),
            Some(Profile::Production) | None => CookieSpec::exact(name),
        };
        SessionManager::builder(cookie, ring)
            .audience(self.audience.clone().unwrap_or_default())
            .lifetime(self.lifetime())
            .format(self.format.unwrap_or(Format::Encrypted))
            .budget(self.budget.unwrap_or_default())
    }

    /// Returns the name of the budget.
    pub(crate) fn budget_name(&self) -> &'static str {
        let budget = self.budget.unwrap_or_default();
        let named = BUDGETS.into_iter().find(|(_, preset)| *preset == budget);
        named.map_or("", |(name, _)| name)
    }

    /// Adds settings, each of which is `key=value`. `place` is what an error begins with.
    fn read<'t>(
        &mut self,
        settings: impl Iterator<Item = &'t str>,
        place: &str,
    ) -> Result<(), Failure> {
        settings
            .map(str::trim)
            .filter(|setting| !setting.is_empty())
            .try_for_each(|setting| self.set(setting))
            .map_err(|what| Failure::new(format!("{place}: {what}")))
    }

    fn set(&mut self, setting: &str) -> Result<(), String> {
        let (key, value) = setting
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .ok_or_else(|| format!("`{setting}` is not key=value; {KEYS}"))?;
        match key {
            "idle" => once(&mut self.idle, duration::parse(value)),
            "absolute" => once(&mut self.absolute, duration::parse(value)),
            "remembered" => once(&mut self.remembered, duration::parse(value)),
            "skew" => once(&mut self.skew, duration::parse(value)),
            "name" => once(&mut self.name, Ok(value.to_owned())),
            "audience" => once(&mut self.audience, Ok(value.to_owned())),
            "format" => once(&mut self.format, format(value)),
            "budget" => once(&mut self.budget, budget(value)),
            "profile" => once(&mut self.profile, profile(value)),
            _ => Err(format!("there is no such key; {KEYS}")),
        }
        .map_err(|what| format!("{key}: {what}"))
    }
}

/// What stands at the end of an error about a key.
const KEYS: &str =
    "the keys are idle, absolute, remembered, skew, name, audience, format, budget and profile";

/// Sets what was not set before.
fn once<T>(setting: &mut Option<T>, value: Result<T, String>) -> Result<(), String> {
    match setting.replace(value?) {
        None => Ok(()),
        Some(_) => Err("it is given twice".to_owned()),
    }
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "encrypted" => Ok(Format::Encrypted),
        "signed" => Ok(Format::Signed),
        _ => Err("write encrypted or signed".to_owned()),
    }
}

fn budget(text: &str) -> Result<Budget, String> {
    let found = BUDGETS.into_iter().find(|(name, _)| *name == text);
    found
        .map(|(_, budget)| budget)
        .ok_or_else(|| "write portable, within_8k, within_16k or direct".to_owned())
}

fn profile(text: &str) -> Result<Profile, String> {
    match text {
        "production" => Ok(Profile::Production),
        "development" => Ok(Profile::Development),
        _ => Err("write production or development".to_owned()),
    }
}

/// The presets, from the smallest on.
pub(crate) const BUDGETS: [(&str, Budget); 4] = [
    ("portable", Budget::portable()),
    ("within_8k", Budget::within_8k()),
    ("within_16k", Budget::within_16k()),
    ("direct", Budget::direct()),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn read(texts: &[&str]) -> Result<Policy, String> {
        let policy = texts.iter().map(ToString::to_string).collect();
        let arguments = PolicyArguments { policy };
        arguments.read().map_err(|failure| failure.to_string())
    }

    #[test]
    fn every_key_is_read_from_one_option_or_from_several() {
        let all = "idle=30m,absolute=12h, remembered=30d ,skew=60s,name=__Host-shop,\
                   audience=shop.example.com,format=signed,budget=within_8k,\
                   profile=production";
        let wanted = Policy {
            idle: Some(Duration::from_secs(1_800)),
            absolute: Some(Duration::from_secs(43_200)),
            remembered: Some(Duration::from_secs(30 * 86_400)),
            skew: Some(Duration::from_secs(60)),
            name: Some("__Host-shop".to_owned()),
            audience: Some("shop.example.com".to_owned()),
            format: Some(Format::Signed),
            budget: Some(Budget::within_8k()),
            profile: Some(Profile::Production),
        };
        assert_eq!(read(&[all]).as_ref(), Ok(&wanted));
        let each: Vec<&str> = all.split(',').collect();
        assert_eq!(read(&each), Ok(wanted));
        assert_eq!(read(&[]), Ok(Policy::default()));
        assert_eq!(read(&["", " , "]), Ok(Policy::default()));
    }

    #[test]
    fn a_file_has_a_setting_a_line_whose_value_may_have_commas() {
        let file = std::env::temp_dir().join(format!("sealed-policy-{}", std::process::id()));
        fs::write(&file, "# The shop.\nidle = 10m\r\n\naudience=a, b\n").unwrap();
        let from_file = format!("@{}", file.display());
        let policy = read(&[&from_file, "skew=1m"]).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(policy.idle, Some(Duration::from_secs(600)));
        assert_eq!(policy.audience.as_deref(), Some("a, b"));
        assert_eq!(policy.skew, Some(Duration::from_secs(60)));
        let gone = read(&[&from_file]).unwrap_err();
        assert!(gone.starts_with("--policy: /"), "{gone}");
    }

    #[test]
    fn faults_name_the_key_and_what_to_write() {
        for (text, wanted) in [
            ("idle", "--policy: `idle` is not key=value; the keys are"),
            (
                "lifetime=1h",
                "--policy: lifetime: there is no such key; the keys are idle,",
            ),
            ("idle=30", "--policy: idle: write a duration as in 90s, 30m"),
            ("format=jwt", "--policy: format: write encrypted or signed"),
            ("budget=8k", "--policy: budget: write portable, within_8k,"),
            ("idle=1m,idle=2m", "--policy: idle: it is given twice"),
            // The library's own rules.
            (
                "idle=2d",
                "--policy: configuration: the idle timeout (172800 s) is longer",
            ),
            (
                "skew=2h",
                "--policy: configuration: a clock skew of 7200 s is more",
            ),
            ("name=two words", "--policy: configuration: "),
            (
                "remembered=500d",
                "--policy: configuration: a session may last for",
            ),
        ] {
            let error = read(&[text]).unwrap_err();
            assert!(error.starts_with(wanted), "{text}: {error}");
        }
    }
}
