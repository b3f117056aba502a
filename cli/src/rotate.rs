//! `sealed-session rotate`: one run adds a key with its schedule, gives the one before it an end, and removes what has
//! retired. What to change is decided in [`plan`](crate::ring::plan).

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use sealed_session::report::RingKey;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing};

use crate::answer::{Answer, Failure};
use crate::duration;
use crate::instant::At;
use crate::policy::{HELP, PolicyArguments};
use crate::ring::file::RingFile;
use crate::ring::plan::Plan;
use crate::ring::rotation::Rotation;
use crate::ring::text::Edits;

/// Add a key to a ring with the time from which it seals, and retire old ones
#[derive(Args, Debug)]
#[command(after_help = ["\
The new key seals when the lead time has passed. Every server has to have the
file by then: one that lacks the key signs visitors out. Servers that watch the
file need no restart. The key before it is accepted for as long as the sessions
that it sealed may live, which the policy says, and a later run removes it. So
nobody is signed out, and one command in a calendar is all there is to do.

The default lead time is a day, because a longer one costs nothing and a shorter
one may cost sessions: it has room for the 30 seconds of a watcher, for the run
of a configuration management, and for a deployment that waits for the morning.

While a key waits for its time a further run adds none, unless with --force. The
file keeps its comments, its mode and its owner, and is replaced in one step.
", HELP, "

Examples:
  sealed-session rotate /etc/shop/keys --policy absolute=12h,remembered=30d
  sealed-session rotate /etc/shop/keys --policy @/etc/shop/policy --dry-run
  sealed-session rotate /etc/shop/keys --lead 1h --json

JSON: file, written, fault, added (id, from), retired (id, until), removed,
next, warnings.

Exit codes: 0 if the ring is in order; 1 if no rotation makes it so, and nothing
was written; 2 if the file cannot be read or replaced."].concat())]
pub(crate) struct Rotate {
    /// The file of the ring
    file: PathBuf,
    #[command(flatten)]
    policy: PolicyArguments,
    /// The time in which every server surely gets the new file
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = duration::parse)]
    lead: Duration,
    /// How long a key is to seal; says when to rotate again
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = duration::parse)]
    max_age: Duration,
    /// Add a key although another one waits for its time
    #[arg(long)]
    force: bool,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    at: At,
}

impl Rotate {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let now = self.at.or(now);
        let policy = self.policy.read()?;
        let site = policy.site(self.lead);
        let (file, ring, before) = RingFile::take(&self.file)?;

        let keys: Vec<RingKey> = ring.keys().collect();
        let plan = Plan::of(&keys, &site, now, self.force);
        let key = plan.add.map(|_| Key::generate()).transpose()?;
        let edits = Edits {
            add: key.as_ref().zip(plan.add),
            retire: plan.retire.clone(),
            remove: plan.remove.clone(),
        };
        let text = edits.apply(&before);

        let ring: KeyRing = text.parse()?;
        let mut rotation = Rotation {
            file: file.name(),
            fault: None,
            is_written: false,
            is_dry: self.dry_run,
            is_default_policy: self.policy.is_default(),
            added: key.map(|key| key.id()),
            before: keys,
            after: ring.keys().collect(),
            plan,
            site,
            max_age: self.max_age,
            now,
        };
        // What servers would refuse is not written.
        let checked = ring.check(now).and_then(|()| policy.builder(ring).build());
        match checked {
            Err(error) => rotation.fault = Some(error.to_string()),
            Ok(_) if rotation.plan.is_empty() || self.dry_run => {}
            Ok(_) => {
                file.replace(&text)?;
                rotation.is_written = true;
            }
        }
        Ok(rotation.answer())
    }
}
