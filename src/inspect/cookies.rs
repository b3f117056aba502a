//! The look without keys: which cookies may be a session's, and what they say of themselves.

use std::collections::HashSet;

use memchr::memchr;
use time::OffsetDateTime;

use crate::cookie::{Candidates, Jar, Names, Role, pairs, role_by_suffix, set_of, trim};
use crate::error::Refusal;
use crate::seal::{TokenClaim, TouchHint, begins_as_token, claim, count_tombstones, touch_hint};

/// The characters of a value that is taken for a token whatever its name. One in a hundred of other values begins
/// as a token does, and most of those are shorter. A signed token has 52 characters at least. An encrypted one has 108, and is
/// found if it was cut off in its middle.
const LIKELY: usize = 49;

/// The characters of the shortest value that says of itself what it is: a last chunk, of its set's tag twice.
const SHORTEST: usize = 8;

/// The cookies of one session, as a request or several responses brought them; see [`cookies`].
///
/// ```
/// use sealed_session::{Refusal, inspect};
///
/// // The first of two chunks.
/// let found = inspect::cookies("__Host-shop", [&b"theme=dark; __Host-shop=2g8X8AcyWvOtrSdGc"[..]]);
/// assert_eq!(found.tokens, [Err(Refusal::Partial)]);
/// assert_eq!((found.pieces.len(), found.other_cookies), (1, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionCookies {
    /// The name of the session's cookie, to which those of its other pieces are added.
    pub name: String,
    /// Every cookie under one of the session's names, in the order in which they came. Of each kind so many are
    /// kept as a server keeps.
    pub pieces: Vec<CookiePiece>,
    /// The tokens that the pieces make up, or why they make up none. A server opens each.
    pub tokens: Vec<Result<TokenClaim, Refusal>>,
    /// The cookies under other names.
    pub other_cookies: usize,
    /// The bytes of these [other cookies](SessionCookies::other_cookies) in a `Cookie` field.
    pub other_bytes: usize,
}

/// One cookie of a session.
///
/// ```
/// use sealed_session::inspect;
///
/// let found = inspect::cookies("s", [&b"s.t=A2tJ0mS3keaJgKugxdGfRLbdiH15"[..]]);
/// assert_eq!((found.pieces[0].name.as_str(), found.pieces[0].length), ("s.t", Some(28)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CookiePiece {
    /// The name of the cookie.
    pub name: String,
    /// What its value looks like.
    pub kind: PieceKind,
    /// The bytes of its value; `None` if it is longer than any that this library writes, and was not kept.
    pub length: Option<usize>,
}

/// What a cookie of a session looks like. **Nobody has proven it.**
///
/// ```
/// use sealed_session::inspect::{self, PieceKind};
///
/// let found = inspect::cookies("s", [&b"s=2g8X8AcyWvOtrSdGc; s.t=dark"[..]]);
/// let [first, touch] = &found.pieces[..] else { panic!("two cookies came") };
/// assert!(matches!(first.kind, PieceKind::FirstChunk { of: 2, .. }));
/// assert_eq!(touch.kind, PieceKind::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PieceKind {
    /// A whole token.
    Token,
    /// The first chunk of a token.
    #[non_exhaustive]
    FirstChunk {
        /// How many chunks the token has, this one included.
        of: usize,
    },
    /// A later chunk of a token.
    #[non_exhaustive]
    Chunk {
        /// The number in its name: 1 is the second chunk.
        index: usize,
    },
    /// A mark that the session was used.
    #[non_exhaustive]
    Touch {
        /// When that would have been.
        at: OffsetDateTime,
    },
    /// Marks that sign-ins ended in this browser.
    #[non_exhaustive]
    Tombstones {
        /// How many there are. A sign-in has one under each key of the ring.
        count: usize,
    },
    /// Marks that sessions were renewed in this browser.
    #[non_exhaustive]
    Renewals {
        /// How many there are. A renewal has one under each key of the ring.
        count: usize,
    },
    /// Nothing that belongs under this name.
    Unknown,
}

/// Reads what a token's text says of itself, without a key.
///
/// # Errors
///
/// [`Refusal::Malformed`], [`Refusal::NewerFormat`] or [`Refusal::OverCeiling`], if it is no token or none that
/// this version knows.
///
/// ```
/// use sealed_session::{Refusal, inspect};
///
/// assert_eq!(inspect::token(b"hello"), Err(Refusal::Malformed));
/// ```
pub fn token(text: &[u8]) -> Result<TokenClaim, Refusal> {
    claim(text)
}

