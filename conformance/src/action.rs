//! What a path tells a handler to do: one step a segment, `verb.argument.argument`.
//!
//! `+` stands for a space, and `prefs:` in front means the other slot. What steps tell about the session
//! is the body, joined by commas.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sealed_session::flash::{Level, Message};
use sealed_session::report::Source;
use sealed_session::testing::ManualClock;
use sealed_session::{Error, Key, Session};

use crate::reply::Reply;

/// Where the step `link` leads to.
const NEXT: &str = "/act/get.name/refusal/source";

/// Where the step `links` leads to: the app itself, and others.
const ABSOLUTE: [&str; 3] = [
    "http://127.0.0.1/",
    "https://elsewhere.example/",
    "//127.0.0.1/",
];

/// All that steps may be about.
#[derive(Clone, Copy)]
pub(crate) struct Hands<'s> {
    pub(crate) main: Option<&'s Session>,
    pub(crate) prefs: Option<&'s Session>,
    /// None if it is the system's.
    pub(crate) clock: Option<&'s ManualClock>,
    /// Sessions that handlers kept.
    pub(crate) shelf: &'s Mutex<Vec<Session>>,
}

/// Carries out the steps of a path behind its first segment.
pub(crate) fn act(hands: Hands<'_>, path: &str) -> Result<Reply, Error> {
    let mut reply = Reply::text("");
    let mut told = Vec::new();
    for step in path.split('/').skip(2) {
        let step = step.replace('+', " ");
        let (session, what) = match step.strip_prefix("prefs:") {
            Some(what) => (hands.prefs, what),
            None => (hands.main, step.as_str()),
        };
        let mut words = what.splitn(3, '.');
        let mut word = || words.next().unwrap_or_default();
        let (verb, first, second) = (word(), word(), word());
        match verb {
            "" => {}
            "status" => reply.status = first.parse().map_err(|_| unknown(&step))?,
            "header" => reply.headers.push((first.to_owned(), second.to_owned())),
            "say" => told.push(first.to_owned()),
            "advance" => {
                let seconds = first.parse().map_err(|_| unknown(&step))?;
                let clock = hands.clock.ok_or_else(|| unknown(&step))?;
                clock.advance(Duration::from_secs(seconds));
            }
            _ => {
                let session = session.ok_or_else(|| unknown(&step))?;
                if verb == "keep" {
                    let shelf = hands.shelf.lock();
                    shelf
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(session.clone());
                } else {
                    told.extend(with_session(session, verb, first, second)?);
                }
            }
        }
    }
    reply.body = told.join(",");
    Ok(reply)
}

fn with_session(
    session: &Session,
    verb: &str,
    first: &str,
    second: &str,
) -> Result<Option<String>, Error> {
    let text = match verb {
        "put" => return session.insert(first, second).map(|()| None),
        "noise" => {
            let letters = second.parse().map_err(|_| unknown(second))?;
            let noise = noise(first, letters);
            return session.insert(first, noise).map(|()| None);
        }
        "remove" => return session.remove(first).map(|_| None),
        "clear" => return session.clear().map(|()| None),
        "renew" => return session.renew().map(|()| None),
        "destroy" => return session.destroy().map(|()| None),
        "confirm" => return session.confirm().map(|()| None),
        "act-as" => return session.act_as(first, &[]).map(|()| None),
        "stop-acting" => return session.stop_acting(&[]).map(|()| None),
        // A session error that is no mistake of the app's.
        "fail" => return "not a key".parse::<Key>().map(|_| None),
        "flash" => return session.flash(level(first)?, second).map(|()| None),
        "flash-noise" => {
            let letters = first.parse().map_err(|_| unknown(first))?;
            let noise = noise("flash", letters);
            return session.flash(Level::Error, noise).map(|()| None);
        }
        "sign-in" => return session.sign_in(first, &[&second]).map(|()| None),
        "passive" => {
            session.mark_passive();
            return Ok(None);
        }
        "task-panics" => {
            let clone = session.clone();
            let task = std::thread::spawn(move || {
                let _clone = clone;
                // Without a message on standard error.
                std::panic::resume_unwind(Box::new(()));
            });
            return match task.join() {
                Ok(()) => Err(unknown(verb)),
                Err(_) => Ok(None),
            };
        }
        "get" => session
            .get::<String>(first)?
            .unwrap_or_else(|| "nothing".to_owned()),
        "size" => session
            .get::<String>(first)?
            .unwrap_or_default()
            .len()
            .to_string(),
        "count" => session.update(first, |n: &mut u32| {
            *n += 1;
            n.to_string()
        })?,
        "id" => session
            .id()
            .map_or_else(|| "none".to_owned(), |id| id.to_string()),
        "actor" => session.actor().unwrap_or_else(|| "nobody".to_owned()),
        "subject" => session.subject().unwrap_or_else(|| "nobody".to_owned()),
        "refusal" => session
            .refusal()
            .map_or("none", |refusal| refusal.label())
            .to_owned(),
        "form-token" => session.form_token()?,
        "link" => session.encode_url(NEXT)?.into_owned(),
        "links" => {
            let links = ABSOLUTE.map(|link| session.encode_url(link));
            links.into_iter().collect::<Result<Vec<_>, _>>()?.join(" ")
        }
        "source" => match session.opened_from() {
            None => "none",
            Some(Source::Cookie) => "cookie",
            Some(Source::Field) => "header",
            Some(Source::Link) => "link",
            Some(_) => "elsewhere",
        }
        .to_owned(),
        "lines" => session.size()?.lines.len().to_string(),
        _ => return Err(unknown(verb)),
    };
    Ok(Some(text))
}

fn level(word: &str) -> Result<Level, Error> {
    let all = [Level::Info, Level::Success, Level::Warning, Level::Error];
    let found = all.into_iter().find(|level| level.as_str() == word);
    found.ok_or_else(|| unknown(word))
}

/// What a page shows of messages.
pub(crate) fn shown(messages: &[Message]) -> String {
    let one = |message: &Message| format!("{}: {message}", message.level);
    messages.iter().map(one).collect::<Vec<_>>().join(",")
}

fn unknown(step: &str) -> Error {
    Error::misuse(format!("the list has no step `{step}` here"))
}

/// Letters that no compressor makes smaller, the same for the same seed.
pub(crate) fn noise(seed: &str, letters: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = seed.bytes().fold(0x9e37_79b9_7f4a_7c15_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // SplitMix64, a letter from the top of each number.
    let letter = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = usize::try_from((mixed ^ (mixed >> 31)) >> 58).unwrap_or(0);
        char::from(*ALPHABET.get(at).unwrap_or(&b'A'))
    };
    std::iter::repeat_with(letter).take(letters).collect()
}
