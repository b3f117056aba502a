//! Refuses slots that would collide.

use crate::carrier::{Carriers, FieldNames};
use crate::cookie::Budget;
use crate::error::Error;
use crate::visit::{SlotConfig, SlotList};

/// Checks a slot against those that are `there`, and what all of them take together.
pub(super) fn check(there: &SlotList, added: &SlotConfig) -> Result<(), Error> {
    there.iter().try_for_each(|slot| check_pair(slot, added))?;
    let all: Vec<&SlotConfig> = there.iter().chain([added]).collect();
    let main = &there.main().budget;
    check_budgets(&all, main)?;
    check_heads(&all, main)
}

fn check_pair(there: &SlotConfig, added: &SlotConfig) -> Result<(), Error> {
    if there.is_same_slot(added) {
        return Err(Error::configuration(format!(
            "the slot `{}` is there already; a second one needs a type of its own",
            added.name
        )));
    }
    if !added.config.cross_origin.is_default() {
        return Err(Error::configuration(format!(
            "the slot `{}` says by itself which requests of other origins are served; the main slot's \
             manager says so for all",
            added.name
        )));
    }
    check_names(there, added).map_err(Error::configuration)
}

/// Refuses slots of two managers that serve one request and would read each other's sessions.
pub(super) fn check_beside(there: &SlotList, added: &SlotList) -> Result<(), Error> {
    let all = added.iter();
    let mut pairs = there
        .iter()
        .flat_map(|slot| all.clone().map(move |other| (slot, other)));
    pairs.try_for_each(|(slot, other)| check_names(slot, other)).map_err(|what| {
        Error::misuse(format!(
            "two session layers cover one request, and nobody could tell whose session a handler means; remove \
             one of them, or change its names: {what}"
        ))
    })
}

/// Refuses two slots that share a name, and says which.
fn check_names(there: &SlotConfig, added: &SlotConfig) -> Result<(), String> {
    check_carriers(there, added)?;
    for (at, family) in there.config.carriers.cookies().families() {
        for (added_at, other) in added.config.carriers.cookies().families() {
            if family.names.overlaps(&other.names) {
                return Err(format!(
                    "the {} of the slot `{}` and the {} of the slot `{}` would take each other's \
                     names; choose another name in `SessionManager::builder`, whatever the scope: a request \
                     does not tell scopes apart",
                    described(at, family.names.base()),
                    there.name,
                    described(added_at, other.names.base()),
                    added.name,
                ));
            }
        }
    }
    Ok(())
}

/// Refuses two slots that share a field or a parameter: one would read, and overwrite, the other.
fn check_carriers(there: &SlotConfig, added: &SlotConfig) -> Result<(), String> {
    let [one, other] = [there, added].map(|slot| &slot.config.carriers);
    let shared = |what: &str, name: &str, fix: &str| {
        Err(format!(
            "the slots `{}` and `{}` both travel in the {what} `{name}`; name another one by {fix}",
            there.name, added.name,
        ))
    };
    let theirs: Vec<&str> = fields(other).collect();
    if let Some(name) = fields(one).find(|name| theirs.contains(name)) {
        return shared(
            "header field",
            name,
            "`Transport::header` and `answered_in`",
        );
    }
    let parameter = |all: &Carriers| all.links().map(|links| links.parameter().to_owned());
    match (parameter(one), parameter(other)) {
        (Some(one), Some(other)) if one == other => {
            shared("parameter of links", &one, "`Transport::url_that_leaks`")
        }
        _ => Ok(()),
    }
}

/// Returns the names of all fields in which a session travels.
fn fields(carriers: &Carriers) -> impl Iterator<Item = &str> {
    carriers.field_names().into_iter().flat_map(FieldNames::all)
}

fn described(family: usize, name: &str) -> String {
    let former = if family == 0 { "" } else { "former " };
    format!("{former}cookie `{name}`")
}

/// Refuses slots whose budgets pass together what a request may carry. All sessions that travel in
/// cookies share one field. Their totals count attributes, too, which are not sent back: what that
/// leaves is for touches and tombstones.
fn check_budgets(slots: &[&SlotConfig], main: &Budget) -> Result<(), Error> {
    let configs = slots.iter().map(|slot| &slot.config);
    let totals: Vec<(&str, usize)> = configs
        .filter(|config| config.carriers.reads_cookies())
        .map(|config| (config.cookie(), config.budget.total_limit()))
        .collect();
    let needed: usize = totals.iter().map(|(_, total)| total).sum();
    let allowed = main.request_warning_limit();
    if needed <= allowed {
        return Ok(());
    }
    let named = |(name, total): &(&str, usize)| format!("`{name}` {total}");
    let all: Vec<String> = totals.iter().map(named).collect();
    Err(Error::configuration(format!(
        "the budgets of all slots are {needed} bytes together, {} more than the {allowed} that common \
         servers take in a request: {}; lower them by `Budget::with_total_limit`, or, if every server in front \
         takes more, say so by `Budget::with_request_warning_limit` in the budget of the main slot",
        needed - allowed,
        all.join(", "),
    )))
}

/// Refuses slots that may take more of a response head together than the main one's budget allows.
/// All slots answer in one head.
fn check_heads(slots: &[&SlotConfig], main: &Budget) -> Result<(), Error> {
    let Some(allowed) = main.head_limit() else {
        return Ok(());
    };
    let heads: Vec<(&str, usize)> = slots
        .iter()
        .map(|slot| (slot.config.cookie(), slot.config.budget.whole_head()))
        .collect();
    let needed: usize = heads.iter().map(|(_, head)| head).sum();
    if needed <= allowed {
        return Ok(());
    }
    let named = |(name, head): &(&str, usize)| format!("`{name}` {head}");
    let all: Vec<String> = heads.iter().map(named).collect();
    Err(Error::configuration(format!(
        "all slots may add {needed} bytes to a response head, {} more than the {allowed} of the main \
         slot's budget: {}; give the main slot `Budget::within_8k`, for which a stock nginx in front needs \
         `proxy_buffer_size 8k`, or give each a `Budget::with_head_limit` and a lower `Budget::with_total_limit`",
        needed - allowed,
        all.join(", "),
    )))
}
