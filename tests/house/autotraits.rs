//! What the public types promise without saying so: they cross threads.

use sealed_session::{
    Attribute, Budget, CookieSpec, Error, Guard, HeaderChange, Key, KeyRing, KeyText, Lifetime,
    Oversize, Refusal, ReturnPath, Scope, Session, SessionId, SessionManager,
    SessionManagerBuilder, Sessions, Size, Slots, Verdict,
};

fn is<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn public_types_are_send_and_sync() {
    is::<Attribute<std::rc::Rc<u8>>>();
    is::<Budget>();
    is::<CookieSpec>();
    is::<Error>();
    is::<Guard>();
    is::<HeaderChange>();
    is::<Key>();
    is::<KeyRing>();
    is::<KeyText>();
    is::<Lifetime>();
    is::<Oversize>();
    is::<Refusal>();
    is::<ReturnPath>();
    is::<Scope>();
    is::<Session>();
    is::<SessionId>();
    is::<SessionManager>();
    is::<SessionManagerBuilder>();
    is::<Sessions>();
    is::<Size>();
    is::<Slots>();
    is::<Verdict>();
}
