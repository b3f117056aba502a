//! Two rotations under load, and every server killed once: nobody is signed out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use e2e::{Certificate, Failure, Fleet, Folder, Haproxy, command};
use reqwest::Url;
use reqwest::cookie::CookieStore;
use sealed_session::adapter::{Clock, RequestHead, SystemClock};
use sealed_session::report::KeyId;
use sealed_session::{CookieSpec, KeyRing, SessionManager};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::caller::Caller;

const SERVERS: usize = 4;

const VISITORS: usize = 8;

/// Between two requests of a visitor. So all of them together send at most 200 a second.
const PAUSE: Duration = Duration::from_millis(40);

/// No server is idle for long, one that ended is left out within a tenth of a second, and what it was asked
/// and did not answer is asked of the next one. That is safe for posts as well: a cart lies in the request.
const BALANCED: &str = "balance roundrobin
    option redispatch 1
    retries 4
    retry-on all-retryable-errors
    option httpchk GET /healthz
    default-server check inter 100ms fall 1 rise 1";

/// How long a new key lies in the rings before it seals. Servers look every second, and take what they saw twice.
const LEAD: Duration = Duration::from_secs(10);

/// The longest lifetime that the shop permits.
const POLICY: &str = "idle=30m,absolute=12h,remembered=30d";

/// A visitor, and the articles in the cart that a page has shown.
struct Visitor {
    caller: Caller,
    site: String,
    name: String,
    articles: usize,
}

impl Visitor {
    fn new(site: &str, number: usize) -> Result<Visitor, Failure> {
        Ok(Visitor {
            caller: Caller::new()?,
            site: site.to_owned(),
            name: format!("Visitor {number}"),
            articles: 0,
        })
    }

    async fn post(&self, path: &str, form: String) -> Result<String, String> {
        self.caller
            .post(&format!("{}{path}", self.site), form)
            .await
    }

    async fn sign_in(&self) -> Result<(), String> {
        let page = self
            .post("/sign-in", format!("password=clay&name={}", self.name))
            .await?;
        page.contains(&format!("You are signed in as {}.", self.name))
            .then_some(())
            .ok_or(page)
    }

    /// Puts one article more into the cart.
    async fn add(&mut self) -> Result<(), String> {
        let next = self.articles + 1;
        self.post("/cart/add", format!("article={next}")).await?;
        self.articles = next;
        Ok(())
    }

    /// Looks into the cart, where everything has to be that was put there.
    async fn look(&self) -> Result<(), String> {
        let page = self.caller.get(&format!("{}/cart", self.site)).await?;
        let lines = match self.articles {
            1 => "1 line,".to_owned(),
            more => format!("{more} lines,"),
        };
        let is_here = page.contains(&self.name) && page.contains(&lines);
        is_here
            .then_some(())
            .ok_or_else(|| format!("{} with {lines} in {page}", self.name))
    }

    /// Returns the key under which the session in the browser was sealed.
    fn key(&self, ring: &Path) -> Result<Option<KeyId>, Failure> {
        let cookies = self.caller.jar.cookies(&Url::parse(&self.site)?);
        let line = cookies.ok_or("no cookies")?;
        let ring = KeyRing::from_file(ring)?;
        let manager = SessionManager::new(CookieSpec::development("shop"), ring)?;
        let request = RequestHead::new([line.as_bytes()]).host("127.0.0.1");
        Ok(manager.load(request, SystemClock.now()).sealed_under())
    }

    /// Visits until it is told to stop.
    async fn visit(mut self, stop: Arc<AtomicBool>) -> (Visitor, Result<usize, String>) {
        let mut requests = 0;
        while !stop.load(Ordering::Relaxed) {
            let done = match requests % 8 {
                0 => self.add().await,
                _ => self.look().await,
            };
            if let Err(cause) = done {
                return (self, Err(format!("request {requests}: {cause}")));
            }
            requests += 1;
            sleep(PAUSE).await;
        }
        (self, Ok(requests))
    }
}

/// Rotates the ring of the fleet, which gets it server by server, and waits until the new key seals.
async fn rotate(fleet: &Fleet, ring: &Path) -> Result<(), Failure> {
    let path = ring.to_str().ok_or("a path of the test")?;
    let lead = format!("{}s", LEAD.as_secs());
    command(&["rotate", path, "--policy", POLICY, "--lead", &lead])?;
    for at in 0..SERVERS {
        fleet.deploy(at, ring)?;
        sleep(Duration::from_millis(300)).await;
    }
    sleep(LEAD).await;
    Ok(())
}

#[tokio::test]
async fn two_rotations_and_four_killed_servers_sign_nobody_out() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let ring = folder.path().join("ring");
    command(&[
        "keygen",
        "--ring",
        ring.to_str().ok_or("a path of the test")?,
    ])?;
    let first = KeyRing::from_file(&ring)?.sealing_key(SystemClock.now());
    let mut fleet = Fleet::start(SERVERS, &ring)?;
    let certificate = Certificate::new()?;
    let proxy = Haproxy::start_before(&fleet.addresses(), &certificate, BALANCED)?;
    let site = format!("http://{}", proxy.site().plain);

    let stop = Arc::new(AtomicBool::new(false));
    let mut visits = JoinSet::new();
    for number in 1..=VISITORS {
        let visitor = Visitor::new(&site, number)?;
        visitor.sign_in().await?;
        assert_eq!(visitor.key(&ring)?, Some(first));
        visits.spawn(visitor.visit(Arc::clone(&stop)));
    }

    rotate(&fleet, &ring).await?;
    for at in 0..SERVERS {
        fleet.kill(at)?;
        sleep(Duration::from_millis(700)).await;
        fleet.restart(at)?;
        sleep(Duration::from_millis(500)).await;
    }
    rotate(&fleet, &ring).await?;
    // Every visitor writes once more.
    sleep(PAUSE * 40).await;
    stop.store(true, Ordering::Relaxed);

    let last = KeyRing::from_file(&ring)?;
    assert_eq!(last.keys().count(), 3);
    let last = last.sealing_key(SystemClock.now());
    assert_ne!(last, first);
    let mut total = 0;
    while let Some(ended) = visits.join_next().await {
        let (visitor, requests) = ended?;
        total += requests.map_err(|cause| format!("{}, {cause}", visitor.name))?;
        visitor.look().await?;
        assert_eq!(visitor.key(&ring)?, Some(last), "{}", visitor.name);
    }
    assert!(total > VISITORS * 50, "{total} requests are no load");
    for log in fleet.logs()? {
        assert!(!log.contains("session refused"), "{log}");
        assert_eq!(log.matches("key ring replaced").count(), 2, "{log}");
    }
    Ok(())
}
