//! A visitor walks through both servers of the demo in a real browser.

use std::path::PathBuf;
use std::time::Duration;

use e2e::{Browser, Failure, Folder, Shop};
use sealed_session::Key;

/// Writes a ring into a file that is gone with its folder.
pub(crate) fn keys(folder: &Folder) -> Result<PathBuf, Failure> {
    folder.write("keys", Key::generate()?.to_text().expose())
}

/// A desktop's window and a phone's.
const WINDOWS: [(u32, u32); 2] = [(1280, 800), (390, 844)];

const SIGN_OUT: &str = "form[action='/sign-out'] button";

/// The least width and height of what a finger presses, in pixels (WCAG 2.2, success criterion 2.5.5).
const TARGET: u32 = 44;

async fn names(browser: &Browser) -> Vec<String> {
    browser
        .cookies()
        .await
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

#[tokio::test]
async fn a_visitor_is_known_on_both_servers_and_after_a_restart() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let keys = keys(&folder)?;
    let mut shop = Shop::start(&keys, &[])?;
    let browser = Browser::start().await?;

    // Reading leaves no cookie.
    browser.open(&shop.a("/")).await?;
    assert!(
        browser
            .text()
            .await?
            .contains("This page came from server A.")
    );
    for (width, height) in WINDOWS {
        browser.view(width, height).await?;
        assert!(browser.shows(".steps li", 0).await?, "at {width}");
    }
    browser.picture("tour").await?;
    assert!(names(&browser).await.is_empty());
    for page in ["session", "cart"] {
        browser.open(&shop.a(&format!("/{page}"))).await?;
        let link = "main a[href='/catalogue']";
        assert!(
            browser.shows(link, 0).await?,
            "a way out of an empty {page}"
        );
        browser.picture(&format!("{page}-empty")).await?;
    }
    // A form needs a session, for its token.
    browser.click("main a[href='/catalogue']").await?;
    assert_eq!(names(&browser).await, ["shop"]);
    browser.picture("catalogue").await?;

    // A cart at A, and a name.
    browser.click("main form button").await?;
    assert_eq!(names(&browser).await, ["shop"]);
    browser.open(&shop.a("/")).await?;
    browser.click(".steps a[href='/sign-in']").await?;
    browser.picture("sign-in").await?;
    browser.fill("#name", "Ada <Lovelace>").await?;
    browser.fill("#password", "clay").await?;
    browser.click("main form button").await?;
    assert!(
        browser
            .text()
            .await?
            .contains("You are signed in as Ada <Lovelace>.")
    );

    // What was there before the sign-in is ended in this browser.
    assert_eq!(names(&browser).await, ["shop", "shop.x"]);

    for (width, height) in WINDOWS {
        browser.view(width, height).await?;
        for page in ["/", "/catalogue", "/cart", "/session", "/devices"] {
            browser.open(&shop.a(page)).await?;
            assert!(browser.shows(SIGN_OUT, TARGET).await?, "{page} at {width}");
        }
    }

    // Both at B, which has never heard of either.
    browser.open(&shop.a("/")).await?;
    browser.click(".steps a[rel='nofollow']").await?;
    let text = browser.text().await?;
    assert!(text.contains("This page came from server B.") && text.contains("Ada <Lovelace>"));
    browser.open(&shop.b("/cart")).await?;
    assert!(browser.text().await?.contains("1 line, 1 piece"));

    // A restart of both: the servers remember nothing, and the visitor is still signed in.
    shop.restart(&keys)?;
    for page in [shop.a("/cart"), shop.b("/cart")] {
        browser.open(&page).await?;
        let text = browser.text().await?;
        assert!(
            text.contains("Ada <Lovelace>") && text.contains("1 line, 1 piece"),
            "{text}"
        );
    }

    // 400 lines more, which take a second cookie. What they take is in sight.
    for (width, height) in WINDOWS {
        browser.view(width, height).await?;
        browser.fill("#count", "200").await?;
        browser.click("form[action='/cart/fill'] button").await?;
        assert!(browser.shows(".gauge", 0).await?, "at {width}");
        assert!(browser.shows(".count", 0).await?, "at {width}");
    }
    assert_eq!(names(&browser).await, ["shop", "shop.1", "shop.x"]);
    browser.open(&shop.a("/cart")).await?;
    assert!(browser.text().await?.contains("401 lines"));
    browser.picture("cart").await?;
    browser.open(&shop.a("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("6,500") && text.contains("cart"), "{text}");
    assert!(text.contains("0 cookies beside the session"), "{text}");
    assert!(text.contains("Plain stoneware jug"), "{text}");
    for (name, value) in browser.cookies().await? {
        assert!(text.contains(&value), "the sealed text of {name}: {text}");
    }
    // What others leave there counts in the request.
    for name in ["consent", "campaign"] {
        let line = format!("{name}={}; Path=/; SameSite=Lax", "x".repeat(2_000));
        browser.receive(&line).await?;
    }
    browser.open(&shop.a("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("2 cookies beside the session"), "{text}");
    assert!(text.contains("which is too many"), "{text}");
    browser.picture("session").await?;
    for name in ["consent", "campaign"] {
        browser.delete(name).await?;
    }

    // More than the budget: a page that says so, and the cart as it was.
    browser.open(&shop.b("/cart")).await?;
    let before = browser.cookies().await?;
    browser.fill("#count", "2000").await?;
    browser.click("form[action='/cart/fill'] button").await?;
    let text = browser.text().await?;
    assert!(text.contains("6,500"), "{text}");
    assert!(text.contains("Cart 401"), "{text}");
    browser.picture("oversize").await?;
    assert_eq!(browser.cookies().await?, before);
    browser.open(&shop.a("/cart")).await?;
    assert!(browser.text().await?.contains("401 lines"));

    // Emptied, the second cookie goes.
    browser.click("form[action='/cart/empty'] button").await?;
    assert_eq!(names(&browser).await, ["shop", "shop.x"]);

    // A changed cookie is refused with a reason for the developer, and not deleted.
    let value = browser.cookies().await?[0].1.clone();
    let other = if &value[60..61] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &value[..60], &value[61..]);
    browser.tamper("shop", &changed).await?;
    browser.open(&shop.b("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("tampered"), "{text}");
    browser.picture("refused").await?;
    assert_eq!(names(&browser).await, ["shop", "shop.x"]);
    browser.tamper("shop", &value).await?;

    // Signing out at B ends it at A, and leaves a tombstone that keeps it from coming back.
    browser.open(&shop.b("/")).await?;
    browser.click(SIGN_OUT).await?;
    assert_eq!(names(&browser).await, ["shop.x"]);
    browser.open(&shop.a("/")).await?;
    assert!(!browser.text().await?.contains("Ada"));
    Ok(())
}

/// The idle timeout of the servers that are watched, in seconds; they touch every ten.
const IDLE: &str = "20";

/// A little more than the touch interval.
const A_WHILE: Duration = Duration::from_millis(11_500);

/// A little more than the idle timeout.
const TOO_LONG: Duration = Duration::from_millis(21_500);

/// Signs in at server A, and returns the cookie once no more is written to it.
async fn sign_in(browser: &Browser, shop: &Shop, remembered: bool) -> Result<String, Failure> {
    browser.open(&shop.a("/sign-in")).await?;
    browser.fill("#name", "Ada").await?;
    browser.fill("#password", "clay").await?;
    if remembered {
        browser.tick("#remember").await?;
    }
    browser.click("main form button").await?;
    assert!(browser.text().await?.contains("You are signed in as Ada."));
    value(browser, "shop").await
}

async fn value(browser: &Browser, wanted: &str) -> Result<String, Failure> {
    let cookies = browser.cookies().await?;
    let found = cookies.into_iter().find(|(name, _)| name == wanted);
    Ok(found.ok_or("no such cookie")?.1)
}

#[tokio::test]
async fn a_session_is_kept_alive_by_touches_idles_out_and_stays_ended() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let keys = keys(&folder)?;
    let shop = Shop::start(&keys, &["--idle", IDLE])?;
    let browser = Browser::start().await?;
    let written = sign_in(&browser, &shop, false).await?;
    assert_eq!(names(&browser).await, ["shop", "shop.x"]);

    // Reading, on either server, for longer than the idle timeout.
    for page in [shop.b("/"), shop.a("/catalogue?page=2"), shop.b("/cart")] {
        tokio::time::sleep(A_WHILE).await;
        browser.open(&page).await?;
        assert!(browser.shows(SIGN_OUT, TARGET).await?, "{page}");
        assert_eq!(
            names(&browser).await,
            ["shop", "shop.t", "shop.x"],
            "{page}"
        );
        assert_eq!(value(&browser, "shop").await?, written, "{page}");
    }
    browser.open(&shop.a("/session")).await?;
    let text = browser.text().await?;
    assert!(text.contains("a touch cookie"), "{text}");
    browser.picture("renewed").await?;

    // Nobody comes for longer than that.
    tokio::time::sleep(TOO_LONG).await;
    for page in [shop.b("/session"), shop.a("/session")] {
        browser.open(&page).await?;
        let text = browser.text().await?;
        assert!(
            text.contains("idle_expired") && !text.contains("Sign out"),
            "{text}"
        );
    }
    browser.picture("idle").await?;
    let left = names(&browser).await;
    assert_eq!(
        left,
        ["shop", "shop.t", "shop.x"],
        "nothing is removed unasked"
    );

    // Signed in again, and out, after a touch.
    let written = sign_in(&browser, &shop, false).await?;
    let buried = "what had expired may be about to come back, too";
    assert_eq!(names(&browser).await, ["shop", "shop.x"], "{buried}");
    tokio::time::sleep(A_WHILE).await;
    browser.open(&shop.b("/")).await?;
    assert_eq!(names(&browser).await, ["shop", "shop.t", "shop.x"]);
    browser.click(SIGN_OUT).await?;
    assert_eq!(names(&browser).await, ["shop.x"]);

    // A response that was under way brings the session back, and it is over all the same.
    let line = format!("shop={written}; Path=/; HttpOnly; SameSite=Lax");
    browser.receive(&line).await?;
    for page in [shop.a("/session"), shop.b("/session")] {
        browser.open(&page).await?;
        assert_eq!(value(&browser, "shop").await?, written);
        let text = browser.text().await?;
        assert!(
            text.contains("destroyed") && !text.contains("Sign out"),
            "{text}"
        );
    }
    browser.picture("destroyed").await?;

    // It is no obstacle to a sign-in, which is to be remembered for longer than any browser runs.
    sign_in(&browser, &shop, true).await?;
    assert!(browser.is_lasting("shop").await?);
    tokio::time::sleep(TOO_LONG).await;
    browser.open(&shop.b("/session")).await?;
    let text = browser.text().await?;
    assert!(
        text.contains("yes, it outlives the browser") && text.contains("demo:Ada"),
        "{text}"
    );
    assert!(browser.is_lasting("shop.t").await?);
    browser.picture("remembered").await?;
    Ok(())
}
