//! Where they are sent who are not signed in.

use sealed_session::adapter::Verdict;
use sealed_session::adapter::{HeaderFields, RequestHead};
use sealed_session::{
    Guard, GuardedRequest, Lifetime, ReturnPath, SessionManager, SignInPage, Transport,
};

use super::{ada, asked, nobody, visit};
use crate::common::{at, ring};

fn guard() -> Guard {
    Guard::signed_in().or_redirect("/sign-in").unwrap()
}

fn to(location: &str) -> Verdict {
    Verdict::Redirect(location.to_owned())
}

#[test]
fn a_redirect_carries_the_path_to_come_back_to() {
    for (target, location) in [
        ("/", "/sign-in?next=/"),
        ("/orders", "/sign-in?next=/orders"),
        (
            "/orders?page=2&by=a%26b",
            "/sign-in?next=/orders%3Fpage%3D2%26by%3Da%2526b",
        ),
        ("/my%20files", "/sign-in?next=/my%2520files"),
        // What a browser may misread is left out.
        ("//evil.example", "/sign-in"),
        ("/\\evil.example", "/sign-in"),
        ("/%2Fevil.example", "/sign-in"),
        ("https://evil.example/", "/sign-in"),
        ("*", "/sign-in"),
        ("", "/sign-in"),
    ] {
        assert_eq!(visit(&guard(), &nobody(), target), to(location), "{target}");
        let query = location.split_once('?').map_or("", |(_, query)| query);
        let back = ReturnPath::from_query(query);
        let wanted = query.starts_with("next=").then_some(target);
        assert_eq!(back.as_ref().map(ReturnPath::as_str), wanted);
    }
    let long = format!("/{}", "a".repeat(1_000));
    assert_eq!(visit(&guard(), &nobody(), &long), to("/sign-in"));
    let localised = Guard::signed_in().or_redirect("/sign-in?lang=de").unwrap();
    assert_eq!(
        visit(&localised, &nobody(), "/a"),
        to("/sign-in?lang=de&next=/a")
    );
}

#[test]
fn who_is_signed_in_and_may_not_pass_is_not_sent_to_sign_in() {
    let strict = guard().subject(|_| false);
    assert_eq!(visit(&strict, &ada(), "/a"), Verdict::Forbidden);
}

#[test]
fn only_what_can_be_repeated_has_a_path_to_come_back_to() {
    let fields = [("sec-fetch-mode", "navigate")];
    for (method, location) in [
        ("GET", "/sign-in?next=/a"),
        ("HEAD", "/sign-in?next=/a"),
        ("POST", "/sign-in"),
        ("PUT", "/sign-in"),
        ("DELETE", "/sign-in"),
        ("get", "/sign-in"),
    ] {
        let verdict = asked(&guard(), &nobody(), (method, "/a"), &fields);
        assert_eq!(verdict, to(location), "{method}");
    }
    assert_eq!(to("/sign-in").status(), Some(303), "a POST becomes a GET");
}

const CORS: (&str, &str) = ("sec-fetch-mode", "cors");

#[test]
fn only_visits_are_redirected() {
    const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[("sec-fetch-mode", "navigate"), ("accept", FIREFOX)], true),
        (&[("sec-fetch-mode", "navigate")], true),
        (&[("sec-fetch-mode", " navigate ")], true),
        (&[("accept", FIREFOX)], true),
        (
            &[("accept", "image/png"), ("accept", "application/xhtml+xml")],
            true,
        ),
        (&[("accept", "*/*;q=0.1, Text/HTML;level=1")], true),
        (&[], false),
        (&[("accept", "*/*")], false),
        (&[("accept", "application/json")], false),
        (&[("accept", "text/htmlx, text/*, ;text/html")], false),
        (&[("accept", "")], false),
        (&[("sec-fetch-mode", "cors"), ("accept", FIREFOX)], false),
        (
            &[("sec-fetch-mode", "same-origin"), ("accept", FIREFOX)],
            false,
        ),
        (&[("sec-fetch-mode", "no-cors")], false),
        (&[("sec-fetch-mode", "websocket")], false),
        // A field that does not parse is ignored (RFC 9651 section 4.2): one without a value, or two.
        (&[("sec-fetch-mode", ""), ("accept", FIREFOX)], true),
        (&[("sec-fetch-mode", "")], false),
        (
            &[
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-mode", "navigate"),
                ("accept", "*/*"),
            ],
            false,
        ),
        // Libraries that show the page to which a redirect leads.
        (&[CORS, ("x-turbo-request-id", "a-b")], true),
        (&[CORS, ("turbo-frame", "cart")], true),
        (&[CORS, ("x-up-version", "3.14.3")], true),
        (
            &[CORS, ("x-pjax", "true"), ("x-pjax-selectors", "[\"main\"]")],
            true,
        ),
        (
            &[CORS, ("hx-request", "true"), ("hx-boosted", "true")],
            true,
        ),
        // And those that do something else with it.
        (
            &[CORS, ("hx-request", "true"), ("accept", "text/html")],
            false,
        ),
        (
            &[CORS, ("x-pjax", "true"), ("x-pjax-container", "#main")],
            false,
        ),
        (&[CORS, ("x-requested-with", "XMLHttpRequest")], false),
    ];
    for (fields, is_visit) in cases {
        let wanted = match is_visit {
            true => to("/sign-in?next=/a"),
            false => Verdict::Unauthorized,
        };
        let verdict = asked(&guard(), &nobody(), ("GET", "/a"), fields);
        assert_eq!(verdict, wanted, "{fields:?}");
    }
}

