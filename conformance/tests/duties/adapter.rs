//! An adapter by hand, straight on the core, that can forget one of its duties.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conformance::sealed_session::time::OffsetDateTime;
use conformance::sealed_session::{
    Error as SessionError, HeaderChange, HeaderFields, Refusal, RequestHead, ResponseHead, Sessions,
};
use conformance::{Catch, Harness, Missing, Server, Site, Support};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};
use tower::{ServiceExt, service_fn};

use crate::duty::Duty;
use crate::plain::{
    App, Body, Failed, answering, catching, empty, response, routes, segment, serve,
};

/// The code that the log names where a layer is missing.
const FIX: &str = "add the layer by hand";

/// How often a request lets others go first, where they meet in one session.
const TURNS: usize = 100;

/// The adapter, and what it forgets.
pub(crate) struct ByHand(pub(crate) Option<Duty>);

impl Harness for ByHand {
    fn name(&self) -> &'static str {
        "by hand"
    }

    fn support(&self) -> Support {
        Support::new(Missing::Logs(FIX))
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn Error + Send + Sync>> {
        let begun = site.clock().now();
        let forgotten = self.0;
        let shared = Arc::default();
        serve(move || {
            let layer = Layer {
                site: site.clone(),
                forgotten,
                begun,
                kept: match forgotten {
                    Some(Duty::CrossingRequestsAreApart) => Arc::clone(&shared),
                    _ => Arc::default(),
                },
            };
            layer.app()
        })
    }
}

/// The session layer of one connection.
#[derive(Clone)]
struct Layer {
    site: Site,
    forgotten: Option<Duty>,
    begun: OffsetDateTime,
    /// The sessions of a connection, or of whatever is under way, where requests are not kept apart.
    kept: Arc<Mutex<Option<Sessions>>>,
}

impl Layer {
    fn forgets(&self, duty: Duty) -> bool {
        self.forgotten == Some(duty)
    }

    fn app(self) -> App {
        let mut app = routes(self.site.clone());
        if !self.forgets(Duty::InnerErrorsAreCommitted) {
            app = answering(app);
        }
        if self.site.catch() == Catch::Inside {
            app = catching(app);
        }
        if self.site.layers() == 0 {
            app = self.clone().missing(app);
        }
        for _ in 0..self.site.layers() {
            app = self.clone().around(app);
        }
        if self.site.catch() == Catch::Outside {
            app = catching(app);
        }
        answering(app)
    }

    /// Tells of the layer that is not there, as an extractor would.
    fn missing(self, inner: App) -> App {
        App::new(service_fn(move |request: Request<Incoming>| {
            let asks = segment(request.uri().path()) != "plain";
            if asks && !self.forgets(Duty::MissingIsLogged) {
                tracing::error!(target: "sealed_session", "{FIX}");
            }
            inner.clone().oneshot(request)
        }))
    }

    fn around(self, inner: App) -> App {
        App::new(service_fn(move |request| {
            let (layer, inner) = (self.clone(), inner.clone());
            async move { layer.call(inner, request).await }
        }))
    }

