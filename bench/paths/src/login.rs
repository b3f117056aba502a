//! `corpus/login.json`.

use sealed_session::mirrored;

mirrored! {
    /// Who is signed in, and what their pages need.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    pub struct Login {
        /// The account.
        pub user_id: String,
        /// What forms carry against forgery.
        pub csrf: String,
        /// What the user may do.
        pub roles: Vec<String>,
        /// The language of the pages.
        pub locale: String,
        /// The colours of the pages.
        pub theme: String,
    }
}
