//! Arrays of text without a null among their elements.
//!
//! PostgreSQL cannot say of an array that its elements are not null, so the generated schema has
//! `Array<Nullable<Text>>` for each. The constraints of the tables say it; a null is an error here.

use std::fmt::Debug;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Array, Nullable, Text};

/// All the elements of an array of text.
#[derive(Debug, Clone, AsExpression, FromSqlRow)]
#[diesel(sql_type = Array<Nullable<Text>>)]
pub struct Whole<T>(pub Vec<T>);

impl<T> From<Whole<T>> for Vec<T> {
    fn from(whole: Whole<T>) -> Self {
        whole.0
    }
}

impl<T: ToSql<Text, Pg> + Debug> ToSql<Array<Nullable<Text>>, Pg> for Whole<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <[T] as ToSql<Array<Text>, Pg>>::to_sql(&self.0, out)
    }
}

impl<T: FromSql<Text, Pg>> FromSql<Array<Nullable<Text>>, Pg> for Whole<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <Vec<T> as FromSql<Array<Text>, Pg>>::from_sql(value).map(Self)
    }
}
