//! Proxies that ask an application whether a request to another one may pass, as docs/forward-auth.md
//! configures them: with what hands the touch on, and without.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use axum::routing::{Router, get};
use e2e::{Caddy, Certificate, Client, Curl, Failure, Nginx, Protocol, Site};
use sealed_session_axum::testing::ManualClock;
use sealed_session_axum::time::OffsetDateTime;
use sealed_session_axum::{Error, Key, KeyRing, Session, SessionLayer, SessionManager};
use tokio::net::TcpListener;

use crate::gate::gate;
use crate::page::{block, code_of, forward_auth};

/// A third of the default idle timeout.
const PAUSE: Duration = Duration::from_secs(600);

async fn sign_in(session: Session) -> Result<(), Error> {
    session.sign_in("ada", &[])
}

/// Sets a cookie of its own, and says which cookies came.
async fn behind(fields: HeaderMap) -> ([(header::HeaderName, &'static str); 1], String) {
    let cookies = fields.get_all(header::COOKIE).iter();
    let cookies: Vec<&str> = cookies.filter_map(|line| line.to_str().ok()).collect();
    ([(header::SET_COOKIE, "theme=dark")], cookies.join("; "))
}

pub(crate) async fn serve(app: Router) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app).into_future());
    Ok(address)
}

/// Both applications, and the clock of the sessions.
struct Applications {
    asked: SocketAddr,
    behind: SocketAddr,
    clock: Arc<ManualClock>,
    certificate: Certificate,
}

impl Applications {
    async fn start() -> Result<Applications, Failure> {
        let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
        let manager = SessionManager::new("session", KeyRing::new(Key::generate()?))?;
        let sessions = SessionLayer::new(manager).clock(clock.clone());
        let asked = gate().route("/sign-in", get(sign_in)).layer(sessions);
        Ok(Applications {
            asked: serve(asked).await?,
            behind: serve(Router::new().fallback(behind)).await?,
            clock,
            certificate: Certificate::new()?,
        })
    }

    /// Puts the addresses into a configuration of the page.
    fn addressed(&self, configuration: &str) -> String {
        configuration
            .replace("127.0.0.1:8080", &self.asked.to_string())
            .replace("127.0.0.1:9000", &self.behind.to_string())
    }

    /// Signs in, comes back every third of the idle timeout for four of them, and returns how often that
    /// went well.
    async fn visit(&self, site: Site) -> Result<usize, Failure> {
        let mut curl = Curl::new(Protocol::Http1, &self.certificate)?;
        let page = site.url(false, "/page?a=b");
        let reply = curl.get(&page).await?;
        assert_eq!(reply.status, Some(401), "{reply:?}");
        let sign_in = site.url(false, "/sign-in");
        assert_eq!(curl.get(&sign_in).await?.status, Some(200));
        for visit in 0..12 {
            self.clock.advance(PAUSE);
            let reply = curl.get(&page).await?;
            if reply.status != Some(200) {
                assert_eq!(reply.status, Some(401), "{reply:?}");
                return Ok(visit);
            }
            // What the application behind says to the browser arrives as well.
            assert_eq!(
                reply.body.contains("theme=dark"),
                visit > 0,
                "{}",
                reply.body
            );
        }
        Ok(12)
    }
}

#[test]
fn the_page_shows_the_route_that_runs_here() {
    assert!(forward_auth().contains(&code_of(include_str!("gate.rs"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_hands_the_touch_on() -> Result<(), Failure> {
    let applications = Applications::start().await?;
    let locations = applications.addressed(block(forward_auth(), "nginx"));
    let proxy = Nginx::start_locations(&applications.certificate, "", &locations)?;
    assert_eq!(applications.visit(proxy.site()).await?, 12);

    let told = "add_header Set-Cookie $touch always;";
    assert!(locations.contains(told));
    let stock = locations.replace(told, "");
    let proxy = Nginx::start_locations(&applications.certificate, "", &stock)?;
    assert_eq!(applications.visit(proxy.site()).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_hands_the_touch_on() -> Result<(), Failure> {
    let applications = Applications::start().await?;
    let page = applications.addressed(block(forward_auth(), "caddyfile"));
    let at = |page: &str, address: SocketAddr| {
        page.replace(
            "example.com",
            &format!("http://localhost:{}", address.port()),
        )
    };
    let proxy = Caddy::start(|address| at(&page, address))?;
    assert_eq!(applications.visit(proxy.site()).await?, 12);

    let told = "include Set-Cookie";
    assert!(page.contains(told));
    let stock = page.replace(told, "include X-Nothing");
    let proxy = Caddy::start(|address| at(&stock, address))?;
    assert_eq!(applications.visit(proxy.site()).await?, 2);
    Ok(())
}
