//! What can be seen of a session in the clear: its cookies, and what its token says of itself.

use sealed_session::inspect::{CookiePiece, PieceKind, TokenClaim};
use sealed_session::time::OffsetDateTime;
use sealed_session::{Format, Refusal};
use serde_json::{Map, Value, json};

use crate::duration::words;
use crate::input::message::Message;
use crate::instant::{date, rfc3339};
use crate::session::judge::Judgement;
use crate::session::looks::{damage, like};
use crate::style::{WARN, number, shown, wrap};

/// Writes the cookies, and the claims of the tokens.
pub(crate) fn text(session: &Judgement, message: &Message) -> String {
    let names = session.cookies.pieces.iter().map(|piece| piece.name.len());
    let width = names.max().unwrap_or_default().min(40);
    let row = |piece: &CookiePiece| {
        let name = shown(&piece.name);
        let what = match (piece.kind, looks_like(piece, message)) {
            (PieceKind::Unknown, Some(like)) => format!("looks like {like}"),
            (kind, _) => what(kind, session.at),
        };
        let bytes = piece.length.map_or("over 4,093".to_owned(), number);
        wrap(
            &format!("  {name:width$}  {bytes:>6} bytes  {what}"),
            "    ",
        )
    };
    let mut text: String = session.cookies.pieces.iter().map(row).collect();
    let base = message.pairs().filter(|(name, _)| {
        session
            .cookies
            .pieces
            .iter()
            .any(|piece| piece.name == *name)
    });
    for (name, value) in base {
        for damage in damage(value) {
            text += &wrap(
                &format!("  {WARN}`{}`: {damage}.{WARN:#}", shown(name)),
                "  ",
            );
        }
    }
    for claim in claims(session) {
        text += &match claim {
            Ok(claim) => self::claim(&claim, session),
            Err(refusal) => wrap(&format!("  {:14}  {refusal}", "no token"), "    "),
        };
    }
    text
}

/// Returns what the value of a cookie looks like that is not what its name says.
fn looks_like(piece: &CookiePiece, message: &Message) -> Option<&'static str> {
    let mut pairs = message.pairs();
    let (name, value) = pairs.find(|(name, _)| *name == piece.name)?;
    like(name, value)
}

/// Returns what the tokens say of themselves.
fn claims(session: &Judgement) -> Vec<Result<TokenClaim, Refusal>> {
    match session.cookies.tokens.is_empty() {
        true => session
            .candidates
            .iter()
            .map(|candidate| candidate.claim)
            .collect(),
        false => session.cookies.tokens.clone(),
    }
}

/// Returns what a cookie looks like.
fn what(kind: PieceKind, at: OffsetDateTime) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    match kind {
        PieceKind::Token => "a token".to_owned(),
        PieceKind::FirstChunk { of, .. } => format!("chunk 1 of {of}"),
        PieceKind::Chunk { index, .. } => format!("chunk {}", index + 1),
        PieceKind::Touch { at: touched, .. } => format!("a touch: used {}", ago(touched, at)),
        PieceKind::Tombstones { count, .. } => {
            format!(
                "{count} tombstone{} of a sign-out or sign-in",
                plural(count)
            )
        }
        PieceKind::Renewals { count, .. } => {
            format!("{count} tombstone{} of a renewal", plural(count))
        }
        _ => "nothing that belongs here".to_owned(),
    }
}

/// Writes what a token says of itself. What a key has proven is written elsewhere.
fn claim(claim: &TokenClaim, session: &Judgement) -> String {
    let characters = number(claim.length);
    let (format, key) = (format(claim.format), claim.key_id);
    let token = format!("{characters} characters, {format} under the key {key}");
    let mut text = format!("  {:14}  {token}\n", "token");
    if session
        .candidates
        .iter()
        .all(|candidate| candidate.content.is_none())
    {
        let (date, ago) = (date(claim.issued_at), ago(claim.issued_at, session.at));
        text += &wrap(&format!("  {:14}  {date}, {ago}", "sealed"), "    ");
        text += "                  as it says of itself, which only a key can prove\n";
    }
    text
}

/// Says how far a time is from `now`.
pub(crate) fn ago(time: OffsetDateTime, now: OffsetDateTime) -> String {
    let length = (now - time).unsigned_abs();
    if length.as_secs() == 0 {
        return "just now".to_owned();
    }
    let length = words(length);
    match time > now {
        true => format!("in {length}"),
        false => format!("{length} ago"),
    }
}

/// Returns what is written for scripts.
pub(crate) fn json(session: &Judgement) -> Map<String, Value> {
    let cookies = session.cookies.pieces.iter().map(piece_json);
    let tokens = claims(session).into_iter().map(claim_json);
    let all = [
        ("name", json!(session.name)),
        ("cookies", cookies.collect()),
        ("tokens", tokens.collect()),
    ];
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn piece_json(piece: &CookiePiece) -> Value {
    let (name, bytes) = (&piece.name, piece.length);
    match piece.kind {
        PieceKind::Token => json!({ "name": name, "bytes": bytes, "kind": "token" }),
        PieceKind::FirstChunk { of, .. } => {
            json!({ "name": name, "bytes": bytes, "kind": "first_chunk", "of": of })
        }
        PieceKind::Chunk { index, .. } => {
            json!({ "name": name, "bytes": bytes, "kind": "chunk", "index": index })
        }
        PieceKind::Touch { at, .. } => {
            let at = rfc3339(at);
            json!({ "name": name, "bytes": bytes, "kind": "touch", "claims_used_at": at })
        }
        PieceKind::Tombstones { count, .. } => {
            json!({ "name": name, "bytes": bytes, "kind": "tombstones", "count": count })
        }
        PieceKind::Renewals { count, .. } => {
            json!({ "name": name, "bytes": bytes, "kind": "renewals", "count": count })
        }
        _ => json!({ "name": name, "bytes": bytes, "kind": "unknown" }),
    }
}

fn claim_json(claim: Result<TokenClaim, Refusal>) -> Value {
    match claim {
        Ok(claim) => json!({
            "characters": claim.length,
            "format": format(claim.format),
            "key_id": claim.key_id.to_string(),
            "claims_issued_at": rfc3339(claim.issued_at),
        }),
        Err(refusal) => json!({ "unreadable": refusal.label() }),
    }
}

fn format(format: Format) -> &'static str {
    match format {
        Format::Signed => "signed",
        _ => "encrypted",
    }
}
