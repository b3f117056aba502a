//! Rocket.

use std::error::Error as StdError;
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::sync::mpsc;

use conformance::{
    Doubled, Harness, Missing, OddBytes, Panics, Pieces, Prefs, Reply, Server, Site, Support,
    guards,
};
use rocket::config::{Config, LogLevel};
use rocket::data::{Data, ToByteUnit};
use rocket::fairing::AdHoc;
use rocket::futures::stream::{self, Iter};
use rocket::http::uri::Origin;
use rocket::http::{CookieJar, Header, Status};
use rocket::outcome::{Outcome, try_outcome};
use rocket::request::{self, FromRequest};
use rocket::response::stream::TextStream;
use rocket::response::{self, Redirect, Responder};
use rocket::tokio::runtime::Runtime;
use rocket::{Build, Request, Response, Route, State, catch, catchers};
use sealed_session_rocket::{
    Error, Flashes, Guard, Guarded, LiveSession, MissingFairing, Passive, Policy, Refused, Session,
    SessionFairing,
};

/// Rocket, with the fairing and the guards.
#[derive(Clone, Copy, Debug)]
pub struct Rocket;

impl Harness for Rocket {
    fn name(&self) -> &'static str {
        "Rocket"
    }

    fn support(&self) -> Support {
        let fix = ".attach(SessionFairing::new(manager))";
        Support::new(Missing::RefusesToStart(fix))
            .doubled(Doubled::RefusesToStart)
            .panics(Panics::AreAnswered)
            .odd_bytes(OddBytes::LoseTheirLine)
    }

    fn start(&self, site: Site) -> Result<Server, Box<dyn StdError + Send + Sync>> {
        let (sender, receiver) = mpsc::channel();
        let liftoff = AdHoc::on_liftoff("Where it listens", move |rocket| {
            let config = rocket.config();
            let told = sender.send((config.address, config.port));
            Box::pin(async move { told.expect("the harness waits") })
        });
        let runtime = Runtime::new()?;
        let ignited = runtime.block_on(app(site).attach(liftoff).ignite());
        // Its errors panic unless somebody looks.
        let ignited = ignited.map_err(|error| error.kind().to_string())?;
        runtime.spawn(ignited.launch());
        Ok(Server::new(receiver.recv()?.into(), runtime))
    }
}

fn app(site: Site) -> rocket::Rocket<Build> {
    let mut config = Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        log_level: LogLevel::Off,
        ..Config::debug_default()
    };
    config.shutdown.ctrlc = false;
    let mut app = rocket::custom(config)
        .mount("/", routes())
        .register("/", catchers![empty]);
    if site.has_fallback() {
        app = app.register("/", catchers![fallback]);
    }
    app = app.attach(AdHoc::on_response("Fails after", |request, response| {
        Box::pin(async move {
            if request.uri().path().starts_with("/after/") {
                *response = Response::build().status(Status::BadGateway).finalize();
            }
        })
    }));
    for _ in 0..site.layers() {
        let fairing = SessionFairing::new(site.manager()).clock(site.clock());
        app = app.attach(match site.page() {
            None => fairing,
            Some(page) => {
                fairing.on_commit_failure(move |error, session| Answer(page.reply(error, session)))
            }
        });
    }
    app.manage(site)
}

struct Answer(Reply);

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let Reply {
            status,
            headers,
            body,
            ..
        } = self.0;
        let mut response = Response::build();
        response.status(Status::new(status));
        for (name, value) in headers {
            response.header_adjoin(Header::new(name, value));
        }
        response.sized_body(body.len(), Cursor::new(body)).ok()
    }
}

/// Acts, and then fails.
struct FailsBefore;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for FailsBefore {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<FailsBefore, ()> {
        let site = request.rocket().state::<Site>().expect("it is managed");
        let session = request.guard::<Session>().await.succeeded();
        let session = session.expect("the fairing is attached");
        let status = match site.act(&session, request.uri().path().as_str()) {
            Ok(_) => Status::BadGateway,
            Err(_) => Status::InternalServerError,
        };
        Outcome::Error((status, ()))
    }
}

