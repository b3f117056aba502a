//! Form tokens in bodies of a service without a framework: bodies that break off, stop or say nothing.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response, header};
use http_body::{Body, Frame, SizeHint};
use sealed_session_tower::adapter::Foreign;
use sealed_session_tower::testing::Browser;
use sealed_session_tower::{
    CrossOrigin, FormBody, InHand, Key, KeyRing, PeekedBody, SessionLayer, SessionManager,
};
use tower::{Layer, Service, ServiceExt, service_fn};

type Data = &'static [u8];

/// A step of a body.
#[derive(Clone)]
enum Step {
    Data(Data),
    Trailers,
    BreaksOff,
    /// Nothing comes any more, and nobody says so.
    Stops,
}

/// A body that does this.
struct Script(std::vec::IntoIter<Step>);

impl Body for Script {
    type Data = Data;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Data>, &'static str>>> {
        if let [Step::Stops, ..] = self.0.as_slice() {
            return Poll::Pending;
        }
        Poll::Ready(match self.0.next() {
            None | Some(Step::Stops) => None,
            Some(Step::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Step::Trailers) => Some(Ok(Frame::trailers(HeaderMap::new()))),
            Some(Step::BreaksOff) => Some(Err("it broke off")),
        })
    }

    fn size_hint(&self) -> SizeHint {
        let data = self.0.as_slice().iter().map(|step| match step {
            Step::Data(data) => data.len() as u64,
            _ => 0,
        });
        SizeHint::with_exact(data.sum())
    }
}

/// The body that the inner service gets, which a script is the rest of.
enum Whole {
    Came(Script),
    Peeked(Box<PeekedBody<Whole>>),
}

impl Body for Whole {
    type Data = Data;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Data>, &'static str>>> {
        match self.get_mut() {
            Whole::Came(script) => Pin::new(script).poll_frame(context),
            Whole::Peeked(peeked) => Pin::new(&mut **peeked).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Whole::Came(script) => script.is_end_stream(),
            Whole::Peeked(peeked) => peeked.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Whole::Came(script) => script.size_hint(),
            Whole::Peeked(peeked) => peeked.size_hint(),
        }
    }
}

fn layer() -> SessionLayer {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    let policy = CrossOrigin::new().with_form_tokens();
    let builder = SessionManager::builder("session", ring).cross_origin(policy);
    SessionLayer::new(builder.build().unwrap())
}

/// A browser in which Ada is signed in, and a token of hers.
async fn ada() -> (Browser, String) {
    let mut browser = Browser::default();
    let token = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&token);
    let mut service = layer().layer(service_fn(move |request: Request<()>| {
        let session: &InHand = request.extensions().get().unwrap();
        session.sign_in("ada", &[]).unwrap();
        *told.lock().unwrap() = session.form_token().unwrap();
        async { Ok::<_, Infallible>(Response::new(String::new())) }
    }));
    let response = service
        .call(Request::get("/").body(()).unwrap())
        .await
        .unwrap();
    browser.keep(response.headers().get_all(header::SET_COOKIE));
    let token = token.lock().unwrap().clone();
    (browser, token)
}

fn posted<B>(browser: &Browser, body: B) -> Request<B> {
    Request::post("/")
        .header(header::COOKIE, browser.cookie())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
        .unwrap()
}

/// What arrives of a body, with the length that was foretold; or why it does not.
async fn arrives(browser: &Browser, steps: Vec<Step>) -> Result<(u64, String), Foreign> {
    let rebuild = |body: PeekedBody<Whole>| Whole::Peeked(Box::new(body));
    let inner = service_fn(async |request: Request<Whole>| {
        let mut body = pin!(request.into_body());
        let (foretold, mut said) = (body.size_hint().exact().unwrap_or_default(), String::new());
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            said += &match frame.map(Frame::into_data) {
                Ok(Ok(data)) => String::from_utf8(data.to_vec()).unwrap(),
                Ok(Err(_)) => "(trailers)".to_owned(),
                Err(error) => format!("({error})"),
            };
        }
        assert!(body.is_end_stream() || said.ends_with(')'));
        Ok::<_, Infallible>(Response::new(format!("{foretold} {said}")))
    });
    let service = layer().read_forms(rebuild).layer(inner);
    let request = posted(browser, Whole::Came(Script(steps.into_iter())));
    let response = service.oneshot(request).await.unwrap();
    match response.extensions().get::<Foreign>() {
        Some(reason) => Err(*reason),
        None => {
            let (foretold, said) = response.body().split_once(' ').unwrap();
            Ok((foretold.parse().unwrap(), said.to_owned()))
        }
    }
}

