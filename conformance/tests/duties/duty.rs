//! What an adapter owes, one thing at a time.

use Duty::*;

/// Something that an adapter may forget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Any cookies are read.
    CookiesAreRead,
    /// Every `Cookie` line is read, and not only the first.
    EveryLineIsRead,
    /// A line that is no text is read, too.
    LinesOfBytesAreRead,
    /// Names and values are not decoded.
    NothingIsDecoded,
    /// Names are neither folded nor trimmed.
    NothingIsTrimmed,
    /// The core is told the host.
    HostIsTold,
    /// The core is told the method.
    MethodIsTold,
    /// The core is told the path.
    PathIsTold,
    /// What another origin caused is answered without a handler.
    ForeignIsAnswered,
    /// The handler runs once it is known whether the session was revoked.
    PendingIsAwaited,
    /// A form token that is not right is answered without a handler.
    FormsAreChecked,
    /// It is checked once it is known whether the session was revoked.
    FormsAreCheckedLast,
    /// A body is looked at, and not only the header field.
    FormsAreRead,
    /// The handler gets the whole body.
    FormsArriveWhole,
    /// The clock is the one that was given.
    ClockIsTheGivenOne,
    /// The clock is read again for the commit.
    ClockIsReadForTheCommit,
    /// Each request has a session of its own.
    RequestsAreApart,
    /// Requests that are under way at the same time are apart, too.
    CrossingRequestsAreApart,
    /// Requests that nobody looked at the session of are committed, too.
    UntouchedIsCommitted,
    ServerErrorsAreCommitted,
    ClientErrorsAreCommitted,
    NotFoundIsCommitted,
    RedirectsAreCommitted,
    NotModifiedIsCommitted,
    NoContentIsCommitted,
    HeadIsCommitted,
    OptionsIsCommitted,
    StreamsAreCommitted,
    /// Errors of inner services become responses before the commit.
    InnerErrorsAreCommitted,
    /// The commit is made when the head is ready, and not when the body is.
    CommitIsAtTheHead,
    /// The commit is made once what fits in no cookie is stored.
    CommitIsAwaited,
    /// A handler that panicked is not committed.
    PanicsAreNotCommitted,
    /// The core is told the response's status.
    StatusIsTold,
    /// The core is told the response's header fields.
    FieldsAreTold,
    /// Lines are appended to those of the app.
    LinesOfTheAppStay,
    /// Every line is sent, and not only the last.
    EveryLineIsSent,
    /// Lines are sent as they are.
    LinesAreSentAsTheyAre,
    /// Lines that remove a cookie are sent, too.
    RemovalsAreSent,
    /// Fields besides `Set-Cookie` are appended to those of the app.
    AppendIsAppend,
    /// `Replace` is carried out.
    ReplaceIsCarriedOut,
    /// `Replace` leaves one field.
    ReplaceIsReplace,
    /// `Remove` is carried out.
    RemoveIsCarriedOut,
    /// A commit that fails is an error page.
    FailuresAreAnswered,
    /// The page is the app's own.
    FailuresAreAnsweredByThePage,
    /// The error page is committed.
    FailuresAreCommittedAgain,
    /// Passive requests are marked.
    PassiveIsMarked,
    /// Passive requests are marked for every slot.
    PassiveMarksEverySlot,
    /// Guards are asked.
    GuardsAreAsked,
    /// A guard is asked of its own slot.
    GuardsKnowTheirSlot,
    /// Guards see the request's method.
    GuardsKnowTheMethod,
    /// Guards see the whole path and query.
    GuardsKnowTheTarget,
    /// Guards can look up header fields.
    GuardsLookFieldsUp,
    /// A guard decides once it is known whether the session was revoked.
    GuardsAreAwaited,
    /// Every field of a guard's answer is sent.
    GuardsAnswerInFull,
    /// An extractor gives the slot that it was asked for.
    SlotsAreAsked,
    /// The lines of every slot are sent.
    EverySlotIsSent,
    /// The core can look up header fields.
    FieldsAreLookedUp,
    /// It sees all fields of a name.
    EveryFieldIsHandedOver,
    /// The core is told the query.
    QueryIsTold,
    /// Tokens are sent in fields.
    TokensAreSent,
    /// A field that says that the session is over is sent, too.
    EmptyTokensAreSent,
    /// An extractor takes the messages that wait for a page.
    MessagesAreTaken,
    /// `LiveSession` asks whether there is one.
    LiveIsAsked,
    /// `Option<LiveSession>` asks whether there is one.
    MaybeIsAsked,
    /// A missing layer is logged.
    MissingIsLogged,
    /// A second layer is noticed.
    DoubledIsNoticed,
    /// A response says nothing that the core did not say.
    NothingIsAdded,
    /// Cookies that are refused stay.
    RefusedCookiesStay,
    /// A session that was only read is not sent again.
    ReadSessionsAreNotSent,
    /// What is committed is the session that the handler had.
    OneSessionIsShared,
}

