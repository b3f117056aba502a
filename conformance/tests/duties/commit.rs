//! The way out: which responses are committed, and how the core's changes are carried out.

use conformance::sealed_session::{
    Error as SessionError, HeaderChange, Refusal, ResponseHead, Sessions,
};
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

    pub(crate) fn commit(&self, sessions: &Sessions, mut answer: Response<Body>) -> Response<Body> {
        let now = match self.forgets(Duty::ClockIsReadForTheCommit) {
            true => sessions.main().loaded_at(),
            false => self.now(),
        };
        let slots = self.site.slots();
        let changes = slots.commit(sessions, self.head(&answer), now);
        let changes = match changes {
            Ok(changes) => changes,
            Err(_) if self.forgets(Duty::FailuresAreAnswered) => Vec::new(),
            Err(error) => {
                answer = self.page(&error, sessions);
                let again = slots.commit(sessions, self.head(&answer), now);
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
            self.apply(change, &mut answer);
        }
        answer
    }

    fn page(&self, error: &SessionError, sessions: &Sessions) -> Response<Body> {
        match self.site.page() {
            Some(page) if !self.forgets(Duty::FailuresAreAnsweredByThePage) => {
                response(page.reply(error, sessions.failed(error)))
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

    fn apply(&self, change: HeaderChange, response: &mut Response<Body>) {
        let fields = response.headers_mut();
        let value = |value: &str| HeaderValue::from_str(value).expect("the core writes values");
        match change {
            HeaderChange::Append { name, value: text } => {
                let is_line = name == "set-cookie";
                if self.forgets(Duty::EverySlotIsSent) && text.starts_with("__Host-prefs") {
                    return;
                }
                if self.forgets(Duty::RemovalsAreSent) && text.ends_with("; Max-Age=0") {
                    return;
                }
                let text = match self.forgets(Duty::LinesAreSentAsTheyAre) {
                    true => text.replace("; SameSite=Lax", "").into(),
                    false => text,
                };
                let instead = match is_line {
                    true => self.forgets(Duty::EveryLineIsSent),
                    false => self.forgets(Duty::AppendIsAppend),
                };
                let name = HeaderName::from_static(name);
                match instead {
                    true => drop(fields.insert(name, value(&text))),
                    false => drop(fields.append(name, value(&text))),
                }
            }
            HeaderChange::Replace { name, value: text } => {
                let name = HeaderName::from_static(name);
                if self.forgets(Duty::ReplaceIsReplace) {
                    fields.append(name, value(&text));
                } else if !self.forgets(Duty::ReplaceIsCarriedOut) {
                    fields.insert(name, value(&text));
                }
            }
            HeaderChange::Token { name, value: text } => {
                let is_dropped = match text.is_empty() {
                    true => self.forgets(Duty::EmptyTokensAreSent),
                    false => self.forgets(Duty::TokensAreSent),
                };
                let name = HeaderName::try_from(&*name).expect("the core knows names");
                if !is_dropped {
                    fields.insert(name, value(&text));
                }
            }
            HeaderChange::Remove { name } => {
                if !self.forgets(Duty::RemoveIsCarriedOut) {
                    fields.remove(name);
                }
            }
            other => panic!("the core learned to say {other:?}"),
        }
    }

    /// Adds what an adapter has no business to add.
    pub(crate) fn spoil(
        &self,
        sessions: &Sessions,
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
                if sessions
                    .main()
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
