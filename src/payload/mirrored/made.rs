//! The macro that makes mirrored types.
//!
//! It derives both traits of serde itself, so nobody writes one of them by hand beside it. It lets attributes pass
//! by a list of those that change neither of the two: an attribute of another macro may rewrite the type
//! once this one is through.

/// Makes types that read exactly what they write, for [`Attribute::mirrored`](crate::Attribute::mirrored).
///
/// It takes the definitions of one type or more: structs with named fields or with a single one, and enums of such
/// variants, with any `derive`. It adds `Serialize` and `Deserialize`, and implements [`Mirrored`](crate::Mirrored). The
/// application depends on `serde` with its feature `derive`.
///
/// ```
/// use sealed_session::{Attribute, mirrored};
/// # let session = sealed_session::testing::session();
///
/// mirrored! {
///     /// What a visitor is about to buy.
///     #[derive(Clone, Debug, PartialEq)]
///     pub struct Cart {
///         pub lines: Vec<Line>,
///         pub voucher: Option<String>,
///     }
///
///     #[derive(Clone, Debug, PartialEq)]
///     pub struct Line {
///         pub article: u32,
///         pub count: u16,
///     }
/// }
///
/// const CART: Attribute<Cart> = Attribute::mirrored("cart");
///
/// let cart = Cart { lines: vec![Line { article: 4711, count: 2 }], voucher: None };
/// session.insert(CART, cart.clone())?;
/// assert_eq!(session.get(CART)?, Some(cart));
/// # Ok::<(), sealed_session::Error>(())
/// ```
///
/// # What is refused
///
/// All types within have to be [`Mirrored`](crate::Mirrored). Of serde's attributes `deny_unknown_fields` and
/// `default` may stand here. All others are compile errors: some write what is not read or read what was not
/// written (`skip`, `skip_serializing_if`, `with`, `into`, `untagged`), and the rest, such as
/// `rename`, have no use where no name is written. A type that needs one is stored under
/// [`Attribute::new`](crate::Attribute::new) or [`Attribute::json`](crate::Attribute::json).
///
/// ```compile_fail
/// sealed_session::mirrored! {
///     struct Profile {
///         #[serde(skip_serializing_if = "Option::is_none")]
///         admin_of: Option<String>,
///         nick: String,
///     }
/// }
/// ```
#[macro_export]
macro_rules! mirrored {
    // Attributes of a type.
    (@type doc $($rest:tt)*) => {};
    (@type derive $($rest:tt)*) => {};
    (@type allow $($rest:tt)*) => {};
    (@type expect $($rest:tt)*) => {};
    (@type warn $($rest:tt)*) => {};
    (@type deny $($rest:tt)*) => {};
    (@type must_use $($rest:tt)*) => {};
    (@type non_exhaustive) => {};
    (@type serde $($rest:tt)*) => { $crate::mirrored!(@field serde $($rest)*); };
    (@type $($attribute:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`", ::core::stringify!($($attribute)*), "` may change what a mirrored type reads or writes; put \
             it elsewhere, or store the type under `Attribute::new`, which proves each value"
        ));
    };

    // Attributes of a field or a variant. No macro can be one: the compiler takes them for macros at items only. One
    // that another macro has matched as a whole does not show its name, and is refused.
    (@field serde($($word:ident),* $(,)?)) => { $($crate::mirrored!(@serde $word);)* };
    (@field serde $($rest:tt)*) => { $crate::mirrored!(@refused serde $($rest)*); };
    (@field cfg $($rest:tt)*) => { $crate::mirrored!(@refused cfg $($rest)*); };
    (@field cfg_attr $($rest:tt)*) => { $crate::mirrored!(@refused cfg_attr $($rest)*); };
    (@field r#cfg $($rest:tt)*) => { $crate::mirrored!(@refused cfg $($rest)*); };
    (@field r#cfg_attr $($rest:tt)*) => { $crate::mirrored!(@refused cfg_attr $($rest)*); };
    (@field $name:ident $($rest:tt)*) => {};
    (@field $($rest:tt)*) => { $crate::mirrored!(@refused $($rest)*); };
    (@serde default) => {};
    (@serde deny_unknown_fields) => {};
    (@serde $word:ident) => { $crate::mirrored!(@refused serde($word)); };
    (@refused $($attribute:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "with `", ::core::stringify!($($attribute)*), "` a mirrored type might not read what it writes; \
             remove it, or store the type under `Attribute::new`, which proves each value, or `Attribute::json`"
        ));
    };

    // One variant that was chosen.
    (@variant $trace:ident $name:ident) => {
        $trace.unit_variant(const { $crate::Trace::names(&[::core::stringify!($name)]) })
    };
    (@variant $trace:ident $name:ident ($inner:ident: $type:ty)) => {{
        let name = const { $crate::Trace::names(&[::core::stringify!($name)]) };
        $trace.newtype_variant(name, |trace| <$type as $crate::Mirrored>::trace($inner, trace))
    }};
    (@variant $trace:ident $name:ident {$($field:ident)*}) => {
        $trace.struct_variant(
            const { $crate::Trace::names(&[::core::stringify!($name)]) },
            const { $crate::Trace::names(&[$(::core::stringify!($field)),*]) },
            |_trace| { $($crate::Mirrored::trace($field, _trace);)* },
        )
    };
    (@whole $type:ty) => { _ };

    () => {};

    (
        $(#[$($on:tt)*])*
        $vis:vis struct $name:ident {
            $($(#[$($within:tt)*])* $seen:vis $field:ident: $type:ty),* $(,)?
        }
        $($rest:tt)*
    ) => {
        $($crate::mirrored!(@type $($on)*);)*
        $($($crate::mirrored!(@field $($within)*);)*)*

        #[derive(::serde::Serialize, ::serde::Deserialize)]
        $(#[$($on)*])*
        $vis struct $name {
            $($(#[$($within)*])* $seen $field: $type),*
        }

        impl $crate::Mirrored for $name {
            fn trace(&self, trace: &mut $crate::Trace) {
                let $name { $($field),* } = self;
                trace.structure(
                    const { $crate::Trace::names(&[$(::core::stringify!($field)),*]) },
                    |_trace| { $($crate::Mirrored::trace($field, _trace);)* },
                );
            }
        }

        $crate::mirrored! { $($rest)* }
    };

    (
        $(#[$($on:tt)*])*
        $vis:vis struct $name:ident($(#[$($within:tt)*])* $seen:vis $type:ty $(,)?);
        $($rest:tt)*
    ) => {
        $($crate::mirrored!(@type $($on)*);)*
        $($crate::mirrored!(@field $($within)*);)*

        #[derive(::serde::Serialize, ::serde::Deserialize)]
        $(#[$($on)*])*
        $vis struct $name($(#[$($within)*])* $seen $type);

        impl $crate::Mirrored for $name {
            fn trace(&self, trace: &mut $crate::Trace) {
                <$type as $crate::Mirrored>::trace(&self.0, trace);
            }
        }

        $crate::mirrored! { $($rest)* }
    };

    (
        $(#[$($on:tt)*])*
        $vis:vis enum $name:ident {
            $(
                $(#[$($of:tt)*])*
                $variant:ident
                $(($inner:ty $(,)?))?
                $({ $($(#[$($within:tt)*])* $field:ident: $type:ty),* $(,)? })?
            ),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $($crate::mirrored!(@type $($on)*);)*
        $($($crate::mirrored!(@field $($of)*);)*)*
        $($($($($crate::mirrored!(@field $($within)*);)*)*)?)*

        #[derive(::serde::Serialize, ::serde::Deserialize)]
        $(#[$($on)*])*
        $vis enum $name {
            $(
                $(#[$($of)*])*
                $variant
                $(($inner))?
                $({ $($(#[$($within)*])* $field: $type),* })?
            ),*
        }

        impl $crate::Mirrored for $name {
            fn trace(&self, trace: &mut $crate::Trace) {
                match self {
                    $(
                        $name::$variant $((inner @ $crate::mirrored!(@whole $inner)))? $({ $($field),* })? => {
                            $crate::mirrored!(@variant trace $variant $((inner: $inner))? $({ $($field)* })?)
                        }
                    )*
                }
            }
        }

        $crate::mirrored! { $($rest)* }
    };

    ($($other:tt)*) => {
        ::core::compile_error!(
            "`mirrored!` takes structs with named fields or with a single one, and enums of such variants, without \
             generics; other types are stored under `Attribute::new`, which proves each value"
        );
    };
}
