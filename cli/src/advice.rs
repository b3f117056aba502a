//! Why a session was accepted or refused, and what to do about it: a sentence for each reason.

use std::time::Duration;

use sealed_session::inspect::{Content, PieceKind};
use sealed_session::{Format, KeyRing, Refusal};

use crate::duration::words;
use crate::instant::date;
use crate::judge::Judgement;
use crate::looks::{damage, like};
use crate::message::Message;
use crate::policy::Policy;

/// How many cookies are looked at for one of another library.
const FOREIGN_MAX: usize = 100;

/// The two halves of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    pub(crate) why: String,
    /// What to do about it; empty if there is nothing.
    pub(crate) todo: String,
}

/// All that a sentence may speak of.
#[derive(Clone, Copy)]
pub(crate) struct Case<'c> {
    pub(crate) judgement: &'c Judgement,
    pub(crate) message: &'c Message,
    pub(crate) policy: &'c Policy,
    pub(crate) ring: Option<&'c KeyRing>,
}

impl Advice {
    fn new(why: impl Into<String>, todo: impl Into<String>) -> Advice {
        Advice {
            why: why.into(),
            todo: todo.into(),
        }
    }

    /// Puts the sentence together.
    pub(crate) fn sentence(&self, refusal: Option<Refusal>) -> String {
        let verdict = match refusal {
            None => "Accepted".to_owned(),
            Some(refusal) => format!("Refused, {}", refusal.label()),
        };
        match self.todo.as_str() {
            "" => format!("{verdict}: {}.", self.why),
            todo => format!("{verdict}: {}; {todo}.", self.why),
        }
    }
}

/// Returns the sentence for a case.
pub(crate) fn advice(case: Case<'_>) -> Advice {
    let Some(refusal) = case.judgement.refusal else {
        return Advice::new(case.accepted(), "");
    };
    for kind in [
        Case::of_time,
        Case::of_keys,
        Case::of_shape,
        Case::of_browser,
    ] {
        if let Some(advice) = kind(&case, refusal) {
            return advice;
        }
    }
    // A reason that a newer library has.
    Advice::new(refusal.to_string(), "")
}

