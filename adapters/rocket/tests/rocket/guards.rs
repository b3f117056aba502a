//! Routes that not everybody may see.

use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status, uri::Origin};
use rocket::local::blocking::Client;
use rocket::response::Redirect;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::adapter::Verdict;
use sealed_session_rocket::{
    Attribute, Error, Guard, Guarded, Policy, Refused, ReturnPath, Session, Slot,
};

use crate::support::{Reply, bare, client, fairing};

const ROLE: Attribute<String> = Attribute::new("role");

enum Members {}

impl Policy for Members {
    fn guard() -> Result<Guard, Error> {
        Guard::signed_in().or_redirect("/sign-in")
    }
}

enum Staff {}

impl Policy for Staff {
    fn guard() -> Result<Guard, Error> {
        Ok(Members::guard()?.attribute(ROLE, |role| role == "staff"))
    }
}

#[get("/orders/<_id>")]
fn order(_id: u32, _member: Guarded<Members>) -> &'static str {
    "an order"
}

#[get("/desk")]
fn desk(_staff: Guarded<Staff>) -> &'static str {
    "the desk"
}

/// What answers all that others leave, as a route for files does.
#[get("/<_..>", rank = 20)]
fn anything() -> &'static str {
    "a file"
}

#[get("/maybe")]
fn maybe(member: Option<Guarded<Members>>) -> &'static str {
    if member.is_some() {
        "a member"
    } else {
        "a visitor"
    }
}

#[get("/elsewhere")]
fn elsewhere(member: Option<Guarded<Members>>) -> Redirect {
    Redirect::to(if member.is_some() { "/in" } else { "/join" })
}

#[get("/why")]
fn why(staff: Result<Guarded<Staff>, Refused>) -> Result<&'static str, Status> {
    match staff {
        Ok(_) => Ok("come in"),
        Err(Refused::Verdict(Verdict::Forbidden)) => Ok("staff only"),
        Err(_) => Err(Status::Unauthorized),
    }
}

#[get("/sign-in")]
fn sign_in(session: Session, uri: &Origin<'_>) -> Result<Redirect, Error> {
    session.sign_in("ada", &[])?;
    let back = uri.query().map(|query| query.as_str());
    let back = back.and_then(ReturnPath::from_query);
    Ok(Redirect::to(
        back.map_or_else(|| "/home".to_owned(), String::from),
    ))
}

#[get("/promote")]
fn promote(session: Session) -> Result<(), Error> {
    session.insert(ROLE, "staff".to_owned())
}

#[catch(401)]
fn nobody() -> &'static str {
    "please sign in"
}

#[catch(403)]
async fn forbidden(request: &Request<'_>) -> String {
    let session = request.guard::<Session>().await.succeeded().unwrap();
    format!("{:?} may not", session.subject())
}

fn app() -> Rocket<Build> {
    let routes = routes![
        order, desk, anything, maybe, elsewhere, why, sign_in, promote
    ];
    bare()
        .mount("/shop", routes)
        .register("/", catchers![nobody, forbidden])
        .attach(fairing())
}

fn ask(client: &Client, path: &str, mode: &'static str, cookie: &str) -> Reply {
    let request = client.get(path.to_owned());
    let request = request.header(Header::new("sec-fetch-mode", mode));
    Reply::of(
        request
            .header(Header::new("cookie", cookie.to_owned()))
            .dispatch(),
    )
}

fn visit(client: &Client, path: &str, cookie: &str) -> Reply {
    ask(client, path, "navigate", cookie)
}

fn cookie(client: &Client, path: &str, cookie: &str) -> String {
    let reply = visit(client, path, cookie);
    reply
        .field("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_visitor_signs_in_and_comes_back() {
    let client = client(app());
    let reply = visit(&client, "/shop/orders/17?tab=2", "a=b");
    assert_eq!((reply.status, reply.body.as_str()), (303, ""));
    assert_eq!(
        reply.all("location"),
        ["/sign-in?next=/shop/orders/17%3Ftab%3D2"]
    );
    assert_eq!(reply.all("cache-control"), ["no-store"]);
    assert_eq!(reply.all("vary"), ["Cookie"]);
    assert!(reply.all("content-type").is_empty());
    assert!(reply.all("set-cookie").is_empty());

    let path = format!("/shop{}", reply.field("location").unwrap());
    let reply = visit(&client, &path, "a=b");
    assert_eq!(reply.field("location"), Some("/shop/orders/17?tab=2"));
    let cookie = cookie(&client, "/shop/sign-in", "a=b");
    assert_eq!(
        visit(&client, "/shop/orders/17?tab=2", &cookie).body,
        "an order"
    );
}

#[catch(default)]
fn page_for_all(status: Status, _: &Request<'_>) -> (Status, (ContentType, &'static str)) {
    (status, (ContentType::HTML, "<p>Something is different."))
}

