//! The table against the rule, at its bound, and under threads.

use proptest::prelude::*;
use smallvec::smallvec;

use super::*;

const SKEW: u64 = 120;

fn id(number: u8) -> TargetId {
    // Spread over the shards, as MACs are.
    let start = u32::from(number).wrapping_mul(0x9e37_79b9).to_be_bytes();
    let mut bytes = [number; 16];
    bytes
        .iter_mut()
        .zip(start)
        .for_each(|(to, from)| *to = from);
    TargetId::from_bytes(bytes)
}

fn revocation(target: u8, at: u32, until: u32) -> Revocation {
    Revocation {
        target: id(target),
        at: Timestamp(at),
        until: Timestamp(until),
    }
}

fn time(seconds: u32) -> OffsetDateTime {
    Timestamp(seconds).to_time()
}

/// A session whose sign-in is 0, and that is part of these.
fn part_of(wider: &[u8]) -> SessionTargets {
    SessionTargets {
        sign_in: smallvec![id(0)],
        wider: wider.iter().map(|number| id(*number)).collect(),
        mask: None,
    }
}

fn begun(created: u32) -> Begun {
    Begun {
        at: Timestamp(created),
        skew: SKEW,
    }
}

fn is_over(table: &RevocationTable, targets: &SessionTargets, created: u32) -> bool {
    let known = table.known(targets, begun(created), 0);
    let answer = known.answer(begun(created), 0, Timestamp(created));
    answer == Answer::Revoked
}

proptest! {
    /// What another product got wrong twice in a year: all that match count, and the strictest wins. In whatever order
    /// revocations are added, a session is over if any of them ends it by itself.
    #[test]
    fn a_session_is_over_if_any_revocation_ends_it_by_itself(
        all in prop::collection::vec((0u8..6, 1_000u32..2_000), 0..12),
        wider in prop::collection::vec(1u8..6, 0..6),
        created in 500u32..2_500,
        turn in 0usize..12,
    ) {
        let targets = part_of(&wider);
        let table = RevocationTable::new(100);
        let mut order = all.clone();
        order.rotate_left(turn.min(all.len()));
        for (target, at) in order {
            table.add([revocation(target, at, 9_000)], time(0)).unwrap();
        }
        let ends = |(target, at): &(u8, u32)| match target {
            0 => true,
            target => wider.contains(target) && u64::from(created) < u64::from(*at) + SKEW,
        };
        prop_assert_eq!(is_over(&table, &targets, created), all.iter().any(ends));
    }

    /// None is weakened by another.
    #[test]
    fn what_is_over_stays_over_whatever_is_added(
        before in prop::collection::vec((0u8..6, 1_000u32..2_000), 1..6),
        after in prop::collection::vec((0u8..6, 1_000u32..2_000, 1u32..9_000), 1..6),
        created in 500u32..2_500,
    ) {
        let targets = part_of(&[1, 2, 3]);
        let table = RevocationTable::new(100);
        for (target, at) in before {
            table.add([revocation(target, at, 9_000)], time(0)).unwrap();
        }
        let was_over = is_over(&table, &targets, created);
        for (target, at, until) in after {
            table.add([revocation(target, at, until)], time(0)).unwrap();
            table.inner.shards.sweep(Timestamp(8_999));
            prop_assert!(!was_over || is_over(&table, &targets, created));
        }
    }
}

#[test]
fn a_full_table_refuses_and_forgets_only_what_is_over() {
    let table = RevocationTable::new(2);
    table
        .add([revocation(1, 10, 100), revocation(2, 10, 200)], time(10))
        .unwrap();
    // One that is there already takes no room.
    table.add([revocation(1, 20, 100)], time(20)).unwrap();
    let error = table.add([revocation(3, 30, 300)], time(30)).unwrap_err();
    assert!(
        error.is_revocation() && error.to_string().contains("is full"),
        "{error}"
    );
    assert!(is_over(&table, &part_of(&[1]), 20) && is_over(&table, &part_of(&[2]), 10));
    assert!(!is_over(&table, &part_of(&[3]), 10));

    table.add([revocation(3, 100, 300)], time(100)).unwrap();
    assert_eq!((table.len(), table.find(id(1))), (2, None));
    // What can end nothing any more takes no room at all.
    table.add([revocation(4, 10, 100)], time(100)).unwrap();
    assert_eq!((table.len(), table.find(id(4))), (2, None));
    let none = RevocationTable::new(0);
    assert!(none.add([revocation(1, 10, 100)], time(10)).is_err());
}

