//! `sealed-session explain`: one sentence for each session of the input.

use std::collections::HashMap;

use clap::Args;
use sealed_session::time::OffsetDateTime;
use sealed_session::{KeyRing, Refusal};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Verdict};
use crate::input::message::Message;
use crate::input::{self, InputArguments};
use crate::instant::{At, rfc3339};
use crate::keys::KeysFrom;
use crate::policy::{self, NAME, Policy, PolicyArguments};
use crate::session::advice::{Advice, Case};
use crate::session::judge::{Judgement, has_session, judge, names};
use crate::session::revoked::{RevocationsFrom, Revoked};
use crate::style::{BAD, GOOD, wrap};

/// Say why a session is accepted or refused, and what to do about it
#[derive(Args, Debug)]
#[command(after_help = [input::HELP, "
The verdict is that of a server with this policy and these keys. If the policy
has no name, every cookie that looks like a session is judged. Without keys,
only what can be seen in the clear is judged. An entry of a HAR file is judged
as of the time at which it was recorded, anything else as of now.
A file of revocations counts as all that was revoked, and without one nothing
was. The reason not_known is a server's own: a file is not asked how old it is.
A policy says nothing of former cookies, former scopes and further formats: a
site that has some may accept more.

Examples:
  sealed-session explain --keys ring.txt --policy name=__Host-shop < head.txt
  sealed-session explain --env SESSION_KEYS @shop.har
  pbpaste | sealed-session explain --keys ring.txt --at 2027-01-31T12:00:00Z
  sealed-session explain --keys ring.txt --revocations revoked.bin @shop.har

JSON: accepted, sessions (places, name, accepted, reason, revoked, sentence,
why, todo, judged_at, notes). If the reason is revoked, revoked has by, which is
everything, subject, actor, sign_in, origin or label, and at.

Exit codes: 0 if every session is accepted; 1 if one is refused; 2 if the input
cannot be read, or the verdict needs keys.
", policy::HELP].concat())]
pub(crate) struct Explain {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    keys: KeysFrom,
    #[command(flatten)]
    revocations: RevocationsFrom,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    at: At,
}

/// What is said of one session.
struct Explained {
    /// Where it stands; of several that are alike, the first one and a count.
    places: Vec<String>,
    name: String,
    refusal: Option<Refusal>,
    revoked: Option<Revoked>,
    advice: Advice,
    at: OffsetDateTime,
    notes: Vec<String>,
}

impl Explain {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let (policy, ring) = (self.policy.read()?, self.keys.ring()?);
        let revocations = self.revocations.table()?;
        let messages = self.input.read()?;
        // In a file of many requests, those without a session say nothing.
        let (with, without): (Vec<_>, Vec<_>) = messages
            .iter()
            .partition(|message| has_session(&policy, message));
        let told = if with.is_empty() {
            without.into_iter().take(1).collect()
        } else {
            with
        };
        let mut all: Vec<Explained> = Vec::new();
        let mut said = HashMap::new();
        for message in told {
            let at = self.at.or(message.at.unwrap_or(now));
            let mut names = names(&policy, message);
            if names.is_empty() {
                names.push(NAME.to_owned());
            }
            for name in names {
                let judgement = judge(
                    &policy,
                    ring.as_ref(),
                    revocations.as_ref(),
                    message,
                    &name,
                    at,
                )?;
                let alike = (message.came(), name, judgement.refusal);
                let before = said
                    .get(&alike)
                    .and_then(|place: &usize| all.get_mut(*place));
                if let Some(before) = before {
                    before.places.push(message.place.clone());
                    continue;
                }
                said.insert(alike, all.len());
                all.push(explained(&judgement, message, &policy, ring.as_ref())?);
            }
        }
        Ok(answer(&all))
    }
}

fn explained(
    judgement: &Judgement,
    message: &Message,
    policy: &Policy,
    ring: Option<&KeyRing>,
) -> Result<Explained, Failure> {
    let claim = judgement.telling().and_then(|judged| judged.claim.ok());
    if let (false, Some(Refusal::UnknownKey), Some(claim)) =
        (judgement.has_keys, judgement.refusal, claim)
    {
        return Err(Failure::new(format!(
            "this looks like a whole token under the key {}, and to say more takes the key ring: give it by \
             `--keys FILE` or `--env NAME`",
            claim.key_id
        )));
    }
    let case = Case {
        judgement,
        message,
        policy,
        ring,
    };
    Ok(Explained {
        places: vec![message.place.clone()],
        name: judgement.name.clone(),
        refusal: judgement.refusal,
        revoked: judgement.revoked.clone(),
        advice: case.advice(),
        at: judgement.at,
        notes: message.notes.clone(),
    })
}

fn answer(all: &[Explained]) -> Answer {
    let accepted = all.iter().all(|one| one.refusal.is_none());
    let text: String = all
        .iter()
        .map(|one| one.text(all.len() > 1 || one.places.len() > 1))
        .collect();
    let sessions: Value = all.iter().map(Explained::json).collect();
    Answer {
        text,
        json: json!({ "accepted": accepted, "sessions": sessions }),
        verdict: if accepted { Verdict::Yes } else { Verdict::No },
    }
}

impl Explained {
    fn sentence(&self) -> String {
        self.advice.sentence(self.refusal)
    }

    /// Writes the sentence, the place in front of it if there are `several`, and behind it what was done to read
    /// the input.
    fn text(&self, several: bool) -> String {
        let sentence = self.sentence();
        let (verdict, rest) = sentence.split_at(sentence.find(':').unwrap_or_default());
        let style = if self.refusal.is_none() { GOOD } else { BAD };
        let place = match (several, self.places.as_slice()) {
            (true, [first]) => format!("{first}, `{}`: ", self.name),
            (true, [first, rest @ ..]) => {
                format!("{first} and {} more, `{}`: ", rest.len(), self.name)
            }
            _ => String::new(),
        };
        let mut text = wrap(&format!("{place}{style}{verdict}{style:#}{rest}"), "");
        for note in &self.notes {
            text += &wrap(&format!("{note}."), "");
        }
        text
    }

    fn json(&self) -> Value {
        json!({
            "places": self.places,
            "name": self.name,
            "accepted": self.refusal.is_none(),
            "reason": self.refusal.map(Refusal::label),
            "revoked": self.revoked.as_ref().map(|revoked| json!({
                "by": revoked.by.name(),
                "at": rfc3339(revoked.at),
            })),
            "sentence": self.sentence(),
            "why": self.advice.why,
            "todo": self.advice.todo,
            "judged_at": rfc3339(self.at),
            "notes": self.notes,
        })
    }
}
