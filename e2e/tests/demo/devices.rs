//! Where a visitor is signed in: signed out on one device, and refused there on every server.

use std::time::{Duration, Instant};

use e2e::{Browser, Failure, Folder, Redis, Shop};
use tokio::time::sleep;

use crate::caller::Caller;
use crate::walk::keys;

#[tokio::test]
async fn a_visitor_sees_where_they_are_signed_in_and_signs_a_phone_out() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let shop = Shop::start_together(&keys(&folder)?, &[])?;
    let phone = Caller::new()?;
    phone
        .post(&shop.b("/sign-in"), "password=clay&name=Ada".to_owned())
        .await?;
    let browser = Browser::start().await?;

    // A guard leads to the sign-in, and the sign-in back.
    browser.open(&shop.a("/devices")).await?;
    browser.fill("#name", "Ada").await?;
    browser.fill("#password", "clay").await?;
    browser.click("main form button").await?;
    let text = browser.text().await?;
    assert!(text.contains("Where you are signed in"), "{text}");
    assert!(
        text.contains("Chrome on Linux") && text.contains("This device"),
        "{text}"
    );
    browser.picture("devices").await?;

    browser.click(".devices form button").await?;
    let text = browser.text().await?;
    assert!(text.contains("is signed out."), "{text}");
    let page = phone.get(&shop.b("/session")).await?;
    assert!(page.contains("<code>revoked</code>"), "{page}");
    phone
        .post(&shop.b("/sign-in"), "password=clay&name=Ada".to_owned())
        .await?;

    // From the phone, everywhere else.
    phone
        .post(&shop.b("/devices/sign-out-others"), String::new())
        .await?;
    browser.open(&shop.a("/devices")).await?;
    let text = browser.text().await?;
    assert!(
        text.contains("You were signed out on this device"),
        "{text}"
    );
    browser.picture("signed-out-elsewhere").await?;
    let page = phone.get(&shop.a("/session")).await?;
    assert!(page.contains("demo:Ada"), "{page}");
    Ok(())
}

/// The time from the answer to a sign-out until every server refuses.
const A_SECOND: Duration = Duration::from_secs(1);

/// What a store that comes back takes: servers try again after two seconds at most, and one after the other writes
/// what was lost.
const A_WHILE: Duration = Duration::from_secs(15);

/// Signs in, and returns the visitor.
async fn signed_in(url: &str) -> Result<Caller, Failure> {
    let caller = Caller::new()?;
    let page = caller
        .post(url, "password=clay&name=Ada".to_owned())
        .await?;
    assert!(page.contains("You are signed in as Ada."), "{page}");
    Ok(caller)
}

/// Asks for a page until it has a text, and returns how long that took.
async fn until(
    caller: &Caller,
    url: &str,
    text: &str,
    limit: Duration,
) -> Result<Duration, Failure> {
    let begun = Instant::now();
    loop {
        let page = caller.get(url).await?;
        let took = begun.elapsed();
        if page.contains(text) {
            return Ok(took);
        }
        if took > limit {
            return Err(format!("{url} has no {text:?} after {took:?}: {page}").into());
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// The age in seconds of what a server knows.
fn age(health: &str) -> Option<u64> {
    let (_, rest) = health.split_once("known as of ")?;
    rest.split_once(" s ago")?.0.parse().ok()
}

/// The id of the one device that a page offers to sign out.
fn other(page: &str) -> Result<String, Failure> {
    let mut rest = page.split(r#"name="device" value=""#).skip(1);
    let (first, second) = (rest.next(), rest.next());
    assert!(second.is_none(), "{page}");
    let id = first.and_then(|rest| rest.split('"').next());
    Ok(id.ok_or("no other device")?.to_owned())
}

#[tokio::test]
async fn two_processes_share_sign_outs_and_go_on_without_the_store() -> Result<(), Failure> {
    const REVOKED: &str = "<code>revoked</code>";
    const ADA: &str = "demo:Ada";
    let folder = Folder::new()?;
    let keys = keys(&folder)?;
    let mut redis = Redis::start()?;
    let shop = Shop::start(&keys, &["--revocation", &redis.url()])?;
    let (a, b) = (shop.a("/session"), shop.b("/session"));
    // A new store remembers since this second. What is revoked in the same second counts as of the next one, and so
    // would end what begins in this one.
    sleep(A_SECOND).await;

    // One device, signed out at A, is refused at B.
    let laptop = signed_in(&shop.a("/sign-in")).await?;
    let phone = signed_in(&shop.a("/sign-in")).await?;
    let tablet = signed_in(&shop.b("/sign-in")).await?;
    until(&phone, &b, ADA, Duration::ZERO).await?;
    let device = other(&laptop.get(&shop.a("/devices")).await?)?;
    let form = format!("device={device}");
    laptop.post(&shop.a("/devices/sign-out"), form).await?;
    let took = until(&phone, &b, REVOKED, A_SECOND).await?;
    eprintln!("signed out at A, and refused at B after {took:?}");
    until(&tablet, &a, ADA, Duration::ZERO).await?;

    // All of the account, signed out at B. Sign-ins after that count at once, on both.
    phone
        .post(&shop.b("/sign-in"), "password=clay&name=Ada".to_owned())
        .await?;
    until(&phone, &a, ADA, Duration::ZERO).await?;
    laptop
        .post(&shop.b("/devices/sign-out-all"), String::new())
        .await?;
    for refused in [&phone, &tablet] {
        until(refused, &a, REVOKED, A_SECOND).await?;
        until(refused, &b, REVOKED, Duration::ZERO).await?;
    }
    for (caller, there) in [(&laptop, shop.b("/sign-in")), (&phone, shop.a("/sign-in"))] {
        caller
            .post(&there, "password=clay&name=Ada".to_owned())
            .await?;
        until(caller, &a, ADA, Duration::ZERO).await?;
        until(caller, &b, ADA, Duration::ZERO).await?;
    }

    // Without the store both go on, and say how old their knowledge is. Who was signed out stays out.
    redis.kill();
    sleep(3 * A_SECOND).await;
    for health in [shop.a("/healthz"), shop.b("/healthz")] {
        let text = tablet.get(&health).await?;
        assert!(text.contains("the store does not answer"), "{text}");
        assert!(age(&text).ok_or("no age")? >= 2, "{text}");
    }
    for session in [&a, &b] {
        until(&laptop, session, ADA, Duration::ZERO).await?;
        until(&tablet, session, REVOKED, Duration::ZERO).await?;
    }

    // Signed out meanwhile, at B. B knows, and A does not yet.
    let page = laptop
        .post(&shop.b("/devices/sign-out-others"), String::new())
        .await?;
    assert!(page.contains("as soon as it does"), "{page}");
    until(&phone, &b, REVOKED, Duration::ZERO).await?;
    until(&phone, &a, ADA, Duration::ZERO).await?;

    // The store comes back, and has lost everything. The servers write it again, and who starts anew reads it.
    redis.restart()?;
    until(&phone, &a, REVOKED, A_WHILE).await?;
    let more = Shop::start(&keys, &["--revocation", &redis.url()])?;
    for session in [a, b, more.a("/session"), more.b("/session")] {
        let session = &session;
        until(&laptop, session, ADA, Duration::ZERO).await?;
        until(&tablet, session, REVOKED, Duration::ZERO).await?;
        until(&phone, session, REVOKED, Duration::ZERO).await?;
    }
    Ok(())
}
