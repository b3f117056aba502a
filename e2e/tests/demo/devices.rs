//! Where a visitor is signed in: signed out on one device, and refused there on every server.

use e2e::{Browser, Failure, Folder, Shop};

use crate::caller::Caller;
use crate::walk::keys;

#[tokio::test]
async fn a_visitor_sees_where_they_are_signed_in_and_signs_a_phone_out() -> Result<(), Failure> {
    let folder = Folder::new()?;
    let shop = Shop::start_together(&keys(&folder)?)?;
    let phone = Caller::new()?;
    phone
        .post(&shop.b("/sign-in"), "name=Ada".to_owned())
        .await?;
    let browser = Browser::start().await?;

    // A guard leads to the sign-in, and the sign-in back.
    browser.open(&shop.a("/devices")).await?;
    browser.fill("#name", "Ada").await?;
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
        .post(&shop.b("/sign-in"), "name=Ada".to_owned())
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
