//! The forms of the shop. All are made here, so each of them brings a form token.

use maud::{Markup, PreEscaped, Render, html};

/// What a form is, besides its fields.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Form<'a> {
    /// Where it is posted; the page's own address, with its query, if this is not said.
    pub(crate) action: Option<&'a str>,
    /// For the style sheet.
    pub(crate) class: Option<&'a str>,
    /// For buttons outside of it.
    pub(crate) id: Option<&'a str>,
}

impl<'a> Form<'a> {
    /// A form that is posted to this path.
    pub(crate) fn to(action: &'a str) -> Form<'a> {
        Form {
            action: Some(action),
            ..Form::default()
        }
    }

    pub(crate) fn class(self, class: &'a str) -> Form<'a> {
        Form {
            class: Some(class),
            ..self
        }
    }

    /// Writes it, with the field of the token in front of all others.
    pub(crate) fn render(&self, token: &str, fields: impl Render) -> Markup {
        html! {
            form id=[self.id] class=[self.class] method="post" action=[self.action] {
                (PreEscaped(token))
                (fields)
            }
        }
    }
}
