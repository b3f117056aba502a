//! Sessions in header fields and in links.

use std::time::Duration;

use rocket::http::Header;
use rocket::response::Redirect;
use rocket::shield::{Referrer, Shield};
use rocket::{Build, Rocket, get, post, routes};
use sealed_session_rocket::sealed_session::{Lifetime, Transport};
use sealed_session_rocket::{Error, Session, SessionFairing};

use crate::guards;
use crate::support::{Reply, builder, client, send};

#[test]
fn a_session_in_a_header_field_comes_and_goes() {
    let manager = builder().transport(Transport::header("x-session").or_cookie());
    let fairing = SessionFairing::new(manager.build().unwrap());
    let client = client(guards::app().attach(fairing));
    let asked = client.post("/write").header(Header::new("X-Session", ""));
    let written = Reply::of(asked.dispatch());
    let token = written.field("x-session").unwrap().to_owned();
    assert!(written.set_cookies().is_empty());
    assert_eq!(written.all("cache-control"), ["no-store"]);

    let read = client.get("/read").header(Header::new("X-Session", token));
    assert_eq!(Reply::of(read.dispatch()).body, "Ada");
    // Whoever does not ask gets a cookie.
    assert_eq!(send(&client, "POST", "/write", &[]).set_cookies().len(), 1);
}

#[post("/begin")]
fn begin(session: Session) -> Result<Redirect, Error> {
    session.insert("name", "Ada")?;
    Ok(Redirect::to(session.encode_url("/read")?.into_owned()))
}

#[get("/link")]
fn link(session: Session) -> Result<String, Error> {
    Ok(session.encode_url("/read?page=2#top")?.into_owned())
}

fn linked() -> Rocket<Build> {
    guards::app().mount("/", routes![begin, link])
}

#[test]
fn a_session_in_a_link_is_read_from_the_query_and_keeps_its_referrer() {
    let policy = Lifetime::new().idle(Duration::from_secs(600));
    let manager = builder().lifetime(policy);
    let manager = manager
        .transport(Transport::url_that_leaks("s"))
        .build()
        .unwrap();
    let fairing = || SessionFairing::new(manager.clone());
    let shield = || Shield::default().enable(Referrer::OriginWhenCrossOrigin);
    for app in [
        linked().attach(shield()).attach(fairing()),
        linked().attach(fairing()).attach(shield()),
    ] {
        let client = client(app);
        let begun = send(&client, "POST", "/begin", &[]);
        let target = begun.field("location").unwrap().to_owned();
        assert!(target.starts_with("/read?s=A"), "{target}");
        assert!(begun.set_cookies().is_empty());
        assert_eq!(begun.all("referrer-policy"), ["no-referrer"]);

        assert_eq!(send(&client, "GET", &target, &[]).body, "Ada");
        let link = target.replace("/read", "/link");
        let made = send(&client, "GET", &link, &[]).body;
        assert!(
            made.starts_with("/read?page=2&s=A") && made.ends_with("#top"),
            "{made}"
        );
    }
}
