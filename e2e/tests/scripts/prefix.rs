//! A guard behind nginx, which cuts a prefix off, as docs/guards.md says it.

use std::process::Command;

use axum::extract::{RawQuery, Request};
use axum::response::Redirect;
use axum::routing::{Router, get};
use e2e::{Certificate, Failure, Folder, Nginx};
use sealed_session_axum::{
    Error, Guard, GuardLayer, Key, KeyRing, Session, SessionLayer, SessionManager, SignInPage,
};

use crate::forward_auth::serve;

fn sign_in_page() -> Result<SignInPage, Error> {
    SignInPage::new("/sign-in")?
        .below("/app")?
        .never_back_to("/office/sign-out")
}

async fn sign_in(session: Session, RawQuery(query): RawQuery) -> Result<Redirect, Error> {
    session.sign_in("ada", &[])?;
    let back = query.and_then(|query| sign_in_page().ok()?.way_back(&query));
    Ok(Redirect::to(
        &back.map_or_else(|| "/app/home".to_owned(), String::from),
    ))
}

fn app() -> Result<Router, Failure> {
    let guard = GuardLayer::new(Guard::signed_in().or_redirect_to(sign_in_page()?));
    // A router that cuts off a prefix of its own.
    let office = Router::new()
        .route(
            "/desk",
            get(async |request: Request| format!("{:?}", request.uri().query())),
        )
        .route(
            "/sign-out",
            get(async |session: Session| session.destroy().is_ok().to_string()),
        )
        .route_layer(guard);
    let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
    Ok(Router::new()
        .nest("/office", office)
        .route("/home", get(async || "home"))
        .route("/sign-in", get(sign_in))
        .layer(SessionLayer::new(manager)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_comes_back_to_where_the_browser_found_the_page() -> Result<(), Failure> {
    let (certificate, folder) = (Certificate::new()?, Folder::new()?);
    let upstream = serve(app()?).await?;
    let location = format!("location /app/ {{ proxy_pass http://{upstream}/; }}");
    let proxy = Nginx::start_locations(&certificate, "", &location)?;
    let query = r"page=2&raw=\`|";
    let page = format!("/app/office/desk?{query}");
    let shown = format!("{:?}", Some(query));
    let sign_in = "/app/sign-in?next=/app/office/sign-out";
    for (number, (asked, ends, says)) in [
        (page.as_str(), page.as_str(), shown.as_str()),
        ("/app/office/sign-out", "/app/home", "home"),
        (sign_in, "/app/home", "home"),
    ]
    .into_iter()
    .enumerate()
    {
        let jar = folder.write(&format!("jar{number}"), "")?;
        let output = Command::new("curl")
            .args([
                "--disable",
                "--silent",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "--location",
            ])
            .args([
                "--header",
                "Accept: text/html",
                "--write-out",
                "\n%{url_effective}",
            ])
            .arg("--cookie")
            .arg(&jar)
            .arg("--cookie-jar")
            .arg(&jar)
            .arg(proxy.site().url(false, asked))
            .output()?;
        let wanted = format!("{says}\n{}", proxy.site().url(false, ends));
        assert_eq!(String::from_utf8(output.stdout)?, wanted, "{asked}");
    }
    Ok(())
}
