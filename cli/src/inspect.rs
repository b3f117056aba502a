//! `sealed-session inspect`: what came, as far as it can be read, for people and for scripts.

use std::collections::HashMap;

use clap::Args;
use sealed_session::KeyRing;
use sealed_session::inspect::PieceKind;
use sealed_session::revocation::RevocationTable;
use sealed_session::time::OffsetDateTime;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Verdict};
use crate::input::message::Message;
use crate::input::{self, InputArguments};
use crate::instant::At;
use crate::keys::KeysFrom;
use crate::policy::{self, Policy, PolicyArguments};
use crate::session::judge::{Judgement, judge, names};
use crate::session::looks::{damage, like};
use crate::session::revoked::RevocationsFrom;
use crate::session::{content, fit, pieces};
use crate::style::{HEAD, number, shown, wrap};

/// Show what stands in cookies, and with keys what is in a session
#[derive(Args, Debug)]
#[command(after_help = [input::HELP, "
Without keys it shows the cookies of each session, their sizes beside each
budget, and what a token says of itself, which nobody has proven. With keys it
shows the verdict, the times, and the attributes. The values of secret
attributes are shown with --reveal only. With a file of revocations it shows
which of them ended the session. Tokens are never shown. If the policy
has no name, every cookie that looks like a session is shown.

Examples:
  pbpaste | sealed-session inspect
  sealed-session inspect --keys ring.txt --policy name=__Host-shop < head.txt
  sealed-session inspect --env SESSION_KEYS @shop.har --json

JSON: messages (places, notes, cookie_bytes, sessions, other_cookies, others).
A session has name, cookies, tokens, budgets and, with keys, verdict (accepted,
reason, revoked, judged_at, candidates). A revocation has by, label and at. A
candidate has accepted, reason and, if it is authentic, content.

Exit codes: 0 if there is a session; 1 if there is none; 2 if the input cannot
be read.
", policy::HELP].concat())]
pub(crate) struct Inspect {
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
    /// Show the values of secret attributes
    #[arg(long)]
    reveal: bool,
}

/// How many messages are shown where none has a session.
const WITHOUT_MAX: usize = 8;

/// How many cookies of others are named for people.
const OTHERS_MAX: usize = 8;

/// How many cookies of others are listed for scripts. No browser has as many for one site.
const OTHERS_LISTED: usize = 200;

impl Inspect {
    pub(crate) fn run(&self, now: OffsetDateTime) -> Result<Answer, Failure> {
        let (policy, ring) = (self.policy.read()?, self.keys.ring()?);
        let revocations = self.revocations.table()?;
        let mut seen: Vec<Seen> = Vec::new();
        let mut alike = HashMap::new();
        for message in self.input.read()? {
            let before = alike.entry(message.came()).or_insert(seen.len());
            if let Some(before) = seen.get_mut(*before) {
                before.places.push(message.place);
                continue;
            }
            let at = self.at.or(message.at.unwrap_or(now));
            seen.push(Seen::of(
                &policy,
                ring.as_ref(),
                revocations.as_ref(),
                message,
                at,
            )?);
        }
        // In a file of many requests, those without a session say nothing.
        let is_session = seen.iter().any(Seen::has_session);
        if is_session {
            seen.retain(Seen::has_session);
        }
        let more = match is_session {
            true => 0,
            false => seen.len().saturating_sub(WITHOUT_MAX),
        };
        seen.truncate(seen.len() - more);
        let text: Vec<String> = seen.iter().map(|seen| self.text(seen, &policy)).collect();
        let mut text = text.join("\n");
        if more > 0 {
            text += &format!("\nNor is there one in {} more messages.\n", number(more));
        }
        let messages: Value = seen.iter().map(|seen| self.json(seen, &policy)).collect();
        Ok(Answer {
            text,
            json: json!({ "messages": messages }),
            verdict: if is_session {
                Verdict::Yes
            } else {
                Verdict::No
            },
        })
    }

    fn text(&self, seen: &Seen, policy: &Policy) -> String {
        let mut text = format!("{HEAD}{}{HEAD:#}\n", seen.title());
        for note in &seen.message.notes {
            text += &wrap(&format!("{note}."), "");
        }
        if !seen.has_session() {
            text += "There is no session of this library in it.\n";
        }
        for session in seen.sessions() {
            text += &format!("\n{HEAD}{}{HEAD:#}\n", shown(&session.name));
            text += &pieces::text(session, &seen.message);
            text += &fit::text(session, &seen.message, policy);
            if session.has_keys {
                text += &content::text(session, self.reveal);
            }
        }
        text + &seen.others_text()
    }

