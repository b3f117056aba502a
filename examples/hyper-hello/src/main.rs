//! The smallest application on plain hyper with a session: sign in, leave a note, sign out.
//!
//! `cargo run -p hyper-hello`, and open the URL that it prints. A port behind that moves it.

#![forbid(unsafe_code)]

use std::convert::Infallible;

use http::header::LOCATION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use sealed_session_tower::{
    CookieSpec, Error, InHand, Key, KeyRing, Session, SessionLayer, SessionManager, adapter,
};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

/// What is inside of the layer. Its errors are responses: of a service that fails, nothing is sent.
async fn answer(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    Ok(route(request).await.unwrap_or_else(|error| {
        // Logs it, and says so if it is a mistake of ours.
        page(StatusCode::INTERNAL_SERVER_ERROR, &adapter::answer(&error))
    }))
}

async fn route(request: Request<Incoming>) -> Result<Response<String>, Error> {
    let session = request.extensions().get::<InHand>().cloned();
    let session =
        session.ok_or_else(|| Error::misuse("no session layer is around this service"))?;
    let (head, body) = request.into_parts();
    match (head.method, head.uri.path()) {
        (Method::GET, "/") => home(&session),
        (Method::POST, "/sign-in") => {
            // A real application asks for more than a name.
            session.sign_in(&field(body, "name").await, &[])?;
            Ok(to_home())
        }
        (Method::POST, "/note") if !session.is_live() => Ok(page(StatusCode::UNAUTHORIZED, "")),
        (Method::POST, "/note") => {
            session.insert("note", field(body, "text").await)?;
            Ok(to_home())
        }
        (Method::POST, "/sign-out") => {
            session.destroy()?;
            Ok(to_home())
        }
        _ => Ok(page(StatusCode::NOT_FOUND, "There is no such page.")),
    }
}

fn home(session: &Session) -> Result<Response<String>, Error> {
    let Some(name) = session.subject() else {
        return Ok(page(
            StatusCode::OK,
            "<p>Who are you?\
             <form action=/sign-in method=post><input name=name required> <button>Sign in</button></form>",
        ));
    };
    let note = session.get::<String>("note")?.unwrap_or_default();
    let text = format!(
        "<p>Hello, {}.<p>Your note: {}\
         <form action=/note method=post><input name=text> <button>Write</button></form>\
         <form action=/sign-out method=post><button>Sign out</button></form>",
        escaped(&name),
        escaped(&note),
    );
    Ok(page(StatusCode::OK, &text))
}

fn page(status: StatusCode, text: &str) -> Response<String> {
    let mut response = Response::new(text.to_owned());
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert("content-type", html);
    response
}

fn to_home() -> Response<String> {
    let mut response = page(StatusCode::SEE_OTHER, "");
    let home = HeaderValue::from_static("/");
    response.headers_mut().insert(LOCATION, home);
    response
}

/// A field of a form; empty if the form is none, or too long.
async fn field(body: Incoming, wanted: &str) -> String {
    let Ok(body) = Limited::new(body, 10_000).collect().await else {
        return String::new();
    };
    let body = body.to_bytes();
    let mut pairs = form_urlencoded::parse(&body);
    let found = pairs.find(|(name, _)| name == wanted);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn sessions() -> Result<SessionLayer, Error> {
    // A debug build serves plain http on this machine, in Safari, too. A release build serves https.
    let cookie = match cfg!(debug_assertions) {
        true => CookieSpec::development("hyper-hello"),
        false => CookieSpec::new("hyper-hello"),
    };
    // A fresh key with every start signs everybody out. A real application reads its key, by
    // `KeyRing::from_env("SESSION_KEYS")` for instance.
    let manager = SessionManager::new(cookie, KeyRing::new(Key::generate()?))?;
    Ok(SessionLayer::new(manager))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "read at the terminal")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On standard error: the URL goes to standard output.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let service = ServiceBuilder::new().layer(sessions()?).service_fn(answer);
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    println!("http://{}/", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            let connection = server.serve_connection(TokioIo::new(stream), service);
            // It fails when a client goes away, which is no news.
            let _ = connection.await;
        });
    }
}
