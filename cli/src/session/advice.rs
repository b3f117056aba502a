//! Why a session was accepted or refused, and what to do about it: a sentence for each reason.

use std::time::Duration;

use sealed_session::inspect::{Content, PieceKind, TokenClaim};
use sealed_session::report::RingKey;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Format, KeyRing, Refusal};

use crate::duration::words;
use crate::input::message::Message;
use crate::instant::date;
use crate::policy::Policy;
use crate::session::judge::{Judgement, names};
use crate::session::looks::{damage, like};
use crate::session::revoked::{By, Revoked};
use crate::style::shown;

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

impl Case<'_> {
    /// Returns the sentence. A reason that a newer library has is told in its words.
    pub(crate) fn advice(self) -> Advice {
        let Some(refusal) = self.judgement.refusal else {
            return Advice::new(self.accepted(), "");
        };
        let advice = match refusal {
            Refusal::AbsoluteExpired => self.content().map(|content| self.absolute(content)),
            Refusal::Absent => Some(self.absent()),
            Refusal::Conflict => Some(self.conflict()),
            Refusal::Destroyed => Some(Advice::new(
                "the visitor signed out in this browser, or signed in anew, and a response that was under way \
                 then brought the session back",
                "nothing is wrong, and the visitor signs in again",
            )),
            Refusal::FromTheFuture => self.content().map(|content| self.future(content)),
            Refusal::IdleExpired => self.content().map(|content| self.idle(content)),
            Refusal::Malformed => Some(self.malformed()),
            Refusal::Missing => Some(Advice::new(
                "the token is authentic, its time is not over, and its attributes are in the store of the server, \
                 which this command does not ask",
                "look in the server's log whether it finds them",
            )),
            Refusal::Mixed => Some(Advice::new(
                format!(
                    "the chunks of `{}` belong to two different writes",
                    self.name()
                ),
                "a client or proxy has dropped a Set-Cookie line, or a cookie of another domain or path is in \
                 the way, which `former_scope` removes, and the next write replaces all of them",
            )),
            Refusal::NewerFormat => Some(self.newer()),
            Refusal::OffLoopback => Some(self.off_loopback()),
            Refusal::OverCeiling => Some(Advice::new(
                format!(
                    "what came for `{}` is longer, or unpacks to more, than any token",
                    self.name()
                ),
                "this library writes nothing like it, so look for who does",
            )),
            Refusal::Partial => Some(Advice::new(
                self.missing(),
                "copy every cookie of the name, and if the browser sent no more, look for a client or proxy \
                 whose limit is below the budget, by `sealed-session inspect`",
            )),
            Refusal::RecordTooNew => Some(Advice::new(
                "the token is authentic, and a newer version wrote what is in it",
                "deploy that version on every node, and until then the visitor is signed in on some of them",
            )),
            Refusal::RetiredKey => Some(self.retired()),
            Refusal::Revoked => self.revoked(),
            Refusal::Superseded => Some(Advice::new(
                "the session was renewed in this browser, and a response that was under way then brought it \
                 back as it was before",
                "nothing is wrong, and the visitor signs in again",
            )),
            Refusal::Tampered => Some(self.tampered()),
            Refusal::UnknownKey => Some(self.unknown()),
            Refusal::WrongFormat => Some(self.wrong_format()),
            _ => None,
        };
        advice.unwrap_or_else(|| Advice::new(refusal.to_string(), ""))
    }

    fn name(&self) -> &str {
        &self.judgement.name
    }

    fn content(&self) -> Option<&Content> {
        self.judgement.telling()?.content.as_ref()
    }

    fn claim(&self) -> Option<TokenClaim> {
        self.judgement.telling()?.claim.ok()
    }

    /// Returns how long before the verdict a time was.
    fn since(&self, time: OffsetDateTime) -> Duration {
        (self.judgement.at - time).try_into().unwrap_or_default()
    }
}

/// A live session, and one whose time is over.
impl Case<'_> {
    fn accepted(&self) -> String {
        let name = self.name();
        let Some(content) = self.content() else {
            return format!("`{name}` holds a live session");
        };
        let who = if content.subject.is_some() {
            "somebody"
        } else {
            "nobody"
        };
        let start = format!("`{name}` holds a live session in which {who} is signed in");
        let absolute = words(content.times.absolute_left);
        match content.times.idle_left.map(words) {
            Some(idle) => format!(
                "{start}, and which ends in {idle} if nobody uses it, and in {absolute} at the latest"
            ),
            None => format!("{start}, and which ends in {absolute}"),
        }
    }

    fn absolute(&self, content: &Content) -> Advice {
        let times = &content.times;
        Advice::new(
            format!(
                "the session began {} ago, on {}, and its absolute lifetime is {}",
                words(self.since(times.created_at)),
                date(times.created_at),
                words(times.absolute_lifetime)
            ),
            "the visitor has to sign in again, and a longer lifetime is set by \
             `Lifetime::with_absolute_lifetime`, or by `Session::remember` for visitors who ask for it",
        )
    }

    fn idle(&self, content: &Content) -> Advice {
        let times = &content.times;
        Advice::new(
            format!(
                "nobody has used the session for {}, since {}, and its idle timeout is {}",
                words(self.since(times.last_seen_at)),
                date(times.last_seen_at),
                words(times.idle_timeout.unwrap_or_default())
            ),
            "the visitor has to sign in again, and a longer timeout is set by `Lifetime::with_idle_timeout`",
        )
    }

    fn future(&self, content: &Content) -> Advice {
        let times = &content.times;
        let later = times.last_seen_at.max(times.created_at);
        let ahead = (later - self.judgement.at).try_into().unwrap_or_default();
        Advice::new(
            format!(
                "it was sealed or used on {}, {} after the time of this verdict, and the policy lets clocks \
                 differ by {}",
                date(later),
                words(ahead),
                words(times.policy.clock_skew())
            ),
            "compare the clocks of the nodes, and let NTP set them",
        )
    }
}