/// A text that lives for ever.
fn kept(text: String) -> Data {
    text.leak().as_bytes()
}

#[tokio::test]
async fn a_body_arrives_as_it_came() {
    let (browser, token) = ada().await;
    let text = format!("csrf_token={token}&name=Ada");
    let piece = |from: usize, to: usize| Step::Data(kept(text[from..to].to_owned()));
    let all = text.len();
    let long: Data = kept("x".repeat(100_000));
    let whole = Ok((all as u64, text.clone()));

    let pieces = (0..all).map(|at| piece(at, at + 1)).collect();
    assert_eq!(arrives(&browser, pieces).await, whole);
    // Empty frames are not kept, however many come.
    let mut empty = vec![Step::Data(b""); 100_000];
    empty.push(piece(0, all));
    assert_eq!(arrives(&browser, empty).await, whole);
    let trailed = vec![piece(0, all), Step::Trailers];
    assert_eq!(
        arrives(&browser, trailed).await,
        Ok((all as u64, format!("{text}(trailers)")))
    );
    // A token that is there already waits for nothing behind the first bytes, and what is behind them may break off.
    let rest = vec![piece(0, all), Step::Data(long), Step::BreaksOff];
    let arrived = arrives(&browser, rest).await.unwrap();
    assert_eq!(arrived.0, all as u64 + 100_000);
    assert!(arrived.1.ends_with("xxx(it broke off)"));
}

#[tokio::test]
async fn a_body_that_breaks_off_passes_with_a_token_that_had_ended() {
    let (browser, token) = ada().await;
    for (text, wanted) in [
        (format!("csrf_token={token}"), Err(Foreign::LateFormToken)),
        (
            format!("csrf_token={token}&"),
            Ok((55, format!("csrf_token={token}&(it broke off)"))),
        ),
        (String::new(), Err(Foreign::LateFormToken)),
    ] {
        let steps = vec![Step::Data(kept(text)), Step::BreaksOff];
        assert_eq!(arrives(&browser, steps).await, wanted);
    }
    assert_eq!(
        arrives(&browser, Vec::new()).await,
        Err(Foreign::NoFormToken)
    );
}

#[tokio::test]
async fn a_body_that_stops_keeps_its_own_request_waiting_and_reaches_nobody() {
    let (browser, token) = ada().await;
    let first = Step::Data(kept(format!("csrf_token={}", &token[..20])));
    let mut waits = Box::pin(arrives(&browser, vec![first, Step::Stops]));
    for _ in 0..3 {
        assert!(polled_once(&mut waits).await.is_pending());
    }
    drop(waits);
    let (browser, _) = ada().await;
    assert!(
        arrives(&browser, Vec::new()).await.is_err(),
        "others are answered"
    );
}

/// Polls once.
async fn polled_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context))).await
}

#[tokio::test]
async fn a_layer_that_reads_no_bodies_refuses_forms_and_knows_the_header_field() {
    let (browser, token) = ada().await;
    let inner =
        service_fn(async |_: Request<String>| Ok::<_, Infallible>(Response::new("in".to_owned())));
    let service = layer().layer(inner);
    let form = posted(&browser, format!("csrf_token={token}&name=Ada"));
    let response = service.clone().oneshot(form).await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(response.extensions().get(), Some(&Foreign::UnreadForm));

    let mut request = posted(&browser, String::new());
    request
        .headers_mut()
        .insert("x-csrf-token", token.parse().unwrap());
    assert_eq!(service.oneshot(request).await.unwrap().body(), "in");
    // No request is looked into unless a token is asked for.
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    let manager = SessionManager::new("session", ring).unwrap();
    let service = SessionLayer::new(manager).read_forms(Unasked);
    let inner =
        service_fn(async |_: Request<String>| Ok::<_, Infallible>(Response::new("in".to_owned())));
    let response = service
        .layer(inner)
        .oneshot(posted(&browser, String::new()))
        .await;
    assert_eq!(response.unwrap().body(), "in");
}

/// Fails the test if it is asked.
#[derive(Clone)]
struct Unasked;

impl FormBody<String> for Unasked {
    fn peek(&self, _: String) -> Option<sealed_session_tower::Peeking<String>> {
        panic!("nobody asks for a token")
    }
}