#[test]
fn a_guard_in_front_of_its_sign_in_page_does_not_redirect_for_ever() {
    for target in ["/sign-in", "/sign-in?next=/a", "/sign-in?"] {
        assert_eq!(visit(&guard(), &nobody(), target), Verdict::Unauthorized);
    }
    let below = visit(&guard(), &nobody(), "/sign-in/help");
    assert_eq!(below, to("/sign-in?next=/sign-in/help"));
}

#[test]
fn a_sign_in_page_is_on_this_site() {
    for page in [
        "",
        "sign-in",
        "https://id.example/",
        "//id.example/",
        "/sign-in#form",
        "/sign-in?next=/a",
        "/sign-in?a&n%65xt",
        "/sign in",
    ] {
        let error = Guard::signed_in().or_redirect(page).unwrap_err();
        assert!(error.is_configuration(), "{page}");
        assert!(error.to_string().contains(&format!("`{page}`")), "{error}");
    }
}

fn page() -> SignInPage {
    SignInPage::new("/sign-in").unwrap()
}

fn behind(page: SignInPage) -> Guard {
    Guard::signed_in().or_redirect_to(page)
}

#[test]
fn a_prefix_that_a_proxy_cuts_off_stands_in_front_of_both_paths() {
    for prefix in ["/app", "/app/"] {
        let page = page().below(prefix).unwrap();
        let guard = behind(page.clone());
        for (target, back) in [
            ("/", Some("/app/")),
            ("/orders?page=2", Some("/app/orders?page=2")),
            ("/app/orders", Some("/app/app/orders")),
            ("//evil.example", None),
            ("/\\evil.example", None),
            ("*", None),
            ("", None),
        ] {
            let Verdict::Redirect(location) = visit(&guard, &nobody(), target) else {
                panic!("{target}")
            };
            let query = location.strip_prefix("/app/sign-in").unwrap();
            let found = page.way_back(query.trim_start_matches('?'));
            assert_eq!(found.as_ref().map(ReturnPath::as_str), back, "{target}");
        }
        // The guard sees the path that is left.
        assert_eq!(visit(&guard, &nobody(), "/sign-in"), Verdict::Unauthorized);
        for outside in [
            "/orders",
            "/application/a",
            "/app",
            "/app%252Forders",
            "/%2561pp/a",
        ] {
            assert_eq!(page.way_back(&format!("next={outside}")), None, "{outside}");
        }
    }
    // A page whose own path begins like the prefix.
    let guard = behind(page().below("/sign").unwrap());
    assert_eq!(
        visit(&guard, &nobody(), "/a"),
        to("/sign/sign-in?next=/sign/a")
    );
    for wrong in ["", "app", "//app", "/app?a", "/a/../b", "https://a.example"] {
        assert!(
            page().below(wrong).unwrap_err().is_configuration(),
            "{wrong}"
        );
        assert!(page().never_back_to(wrong).unwrap_err().is_configuration());
    }
}

#[test]
fn a_sign_out_is_no_page_to_come_back_to() {
    let page = page().below("/app").unwrap();
    let page = page.never_back_to("/sign-out").unwrap();
    let page = page.never_back_to("/callback/").unwrap();
    let guard = behind(page.clone());
    for target in ["/sign-out", "/sign-out?all=1", "/sign-out/", "/callback"] {
        let verdict = visit(&guard, &nobody(), target);
        assert_eq!(verdict, to("/app/sign-in"), "{target}");
    }
    for next in [
        "/app/sign-out",
        "/app/sign-out?a=b",
        "/app/sign-out/",
        "/app/sign%2Dout",
        "/app/%73ign-out",
        "/app/sign%252Dout",
        "/app/sign-out;a=b",
        "/app/callback",
        "/app/sign-in",
        "/app/sign-in?next=/a",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        assert_eq!(page.way_back(&format!("next={encoded}")), None, "{next}");
    }
    for next in ["/app/sign-outs", "/app/a/sign-out", "/app/a?b=/sign-out"] {
        assert!(page.way_back(&format!("next={next}")).is_some(), "{next}");
    }
}

