//! Defines the types that each adapter must own, because of the orphan rule: the extractors, and what is
//! answered where no session is.
//!
//! Owns all that these types do without the framework. Adapters write their documentation and implement
//! the framework's traits. The macros are no part of the public interface, and an adapter of somebody
//! else's may do without them.

/// Defines `Session` and `LiveSession` around the core's session, each for a slot.
#[doc(hidden)]
#[macro_export]
macro_rules! __extractors {
    (
        $(#[$session:meta])*
        pub struct Session;

        $(#[$live:meta])*
        pub struct LiveSession;

        type Missing = $Missing:ty;
    ) => {
        $(#[$session])*
        pub struct Session<S: $crate::Slot = $crate::Main> {
            session: $crate::Session,
            slot: ::core::marker::PhantomData<fn() -> S>,
        }

        $(#[$live])*
        pub struct LiveSession<S: $crate::Slot = $crate::Main>(Session<S>);

        impl<S: $crate::Slot> Session<S> {
            /// Hands out the session of this slot. `session` is that of any slot of the request.
            fn of(session: &$crate::Session) -> ::core::result::Result<Session<S>, $Missing> {
                let session = session.slot::<S>().map_err(<$Missing>::slot)?;
                ::core::result::Result::Ok(Session {
                    session: $crate::adapter::in_hand(&session),
                    slot: ::core::marker::PhantomData,
                })
            }

            /// Returns the session if the browser brought one.
            fn live(self) -> ::core::option::Option<LiveSession<S>> {
                self.is_live().then_some(LiveSession(self))
            }
        }

        /// Takes the main slot's session of the same request, for functions of your own that a guard's
        /// condition or the page for a failed commit calls with the session that it gets.
        impl ::core::convert::From<$crate::Session> for Session {
            fn from(session: $crate::Session) -> Session {
                let main = session.slot::<$crate::Main>();
                Session {
                    session: main.unwrap_or(session),
                    slot: ::core::marker::PhantomData,
                }
            }
        }

        impl<S: $crate::Slot> ::core::clone::Clone for Session<S> {
            fn clone(&self) -> Session<S> {
                Session {
                    session: self.session.clone(),
                    slot: ::core::marker::PhantomData,
                }
            }
        }

        impl<S: $crate::Slot> ::core::clone::Clone for LiveSession<S> {
            fn clone(&self) -> LiveSession<S> {
                LiveSession(self.0.clone())
            }
        }

        impl<S: $crate::Slot> ::core::fmt::Debug for Session<S> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.session, f)
            }
        }

        impl<S: $crate::Slot> ::core::fmt::Debug for LiveSession<S> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple("LiveSession").field(&self.0).finish()
            }
        }

        impl<S: $crate::Slot> ::core::ops::Deref for Session<S> {
            type Target = $crate::Session;

            fn deref(&self) -> &$crate::Session {
                &self.session
            }
        }

        impl<S: $crate::Slot> ::core::ops::Deref for LiveSession<S> {
            type Target = $crate::Session;

            fn deref(&self) -> &$crate::Session {
                &self.0
            }
        }
    };
}

/// Defines what an extractor fails with where no session is to be had. `$fix` names the line that an
/// application lacks.
#[doc(hidden)]
#[macro_export]
macro_rules! __missing {
    (
        $(#[$missing:meta])*
        pub struct $Missing:ident = $fix:literal;
    ) => {
        $(#[$missing])*
        #[derive(Clone, Debug)]
        pub struct $Missing {
            /// What is missing, and what to do.
            mistake: $crate::Error,
        }

        impl $Missing {
            /// Makes the failure of a request that nothing covers.
            pub(crate) fn everything() -> $Missing {
                $Missing {
                    mistake: $crate::Error::misuse($fix),
                }
            }

            /// Makes the failure of a request whose cover has no such slot.
            pub(crate) fn slot(mistake: $crate::Error) -> $Missing {
                $Missing { mistake }
            }
        }

        impl ::core::fmt::Display for $Missing {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.mistake, f)
            }
        }

        impl ::std::error::Error for $Missing {}
    };
}

/// Defines `NotLive`, for frameworks whose extractors fail with one type.
#[doc(hidden)]
#[macro_export]
macro_rules! __not_live {
    (
        $(#[$not_live:meta])*
        pub enum NotLive {
            $(#[$missing:meta])*
            $Missing:ident,
            $(#[$nobody:meta])*
            Nobody,
        }
    ) => {
        $(#[$not_live])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum NotLive {
            $(#[$missing])*
            $Missing($Missing),
            $(#[$nobody])*
            Nobody,
        }

        impl ::core::fmt::Display for NotLive {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    NotLive::$Missing(missing) => ::core::fmt::Display::fmt(missing, f),
                    NotLive::Nobody => f.write_str("the visitor has no session"),
                }
            }
        }

        impl ::std::error::Error for NotLive {}
    };
}

/// Defines `Flashes`, which takes the messages of a request.
#[doc(hidden)]
#[macro_export]
macro_rules! __flashes {
    (
        $(#[$flashes:meta])*
        pub struct Flashes;
    ) => {
        $(#[$flashes])*
        #[derive(Clone, Debug, Default)]
        pub struct Flashes(::std::vec::Vec<$crate::flash::Message>);

        impl ::core::ops::Deref for Flashes {
            type Target = [$crate::flash::Message];

            fn deref(&self) -> &[$crate::flash::Message] {
                &self.0
            }
        }

        impl ::core::iter::IntoIterator for Flashes {
            type Item = $crate::flash::Message;
            type IntoIter = ::std::vec::IntoIter<$crate::flash::Message>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'f> ::core::iter::IntoIterator for &'f Flashes {
            type Item = &'f $crate::flash::Message;
            type IntoIter = ::core::slice::Iter<'f, $crate::flash::Message>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }
    };
}
