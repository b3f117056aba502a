//! An adapter by hand, straight on the core, that can forget one of its duties: how it is put
//! together, and the way in.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conformance::sealed_session::Session;
use conformance::sealed_session::adapter::{
    self, FormCheck, FormReader, HeaderFields, RequestHead,
};
use conformance::sealed_session::time::OffsetDateTime;
use conformance::{Catch, Harness, Missing, Server, Site, Support, guards};
use futures_util::FutureExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Collected, Full};
use tower::{ServiceExt, service_fn};

use crate::duty::Duty;
use frameworks::plain::{
    App, Body, Failed, Incoming, answering, catching, empty, routes, segment, serve,
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
pub(crate) struct Layer {
    pub(crate) site: Site,
    pub(crate) forgotten: Option<Duty>,
    begun: OffsetDateTime,
    /// The session of a connection, or of whatever is under way, where requests are not kept apart.
    kept: Arc<Mutex<Option<Session>>>,
}

impl Layer {
    pub(crate) fn forgets(&self, duty: Duty) -> bool {
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
        if let Some(outer) = request.extensions().get::<Session>()
            && !self.forgets(Duty::DoubledIsNoticed)
        {
            let mistake = adapter::mistake(outer, "two session layers");
            drop(adapter::tell_mistake(&mistake));
            return Ok(empty(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let session = self.load(&request);
        if adapter::foreign(&session).is_some() && !self.forgets(Duty::ForeignIsAnswered) {
            return Ok(forbidden());
        }
        if self.forgets(Duty::FormsAreCheckedLast)
            && matches!(adapter::form_check(&session), FormCheck::Refused(_))
        {
            return Ok(forbidden());
        }
        if let Some(pending) = adapter::pending(&session)
            && !self.forgets(Duty::PendingIsAwaited)
        {
            pending.await;
        }
        if self.is_refused(&session, &mut request).await && !self.forgets(Duty::FormsAreChecked) {
            return Ok(forbidden());
        }
        if let Some(answer) = self.decide_at_once(&session, &mut request) {
            return Ok(answer);
        }
        if self.forgets(Duty::PassiveMarksEverySlot) && is_passive(&request) {
            session.mark_passive();
        }
        self.reroute(&mut request);
        let is_guarded = is_guarded(&request);
        self.hide(&mut request);
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
            let lent = Arc::new(session.clone());
            request.extensions_mut().insert(Arc::clone(&lent));
            let caught = AssertUnwindSafe(inner.oneshot(request))
                .catch_unwind()
                .await;
            caught.unwrap_or_else(|_| Ok(empty(StatusCode::INTERNAL_SERVER_ERROR)))?
        } else {
            let shared = match self.forgets(Duty::OneSessionIsShared) {
                true => self.load(&request),
                false => adapter::in_hand(&session),
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
        if is_guarded && self.forgets(Duty::GuardsAnswerInFull) {
            response.headers_mut().remove(header::CACHE_CONTROL);
        }
        let mut response = self.commit(&session, response).await;
        self.spoil(&session, &cookies, &mut response);
        Ok(response)
    }

    /// Looks for the form token, in the body if there is none in the head.
    async fn is_refused(&self, session: &Session, request: &mut Request<Incoming>) -> bool {
        let reader = match adapter::form_check(session) {
            FormCheck::Passes => return false,
            FormCheck::Refused(_) => return true,
            FormCheck::Reads(_) if self.forgets(Duty::FormsAreRead) => return true,
            FormCheck::Reads(reader) => reader,
        };
        // What an adapter may do, this one need not: it keeps the whole body.
        let body = request.body_mut().collect().await;
        let body = body.map(Collected::to_bytes).unwrap_or_default();
        let first = body.get(..FormReader::PEEK).unwrap_or(&body);
        let refused = reader.check(first, first.len() == body.len()).is_some();
        let kept = match self.forgets(Duty::FormsArriveWhole) {
            true => body.slice(first.len()..),
            false => body.clone(),
        };
        *request.body_mut() = Full::from(kept)
            .map_err(|never| match never {})
            .boxed_unsync();
        refused
    }

    fn load(&self, request: &Request<Incoming>) -> Session {
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
        let head = match self.forgets(Duty::MethodIsTold) {
            true => head,
            false => head.method(request.method().as_str()),
        };
        let head = match self.forgets(Duty::PathIsTold) {
            true => head,
            false => head.path(request.uri().path()),
        };
        let head = match host.filter(|_| !self.forgets(Duty::HostIsTold)) {
            Some(host) => head.host(host),
            None => head,
        };
        let session = self.site.manager().load(head, self.now());
        *kept = Some(session.clone());
        session
    }

    fn kept(&self) -> MutexGuard<'_, Option<Session>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
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

    /// Keeps from a guard what it asks of a request; behind it nobody asks for that.
    fn hide(&self, request: &mut Request<Incoming>) {
        if !is_guarded(request) {
            return;
        }
        match self.forgotten {
            Some(Duty::GuardsKnowTheMethod) => *request.method_mut() = Method::GET,
            Some(Duty::GuardsKnowTheTarget) => {
                let path = request.uri().path().to_owned();
                *request.uri_mut() = path.parse().expect("a path stays one");
            }
            Some(Duty::GuardsLookFieldsUp) => request.headers_mut().clear(),
            _ => {}
        }
    }

    /// Does what a guard does that waits for nothing.
    fn decide_at_once(
        &self,
        session: &Session,
        request: &mut Request<Incoming>,
    ) -> Option<Response<Body>> {
        let path = request.uri().path();
        if !self.forgets(Duty::GuardsAreAwaited) || segment(path) != "fresh" {
            return None;
        }
        let head = RequestHead::default().path(path);
        let verdict = guards::fresh().check(session, &head).ok()?;
        move_to(request, "/fresh/", "/act/");
        Some(empty(StatusCode::from_u16(verdict.status()?).ok()?))
    }

    /// Sends the request to where extractors and marks are forgotten.
    fn reroute(&self, request: &mut Request<Incoming>) {
        if self.forgets(Duty::GuardsAreAsked) && is_guarded(request) {
            let guarded = format!("/{}/", segment(request.uri().path()));
            move_to(request, &guarded, "/act/");
        }
        let (from, to) = match self.forgotten {
            Some(Duty::PassiveIsMarked | Duty::PassiveMarksEverySlot) => ("/passive", "/plain"),
            Some(Duty::GuardsKnowTheirSlot) => ("/themed", "/members"),
            Some(Duty::SlotsAreAsked) => ("/prefs", "/act"),
            Some(Duty::MessagesAreTaken) => ("/flashes", "/act"),
            Some(Duty::LiveIsAsked) => ("/live", "/act"),
            Some(Duty::MaybeIsAsked) => ("/maybe", "/plain/say.somebody"),
            _ => return,
        };
        move_to(request, from, to);
    }
}

/// Changes the beginning of the request's path.
fn move_to(request: &mut Request<Incoming>, from: &str, to: &str) {
    let uri = request.uri().to_string().replacen(from, to, 1);
    *request.uri_mut() = uri.parse().expect("a path stays one");
}

fn is_guarded(request: &Request<Incoming>) -> bool {
    ["members", "admins", "themed", "fresh", "confirmed"].contains(&segment(request.uri().path()))
}

fn is_passive(request: &Request<Incoming>) -> bool {
    segment(request.uri().path()) == "passive"
}

fn forbidden() -> Response<Body> {
    let mut answer = empty(StatusCode::FORBIDDEN);
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}
