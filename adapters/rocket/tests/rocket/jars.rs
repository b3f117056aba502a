//! Rocket's cookie jar: what its local client puts there, and what it must not let in.

use rocket::http::{Cookie, Header};
use rocket::local::blocking::Client;
use rocket::{get, post, routes};
use sealed_session_rocket::{
    CookieSpec, Error, Key, KeyRing, Session, SessionFairing, SessionManager,
};

use crate::forwards;
use crate::support::{Reply, bare, client, fairing, request, send, wide};

#[post("/grow")]
fn grow(session: Session) -> Result<(), Error> {
    let noise: Vec<u64> = (0..450_u64)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    session.insert("noise", noise)
}

#[post("/shrink")]
fn shrink(session: Session) -> Result<(), Error> {
    session.remove("noise")?;
    Ok(())
}

#[post("/sign-out")]
fn sign_out(session: Session) -> Result<(), Error> {
    session.destroy()
}

#[get("/refusal")]
fn refusal(session: Session) -> String {
    format!("{:?}", session.refusal())
}

#[test]
fn a_local_client_that_keeps_cookies_has_a_session() {
    let routes = routes![grow, shrink, sign_out, refusal];
    let app = forwards::app().mount("/", routes).attach(wide());
    let client = Client::tracked(app).unwrap();
    let get = |path| client.get(path).dispatch().into_string().unwrap();
    let post = |path| {
        let reply = Reply::of(client.post(path).dispatch());
        assert_eq!(reply.status, 200, "{path}");
        reply.set_cookies().len()
    };
    assert_eq!(get("/refusal"), "Some(Absent)");
    post("/write");
    assert_eq!(get("/read"), "Ada");
    assert_eq!(get("/refusal"), "None");

    // A second chunk comes, and goes.
    assert_eq!(post("/grow"), 2);
    assert_eq!(
        (get("/read"), get("/refusal")),
        ("Ada".to_owned(), "None".to_owned())
    );
    assert_eq!(post("/shrink"), 2);
    assert_eq!(
        (get("/read"), get("/refusal")),
        ("Ada".to_owned(), "None".to_owned())
    );

    post("/sign-out");
    assert_eq!(
        (get("/read"), get("/refusal")),
        ("nobody".to_owned(), "Some(Absent)".to_owned())
    );
    post("/write");
    assert_eq!(get("/read"), "Ada");
}

#[test]
fn cookies_of_a_local_request_come_from_its_jar_or_from_its_lines() {
    let client = client(
        forwards::app()
            .mount("/", routes![refusal])
            .attach(fairing()),
    );
    let line = send(&client, "POST", "/write", &[]).cookie();
    let cookie = Cookie::parse(line.clone()).unwrap();

    let of_jar = client
        .get("/read")
        .cookie(("theme", "dark"))
        .cookie(cookie.clone());
    assert_eq!(Reply::of(of_jar.dispatch()).body, "Ada");
    assert_eq!(send(&client, "GET", "/read", &[&line]).body, "Ada");

    // As a connection's are, if there is a line at all.
    let both = request(&client, "GET", "/refusal", &["theme=dark"]).cookie(cookie);
    assert_eq!(Reply::of(both.dispatch()).body, "Some(Absent)");
}

#[test]
fn clones_of_a_local_request_have_sessions_of_their_own() {
    let client = client(forwards::app().attach(fairing()));
    let request = client.post("/write");
    for _ in 0..2 {
        let reply = Reply::of(request.clone().dispatch());
        assert_eq!((reply.status, reply.set_cookies().len()), (200, 1));
    }
}

#[test]
fn a_development_profile_serves_a_local_client_that_names_its_host() {
    let cookie = CookieSpec::development("session");
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager = SessionManager::new(cookie, ring).unwrap();
    let app = bare().mount("/", routes![refusal]);
    let client = client(app.attach(SessionFairing::new(manager)));
    assert_eq!(
        send(&client, "GET", "/refusal", &[]).body,
        "Some(OffLoopback)"
    );
    let named = client
        .get("/refusal")
        .header(Header::new("Host", "localhost"));
    assert_eq!(Reply::of(named.dispatch()).body, "Some(Absent)");
}