/// A session that was ended at the server.
impl Case<'_> {
    /// Names the kind of what was revoked. Accounts and labels are for `inspect` to show.
    fn revoked(&self) -> Option<Advice> {
        let Revoked { by, at } = self.judgement.revoked.as_ref()?;
        let content = self.content()?;
        let began = match by {
            By::Subject => content.acting_since,
            _ => None,
        };
        let began = began.unwrap_or(content.times.created_at);
        let what = match by {
            By::Everything => "all sessions were",
            By::Subject => "all sessions of the account were",
            By::Actor => "all sessions of whoever acts as the account were",
            By::SignIn => "this sign-in was",
            By::Origin => "the sign-in at another site that it was handed over from was",
            By::Label(_) => "all sessions with one of its labels were",
        };
        let mut why = format!("{what} ended at the server as of {}", date(*at));
        let (is_behind, is_later) = (
            began >= *at && !matches!(by, By::SignIn | By::Origin),
            *at > self.judgement.at,
        );
        if is_behind {
            why += &format!(
                ", and it began {} after that, by which clocks may differ",
                words((began - *at).try_into().unwrap_or_default())
            );
        }
        if is_later {
            why += ", which is after the time of this verdict, so that a server may have accepted it then";
        }
        let todo = match is_behind {
            true => {
                "the visitor signs in again, and if that comes often, compare the clocks of the nodes"
            }
            false => "nothing is wrong, and the visitor signs in again",
        };
        Some(Advice::new(why, todo))
    }
}

/// A token that no key of the ring opens.
impl Case<'_> {
    /// Returns the key that the token names. One that is cut off early names none.
    fn key(&self) -> String {
        let claim = self.claim();
        claim.map_or("a key".to_owned(), |claim| {
            format!("the key {}", claim.key_id)
        })
    }

    fn keys(&self) -> impl Iterator<Item = RingKey> {
        self.ring.into_iter().flat_map(KeyRing::keys)
    }

    fn unknown(&self) -> Advice {
        // The id of the key stands in front, and the rest is too short for any token.
        if self.claim().is_none() {
            return self.malformed();
        }
        let mut ids: Vec<String> = self.keys().map(|key| key.id.to_string()).collect();
        ids.sort();
        let (key, ids) = (self.key(), ids.join(", "));
        Advice::new(
            format!("it was sealed under {key}, and the ring holds {ids}"),
            "add that key to the ring of every node if a node still seals under it, and otherwise the visitor \
             has to sign in again",
        )
    }

    fn retired(&self) -> Advice {
        let id = self.claim().map(|claim| claim.key_id);
        let key = self.keys().find(|key| Some(key.id) == id);
        let until = key.and_then(|key| key.until);
        let until = until.map_or(String::new(), |until| format!(" on {}", date(until)));
        Advice::new(
            format!("it was sealed under {}, which retired{until}", self.key()),
            "the visitor has to sign in again, and `sealed-session check` says whether the key retired too \
             early",
        )
    }

    fn tampered(&self) -> Advice {
        let audience = match self.policy.audience.as_deref() {
            None | Some("") => "no audience".to_owned(),
            Some(audience) => format!("the audience `{}`", shown(audience)),
        };
        let by_itself = match self.policy.name {
            None if !self.message.tokens.is_empty() => {
                ", and `--policy name=` says for which cookie a token by itself was sealed"
            }
            _ => "",
        };
        let (key, name) = (self.key(), self.name());
        Advice::new(
            format!(
                "the ring holds {key}, which it names, and which did not seal this text for the cookie `{name}` \
                 and {audience}"
            ),
            format!(
                "copy the whole value, in case it was changed or cut off on its way, and compare name and \
                 audience with those of the node that sealed it{by_itself}"
            ),
        )
    }

    fn wrong_format(&self) -> Advice {
        let (is, accepted) = match self.policy.format {
            Some(Format::Signed) => ("encrypted", "signed"),
            _ => ("signed", "encrypted"),
        };
        Advice::new(
            format!("the token is {is}, and the policy accepts {accepted} ones only"),
            "while the site moves from one format to the other, accept both by \
             `SessionManagerBuilder::accept_format`",
        )
    }
}

