//! Form tokens: who has to bring one, which ones count, and what a page with one says to caches.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealed_session::adapter::{self, Foreign, FormCheck, HeaderFields, RequestHead, ResponseHead};
use sealed_session::flash::Level;
use sealed_session::hand_over::HandOver;
use sealed_session::{
    Budget, CrossOrigin, Event, KeyRing, Lifetime, Session, SessionManager, SessionManagerBuilder,
    Slot, Transport,
};

use crate::common::{BASE, Browser, at, commit, key, manager, ring};

const FORM: &str = "application/x-www-form-urlencoded";
const NONE: Option<Foreign> = Some(Foreign::NoFormToken);
const WRONG: Option<Foreign> = Some(Foreign::WrongFormToken);

fn builder() -> SessionManagerBuilder {
    SessionManager::builder("session", ring())
}

/// A manager that asks for form tokens.
fn asking() -> SessionManager {
    under(CrossOrigin::new().with_form_tokens())
}

fn under(policy: CrossOrigin) -> SessionManager {
    builder().cross_origin(policy).build().unwrap()
}

/// A browser in which Ada is signed in.
fn ada(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser
        .visit(manager, at(0), |session| session.sign_in("ada", &[]))
        .unwrap();
    browser
}

fn token(manager: &SessionManager, browser: &mut Browser) -> String {
    browser.visit(manager, at(0), Session::form_token).unwrap()
}

fn load(
    manager: &SessionManager,
    (method, path): (&str, &str),
    sent: &[(&str, &str)],
    line: &str,
) -> Session {
    let fields: &HeaderFields<'_> = &|wanted, take| {
        let wanted = sent.iter().filter(|(name, _)| *name == wanted);
        wanted.for_each(|(_, value)| take(value.as_bytes()));
    };
    let request = RequestHead::new([line.as_bytes()])
        .method(method)
        .path(path);
    manager.load(request.fields(fields), at(0))
}

/// Why a request is refused whose body this is.
fn refused(session: &Session, body: &str) -> Option<Foreign> {
    if let Some(reason) = adapter::foreign(session) {
        return Some(reason);
    }
    let found = match adapter::form_check(session) {
        FormCheck::Passes => None,
        FormCheck::Refused(reason) => Some(reason),
        FormCheck::Reads(reader) => reader.check(body.as_bytes(), true),
    };
    assert_eq!(
        found,
        adapter::foreign(session),
        "the session knows it, too"
    );
    found
}

/// Why a POST with this in its header field is refused.
fn posted(manager: &SessionManager, browser: &Browser, token: &str) -> Option<Foreign> {
    let fields = [("x-csrf-token", token)];
    refused(&load(manager, ("POST", "/"), &fields, &browser.line()), "")
}

/// Method and path, fields, and what each of three requests is answered.
type Case<'c> = (
    (&'c str, &'c str),
    &'c [(&'c str, &'c str)],
    [Option<Foreign>; 3],
);

#[test]
fn who_has_to_bring_a_token() {
    let policy = || {
        CrossOrigin::new()
            .trust("https://trusted.example")
            .exempt("/hooks/")
            .with_form_tokens()
    };
    let transport = Transport::header("x-session").or_cookie();
    let usual = builder()
        .transport(transport.clone())
        .cross_origin(policy());
    let usual = usual.build().unwrap();
    let always = builder()
        .transport(transport)
        .cross_origin(policy().also_without_session());
    let always = always.build().unwrap();
    let browser = ada(&usual);
    let (with, field) = (browser.line(), browser.value(BASE).unwrap());
    let socket = ("upgrade", "websocket");
    let trusted = [("origin", "https://trusted.example")];
    let other = [("sec-fetch-site", "cross-site")];
    // What a request with a session is answered, and, where tokens are asked for without one, one without it.
    let table: &[Case<'_>] = &[
        (("GET", "/"), &[], [None; 3]),
        (("HEAD", "/"), &[], [None; 3]),
        (("OPTIONS", "/"), &[], [None; 3]),
        (("GET", "/"), &[socket], [None; 3]),
        (("CONNECT", "/"), &[], [None; 3]),
        (("POST", "/"), &[], [NONE, None, NONE]),
        (("POST", "/"), &[socket], [NONE, None, NONE]),
        (("PUT", "/"), &[], [NONE, None, NONE]),
        (("DELETE", "/"), &[], [NONE, None, NONE]),
        (("post", "/"), &[], [NONE, None, NONE]),
        (
            ("POST", "/"),
            &[("sec-fetch-site", "same-origin")],
            [NONE, None, NONE],
        ),
        (("POST", "/hooks/a"), &[], [None; 3]),
        (("POST", "/hooks/../a"), &[], [NONE, None, NONE]),
        (("POST", "/"), &trusted, [None; 3]),
        (("POST", "/"), &[("x-session", field)], [None; 3]),
        (("POST", "/"), &other, [Some(Foreign::OtherSite); 3]),
    ];
    for (target, sent, wanted) in table {
        let session = load(&usual, *target, sent, &with);
        let without = load(&usual, *target, sent, "");
        let nobody = load(&always, *target, sent, "");
        let found = [&session, &without, &nobody].map(|session| refused(session, ""));
        assert_eq!(found, *wanted, "{target:?} {sent:?}");
    }
}

