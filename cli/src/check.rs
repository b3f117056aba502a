//! `sealed-session check`: what a server would say of a ring, and what it cannot know: whether the ring serves its
//! sessions to their end, and when somebody last rotated it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use sealed_session::KeyRing;
use sealed_session::report::{KeyId, RingKey};
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Verdict};
use crate::duration;
use crate::instant::{At, rfc3339};
use crate::policy::{HELP, Policy, PolicyArguments};
use crate::ring::finding::{Finding, Level, of_mode, of_ring};
use crate::ring::plan::POLL;
use crate::ring::timeline::{self, moments, text};
use crate::style::{BAD, GOOD, WARN, shown, wrap};

/// Check a key ring and its schedule, and show it as a time line
#[derive(Args, Debug)]
#[command(after_help = ["\
A fault is what makes servers refuse the ring, or signs visitors out. A warning
is what a person should look at: a key that starts so soon that a server may
miss it, one that has retired and could go, one that never retires, a key that
has sealed for longer than --max-age, a file that others can read or write.

--max-age is 90 days by default: a copy of the file that leaked unnoticed is of
use for a quarter of a year, and people remember how to rotate.
", HELP, "

Examples:
  sealed-session check /etc/shop/keys --policy absolute=12h,remembered=30d
  sealed-session check --env SESSION_KEYS --strict
  sealed-session check /etc/shop/keys --at 2027-01-31T12:00:00Z --json

JSON: source, good, sealing, keys (id, seals, from, stopped, until), faults and
warnings (kind, what). Kinds of faults: malformed, gap, retires_early, refused.
Kinds of warnings: starts_soon, retired, no_end, old, permissions.

Exit codes: 0 if there is no fault, with --strict: and no warning; 1 if there
is; 2 if there is no file or variable that can be read."].concat())]
pub(crate) struct Check {
    /// The file of the ring
    #[arg(required_unless_present = "env", conflicts_with = "env")]
    file: Option<PathBuf>,
    /// Check the ring in the environment variable NAME
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Warn of a key that has sealed for longer
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = duration::parse)]
    max_age: Duration,
    /// Let warnings count as faults
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    at: At,
}

impl Check {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let now = self.at.or(now);
        let policy = self.policy.read()?;
        let (ring, is_readable) = match (&self.file, &self.env) {
            (Some(file), _) => (KeyRing::from_file(file), is_readable(file)),
            (None, Some(name)) => (KeyRing::from_env(name), std::env::var_os(name).is_some()),
            (None, None) => return Err(Failure::new("name a file, or a variable by --env")),
        };
        let report = match ring {
            Ok(ring) => self.judge(ring, &policy, now),
            Err(error) if is_readable => Report {
                findings: vec![Finding::fault("malformed", error.to_string())],
                ..Report::default()
            },
            Err(error) => return Err(error.into()),
        };
        let (faults, warnings) = (report.count(Level::Fault), report.count(Level::Warning));
        let is_good = faults == 0 && (warnings == 0 || !self.strict);
        let source = match (&self.file, &self.env) {
            (Some(file), _) => file.display().to_string(),
            (None, name) => format!("${}", name.as_deref().unwrap_or_default()),
        };
        Ok(Answer {
            text: report.text(&source),
            json: report.json(&source, is_good),
            verdict: if is_good { Verdict::Yes } else { Verdict::No },
        })
    }

    fn judge(&self, ring: KeyRing, policy: &Policy, now: OffsetDateTime) -> Report {
        let keys: Vec<RingKey> = ring.keys().collect();
        let sealing = ring.check(now).map(|()| ring.sealing_key(now));
        let mut findings = of_ring(&keys, &sealing, &policy.site(POLL), self.max_age, now);
        findings.extend(self.file.as_deref().and_then(mode).and_then(of_mode));
        let is_refused = findings.iter().any(|finding| finding.level == Level::Fault);
        if let (false, Err(error)) = (is_refused, policy.builder(ring).build()) {
            findings.push(Finding::fault("refused", error.to_string()));
        }
        findings.sort_by_key(|finding| finding.level);

        let sealing = sealing.ok();
        let mut line = moments(&keys);
        line.push(timeline::now(&keys, sealing, now));
        line.sort_by_key(|moment| moment.at);
        Report {
            time_line: text(&line, now),
            sealing,
            keys,
            findings,
        }
    }
}

/// What is known of a ring; nothing but a finding of one that cannot be read.
#[derive(Default)]
struct Report {
    keys: Vec<RingKey>,
    sealing: Option<KeyId>,
    findings: Vec<Finding>,
    time_line: String,
}

impl Report {
    fn of(&self, level: Level) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(move |finding| finding.level == level)
    }

    fn count(&self, level: Level) -> usize {
        self.of(level).count()
    }

    fn text(&self, source: &str) -> String {
        let source = shown(source);
        let keys = match self.keys.len() {
            0 => "no ring".to_owned(),
            count => plural(count, "key"),
        };
        let first = match (self.count(Level::Fault), self.count(Level::Warning)) {
            (0, 0) => format!("{GOOD}{source}: {keys}, and nothing is wrong.{GOOD:#}"),
            (0, warnings) => {
                let warnings = plural(warnings, "warning");
                format!("{WARN}{source}: {keys}, no fault, {warnings}.{WARN:#}")
            }
            (faults, _) => format!("{BAD}{source}: {keys}, {}.{BAD:#}", plural(faults, "fault")),
        };
        let findings: String = self.findings.iter().map(Finding::text).collect();
        let parts = [wrap(&first, ""), self.time_line.clone(), findings];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    }

    fn json(&self, source: &str, is_good: bool) -> Value {
        json!({
            "source": source,
            "good": is_good,
            "sealing": self.sealing.map(|id| id.to_string()),
            "keys": self.keys.iter().map(key).collect::<Value>(),
            "faults": self.of(Level::Fault).map(Finding::json).collect::<Value>(),
            "warnings": self.of(Level::Warning).map(Finding::json).collect::<Value>(),
        })
    }
}

/// Returns whether there is something to judge at a path, good or not.
fn is_readable(path: &Path) -> bool {
    // Opening a pipe waits for somebody to write.
    fs::metadata(path).is_ok_and(|found| found.is_file()) && File::open(path).is_ok()
}

/// Returns the permissions of a file.
#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::metadata(path).ok()?.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

fn key(key: &RingKey) -> Value {
    json!({
        "id": key.id.to_string(),
        "seals": key.seals,
        "from": key.seals_from.map(rfc3339),
        "stopped": key.stopped.map(rfc3339),
        "until": key.until.map(rfc3339),
    })
}

fn plural(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
