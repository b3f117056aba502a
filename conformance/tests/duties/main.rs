//! The list can fail: an adapter that forgets one duty is caught, whichever duty it is, and every
//! scenario catches somebody.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod adapter;
mod commit;
mod duty;

use std::collections::{BTreeMap, BTreeSet};

use conformance::{Scenario, run};

use crate::adapter::ByHand;

#[test]
fn an_adapter_that_forgets_nothing_passes() {
    conformance::assert_conforms(&ByHand(None));
}

#[test]
fn whoever_forgets_a_duty_is_caught_and_every_scenario_catches_somebody() {
    let mut idle: BTreeSet<&str> = Scenario::all().map(|scenario| scenario.name()).collect();
    let mut uncaught = BTreeMap::new();
    for &(duty, catcher) in duty::ALL {
        let report = run(&ByHand(Some(duty)));
        let caught: Vec<&str> = report.failures().map(|(s, _)| s.name()).collect();
        println!("{duty:?}: {}", caught.join(" "));
        if !caught.contains(&catcher) {
            uncaught.insert(format!("{duty:?}"), catcher);
        }
        idle.retain(|name| !caught.contains(name));
    }
    assert!(
        uncaught.is_empty(),
        "scenarios that do not catch: {uncaught:?}"
    );
    assert!(idle.is_empty(), "scenarios that never fail: {idle:?}");
}

#[test]
fn the_page_for_authors_of_adapters_names_every_duty() {
    let page = include_str!("../../../docs/adapters.md");
    let names = duty::ALL.iter().map(|(duty, _)| format!("`{duty:?}`"));
    let missing: Vec<String> = names.filter(|name| !page.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "docs/adapters.md lacks {missing:?}");
}
