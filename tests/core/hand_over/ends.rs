//! What ends a session that was handed over, and who is not handed over at all.

use std::time::Duration;

use sealed_session::hand_over::{HandOver, HandOverRefusal};
use sealed_session::revocation::{RevocationTable, Target};
use sealed_session::{Refusal, Session, SessionManager};
use time::OffsetDateTime;

use super::{A, B, C, Pair, builder, site};
use crate::common::{Browser, at, ring};

/// Two sites that look for revocations in one place.
fn linked() -> (Pair, RevocationTable) {
    let table = RevocationTable::new(100);
    let site = |own| builder(own).revocations(table.clone()).build().unwrap();
    let mut pair = Pair::of(site(A), site(B));
    pair.sign_in("user-17", at(0));
    (pair, table)
}

fn refusal(pair: &Pair, now: OffsetDateTime) -> Option<Refusal> {
    pair.at_b.open(&pair.b, now).refusal()
}

#[test]
fn a_sign_out_where_it_began_ends_it_at_once() {
    let (mut pair, _) = linked();
    let _ = pair.walk("/", at(1)).unwrap();
    // Renewals are the same sign-in.
    pair.at_a
        .visit(&pair.a, at(2), |session| session.renew().unwrap());
    assert_eq!(refusal(&pair, at(3)), None);
    pair.at_a
        .visit(&pair.a, at(4), |session| session.destroy().unwrap());
    assert_eq!(refusal(&pair, at(4)), Some(Refusal::Revoked));
}

#[test]
fn a_revocation_of_the_subject_or_a_label_ends_both() {
    for target in [
        Target::Subject("user-17"),
        Target::Label("tenant:7"),
        Target::Everything,
    ] {
        let (mut pair, table) = linked();
        pair.at_a.visit(&pair.a, at(1), |session| {
            session.set_labels(&["tenant:7"]).unwrap();
        });
        let _ = pair.walk("/", at(2)).unwrap();
        table
            .add(pair.a.revocations_of(target, at(3)), at(3))
            .unwrap();
        assert_eq!(refusal(&pair, at(4)), Some(Refusal::Revoked), "{target:?}");
        let there = pair.at_a.open(&pair.a, at(4)).refusal();
        assert_eq!(there, Some(Refusal::Revoked), "{target:?}");
    }
}

#[test]
fn a_sign_out_where_it_arrived_ends_it_there_and_the_other_one_if_that_is_asked_for() {
    for ends_both in [false, true] {
        let (mut pair, table) = linked();
        let _ = pair.walk("/", at(1)).unwrap();
        pair.at_b.visit(&pair.b, at(2), |session| {
            if ends_both {
                let origin = session.origin().unwrap();
                let all = session.revocations_of(Target::SignIn(origin), at(2));
                table.add(all, at(2)).unwrap();
            }
            session.destroy().unwrap();
        });
        assert_eq!(pair.subject(at(3)), None);
        let there = pair.at_a.open(&pair.a, at(3)).refusal();
        assert_eq!(there, ends_both.then_some(Refusal::Revoked));
        // Who is signed in at A still comes back without a question.
        assert!(ends_both || pair.walk("/", at(4)).is_ok());
    }
}

#[test]
fn a_revocation_is_kept_for_as_long_as_sessions_live_at_a_partner() {
    let month = Duration::from_secs(30 * 86_400);
    let days = |sites: HandOver| {
        let manager = SessionManager::builder("a", ring()).hand_over(sites);
        let manager = manager.build().unwrap();
        let kept = manager.revocations_of(Target::Subject("user-17"), at(0));
        assert_eq!(kept.len(), 1, "the slot that asks adds nothing");
        (kept[0].until() - at(0)).whole_days()
    };
    let sites = HandOver::new(A)
        .unwrap()
        .with_partner(B, "/arrive")
        .unwrap();
    assert_eq!(days(sites.clone()), 0);
    let here = sites.clone().with_sessions_up_to(Duration::from_secs(60));
    assert_eq!(days(here), 0, "at least as long as here");
    assert_eq!(days(sites.with_sessions_up_to(month)), 30);
}

#[test]
fn what_was_revoked_on_the_way_does_not_arrive() {
    for target in ["sign-in", "subject", "label"] {
        let (mut pair, table) = linked();
        pair.at_a.visit(&pair.a, at(1), |session| {
            session.set_labels(&["tenant:7"]).unwrap();
        });
        let asked = pair.ask("/", at(2));
        let given = pair.give(&asked, at(2));
        let id = pair.at_a.open(&pair.a, at(3)).id().unwrap();
        let target = match target {
            "sign-in" => Target::SignIn(id),
            "subject" => Target::Subject("user-17"),
            _ => Target::Label("tenant:7"),
        };
        table
            .add(pair.a.revocations_of(target, at(3)), at(3))
            .unwrap();
        let arrived = pair.arrive(&given, at(4));
        assert_eq!(arrived, Err(HandOverRefusal::Revoked), "{target:?}");
        assert_eq!(pair.subject(at(5)), None);
    }
}

