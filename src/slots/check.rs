//! What slots are refused for.

use super::managers::Entry;
use crate::cookie::Budget;
use crate::error::Error;
use crate::transport::Transport;

/// Checks the last of `entries` against those before it, and what all of them take together. The first
/// one is the main slot.
pub(super) fn check(entries: &[Entry]) -> Result<(), Error> {
    let Some((added, there)) = entries.split_last() else {
        return Ok(());
    };
    there
        .iter()
        .try_for_each(|entry| check_pair(entry, added))?;
    check_budgets(entries)
}

fn check_pair(there: &Entry, added: &Entry) -> Result<(), Error> {
    if there.is_same_slot(added) {
        return Err(Error::configuration(format!(
            "the slot `{}` is there already; a second one needs a type of its own",
            added.name()
        )));
    }
    if let Some(shared) = transport(there).shared(transport(added)) {
        return Err(Error::configuration(format!(
            "the slots `{}` and `{}` would both travel in the {shared}; give each a name of its own by \
             `Transport`",
            there.name(),
            added.name(),
        )));
    }
    for (at, family) in there.manager.context().families() {
        for (added_at, other) in added.manager.context().families() {
            if family.names.overlaps(&other.names) {
                return Err(Error::configuration(format!(
                    "the {} of the slot `{}` and the {} of the slot `{}` would take each other's \
                     names; choose another name by `CookieSpec::new`, whatever the scope: a request \
                     does not tell scopes apart",
                    described(at, family.names.base()),
                    there.name(),
                    described(added_at, other.names.base()),
                    added.name(),
                )));
            }
        }
    }
    Ok(())
}

fn transport(entry: &Entry) -> &Transport {
    &entry.manager.context().transport
}

fn described(family: usize, name: &str) -> String {
    let former = if family == 0 { "" } else { "former " };
    format!("{former}cookie `{name}`")
}

/// All sessions that travel in cookies share one field. Their totals count attributes, too, which are
/// not sent back: what that leaves is for touches and tombstones.
fn check_budgets(entries: &[Entry]) -> Result<(), Error> {
    let contexts = entries.iter().map(|entry| entry.manager.context());
    let totals: Vec<(&str, usize)> = contexts
        .filter(|context| context.transport.in_cookies())
        .map(|context| (context.family.names.base(), context.budget.total_limit()))
        .collect();
    let needed: usize = totals.iter().map(|(_, total)| total).sum();
    let main = entries.first().map(|main| &main.manager.context().budget);
    let allowed = main.map_or(0, Budget::request_warning_limit);
    if needed <= allowed {
        return Ok(());
    }
    let named = |(name, total): &(&str, usize)| format!("`{name}` {total}");
    let all: Vec<String> = totals.iter().map(named).collect();
    Err(Error::configuration(format!(
        "the budgets of all slots are {needed} bytes together, {} more than the {allowed} that common \
         servers take in a request: {}; lower them by `Budget::total`, or, if every server in front \
         takes more, say so by `Budget::warn_request_above` in the budget of the main slot",
        needed - allowed,
        all.join(", "),
    )))
}
