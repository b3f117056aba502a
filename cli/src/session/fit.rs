//! The sizes of a session beside each budget, counted as a budget counts them: whole `Set-Cookie` values.

use sealed_session::adapter::RequestHead;
use sealed_session::inspect::PieceKind;
use sealed_session::time::OffsetDateTime;
use sealed_session::{Key, KeyRing};
use serde_json::{Value, json};

use crate::input::message::Message;
use crate::policy::{BUDGETS, Policy};
use crate::session::judge::Judgement;
use crate::style::{BAD, HEAD, bar, number};

/// The bytes of the default attributes, which a `Cookie` field leaves out.
const ATTRIBUTES: usize = "; Path=/; Secure; HttpOnly; SameSite=Lax".len();

/// The size of a session, and what one budget allows.
struct Fit {
    budget: &'static str,
    bytes: usize,
    allowed: usize,
    fits: bool,
}

/// Returns the lengths of the `Set-Cookie` values of the session, or those that they would have.
fn lines(session: &Judgement, message: &Message) -> Vec<usize> {
    let chunks = session.cookies.pieces.iter().filter(|piece| {
        matches!(
            piece.kind,
            PieceKind::Token | PieceKind::FirstChunk { .. } | PieceKind::Chunk { .. }
        )
    });
    let mut lines: Vec<usize> = chunks
        .map(|piece| {
            let is_its = |line: &&String| {
                line.split_once('=')
                    .is_some_and(|(name, _)| name.trim() == piece.name)
            };
            let length = piece.name.len() + 1 + piece.length.unwrap_or_default() + ATTRIBUTES;
            message.set.iter().find(is_its).map_or(length, String::len)
        })
        .collect();
    // A token by itself would take one cookie.
    let by_itself = session
        .candidates
        .iter()
        .filter(|_| session.cookies.pieces.is_empty());
    let by_itself = by_itself.filter_map(|candidate| candidate.claim.ok());
    lines.extend(by_itself.map(|claim| session.name.len() + 1 + claim.length + ATTRIBUTES));
    lines
}

/// Compares the session with each budget. Nothing if no cookie of it came.
fn fits(session: &Judgement, message: &Message, policy: &Policy) -> Vec<Fit> {
    let lines = lines(session, message);
    let bytes: usize = lines.iter().sum();
    let longest = lines.iter().max().copied().unwrap_or_default();
    if lines.is_empty() {
        return Vec::new();
    }
    let fit = |(name, budget)| {
        // A manager keeps room for what stands beside a session.
        let key = Key::generate().ok()?;
        let manager = policy
            .named(&session.name)
            .builder(KeyRing::new(key))
            .budget(budget)
            .build()
            .ok()?;
        let session = manager.load(RequestHead::default(), OffsetDateTime::UNIX_EPOCH);
        let allowed = session.size().ok()?.budget.total_limit();
        let fits = bytes <= allowed
            && longest <= budget.line_limit()
            && lines.len() <= budget.cookie_limit();
        Some(Fit {
            budget: name,
            bytes,
            allowed,
            fits,
        })
    };
    BUDGETS.into_iter().filter_map(fit).collect()
}

/// Writes a row for each budget.
pub(crate) fn text(session: &Judgement, message: &Message, policy: &Policy) -> String {
    let row = |fit: Fit| {
        let (bytes, allowed) = (number(fit.bytes), number(fit.allowed));
        let over = match fit.fits {
            true => String::new(),
            false => format!("  {BAD}over{BAD:#}"),
        };
        format!(
            "  {:10}  {bytes:>6} of {allowed:>6}  {}{over}\n",
            fit.budget,
            bar(fit.bytes, fit.allowed)
        )
    };
    let rows = fits(session, message, policy).into_iter().map(row);
    let rows: String = rows.collect();
    match rows.as_str() {
        "" => rows,
        _ => format!("  {HEAD}budget      bytes of Set-Cookie{HEAD:#}\n{rows}"),
    }
}

/// Returns what is written for scripts.
pub(crate) fn json(session: &Judgement, message: &Message, policy: &Policy) -> Value {
    let row = |fit: Fit| json!({ "budget": fit.budget, "bytes": fit.bytes, "allowed": fit.allowed, "fits": fit.fits });
    fits(session, message, policy)
        .into_iter()
        .map(row)
        .collect()
}
