//! SQL written out, prepared once per connection.
//!
//! `diesel::sql_query` is never cached: each call is parsed and planned anew, a round trip more. The
//! hot statements of the stores are constants, so they can be. `$1` … name the binds in order; one
//! may stand several times. `$maracs` and its like are filled in by the transaction: see `sight`.

use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types as st;
use diesel::{QueryResult, RunQueryDsl};
use uuid::Uuid;

mod sight;
mod statement;
mod text;
mod whole;

#[doc(hidden)]
pub use crate::__listed as listed;
#[doc(hidden)]
pub use inventory;
pub use macros::{Row, fragment, statement};

use practice::dates::{Day, Moment};
use practice::text::{Line, Text};
pub(crate) use sight::Sight;
pub use statement::{Column, Listed, Row, Statement, Unread, Worded, statements};
use text::Piece;
pub use text::numbered;
pub use whole::Whole;

/// A statement with its binds, and the row that it answers.
pub struct Sql<R = Unread> {
    text: &'static str,
    binds: Vec<Bind>,
    sight: Option<Arc<Sight>>,
    row: PhantomData<fn() -> R>,
}

/// A statement that asks of nobody's sight.
pub fn sql<W: Worded>(statement: W) -> Sql<W::Row> {
    Sql::seeing(statement.text(), None)
}

impl<R> Sql<R> {
    /// A statement that sees so much.
    pub(crate) fn seeing(text: &'static str, sight: Option<Arc<Sight>>) -> Self {
        Self {
            text,
            binds: Vec::new(),
            sight,
            row: PhantomData,
        }
    }

    /// Adds the next bind.
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }
}

macro_rules! binds {
    ($($variant:ident($type:ty) as $sql:ty),+ $(,)?) => {
        /// A value for a bind.
        #[derive(Clone)]
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

macro_rules! bind_text {
    ($($text:ident),+) => {$(
        impl<const MOST: usize> From<$text<MOST>> for Bind {
            fn from(text: $text<MOST>) -> Self {
                Self::Text(text.into_string())
            }
        }

        impl<const MOST: usize> From<Option<$text<MOST>>> for Bind {
            fn from(text: Option<$text<MOST>>) -> Self {
                Self::OptText(text.map($text::into_string))
            }
        }

        impl<const MOST: usize> From<Vec<$text<MOST>>> for Bind {
            fn from(texts: Vec<$text<MOST>>) -> Self {
                Self::Texts(texts.into_iter().map($text::into_string).collect())
            }
        }
    )+};
}

bind_text!(Line, Text);

impl<M> From<Day<M>> for Bind {
    fn from(day: Day<M>) -> Self {
        Self::Date(day.into())
    }
}

impl<M> From<Option<Day<M>>> for Bind {
    fn from(day: Option<Day<M>>) -> Self {
        Self::OptDate(day.map(Into::into))
    }
}

impl<M> From<Vec<Option<Day<M>>>> for Bind {
    fn from(days: Vec<Option<Day<M>>>) -> Self {
        Self::OptDates(days.into_iter().map(|day| day.map(Into::into)).collect())
    }
}

impl<M> From<Moment<M>> for Bind {
    fn from(moment: Moment<M>) -> Self {
        Self::Time(moment.into())
    }
}

impl<M> From<Option<Moment<M>>> for Bind {
    fn from(moment: Option<Moment<M>>) -> Self {
        Self::OptTime(moment.map(Into::into))
    }
}

impl<R> Sql<R> {
    /// The bind that a placeholder names: by number one of the statement's own, else the sight's.
    fn named(&self, name: &str) -> QueryResult<&Bind> {
        let found = match name.parse::<usize>() {
            Ok(number) => self.binds.get(number.wrapping_sub(1)),
            Err(_) => self.sight.as_ref().and_then(|sight| sight.named(name)),
        };
        found.ok_or_else(|| {
            diesel::result::Error::QueryBuilderError("a statement names a bind it has not".into())
        })
    }
}

impl<R> Sql<R> {
    /// Its text as a part of another query: each bind is sent where it is named.
    pub(crate) fn walk_as_part<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for piece in text::pieces(self.text) {
            match piece {
                Piece::Words(words) => out.push_sql(words),
                Piece::Bind(name) => self.named(name)?.push(out)?,
            }
        }
        Ok(())
    }
}

impl<R> QueryFragment<Pg> for Sql<R> {
    /// Each bind is sent once, however often the text names it.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut sent: Vec<&str> = Vec::new();
        for piece in text::pieces(self.text) {
            match piece {
                Piece::Words(words) => out.push_sql(words),
                Piece::Bind(name) => match sent.iter().position(|known| *known == name) {
                    Some(place) => {
                        out.push_sql("$");
                        out.push_sql(&(place + 1).to_string());
                    }
                    None => {
                        self.named(name)?.push(&mut out)?;
                        sent.push(name);
                    }
                },
            }
        }
        Ok(())
    }
}

impl<R> QueryId for Sql<R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R> Query for Sql<R> {
    type SqlType = st::Untyped;
}

impl<R, Conn> RunQueryDsl<Conn> for Sql<R> {}

#[cfg(test)]
mod tests {
    use diesel::pg::PgQueryBuilder;
    use diesel::query_builder::QueryBuilder;

    use super::*;

    fn text(statement: &Sql) -> QueryResult<String> {
        let mut builder = PgQueryBuilder::default();
        statement.to_sql(&mut builder, &Pg)?;
        Ok(builder.finish())
    }

    #[test]
    fn a_bind_is_sent_once_in_the_order_it_is_first_named() {
        let written = "select $2, $1::text, $2 from t where a = any ($1)";
        let sent = "select $1, $2::text, $1 from t where a = any ($2)";
        assert_eq!(text(&sql(written).bind("one").bind(2)).unwrap(), sent);
        // The test that prepares every statement numbers the binds as they are sent.
        assert_eq!(numbered(written), (sent.to_owned(), vec!["2", "1"]));
    }

    #[test]
    fn a_statement_that_lacks_a_bind_is_refused() {
        assert!(text(&sql("select $1")).is_err());
        assert!(text(&sql("select $2").bind(1)).is_err());
        assert!(text(&sql("select $0").bind(1)).is_err());
    }

    #[test]
    fn nobody_is_in_sight_of_a_statement_without_a_transaction() {
        let seeing = "select from cases c where c.marac_id = any ($maracs)";
        assert!(text(&sql(seeing)).is_err());
        assert!(text(&sql("select $nobody")).is_err());
        let names = [
            "now", "user", "actor", "agency", "maracs", "staff", "idva", "rep", "closed",
        ];
        let sight = Arc::new(Sight(names.map(|name| (name, Bind::Uuids(Vec::new())))));
        let within = |text| Sql::<Unread>::seeing(text, Some(Arc::clone(&sight)));
        assert_eq!(
            text(&within(seeing)).unwrap(),
            "select from cases c where c.marac_id = any ($1)"
        );
        assert!(text(&within("select $nobody")).is_err());
    }
}