#[test]
fn a_clock_that_was_ahead_once_keeps_nothing_from_being_forgotten() {
    let table = RevocationTable::new(2);
    let add = |number, at, until, now| table.add([revocation(number, at, until)], time(now));
    add(1, 10, 100, 10).unwrap();
    add(2, 10, 100, 10).unwrap();
    // The clock jumps ahead, and the full table is cleared by it. Then it is right again.
    add(3, 10, 2_000_000, 1_000_000).unwrap();
    add(4, 200, 300, 200).unwrap();
    add(5, 400, 500, 400).unwrap();
    assert_eq!((table.len(), table.find(id(4))), (2, None));
}

#[test]
fn any_number_is_a_capacity() {
    let table = RevocationTable::new(usize::MAX);
    table
        .add([revocation(1, 10, 100), revocation(255, 10, 100)], time(10))
        .unwrap();
    assert_eq!((table.len(), table.capacity()), (2, usize::MAX));
    assert!(is_over(&table, &part_of(&[1]), 10) && is_over(&table, &part_of(&[255]), 10));
}

#[test]
fn a_table_is_true_as_of_now_until_somebody_else_feeds_it() {
    let table = RevocationTable::new(10);
    assert_eq!(table.known_as_of(time(7)), Some(time(7)));
    table.doubt();
    assert_eq!(table.known_as_of(time(7)), None);
    table.confirm(time(5));
    assert_eq!(table.known_as_of(time(7)), Some(time(5)));
    assert_eq!(
        table.clone().known(&part_of(&[]), begun(1), 1).as_of,
        AsOf::Time(Timestamp(5))
    );
}

#[test]
fn a_table_lists_what_may_still_end_a_session() {
    let table = RevocationTable::new(10);
    let all = [revocation(1, 10, 100), revocation(2, 10, 200)];
    table.add(all, time(10)).unwrap();
    table.add([revocation(1, 5, 150)], time(10)).unwrap();
    let one = revocation(1, 10, 150);
    assert_eq!(table.latest(id(1)), Some(one));
    assert_eq!(table.latest(id(3)), None);
    let mut listed: Vec<Revocation> = table.revocations(time(10)).collect();
    assert!(listed.is_sorted_by_key(|revocation| revocation.target));
    listed.sort_by_key(|revocation| revocation.until);
    assert_eq!(listed, [one, revocation(2, 10, 200)]);
    let listed: Vec<Revocation> = table.revocations(time(150)).collect();
    assert_eq!(listed, [revocation(2, 10, 200)]);
}

#[test]
fn threads_that_fill_a_table_at_once_neither_pass_its_bound_nor_lose_what_was_added() {
    let table = RevocationTable::new(200);
    let added: usize = std::thread::scope(|scope| {
        let fill = |first: u8| {
            let table = &table;
            move || {
                let all = (first..first + 100).map(|number| revocation(number, 10, 100));
                let added = all.filter(|one| table.add([*one], time(10)).is_ok());
                added.count()
            }
        };
        let threads = [0, 50, 100, 150].map(|first| scope.spawn(fill(first)));
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    });
    assert_eq!(table.len(), 200);
    assert_eq!(table.all(Timestamp(10)).count(), 200);
    assert!(added >= 200, "{added}");
}

#[test]
fn shards_are_evenly_filled_and_in_order() {
    let places = |number: u32| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        TargetId::from_bytes(bytes).place(1_283)
    };
    assert_eq!((places(0), places(u32::MAX)), (0, 1_282));
    assert_eq!((places(u32::MAX / 1_283 + 1), places(1 << 31)), (1, 641));

    let table = RevocationTable::new(20_000);
    for number in 0..200 {
        table.add([revocation(number, 10, 100)], time(10)).unwrap();
    }
    let all: Vec<TargetId> = table.all(Timestamp(10)).map(|kept| kept.target).collect();
    assert!(all.is_sorted() && all.len() == 200);
}
