//! A guard in front of a plain service.

use http::{Request, Response, Uri};
use sealed_session_tower::{Error, Guard, GuardLayer, Key, KeyRing, SessionLayer, SessionManager};
use tower::{Layer, ServiceExt, service_fn};

#[tokio::test]
async fn a_guard_without_a_session_layer_around_it_lets_nobody_pass() {
    let inner = service_fn(async |_: Request<()>| -> Result<Response<String>, Error> {
        unreachable!("nobody passes")
    });
    let alone = GuardLayer::new(Guard::live()).layer(inner);
    let response = alone.oneshot(Request::new(())).await.unwrap();
    let says = response.body().contains("no session layer is around");
    assert_eq!(
        (response.status().as_u16(), says),
        (500, cfg!(debug_assertions))
    );
}

#[derive(Clone)]
struct Whole(Uri);

#[tokio::test]
async fn the_path_to_come_back_to_is_the_whole_one() {
    let ring = KeyRing::new(Key::new(&[1; 32]).unwrap());
    let sessions = SessionLayer::new(SessionManager::new("session", ring).unwrap());
    let guard = Guard::signed_in().or_redirect("/sign-in").unwrap();
    let guard = GuardLayer::new(guard).whole_uri(|extensions| {
        let whole = extensions.get::<Whole>();
        whole.map(|Whole(uri)| uri)
    });
    let inner = service_fn(async |_: Request<()>| Ok::<_, Error>(Response::new(String::new())));
    let app = sessions.layer(guard.layer(inner));
    for (whole, location) in [
        (Some("/shop/a?b"), "/sign-in?next=/shop/a%3Fb"),
        (Some("http://evil.example/shop/a"), "/sign-in?next=/shop/a"),
        (None, "/sign-in?next=/a"),
    ] {
        let request = Request::get("/a").header("sec-fetch-mode", "navigate");
        let mut request = request.body(()).unwrap();
        if let Some(whole) = whole {
            let whole = Whole(whole.parse().unwrap());
            request.extensions_mut().insert(whole);
        }
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["location"], location);
    }
}
