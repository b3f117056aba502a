//! A visitor of examples/oidc signs in and out with a certified provider, in a real browser.

use std::time::Duration;

use e2e::{Browser, Failure, Oidc};

/// The one button of most of the provider's pages, or the first of two.
const GO_ON: &str = "button[type='submit']";

/// Seconds for which an access token is good: so few that each use refreshes it.
const SHORT: u32 = 5;

/// Longer than the application waits before it asks the provider for keys again.
const PAUSE: Duration = Duration::from_secs(6);

/// Fills in what the provider asks for, and agrees. The browser comes back by itself.
async fn log_in(browser: &Browser, name: &str) -> Result<(), Failure> {
    browser.fill("input[name='login']", name).await?;
    browser.fill("input[name='password']", "any").await?;
    browser.click(GO_ON).await?;
    browser.click(GO_ON).await
}

async fn sign_in(browser: &Browser, oidc: &Oidc, name: &str) -> Result<(), Failure> {
    browser.open(&oidc.here("/")).await?;
    browser.click("a[href='/sign-in']").await?;
    log_in(browser, name).await?;
    expect(browser, &format!("You are signed in as {name}")).await
}

/// Presses both buttons, here and at the provider.
async fn sign_out(browser: &Browser, oidc: &Oidc) -> Result<(), Failure> {
    browser.open(&oidc.here("/")).await?;
    browser.click("form[action='/sign-out'] button").await?;
    let page = browser.address().await?;
    assert!(
        page.starts_with(&oidc.there("/session/end?id_token_hint=")),
        "{page}"
    );
    browser.click(GO_ON).await?;
    assert_eq!(browser.address().await?, oidc.here("/"));
    expect(browser, "You are not signed in.").await
}

async fn expect(browser: &Browser, wanted: &str) -> Result<(), Failure> {
    let text = browser.text().await?;
    match text.contains(wanted) {
        true => Ok(()),
        false => Err(format!("{wanted} in {text}").into()),
    }
}

async fn expect_at(browser: &Browser, page: String, wanted: &str) -> Result<(), Failure> {
    browser.open(&page).await?;
    expect(browser, wanted).await
}

#[tokio::test]
async fn a_visitor_signs_in_and_out_with_a_certified_provider() -> Result<(), Failure> {
    let oidc = Oidc::start(SHORT)?;
    let browser = Browser::start().await?;
    sign_in(&browser, &oidc, "Ada").await?;
    browser.picture("oidc").await?;

    // A call with an access token, which is refreshed each time. The provider takes each refresh token once.
    for _ in 0..3 {
        expect_at(
            &browser,
            oidc.here("/profile"),
            "The provider calls you Ada",
        )
        .await?;
    }

    // The back button, through all that the browser remembers, and the provider's pages once more.
    browser.open(&oidc.here("/")).await?;
    for _ in 0..6 {
        browser.back().await?;
    }
    expect_at(&browser, oidc.here("/"), "You are signed in as Ada").await?;
    sign_out(&browser, &oidc).await?;

    // The provider's answer once more, by somebody who is signed in and by somebody who is not.
    let asked = browser.asked().await?;
    let answer = asked
        .iter()
        .rfind(|url| url.starts_with(&oidc.here("/callback?")));
    let answer = answer.ok_or("the browser brought no answer")?;
    assert!(answer.contains("&iss="), "{answer}");
    expect_at(&browser, answer.clone(), "This sign-in is over").await?;
    expect_at(&browser, oidc.here("/"), "You are not signed in").await?;
    sign_in(&browser, &oidc, "Ada").await?;
    expect_at(&browser, answer.clone(), "This sign-in is over").await?;
    expect_at(&browser, oidc.here("/"), "You are signed in as Ada").await?;
    sign_out(&browser, &oidc).await?;

    // Two tabs at once. The first one is to come back to the profile.
    browser.open(&oidc.here("/profile")).await?;
    browser.open_tab().await?;
    sign_in(&browser, &oidc, "Bob").await?;
    browser.close_tab().await?;
    log_in(&browser, "Cid").await?;
    assert_eq!(browser.address().await?, oidc.here("/profile"));
    expect(&browser, "The provider calls you Cid").await?;
    expect_at(&browser, oidc.here("/"), "You are signed in as Cid").await?;

    // The back channel: a sign-out at the provider, of which the browser tells the application nothing.
    browser.open(&oidc.there("/session/end")).await?;
    browser.click(GO_ON).await?;
    expect(&browser, "Sign-out Success").await?;
    expect_at(&browser, oidc.here("/"), "You are not signed in.").await?;
    let log = oidc.log()?;
    assert!(
        !log.contains("logout token refused") && !log.contains("Cid"),
        "{log}"
    );
    Ok(())
}

#[tokio::test]
async fn a_provider_may_be_away_have_new_keys_and_send_large_tokens() -> Result<(), Failure> {
    let mut oidc = Oidc::start(SHORT)?;
    let browser = Browser::start().await?;
    sign_in(&browser, &oidc, "Ada").await?;

    oidc.end_provider();
    expect_at(
        &browser,
        oidc.here("/profile"),
        "The identity provider does not answer.",
    )
    .await?;
    expect_at(&browser, oidc.here("/"), "You are signed in as Ada").await?;
    assert!(oidc.log()?.contains("no connection"));

    // It is back with other keys, and knows nobody. Who signs in now has a token of 6 KB.
    oidc.provide(SHORT)?;
    tokio::time::sleep(PAUSE).await;
    expect_at(&browser, oidc.here("/"), "You are signed in as Ada").await?;
    browser.open(&oidc.here("/sign-in")).await?;
    log_in(&browser, "large").await?;
    let text = browser.text().await?;
    assert!(text.contains("bytes in 3 cookies"), "{text}");
    expect_at(
        &browser,
        oidc.here("/profile"),
        "The provider calls you large",
    )
    .await?;
    sign_out(&browser, &oidc).await?;
    Ok(())
}
