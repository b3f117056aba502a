//! Sessions in links, beside Rocket's shield.

use std::time::Duration;

use rocket::response::Redirect;
use rocket::shield::{Referrer, Shield};
use rocket::{Build, Rocket, get, post, routes};
use sealed_session_rocket::{Error, Lifetime, Session, SessionFairing, Transport};

use crate::forwards;
use crate::support::{builder, client, send};

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
    forwards::app().mount("/", routes![begin, link])
}

#[test]
fn a_session_in_a_link_is_read_from_the_query_and_keeps_its_referrer() {
    let policy = Lifetime::new().with_idle_timeout(Duration::from_secs(600));
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
