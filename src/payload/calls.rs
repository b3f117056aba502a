//! Writes out the methods of serde's traits, of which there are many that differ in little.
//!
//! Owns their signatures and nothing of what they do. serde's own `forward_to_deserialize_any` hands every
//! call on to one method; a tracer has to know which call it was.

/// Implements methods of a `Deserializer<'de>` or a `VariantAccess<'de>` that take a visitor, behind
/// arguments of their own.
macro_rules! reads {
    ($this:ident, $visitor:ident: $(
        $(#[$doc:meta])*
        $method:ident($($argument:ident: $type:ty),*) $body:block
    )*) => {$(
        $(#[$doc])*
        #[inline]
        fn $method<V: Visitor<'de>>(
            $this,
            $($argument: $type,)*
            $visitor: V,
        ) -> Result<V::Value, Self::Error> $body
    )*};
}

/// Implements methods of a `Serializer` that take no value of a type parameter, and do not fail.
macro_rules! writes {
    ($this:ident -> $result:ty: $(
        $method:ident($($argument:ident: $type:ty),*) => $written:expr;
    )*) => {$(
        fn $method($this, $($argument: $type),*) -> Result<$result, Self::Error> {
            Ok($written)
        }
    )*};
}

pub(super) use {reads, writes};
