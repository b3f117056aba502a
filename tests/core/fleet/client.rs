//! A visitor's cookies: the token and its touch, and when each was written.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealed_session::adapter::{HeaderChange, RequestHead, ResponseHead};
use sealed_session::report::KeyId;
use sealed_session::{Error, Refusal, Session, SessionManager};
use time::OffsetDateTime;

use crate::common::{BASE, TOUCH};

/// A visitor, in seconds of true time.
#[derive(Default)]
pub(super) struct Client {
    token: String,
    touch: String,
    /// When it signed in.
    pub(super) born: i64,
    /// When its last use was noted, in a token or a touch.
    pub(super) noted: i64,
}

impl Client {
    /// Signs in.
    pub(super) fn begin(&mut self, node: &SessionManager, now: OffsetDateTime, true_time: i64) {
        self.born = true_time;
        let refusal = self.request(node, now, true_time, |session| session.sign_in("ada", &[]));
        assert_eq!(refusal, Some(Refusal::Absent));
    }

    /// Makes a request, and returns why its session was refused, if it was. What is not refused may be changed.
    pub(super) fn visit(
        &mut self,
        node: &SessionManager,
        now: OffsetDateTime,
        true_time: i64,
        changes: bool,
    ) -> Option<Refusal> {
        self.request(node, now, true_time, |session| match changes {
            true if session.refusal().is_none() => session.insert("at", true_time),
            _ => Ok(()),
        })
    }

    fn request(
        &mut self,
        node: &SessionManager,
        now: OffsetDateTime,
        true_time: i64,
        handler: impl FnOnce(&Session) -> Result<(), Error>,
    ) -> Option<Refusal> {
        let line = [self.token.as_str(), &self.touch].join("; ");
        let session = node.load(RequestHead::new([line.as_bytes()]), now);
        let refusal = session.refusal();
        handler(&session).unwrap();
        let changes = node.commit(&session, ResponseHead::new(200), now).unwrap();
        let cookies = changes
            .iter()
            .filter(|change| change.name() == "set-cookie");
        for pair in cookies.filter_map(|line: &HeaderChange| line.value().split(';').next()) {
            let (name, value) = pair.split_once('=').unwrap();
            let kept = match value {
                "" => String::new(),
                _ => pair.to_owned(),
            };
            match name {
                BASE => self.token = kept,
                TOUCH => self.touch = kept,
                other => panic!("{other}"),
            }
            if !value.is_empty() {
                self.noted = true_time;
            }
        }
        refusal
    }

    /// The key that sealed its session.
    pub(super) fn key(&self) -> KeyId {
        let token = self.token.split_once('=').unwrap().1;
        let head = URL_SAFE_NO_PAD.decode(&token[..8]).unwrap();
        let id: String = head[1..5]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        id.parse().unwrap()
    }
}
