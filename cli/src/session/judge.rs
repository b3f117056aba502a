//! What a server with this policy and these keys makes of a message: the library's own verdict.

use sealed_session::adapter::{HeaderFields, RequestHead};
use sealed_session::inspect::{self, Judged, SessionCookies};
use sealed_session::revocation::RevocationTable;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing, Refusal, Transport};

use crate::answer::Failure;
use crate::input::message::Message;
use crate::policy::{NAME, Policy};
use crate::session::looks;
use crate::session::revoked::Revoked;

/// The header field in which a token by itself is handed over. A token in a field is sealed as one in a cookie.
const FIELD: &str = "x-session";

/// The most sessions that are looked at in one message. More are no accident.
const SESSIONS_MAX: usize = 16;

/// How many letters of a token are enough to take what was changed behind them for one.
const BEGINNING: usize = 16;

/// The verdict on one session of a message.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// The name of its cookie, or the one for which a token by itself was opened.
    pub(crate) name: String,
    /// Whether there were keys. Without them every token is under an unknown one.
    pub(crate) has_keys: bool,
    /// Why it is refused.
    pub(crate) refusal: Option<Refusal>,
    /// Which revocation ended it, if one did.
    pub(crate) revoked: Option<Revoked>,
    /// Each text that may be its token.
    pub(crate) candidates: Vec<Judged>,
    /// Its cookies.
    pub(crate) cookies: SessionCookies,
    /// When it was judged.
    pub(crate) at: OffsetDateTime,
}

impl Judgement {
    /// Returns the candidate that the verdict is about.
    pub(crate) fn telling(&self) -> Option<&Judged> {
        let mut candidates = self.candidates.iter();
        let found = candidates.find(|candidate| candidate.refusal == self.refusal);
        found.or(self.candidates.first())
    }
}

/// Returns the names of the sessions of a message: the one that the policy names, or all that look like one.
pub(crate) fn names(policy: &Policy, message: &Message) -> Vec<String> {
    match &policy.name {
        Some(name) => vec![name.clone()],
        None if message.tokens.is_empty() => {
            let lines = message.cookies.iter().map(String::as_bytes);
            let mut found = inspect::names(lines);
            found.retain(|name| is_name(name));
            if found.is_empty() {
                found = message.pairs().filter_map(cut).map(str::to_owned).collect();
                found.retain(|name| is_name(name));
            }
            found.truncate(SESSIONS_MAX);
            found.retain(|name| policy.is_for(name));
            found
        }
        None => vec![NAME.to_owned()],
    }
}

/// Returns whether anything came of a session of the message.
pub(crate) fn has_session(policy: &Policy, message: &Message) -> bool {
    let lines = || message.cookies.iter().map(String::as_bytes);
    let came = |name: &String| !inspect::cookies(name, lines()).pieces.is_empty();
    !message.tokens.is_empty() || names(policy, message).iter().any(came)
}

/// Returns the name of a cookie whose value begins like a token, and was cut, quoted or changed by whoever showed it.
fn cut<'m>((name, value): (&'m str, &str)) -> Option<&'m str> {
    let is_text = |char: char| char.is_ascii_alphanumeric() || "-_".contains(char);
    let whole = value.find(|char| !is_text(char)).unwrap_or(value.len());
    let is_changed =
        value.starts_with('A') && whole >= BEGINNING && !looks::damage(value).is_empty();
    let begins = value
        .trim_start_matches('"')
        .starts_with(['A', '2', '3', '4', '5', '6', '7', '8', '9']);
    let is_cut = value.ends_with('\u{2026}') || value.ends_with("...") || value.starts_with('"');
    (begins && (is_cut || is_changed) && looks::like(name, value).is_none()).then_some(name)
}

/// Returns whether a cookie of this library may have this name.
fn is_name(name: &str) -> bool {
    let is_token = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    (1..=64).contains(&name.len()) && name.chars().all(is_token)
}

/// Judges one session of a message at this time. Without a ring it says what can be told without keys, and without
/// revocations nothing was revoked.
pub(crate) fn judge(
    policy: &Policy,
    ring: Option<&KeyRing>,
    revocations: Option<&RevocationTable>,
    message: &Message,
    name: &str,
    at: OffsetDateTime,
) -> Result<Judgement, Failure> {
    let has_keys = ring.is_some();
    let ring = match ring {
        Some(ring) => ring.clone(),
        None => KeyRing::new(Key::generate()?),
    };
    let policy = policy.named(name);
    let transport = Transport::header(FIELD).or_cookie();
    let mut builder = policy.builder(ring).transport(transport);
    if let Some(table) = revocations {
        builder = builder.revocations(table.clone());
    }
    let manager = builder.build()?;
    let lines = || message.cookies.iter().map(String::as_bytes);
    let fields: &HeaderFields<'_> = &|field, take| {
        let tokens = message.tokens.iter().filter(|_| field == FIELD);
        tokens.for_each(|token| take(token.as_bytes()));
    };
    // A message that names no host may be for this machine.
    let host = message.host.as_deref().unwrap_or("localhost");
    let session = manager.load(RequestHead::new(lines()).host(host).fields(fields), at);
    let mut judgement = Judgement {
        name: name.to_owned(),
        has_keys,
        refusal: session.refusal(),
        revoked: None,
        candidates: inspect::candidates(&session),
        cookies: inspect::cookies(name, lines()),
        at,
    };
    if let (Some(table), Some(Refusal::Revoked)) = (revocations, judgement.refusal) {
        let content = judgement.telling().and_then(|told| told.content.as_ref());
        judgement.revoked = content.and_then(|content| Revoked::find(&manager, table, content, at));
    }
    Ok(judgement)
}
