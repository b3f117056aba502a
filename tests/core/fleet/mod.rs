//! A fleet in which keys rotate while it serves: nobody who is signed in is refused, and nobody gets in whose time, or
//! whose key, is over.
//!
//! Every node is a real manager with a clock of its own. What each has to say follows from true time alone. The same fleet
//! under an operator who breaks a rule breaks the law, so the simulation can see it.

mod client;
mod plan;
mod times;
mod world;

use sealed_session::{KeyRing, Refusal, SessionManager};

use self::plan::{Plan, Rule};
use self::times::{HOUR, policy};
use self::world::{Fault, Figures, World};
use crate::common::{at, key};

/// Runs a small fleet whose operator breaks a rule.
fn small(rule: Rule) -> Figures {
    let plan = Plan { rule, rotations: 1 };
    World::new(plan, 8, 600).run()
}

/// Returns for how many live sessions a node gave this reason.
fn refused(figures: &Figures, reason: Refusal) -> usize {
    let faults = figures.faults.iter();
    faults
        .filter(|fault| **fault == Fault::LiveRefused(reason))
        .count()
}

#[test]
fn five_rotations_of_fifty_nodes_sign_nobody_out_and_let_nobody_in() {
    let plan = Plan {
        rule: Rule::Kept,
        rotations: 5,
    };
    let days = plan.end() / (24 * HOUR);
    let figures = World::new(plan, 50, 10_000).run();
    println!("{days} days: {figures:?}");
    assert_eq!(figures.faults, []);
    // What is promised was put to the test.
    assert!(
        figures.live > 20_000 && figures.over > 10_000,
        "{figures:?}"
    );
    assert!(
        figures.under_an_older_key > 500 && figures.versions_at_once == 3,
        "{figures:?}"
    );
    assert!(
        figures.deaths > 50 && figures.adoptions > 600,
        "{figures:?}"
    );
}

#[test]
fn a_small_fleet_that_keeps_the_rules_has_no_faults() {
    let figures = small(Rule::Kept);
    assert_eq!(figures.faults, []);
    assert!(
        figures.live > 500 && figures.under_an_older_key > 20,
        "{figures:?}"
    );
}

#[test]
fn a_key_without_lead_time_signs_people_out() {
    let figures = small(Rule::NoLead);
    assert!(refused(&figures, Refusal::UnknownKey) > 0, "{figures:?}");
}

#[test]
fn a_key_that_goes_too_early_signs_people_out() {
    let figures = small(Rule::EarlyRetirement);
    assert!(refused(&figures, Refusal::UnknownKey) > 0, "{figures:?}");
    // With `until` no manager takes such a ring.
    let ring = KeyRing::new(key(1)).seal_from(key(2), at(HOUR)).unwrap();
    let early = ring.retire(key(1).id(), at(2 * HOUR)).unwrap();
    let manager = SessionManager::builder("session", KeyRing::new(key(1)));
    let manager = manager.lifetime(policy()).build().unwrap();
    assert!(
        manager
            .replace_ring(early, at(0))
            .unwrap_err()
            .is_configuration()
    );
}

#[test]
fn a_node_that_is_left_behind_signs_people_out() {
    let figures = small(Rule::LeftBehind);
    // It lacks the keys of the others, and they lack its own when that is gone.
    assert!(refused(&figures, Refusal::UnknownKey) > 0, "{figures:?}");
}
