//! Every order in which a few requests of one browser, and their responses, can cross: nothing that
//! was ended comes back, nor do rights that a renewal took away, and no response of a request that
//! wrote nothing changes anything.
//!
//! The same orders under the rules of others break both, so the model can see it.

mod model;
mod rule;

use self::model::{Fault, HALF, Model, Pause, Start};
use self::rule::{Op, Rule};

const ANY: &[Op] = &[
    Op::Pass,
    Op::Read,
    Op::Write,
    Op::Renew,
    Op::SignIn,
    Op::Destroy,
];

/// Without the two whose lines are a special case of others'.
const FEWER: &[Op] = &[Op::Read, Op::Write, Op::SignIn, Op::Destroy];

/// A visitor who writes, reads and leaves, and another site.
const FOREIGN: &[Op] = &[
    Op::Read,
    Op::Write,
    Op::SignIn,
    Op::Destroy,
    Op::ForeignWrite,
    Op::ForeignSignIn,
    Op::ForeignDestroy,
];

/// Everything that there is.
const ANY_AND_FOREIGN: &[Op] = &[
    Op::Pass,
    Op::Passive,
    Op::Read,
    Op::Write,
    Op::Renew,
    Op::SignIn,
    Op::Destroy,
    Op::ForeignWrite,
    Op::ForeignSignIn,
    Op::ForeignDestroy,
];

/// Three requests to two servers.
const THREE: Model = Model {
    rule: Rule::Ours,
    requests: 3,
    ops: ANY,
    servers: 2,
    step: 0,
    start: Start::BothRead,
    pause: Pause::Handler,
};

/// Runs a model with both kinds of pauses, and from both beginnings.
fn run(model: Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    for start in [Start::BothRead, Start::OneReads] {
        for pause in [Pause::Handler, Pause::Network] {
            faults.extend(
                Model {
                    start,
                    pause,
                    ..model
                }
                .run(),
            );
        }
    }
    faults
}

fn is_loss(fault: &Fault) -> bool {
    matches!(fault, Fault::Changed { .. })
}

fn assert_none(faults: &[Fault]) {
    let first = faults.first();
    assert!(first.is_none(), "{} faults: {first:#?}", faults.len());
}

#[test]
fn nothing_comes_back_and_nothing_is_lost() {
    // At once, with touches due in between, and with pauses in which a session may expire.
    for step in [0, 200, HALF] {
        let faults = run(Model { step, ..THREE });
        assert_none(&faults);
    }
}

#[test]
fn passive_requests_lose_nothing_either() {
    let ops = &[Op::Pass, Op::Passive, Op::Write, Op::Destroy];
    let faults = run(Model {
        ops,
        step: 200,
        ..THREE
    });
    assert_none(&faults);
}

#[test]
fn of_four_requests_only_ends_that_overtake_each_other_undo_one() {
    // The later tombstones go over the earlier ones: SECURITY.md says so.
    let faults = run(Model {
        requests: 4,
        ops: FEWER,
        servers: 1,
        step: 200,
        ..THREE
    });
    let crossed = |fault: &Fault| matches!(fault, Fault::CameBack { crossed: true, .. });
    let other = faults.iter().find(|fault| !crossed(fault));
    assert!(other.is_none(), "{other:#?}");
    assert!(!faults.is_empty(), "the limit is gone: say so");
}

#[test]
fn of_four_requests_only_what_overtakes_its_like_undoes_a_renewal() {
    // The tombstones of the renewal that arrives last go over those of others: SECURITY.md says so.
    let faults = run(Model {
        requests: 4,
        ops: &[Op::Write, Op::Renew, Op::Destroy],
        servers: 1,
        ..THREE
    });
    let limit = |fault: &Fault| {
        matches!(
            fault,
            Fault::CameBack { crossed: true, .. } | Fault::RightsBack { crossed: true, .. }
        )
    };
    let other = faults.iter().find(|fault| !limit(fault));
    assert!(other.is_none(), "{other:#?}");
    let back = |fault: &Fault| matches!(fault, Fault::RightsBack { .. });
    assert!(faults.iter().any(back), "the limit is gone: say so");
}

#[test]
fn whoever_pauses_for_no_more_than_half_of_the_idle_timeout_stays() {
    // Whether or not anybody looks, and whatever else does not count.
    let table: [(&[Op], usize); 2] = [(&[Op::Read, Op::Pass], 5), (&[Op::Pass, Op::Passive], 4)];
    for ((ops, requests), step) in table
        .into_iter()
        .flat_map(|row| [(row, HALF / 2), (row, HALF)])
    {
        let model = Model {
            requests,
            ops,
            servers: 1,
            step,
            ..THREE
        };
        let faults = model.run();
        assert_none(&faults);
    }
}

#[test]
fn other_sites_end_and_replace_nothing() {
    for (requests, ops) in [(3, FOREIGN), (2, ANY_AND_FOREIGN)] {
        let faults = run(Model {
            requests,
            ops,
            servers: 1,
            step: 200,
            ..THREE
        });
        assert_none(&faults);
    }
}

#[test]
fn the_model_sees_what_a_request_without_cookies_replaces() {
    let faults = run(Model {
        rule: Rule::NoOrigin,
        requests: 2,
        ops: FOREIGN,
        step: 200,
        ..THREE
    });
    let lost = faults.iter().filter(|fault| is_loss(fault)).count();
    assert!(lost > 0, "{} faults, and nothing is lost", faults.len());
}

#[test]
fn the_model_sees_what_re_sending_does() {
    let faults = run(Model {
        rule: Rule::Resend,
        requests: 2,
        step: 200,
        ..THREE
    });
    let lost = faults.iter().filter(|fault| is_loss(fault)).count();
    assert!(
        lost > 0 && faults.len() > lost,
        "{lost} of {}",
        faults.len()
    );
}

#[test]
fn the_model_sees_what_a_missing_tombstone_does() {
    let faults = run(Model {
        rule: Rule::NoTombstone,
        ..THREE
    });
    assert!(!faults.is_empty() && !faults.iter().any(is_loss));
}

#[test]
fn the_model_sees_rights_come_back_without_tombstones_of_renewals() {
    let faults = run(Model {
        rule: Rule::NoneOfRenewals,
        requests: 2,
        ..THREE
    });
    let rights = |fault: &Fault| matches!(fault, Fault::RightsBack { .. });
    assert!(!faults.is_empty() && faults.iter().all(rights));
}

#[test]
fn the_model_sees_what_removing_expired_cookies_does() {
    let faults = run(Model {
        rule: Rule::RemoveExpired,
        requests: 2,
        step: 2 * HALF,
        ..THREE
    });
    assert!(faults.iter().any(is_loss));
}

#[test]
fn the_model_sees_what_touches_without_a_bound_do() {
    // On a network that keeps them for as long as it likes, no server can bound them.
    let faults = Model {
        requests: 5,
        ops: &[Op::Read],
        servers: 1,
        step: HALF / 2,
        pause: Pause::Network,
        ..THREE
    }
    .run();
    let signed_out = |fault: &Fault| matches!(fault, Fault::SignedOut { .. });
    assert!(faults.iter().any(signed_out));
}