    fn json(&self, seen: &Seen, policy: &Policy) -> Value {
        let sessions = seen.sessions().map(|session| {
            let mut json = pieces::json(session);
            json.insert(
                "budgets".to_owned(),
                fit::json(session, &seen.message, policy),
            );
            if session.has_keys {
                json.insert("verdict".to_owned(), content::json(session, self.reveal));
            }
            Value::Object(json)
        });
        let others = seen.others().take(OTHERS_LISTED).map(|(name, value)| {
            json!({ "name": name, "bytes": value.len(), "looks_like": like(name, value) })
        });
        json!({
            "places": seen.places,
            "notes": seen.message.notes,
            "cookie_bytes": seen.message.bytes(),
            "sessions": sessions.collect::<Value>(),
            "other_cookies": seen.others().count(),
            "others": others.collect::<Value>(),
        })
    }
}

/// One message, and the others that brought the same.
struct Seen {
    places: Vec<String>,
    message: Message,
    judgements: Vec<Judgement>,
}

impl Seen {
    fn of(
        policy: &Policy,
        ring: Option<&KeyRing>,
        revocations: Option<&RevocationTable>,
        message: Message,
        at: OffsetDateTime,
    ) -> Result<Seen, Failure> {
        let names = names(policy, &message);
        let judged = names
            .iter()
            .map(|name| judge(policy, ring, revocations, &message, name, at));
        Ok(Seen {
            places: vec![message.place.clone()],
            judgements: judged.collect::<Result<_, _>>()?,
            message,
        })
    }

    /// Returns the sessions of which anything came.
    fn sessions(&self) -> impl Iterator<Item = &Judgement> {
        let judgements = self.judgements.iter();
        judgements.filter(|session| !session.cookies.pieces.is_empty() || is_readable(session))
    }

    /// Returns whether any of it is what its name says.
    fn has_session(&self) -> bool {
        self.judgements.iter().any(is_readable)
    }

    fn title(&self) -> String {
        let count = self.message.pairs().count();
        let cookies = if count == 1 { "cookie" } else { "cookies" };
        let more = match self.places.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more with the same cookies"),
        };
        let place = self.places.first().map_or("", String::as_str);
        let place = format!(
            "{}{}",
            place.get(..1).unwrap_or_default().to_ascii_uppercase(),
            place.get(1..).unwrap_or_default()
        );
        match count {
            0 => format!("{place}{more}"),
            _ => {
                let bytes = number(self.message.bytes());
                format!("{place}{more}: {} {cookies}, {bytes} bytes", number(count))
            }
        }
    }

    /// Returns the cookies that belong to no session, and a token that is none.
    fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let ours: Vec<&str> = self
            .sessions()
            .flat_map(|session| {
                session
                    .cookies
                    .pieces
                    .iter()
                    .map(|piece| piece.name.as_str())
            })
            .collect();
        let cookies = self
            .message
            .pairs()
            .filter(move |(name, _)| !ours.contains(name));
        let has_session = self.has_session();
        let tokens = self.message.tokens.iter().filter(move |_| !has_session);
        tokens.map(|token| ("", token.as_str())).chain(cookies)
    }

    fn others_text(&self) -> String {
        let mut text = String::new();
        let mut count = 0;
        for (name, value) in self.others() {
            count += 1;
            if count > OTHERS_MAX {
                continue;
            }
            let what = match (name, like(name, value)) {
                ("", Some(like)) => format!("It looks like {like}."),
                ("", None) => by_itself(value),
                (_, Some(like)) => format!("  {}: looks like {like}", shown(name)),
                (_, None) => format!("  {}: {}", shown(name), bytes(value)),
            };
            text += &wrap(&what, if name.is_empty() { "" } else { "    " });
        }
        if count > OTHERS_MAX {
            text += &format!("  and {} more\n", number(count - OTHERS_MAX));
        }
        match text.starts_with("  ") {
            true => format!("\nOther cookies\n{text}"),
            false => text,
        }
    }
}

/// Says what a text is that stands by itself and is like nothing known.
fn by_itself(value: &str) -> String {
    match damage(value).join(", and ") {
        damage if damage.is_empty() => {
            format!("It looks like nothing known, and has {}.", bytes(value))
        }
        damage => format!("It is no whole token: {damage}."),
    }
}

fn bytes(value: &str) -> String {
    match value.len() {
        1 => "1 byte".to_owned(),
        length => format!("{} bytes", number(length)),
    }
}

/// Returns whether a cookie, or the token by itself, looks like one of this library.
fn is_readable(session: &Judgement) -> bool {
    let mut pieces = session.cookies.pieces.iter();
    pieces.any(|piece| piece.kind != PieceKind::Unknown)
        || session
            .candidates
            .iter()
            .any(|candidate| candidate.claim.is_ok())
}
