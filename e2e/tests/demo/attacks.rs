//! Forms of other pages, posted at the shop in the browser of somebody who is signed in there.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use e2e::{Browser, Failure, Shop};

use crate::visitor::{says, sign_in};

/// Serves a page whose form posts at a site of the shop. Its owner has a good token, of a visit of their own.
async fn evil(site: &str, token: &str) -> Result<SocketAddr, Failure> {
    let page = format!(
        "<form method=post action='{site}/cart/fill'>
         <input type=hidden name=csrf_token value='{token}'>
         <input type=hidden name=count value=66><button>Win a jug</button></form>"
    );
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(async || Html(page)));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Tries another site, a sibling host and another port, each with the token of the page that the visitor has.
pub(crate) async fn forms(browser: &Browser, shop: &Shop) -> Result<(), Failure> {
    // Of two names under `shop.localhost` each is the other's sibling: cookies go along with its forms.
    let sibling = shop.a_as("www.shop.localhost");
    for (site, host, relation) in [
        (shop.a(""), "localhost", "cross-site"),
        (shop.a(""), "127.0.0.1", "same-site"),
        (sibling, "evil.shop.localhost", "same-site"),
    ] {
        browser.open(&format!("{site}/sign-in")).await?;
        browser.fill("#name", "Ada").await?;
        browser.fill("#password", "porcelain").await?;
        browser.click("main form button").await?;
        says(browser, "You are signed in as Ada.").await?;
        browser.open(&format!("{site}/cart")).await?;
        let token =
            "return document.querySelector('[action=\"/cart/fill\"] [name=csrf_token]').value";
        let token = browser.run(token).await?;
        let token = token.as_str().ok_or("no token")?.to_owned();

        let theirs = evil(&site, &token).await?;
        let theirs = format!("http://{host}:{}/", theirs.port());
        browser.open(&theirs).await?;
        browser.click("button").await?;
        let refused = browser.address().await?;
        assert_eq!(refused, format!("{site}/cart/fill"), "{relation}");
        browser.open(&format!("{site}/cart")).await?;
        says(browser, "There is nothing in it yet").await?;

        // The same form of the shop's own page.
        browser.fill("#count", "66").await?;
        browser.click("form[action='/cart/fill'] button").await?;
        says(browser, "66 articles added to the cart.").await?;
        // And without its token.
        let bare = "document.querySelector('[action=\"/cart/empty\"] [name=csrf_token]').remove()";
        browser.run(bare).await?;
        browser.click("form[action='/cart/empty'] button").await?;
        browser.open(&format!("{site}/cart")).await?;
        says(browser, "66 lines").await?;
        browser.click("form[action='/cart/empty'] button").await?;
    }
    sign_in(browser, shop, "Ada", "porcelain").await
}
