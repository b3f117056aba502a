//! The calls of serde by which a value is written and read.

/// The names that a type gives its fields or variants.
pub(in crate::payload) type NameList = &'static [&'static str];

/// One call of serde's data model. Containers end with [`Call::End`], so equal lists of calls mean equal
/// trees. The numbers are those of FORMAT.md, and frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::payload) enum Call {
    Bool = 1,
    I8 = 2,
    I16 = 3,
    I32 = 4,
    I64 = 5,
    I128 = 6,
    U8 = 7,
    U16 = 8,
    U32 = 9,
    U64 = 10,
    U128 = 11,
    F32 = 12,
    F64 = 13,
    Char = 14,
    Str = 15,
    Bytes = 16,
    None = 17,
    Some = 18,
    Unit = 19,
    Seq = 20,
    Tuple = 21,
    Map = 22,
    Struct = 23,
    UnitVariant = 24,
    NewtypeVariant = 25,
    TupleVariant = 26,
    StructVariant = 27,
    End = 28,
    // Types with a name of their own. A print takes them for what they are without it.
    UnitStruct = 32,
    NewtypeStruct = 33,
    TupleStruct = 34,
}

impl Call {
    /// Returns how many arrays and objects the call opens in JSON.
    pub(in crate::payload) fn brackets(self) -> usize {
        match self {
            Call::Seq | Call::Tuple | Call::TupleStruct | Call::Map | Call::Struct => 1,
            Call::NewtypeVariant => 1,
            Call::TupleVariant | Call::StructVariant => 2,
            _ => 0,
        }
    }
}
