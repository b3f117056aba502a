//! A visitor walks through the servers of all frameworks with one cookie jar, or with one token.
//!
//! A cookie belongs to a host and not to a port, so the jar's cookies go to all of them.

use e2e::{Bearer, Certificate, Chromium, Client, Curl, Failure, Protocol};
use tokio::runtime::Runtime;

use crate::servers::{Place, Servers};

/// What every server says of the visitor: who it is, whether that is a session, a name and a cart
/// from the sign-in's slot, and the theme from that of the preferences.
const READ: &str = "/both/subject/refusal/get.name/get.cart/prefs:get.theme";

/// Signs in at the first place, reads at the second, writes at the third, reads at each, signs out
/// at the fourth, and is signed out at each. Preferences stay.
async fn round(client: &mut impl Client, places: [&Place; 4]) -> Result<(), Failure> {
    let [first, second, third, fourth] = places;
    let sign_in = "/both/put.name.Ada/sign-in.ada.name/prefs:put.theme.dark";
    let write = "/both/put.cart.books/prefs:put.theme.light";
    ask(client, first, "signing in", sign_in, "").await?;
    ask(client, second, "reading", READ, "ada,none,Ada,nothing,dark").await?;
    ask(client, third, "writing", write, "").await?;
    for place in places {
        let read = "ada,none,Ada,books,light";
        ask(client, place, "reading what was written", READ, read).await?;
        ask(client, place, "being signed in", "/live/subject", "ada").await?;
    }
    ask(client, fourth, "signing out", "/both/destroy", "").await?;
    for place in places {
        let read = "/both/subject/get.name/get.cart/prefs:get.theme";
        let gone = "nobody,nothing,nothing,light";
        ask(client, place, "reading after the sign-out", read, gone).await?;
        ask(client, place, "being signed out", "/maybe", "nobody").await?;
    }
    Ok(())
}

pub(crate) async fn ask(
    client: &mut impl Client,
    place: &Place,
    what: &str,
    path: &str,
    wanted: &str,
) -> Result<(), Failure> {
    let name = place.name;
    let reply = client.get(&place.site.url(client.is_tls(), path)).await;
    let reply = reply.map_err(|cause| format!("{what} at {name}: {cause}"))?;
    if reply.status != Some(200) || reply.body != wanted {
        return Err(format!("{what} at {name}: \"{wanted}\" was expected: {reply:?}").into());
    }
    Ok(())
}

/// Goes a round from each place, so that each framework has each part.
pub(crate) async fn walk(client: &mut impl Client, places: &[Place]) -> Result<(), Failure> {
    for first in 0..places.len() {
        let round_trip: Vec<&Place> = places.iter().cycle().skip(first).take(4).collect();
        let names: Vec<&str> = round_trip.iter().map(|place| place.name).collect();
        let order = <[&Place; 4]>::try_from(round_trip).map_err(|_| "four places are needed")?;
        let done = round(client, order).await;
        done.map_err(|cause| format!("{}: {cause}", names.join(", ")))?;
    }
    Ok(())
}

#[test]
fn curl_with_one_jar() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let servers = Servers::start(&certificate)?;
    let curl = &mut Curl::new(Protocol::Http1, &certificate)?;
    Runtime::new()?.block_on(async {
        walk(curl, &servers.places).await?;
        curl.speak(Protocol::Http2);
        walk(curl, &servers.places).await
    })?;
    servers.stop()
}

#[test]
fn chromium_with_one_profile() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let servers = Servers::start(&certificate)?;
    Runtime::new()?.block_on(async {
        let browser = &mut Chromium::new(Protocol::Http1).await?;
        walk(browser, &servers.places).await?;
        browser.speak(Protocol::Http2);
        walk(browser, &servers.places).await
    })?;
    servers.stop()
}

#[test]
fn curl_with_one_token() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let servers = Servers::start(&certificate)?;
    let app = &mut Bearer::new(Protocol::Http1, &certificate)?;
    Runtime::new()?.block_on(async {
        walk(app, &servers.places).await?;
        app.speak(Protocol::Http2);
        walk(app, &servers.places).await
    })?;
    servers.stop()
}
