//! The presets, and budgets that nothing fits into.

use super::*;

#[test]
fn presets_hold_and_impossible_budgets_are_refused() {
    for preset in [
        Budget::portable(),
        Budget::within_8k(),
        Budget::within_16k(),
        Budget::direct(),
    ] {
        assert!(preset.check(80).is_ok(), "{preset:?}");
    }
    for bad in [
        Budget::within_8k().with_line_limit(4_094),
        Budget::within_8k().with_cookie_limit(0),
        Budget::within_8k().with_cookie_limit(10),
        Budget::within_8k().with_line_limit(207),
        Budget::within_8k().with_total_limit(100),
    ] {
        assert!(bad.check(80).unwrap_err().is_configuration(), "{bad:?}");
    }
}