/// A has not heard of it long after, and B has. A sign-in that began before it is over, whenever it is given.
#[test]
fn what_was_revoked_before_it_was_given_does_not_arrive() {
    for target in ["sign-in", "subject", "label"] {
        let table = RevocationTable::new(100);
        let b = builder(B).revocations(table.clone()).build().unwrap();
        let mut pair = Pair::of(site(A), b);
        pair.sign_in("user-17", at(0));
        pair.at_a.visit(&pair.a, at(1), |session| {
            session.set_labels(&["tenant:7"]).unwrap();
        });
        let id = pair.at_a.open(&pair.a, at(2)).id().unwrap();
        let revoked = match target {
            "sign-in" => Target::SignIn(id),
            "subject" => Target::Subject("user-17"),
            _ => Target::Label("tenant:7"),
        };
        table
            .add(pair.b.revocations_of(revoked, at(2)), at(2))
            .unwrap();
        let arrived = pair.walk("/", at(600));
        assert_eq!(arrived, Err(HandOverRefusal::Revoked), "{target}");
        assert_eq!(pair.subject(at(601)), None);
    }
}

/// The news reaches B after the arrival: the sign-in began there before it.
#[test]
fn what_was_revoked_on_the_way_and_heard_of_later_ends_it() {
    let (at_a, at_b) = (RevocationTable::new(100), RevocationTable::new(100));
    let a = builder(A).revocations(at_a.clone()).build().unwrap();
    let b = builder(B).revocations(at_b.clone()).build().unwrap();
    let mut pair = Pair::of(a, b);
    pair.sign_in("user-17", at(0));
    let asked = pair.ask("/", at(200));
    let given = pair.give(&asked, at(200));
    let revoked = pair.a.revocations_of(Target::Subject("user-17"), at(201));
    at_a.add(revoked.clone(), at(201)).unwrap();
    assert!(pair.arrive(&given, at(202)).is_ok());
    at_b.add(revoked, at(203)).unwrap();
    assert_eq!(refusal(&pair, at(204)), Some(Refusal::Revoked));
}

/// After "sign out everywhere" a visitor who signs in again is handed over again, whatever the clocks say.
#[test]
fn a_sign_in_after_a_revocation_arrives() {
    let (mut pair, table) = linked();
    table
        .add(
            pair.a.revocations_of(Target::Subject("user-17"), at(10)),
            at(10),
        )
        .unwrap();
    pair.sign_in("user-17", at(11));
    let _ = pair.walk("/", at(12)).unwrap();
    assert_eq!(pair.subject(at(13)).as_deref(), Some("user-17"));
    assert_eq!(refusal(&pair, at(13)), None);
}

#[test]
fn guests_masks_and_those_who_were_handed_over_are_not_handed_over() {
    let mut pair = Pair::new();
    let asked = pair.ask("/", at(0));
    let refused = |pair: &Pair, now| {
        let session = pair.at_a.open(&pair.a, now);
        session.hand_over(&asked).unwrap().unwrap_err()
    };
    assert_eq!(refused(&pair, at(0)), HandOverRefusal::NotSignedIn);
    pair.at_a.visit(&pair.a, at(1), |session| {
        session.insert("cart", [4711]).unwrap();
    });
    assert_eq!(refused(&pair, at(2)), HandOverRefusal::NotSignedIn);
    pair.at_a.visit(&pair.a, at(3), |session| {
        session.sign_in("support-3", &[]).unwrap();
        session.act_as("user-17", &[]).unwrap();
    });
    assert_eq!(refused(&pair, at(4)), HandOverRefusal::Acting);
    pair.at_a
        .visit(&pair.a, at(5), |session| session.stop_acting(&[]).unwrap());
    let _ = pair.walk("/", at(6)).unwrap();

    // From B on to C.
    let (c, mut at_c) = (site(C), Browser::on(C, "/"));
    let asked = at_c.visit(&c, at(7), |session| session.ask_hand_over(B, None).unwrap());
    let query = asked.location().split_once('?').unwrap().1.to_owned();
    let session = pair.at_b.open(&pair.b, at(8));
    let refused = session.hand_over(&query).unwrap();
    assert_eq!(refused, Err(HandOverRefusal::HandedOver));
    assert!(session.names().is_empty() && session.subject().is_some());
}

#[test]
fn it_lives_as_long_as_sessions_of_that_site() {
    let mut pair = Pair::new();
    // Just before the end of twelve hours, in use all the time.
    pair.sign_in("user-17", at(0));
    let used = |session: &Session| session.count_as_use();
    for minute in 1..719 {
        pair.at_a.visit(&pair.a, at(minute * 60), used);
    }
    let _ = pair.walk("/", at(719 * 60)).unwrap();
    assert_eq!(pair.at_a.open(&pair.a, at(721 * 60)).subject(), None);
    assert!(pair.subject(at(721 * 60)).is_some());
}