/// What is no whole token.
impl Case<'_> {
    fn malformed(&self) -> Advice {
        if self.claim().is_some() {
            return Advice::new(
                "the token is authentic, and its record is none that this library writes",
                "another program has the key, so replace the key if you do not know that program",
            );
        }
        let (what, value) = self.value();
        if let Some(foreign) = self.foreign(&what, value) {
            return foreign;
        }
        let why = match damage(value).join(", and ") {
            damage if damage.is_empty() => format!("{what} is no token"),
            damage => format!("{what} is no token: {damage}"),
        };
        Advice::new(
            why,
            "copy the whole value as the browser's developer tools show it, and if it came like this, look for \
             what changes it on the way",
        )
    }

    fn newer(&self) -> Advice {
        let (what, value) = self.value();
        self.foreign(&what, value).unwrap_or_else(|| {
            Advice::new(
                "its first byte is a format that this version does not know",
                "a newer version sealed it, if this library did, and every node needs that version before one \
                 seals by it",
            )
        })
    }

    /// Returns what is no token, as a noun, and its text.
    fn value(&self) -> (String, &str) {
        let name = self.name();
        if let Some(token) = self.message.tokens.first() {
            return ("this".to_owned(), token);
        }
        let value = self.message.pairs().find(|(of, _)| *of == name);
        let value = value.map_or("", |(_, value)| value);
        (format!("the value of `{name}`"), value)
    }

    /// Says whose a value is that is no token, as far as it is known.
    fn foreign(&self, what: &str, value: &str) -> Option<Advice> {
        let name = self.name();
        let like = like(name, value)?;
        let todo = match self.message.tokens.is_empty() {
            true => format!("if another application sets `{name}`, give one of them another name"),
            false => "give the value of the session's cookie".to_owned(),
        };
        Some(Advice::new(
            format!("{what} is no token, and looks like {like}"),
            todo,
        ))
    }

    /// Says which chunk did not come.
    fn missing(&self) -> String {
        let (name, pieces) = (self.name(), &self.judgement.cookies.pieces);
        let first = pieces.iter().find_map(|piece| match piece.kind {
            PieceKind::FirstChunk { of, .. } => Some(of),
            _ => None,
        });
        let Some(of) = first else {
            return format!("the first chunk, `{name}`, did not come, and later ones did");
        };
        let came = |wanted: usize| {
            let is_it = |kind| matches!(kind, PieceKind::Chunk { index, .. } if index == wanted);
            pieces.iter().any(|piece| is_it(piece.kind))
        };
        let missing = (1..of).filter(|index| !came(*index));
        let names: Vec<String> = missing.map(|index| format!("`{name}.{index}`")).collect();
        format!(
            "the session is in {of} chunks, and {} did not come",
            names.join(", ")
        )
    }
}

/// What the request as a whole does not permit.
impl Case<'_> {
    fn absent(&self) -> Advice {
        let place = &self.message.place;
        let why = match &self.policy.name {
            Some(name) => format!("{place} brought no session under `{name}`"),
            None => format!("{place} brought no cookie that looks like a session"),
        };
        if let Some(other) = names(&self.policy.without_name(), self.message).first() {
            return Advice::new(
                format!("{why}, and has one under `{other}`"),
                format!("say `--policy name={other}` if that is the one"),
            );
        }
        let mut some = self.message.pairs().take(FOREIGN_MAX);
        let foreign = some.find_map(|(name, value)| Some((shown(name), like(name, value)?)));
        let why = match foreign {
            Some((other, like)) => format!("{why}, and its cookie `{other}` looks like {like}"),
            None => why,
        };
        Advice::new(
            why,
            "compare the name with the site's, and see in the browser's developer tools whether the cookie is \
             there and why it was not sent",
        )
    }

    fn conflict(&self) -> Advice {
        if !self.message.tokens.is_empty() {
            let mut candidates = self.judgement.candidates.iter();
            if !candidates.any(|candidate| candidate.claim.is_ok()) {
                return Advice::new(
                    "a comma separates tokens in a header field, and there is one in this, which is no token",
                    "give the value of the session's cookie, as the browser's developer tools show it",
                );
            }
            return Advice::new(
                "two tokens came in one header field",
                "send one, and look for a proxy that joins fields",
            );
        }
        let name = self.name();
        Advice::new(
            format!(
                "several sessions came under `{name}`, or one among more cookies than are judged, and a sibling \
                 domain can set this name"
            ),
            "if the cookie had another domain or path before, name it by `former_scope` on every node, and if \
             not, choose a name with `__Host-` in front",
        )
    }

    fn off_loopback(&self) -> Advice {
        let host = shown(self.message.host.as_deref().unwrap_or_default());
        Advice::new(
            format!(
                "the development profile serves this machine only, and the request names `{host}`"
            ),
            "name that host by `CookieSpec::plain_http_host`, and use another profile in production",
        )
    }
}