impl Case<'_> {
    fn name(&self) -> &str {
        &self.judgement.name
    }

    fn content(&self) -> Option<&Content> {
        self.judgement.telling()?.content.as_ref()
    }

    /// Returns the key that the token names. One that is cut off early names none.
    fn key(&self) -> String {
        let claim = self
            .judgement
            .telling()
            .and_then(|judged| judged.claim.ok());
        claim.map_or("a key".to_owned(), |claim| {
            format!("the key {}", claim.key_id)
        })
    }

    fn accepted(&self) -> String {
        let name = self.name();
        let Some(content) = self.content() else {
            return format!("`{name}` holds a live session");
        };
        let who = match &content.subject {
            Some(_) => "somebody is signed in",
            None => "nobody is signed in",
        };
        let absolute = words(content.times.absolute_left);
        match content.times.idle_left {
            Some(idle) => format!(
                "`{name}` holds a live session in which {who}, and which ends in {} if nobody uses it, and in \
                 {absolute} at the latest",
                words(idle)
            ),
            None => format!(
                "`{name}` holds a live session in which {who}, and which ends in {absolute}"
            ),
        }
    }

    /// Returns how long before the verdict a time was.
    fn since(&self, time: sealed_session::time::OffsetDateTime) -> Duration {
        (self.judgement.at - time).try_into().unwrap_or_default()
    }

    /// The clock says no.
    fn of_time(&self, refusal: Refusal) -> Option<Advice> {
        let times = self.content()?.times;
        match refusal {
            Refusal::AbsoluteExpired => Some(Advice::new(
                format!(
                    "the session began {} ago, on {}, and its absolute lifetime is {}",
                    words(self.since(times.created_at)),
                    date(times.created_at),
                    words(times.absolute_lifetime)
                ),
                "the visitor has to sign in again, and a longer lifetime is set by \
                 `Lifetime::with_absolute_lifetime`, or by `Session::remember` for visitors who ask for it",
            )),
            Refusal::IdleExpired => Some(Advice::new(
                format!(
                    "nobody has used the session for {}, since {}, and its idle timeout is {}",
                    words(self.since(times.last_seen_at)),
                    date(times.last_seen_at),
                    words(times.idle_timeout.unwrap_or_default())
                ),
                "the visitor has to sign in again, and a longer timeout is set by \
                 `Lifetime::with_idle_timeout`",
            )),
            Refusal::FromTheFuture => {
                let later = times.last_seen_at.max(times.created_at);
                let ahead = (later - self.judgement.at).try_into().unwrap_or_default();
                Some(Advice::new(
                    format!(
                        "it was sealed or used on {}, {} after the time of this verdict, and the policy lets \
                         clocks differ by {}",
                        date(later),
                        words(ahead),
                        words(times.policy.clock_skew())
                    ),
                    "compare the clocks of the nodes, and let NTP set them",
                ))
            }
            _ => None,
        }
    }

    /// No key of the ring opens it.
    fn of_keys(&self, refusal: Refusal) -> Option<Advice> {
        let key = self.key();
        match refusal {
            Refusal::UnknownKey => {
                let keys = self.ring.into_iter().flat_map(KeyRing::keys);
                let mut ids: Vec<String> = keys.map(|key| key.id.to_string()).collect();
                ids.sort();
                Some(Advice::new(
                    format!(
                        "it was sealed under {key}, and the ring holds {}",
                        ids.join(", ")
                    ),
                    "add that key to the ring of every node if a node still seals under it, and otherwise the \
                     visitor has to sign in again",
                ))
            }
            Refusal::RetiredKey => {
                let claim = self
                    .judgement
                    .telling()
                    .and_then(|judged| judged.claim.ok());
                let id = claim.map(|claim| claim.key_id);
                let mut keys = self.ring.into_iter().flat_map(KeyRing::keys);
                let until = keys
                    .find(|found| Some(found.id) == id)
                    .and_then(|key| key.until);
                let until = until.map_or(String::new(), |until| format!(" on {}", date(until)));
                Some(Advice::new(
                    format!("it was sealed under {key}, which retired{until}"),
                    "the visitor has to sign in again, and `sealed-session check` says whether the key \
                     retired too early",
                ))
            }
            Refusal::Tampered => {
                let audience = match self.policy.audience.as_deref() {
                    None | Some("") => "no audience".to_owned(),
                    Some(audience) => format!("the audience `{audience}`"),
                };
                let by_itself = match self.policy.name {
                    None if !self.message.tokens.is_empty() => {
                        ", and `--policy name=` says for which cookie a token by itself was sealed"
                    }
                    _ => "",
                };
                Some(Advice::new(
                    format!(
                        "the ring holds {key}, which it names, and which did not seal this text for the cookie \
                         `{}` and {audience}",
                        self.name()
                    ),
                    format!(
                        "copy the whole value, in case it was changed or cut off on its way, and compare name \
                         and audience with those of the node that sealed it{by_itself}"
                    ),
                ))
            }
            Refusal::WrongFormat => {
                let (is, accepted) = match self.policy.format {
                    Some(Format::Signed) => ("encrypted", "signed"),
                    _ => ("signed", "encrypted"),
                };
                Some(Advice::new(
                    format!("the token is {is}, and the policy accepts {accepted} ones only"),
                    "while the site moves from one format to the other, accept both by \
                     `SessionManagerBuilder::accept_format`",
                ))
            }
            _ => None,
        }
    }

    /// It is no whole token.
    fn of_shape(&self, refusal: Refusal) -> Option<Advice> {
        let name = self.name();
        match refusal {
            Refusal::Malformed => Some(self.malformed()),
            Refusal::Mixed => Some(Advice::new(
                format!("the chunks of `{name}` belong to two different writes"),
                "a client or proxy has dropped a Set-Cookie line, or a cookie of another domain or path is in \
                 the way, which `former_scope` removes; the next write replaces all of them",
            )),
            Refusal::Partial => Some(Advice::new(
                self.missing(),
                "copy every cookie of the name, and if the browser sent no more, look for a client or proxy \
                 whose limit is below the budget, by `sealed-session inspect`",
            )),
            Refusal::OverCeiling => Some(Advice::new(
                format!("what came for `{name}` is longer, or unpacks to more, than any token"),
                "this library writes nothing like it, so look for who does",
            )),
            Refusal::NewerFormat => Some(Advice::new(
                "its first byte is a format that this version does not know",
                "a newer version sealed it, if any of this library did, and every node needs that version \
                 before one seals by it",
            )),
            Refusal::RecordTooNew => Some(Advice::new(
                "the token is authentic, and a newer version wrote what is in it",
                "deploy that version on every node; until then the visitor is signed in on some of them",
            )),
            _ => None,
        }
    }

    fn malformed(&self) -> Advice {
        let name = self.name();
        if self
            .judgement
            .telling()
            .is_some_and(|judged| judged.claim.is_ok())
        {
            return Advice::new(
                "the token is authentic, and its record is none that this library writes",
                "another program has the key; replace the key if you do not know that program",
            );
        }
        let (what, value) = match self.message.tokens.first() {
            Some(token) => ("this".to_owned(), token.as_str()),
            None => {
                let mut pairs = self.message.pairs();
                let value = pairs
                    .find(|(of, _)| *of == name)
                    .map_or("", |(_, value)| value);
                (format!("the value of `{name}`"), value)
            }
        };
        let damage = damage(value);
        let mut why = format!("{what} is no token");
        if let Some(like) = like(name, value) {
            return Advice::new(
                format!("{why}, and looks like {like}"),
                format!("if another application sets `{name}`, give one of them another name"),
            );
        }
        if !damage.is_empty() {
            why = format!("{why}: {}", damage.join(", and "));
        }
        Advice::new(
            why,
            "copy the whole value as the browser's developer tools show it, and if it came like this, look for \
             what changes it on the way",
        )
    }

    /// Says which chunk did not come.
    fn missing(&self) -> String {
        let (name, pieces) = (self.name(), &self.judgement.cookies.pieces);
        let first = pieces.iter().find_map(|piece| match piece.kind {
            PieceKind::FirstChunk { of, .. } => Some(of),
            _ => None,
        });
        let has = |wanted: usize| {
            pieces.iter().any(
                |piece| matches!(piece.kind, PieceKind::Chunk { index, .. } if index == wanted),
            )
        };
        match first {
            None => format!("the first chunk, `{name}`, did not come, and later ones did"),
            Some(of) => {
                let missing = (1..of).filter(|index| !has(*index));
                let names: Vec<String> = missing.map(|index| format!("`{name}.{index}`")).collect();
                format!(
                    "the session is in {of} chunks, and {} did not come",
                    names.join(", ")
                )
            }
        }
    }

    /// What the browser sent says no.
    fn of_browser(&self, refusal: Refusal) -> Option<Advice> {
        let name = self.name();
        let again = "nothing is wrong, and the visitor signs in again";
        match refusal {
            Refusal::Absent => Some(self.absent()),
            Refusal::Conflict if !self.message.tokens.is_empty() => Some(Advice::new(
                "two tokens came in one header field",
                "send one; a proxy that joins fields does this, too",
            )),
            Refusal::Conflict => Some(Advice::new(
                format!(
                    "several sessions came under `{name}`, or one among more cookies than are judged, and a \
                     sibling domain can set this name"
                ),
                "if the cookie had another domain or path before, name it by `former_scope` on every node, and \
                 if not, choose a name with `__Host-` in front",
            )),
            Refusal::Destroyed => Some(Advice::new(
                "the visitor signed out in this browser, or signed in anew, and a response that was under way \
                 then brought the session back",
                again,
            )),
            Refusal::Superseded => Some(Advice::new(
                "the session was renewed in this browser, and a response that was under way then brought it \
                 back as it was before",
                again,
            )),
            Refusal::OffLoopback => Some(Advice::new(
                format!(
                    "the development profile serves this machine only, and the request names `{}`",
                    crate::style::shown(self.message.host.as_deref().unwrap_or_default())
                ),
                "name that host by `CookieSpec::plain_http_host`, and use another profile in production",
            )),
            _ => None,
        }
    }

    fn absent(&self) -> Advice {
        let (name, place) = (self.name(), &self.message.place);
        let lines = self.message.cookies.iter().map(String::as_bytes);
        let others = sealed_session::inspect::names(lines);
        let why = format!("{place} brought no session under `{name}`");
        if let Some(other) = others.first() {
            let other = crate::style::shown(other);
            return Advice::new(
                format!("{why}, and has one under `{other}`"),
                format!("say `--policy name={other}` if that is the one"),
            );
        }
        let mut some = self.message.pairs().take(FOREIGN_MAX);
        let foreign = some.find_map(|(name, value)| Some((name, like(name, value)?)));
        let why = match foreign {
            Some((other, like)) => {
                format!(
                    "{why}; its cookie `{}` looks like {like}",
                    crate::style::shown(other)
                )
            }
            None => why,
        };
        Advice::new(
            why,
            "compare the name with the site's, and see in the browser's developer tools whether the cookie is \
             there and why it was not sent",
        )
    }
}
