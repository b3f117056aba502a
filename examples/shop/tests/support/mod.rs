//! Support acts as a customer, and every page says so.

use crate::browser::Browser;
use crate::servers::{ring, servers};

/// What the header offers to staff.
const ENTRANCE: &str = r#"<li><a href="/support">"#;

const BANNER: &str = r#"class="acting""#;

#[tokio::test]
async fn staff_acts_as_a_customer_until_it_stops() {
    let (a, b) = servers(&ring());
    let mut staff = Browser::default();
    let form = "password=clay&name=support";
    staff.submit(&a, "/sign-in", form).await.has(ENTRANCE);
    for (name, fault) in [("support", "no customer"), ("+", "enter a name")] {
        let page = staff
            .submit(&a, "/support/act", &format!("name={name}"))
            .await;
        page.has("message error").has(fault).lacks(BANNER);
    }
    let page = staff.submit(&a, "/support/act", "name=Ada+%3Cb%3E").await;
    page.has("You see the shop as Ada &lt;b&gt; does.")
        .lacks(ENTRANCE);
    for path in ["/", "/catalogue", "/cart", "/session", "/nowhere"] {
        let page = staff.get(&b, path).await;
        page.has("<bdi>support</bdi> acts as <bdi>Ada &lt;b&gt;</bdi>.");
        page.has(r#"action="/support/stop""#);
    }
    // What is the customer's own business.
    for path in ["/order", "/devices", "/confirm", "/support"] {
        let page = staff.get(&a, path).await;
        page.status(403).has("You act as").has(BANNER);
    }
    for path in [
        "/order",
        "/devices/sign-out-all",
        "/confirm",
        "/support/act",
    ] {
        let form = "name=Eve&password=clay";
        staff.post(&b, path, form).await.status(403);
    }

    let page = staff.submit(&b, "/support/stop", "").await;
    page.has("You are support again.")
        .lacks(BANNER)
        .lacks("Ada");
    staff.get(&a, "/support").await.status(200);
    // The form may be sent twice, and the confirmation is forgotten.
    staff
        .submit(&a, "/support/stop", "")
        .await
        .has("You are support again.");
    staff.get(&a, "/order").await.status(303);
}

#[tokio::test]
async fn a_customer_acts_as_nobody() {
    let (a, _) = servers(&ring());
    let mut ada = Browser::default();
    ada.submit(&a, "/sign-in", "password=clay&name=Ada")
        .await
        .lacks(ENTRANCE);
    ada.get(&a, "/support")
        .await
        .status(403)
        .has("for the staff");
    ada.post(&a, "/support/act", "name=Eve").await.status(403);
    ada.get(&a, "/").await.has("Ada").lacks("Eve");
    let mut guest = Browser::default();
    guest.post(&a, "/support/stop", "").await.status(303);
    guest.post(&a, "/support/act", "name=Ada").await.status(303);
    guest.get(&a, "/").await.lacks("Ada");
}

#[tokio::test]
async fn a_sign_out_while_acting_is_one_of_the_person() {
    let (a, b) = servers(&ring());
    let (mut here, mut there) = (Browser::default(), Browser::default());
    for browser in [&mut here, &mut there] {
        let form = "password=clay&name=support";
        browser.submit(&a, "/sign-in", form).await;
    }
    const OTHER: &str = r#"name="device""#;
    here.get(&b, "/devices").await.has(OTHER);
    there.submit(&a, "/support/act", "name=Ada").await;
    there.submit(&b, "/sign-out", "").await.lacks(BANNER);
    here.get(&b, "/devices").await.lacks(OTHER);
}