#[test]
fn a_session_that_is_over_needs_no_token() {
    let manager = asking();
    let browser = ada(&manager);
    let request = |now| {
        let line = browser.line();
        let session = manager.load(RequestHead::new([line.as_bytes()]).method("POST"), now);
        refused(&session, "")
    };
    assert_eq!(request(at(0)), NONE);
    assert_eq!(
        request(at(3_600)),
        None,
        "a guard sends the visitor to the sign-in page"
    );
    let line = "__Host-session=garbage";
    assert_eq!(refused(&load(&manager, ("POST", "/"), &[], line), ""), None);
}

#[test]
fn a_session_in_a_link_needs_one() {
    let manager = builder()
        .lifetime(Lifetime::new().with_idle_timeout(Duration::from_secs(900)))
        .transport(Transport::url_that_leaks("s"))
        .cross_origin(CrossOrigin::new().with_form_tokens())
        .build()
        .unwrap();
    let session = manager.load(RequestHead::default().host("shop.example"), at(0));
    session.insert("name", "Ada").unwrap();
    let link = session.encode_url("/").unwrap().into_owned();
    let query = link.split_once('?').unwrap().1;
    let request = RequestHead::default()
        .method("POST")
        .host("shop.example")
        .query(query);
    let session = manager.load(request, at(0));
    assert_eq!((refused(&session, ""), session.is_live()), (NONE, true));
}

enum Admin {}
impl Slot for Admin {}

#[test]
fn a_session_in_any_slot_needs_one() {
    let budget = Budget::within_8k().with_total_limit(1_500);
    let admin = SessionManager::builder("admin", ring()).budget(budget);
    let policy = CrossOrigin::new().with_form_tokens();
    let sites = HandOver::new("https://b.example").unwrap();
    let sites = sites.with_partner("https://a.example", "/give").unwrap();
    let main = builder().budget(budget).cross_origin(policy).flash();
    let main = main.hand_over(sites);
    let manager = main.build().unwrap();
    let manager = manager.with_slot::<Admin>(admin.build().unwrap()).unwrap();

    let mut browser = Browser::default();
    let said = |session: &Session| {
        session.flash(Level::Info, "Hello.")?;
        session.ask_hand_over("https://a.example", None).map(drop)
    };
    browser.visit(&manager, at(0), said).unwrap();
    assert_eq!(
        posted(&manager, &browser, ""),
        None,
        "neither messages nor what asks for a hand-over give a right"
    );
    let sign_in = |session: &Session| session.slot::<Admin>()?.sign_in("ada", &[]);
    browser.visit(&manager, at(0), sign_in).unwrap();
    assert_eq!(posted(&manager, &browser, ""), NONE);
    let of_admin = token(&manager, &mut browser);
    assert_eq!(posted(&manager, &browser, &of_admin), None);

    // With a session of the main slot a token is bound to that.
    let stored = |session: &Session| session.insert("theme", "dark");
    browser.visit(&manager, at(0), stored).unwrap();
    assert_eq!(posted(&manager, &browser, &of_admin), WRONG);
    let of_main = token(&manager, &mut browser);
    assert_eq!(posted(&manager, &browser, &of_main), None);
}

#[test]
fn a_token_is_good_for_one_sign_in() {
    let manager = asking();
    let mut browser = ada(&manager);
    let other = token(&manager, &mut ada(&manager));
    let first = token(&manager, &mut browser);
    assert_eq!(posted(&manager, &browser, &first), None);
    assert_eq!(posted(&manager, &browser, &other), WRONG);

    browser.visit(&manager, at(1), Session::renew).unwrap();
    assert_eq!(
        posted(&manager, &browser, &first),
        None,
        "a renewal keeps it"
    );
    // In one request: the token is that of what the response sets.
    let (before, second) = browser.visit(&manager, at(2), |session| {
        let before = session.form_token().unwrap();
        session.sign_in("ada", &[]).unwrap();
        (before, session.form_token().unwrap())
    });
    let found = [&first, &before, &second].map(|token| posted(&manager, &browser, token));
    assert_eq!(found, [WRONG, WRONG, None]);

    // A page from before somebody acts does not post as the customer, nor the other way round.
    let act = |session: &Session| session.act_as("user-17", &[]);
    browser.visit(&manager, at(3), act).unwrap();
    assert_eq!(posted(&manager, &browser, &second), WRONG);
    let of_mask = token(&manager, &mut browser);
    assert_eq!(posted(&manager, &browser, &of_mask), None);
    let stop = |session: &Session| session.stop_acting(&[]);
    browser.visit(&manager, at(4), stop).unwrap();
    let found = [&of_mask, &second].map(|token| posted(&manager, &browser, token));
    assert_eq!(found, [WRONG, None]);

    browser
        .visit(&manager, at(5), |session| session.start_over(&[]))
        .unwrap();
    assert_eq!(posted(&manager, &browser, &second), WRONG);
}

