//! Revocations of sessions in which somebody acts: of either of the two.

use std::sync::{Arc, Mutex};

use sealed_session::revocation::{Answer, AskedRevocations, Question, RevocationTable, Target};
use sealed_session::{Refusal, SessionManager, adapter};

use super::asked::wait;
use crate::common::{Browser, at, ring};

fn node() -> (SessionManager, RevocationTable) {
    let table = RevocationTable::new(100);
    let builder = SessionManager::builder("session", ring());
    (builder.revocations(table.clone()).build().unwrap(), table)
}

/// Somebody signs in at 0 and acts as user-17 from 1,000 on.
fn acting(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    browser.visit(manager, at(0), |session| {
        session.sign_in("support-3", &[]).unwrap()
    });
    browser.visit(manager, at(1_000), |session| {
        session.act_as("user-17", &[]).unwrap()
    });
    browser
}

#[test]
fn a_revocation_of_either_ends_it() {
    let table: [(Target<'_>, i64, bool); 8] = [
        (Target::Subject("user-17"), 1_010, true),
        (Target::Subject("support-3"), 1_010, true),
        (Target::Subject("support-3"), 500, true),
        (Target::Everything, 500, true),
        (Target::Subject("user-18"), 1_010, false),
        (Target::Label("user-17"), 1_010, false),
        // It was signed out before somebody acted as them.
        (Target::Subject("user-17"), 500, false),
        (Target::Subject("user-17"), 880, false),
    ];
    for (target, when, ends) in table {
        let (manager, kept) = node();
        let browser = acting(&manager);
        kept.add(manager.revocations_of(target, at(when)), at(when))
            .unwrap();
        let refused = browser.open(&manager, at(1_020)).refusal();
        assert_eq!(
            refused,
            ends.then_some(Refusal::Revoked),
            "{target:?} at {when}"
        );
    }
}

/// Who calls the support may just have changed the password, and been signed out everywhere. Clocks count for nothing
/// then, and what is revoked afterwards counts.
#[test]
fn somebody_acts_at_once_as_one_who_was_just_signed_out_everywhere() {
    let (manager, kept) = node();
    let customer = Target::Subject("user-17");
    kept.add(manager.revocations_of(customer, at(999)), at(999))
        .unwrap();
    let browser = acting(&manager);
    let session = browser.open(&manager, at(1_001));
    assert_eq!(session.actor().as_deref(), Some("support-3"));
    kept.add(manager.revocations_of(customer, at(1_002)), at(1_002))
        .unwrap();
    let session = browser.open(&manager, at(1_003));
    assert_eq!(session.refusal(), Some(Refusal::Revoked));
}

#[test]
fn stopping_takes_the_mask_out_of_it() {
    let (manager, kept) = node();
    let mut browser = acting(&manager);
    browser.visit(&manager, at(1_010), |session| {
        session.stop_acting(&[]).unwrap()
    });
    let customer = manager.revocations_of(Target::Subject("user-17"), at(1_020));
    kept.add(customer, at(1_020)).unwrap();
    let session = browser.open(&manager, at(1_030));
    assert_eq!(session.subject().as_deref(), Some("support-3"));
}

/// A sign-out of whoever acts ends every copy of their sign-in, with what it acts as.
#[test]
fn a_sign_out_while_acting_ends_the_sign_in() {
    let (manager, _) = node();
    let mut browser = Browser::default();
    browser.visit(&manager, at(0), |session| {
        session.sign_in("support-3", &[]).unwrap()
    });
    let copy = browser.clone();
    browser.visit(&manager, at(10), |session| {
        session.act_as("user-17", &[]).unwrap()
    });
    browser.visit(&manager, at(20), |session| session.destroy().unwrap());
    let refused = copy.open(&manager, at(30)).refusal();
    assert_eq!(refused, Some(Refusal::Revoked));
}

#[test]
fn whoever_is_asked_hears_of_both() {
    let heard: Arc<Mutex<Vec<Question>>> = Arc::default();
    let hears = Arc::clone(&heard);
    let asked = AskedRevocations::new(move |question| {
        hears.lock().unwrap().push(question);
        async { Answer::Clear }
    });
    let manager = SessionManager::builder("session", ring())
        .revocations(asked)
        .build()
        .unwrap();
    let browser = acting(&manager);
    let session = browser.open(&manager, at(1_010));
    wait(adapter::pending(&session).unwrap());
    let question = heard.lock().unwrap().pop().unwrap();
    assert_eq!(question.subject(), Some("user-17"));
    let accounts: Vec<_> = question.accounts().collect();
    assert_eq!(accounts, [("support-3", at(0)), ("user-17", at(1_000))]);
    assert_eq!(question.created_at(), at(0));
    for (target, when, answer) in [
        (Target::Subject("user-17"), 1_005, Answer::Revoked),
        (Target::Subject("support-3"), 1_005, Answer::Revoked),
        (Target::Subject("user-17"), 500, Answer::Clear),
    ] {
        let found = node().0.revocations_of(target, at(when));
        assert!(
            question.targets().any(|name| name == found[0].target()),
            "{target:?}"
        );
        assert_eq!(question.answer(found), answer, "{target:?} at {when}");
    }
}
