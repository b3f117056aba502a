//! What a visitor does and reads in the browser.

use e2e::{Browser, Failure, Shop};

/// Signs in at server A, from the first page.
pub(crate) async fn sign_in(
    browser: &Browser,
    shop: &Shop,
    name: &str,
    password: &str,
) -> Result<(), Failure> {
    browser.open(&shop.a("/sign-in")).await?;
    browser.fill("#name", name).await?;
    browser.fill("#password", password).await?;
    browser.click("main form button").await?;
    says(browser, &format!("You are signed in as {name}.")).await
}

/// Fails if the page does not say this.
pub(crate) async fn says(browser: &Browser, wanted: &str) -> Result<(), Failure> {
    let text = browser.text().await?;
    match text.contains(wanted) {
        true => Ok(()),
        false => Err(format!("no {wanted:?} in {text}").into()),
    }
}

/// Fails if the page says this.
pub(crate) async fn lacks(browser: &Browser, unwanted: &str) -> Result<(), Failure> {
    let text = browser.text().await?;
    match text.contains(unwanted) {
        true => Err(format!("{unwanted:?} in {text}").into()),
        false => Ok(()),
    }
}
