//! Sign-ins that arrive from another site, and tickets of hand-overs that are refused with their reason.

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::hand_over::{HandOver, HandOverRefusal};
use sealed_session::{CookieSpec, KeyRing, Session, SessionManager};
use serde_json::Value;

use crate::check::{each, same};
use crate::entry::{hex, key, list, moment, number, parse, text, text_of};

pub(crate) const HAND_OVERS: &str = include_str!("hand_overs.json");

const GIVER: &str = "https://a.example";

fn load(entry: &Value) -> (SessionManager, Session) {
    let sites = HandOver::new(text(entry, "own")).unwrap();
    let sites = sites.with_partner(GIVER, "/give").unwrap();
    let name = text(entry, "name").trim_start_matches("__Host-");
    let ring = KeyRing::new(key(&entry["master"]));
    let builder = SessionManager::builder(CookieSpec::new(name), ring);
    let builder = builder.audience(text(entry, "audience")).hand_over(sites);
    let manager = builder.build().unwrap();
    let line = entry["cookie"].as_str().unwrap_or_default();
    let request = RequestHead::new([line.as_bytes()]);
    let session = manager.load(request, moment(number(entry, "now")));
    (manager, session)
}

#[test]
fn sign_ins_arrive() {
    each(list(&parse(HAND_OVERS)["arrivals"]), |entry| {
        let (manager, session) = load(entry);
        // The question that the cookie is of.
        let asked = session.ask_hand_over(GIVER, None).unwrap();
        let wanted = format!("{GIVER}/give?{}", text(entry, "asked"));
        same("asked", asked.location(), &*wanted)?;

        let arrived = session.arrive(text(entry, "query"), &[]).unwrap();
        let passage = arrived.map_err(|refusal| refusal.to_string())?;
        same("back", passage.location(), text(entry, "back"))?;
        let subject = session.subject();
        same("subject", subject.as_deref(), entry["subject"].as_str())?;
        let labels: Vec<&str> = list(&entry["labels"]).iter().map(text_of).collect();
        same("labels", session.labels(), labels)?;
        let confirmed = entry["confirmed"].as_u64().map(moment);
        same("confirmed", session.confirmed_at(), confirmed)?;
        let begun = session.times().map(|times| times.created_at);
        same("begun", begun, Some(moment(number(entry, "begun"))))?;
        let origin = session.origin().unwrap().to_string();
        same("origin", &origin[..16], text(entry, "origin"))?;

        let now = moment(number(entry, "now"));
        let changes = manager.commit(&session, ResponseHead::new(303), now);
        let lines = changes.unwrap();
        let gone = format!("{}-hand-over=;", text(entry, "name"));
        let is_gone = lines.iter().any(|line| line.value().starts_with(&gone));
        same("the nonce is gone", is_gone, true)
    });
}

#[test]
fn refused_hand_overs() {
    each(list(&parse(HAND_OVERS)["refused"]), |entry| {
        let (_, session) = load(entry);
        let arrived = session.arrive(text(entry, "query"), &[]).unwrap();
        let refused = arrived.map(|_| ()).map_err(HandOverRefusal::label);
        same("refusal", refused, Err(text(entry, "refusal")))?;
        same("subject", session.subject(), None::<String>)?;
        same(
            "id",
            session.id().map(|id| hex(id.to_string().as_bytes())),
            None::<String>,
        )
    });
}