#[test]
fn the_longest_way_back_is_as_told() {
    let target = format!("/sso?SAMLRequest={}", "x".repeat(1_355));
    let lost = visit(&behind(page()), &nobody(), &target);
    assert_eq!(lost, to("/sign-in"));
    let page = page().longest_way_back(target.len());
    let Verdict::Redirect(location) = visit(&behind(page.clone()), &nobody(), &target) else {
        panic!("no redirect")
    };
    let query = location.split_once('?').unwrap().1;
    assert_eq!(page.way_back(query).unwrap().as_str(), target);
    assert_eq!(page.way_back(&format!("{query}x")), None);
    assert_eq!(page.longest_way_back(0).way_back("next=/"), None);
}

#[test]
fn an_application_says_what_a_visit_is() {
    let wanted = |request: &GuardedRequest<'_>| {
        let own = request.field("X-Loader").as_deref() == Some("a, b");
        own && request.method() == "GET" && request.path() == "/a"
    };
    let guard = behind(page().visits(wanted));
    let own = [("x-loader", "a"), ("x-loader", "b")];
    for (request, fields, is_visit) in [
        (("GET", "/a?b"), &own[..], true),
        (("POST", "/a"), &own[..], false),
        (("GET", "/b"), &own[..], false),
        (("GET", "/a"), &own[..1], false),
        (("GET", "/a"), &[("sec-fetch-mode", "navigate")], false),
    ] {
        let verdict = asked(&guard, &nobody(), request, fields);
        assert_eq!(
            verdict.status() == Some(303),
            is_visit,
            "{request:?} {fields:?}"
        );
    }
}

#[test]
fn fields_of_a_redirect_say_what_caches_need_and_debug_hides_the_query() {
    let verdict = to("/sign-in?next=/reset%3Ftoken%3D17");
    let changes = verdict.header_changes();
    let wanted = [
        ("cache-control", "no-store"),
        ("location", "/sign-in?next=/reset%3Ftoken%3D17"),
    ];
    let said = changes.iter().map(|change| (change.name(), change.value()));
    assert_eq!(said.collect::<Vec<_>>(), wanted);
    assert_eq!(format!("{verdict:?}"), "Redirect(\"/sign-in?..\")");
    assert_eq!(
        format!("{:?}", changes[1]),
        "Replace(location: /sign-in?..)"
    );
}

/// Sessions that come in links; `s` is their parameter.
fn in_links() -> SessionManager {
    let lifetime = Lifetime::new().with_idle_timeout(std::time::Duration::from_secs(900));
    let builder = SessionManager::builder("session", ring()).lifetime(lifetime);
    let builder = builder.transport(Transport::url_that_leaks("s"));
    builder.build().unwrap()
}

#[test]
fn a_session_in_a_link_goes_along_and_is_no_part_of_the_path() {
    let manager = in_links();
    let first = manager.load(RequestHead::default().host("site.example"), at(0));
    first.insert("cart", 1).unwrap();
    let link = first.encode_url("/cart?page=2").unwrap().into_owned();
    let token = link.strip_prefix("/cart?page=2&s=").unwrap();

    let query = link.split_once('?').unwrap().1;
    let head = RequestHead::default().host("site.example").query(query);
    let session = manager.load(head, at(1));
    let location = format!("/sign-in?next=/cart%3Fpage%3D2&s={token}");
    assert_eq!(visit(&guard(), &session, &link), to(&location));
    let back = ReturnPath::from_query(location.split_once('?').unwrap().1).unwrap();
    assert_eq!(back.as_str(), "/cart?page=2");

    // Where both do not fit into a link, the session goes along.
    let long = format!("page={}&s={token}", "2".repeat(900));
    let fields: &HeaderFields<'_> = &|_, take| take(b"navigate");
    let request = RequestHead::default().method("GET").path("/cart");
    let request = request.query(&long).fields(fields);
    let heavy = manager.load(RequestHead::default().host("site.example"), at(0));
    heavy.insert("noise", noise()).unwrap();
    let link = heavy.encode_url("/cart").unwrap().into_owned();
    let query = link.split_once('?').unwrap().1;
    let head = RequestHead::default().host("site.example").query(query);
    let session = manager.load(head, at(1));
    let location = format!("/sign-in?{query}");
    assert_eq!(guard().check(&session, &request).unwrap(), to(&location));
}

fn noise() -> String {
    let bytes = crate::common::noise(1_000, 1);
    bytes
        .iter()
        .map(|byte| char::from(b'a' + byte % 26))
        .collect()
}
