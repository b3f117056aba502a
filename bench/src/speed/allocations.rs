//! How often a whole request allocates, over the bare route: committed figures, which a test counts again.

use super::kind::Kind;
use super::workload::Workload;

type Row = (&'static str, Workload, u64, (u64, u64));

/// What they are called, what is requested, how often it allocates, and the limits of that.
pub(crate) const ALLOCATIONS: [Row; 3] = [
    (
        "allocations of a whole request, read",
        Workload::Read(Kind::Login),
        13,
        (14, 12),
    ),
    (
        "allocations of a whole request, replace",
        Workload::Write(Kind::Login),
        20,
        (26, 20),
    ),
    (
        "allocations of a whole request, not looked at",
        Workload::Untouched(Kind::Login),
        2,
        (4, 3),
    ),
];

#[cfg(test)]
mod tests {
    use allocation_counter::measure;

    use super::super::request::entry;
    use super::*;
    use crate::Peer;
    use crate::peers::Runtimes;

    #[test]
    fn whole_requests_allocate_as_often_as_this() {
        const TIMES: u32 = 100;
        let runtimes = Runtimes::new().unwrap();
        let counted = ALLOCATIONS.map(|(what, workload, ..)| {
            let mut entry = entry(&runtimes, Peer::Here, workload).unwrap();
            let count = |run: &mut dyn FnMut(u32)| {
                run(1);
                measure(|| run(TIMES)).count_total
            };
            let whole = count(&mut *entry.run);
            let over = whole - count(&mut *entry.bare.take().unwrap());
            (what, over / u64::from(TIMES))
        });
        assert_eq!(
            counted,
            ALLOCATIONS.map(|(what, _, count, _)| (what, count))
        );
    }
}
