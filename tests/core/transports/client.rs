//! A client that keeps header fields, as an app without a cookie jar does.

use std::borrow::Cow;

use sealed_session::adapter::{HeaderChange, HeaderFields, HeadersMut, RequestHead, ResponseHead};
use sealed_session::{Error, Session, SessionManager};
use time::OffsetDateTime;

/// A request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) fields: Vec<(&'a str, &'a [u8])>,
    pub(crate) cookies: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(crate) fn with(fields: &[(&'a str, &'a str)]) -> Request<'a> {
        let bytes = |(name, value): &(&'a str, &'a str)| (*name, value.as_bytes());
        Request {
            fields: fields.iter().map(bytes).collect(),
            ..Request::default()
        }
    }

    pub(crate) fn cookies(mut self, line: &'a str) -> Request<'a> {
        self.cookies = line;
        self
    }

    pub(crate) fn load(&self, manager: &SessionManager, now: OffsetDateTime) -> Session {
        let fields: &HeaderFields<'_> = &|wanted, take| {
            let found = self.fields.iter().filter(|(name, _)| *name == wanted);
            found.for_each(|(_, value)| take(value));
        };
        let head = RequestHead::new([self.cookies.as_bytes()]);
        let mut head = head.method("GET").fields(fields);
        if let Some(query) = self.query {
            head = head.query(query);
        }
        if let Some(host) = self.host {
            head = head.host(host);
        }
        manager.load(head, now)
    }
}

/// What came back, one field a line: `name: value`.
pub(crate) fn answer(
    manager: &SessionManager,
    session: &Session,
    now: OffsetDateTime,
) -> Result<Vec<String>, Error> {
    answer_to(manager, session, ResponseHead::new(200), now)
}

pub(crate) fn answer_to<'a>(
    manager: &SessionManager,
    session: &Session,
    head: ResponseHead<'a, impl IntoIterator<Item = (&'a str, &'a [u8])>>,
    now: OffsetDateTime,
) -> Result<Vec<String>, Error> {
    let changes = manager.commit(session, head, now)?;
    Ok(lines(changes))
}

/// The changes of a response, as text.
pub(crate) fn lines(changes: Vec<HeaderChange>) -> Vec<String> {
    let mut lines = Lines(Vec::new());
    for change in changes {
        change.apply(&mut lines);
    }
    lines.0
}

struct Lines(Vec<String>);

impl HeadersMut for Lines {
    fn append(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
        self.0.push(format!("{name}: {value}"));
    }

    fn replace(&mut self, name: Cow<'static, str>, value: Cow<'static, str>, _: bool) {
        self.0.push(format!("{name}: {value}"));
    }

    fn remove(&mut self, name: &str) {
        self.0.push(format!("Remove({name})"));
    }
}

/// The value of a field of an answer.
pub(crate) fn value<'l>(lines: &'l [String], name: &str) -> Option<&'l str> {
    let pairs = lines.iter().filter_map(|line| line.split_once(": "));
    let mut found = pairs.filter(|(field, _)| *field == name);
    found.next().map(|(_, value)| value)
}

/// An app that keeps what `x-session` and `x-session-touch` say.
#[derive(Clone, Debug, Default)]
pub(crate) struct App {
    pub(crate) token: String,
    pub(crate) touch: Option<String>,
}

impl App {
    /// One request by `x-session`; returns the fields of its answer.
    pub(crate) fn visit(
        &mut self,
        manager: &SessionManager,
        now: OffsetDateTime,
        with: impl FnOnce(&Session),
    ) -> Vec<String> {
        let session = self.open(manager, now);
        with(&session);
        let lines = answer(manager, &session, now).unwrap();
        self.keep(&lines);
        lines
    }

    pub(crate) fn open(&self, manager: &SessionManager, now: OffsetDateTime) -> Session {
        let mut fields = vec![("x-session", self.token.as_str())];
        fields.extend(
            self.touch
                .as_deref()
                .map(|touch| ("x-session-touch", touch)),
        );
        Request::with(&fields).load(manager, now)
    }

    pub(crate) fn keep(&mut self, lines: &[String]) {
        if let Some(token) = value(lines, "x-session") {
            self.token = token.to_owned();
        }
        if let Some(touch) = value(lines, "x-session-touch") {
            self.touch = Some(touch.to_owned()).filter(|touch| !touch.is_empty());
        }
    }
}