/// A guard of the app's own, which asks for both slots. With those of the adapter as its parameters, a
/// route would keep every app from starting that has one slot only.
struct Both {
    main: Session,
    prefs: Session<Prefs>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Both {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Both, MissingFairing> {
        let main = try_outcome!(request.guard::<Session>().await);
        let prefs = try_outcome!(request.guard::<Session<Prefs>>().await);
        Outcome::Success(Both { main, prefs })
    }
}

/// Asks for the messages, for the same reason.
struct Shown(Flashes);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Shown {
    type Error = MissingFairing;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Shown, MissingFairing> {
        request.guard::<Flashes>().await.map(Shown)
    }
}

enum Members {}

impl Policy for Members {
    fn guard() -> Result<Guard, Error> {
        guards::members()
    }
}

enum Admins {}

impl Policy for Admins {
    fn guard() -> Result<Guard, Error> {
        guards::admins()
    }
}

enum Themed {}

impl Policy for Themed {
    fn guard() -> Result<Guard, Error> {
        guards::themed()
    }
}

enum Fresh {}

impl Policy for Fresh {
    fn guard() -> Result<Guard, Error> {
        Ok(guards::fresh())
    }
}

enum Confirmed {}

impl Policy for Confirmed {
    fn guard() -> Result<Guard, Error> {
        guards::confirmed()
    }
}

/// Asks for a guard of the other slot, for the same reason as [`Both`].
struct IsThemed;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IsThemed {
    type Error = Refused;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<IsThemed, Refused> {
        request.guard::<Guarded<Themed>>().await.map(|_| IsThemed)
    }
}

/// Asks for a guard that only some managers have an answer for.
struct IsFresh;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IsFresh {
    type Error = Refused;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<IsFresh, Refused> {
        request.guard::<Guarded<Fresh>>().await.map(|_| IsFresh)
    }
}

/// Catchers make Rocket's pages; these say nothing.
#[catch(default)]
fn empty(status: Status, _: &Request<'_>) -> (Status, ()) {
    (status, ())
}

#[catch(404)]
async fn fallback(request: &Request<'_>) -> Result<Answer, Error> {
    let site = request.rocket().state::<Site>().expect("it is managed");
    let session = request.guard::<Session>().await.succeeded();
    let session = session.expect("the fairing is attached");
    let mut reply = site.act(&session, request.uri().path().as_str())?;
    reply.status = 404;
    Ok(Answer(reply))
}

/// Rocket has a route for each method, and answers HEAD by that of GET.
fn routes() -> Vec<Route> {
    [
        get::routes(),
        post::routes(),
        put::routes(),
        options::routes(),
        rocket::routes![received],
    ]
    .concat()
}

#[rocket::post("/body", data = "<body>")]
async fn received(site: &State<Site>, body: Data<'_>) -> Result<Answer, Status> {
    let body = body.open(2.mebibytes()).into_bytes().await;
    let body = body.map_err(|_| Status::BadRequest)?;
    Ok(Answer(site.received(&body)))
}

macro_rules! routes_of {
    ($module:ident, $method:ident) => {
        mod $module {
            use super::*;

            pub(super) fn routes() -> Vec<Route> {
                rocket::routes![
                    act, plain, early, before, after, redirect, streams, panics, foreign, maybe,
                    live, prefs, both, flashes, passive, members, admins, themed, fresh, confirmed
                ]
            }

            #[rocket::$method("/act/<_..>")]
            fn act(
                site: &State<Site>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/plain/<_..>")]
            fn plain(site: &State<Site>, uri: &Origin<'_>) -> Answer {
                Answer(site.plain(uri.path().as_str()))
            }

            #[rocket::$method("/early/<_..>")]
            fn early(
                site: &State<Site>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Status, Error> {
                site.act(&session, uri.path().as_str())?;
                Ok(Status::Forbidden)
            }

            #[rocket::$method("/before/<_..>")]
            fn before(_fails: FailsBefore) {}

            #[rocket::$method("/after/<_..>")]
            fn after(
                site: &State<Site>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/redirect/<_..>")]
            fn redirect(
                site: &State<Site>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Redirect, Error> {
                site.act(&session, uri.path().as_str())?;
                Ok(Redirect::to("/plain"))
            }

            #[rocket::$method("/stream/<_..>")]
            fn streams(
                site: &State<Site>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<TextStream<Iter<Pieces>>, Error> {
                site.act(&session, uri.path().as_str())?;
                Ok(TextStream::from(stream::iter(site.pieces(&session))))
            }

            #[rocket::$method("/panic/<_..>")]
            fn panics(site: &State<Site>, session: Session, uri: &Origin<'_>) {
                site.panic(&session, uri.path().as_str())
            }

            #[rocket::$method("/foreign/<_..>")]
            fn foreign(
                site: &State<Site>,
                session: Session,
                jar: &CookieJar<'_>,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                jar.add(("theirs", "1"));
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/maybe")]
            fn maybe(site: &State<Site>, session: Option<LiveSession>) -> Answer {
                Answer(site.greet(session.as_deref()))
            }

            #[rocket::$method("/live/<_..>")]
            fn live(
                site: &State<Site>,
                session: LiveSession,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/prefs/<_..>")]
            fn prefs(site: &State<Site>, both: Both, uri: &Origin<'_>) -> Result<Answer, Error> {
                Ok(Answer(site.act(&both.prefs, uri.path().as_str())?))
            }

            #[rocket::$method("/both/<_..>")]
            fn both(site: &State<Site>, both: Both, uri: &Origin<'_>) -> Result<Answer, Error> {
                let Both { main, prefs } = both;
                Ok(Answer(site.act_both(&main, &prefs, uri.path().as_str())?))
            }

            #[rocket::$method("/flashes/<_..>")]
            fn flashes(site: &State<Site>, shown: Shown, uri: &Origin<'_>) -> Answer {
                Answer(site.show(&shown.0, uri.path().as_str()))
            }

            #[rocket::$method("/members/<_..>")]
            fn members(
                site: &State<Site>,
                _guard: Guarded<Members>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/admins/<_..>")]
            fn admins(
                site: &State<Site>,
                _guard: Guarded<Admins>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/themed/<_..>")]
            fn themed(
                site: &State<Site>,
                _guard: IsThemed,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/fresh/<_..>")]
            fn fresh(
                site: &State<Site>,
                _guard: IsFresh,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/confirmed/<_..>")]
            fn confirmed(
                site: &State<Site>,
                _guard: Guarded<Confirmed>,
                session: Session,
                uri: &Origin<'_>,
            ) -> Result<Answer, Error> {
                Ok(Answer(site.act(&session, uri.path().as_str())?))
            }

            #[rocket::$method("/passive/<_..>")]
            fn passive(site: &State<Site>, _passive: Passive, uri: &Origin<'_>) -> Answer {
                Answer(site.plain(uri.path().as_str()))
            }
        }
    };
}

routes_of!(get, get);
routes_of!(post, post);
routes_of!(put, put);
routes_of!(options, options);
