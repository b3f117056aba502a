//! What attackers have in stock: sessions, touches, and every way to change a text.

use sealed_session::adapter::RequestHead;
use sealed_session::{Format, KeyRing, Session, SessionManager};

use crate::common::{Browser, TOUCH, at, key, manager, ring};

pub(super) const ALPHABET: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn load(manager: &SessionManager, cookies: &[String], now: i64) -> Session {
    manager.load(RequestHead::new([cookies.join("; ").as_bytes()]), at(now))
}

/// A browser with a session of this value, written at `now`.
pub(super) fn written(manager: &SessionManager, value: &str, now: i64) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(now), |session| {
        session.sign_in(value, &[]).unwrap();
        session.insert("who", value).unwrap();
    });
    browser
}

/// The value of the touch that a browser is sent at `now`.
pub(super) fn touch(manager: &SessionManager, browser: &Browser, now: i64) -> String {
    let mut browser = browser.clone();
    browser.visit(manager, at(now), |_| {});
    let name = browser
        .names()
        .into_iter()
        .find(|name| name.ends_with(".t"));
    browser.value(name.unwrap()).unwrap().to_owned()
}

/// All texts that differ from this one in one bit, in all that the characters stand for.
pub(super) fn flipped(text: &str) -> Vec<String> {
    let bits = |character: u8| ALPHABET.iter().position(|c| *c == character).unwrap();
    let flip = |at: usize, bit: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = ALPHABET[bits(bytes[at]) ^ (1 << bit)];
        String::from_utf8(bytes).unwrap()
    };
    (0..text.len())
        .flat_map(|at| (0..6).map(move |bit| flip(at, bit)))
        .collect()
}

/// Every list of at most `most` of these, in every order.
pub(super) fn lists(from: &[String], most: usize) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..most {
        longest = longest
            .iter()
            .flat_map(|list: &Vec<String>| {
                let longer = |more: &String| [list.as_slice(), std::slice::from_ref(more)].concat();
                from.iter().map(longer)
            })
            .collect();
        all.extend(longest.clone());
    }
    all
}

/// Managers that seal like the one attacked, but for one thing each.
pub(super) fn relatives() -> Vec<SessionManager> {
    let base = || SessionManager::builder("session", ring());
    [
        SessionManager::builder("other", ring()),
        base().audience("other"),
        base().format(Format::Signed),
        SessionManager::builder("session", KeyRing::new(key(9))),
    ]
    .map(|builder| builder.build().unwrap())
    .into()
}

/// Touches that are fresh at 2,200 and none of the token attacked, which was last touched at 500.
pub(super) struct Stock {
    pub(super) target: Browser,
    pub(super) touches: Vec<String>,
}

impl Stock {
    pub(super) fn new() -> Stock {
        let manager = manager();
        let target = written(&manager, "target", 0);
        let good = touch(&manager, &target, 500);
        // The same session, written again in another browser, and before and after a renewal.
        let mut again = target.clone();
        again.visit(&manager, at(1_000), |session| {
            session.insert("more", 1).unwrap()
        });
        let mut renewed = target.clone();
        renewed.visit(&manager, at(1_000), |session| session.renew().unwrap());
        let stranger = written(&manager, "stranger", 1_000);
        let mut touches: Vec<String> = [&again, &renewed, &stranger]
            .map(|browser| touch(&manager, browser, 2_200))
            .into();
        for relative in relatives() {
            touches.push(touch(
                &relative,
                &written(&relative, "target", 1_000),
                2_200,
            ));
        }
        // The time of one touch, the MAC of another.
        touches.push(format!("{}{}", &touches[2][..8], &good[8..]));
        touches.push(format!("{}{}", &touches[0][..8], &good[8..]));
        touches.push("Aw".to_owned());
        touches.push(good);
        let touches = touches
            .iter()
            .map(|value| format!("{TOUCH}={value}"))
            .collect();
        Stock { target, touches }
    }
}