/// Returns the names under which sessions stand in `Cookie` lines, by the look of the values. A name is that of
/// the session's cookie; its chunks, touch and tombstones are not listed by themselves. It guesses: a token that was
/// cut off after a few characters is not found, and one in a hundred of other random values is.
///
/// ```
/// use sealed_session::inspect;
///
/// let line = b"theme=dark; __Host-shop.t=A2tJ0mS3keaJgKugxdGfRLbdiH15; __Host-shop=AcyWvOtrSdGc";
/// assert_eq!(inspect::names([&line[..]]), ["__Host-shop"]);
/// ```
pub fn names<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for pair in lines.into_iter().flat_map(pairs) {
        let equals = memchr(b'=', pair);
        let Some((name, value)) = equals.and_then(|at| pair.split_at_checked(at)) else {
            continue;
        };
        let (base, role) = role_by_suffix(trim(name));
        let value = trim(value.get(1..).unwrap_or_default());
        let is_piece = value.len() >= SHORTEST
            && match kind(role, value) {
                PieceKind::Unknown => false,
                // By themselves, the letters of a chunk are those of any other cookie.
                PieceKind::Chunk { .. } => ends_as_it_begins(value),
                PieceKind::Token | PieceKind::FirstChunk { .. } => {
                    value.len() >= LIKELY && is_text(value)
                }
                _ => true,
            };
        if let Ok(base) = str::from_utf8(base)
            && is_piece
            // No session's cookie is without a name.
            && !base.is_empty()
            && seen.insert(base)
        {
            found.push(base.to_owned());
        }
    }
    found
}

/// Reads the cookies of the session whose cookie has this name, without a key. `lines` are values of `Cookie`
/// fields.
///
/// ```
/// use sealed_session::{Key, KeyRing, SessionManager, inspect};
/// use sealed_session::inspect::PieceKind;
/// # use sealed_session::testing::Browser;
/// # use time::OffsetDateTime;
///
/// let manager = SessionManager::new("shop", KeyRing::new(Key::generate()?))?;
/// # let mut browser = Browser::default();
/// # browser.visit(&manager, |session| session.insert("name", "Ada"))?;
/// # let cookie = browser.cookie();
/// // `cookie` is what the browser sends.
/// let found = inspect::cookies("__Host-shop", [cookie.as_bytes()]);
/// assert_eq!(found.pieces[0].kind, PieceKind::Token);
/// assert!(found.tokens[0].is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cookies<'a>(name: &str, lines: impl IntoIterator<Item = &'a [u8]>) -> SessionCookies {
    let names = Names::new(name);
    let jar = Jar::read(lines, &names, None);
    let pieces = jar.pieces(0).map(|(role, value)| CookiePiece {
        name: names.of(role).to_owned(),
        kind: value.map_or(PieceKind::Unknown, |value| kind(role, value)),
        length: value.map(<[u8]>::len),
    });
    let tokens = Candidates::of(&jar, 0).list.into_iter();
    SessionCookies {
        name: name.to_owned(),
        pieces: pieces.collect(),
        tokens: tokens
            .map(|text| text.and_then(|text| claim(&text)))
            .collect(),
        other_cookies: jar.others().cookies,
        other_bytes: jar.others().bytes,
    }
}

/// Returns what the value of a cookie with this role looks like.
fn kind(role: Role, value: &[u8]) -> PieceKind {
    let of_set = || set_of(value).filter(|(_, text)| begins_as_token(text));
    let found = match role {
        Role::Chunk(0) if begins_as_token(value) => Some(PieceKind::Token),
        Role::Chunk(0) => of_set().map(|(of, _)| PieceKind::FirstChunk { of }),
        Role::Chunk(index) => {
            let index = usize::from(index);
            is_text(value).then_some(PieceKind::Chunk { index })
        }
        Role::Touch => match touch_hint(value) {
            TouchHint::Issued(at) => Some(PieceKind::Touch { at: at.to_time() }),
            TouchHint::Newer | TouchHint::Garbage => None,
        },
        Role::Tombstone => count_tombstones(value).map(|count| PieceKind::Tombstones { count }),
        Role::Renewed => count_tombstones(value).map(|count| PieceKind::Renewals { count }),
    };
    found.unwrap_or(PieceKind::Unknown)
}

/// Returns whether a chunk is the last one of its set: both ends are the set's tag.
fn ends_as_it_begins(value: &[u8]) -> bool {
    let ends = value.first_chunk::<4>().zip(value.last_chunk::<4>());
    ends.is_some_and(|(tag, end)| value.len() >= SHORTEST && tag == end)
}

/// Returns whether a value consists of the letters of a token.
fn is_text(value: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    !value.is_empty() && value.iter().all(is_letter)
}
