//! What a page of another site can do to a visitor, in a real browser: nothing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::{Path, WebSocketUpgrade};
use axum::response::{Html, Response};
use axum::routing::{get, post};
use e2e::{Browser, Failure};
use sealed_session::{CookieSpec, Key, KeyRing, SameSite, SessionManager};
use sealed_session_axum::{Error, Session, SessionLayer};

async fn store(session: Session, Path(name): Path<String>) -> Result<String, Error> {
    session.insert("name", name.as_str())?;
    Ok(format!("Hello, {name}."))
}

async fn leave(session: Session) -> Result<&'static str, Error> {
    session.destroy()?;
    Ok("Goodbye.")
}

async fn who(session: Session) -> Result<String, Error> {
    Ok(session.get("name")?.unwrap_or_else(|| "nobody".to_owned()))
}

async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |_| {})
}

/// Writes a page with all that a page can do to the site at `target`.
fn page(target: &str) -> String {
    format!(
        "<form id=store method=post action='{target}/store/Eve'><button>Store</button></form>
         <form id=leave method=post action='{target}/leave'><button>Leave</button></form>
         <a id=link href='{target}/store/Eve'>Link</a>
         <p id=said></p>
         <script>
            const say = text => document.getElementById('said').textContent += text;
            const site = '{target}' || location.origin;
            const socket = new WebSocket(site.replace('http', 'ws') + '/socket');
            socket.onopen = () => say('socket opened. ');
            socket.onerror = () => say('socket failed. ');
         </script>"
    )
}

async fn serve(app: Router) -> Result<SocketAddr, Failure> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// A site on this machine, and a page of another site, that ends with the test.
struct Sites {
    ours: String,
    theirs: String,
}

impl Sites {
    async fn start(same_site: SameSite) -> Result<Sites, Failure> {
        let spec = CookieSpec::development("shop").same_site(same_site);
        let ring = KeyRing::new(Key::generate()?);
        let manager = SessionManager::builder(spec, ring).build()?;
        let app = Router::new()
            .route("/", get(async || Html(page(""))))
            .route("/store/{name}", get(store).post(store))
            .route("/leave", post(leave))
            .route("/who", get(who))
            .route("/socket", get(socket));
        let ours = serve(app.layer(SessionLayer::new(manager))).await?;
        let ours = format!("http://{ours}");
        let evil = page(&ours);
        let theirs = serve(Router::new().route("/", get(async || Html(evil)))).await?;
        // A name and an address are two sites.
        let theirs = format!("http://localhost:{}", theirs.port());
        Ok(Sites { ours, theirs })
    }

    /// Waits for what the page says of its socket.
    async fn socket(&self, browser: &Browser) -> Result<String, Failure> {
        for _ in 0..500 {
            let text = browser.text().await?;
            if let Some((_, said)) = text.split_once("socket ") {
                return Ok(said.trim().to_owned());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Err("the socket neither opens nor fails".into())
    }

    async fn who(&self, browser: &Browser) -> Result<String, Failure> {
        browser.open(&format!("{}/who", self.ours)).await?;
        browser.text().await
    }
}

#[tokio::test]
async fn another_site_ends_and_replaces_no_session() -> Result<(), Failure> {
    let browser = Browser::start().await?;
    for same_site in [SameSite::Lax, SameSite::Strict] {
        let sites = Sites::start(same_site).await?;

        // Forms and sockets of its own are the visitor's.
        browser.open(&sites.ours).await?;
        assert_eq!(sites.socket(&browser).await?, "opened.");
        browser.click("#store button").await?;
        assert_eq!(sites.who(&browser).await?, "Eve");
        browser.open(&format!("{}/store/Ada", sites.ours)).await?;
        assert_eq!(sites.who(&browser).await?, "Ada");

        for form in ["#store button", "#leave button"] {
            browser.open(&sites.theirs).await?;
            assert_eq!(sites.socket(&browser).await?, "failed.");
            browser.click(form).await?;
            assert!(!browser.text().await?.contains("Hello"), "{form}");
            assert_eq!(sites.who(&browser).await?, "Ada", "{same_site:?} {form}");
        }

        // A link brings `Lax` cookies along, and what its page stores is stored in their session.
        browser.open(&sites.theirs).await?;
        browser.click("#link").await?;
        assert_eq!(browser.text().await?, "Hello, Eve.");
        let after = match same_site {
            SameSite::Lax => "Eve",
            _ => "Ada",
        };
        assert_eq!(sites.who(&browser).await?, after);

        // And begins one, if it is a first visit.
        browser.delete("shop").await?;
        browser.open(&sites.theirs).await?;
        browser.click("#link").await?;
        let begun = match same_site {
            SameSite::Lax => "Eve",
            _ => "nobody",
        };
        assert_eq!(sites.who(&browser).await?, begun, "{same_site:?}");
        browser.open(&sites.ours).await?;
        browser.click("#leave button").await?;
    }
    Ok(())
}