#[test]
fn a_token_is_good_under_every_key_and_for_one_audience() {
    let policy = || CrossOrigin::new().with_form_tokens();
    let of = |ring: KeyRing, audience: &str| {
        let builder = SessionManager::builder("session", ring).audience(audience);
        builder.cross_origin(policy()).build().unwrap()
    };
    let (old, both) = (
        of(ring(), ""),
        of(KeyRing::new(key(2)).accept(key(1)).unwrap(), ""),
    );
    let mut browser = ada(&old);
    let made = token(&old, &mut browser);
    assert_eq!(posted(&both, &browser, &made), None, "one deploy later");
    let made = token(&both, &mut browser);
    assert_eq!(
        posted(&old, &browser, &made),
        WRONG,
        "a node that lacks the key"
    );

    let [mut here, mut there] = [of(ring(), "here"), of(ring(), "there")].map(|manager| {
        let browser = ada(&manager);
        (manager, browser)
    });
    let made = token(&there.0, &mut there.1);
    assert_eq!(posted(&here.0, &here.1, &made), WRONG);
    let made = token(&here.0, &mut here.1);
    assert_eq!(posted(&here.0, &here.1, &made), None);
}

#[test]
fn no_two_tokens_are_alike() {
    let manager = asking();
    let mut browser = ada(&manager);
    let made: BTreeSet<String> = browser.visit(&manager, at(0), |session| {
        std::iter::repeat_with(|| session.form_token().unwrap())
            .take(200)
            .collect()
    });
    assert_eq!(made.len(), 200);
    // The same place has another character nearly always: nothing is left in the clear.
    for place in 0..43 {
        let found: BTreeSet<u8> = made.iter().map(|text| text.as_bytes()[place]).collect();
        assert!(found.len() > 8, "place {place} has {found:?}");
    }
    assert!(
        made.iter()
            .all(|text| posted(&manager, &browser, text).is_none())
    );
}

