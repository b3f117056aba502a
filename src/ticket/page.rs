//! The page that a link with a ticket opens.

use std::fmt;

/// A page that asks somebody who followed a link to confirm, and posts its ticket then.
///
/// **Answer the `GET` of a link with it, and consume nothing there**: mail scanners and previews follow every link. Open the
/// ticket first, and answer with the reason if it is no good: a visitor learns at once that a link is too old. The form posts
/// the ticket as the field `ticket`. Open it there once more, and do what it is for.
///
/// It is a small page without scripts, and loads nothing but a [style sheet](TicketPage::with_style_sheet) that you name. In axum, actix-web and Rocket it is a
/// response; elsewhere, send [`html`](TicketPage::html) with the [fields](TicketPage::FIELDS).
///
/// ```
/// use sealed_session::ticket::TicketPage;
///
/// let page = TicketPage::new("Reset your password", "Save", "/reset", "BcyWvOtr")
///     .with_inputs("<p><label>New password <input type=password name=password></label>");
/// assert!(page.html().contains(r#"<form method="post" action="/reset">"#));
/// assert!(page.html().contains(r#"<input type="hidden" name="ticket" value="BcyWvOtr">"#));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "it is the response"]
pub struct TicketPage {
    title: String,
    button: String,
    action: String,
    ticket: String,
    style_sheet: Option<String>,
    first: String,
    inputs: String,
}

impl TicketPage {
    /// The header fields of the page, by name and value: nobody keeps it, no other site learns its address with the ticket in
    /// it, and it loads nothing but style sheets of this origin, is in no frame, and posts to this origin alone.
    ///
    /// A browser answers the form with `Origin: null`, because of `no-referrer`. The check of
    /// [other origins](crate::CrossOrigin) goes by `Sec-Fetch-Site` then. Browsers send that since 2023 (Safari 16.4 was the last), and only
    /// over https and to this machine. Chromium also follows no redirect to another origin behind the form.
    ///
    /// ```
    /// use sealed_session::ticket::TicketPage;
    ///
    /// let names: Vec<&str> = TicketPage::FIELDS.iter().map(|(name, _)| *name).collect();
    /// assert_eq!(names, ["content-type", "cache-control", "referrer-policy", "content-security-policy"]);
    /// ```
    pub const FIELDS: [(&'static str, &'static str); 4] = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];

    /// Makes a page with this title and the text of its button. `action` is the path that the form posts to, and `ticket` what
    /// came. All are text, and nothing in them is HTML.
    pub fn new(
        title: impl Into<String>,
        button: impl Into<String>,
        action: impl Into<String>,
        ticket: impl Into<String>,
    ) -> TicketPage {
        TicketPage {
            title: title.into(),
            button: button.into(),
            action: action.into(),
            ticket: ticket.into(),
            style_sheet: None,
            first: String::new(),
            inputs: String::new(),
        }
    }

    /// Names the style sheet of the application, by a path of this origin. Its body has a heading and the form, and nothing
    /// around them.
    ///
    /// ```
    /// use sealed_session::ticket::TicketPage;
    ///
    /// let page = TicketPage::new("Confirm", "Confirm", "/confirm", "BcyWvOtr").with_style_sheet("/style.css");
    /// assert!(page.html().contains(r#"<link rel="stylesheet" href="/style.css">"#));
    /// ```
    pub fn with_style_sheet(mut self, path: impl Into<String>) -> TicketPage {
        self.style_sheet = Some(path.into());
        self
    }

    /// Puts a piece of HTML first in the form, as it is: the field of a form token, where the application asks for one.
    ///
    /// ```
    /// use sealed_session::ticket::TicketPage;
    ///
    /// let field = r#"<input type="hidden" name="csrf_token" value="AQ">"#;
    /// let page = TicketPage::new("Confirm", "Confirm", "/confirm", "BcyWvOtr").with_first(field);
    /// assert!(page.html().contains(&format!(r#"action="/confirm">{field}"#)));
    /// ```
    pub fn with_first(mut self, html: impl Into<String>) -> TicketPage {
        self.first = html.into();
        self
    }

    /// Puts a piece of HTML before the button, as it is: what is to be confirmed, and inputs of the application's own.
    /// **Escape what visitors wrote.**
    ///
    /// ```
    /// use sealed_session::ticket::TicketPage;
    ///
    /// let page = TicketPage::new("Confirm", "Confirm", "/confirm", "BcyWvOtr").with_inputs("<p>One newsletter a week.");
    /// assert!(page.html().contains("<p>One newsletter a week.<p><button>Confirm</button>"));
    /// ```
    pub fn with_inputs(mut self, html: impl Into<String>) -> TicketPage {
        self.inputs = html.into();
        self
    }

    /// Returns the page.
    ///
    /// ```
    /// use sealed_session::ticket::TicketPage;
    ///
    /// let page = TicketPage::new("<i>", "Confirm", "/confirm", "\"><script>");
    /// assert!(page.html().contains("<title>&lt;i&gt;</title>"));
    /// assert!(page.html().contains(r#"value="&quot;&gt;&lt;script&gt;""#));
    /// ```
    #[must_use]
    pub fn html(&self) -> String {
        let texts = [&self.title, &self.button, &self.action, &self.ticket];
        let [title, button, action, ticket] = texts.map(|text| escaped(text));
        let (first, inputs) = (&self.first, &self.inputs);
        let link = |path| format!("<link rel=\"stylesheet\" href=\"{}\">\n", escaped(path));
        let style_sheet = self.style_sheet.as_deref().map_or_else(String::new, link);
        format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title}</title>\n{style_sheet}<h1>{title}</h1>\n<form method=\"post\" action=\"{action}\">{first}\n\
             <input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">\n{inputs}<p><button>{button}</button>\n</form>\n"
        )
    }
}

/// Shows no ticket.
impl fmt::Debug for TicketPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketPage")
            .field("title", &self.title)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Writes text so that it is text in an element and in a quoted attribute.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
