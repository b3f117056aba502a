//! The handlers of axum's libraries that store attributes.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use sealed_session_paths::value::{Changes, Value};
use serde::Serialize;

use super::handler::{DONE, Idiom};
use super::seen::seen;
use crate::{Part, Sample, Theme};

/// A page, or the status and text of an error page.
pub(super) type Page<T = &'static str> = Result<T, (StatusCode, String)>;

/// Turns a library's error into a page that shows it.
pub(super) fn failed(error: impl ToString) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// Answers that there is no session, or one too many.
pub(super) fn unexpected<T>(status: StatusCode) -> Page<T> {
    Err((status, String::new()))
}

/// What a handler extracts to reach its session's attributes.
pub(super) trait Attributes: FromRequestParts<()> + Send + Sync + 'static {
    fn fetch<T: Value>(&self) -> impl Future<Output = Page<Option<T>>> + Send;
    fn put<T: Value>(&self, value: &T) -> impl Future<Output = Page<()>> + Send;
    fn put_part(&self, name: &str, part: Part<'_>) -> impl Future<Output = Page<()>> + Send;
}

/// The idiom of the libraries whose handlers extract an `S`.
pub(super) struct AttributesOf<S>(PhantomData<S>);

impl<S: Attributes> Idiom for AttributesOf<S> {
    type Route = MethodRouter;

    fn untouched() -> MethodRouter {
        get(async || DONE)
    }

    fn read<T: Value>() -> MethodRouter {
        get(async |session: S| found(session.fetch::<T>().await?))
    }

    fn read_both<T: Value>() -> MethodRouter {
        get(async |session: S| {
            found(session.fetch::<T>().await?)?;
            found(session.fetch::<Theme>().await?)
        })
    }

    fn beside<T: Value>(changes: Changes<Theme>) -> MethodRouter {
        get(async move |session: S| -> Page {
            found(session.fetch::<T>().await?)?;
            found(session.fetch::<Theme>().await?)?;
            if let Some(value) = changes.next() {
                session.put(value).await?;
            }
            Ok(DONE)
        })
    }

    fn theme() -> MethodRouter {
        Self::read::<Theme>()
    }

    fn nothing<T: Value>() -> MethodRouter {
        get(async |session: S| match session.fetch::<T>().await? {
            Some(_) => unexpected(StatusCode::CONFLICT),
            None => Ok(DONE),
        })
    }

    fn store(sample: Arc<Sample>) -> MethodRouter {
        get(async move |session: S| -> Page {
            for (name, part) in sample.parts() {
                session.put_part(name, part).await?;
            }
            Ok(DONE)
        })
    }

    fn write<T: Value>(changes: Changes<T>) -> MethodRouter {
        get(async move |session: S| -> Page {
            if let Some(value) = changes.next() {
                session.put(value).await?;
            }
            Ok(DONE)
        })
    }
}

fn found<T: Serialize>(value: Option<T>) -> Page {
    let Some(value) = value else {
        return unexpected(StatusCode::NOT_FOUND);
    };
    seen(&value);
    Ok(DONE)
}
