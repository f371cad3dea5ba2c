//! Statements that stand in files, and the rows that they answer.

use std::marker::PhantomData;

use diesel::pg::{Pg, PgConnection, PgTypeMetadata};
use diesel::sql_types::HasSqlType;
use diesel::{QueryableByName, RunQueryDsl};

use super::Sql;

/// What one row of a statement is read into: derive it.
pub trait Row: QueryableByName<Pg> {
    /// Adds its columns, those of the rows that are embedded in it included.
    fn columns(out: &mut Vec<Column>);
}

/// A column as a row reads it.
pub struct Column {
    /// Its name in the answer.
    pub name: &'static str,
    metadata: fn(&mut PgConnection) -> PgTypeMetadata,
}

impl Column {
    /// A column of this SQL type.
    pub fn of<Type>(name: &'static str) -> Self
    where
        Pg: HasSqlType<Type>,
    {
        Self {
            name,
            metadata: |conn| Pg::metadata(conn),
        }
    }

    /// PostgreSQL's number of the type that the row expects, if that is known there.
    pub fn type_oid(&self, conn: &mut PgConnection) -> Option<u32> {
        (self.metadata)(conn).oid().ok()
    }
}

/// The answer of a statement that has no rows, or whose row its caller chooses.
#[derive(Debug, Clone, Copy)]
pub struct Unread;

/// A statement from a file: `statement!("lapsing" => Passed)` is `sql/lapsing.sql` beside the file that says so.
pub struct Statement<R = Unread> {
    text: &'static str,
    row: PhantomData<fn() -> R>,
}

impl<R> Clone for Statement<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Statement<R> {}

impl<R> Statement<R> {
    /// Made by `statement!` alone, which also enters it in [`Listed`].
    #[doc(hidden)]
    pub const fn of_file(text: &'static str) -> Self {
        Self {
            text,
            row: PhantomData,
        }
    }

    /// Its text.
    pub const fn text(self) -> &'static str {
        self.text
    }
}

/// A statement as the list of all of them has it, for the test that prepares each.
pub struct Listed {
    /// Its file, from the root of its crate.
    pub file: &'static str,
    /// Its text, fragments filled in.
    pub text: &'static str,
    /// The columns that its row reads; none if it answers no row.
    pub columns: fn(&mut Vec<Column>),
}

inventory::collect!(Listed);

/// Enters a statement in the list: `statement!` says this.
#[doc(hidden)]
#[macro_export]
macro_rules! __listed {
    (file: $file:literal, text: $text:literal, columns: $columns:expr) => {
        $crate::sql::inventory::submit! {
            $crate::sql::Listed { file: $file, text: $text, columns: $columns }
        }
    };
}

/// Every statement that stands in a file.
pub fn statements() -> impl Iterator<Item = &'static Listed> {
    inventory::iter::<Listed>.into_iter()
}

/// What a transaction makes a statement of.
pub trait Worded {
    /// What it answers.
    type Row;

    /// Its text.
    fn text(self) -> &'static str;
}

impl<R> Worded for Statement<R> {
    type Row = R;

    fn text(self) -> &'static str {
        self.text
    }
}

impl Worded for &'static str {
    type Row = Unread;

    fn text(self) -> &'static str {
        self
    }
}

impl<R: Row + 'static> Sql<R> {
    /// Its rows.
    pub fn load(self, conn: &mut PgConnection) -> diesel::QueryResult<Vec<R>> {
        RunQueryDsl::load(self, conn)
    }

    /// Its one row.
    pub fn get_result(self, conn: &mut PgConnection) -> diesel::QueryResult<R> {
        RunQueryDsl::get_result(self, conn)
    }
}
