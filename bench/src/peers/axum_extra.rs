//! `axum-extra`'s cookie jars: cookies and no sessions, so that a session is one JSON text in one
//! cookie.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::response::IntoResponseParts;
use axum::routing::{MethodRouter, get};
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SignedCookieJar};
use sealed_session_paths::value::{Changes, Value};
use serde::de::DeserializeOwned;

use super::attributes::{Page, failed, unexpected};
use super::handler::{DONE, Handler, Idiom, route};
use super::seen::seen;
use crate::beside::Beside;
use crate::{Sample, Theme, Tokens};

const COOKIE: &str = "session";

/// Serves handlers that seal their cookie by AES-256-GCM.
pub(super) fn private() -> impl Fn(Handler) -> Result<Router, String> {
    router::<PrivateCookieJar>()
}

/// Serves handlers that sign their cookie by HMAC-SHA256.
pub(super) fn signed() -> impl Fn(Handler) -> Result<Router, String> {
    router::<SignedCookieJar>()
}

fn router<J: Jar>() -> impl Fn(Handler) -> Result<Router, String> {
    let key = Key::generate();
    move |handler| {
        let router = Router::new().route("/", route::<TextIn<J>>(handler)?);
        Ok(router.with_state(key.clone()))
    }
}

/// What both jars can do.
trait Jar: FromRequestParts<Key> + IntoResponseParts + Send + 'static {
    fn find(&self) -> Option<Cookie<'static>>;
    fn with(self, cookie: Cookie<'static>) -> Self;
}

impl Jar for PrivateCookieJar {
    fn find(&self) -> Option<Cookie<'static>> {
        self.get(COOKIE)
    }

    fn with(self, cookie: Cookie<'static>) -> Self {
        self.add(cookie)
    }
}

impl Jar for SignedCookieJar {
    fn find(&self) -> Option<Cookie<'static>> {
        self.get(COOKIE)
    }

    fn with(self, cookie: Cookie<'static>) -> Self {
        self.add(cookie)
    }
}

/// The idiom: a session is a text in a jar.
struct TextIn<J>(PhantomData<J>);

impl<J: Jar> Idiom for TextIn<J> {
    type Route = MethodRouter<Key>;

    fn untouched() -> MethodRouter<Key> {
        get(async || DONE)
    }

    fn read<T: Value>() -> MethodRouter<Key> {
        get(async |jar: J| -> Page {
            seen(&session::<T>(&jar)?);
            Ok(DONE)
        })
    }

    fn read_both<T: Value>() -> MethodRouter<Key> {
        get(async |jar: J| -> Page {
            both::<T>(&jar)?;
            Ok(DONE)
        })
    }

    fn beside<T: Value>(changes: Changes<Theme>) -> MethodRouter<Key> {
        get(async move |jar: J| -> Page<_> {
            let mut both = both::<T>(&jar)?;
            if let Some(theme) = changes.next() {
                both.theme = theme.clone();
            }
            let text = serde_json::to_string(&both).map_err(failed)?;
            Ok((jar.with(Cookie::new(COOKIE, text)), DONE))
        })
    }

    fn theme() -> MethodRouter<Key> {
        get(async |jar: J| -> Page {
            seen(&session::<Beside<Tokens>>(&jar)?.theme);
            Ok(DONE)
        })
    }

    fn nothing<T: Value>() -> MethodRouter<Key> {
        get(async |jar: J| match jar.find() {
            Some(_) => unexpected(StatusCode::CONFLICT),
            None => Ok(DONE),
        })
    }

    fn store(sample: Arc<Sample>) -> MethodRouter<Key> {
        get(async move |jar: J| -> Page<_> {
            let text = sample.to_json().map_err(failed)?;
            Ok((jar.with(Cookie::new(COOKIE, text)), DONE))
        })
    }

    fn write<T: Value>(changes: Changes<T>) -> MethodRouter<Key> {
        get(async move |jar: J| -> Page<_> {
            let text = serde_json::to_string(&changes.next()).map_err(failed)?;
            Ok((jar.with(Cookie::new(COOKIE, text)), DONE))
        })
    }
}

/// Shows both attributes to the check.
fn both<T: Value>(jar: &impl Jar) -> Page<Beside<T>> {
    let both: Beside<T> = session(jar)?;
    seen(&both.value);
    seen(&both.theme);
    Ok(both)
}

fn session<T: DeserializeOwned>(jar: &impl Jar) -> Page<T> {
    let Some(cookie) = jar.find() else {
        return unexpected(StatusCode::NOT_FOUND);
    };
    serde_json::from_str(cookie.value()).map_err(failed)
}