/// Every duty, with a scenario that is there to catch whoever forgets it.
pub(crate) const ALL: &[(Duty, &str)] = &[
    (CookiesAreRead, "write_and_read"),
    (EveryLineIsRead, "split_lines"),
    (LinesOfBytesAreRead, "odd_bytes_beside"),
    (NothingIsDecoded, "values_to_the_byte"),
    (NothingIsTrimmed, "names_to_the_byte"),
    (HostIsTold, "host"),
    (MethodIsTold, "foreign_socket"),
    (PathIsTold, "foreign_excused"),
    (ForeignIsAnswered, "foreign_post"),
    (PendingIsAwaited, "asked_first"),
    (FormsAreChecked, "form_without_token"),
    (FormsAreCheckedLast, "form_of_a_revoked_session"),
    (FormsAreRead, "form_field"),
    (FormsArriveWhole, "form_upload"),
    (ClockIsTheGivenOne, "idle"),
    (ClockIsReadForTheCommit, "outlived"),
    (RequestsAreApart, "one_connection"),
    (CrossingRequestsAreApart, "concurrent"),
    (UntouchedIsCommitted, "touch"),
    (ServerErrorsAreCommitted, "status_500"),
    (ClientErrorsAreCommitted, "early_return"),
    (NotFoundIsCommitted, "fallback"),
    (RedirectsAreCommitted, "redirect"),
    (NotModifiedIsCommitted, "written_on_304"),
    (NoContentIsCommitted, "no_content"),
    (HeadIsCommitted, "head"),
    (OptionsIsCommitted, "options"),
    (StreamsAreCommitted, "streaming"),
    (InnerErrorsAreCommitted, "fails_before"),
    (CommitIsAtTheHead, "streaming"),
    (CommitIsAwaited, "stored"),
    (PanicsAreNotCommitted, "panic_caught_inside"),
    (StatusIsTold, "no_touch_on_304"),
    (FieldsAreTold, "no_touch_on_public"),
    (LinesOfTheAppStay, "foreign_lines"),
    (EveryLineIsSent, "growth"),
    (LinesAreSentAsTheyAre, "attributes"),
    (RemovalsAreSent, "shrinkage"),
    (AppendIsAppend, "vary_is_added"),
    (ReplaceIsCarriedOut, "made_private"),
    (ReplaceIsReplace, "made_private"),
    (RemoveIsCarriedOut, "targeted"),
    (FailuresAreAnswered, "over_budget"),
    (FailuresAreAnsweredByThePage, "over_budget_page"),
    (FailuresAreCommittedAgain, "over_budget_touch"),
    (PassiveIsMarked, "passive_route"),
    (PassiveMarksEverySlot, "slots_touches"),
    (GuardsAreAsked, "guard_calls_nobody"),
    (GuardsKnowTheirSlot, "guard_of_a_slot"),
    (GuardsKnowTheMethod, "guard_posted"),
    (GuardsKnowTheTarget, "guard_redirects"),
    (GuardsLookFieldsUp, "guard_scripts"),
    (GuardsAreAwaited, "asked_by_a_guard"),
    (GuardsAnswerInFull, "guard_forbids"),
    (SlotsAreAsked, "missing_slot"),
    (MessagesAreTaken, "missing_flash"),
    (EverySlotIsSent, "slots_in_one_response"),
    (FieldsAreLookedUp, "field_in_and_out"),
    (EveryFieldIsHandedOver, "two_fields"),
    (QueryIsTold, "link_in_and_out"),
    (TokensAreSent, "field_in_and_out"),
    (EmptyTokensAreSent, "field_sign_out"),
    (LiveIsAsked, "live_nobody"),
    (MaybeIsAsked, "maybe"),
    (MissingIsLogged, "missing_layer"),
    (DoubledIsNoticed, "doubled_layer"),
    (NothingIsAdded, "first_visit"),
    (RefusedCookiesStay, "malformed"),
    (ReadSessionsAreNotSent, "untouched"),
    (OneSessionIsShared, "kept_session"),
];
