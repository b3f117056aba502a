//! The way out: which responses are committed, and how the core's changes are carried out.

use std::borrow::Cow;

use conformance::sealed_session::adapter::{self, HeadersMut, ResponseHead};
use conformance::sealed_session::{Error as SessionError, Refusal, Session};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use hyper::body::Body as _;

use crate::adapter::Layer;
use crate::duty::Duty;
use frameworks::plain::{Body, empty, response, segment};

impl Layer {
    pub(crate) fn skips(&self, method: &Method, path: &str, response: &Response<Body>) -> bool {
        let status = response.status();
        match self.forgotten {
            Some(Duty::UntouchedIsCommitted) => matches!(segment(path), "plain" | "nowhere"),
            Some(Duty::ServerErrorsAreCommitted) => status.is_server_error(),
            Some(Duty::ClientErrorsAreCommitted) => status.is_client_error(),
            Some(Duty::NotFoundIsCommitted) => status == 404,
            Some(Duty::RedirectsAreCommitted) => status == 303,
            Some(Duty::NotModifiedIsCommitted) => status == 304,
            Some(Duty::NoContentIsCommitted) => status == 204,
            Some(Duty::HeadIsCommitted) => method == Method::HEAD,
            Some(Duty::OptionsIsCommitted) => method == Method::OPTIONS,
            Some(Duty::StreamsAreCommitted) => response.body().size_hint().exact().is_none(),
            _ => false,
        }
    }

    pub(crate) async fn commit(
        &self,
        session: &Session,
        mut answer: Response<Body>,
    ) -> Response<Body> {
        let now = match self.forgets(Duty::ClockIsReadForTheCommit) {
            true => session
                .times()
                .map_or_else(|| self.now(), |times| times.loaded_at),
            false => self.now(),
        };
        if let Some(pending) = adapter::pending_commit(session, self.head(&answer), now)
            && !self.forgets(Duty::CommitIsAwaited)
        {
            pending.await;
        }
        let manager = self.site.manager();
        let changes = manager.commit(session, self.head(&answer), now);
        let changes = match changes {
            Ok(changes) => changes,
            Err(_) if self.forgets(Duty::FailuresAreAnswered) => Vec::new(),
            Err(error) => {
                answer = self.page(&error, session);
                let again = manager.commit(session, self.head(&answer), now);
                let again = again.unwrap_or_default();
                match self.forgets(Duty::FailuresAreCommittedAgain) {
                    true => Vec::new(),
                    false => again,
                }
            }
        };
        if self.forgets(Duty::LinesOfTheAppStay) && !changes.is_empty() {
            answer.headers_mut().remove(header::SET_COOKIE);
        }
        for change in changes {
            let fields = answer.headers_mut();
            change.apply(&mut Fields {
                layer: self,
                fields,
            });
        }
        answer
    }

    fn page(&self, error: &SessionError, session: &Session) -> Response<Body> {
        match self.site.page() {
            Some(page) if !self.forgets(Duty::FailuresAreAnsweredByThePage) => {
                response(page.reply(error, &adapter::failed(session, error)))
            }
            _ => empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    fn head<'r>(
        &self,
        response: &'r Response<Body>,
    ) -> ResponseHead<'r, impl Iterator<Item = (&'r str, &'r [u8])>> {
        let status = match self.forgets(Duty::StatusIsTold) {
            true => 200,
            false => response.status().as_u16(),
        };
        let most = match self.forgets(Duty::FieldsAreTold) {
            true => 0,
            false => usize::MAX,
        };
        let fields = response.headers().iter().take(most);
        let fields = fields.map(|(name, value)| (name.as_str(), value.as_bytes()));
        ResponseHead::new(status).headers(fields)
    }

    /// Adds what an adapter has no business to add.
    pub(crate) fn spoil(
        &self,
        session: &Session,
        request: &HeaderMap,
        response: &mut Response<Body>,
    ) {
        const REMOVAL: &str = "__Host-session=; Path=/; Secure; HttpOnly; Max-Age=0";
        let fields = response.headers_mut();
        match self.forgotten {
            Some(Duty::NothingIsAdded) => {
                fields.insert(header::VARY, HeaderValue::from_static("Cookie"));
            }
            Some(Duty::RefusedCookiesStay)
                if session
                    .refusal()
                    .is_some_and(|refusal| refusal != Refusal::Absent) =>
            {
                fields.append(header::SET_COOKIE, HeaderValue::from_static(REMOVAL));
            }
            Some(Duty::ReadSessionsAreNotSent) => {
                let line = request
                    .get(header::COOKIE)
                    .and_then(|line| line.to_str().ok());
                let pair = line.and_then(|line| line.split("; ").next());
                let line = pair.map(|pair| format!("{pair}; Path=/; Secure; HttpOnly"));
                if let Some(line) = line.and_then(|line| line.parse().ok()) {
                    fields.append(header::SET_COOKIE, line);
                }
            }
            _ => {}
        }
    }
}

/// A response's fields, as a layer that may forget something changes them.
struct Fields<'l> {
    layer: &'l Layer,
    fields: &'l mut HeaderMap,
}

impl HeadersMut for Fields<'_> {
    fn append(&mut self, name: Cow<'static, str>, text: Cow<'static, str>, _: bool) {
        let forgets = |duty| self.layer.forgets(duty);
        let is_dropped = (forgets(Duty::EverySlotIsSent) && text.starts_with("__Host-prefs"))
            || (forgets(Duty::RemovalsAreSent) && text.ends_with("; Max-Age=0"));
        if is_dropped {
            return;
        }
        let text = match forgets(Duty::LinesAreSentAsTheyAre) {
            true => text.replace("; SameSite=Lax", "").into(),
            false => text,
        };
        let instead = match &*name {
            "set-cookie" => forgets(Duty::EveryLineIsSent),
            _ => forgets(Duty::AppendIsAppend),
        };
        let (name, value) = field(&name, &text);
        match instead {
            true => drop(self.fields.insert(name, value)),
            false => drop(self.fields.append(name, value)),
        }
    }

    fn replace(&mut self, name: Cow<'static, str>, text: Cow<'static, str>, is_secret: bool) {
        let forgets = |duty| self.layer.forgets(duty);
        let is_dropped = match (is_secret, text.is_empty()) {
            (true, true) => forgets(Duty::EmptyTokensAreSent),
            (true, false) => forgets(Duty::TokensAreSent),
            (false, _) => forgets(Duty::ReplaceIsCarriedOut),
        };
        let (name, value) = field(&name, &text);
        if !is_secret && forgets(Duty::ReplaceIsReplace) {
            self.fields.append(name, value);
        } else if !is_dropped {
            self.fields.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        if !self.layer.forgets(Duty::RemoveIsCarriedOut) {
            self.fields.remove(name);
        }
    }
}

fn field(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let name = HeaderName::try_from(name).expect("the core knows names");
    let value = HeaderValue::from_str(value).expect("the core writes values");
    (name, value)
}
