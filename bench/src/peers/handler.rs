//! What the handler of a request does with its session, the same in every library.

use std::sync::Arc;

use sealed_session_paths::Kind;
use sealed_session_paths::value::{Changes, Value};

use crate::{Cart, Login, Sample, Theme, Tokens};

/// A handler answers 200 and [`DONE`] if it found what it expected.
#[derive(Clone, Debug)]
pub(crate) enum Handler {
    /// Does not look.
    Untouched,
    /// Reads all of the session into its types.
    Read(Kind),
    /// Reads an attribute and the small one beside it.
    ReadBoth(Kind),
    /// The same, and changes the small one.
    Beside(Kind),
    /// Reads the small attribute only.
    Theme,
    /// Looks for a session that is not accepted, and finds nothing.
    Nothing(Kind),
    /// Stores all of a sample.
    Store(Arc<Sample>),
    /// Stores another value than the request before.
    Write(Kind),
}

/// The body of every expected answer.
pub(crate) const DONE: &str = "ok";

/// How a library's documentation reads and writes sessions, in handlers of its framework.
pub(super) trait Idiom {
    /// The framework's route.
    type Route;

    fn untouched() -> Self::Route;
    fn read<T: Value>() -> Self::Route;
    fn read_both<T: Value>() -> Self::Route;
    fn beside<T: Value>(changes: Changes<Theme>) -> Self::Route;
    fn theme() -> Self::Route;
    fn nothing<T: Value>() -> Self::Route;
    fn store(sample: Arc<Sample>) -> Self::Route;
    fn write<T: Value>(changes: Changes<T>) -> Self::Route;
}

/// Makes the route of `handler` in the idiom `I`.
pub(super) fn route<I: Idiom>(handler: Handler) -> Result<I::Route, String> {
    Ok(match handler {
        Handler::Untouched => I::untouched(),
        Handler::Read(Kind::Login) => I::read::<Login>(),
        Handler::Read(Kind::Cart) => I::read::<Cart>(),
        Handler::Read(Kind::Oidc) => I::read::<Tokens>(),
        Handler::ReadBoth(Kind::Login) => I::read_both::<Login>(),
        Handler::ReadBoth(Kind::Cart) => I::read_both::<Cart>(),
        Handler::Read(Kind::Large) | Handler::ReadBoth(Kind::Oidc | Kind::Large) => {
            I::read_both::<Tokens>()
        }
        Handler::Beside(Kind::Login) => I::beside::<Login>(Changes::new()?),
        Handler::Beside(Kind::Cart) => I::beside::<Cart>(Changes::new()?),
        Handler::Beside(Kind::Oidc | Kind::Large) => I::beside::<Tokens>(Changes::new()?),
        Handler::Theme => I::theme(),
        Handler::Nothing(Kind::Login) => I::nothing::<Login>(),
        Handler::Nothing(Kind::Cart) => I::nothing::<Cart>(),
        Handler::Nothing(Kind::Oidc | Kind::Large) => I::nothing::<Tokens>(),
        Handler::Store(sample) => I::store(sample),
        Handler::Write(Kind::Login) => I::write::<Login>(Changes::new()?),
        Handler::Write(Kind::Cart) => I::write::<Cart>(Changes::new()?),
        Handler::Write(Kind::Oidc | Kind::Large) => I::write::<Tokens>(Changes::new()?),
    })
}
