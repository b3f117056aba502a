//! What a rotation did, in words with dates and for scripts.

use std::time::Duration;

use sealed_session::report::{KeyId, RingKey};
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::answer::{Answer, Verdict};
use crate::duration::words;
use crate::instant::{after, date, rfc3339};
use crate::ring::plan::{Plan, Site, waiting};
use crate::ring::timeline::{self, Moment, moments};
use crate::style::{BAD, GOOD, WARN, shown, wrap};

/// A run of `rotate`.
#[derive(Debug)]
pub(crate) struct Rotation {
    /// The path as it was given, and the file behind it.
    pub(crate) file: String,
    /// Why servers would refuse the new ring.
    pub(crate) fault: Option<String>,
    pub(crate) is_written: bool,
    pub(crate) is_dry: bool,
    pub(crate) is_default_policy: bool,
    /// The key that was added, or would be.
    pub(crate) added: Option<KeyId>,
    pub(crate) before: Vec<RingKey>,
    pub(crate) after: Vec<RingKey>,
    pub(crate) plan: Plan,
    pub(crate) site: Site,
    /// How long a key is to seal.
    pub(crate) max_age: Duration,
    pub(crate) now: OffsetDateTime,
}

impl Rotation {
    pub(crate) fn answer(&self) -> Answer {
        let (text, verdict) = match &self.fault {
            None => (self.text(), Verdict::Yes),
            Some(fault) => {
                let (file, fault) = (shown(&self.file), shown(fault));
                let text = format!("{BAD}{file} was left as it is:{BAD:#} {fault}");
                (wrap(&text, ""), Verdict::No)
            }
        };
        Answer {
            text,
            json: self.json(),
            verdict,
        }
    }

    fn text(&self) -> String {
        let mut text = wrap(&self.opening(), "");
        text.push('\n');
        text += &timeline::text(&self.calendar(), self.now);
        text.push('\n');
        text += &wrap(&self.assumption(), "");
        if let Some(warning) = self.warning() {
            text += &wrap(&format!("{WARN}warning:{WARN:#} {warning}."), "");
        }
        text
    }

    /// Says what has changed, and what has not and why.
    fn opening(&self) -> String {
        let file = shown(&self.file);
        let mut text = match (self.is_written, self.is_dry, self.added) {
            (true, _, Some(id)) => format!("{GOOD}{file} has a new key, {id}.{GOOD:#}"),
            (true, _, None) => format!("{GOOD}{file} was brought up to date.{GOOD:#}"),
            (false, true, _) if !self.plan.is_empty() => {
                format!("{file} would change, and nothing was written.")
            }
            (false, _, _) => format!("{file} stays as it is."),
        };
        let waits = waiting(&self.before, self.now).and_then(|key| Some((key.id, key.seals_from?)));
        if let (None, Some((id, from))) = (self.added, waits) {
            text += &format!(
                " No key was added, because {id} waits to seal from {} on; --force adds one all the same.",
                date(from)
            );
        }
        for key in &self.before {
            if let (true, Some(until)) = (self.plan.remove.contains(&key.id), key.until) {
                let verb = if self.is_written { "was" } else { "would be" };
                text += &format!(
                    " {}, which retired at {}, {verb} removed.",
                    key.id,
                    date(until)
                );
            }
        }
        for (id, until) in &self.plan.retire {
            if *until <= self.now {
                let until = date(*until);
                text += &format!(" No session of {id} is left, so it retires as of {until}.");
            }
        }
        text
    }

    /// Returns what comes, and what is to do.
    fn calendar(&self) -> Vec<Moment> {
        let mut calendar = moments(&self.after);
        calendar.retain(|moment| moment.at > self.now);
        if let Some(id) = self.added {
            let what = "give every server the new file, before the new key starts to seal";
            calendar.push(Moment::new(self.now, what));
            if self.is_dry {
                // It is no key of any ring.
                for moment in &mut calendar {
                    moment.what = moment.what.replace(&id.to_string(), "the new key");
                }
            }
        }
        let again = "run `sealed-session rotate` again; it removes what has retired";
        calendar.push(Moment::new(self.next(), again));
        calendar.sort_by_key(|moment| moment.at);
        calendar
    }

    /// Returns when the newest key will have sealed for long enough.
    fn next(&self) -> OffsetDateTime {
        let newest = self.after.iter().filter_map(|key| key.seals_from).max();
        after(newest.unwrap_or(self.now), self.max_age)
    }

    /// Says what the times stand on.
    fn assumption(&self) -> String {
        let policy = match self.is_default_policy {
            true => "the library's defaults, which --policy changes,",
            false => "this policy",
        };
        let longest = words(self.site.keep.saturating_sub(self.site.skew));
        let skew = words(self.site.skew);
        format!(
            "By {policy} a session lives for {longest} at most, and clocks differ by up to {skew}. A key is \
             accepted for that long after it stopped sealing."
        )
    }

    fn warning(&self) -> Option<String> {
        let shortest = self.site.shortest_lead();
        let is_short = self.added.is_some() && self.site.lead < shortest;
        is_short.then(|| {
            format!(
                "the lead time is under {}: a server that looks at the file every 30 seconds, beside one whose \
                 clock is ahead, may lack the key by then, and sign visitors out",
                words(shortest)
            )
        })
    }

    fn json(&self) -> Value {
        // The key of a dry run is no key of any ring.
        let id = self
            .added
            .filter(|_| self.is_written)
            .map(|id| id.to_string());
        let retire = self.plan.retire.iter();
        json!({
            "file": self.file,
            "written": self.is_written,
            "fault": self.fault,
            "added": self.plan.add.map(|from| json!({ "id": id, "from": rfc3339(from) })),
            "retired": retire
                .map(|(id, until)| json!({ "id": id.to_string(), "until": rfc3339(*until) }))
                .collect::<Value>(),
            "removed": self.plan.remove.iter().map(ToString::to_string).collect::<Value>(),
            "next": rfc3339(self.next()),
            "warnings": self.warning().into_iter().collect::<Value>(),
        })
    }
}