    async fn call(
        self,
        inner: App,
        mut request: Request<Incoming>,
    ) -> Result<Response<Body>, Failed> {
        let is_second = request.extensions().get::<Sessions>().is_some();
        if is_second && !self.forgets(Duty::DoubledIsNoticed) {
            tracing::error!(target: "sealed_session", "two session layers");
            return Ok(empty(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let sessions = self.load(&request);
        if self.forgets(Duty::PassiveMarksEverySlot) && is_passive(&request) {
            sessions.main().mark_passive();
        }
        self.reroute(&mut request);
        if self.forgets(Duty::CrossingRequestsAreApart) {
            // Others come meanwhile.
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            *self.kept() = None;
        }
        let (method, cookies) = (request.method().clone(), request.headers().clone());
        let path = request.uri().path().to_owned();
        let lends = self.forgets(Duty::PanicsAreNotCommitted) && segment(&path) == "panic";
        let mut response = if lends {
            // Where no handle is dropped while the handler unwinds, the core notices nothing.
            let lent = Arc::new(sessions.clone());
            request.extensions_mut().insert(Arc::clone(&lent));
            let caught = AssertUnwindSafe(inner.oneshot(request))
                .catch_unwind()
                .await;
            caught.unwrap_or_else(|_| Ok(empty(StatusCode::INTERNAL_SERVER_ERROR)))?
        } else {
            let shared = match self.forgets(Duty::OneSessionIsShared) {
                true => self.load(&request),
                false => sessions.clone(),
            };
            request.extensions_mut().insert(shared);
            inner.oneshot(request).await?
        };
        if self.skips(&method, &path, &response) {
            return Ok(response);
        }
        if self.forgets(Duty::CommitIsAtTheHead) {
            let (parts, body) = response.into_parts();
            let whole = body.collect().await;
            let whole = whole.unwrap_or_else(|never| match never {}).to_bytes();
            response = Response::from_parts(parts, Full::from(whole).boxed());
        }
        let mut response = self.commit(&sessions, response);
        self.spoil(&sessions, &cookies, &mut response);
        Ok(response)
    }

    fn load(&self, request: &Request<Incoming>) -> Sessions {
        let mixes = [Duty::RequestsAreApart, Duty::CrossingRequestsAreApart];
        let mut kept = self.kept();
        if let Some(kept) = kept
            .as_ref()
            .filter(|_| mixes.map(Some).contains(&self.forgotten))
        {
            return kept.clone();
        }
        let lines = request.headers().get_all(header::COOKIE).iter();
        let lines: Vec<Vec<u8>> = lines.filter_map(|line| self.line(line)).collect();
        let most = match self.forgotten {
            Some(Duty::CookiesAreRead) => 0,
            Some(Duty::EveryLineIsRead) => 1,
            _ => usize::MAX,
        };
        let head = RequestHead::new(lines.iter().map(Vec::as_slice).take(most));
        let host = request.headers().get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let values = |name: &str| {
            let most = match self.forgotten {
                Some(Duty::FieldsAreLookedUp) => 0,
                Some(Duty::EveryFieldIsHandedOver) => 1,
                _ => usize::MAX,
            };
            request.headers().get_all(name).iter().take(most)
        };
        let fields: &HeaderFields<'_> =
            &|name, take| values(name).for_each(|value| take(value.as_bytes()));
        let head = head.fields(fields);
        let query = request.uri().query();
        let head = match query.filter(|_| !self.forgets(Duty::QueryIsTold)) {
            Some(query) => head.query(query),
            None => head,
        };
        let head = match host.filter(|_| !self.forgets(Duty::HostIsTold)) {
            Some(host) => head.host(host),
            None => head,
        };
        let sessions = self.site.slots().load(head, self.now());
        *kept = Some(sessions.clone());
        sessions
    }

    fn kept(&self) -> MutexGuard<'_, Option<Sessions>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> OffsetDateTime {
        match self.forgets(Duty::ClockIsTheGivenOne) {
            true => self.begun,
            false => self.site.clock().now(),
        }
    }

    /// A `Cookie` line, as a framework's cookie jar might have seen it.
    fn line(&self, line: &HeaderValue) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(line.as_bytes()).into_owned();
        Some(match self.forgotten {
            Some(Duty::LinesOfBytesAreRead) => line.to_str().ok()?.into(),
            Some(Duty::NothingIsDecoded) => text
                .replace("%5F", "_")
                .replace("%2D", "-")
                .replace("%41", "A")
                .into_bytes(),
            Some(Duty::NothingIsTrimmed) => {
                let pairs = text.split(';').map(str::trim);
                let trimmed = pairs.map(|pair| pair.replace('"', "").replace("__host", "__Host"));
                trimmed.collect::<Vec<_>>().join("; ").into_bytes()
            }
            _ => line.as_bytes().to_vec(),
        })
    }

    /// Sends the request to where extractors and marks are forgotten.
    fn reroute(&self, request: &mut Request<Incoming>) {
        let (from, to) = match self.forgotten {
            Some(Duty::PassiveIsMarked | Duty::PassiveMarksEverySlot) => ("/passive", "/plain"),
            Some(Duty::SlotsAreAsked) => ("/prefs", "/act"),
            Some(Duty::LiveIsAsked) => ("/live", "/act"),
            Some(Duty::MaybeIsAsked) => ("/maybe", "/plain/say.somebody"),
            _ => return,
        };
        let path = request.uri().path().replacen(from, to, 1);
        *request.uri_mut() = path.parse().expect("a path stays one");
    }

    fn skips(&self, method: &Method, path: &str, response: &Response<Body>) -> bool {
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

    fn commit(&self, sessions: &Sessions, mut answer: Response<Body>) -> Response<Body> {
        let given_up = answer.extensions_mut().remove::<SessionError>();
        let given_up = given_up.filter(SessionError::is_too_large);
        if let Some(error) = given_up.filter(|_| !self.forgets(Duty::TooLargeIsAbandoned)) {
            self.site.slots().abandon(sessions, &error);
            answer = self.page(&error, sessions);
        }
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
    fn spoil(&self, sessions: &Sessions, request: &http::HeaderMap, response: &mut Response<Body>) {
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

fn is_passive(request: &Request<Incoming>) -> bool {
    segment(request.uri().path()) == "passive"
}
