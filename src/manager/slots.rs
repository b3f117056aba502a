//! What slots are refused for.

use super::managers::Entry;
use crate::cookie::Budget;
use crate::error::Error;
use crate::transport::{Field, Transport};

/// Checks the last of `entries` against those before it, and what all of them take together. The first
/// one is the main slot.
pub(super) fn check(entries: &[Entry]) -> Result<(), Error> {
    let Some((added, there)) = entries.split_last() else {
        return Ok(());
    };
    there
        .iter()
        .try_for_each(|entry| check_pair(entry, added))?;
    check_budgets(entries)?;
    check_heads(entries)
}

fn check_pair(there: &Entry, added: &Entry) -> Result<(), Error> {
    if there.is_same_slot(added) {
        return Err(Error::configuration(format!(
            "the slot `{}` is there already; a second one needs a type of its own",
            added.name()
        )));
    }
    if !added.manager.context().cross_origin.is_default() {
        return Err(Error::configuration(format!(
            "the slot `{}` says by itself which requests of other origins are served; the main slot's \
             manager says so for all",
            added.name()
        )));
    }
    check_transports(there, added)?;
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

/// Of two sessions that share a field or a parameter one would read, and overwrite, the other.
fn check_transports(there: &Entry, added: &Entry) -> Result<(), Error> {
    let [one, other] = [there, added].map(|entry| &entry.manager.context().transport);
    let shared = |what: &str, name: &str, fix: &str| {
        Err(Error::configuration(format!(
            "the slots `{}` and `{}` both travel in the {what} `{name}`; name another one by {fix}",
            there.name(),
            added.name(),
        )))
    };
    let theirs: Vec<&str> = fields(other).collect();
    if let Some(name) = fields(one).find(|name| theirs.contains(name)) {
        return shared(
            "header field",
            name,
            "`Transport::header` and `answered_in`",
        );
    }
    match (one.in_links(), other.in_links()) {
        (Some(one), Some(other)) if one == other => {
            shared("parameter of links", one, "`Transport::url_that_leaks`")
        }
        _ => Ok(()),
    }
}

/// The names of all fields that a transport uses.
fn fields(transport: &Transport) -> impl Iterator<Item = &str> {
    transport.in_field().into_iter().flat_map(Field::names)
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

/// All slots answer in one head. If the main one's budget limits it, what they may take together has to
/// be within that.
fn check_heads(entries: &[Entry]) -> Result<(), Error> {
    let main = entries.first().map(|main| &main.manager.context().budget);
    let Some(allowed) = main.and_then(Budget::head_limit) else {
        return Ok(());
    };
    let contexts = entries.iter().map(|entry| entry.manager.context());
    let heads: Vec<(&str, usize)> = contexts
        .map(|context| (context.family.names.base(), context.budget.whole_head()))
        .collect();
    let needed: usize = heads.iter().map(|(_, head)| head).sum();
    if needed <= allowed {
        return Ok(());
    }
    let named = |(name, head): &(&str, usize)| format!("`{name}` {head}");
    let all: Vec<String> = heads.iter().map(named).collect();
    Err(Error::configuration(format!(
        "all slots may add {needed} bytes to a response head, {} more than the {allowed} of the main \
         slot's budget: {}; give each a `Budget::head` and a lower `Budget::total`, or raise the head of the \
         main slot",
        needed - allowed,
        all.join(", "),
    )))
}