#[test]
fn a_redirect_keeps_what_other_fairings_put_on_every_response() {
    let policy = || {
        AdHoc::on_response("A policy and an affinity", |_, response| {
            Box::pin(async move {
                response.set_raw_header("Content-Security-Policy", "default-src 'self'");
                response.set_raw_header("X-Request-Id", "17");
                response.adjoin_raw_header("Set-Cookie", "node=b; Path=/");
            })
        })
    };
    let shop = || bare().mount("/shop", routes![order]);
    let page = || catchers![page_for_all];
    for app in [
        shop().attach(policy()).attach(fairing()),
        shop().attach(fairing()).attach(policy()),
        shop()
            .register("/", page())
            .attach(policy())
            .attach(fairing()),
    ] {
        let reply = visit(&client(app), "/shop/orders/17", "a=b");
        assert_eq!((reply.status, reply.body.as_str()), (303, ""));
        assert_eq!(reply.all("location"), ["/sign-in?next=/shop/orders/17"]);
        assert_eq!(reply.all("content-security-policy"), ["default-src 'self'"]);
        assert_eq!(reply.all("x-request-id"), ["17"]);
        assert_eq!(reply.set_cookies(), ["node=b; Path=/"]);
        assert_eq!(reply.all("x-content-type-options"), ["nosniff"]);
        assert_eq!(reply.all("cache-control"), ["no-store"]);
        // What spoke of the page that is gone.
        assert_eq!(reply.field("content-type"), None);
    }
}

#[test]
fn catchers_answer_401_and_403_and_no_cache_stores_that() {
    let client = client(app());
    let reply = ask(&client, "/shop/orders/17", "cors", "a=b");
    assert_eq!((reply.status, reply.body.as_str()), (401, "please sign in"));
    assert_eq!(reply.all("cache-control"), ["no-store"]);
    assert_eq!(reply.all("vary"), ["Cookie"]);
    let member = cookie(&client, "/shop/sign-in", "a=b");
    let reply = visit(&client, "/shop/desk", &member);
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (403, "Some(\"ada\") may not")
    );
    assert_eq!(reply.all("cache-control"), ["no-store"]);
    assert_eq!(reply.field("location"), None);
    let staff = cookie(&client, "/shop/promote", &member);
    assert_eq!(visit(&client, "/shop/desk", &staff).body, "the desk");
}

#[test]
fn who_asks_for_an_option_answers_by_themselves() {
    let client = client(app());
    let member = cookie(&client, "/shop/sign-in", "a=b");
    let reply = visit(&client, "/shop/maybe", "a=b");
    assert_eq!((reply.status, reply.body.as_str()), (200, "a visitor"));
    assert_eq!(reply.all("vary"), ["Cookie"]);
    assert!(reply.all("cache-control").is_empty());
    assert_eq!(visit(&client, "/shop/maybe", &member).body, "a member");
    let reply = visit(&client, "/shop/elsewhere", "a=b");
    assert_eq!((reply.status, reply.all("location")), (303, vec!["/join"]));
    assert_eq!(
        visit(&client, "/shop/elsewhere", &member).all("location"),
        ["/in"]
    );
    assert_eq!(visit(&client, "/shop/why", &member).body, "staff only");
    let reply = ask(&client, "/shop/why", "cors", "a=b");
    assert_eq!(reply.status, 401);
}

#[test]
fn clones_of_a_local_request_are_apart() {
    let client = client(app());
    let request = client
        .get("/shop/orders/17")
        .header(Header::new("sec-fetch-mode", "navigate"));
    for _ in 0..2 {
        let reply = Reply::of(request.clone().dispatch());
        assert_eq!(reply.all("location"), ["/sign-in?next=/shop/orders/17"]);
    }
}

enum Elsewhere {}

impl Policy for Elsewhere {
    fn guard() -> Result<Guard, Error> {
        Guard::signed_in().or_redirect("https://id.example/")
    }
}

enum Office {}
impl Slot for Office {}

enum OfOffice {}

impl Policy for OfOffice {
    fn guard() -> Result<Guard, Error> {
        Ok(Guard::signed_in().of::<Office>())
    }
}

#[get("/elsewhere")]
fn of_elsewhere(_guard: Guarded<Elsewhere>) {}

#[get("/office")]
fn of_office(_guard: Guarded<OfOffice>) {}

#[get("/asks")]
async fn asks(asks: Asks) -> &'static str {
    asks.0
}

/// Asks for guards where no sentinel sees it.
struct Asks(&'static str);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Asks {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Asks, ()> {
        let office = request.guard::<Guarded<OfOffice>>().await;
        let elsewhere = request.guard::<Guarded<Elsewhere>>().await;
        let passes = office.is_success() || elsewhere.is_success();
        rocket::outcome::Outcome::Success(Asks(if passes { "passes" } else { "nobody passes" }))
    }
}

#[test]
fn rocket_does_not_launch_with_a_guard_that_cannot_work() {
    let fails = |rocket: Rocket<Build>| {
        let error = Client::untracked(rocket).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::SentinelAborts(_)));
    };
    fails(bare().mount("/", routes![order]));
    fails(bare().mount("/", routes![of_elsewhere]).attach(fairing()));
    fails(bare().mount("/", routes![of_office]).attach(fairing()));
    let client = client(bare().mount("/", routes![asks]).attach(fairing()));
    assert_eq!(visit(&client, "/asks", "a=b").body, "nobody passes");
}