#[test]
fn a_form_is_read_to_its_first_field() {
    let manager = asking();
    let mut browser = ada(&manager);
    let made = token(&manager, &mut browser);
    let field = browser.visit(&manager, at(0), Session::form_field).unwrap();
    let value = field.split('"').nth(5).unwrap();
    assert_eq!(
        field,
        format!(r#"<input type="hidden" name="csrf_token" value="{value}">"#)
    );
    assert_eq!(posted(&manager, &browser, value), None);

    let fields = [("content-type", FORM)];
    let post = |body: &str| {
        refused(
            &load(&manager, ("POST", "/"), &fields, &browser.line()),
            body,
        )
    };
    assert_eq!(post(&format!("csrf_token={made}&name=Grace")), None);
    assert_eq!(
        post(&format!("name=Grace&csrf_token={made}")),
        Some(Foreign::LateFormToken)
    );
    assert_eq!(post("csrf_token=&name=Grace"), WRONG);
    assert_eq!(post(""), NONE);
    // Whoever cannot look into it says so.
    let session = load(&manager, ("POST", "/"), &fields, &browser.line());
    let FormCheck::Reads(reader) = adapter::form_check(&session) else {
        panic!("a form is to be read")
    };
    assert_eq!(reader.refuse(), Foreign::UnreadForm);
    assert_eq!(adapter::foreign(&session), Some(Foreign::UnreadForm));
}

#[test]
fn a_request_that_is_refused_changes_nothing_and_is_told_once() {
    let told: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let ear = Arc::clone(&told);
    let policy = CrossOrigin::new().with_form_tokens();
    let manager = builder().cross_origin(policy).on_event(move |event, _| {
        if let Event::ForeignRequest { .. } = event {
            ear.lock().unwrap().push(event.labels()[1].1);
        }
    });
    let manager = manager.build().unwrap();
    let browser = ada(&manager);
    let session = load(&manager, ("POST", "/"), &[], &browser.line());
    assert_eq!(refused(&session, ""), NONE);
    assert!(session.insert("name", "Eve").is_err() && session.destroy().is_err());
    assert_eq!(
        commit(&manager, &session, at(1_000)).unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(*told.lock().unwrap(), ["no_form_token"]);

    let labels: BTreeSet<&str> = [
        Foreign::LateFormToken,
        Foreign::NoFormToken,
        Foreign::UnreadForm,
        Foreign::WrongFormToken,
    ]
    .map(|reason| {
        assert_eq!(reason.status(), 403);
        reason.label()
    })
    .into();
    assert_eq!(labels.len(), 4);
}

/// What a page with a token says to caches, if its handler says `said`.
fn page(manager: &SessionManager, line: &str, said: &str) -> Vec<(String, String)> {
    let session = manager.load(RequestHead::new([line.as_bytes()]).method("GET"), at(0));
    session.form_token().unwrap();
    let headers = [("cache-control", said.as_bytes())];
    let headers = headers.into_iter().filter(|(_, said)| !said.is_empty());
    let response = ResponseHead::new(200).headers(headers);
    let changes = manager.commit(&session, response, at(0)).unwrap();
    let told =
        |change: &adapter::HeaderChange| (change.name().to_owned(), change.value().to_owned());
    changes.iter().map(told).collect()
}

#[test]
fn a_page_with_a_token_is_private_and_rewrites_no_session() {
    let manager = asking();
    let line = ada(&manager).line();
    for line in [&*line, ""] {
        for (said, wanted) in [
            ("", "private"),
            ("public, max-age=600", "private, max-age=600"),
            ("no-store", "private, no-store"),
        ] {
            let found = page(&manager, line, said);
            let wanted = [("vary", "Cookie"), ("cache-control", wanted)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(found, wanted, "{line} {said}");
        }
    }
}

#[test]
fn without_a_session_a_token_is_empty_unless_it_is_asked_for() {
    let mut browser = Browser::default();
    for manager in [asking(), manager()] {
        assert_eq!(token(&manager, &mut browser), "");
        assert!(browser.is_empty());
    }
    let manager = under(CrossOrigin::new().with_form_tokens().also_without_session());
    assert_eq!(posted(&manager, &browser, &"A".repeat(43)), WRONG);
    let made = token(&manager, &mut browser);
    assert!(browser.visit(&manager, at(1), |session| session.is_live()
        && session.names().is_empty()));
    assert_eq!(posted(&manager, &browser, &made), None);
    // An end leaves nothing to bind to, and the page after it begins another.
    let again = browser.visit(&manager, at(2), |session| {
        session.destroy().unwrap();
        session.form_token().unwrap()
    });
    assert_eq!(posted(&manager, &browser, &made), WRONG);
    assert_eq!(posted(&manager, &browser, &again), None);
    // What the response cannot carry any more is an error, and no token that is good for nothing.
    let session = Browser::default().open(&manager, at(0));
    commit(&manager, &session, at(0)).unwrap();
    assert!(session.form_token().unwrap_err().is_too_late());
}

#[test]
fn a_page_that_fails_begins_no_session() {
    let manager = under(CrossOrigin::new().with_form_tokens().also_without_session());
    let session = Browser::default().open(&manager, at(0));
    session.form_token().unwrap();
    let changes = manager
        .commit(&session, ResponseHead::new(500), at(0))
        .unwrap();
    assert!(changes.iter().all(|change| change.name() != "set-cookie"));
}

#[test]
fn tokens_stand_in_for_the_check_or_beside_it() {
    let alone = under(CrossOrigin::unchecked().with_form_tokens());
    let mut browser = ada(&alone);
    let made = token(&alone, &mut browser);
    let site = ("sec-fetch-site", "cross-site");
    let post = |fields: &[(&str, &str)]| {
        refused(&load(&alone, ("POST", "/"), fields, &browser.line()), "")
    };
    assert_eq!(post(&[site]), NONE);
    assert_eq!(post(&[site, ("x-csrf-token", &made)]), None);
    // No browser brings one when it opens a WebSocket, so the origin decides there.
    let opens = [site, ("upgrade", "websocket")];
    for (method, fields) in [("GET", &opens[..]), ("CONNECT", &opens[..1])] {
        let opened = load(&alone, (method, "/"), fields, &browser.line());
        let reason = Some(Foreign::OtherSite);
        assert_eq!(adapter::foreign(&opened), reason, "{method}");
    }
    // Beside it a token excuses nobody, and without tokens a sign-in form of another site is refused all the same.
    let fields = [site, ("x-csrf-token", &made)];
    let beside = load(&asking(), ("POST", "/"), &fields, &browser.line());
    assert_eq!(adapter::foreign(&beside), Some(Foreign::OtherSite));
    let signs_in = load(&manager(), ("POST", "/sign-in"), &[site], "");
    assert_eq!(adapter::foreign(&signs_in), Some(Foreign::OtherSite));

    let error = builder()
        .cross_origin(CrossOrigin::new().also_without_session())
        .build();
    let error = error.unwrap_err();
    assert!(error.is_configuration());
    assert!(
        error
            .to_string()
            .contains("covers requests without a session as it is")
    );
}
