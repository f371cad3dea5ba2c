//! SQL written out, prepared once per connection.
//!
//! `diesel::sql_query` is never cached: each call is parsed and planned anew, a round trip more. The
//! hot statements of the stores are constants, so they can be. `$1` … name the binds in order; one
//! may stand several times.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types as st;
use diesel::{QueryResult, RunQueryDsl};
use uuid::Uuid;

/// A statement with its binds.
pub struct Sql {
    text: &'static str,
    binds: Vec<Bind>,
}

/// A statement from a constant text.
pub fn sql(text: &'static str) -> Sql {
    Sql {
        text,
        binds: Vec::new(),
    }
}

impl Sql {
    /// Adds the next bind.
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }
}

macro_rules! binds {
    ($($variant:ident($type:ty) as $sql:ty),+ $(,)?) => {
        /// A value for a bind.
        pub enum Bind { $(#[doc(hidden)] $variant($type)),+ }
        $(impl From<$type> for Bind { fn from(value: $type) -> Self { Self::$variant(value) } })+
        impl Bind {
            fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                match self { $(Self::$variant(value) => out.push_bind_param::<$sql, _>(value)),+ }
            }
        }
    };
}

binds! {
    Uuid(Uuid) as st::Uuid,
    OptUuid(Option<Uuid>) as st::Nullable<st::Uuid>,
    Uuids(Vec<Uuid>) as st::Array<st::Uuid>,
    OptUuids(Vec<Option<Uuid>>) as st::Array<st::Nullable<st::Uuid>>,
    Text(String) as st::Text,
    Str(&'static str) as st::Text,
    OptText(Option<String>) as st::Nullable<st::Text>,
    OptStr(Option<&'static str>) as st::Nullable<st::Text>,
    Texts(Vec<String>) as st::Array<st::Text>,
    Strs(Vec<&'static str>) as st::Array<st::Text>,
    OptTexts(Vec<Option<String>>) as st::Array<st::Nullable<st::Text>>,
    SmallInt(i16) as st::SmallInt,
    OptSmallInt(Option<i16>) as st::Nullable<st::SmallInt>,
    Int(i32) as st::Integer,
    OptInt(Option<i32>) as st::Nullable<st::Integer>,
    Ints(Vec<i32>) as st::Array<st::Integer>,
    OptInts(Vec<Option<i32>>) as st::Array<st::Nullable<st::Integer>>,
    SmallInts(Vec<i16>) as st::Array<st::SmallInt>,
    BigInt(i64) as st::BigInt,
    Bool(bool) as st::Bool,
    OptBool(Option<bool>) as st::Nullable<st::Bool>,
    Bools(Vec<bool>) as st::Array<st::Bool>,
    Date(NaiveDate) as st::Date,
    OptDate(Option<NaiveDate>) as st::Nullable<st::Date>,
    Dates(Vec<NaiveDate>) as st::Array<st::Date>,
    OptDates(Vec<Option<NaiveDate>>) as st::Array<st::Nullable<st::Date>>,
    Time(DateTime<Utc>) as st::Timestamptz,
    OptTime(Option<DateTime<Utc>>) as st::Nullable<st::Timestamptz>,
    Times(Vec<DateTime<Utc>>) as st::Array<st::Timestamptz>,
    Bytes(Vec<u8>) as st::Binary,
    OptBytes(Option<Vec<u8>>) as st::Nullable<st::Binary>,
    BytesMany(Vec<Vec<u8>>) as st::Array<st::Binary>,
    OptBytesMany(Vec<Option<Vec<u8>>>) as st::Array<st::Nullable<st::Binary>>,
    Json(serde_json::Value) as st::Jsonb,
}

impl QueryFragment<Pg> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = self.text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            out.push_sql(before);
            let digits = after[1..].bytes().take_while(u8::is_ascii_digit).count();
            let bind = after[1..=digits]
                .parse()
                .ok()
                .and_then(|n: usize| self.binds.get(n.wrapping_sub(1)));
            bind.ok_or_else(|| {
                diesel::result::Error::QueryBuilderError("a bind is missing".into())
            })?
            .push(&mut out)?;
            rest = &after[1 + digits..];
        }
        out.push_sql(rest);
        Ok(())
    }
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sql {
    type SqlType = st::Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Sql {}
