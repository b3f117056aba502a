//! No fairing, and two of them.

use rocket::error::ErrorKind;
use rocket::local::blocking::Client;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use sealed_session_rocket::{LiveSession, MissingFairing, Passive, Session};

use crate::support::{bare, client, fairing, send};

#[get("/")]
fn session(_session: Session) {}

#[get("/")]
fn live(_session: LiveSession) {}

#[get("/")]
fn maybe(_session: Option<LiveSession>) {}

#[get("/")]
fn passive(_passive: Passive) {}

#[test]
fn rocket_does_not_launch_a_route_without_its_fairing() {
    for routes in [
        routes![session],
        routes![live],
        routes![maybe],
        routes![passive],
    ] {
        let name = routes[0].name.clone().unwrap();
        let error = Client::untracked(bare().mount("/", routes.clone())).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::SentinelAborts(_)),
            "{name}"
        );
        assert!(Client::untracked(bare().mount("/", routes).attach(fairing())).is_ok());
    }
}

#[catch(404)]
async fn asks(request: &Request<'_>) -> String {
    for (status, missing) in [
        request.guard::<Session>().await.failed().unwrap(),
        request.guard::<LiveSession>().await.failed().unwrap(),
    ] {
        let missing: MissingFairing = missing;
        assert!(
            missing
                .to_string()
                .contains(".attach(SessionFairing::new(manager))")
        );
        assert_eq!(status.code, 500);
    }
    let nobody = request
        .guard::<Option<LiveSession>>()
        .await
        .unwrap()
        .is_none();
    nobody.to_string()
}

#[test]
fn who_asks_by_hand_without_a_fairing_gets_an_error() {
    let client = client(bare().register("/", catchers![asks]));
    assert_eq!(send(&client, "GET", "/", &[]).body, "true");
}

#[test]
fn rocket_does_not_launch_with_two_fairings() {
    let twice: Rocket<Build> = bare().attach(fairing()).attach(fairing());
    let error = Client::untracked(twice).unwrap_err();
    match error.kind() {
        ErrorKind::FailedFairings(failed) => {
            assert_eq!(failed.len(), 1);
            assert_eq!(failed[0].name, "Sealed sessions");
        }
        other => panic!("{other}"),
    }
}
