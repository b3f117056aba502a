//! Two requests that are under way at once, whatever they do to two slots, in whatever order their
//! responses arrive: each slot ends as it does where the other does not exist.

use sealed_session::{Attribute, Budget, Refusal, Session, SessionManager};

use super::{Prefs, both, commit, of_prefs, open, prefs, sign_in, visit};
use crate::common::{Browser, at, noise};

const BULK: Attribute<Vec<u8>> = Attribute::new("bulk");

/// What a request does to a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Nothing,
    Read,
    Write,
    /// To one cookie more, where the budget has one.
    Grow,
    Shrink,
    SignIn,
    Destroy,
}

const OPS: [Op; 7] = [
    Op::Nothing,
    Op::Read,
    Op::Write,
    Op::Grow,
    Op::Shrink,
    Op::SignIn,
    Op::Destroy,
];

impl Op {
    fn act(self, session: &Session, request: u64) {
        let bulk = |bytes| noise(bytes, request + 1);
        match self {
            Op::Nothing => {}
            Op::Read => assert!(session.contains("name")),
            Op::Write => session.insert("name", request).unwrap(),
            Op::Grow => session.insert(BULK, bulk(700)).unwrap(),
            Op::Shrink => assert!(session.remove(BULK).unwrap()),
            Op::SignIn => session.sign_in(&format!("user-{request}"), &[]).unwrap(),
            Op::Destroy => session.destroy().unwrap(),
        }
    }
}

/// All that an application can see of a session and that is not random.
type Seen = (
    Option<u64>,
    Option<Vec<u8>>,
    Option<String>,
    Option<Refusal>,
);

fn see(session: &Session) -> Seen {
    (
        session.get("name").unwrap(),
        session.get(BULK).unwrap(),
        session.subject(),
        session.refusal(),
    )
}

/// Both slots as they are in the end. `ops` is what each request does to each slot.
fn run(
    manager: &SessionManager,
    start: &Browser,
    ops: [[Op; 2]; 2],
    order: [usize; 2],
) -> [Seen; 2] {
    // A touch of whatever is not written is due by then.
    let responses = [0, 1].map(|request: usize| {
        let session = open(start, manager, at(200));
        ops[request][0].act(&session, request as u64);
        if let Ok(prefs) = session.slot::<Prefs>() {
            ops[request][1].act(&prefs, request as u64);
        }
        commit(manager, &session, at(200)).unwrap()
    });
    let mut browser = start.clone();
    for request in order {
        responses[request]
            .iter()
            .for_each(|line| browser.keep(line));
    }
    let session = open(&browser, manager, at(201));
    let other = session.slot::<Prefs>().unwrap_or(session.clone());
    [see(&session), see(&other)]
}

fn start(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    visit(&mut browser, manager, at(0), |session| {
        let prefs = session.slot::<Prefs>();
        for session in [Ok(session.clone()), prefs].into_iter().flatten() {
            session.insert("name", 7).unwrap();
            session.insert(BULK, noise(300, 9)).unwrap();
        }
    });
    browser
}

/// Every pair of operations and order, on a slot that is alone.
fn alone(manager: &SessionManager) -> Vec<Seen> {
    let start = start(manager);
    let mut seen = Vec::new();
    for first in OPS {
        for second in OPS {
            for order in [[0, 1], [1, 0]] {
                let ops = [[first, Op::Nothing], [second, Op::Nothing]];
                seen.push(run(manager, &start, ops, order)[0].clone());
            }
        }
    }
    seen
}

#[test]
fn concurrent_writes_to_two_slots_lose_nothing() {
    // Chunks of the main slot come and go.
    let narrow = || sign_in().budget(Budget::within_8k().with_line_limit(900));
    let of_main = alone(&narrow().build().unwrap());
    let of_prefs = alone(&prefs().build().unwrap());
    let manager = both(narrow(), prefs());
    let start = start(&manager);
    let number = |op: Op| OPS.iter().position(|other| *other == op).unwrap();
    let index = |ops: [[Op; 2]; 2], slot: usize, at: usize| {
        (number(ops[0][slot]) * OPS.len() + number(ops[1][slot])) * 2 + at
    };
    let mut runs = 0;
    for a in OPS {
        for b in OPS {
            for c in OPS {
                for d in OPS {
                    for (at, order) in [[0, 1], [1, 0]].into_iter().enumerate() {
                        let ops = [[a, b], [c, d]];
                        let [main, prefs] = run(&manager, &start, ops, order);
                        let wanted = &of_main[index(ops, 0, at)];
                        assert_eq!(main, *wanted, "main: {ops:?} {order:?}");
                        let wanted = &of_prefs[index(ops, 1, at)];
                        assert_eq!(prefs, *wanted, "prefs: {ops:?} {order:?}");
                        runs += 1;
                    }
                }
            }
        }
    }
    assert_eq!(runs, 7 * 7 * 7 * 7 * 2);
}

#[test]
fn one_session_loses_what_two_slots_keep() {
    let manager = both(sign_in(), prefs());
    let start = start(&manager);
    for order in [[0, 1], [1, 0]] {
        let apart = [[Op::Write, Op::Nothing], [Op::Nothing, Op::Grow]];
        let [main, prefs] = run(&manager, &start, apart, order);
        assert_eq!((main.0, prefs.1), (Some(0), Some(noise(700, 2))));
        let together = [[Op::Write, Op::Nothing], [Op::Grow, Op::Nothing]];
        let [main, _] = run(&manager, &start, together, order);
        let both_there = main.0 == Some(0) && main.1 == Some(noise(700, 2));
        assert!(!both_there);
    }
    let session = open(&start, &manager, at(1));
    assert_eq!(of_prefs(&session).get::<u64>("name").unwrap(), Some(7));
}
